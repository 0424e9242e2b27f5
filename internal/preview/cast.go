package preview

import (
	"encoding/binary"
	"slices"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/timetable"
)

// cohort is what the times of an agency's tasks depend on besides the duty.
type cohort struct {
	kind timetable.Kind
	// from and to are the agency's existence; zero is open.
	from, to calendar.Date
}

// exists reports whether agencies of the cohort exist on a day.
func (c cohort) exists(on calendar.Date) bool {
	return !on.Before(c.from) && (c.to.IsZero() || !on.After(c.to))
}

// unit is a cohort's share of a duty: all its tasks have the same times.
type unit struct {
	duty, cohort int
	agencies     int
}

// cast is who owes, reviews and issues what of a plan. Duties are those that the
// calendar opens and somebody owes; agencies, duties, cohorts and units go by
// their positions.
type cast struct {
	plan     *plan.Plan
	index    map[string]int // of agencies by code
	cohorts  []cohort
	cohortOf []int // by agency
	duties   []*plan.Duty
	units    []unit
	unitsOf  [][]int32       // by duty
	owes     [][]int32       // units by agency, ascending
	reviews  []map[int32]int // by agency: units with the number of agencies in them
}

func newCast(p *plan.Plan, calendarOf func(string) string) *cast {
	c := &cast{
		plan: p, index: make(map[string]int, len(p.Agencies)), cohortOf: make([]int, len(p.Agencies)),
		owes: make([][]int32, len(p.Agencies)), reviews: make([]map[int32]int, len(p.Agencies)),
	}
	known := map[cohort]int{}
	for i, a := range p.Agencies {
		c.index[a.Code] = i
		of := cohort{timetable.Kind{Level: a.Level}, a.ValidFrom, a.ValidTo}
		if calendarOf != nil {
			of.kind.Calendar = calendarOf(a.Code)
		}
		position, ok := known[of]
		if !ok {
			position = len(c.cohorts)
			known[of] = position
			c.cohorts = append(c.cohorts, of)
		}
		c.cohortOf[i] = position
	}
	seen := make([]int, len(p.Agencies)) // by the number of the duty, from 1
	for i := range p.Duties {
		if d := &p.Duties[i]; opened(d) {
			c.assign(d, i+1, seen)
		}
	}
	return c
}

// opened reports whether the calendar opens rounds of a duty.
func opened(d *plan.Duty) bool {
	return d.CoveredBy == "" && slices.ContainsFunc(d.Schedule.Cadences, calendar.Cadence.MakesRounds)
}

// assign notes who owes and who reviews a duty.
func (c *cast) assign(d *plan.Duty, number int, seen []int) {
	duty, first, unitOf := len(c.duties), len(c.units), map[int]int32{}
	for _, a := range d.Assignments {
		agency, ok := c.index[a.Agency]
		if !ok || !a.Role.Owes() || seen[agency] == number {
			continue
		}
		seen[agency] = number
		of, ok := unitOf[c.cohortOf[agency]]
		if !ok {
			of = int32(len(c.units))
			unitOf[c.cohortOf[agency]] = of
			c.units = append(c.units, unit{duty: duty, cohort: c.cohortOf[agency]})
		}
		c.units[of].agencies++
		c.owes[agency] = append(c.owes[agency], of)
		if reviewer, ok := c.reviewer(d, agency); ok {
			if c.reviews[reviewer] == nil {
				c.reviews[reviewer] = map[int32]int{}
			}
			c.reviews[reviewer][of]++
		}
	}
	if len(c.units) == first {
		return // nobody owes it
	}
	var units []int32
	for of := first; of < len(c.units); of++ {
		units = append(units, int32(of))
	}
	c.duties, c.unitsOf = append(c.duties, d), append(c.unitsOf, units)
}

// reviewer is who reviews what an agency owes: whoever is named, else the recipient.
func (c *cast) reviewer(d *plan.Duty, agency int) (int, bool) {
	code := d.Recipient.Reviewer
	switch {
	case code != "":
	case d.Recipient.Parent:
		code = c.plan.Agencies[agency].Parent
	default:
		code = d.Recipient.Agency
	}
	position, ok := c.index[code]
	return position, ok
}

// issuer is the agency that issued the plan; -1 where it is none of the plan's.
func (c *cast) issuer() int {
	if position, ok := c.index[c.plan.Issuer]; ok {
		return position
	}
	return -1
}

// kinds are the levels and calendars of all who owe a duty.
func (c *cast) kinds(duty int) []timetable.Kind {
	kinds := make([]timetable.Kind, 0, len(c.unitsOf[duty]))
	for _, of := range c.unitsOf[duty] {
		kinds = append(kinds, c.cohorts[c.units[of].cohort].kind)
	}
	return timetable.SortKinds(kinds)
}

// members are agencies with the same future.
type members struct {
	agencies []int
	owes     []int32
	// reviews are those of the agency that reviews the most tasks.
	reviews map[int32]int
	most    int
	issues  bool
}

// classes parts the agencies that owe, review or issue anything by their future,
// in the plan's order.
func (c *cast) classes() []*members {
	var all []*members
	known := map[string]*members{}
	issuer := c.issuer()
	var key []byte
	for agency := range c.plan.Agencies {
		m := c.member(agency, issuer)
		if len(m.owes) == 0 && len(m.reviews) == 0 && !m.issues {
			continue
		}
		key = m.key(key[:0], c.cohortOf[agency])
		class, ok := known[string(key)]
		if !ok {
			class = m
			known[string(key)] = m
			all = append(all, m)
		} else {
			class.agencies = append(class.agencies, agency)
		}
		if m.most > class.most {
			class.reviews, class.most = m.reviews, m.most
		}
	}
	return all
}

// member is an agency as a class of its own.
func (c *cast) member(agency, issuer int) *members {
	m := &members{agencies: []int{agency}, owes: c.owes[agency], reviews: c.reviews[agency], issues: agency == issuer}
	for _, n := range m.reviews {
		m.most += n
	}
	return m
}

// key is the same for agencies with the same future.
func (m *members) key(key []byte, cohort int) []byte {
	key = binary.AppendUvarint(key, uint64(cohort))
	key = binary.AppendUvarint(key, uint64(len(m.owes)))
	for _, of := range m.owes {
		key = binary.AppendUvarint(key, uint64(of))
	}
	for _, of := range sortedUnits(m.reviews) {
		key = binary.AppendUvarint(key, uint64(of))
	}
	if m.issues {
		key = append(key, 0xFF) // ends no number, so it is no unit
	}
	return key
}

func sortedUnits(units map[int32]int) []int32 {
	sorted := make([]int32, 0, len(units))
	for of := range units {
		sorted = append(sorted, of)
	}
	slices.Sort(sorted)
	return sorted
}
