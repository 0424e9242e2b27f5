package calendar

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"dondoc/internal/fault"
)

// lengths orders the cadences that make periods from short to long; the longest
// of those that close together names the period. Once stands apart, because its
// due day is its own.
var lengths = []Cadence{Cron, Weekly, Monthly, Quarterly, HalfYear, NineMonth, Yearly}

// monthly cadences are told by the number of months of their window and by the
// months in which they close: every step months, with remainder phase (January is 0).
var monthSpans = map[Cadence]struct{ span, step, phase int }{
	Monthly:   {1, 1, 0},
	Quarterly: {3, 3, 2},
	HalfYear:  {6, 6, 5},
	NineMonth: {9, 12, 8},
	Yearly:    {12, 12, 11},
}

// Periods returns all periods whose window ends in [from, to] (both included),
// ordered by End and then Key. A zero from or to is the plan's own first or last
// day. Windows are cut by validity and dropped where they lie outside of it.
// Decree windows are those of Decree 09/2019/NĐ-CP art. 12 and belong to the
// year in which they close; where the civil month, quarter or year that a window
// is named after begins only after the plan has ended, the window is no part of
// the plan. Faults (Invalid): an unknown cadence or family, a schedule that lacks
// its date, expression or frequency, a span without beginning or end.
func Periods(s Schedule, validity Range, from, to Date) ([]Period, error) {
	if to.IsZero() && !validity.To.IsZero() {
		to = validity.To
		// One that is owed once may be due after the plan's last day.
		if slices.Contains(s.Cadences, Once) && s.DueOn.After(to) {
			to = s.DueOn
		}
	}
	if to.IsZero() {
		return nil, fault.New(fault.Invalid, "calendar.no_end",
			"Cần có ngày cuối để liệt kê các kỳ báo cáo.", "A last day is needed to list periods.").At("to")
	}
	w, err := newWalk(s, validity)
	if err != nil {
		return nil, err
	}
	lower, err := w.lower(from)
	if err != nil {
		return nil, err
	}
	var all []Period
	for !lower.After(to) {
		next := w.next(lower)
		if len(next) == 0 || next[0].End.After(to) {
			break
		}
		all = append(all, next...)
		lower = next[0].End.AddDays(1)
	}
	return all, nil
}

// NextPeriod returns the first period whose window ends strictly after the given
// day (zero: the first of all), and false where none is left. Walking by End
// misses what closes on the same day when KeepApart is set or Once or AtLeast
// stands beside another cadence: use NextPeriods there. Faults as for Periods.
func NextPeriod(s Schedule, validity Range, after Date) (Period, bool, error) {
	next, err := NextPeriods(s, validity, after)
	if err != nil || len(next) == 0 {
		return Period{}, false, err
	}
	return next[0], true, nil
}

// NextPeriods returns all periods of the first closing day strictly after the
// given day (zero: the first of all), ordered by Key; none is left where it is
// empty. It costs the same however far away that day is. Faults as for Periods.
func NextPeriods(s Schedule, validity Range, after Date) ([]Period, error) {
	w, err := newWalk(s, validity)
	if err != nil {
		return nil, err
	}
	from := after
	if !after.IsZero() {
		from = after.AddDays(1)
	}
	lower, err := w.lower(from)
	if err != nil {
		return nil, err
	}
	return w.next(lower), nil
}

// walk is a checked schedule within its validity.
type walk struct {
	schedule Schedule
	validity Range
	cadences []Cadence // that make periods, shortest first
	cron     *cronSchedule
}

func newWalk(s Schedule, validity Range) (*walk, error) {
	w := &walk{schedule: s, validity: validity}
	if !validity.From.IsZero() && !validity.To.IsZero() && validity.To.Before(validity.From) {
		return nil, fault.New(fault.Invalid, "calendar.validity",
			"Hiệu lực kết thúc ngày %s, trước ngày bắt đầu %s.", "The validity ends on %s, before it begins on %s.",
			validity.To.VN(), validity.From.VN()).At("validity")
	}
	switch s.Windows {
	case "", CalendarWindows, DecreeWindows:
	default:
		return nil, fault.New(fault.Invalid, "calendar.family",
			"Không có loại kỳ báo cáo “%s”.", "There is no family of windows “%s”.", s.Windows).At("windows")
	}
	for _, c := range s.Cadences {
		switch c {
		case Standing, Continuous, AdHoc, Flash, Event:
			continue
		case Once:
			if s.DueOn.IsZero() {
				return nil, fault.New(fault.Invalid, "calendar.once_without_date",
					"Nhiệm vụ làm một lần phải có ngày đến hạn.", "A duty owed once needs its due day.").At("due_on")
			}
			if s.DueOn.Before(s.OpensOn) && !s.OpensOn.IsZero() {
				return nil, fault.New(fault.Invalid, "calendar.once_order",
					"Ngày mở %s sau ngày đến hạn %s.", "It opens on %s, after its due day %s.",
					s.OpensOn.VN(), s.DueOn.VN()).At("opens_on")
			}
		case AtLeast:
			if err := s.AtLeast.check(); err != nil {
				return nil, err
			}
		case Cron:
			parsed, err := parseCron(s.Cron)
			if err != nil {
				return nil, err.At("cron")
			}
			w.cron = parsed
		default:
			if !slices.Contains(lengths, c) {
				return nil, fault.New(fault.Invalid, "calendar.cadence",
					"Không có định kỳ “%s”.", "There is no cadence “%s”.", c).At("cadences")
			}
		}
		if !slices.Contains(w.cadences, c) {
			w.cadences = append(w.cadences, c)
		}
	}
	slices.SortFunc(w.cadences, func(a, b Cadence) int {
		return cmp.Compare(slices.Index(lengths, a), slices.Index(lengths, b))
	})
	return w, nil
}

// lower is the first closing day that counts.
func (w *walk) lower(from Date) (Date, error) {
	if from.IsZero() || from.Before(w.validity.From) {
		from = w.validity.From
	}
	if !from.IsZero() || len(w.cadences) == 0 {
		return from, nil
	}
	if len(w.cadences) == 1 && w.cadences[0] == Once {
		return w.schedule.DueOn, nil
	}
	return Date{}, fault.New(fault.Invalid, "calendar.no_beginning",
		"Cần có ngày bắt đầu hiệu lực để tính các kỳ báo cáo.", "A first day of validity is needed to compute periods.").At("validity")
}

// next returns the periods of the first closing day on or after lower.
func (w *walk) next(lower Date) []Period {
	var found []Period
	for _, c := range w.cadences {
		for _, p := range w.closing(c, lower) {
			if len(found) > 0 && p.End.After(found[0].End) {
				break
			}
			if len(found) > 0 && p.End.Before(found[0].End) {
				found = found[:0]
			}
			found = append(found, p)
		}
	}
	if !w.schedule.KeepApart {
		found = merge(found)
	}
	slices.SortFunc(found, func(a, b Period) int { return compareKeys(a.Key, b.Key) })
	return found
}

// merge makes one period of those that close together, bearing the longest
// (they come shortest first); Once and AtLeast stay apart.
func merge(found []Period) []Period {
	var merged []Period
	var longest *Period
	var cadences []Cadence
	for i := range found {
		if found[i].Cadence == Once || found[i].Cadence == AtLeast {
			merged = append(merged, found[i])
			continue
		}
		longest = &found[i]
		cadences = append(cadences, found[i].Cadence)
	}
	if longest != nil {
		longest.Cadences = cadences
		merged = append(merged, *longest)
	}
	return merged
}

// closing returns the periods of one cadence on its first closing day on or after
// lower: one, or none where the validity ends before; for a cron expression that
// fires several times a day and is kept apart, one per firing; for AtLeast as
// many as are owed.
func (w *walk) closing(c Cadence, lower Date) []Period {
	to := w.validity.To
	if !to.IsZero() && lower.After(to) && c != Once {
		return nil
	}
	var p Period
	switch c {
	case Once:
		return w.once(lower)
	case Cron:
		return w.cronPeriods(lower)
	case AtLeast:
		return w.timesOf(w.closing(w.schedule.AtLeast.Per, lower))
	case Weekly:
		// ISO weeks end on Sunday and belong to the year of their Thursday. The
		// Decree knows no weekly window.
		end := lower.AddDays((7 - int(lower.Weekday())) % 7)
		year, week := end.In(time.UTC).ISOWeek()
		p = Period{Key: fmt.Sprintf("%04d-W%02d", year, week), Start: end.AddDays(-6), End: end}
	default:
		var first Date
		p, first = w.monthWindow(c, lower)
		if !to.IsZero() && first.After(to) {
			return nil
		}
	}
	p.Cadence, p.Cadences = c, []Cadence{c}
	if p.Start.Before(w.validity.From) {
		p.Start = w.validity.From
	}
	if !to.IsZero() {
		if p.Start.After(to) {
			return nil
		}
		if p.End.After(to) {
			p.End = to
		}
	}
	return []Period{p}
}

// monthWindow is the first whole window of a cadence of months that ends on or
// after lower, with the first day of the civil period that it is named after. A
// window of the Decree begins before that day; where the plan ends in between,
// the window does not belong to it (a plan until 31 December owes no report on
// January for 15 to 31 December).
func (w *walk) monthWindow(c Cadence, lower Date) (p Period, first Date) {
	shape := monthSpans[c]
	month := lower.Year*12 + int(lower.Month) - 1
	end := w.monthEnd(month)
	for end.Before(lower) || month%shape.step != shape.phase {
		month++
		end = w.monthEnd(month)
	}
	p = Period{
		Key:   monthKey(c, month/12, month%12+1),
		Start: w.monthEnd(month - shape.span).AddDays(1),
		End:   end,
	}
	return p, NewDate(month/12, time.Month(month%12+2-shape.span), 1)
}

// monthEnd is the day on which windows close in a month, counted from year 0.
func (w *walk) monthEnd(month int) Date {
	if w.schedule.Windows == DecreeWindows {
		return NewDate(month/12, time.Month(month%12+1), 14)
	}
	return NewDate(month/12, time.Month(month%12+2), 0)
}

func monthKey(c Cadence, year, month int) string {
	switch c {
	case Monthly:
		return fmt.Sprintf("%04d-M%02d", year, month)
	case Quarterly:
		return fmt.Sprintf("%04d-Q%d", year, month/3)
	case HalfYear:
		return fmt.Sprintf("%04d-H%d", year, month/6)
	case NineMonth:
		return fmt.Sprintf("%04d-N9", year)
	default:
		return fmt.Sprintf("%04d", year)
	}
}

// once keeps its due day even after the plan's last day (a final report is often
// owed after the plan has run out), as long as some of its window is within.
func (w *walk) once(lower Date) []Period {
	s := w.schedule
	p := Period{Key: "once", Cadence: Once, Cadences: []Cadence{Once}, Start: s.OpensOn, End: s.DueOn}
	if p.Start.Before(w.validity.From) {
		p.Start = w.validity.From
	}
	outside := p.End.Before(w.validity.From) || !w.validity.To.IsZero() && p.Start.After(w.validity.To)
	if outside || p.End.Before(lower) {
		return nil
	}
	return []Period{p}
}

// cronPeriods: a period closes on each day on which the expression fires, within
// the validity, and begins after the previous such day. Expressions speak of wall
// time in the plan's zone, so that days and keys need no zone here.
func (w *walk) cronPeriods(lower Date) []Period {
	at := w.cron.atOrAfter(lower.In(time.UTC))
	if at.IsZero() {
		return nil
	}
	day := DateOf(at, time.UTC)
	if !w.validity.To.IsZero() && day.After(w.validity.To) {
		return nil
	}
	start := w.validity.From
	if previous, ok := w.cron.dayBefore(day, w.validity.From); ok {
		start = previous.AddDays(1)
	}
	if start.IsZero() {
		start = day
	}
	var all []Period
	for !at.IsZero() && DateOf(at, time.UTC) == day {
		all = append(all, Period{
			Key: at.Format("2006-01-02T15:04"), Cadence: Cron, Cadences: []Cadence{Cron}, Start: start, End: day,
		})
		if !w.schedule.KeepApart {
			break
		}
		at = w.cron.after(at)
	}
	return all
}
