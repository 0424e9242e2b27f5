package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// PlanCalendars tell what of a plan opens and falls due on which day.
type PlanCalendars interface {
	RoundsBetween(ctx context.Context, actor policy.Actor, planID int64, from, to calendar.Date) ([]task.Round, error)
}

func (p *pages) planCalendarPages(site *gin.RouterGroup) {
	site.GET("/van-ban/:id/lich", p.page(p.signedIn(p.planCalendar)))
}

// calendarView is one month of a plan, Monday first.
type calendarView struct {
	planHead
	Month            string
	Earlier, Later   string // addresses of the months beside it
	EarlierM, LaterM string
	Now              string // address of the month of today, where another is shown
	Heads            []string
	Weeks            [][]calendarDay
	Chosen           *calendarDay
	Empty            bool
}

// calendarDay is a day with what opens and falls due on it.
type calendarDay struct {
	Number       int    // 0: the day is of another month
	Name         string // weekday and date
	Off          bool
	Reason       string // why nobody works, or that people do on a weekend
	Past, Today  bool
	Due, Opening []calendarLine
	Hidden       int
	Address      string // of the whole day
}

type calendarLine struct {
	Address, Code, Title, Period, Tasks string
}

// shownOfADay is how many lines of each kind a cell of the month holds.
const shownOfADay = 4

func (p *pages) planCalendar(c *gin.Context, actor policy.Actor) error {
	record, head, err := p.planOf(c, actor)
	if err != nil {
		return err
	}
	now, err := p.now(c)
	if err != nil {
		return err
	}
	zone := p.zoneOf(record.TimeZone)
	today := calendar.DateOf(now, zone)
	first := monthAsked(c.Query("thang"), today)
	last := calendar.NewDate(first.Year, first.Month+1, 1).AddDays(-1)
	rounds, err := p.service.RoundsBetween(c.Request.Context(), actor, record.ID, first, last)
	if err != nil {
		return err
	}
	view, l := calendarView{planHead: head}, head.lexicon()
	view.Styles = append(view.Styles, "plan-calendar.css")
	view.month(l, planAddress(record.ID)+"/lich", first, today)
	days := map[calendar.Date]*calendarDay{}
	for _, r := range rounds {
		line := l.calendarLine(actor, r)
		if due := calendar.DueDay(r.DueAt, zone); !due.Before(first) && !due.After(last) {
			dayIn(days, due).Due = append(dayIn(days, due).Due, line)
		}
		if opens := calendar.DateOf(r.OpensAt, zone); !opens.Before(first) && !opens.After(last) {
			dayIn(days, opens).Opening = append(dayIn(days, opens).Opening, line)
		}
	}
	view.Empty = len(days) == 0
	// A week begins on Monday.
	begin := first.AddDays(-((int(first.Weekday()) + 6) % 7))
	for monday := begin; !monday.After(last); monday = monday.AddDays(7) {
		week := make([]calendarDay, 7)
		for i := range week {
			if d := monday.AddDays(i); d.Month == first.Month {
				week[i] = p.calendarDay(l, d, today, dayIn(days, d), view.address(record.ID, first))
				if strconv.Itoa(d.Day) == c.Query("ngay") && week[i].any() {
					whole := week[i]
					view.Chosen = &whole
				}
				week[i].cut()
			}
		}
		view.Weeks = append(view.Weeks, week)
	}
	return p.render.write(c, http.StatusOK, "calendar", l, view)
}

func dayIn(days map[calendar.Date]*calendarDay, d calendar.Date) *calendarDay {
	if days[d] == nil {
		days[d] = &calendarDay{}
	}
	return days[d]
}

// monthAsked is the first day of the month asked for, else of today's.
func monthAsked(asked string, today calendar.Date) calendar.Date {
	if at, err := time.Parse("2006-01", asked); err == nil && at.Year() >= 1990 && at.Year() <= 2190 {
		return calendar.NewDate(at.Year(), at.Month(), 1)
	}
	return calendar.NewDate(today.Year, today.Month, 1)
}

func monthKey(d calendar.Date) string { return d.String()[:len("2006-01")] }

func (v *calendarView) month(l lexicon, address string, first, today calendar.Date) {
	name := func(d calendar.Date) string { return l.say("lich.month", d.VN()[len("02/"):]) }
	before, after := first.AddDays(-1), calendar.NewDate(first.Year, first.Month+1, 1)
	v.Month = name(first)
	v.Earlier, v.EarlierM = address+"?thang="+monthKey(before), name(before)
	v.Later, v.LaterM = address+"?thang="+monthKey(after), name(after)
	if monthKey(today) != monthKey(first) {
		v.Now = address
	}
	for i := range 7 {
		v.Heads = append(v.Heads, l.weekday(calendar.NewDate(2024, time.January, 1+i))) // a Monday
	}
}

func (v *calendarView) address(planID int64, first calendar.Date) string {
	return planAddress(planID) + "/lich?thang=" + monthKey(first) + "&ngay="
}

func (p *pages) calendarDay(l lexicon, d, today calendar.Date, of *calendarDay, address string) calendarDay {
	on := *of
	on.Number, on.Name = d.Day, l.weekday(d)+" "+d.VN()
	on.Past, on.Today = d.Before(today), d == today
	on.Address = address + strconv.Itoa(d.Day) + "#ngay"
	weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
	if p.calendar.IsWorking(d) {
		if weekend {
			on.Reason = l.say("lich.made_up")
		}
		return on
	}
	vi, en := p.calendar.DayOff(d)
	if on.Reason = vi; l.code == "en" {
		on.Reason = en
	}
	on.Off = true
	if weekend && on.Reason == d.WeekdayName(l.code) {
		on.Reason = "" // the column says so
	}
	return on
}

func (d calendarDay) any() bool { return len(d.Due)+len(d.Opening) > 0 }

// cut leaves what a cell has room for, and counts the rest.
func (d *calendarDay) cut() {
	for _, lines := range []*[]calendarLine{&d.Due, &d.Opening} {
		if n := len(*lines); n > shownOfADay {
			*lines = (*lines)[:shownOfADay]
			d.Hidden += n - shownOfADay
		}
	}
}

// calendarLine leads to the list behind a round: the duty's tasks on the board for
// those who have one, else the duty's place in the document.
func (l lexicon) calendarLine(actor policy.Actor, r task.Round) calendarLine {
	line := calendarLine{Address: dutyAddress(r.PlanID, r.DutyCode), Code: r.DutyCode, Title: r.DutyTitle}
	if policy.SeeBoard(actor) && r.State != "scheduled" {
		line.Address = boardQuery{Plan: r.PlanID, Duty: r.DutyID}.address()
	}
	if r.PeriodKey != "once" {
		line.Period = l.period(r.PeriodKey)
	}
	if r.Tasks > 0 {
		line.Tasks = l.count("lich.tasks", r.Tasks)
	}
	return line
}
