package postgres_test

import (
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// opened is a world whose January round is open and has told its opening.
func opened(t *testing.T, change func(*plan.Plan)) (*world, int64) {
	t.Helper()
	w := newWorld(t, change)
	w.activate()
	round := w.openRound()
	w.run(round)
	return w, round
}

func (w *world) submit(email, agency, narrative string) task.Receipt {
	w.t.Helper()
	receipt, err := w.store.Submit(w.t.Context(), w.actor(email), task.SubmitInput{TaskID: w.taskOf(agency), Kind: task.Report, Narrative: narrative})
	if err != nil {
		w.t.Fatal(err)
	}
	return receipt
}

func (w *world) withdraw(email, agency string) task.Receipt {
	w.t.Helper()
	receipt, err := w.store.Withdraw(w.t.Context(), w.actor(email), task.WithdrawInput{TaskID: w.taskOf(agency), Reason: "Nhầm biểu"})
	if err != nil {
		w.t.Fatal(err)
	}
	return receipt
}

func (w *world) refused(err error, code string) {
	w.t.Helper()
	if f := fault.Of(err); f == nil || f.Code != code || f.VI == "" || f.EN == "" {
		w.t.Errorf("%v, want %s", err, code)
	}
}

const stepsOfD1 = `SELECT s.code || ' ' || s.state || ' v' || s.due_version FROM steps s JOIN tasks t ON t.id = s.task_id
	JOIN agencies a ON a.id = t.agency_id WHERE a.code = 'd1' AND (s.anchor <> 'submitted') AND s.code <> 'opening' ORDER BY s.due_version, s.at, s.id`

func TestAWithdrawnSubmissionCountsForNothing(t *testing.T) {
	w, round := opened(t, nil)
	w.clock.set(t, "2026-02-03 16:00")
	w.submit(focalD1, "d1", "Lần một")
	w.clock.set(t, "2026-02-04 08:00") // before_1 is skipped: the result is in
	w.run(round)
	w.clock.set(t, "2026-02-04 09:00")
	back := w.withdraw(focalD1, "d1")
	if back.Task.State != task.StateOpen || back.Task.FirstSubmittedAt != nil || back.Task.Status != task.NotDoneInTime || back.Number != 1 {
		t.Errorf("receipt %+v", back)
	}
	// What was skipped meanwhile is over; what is still to come comes, under the next version.
	w.want("ladder", w.strings(stepsOfD1), "before_1 skipped v1", "due_today skipped v1", "overdue_1 skipped v1", "overdue_3 skipped v1", "overdue_7 skipped v1",
		"due_today pending v2", "overdue_1 pending v2", "overdue_3 pending v2", "overdue_7 pending v2")
	w.want("the reviewer's steps", w.strings(`SELECT DISTINCT state FROM steps WHERE anchor = 'submitted'`), "skipped")
	w.clock.set(t, "2026-02-05 08:00")
	w.run(round)
	w.want("reminded again", w.strings(`SELECT count(*)::text FROM notifications n JOIN steps s ON s.id = n.step_id WHERE n.task_id = $1 AND s.code = 'due_today'`, w.taskOf("d1")), "2")

	d := w.detail(focalD1, "d1")
	sent := d.Submissions[0]
	if !d.MaySubmit || d.MayWithdraw || sent.WithdrawnAt == nil || sent.WithdrawnByName != focalD1 || sent.WithdrawReason != "Nhầm biểu" || d.Newest() != nil {
		t.Errorf("detail %+v", d)
	}
	w.want("history", w.strings(`SELECT action || COALESCE(' ' || (after ->> 'state'), '') FROM audit WHERE entity = 'task' AND entity_id = $1 ORDER BY id`, w.taskOf("d1")),
		"task.opened", "task.submitted submitted", "task.withdrawn open")
	w.want("the reason is no part of the trail", w.strings(`SELECT id::text FROM audit WHERE after::text LIKE '%Nhầm%'`))

	// The later one decides on its own: late is late, although the first was in time.
	w.clock.set(t, "2026-02-06 09:00")
	again := w.submit(focalD1, "d1", "Lần hai")
	if again.Number != 2 || again.Task.Status != task.WaitingLate {
		t.Errorf("receipt %+v", again)
	}
}

func TestWithdrawingLeadsBackToReturned(t *testing.T) {
	w, _ := opened(t, nil)
	w.clock.set(t, "2026-02-03 16:00")
	w.submit(focalD1, "d1", "Lần một")
	w.clock.set(t, "2026-02-04 09:00")
	if _, err := w.store.Review(t.Context(), w.actor(watcherSo), task.ReviewInput{TaskID: w.taskOf("d1"), Decision: task.Return, Reason: "Thiếu"}); err != nil {
		t.Fatal(err)
	}
	w.clock.set(t, "2026-02-05 09:00")
	w.submit(focalD1, "d1", "Lần hai")
	back := w.withdraw(focalD1, "d1")
	if back.Task.State != task.StateReturned || back.Task.ResubmitDueAt == nil || !back.Task.EffectiveDueAt.Equal(*back.Task.ResubmitDueAt) {
		t.Errorf("receipt %+v", back.Task)
	}
	w.want("the first submission still counts", w.strings(`SELECT to_char(first_submitted_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') || ' ' ||
		to_char(submitted_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') FROM tasks WHERE id = $1`, w.taskOf("d1")), "02-03 16:00 02-03 16:00")
	// The ladder stands around the day by which it is to be sent again.
	w.want("pending", w.strings(`SELECT code || ' ' || to_char(at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD') FROM steps
		WHERE task_id = $1 AND state = 'pending' ORDER BY at`, w.taskOf("d1")), "before_1 02-06", "due_today 02-09", "overdue_1 02-10", "overdue_3 02-12", "overdue_7 02-25")
	if d := w.detail(focalD1, "d1"); d.Newest() == nil || d.Newest().Number != 1 {
		t.Errorf("the newest that counts: %+v", d.Newest())
	}
	// Its text is there to be mended.
	draft, err := w.store.FindDraft(t.Context(), w.actor(focalD1), w.taskOf("d1"))
	if err != nil || draft.Narrative != "Lần hai" {
		t.Errorf("draft %+v, %v", draft, err)
	}
}

func TestWhoMayWithdrawWhat(t *testing.T) {
	w, _ := opened(t, nil)
	w.clock.set(t, "2026-02-03 16:00")
	id := w.taskOf("d1")
	try := func(email string, version int) error {
		_, err := w.store.Withdraw(t.Context(), w.actor(email), task.WithdrawInput{TaskID: id, Version: version})
		return err
	}
	w.refused(try(focalD1, 0), "task.not_waiting")
	w.submit(focalD1, "d1", "Lần một")
	w.refused(try("focal_point.d2@dondoc.example", 0), "not_found")
	w.refused(try(watcherSo, 0), "task.not_yours")
	w.refused(try(focalD1, 1), "task.changed")
	if _, err := w.store.Review(t.Context(), w.actor(watcherSo), task.ReviewInput{TaskID: id, Decision: task.Accept}); err != nil {
		t.Fatal(err)
	}
	w.refused(try(focalD1, 0), "task.not_waiting")
}

// After the closing time a withdrawal would leave the agency with a locked task.
func TestNoWithdrawalOnceTheRoundIsClosed(t *testing.T) {
	w, round := opened(t, nil)
	w.clock.set(t, "2026-02-03 16:00")
	w.submit(focalD1, "d1", "Lần một")
	w.clock.set(t, "2026-03-06 00:01")
	w.run(round)
	_, err := w.store.Withdraw(t.Context(), w.actor(focalD1), task.WithdrawInput{TaskID: w.taskOf("d1")})
	w.refused(err, "task.closed")
	if w.detail(focalD1, "d1").MayWithdraw {
		t.Error("withdrawing is offered")
	}
}

// A nil return sent by mistake and undone leaves the reviewer nothing to read.
func TestAnUndoneNilReturnIsNeverTold(t *testing.T) {
	w, round := opened(t, nil)
	w.clock.set(t, "2026-02-03 16:00")
	if _, err := w.store.Submit(t.Context(), w.actor(focalD1), task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.NilReturn}); err != nil {
		t.Fatal(err)
	}
	unread := func() int {
		t.Helper()
		page, err := w.store.ListNotices(t.Context(), w.actor(watcherSo), 200, "")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, item := range page.Items {
			if item.Kind == notice.Submitted {
				n++
			}
		}
		return n
	}
	if unread() != 1 {
		t.Fatal("the reviewer has no notice to lose")
	}
	w.clock.set(t, "2026-02-03 16:05")
	w.withdraw(focalD1, "d1")
	if unread() != 0 {
		t.Error("the reviewer reads of what was undone")
	}
	w.clock.set(t, "2026-02-04 08:00")
	w.run(round)
	w.want("told this morning", w.strings(`SELECT DISTINCT kind FROM notifications WHERE task_id = $1 AND dropped_at IS NULL AND deliver_at > '2026-02-01' ORDER BY 1`, w.taskOf("d1")), "reminder")
}

// A step that repeats while overdue goes on after a withdrawal, and what it
// would have told meanwhile is not made up for.
func TestARepeatingStepGoesOnAfterAWithdrawal(t *testing.T) {
	w, round := opened(t, func(p *plan.Plan) {
		p.Policies = []plan.Policy{{Code: "rieng", Steps: []calendar.StepRule{
			{Code: "daily", Kind: "overdue", Anchor: calendar.AnchorDue, Offset: 1, Unit: calendar.WorkingDays, TimeOfDay: "08:00", Cron: "15 9 * * *",
				Audience: []calendar.Audience{calendar.FocalPoint}, Severity: 40},
		}}}
		p.Duties[0].Policy = "rieng"
	})
	w.clock.set(t, "2026-02-06 09:15")
	w.run(round)
	w.clock.set(t, "2026-02-06 10:00")
	w.submit(focalD1, "d1", "Lần một")
	w.clock.set(t, "2026-02-09 15:00")
	w.run(round)
	w.withdraw(focalD1, "d1")
	daily := `SELECT to_char(at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI ') || state FROM steps WHERE task_id = $1 AND code = 'daily' ORDER BY at, id`
	w.want("steps", w.strings(daily, w.taskOf("d1")), "02-06 09:15 done", "02-07 09:15 skipped", "02-10 09:15 pending")
	w.clock.set(t, "2026-02-10 09:15")
	w.run(round)
	w.want("steps", w.strings(daily, w.taskOf("d1")), "02-06 09:15 done", "02-07 09:15 skipped", "02-10 09:15 done", "02-11 09:15 pending")
	// Withdrawn twice at one instant, at which a step was told: it is told once.
	w.submit(focalD1, "d1", "Lần hai")
	w.withdraw(focalD1, "d1")
	w.run(round)
	w.want("told", w.strings(`SELECT count(*)::text FROM steps WHERE task_id = $1 AND code = 'daily' AND state = 'done'`, w.taskOf("d1")), "2")
}

func TestANilReturnCanBeUndoneForTenMinutes(t *testing.T) {
	w, round := opened(t, func(p *plan.Plan) { p.Duties[0].Review = plan.Review{Mode: plan.ReviewNone} })
	w.exec(`UPDATE tasks SET state = 'waived', settled_at = opened_at WHERE agency_id <> (SELECT id FROM agencies WHERE code = 'd1')`)
	id, focal := w.taskOf("d1"), w.actor(focalD1)
	nilReturn := func() {
		t.Helper()
		if _, err := w.store.Submit(t.Context(), focal, task.SubmitInput{TaskID: id, Kind: task.NilReturn}); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.set(t, "2026-02-03 16:00")
	nilReturn()
	if turn := w.run(round); turn.State != "closed" {
		t.Fatalf("nothing is owed, but the round is %s", turn.State)
	}
	w.clock.set(t, "2026-02-03 16:10")
	if d := w.detail(focalD1, "d1"); !d.MayWithdraw || d.WithdrawUntil == nil {
		t.Errorf("undoing is not offered: %+v", d)
	}
	w.withdraw(focalD1, "d1")
	w.want("the round goes on", w.strings(`SELECT state FROM rounds WHERE id = $1`, round), "open")
	w.want("nobody is told", w.strings(`SELECT kind FROM notifications WHERE kind <> 'opening'`))
	w.want("no draft of nothing", w.strings(`SELECT kind FROM task_drafts`))

	nilReturn()
	w.clock.set(t, "2026-02-03 16:21")
	_, err := w.store.Withdraw(t.Context(), focal, task.WithdrawInput{TaskID: id})
	w.refused(err, "review.none")
	if w.detail(focalD1, "d1").MayWithdraw {
		t.Error("undoing is offered after eleven minutes")
	}
}
