package postgres_test

import (
	"sync"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// over is a world whose January round is over: d1's result was accepted, d2 and
// d3 sent nothing.
func over(t *testing.T) *followed {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	f.send("d1")
	f.decide("d1", task.Accept)
	f.clock.set(t, "2026-03-06 00:01")
	if turn := f.run(f.round); !turn.Ended {
		t.Fatalf("%+v: not over", turn)
	}
	f.exec(`DELETE FROM outbox`)
	return f
}

func (f *followed) reopen(actor policy.Actor, agency string) (task.Receipt, error) {
	return f.store.Reopen(f.t.Context(), actor, task.ReopenInput{TaskID: f.taskOf(agency), Reason: "Số liệu sai"})
}

func TestAnAcceptedResultIsReopenedAfterTheRoundWasOver(t *testing.T) {
	f := over(t)
	f.clock.set(t, "2026-03-10 09:00") // Tuesday
	f.want("may", []string{f.may(f.focal), f.may(f.supervisor), f.may(f.authority)}, "", "reopen", "reopen")
	receipt, err := f.reopen(f.supervisor, "d1")
	if err != nil {
		t.Fatal(err)
	}
	if got := receipt.Task.ResubmitDueAt.In(hanoi).Format("2006-01-02 15:04"); got != "2026-03-14 00:00" || receipt.Task.Status != task.NotDoneInTime {
		t.Errorf("due %s, status %s", got, receipt.Task.Status)
	}
	f.want("stands", []string{f.stands("d1"), f.roundState()}, "returned first 02-03 09:00", "open")
	f.want("outbox", f.strings(`SELECT split_part(workflow, ':', 1) FROM outbox ORDER BY 1`), "delivery", "round")
	f.want("told", f.toldAtOnce("reopened"), "d1 focal_point.d1@dondoc.example", "d1 head.d1@dondoc.example", "d1 mailbox d1")
	if turn := f.run(f.round); turn.Ended || turn.State != "open" || turn.Sent != 0 {
		t.Errorf("%+v: the round lives", turn)
	}
	// Nobody else may send because of it, and nobody else is reminded.
	_, err = f.store.Submit(t.Context(), f.other, task.SubmitInput{TaskID: f.taskOf("d2"), Kind: task.NilReturn})
	wantFault(t, "d2", err, fault.Conflict, "task.closed")
	f.clock.set(t, "2026-03-12 08:00")
	f.run(f.round)
	f.want("reminded", f.strings(`SELECT a.code || ' ' || s.code FROM steps s JOIN tasks t ON t.id = s.task_id JOIN agencies a ON a.id = t.agency_id
		WHERE s.run_at > '2026-03-10' AND s.state = 'done'`), "d1 before_1")

	f.send("d1")
	if turn := f.run(f.round); turn.State != "closed" || turn.Ended {
		t.Errorf("%+v: over, the reviewer's steps are left", turn)
	}
	f.want("over again", []string{f.roundState()}, "closed since 03-12 08:00")
	f.decide("d1", task.Accept)
	f.clock.set(t, "2026-03-20 08:00")
	if turn := f.run(f.round); !turn.Ended || turn.Sent != 0 {
		t.Errorf("%+v", turn)
	}
	d := f.detail(f.focal, "d1")
	if d.Task.Status != task.DoneOnTime {
		t.Errorf("status %s: the first valid submission was in time", d.Task.Status)
	}
	f.want("history", f.actions(d), "task.opened", "task.submitted", "task.accepted", "task.reopened", "task.submitted", "task.accepted")
	around, err := f.store.TaskSupervision(t.Context(), f.focal, f.taskOf("d1"))
	if err != nil || len(around.Reopenings) != 1 || around.Reopenings[0].Reason != "Số liệu sai" || around.Reopenings[0].From != task.StateAccepted {
		t.Errorf("%+v, %v", around, err)
	}
}

func TestWhatWasNeverSentIsAdmittedOnceMore(t *testing.T) {
	f := over(t)
	f.clock.set(t, "2026-03-10 09:00")
	if _, err := f.store.Reopen(t.Context(), f.authority, task.ReopenInput{
		TaskID: f.taskOf("d2"), Reason: "Cho gửi muộn", ResubmitOn: calendar.NewDate(2026, 3, 16)}); err != nil {
		t.Fatal(err)
	}
	f.want("stands", []string{f.stands("d2"), f.roundState()}, "open first never", "open")
	if d := f.detail(f.other, "d2"); d.Task.Status != task.NotDoneOverdue || !d.MaySubmit {
		t.Errorf("%s, may submit %v", d.Task.Status, d.MaySubmit)
	}
	f.clock.set(t, "2026-03-17 00:00")
	if turn := f.run(f.round); turn.State != "open" {
		t.Errorf("%+v: the last instant is in time", turn)
	}
	f.send("d2")
	f.decide("d2", task.Accept)
	if turn := f.run(f.round); !turn.Ended {
		t.Errorf("%+v", turn)
	}
	if d := f.detail(f.other, "d2"); d.Task.Status != task.DoneLate {
		t.Errorf("status %s", d.Task.Status)
	}
}

func TestAReopenedTaskIsClosedAgainWhenNothingComes(t *testing.T) {
	f := over(t)
	f.clock.set(t, "2026-03-10 09:00")
	for _, agency := range []string{"d1", "d2"} {
		if _, err := f.reopen(f.authority, agency); err != nil {
			t.Fatal(err)
		}
	}
	f.clock.set(t, "2026-03-14 00:01")
	if turn := f.run(f.round); !turn.Ended {
		t.Errorf("%+v", turn)
	}
	f.want("stands", []string{f.stands("d1"), f.stands("d2"), f.roundState()},
		"returned first 02-03 09:00 closed", "open first never closed", "closed since 03-14 00:01")
	_, err := f.store.Submit(t.Context(), f.other, task.SubmitInput{TaskID: f.taskOf("d2"), Kind: task.NilReturn})
	wantFault(t, "d2", err, fault.Conflict, "task.closed")
	// And may be reopened once more.
	if _, err := f.reopen(f.supervisor, "d1"); err != nil {
		t.Error(err)
	}
}

func TestReopeningsThatAreNotTaken(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	_, err := f.reopen(f.supervisor, "d2")
	wantFault(t, "still open", err, fault.Conflict, "reopen.open")
	f.send("d1")
	_, err = f.reopen(f.supervisor, "d1")
	wantFault(t, "waits for review", err, fault.Conflict, "reopen.waiting")
	f.decide("d1", task.Accept)
	_, err = f.reopen(f.focal, "d1")
	wantFault(t, "the unit itself", err, fault.Forbidden, "reopen.not_yours")
	_, err = f.reopen(f.other, "d1")
	wantFault(t, "another district", err, fault.NotFound, "not_found")
	for code, in := range map[string]task.ReopenInput{
		"reopen.reason":        {},
		"review.resubmit_past": {Reason: "x", ResubmitOn: calendar.NewDate(2026, 2, 3)},
		"review.resubmit_far":  {Reason: "x", ResubmitOn: calendar.NewDate(2028, 2, 3)},
		"text.control":         {Reason: "a\x00b"},
	} {
		in.TaskID = f.taskOf("d1")
		_, err := f.store.Reopen(t.Context(), f.supervisor, in)
		wantFault(t, code, err, fault.Invalid, code)
	}
	_, err = f.store.Reopen(t.Context(), f.supervisor, task.ReopenInput{TaskID: f.taskOf("d1"), Version: 1, Reason: "x"})
	wantFault(t, "changed since", err, fault.Conflict, "task.changed")
	_, err = f.store.Reopen(t.Context(), f.supervisor, task.ReopenInput{TaskID: 99999, Reason: "x"})
	wantFault(t, "no such task", err, fault.NotFound, "not_found")
}

// Two reopen at once while the round is run: one does, the round is open and
// nobody waits in a circle.
func TestTwoReopenWhileTheRoundRuns(t *testing.T) {
	f := over(t)
	f.clock.set(t, "2026-03-10 09:00")
	errs := make([]error, 4)
	var group sync.WaitGroup
	for i := range errs {
		actor := f.supervisor
		if i%2 == 1 {
			actor = f.authority
		}
		group.Go(func() { _, errs[i] = f.reopen(actor, "d1") })
		group.Go(func() { f.run(f.round) })
	}
	group.Wait()
	reopened := 0
	for _, err := range errs {
		if err == nil {
			reopened++
			continue
		}
		wantFault(t, "the others", err, fault.Conflict, "reopen.open")
	}
	if reopened != 1 {
		t.Errorf("%d reopened it", reopened)
	}
	f.want("stands", []string{f.stands("d1"), f.roundState()}, "returned first 02-03 09:00", "open")
}

// Suspended time and days off do not eat into what was given anew.
func TestAReopenedTasksDayMovesWithSuspensionAndCalendar(t *testing.T) {
	f := over(t)
	f.clock.set(t, "2026-03-10 09:00")
	for _, agency := range []string{"d1", "d2"} {
		if _, err := f.reopen(f.authority, agency); err != nil {
			t.Fatal(err)
		}
	}
	until := func() []string {
		return f.strings(`SELECT a.code || ' ' || to_char(t.due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD') || ' ' ||
			to_char(t.resubmit_due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') FROM tasks t JOIN agencies a ON a.id = t.agency_id
			WHERE t.resubmit_due_at IS NOT NULL ORDER BY a.code`)
	}
	f.want("reopened", until(), "d1 02-06 03-14 00:00", "d2 02-06 03-14 00:00")
	f.clock.set(t, "2026-03-11 09:00")
	record, err := f.store.SuspendPlan(t.Context(), f.authority, f.plan.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.clock.set(t, "2026-03-18 09:00") // five working days
	if _, err := f.store.ResumePlan(t.Context(), f.authority, f.plan.ID, record.Version); err != nil {
		t.Fatal(err)
	}
	f.want("resumed", until(), "d1 02-06 03-21 00:00", "d2 02-06 03-21 00:00")
	f.apply(f.outage("2026-03-20 14:00", "2026-03-23 09:00"))
	f.want("after an outage", until(), "d1 02-06 03-25 00:00", "d2 02-06 03-25 00:00")
	f.want("reminded of the new day", f.pendingSteps("d2"), "before_1 03-23 08:00", "due_today 03-24 08:00", "overdue_1 03-25 08:00", "overdue_3 03-27 08:00", "overdue_7 04-02 08:00")
	f.clock.set(t, "2026-03-25 00:00")
	if turn := f.run(f.round); turn.State != "open" {
		t.Errorf("%+v", turn)
	}
	f.send("d2")
}
