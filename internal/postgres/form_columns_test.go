package postgres_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// naive adds the columns up in plain SQL over the submissions: $1 the duty's
// code, $2 the agency's, $3 the period's key.
const naive = `
	WITH now AS (
		SELECT r.* FROM rounds r JOIN duties d ON d.id = r.duty_id WHERE d.code = $1 AND r.period_key = $3
	), given AS (
		SELECT r.period_key, r.window_to_on, extract(year FROM r.window_to_on) AS year,
			CASE b.kind WHEN 'nil' THEN 0 ELSE (b.figures ->> 'luot')::numeric END AS luot,
			CASE b.kind WHEN 'nil' THEN 0 ELSE (b.figures ->> 'vi-pham')::numeric END AS vi_pham,
			(b.figures ->> 'co-so')::numeric AS co_so
		FROM submissions b JOIN tasks t ON t.id = b.task_id JOIN rounds r ON r.id = t.round_id JOIN agencies a ON a.id = t.agency_id
		JOIN now ON now.duty_id = r.duty_id WHERE a.code = $2 AND r.window_to_on <= now.window_to_on
	), year AS (
		SELECT * FROM given WHERE year = (SELECT extract(year FROM window_to_on) FROM now)
	)
	SELECT COALESCE((SELECT sum(luot) FROM year)::text, '') AS year_sum, COALESCE((SELECT sum(luot) FROM given)::text, '') AS plan_sum,
		COALESCE((SELECT co_so FROM year WHERE co_so IS NOT NULL ORDER BY window_to_on DESC LIMIT 1)::text, '') AS year_last,
		COALESCE((SELECT co_so FROM given WHERE co_so IS NOT NULL ORDER BY window_to_on DESC LIMIT 1)::text, '') AS plan_last,
		COALESCE((SELECT trim_scale(round(100 * sum(vi_pham) / NULLIF(sum(luot), 0), 2)) FROM year)::text, '') AS year_ratio,
		COALESCE((SELECT trim_scale(round(100 * sum(vi_pham) / NULLIF(sum(luot), 0), 2)) FROM given)::text, '') AS plan_ratio,
		COALESCE((SELECT luot FROM given WHERE period_key = (left($3, 4)::int - 1)::text || substr($3, 5))::text, '') AS year_before`

type naiveRow struct {
	YearSum    string `db:"year_sum"`
	PlanSum    string `db:"plan_sum"`
	YearLast   string `db:"year_last"`
	PlanLast   string `db:"plan_last"`
	YearRatio  string `db:"year_ratio"`
	PlanRatio  string `db:"plan_ratio"`
	YearBefore string `db:"year_before"`
}

func TestColumnsAreWhatPlainSQLAddsUp(t *testing.T) {
	w := newFormed(t, nil)
	w.month("IV.15.h", "2027-M12")
	var rounds []struct {
		Task int64  `db:"id"`
		Key  string `db:"period_key"`
	}
	if err := w.db.SelectContext(t.Context(), &rounds, `
		SELECT t.id, r.period_key FROM tasks t JOIN rounds r ON r.id = t.round_id JOIN agencies a ON a.id = t.agency_id WHERE a.code = 'd1' ORDER BY r.window_to_on`); err != nil {
		t.Fatal(err)
	}
	if len(rounds) != 24 {
		t.Fatalf("%d rounds in two years of months", len(rounds))
	}
	sender := w.actor("focal_point.d1@dondoc.example")
	rapid.Check(t, func(rt *rapid.T) {
		w.exec(`DELETE FROM submissions`)
		for _, r := range rounds {
			if rapid.IntRange(0, 3).Draw(rt, "missing") == 0 {
				w.exec(`UPDATE tasks SET state = 'open', submissions = 0, settled_at = NULL, submitted_at = NULL, first_submitted_at = NULL WHERE id = $1`, r.Task)
				continue
			}
			kind, figures := task.Report, "{}"
			if rapid.IntRange(0, 4).Draw(rt, "nil") == 0 {
				kind = task.NilReturn
			} else {
				figures = fmt.Sprintf(`{"luot": "%d", "vi-pham": "%d"}`, rapid.IntRange(0, 900).Draw(rt, "luot"), rapid.IntRange(0, 300).Draw(rt, "vi-pham"))
				if rapid.Bool().Draw(rt, "level") {
					figures = figures[:len(figures)-1] + fmt.Sprintf(`, "co-so": "%d"}`, rapid.IntRange(0, 50).Draw(rt, "co-so"))
				}
			}
			w.exec(`WITH sent AS (
					INSERT INTO submissions (task_id, number, kind, narrative, figures, submitted_at, submitted_by) VALUES ($1, 1, $2, '', $3, now(), $4) RETURNING task_id
				)
				UPDATE tasks SET state = 'accepted', submissions = 1, settled_at = now(), submitted_at = now(), first_submitted_at = now() FROM sent WHERE id = sent.task_id`, r.Task, kind, figures, sender.UserID)
		}
		at := rapid.SampledFrom(rounds).Draw(rt, "period")
		got := w.figures("supervisor.so@dondoc.example", at.Task)
		var want naiveRow
		if err := w.db.GetContext(t.Context(), &want, naive, "IV.15.h", "d1", at.Key); err != nil {
			rt.Fatal(err)
		}
		sum, level, share := got["luot"], got["co-so"], got["tl"]
		have := naiveRow{sum.YearToDate, sum.PlanToDate, level.YearToDate, level.PlanToDate, share.YearToDate, share.PlanToDate, sum.YearBefore}
		if have != want {
			rt.Fatalf("%s:\n got %+v\nwant %+v", at.Key, have, want)
		}
	})
}

func TestWhatWasReportedElsewhereIsOffered(t *testing.T) {
	w := newFormed(t, func(p *plan.Plan) {
		other := p.Duties[0]
		other.Code, other.Title, other.Form, other.Indicators = "V.1", "Báo cáo kiểm tra", "", []string{"luot", "khac"}
		p.Duties = append(p.Duties, other)
	})
	w.month("IV.15.h", "2026-M01")
	w.month("V.1", "2026-M01")
	here, elsewhere := w.task("IV.15.h", "d1", "2026-M01"), w.task("V.1", "d1", "2026-M01")
	own := "focal_point.d1@dondoc.example"
	if err := w.submit(elsewhere, values("luot", "12")); err != nil {
		t.Fatal(err)
	}
	if got := w.figures(own, here)["luot"]; got.Offered != "" {
		t.Errorf("it does not count yet: %+v", got)
	}
	if _, err := w.store.Review(t.Context(), w.actor("supervisor.so@dondoc.example"), task.ReviewInput{TaskID: elsewhere, Decision: task.Accept}); err != nil {
		t.Fatal(err)
	}
	if got := w.figures(own, here)["luot"]; got.Offered != "12" || got.OfferedFrom != "V.1 Báo cáo kiểm tra (Kế hoạch thử), lần 1" || got.InPeriod != "" {
		t.Errorf("offered, and not taken for given: %+v", got)
	}
	if got := w.figures(own, here)["vi-pham"]; got.Offered != "" {
		t.Errorf("what the other did not ask: %+v", got)
	}
	if got := w.figures("focal_point.d2@dondoc.example", w.task("IV.15.h", "d2", "2026-M01"))["luot"]; got.Offered != "" {
		t.Errorf("another unit's: %+v", got)
	}
	w.month("IV.15.h", "2026-M02")
	if got := w.figures(own, w.task("IV.15.h", "d1", "2026-M02"))["luot"]; got.Offered != "" {
		t.Errorf("another period's: %+v", got)
	}
}

func TestTheYearsPlanStandsOnTheForm(t *testing.T) {
	w := newFormed(t, func(p *plan.Plan) {
		p.Targets = []plan.Target{{Code: "II.1", Text: "Kiểm tra 8.000 lượt", Owners: []string{"d1", "d2"}, Due: p.ValidTo, Measures: []plan.Measure{
			{Kind: "count", Number: "8000", Indicator: "luot", Split: []plan.UnitAim{{Agency: "d1", Aim: "5000"}, {Agency: "d2", Aim: "3000"}}}}}}
	})
	w.month("IV.15.h", "2026-M01")
	january := w.task("IV.15.h", "d1", "2026-M01")
	if f := w.figures("focal_point.d1@dondoc.example", january)["luot"]; f.YearPlan != "" {
		t.Errorf("two years are not divided: %+v", f)
	}
	w.exec(`WITH x AS (INSERT INTO target_splits (plan_id, target, measure, basis, decided_at, decided_by)
			SELECT $1, 'II.1', 1, 'Công văn', now(), min(id) FROM users RETURNING id)
		INSERT INTO target_split_parts (split_id, agency_id, year, aim) SELECT x.id, a.id, 2026, 400 FROM x, agencies a WHERE a.code = 'd1'`, w.plan.ID)
	w.accepted(january, values("luot", "100"))
	if f := w.figures("focal_point.d1@dondoc.example", january)["luot"]; f.YearPlan != "400" || f.PercentOfPlan != "25" {
		t.Errorf("the year's part: %+v", f)
	}
}
