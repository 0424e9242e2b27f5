package postgres_test

import (
	"testing"

	"dondoc/internal/form"
	"dondoc/internal/task"
)

func (c *chained) filled(email string, taskID int64) form.Filled {
	c.t.Helper()
	f, err := c.store.FilledForm(c.t.Context(), c.actor(email), taskID)
	if err != nil {
		c.t.Fatal(err)
	}
	return f
}

func TestAFormHoldsWhatIsBeingWrittenAndWhatWasSent(t *testing.T) {
	c := newChained(t)
	id := c.taskOf("x11")
	if _, err := c.store.SaveDraft(t.Context(), c.actor("focal_point.x11@dondoc.example"), task.DraftInput{
		TaskID: id, Content: task.Content{Kind: task.Report, Figures: figures("3", "10", "chưa rõ")}}); err != nil {
		t.Fatal(err)
	}
	f := c.filled("focal_point.x11@dondoc.example", id)
	if got := f.Figures["vu"]; got.InPeriod != "3" || got.YearToDate != "3" || got.PlanToDate != "3" || got.YearBefore != "" || got.PercentOfYearBefore != "" {
		t.Errorf("its own people: %+v", got)
	}
	if got := f.Figures["tb"]; got.InPeriod != "chưa rõ" || got.YearToDate != "" {
		t.Errorf("what is no number yet: %+v", got)
	}
	if f.AgencyCode != "x11" || f.DutyCode != "X" || f.PeriodKey != "2026-M01" || len(f.Rows()) != 3 {
		t.Errorf("%+v", f)
	}
	if got := c.filled("supervisor.d1@dondoc.example", id).Figures["vu"]; got.InPeriod != "" || got.YearToDate != "" {
		t.Errorf("a draft is nobody else's: %+v", got)
	}
	c.send("x11", task.SubmitInput{Narrative: "x", Figures: figures("4", "10", "1")})
	if got := c.filled("supervisor.d1@dondoc.example", id).Figures["vu"]; got.InPeriod != "4" {
		t.Errorf("once it is sent: %+v", got)
	}
	if n := c.strings(`SELECT count(*)::text FROM audit WHERE action = 'task.viewed'`); n[0] != "1" {
		t.Errorf("%s views are kept, want the supervisor's one", n)
	}
	_, err := c.store.FilledForm(t.Context(), c.actor("focal_point.x12@dondoc.example"), id)
	c.refused(err, "not_found")
}
