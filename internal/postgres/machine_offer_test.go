package postgres_test

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// checkOffers: what a page offers is what would be taken, and a page of what
// somebody may not see is not found.
func (m *machine) checkOffers(rt *rapid.T) {
	p, actor := m.viewer(rt, "who reads")
	t := oneOf(rt, "what", append(slices.Clone(m.focus), m.tasks...)...)
	m.checkTaskPage(rt, p, actor, t)
	if len(m.requests) > 0 {
		m.checkRequestPage(rt, p, actor, oneOf(rt, "which request", m.requests...))
	}
}

func (m *machine) checkTaskPage(rt *rapid.T, p *person, actor policy.Actor, t *taskModel) {
	d, err := m.store.TaskDetail(m.t.Context(), actor, t.id)
	if !m.sees(p, t) {
		if !fault.Is(err, fault.NotFound) {
			rt.Fatalf("%s reads task %d: %v", p, t.id, err)
		}
		return
	}
	if err != nil {
		rt.Fatal(err)
	}
	m.isRead(rt, p, t)
	around, err := m.store.TaskSupervision(m.t.Context(), actor, t.id)
	if err != nil {
		rt.Fatal(err)
	}
	entry := m.entry(p, t, 0)
	may := func(refused string) bool { return firstOf(entry, refused) == "" }
	reopened, _ := refusesReopen(p, t)
	waits := slices.ContainsFunc(m.contests, func(c *contestModel) bool { return c.task == t && !c.decided })
	m.checkRoute(rt, p, t, d)
	want := fmt.Sprintf("submit %t review %t withdraw %t approve %t take back %t record %t contest %t decide %t reopen %t urge %t",
		may(refusesSubmit(p, t, task.Report)), may(firstOf(mayReview(p, t), when(t.state != task.StateSubmitted, "task.move"))),
		may(m.refusesWithdraw(p, t)), may(refusesPreparation(p, t, task.Approve)), may(refusesPreparation(p, t, task.TakeBack)),
		may(firstOf(when(!reviews(p, t), "task.not_reviewer"), admits(t, task.Report))), may(m.refusesContest(p, t)),
		may(when(!waits || !rules(p, t), "x")), may(reopened), may(when(!urges(p, t) || !t.owed() || t.closed, "x")))
	got := fmt.Sprintf("submit %t review %t withdraw %t approve %t take back %t record %t contest %t decide %t reopen %t urge %t",
		d.MaySubmit, d.MayReview, d.MayWithdraw, d.MayApprove, d.MayTakeBack, d.MayRecord, around.MayContest, around.MayDecide, around.MayReopen, around.MayUrge)
	if got != want {
		rt.Fatalf("%s is offered for task %d (%s)\n     %s\nwant %s", p, t.id, t.state, got, want)
	}
	if d.Task.Status != m.status(t) {
		rt.Fatalf("task %d is %s, want %s", t.id, d.Task.Status, m.status(t))
	}
	if !slices.IsSortedFunc(d.History, func(a, b task.Event) int { return a.At.Compare(b.At) }) {
		rt.Fatalf("the history of task %d runs backwards: %+v", t.id, d.History)
	}
}

// isRead: reading another agency's result leaves a row, once in an hour.
func (m *machine) isRead(rt *rapid.T, p *person, t *taskModel) {
	m.expected, m.nudged = nil, nil
	view := fmt.Sprintf("%d %d %s", p.id, t.id, m.now.Format("2006-01-02 15"))
	if len(t.subs) > 0 && !p.has(t.agency, reading...) && !m.views[view] {
		m.views[view] = true
		m.expect("task.viewed", "task", t.id, m.reader(p))
	}
	m.left(rt, "reading")
}

func (m *machine) checkRequestPage(rt *rapid.T, p *person, actor policy.Actor, q *requestModel) {
	d, err := m.store.FindRequest(m.t.Context(), actor, q.id)
	if m.entryTo(p, q, 0) == "not_found" {
		if !fault.Is(err, fault.NotFound) {
			rt.Fatalf("%s reads request %d: %v", p, q.id, err)
		}
		return
	}
	if err != nil {
		rt.Fatal(err)
	}
	may := func(refused string) bool { return firstOf(m.entryTo(p, q, 0), refused) == "" }
	back := q.kind == request.Waiver && q.state == request.Granted && rules(p, q.task)
	want := fmt.Sprintf("decide %t opine %t answer %t pass on %t withdraw %t take back %t", may(m.refusesDecision(p, q)), may(m.refusesOpinion(p, q)),
		may(refusesAnswer(p, q)), may(m.refusesPassingOn(p, q)), may(when(q.settled || !asked(p, q), "x")), may(when(!back, "x")))
	r := d.Request
	got := fmt.Sprintf("decide %t opine %t answer %t pass on %t withdraw %t take back %t", r.MayDecide, r.MayOpine, r.MayAnswer, r.MayPassOn, r.MayWithdraw, r.MayTakeBack)
	if got != want {
		rt.Fatalf("%s is offered for request %d (%s, %s)\n     %s\nwant %s", p, q.id, q.kind, q.state, got, want)
	}
}
