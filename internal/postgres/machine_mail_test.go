package postgres_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// Who is told, and what leaves the system.
func init() { register(1, "mail goes out", (*machine).mailGoesOut) }

// reminds holds who is told of a step against those whom it is for: whoever has
// the task in hand in place of the focal points, and who stands in for them.
func (m *machine) reminds(rt *rapid.T, s stepModel) {
	rt.Helper()
	t := m.taskOf(s.TaskID)
	var want []*person
	for _, audience := range s.Audience {
		switch {
		case s.Anchor == "forwarding":
			want = append(want, m.holders(t.through, audience)...)
		case audience == "reviewer" || audience == asSupervisor:
			want = append(want, m.holders(t.reviewer, asSupervisor)...)
		case audience == asAuthority:
			want = append(want, m.holders(issuer, asAuthority)...)
		case s.Anchor == "submitted" || s.Anchor == "correction": // late is the review
			want = append(want, m.holders(t.reviewer, audience)...)
		case audience == asFocal && t.hand != nil:
			want = append(want, m.inHands(t)...)
		default:
			want = append(want, m.holders(t.agency, audience)...)
		}
	}
	if s.Kind != "auto_accept" {
		m.tells(rt, fmt.Sprintf("step:%d", s.ID), want)
	}
}

// inHands are whoever has the task in hand and who stands in for them at their agency.
func (m *model) inHands(t *taskModel) []*person {
	list := []*person{t.hand.who}
	for _, p := range m.people {
		if slices.ContainsFunc(m.standIns(p), func(s *substitutionModel) bool {
			return s.holder == t.hand.who && (s.post == asFocal+" "+t.agency || s.post == asHead+" "+t.agency)
		}) {
			list = append(list, p)
		}
	}
	return list
}

// mailGoesOut composes and hands over: no reminder of what is not owed.
func (m *machine) mailGoesOut(rt *rapid.T) {
	ctx := m.t.Context()
	if _, err := m.store.ComposeMessages(ctx, m.now, "dondoc.example"); err != nil {
		rt.Fatal(err)
	}
	leases, err := m.store.LeaseMessages(ctx, 1000, time.Minute)
	if err != nil {
		rt.Fatal(err)
	}
	for _, lease := range leases {
		h, goes, err := m.store.CheckMessage(ctx, lease, m.now)
		if err != nil {
			rt.Fatal(err)
		}
		if !goes {
			continue
		}
		for _, item := range h.Items {
			m.mayBeSent(rt, item)
		}
		if err := m.store.MarkHandedOver(ctx, []notice.HandedOver{{Lease: lease, At: m.now}}); err != nil {
			rt.Fatal(err)
		}
	}
	m.expected, m.nudged = nil, nil
	m.left(rt, "mail")
}

func (m *machine) mayBeSent(rt *rapid.T, item notice.Item) {
	rt.Helper()
	if item.TaskID == 0 {
		return
	}
	t := m.taskOf(item.TaskID)
	var kept bool
	switch item.Kind {
	case notice.Opening, notice.Reminder, notice.DueToday, notice.Urging, notice.PromiseDue:
		kept = t.owed()
	case notice.Overdue, notice.UrgingDraft, notice.Escalation:
		kept = t.owed() && m.now.After(t.effective())
	case notice.Prepared:
		kept = t.state == task.StatePrepared
	case notice.Submitted, notice.ReviewReminder, notice.ReviewOverdue:
		kept = waitsForReview(t)
	case notice.ToForward, notice.ForwardReminder, notice.ForwardOverdue:
		kept = t.held()
	case notice.CorrectionSent, notice.CorrectionReminder, notice.CorrectionOverdue:
		kept = m.waitingCorrection(t) != nil
	case notice.TaskHanded:
		kept = t.owed()
	default:
		return // what has happened is told in any case
	}
	if !kept || m.plan.state == plan.Suspended {
		rt.Fatalf("%s goes out about task %d, which is %s (plan %s)", item.Kind, t.id, t.state, m.plan.state)
	}
}
