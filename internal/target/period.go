package target

import (
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
)

// months is how long the periods of a cadence are; 0: it has none.
var months = map[calendar.Cadence]int{calendar.Monthly: 1, calendar.Quarterly: 3, calendar.HalfYear: 6, calendar.Yearly: 12}

// Period is a span of civil months, both ends included.
type Period struct{ From, To calendar.Date }

// Periods are those of a cadence that end within a span.
func Periods(c calendar.Cadence, from, to calendar.Date) []Period {
	n := months[c]
	if n == 0 {
		return nil
	}
	var list []Period
	for start := calendar.NewDate(from.Year, time.January, 1); !start.After(to); start = calendar.NewDate(start.Year, start.Month+time.Month(n), 1) {
		end := calendar.NewDate(start.Year, start.Month+time.Month(n), 0)
		if !end.Before(from) && !end.After(to) {
			list = append(list, Period{start, end})
		}
	}
	return list
}

// slack is how many days longer than a period a report's span may be and still
// belong to it; a report over several periods tells none of them.
const slack = 5

// byPeriod are what the reports that end in each period give together; a reading
// stands on the period's last day. A period without figures has no reading.
func (s *Source) byPeriod(m Measure, scope Scope, on calendar.Date) []indicator.Reading {
	narrow := *s
	narrow.kept = map[feedKey]*feed{}
	narrow.Reports = nil
	for _, r := range s.Reports {
		if r.To.Sub(r.From) < months[m.Per]*31+slack {
			narrow.Reports = append(narrow.Reports, r)
		}
	}
	var list []indicator.Reading
	for _, p := range Periods(m.Per, m.From, earlier(m.To, on)) {
		if value, ok := narrow.value(m, scope, p.From, p.To, inPeriod); ok {
			list = append(list, indicator.Reading{On: p.To, Value: value})
		}
	}
	return list
}

// silent are the periods that are over and without a figure.
func silent(m Measure, readings []indicator.Reading, on calendar.Date) []Period {
	told := map[calendar.Date]bool{}
	for _, r := range readings {
		told[r.On] = true
	}
	var list []Period
	for _, p := range Periods(m.Per, m.From, earlier(m.To, on)) {
		if !told[p.To] {
			list = append(list, p)
		}
	}
	return list
}

func earlier(a, b calendar.Date) calendar.Date {
	if b.Before(a) {
		return b
	}
	return a
}
