package postgres_test

import (
	"fmt"
	"sync"
	"testing"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// declared is a world where d1 sent in time on Thursday 5 February and the
// result was declared invalid the next morning.
func declared(t *testing.T) *followed {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-05 16:00")
	f.send("d1")
	f.clock.set(t, "2026-02-06 09:00")
	f.decide("d1", task.Invalid)
	f.want("invalid", []string{f.stands("d1")}, "returned first never")
	return f
}

func (f *followed) contest(actor policy.Actor) (task.Contest, error) {
	return f.store.ContestReview(f.t.Context(), actor, task.ContestInput{TaskID: f.taskOf("d1"), Reason: "Văn bản có ký số hợp lệ."})
}

func (f *followed) answer(id int64, outcome task.ContestOutcome) (task.Contest, error) {
	return f.store.DecideContest(f.t.Context(), f.authority, task.ContestDecision{ContestID: id, Outcome: outcome, Answer: "Đã kiểm tra chữ ký."})
}

func TestAnOverturnedDecisionRestoresTheSubmission(t *testing.T) {
	f := declared(t)
	f.clock.set(t, "2026-02-09 10:00")
	f.want("before", []string{f.may(f.head), f.may(f.supervisor), f.may(f.authority)}, "contest", "urge", "urge")
	contest, err := f.contest(f.head)
	if err != nil {
		t.Fatal(err)
	}
	f.want("contested", []string{f.may(f.head), f.may(f.supervisor), f.may(f.authority)}, "", "urge", "decide urge")
	f.want("the task stays", []string{f.stands("d1")}, "returned first never")
	f.want("told of the contest", f.toldAtOnce("contested"), "d1 mailbox so", "d1 plan_authority.tinh@dondoc.example", "d1 supervisor.so@dondoc.example")
	page, err := f.store.ListContests(t.Context(), f.authority, 0, "")
	if err != nil || len(page.Contests) != 1 || page.Contests[0].ID != contest.ID || page.Contests[0].ReviewReason != "Thiếu chữ ký" {
		t.Errorf("%+v, %v", page, err)
	}
	if page, err = f.store.ListContests(t.Context(), f.other, 0, ""); err != nil || len(page.Contests) != 0 {
		t.Errorf("another district sees %+v, %v", page, err)
	}

	f.clock.set(t, "2026-02-10 09:00")
	decided, err := f.answer(contest.ID, task.Overturned)
	if err != nil || decided.Outcome != task.Overturned || decided.DecidedAt == nil {
		t.Fatalf("%+v, %v", decided, err)
	}
	f.want("restored", []string{f.stands("d1")}, "submitted first 02-05 16:00")
	f.want("told of the decision", f.toldAtOnce("contest_overturned"),
		"d1 focal_point.d1@dondoc.example", "d1 head.d1@dondoc.example", "d1 mailbox d1", "d1 mailbox so", "d1 supervisor.so@dondoc.example")
	// The reviewer has the whole time again, over Tết.
	f.want("the reviewer's ladder", f.pendingSteps("d1"), "review_reminder 02-12 08:00", "review_overdue 02-23 08:00")
	d := f.detail(f.supervisor, "d1")
	if d.Task.Status != task.Waiting || d.Submissions[0].Invalid || d.Submissions[0].Review != nil || !d.MayReview {
		t.Errorf("%s, %+v, may review %v", d.Task.Status, d.Submissions[0], d.MayReview)
	}
	f.want("history", f.actions(d), "task.opened", "task.submitted", "task.returned", "task.contested", "task.contest_overturned")

	f.clock.set(t, "2026-02-12 08:00")
	if turn := f.run(f.round); turn.Sent == 0 {
		t.Error("the reviewer is not reminded")
	}
	f.decide("d1", task.Accept)
	if d := f.detail(f.focal, "d1"); d.Task.Status != task.DoneOnTime {
		t.Errorf("status %s", d.Task.Status)
	}
	around, err := f.store.TaskSupervision(t.Context(), f.focal, f.taskOf("d1"))
	if err != nil || len(around.Contests) != 1 || around.Contests[0].Answer != "Đã kiểm tra chữ ký." {
		t.Errorf("%+v, %v", around, err)
	}
}

func TestAnUpheldDecisionStays(t *testing.T) {
	f := declared(t)
	contest, err := f.contest(f.focal)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.answer(contest.ID, task.Upheld); err != nil {
		t.Fatal(err)
	}
	f.want("as it was", []string{f.stands("d1")}, "returned first never")
	f.want("both sides are told", f.toldAtOnce("contest_upheld"),
		"d1 focal_point.d1@dondoc.example", "d1 head.d1@dondoc.example", "d1 mailbox d1", "d1 mailbox so", "d1 supervisor.so@dondoc.example")
	_, err = f.answer(contest.ID, task.Overturned)
	wantFault(t, "decided again", err, fault.Conflict, "contest.decided")
	_, err = f.contest(f.head)
	wantFault(t, "contested again", err, fault.Conflict, "contest.twice")
}

// Where the unit has sent another result meanwhile, that one is decided on; the
// first one's time counts again.
func TestADecisionFallsAfterTheUnitSentAgain(t *testing.T) {
	f := declared(t)
	contest, err := f.contest(f.focal)
	if err != nil {
		t.Fatal(err)
	}
	f.clock.set(t, "2026-02-09 10:00")
	f.send("d1")
	f.want("late so far", []string{f.stands("d1")}, "submitted first 02-09 10:00")
	f.decide("d1", task.Accept)
	if _, err := f.answer(contest.ID, task.Overturned); err != nil {
		t.Fatal(err)
	}
	f.want("on time after all", []string{f.stands("d1")}, "accepted first 02-05 16:00")
	if d := f.detail(f.focal, "d1"); d.Task.Status != task.DoneOnTime {
		t.Errorf("status %s", d.Task.Status)
	}
}

func TestContestsThatAreNotTaken(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-05 16:00")
	_, err := f.contest(f.focal)
	wantFault(t, "nothing was decided", err, fault.Conflict, "contest.nothing")
	f.send("d1")
	f.decide("d1", task.Return)
	_, err = f.contest(f.focal)
	wantFault(t, "only returned", err, fault.Conflict, "contest.nothing")
	f.send("d1")
	f.clock.set(t, "2026-02-06 09:00")
	f.decide("d1", task.Invalid)
	_, err = f.contest(f.other)
	wantFault(t, "another district", err, fault.NotFound, "not_found")
	_, err = f.contest(f.supervisor)
	wantFault(t, "the reviewer", err, fault.Forbidden, "contest.not_yours")
	_, err = f.store.ContestReview(t.Context(), f.focal, task.ContestInput{TaskID: f.taskOf("d1"), Reason: "  "})
	wantFault(t, "no reason", err, fault.Invalid, "contest.reason")
	f.clock.set(t, "2026-02-12 00:01") // three working days ended with Wednesday the 11th
	_, err = f.contest(f.focal)
	wantFault(t, "too late", err, fault.Conflict, "contest.late")
	f.clock.set(t, "2026-02-12 00:00")
	contest, err := f.contest(f.focal)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.store.DecideContest(t.Context(), f.supervisor, task.ContestDecision{ContestID: contest.ID, Outcome: task.Overturned})
	wantFault(t, "the reviewer decides", err, fault.Forbidden, "contest.not_authority")
	_, err = f.store.DecideContest(t.Context(), f.other, task.ContestDecision{ContestID: contest.ID, Outcome: task.Overturned})
	wantFault(t, "a stranger decides", err, fault.NotFound, "not_found")
	_, err = f.store.DecideContest(t.Context(), f.authority, task.ContestDecision{ContestID: contest.ID, Outcome: task.Upheld})
	wantFault(t, "upheld without reason", err, fault.Invalid, "contest.answer")
	_, err = f.answer(99999, task.Upheld)
	wantFault(t, "no such contest", err, fault.NotFound, "not_found")
}

// While the authority decides, the unit sends another result: whoever comes
// first, nothing is lost and the first result counts.
func TestAContestIsDecidedWhileTheUnitSends(t *testing.T) {
	f := declared(t)
	contest, err := f.contest(f.focal)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	decisions := make([]error, 3)
	group.Go(func() {
		_, err := f.store.Submit(t.Context(), f.focal, task.SubmitInput{TaskID: f.taskOf("d1"), Kind: task.Report, Narrative: "Gửi lại."})
		if err != nil && fault.Of(err) == nil {
			t.Error(err)
		}
	})
	for i := range decisions {
		group.Go(func() { _, decisions[i] = f.answer(contest.ID, task.Overturned) })
	}
	group.Wait()
	held := 0
	for _, err := range decisions {
		if err == nil {
			held++
			continue
		}
		wantFault(t, "the others", err, fault.Conflict, "contest.decided")
	}
	if held != 1 {
		t.Errorf("%d decisions held", held)
	}
	f.want("stands", []string{f.stands("d1")}, "submitted first 02-05 16:00")
	f.want("audited once", f.strings(`SELECT count(*)::text FROM audit WHERE action = 'task.contest_overturned'`), "1")
	f.want("told once each", f.strings(`SELECT count(*)::text FROM notifications WHERE kind = 'contest_overturned'`), fmt.Sprint(5))
}
