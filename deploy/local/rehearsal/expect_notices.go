package rehearsal

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// expectedNotice is one notice to one recipient: a person, or the official
// mailbox of an agency.
type expectedNotice struct {
	recipient        string // e-mail address
	kind             string
	task             *expectedTask // nil for a digest
	step             *expectedStep // nil where no step told it
	number           int           // of the submission, where one is told of
	created, deliver time.Time
	urgent           bool
	standing         bool
	summary          *summary
	handedOver       time.Time // zero: not yet
	dropped          bool
}

// summary are a weekly digest's figures.
type summary struct{ open, soon, overdue, waiting int }

// expectedMessage is one mail: everything for one recipient at one moment.
type expectedMessage struct {
	recipient string
	at        time.Time
	notices   []*expectedNotice
}

// sent are the notices that are still called for at the hand-over.
func (m *expectedMessage) sent() []*expectedNotice {
	return slices.DeleteFunc(slices.Clone(m.notices), func(n *expectedNotice) bool { return n.dropped })
}

// tell makes the notices of a task: of its steps, of its submissions to the
// reviewer, of its returns to the agency.
func (e *Expected) tell(t *expectedTask) {
	for _, s := range t.steps {
		if s.state != "done" {
			continue
		}
		deliver := morning(s.at)
		if dayOf(s.runAt) != dayOf(s.at) {
			deliver = morning(s.runAt) // missed, so that it goes out at the next morning
		}
		if s.rung.digest {
			deliver = monday(deliver)
		}
		for _, recipient := range e.recipients(t, s.rung) {
			e.notices = append(e.notices, &expectedNotice{
				recipient: recipient, kind: s.rung.kind, task: t, step: s, created: s.runAt, deliver: deliver,
			})
		}
	}
	number := 0
	for _, m := range t.history {
		switch m.state {
		case stateSubmitted:
			number = m.submissions
			for _, email := range e.province.holders(t.reviewer, supervisor) {
				e.notices = append(e.notices, &expectedNotice{
					recipient: email, kind: "submitted", task: t, number: number, created: m.at, deliver: morning(m.at),
				})
			}
		case stateReturned:
			for _, recipient := range append(e.province.holders(t.owner, focalPoint), mailboxOf(t.owner)) {
				e.notices = append(e.notices, &expectedNotice{
					recipient: recipient, kind: "returned", task: t, number: number, created: m.at, deliver: m.at, urgent: true, standing: true,
				})
			}
		}
	}
}

// recipients resolves a rung's audience: people by their posts, each agency's
// official mailbox besides; where an agency has no focal point, its reviewer.
func (e *Expected) recipients(t *expectedTask, g rung) []string {
	var all []string
	add := func(recipients ...string) {
		for _, r := range recipients {
			if !slices.Contains(all, r) {
				all = append(all, r)
			}
		}
	}
	p := e.province
	for _, audience := range g.audience {
		agency, role := t.owner, audience
		switch audience {
		case supervisor, "reviewer":
			agency, role = t.reviewer, supervisor
		case "reviewer_head":
			agency, role = t.reviewer, head
		case planAuthority:
			agency = "ubnd-tinh"
		}
		people := p.holders(agency, role)
		if len(people) == 0 && audience == focalPoint {
			people = p.holders(t.reviewer, supervisor)
		}
		add(people...)
		add(mailboxOf(agency))
	}
	return all
}

// digests makes the weekly digest of every Monday for whoever has something to see.
func (e *Expected) digests() {
	for slot := monday(morning(e.run.From)); !slot.After(e.run.Until); slot = (dayOf(slot) + 7).at(8, 0) {
		at := e.run.engine(slot)
		if at.After(e.run.Until) || at.After(slot) && e.run.engine((dayOf(slot)+7).at(8, 0)).Equal(at) {
			continue // missed, and made up for by a later one
		}
		for _, who := range e.province.people {
			if figures := e.summarise(who, at); figures != nil {
				e.notices = append(e.notices, &expectedNotice{
					recipient: who.email, kind: "digest", created: at, deliver: slot, standing: true, summary: figures,
				})
			}
		}
	}
}

// summarise counts what a person sees at an instant: what their agency owes,
// what they supervise, all of it for the plan authority, and what waits for
// their decision; nil where there is nothing.
func (e *Expected) summarise(who person, at time.Time) *summary {
	var figures summary
	for _, r := range e.rounds {
		for _, t := range r.tasks {
			m, there := t.asOf(at)
			if !there {
				continue
			}
			sees, decides := false, false
			for _, held := range who.posts {
				supervises := held.role == supervisor && held.agency == t.reviewer
				sees = sees || supervises || held.role == planAuthority || held.role == focalPoint && held.agency == t.owner
				decides = decides || supervises
			}
			switch {
			case m.state == stateSubmitted && decides:
				figures.waiting++
			case (m.state == stateOpen || m.state == stateReturned) && sees:
				figures.open++
				if m.due.Before(at) {
					figures.overdue++
				} else if !m.due.After(at.Add(7 * 24 * time.Hour)) {
					figures.soon++
				}
			}
		}
	}
	if figures == (summary{}) {
		return nil
	}
	return &figures
}

// compose puts the notices of one recipient and moment into one message and
// leaves out what is no longer called for then.
func (e *Expected) compose() {
	messages := map[string]*expectedMessage{}
	for _, n := range e.notices {
		at := e.run.engine(n.deliver)
		if n.created.After(at) {
			at = n.created // a digest that was made up for
		}
		if at.After(e.run.Until) {
			continue
		}
		n.handedOver = at
		n.dropped = !n.calledFor(at)
		key := fmt.Sprint(n.recipient, " ", at.UnixMicro())
		if messages[key] == nil {
			messages[key] = &expectedMessage{recipient: n.recipient, at: at}
			e.messages = append(e.messages, messages[key])
		}
		messages[key].notices = append(messages[key].notices, n)
	}
	slices.SortStableFunc(e.messages, func(a, b *expectedMessage) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return strings.Compare(a.recipient, b.recipient)
	})
}

// calledFor: no reminder after the result is in, none for a due time that has
// moved, no request to review what is decided; returns and digests always.
func (n *expectedNotice) calledFor(at time.Time) bool {
	if n.standing {
		return true
	}
	m, _ := n.task.asOf(at)
	owed := m.state == stateOpen || m.state == stateReturned
	switch n.kind {
	case "opening":
		return owed
	case "reminder", "due_today":
		return owed && n.step.version == m.dueVersion
	case "overdue", "urging_draft", "escalation":
		return owed && n.step.version == m.dueVersion && at.After(m.due)
	default: // submitted, review_reminder, review_overdue
		return m.state == stateSubmitted && (n.step == nil || n.step.version == m.submissions)
	}
}
