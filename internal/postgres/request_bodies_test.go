package postgres_test

import (
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

func (a *asks) answer(actor policy.Actor, id int64, text string) request.Request {
	a.t.Helper()
	receipt, err := a.store.AnswerRequest(a.t.Context(), actor, request.Act{ID: id, Text: text})
	if err != nil {
		a.t.Fatal(err)
	}
	return receipt.Requests[0]
}

// listsWhatCanBeRead walks all people: who finds a request has it in their list, nobody else.
func (a *asks) listsWhatCanBeRead(q request.Request) {
	a.t.Helper()
	readers := 0
	for _, email := range a.strings(`SELECT email FROM users`) {
		actor := a.actor(email)
		_, err := a.store.FindRequest(a.t.Context(), actor, q.ID)
		page, listErr := a.store.ListRequests(a.t.Context(), actor, request.Filter{TaskID: q.TaskID})
		if listErr != nil || len(page.Requests) > 1 || (err == nil) != (len(page.Requests) == 1) {
			a.t.Errorf("%s finds it: %v, lists %d: %v", email, err, len(page.Requests), listErr)
		}
		if err == nil {
			readers++
		}
	}
	if readers == 0 || readers == len(a.strings(`SELECT email FROM users`)) {
		a.t.Errorf("%d people read it", readers)
	}
}

func TestALateUnitExplainsItself(t *testing.T) {
	a := newAsks(t, nil)
	ctx := t.Context()
	demand := request.AskInput{TaskID: a.taskOf("d1"), Kind: request.Explanation, Text: "Vì sao chậm"}
	_, err := a.store.AskRequest(ctx, a.supervisor, demand)
	a.refused("of a unit that is not late", err, fault.Conflict, "request.not_late")
	a.clock.set(t, "2026-02-06 09:00")
	_, err = a.store.AskRequest(ctx, a.focal, demand)
	a.refused("by the unit itself", err, fault.Forbidden, "request.not_yours")
	q := a.ask(a.supervisor, demand)
	if got := q.DueAt.In(hanoi).Format("2006-01-02 15:04"); got != "2026-02-12 00:00" {
		t.Errorf("due %s, want the end of the third working day after Friday the 6th", got)
	}
	a.want("the unit is told", a.told("request_asked"), "focal_point.d1@dondoc.example", "head.d1@dondoc.example", "mailbox d1")
	a.clock.set(t, "2026-02-10 08:00")
	a.turn(q.ID)
	a.want("reminded", a.told("request_reminder"), "focal_point.d1@dondoc.example now", "head.d1@dondoc.example now", "mailbox d1 now")
	a.clock.set(t, "2026-02-12 08:00")
	a.turn(q.ID)
	a.want("its head is told", a.told("request_overdue"), "head.d1@dondoc.example now", "mailbox d1 now")
	_, err = a.store.AnswerRequest(ctx, a.actor("focal_point.d2@dondoc.example"), request.Act{ID: q.ID, Text: "x"})
	a.refused("another unit answers", err, fault.NotFound, "not_found")
	_, err = a.store.DecideRequest(ctx, a.supervisor, request.Act{ID: q.ID, Grant: true})
	a.refused("judged before it was given", err, fault.Conflict, "request.state")

	answered := a.answer(a.focal, q.ID, "Xã gửi số liệu chậm")
	if answered.State != request.Answered || answered.SettledAt != nil {
		t.Errorf("answered %+v", answered)
	}
	a.want("who demanded it is told at once", a.told("request_decided"), "mailbox so now", "supervisor.so@dondoc.example now")
	waiting, err := a.store.ListRequests(ctx, a.supervisor, request.Filter{ToDecide: true})
	if err != nil || len(waiting.Requests) != 1 {
		t.Errorf("waiting %+v, %v", waiting, err)
	}
	_, err = a.store.DecideRequest(ctx, a.supervisor, request.Act{ID: q.ID})
	a.refused("not accepted without a reason", err, fault.Invalid, "request.text")
	if judged := a.decide(a.supervisor, request.Act{ID: q.ID, Text: "Chưa rõ"}); judged.State != request.Refused || judged.SettledAt == nil {
		t.Errorf("judged %+v", judged)
	}
	if !a.turn(q.ID).Ended {
		t.Error("its workflow goes on")
	}
}

func TestAnObstacleIsAnsweredOrPassedOn(t *testing.T) {
	a := newAsks(t, nil)
	ctx := t.Context()
	raise := request.AskInput{TaskID: a.taskOf("d1"), Kind: request.Obstacle, Text: "Thiếu kinh phí"}
	_, err := a.store.AskRequest(ctx, a.focal, raise)
	a.refused("to nobody", err, fault.Invalid, "request.to_agencies")
	raise.ToAgencies = []int64{0}
	_, err = a.store.AskRequest(ctx, a.focal, raise)
	a.refused("to body 0", err, fault.Invalid, "request.body")
	raise.ToAgencies = []int64{a.agency("d2")}
	_, err = a.store.AskRequest(ctx, a.focal, raise)
	a.refused("to a body that has no part in it", err, fault.Invalid, "request.body")
	raise.ToAgencies = []int64{a.agency("so"), a.agency("tinh")}
	receipt, err := a.store.AskRequest(ctx, a.focal, raise)
	if err != nil || len(receipt.Requests) != 2 || receipt.Requests[0].GroupID != receipt.Requests[1].GroupID {
		t.Fatalf("asked %+v, %v", receipt, err)
	}
	byBody := map[int64]int64{}
	for _, q := range receipt.Requests {
		byBody[q.ToAgencyID] = q.ID
	}
	passed, err := a.store.PassOnRequest(ctx, a.supervisor, request.Act{ID: byBody[a.agency("so")], Text: "Vượt thẩm quyền"})
	if err != nil || len(passed.Requests) != 2 || passed.Requests[0].State != request.PassedOn || passed.Requests[1].ToAgencyID != a.agency("tinh") {
		t.Fatalf("passed on %+v, %v", passed, err)
	}
	a.answer(a.authority, byBody[a.agency("tinh")], "Sẽ bố trí")
	a.answer(a.authority, passed.Requests[1].ID, "Đã giao Sở Tài chính")
	detail, err := a.store.FindRequest(ctx, a.focal, receipt.Requests[0].ID)
	if err != nil || len(detail.Group) != 2 {
		t.Fatalf("group %+v, %v", detail.Group, err)
	}
	a.want("each body's answer is kept", a.strings(`SELECT a.code || ' ' || e.action || ' ' || e.text FROM request_events e
		JOIN agencies a ON a.id = e.agency_id WHERE e.text <> '' ORDER BY e.id`),
		"so passed_on Vượt thẩm quyền", "tinh answered Sẽ bố trí", "tinh answered Đã giao Sở Tài chính")
	_, err = a.store.PassOnRequest(ctx, a.authority, request.Act{ID: passed.Requests[1].ID, Text: "x"})
	a.refused("passed on after the answer", err, fault.Conflict, "request.state")
}

func TestTheLeadAsksForAContribution(t *testing.T) {
	a := newAsks(t, func(p *plan.Plan) {
		p.Duties[0].Roles = []plan.Role{plan.Lead}
		p.Duties[0].Assignments = []plan.Assignment{
			{Agency: "d1", Role: plan.Lead}, {Agency: "d2", Role: plan.Coordinating}, {Agency: "d3", Role: plan.Implementing},
		}
	})
	ctx := t.Context()
	d2, d3 := a.actor("focal_point.d2@dondoc.example"), a.person("focal_point", "d3")
	in := request.AskInput{TaskID: a.taskOf("d1"), Kind: request.Contribution, Text: "Phần của huyện Hai", ToAgencies: []int64{a.agency("d3")}}
	_, err := a.store.AskRequest(ctx, a.focal, in)
	a.refused("of who does not coordinate", err, fault.Invalid, "request.body")
	in.ToAgencies, in.DueOn = []int64{a.agency("d2")}, calendar.NewDate(2026, 1, 26)
	q := a.ask(a.focal, in)
	in.TaskID = a.taskOf("d3")
	_, err = a.store.AskRequest(ctx, d3, in)
	a.refused("by who does not lead", err, fault.Invalid, "request.body")

	a.clock.set(t, "2026-01-27 08:00")
	a.turn(q.ID)
	a.want("its lateness is told to its head", a.told("request_overdue"), "head.d2@dondoc.example now")
	detail, err := a.store.TaskDetail(ctx, a.focal, q.TaskID)
	if err != nil || detail.Task.Status != task.NotDoneInTime {
		t.Errorf("a late contribution changed the official status: %s, %v", detail.Task.Status, err)
	}
	_, err = a.store.TaskDetail(ctx, d2, q.TaskID)
	a.refused("who contributes does not see the task", err, fault.NotFound, "not_found")
	if seen, err := a.store.FindRequest(ctx, d2, q.ID); err != nil || !seen.Request.MayAnswer || seen.Request.Text != in.Text {
		t.Errorf("the request: %+v, %v", seen, err)
	}
	a.listsWhatCanBeRead(q)
	if done := a.answer(d2, q.ID, "Đã gửi kèm"); done.State != request.Answered || done.SettledAt == nil {
		t.Errorf("answered %+v", done)
	}
}

func TestHelpIsPromisedAndGivenOrDeclined(t *testing.T) {
	a := newAsks(t, nil)
	ctx := t.Context()
	d2 := a.actor("focal_point.d2@dondoc.example")
	a.exec(`INSERT INTO agencies (code, name, level) VALUES ('la', 'Cơ quan lạ', 'district')`)
	in := request.AskInput{TaskID: a.taskOf("d1"), Kind: request.Help, Text: "Cho mượn cán bộ", ToAgencies: []int64{a.agency("la")}}
	_, err := a.store.AskRequest(ctx, a.focal, in)
	a.refused("of an agency that the plan does not know", err, fault.Invalid, "request.body")
	in.ToAgencies = []int64{a.agency("d2")}
	first, second := a.ask(a.focal, in), a.ask(a.focal, in)
	_, err = a.store.AnswerRequest(ctx, d2, request.Act{ID: first.ID, Text: "x"})
	a.refused("given before it was promised", err, fault.Conflict, "request.state")
	if promised := a.decide(d2, request.Act{ID: first.ID, Grant: true}); promised.State != request.Accepted || promised.SettledAt != nil {
		t.Errorf("promised %+v", promised)
	}
	if turn := a.turn(first.ID); turn.Ended || turn.NextAt.IsZero() {
		t.Errorf("promised help is not due any more: %+v", turn)
	}
	a.answer(d2, first.ID, "Đã cử hai người")
	if declined := a.decide(d2, request.Act{ID: second.ID, Text: "Không còn người"}); declined.State != request.Refused {
		t.Errorf("declined %+v", declined)
	}
	third := a.ask(a.focal, in)
	_, err = a.store.WithdrawRequest(ctx, d2, request.Act{ID: third.ID})
	a.refused("withdrawn by who is asked", err, fault.Forbidden, "request.not_yours")
	if _, err := a.store.WithdrawRequest(ctx, a.focal, request.Act{ID: third.ID}); err != nil {
		t.Fatal(err)
	}
	if !a.turn(third.ID).Ended {
		t.Error("the workflow of a withdrawn request goes on")
	}
}

func TestReconcileStartsOpenRequestsAgain(t *testing.T) {
	a := newAsks(t, nil)
	q := a.ask(a.focal, a.extension(12))
	settled := a.ask(a.focal, request.AskInput{TaskID: q.TaskID, Kind: request.Waiver, Text: "x"})
	if _, err := a.store.WithdrawRequest(t.Context(), a.focal, request.Act{ID: settled.ID}); err != nil {
		t.Fatal(err)
	}
	a.exec(`DELETE FROM outbox`)
	if _, err := a.store.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.want("reconciled", a.strings(`SELECT workflow FROM outbox WHERE workflow LIKE 'request:%'`), "request:1")
	a.exec(`DELETE FROM outbox`)
	a.clock.set(t, "2026-02-04 08:10")
	if _, err := a.store.NudgeStalled(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	a.want("stalled", a.strings(`SELECT workflow FROM outbox WHERE workflow LIKE 'request:%'`), "request:1")
}
