package postgres_test

import (
	"testing"

	"dondoc/internal/agency"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

const headD1 = "head.d1@dondoc.example"

// administrator is an account that manages agencies.
func (w *world) administrator() policy.Actor {
	w.t.Helper()
	w.exec(`WITH u AS (INSERT INTO users (email, name, created_at) VALUES ('qt@dondoc.example', 'Quản trị', '2020-01-01') ON CONFLICT DO NOTHING RETURNING id)
		INSERT INTO memberships (user_id, agency_id, role, valid_from_on) SELECT u.id, a.id, 'administrator', '2020-01-01' FROM u, agencies a WHERE a.code = 'tinh'`)
	return w.actor("qt@dondoc.example")
}

func (w *world) twoSignatures(code string, required bool) (agency.Agency, error) {
	w.t.Helper()
	var id int64
	if err := w.db.GetContext(w.t.Context(), &id, `SELECT id FROM agencies WHERE code = $1`, code); err != nil {
		w.t.Fatal(err)
	}
	return w.store.SetTwoSignatures(w.t.Context(), w.administrator(), id, 0, required)
}

func (w *world) decide(email string, decision task.PreparationDecision) (task.Receipt, error) {
	w.t.Helper()
	return w.store.DecidePreparation(w.t.Context(), w.actor(email), task.PreparationInput{TaskID: w.taskOf("d1"), Decision: decision, Reason: "Sửa số vụ"})
}

func TestTheHeadSignsBeforeItCounts(t *testing.T) {
	w, round := opened(t, nil)
	if changed, err := w.twoSignatures("d1", true); err != nil || !changed.TwoSignatures || changed.Version != 2 {
		t.Fatalf("%+v, %v", changed, err)
	}
	w.clock.set(t, "2026-02-04 16:00")
	waits := w.submit(focalD1, "d1", "Lần một")
	if waits.Task.State != task.StatePrepared || waits.Number != 0 || waits.Task.Status != task.NotDoneInTime {
		t.Errorf("receipt %+v", waits)
	}
	w.want("the trail, which others read too, holds nothing of it", w.strings(`SELECT DISTINCT key FROM audit, jsonb_object_keys(after) AS key
		WHERE action = 'task.prepared' ORDER BY 1`), "figures_sha256", "state", "text_sha256")
	w.want("the head reads it in the morning", w.strings(`SELECT COALESCE(u.email, 'mailbox') || to_char(deliver_at AT TIME ZONE 'Asia/Ho_Chi_Minh', ' MM-DD HH24:MI')
		FROM notifications n LEFT JOIN users u ON u.id = n.user_id WHERE kind = 'prepared' ORDER BY 1`), headD1+" 02-05 08:00", "mailbox 02-05 08:00")
	w.clock.set(t, "2026-02-05 08:00")
	w.run(round)
	w.want("still reminded: it is owed", w.strings(`SELECT s.code FROM steps s WHERE s.task_id = $1 AND s.state = 'done' AND anchor = 'due'`, w.taskOf("d1")), "due_today")

	_, err := w.store.Submit(t.Context(), w.actor(focalD1), task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.NilReturn})
	w.refused(err, "task.prepared")
	_, err = w.decide(focalD1, task.Approve)
	w.refused(err, "task.not_head")
	_, err = w.decide("focal_point.d2@dondoc.example", task.Approve)
	w.refused(err, "not_found")
	_, err = w.decide(watcherSo, task.TakeBack)
	w.refused(err, "task.not_yours")
	_, err = w.store.FindPreparation(t.Context(), w.actor(watcherSo), w.taskOf("d1"))
	w.refused(err, "not_found")
	if p, err := w.store.FindPreparation(t.Context(), w.actor(headD1), w.taskOf("d1")); err != nil || p.Narrative != "Lần một" || p.PreparedByName != focalD1 {
		t.Errorf("%+v, %v", p, err)
	}
	if d := w.detail(headD1, "d1"); !d.MayApprove || !d.MayTakeBack || d.MaySubmit {
		t.Errorf("head %+v", d)
	}
	if d := w.detail(focalD1, "d1"); d.MayApprove || !d.MayTakeBack {
		t.Errorf("focal point %+v", d)
	}

	// Prepared in time, approved late: the approval counts.
	w.clock.set(t, "2026-02-06 09:00")
	sent, err := w.decide(headD1, task.Approve)
	if err != nil || sent.Task.Status != task.WaitingLate || sent.Number != 1 {
		t.Fatalf("%+v, %v", sent, err)
	}
	d := w.detail(watcherSo, "d1")
	if b := d.Submissions[0]; b.SubmittedByName != headD1 || b.PreparedByName != focalD1 || b.Narrative != "Lần một" || !d.MayReview {
		t.Errorf("%+v", b)
	}
	_, err = w.decide(headD1, task.Approve)
	w.refused(err, "task.not_prepared")

	// What the head has signed only the head takes back, to where it was before it was prepared.
	_, err = w.store.Withdraw(t.Context(), w.actor(focalD1), task.WithdrawInput{TaskID: w.taskOf("d1")})
	w.refused(err, "task.not_head")
	if back := w.withdraw(headD1, "d1"); back.Task.State != task.StateOpen {
		t.Errorf("%+v", back)
	}
}

func TestGivenBackAndTakenBack(t *testing.T) {
	w, _ := opened(t, nil)
	if _, err := w.twoSignatures("d1", true); err != nil {
		t.Fatal(err)
	}
	w.clock.set(t, "2026-02-05 10:00")
	w.submit(focalD1, "d1", "Lần một")
	w.want("due today: the head is told at once", w.strings(`SELECT DISTINCT (deliver_at = created_at)::text FROM notifications WHERE kind = 'prepared'`), "true")
	_, err := w.store.DecidePreparation(t.Context(), w.actor(headD1), task.PreparationInput{TaskID: w.taskOf("d1"), Decision: task.GiveBack})
	w.refused(err, "preparation.reason")
	if back, err := w.decide(headD1, task.GiveBack); err != nil || back.Task.State != task.StateOpen {
		t.Fatalf("%+v, %v", back, err)
	}
	w.want("the focal point is told at once", w.strings(`SELECT u.email FROM notifications n JOIN users u ON u.id = n.user_id
		WHERE kind = 'given_back' AND n.deliver_at = n.created_at AND n.standing`), focalD1)
	draft, err := w.store.FindDraft(t.Context(), w.actor(focalD1), w.taskOf("d1"))
	if err != nil || draft.Narrative != "Lần một" {
		t.Errorf("what was written is the draft again: %+v, %v", draft, err)
	}
	w.submit(focalD1, "d1", "Lần hai")
	if back, err := w.decide(focalD1, task.TakeBack); err != nil || back.Task.State != task.StateOpen {
		t.Fatalf("%+v, %v", back, err)
	}
	// The head's own goes straight through.
	if sent := w.submit(headD1, "d1", "Thủ trưởng gửi"); sent.Task.State != task.StateSubmitted || sent.Task.Status != task.Waiting {
		t.Errorf("%+v", sent)
	}
	w.want("history", w.strings(`SELECT action FROM audit WHERE entity = 'task' AND entity_id = $1 ORDER BY id`, w.taskOf("d1")),
		"task.opened", "task.prepared", "task.given_back", "task.prepared", "task.taken_back", "task.submitted")
	w.want("outcomes", w.strings(`SELECT outcome || ' ' || reason FROM preparations ORDER BY id`), "given_back Sửa số vụ", "taken_back Sửa số vụ")
	w.want("the trail holds no text", w.strings(`SELECT id::text FROM audit WHERE after::text LIKE '%Sửa số%' OR after::text LIKE '%Lần%'`))
}

func TestAReturnedReportIsGivenBackToReturned(t *testing.T) {
	w, _ := opened(t, nil)
	w.clock.set(t, "2026-02-03 10:00")
	w.submit(headD1, "d1", "Lần một")
	if _, err := w.store.Review(t.Context(), w.actor(watcherSo), task.ReviewInput{TaskID: w.taskOf("d1"), Decision: task.Return, Reason: "Thiếu"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.twoSignatures("d1", true); err != nil {
		t.Fatal(err)
	}
	w.clock.set(t, "2026-02-04 10:00")
	w.submit(focalD1, "d1", "Lần hai")
	if back, err := w.decide(headD1, task.GiveBack); err != nil || back.Task.State != task.StateReturned {
		t.Fatalf("%+v, %v", back, err)
	}
	w.submit(focalD1, "d1", "Lần ba")
	// It was to be sent again by the end of the 6th; the due time before, the 5th, says nothing any more.
	w.clock.set(t, "2026-02-06 10:00")
	w.want("overdue while it waits for the head", w.listed(watcherSo, task.Filter{Overdue: true}), "d2", "d3")
	one := w.detail(focalD1, "d1").Task
	if one.Status != task.NotDoneInTime || !one.EffectiveDueAt.Equal(*one.ResubmitDueAt) || one.Derivation.Notes[0].Kind != "resubmit" {
		t.Errorf("%+v", one)
	}
	if board, err := w.store.Board(t.Context(), w.actor(authority), task.BoardFilter{}); err != nil || board.Counts.NotDoneOverdue != 2 || board.Counts.NotDoneInTime != 1 {
		t.Errorf("%+v, %v", board.Counts, err)
	}
	w.clock.set(t, "2026-02-04 10:00")
	if sent, err := w.decide(headD1, task.Approve); err != nil || sent.Number != 2 || sent.Task.Status != task.Waiting {
		t.Fatalf("%+v, %v", sent, err)
	}
	if back := w.withdraw(headD1, "d1"); back.Task.State != task.StateReturned {
		t.Errorf("%+v", back.Task)
	}
}

func TestTwoSignaturesNeedAHead(t *testing.T) {
	w, _ := opened(t, nil)
	_, err := w.twoSignatures("d3", true)
	w.refused(err, "agency.no_head")
	_, err = w.store.SetTwoSignatures(t.Context(), w.actor(headD1), 1, 0, true)
	w.refused(err, "not_found")
	_, err = w.store.SetTwoSignatures(t.Context(), w.administrator(), 1, 7, false)
	w.refused(err, "agency.changed")
	for range 2 {
		if _, err := w.twoSignatures("d1", true); err != nil {
			t.Fatal(err)
		}
	}
	w.want("written down once", w.strings(`SELECT before::text || after::text FROM audit WHERE action = 'agency.two_signatures'`),
		`{"two_signatures": false}{"two_signatures": true}`)
}
