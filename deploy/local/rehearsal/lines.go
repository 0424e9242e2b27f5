package rehearsal

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Book is an outcome as sorted lines of text by chapter, so that what differs
// can be read.
type Book map[string][]string

func (b Book) write(chapter, format string, args ...any) {
	b[chapter] = append(b[chapter], fmt.Sprintf(format, args...))
}

func (b Book) sort() {
	for _, lines := range b {
		slices.Sort(lines)
	}
}

// mergeMessages makes one of the messages that one recipient got at one moment.
func (b Book) mergeMessages() {
	said := map[string][]string{}
	for _, line := range b["messages"] {
		moment, subjects, _ := strings.Cut(line, ": ")
		said[moment] = append(said[moment], strings.Split(subjects, ", ")...)
	}
	b["messages"] = nil
	for moment, subjects := range said {
		slices.Sort(subjects)
		b.write("messages", "%s: %s", moment, strings.Join(subjects, ", "))
	}
	b.sort()
}

// Differences tells what is missing from got and what is in it beyond want, up
// to limit lines.
func (want Book) Differences(got Book, limit int) []string {
	var found []string
	total := 0
	tell := func(format string, args ...any) {
		if total++; len(found) < limit {
			found = append(found, fmt.Sprintf(format, args...))
		}
	}
	chapters := []string{}
	for c := range want {
		chapters = append(chapters, c)
	}
	for c := range got {
		if _, known := want[c]; !known {
			chapters = append(chapters, c)
		}
	}
	slices.Sort(chapters)
	for _, c := range chapters {
		if len(want[c]) != len(got[c]) {
			tell("%s: %d lines expected, %d found", c, len(want[c]), len(got[c]))
		}
		missing, extra := subtract(want[c], got[c])
		for _, line := range missing {
			tell("%s: missing: %s", c, line)
		}
		for _, line := range extra {
			tell("%s: not expected: %s", c, line)
		}
	}
	if total > len(found) {
		found = append(found, fmt.Sprintf("and %d more", total-len(found)))
	}
	return found
}

// subtract compares two lists as sets with repetitions.
func subtract(want, got []string) (missing, extra []string) {
	left := map[string]int{}
	for _, line := range got {
		left[line]++
	}
	for _, line := range want {
		if left[line] == 0 {
			missing = append(missing, line)
			continue
		}
		left[line]--
	}
	for _, line := range got {
		if left[line] > 0 {
			left[line]--
			extra = append(extra, line)
		}
	}
	return missing, extra
}

// Book writes down what has to be on record.
func (e *Expected) Book() Book {
	b := Book{}
	for _, r := range e.rounds {
		b.write("rounds", "%s %s [%s] %s..%s opens %s due %s closes %s %s opened %s closed %s", r.duty.code, r.window.key,
			r.window.cadences, r.window.from, r.window.to, clockText(r.opens), clockText(r.due), clockText(r.closes),
			r.state(), clockText(r.opened), clockText(r.closed))
		for _, t := range r.tasks {
			b.task(t)
		}
	}
	for _, a := range e.acts {
		b.write("acts", "%s %s %s %s %s by %s", a.duty, a.key, a.owner, clockText(a.at), a.deed, a.who)
	}
	for _, n := range e.notices {
		b.write("notices", "%s", n.line())
	}
	for _, m := range e.messages {
		if sent := m.sent(); len(sent) > 0 {
			b.write("messages", "%s %s: %s", clockText(m.at), m.recipient, members(sent))
		}
	}
	e.trail(b)
	b.sort()
	return b
}

// trail counts what the audit trail has to say: each change once.
func (e *Expected) trail(b Book) {
	counts := map[string]int{"plan.loaded": 1, "plan.activated": 1, "round.scheduled": len(e.rounds)}
	for _, r := range e.rounds {
		if !r.opened.IsZero() {
			counts["round.opened"]++
		}
		if !r.closed.IsZero() {
			counts["round.closed"]++
		}
		counts["task.opened"] += len(r.tasks)
		for _, t := range r.tasks {
			if !t.closed.IsZero() {
				counts["task.closed"]++
			}
		}
	}
	for _, a := range e.acts {
		switch a.deed {
		case submits, submitNil:
			counts["task.submitted"]++
		case accepts:
			counts["task.accepted"]++
		case returns, rejects:
			counts["task.returned"]++
		}
	}
	slots := map[time.Time]bool{}
	for _, n := range e.notices {
		if n.summary != nil {
			slots[n.deliver] = true
		}
	}
	counts["digest.recorded"] = len(slots)
	for action, n := range counts {
		if n > 0 {
			b.write("audit", "%s %d", action, n)
		}
	}
}

func (b Book) task(t *expectedTask) {
	b.write("tasks", "%s %s %s %s due %s resubmit %s first %s submitted %s settled %s closed %s submissions %d due version %d to %s reviewed by %s",
		t.duty.code, t.key, t.owner, t.state, clockText(t.due), clockText(t.resubmitDue), clockText(t.first), clockText(t.submitted),
		clockText(t.settled), clockText(t.closed), t.submissions, t.dueVersion, t.recipient, t.reviewer)
	for _, s := range t.steps {
		b.write("steps", "%s %s %s %s v%d at %s %s %s", t.duty.code, t.key, t.owner, s.rung.code, s.version, clockText(s.at), s.state, clockText(s.runAt))
	}
}

// line is a notice on record.
func (n *expectedNotice) line() string {
	fate := "waiting"
	switch {
	case n.dropped:
		fate = "left out " + clockText(n.handedOver)
	case !n.handedOver.IsZero():
		fate = "handed over " + clockText(n.handedOver)
	}
	return fmt.Sprintf("%s %s created %s deliver %s %s", n.recipient, n.subject(), clockText(n.created), clockText(n.deliver), fate)
}

// subject is what a notice is about: "overdue(overdue_1 v1) V.2 2026-Q1 huyen-731", "digest".
func (n *expectedNotice) subject() string {
	if n.task == nil {
		return n.kind
	}
	cause := fmt.Sprint(n.number)
	if n.step != nil {
		cause = fmt.Sprintf("%s v%d", n.step.rung.code, n.step.version)
	}
	return subjectLine(n.kind, cause, n.task.duty.code, n.task.key, n.task.owner)
}

func subjectLine(kind, cause, duty, key, owner string) string {
	return fmt.Sprintf("%s(%s) %s %s %s", kind, cause, duty, key, owner)
}

func members(notices []*expectedNotice) string {
	var all []string
	for _, n := range notices {
		all = append(all, n.subject())
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// Statuses are the official statuses of all tasks at an instant.
func (e *Expected) Statuses(now time.Time) Book {
	b := Book{}
	for _, r := range e.rounds {
		for _, t := range r.tasks {
			b.write("statuses", "%s %s %s %s", t.duty.code, t.key, t.owner, t.status(now))
		}
	}
	b.sort()
	return b
}
