package lunar

import (
	"fmt"
	"sort"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
)

// Fault codes.
const (
	CodeRange     = "lunar.range"
	CodeNoSuchDay = "lunar.no_such_day"
)

// First and Last are the civil days for which the package answers.
var (
	First = calendar.Date{Year: 1976, Month: 1, Day: 1}
	Last  = calendar.Date{Year: 2050, Month: 12, Day: 31}
)

// Date is a day of the lunar calendar. Year is the civil year in which its first
// month begins; Leap marks the second of two months of one number (tháng nhuận).
type Date struct {
	Year, Month, Day int
	Leap             bool
}

// String returns "10/3/2026", a leap month marked as in "1/6/2025 (nhuận)".
func (d Date) String() string {
	s := fmt.Sprintf("%d/%d/%d", d.Day, d.Month, d.Year)
	if d.Leap {
		s += " (nhuận)"
	}
	return s
}

var epoch = calendar.Date{Year: 1970, Month: 1, Day: 1}

// FromCivil returns the lunar day. Days before First and after Last are refused
// (fault CodeRange).
func FromCivil(d calendar.Date) (Date, error) {
	if d.Before(First) || d.After(Last) {
		return Date{}, outside(d.VN())
	}
	all, day := months(), d.Sub(epoch)
	i := sort.Search(len(all), func(i int) bool { return all[i].start > day }) - 1
	m := all[i]
	return Date{Year: m.year, Month: m.number, Day: day - m.start + 1, Leap: m.leap}, nil
}

// Civil returns the civil day. Faults (Invalid): CodeNoSuchDay where the year has
// no such leap month or the month no such day; CodeRange.
func (d Date) Civil() (calendar.Date, error) {
	all := months()
	i := sort.Search(len(all)-1, func(i int) bool { return !all[i].before(d) })
	if i == len(all)-1 || i == 0 && (all[0].year != d.Year || all[0].number != d.Month) {
		return calendar.Date{}, outside(d.String())
	}
	m := all[i]
	if m.year != d.Year || m.number != d.Month || m.leap != d.Leap || d.Day < 1 || d.Day > all[i+1].start-m.start {
		return calendar.Date{}, fault.New(fault.Invalid, CodeNoSuchDay,
			"Âm lịch không có ngày %s.", "The lunar calendar has no day %s.", d.String())
	}
	civil := epoch.AddDays(m.start + d.Day - 1)
	if civil.Before(First) || civil.After(Last) {
		return calendar.Date{}, outside(d.String())
	}
	return civil, nil
}

// before reports whether the month lies before that of d.
func (m month) before(d Date) bool {
	switch {
	case m.year != d.Year:
		return m.year < d.Year
	case m.number != d.Month:
		return m.number < d.Month
	}
	return !m.leap && d.Leap
}

// NewYear returns the civil day of Tết (mùng 1 tháng Giêng), for 1976 to 2050.
func NewYear(year int) (calendar.Date, error) { return Date{Year: year, Month: 1, Day: 1}.Civil() }

func outside(day string) error {
	return fault.New(fault.Invalid, CodeRange,
		"Ngày %s nằm ngoài khoảng tính được âm lịch (%s–%s).",
		"The day %s is outside of the range of the lunar calendar (%s–%s).", day, First.VN(), Last.VN())
}
