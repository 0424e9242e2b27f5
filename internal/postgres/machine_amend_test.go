package postgres_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/amendment"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// amend previews a new version of the file and applies what was shown, sometimes
// after something else came between.
func (m *planMachine) amend(rt *rapid.T) {
	p := m.someone(rt, func(p *official) bool { return p.has("tinh", "plan_authority") })
	file, what := m.nextFile(rt)
	ended := m.namesEnded(file)
	m.loads++
	in := amendment.Input{PlanID: m.plan.id, Plan: file, Source: fmt.Sprintf("format: 1 # %d\n", m.loads), Basis: decision}
	shown, err := m.store.PreviewAmendment(m.t.Context(), m.actor(rt, p), in)
	refused := firstOf(m.mayManage(p), when(ended, "amendment.ended"))
	if got := codeOf(rt, err); got != refused {
		rt.Fatalf("preview of %s by %s: %q (%v), want %q", what, p, got, err, refused)
	}
	in.Version, in.Digest = shown.PlanVersion, shown.Digest
	before := m.signature(m.worksOut(rt, file), file)
	version := m.planVersion(rt)
	between := refused == "" && chance(rt, "something between", 1, 4)
	if between {
		m.between(rt)
	}
	if in.Digest == "" {
		in.Digest, in.Version = "not previewed", version
	}
	effect := m.worksOut(rt, file)
	want := firstOf(m.mayManage(p), when(m.planVersion(rt) != in.Version, "plan.changed"), when(m.namesEnded(file), "amendment.ended"),
		when(!m.differs(file), "amendment.nothing"), when(m.signature(effect, file) != before, "amendment.stale"))
	name := "amend"
	if slices.ContainsFunc(slices.Collect(maps.Values(m.units)), func(u *unit) bool { return u.ended }) {
		name = "amend after a reform"
	} else if slices.ContainsFunc(m.reforms, func(r *reform) bool { return r.waits() }) {
		name = "amend before a reform"
	}
	try(m, rt, name, p, want, func(ctx context.Context, actor policy.Actor) (amendment.Applied, error) {
		return m.store.ApplyAmendment(ctx, actor, in)
	}, func(a amendment.Applied) {
		rt.Logf("%s: %+v", what, a.Effect)
		m.seal.done[what]++
		if x, y := asJSON(rt, shown.Effect), asJSON(rt, a.Effect); x != y && !between { // people and notices come and go
			rt.Fatalf("shown   %s\napplied %s", x, y)
		}
		m.amended(rt, file, effect, p)
		again, err := m.store.PreviewAmendment(m.t.Context(), m.actor(rt, p), in)
		if err != nil || !again.Difference.Empty() || len(again.Effect.Open)+len(again.Effect.Scheduled) > 0 {
			rt.Fatalf("the same file again: %+v %+v, %v", again.Difference, again.Effect, err)
		}
	})
}

func (m *planMachine) planVersion(rt *rapid.T) (version int) {
	m.one(rt, &version, `SELECT version FROM plans WHERE id = $1`, m.plan.id)
	return version
}

// between is what may happen after an amendment was previewed.
func (m *planMachine) between(rt *rapid.T) {
	acts := []func(*planMachine, *rapid.T){(*planMachine).submit, (*planMachine).submit, (*planMachine).review, (*planMachine).saveDraft,
		(*planMachine).grant, (*planMachine).timePasses, (*planMachine).reform, (*planMachine).suspendOrResume}
	for range 20 {
		if fits(func() { oneOf(rt, "between", acts...)(m, rt) }) {
			return
		}
	}
}

// namesEnded: the file gives a part to an agency that has ended.
func (m *planMachine) namesEnded(file *plan.Plan) bool {
	ended := func(code string) bool { return code != "" && m.units[code].ended }
	return ended(file.Standing) || slices.ContainsFunc(file.Duties, func(d plan.Duty) bool {
		return ended(d.Recipient.Agency) || ended(d.Recipient.Reviewer) || slices.ContainsFunc(d.Assignments, func(a plan.Assignment) bool { return ended(a.Agency) })
	})
}

// chargeOf is the duty of a code, retired or not; nil: it is new.
func (m *planMachine) chargeOf(code string) *charge {
	for _, c := range m.charges {
		if c.def.Code == code {
			return c
		}
	}
	return nil
}

// touched: the file says of the duty something else than is in force.
func (m *planMachine) touched(rt *rapid.T, c *charge, d plan.Duty) bool {
	owes := map[string]way{}
	for _, code := range ownersOf(d) {
		owes[code] = m.written(d, code)
	}
	return asJSON(rt, c.def) != asJSON(rt, withoutOwners(d)) || !maps.Equal(c.owes, owes)
}

func ownersOf(d plan.Duty) []string {
	owners := map[string]bool{}
	for _, a := range d.Assignments {
		owners[a.Agency] = true
	}
	return sorted(owners)
}

// differs: the file says something else than is in force.
func (m *planMachine) differs(file *plan.Plan) bool {
	old := *m.doc
	old.Duties = nil
	for _, c := range m.charges {
		if !c.retired {
			d := c.def
			for _, code := range slices.Sorted(maps.Keys(c.owes)) {
				d.Assignments = append(d.Assignments, plan.Assignment{Agency: code, Role: plan.Implementing})
			}
			old.Duties = append(old.Duties, d)
		}
	}
	return !amendment.Compare(&old, file).Empty()
}

// signature is all that a preview shows and that may be another by the time that
// it is applied.
func (m *planMachine) signature(w []*termWork, file *plan.Plan) string {
	lines := []string{}
	for _, c := range m.charges {
		if !c.retired {
			lines = append(lines, fmt.Sprint(c.def.Code, slices.Sorted(maps.Keys(c.owes))))
		}
	}
	for _, r := range w {
		lines = append(lines, r.String())
	}
	encoded, err := json.Marshal(lines)
	if err != nil {
		return err.Error()
	}
	return string(encoded)
}

// termWork is what an amendment does to one round.
type termWork struct {
	term                      *term
	before, after             plan.ReviewMode
	opened, later             []string
	cancelled, kept, rerouted []*piece
	waiting                   []*piece
	moves                     []pieceMove
	closes                    time.Time // zero: stays
	ends                      bool
	// scheduled rounds have not opened: moved, or dropped.
	scheduled int64
	dropped   bool
	due       time.Time
}

type pieceMove struct {
	piece *piece
	to    time.Time
}

func (w *termWork) empty() bool {
	return len(w.opened)+len(w.later)+len(w.cancelled)+len(w.kept)+len(w.rerouted)+len(w.waiting)+len(w.moves) == 0 && w.closes.IsZero() && !w.ends
}

func (w *termWork) String() string {
	if w.scheduled != 0 {
		return fmt.Sprint("scheduled ", w.scheduled, w.dropped, w.due)
	}
	line := fmt.Sprint("round ", w.term.id, w.opened, w.later, names(w.cancelled), names(w.kept), names(w.rerouted), w.closes, w.ends)
	if w.before != plan.ReviewNone {
		line += fmt.Sprint(" waiting ", len(w.waiting))
	}
	for _, move := range w.moves {
		line += fmt.Sprint(" ", move.piece.unit, " from ", move.piece.due, " to ", move.to)
	}
	return line
}

func names(pieces []*piece) (units []string) {
	for _, t := range pieces {
		units = append(units, t.unit)
	}
	return units
}

func settledUnder(t *piece, mode plan.ReviewMode) bool {
	return t.is(task.StateAccepted, task.StateWaived, task.StateCancelled) || t.is(task.StateSubmitted) && mode == plan.ReviewNone
}
