package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
)

// longBreak is the number of days off in a row from which a due day near them
// deserves a look.
const longBreak = 4

// CheckCalendar holds every due day of a plan that was read against the days off
// of a working calendar, holidays included. Warnings name the periods in which
// days off alone leave a level without a working day of its own (Decree
// 09/2019/NĐ-CP art. 8(5)), due days within a break of four days or more or on
// the first working day after it, and set dates on days off: their dates may be
// set with due_dates. An error is a period without any due time. There are no
// positions (Line is 0): File is the plan's code, Field the duty's code. The order
// is that of the duties and of time.
func CheckCalendar(p *Plan, w calendar.WorkingCalendar) Problems {
	zone, err := p.Zone()
	if err != nil {
		zone = time.UTC
	}
	levels := make(map[string]string, len(p.Agencies))
	for _, a := range p.Agencies {
		levels[a.Code] = a.Level
	}
	c := &calendarCheck{plan: p, w: w, zone: zone}
	for i := range p.Duties {
		d := &p.Duties[i]
		periods, err := periodsOf(p, d.Schedule)
		if err != nil || d.CoveredBy != "" {
			continue
		}
		owing := map[string]bool{}
		for _, a := range d.Assignments {
			if a.Role.Owes() {
				owing[levels[a.Agency]] = true
			}
		}
		c.duty(d, sortedKeys(owing), periods)
	}
	return c.problems
}

type calendarCheck struct {
	plan     *Plan
	w        calendar.WorkingCalendar
	zone     *time.Location
	problems Problems
}

func (c *calendarCheck) report(severity Severity, d *Duty, code, vi, en string, args ...any) {
	c.problems = append(c.problems, Problem{
		File: c.plan.Code, Field: d.Code, Severity: severity, Code: code,
		VI: fmt.Sprintf(vi, args...), EN: fmt.Sprintf(en, args...),
	})
}

func (c *calendarCheck) duty(d *Duty, levels []string, periods []calendar.Period) {
	due := d.DuePlan()
	short, breaks := map[string][]string{}, &collisions{}
	for _, p := range periods {
		for _, level := range levels {
			at, err := due.Due(p, d.Schedule, level, c.w, c.zone)
			switch f := fault.Of(err); {
			case f != nil && f.Code == calendar.CodeDueBeforeStart:
				continue // nothing is asked for
			case err != nil:
				vi, en := sentences(err)
				c.report(SeverityError, d, "due.invalid", "nhiệm vụ %[1]s, kỳ %[2]s, cấp %[3]q: %[4]s; ấn định hạn kỳ này bằng due_dates", "the duty %[1]s, period %[2]s, level %[3]q: %[5]s; set the date with due_dates", d.Code, p.Key, level, vi, en)
				continue
			}
			c.day(d, p, level, at.Derivation.Notes, breaks)
		}
		for _, level := range c.squeezed(d, due, p, levels) {
			short[level] = append(short[level], p.Key)
		}
	}
	for _, level := range sortedKeys(short) {
		c.report(SeverityWarning, d, "due.short_time", "nhiệm vụ %[1]s: ngày nghỉ không để cho cấp %[2]q một ngày làm việc nào của mình (Nghị định 09/2019/NĐ-CP, Điều 8 khoản 5) ở kỳ %[3]s; ấn định hạn các kỳ này bằng due_dates", "the duty %[1]s: days off leave the level %[2]q no working day of its own (Decree 09/2019/NĐ-CP art. 8(5)) in %[3]s; set the dates of these periods with due_dates", d.Code, level, someKeys(short[level]))
	}
	for _, b := range breaks.all {
		c.report(SeverityWarning, d, "due.break", "nhiệm vụ %[1]s: hạn rơi vào hoặc ngay sau kỳ nghỉ %[2]s – %[3]s (%[4]s): %[6]s; cân nhắc ấn định hạn bằng due_dates", "the duty %[1]s: due within or right after the break of %[2]s – %[3]s (%[5]s): %[6]s; consider setting the dates with due_dates", d.Code, b.from.VN(), b.to.VN(), b.vi, b.en, strings.Join(b.days, ", "))
	}
}

// squeezed returns the levels that holidays, not weekends, leave without time.
func (c *calendarCheck) squeezed(d *Duty, due calendar.DuePlan, p calendar.Period, levels []string) []string {
	here, err := due.Squeezed(p, d.Schedule, levels, c.w, c.zone)
	if err != nil || len(here) == 0 {
		return nil
	}
	anyway, err := due.Squeezed(p, d.Schedule, levels, calendar.WeekCalendar{}, c.zone)
	if err != nil {
		return here
	}
	return slices.DeleteFunc(here, func(level string) bool { return slices.Contains(anyway, level) })
}

// day looks at one due day.
func (c *calendarCheck) day(d *Duty, p calendar.Period, level string, notes []calendar.Note, breaks *collisions) {
	day := notes[len(notes)-1].Date
	if b, ok := breakBefore(day, c.w); ok {
		breaks.add(b, fmt.Sprintf("%s %s %s", p.Key, level, day.VN()))
		return
	}
	if set := notes[0].Kind == "set_date" && len(notes) == 2; set && !c.w.IsWorking(day) && (calendar.WeekCalendar{}).IsWorking(day) {
		vi, en := c.w.DayOff(day)
		c.report(SeverityWarning, d, "due_dates.day_off", "nhiệm vụ %[1]s, kỳ %[2]s: hạn đã ấn định %[3]s là ngày nghỉ (%[4]s); chọn ngày làm việc", "the duty %[1]s, period %[2]s: the date that is set, %[3]s, is a day off (%[5]s); choose a working day", d.Code, p.Key, day.VN(), vi, en)
	}
}

// collision is a break with the due days that it spoils.
type collision struct {
	from, to calendar.Date
	vi, en   string
	days     []string
}

type collisions struct{ all []*collision }

func (c *collisions) add(b collision, day string) {
	for _, known := range c.all {
		if known.from == b.from {
			known.days = append(known.days, day)
			return
		}
	}
	b.days = []string{day}
	c.all = append(c.all, &b)
}

// breakBefore returns the long break that a day lies in, or directly after.
func breakBefore(day calendar.Date, w calendar.WorkingCalendar) (collision, bool) {
	const most = 60 // days: a calendar without working days is broken
	last := day
	if w.IsWorking(day) {
		last = day.AddDays(-1)
	}
	if w.IsWorking(last) {
		return collision{}, false
	}
	b := collision{from: last, to: last}
	for n := 0; n < most && !w.IsWorking(b.from.AddDays(-1)); n++ {
		b.from = b.from.AddDays(-1)
	}
	for n := 0; n < most && !w.IsWorking(b.to.AddDays(1)); n++ {
		b.to = b.to.AddDays(1)
	}
	for d := b.from; !d.After(b.to); d = d.AddDays(1) {
		// The holiday's name says more than the weekend's around it.
		if vi, en := w.DayOff(d); b.vi == "" || (calendar.WeekCalendar{}).IsWorking(d) {
			b.vi, b.en = vi, en
			if (calendar.WeekCalendar{}).IsWorking(d) {
				break
			}
		}
	}
	return b, b.to.Sub(b.from)+1 >= longBreak
}
