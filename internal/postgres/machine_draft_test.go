package postgres_test

import (
	"pgregory.net/rapid"

	"dondoc/internal/idempotency"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// What people write before they send it.
func init() { register(2, "save draft", (*machine).saveDraft) }

func (m *machine) saveDraft(rt *rapid.T) {
	t := m.something(rt, func(t *taskModel) bool { return t.done() || inState(task.StateOpen, task.StateReturned)(t) })
	p := m.someone(rt, func(p *person) bool { return owns(p, t) })
	c, classified := m.report(rt, t)
	if t.draft != nil && between(rt, "the same", 0, 3) == 0 {
		c, classified = *t.draft, false
	}
	version := oneOf(rt, "draft version", 0, t.draftVersion, t.draftVersion, t.lastDraft)
	present := 0
	if t.draft != nil {
		present = t.draftVersion
	}
	same := t.draft != nil && *t.draft == c
	want := firstOf(m.entry(p, t, 0), when(!owns(p, t), "not_found"), when(t.closed, "task.closed"),
		when(t.state == task.StateSubmitted && !t.done(), "task.already_submitted"),
		when(!t.done() && !inState(task.StateOpen, task.StateReturned)(t), "draft.not_owed"))
	switch {
	case want == "" && classified:
		want = "draft.invalid"
	case want != "" || same || version == present:
	case present == 0:
		want = "draft.gone"
	default:
		want = "draft.changed"
	}
	in := task.DraftInput{TaskID: t.id, Version: version, Content: c.content()}
	perform(m, rt, "save draft", p, want, func(m *machine, _ idempotency.Key, actor policy.Actor) (task.Draft, error) {
		d, err := m.store.SaveDraft(m.t.Context(), actor, in)
		in.Version = d.Version // a repeat is made over what was saved
		return d, err
	}, func(d task.Draft) {
		if same != (d.Version == t.draftVersion) || !same && d.Version <= t.lastDraft {
			rt.Fatalf("draft version %d, before %d, ever %d", d.Version, t.draftVersion, t.lastDraft)
		}
		t.draft, t.draftVersion, t.lastDraft = &c, d.Version, max(t.lastDraft, d.Version)
	})
}
