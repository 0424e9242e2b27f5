package score

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"dondoc/internal/fault"
	"dondoc/internal/indicator"
	"dondoc/internal/plan"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
)

// maxText bounds the evidence for one criterion, in characters.
const maxText = 2000

// Clean brings the input into the form that is stored.
func (in Input) Clean() (Input, error) {
	points := make([]Points, len(in.Points))
	for i, p := range in.Points {
		n, err := indicator.Read(p.Points, indicator.Percent)
		if err != nil {
			return in, fault.Of(err).At(fmt.Sprintf("points.%d.points", i))
		}
		text, wrong := task.CleanText(p.Evidence, maxText)
		if wrong != nil {
			return in, wrong.At(fmt.Sprintf("points.%d.evidence", i))
		}
		points[i] = Points{Criterion: p.Criterion, Points: n, Evidence: text}
	}
	in.Points = points
	return in, nil
}

// Texts are what people write in it.
func (in Input) Texts() []privacy.Text {
	list := make([]privacy.Text, len(in.Points))
	for i, p := range in.Points {
		list[i] = privacy.Text{Field: fmt.Sprintf("points.%d.evidence", i), Text: p.Evidence}
	}
	return list
}

// Check holds the input against the sheet. A sheet may be incomplete while it is
// written; whoever checks one gives points to every criterion.
func (in Input) Check(sheet plan.ScoreSheet, whole bool) error {
	seen := map[string]bool{}
	for i, p := range in.Points {
		place := fmt.Sprintf("points.%d.points", i)
		at := slices.IndexFunc(sheet.Criteria, func(c plan.Criterion) bool { return c.Code == p.Criterion })
		switch {
		case at < 0:
			return fault.New(fault.Invalid, "score.criterion", "Bảng chấm điểm không có tiêu chí “%s”.", "The sheet has no criterion %q.", p.Criterion).At(fmt.Sprintf("points.%d.criterion", i))
		case seen[p.Criterion]:
			return fault.New(fault.Invalid, "score.twice", "Tiêu chí “%s” có hai lần.", "The criterion %q stands twice.", p.Criterion).At(fmt.Sprintf("points.%d.criterion", i))
		case p.Points == "" && !whole:
			continue
		}
		seen[p.Criterion] = true
		n, err := decimal.NewFromString(p.Points)
		most := decimalOf(sheet.Criteria[at].Points)
		if err != nil || n.IsNegative() || n.GreaterThan(most) {
			return fault.New(fault.Invalid, "score.range", "%s: điểm từ 0 đến %s.", "%s: from 0 to %s points.", sheet.Criteria[at].Name, most).At(place)
		}
	}
	for _, c := range sheet.Criteria {
		if whole && !seen[c.Code] {
			return fault.New(fault.Invalid, "score.missing", "Chưa có điểm của tiêu chí “%s”.", "The criterion %q has no points.", c.Name).At("points")
		}
	}
	return nil
}

// decimalOf reads what the plan file was checked for.
func decimalOf(text string) decimal.Decimal {
	n, err := decimal.NewFromString(text)
	if err != nil {
		return decimal.Zero
	}
	return n
}

// ClassOf is the class of a total of points.
func ClassOf(sheet plan.ScoreSheet, total decimal.Decimal) plan.Class {
	for _, c := range sheet.Classes { // in falling order of their thresholds
		if total.GreaterThanOrEqual(decimalOf(c.From)) {
			return c
		}
	}
	return plan.Class{}
}

// Total adds lines up: what was checked takes the place of what the unit gave itself.
func Total(sheet plan.ScoreSheet, lines []Line) (r Result, complete bool) {
	complete = true
	checked, any := decimal.Zero, false
	for _, l := range lines {
		if l.Own == nil {
			complete = false
		} else {
			r.Own = r.Own.Add(*l.Own)
		}
		if l.Checked != nil {
			checked, any = checked.Add(*l.Checked), true
		}
	}
	if any {
		r.Checked = &checked
	}
	if complete || any {
		r.Class = ClassOf(sheet, r.Final())
	}
	return r, complete
}

// Rank puts rows in order, the best first, and numbers them; units without a
// sheet stand last. It also counts the classes.
func Rank(sheet plan.ScoreSheet, rows []Row) []ClassCount {
	came := func(r Row) bool { return r.Result.Class.Code != "" }
	slices.SortStableFunc(rows, func(a, b Row) int {
		if came(a) != came(b) {
			return map[bool]int{true: -1, false: 1}[came(a)]
		}
		return b.Result.Final().Cmp(a.Result.Final())
	})
	counts := make([]ClassCount, len(sheet.Classes))
	for i, c := range sheet.Classes {
		counts[i].Class = c
	}
	for i := range rows {
		r := &rows[i]
		if !came(*r) {
			continue
		}
		r.Rank = i + 1
		if i > 0 && rows[i-1].Result.Final().Equal(r.Result.Final()) {
			r.Rank = rows[i-1].Rank
		}
		if r.Before != nil {
			moved := r.Result.Final().Sub(r.Before.Total)
			r.Movement = &moved
		}
		for j := range counts {
			if counts[j].Code == r.Result.Class.Code {
				counts[j].Units++
			}
		}
	}
	for j := range counts {
		if share, ok := indicator.Share(decimal.NewFromInt(int64(counts[j].Units)), decimal.NewFromInt(int64(len(rows)))); ok {
			counts[j].Share = &share
		}
	}
	return counts
}
