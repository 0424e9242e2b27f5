package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/form"
	"dondoc/internal/plan"
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

// formed is a world whose districts report by a form every month.
type formed struct{ *world }

func newFormed(t testing.TB, change func(*plan.Plan)) *formed {
	t.Helper()
	w := &formed{newWorld(t, func(p *plan.Plan) {
		p.ValidTo = calendar.NewDate(2027, 12, 31)
		p.Indicators = []plan.Indicator{
			{Code: "luot", Name: "Số lượt kiểm tra", Unit: "count", Aggregation: "sum"},
			{Code: "vi-pham", Name: "Số cơ sở vi phạm", Unit: "count", Aggregation: "sum", Steady: true},
			{Code: "co-so", Name: "Tổng số cơ sở", Unit: "count", Aggregation: "last", Steady: true, Parts: []string{"co-so.a", "co-so.b"}},
			{Code: "co-so.a", Name: "Lưu trú", Unit: "count", Aggregation: "last", Steady: true, Total: "co-so"},
			{Code: "co-so.b", Name: "Khác", Unit: "count", Aggregation: "last", Steady: true, Total: "co-so"},
			{Code: "tl", Name: "Tỷ lệ vi phạm", Unit: "percent", Aggregation: "ratio", Numerator: "vi-pham", Denominator: "luot"},
		}
		p.Forms = []plan.Form{{Code: "mau", Name: "Mẫu", Rules: []string{"vi-pham <= luot"}, Sections: []plan.FormSection{
			{Heading: "Số liệu", Indicators: []string{"luot", "vi-pham", "tl", "co-so"}}, {Heading: "Tình hình", Narrative: true}}}}
		p.Duties[0].Indicators, p.Duties[0].Form = nil, "mau"
		if change != nil {
			change(p)
		}
	})}
	w.activate()
	return w
}

// month opens the next round and moves on to its last days.
func (w *formed) month(duty, key string) {
	w.t.Helper()
	id := w.id(`SELECT id FROM duties WHERE code = $1`, duty)
	for {
		next, err := w.store.ScheduleNextRound(w.t.Context(), id)
		if err != nil || next.RoundID == 0 {
			w.t.Fatalf("%+v, %v", next, err)
		}
		if now, _ := w.clock.Now(w.t.Context()); now.Before(next.OpensAt) {
			w.clock.at.Store(&next.OpensAt)
		}
		if err := w.store.OpenRound(w.t.Context(), next.RoundID, func(int) {}); err != nil {
			w.t.Fatal(err)
		}
		if got := w.strings(`SELECT period_key FROM rounds WHERE id = $1`, next.RoundID); got[0] == key {
			return
		}
	}
}

func (w *formed) id(query string, args ...any) (id int64) {
	w.t.Helper()
	if err := w.db.GetContext(w.t.Context(), &id, query, args...); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	return id
}

func (w *formed) task(duty, agency, key string) int64 {
	w.t.Helper()
	return w.id(`SELECT t.id FROM tasks t JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id JOIN agencies a ON a.id = t.agency_id
		WHERE d.code = $1 AND a.code = $2 AND r.period_key = $3`, duty, agency, key)
}

// values are figures, as pairs of code and value.
func values(pairs ...string) []task.Figure {
	var list []task.Figure
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, task.Figure{Indicator: pairs[i], Value: pairs[i+1]})
	}
	return list
}

func (w *formed) submit(id int64, figures []task.Figure, explained ...task.Explanation) error {
	w.t.Helper()
	agency := w.strings(`SELECT a.code FROM tasks t JOIN agencies a ON a.id = t.agency_id WHERE t.id = $1`, id)[0]
	_, err := w.store.Submit(w.t.Context(), w.actor("focal_point."+agency+"@dondoc.example"),
		task.SubmitInput{TaskID: id, Kind: task.Report, Narrative: "Đã làm.", Figures: figures, Explanations: explained})
	return err
}

func (w *formed) accepted(id int64, figures []task.Figure, explained ...task.Explanation) {
	w.t.Helper()
	if err := w.submit(id, figures, explained...); err != nil {
		w.t.Fatalf("%v %v", err, fault.Of(err).Details)
	}
	if _, err := w.store.Review(w.t.Context(), w.actor("supervisor.so@dondoc.example"), task.ReviewInput{TaskID: id, Decision: task.Accept}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *formed) figures(email string, id int64) map[string]form.Figures {
	w.t.Helper()
	f, err := w.store.FilledForm(w.t.Context(), w.actor(email), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return f.Figures
}

// places lists field and code of what stood in the way.
func places(err error) string {
	f := fault.Of(err)
	if f == nil {
		return fmt.Sprint(err)
	}
	list := []string{f.Code}
	for _, d := range f.Details {
		list = append(list, d.Field+" "+d.Code)
	}
	return strings.Join(list, ", ")
}

func TestAFigureThatFellIsExplained(t *testing.T) {
	w := newFormed(t, nil)
	w.month("IV.15.h", "2026-M01")
	first := w.task("IV.15.h", "d1", "2026-M01")
	w.accepted(first, values("luot", "100", "vi-pham", "30", "co-so", "50"))
	w.month("IV.15.h", "2026-M02")
	second := w.task("IV.15.h", "d1", "2026-M02")
	fell := values("luot", "40", "vi-pham", "2", "co-so", "50", "co-so.a", "20", "co-so.b", "10")

	if got := places(w.submit(second, fell)); got != "figures.unexplained, explanations.luot figure.fell, explanations.co-so figure.total" {
		t.Errorf("unanswered: %s", got)
	}
	if got := places(w.submit(second, fell, task.Explanation{Indicator: "luot", Text: "Hết đợt cao điểm"})); got != "figures.unexplained, explanations.co-so figure.total" {
		t.Errorf("half answered: %s", got)
	}
	if got := places(w.submit(second, values("luot", "40", "vi-pham", "41"))); got != "submission.invalid, figures.vi-pham figure.rule" {
		t.Errorf("a broken rule: %s", got)
	}
	w.want("nothing is kept of these", w.strings(`SELECT number::text FROM submissions WHERE task_id = $1`, second))

	// A draft keeps what is being explained, and says where it differs from another one.
	email := "focal_point.d1@dondoc.example"
	content := task.Content{Kind: task.Report, Figures: fell, Explanations: []task.Explanation{{Indicator: "luot", Text: "Hết đợt"}}}
	draft, err := w.store.SaveDraft(t.Context(), w.actor(email), task.DraftInput{TaskID: second, Content: content})
	if err != nil || len(draft.Explanations) != 1 {
		t.Fatalf("%+v, %v", draft, err)
	}
	content.Explanations = []task.Explanation{{Indicator: "luot", Text: "Thiếu người"}}
	_, err = w.store.SaveDraft(t.Context(), w.actor(email), task.DraftInput{TaskID: second, Content: content})
	if got := places(err); got != "draft.changed, explanations.luot draft.differs" {
		t.Errorf("another draft: %s", got)
	}

	w.accepted(second, fell, task.Explanation{Indicator: "luot", Text: "Hết đợt cao điểm"}, task.Explanation{Indicator: "co-so", Text: "Chưa phân loại"},
		task.Explanation{Indicator: "vi-pham", Text: "Không ai hỏi"})
	detail, err := w.store.TaskDetail(t.Context(), w.actor("supervisor.so@dondoc.example"), second)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(detail.Submissions[0].Explanations); got != "[{co-so Chưa phân loại} {luot Hết đợt cao điểm}]" {
		t.Errorf("the reviewer reads %s", got)
	}
	if got := task.Explained(detail.Submissions[0].Explanations, "luot"); got == "" || detail.Submissions[0].Figures[2] != (task.Figure{Indicator: "tl", Value: "5"}) {
		t.Errorf("the ratio is worked out: %v", detail.Submissions[0].Figures)
	}
	w.want("the trail holds no words of it", w.strings(`SELECT count(*)::text FROM audit WHERE after::text LIKE '%cao điểm%'`), "0")

	// What is recorded for an agency is held to the same.
	w.month("IV.15.h", "2026-M03")
	third := w.task("IV.15.h", "d1", "2026-M03")
	now, _ := w.clock.Now(t.Context())
	record := task.RecordInput{TaskID: third, Content: task.Content{Kind: task.Report, Figures: values("luot", "500")}, ReceivedAt: now, Channel: "paper", Evidence: "Văn thư"}
	_, err = w.store.RecordSubmission(t.Context(), w.actor("supervisor.so@dondoc.example"), record)
	if got := places(err); got != "figures.unexplained, explanations.luot figure.rose" {
		t.Errorf("recorded: %s", got)
	}
	record.Explanations = []task.Explanation{{Indicator: "luot", Text: "Tháng cao điểm"}}
	if _, err = w.store.RecordSubmission(t.Context(), w.actor("supervisor.so@dondoc.example"), record); err != nil {
		t.Error(err)
	}

	// It can be taken out like every text.
	submission := w.id(`SELECT id FROM submissions WHERE task_id = $1`, second)
	if _, err := w.store.Redact(t.Context(), w.actor("plan_authority.tinh@dondoc.example"), task.RedactInput{SubmissionID: submission, Field: "explanations.luot", Reason: "Có tên người"}); err != nil {
		t.Fatal(err)
	}
	w.want("taken out", w.strings(`SELECT explanations ->> 'luot' FROM submissions WHERE id = $1`, submission), task.Redacted)
}

// What waits for the head was asked about when it was prepared, and keeps its answers.
func TestExplanationsPassTheHead(t *testing.T) {
	w := newFormed(t, nil)
	w.month("IV.15.h", "2026-M01")
	w.accepted(w.task("IV.15.h", "d1", "2026-M01"), values("luot", "100"))
	w.month("IV.15.h", "2026-M02")
	id := w.task("IV.15.h", "d1", "2026-M02")
	w.exec(`UPDATE agencies SET two_signatures = true WHERE code = 'd1'`)
	if got := places(w.submit(id, values("luot", "10"))); got != "figures.unexplained, explanations.luot figure.fell" {
		t.Errorf("unanswered: %s", got)
	}
	if err := w.submit(id, values("luot", "10"), task.Explanation{Indicator: "luot", Text: "Hết đợt"}); err != nil {
		t.Fatal(err)
	}
	head := w.actor("head.d1@dondoc.example")
	version := int(w.id(`SELECT version FROM tasks WHERE id = $1`, id))
	if _, err := w.store.DecidePreparation(t.Context(), head, task.PreparationInput{TaskID: id, Version: version, Decision: task.GiveBack, Reason: "Xem lại"}); err != nil {
		t.Fatal(err)
	}
	draft, err := w.store.FindDraft(t.Context(), head, id)
	if err != nil || task.Explained(draft.Explanations, "luot") != "Hết đợt" {
		t.Errorf("given back: %+v, %v", draft, err)
	}
	if err := w.submit(id, draft.Figures, draft.Explanations...); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.DecidePreparation(t.Context(), head, task.PreparationInput{TaskID: id, Version: version + 2, Decision: task.Approve}); err != nil {
		t.Fatal(err)
	}
	w.want("sent", w.strings(`SELECT explanations ->> 'luot' FROM submissions WHERE task_id = $1`, id), "Hết đợt")
}
