package calendar

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"dondoc/internal/fault"

	"pgregory.net/rapid"
)

// scattered works on days without any pattern, as no real calendar does: about
// one day in every few is off, weekends or not.
type scattered struct{ seed, share int }

func (s scattered) IsWorking(d Date) bool {
	h := uint64(d.Sub(Date{2000, time.January, 1})+s.seed) * 0x9e3779b97f4a7c15
	return (h>>40)%10 >= uint64(s.share)
}

func (s scattered) DayOff(d Date) (vi, en string) {
	if s.IsWorking(d) {
		return "", ""
	}
	return "nghỉ", "off"
}

// drawCalendar draws a calendar of weekends, of holidays in long runs beside
// them, or without any pattern.
func drawCalendar(t *rapid.T, near Date) WorkingCalendar {
	switch rapid.IntRange(0, 2).Draw(t, "calendar") {
	case 0:
		return WeekCalendar{}
	case 1:
		off := holidays{}
		for range rapid.IntRange(1, 8).Draw(t, "breaks") {
			first := near.AddDays(rapid.IntRange(-20, 1500).Draw(t, "break"))
			for n := range rapid.IntRange(1, 12).Draw(t, "days off") {
				off[first.AddDays(n).String()] = [2]string{"nghỉ", "off"}
			}
		}
		return off
	}
	return scattered{rapid.IntRange(0, 1_000_000).Draw(t, "seed"), rapid.IntRange(1, 6).Draw(t, "share off")}
}

func drawRule(t *rapid.T) DueRule {
	rule := DueRule{
		Shift:     rapid.SampledFrom([]Shift{"", ShiftNext, ShiftPrevious, ShiftNone}).Draw(t, "shift"),
		BeforeEnd: rapid.Bool().Draw(t, "before end"),
		TimeOfDay: rapid.SampledFrom([]string{"", "17:00", "24:00", "07:30"}).Draw(t, "time"),
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
	return rule
}

func drawDuePlan(t *rapid.T) DuePlan {
	d := DuePlan{Rules: map[string]DueRule{"": drawRule(t), "commune": drawRule(t)}}
	if rapid.Bool().Draw(t, "chain") {
		d.Chain = Chain{Levels: fourLevels, Last: drawRule(t), Step: rapid.IntRange(0, 4).Draw(t, "step")}
	}
	return d
}

// due is DuePlan.Due; false where nothing can be asked for.
func due(t *rapid.T, d DuePlan, p Period, s Schedule, level string, w WorkingCalendar, zone *time.Location) (DueTime, bool) {
	at, err := d.Due(p, s, level, w, zone)
	if f := fault.Of(err); f != nil && (f.Code == CodeDueBeforeEnd || f.Code == CodeDueBeforeStart) {
		return at, false
	}
	if err != nil {
		t.Fatal(err)
	}
	return at, true
}

func TestDuePlanProperties(t *testing.T) {
	zones := []*time.Location{vietnam, time.UTC, time.FixedZone("+14", 14*3600), time.FixedZone("-11", -11*3600)}
	rapid.Check(t, func(t *rapid.T) {
		validity := drawValidity(t)
		s, d, w := drawSchedule(t), drawDuePlan(t), drawCalendar(t, validity.From)
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		ps, err := Periods(s, validity, Date{}, Date{})
		if err != nil {
			t.Fatal(err)
		}
		before := map[string]DueTime{}
		for _, p := range ps {
			var below Date
			for _, level := range fourLevels {
				at, ok := due(t, d, p, s, level, w, zone)
				if !ok {
					continue
				}
				rule := d.rule(level)
				if d.Chain.Plans(level) {
					rule = d.Chain.Last
				}
				day := DueDay(at.At, zone)
				if rule.Shift != ShiftNone && !w.IsWorking(day) {
					t.Fatalf("%s %s is due on %s, which is off", p.Key, level, day)
				}
				if !rule.BeforeEnd && day.Before(p.End) {
					t.Fatalf("%s %s is due on %s, before %s", p.Key, level, day, p.End)
				}
				if day.Before(p.Start) {
					t.Fatalf("%s %s is due on %s, before it begins on %s", p.Key, level, day, p.Start)
				}
				// A chain that may end before the window closes is held by the window's
				// beginning, which only windows of one length have in order.
				kind := level
				if rule.BeforeEnd && d.Chain.Plans(level) {
					kind += string(p.Cadence)
				}
				if last, ok := before[kind]; ok && at.At.Before(last.At) {
					t.Fatalf("%s %s is due at %s, an earlier period at %s", p.Key, level, at.At, last.At)
				}
				before[kind] = at
				if again, _ := due(t, d, p, s, level, w, zone); !reflect.DeepEqual(again, at) {
					t.Fatalf("%s %s: %v, then %v", p.Key, level, at, again)
				}
				written := at.At.In(zone).Format("2006-01-02 15:04")
				if back, err := time.ParseInLocation("2006-01-02 15:04", written, zone); err != nil || !back.Equal(at.At) {
					t.Fatalf("%s is %s, read back %s %v", at.At, written, back, err)
				}
				if d.Chain.Plans(level) {
					if day.Before(below) {
						t.Fatalf("%s: %s is due on %s, the level below on %s", p.Key, level, day, below)
					}
					below = day
				}
			}
		}
	})
}

func TestChainLeavesItsStepsWhereTheyFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		validity := drawValidity(t)
		w := drawCalendar(t, validity.From)
		d := DuePlan{Chain: Chain{Levels: fourLevels, Last: DueRule{WorkingDays: rapid.IntRange(1, 12).Draw(t, "last")}, Step: rapid.IntRange(1, 3).Draw(t, "step")}}
		s := Schedule{Cadences: []Cadence{Monthly}, Windows: drawFamily(t)}
		ps, err := Periods(s, validity, Date{}, Date{})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range ps {
			// The calendar leaves the rule its working days, so the chain fits or never does.
			fits := d.Chain.Last.WorkingDays >= 1+d.Chain.Step*(len(fourLevels)-1)
			squeezed, err := d.Squeezed(p, s, fourLevels, w, vietnam)
			if err != nil {
				t.Fatal(err)
			}
			if fits && len(squeezed) > 0 {
				t.Fatalf("%s: %v have no time", p.Key, squeezed)
			}
			if need := len(fourLevels); d.Chain.Last.WorkingDays < need && len(squeezed) == 0 {
				t.Fatalf("%s: %d working days are enough for %d levels", p.Key, d.Chain.Last.WorkingDays, need)
			}
		}
	})
}

func TestDecreeWindowsTileTheYear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		year := rapid.IntRange(2000, 2100).Draw(t, "year")
		cadence := rapid.SampledFrom([]Cadence{Monthly, Quarterly, HalfYear, Yearly}).Draw(t, "cadence")
		first, last := Date{year - 1, time.December, 15}, Date{year, time.December, 14}
		ps, err := Periods(Schedule{Cadences: []Cadence{cadence}, Windows: DecreeWindows}, Range{From: Date{1990, time.January, 1}}, first, last)
		if err != nil {
			t.Fatal(err)
		}
		next := first
		for _, p := range ps {
			if p.Start != next {
				t.Fatalf("%s begins on %s, not on %s", p.Key, p.Start, next)
			}
			next = p.End.AddDays(1)
		}
		if next != last.AddDays(1) || len(ps) != 12/civilMonths[cadence] {
			t.Fatalf("%d windows until %s", len(ps), next)
		}
	})
}

func TestNineMonthsAreTheFirstThreeQuarters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// The plan goes on: what its end cuts off may be named after a later quarter.
		validity := Range{From: drawDay(t, "from")}
		family := drawFamily(t)
		list := func(c Cadence) map[string]Period {
			ps, err := Periods(Schedule{Cadences: []Cadence{c}, Windows: family}, validity, Date{}, validity.From.AddDays(1500))
			if err != nil {
				t.Fatal(err)
			}
			byKey := map[string]Period{}
			for _, p := range ps {
				byKey[p.Key] = p
			}
			return byKey
		}
		quarters := list(Quarterly)
		for key, nine := range list(NineMonth) {
			var parts []Period
			for _, q := range []string{"Q1", "Q2", "Q3"} {
				if p, ok := quarters[key[:5]+q]; ok {
					parts = append(parts, p)
				}
			}
			if len(parts) == 0 || parts[0].Start != nine.Start || parts[len(parts)-1].End != nine.End {
				t.Fatalf("%s %s..%s, quarters %v", key, nine.Start, nine.End, show(parts))
			}
		}
	})
}

func TestAMinimumLeavesTheReportsAsTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, validity := drawSchedule(t), drawValidity(t)
		without, err := Periods(s, validity, Date{}, Date{})
		if err != nil {
			t.Fatal(err)
		}
		per := rapid.SampledFrom(append([]Cadence{Weekly}, monthCadences...)).Draw(t, "per")
		windows, err := Periods(Schedule{Cadences: []Cadence{per}, Windows: s.Windows}, validity, Date{}, Date{})
		if err != nil {
			t.Fatal(err)
		}
		s.AtLeast = Frequency{rapid.IntRange(1, MaxTimes).Draw(t, "times"), per}
		s.Cadences = append(s.Cadences, AtLeast)
		with, err := Periods(s, validity, Date{}, Date{})
		if err != nil {
			t.Fatal(err)
		}
		keys, rest := map[string]bool{}, []Period(nil)
		for _, p := range with {
			if keys[p.Key] || LabelOf(p.Key, "vi") == p.Key {
				t.Fatalf("%s is there twice or has no name", p.Key)
			}
			if keys[p.Key] = true; p.Cadence != AtLeast {
				rest = append(rest, p)
			}
		}
		if !slices.Equal(show(rest), show(without)) || len(with)-len(rest) != s.AtLeast.Times*len(windows) {
			t.Fatalf("%d rounds besides %q, want %d besides %q", len(with)-len(rest), show(rest), s.AtLeast.Times*len(windows), show(without))
		}
	})
}

func TestMovedOutOfOutages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := drawDay(t, "base")
		w := drawCalendar(t, base)
		minute := func(label string, days int) time.Time {
			return base.In(vietnam).Add(time.Duration(rapid.IntRange(0, days*24*60).Draw(t, label)) * time.Minute)
		}
		var outages []Outage
		for range rapid.IntRange(0, 6).Draw(t, "outages") {
			from := minute("from", 30)
			outages = append(outages, Outage{From: from, To: from.Add(time.Duration(rapid.IntRange(-60, 4*24*60).Draw(t, "minutes")) * time.Minute)})
		}
		old := DueTime{At: minute("due", 30)}
		if rapid.Bool().Draw(t, "end of day") {
			old.At = DateOf(old.At, vietnam).In(vietnam)
		}
		moved := MoveOutOf(old, outages, w, vietnam)
		if moved.At.Before(old.At) {
			t.Fatalf("%s moved back to %s", old.At, moved.At)
		}
		if again := MoveOutOf(moved, outages, w, vietnam); !reflect.DeepEqual(again, moved) {
			t.Fatalf("%v moved again to %v", moved, again)
		}
		if moved.At.In(vietnam).Format("15:04") != old.At.In(vietnam).Format("15:04") {
			t.Fatalf("the time of day changed from %s to %s", old.At, moved.At)
		}
		if !moved.At.Equal(old.At) && !w.IsWorking(DueDay(moved.At, vietnam)) {
			t.Fatalf("moved to %s, which is off", moved.At)
		}
		for _, o := range outages {
			if moved.At.After(o.From) && !moved.At.After(o.To) {
				t.Fatalf("%s is within %s..%s", moved.At, o.From, o.To)
			}
		}
	})
}

func TestWorkingHoursAreCountedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := drawDay(t, "base")
		w := drawCalendar(t, base)
		from := base.In(vietnam).Add(time.Duration(rapid.IntRange(0, 7*24*60).Draw(t, "minute")) * time.Minute)
		hours := rapid.IntRange(1, 30).Draw(t, "hours")
		got, err := DueWithin(from, DueRule{Hours: hours}, nil, w, vietnam)
		if err != nil {
			t.Fatal(err)
		}
		// The slow way: every minute is asked whether people work in it.
		worked, last := 0, time.Time{}
		for at := from; worked < hours*60; at = at.Add(time.Minute) {
			clock := at.Hour()*60 + at.Minute()
			inside := clock >= 7*60+30 && clock < 11*60+30 || clock >= 13*60+30 && clock < 17*60
			if inside && w.IsWorking(DateOf(at, vietnam)) {
				worked, last = worked+1, at.Add(time.Minute)
			}
		}
		if !got.At.Equal(last) {
			t.Fatalf("%d hours from %s are %s, want %s", hours, from, got.At, last)
		}
	})
}
