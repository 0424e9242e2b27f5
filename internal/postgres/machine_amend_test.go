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
	"dondoc/internal/calendar"
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

// today is the file that says how things stand: who owes what in fact, in the
// names of today.
func (m *planMachine) today() *plan.Plan {
	p := *m.doc
	p.Agencies, p.Duties = nil, nil
	codes := slices.SortedFunc(maps.Keys(m.units), func(a, b string) int { return int(m.units[a].id - m.units[b].id) })
	for _, code := range codes {
		if u := m.units[code]; !u.ended {
			p.Agencies = append(p.Agencies, plan.Agency{Code: code, Name: "UBND " + code, Level: u.level, Parent: u.parent})
		}
	}
	p.Standing = m.standing
	for _, c := range m.charges {
		if c.retired {
			continue
		}
		d := c.def
		if d.Recipient.Agency != "" {
			d.Recipient.Agency = m.lives(d.Recipient.Agency, c)
		}
		d.Recipient.Reviewer = m.lives(d.Recipient.Reviewer, c)
		for _, code := range slices.Sorted(maps.Keys(c.owes)) {
			d.Assignments = append(d.Assignments, plan.Assignment{Agency: code, Role: plan.Implementing})
		}
		p.Duties = append(p.Duties, d)
	}
	return &p
}

// lives is who took over from a unit for a duty, as far as it lives.
func (m *planMachine) lives(code string, c *charge) string {
	for code != "" && m.units[code].ended {
		code = m.heir(code, c)
	}
	return code
}

// nextFile draws the next version: one to three changes of the file of today.
func (m *planMachine) nextFile(rt *rapid.T) (file *plan.Plan, what string) {
	file = m.today()
	what = "amended:"
	for range between(rt, "changes", 1, 3) {
		what += m.change(rt, file)
	}
	for i := range file.Duties { // nobody receives or reviews a result of their own
		d := &file.Duties[i]
		for _, mine := range []*string{&d.Recipient.Agency, &d.Recipient.Reviewer} {
			if owesIn(*d, *mine) {
				*mine = "tinh"
			}
		}
		if !d.Recipient.Parent && d.Recipient.Agency == "" {
			d.Recipient.Agency = "tinh"
		}
	}
	return file, what
}

func owesIn(d plan.Duty, code string) bool {
	return slices.ContainsFunc(d.Assignments, func(a plan.Assignment) bool { return a.Agency == code })
}

func (m *planMachine) change(rt *rapid.T, file *plan.Plan) string {
	if len(file.Duties) == 0 {
		return m.newDuty(rt, file)
	}
	d := &file.Duties[evenly(rt, "duty", len(file.Duties))]
	switch what := oneOf(rt, "change", "text", "due", "due", "end", "new", "add", "add", "take", "take", "review", "reviewer", "ended"); what {
	case "text":
		d.Text = m.text()
		return " text"
	case "due":
		d.Due = map[string]calendar.DueRule{"": {WorkingDays: between(rt, "working days", 2, 9)}}
		return " due"
	case "end":
		file.Duties = slices.DeleteFunc(slices.Clone(file.Duties), func(o plan.Duty) bool { return o.Code == d.Code })
		return " end"
	case "new":
		return m.newDuty(rt, file)
	case "add":
		if code := m.anyUnit(rt, file, d.Recipient.Parent); !owesIn(*d, code) {
			d.Assignments = append(d.Assignments, plan.Assignment{Agency: code, Role: plan.Implementing})
		}
		return " add"
	case "take":
		if len(d.Assignments) > 1 {
			gone := oneOf(rt, "who", d.Assignments...)
			d.Assignments = slices.DeleteFunc(d.Assignments, func(a plan.Assignment) bool { return a == gone })
		}
		return " take"
	case "review":
		d.Review = reviewOf(oneOf(rt, "review", plan.ReviewRequired, plan.ReviewNone, plan.ReviewAutomatic))
		return " review"
	case "reviewer":
		d.Recipient.Reviewer = m.lives(oneOf(rt, "reviewer", "", "s2", "so", "tinh"), m.charges[0])
		return " reviewer"
	}
	for _, code := range slices.Sorted(maps.Keys(m.units)) {
		if m.units[code].ended && chance(rt, "name it", 1, 2) {
			d.Assignments = append(d.Assignments, plan.Assignment{Agency: code, Role: plan.Implementing})
			file.Agencies = append(file.Agencies, plan.Agency{Code: code, Name: "UBND " + code, Level: m.units[code].level, Parent: m.units[code].parent})
			return " ended"
		}
	}
	return ""
}

// anyUnit draws who owes a duty more: below the province, or below a district
// where it goes to the superior.
func (m *planMachine) anyUnit(rt *rapid.T, file *plan.Plan, communes bool) string {
	var codes []string
	for _, a := range file.Agencies {
		if (a.Level == "commune") == communes && (communes || a.Level == "district") {
			codes = append(codes, a.Code)
		}
	}
	if len(codes) == 0 {
		panic(unfit("no unit is left"))
	}
	return oneOf(rt, "unit", codes...)
}

// newDuty brings a duty in, or one back that was retired.
func (m *planMachine) newDuty(rt *rapid.T, file *plan.Plan) string {
	code := oneOf(rt, "code", "R", "N", "A", "V", "W")
	if slices.ContainsFunc(file.Duties, func(d plan.Duty) bool { return d.Code == code }) {
		return ""
	}
	d := aDuty(code, oneOf(rt, "review", plan.ReviewRequired, plan.ReviewNone, plan.ReviewAutomatic), plan.Recipient{Agency: "tinh"})
	for range 2 {
		if unit := m.anyUnit(rt, file, false); !owesIn(d, unit) {
			d.Assignments = append(d.Assignments, plan.Assignment{Agency: unit, Role: plan.Implementing})
		}
	}
	file.Duties = append(file.Duties, d)
	return " new"
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
