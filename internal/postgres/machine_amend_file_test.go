package postgres_test

import (
	"maps"
	"slices"

	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
)

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
