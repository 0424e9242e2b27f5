package amendment

import (
	"cmp"
	"slices"

	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// Difference is what a reader finds changed between two versions of a plan.
// Lists of a file (indicators, policies, groups …) appear under Facts by code.
type Difference struct {
	Facts          []Fact
	Added, Retired []DutyLine
	Changed        []DutyChange
	// Agencies are the codes of those that the newer version names first.
	Agencies []string
}

// Fact is one value in both versions, in the notation of plan files; empty: not given.
type Fact struct {
	Field    string // "valid_to", "indicators.vu", "due"
	Old, New string
}

// DutyLine names a duty that came or went, and how many agencies owe it.
type DutyLine struct {
	Code, Title, Text string
	Owners            int
}

// DutyChange is a duty in both versions.
type DutyChange struct {
	Code string
	// OldCode differs from Code where the duty was renamed.
	OldCode, Title string
	// Text is the new text with what left the old one; empty where it is the same.
	Text         []task.Piece
	Fields       []Fact
	Gained, Lost []Part
}

// Part is an agency's role in a duty. An agency whose role changes loses one and gains the other.
type Part struct {
	Agency string
	Role   plan.Role
}

// Empty reports whether both versions say the same.
func (d Difference) Empty() bool {
	return len(d.Facts) == 0 && len(d.Added) == 0 && len(d.Retired) == 0 && len(d.Changed) == 0 && len(d.Agencies) == 0
}

// Pairing says which duty of the older version a duty of the newer one is: of
// the same code, else of its former one. Without a value it is a new duty.
func Pairing(old, next *plan.Plan) map[string]string {
	known := map[string]bool{}
	for _, d := range old.Duties {
		known[d.Code] = true
	}
	pairs := map[string]string{}
	for _, d := range next.Duties {
		switch {
		case known[d.Code]:
			pairs[d.Code] = d.Code
		case d.RenamedFrom != "" && known[d.RenamedFrom]:
			pairs[d.Code] = d.RenamedFrom
		}
	}
	return pairs
}

// Compare finds what differs. Lines in the source document are no difference,
// and neither is where in the file something stands.
func Compare(old, next *plan.Plan) Difference {
	d := Difference{Facts: facts(old, next)}
	before := map[string]plan.Duty{}
	for _, duty := range old.Duties {
		before[duty.Code] = duty
	}
	pairs := Pairing(old, next)
	stays := map[string]bool{}
	for _, duty := range next.Duties {
		former, known := pairs[duty.Code]
		if !known {
			d.Added = append(d.Added, lineOf(duty))
			continue
		}
		stays[former] = true
		if change, changed := changeOf(before[former], duty); changed {
			d.Changed = append(d.Changed, change)
		}
	}
	for _, duty := range old.Duties {
		if !stays[duty.Code] {
			d.Retired = append(d.Retired, lineOf(duty))
		}
	}
	named := map[string]bool{}
	for _, a := range old.Agencies {
		named[a.Code] = true
	}
	for _, a := range next.Agencies {
		if !named[a.Code] {
			d.Agencies = append(d.Agencies, a.Code)
		}
	}
	return d
}

func lineOf(d plan.Duty) DutyLine {
	line := DutyLine{Code: d.Code, Title: d.Title, Text: d.Text}
	for _, a := range d.Assignments {
		if a.Role.Owes() {
			line.Owners++
		}
	}
	return line
}

func changeOf(old, next plan.Duty) (DutyChange, bool) {
	change := DutyChange{Code: next.Code, OldCode: old.Code, Title: next.Title}
	if old.Text != next.Text {
		change.Text = task.DiffWords(old.Text, next.Text)
	}
	change.Fields = fieldsOf(old, next)
	change.Lost, change.Gained = partsOnlyIn(old, next), partsOnlyIn(next, old)
	return change, change.OldCode != change.Code || len(change.Text) > 0 || len(change.Fields) > 0 || len(change.Gained) > 0 || len(change.Lost) > 0
}

// partsOnlyIn are the assignments of one version that the other has not.
func partsOnlyIn(in, other plan.Duty) []Part {
	has := map[Part]bool{}
	for _, a := range other.Assignments {
		has[Part{a.Agency, a.Role}] = true
	}
	var parts []Part
	for _, a := range in.Assignments {
		if part := (Part{a.Agency, a.Role}); !has[part] {
			parts = append(parts, part)
		}
	}
	slices.SortFunc(parts, func(a, b Part) int { return cmp.Or(cmp.Compare(a.Agency, b.Agency), cmp.Compare(a.Role, b.Role)) })
	return slices.Compact(parts)
}
