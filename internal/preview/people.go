package preview

import (
	"cmp"
	"slices"
	"strings"

	"dondoc/internal/calendar"
)

// busiest is how many of the busiest days are named.
const (
	busiestDue     = 5
	busiestMorning = 3
)

// people computes what comes to whom on which day.
func (s *survey) people(out *Preview) {
	var classes []*members
	switch {
	case s.only == nil:
		classes = s.cast.classes()
	case len(s.only.owes) > 0 || len(s.only.reviews) > 0 || s.only.issues:
		classes = []*members{s.only}
	}
	listed := largest(classes)
	out.Omitted = len(classes) - len(listed)
	names := newNames(s.cast)
	total := newTally(s.days)
	for _, m := range classes {
		var class *Class
		if listed[m] {
			out.Classes = append(out.Classes, s.class(m, names, out.Threshold))
			class = &out.Classes[len(out.Classes)-1]
		}
		for _, role := range s.roles(m) {
			tally := s.tally(m, role)
			summed := tally.role(audiences[role], class != nil)
			if class != nil {
				class.Roles = append(class.Roles, summed)
			}
			for day := range s.days.count {
				if tally.onTime[day] > 0 {
					total.onTime[day] += len(m.agencies)
				}
				if tally.atMost[day] > 0 {
					total.atMost[day] += len(m.agencies)
				}
			}
		}
	}
	for day := range s.days.count {
		if total.onTime[day] > 0 || total.atMost[day] > 0 {
			out.Days = append(out.Days, Total{s.days.on(day), total.onTime[day], total.atMost[day]})
		}
	}
}

// largest are the classes that are listed.
func largest(classes []*members) map[*members]bool {
	sorted := slices.Clone(classes)
	slices.SortStableFunc(sorted, func(a, b *members) int { return cmp.Compare(len(b.agencies), len(a.agencies)) })
	listed := map[*members]bool{}
	for _, m := range sorted[:min(len(sorted), MaxClasses)] {
		listed[m] = true
	}
	return listed
}

// class describes agencies and the days on which they have something due.
func (s *survey) class(m *members, names *names, threshold int) Class {
	kind := s.cast.cohorts[s.cast.cohortOf[m.agencies[0]]].kind
	class := Class{Name: names.of(m.agencies), Level: kind.Level, Calendar: kind.Calendar, Issues: m.issues}
	for _, agency := range m.agencies {
		class.Agencies = append(class.Agencies, s.cast.plan.Agencies[agency].Code)
	}
	for _, of := range m.owes {
		class.Owes = append(class.Owes, s.cast.duties[s.cast.units[of].duty].Code)
	}
	for _, of := range sortedUnits(m.reviews) {
		if code := s.cast.duties[s.cast.units[of].duty].Code; !slices.Contains(class.Reviews, code) {
			class.Reviews = append(class.Reviews, code)
		}
	}
	counts := make([]int, s.days.count)
	for _, of := range m.owes {
		for _, day := range s.tracks[of].due {
			counts[day]++
			class.Due++
		}
	}
	var due, tooMuch []int
	for day, n := range counts {
		if n > 0 {
			due = append(due, day)
		}
		if n >= threshold {
			tooMuch = append(tooMuch, day)
		}
	}
	slices.SortStableFunc(due, func(a, b int) int { return cmp.Compare(counts[b], counts[a]) })
	class.Busiest = s.dueDays(m, due[:min(len(due), busiestDue)])
	class.TooMuch = s.dueDays(m, tooMuch)
	return class
}

// dueDays names what is due on the days.
func (s *survey) dueDays(m *members, wanted []int) []DueDay {
	all := make([]DueDay, len(wanted))
	position := make(map[int32]int, len(wanted))
	for i, day := range wanted {
		all[i].On = s.days.on(day)
		position[int32(day)] = i
	}
	for _, of := range m.owes {
		for _, day := range s.tracks[of].due {
			if i, ok := position[day]; ok {
				all[i].Duties = append(all[i].Duties, s.cast.duties[s.cast.units[of].duty].Code)
			}
		}
	}
	return all
}

// roles are the roles that get messages at agencies.
func (s *survey) roles(m *members) []int {
	var roles []int
	if len(m.owes) > 0 {
		roles = append(roles, focalPoint, head)
	}
	if len(m.reviews) > 0 {
		roles = append(roles, supervisor)
	}
	if m.issues {
		roles = append(roles, planAuthority)
	}
	return roles
}

// tally counts notices by day.
type tally struct {
	days           days
	onTime, atMost []int
	// weekly are the Mondays on which the week's figures come.
	weeklyOnTime, weeklyAtMost bits
}

func newTally(d days) *tally {
	return &tally{days: d, onTime: make([]int, d.count), atMost: make([]int, d.count)}
}

// tally counts the notices of one role at one agency. Heads get no weekly figures.
func (s *survey) tally(m *members, role int) *tally {
	t := newTally(s.days)
	weight := map[int32]int{}
	switch role {
	case supervisor:
		weight = m.reviews
	case planAuthority:
		for of, unit := range s.cast.units {
			weight[int32(of)] = unit.agencies
		}
	default:
		for _, of := range m.owes {
			weight[of] = 1
		}
	}
	for of, n := range weight {
		track := &s.tracks[of]
		for _, notice := range track.told[role] {
			if notice.onTime {
				t.onTime[notice.day] += n
			}
			if notice.atMost {
				t.atMost[notice.day] += n
			}
		}
		if role != head {
			t.weeklyOnTime.join(track.onTime)
			t.weeklyAtMost.join(track.atMost)
		}
	}
	return t
}

// role adds the weekly figures and sums up what was counted, day by day where asked.
func (t *tally) role(audience calendar.Audience, daily bool) Role {
	role := Role{Audience: audience}
	for i, day := range t.days.mondays {
		if t.weeklyOnTime.has(i) {
			t.weekly(day, t.onTime, &role.OnTime)
		}
		if t.weeklyAtMost.has(i) {
			t.weekly(day, t.atMost, &role.AtMost)
		}
	}
	for day := range t.days.count {
		if !daily || t.onTime[day] == 0 && t.atMost[day] == 0 {
			continue
		}
		role.OnTime.count(t.onTime[day])
		role.AtMost.count(t.atMost[day])
		role.Days = append(role.Days, Day{t.days.on(day), t.onTime[day], t.atMost[day]})
	}
	role.Busiest = slices.Clone(role.Days)
	slices.SortStableFunc(role.Busiest, func(a, b Day) int {
		return cmp.Or(cmp.Compare(b.AtMost, a.AtMost), cmp.Compare(b.OnTime, a.OnTime))
	})
	role.Busiest = slices.Clip(role.Busiest[:min(len(role.Busiest), busiestMorning)])
	return role
}

// weekly adds the week's figures to a Monday's message.
func (t *tally) weekly(day int, counts []int, f *Figure) {
	if counts[day] == 0 {
		f.Weekly++
	}
	counts[day]++
}

func (f *Figure) count(notices int) {
	f.Notices += notices
	if notices > 0 {
		f.Messages++
	}
}

// names finds what to call a class.
type names struct {
	cast *cast
	// groups are positions of agencies, in the plan's order.
	groups []map[int]bool
}

func newNames(c *cast) *names {
	n := &names{cast: c}
	for _, g := range c.plan.Groups {
		in := make(map[int]bool, len(g.Members))
		for _, code := range g.Members {
			if position, ok := c.index[code]; ok {
				in[position] = true
			}
		}
		n.groups = append(n.groups, in)
	}
	return n
}

// of names agencies: the only one; the group that they are; the three that they
// are at most; the smallest group that holds them all; their level.
func (n *names) of(agencies []int) string {
	if len(agencies) == 1 {
		return n.cast.plan.Agencies[agencies[0]].Name
	}
	best := -1
	for i, in := range n.groups {
		holds := len(in) >= len(agencies) && !slices.ContainsFunc(agencies, func(a int) bool { return !in[a] })
		if holds && (best < 0 || len(in) < len(n.groups[best])) {
			best = i
		}
	}
	switch {
	case best >= 0 && (len(n.groups[best]) == len(agencies) || len(agencies) > 3):
		return n.cast.plan.Groups[best].Name
	case len(agencies) <= 3:
		all := make([]string, len(agencies))
		for i, a := range agencies {
			all[i] = n.cast.plan.Agencies[a].Name
		}
		return strings.Join(all, ", ")
	}
	return n.cast.cohorts[n.cast.cohortOf[agencies[0]]].kind.Level
}
