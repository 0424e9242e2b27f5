package consolidation

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"dondoc/internal/indicator"
	"dondoc/internal/task"
)

// Cover chooses the rounds of the lower level that make up a span: the one of
// just that span if there is one, else the longest that lie inside without
// overlapping, so that no day is counted twice. The answer is in order of time.
func Cover(whole Window, rounds []Window) []Window {
	inside := slices.DeleteFunc(slices.Clone(rounds), func(w Window) bool {
		return w.From.Before(whole.From) || w.To.After(whole.To)
	})
	slices.SortFunc(inside, func(a, b Window) int {
		return cmp.Or(b.To.Sub(b.From)-a.To.Sub(a.From), a.From.Compare(b.From), cmp.Compare(a.Round, b.Round))
	})
	var chosen []Window
	for _, w := range inside {
		if !slices.ContainsFunc(chosen, func(c Window) bool { return !w.From.After(c.To) && !c.From.After(w.To) }) {
			chosen = append(chosen, w)
		}
	}
	slices.SortFunc(chosen, func(a, b Window) int { return a.From.Compare(b.From) })
	return chosen
}

// Figures adds the counted inputs up: each unit's over time first, then over the units.
func Figures(definitions []indicator.Definition, inputs []Input) ([]indicator.Figure, error) {
	sheet, err := indicator.NewSheet(definitions)
	if err != nil {
		return nil, err
	}
	sums, err := unitSums(definitions, inputs)
	if err != nil {
		return nil, err
	}
	return sheet.Consolidate(sums)
}

// unitSums adds up what each unit reported for the rounds of the span.
func unitSums(definitions []indicator.Definition, inputs []Input) ([]indicator.Input, error) {
	units := map[int64][]Input{}
	for _, in := range inputs {
		if in.Standing.Counts() {
			units[in.AgencyID] = append(units[in.AgencyID], in)
		}
	}
	sums := make([]indicator.Input, 0, len(units))
	for unit, list := range units {
		sum, err := unitSum(definitions, list)
		if err != nil {
			return nil, err
		}
		sum.Unit = unit
		sums = append(sums, sum)
	}
	return sums, nil
}

// unitSum adds up what one unit reported for the rounds of the span.
func unitSum(definitions []indicator.Definition, inputs []Input) (indicator.Input, error) {
	slices.SortFunc(inputs, func(a, b Input) int { return a.Window.To.Compare(b.Window.To) })
	newest := inputs[len(inputs)-1]
	sum := indicator.Input{Source: newest.SubmissionID, Totals: make([]indicator.Total, len(definitions))}
	if len(inputs) == 1 { // most: nothing is to be added up over time
		for i, d := range definitions {
			var err error
			if sum.Totals[i], err = Reported(d, newest); err != nil {
				return sum, err
			}
		}
		return sum, nil
	}
	for i, d := range definitions {
		points := map[int][]indicator.Point{} // by rank
		for n, in := range inputs {
			total, err := Reported(d, in)
			if err != nil {
				return sum, err
			}
			points[in.Rank] = append(points[in.Rank], indicator.Point{Year: in.Window.To.Year, Order: n + 1, Total: total})
		}
		for _, rank := range slices.Sorted(maps.Keys(points)) {
			if sum.Totals[i] = d.OverTime(points[rank], newest.Window.To.Year, len(inputs), indicator.PlanToDate); sum.Totals[i].Known() {
				break // told in several reports, it counts once
			}
		}
	}
	return sum, nil
}

// Reported is what one input gives to an indicator.
func Reported(d indicator.Definition, in Input) (indicator.Total, error) {
	total := in.Totals[d.Code]
	value := in.Figures[d.Code]
	switch {
	case d.Unit == indicator.Text:
		return indicator.Total{}, nil
	case value != "" && value != task.Redacted: // what was taken out adds nothing
		n, err := decimal.NewFromString(value)
		if err != nil {
			return total, fmt.Errorf("task %d: %q is no figure of %s", in.TaskID, value, d.Code)
		}
		if !total.Known() {
			return d.Of(in.AgencyID, n), nil
		}
		if stands, ok := d.Value(total); ok && stands.Equal(n) {
			return total, nil
		}
		return d.Set(total, n), nil
	case in.Standing == Nil && in.Asks[d.Code] && (d.Aggregation == indicator.Sum || d.Aggregation == indicator.CountUnits || d.Aggregation == ""):
		return indicator.Of(decimal.Zero), nil
	default:
		return total, nil
	}
}

// Seen stands for the inputs that count and for nothing else.
func Seen(inputs []Input) string {
	sum := sha256.New()
	for _, s := range Sources(inputs) {
		fmt.Fprintf(sum, "%d:%d;", s.Task, s.Submission)
	}
	return hex.EncodeToString(sum.Sum(nil))[:32]
}

// Sources lists the inputs that count, in order of their tasks.
func Sources(inputs []Input) []Source {
	sources := []Source{}
	for _, in := range inputs {
		if in.Standing.Counts() {
			sources = append(sources, Source{in.TaskID, in.SubmissionID})
		}
	}
	slices.SortFunc(sources, func(a, b Source) int { return cmp.Compare(a.Task, b.Task) })
	return sources
}

// ChangedTasks are those whose counted version is not the same in both.
func ChangedTasks(old, now []Source) []int64 {
	count := map[Source]int{}
	for _, s := range old {
		count[s]++
	}
	for _, s := range now {
		count[s]--
	}
	changed := []int64{}
	for s, n := range count {
		if n != 0 {
			changed = append(changed, s.Task)
		}
	}
	slices.Sort(changed)
	return slices.Compact(changed)
}
