package postgres_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

func (w *world) detail(email, agency string) task.Detail {
	w.t.Helper()
	d, err := w.store.TaskDetail(w.t.Context(), w.actor(email), w.taskOf(agency))
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *world) listed(email string, f task.Filter) []string {
	w.t.Helper()
	page, err := w.store.ListTasks(w.t.Context(), w.actor(email), f)
	if err != nil {
		w.t.Fatal(err)
	}
	codes := []string{}
	for _, one := range page.Tasks {
		codes = append(codes, one.AgencyCode)
	}
	slices.Sort(codes) // all are due at one instant
	return codes
}

const (
	focalD1   = "focal_point.d1@dondoc.example"
	headSo    = "head.so@dondoc.example"
	watcherSo = "supervisor.so@dondoc.example"
	authority = "plan_authority.tinh@dondoc.example"
)

func TestDetailTellsATasksStory(t *testing.T) {
	w := newWorld(t, func(p *plan.Plan) {
		p.Indicators = []plan.Indicator{
			{Code: "nguoi", Name: "Số người", Unit: "count", UnitName: "người"}, {Code: "vu", Name: "Số vụ", Unit: "count", UnitName: "vụ"},
		}
		p.Duties[0].Indicators = []string{"vu", "nguoi"}
	})
	w.activate()
	round := w.openRound()
	w.run(round)

	d := w.detail(focalD1, "d1")
	if !d.MaySubmit || d.MayReview {
		t.Error("the focal point of an open task may submit and nothing else")
	}
	if want := []task.Field{{Indicator: "vu", Name: "Số vụ", UnitName: "vụ", Kind: "count"}, {Indicator: "nguoi", Name: "Số người", UnitName: "người", Kind: "count"}}; !slices.Equal(d.Fields, want) {
		t.Errorf("fields %+v", d.Fields)
	}
	one := d.Task
	if one.AgencyName != "UBND huyện Một" || one.RecipientName != "Sở" || one.ReviewerName != "Sở" || one.PlanCode != "thu" || one.DutyCode != "IV.15.h" ||
		one.PeriodKey != "2026-M01" || one.WindowTo != calendar.NewDate(2026, 1, 31) || one.Status != task.NotDoneInTime || len(one.Derivation.Notes) == 0 {
		t.Errorf("task %+v", one)
	}
	if len(d.Steps) < 3 || d.Steps[0].State != "done" || d.Steps[0].Recipients != 2 || d.Steps[0].RunAt == nil {
		t.Errorf("the opening was told to the focal point and the mailbox: %+v", d.Steps)
	}
	for i, step := range d.Steps[1:] {
		if step.At.Before(d.Steps[i].At) || step.State != "pending" || step.Recipients != 0 {
			t.Errorf("step %+v after %+v", step, d.Steps[i])
		}
	}

	w.clock.set(t, "2026-02-05 16:00")
	if _, err := w.store.Submit(t.Context(), w.actor(focalD1), task.SubmitInput{TaskID: one.ID, Kind: task.Report, Narrative: "Lần một",
		Figures: []task.Figure{{Indicator: "nguoi", Value: "7"}, {Indicator: "vu", Value: "3"}}, DocumentNumber: "15/BC-UBND", DocumentOn: calendar.NewDate(2026, 2, 5)}); err != nil {
		t.Fatal(err)
	}
	if d := w.detail(focalD1, "d1"); d.MaySubmit || d.MayReview {
		t.Error("what is sent may not be sent again, nor reviewed by its sender")
	}
	if !w.detail(watcherSo, "d1").MayReview || w.detail(headSo, "d1").MayReview || w.detail(authority, "d1").MayReview {
		t.Error("the reviewing agency's supervisor decides, nobody else")
	}
	w.clock.set(t, "2026-02-06 09:00")
	if _, err := w.store.Review(t.Context(), w.actor(watcherSo), task.ReviewInput{TaskID: one.ID, Decision: task.Return, Reason: "Thiếu phụ lục"}); err != nil {
		t.Fatal(err)
	}
	d = w.detail(focalD1, "d1")
	if !d.MaySubmit || d.Task.Derivation.Notes[0].Kind != "resubmit" || d.Task.EffectiveDueAt != *d.Task.ResubmitDueAt {
		t.Errorf("a returned task is to be mended by its new day: %+v", d.Task)
	}
	if len(d.Submissions) != 1 {
		t.Fatalf("%d submissions", len(d.Submissions))
	}
	sent := d.Submissions[0]
	if want := []task.Figure{{Indicator: "vu", Value: "3"}, {Indicator: "nguoi", Value: "7"}}; !slices.Equal(sent.Figures, want) || sent.Narrative != "Lần một" ||
		sent.DocumentNumber != "15/BC-UBND" || sent.DocumentOn != calendar.NewDate(2026, 2, 5) || sent.SubmittedByName != focalD1 {
		t.Errorf("submission %+v", sent)
	}
	if r := sent.Review; r == nil || r.Decision != task.Return || r.Reason != "Thiếu phụ lục" || r.DecidedByName != watcherSo || r.ResubmitDueAt == nil {
		t.Errorf("review %+v", sent.Review)
	}
	story := []string{}
	for _, e := range d.History {
		story = append(story, fmt.Sprintf("%s %s %s", e.At.In(hanoi).Format("02/01 15:04"), e.Action, e.Actor))
	}
	w.want("history", story, "15/01 08:00 task.opened ", "05/02 16:00 task.submitted "+focalD1, "06/02 09:00 task.returned "+watcherSo)

	if _, err := w.store.Submit(t.Context(), w.actor(focalD1), task.SubmitInput{TaskID: one.ID, Kind: task.NilReturn}); err != nil {
		t.Fatal(err)
	}
	if d := w.detail(focalD1, "d1"); len(d.Submissions) != 2 || d.Submissions[0].Number != 2 || d.Submissions[0].Kind != task.NilReturn {
		t.Errorf("newest first: %+v", d.Submissions)
	}
	w.clock.set(t, "2026-03-06 00:01")
	w.run(round)
	if d := w.detail("focal_point.d2@dondoc.example", "d2"); d.MaySubmit || d.Task.ClosedAt == nil || d.Task.Status != task.NotDoneOverdue || d.Task.DaysLate != 29 {
		t.Errorf("a closed round takes nothing: %+v", d.Task)
	}
	if !w.detail(watcherSo, "d1").MayReview {
		t.Error("what waits for review stays reviewable after closing")
	}
}

func TestFiltersOfTheTaskList(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	round := w.openRound()
	w.clock.set(t, "2026-02-03 08:00")
	if _, err := w.store.Submit(t.Context(), w.actor(focalD1), task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.NilReturn}); err != nil {
		t.Fatal(err)
	}
	province := w.strings(`SELECT id::text FROM agencies WHERE code = 'tinh'`)[0]
	var tinh int64
	if _, err := fmt.Sscan(province, &tinh); err != nil {
		t.Fatal(err)
	}
	midnight := func(day int) time.Time { return time.Date(2026, 2, day, 0, 0, 0, 0, hanoi) }
	for _, c := range []struct {
		name, who string
		filter    task.Filter
		want      []string
	}{
		{"all that the reviewer receives", watcherSo, task.Filter{}, []string{"d1", "d2", "d3"}},
		{"by state", watcherSo, task.Filter{State: []task.State{task.StateSubmitted, task.StateReturned}}, []string{"d1"}},
		{"waiting for me", watcherSo, task.Filter{ToReview: true}, []string{"d1"}},
		{"a head decides nothing", headSo, task.Filter{ToReview: true}, nil},
		{"mine", focalD1, task.Filter{Mine: true}, []string{"d1"}},
		{"the reviewer owes nothing", headSo, task.Filter{Mine: true}, nil},
		{"below the province", authority, task.Filter{UnderAgency: tinh}, []string{"d1", "d2", "d3"}},
		{"of the province itself", authority, task.Filter{AgencyID: tinh}, nil},
		{"of the round", authority, task.Filter{RoundID: round, DutyID: w.duty(), PlanID: w.plan.ID}, []string{"d1", "d2", "d3"}},
		{"of another plan", authority, task.Filter{PlanID: w.plan.ID + 1}, nil},
		{"due on the 5th", watcherSo, task.Filter{DueFrom: midnight(5), DueTo: midnight(6)}, []string{"d1", "d2", "d3"}},
		{"due on the 6th", watcherSo, task.Filter{DueFrom: midnight(6), DueTo: midnight(7)}, nil},
		{"overdue", watcherSo, task.Filter{Overdue: true}, nil},
	} {
		t.Run(c.name, func(t *testing.T) { w.want(c.name, w.listed(c.who, c.filter), c.want...) })
	}
	w.clock.set(t, "2026-02-06 00:01")
	w.want("overdue a minute past 24:00", w.listed(watcherSo, task.Filter{Overdue: true}), "d2", "d3")
}

func TestPlansDutiesAndRounds(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	w.openRound()
	for who, open := range map[string]int{focalD1: 1, watcherSo: 3, authority: 3} {
		record, err := w.store.FindPlan(t.Context(), w.actor(who), w.plan.ID)
		if err != nil || record.OpenTasks != open || record.Duties != 1 || record.StandingName != "Sở" {
			t.Errorf("%s sees %+v (%v), want %d open tasks", who, record, err, open)
		}
		rounds, _, err := w.store.ListRounds(t.Context(), w.actor(who), w.plan.ID, 0, 10, "")
		if err != nil || len(rounds) == 0 || rounds[len(rounds)-1].Tasks != open || rounds[len(rounds)-1].PeriodKey != "2026-M01" {
			t.Errorf("%s sees rounds %+v (%v)", who, rounds, err)
		}
	}
	if _, err := w.store.FindPlan(t.Context(), w.actor(authority), 999); !fault.Is(err, fault.NotFound) {
		t.Errorf("a plan that does not exist: %v", err)
	}
	duties, err := w.store.ListDuties(t.Context(), w.actor(focalD1), w.plan.ID)
	if err != nil || len(duties) != 1 {
		t.Fatalf("%v, %v", duties, err)
	}
	d := duties[0]
	if d.Code != "IV.15.h" || !d.Scheduled || !slices.Equal(d.Cadences, []calendar.Cadence{calendar.Monthly}) || len(d.Owners) != 3 ||
		d.Owners[0].AgencyName != "UBND huyện Một" || d.Owners[0].Role != plan.Implementing {
		t.Errorf("duty %+v", d)
	}
}

func TestNoticesAreOnesOwn(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	round := w.openRound()
	w.run(round)
	w.clock.set(t, "2026-02-06 08:00")
	w.run(round)
	me := w.actor(focalD1)
	page, err := w.store.ListNotices(t.Context(), me, 1, "")
	if err != nil || len(page.Items) != 1 || page.Next == "" {
		t.Fatalf("%+v, %v", page, err)
	}
	unread := page.Unread
	first := page.Items[0]
	if first.Kind != notice.Overdue || first.AgencyName != "UBND huyện Một" || first.DaysLate != 1 || first.DutyCode != "IV.15.h" || first.ReadAt != nil {
		t.Errorf("newest notice %+v", first)
	}
	rest, err := w.store.ListNotices(t.Context(), me, 200, page.Next)
	if err != nil || len(rest.Items) != unread-1 || rest.Next != "" || rest.Items[len(rest.Items)-1].Kind != notice.Opening {
		t.Errorf("the rest: %+v, %v (unread %d)", rest, err, unread)
	}
	if err := w.store.MarkNoticeRead(t.Context(), w.actor("focal_point.d2@dondoc.example"), first.NotificationID); !fault.Is(err, fault.NotFound) {
		t.Errorf("read by a stranger: %v", err)
	}
	for _, when := range []string{"2026-02-06 09:00", "2026-02-06 10:00"} {
		w.clock.set(t, when)
		if err := w.store.MarkNoticeRead(t.Context(), me, first.NotificationID); err != nil {
			t.Fatal(err)
		}
	}
	page, err = w.store.ListNotices(t.Context(), me, 1, "")
	if err != nil || page.Unread != unread-1 || page.Items[0].ReadAt == nil || page.Items[0].ReadAt.In(hanoi).Hour() != 9 {
		t.Errorf("read once, at nine: %+v, %v", page, err)
	}
}
