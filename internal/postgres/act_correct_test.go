package postgres_test

import (
	"fmt"
	"testing"

	"dondoc/internal/amendment"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func correcting(id int64, cases string) task.CorrectInput {
	return task.CorrectInput{TaskID: id, Reason: "Cộng sót một xã", Content: task.Content{
		Kind: task.Report, Narrative: "Số liệu đúng.", Figures: []task.Figure{{Indicator: "vu", Value: cases}}}}
}

func (f *followed) correct(actor policy.Actor, cases string) (task.Correction, error) {
	return f.store.Correct(f.t.Context(), actor, correcting(f.taskOf("d1"), cases))
}

func (f *followed) settle(actor policy.Actor, id int64, decision task.CorrectionDecision) (task.Correction, error) {
	return f.store.DecideCorrection(f.t.Context(), actor, task.CorrectionAct{CorrectionID: id, Decision: decision, Answer: "Đã đối chiếu."})
}

// accepted is a world whose d1 sent in time and was accepted on Friday 6 February.
func accepted(t *testing.T) *followed {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-05 16:00")
	f.send("d1")
	f.clock.set(t, "2026-02-06 09:00")
	f.decide("d1", task.Accept)
	return f
}

// The version in force is told by its number and what it says.
func (f *followed) inForce() string {
	d := f.detail(f.supervisor, "d1")
	for _, b := range d.Submissions {
		if b.Number == d.InForce {
			return fmt.Sprintf("%d: %s", b.Number, b.Narrative)
		}
	}
	return "none"
}

func TestACorrectionTakesEffectWhenItIsAccepted(t *testing.T) {
	f := accepted(t)
	f.run(f.round)
	f.clock.set(t, "2026-02-09 10:00") // Monday
	ctx := keyed(t, "khoa-dinh-chinh", 1)
	in := correcting(f.taskOf("d1"), "4")
	k, err := f.store.Correct(ctx, f.focal, in)
	if err != nil {
		t.Fatal(err)
	}
	if k.Number != 2 || k.Replaces != 1 || k.Outcome != task.CorrectionWaits || k.CorrectedByName != focalD1 || k.DutyCode != "IV.15.h" {
		t.Errorf("%+v", k)
	}
	if again, err := f.store.Correct(ctx, f.focal, in); err != nil || again.ID != k.ID {
		t.Errorf("a repeat: %+v, %v", again, err)
	}
	f.want("the earlier version stays in force", []string{f.inForce(), f.stands("d1")}, "1: Đã làm.", "accepted first 02-05 16:00")
	f.want("who is told", f.told("correction_sent"), "mailbox so 02-10 08:00", "supervisor.so@dondoc.example 02-10 08:00")
	f.want("the reviewer's time", f.strings(`SELECT s.code || to_char(s.at AT TIME ZONE 'Asia/Ho_Chi_Minh', ' MM-DD HH24:MI') FROM steps s WHERE s.anchor = 'correction' ORDER BY s.at`),
		"correction_reminder 02-11 08:00", "correction_overdue 02-13 08:00")
	page, err := f.store.ListCorrections(t.Context(), f.supervisor, 0, "")
	if err != nil || len(page.Corrections) != 1 || page.Corrections[0].ID != k.ID || page.Corrections[0].AgencyName != "UBND huyện Một" {
		t.Errorf("what waits: %+v, %v", page, err)
	}
	if page, err = f.store.ListCorrections(t.Context(), f.other, 0, ""); err != nil || len(page.Corrections) != 0 {
		t.Errorf("another district sees %+v, %v", page, err)
	}
	d := f.detail(f.supervisor, "d1")
	if !d.MayDecideCorrection || d.MayTakeBackCorrection || d.MayReview || d.Submissions[0].Correction == nil || d.Submissions[0].Correction.Reason != "Cộng sót một xã" {
		t.Errorf("%+v", d)
	}
	if d = f.detail(f.focal, "d1"); d.MayCorrect || !d.MayTakeBackCorrection || d.MayDecideCorrection {
		t.Errorf("correct %v, take back %v, decide %v", d.MayCorrect, d.MayTakeBackCorrection, d.MayDecideCorrection)
	}
	compared, err := f.store.CompareSubmissions(t.Context(), f.supervisor, f.taskOf("d1"), 1, 2)
	if err != nil || len(compared.Figures) != 1 || compared.Figures[0].New != "4" {
		t.Errorf("%+v, %v", compared, err)
	}

	f.clock.set(t, "2026-02-11 08:00")
	f.run(f.round)
	f.want("the reviewer is reminded", f.told("correction_reminder"), "mailbox so 02-11 08:00", "supervisor.so@dondoc.example 02-11 08:00")
	f.clock.set(t, "2026-02-11 09:00")
	k, err = f.settle(f.supervisor, k.ID, task.AcceptCorrection)
	if err != nil || k.Outcome != task.CorrectionAccepted || k.DecidedByName != watcherSo || k.Answer != "Đã đối chiếu." {
		t.Fatalf("%+v, %v", k, err)
	}
	f.want("it is in force, and nothing else has changed", []string{f.inForce(), f.stands("d1")}, "2: Số liệu đúng.", "accepted first 02-05 16:00")
	f.want("the unit is told at once", f.told("correction_accepted"), "focal_point.d1@dondoc.example 02-11 09:00", "head.d1@dondoc.example 02-11 09:00", "mailbox d1 02-11 09:00")
	f.want("nobody is reminded any more", f.strings(`SELECT code FROM steps WHERE anchor = 'correction' AND state = 'pending'`))
	f.want("history", f.actions(f.detail(f.focal, "d1")), "task.opened", "task.submitted", "task.accepted", "task.corrected", "task.correction_accepted")
	f.want("no words in the trail", f.strings(`SELECT id::text FROM audit WHERE after::text LIKE '%sót%' OR after::text LIKE '%Số liệu%' OR after::text LIKE '%đối chiếu%'`))
	f.clock.set(t, "2026-02-11 10:00")
	m, err := f.store.ReviewMeasures(t.Context(), f.supervisor, task.MeasureFilter{})
	if err != nil || len(m.Rows) != 1 || m.Rows[0].Decided != 2 || m.Rows[0].P90 != 2 {
		t.Errorf("%+v, %v", m.Rows, err)
	}
	if d := f.detail(f.focal, "d1"); d.Task.Status != task.DoneOnTime || !d.MayCorrect {
		t.Errorf("%s, %v", d.Task.Status, d.MayCorrect)
	}
}

func TestARefusedCorrectionLeavesTheEarlierVersion(t *testing.T) {
	f := accepted(t)
	k, err := f.correct(f.focal, "4")
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.store.DecideCorrection(t.Context(), f.supervisor, task.CorrectionAct{CorrectionID: k.ID, Decision: task.RefuseCorrection})
	wantFault(t, "without reason", err, fault.Invalid, "correction.answer")
	if _, err := f.settle(f.supervisor, k.ID, task.RefuseCorrection); err != nil {
		t.Fatal(err)
	}
	f.want("in force", []string{f.inForce()}, "1: Đã làm.")
	if b := f.detail(f.focal, "d1").Submissions[0]; b.Correction.Outcome != task.CorrectionRefused || b.Correction.Answer != "Đã đối chiếu." {
		t.Errorf("%+v", b.Correction)
	}
	f.want("told", f.told("correction_refused"), "focal_point.d1@dondoc.example 02-06 09:00", "head.d1@dondoc.example 02-06 09:00", "mailbox d1 02-06 09:00")
	_, err = f.settle(f.supervisor, k.ID, task.AcceptCorrection)
	wantFault(t, "decided twice", err, fault.Conflict, "correction.decided")
	if k, err = f.correct(f.head, "5"); err != nil || k.Number != 3 || k.Replaces != 1 {
		t.Errorf("another one: %+v, %v", k, err)
	}
}

func TestCorrectionsThatAreNotTaken(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-05 16:00")
	_, err := f.correct(f.focal, "4")
	wantFault(t, "nothing was sent", err, fault.Conflict, "correction.owed")
	f.send("d1")
	_, err = f.correct(f.focal, "4")
	wantFault(t, "it may be withdrawn", err, fault.Conflict, "correction.waiting_result")
	f.decide("d1", task.Accept)
	id := f.taskOf("d1")
	_, err = f.correct(f.supervisor, "4")
	wantFault(t, "the reviewer", err, fault.Forbidden, "task.not_yours")
	_, err = f.correct(f.other, "4")
	wantFault(t, "another district", err, fault.NotFound, "not_found")
	bad := correcting(id, "4")
	bad.Reason, bad.Narrative = " ", "hai\x00"
	_, err = f.store.Correct(t.Context(), f.focal, bad)
	if d := fault.Of(err); d == nil || len(d.Details) != 2 || d.Details[0].Field != "narrative" || d.Details[0].Line != 1 || d.Details[1].Field != "reason" {
		t.Errorf("every fault at once: %v", err)
	}
	strange := correcting(id, "4")
	strange.Figures[0].Indicator = "la"
	_, err = f.store.Correct(t.Context(), f.focal, strange)
	wantFault(t, "a figure nobody asked for", err, fault.Invalid, "submission.invalid")
	same := correcting(id, "")
	same.Narrative = "Đã làm."
	_, err = f.store.Correct(t.Context(), f.focal, same)
	wantFault(t, "the same again", err, fault.Invalid, "correction.same")
	old := correcting(id, "4")
	old.Version = 1
	_, err = f.store.Correct(t.Context(), f.focal, old)
	wantFault(t, "an old page", err, fault.Conflict, "task.changed")
	k, err := f.correct(f.focal, "4")
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.correct(f.head, "5")
	wantFault(t, "another one waits", err, fault.Conflict, "correction.open")
	_, err = f.settle(f.authority, k.ID, task.AcceptCorrection)
	wantFault(t, "the plan authority decides", err, fault.Forbidden, "task.not_reviewer")
	_, err = f.settle(f.focal, k.ID, task.AcceptCorrection)
	wantFault(t, "the unit decides", err, fault.Forbidden, "task.not_reviewer")
	_, err = f.settle(f.other, k.ID, task.AcceptCorrection)
	wantFault(t, "a stranger decides", err, fault.NotFound, "not_found")
	_, err = f.settle(f.supervisor, 99999, task.AcceptCorrection)
	wantFault(t, "no such correction", err, fault.NotFound, "not_found")
	_, err = f.settle(f.supervisor, k.ID, task.TakeBackCorrection)
	wantFault(t, "the reviewer takes it back", err, fault.Forbidden, "task.not_yours")
	if _, err = f.settle(f.focal, k.ID, task.TakeBackCorrection); err != nil {
		t.Fatal(err)
	}
	f.want("the reviewer need not read of it", f.strings(`SELECT id::text FROM notifications WHERE kind = 'correction_sent' AND dropped_at IS NULL`))
	f.want("in force", []string{f.inForce()}, "1: Đã làm.")
}

// A correction after the round's closing wakes the round's workflow for the
// reviewer's reminders, and closes nothing and opens nothing.
func TestACorrectionAfterTheClosingOpensNothing(t *testing.T) {
	f := accepted(t)
	f.clock.set(t, "2026-03-06 00:01")
	if turn := f.run(f.round); !turn.Ended {
		t.Fatalf("%+v", turn)
	}
	f.clock.set(t, "2026-04-01 09:00") // Wednesday
	f.exec(`DELETE FROM outbox`)
	k, err := f.correct(f.focal, "4")
	if err != nil {
		t.Fatal(err)
	}
	f.want("the workflow is called", f.strings(`SELECT workflow FROM outbox`), fmt.Sprintf("round:%d", f.round))
	turn := f.run(f.round)
	if turn.State != "closed" || turn.Ended || turn.NextAt.In(hanoi).Format("01-02 15:04") != "04-03 08:00" {
		t.Errorf("%+v", turn)
	}
	f.want("the others stay closed", []string{f.roundState(), f.stands("d2")}, "closed since 03-06 00:01", "open first never closed")
	f.clock.set(t, "2026-04-03 08:00")
	if turn = f.run(f.round); turn.Sent != 2 {
		t.Errorf("the reviewer is not reminded: %+v", turn)
	}
	f.exec(`DELETE FROM outbox`)
	if _, err := f.store.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.want("and is found again after a loss", f.strings(`SELECT workflow FROM outbox WHERE workflow = $1`, fmt.Sprintf("round:%d", f.round)), fmt.Sprintf("round:%d", f.round))
	f.clock.set(t, "2026-04-07 08:00")
	f.run(f.round)
	f.want("the head is told", f.told("correction_overdue"), "head.so@dondoc.example 04-07 08:00", "mailbox so 04-07 08:00", "supervisor.so@dondoc.example 04-07 08:00")
	if _, err := f.settle(f.supervisor, k.ID, task.AcceptCorrection); err != nil {
		t.Fatal(err)
	}
	if turn = f.run(f.round); !turn.Ended || turn.State != "closed" {
		t.Errorf("%+v", turn)
	}
}

// While the round is open a correction that waits does not hold its closing up,
// nor does the closing silence the reviewer's reminders.
func TestTheRoundClosesOverACorrection(t *testing.T) {
	f := accepted(t)
	f.exec(`UPDATE tasks SET state = 'waived', settled_at = opened_at WHERE agency_id <> (SELECT id FROM agencies WHERE code = 'd1')`)
	if _, err := f.correct(f.focal, "4"); err != nil {
		t.Fatal(err)
	}
	if turn := f.run(f.round); turn.State != "closed" || turn.Ended {
		t.Errorf("%+v", turn)
	}
	f.want("still to come", f.strings(`SELECT code FROM steps WHERE anchor = 'correction' AND state = 'pending' ORDER BY at`), "correction_reminder", "correction_overdue")
}

func TestReopeningSettlesACorrection(t *testing.T) {
	f := accepted(t)
	k, err := f.correct(f.focal, "4")
	if err != nil {
		t.Fatal(err)
	}
	f.clock.set(t, "2026-02-09 09:00")
	if _, err := f.reopen(f.supervisor, "d1"); err != nil {
		t.Fatal(err)
	}
	f.want("superseded", f.strings(`SELECT outcome FROM corrections`), "superseded")
	f.want("no reminders", f.strings(`SELECT code FROM steps WHERE anchor = 'correction' AND state = 'pending'`))
	_, err = f.settle(f.supervisor, k.ID, task.AcceptCorrection)
	wantFault(t, "decided after all", err, fault.Conflict, "correction.decided")
	f.want("nothing is in force while it is owed", []string{f.inForce()}, "none")
	f.send("d1")
	f.decide("d1", task.Accept)
	f.want("the newest", []string{f.inForce(), f.stands("d1")}, "3: Đã làm.", "accepted first 02-05 16:00")
}

func TestWithoutReviewACorrectionTakesEffectAtOnce(t *testing.T) {
	w, round := opened(t, func(p *plan.Plan) { p.Duties[0].Review.Mode = plan.ReviewNone })
	f := &followed{world: w, round: round, focal: w.actor(focalD1), supervisor: w.actor(watcherSo)}
	f.clock.set(t, "2026-02-05 16:00")
	if _, err := f.store.Submit(t.Context(), f.focal, task.SubmitInput{TaskID: f.taskOf("d1"), Kind: task.NilReturn}); err != nil {
		t.Fatal(err)
	}
	f.clock.set(t, "2026-02-05 16:10")
	_, err := f.correct(f.focal, "4")
	wantFault(t, "it can be undone", err, fault.Conflict, "correction.undo")
	f.clock.set(t, "2026-02-05 16:11")
	k, err := f.correct(f.focal, "4")
	if err != nil || k.Outcome != task.CorrectionAccepted || k.DecidedAt == nil || k.DecidedByName != "" {
		t.Fatalf("%+v, %v", k, err)
	}
	f.want("in force", []string{f.inForce(), f.stands("d1")}, "2: Số liệu đúng.", "submitted first 02-05 16:00")
	f.want("told in the morning", f.told("corrected"), "mailbox so 02-06 08:00", "supervisor.so@dondoc.example 02-06 08:00")
	_, err = f.store.Withdraw(t.Context(), f.focal, task.WithdrawInput{TaskID: f.taskOf("d1")})
	wantFault(t, "withdrawn", err, fault.Conflict, "withdraw.corrected")
	if d := f.detail(f.focal, "d1"); d.MayWithdraw || d.Task.Status != task.DoneOnTime || !d.Task.SubmittedAt.Equal(at(t, "2026-02-05 16:00")) {
		t.Errorf("%+v", d.Task)
	}
	// A correction of a correction, to "nothing to report", is undone by another one alone.
	back := task.CorrectInput{TaskID: f.taskOf("d1"), Reason: "Không có vụ nào", Content: task.Content{Kind: task.NilReturn}}
	if k, err = f.store.Correct(t.Context(), f.focal, back); err != nil || k.Replaces != 2 {
		t.Fatalf("%+v, %v", k, err)
	}
	if k, err = f.correct(f.focal, "4"); err != nil || k.Replaces != 3 || k.Number != 4 {
		t.Errorf("%+v, %v", k, err)
	}
}

func TestACorrectionIsAcceptedByItselfAsResultsAre(t *testing.T) {
	w, round := opened(t, func(p *plan.Plan) { p.Duties[0].Review = plan.Review{Mode: plan.ReviewAutomatic, AfterWorkingDays: 2} })
	f := &followed{world: w, round: round, focal: w.actor(focalD1), supervisor: w.actor(watcherSo)}
	f.clock.set(t, "2026-02-05 16:00")
	f.send("d1")
	f.clock.set(t, "2026-02-09 17:00")
	f.run(round)
	if _, err := f.correct(f.focal, "4"); err != nil {
		t.Fatal(err)
	}
	f.want("waits", []string{f.stands("d1"), f.inForce()}, "accepted first 02-05 16:00", "1: Đã làm.")
	f.clock.set(t, "2026-02-11 16:59")
	f.run(round)
	f.want("still", []string{f.inForce()}, "1: Đã làm.")
	f.clock.set(t, "2026-02-11 17:00")
	f.run(round)
	f.run(round)
	f.want("in force", []string{f.inForce()}, "2: Số liệu đúng.")
	f.want("told once", f.told("correction_accepted"), "focal_point.d1@dondoc.example 02-11 17:00", "head.d1@dondoc.example 02-11 17:00", "mailbox d1 02-11 17:00")
}

func TestWithTwoSignaturesTheHeadCorrects(t *testing.T) {
	f := accepted(t)
	if _, err := f.twoSignatures("d1", true); err != nil {
		t.Fatal(err)
	}
	_, err := f.correct(f.focal, "4")
	wantFault(t, "the focal point", err, fault.Forbidden, "correction.head")
	if f.detail(f.focal, "d1").MayCorrect || !f.detail(f.head, "d1").MayCorrect {
		t.Error("the page offers it to the wrong person")
	}
	k, err := f.correct(f.head, "4")
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.settle(f.focal, k.ID, task.TakeBackCorrection)
	wantFault(t, "taken back by the focal point", err, fault.Forbidden, "correction.head")
}

// A closed plan takes no correction, and what waits then stays undecided.
func TestAClosedPlanTakesNoCorrection(t *testing.T) {
	f := accepted(t)
	k, err := f.correct(f.focal, "4")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.store.ClosePlan(t.Context(), f.authority, f.plan.ID, f.plan.Version, amendment.Closing{}); err != nil {
		t.Fatal(err)
	}
	_, err = f.settle(f.supervisor, k.ID, task.AcceptCorrection)
	wantFault(t, "decided", err, fault.Conflict, "plan.not_active")
	_, err = f.correct(f.focal, "5")
	wantFault(t, "another", err, fault.Conflict, "plan.not_active")
	if page, err := f.store.ListCorrections(t.Context(), f.supervisor, 0, ""); err != nil || len(page.Corrections) != 0 {
		t.Errorf("%+v, %v", page, err)
	}
	f.want("in force", []string{f.inForce()}, "1: Đã làm.")
}

// What passes an agency is corrected past it: it is told, and the version that
// was passed on is not held again.
func TestTheAgencyBetweenIsToldOfACorrection(t *testing.T) {
	r := newRouted(t, nil)
	r.clock.set(t, "2026-02-05 09:00")
	r.send("d1")
	_, err := r.correct(r.focal, "4")
	wantFault(t, "still on its way", err, fault.Conflict, "correction.held")
	if _, err := r.forward(r.clerk, task.Forward, ""); err != nil {
		t.Fatal(err)
	}
	r.decide("d1", task.Accept)
	if _, err := r.correct(r.focal, "4"); err != nil {
		t.Fatal(err)
	}
	r.want("told", r.told("corrected"), "focal_point.cc@dondoc.example 02-06 08:00", "mailbox cc 02-06 08:00")
	if d := r.detail(r.clerk, "d1"); d.Task.Held || d.MayForward {
		t.Errorf("held %v, may forward %v", d.Task.Held, d.MayForward)
	}
}
