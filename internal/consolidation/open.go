package consolidation

import (
	"slices"

	"dondoc/internal/fault"
	"dondoc/internal/indicator"
)

// Branch is a version that counts, with the versions that it was made of itself.
type Branch struct {
	Input
	Parts []Branch
}

// Node is one unit's part of a figure, opened down to the reports of base units.
type Node struct {
	TaskID, AgencyID int64
	AgencyName       string
	AgencyLevel      string
	PeriodKey        string
	// SubmissionID and Number are of the version.
	SubmissionID int64
	Number       int
	Document     string
	// Value is the figure as the version gives it, in the stored form; "": it gives none.
	Value string
	// Computed is what its parts add up to, where it has any; Edited: the version says
	// something else, because its people put another figure there.
	Computed string
	Edited   bool
	Parts    []Node
}

// LevelSum is what the units of one agency level add up to.
type LevelSum struct {
	Level string
	Units int // that gave the figure
	Value string
}

// Opened is a figure with everything that it is made of.
type Opened struct {
	TaskID     int64
	Definition indicator.Definition
	Value      string
	Parts      []Node
	Levels     []LevelSum
	// Silent are the units that reported, but not this figure.
	Silent []Node
}

// Open shows what a figure is made of: unit by unit, level by level, down to the
// base. Faults: NotFound for a figure that the report does not have.
func Open(definitions []indicator.Definition, code string, tree []Branch) (Opened, error) {
	at := slices.IndexFunc(definitions, func(d indicator.Definition) bool { return d.Code == code })
	if at < 0 {
		return Opened{}, fault.New(fault.NotFound, "consolidation.figure",
			"Báo cáo tổng hợp này không có chỉ tiêu %q.", "This consolidated report has no figure %q.", code)
	}
	o := Opened{Definition: definitions[at]}
	figures, err := Figures(definitions, inputsOf(tree))
	if err != nil {
		return o, err
	}
	o.Value = figures[at].Value
	for _, b := range tree {
		node, err := b.node(definitions, at)
		if err != nil {
			return o, err
		}
		if node.Value == "" && b.Standing == In {
			o.Silent = append(o.Silent, node)
			continue
		}
		o.Parts = append(o.Parts, node)
	}
	var levels []string
	for _, b := range tree {
		if !slices.Contains(levels, b.AgencyLevel) {
			levels = append(levels, b.AgencyLevel)
		}
	}
	for _, level := range levels {
		of := slices.DeleteFunc(inputsOf(tree), func(in Input) bool { return in.AgencyLevel != level })
		figures, err := Figures(definitions, of)
		if err != nil {
			return o, err
		}
		units := map[int64]bool{}
		for _, p := range figures[at].Parts {
			units[p.Unit] = true
		}
		o.Levels = append(o.Levels, LevelSum{level, len(units), figures[at].Value})
	}
	return o, nil
}

func inputsOf(tree []Branch) []Input {
	inputs := make([]Input, len(tree))
	for i, b := range tree {
		inputs[i] = b.Input
	}
	return inputs
}

func (b Branch) node(definitions []indicator.Definition, at int) (Node, error) {
	n := Node{
		TaskID: b.TaskID, AgencyID: b.AgencyID, AgencyName: b.AgencyName, AgencyLevel: b.AgencyLevel, PeriodKey: b.PeriodKey,
		SubmissionID: b.SubmissionID, Number: b.Number, Document: b.Document, Value: b.Figures[definitions[at].Code],
	}
	if n.Value == "" {
		// A nil return is zero for what happens; a ratio is worked out of its parts.
		own, err := Figures(definitions, []Input{b.Input})
		if err != nil {
			return n, err
		}
		n.Value = own[at].Value
	}
	if len(b.Parts) == 0 {
		return n, nil
	}
	below, err := Figures(definitions, inputsOf(b.Parts))
	if err != nil {
		return n, err
	}
	n.Computed = below[at].Value
	n.Edited = n.Value != n.Computed
	for _, part := range b.Parts {
		node, err := part.node(definitions, at)
		if err != nil {
			return n, err
		}
		n.Parts = append(n.Parts, node)
	}
	return n, nil
}

// Parts are the definitions that a figure depends on: itself and the parts of a ratio.
func Parts(definitions []indicator.Definition, code string) []indicator.Definition {
	var list []indicator.Definition
	for _, d := range definitions {
		if d.Code == code {
			list = append(list, d)
		}
	}
	if len(list) == 1 && list[0].Aggregation == indicator.Ratio {
		for _, d := range definitions {
			if d.Code == list[0].Numerator || d.Code == list[0].Denominator {
				list = append(list, d)
			}
		}
	}
	return list
}
