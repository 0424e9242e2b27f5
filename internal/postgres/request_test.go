package postgres_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/idempotency"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// asks is a world with an open round, people who ask, give opinions and decide,
// on Tuesday 20 January; the reports are due by the end of Thursday 5 February.
type asks struct {
	*world
	round                        int64
	focal, supervisor, authority policy.Actor
}

func newAsks(t *testing.T, change func(*plan.Plan)) *asks {
	w := newWorld(t, change)
	w.person("head", "tinh")
	w.activate()
	a := &asks{world: w, round: w.openRound()}
	a.focal, a.supervisor = w.actor("focal_point.d1@dondoc.example"), w.actor("supervisor.so@dondoc.example")
	a.authority = w.actor("plan_authority.tinh@dondoc.example")
	w.run(a.round)
	w.clock.set(t, "2026-01-20 09:00")
	return a
}

func (w *world) person(role, agency string) policy.Actor {
	w.t.Helper()
	email := role + "." + agency + "@dondoc.example"
	w.exec(`WITH u AS (INSERT INTO users (email, name, created_at) VALUES ($1, $1, $3) RETURNING id)
		INSERT INTO memberships (user_id, agency_id, role, valid_from_on) SELECT u.id, a.id, split_part($2, '+', 1), '2020-01-01' FROM u, agencies a WHERE a.code = $4`,
		email, role, time.Now(), agency)
	return w.actor(email)
}

func (w *world) agency(code string) int64 {
	w.t.Helper()
	var id int64
	if err := w.db.GetContext(w.t.Context(), &id, `SELECT id FROM agencies WHERE code = $1`, code); err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (a *asks) extension(day int) request.AskInput {
	return request.AskInput{TaskID: a.taskOf("d1"), Kind: request.Extension, Text: "Chờ số liệu của xã", ProposedOn: calendar.NewDate(2026, 2, day)}
}

func (a *asks) ask(actor policy.Actor, in request.AskInput) request.Request {
	a.t.Helper()
	receipt, err := a.store.AskRequest(a.t.Context(), actor, in)
	if err != nil {
		a.t.Fatal(err)
	}
	return receipt.Requests[0]
}

func (a *asks) decide(actor policy.Actor, act request.Act) request.Request {
	a.t.Helper()
	receipt, err := a.store.DecideRequest(a.t.Context(), actor, act)
	if err != nil {
		a.t.Fatal(err)
	}
	return receipt.Requests[0]
}

func (a *asks) turn(id int64) request.Turn {
	a.t.Helper()
	turn, err := a.store.RunRequest(a.t.Context(), id)
	if err != nil {
		a.t.Fatal(err)
	}
	return turn
}

func (a *asks) refused(what string, err error, kind fault.Kind, code string) {
	a.t.Helper()
	if f := fault.Of(err); f == nil || f.Kind != kind || f.Code != code {
		a.t.Errorf("%s: got %v, want %s %s", what, err, kind, code)
	}
}

// told lists the notices of a kind, by whom they reach and whether at once.
func (a *asks) told(kind string) []string {
	return a.strings(`SELECT COALESCE(u.email, 'mailbox ' || m.code) || CASE WHEN n.deliver_at = n.created_at THEN ' now' ELSE '' END
		FROM notifications n LEFT JOIN users u ON u.id = n.user_id LEFT JOIN agencies m ON m.id = n.mailbox_agency_id WHERE n.kind = $1 ORDER BY 1`, kind)
}

const dates = `SELECT to_char(due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD HH24:MI') || ' original ' ||
	to_char(original_due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD HH24:MI') || ' version ' || due_version FROM tasks WHERE id = $1`

func TestExtensionGrantedMovesTheDateAndItsLadder(t *testing.T) {
	a := newAsks(t, nil)
	q := a.ask(a.focal, a.extension(12))
	if q.ToAgencyID != a.agency("tinh") || !q.DueAt.Equal(time.Date(2026, 2, 5, 17, 0, 0, 0, time.UTC)) {
		t.Errorf("asked of %d until %s", q.ToAgencyID, q.DueAt)
	}
	a.want("who decides is told in the morning", a.told("request_asked"), "plan_authority.tinh@dondoc.example")
	a.want("who may give an opinion too", a.told("request_opinion"), "mailbox so", "supervisor.so@dondoc.example")
	if _, err := a.store.OpineOnRequest(t.Context(), a.supervisor, request.Act{ID: q.ID, Grant: true, Text: "Đồng ý"}); err != nil {
		t.Fatal(err)
	}
	a.clock.set(t, "2026-01-22 10:00")
	granted := a.decide(a.authority, request.Act{ID: q.ID, Version: q.Version, Grant: true, On: calendar.NewDate(2026, 2, 11)})
	if granted.State != request.Granted || granted.GrantedOn != calendar.NewDate(2026, 2, 11) {
		t.Errorf("decided %+v", granted)
	}
	a.want("due time", a.strings(dates, q.TaskID), "2026-02-12 00:00 original 2026-02-06 00:00 version 2")
	a.want("who asked is told at once", a.told("request_decided"), "focal_point.d1@dondoc.example now", "mailbox d1 now")
	detail, err := a.store.TaskDetail(t.Context(), a.focal, q.TaskID)
	if err != nil {
		t.Fatal(err)
	}
	notes := detail.Task.Derivation.Notes
	if last := notes[len(notes)-1]; last.Kind != "extended" || last.VI != "UBND tỉnh" || last.Date != calendar.NewDate(2026, 2, 11) {
		t.Errorf("derivation %+v", notes)
	}
	var history []string
	for _, e := range detail.History {
		history = append(history, e.Action)
	}
	a.want("history", history, "task.opened", "task.extension_asked", "task.extension_opinion", "task.due_moved", "task.extension_granted")

	// Around the old date nobody reminds d1; before the new one somebody does, once.
	for _, at := range []string{"2026-02-04 08:00", "2026-02-05 08:00", "2026-02-06 08:00"} {
		a.clock.set(t, at)
		a.run(a.round)
	}
	const remindedD1 = `SELECT n.kind FROM notifications n JOIN tasks t ON t.id = n.task_id JOIN agencies a ON a.id = t.agency_id
		WHERE a.code = 'd1' AND n.step_id IS NOT NULL AND n.user_id IS NOT NULL AND n.kind <> 'opening' ORDER BY n.id`
	a.want("no reminder of the old ladder", a.strings(remindedD1))
	a.clock.set(t, "2026-02-10 08:00")
	a.run(a.round)
	a.want("reminded of the new date", a.strings(remindedD1), "reminder")

	// Late by the original date, on time by the one that was granted: both rates can be told.
	a.clock.set(t, "2026-02-10 10:00")
	if _, err := a.store.Submit(t.Context(), a.focal, task.SubmitInput{TaskID: q.TaskID, Kind: task.NilReturn}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.store.Review(t.Context(), a.supervisor, task.ReviewInput{TaskID: q.TaskID, Decision: task.Accept}); err != nil {
		t.Fatal(err)
	}
	if detail, err = a.store.TaskDetail(t.Context(), a.focal, q.TaskID); err != nil || detail.Task.Status != task.DoneOnTime {
		t.Errorf("status %s, %v", detail.Task.Status, err)
	}
	a.want("against the original date", a.strings(`SELECT (first_submitted_at <= original_due_at)::text FROM tasks WHERE id = $1`, q.TaskID), "false")
}

func TestUndecidedExtensionLapsesAtTheDueTime(t *testing.T) {
	a := newAsks(t, nil)
	q := a.ask(a.focal, a.extension(12))
	reminder := a.turn(q.ID)
	if !reminder.NextAt.Equal(time.Date(2026, 2, 4, 1, 0, 0, 0, time.UTC)) {
		t.Errorf("next at %s, want one working day before at 08:00", reminder.NextAt)
	}
	a.clock.set(t, "2026-02-04 08:00")
	lapse := a.turn(q.ID)
	a.want("who decides is reminded", a.told("request_reminder"), "plan_authority.tinh@dondoc.example now")
	if !lapse.NextAt.Equal(q.DueAt) {
		t.Errorf("next at %s, want the due time %s", lapse.NextAt, q.DueAt)
	}
	a.clock.set(t, "2026-02-05 23:59")
	if a.turn(q.ID).Ended {
		t.Fatal("lapsed before the due time")
	}
	a.clock.set(t, "2026-02-06 00:00")
	_, err := a.store.DecideRequest(t.Context(), a.authority, request.Act{ID: q.ID, Grant: true})
	a.refused("a decision at the due time, before the lapse was noted", err, fault.Conflict, "request.lapsed")
	if turn := a.turn(q.ID); !turn.Ended || turn.State != request.Lapsed {
		t.Fatalf("turn %+v", turn)
	}
	a.turn(q.ID)
	a.want("who asked", a.told("request_lapsed"), "focal_point.d1@dondoc.example now", "mailbox d1 now")
	a.want("the decider's head, once", a.told("request_undecided"), "head.tinh@dondoc.example")
	a.want("the date stands", a.strings(dates, q.TaskID), "2026-02-06 00:00 original 2026-02-06 00:00 version 1")
	_, err = a.store.DecideRequest(t.Context(), a.authority, request.Act{ID: q.ID, Grant: true})
	a.refused("a decision afterwards", err, fault.Conflict, "request.state")
}

func TestOfTwoDecidersOneWins(t *testing.T) {
	a := newAsks(t, nil)
	second := a.person("plan_authority+2", "tinh")
	q := a.ask(a.focal, a.extension(12))
	acts := []request.Act{{ID: q.ID, Version: q.Version, Grant: true}, {ID: q.ID, Version: q.Version, Text: "Không đủ lý do"}}
	errs := make([]error, len(acts))
	var both sync.WaitGroup
	for i, actor := range []policy.Actor{a.authority, second} {
		both.Go(func() { _, errs[i] = a.store.DecideRequest(context.Background(), actor, acts[i]) })
	}
	both.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !fault.Is(err, fault.Conflict) {
			t.Errorf("lost with %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d decisions were taken: %v", won, errs)
	}
	a.want("one outcome", a.strings(`SELECT count(*)::text FROM request_events WHERE action IN ('granted', 'refused')`), "1")
}

func TestWhoMayNotAskOrDecide(t *testing.T) {
	a := newAsks(t, nil)
	foreign := a.actor("focal_point.d2@dondoc.example")
	ask := func(actor policy.Actor, change func(*request.AskInput)) error {
		in := a.extension(12)
		change(&in)
		_, err := a.store.AskRequest(t.Context(), actor, in)
		return err
	}
	same := func(*request.AskInput) {}
	a.refused("another unit asks", ask(foreign, same), fault.NotFound, "not_found")
	a.refused("the supervisor asks", ask(a.supervisor, same), fault.Forbidden, "request.not_yours")
	a.refused("without a reason", ask(a.focal, func(in *request.AskInput) { in.Text = " " }), fault.Invalid, "request.text")
	a.refused("without a day", ask(a.focal, func(in *request.AskInput) { in.ProposedOn = calendar.Date{} }), fault.Invalid, "request.proposed_on")
	a.refused("to the due day itself", ask(a.focal, func(in *request.AskInput) { in.ProposedOn = calendar.NewDate(2026, 2, 5) }), fault.Invalid, "request.not_later")
	a.refused("an unknown kind", ask(a.focal, func(in *request.AskInput) { in.Kind = "leave" }), fault.Invalid, "request.kind")

	receipt, err := a.store.AskRequest(t.Context(), a.focal, a.extension(14)) // a Saturday
	if err != nil || len(receipt.Warnings) != 1 || receipt.Warnings[0].Code != "request.day_off" {
		t.Fatalf("warnings %+v, %v", receipt.Warnings, err)
	}
	q := receipt.Requests[0]
	a.refused("a second one meanwhile", ask(a.focal, same), fault.Conflict, "request.open")
	_, err = a.store.FindRequest(t.Context(), foreign, q.ID)
	a.refused("another unit reads", err, fault.NotFound, "not_found")
	_, err = a.store.DecideRequest(t.Context(), foreign, request.Act{ID: q.ID, Grant: true})
	a.refused("another unit decides", err, fault.NotFound, "not_found")
	_, err = a.store.DecideRequest(t.Context(), a.supervisor, request.Act{ID: q.ID, Grant: true})
	a.refused("the supervisor decides", err, fault.Forbidden, "request.not_yours")
	_, err = a.store.DecideRequest(t.Context(), a.focal, request.Act{ID: q.ID, Grant: true})
	a.refused("who asked decides", err, fault.Forbidden, "request.not_yours")
	_, err = a.store.DecideRequest(t.Context(), a.authority, request.Act{ID: q.ID})
	a.refused("refused without a reason", err, fault.Invalid, "request.text")
	_, err = a.store.DecideRequest(t.Context(), a.authority, request.Act{ID: q.ID, Text: "x", On: calendar.NewDate(2026, 2, 13)})
	a.refused("refused with a day", err, fault.Invalid, "request.no_day")
	_, err = a.store.DecideRequest(t.Context(), a.authority, request.Act{ID: q.ID, Version: 7, Grant: true})
	a.refused("another version", err, fault.Conflict, "request.changed")
	for actor, want := range map[string]int{"plan_authority.tinh": 1, "supervisor.so": 0, "focal_point.d1": 0, "focal_point.d2": 0} {
		page, err := a.store.ListRequests(t.Context(), a.actor(actor+"@dondoc.example"), request.Filter{ToDecide: true})
		if err != nil || len(page.Requests) != want {
			t.Errorf("%d requests wait for %s, want %d: %v", len(page.Requests), actor, want, err)
		}
	}
	mine, err := a.store.ListRequests(t.Context(), a.focal, request.Filter{Mine: true, TaskID: q.TaskID, Open: true})
	if err != nil || len(mine.Requests) != 1 || !mine.Requests[0].MayWithdraw || mine.Requests[0].MayDecide {
		t.Errorf("mine %+v, %v", mine, err)
	}

	// Two are granted; a third is not taken.
	a.decide(a.authority, request.Act{ID: q.ID, Grant: true})
	again := a.ask(a.focal, a.extension(24))
	a.decide(a.authority, request.Act{ID: again.ID, Grant: true})
	a.refused("a third", ask(a.focal, func(in *request.AskInput) { in.ProposedOn = calendar.NewDate(2026, 2, 27) }), fault.Conflict, "request.limit")
	a.clock.set(t, "2026-02-06 00:00")
	in := a.extension(12)
	in.TaskID = a.taskOf("d2")
	_, err = a.store.AskRequest(t.Context(), foreign, in)
	a.refused("after the due time", err, fault.Conflict, "request.after_due")
}

func TestARepeatedAskAsksOnce(t *testing.T) {
	a := newAsks(t, nil)
	ctx := idempotency.With(t.Context(), idempotency.Key{Value: "khoa-0002", RequestHash: []byte{1}})
	first, err := a.store.AskRequest(ctx, a.focal, a.extension(12))
	if err != nil {
		t.Fatal(err)
	}
	again, err := a.store.AskRequest(ctx, a.focal, a.extension(12))
	if err != nil || again.Requests[0].ID != first.Requests[0].ID {
		t.Errorf("repeat: %+v, %v", again, err)
	}
	a.want("asked", a.strings(`SELECT count(*)::text FROM requests`), "1")
	a.want("the trail has no text", a.strings(`SELECT count(*)::text FROM audit WHERE after::text LIKE '%số liệu%'`), "0")
}

func TestWhoReturnedDecidesOnThatDate(t *testing.T) {
	a := newAsks(t, nil)
	id := a.taskOf("d1")
	if _, err := a.store.Submit(t.Context(), a.focal, task.SubmitInput{TaskID: id, Kind: task.NilReturn}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.store.Review(t.Context(), a.supervisor, task.ReviewInput{TaskID: id, Decision: task.Return, Reason: "Thiếu"}); err != nil {
		t.Fatal(err)
	}
	in := a.extension(2)
	in.ProposedOn = calendar.NewDate(2026, 1, 30) // three working days were given: until Friday the 23rd
	q := a.ask(a.focal, in)
	_, err := a.store.DecideRequest(t.Context(), a.authority, request.Act{ID: q.ID, Grant: true})
	a.refused("the plan authority", err, fault.Forbidden, "request.not_yours")
	a.decide(a.supervisor, request.Act{ID: q.ID, Grant: true})
	a.want("only the date to send it again moves", a.strings(`SELECT to_char(due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD') || ' ' ||
		to_char(resubmit_due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD') FROM tasks WHERE id = $1`, id), "02-06 01-31")
}

func TestAnExtensionFollowsTheDateThatItIsAbout(t *testing.T) {
	a := newAsks(t, nil)
	q := a.ask(a.focal, a.extension(24))
	a.clock.set(t, "2026-02-02 09:00")
	suspended, err := a.store.SuspendPlan(t.Context(), a.authority, a.plan.ID, a.plan.Version)
	if err != nil {
		t.Fatal(err)
	}
	a.clock.set(t, "2026-02-09 09:00")
	if turn := a.turn(q.ID); turn.Ended || !turn.NextAt.IsZero() {
		t.Errorf("suspended time was counted: %+v", turn)
	}
	if _, err := a.store.ResumePlan(t.Context(), a.authority, a.plan.ID, suspended.Version); err != nil {
		t.Fatal(err)
	}
	a.want("told to look again", a.strings(`SELECT DISTINCT workflow FROM outbox WHERE workflow LIKE 'request:%' AND kind = 'task.due_moved'`), "request:1")
	if turn := a.turn(q.ID); turn.Ended {
		t.Errorf("lapsed at a due time that has moved: %+v", turn)
	}
	a.clock.set(t, "2026-02-13 00:00")
	if turn := a.turn(q.ID); turn.State != request.Lapsed {
		t.Errorf("not lapsed at the new due time: %+v", turn)
	}
}

func TestASubmittedResultMakesItsExtensionNeedless(t *testing.T) {
	a := newAsks(t, nil)
	q := a.ask(a.focal, a.extension(12))
	if _, err := a.store.Submit(t.Context(), a.focal, task.SubmitInput{TaskID: q.TaskID, Kind: task.NilReturn}); err != nil {
		t.Fatal(err)
	}
	_, err := a.store.DecideRequest(t.Context(), a.authority, request.Act{ID: q.ID, Grant: true})
	a.refused("granting it", err, fault.Conflict, "request.moot")
	if turn := a.turn(q.ID); !turn.Ended || turn.State != request.Closed {
		t.Errorf("turn %+v", turn)
	}
	a.want("nobody is reminded", append(a.told("request_reminder"), a.told("request_lapsed")...))
}
