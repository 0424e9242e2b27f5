package postgres_test

import (
	"context"
	"fmt"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/idempotency"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// What the unit does with its result.
func init() {
	register(5, "submit", (*machine).submit)
	register(3, "withdraw", (*machine).withdraw)
	register(2, "decide on preparation", (*machine).decidePreparation)
	register(1, "record", (*machine).record)
}

// with puts the key of a repeatable request into the context.
func (m *machine) with(key idempotency.Key) context.Context {
	if key.Value == "" {
		return m.t.Context()
	}
	return idempotency.With(m.t.Context(), key)
}

// report draws what is written: of a secret result the number of its document
// alone, and now and then more, which is refused.
func (m *machine) report(rt *rapid.T, t *taskModel) (c contentModel, refused bool) {
	if !t.duty.Secret {
		return contentModel{kind: task.Report, text: m.text()}, false
	}
	m.words++
	c = contentModel{kind: task.Report, number: fmt.Sprintf("%d/BC", m.words)}
	if refused = chance(rt, "classified", 1, 8); refused {
		c.text = m.text()
	}
	return c, refused
}

// result draws what is sent, with files, and why it is not taken.
func (m *machine) result(rt *rapid.T, t *taskModel, fromReviewer bool) (contentModel, string) {
	if between(rt, "nil return", 0, 3) == 0 {
		return contentModel{kind: task.NilReturn}, ""
	}
	c, refused := m.report(rt, t)
	c, unknown := m.withFiles(rt, t, fromReviewer, c)
	return c, firstOf(when(refused, "submission.invalid"), unknown)
}

// kept is what is stored of it.
func (c contentModel) kept(t *taskModel) contentModel {
	if t.duty.Secret && c.kind == task.Report {
		c.text = "Đã gửi theo đường văn bản mật."
	}
	return c
}

// content is what is sent.
func (c contentModel) content() task.Content {
	content := task.Content{Kind: c.kind, Narrative: c.text, Attachments: numbers(c.files), DocumentNumber: c.number}
	if c.number != "" {
		content.DocumentOn = calendar.NewDate(2026, 1, 15)
	}
	return content
}

// admits is why a result is not taken in now, empty if it is.
func admits(t *taskModel, kind task.Kind) string {
	return firstOf(
		when(t.closed, "task.closed"),
		when(inState(task.StateSubmitted, task.StateAccepted)(t), "task.already_submitted"),
		when(inState(task.StateWaived, task.StateCancelled)(t), "task.move"),
		when(kind == task.NilReturn && !t.duty.NilReturn, "submission.nil_not_permitted"))
}

func refusesSubmit(p *person, t *taskModel, kind task.Kind) string {
	return firstOf(when(!owns(p, t), "task.not_yours"), when(t.state == task.StatePrepared && !t.closed, "task.prepared"), admits(t, kind))
}

func (m *machine) submit(rt *rapid.T) {
	t := m.something(rt, func(t *taskModel) bool { return admits(t, task.Report) == "" && t.state != task.StatePrepared })
	p := m.someone(rt, func(p *person) bool { return owns(p, t) })
	c, unknown := m.result(rt, t, false)
	version := m.read(rt, t)
	want := firstOf(m.entry(p, t, version), refusesSubmit(p, t, c.kind), unknown)
	in := c.content().Submission(t.id, version)
	perform(m, rt, "submit", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (task.Receipt, error) {
		return m.store.Submit(m.with(key), actor, in)
	}, func(task.Receipt) {
		c := c.kept(t)
		if m.agencies[t.agency].two && !p.has(t.agency, asHead) {
			t.prep, t.prepFrom, t.state, t.draft = &c, t.state, task.StatePrepared, nil
			m.names(c, func(f *fileModel) { f.waits = true })
			t.bump()
			m.expect("task.prepared", "task", t.id, p)
		} else {
			m.comesIn(rt, t, &subModel{contentModel: c, at: m.now, from: t.state, by: p})
			t.draft = nil
			m.expect("task.submitted", "task", t.id, p)
		}
		m.nudge("round", t.round.id)
	})
}

// comesIn is a version that waits for its reviewer, or is done.
func (m *machine) comesIn(rt *rapid.T, t *taskModel, s *subModel) {
	t.subs = append(t.subs, s)
	m.names(s.contentModel, func(f *fileModel) { f.sent = true })
	t.state, t.waitsSince = task.StateSubmitted, m.now
	t.bump()
	if s.recorded && t.through != "" { // it has reached the reviewer
		t.forwarded = len(t.subs)
	}
	if t.held() {
		m.tells(rt, fmt.Sprintf("to_forward:%d:%d", len(t.subs), t.id), m.holders(t.through, asFocal, asSupervisor))
	}
	if t.held() || t.duty.Review.Mode != plan.ReviewRequired || s.recorded {
		m.tells(rt, fmt.Sprintf("submitted:%d:%d", t.id, len(t.subs)), nil)
	} else {
		m.tells(rt, fmt.Sprintf("submitted:%d:%d", t.id, len(t.subs)), m.holders(t.reviewer, asSupervisor))
	}
}

func refusesPreparation(p *person, t *taskModel, d task.PreparationDecision) string {
	return firstOf(when(!owns(p, t), "task.not_yours"), when(d != task.TakeBack && !p.has(t.agency, asHead), "task.not_head"),
		when(t.closed, "task.closed"), when(t.state != task.StatePrepared, "task.not_prepared"))
}

func (m *machine) decidePreparation(rt *rapid.T) {
	t := m.something(rt, inState(task.StatePrepared))
	decision := oneOf(rt, "decision", task.Approve, task.Approve, task.GiveBack, task.TakeBack)
	p := m.someone(rt, func(p *person) bool { return p.has(t.agency, asHead) || decision == task.TakeBack && owns(p, t) })
	version, reason := m.read(rt, t), m.text()
	want := firstOf(m.entry(p, t, version), refusesPreparation(p, t, decision))
	perform(m, rt, string(decision), p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (task.Receipt, error) {
		return m.store.DecidePreparation(m.with(key), actor, task.PreparationInput{TaskID: t.id, Version: version, Decision: decision, Reason: reason})
	}, func(task.Receipt) {
		m.nudge("round", t.round.id)
		c := *t.prep
		t.prep = nil
		if decision == task.Approve {
			m.comesIn(rt, t, &subModel{contentModel: c, at: m.now, from: t.prepFrom, approved: true, by: p})
			t.draft = nil
			m.expect("task.submitted", "task", t.id, p)
			return
		}
		t.state = t.prepFrom
		t.bump()
		t.restoreDraft(c)
		m.expect(map[task.PreparationDecision]string{task.GiveBack: "task.given_back", task.TakeBack: "task.taken_back"}[decision], "task", t.id, p)
	})
}

// restoreDraft: what was written can be mended, unless something newer is there.
func (t *taskModel) restoreDraft(c contentModel) {
	if c.files = ""; c.kind == task.Report && t.draft == nil { // files lie beside the task
		t.draft, t.draftVersion = &c, 0 // the check learns its version
	}
}

func (m *machine) withdraw(rt *rapid.T) {
	t := m.something(rt, func(t *taskModel) bool {
		return t.state == task.StateSubmitted && !t.last().recorded && (t.duty.Review.Mode != plan.ReviewNone || t.last().kind == task.NilReturn)
	})
	p := m.someone(rt, func(p *person) bool { return owns(p, t) })
	version, reason := m.read(rt, t), m.text()
	want := firstOf(m.entry(p, t, version), m.refusesWithdraw(p, t))
	perform(m, rt, "withdraw", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (task.Receipt, error) {
		return m.store.Withdraw(m.with(key), actor, task.WithdrawInput{TaskID: t.id, Version: version, Reason: reason})
	}, func(task.Receipt) {
		s := t.last()
		s.withdrawn, t.state = true, s.from
		t.bump()
		t.dueVersion++
		t.restoreDraft(s.contentModel)
		m.expect("task.withdrawn", "task", t.id, p)
		m.reopenRound(t.round, p)
		m.nudge("round", t.round.id)
	})
}

func (m *model) refusesWithdraw(p *person, t *taskModel) string {
	if refused := firstOf(when(!owns(p, t), "task.not_yours"), when(t.state != task.StateSubmitted, "task.not_waiting")); refused != "" {
		return refused
	}
	s := t.last()
	undone := s.kind == task.NilReturn && m.now.Sub(s.at) <= 10*time.Minute
	return firstOf(when(s.correction != nil, "withdraw.corrected"), when(s.recorded, "withdraw.recorded"),
		when(s.approved && !p.has(t.agency, asHead), "task.not_head"),
		when(t.duty.Review.Mode == plan.ReviewNone && !undone, "review.none"),
		when(!t.round.open && m.now.After(t.round.closesAt), "task.closed"))
}

// reopenRound opens a round that was over, and says so.
func (m *machine) reopenRound(r *roundModel, p *person) {
	if !r.open {
		r.open = true
		m.expect("round.reopened", "round", r.id, p)
	}
}

func (m *machine) record(rt *rapid.T) {
	t := m.something(rt, func(t *taskModel) bool { return admits(t, task.Report) == "" })
	p := m.someone(rt, func(p *person) bool { return reviews(p, t) })
	c, unknown := m.result(rt, t, true)
	version := m.read(rt, t)
	received := m.now.Add(-time.Duration(between(rt, "hours ago", -1, 30)) * time.Hour)
	want := firstOf(m.entry(p, t, version), when(!reviews(p, t), "task.not_reviewer"))
	if want == "" {
		outside := when(received.After(m.now) || received.Before(t.round.openedAt), "record.received_at")
		want = admits(t, task.Report)
		if want == "" {
			want = firstOf(outside, admits(t, c.kind), unknown)
		}
	}
	in := task.RecordInput{TaskID: t.id, Version: version, ReceivedAt: received, Channel: task.ChannelPaper, Evidence: m.text()}
	in.Content = c.content()
	perform(m, rt, "record", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (task.Receipt, error) {
		return m.store.RecordSubmission(m.with(key), actor, in)
	}, func(task.Receipt) {
		from := t.state
		if t.prep != nil {
			from, t.prep = t.prepFrom, nil
		}
		m.comesIn(rt, t, &subModel{contentModel: c.kept(t), at: received, from: from, recorded: true, by: p})
		m.expect("task.recorded", "task", t.id, p)
		m.nudge("round", t.round.id)
	})
}
