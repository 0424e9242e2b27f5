package postgres_test

import (
	"slices"

	"dondoc/internal/plan"
)

// Who may do what, by place and by part.

func (p *official) has(agency string, roles ...string) bool {
	return slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(p.posts, r+" "+agency) })
}

var readingRoles = []string{"focal_point", "head", "supervisor", "plan_authority"}

// reaches: a reading post of the person is at the agency, above it, or at one
// that took over from it or from one above it.
func (m *planMachine) reaches(p *official, code string) bool {
	if code == "" {
		return false
	}
	u := m.units[code]
	if p.has(code, readingRoles...) || m.reaches(p, u.parent) {
		return true
	}
	return u.ended && slices.ContainsFunc(u.heirs, func(heir string) bool { return m.reaches(p, heir) })
}

func (m *planMachine) sees(p *official, t *piece) bool {
	return m.reaches(p, t.unit) || p.has(t.way.reviewer, readingRoles...) || p.has(t.way.recipient, readingRoles...) || p.has("tinh", "plan_authority")
}

// knows: the person sees that there is such a plan.
func (m *planMachine) knows(p *official) bool {
	if m.reaches(p, "tinh") || m.reaches(p, m.standing) {
		return true
	}
	for _, c := range m.charges {
		for code, to := range c.owes {
			if !c.retired && (m.reaches(p, code) || p.has(to.recipient, readingRoles...) || p.has(to.reviewer, readingRoles...)) {
				return true
			}
		}
	}
	return slices.ContainsFunc(m.pieces, func(t *piece) bool { return m.reaches(p, t.unit) })
}

func (m *planMachine) mayManage(p *official) string {
	return firstOf(when(!m.knows(p), "not_found"), when(!p.has("tinh", "plan_authority"), "plan.not_issuer"))
}

// entry is what every act on a task asks first.
func (m *planMachine) entry(p *official, t *piece) string {
	return firstOf(when(!m.sees(p, t), "not_found"), when(m.plan.state != plan.Active, "plan.not_active"))
}

func ownsPiece(p *official, t *piece) bool { return p.has(t.unit, "focal_point", "head") }
func reviewsPiece(p *official, t *piece) bool {
	return p.has(t.way.reviewer, "supervisor") && !ownsPiece(p, t)
}
func rulesPiece(p *official, t *piece) bool {
	return p.has("tinh", "plan_authority") && !ownsPiece(p, t)
}
