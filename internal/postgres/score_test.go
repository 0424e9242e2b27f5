package postgres_test

import (
	"fmt"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/score"
	"dondoc/internal/task"
)

// newScored is the three-level world in which communes score themselves once a
// year, and half of them ought to be in the best class.
func newScored(t *testing.T) *chained {
	t.Helper()
	return newChainedPlan(t, func(p *plan.Plan) {
		p.ValidTo = calendar.NewDate(2027, 12, 31)
		p.ScoreSheets = []plan.ScoreSheet{{
			Code: "bang", Name: "Bảng chấm điểm", Note: "minh họa",
			Criteria: []plan.Criterion{{Code: "c1", Name: "Tiêu chí một", Points: "60"}, {Code: "c2", Name: "Tiêu chí hai", Points: "40"}},
			Classes:  []plan.Class{{Code: "tot", Name: "Tốt", From: "80"}, {Code: "kha", Name: "Khá", From: "50"}, {Code: "yeu", Name: "Yếu", From: "0"}},
		}}
		p.Duties[0].ScoreSheet = "bang"
		p.Targets = []plan.Target{{Code: "xa", Text: "50 % số xã đạt loại tốt", Due: p.ValidTo, Measures: []plan.Measure{{Kind: "percent", Number: "50", Class: plan.ClassShare{Sheet: "bang", Class: "tot"}}}}}
		for i := range p.Duties {
			p.Duties[i].Schedule = calendar.Schedule{Cadences: []calendar.Cadence{calendar.Yearly}, Windows: calendar.CalendarWindows}
		}
	})
}

func sheetInput(taskID int64, one, two string) score.Input {
	return score.Input{TaskID: taskID, Points: []score.Points{{Criterion: "c1", Points: one, Evidence: "Báo cáo số 1"}, {Criterion: "c2", Points: two}}}
}

func (c *chained) score(agency, one, two string) {
	c.t.Helper()
	if _, err := c.store.SaveScores(c.t.Context(), c.actor("focal_point."+agency+"@dondoc.example"), sheetInput(c.taskOf(agency), one, two)); err != nil {
		c.t.Fatal(err)
	}
	c.send(agency, task.SubmitInput{Narrative: "x"})
}

func (c *chained) check(agency, reviewer, one, two string) error {
	c.t.Helper()
	_, err := c.store.CheckScores(c.t.Context(), c.actor("supervisor."+reviewer+"@dondoc.example"), sheetInput(c.taskOf(agency), one, two))
	return err
}

func (c *chained) ranking(email string, year int) []string {
	c.t.Helper()
	list, err := c.store.ScoreSheet(c.t.Context(), c.actor(email), score.Filter{PlanID: c.plan.ID, Sheet: "bang", Year: year})
	if err != nil {
		c.t.Fatal(err)
	}
	lines := []string{}
	for _, r := range list.Rows {
		line := fmt.Sprintf("%d %s %s %s", r.Rank, r.AgencyName, r.Result.Final(), r.Result.Class.Code)
		if r.Movement != nil {
			line += fmt.Sprintf(" %s from %s", r.Movement, r.Before.Class.Code)
		}
		lines = append(lines, line)
	}
	for _, k := range list.Classes {
		lines = append(lines, fmt.Sprintf("%s %d %s%%", k.Code, k.Units, said(k.Share)))
	}
	return lines
}

// openAgain opens the next year's round of every duty.
func (c *chained) openAgain(at string) {
	c.t.Helper()
	c.clock.set(c.t, at)
	for _, id := range c.ids(`SELECT id FROM duties ORDER BY position`) {
		next, err := c.store.ScheduleNextRound(c.t.Context(), id)
		if err != nil {
			c.t.Fatal(err)
		}
		if err := c.store.OpenRound(c.t.Context(), next.RoundID, func(int) {}); err != nil {
			c.t.Fatal(err)
		}
	}
}

func TestScoreSheetsOverTwoYears(t *testing.T) {
	c := newScored(t)
	c.clock.set(t, "2027-01-04 09:00")
	c.score("x11", "50", "35")
	c.refused(c.check("x11", "so", "50", "35"), "not_found") // the department sees districts, not communes
	c.refused(c.check("x11", "d1", "50", "41"), "score.range")
	c.want("the unit's own", c.ranking(issuing, 2026), "0 UBND xã x11 0 ", "0 UBND xã x12 0 ", "0 UBND xã x13 0 ", "0 UBND xã x21 0 ", "tot 0 0%", "kha 0 0%", "yeu 0 0%")
	if err := c.check("x11", "d1", "40", "35"); err != nil {
		t.Fatal(err)
	}
	c.decide("x11", "d1", task.Accept)
	c.score("x12", "60", "30,5")
	c.decide("x12", "d1", task.Accept)
	c.score("x21", "20", "10")
	c.decide("x21", "d2", task.Accept)
	c.want("what was checked stands", c.ranking(issuing, 2026),
		"1 UBND xã x12 90.5 tot", "2 UBND xã x11 75 kha", "3 UBND xã x21 30 yeu", "0 UBND xã x13 0 ", "tot 1 25%", "kha 1 25%", "yeu 1 25%")
	m := c.measure(issuing, "xa")
	c.want("the share of a class feeds the target", []string{outlookOf(m.Outlook)}, "25 50% red")

	c.openAgain("2027-12-20 09:00")
	c.clock.set(t, "2028-01-04 09:00")
	c.score("x11", "60", "40")
	c.decide("x11", "d1", task.Accept)
	c.score("x12", "40", "30")
	c.decide("x12", "d1", task.Accept)
	c.score("x13", "50", "30")
	c.decide("x13", "d1", task.Accept)
	c.want("movement against last year", c.ranking(issuing, 0),
		"1 UBND xã x11 100 tot 25 from kha", "2 UBND xã x13 80 tot", "3 UBND xã x12 70 kha -20.5 from tot", "0 UBND xã x21 0 ", "tot 2 50%", "kha 1 25%", "yeu 0 0%")
	m = c.measure(issuing, "xa")
	c.want("half of the communes", []string{outlookOf(m.Outlook)}, "50 100% green")
	c.want("both years are points", []string{fmt.Sprint(len(m.Readings))}, "2")
	c.want("a commune sees its own row", c.ranking("focal_point.x12@dondoc.example", 2027)[:1], "1 UBND xã x12 70 kha -20.5 from tot")
}

func TestAReportIsNotSentWithoutItsSheet(t *testing.T) {
	c := newScored(t)
	c.clock.set(t, "2027-01-04 09:00")
	own := c.actor("focal_point.x11@dondoc.example")
	_, err := c.store.Submit(t.Context(), own, task.SubmitInput{TaskID: c.taskOf("x11"), Kind: task.Report, Narrative: "x"})
	c.refused(err, "submission.invalid")
	in := sheetInput(c.taskOf("x11"), "50", "")
	view, err := c.store.SaveScores(t.Context(), own, in)
	if err != nil || view.Complete || view.Number != 1 || view.Sent {
		t.Fatalf("half a sheet may be saved: %+v, %v", view, err)
	}
	_, err = c.store.Submit(t.Context(), own, task.SubmitInput{TaskID: c.taskOf("x11"), Kind: task.Report, Narrative: "x"})
	c.refused(err, "submission.invalid")
	c.score("x11", "50", "35")
	_, err = c.store.SaveScores(t.Context(), own, sheetInput(c.taskOf("x11"), "1", "1"))
	c.refused(err, "task.already_submitted")
	// Another unit's people learn nothing of the sheet, and write none.
	for _, email := range []string{"focal_point.x12@dondoc.example", "supervisor.d2@dondoc.example"} {
		_, err = c.store.SaveScores(t.Context(), c.actor(email), in)
		c.refused(err, "not_found")
		_, err = c.store.TaskScores(t.Context(), c.actor(email), c.taskOf("x11"))
		c.refused(err, "not_found")
	}
	_, err = c.store.SaveScores(t.Context(), c.actor("focal_point.d1@dondoc.example"), score.Input{TaskID: c.taskOf("d1")})
	c.refused(err, "score.none")

	// What was sent first stays as it was when it is returned and sent again.
	c.decide("x11", "d1", task.Return)
	c.refused(c.check("x11", "d1", "1", "1"), "score.not_sent")
	seen := func(actor policy.Actor) string {
		v, err := c.store.TaskScores(t.Context(), actor, c.taskOf("x11"))
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(v.Number, v.Result.Own, v.Sent)
	}
	if _, err := c.store.SaveScores(t.Context(), own, sheetInput(c.taskOf("x11"), "60", "40")); err != nil {
		t.Fatal(err)
	}
	c.want("the unit writes its second, the district reads the first", []string{seen(own), seen(c.actor("supervisor.d1@dondoc.example"))}, "2 100 false", "1 85 true")
	c.send("x11", task.SubmitInput{Narrative: "y"})
	c.want("the second", []string{seen(c.actor("supervisor.d1@dondoc.example"))}, "2 100 true")
	if err := c.check("x11", "d1", "55", "40"); err != nil {
		t.Fatal(err)
	}
	c.want("audited, words as their hash", c.strings(`SELECT after #>> '{points,c1,points}' FROM audit WHERE action = 'task.score_checked'`), "55")
	c.want("no words in the trail", c.strings(`SELECT action FROM audit WHERE after::text LIKE '%Báo cáo số 1%'`))
}
