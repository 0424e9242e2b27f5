package vietnam

import (
	"maps"
	"slices"
	"sync"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
)

// FirstYear and LastYear bound the years for which holidays are known.
const FirstYear, LastYear = 1976, 2050

// CodeYear is the fault code of a year outside of the range.
const CodeYear = "calendar.year_range"

// CheckYear refuses a year for which no holidays are known (fault Invalid, CodeYear).
func CheckYear(year int) error {
	if known(year) {
		return nil
	}
	return fault.New(fault.Invalid, CodeYear,
		"Không có lịch nghỉ của năm %d; chỉ có từ năm %d đến năm %d.",
		"There is no calendar for the year %d; the years are %d to %d.", year, FirstYear, LastYear).At("year")
}

func known(year int) bool { return year >= FirstYear && year <= LastYear }

// Calendar is a working calendar; it never changes. The zero value knows only
// Saturdays and Sundays; start from National.
type Calendar struct{ layers *layers }

// layers are what a calendar is made of.
type layers struct {
	// decreed are the days by the year whose decree names them.
	decreed map[int][]Day
	// added are single days, which win over decreed and computed ones; later over earlier.
	added map[calendar.Date]Day
	years [LastYear - FirstYear + 1]*yearTable
}

var _ calendar.WorkingCalendar = Calendar{}

// National returns the calendar of the whole country: what the law gives, and
// for 2013 to 2026 what was decreed.
func National() Calendar { return national() }

var national = sync.OnceValue(func() Calendar { return Calendar{}.With(must(decreedFile())) })

// With returns a calendar over which the files are laid in order: each decreed
// year of a file replaces the national one as a whole, and each of its single
// days replaces whatever that day was. A single day stays when a later file
// decrees its year.
func (c Calendar) With(files ...File) Calendar {
	n := &layers{decreed: map[int][]Day{}, added: map[calendar.Date]Day{}}
	if c.layers != nil {
		n.decreed, n.added, n.years = maps.Clone(c.layers.decreed), maps.Clone(c.layers.added), c.layers.years
	}
	touched := map[int]bool{}
	for _, f := range files {
		for _, y := range f.Years {
			n.decreed[y.Year] = existing(y.Days)
			touched[y.Year-1], touched[y.Year], touched[y.Year+1] = true, true, true
		}
		for _, d := range existing(f.Days) {
			n.added[d.Date] = d
			touched[d.Date.Year] = true
		}
	}
	for i := range n.years {
		if n.years[i] == nil || touched[FirstYear+i] {
			n.years[i] = n.build(FirstYear + i)
		}
	}
	return Calendar{n}
}

// WithDays returns a calendar with single days laid over this one. Days that do
// not exist and days of other years than FirstYear to LastYear are left out.
func (c Calendar) WithDays(days ...Day) Calendar { return c.With(File{Days: days}) }

// existing copies the days that exist; one without a status is decreed.
func existing(days []Day) []Day {
	days = slices.DeleteFunc(slices.Clone(days), func(d Day) bool {
		return d.Date != calendar.NewDate(d.Date.Year, d.Date.Month, d.Date.Day)
	})
	for i := range days {
		if days[i].Status == "" {
			days[i].Status = Decreed
		}
	}
	return days
}

// IsWorking reports whether people work on that day.
func (c Calendar) IsWorking(d calendar.Date) bool {
	if c.layers == nil || !known(d.Year) || !ordinary(d) {
		return c.isWorkingOdd(d)
	}
	return c.layers.years[d.Year-FirstYear].cells[d.Month-1][d.Day]&off == 0
}

// isWorkingOdd answers for other years and for days like 32 January.
func (c Calendar) isWorkingOdd(d calendar.Date) bool {
	if n := calendar.NewDate(d.Year, d.Month, d.Day); c.layers != nil && known(n.Year) {
		return c.IsWorking(n)
	}
	return calendar.WeekCalendar{}.IsWorking(d)
}

// DayOff names why nobody works on that day in both languages; empty on working days.
func (c Calendar) DayOff(d calendar.Date) (vi, en string) {
	if !ordinary(d) {
		d = calendar.NewDate(d.Year, d.Month, d.Day)
	}
	if c.IsWorking(d) {
		return "", ""
	}
	if c.layers != nil && known(d.Year) {
		t := c.layers.years[d.Year-FirstYear]
		if i := t.cells[d.Month-1][d.Day] &^ off; i > 0 {
			return t.days[i-1].NameVI, t.days[i-1].NameEN
		}
	}
	return calendar.WeekCalendar{}.DayOff(d)
}

// Year lists the holidays, substitutes, swapped days off and swapped working days
// that fall into a year, in order. A year outside of the range is refused (fault
// Invalid, CodeYear).
func (c Calendar) Year(year int) ([]Day, error) {
	if err := CheckYear(year); err != nil || c.layers == nil {
		return nil, err
	}
	return slices.Clone(c.layers.years[year-FirstYear].days), nil
}

// Undecided lists days of a year that are to become holidays and do not count as
// such yet.
func (c Calendar) Undecided(year int) []Day {
	days, err := c.Year(year)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(undecided(year), func(u Day) bool {
		return slices.ContainsFunc(days, func(d Day) bool { return d.Date == u.Date })
	})
}

// StatusOf tells whether a year's days were decreed or are computed.
func (c Calendar) StatusOf(year int) Status {
	if c.layers != nil {
		if _, ok := c.layers.decreed[year]; ok {
			return Decreed
		}
	}
	return Provisional
}

// yearTable is one year, ready for look-ups.
type yearTable struct {
	// cells by month and day of the month: off, and one more than the index of the
	// day in days where it is listed. Days that a month lacks are those of the next.
	cells [12][32]uint16
	days  []Day
}

const off = 1 << 15

// ordinary reports whether the day has a cell.
func ordinary(d calendar.Date) bool {
	return uint(d.Month-1) < 12 && uint(d.Day-1) < 31
}

func (l *layers) build(year int) *yearTable {
	byDate := map[calendar.Date]Day{}
	put := func(days []Day) {
		for _, d := range days {
			if d.Date.Year == year {
				byDate[d.Date] = d
			}
		}
	}
	if _, ok := l.decreed[year]; !ok {
		put(computed(year))
	}
	// A decree may name days of its neighbours, as 31 December against a Saturday
	// in January; the later decree wins.
	for y := year - 1; y <= year+1; y++ {
		put(l.decreed[y])
	}
	for _, d := range l.added {
		if d.Date.Year == year {
			byDate[d.Date] = d
		}
	}
	t := &yearTable{days: slices.Collect(maps.Values(byDate))}
	sortDays(t.days)
	weekday := date(year, 1, 1).Weekday()
	for month := time.January; month <= time.December; month++ {
		for day, last := 1, lastDay(year, month); day <= last; day++ {
			if restOn(weekday, date(year, month, day)) {
				t.cells[month-1][day] = off
			}
			weekday = (weekday + 1) % 7
		}
	}
	for i, d := range t.days {
		cell := uint16(i + 1)
		if d.Kind.Off() {
			cell |= off
		}
		t.cells[d.Date.Month-1][d.Date.Day] = cell
	}
	for month := time.February; month <= time.November; month++ {
		for day := lastDay(year, month) + 1; day <= 31; day++ {
			t.cells[month-1][day] = t.cells[month][day-lastDay(year, month)]
		}
	}
	return t
}

func lastDay(year int, month time.Month) int { return calendar.NewDate(year, month+1, 0).Day }
