package form

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
)

// Reported is what one unit gave for one period.
type Reported struct {
	Key      string        // of the period, "2026-M05"; empty where no report bears it
	From, To calendar.Date // both inclusive
	// Totals by indicator; what was not given is missing.
	Totals map[string]indicator.Total
}

// Known is what the columns of a form are worked out from.
type Known struct {
	// Definitions of all indicators of the plan: a ratio's parts need not stand on the form.
	Definitions map[string]indicator.Definition
	// Now is the form's own period. History holds the unit's other reports, in any
	// order; their periods may overlap, and no day is counted twice.
	Now     Reported
	History []Reported
	// PlanFrom is the plan's first day: what was reported before it does not count
	// for the plan. The zero day bounds nothing.
	PlanFrom calendar.Date
	// Inherited are units that ended, of whose figures this one has a part.
	Inherited []Inherited
	// Typed are the figures of the period as they were written.
	Typed map[string]string
	// YearPlans are the figures that the unit is to reach by the end of the year.
	YearPlans map[string]string
}

// Columns are the figures of all rows, by indicator.
func (f Form) Columns(k Known) map[string]Figures {
	k = k.ordered()
	columns := map[string]Figures{}
	for _, row := range f.Rows() {
		columns[row.Code] = k.figures(row)
	}
	return columns
}

// Previous are the figures of the period before, by indicator, of all that are known.
func (k Known) Previous() map[string]string {
	k = k.ordered()
	figures := map[string]string{}
	for code, d := range k.Definitions {
		if value, _ := k.previous(d); value != "" {
			figures[code] = value
		}
	}
	return figures
}

// ordered leaves the period itself out of the history, and puts what was reported
// before what was entered without a report: of one period the first counts.
func (k Known) ordered() Known {
	k.History = slices.DeleteFunc(slices.Clone(k.History), func(r Reported) bool { return r.same(k.Now) })
	slices.SortStableFunc(k.History, func(a, b Reported) int { return -cmp.Compare(min(len(a.Key), 1), min(len(b.Key), 1)) })
	return k
}

func (k Known) figures(row Row) Figures {
	if row.Unit == indicator.Text {
		return Figures{InPeriod: k.Typed[row.Code]}
	}
	d := row.Definition
	f := Figures{
		YearPlan: k.YearPlans[d.Code], InPeriod: k.value(d, k.inPeriod), YearToDate: k.value(d, k.yearToDate),
		PlanToDate: k.value(d, k.planToDate), YearBefore: k.value(d, k.yearBeforeWithInherited),
	}
	if typed := k.Typed[d.Code]; typed != "" && (f.InPeriod == "" || !row.Computed) {
		f.InPeriod = typed
	}
	f.Previous, f.PreviousKey = k.previous(d)
	f.PercentOfPlan = indicator.ShareOf(f.YearToDate, f.YearPlan)
	if d.Unit != indicator.Percent { // a share of a share says nothing to anybody
		f.PercentOfYearBefore = indicator.ShareOf(f.InPeriod, f.YearBefore)
	}
	return f
}

// value is what an indicator comes to over the periods that over chooses; a
// ratio is made of what its parts come to.
func (k Known) value(d indicator.Definition, over func(indicator.Definition) indicator.Total) string {
	if d.Aggregation == indicator.Ratio {
		return indicator.ShareOf(k.part(d.Numerator, over), k.part(d.Denominator, over))
	}
	n, ok := d.Value(over(d))
	if !ok {
		return ""
	}
	return n.String()
}

func (k Known) part(code string, over func(indicator.Definition) indicator.Total) string {
	d, ok := k.Definitions[code]
	if !ok || d.Aggregation == indicator.Ratio {
		return ""
	}
	return k.value(d, over)
}

func (k Known) inPeriod(d indicator.Definition) indicator.Total { return k.Now.Totals[d.Code] }

func (k Known) yearToDate(d indicator.Definition) indicator.Total {
	own := k.toDate(d, indicator.YearToDate, k.Now.To.Year)
	return k.inherited(d, own, func(old Known) indicator.Total { return old.toDate(d, indicator.YearToDate, k.Now.To.Year) })
}

func (k Known) planToDate(d indicator.Definition) indicator.Total {
	own := k.toDate(d, indicator.PlanToDate, 0)
	return k.inherited(d, own, func(old Known) indicator.Total { return old.toDate(d, indicator.PlanToDate, 0) })
}

// toDate adds up what is known of the periods that close by the end of this one,
// from the given year on. The year of a period is that of its last day.
func (k Known) toDate(d indicator.Definition, span indicator.Span, year int) indicator.Total {
	from := k.PlanFrom
	if year != 0 {
		from = calendar.Date{} // the year is the unit's, whichever plan asked
	}
	var known []Reported
	for _, r := range k.History {
		if r.Totals[d.Code].Known() && !r.To.After(k.Now.To) && !r.To.Before(from) && r.To.Year >= year {
			known = append(known, r)
		}
	}
	var first []Reported
	if k.Now.Totals[d.Code].Known() {
		first = []Reported{k.Now}
	}
	if !d.Cumulative { // each figure of a cumulative one holds those before it
		known = apart(first, known)
	} else {
		known = append(known, first...)
	}
	slices.SortFunc(known, func(a, b Reported) int {
		return cmp.Or(a.To.Compare(b.To), b.From.Compare(a.From), cmp.Compare(a.Key, b.Key))
	})
	points := make([]indicator.Point, len(known))
	for i, r := range known {
		points[i] = indicator.Point{Year: r.To.Year, Order: i + 1, Total: r.Totals[d.Code]}
	}
	return d.OverTime(points, k.Now.To.Year, len(known), span)
}

// apart adds to the chosen periods the longest of the others that overlap none.
func apart(chosen, others []Reported) []Reported {
	slices.SortFunc(others, func(a, b Reported) int {
		return cmp.Or(b.To.Sub(b.From)-a.To.Sub(a.From), a.From.Compare(b.From), cmp.Compare(b.Key, a.Key))
	})
	for _, r := range others {
		if !slices.ContainsFunc(chosen, r.overlaps) {
			chosen = append(chosen, r)
		}
	}
	return chosen
}

func (k Known) yearBeforeWithInherited(d indicator.Definition) indicator.Total {
	return k.inherited(d, k.yearBefore(d), func(old Known) indicator.Total { return old.yearBefore(d) })
}

// yearBefore is what was reported for the same period of the year before, or for
// shorter ones that fill just that period.
func (k Known) yearBefore(d indicator.Definition) indicator.Total {
	span := Reported{Key: keyYearBefore(k.Now.Key), From: dayYearBefore(k.Now.From), To: dayYearBefore(k.Now.To)}
	var inside []Reported
	for _, r := range k.History {
		switch {
		case !r.Totals[d.Code].Known():
		case r.same(span):
			return r.Totals[d.Code]
		case !r.From.Before(span.From) && !r.To.After(span.To):
			inside = append(inside, r)
		}
	}
	if d.Cumulative {
		return indicator.Total{}
	}
	inside = apart(nil, inside)
	slices.SortFunc(inside, func(a, b Reported) int { return a.From.Compare(b.From) })
	next := span.From
	points := make([]indicator.Point, len(inside))
	for i, r := range inside {
		if r.From != next {
			return indicator.Total{}
		}
		next = r.To.AddDays(1)
		points[i] = indicator.Point{Year: span.To.Year, Order: i + 1, Total: r.Totals[d.Code]}
	}
	if next != span.To.AddDays(1) {
		return indicator.Total{}
	}
	return d.OverTime(points, span.To.Year, len(points), indicator.YearToDate)
}

// previous is the newest figure of a period of the same length within a year
// before this one.
func (k Known) previous(d indicator.Definition) (value, key string) {
	newest := Reported{To: dayYearBefore(k.Now.From).AddDays(-2)}
	found := false
	known := func(r Reported) bool {
		return k.value(d, func(e indicator.Definition) indicator.Total { return r.Totals[e.Code] }) != ""
	}
	for _, r := range k.History {
		if r.To.Before(k.Now.From) && r.To.After(newest.To) && r.alike(k.Now) && known(r) {
			newest, found = r, true
		}
	}
	if !found {
		return "", ""
	}
	return k.value(d, func(e indicator.Definition) indicator.Total { return newest.Totals[e.Code] }), newest.Key
}

// same: one period has one key; what was entered without a report has its days only.
func (r Reported) same(s Reported) bool {
	return r.Key != "" && r.Key == s.Key || (r.Key == "" || s.Key == "") && r.From == s.From && r.To == s.To
}

func (r Reported) overlaps(s Reported) bool { return !r.From.After(s.To) && !s.From.After(r.To) }

// week is how much two periods of one cadence may differ in length.
const week = 7

// alike: of one cadence, or as long as one another where there is no key.
func (r Reported) alike(s Reported) bool {
	if r.Key != "" && s.Key != "" {
		return numbers.ReplaceAllString(r.Key, "") == numbers.ReplaceAllString(s.Key, "")
	}
	return max(r.To.Sub(r.From), s.To.Sub(s.From))-min(r.To.Sub(r.From), s.To.Sub(s.From)) < week
}

var (
	numbers = regexp.MustCompile(`\d+`)
	ofYear  = regexp.MustCompile(`^(\d{4})(-[MQHNW].*)?$`)
)

// keyYearBefore is the key of the same period a year before; empty where a key
// names no period of a year.
func keyYearBefore(key string) string {
	m := ofYear.FindStringSubmatch(key)
	if m == nil {
		return ""
	}
	year, err := strconv.Atoi(m[1])
	if err != nil {
		return ""
	}
	return strconv.Itoa(year-1) + m[2]
}

// dayYearBefore: the last day of a month stays the last one.
func dayYearBefore(d calendar.Date) calendar.Date {
	if d.AddDays(1).Day == 1 {
		return d.AddDays(1).AddYears(-1).AddDays(-1)
	}
	return d.AddYears(-1)
}
