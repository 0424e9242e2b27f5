package calendar

import (
	"errors"
	"slices"
	"testing"
	"time"

	"dondoc/internal/fault"

	"pgregory.net/rapid"
)

var monthCadences = []Cadence{Monthly, Quarterly, HalfYear, NineMonth, Yearly}

func drawDay(t *rapid.T, label string) Date {
	return NewDate(rapid.IntRange(1999, 2051).Draw(t, label+" year"), time.January, rapid.IntRange(1, 366).Draw(t, label+" day"))
}

func drawFamily(t *rapid.T) Family {
	return rapid.SampledFrom([]Family{CalendarWindows, DecreeWindows}).Draw(t, "family")
}

func drawValidity(t *rapid.T) Range {
	from := drawDay(t, "from")
	return Range{From: from, To: from.AddDays(rapid.IntRange(0, 1500).Draw(t, "length"))}
}

func drawSchedule(t *rapid.T) Schedule {
	cadences := rapid.SliceOfN(rapid.SampledFrom(append([]Cadence{Weekly, Cron}, monthCadences...)), 1, 5).Draw(t, "cadences")
	expr := rapid.SampledFrom([]string{"0 8 * * 1", "30 7,15 14 * *", "0 8 31 * *", "0 0 29 2 *", "@daily"}).Draw(t, "cron")
	return Schedule{Cadences: cadences, Windows: drawFamily(t), Cron: expr, KeepApart: rapid.Bool().Draw(t, "apart")}
}

func TestPeriodsOfOneCadenceTileTheValidity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Nine months leave the last quarter out by their nature.
		cadence := rapid.SampledFrom([]Cadence{Weekly, Monthly, Quarterly, HalfYear, Yearly}).Draw(t, "cadence")
		validity := drawValidity(t)
		s := Schedule{Cadences: []Cadence{cadence}, Windows: drawFamily(t)}
		ps, err := Periods(s, validity, Date{}, Date{})
		if err != nil {
			t.Fatal(err)
		}
		next, keys := validity.From, map[string]bool{}
		for _, p := range ps {
			if p.Start != next || p.End.Before(p.Start) || keys[p.Key] {
				t.Fatalf("%s %s..%s does not follow %s", p.Key, p.Start, p.End, next)
			}
			next, keys[p.Key] = p.End.AddDays(1), true
		}
		end := validity.To.AddDays(1)
		if foreign := s.Windows == DecreeWindows && cadence != Weekly && validity.To.Day >= 15 &&
			int(validity.To.Month)%civilMonths[cadence] == 0; foreign {
			// What is left is named after a month, quarter or year that begins after the plan.
			end = Date{validity.To.Year, validity.To.Month, 15}
		}
		if next != end && validity.From.Before(end) {
			t.Fatalf("covered until %s of %v", next, validity)
		}
	})
}

// civilMonths tells how many months lie between the beginnings of a cadence's periods.
var civilMonths = map[Cadence]int{Weekly: 1, Monthly: 1, Quarterly: 3, HalfYear: 6, NineMonth: 12, Yearly: 12}

// closings is the slow way to the same: every day is asked whether it closes a
// window, by the definition of each cadence.
func closings(s Schedule, validity Range) map[Date][]Cadence {
	closed := map[Date][]Cadence{}
	for _, c := range []Cadence{Weekly, Monthly, Quarterly, HalfYear, NineMonth, Yearly} {
		if !slices.Contains(s.Cadences, c) {
			continue
		}
		for d := validity.From; ; d = d.AddDays(1) {
			lastOfMonth := d.AddDays(1).Day == 1
			if s.Windows == DecreeWindows {
				lastOfMonth = d.Day == 14
			}
			closes := false
			switch c {
			case Weekly:
				closes = d.Weekday() == time.Sunday
			case Monthly:
				closes = lastOfMonth
			case Quarterly:
				closes = lastOfMonth && (d.Month == time.March || d.Month == time.June || d.Month == time.September || d.Month == time.December)
			case HalfYear:
				closes = lastOfMonth && (d.Month == time.June || d.Month == time.December)
			case NineMonth:
				closes = lastOfMonth && d.Month == time.September
			case Yearly:
				closes = lastOfMonth && d.Month == time.December
			}
			inGap := c == NineMonth && (s.Windows == CalendarWindows && d.Month >= time.October ||
				s.Windows == DecreeWindows && !d.Before(Date{d.Year, time.September, 15}) && d.Before(Date{d.Year, time.December, 15}))
			// From the 15th the Decree's windows are named after the next month; where
			// their month, quarter or year begins then, it begins after the plan.
			foreign := s.Windows == DecreeWindows && c != Weekly && d.Day >= 15 && int(d.Month)%civilMonths[c] == 0
			if closes || d == validity.To && !inGap && !foreign {
				closed[d] = append(closed[d], c)
			}
			if d == validity.To {
				break
			}
		}
	}
	return closed
}

func TestMergingLosesNoCadence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSchedule(t)
		s.Cadences = slices.DeleteFunc(s.Cadences, func(c Cadence) bool { return c == Cron })
		validity := drawValidity(t)
		ps, err := Periods(s, validity, Date{}, Date{})
		if err != nil {
			t.Fatal(err)
		}
		got := map[Date][]Cadence{}
		for _, p := range ps {
			if len(p.Cadences) > 1 && s.KeepApart || len(got[p.End]) > 0 && !s.KeepApart {
				t.Fatalf("%s: kept apart %v, cadences %v", p.Key, s.KeepApart, p.Cadences)
			}
			got[p.End] = append(got[p.End], p.Cadences...)
		}
		want := closings(s, validity)
		if len(got) != len(want) {
			t.Fatalf("closes on %d days, want %d", len(got), len(want))
		}
		for d, cadences := range want {
			order := slices.Clone(got[d])
			if s.KeepApart {
				slices.SortFunc(order, func(a, b Cadence) int { return slices.Index(lengths, a) - slices.Index(lengths, b) })
			}
			if !slices.Equal(order, cadences) {
				t.Fatalf("%s closes %v, want %v", d, order, cadences)
			}
		}
	})
}

func TestNextPeriodsWalkTheSamePath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, validity := drawSchedule(t), drawValidity(t)
		want, err := Periods(s, validity, Date{}, Date{})
		if err != nil {
			t.Fatal(err)
		}
		var got []Period
		for after := (Date{}); ; {
			first, ok, err := NextPeriod(s, validity, after)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			next, err := NextPeriods(s, validity, after)
			if err != nil || next[0].Key != first.Key || !s.KeepApart && len(next) != 1 {
				t.Fatalf("next %v, first %v, %v", show(next), first.Key, err)
			}
			got, after = append(got, next...), first.End
		}
		if !slices.Equal(show(got), show(want)) {
			t.Fatalf("walked %q\nlisted %q", show(got), show(want))
		}
		// A later beginning of the list leaves each period as it was.
		from := validity.From.AddDays(rapid.IntRange(0, 400).Draw(t, "later"))
		tail, err := Periods(s, validity, from, validity.To)
		if err != nil {
			t.Fatal(err)
		}
		want = slices.DeleteFunc(want, func(p Period) bool { return p.End.Before(from) })
		if !slices.Equal(show(tail), show(want)) {
			t.Fatalf("from %s: %q\nwant %q", from, show(tail), show(want))
		}
	})
}

func TestDueProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		off := holidays{}
		s, validity := drawSchedule(t), drawValidity(t)
		for range rapid.IntRange(0, 12).Draw(t, "holidays") {
			off[validity.From.AddDays(rapid.IntRange(0, 1500).Draw(t, "holiday")).String()] = [2]string{"nghỉ", "off"}
		}
		rule := DueRule{
			Shift:     rapid.SampledFrom([]Shift{"", ShiftNext, ShiftPrevious, ShiftNone}).Draw(t, "shift"),
			BeforeEnd: rapid.Bool().Draw(t, "before end"),
			TimeOfDay: rapid.SampledFrom([]string{"", "17:00"}).Draw(t, "time"),
		}
		switch rapid.IntRange(0, 4).Draw(t, "rule") {
		case 1:
			rule.WorkingDays = rapid.IntRange(-5, 20).Draw(t, "working days")
		case 2:
			rule.CalendarDays = rapid.IntRange(-5, 20).Draw(t, "calendar days")
		case 3:
			rule.Day, rule.MonthOffset = rapid.IntRange(1, 31).Draw(t, "day"), rapid.IntRange(0, 2).Draw(t, "month offset")
		case 4:
			rule.MonthDay = rapid.SampledFrom([]string{"01-31", "02-29", "07-20", "12-31"}).Draw(t, "month day")
		}
		ps, err := Periods(s, validity, Date{}, Date{})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range ps {
			due, err := Due(p, s, rule, off, vietnam)
			var f *fault.Fault
			if errors.As(err, &f) && (f.Code == CodeDueBeforeEnd && !rule.BeforeEnd || f.Code == CodeDueBeforeStart && rule.BeforeEnd) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			d := DueDay(due.At, vietnam)
			if rule.Shift != ShiftNone && !off.IsWorking(d) {
				t.Fatalf("%s is due on %s, which is off", p.Key, d)
			}
			if !rule.BeforeEnd && d.Before(p.End) {
				t.Fatalf("%s is due on %s, before %s", p.Key, d, p.End)
			}
			if last := due.Derivation.Notes[len(due.Derivation.Notes)-1]; last.Date != d {
				t.Fatalf("%s: the sentence ends on %s, the due day is %s", p.Key, last.Date, d)
			}
			if o := Opening(due.At, p, 15, off, vietnam); !p.Start.IsZero() && o.At.Before(p.Start.In(vietnam)) || o.At.After(due.At) {
				t.Fatalf("%s opens at %s, window %s, due %s", p.Key, o.At, p.Start, due.At)
			}
		}
	})
}

func TestWorkingDaysAreCountedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, n := drawDay(t, "from"), rapid.IntRange(-40, 40).Draw(t, "n")
		to, passed := AddWorkingDays(d, n, WeekCalendar{})
		if got := to.Sub(d); got < 0 != (n < 0) || max(got, -got) != max(n, -n)+len(passed) {
			t.Fatalf("%d working days from %s are %s, passing %d days off", n, d, to, len(passed))
		}
		for _, p := range passed {
			if (WeekCalendar{}).IsWorking(p) {
				t.Fatalf("%s was passed as a day off", p)
			}
		}
		if n != 0 && !(WeekCalendar{}).IsWorking(to) {
			t.Fatalf("%s is no working day", to)
		}
	})
}

func BenchmarkNextPeriod(b *testing.B) {
	s := Schedule{Cadences: monthCadences, Windows: DecreeWindows}
	for b.Loop() {
		if _, ok, err := NextPeriod(s, Range{From: Date{1990, time.January, 1}}, Date{2049, time.March, 3}); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
