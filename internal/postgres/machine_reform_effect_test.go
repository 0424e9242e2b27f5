package postgres_test

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"dondoc/internal/agency"
	"dondoc/internal/plan"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// reformed does to the model what a file does, after docs/agencies.md; by is who
// applied it, 0 the worker on the day.
func (m *planMachine) reformed(rt *rapid.T, r *reform, by int64) {
	r.state, r.touched = agency.Applied, map[string]bool{r.into: true}
	for _, heir := range r.chosen {
		r.touched[heir] = true
	}
	if r.found {
		u := &unit{code: r.into, level: r.level, parent: r.under, from: r.on, position: m.units[r.names[0]].position, chosen: map[int64]string{}}
		m.one(rt, &u.id, `SELECT id FROM agencies WHERE code = $1`, u.code)
		m.units[u.code] = u
		m.leaves("agency.founded", "agency", u.id, by)
	}
	for _, code := range r.names {
		u := m.units[code]
		switch {
		case r.kind == "rename":
			m.leaves("agency.renamed", "agency", u.id, by)
		case r.kind == "move":
			u.parent, r.touched[code] = r.under, true
			m.leaves("agency.moved", "agency", u.id, by)
		case r.kind == "divide":
			m.leaves("agency.divided", "agency", u.id, by)
			m.choose(r, u)
		case r.ends(code):
			m.endUnit(r, u, by)
		}
	}
	m.giveDuties(r, by)
	if m.plan.state != plan.Closed {
		m.giveTasks(r, by)
	}
	m.findWays(r, by)
	m.dropUnowed(rt, by)
	m.giveRequests(r)
	m.givePosts(r, by)
}

// endUnit ends an agency; what hung below it hangs below who takes over.
func (m *planMachine) endUnit(r *reform, u *unit, by int64) {
	u.ended = true
	m.leaves(map[string]string{"merge": "agency.merged", "dissolve": "agency.dissolved"}[r.kind], "agency", u.id, by)
	if r.into == "" {
		return
	}
	u.heirs = []string{r.into}
	m.choose(r, u)
	for _, below := range m.units {
		if below.parent == u.code && !below.ended {
			below.parent, r.touched[below.code] = r.into, true
			m.leaves("agency.moved", "agency", below.id, by)
		}
	}
}

// choose keeps who takes over single duties.
func (m *planMachine) choose(r *reform, u *unit) {
	for code, heir := range r.chosen {
		u.chosen[m.chargeOf(code).id] = heir
	}
}

// giveDuties gives the duties of who ends to who takes them over, and the plan
// another standing agency where it ends. Of who is divided and goes on each part
// owes what the whole did, but for what went to one part alone.
func (m *planMachine) giveDuties(r *reform, by int64) {
	if r.ends(m.standing) {
		m.leaves("plan.succeeded", "plan", m.plan.id, by)
		if m.standing = r.into; r.into == "" {
			m.standing = "tinh"
		}
	}
	given := false
	names := slices.SortedFunc(slices.Values(r.names), func(a, b string) int { return cmp.Compare(m.units[a].id, m.units[b].id) })
	for _, c := range m.charges {
		for _, code := range names {
			to, owed := c.owes[code]
			if !owed || c.retired || !r.ends(code) && r.kind != "divide" {
				continue
			}
			heir := r.into
			if r.kind != "divide" {
				heir = m.heir(code, c)
			}
			if given = true; r.gives(code, c) {
				delete(c.owes, code)
			}
			if heir != "" {
				if _, has := c.owes[heir]; !has {
					c.owes[heir] = to
				}
			}
		}
	}
	if given {
		m.leaves("plan.reassigned", "plan", m.plan.id, by)
	}
}

// giveTasks: of one round one task of those who end goes on, the farthest, unless
// the successor has one already; the others are cancelled.
func (m *planMachine) giveTasks(r *reform, by int64) {
	for _, term := range m.terms {
		heirs := map[string][]*piece{}
		for _, t := range m.pieces {
			if t.term == term && r.gives(t.unit, term.charge) && t.owed() && !t.closed {
				heir := m.heir(t.unit, term.charge)
				heirs[heir] = append(heirs[heir], t)
			}
		}
		for _, heir := range slices.Sorted(maps.Keys(heirs)) {
			m.nudge("round", term.id)
			owed := heirs[heir]
			slices.SortStableFunc(owed, func(a, b *piece) int {
				return cmp.Or(cmp.Compare(far(b), far(a)), cmp.Compare(m.units[a.unit].position, m.units[b.unit].position), cmp.Compare(m.units[a.unit].id, m.units[b.unit].id))
			})
			taken := slices.ContainsFunc(m.pieces, func(t *piece) bool { return t.term == term && t.unit == heir })
			for _, t := range owed {
				t.version++
				if heir != "" && !taken {
					taken, t.unit = true, heir
					m.leaves("task.succeeded", "task", t.id, by)
					m.seal.done["reform: task moved"]++
					continue
				}
				t.state, t.prep = task.StateCancelled, ""
				m.leaves("task.cancelled", "task", t.id, by)
				m.seal.done["reform: task cancelled"]++
				m.closeMoot(t, nil)
			}
		}
	}
}

// far is how far a task is.
func far(t *piece) int {
	n := map[task.State]int{task.StatePrepared: 6, task.StateReturned: 4, task.StateOpen: 2}[t.state]
	if t.draft != "" {
		n++
	}
	return n
}

// findWays computes anew who receives and who reviews, and says so of each task.
func (m *planMachine) findWays(r *reform, by int64) {
	rerouted := false
	for _, c := range m.charges {
		for code, was := range c.owes {
			if to := m.wayNow(r, c, code, was); !c.retired && to != was {
				c.owes[code], rerouted = to, true
			}
		}
	}
	if rerouted {
		m.leaves("plan.rerouted", "plan", m.plan.id, by)
	}
	for _, t := range m.pieces {
		if to := m.wayNow(r, t.term.charge, t.unit, t.way); t.live() && to != t.way {
			t.way = to
			t.version++
			m.leaves("task.rerouted", "task", t.id, by)
			m.seal.done["reform: task rerouted"]++
		}
	}
}

// wayNow: whom the file names for the duty, else the superior where the duty says
// so and it may be another, else who took over, else who it was. Nobody receives a
// result of their own, or after their end: the standing agency does, else the issuer.
func (m *planMachine) wayNow(r *reform, c *charge, code string, was way) way {
	now := func(to string, above bool) string {
		ends := r.ends(to)
		switch chosen := m.units[to].chosen[c.id]; {
		case ends && chosen != "":
			to = chosen
		case c.def.Recipient.Parent && above && !m.units[code].ended && (ends || r.touched[code]):
			to = m.units[code].parent
		case ends && m.heir(to, c) != "":
			to = m.heir(to, c)
		}
		return m.orAbove(to, code)
	}
	return way{now(was.recipient, true), now(was.reviewer, was.reviewer == was.recipient)}
}

// dropUnowed closes scheduled rounds that nobody owes any more.
func (m *planMachine) dropUnowed(rt *rapid.T, by int64) {
	for _, c := range m.charges {
		if c.retired || len(c.owes) > 0 {
			continue
		}
		for _, id := range c.waiting {
			m.leaves("round.dropped", "round", id, by)
		}
		c.waiting = nil
		if left := m.waitingRounds(rt, c); len(left) > 0 {
			rt.Fatalf("rounds %v of %s wait, which nobody owes", left, c.def.Code)
		}
	}
}

// giveRequests lets open requests go on between those who took over.
func (m *planMachine) giveRequests(r *reform) {
	for _, q := range m.pleas {
		if q.settled || !r.ends(q.from) && !r.ends(q.to) {
			continue
		}
		own := q.from == q.to
		for _, side := range []*string{&q.from, &q.to} {
			if heir := m.heir(*side, q.piece.term.charge); r.ends(*side) && heir != "" {
				*side = heir
			}
		}
		q.version++
		m.nudge("request", q.id)
		if !own && q.from == q.to { // what a body would ask of itself
			m.movePlea(q, request.Closed, 0)
		}
	}
}

// givePosts ends the posts at agencies that end with the day before; the same
// begin where they go on. What somebody left on that day or later is of them too.
func (m *planMachine) givePosts(r *reform, by int64) {
	goOn := r.into != "" && r.posts != "none"
	for _, p := range m.officials {
		var posts []string
		for _, post := range p.posts {
			role, at, _ := strings.Cut(post, " ")
			if !r.ends(at) {
				posts = append(posts, post)
				continue
			}
			m.leaves("post.succeeded", "user", p.id, by)
			if next := role + " " + r.into; goOn && !slices.Contains(p.posts, next) {
				posts, p.begun[next] = append(posts, next), r.on
			}
		}
		slices.Sort(posts)
		p.posts = slices.Compact(posts)
		for i, left := range p.left {
			role, at, _ := strings.Cut(left.post, " ")
			if !r.ends(at) || left.last.Before(r.on) {
				continue
			}
			m.leaves("post.succeeded", "user", p.id, by)
			if p.left[i].post = role + " " + r.into; !goOn {
				p.left[i] = leftPost{left.post, r.on.AddDate(0, 0, -1)}
			}
		}
	}
}
