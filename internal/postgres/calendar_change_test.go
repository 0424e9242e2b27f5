package postgres_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
	"dondoc/internal/timetable"
)

func (w *world) at(s string) time.Time {
	w.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, hanoi)
	if err != nil {
		w.t.Fatal(err)
	}
	return at
}

func (w *world) preview(c timetable.Change) timetable.Effect {
	w.t.Helper()
	effect, err := w.store.PreviewCalendarChange(w.t.Context(), policy.Actor{}, c)
	if err != nil {
		w.t.Fatal(err)
	}
	return effect
}

func (w *world) apply(c timetable.Change) timetable.Effect {
	w.t.Helper()
	effect, err := w.store.ApplyCalendarChange(w.t.Context(), policy.Actor{}, c)
	if err != nil {
		w.t.Fatal(err)
	}
	return effect
}

// pendingSteps are an agency's steps to come, in Viet Nam's time.
func (w *world) pendingSteps(agency string) []string {
	w.t.Helper()
	return w.strings(`SELECT s.code || ' ' || to_char(s.at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI')
		FROM steps s JOIN tasks t ON t.id = s.task_id JOIN agencies a ON a.id = t.agency_id
		WHERE a.code = $1 AND s.state = 'pending' ORDER BY s.at, s.code`, agency)
}

func (w *world) dues() []string {
	w.t.Helper()
	return w.strings(`SELECT a.code || ' ' || to_char(t.due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') || ' from ' ||
			to_char(t.original_due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD') || ' v' || t.due_version
		FROM tasks t JOIN agencies a ON a.id = t.agency_id ORDER BY t.due_at, a.code`)
}

// openJanuary follows the plan and opens January's round, due by the end of 5 February.
func openJanuary(t *testing.T) *world {
	w := newWorld(t, nil)
	w.activate()
	round := w.openRound()
	w.want("due", w.dues(), "d1 02-06 00:00 from 02-06 v1", "d2 02-06 00:00 from 02-06 v1", "d3 02-06 00:00 from 02-06 v1")
	w.run(round)
	return w
}

func (w *world) outage(from, to string) timetable.Change {
	return timetable.Change{Kind: timetable.SystemOutage, From: w.at(from), To: w.at(to), Reason: "sự cố đường truyền"}
}

func TestAnOutageMovesWhatFallsIntoIt(t *testing.T) {
	w := openJanuary(t)
	w.clock.set(t, "2026-02-05 17:00")
	outage := w.outage("2026-02-05 14:00", "2026-02-06 10:00")

	shown := w.preview(outage)
	if shown.Tasks != 3 || shown.Agencies != 3 || shown.People != 5 || shown.ChangeID != 0 || len(shown.Moves) != 1 {
		t.Errorf("shown: %+v", shown)
	}
	move := shown.Moves[0]
	if got := move.Derivation.Sentence("vi"); !strings.Contains(got, "sự cố đường truyền") || !strings.HasSuffix(got, "hết ngày 09/02/2026") {
		t.Errorf("derivation: %s", got)
	}
	w.want("due before it is applied", w.dues(), "d1 02-06 00:00 from 02-06 v1", "d2 02-06 00:00 from 02-06 v1", "d3 02-06 00:00 from 02-06 v1")
	w.want("outbox before", w.strings(`SELECT workflow FROM outbox WHERE kind = 'calendar.changed'`))

	applied := w.apply(outage)
	if applied.Tasks != shown.Tasks || applied.People != shown.People || applied.ChangeID == 0 {
		t.Errorf("applied %+v, shown %+v", applied, shown)
	}
	w.want("due", w.dues(), "d1 02-10 00:00 from 02-06 v2", "d2 02-10 00:00 from 02-06 v2", "d3 02-10 00:00 from 02-06 v2")
	w.want("steps", w.pendingSteps("d1"), "before_1 02-06 08:00", "due_today 02-09 08:00", "overdue_1 02-10 08:00", "overdue_3 02-12 08:00", "overdue_7 02-25 08:00")
	w.want("round", w.strings(`SELECT to_char(due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') FROM rounds WHERE state = 'open'`), "02-10 00:00")
	w.want("outbox", w.strings(`SELECT DISTINCT split_part(workflow, ':', 1) FROM outbox WHERE kind = 'calendar.changed' ORDER BY 1`), "delivery", "round")
	w.want("audit", w.strings(`SELECT action || ' ' || count(*) FROM audit WHERE action IN ('calendar.changed', 'task.due_moved') GROUP BY action ORDER BY action`),
		"calendar.changed 1", "task.due_moved 3")
	told := w.strings(`SELECT address || ' ' || count(*) FROM (SELECT COALESCE(u.email, a.mailbox) AS address FROM notifications n
		LEFT JOIN users u ON u.id = n.user_id LEFT JOIN agencies a ON a.id = n.mailbox_agency_id WHERE n.kind = 'due_moved') AS t GROUP BY address ORDER BY address`)
	w.want("told", told, "d1@dondoc.example 1", "d3@dondoc.example 1", "focal_point.d1@dondoc.example 1", "focal_point.d2@dondoc.example 1", "supervisor.so@dondoc.example 3")

	// The same outage once more moves nothing and tells nobody.
	if again := w.apply(outage); !again.Empty() {
		t.Errorf("applied again: %+v", again)
	}
	w.want("told after all", w.strings(`SELECT count(*)::text FROM notifications WHERE kind = 'due_moved'`), "7")
}

func TestAnOutageOfThePastIsNoOnesLateness(t *testing.T) {
	w := openJanuary(t)
	w.clock.set(t, "2026-02-06 15:00")
	if _, err := w.store.Submit(t.Context(), w.actor("focal_point.d1@dondoc.example"),
		task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.Report, Narrative: "Hôm qua hệ thống không vào được."}); err != nil {
		t.Fatal(err)
	}
	w.apply(w.outage("2026-02-05 08:00", "2026-02-06 12:00"))
	w.want("due", w.dues(), "d1 02-10 00:00 from 02-06 v2", "d2 02-10 00:00 from 02-06 v2", "d3 02-10 00:00 from 02-06 v2")
	page, err := w.store.ListTasks(t.Context(), w.actor("focal_point.d1@dondoc.example"), task.Filter{Mine: true})
	if err != nil || len(page.Tasks) != 1 || page.Tasks[0].Status != task.Waiting {
		t.Errorf("%+v, %v: submitted in time, waiting", page.Tasks, err)
	}
}

func TestOutagesOutsideOfDueTimesMoveNothing(t *testing.T) {
	w := openJanuary(t)
	if effect := w.preview(w.outage("2026-02-03 08:00", "2026-02-03 18:00")); !effect.Empty() {
		t.Errorf("%+v", effect)
	}
}

func TestFaultyChangesAreRefused(t *testing.T) {
	w := openJanuary(t)
	for _, c := range []struct {
		name, field string
		change      timetable.Change
	}{
		{"ends before it begins", "to", w.outage("2026-02-05 14:00", "2026-02-05 13:00")},
		{"a year long", "to", w.outage("2026-02-05 14:00", "2027-02-05 13:00")},
		{"without reason", "reason", timetable.Change{Kind: timetable.SystemOutage, From: w.at("2026-02-05 14:00"), To: w.at("2026-02-05 15:00")}},
		{"of one agency", "agency", timetable.Change{Kind: timetable.SystemOutage, From: w.at("2026-02-05 14:00"), To: w.at("2026-02-05 15:00"), Reason: "x", Agency: "d1"}},
		{"empty file", "source", timetable.Change{Kind: timetable.Days, Name: "a.csv", Source: " \n"}},
		{"territory of nobody", "agency", timetable.Change{Kind: timetable.Days, Name: "a.csv", Source: "x", Territory: true}},
		{"a person's number as reason", "reason", timetable.Change{Kind: timetable.SystemOutage, From: w.at("2026-02-05 14:00"), To: w.at("2026-02-05 15:00"), Reason: "CCCD 075203001234"}},
		{"no kind", "kind", timetable.Change{}},
	} {
		_, err := w.store.ApplyCalendarChange(t.Context(), policy.Actor{}, c.change)
		if f := fault.Of(err); f == nil || f.Kind != fault.Invalid || f.Field != c.field {
			t.Errorf("%s: %v, want a fault of %s", c.name, err, c.field)
		}
	}
	focal := w.actor("focal_point.d1@dondoc.example")
	_, err := w.store.ApplyCalendarChange(t.Context(), focal, w.outage("2026-02-05 14:00", "2026-02-05 15:00"))
	wantFault(t, "a focal point", err, fault.Forbidden, "calendar.forbidden")
	w.want("kept", w.strings(`SELECT kind FROM calendar_changes`))
}

// While the calendar changes, rounds open: none may open under the old calendar
// and stay so.
func TestRoundsThatOpenWhileTheCalendarChanges(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	next, err := w.store.ScheduleNextRound(t.Context(), w.duty())
	if err != nil {
		t.Fatal(err)
	}
	w.clock.set(t, "2026-01-20 08:00")
	var group sync.WaitGroup
	group.Go(func() {
		if err := w.store.OpenRound(t.Context(), next.RoundID, func(int) {}); err != nil {
			t.Error(err)
		}
	})
	group.Go(func() { w.apply(w.outage("2026-02-05 14:00", "2026-02-06 10:00")) })
	group.Wait()
	for _, due := range w.dues() {
		if !strings.Contains(due, " 02-10 00:00 ") {
			t.Errorf("%s: not moved", due)
		}
	}
	if n := len(w.dues()); n != 3 {
		t.Errorf("%d tasks", n)
	}
}

const calendarHead = "date,kind,name,legal_basis,source\n"

// A Wednesday off against a Saturday, as the Government swaps days.
const swapped = calendarHead +
	"2026-02-04,swap_off,Nghỉ hoán đổi,CV 1/VPCP-KGVX,Công báo\n" +
	"2026-02-07,swap_work,Làm bù,CV 1/VPCP-KGVX,Công báo\n"

func TestSwappedDaysMoveDueTimesAndNotices(t *testing.T) {
	w := openJanuary(t)
	file := timetable.Change{Kind: timetable.Days, Name: "hoan-doi.csv", Source: swapped}
	if shown := w.preview(file); shown.Tasks != 3 || len(shown.Moves) != 1 {
		t.Errorf("%+v", shown)
	}
	w.apply(file)
	// Saturday the 31st, then Monday, Tuesday, Thursday, Friday.
	w.want("due", w.dues(), "d1 02-07 00:00 from 02-06 v2", "d2 02-07 00:00 from 02-06 v2", "d3 02-07 00:00 from 02-06 v2")
	w.want("steps", w.pendingSteps("d1"), "before_1 02-05 08:00", "due_today 02-06 08:00", "overdue_1 02-07 08:00", "overdue_3 02-10 08:00", "overdue_7 02-23 08:00")
	w.want("the next round", w.strings(`SELECT period_key || ' ' || to_char(due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD') FROM rounds WHERE state = 'open'`), "2026-M01 02-07")
	day, err := w.store.CalendarYear(t.Context(), 2026)
	if err != nil || len(day) == 0 {
		t.Fatal(err)
	}
	if _, err := w.store.CalendarYear(t.Context(), 1900); fault.Of(err) == nil {
		t.Errorf("1900: %v", err)
	}
}

// Where only notices come at another time, the due time and what was told stay.
func TestADayOffAfterTheDueDayMovesOnlyNotices(t *testing.T) {
	w := openJanuary(t)
	effect := w.apply(timetable.Change{Kind: timetable.Days, Name: "nghi.csv",
		Source: calendarHead + "2026-02-06,holiday,Ngày nghỉ thêm,NĐ 1/NĐ-CP,Công báo\n"})
	if effect.Tasks != 3 || effect.People != 0 || effect.Moves[0].Steps != 3 || !effect.Moves[0].DueFrom.Equal(effect.Moves[0].DueTo) {
		t.Errorf("%+v", effect)
	}
	w.want("due", w.dues(), "d1 02-06 00:00 from 02-06 v1", "d2 02-06 00:00 from 02-06 v1", "d3 02-06 00:00 from 02-06 v1")
	w.want("steps", w.pendingSteps("d2"), "before_1 02-04 08:00", "due_today 02-05 08:00", "overdue_1 02-09 08:00", "overdue_3 02-11 08:00", "overdue_7 02-24 08:00")
	w.want("told", w.strings(`SELECT kind FROM notifications WHERE kind = 'due_moved'`))
}

func TestAnAgencysOwnDayIsNobodyElses(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	own := timetable.Change{Kind: timetable.Days, Agency: "d1", Name: "d1.csv",
		Source: calendarHead + "2026-02-03,holiday,Ngày truyền thống huyện,QĐ 1/QĐ-UBND,Công báo tỉnh\n"}
	w.apply(own) // before the round opens
	w.openRound()
	w.want("due", w.dues(), "d2 02-06 00:00 from 02-06 v1", "d3 02-06 00:00 from 02-06 v1", "d1 02-07 00:00 from 02-07 v1")
	own.Agency, own.Territory = "tinh", true // now the whole province's
	if effect := w.apply(own); effect.Tasks != 2 {
		t.Errorf("%+v: the two others move", effect)
	}
	w.want("due", w.dues(), "d1 02-07 00:00 from 02-07 v1", "d2 02-07 00:00 from 02-06 v2", "d3 02-07 00:00 from 02-06 v2")
}

func TestARoundToComeMovesWithTheCalendar(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	if _, err := w.store.ScheduleNextRound(t.Context(), w.duty()); err != nil {
		t.Fatal(err)
	}
	effect := w.apply(timetable.Change{Kind: timetable.Days, Name: "hoan-doi.csv", Source: swapped})
	if len(effect.Rounds) != 1 || effect.Tasks != 0 {
		t.Errorf("%+v", effect)
	}
	w.want("round", w.strings(`SELECT state || ' ' || to_char(due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') FROM rounds`), "scheduled 02-07 00:00")
	w.want("outbox", w.strings(`SELECT split_part(workflow, ':', 1) FROM outbox WHERE kind = 'calendar.changed'`), "duty")
}

func TestAReturnedReportsDateMovesUnlessAPersonSetIt(t *testing.T) {
	w := openJanuary(t)
	w.clock.set(t, "2026-02-02 09:00")
	reviewer := w.actor("supervisor.so@dondoc.example")
	for agency, on := range map[string]calendar.Date{"d1": {}, "d2": calendar.NewDate(2026, 2, 5)} {
		id := w.taskOf(agency)
		if _, err := w.store.Submit(t.Context(), w.actor("focal_point."+agency+"@dondoc.example"),
			task.SubmitInput{TaskID: id, Kind: task.Report, Narrative: "Đã làm."}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.store.Review(t.Context(), reviewer, task.ReviewInput{TaskID: id, Decision: task.Return, Reason: "Thiếu số liệu", ResubmitOn: on}); err != nil {
			t.Fatal(err)
		}
	}
	w.apply(timetable.Change{Kind: timetable.Days, Name: "hoan-doi.csv", Source: swapped})
	// Three working days after the 2nd: the 3rd, the 5th, the 6th.
	w.want("send again by", w.strings(`SELECT a.code || ' ' || to_char(t.resubmit_due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD')
		FROM tasks t JOIN agencies a ON a.id = t.agency_id WHERE t.state = 'returned' ORDER BY a.code`), "d1 02-07", "d2 02-06")
}

func TestAReviewersRemindersMoveWithTheCalendar(t *testing.T) {
	w := openJanuary(t)
	w.clock.set(t, "2026-02-02 09:00")
	if _, err := w.store.Submit(t.Context(), w.actor("focal_point.d1@dondoc.example"),
		task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.Report, Narrative: "Đã làm."}); err != nil {
		t.Fatal(err)
	}
	w.want("steps before", w.pendingSubmitted(), "review_reminder 02-04 08:00", "review_overdue 02-06 08:00")
	if effect := w.apply(timetable.Change{Kind: timetable.Days, Name: "hoan-doi.csv", Source: swapped}); effect.ReviewSteps != 2 {
		t.Errorf("%+v", effect)
	}
	w.want("steps", w.pendingSubmitted(), "review_reminder 02-05 08:00", "review_overdue 02-07 08:00")
}

func (w *world) pendingSubmitted() []string {
	w.t.Helper()
	return w.strings(`SELECT code || ' ' || to_char(at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI')
		FROM steps WHERE anchor = 'submitted' AND state = 'pending' ORDER BY at`)
}

func TestAFaultyFileOfDaysNamesThePlace(t *testing.T) {
	w := openJanuary(t)
	// A working Sunday that nobody swapped.
	_, err := w.store.PreviewCalendarChange(t.Context(), policy.Actor{}, timetable.Change{Kind: timetable.Days, Name: "sai.csv",
		Source: calendarHead + "2026-02-08,swap_work,Làm bù,CV 1/VPCP-KGVX,Công báo\n"})
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Invalid || len(f.Details) == 0 || !strings.Contains(f.Details[0].VI, "sai.csv:2:") {
		t.Errorf("%v: want the line", err)
	}
}
