package postgres_test

import (
	"context"

	"pgregory.net/rapid"

	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// What units and reviewers do meanwhile; TestMachine has all of it, with every way in
// which it can fail.

func (m *planMachine) submit(rt *rapid.T) {
	t := m.something(rt, func(t *piece) bool { return t.owed() && t.state != task.StatePrepared && !t.closed })
	p, text := m.someone(rt, func(p *official) bool { return ownsPiece(p, t) }), m.text()
	want := firstOf(m.entry(p, t), when(!ownsPiece(p, t), "task.not_yours"), when(t.is(task.StatePrepared) && !t.closed, "task.prepared"),
		when(t.closed, "task.closed"), when(t.is(task.StateSubmitted, task.StateAccepted), "task.already_submitted"), when(!t.owed(), "task.move"))
	try(m, rt, "submit", p, want, func(ctx context.Context, actor policy.Actor) (task.Receipt, error) {
		return m.store.Submit(ctx, actor, task.SubmitInput{TaskID: t.id, Kind: task.Report, Narrative: text})
	}, func(task.Receipt) {
		m.nudge("round", t.term.id)
		t.draft = ""
		if m.units[t.unit].two && !p.has(t.unit, "head") {
			t.prep, t.prepFrom, t.state = text, t.state, task.StatePrepared
			t.version++
			m.leaves("task.prepared", "task", t.id, p.id)
			return
		}
		m.comesIn(t, text, p)
	})
}

func (m *planMachine) comesIn(t *piece, text string, p *official) {
	t.sent = append(t.sent, &sending{text: text, at: m.now})
	t.state, t.waitsSince = task.StateSubmitted, m.now
	t.version++
	m.leaves("task.submitted", "task", t.id, p.id)
}

func (m *planMachine) decidePreparation(rt *rapid.T) {
	t := m.something(rt, func(t *piece) bool { return t.is(task.StatePrepared) })
	p := m.someone(rt, func(p *official) bool { return p.has(t.unit, "head") })
	decision := oneOf(rt, "decision", task.Approve, task.GiveBack)
	want := firstOf(m.entry(p, t), when(!ownsPiece(p, t), "task.not_yours"), when(!p.has(t.unit, "head"), "task.not_head"),
		when(t.closed, "task.closed"), when(!t.is(task.StatePrepared), "task.not_prepared"))
	reason := m.text()
	try(m, rt, string(decision), p, want, func(ctx context.Context, actor policy.Actor) (task.Receipt, error) {
		return m.store.DecidePreparation(ctx, actor, task.PreparationInput{TaskID: t.id, Decision: decision, Reason: reason})
	}, func(task.Receipt) {
		m.nudge("round", t.term.id)
		text := t.prep
		t.prep = ""
		if decision == task.Approve {
			t.draft = ""
			m.comesIn(t, text, p)
			return
		}
		t.state = t.prepFrom
		t.version++
		if t.draft == "" {
			t.draft = text
		}
		m.leaves("task.given_back", "task", t.id, p.id)
	})
}

func (m *planMachine) review(rt *rapid.T) {
	t := m.something(rt, func(t *piece) bool {
		return t.is(task.StateSubmitted) && t.term.charge.def.Review.Mode != plan.ReviewNone
	})
	p, reason := m.someone(rt, func(p *official) bool { return reviewsPiece(p, t) }), m.text()
	decision := oneOf(rt, "decision", task.Accept, task.Return, task.Invalid)
	want := firstOf(m.entry(p, t), when(!reviewsPiece(p, t), "task.not_reviewer"), when(t.term.charge.def.Review.Mode == plan.ReviewNone, "review.none"),
		when(!t.is(task.StateSubmitted), "task.move"))
	if _, refused := m.goesOn(t); decision != task.Accept {
		want = firstOf(want, refused)
	}
	try(m, rt, string(decision), p, want, func(ctx context.Context, actor policy.Actor) (task.Receipt, error) {
		return m.store.Review(ctx, actor, task.ReviewInput{TaskID: t.id, Decision: decision, Reason: reason})
	}, func(task.Receipt) {
		m.nudge("round", t.term.id)
		if decision == task.Accept {
			m.accepted(t, p.id)
			return
		}
		m.inherit(t, p.id)
		t.sent[len(t.sent)-1].invalid = decision == task.Invalid
		m.returned(t, task.StateReturned, p)
		m.leaves("task.returned", "task", t.id, p.id)
	})
}

func (m *planMachine) accepted(t *piece, by int64) {
	t.state = task.StateAccepted
	t.version++
	m.leaves("task.accepted", "task", t.id, by)
}

// returned gives the unit three working days; the round is open for them.
func (m *planMachine) returned(t *piece, to task.State, p *official) {
	t.state, t.resubmit, t.closed = to, m.inWorkingDays(3), false
	t.version++
	t.dueVersion++
	m.openAgain(t.term, p)
}

func (m *planMachine) openAgain(r *term, p *official) {
	if !r.open {
		r.open = true
		m.leaves("round.reopened", "round", r.id, p.id)
	}
}

func (m *planMachine) reopen(rt *rapid.T) {
	done := func(t *piece) bool {
		return t.is(task.StateAccepted) || t.is(task.StateSubmitted) && t.term.charge.def.Review.Mode == plan.ReviewNone
	}
	t := m.something(rt, func(t *piece) bool { return done(t) || t.owed() && t.closed })
	may := func(p *official) bool {
		return (p.has("tinh", "plan_authority") || p.has(t.way.reviewer, "supervisor") || p.has(t.way.recipient, "supervisor")) && !ownsPiece(p, t)
	}
	p, reason, to := m.someone(rt, may), m.text(), task.StateReturned
	if t.owed() {
		to = t.state
	}
	want := firstOf(m.entry(p, t), when(!may(p), "reopen.not_yours"), when(t.is(task.StateSubmitted) && !done(t), "reopen.waiting"),
		when(t.owed() && !t.closed, "reopen.open"), when(!done(t) && !t.owed(), "task.move"))
	_, refused := m.goesOn(t)
	try(m, rt, "reopen", p, firstOf(want, refused), func(ctx context.Context, actor policy.Actor) (task.Receipt, error) {
		return m.store.Reopen(ctx, actor, task.ReopenInput{TaskID: t.id, Reason: reason})
	}, func(task.Receipt) {
		m.inherit(t, p.id)
		m.returned(t, to, p)
		m.leaves("task.reopened", "task", t.id, p.id)
		m.nudge("round", t.term.id)
	})
}

func (m *planMachine) saveDraft(rt *rapid.T) {
	t := m.something(rt, func(t *piece) bool { return t.is(task.StateOpen, task.StateReturned) && !t.closed })
	p, text := m.someone(rt, func(p *official) bool { return ownsPiece(p, t) }), m.text()
	if m.entry(p, t) != "" || !ownsPiece(p, t) || t.closed || !t.is(task.StateOpen, task.StateReturned) || t.draft != "" {
		panic(unfit("drafts are TestMachine's"))
	}
	version := 0
	try(m, rt, "save draft", p, "", func(ctx context.Context, actor policy.Actor) (struct{}, error) {
		d, err := m.store.SaveDraft(ctx, actor, task.DraftInput{TaskID: t.id, Version: version, Content: task.Content{Kind: task.Report, Narrative: text}})
		version = d.Version // a repeat is made over what was saved
		return struct{}{}, err
	}, func(struct{}) { t.draft = text })
}
