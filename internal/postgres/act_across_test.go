package postgres_test

import (
	"context"
	"fmt"
	"testing"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// What one act leaves behind for another one; found by TestMachine.

// overturned has a decision on what d1 sent fall: another decision on the same
// submission is possible then.
func (f *followed) overturned(decision task.Decision) {
	f.t.Helper()
	f.decide("d1", decision)
	contest, err := f.contest(f.head)
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := f.answer(contest.ID, task.Overturned); err != nil {
		f.t.Fatal(err)
	}
}

func (f *followed) takeBack(agency string) {
	f.t.Helper()
	if _, err := f.store.Withdraw(f.t.Context(), f.actor("focal_point."+agency+"@dondoc.example"), task.WithdrawInput{TaskID: f.taskOf(agency)}); err != nil {
		f.t.Fatal(err)
	}
}

// change suspends, resumes or closes the plan.
func (f *followed) change(how func(context.Context, policy.Actor, int64, int) (plan.Record, error)) {
	f.t.Helper()
	if _, err := how(f.t.Context(), f.authority, f.plan.ID, 0); err != nil {
		f.t.Fatal(err)
	}
}

func (f *followed) signedByTwo() {
	f.t.Helper()
	f.exec(`UPDATE agencies SET two_signatures = true WHERE code = 'd1'`)
}

func TestASubmissionCanBeReturnedAgainAfterAnOverturnedDecision(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	f.send("d1")
	f.overturned(task.Invalid)
	f.decide("d1", task.Return)
	f.want("state", []string{f.stands("d1")}, "returned first 02-03 09:00")
	f.want("told of both returns", f.toldAtOnce("returned"),
		"d1 focal_point.d1@dondoc.example", "d1 focal_point.d1@dondoc.example", "d1 mailbox d1", "d1 mailbox d1")
}

func TestAWithdrawnSubmissionDoesNotCountOnceADecisionIsOverturned(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	f.send("d1")
	f.takeBack("d1")
	f.clock.set(t, "2026-02-06 09:00") // a day late
	f.send("d1")
	f.overturned(task.Invalid)
	f.want("the late one alone counts", []string{f.stands("d1")}, "submitted first 02-06 09:00")
}

func TestTheDayOfAReturnFallsWithTheReturn(t *testing.T) {
	f := newFollowed(t)
	f.signedByTwo()
	f.clock.set(t, "2026-02-02 09:00")
	if _, err := f.store.Submit(t.Context(), f.head, task.SubmitInput{TaskID: f.taskOf("d1"), Kind: task.Report, Narrative: "Lần một"}); err != nil {
		t.Fatal(err)
	}
	f.overturned(task.Invalid)
	f.takeBack("d1")
	f.send("d1") // waits for the head until long after the due time
	f.clock.set(t, "2026-02-06 00:01")
	if d := f.detail(f.head, "d1"); d.Task.Status != task.NotDoneOverdue || d.Task.ResubmitDueAt != nil {
		t.Errorf("%s, to be sent again by %v", d.Task.Status, d.Task.ResubmitDueAt)
	}
}

func TestAReturnAfterTheRoundWasOverOpensItUntilTheNewDay(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-03-05 09:00")
	f.send("d1")
	f.clock.set(t, "2026-03-06 00:01")
	f.run(f.round)
	f.want("over", []string{f.roundState()}, "closed since 03-06 00:01")
	f.clock.set(t, "2026-03-06 09:00")
	f.decide("d1", task.Return)
	f.want("open again", []string{f.roundState(), f.stands("d1"), f.stands("d2")}, "open", "returned first 03-05 09:00", "open first never closed")
	f.clock.set(t, "2026-03-12 00:01") // three working days later
	f.run(f.round)
	f.want("over for good", []string{f.roundState(), f.stands("d1")}, "closed since 03-12 00:01", "returned first 03-05 09:00 closed")
}

func TestWhatWaitsForTheHeadIsWrittenOnAfterAWaiver(t *testing.T) {
	f := newFollowed(t)
	f.signedByTwo()
	f.clock.set(t, "2026-01-20 09:00")
	f.send("d1")
	waiver, err := f.store.AskRequest(t.Context(), f.authority, request.AskInput{TaskID: f.taskOf("d1"), Kind: request.Waiver, Text: "Không thuộc diện"})
	if err != nil {
		t.Fatal(err)
	}
	f.want("nothing waits", f.strings(`SELECT outcome FROM preparations`), "superseded")
	if _, err := f.store.TakeBackWaiver(t.Context(), f.authority, request.Act{ID: waiver.Requests[0].ID, Text: "Có phát sinh"}); err != nil {
		t.Fatal(err)
	}
	if draft, err := f.store.FindDraft(t.Context(), f.focal, f.taskOf("d1")); err != nil || draft.Narrative != "Đã làm." {
		t.Errorf("the draft: %+v, %v", draft, err)
	}
	f.send("d1")
	f.want("prepared again", []string{f.stands("d1")}, "prepared first never")
}

func TestARoundIsOpenedAgainByWhoTookTheWaiverBack(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-01-20 09:00")
	var waiver request.Receipt
	for _, agency := range []string{"d2", "d3", "d1"} {
		var err error
		if waiver, err = f.store.AskRequest(t.Context(), f.authority, request.AskInput{TaskID: f.taskOf(agency), Kind: request.Waiver, Text: "Không thuộc diện"}); err != nil {
			t.Fatal(err)
		}
	}
	f.run(f.round)
	if _, err := f.store.TakeBackWaiver(t.Context(), f.authority, request.Act{ID: waiver.Requests[0].ID, Text: "Có phát sinh"}); err != nil {
		t.Fatal(err)
	}
	f.want("who opened it", f.strings(`SELECT COALESCE(actor_id, 0)::text FROM audit WHERE action = 'round.reopened'`), fmt.Sprint(f.authority.UserID))
}

// What was returned and mended waits for the head under the day set with the
// return: more time is asked of who set that day, and moves it.
func TestMoreTimeForWhatWaitsForTheHeadAgain(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-02 09:00")
	f.send("d1")
	f.decide("d1", task.Return) // due again by the end of Thursday 5 February
	f.signedByTwo()
	f.send("d1")
	asked, err := f.store.AskRequest(t.Context(), f.focal, request.AskInput{
		TaskID: f.taskOf("d1"), Kind: request.Extension, Text: "Chờ chữ ký", ProposedOn: calendar.NewDate(2026, 2, 10)})
	if err != nil {
		t.Fatal(err)
	}
	if q := asked.Requests[0]; !q.Resubmission || q.ToAgencyID != f.agency("so") {
		t.Errorf("%+v", q)
	}
	if _, err := f.store.DecideRequest(t.Context(), f.supervisor, request.Act{ID: asked.Requests[0].ID, Grant: true}); err != nil {
		t.Fatal(err)
	}
	if due := f.detail(f.head, "d1").Task.EffectiveDueAt.In(hanoi).Format("01-02 15:04"); due != "02-11 00:00" {
		t.Errorf("due again %s", due)
	}
}

// Whoever woke while the plan was suspended waits for a nudge, even if no
// working day was lost.
func TestResumingWakesRoundsAlsoWhereNothingMoves(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-05 07:50")
	f.change(f.store.SuspendPlan)
	f.clock.set(t, "2026-02-05 08:00") // the day's reminder comes due
	if turn := f.run(f.round); turn.Sent != 0 || !turn.NextAt.IsZero() {
		t.Fatalf("suspended, and %+v", turn)
	}
	f.clock.set(t, "2026-02-05 08:10")
	f.exec(`DELETE FROM outbox`)
	f.change(f.store.ResumePlan)
	f.want("woken", f.strings(`SELECT workflow FROM outbox WHERE workflow LIKE 'round:%'`), fmt.Sprintf("round:%d", f.round))
	f.exec(`DELETE FROM outbox`)
	f.change(func(ctx context.Context, actor policy.Actor, id int64, version int) (plan.Record, error) {
		return f.store.ClosePlan(ctx, actor, id, version, amendment.Closing{})
	})
	f.want("woken to end", f.strings(`SELECT workflow FROM outbox WHERE workflow LIKE 'round:%'`), fmt.Sprintf("round:%d", f.round))
	if turn := f.run(f.round); !turn.Ended {
		t.Errorf("%+v", turn)
	}
}

// A result that was admitted late and taken back is awaited by the day of the
// reopening, and reminded of for that day.
func TestAReopenedResultIsAwaitedAgainAfterAWithdrawal(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-03-06 00:01")
	f.run(f.round)
	f.clock.set(t, "2026-03-06 09:00")
	if _, err := f.store.Reopen(t.Context(), f.supervisor, task.ReopenInput{
		TaskID: f.taskOf("d1"), Reason: "Bổ sung", ResubmitOn: calendar.NewDate(2026, 3, 12)}); err != nil {
		t.Fatal(err)
	}
	f.send("d1")
	f.exec(`UPDATE rounds SET closes_at = '2026-03-31' WHERE id = $1`, f.round)
	f.takeBack("d1")
	f.want("to come", f.strings(`SELECT code || to_char(at AT TIME ZONE 'Asia/Ho_Chi_Minh', ' MM-DD HH24:MI') FROM steps
		WHERE task_id = $1 AND state = 'pending' ORDER BY at LIMIT 2`, f.taskOf("d1")), "before_1 03-11 08:00", "due_today 03-12 08:00")
}
