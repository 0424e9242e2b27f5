package postgres_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
	"dondoc/internal/timetable"
)

// asking is a world with a monthly duty that asks for "vu", January's round of
// which is open, and a duty beside it whose reports people ask for.
func asking(t *testing.T) (*followed, int64) {
	t.Helper()
	f := &followed{world: newWorld(t, func(p *plan.Plan) {
		byHand := p.Duties[0]
		byHand.Code, byHand.Title, byHand.Text = "V.3", "Báo cáo đột xuất", "Báo cáo đột xuất khi có yêu cầu"
		byHand.Schedule = calendar.Schedule{Cadences: []calendar.Cadence{calendar.AdHoc, calendar.Flash}}
		byHand.Due = map[string]calendar.DueRule{"": {WorkingDays: 3, Hours: 4}}
		p.Duties = append(p.Duties, byHand)
	})}
	f.activate()
	var monthly, byHand int64
	for code, id := range map[string]*int64{"IV.15.h": &monthly, "V.3": &byHand} {
		if err := f.db.GetContext(t.Context(), id, `SELECT id FROM duties WHERE code = $1`, code); err != nil {
			t.Fatal(err)
		}
	}
	next, err := f.store.ScheduleNextRound(t.Context(), monthly)
	if err != nil {
		t.Fatal(err)
	}
	f.clock.at.Store(&next.OpensAt)
	if err := f.store.OpenRound(t.Context(), next.RoundID, func(int) {}); err != nil {
		t.Fatal(err)
	}
	f.run(next.RoundID)
	f.focal, f.other = f.actor("focal_point.d1@dondoc.example"), f.actor("focal_point.d2@dondoc.example")
	f.supervisor, f.authority = f.actor("supervisor.so@dondoc.example"), f.actor("plan_authority.tinh@dondoc.example")
	f.clock.set(t, "2026-02-03 10:00") // Tuesday
	return f, byHand
}

func (f *followed) agency(code string) int64 {
	f.t.Helper()
	var id int64
	if err := f.db.GetContext(f.t.Context(), &id, `SELECT id FROM agencies WHERE code = $1`, code); err != nil {
		f.t.Fatal(err)
	}
	return id
}

func TestAnAdHocReportIsShownThenAskedFor(t *testing.T) {
	f, duty := asking(t)
	wish := task.HandInput{DutyID: duty, AgencyIDs: []int64{f.agency("d1"), f.agency("d2")}}
	shown, err := f.store.PreviewByHand(t.Context(), f.supervisor, wish)
	if err != nil {
		t.Fatal(err)
	}
	if shown.PeriodKey != "adhoc-2026-02-03-1" || len(shown.Agencies) != 2 || shown.Agencies[0].Load != 1 {
		t.Errorf("%+v: January's report is owed in the same week", shown)
	}
	if len(shown.Similar) != 2 || shown.Similar[0].DutyCode != "IV.15.h" || shown.Similar[0].SameDuty || fmt.Sprint(shown.Similar[0].Indicators) != "[vu]" {
		t.Errorf("%+v", shown.Similar)
	}
	f.want("nothing is written", f.strings(`SELECT period_key FROM rounds WHERE duty_id = $1`, duty))

	wish.Title, wish.Text = "Báo cáo thiệt hại do mưa lớn", "Số vụ, ước thiệt hại."
	f.exec(`DELETE FROM outbox`)
	round, err := f.store.OpenByHand(t.Context(), f.supervisor, wish)
	if err != nil {
		t.Fatal(err)
	}
	f.round = round.ID
	if round.PeriodKey != "adhoc-2026-02-03-1" || round.Tasks != 2 || !round.DueAt.Equal(shown.DueAt) {
		t.Errorf("%+v", round)
	}
	f.want("outbox", f.strings(`SELECT workflow FROM outbox`), fmt.Sprintf("round:%d", round.ID))
	f.want("due, and the ladder of single tasks", f.strings(`SELECT a.code || ' ' || to_char(t.due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') || ' ' ||
		string_agg(s.code, ' ' ORDER BY s.at, s.code) FROM tasks t JOIN agencies a ON a.id = t.agency_id JOIN steps s ON s.task_id = t.id
		WHERE t.round_id = $1 GROUP BY a.code, t.due_at ORDER BY 1`, round.ID),
		"d1 02-07 00:00 opening before_1 overdue_1 overdue_3 overdue_7", "d2 02-07 00:00 opening before_1 overdue_1 overdue_3 overdue_7")
	d := f.detail(f.focal, "d1")
	if d.Task.DutyTitle != wish.Title || d.Task.DutyText != wish.Text || d.Task.DutyCode != "V.3" || !d.MaySubmit {
		t.Errorf("%+v", d.Task)
	}
	if shown, err = f.store.PreviewByHand(t.Context(), f.supervisor, wish); err != nil || shown.PeriodKey != "adhoc-2026-02-03-2" || len(shown.Similar) != 4 {
		t.Errorf("%+v, %v", shown, err)
	}

	// It goes the way of every round.
	if turn := f.run(round.ID); turn.Sent == 0 || turn.Ended {
		t.Errorf("%+v: the opening is told", turn)
	}
	f.send("d1")
	f.send("d2")
	f.decide("d1", task.Return)
	f.want("returned: reminded as for single tasks", f.strings(`SELECT s.code FROM steps s WHERE s.task_id = $1 AND s.due_version = 2 AND s.anchor = 'due' ORDER BY s.at`, f.taskOf("d1")),
		"before_1", "overdue_1", "overdue_3", "overdue_7")
	f.send("d1")
	f.decide("d1", task.Accept)
	f.decide("d2", task.Accept)
	if turn := f.run(round.ID); !turn.Ended && turn.State != "closed" {
		t.Errorf("%+v: all is settled", turn)
	}
}

func TestAFlashReportIsToldAtOnceAndDueInHours(t *testing.T) {
	f, duty := asking(t)
	round, err := f.store.OpenByHand(t.Context(), f.authority, task.HandInput{DutyID: duty, Cadence: calendar.Flash, Title: "Báo cáo nhanh"})
	if err != nil {
		t.Fatal(err)
	}
	// Four working hours from ten: one and a half before noon, two and a half after half past one.
	if got := round.DueAt.In(hanoi).Format("01-02 15:04"); got != "02-03 16:00" || round.Tasks != 3 || round.PeriodKey != "flash-2026-02-03-1" {
		t.Errorf("%s, %+v", got, round)
	}
	f.want("told at once", f.strings(`SELECT COALESCE(u.email, a.mailbox) FROM notifications n LEFT JOIN users u ON u.id = n.user_id
		LEFT JOIN agencies a ON a.id = n.mailbox_agency_id JOIN tasks t ON t.id = n.task_id WHERE t.round_id = $1 AND n.deliver_at = n.created_at ORDER BY 1`, round.ID),
		"d1@dondoc.example", "d3@dondoc.example", "focal_point.d1@dondoc.example", "focal_point.d2@dondoc.example", "head.d1@dondoc.example", "head.d2@dondoc.example")
	f.clock.set(t, "2026-02-04 08:00")
	f.run(round.ID)
	f.want("overdue the next morning", f.strings(`SELECT DISTINCT code FROM steps WHERE round_id = $1 AND state = 'done'`, round.ID), "overdue_1")
}

// Six rounds at once of one duty: each gets a number of its own.
func TestManyAskAtOnce(t *testing.T) {
	f, duty := asking(t)
	errs := make([]error, 6)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() {
			_, errs[i] = f.store.OpenByHand(t.Context(), f.authority, task.HandInput{DutyID: duty, Title: "Đột xuất", Within: calendar.DueRule{CalendarDays: 2}})
		})
	}
	group.Go(func() { _, _ = f.store.ScheduleNextRound(t.Context(), duty) })
	group.Wait()
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	f.want("rounds", f.strings(`SELECT r.period_key || ' ' || count(t.id) FROM rounds r JOIN tasks t ON t.round_id = r.id WHERE r.duty_id = $1 GROUP BY r.period_key ORDER BY r.period_key`, duty),
		"adhoc-2026-02-03-1 3", "adhoc-2026-02-03-2 3", "adhoc-2026-02-03-3 3", "adhoc-2026-02-03-4 3", "adhoc-2026-02-03-5 3", "adhoc-2026-02-03-6 3")
}

// A change of the calendar leaves a day that a person set, and gives time for
// what nobody could send.
func TestTheCalendarChangesWhileAnAdHocReportIsOwed(t *testing.T) {
	f, duty := asking(t)
	if _, err := f.store.OpenByHand(t.Context(), f.authority, task.HandInput{DutyID: duty, Title: "Đột xuất"}); err != nil {
		t.Fatal(err)
	}
	due := func() []string {
		return f.strings(`SELECT DISTINCT to_char(t.due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') FROM tasks t JOIN rounds r ON r.id = t.round_id WHERE r.duty_id = $1`, duty)
	}
	f.want("due", due(), "02-07 00:00")
	f.apply(timetable.Change{Kind: timetable.Days, Name: "hoan-doi.csv", Source: swapped})
	f.want("stays", due(), "02-07 00:00")
	f.apply(f.outage("2026-02-06 14:00", "2026-02-07 10:00"))
	if got := due(); got[0] == "02-07 00:00" {
		t.Errorf("%v: nobody could send", got)
	}
}

func TestWishesThatAreNotTaken(t *testing.T) {
	f, duty := asking(t)
	var monthly int64
	if err := f.db.GetContext(t.Context(), &monthly, `SELECT id FROM duties WHERE code = 'IV.15.h'`); err != nil {
		t.Fatal(err)
	}
	now, _ := f.clock.Now(t.Context())
	for _, c := range []struct {
		name  string
		actor policy.Actor
		kind  fault.Kind
		code  string
		in    task.HandInput
	}{
		{"no title", f.authority, fault.Invalid, "round.title", task.HandInput{DutyID: duty}},
		{"no such duty", f.authority, fault.NotFound, "not_found", task.HandInput{DutyID: 99999, Title: "x"}},
		{"a monthly duty", f.authority, fault.Invalid, "round.not_by_hand", task.HandInput{DutyID: monthly, Title: "x"}},
		{"not such a cadence", f.authority, fault.Invalid, "round.not_by_hand", task.HandInput{DutyID: duty, Title: "x", Cadence: calendar.Event}},
		{"an agency that does not owe it", f.authority, fault.Invalid, "round.agency", task.HandInput{DutyID: duty, Title: "x", AgencyIDs: []int64{f.agency("so")}}},
		{"one agency twice", f.authority, fault.Invalid, "round.agency_twice", task.HandInput{DutyID: duty, Title: "x", AgencyIDs: []int64{1, 1}}},
		{"due twice", f.authority, fault.Invalid, "round.due_twice", task.HandInput{DutyID: duty, Title: "x", DueAt: now.Add(time.Hour), Within: calendar.DueRule{Hours: 2}}},
		{"due before now", f.authority, fault.Invalid, "round.due_range", task.HandInput{DutyID: duty, Title: "x", DueAt: now.Add(-time.Hour)}},
		{"due in years", f.authority, fault.Invalid, "round.due_range", task.HandInput{DutyID: duty, Title: "x", DueAt: now.AddDate(2, 0, 0)}},
		{"a focal point", f.focal, fault.Forbidden, "round.not_yours", task.HandInput{DutyID: duty, Title: "x", AgencyIDs: []int64{f.agency("d1")}}},
	} {
		_, err := f.store.OpenByHand(t.Context(), c.actor, c.in)
		wantFault(t, c.name, err, c.kind, c.code)
	}
	if _, err := f.store.SuspendPlan(t.Context(), f.authority, f.plan.ID, 0); err != nil {
		t.Fatal(err)
	}
	_, err := f.store.OpenByHand(t.Context(), f.authority, task.HandInput{DutyID: duty, Title: "x"})
	wantFault(t, "suspended", err, fault.Conflict, "plan.not_active")
	f.want("nothing opened", f.strings(`SELECT period_key FROM rounds WHERE duty_id = $1`, duty))
}
