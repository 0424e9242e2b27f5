package score_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/score"
)

func sheet() plan.ScoreSheet {
	return plan.ScoreSheet{
		Code:     "bang",
		Criteria: []plan.Criterion{{Code: "c1", Name: "Một", Points: "60"}, {Code: "c2", Name: "Hai", Points: "40"}},
		Classes:  []plan.Class{{Code: "tot", From: "80"}, {Code: "kha", From: "50"}, {Code: "yeu", From: "0"}},
	}
}

func number(n int64) *decimal.Decimal {
	d := decimal.NewFromInt(n)
	return &d
}

func TestClassesByThresholds(t *testing.T) {
	for total, class := range map[string]string{"100": "tot", "80": "tot", "79.99": "kha", "50": "kha", "49.5": "yeu", "0": "yeu"} {
		if got := score.ClassOf(sheet(), decimal.RequireFromString(total)); got.Code != class {
			t.Errorf("%s points are %s, want %s", total, got.Code, class)
		}
	}
}

func TestWhatWasCheckedStands(t *testing.T) {
	lines := []score.Line{{Criterion: sheet().Criteria[0], Own: number(60)}, {Criterion: sheet().Criteria[1], Own: number(30)}}
	if r, complete := score.Total(sheet(), lines); !complete || r.Final().String() != "90" || r.Class.Code != "tot" {
		t.Errorf("the unit's own: %+v", r)
	}
	lines[0].Checked, lines[1].Checked = number(40), number(30)
	if r, _ := score.Total(sheet(), lines); r.Own.String() != "90" || r.Final().String() != "70" || r.Class.Code != "kha" {
		t.Errorf("checked: %+v", r)
	}
	lines[1].Own, lines[0].Checked, lines[1].Checked = nil, nil, nil
	if r, complete := score.Total(sheet(), lines); complete || r.Class.Code != "" {
		t.Errorf("half a sheet has a class: %+v", r)
	}
}

func TestASheetTakesWhatItAsksFor(t *testing.T) {
	for name, c := range map[string]struct {
		points []score.Points
		whole  bool
		code   string
	}{
		"whole":             {[]score.Points{{"c1", "60", ""}, {"c2", "12,5", ""}}, true, ""},
		"half, as a draft":  {[]score.Points{{"c1", "0", ""}, {"c2", "", "chưa có"}}, false, ""},
		"half, as a check":  {[]score.Points{{"c1", "0", ""}}, true, "score.missing"},
		"above the most":    {[]score.Points{{"c1", "60,5", ""}}, false, "score.range"},
		"below nothing":     {[]score.Points{{"c1", "-1", ""}}, false, "score.range"},
		"no such criterion": {[]score.Points{{"c3", "1", ""}}, false, "score.criterion"},
		"twice":             {[]score.Points{{"c1", "1", ""}, {"c1", "2", ""}}, false, "score.twice"},
		"no number":         {[]score.Points{{"c1", "nhiều", ""}}, false, "figure.number"},
		"a table of names":  {[]score.Points{{"c1", "1", "Họ và tên\tSố CCCD\nNguyễn Văn A\t075203001234\nNguyễn Văn B\t075203001235"}}, false, "privacy.table"},
	} {
		in, err := score.Input{Points: c.points}.Clean()
		if err == nil {
			err = in.Check(sheet(), c.whole)
		}
		if f := fault.Of(err); (f == nil) != (c.code == "") || f != nil && f.Code != c.code {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
}

// Ranks follow the totals, whatever order the rows come in, and every unit that
// sent a sheet is in exactly one class.
func TestRanksFollowTotals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []score.Row
		sent := 0
		for i := range rapid.IntRange(0, 20).Draw(t, "units") {
			row := score.Row{AgencyID: int64(i + 1), AgencyName: fmt.Sprint(i)}
			if rapid.IntRange(0, 4).Draw(t, "sent") > 0 {
				own := number(rapid.Int64Range(0, 100).Draw(t, "points"))
				row.Result = score.Result{Own: *own, Class: score.ClassOf(sheet(), *own)}
				sent++
			}
			rows = append(rows, row)
		}
		classes := score.Rank(sheet(), rows)
		counted := 0
		for _, c := range classes {
			counted += c.Units
		}
		if counted != sent {
			t.Fatalf("%d units in classes, %d sent", counted, sent)
		}
		for i, r := range rows {
			if (r.Rank == 0) != (i >= sent) {
				t.Fatalf("row %d of %d has rank %d", i, sent, r.Rank)
			}
			better := 1
			for _, other := range rows[:sent] {
				if other.Result.Final().GreaterThan(r.Result.Final()) {
					better++
				}
			}
			if r.Rank != 0 && r.Rank != better {
				t.Fatalf("%s points rank %d, %d are better", r.Result.Final(), r.Rank, better-1)
			}
		}
	})
}
