package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/calendar"
	national "dondoc/internal/calendar/vietnam"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/timetable"
)

// WorkingCalendars are the days off and what changes them.
type WorkingCalendars interface {
	CalendarYear(ctx context.Context, year int) ([]national.Day, error)
	ListCalendarChanges(ctx context.Context, actor policy.Actor) ([]timetable.AppliedChange, error)
	PreviewCalendarChange(ctx context.Context, actor policy.Actor, c timetable.Change) (timetable.Effect, error)
	ApplyCalendarChange(ctx context.Context, actor policy.Actor, c timetable.Change) (timetable.Effect, error)
}

const daysAddress = adminHome + "/lich-lam-viec"

func (p *pages) calendarPages(site *gin.RouterGroup) {
	site.GET(daysAddress, p.page(p.signedIn(p.calendarPage)))
	p.forms(site, daysAddress, p.changeCalendar, func(c *gin.Context, actor policy.Actor, form url.Values) error {
		return p.showCalendar(c, actor, form, nil, formErrors{}, http.StatusOK)
	})
}

// daysOffView is a year's days off, and the forms that change them.
type daysOffView struct {
	adminFrame
	Errors         formErrors
	Year           int
	Before, After  string
	Provisional    bool
	Days           []dayLine
	Effect         *calendarEffect
	Forms          []actForm
	Changes        []changeOfDays
	ProvisionalSay string
}

type dayLine struct{ Day, Weekday, Name, Kind, Basis string }

type changeOfDays struct{ Title, Facts string }

type calendarEffect struct {
	Summary []factLine
	Lines   []string
	Hidden  int
	Apply   actForm
}

func (p *pages) calendarPage(c *gin.Context, actor policy.Actor) error {
	return p.showCalendar(c, actor, nil, nil, formErrors{}, http.StatusOK)
}

// The years that the calendar knows.
const firstYear, lastYear = 1976, 2050

func (p *pages) showCalendar(c *gin.Context, actor policy.Actor, form url.Values, effect *timetable.Effect, e formErrors, status int) error {
	if !policy.ManageCalendar(actor) {
		return notFound()
	}
	view := daysOffView{adminFrame: p.adminFrame(c, actor, "admin.calendar"), Errors: e}
	l, today, err := p.today(c, view.frame)
	if err != nil {
		return err
	}
	view.Year = today.Year
	if asked, err := strconv.Atoi(c.Query("nam")); err == nil && asked >= firstYear && asked <= lastYear {
		view.Year = asked
	}
	if view.Year > firstYear {
		view.Before = daysAddress + "?nam=" + strconv.Itoa(view.Year-1)
	}
	if view.Year < lastYear {
		view.After = daysAddress + "?nam=" + strconv.Itoa(view.Year+1)
	}
	days, err := p.service.CalendarYear(c.Request.Context(), view.Year)
	if err != nil {
		return err
	}
	for _, d := range days {
		view.Provisional = view.Provisional || d.Status == national.Provisional
		view.Days = append(view.Days, dayLine{d.Date.VN(), l.weekday(d.Date), d.Name(l.code), l.say("days.kind." + string(d.Kind)), d.LegalBasis})
	}
	changes, err := p.service.ListCalendarChanges(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	for _, change := range changes {
		view.Changes = append(view.Changes, l.changeOfDays(change, p.zone))
	}
	if effect != nil {
		view.Effect = l.calendarEffect(*effect, form, p)
	}
	view.Forms = l.calendarForms(form, e)
	return p.render.write(c, status, "days", l, view)
}

func (l lexicon) changeOfDays(change timetable.AppliedChange, zone *time.Location) changeOfDays {
	line := changeOfDays{Title: change.Name, Facts: l.say("days.applied", moment(change.AppliedAt, zone))}
	if change.Kind == timetable.SystemOutage {
		line.Title = l.say("days.outage_of", moment(change.From, zone), moment(change.To, zone))
	}
	if change.AppliedBy != "" {
		line.Facts += " · " + change.AppliedBy
	}
	if change.Agency != "" {
		line.Facts += " · " + change.Agency
	}
	if change.Reason != "" {
		line.Facts += " · " + change.Reason
	}
	return line
}

func (l lexicon) calendarForms(form url.Values, e formErrors) []actForm {
	var kinds []option
	for _, kind := range []national.Kind{national.Holiday, national.Substitute, national.SwapOff, national.SwapWork} {
		kinds = append(kinds, option{Value: string(kind), Title: l.say("days.kind." + string(kind))})
	}
	whose := []field{
		{Name: "agency", Label: l.say("days.agency"), Hint: l.say("days.agency_hint"), Limit: 200},
		{Name: "territory", Label: l.say("days.territory"), Kind: "check"},
	}
	forms := []actForm{
		{
			Title: l.say("days.single"), Hint: l.say("days.single_hint"), Name: "ngay",
			Fields: append([]field{
				{Name: "on", Label: l.say("days.on"), Kind: "date"}, {Name: "kind", Label: l.say("days.kind"), Kind: "list", Options: kinds},
				{Name: "title", Label: l.say("days.name"), Limit: 200}, {Name: "basis", Label: l.say("reform.basis"), Hint: l.say("reform.basis_hint"), Limit: 500},
			}, whose...),
		},
		{
			Title: l.say("days.file"), Hint: l.say("days.file_hint"), Name: "tep", Files: true,
			Fields: append([]field{{Name: "file", Label: l.say("people.import_file"), Kind: "file"}, {Name: "source", Label: l.say("people.import_list"), Kind: "lines"}}, whose...),
		},
		{
			Title: l.say("days.outage"), Hint: l.say("days.outage_hint"), Name: "gian-doan",
			Fields: []field{
				{Name: "from", Label: l.say("days.from"), Hint: l.say("days.instant_hint")}, {Name: "to", Label: l.say("days.to"), Hint: l.say("days.instant_hint")},
				{Name: "reason", Label: l.say("days.reason"), Hint: l.say("days.reason_hint"), Limit: 500},
			},
		},
	}
	for i := range forms {
		forms[i].Action, forms[i].Button, forms[i].Hidden = daysAddress, l.say("reform.look"), []keptField{{"what", forms[i].Name}}
		if form.Get("what") == forms[i].Name {
			forms[i] = forms[i].with(form, e)
		}
		forms[i] = forms[i].lay()
	}
	return forms
}

func (l lexicon) calendarEffect(e timetable.Effect, form url.Values, p *pages) *calendarEffect {
	v := &calendarEffect{Summary: []factLine{
		{l.say("days.tasks"), l.integer(e.Tasks)}, {l.say("days.agencies"), l.integer(e.Agencies)}, {l.say("reform.sum.people"), l.integer(e.People)},
		{l.say("days.rounds"), l.integer(len(e.Rounds))},
	}}
	for _, m := range e.Moves {
		if len(v.Lines) == effectLines {
			v.Hidden++
			continue
		}
		zone := p.zoneOf(m.TimeZone)
		v.Lines = append(v.Lines, m.PlanCode+" "+l.moveLine(m, calendar.DueDay(m.DueFrom, zone).VN(), calendar.DueDay(m.DueTo, zone).VN()))
	}
	apply := actForm{Action: daysAddress, Title: l.say("days.apply"), Hint: l.say("days.apply_hint"), Button: l.say("days.do"), Filled: true, Name: "lam", Hidden: []keptField{{"apply", "1"}}}
	for _, name := range []string{"what", "on", "kind", "title", "basis", "agency", "territory", "source", "from", "to", "reason"} {
		if value := form.Get(name); value != "" {
			apply.Hidden = append(apply.Hidden, keptField{name, value})
		}
	}
	v.Apply = apply.lay()
	return v
}

// changeCalendar shows what a change would move, and carries it out when it comes
// again.
func (p *pages) changeCalendar(c *gin.Context, actor policy.Actor, form url.Values) error {
	if !policy.ManageCalendar(actor) {
		return notFound()
	}
	change, err := p.calendarChange(c, form)
	if err == nil && form.Get("apply") != "" {
		if _, err = p.service.ApplyCalendarChange(keyed(c, form), actor, change); err == nil {
			c.Redirect(http.StatusSeeOther, daysAddress+"?da=lich")
			return nil
		}
	} else if err == nil {
		var effect timetable.Effect
		if effect, err = p.service.PreviewCalendarChange(c.Request.Context(), actor, change); err == nil {
			return p.showCalendar(c, actor, form, &effect, formErrors{}, http.StatusOK)
		}
	}
	f, other := formFault(err)
	if other != nil {
		return other
	}
	return p.showCalendar(c, actor, form, nil, errorsOf(f, lexicon{language(p.languageOf(c))}), statusOf(f))
}

func (p *pages) calendarChange(c *gin.Context, form url.Values) (timetable.Change, error) {
	change := timetable.Change{Kind: timetable.Days, Agency: form.Get("agency"), Territory: form.Get("territory") != "", Reason: form.Get("reason"), LegalBasis: form.Get("basis")}
	switch form.Get("what") {
	case "ngay":
		return oneDay(change, form)
	case "tep":
		change.Name, change.Source = "lich.csv", form.Get("source")
		content, err := p.uploaded(c, "file")
		if len(content) > 0 {
			change.Source = string(content)
			form.Set("source", change.Source) // what was shown is what is applied
		}
		return change, err
	case "gian-doan":
		change.Kind = timetable.SystemOutage
		for name, into := range map[string]*time.Time{"from": &change.From, "to": &change.To} {
			at, err := time.ParseInLocation("02/01/2006 15:04", form.Get(name), p.zone)
			if err != nil {
				return change, fault.New(fault.Invalid, "instant.invalid", "Viết ngày giờ như 18/03/2026 10:00.", "Write it as 18/03/2026 10:00.").At(name)
			}
			*into = at
		}
		return change, nil
	default:
		return change, notFound()
	}
}

// oneDay writes the file of a single day, to be read by the rules of files.
func oneDay(change timetable.Change, form url.Values) (timetable.Change, error) {
	on, err := neededDate(form.Get("on"), "on")
	if err != nil {
		return change, err
	}
	for name, message := range map[string][2]string{
		"title": {"Ghi tên ngày nghỉ.", "Name the day."}, "basis": {"Ghi căn cứ.", "Give the legal basis."},
	} {
		if form.Get(name) == "" {
			return change, fault.New(fault.Invalid, "day."+name, "%[1]s", "%[2]s", message[0], message[1]).At(name)
		}
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, record := range [][]string{
		{"date", "kind", "name", "name_en", "year", "legal_basis", "source"},
		{on.String(), form.Get("kind"), form.Get("title"), "", "", form.Get("basis"), form.Get("basis")},
	} {
		if err := w.Write(record); err != nil {
			return change, err
		}
	}
	w.Flush()
	change.Name, change.Source = on.String()+".csv", b.String()
	return change, nil
}
