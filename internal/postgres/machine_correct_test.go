package postgres_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/idempotency"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// What replaces a result once it is done.
func init() {
	register(5, "correct", (*machine).correct)
	register(4, "decide on a correction", (*machine).decideCorrection)
}

// correctionModel is a version that is to replace the one in force.
type correctionModel struct {
	id       int64
	task     *taskModel
	number   int
	replaces int
	outcome  task.CorrectionOutcome
	at       time.Time
}

func (c *correctionModel) GoString() string {
	return fmt.Sprintf("correction %d of task %d (%s)", c.id, c.task.id, c.outcome)
}

// done: accepted, or with its recipient where nobody reviews it.
func (t *taskModel) done() bool {
	return t.state == task.StateAccepted || t.state == task.StateSubmitted && t.duty.Review.Mode == plan.ReviewNone && !t.held()
}

// inForce is the number of the version that higher levels rest on; 0: the task is not done.
func (t *taskModel) inForce() (number int) {
	if !t.done() {
		return 0
	}
	for i, s := range t.subs {
		if !s.invalid && !s.withdrawn && (s.correction == nil || s.correction.outcome == task.CorrectionAccepted) {
			number = i + 1
		}
	}
	return number
}

// waitingCorrection is the one that waits for a decision.
func (m *model) waitingCorrection(t *taskModel) *correctionModel {
	for _, c := range m.amends {
		if c.task == t && c.outcome == task.CorrectionWaits {
			return c
		}
	}
	return nil
}

// corrects: with two signatures the head alone.
func (m *model) corrects(p *person, t *taskModel) string {
	return firstOf(when(!owns(p, t), "task.not_yours"), when(m.agencies[t.agency].two && !p.has(t.agency, asHead), "correction.head"))
}

func (m *model) refusesCorrection(p *person, t *taskModel) string {
	if refused := firstOf(m.corrects(p, t), when(t.owed(), "correction.owed"), when(t.held(), "correction.held"),
		when(t.state == task.StateSubmitted && !t.done(), "correction.waiting_result"), when(!t.done(), "correction.nothing"),
		when(m.waitingCorrection(t) != nil, "correction.open")); refused != "" {
		return refused
	}
	s := t.subs[t.inForce()-1]
	return when(t.duty.Review.Mode == plan.ReviewNone && s.kind == task.NilReturn && !s.recorded && s.correction == nil && m.now.Sub(s.at) <= 10*time.Minute,
		"correction.undo")
}

func (m *machine) correct(rt *rapid.T) {
	t := m.something(rt, (*taskModel).done)
	p := m.someone(rt, func(p *person) bool { return m.corrects(p, t) == "" })
	c, unknown := m.result(rt, t, false)
	version := m.read(rt, t)
	if t.inForce() > 0 && chance(rt, "the same", 1, 8) {
		c, unknown = t.subs[t.inForce()-1].contentModel, ""
	}
	want := firstOf(m.entry(p, t, version), m.refusesCorrection(p, t), when(c.kind == task.NilReturn && !t.duty.NilReturn, "submission.nil_not_permitted"))
	if want == "" {
		want = firstOf(unknown, when(c.kept(t) == t.subs[t.inForce()-1].contentModel, "correction.same"))
	}
	in := task.CorrectInput{TaskID: t.id, Version: version, Reason: m.text(), Content: c.content()}
	perform(m, rt, "correct", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (task.Correction, error) {
		return m.store.Correct(m.with(key), actor, in)
	}, func(answer task.Correction) {
		c := c.kept(t)
		k := &correctionModel{id: answer.ID, task: t, number: len(t.subs) + 1, replaces: t.inForce(), outcome: task.CorrectionWaits, at: m.now}
		if t.duty.Review.Mode == plan.ReviewNone {
			k.outcome = task.CorrectionAccepted
		}
		m.amends = append(m.amends, k)
		t.subs = append(t.subs, &subModel{contentModel: c, at: m.now, correction: k, by: p})
		m.names(c, func(f *fileModel) { f.sent = true })
		t.draft = nil
		if t.through != "" { // it goes to the reviewer directly
			t.forwarded = len(t.subs)
		}
		t.bump()
		m.expect("task.corrected", "task", t.id, p)
		m.nudge("round", t.round.id)
		m.tellsOfCorrection(rt, k)
	})
}

// tellsOfCorrection: the agency between learns of it in any case, the reviewer
// that it waits, or what it has replaced.
func (m *machine) tellsOfCorrection(rt *rapid.T, k *correctionModel) {
	var between, reviewers []*person
	if k.task.through != "" {
		between = m.holders(k.task.through, asFocal, asSupervisor)
	}
	reviewers = m.holders(k.task.reviewer, asSupervisor)
	asked := fmt.Sprintf("correction:%d:%d", k.id, k.task.id)
	if k.outcome == task.CorrectionWaits {
		m.tells(rt, asked, reviewers)
	} else {
		between = slices.Concat(between, reviewers)
		m.tells(rt, asked, nil)
	}
	m.tells(rt, fmt.Sprintf("corrected:%d:%d", k.id, k.task.id), between)
}

func (m *model) refusesCorrectionDecision(p *person, c *correctionModel, d task.CorrectionDecision) string {
	may := when(!reviews(p, c.task), "task.not_reviewer")
	if d == task.TakeBackCorrection {
		may = m.corrects(p, c.task)
	}
	return firstOf(may, when(c.outcome != task.CorrectionWaits, "correction.decided"))
}

func (m *machine) decideCorrection(rt *rapid.T) {
	if len(m.amends) == 0 {
		panic(unfit("nothing was corrected"))
	}
	waiting := slices.DeleteFunc(slices.Clone(m.amends), func(c *correctionModel) bool { return c.outcome != task.CorrectionWaits })
	if len(waiting) == 0 || chance(rt, "any", 1, 8) {
		waiting = m.amends
	}
	c := oneOf(rt, "correction", waiting...)
	t := c.task
	decision := oneOf(rt, "decision", task.AcceptCorrection, task.AcceptCorrection, task.RefuseCorrection, task.TakeBackCorrection)
	p := m.someone(rt, func(p *person) bool { return m.refusesCorrectionDecision(p, c, decision) == "" })
	want := firstOf(m.entry(p, t, 0), m.refusesCorrectionDecision(p, c, decision))
	in := task.CorrectionAct{CorrectionID: c.id, Decision: decision, Answer: m.text()}
	perform(m, rt, string(decision)+" correction", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (task.Correction, error) {
		return m.store.DecideCorrection(m.with(key), actor, in)
	}, func(task.Correction) {
		c.outcome = map[task.CorrectionDecision]task.CorrectionOutcome{task.AcceptCorrection: task.CorrectionAccepted,
			task.RefuseCorrection: task.CorrectionRefused, task.TakeBackCorrection: task.CorrectionTakenBack}[decision]
		m.settled(rt, c, p)
		if decision == task.TakeBackCorrection {
			t.restoreDraft(t.subs[c.number-1].contentModel)
		}
	})
}

// settled: what became of a correction is told to the unit, unless it took it back.
func (m *machine) settled(rt *rapid.T, c *correctionModel, p *person) {
	c.task.bump()
	m.expect("task.correction_"+string(c.outcome), "task", c.task.id, p)
	if p != nil {
		m.nudge("round", c.task.round.id)
	}
	var unit []*person
	if c.outcome != task.CorrectionTakenBack {
		unit = m.holders(c.task.agency, asFocal, asHead)
		m.nudged = append(m.nudged, "delivery:mail")
	}
	m.tells(rt, fmt.Sprintf("correction_decided:%d:%d", c.id, c.task.id), unit)
}

// acceptCorrections: a correction waits as long as a result of its duty does.
func (m *machine) acceptCorrections(rt *rapid.T, r *roundModel) {
	for _, c := range m.amends {
		if c.task.round == r && c.outcome == task.CorrectionWaits && c.task.duty.Review.Mode == plan.ReviewAutomatic &&
			!m.now.Before(workingDays(midnight(c.at), machineAutoDays).Add(17*time.Hour)) {
			c.outcome = task.CorrectionAccepted
			m.settled(rt, c, nil)
		}
	}
}
