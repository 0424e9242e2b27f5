package api

import (
	"net/url"
	"strconv"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/task"
)

// Rates are lines of figures at one reporting moment.
type Rates struct {
	List[Rate]
	At      time.Time `json:"at" doc:"The reporting moment. Give it again with a cursor, so that all pages are of one moment."`
	GroupBy string    `json:"group_by" enum:"agency,duty,plan,period,level"`
}

// Rate is one line: what it is about, and its figures.
type Rate struct {
	ID       int64   `json:"id,omitempty" doc:"Of the agency, duty or plan."`
	Key      string  `json:"key" doc:"Code of the agency, duty or plan; key of the period; the level."`
	Name     string  `json:"name" doc:"In the reader's language, for a period."`
	PlanCode string  `json:"plan_code,omitempty" doc:"Of a duty."`
	Level    string  `json:"level,omitempty" doc:"Of an agency."`
	Present  Figures `json:"present" doc:"By the due times as they are now, extensions counted."`
	Original Figures `json:"original" doc:"By the due times as they first were."`
}

// Figures are the official figures over a set of tasks. Waived and cancelled
// tasks are in none of them.
type Figures struct {
	Owed           int      `json:"owed" doc:"All; the sum of the last six."`
	Expected       int      `json:"expected" doc:"Due by the reporting moment, or submitted earlier."`
	Submitted      int      `json:"submitted"`
	OnTime         int      `json:"on_time" doc:"The first valid submission came by the due time."`
	Late           int      `json:"late" doc:"Expected and not on time."`
	ReportingRate  *float64 `json:"reporting_rate,omitempty" minimum:"0" maximum:"1" doc:"submitted ÷ expected; absent where nothing is expected."`
	OnTimeRate     *float64 `json:"on_time_rate,omitempty" minimum:"0" maximum:"1" doc:"on_time ÷ expected."`
	DoneOnTime     int      `json:"done_on_time"`
	DoneLate       int      `json:"done_late"`
	NotDoneInTime  int      `json:"not_done_in_time"`
	NotDoneOverdue int      `json:"not_done_overdue"`
	Waiting        int      `json:"waiting" doc:"Submitted in time, waiting for review."`
	WaitingLate    int      `json:"waiting_late"`
	Tasks          string   `json:"tasks" doc:"Address of the tasks behind these figures: with the name of a figure put at its end (such as late), exactly those that it counts. The same parameters go with /exports/tasks.csv."`
}

func figuresIn(t task.Tally, address string) Figures {
	f := Figures{
		Owed: t.Owed, Expected: t.Expected, Submitted: t.Submitted, OnTime: t.OnTime, Late: t.Late(),
		DoneOnTime: t.DoneOnTime, DoneLate: t.DoneLate, NotDoneInTime: t.NotDoneInTime, NotDoneOverdue: t.NotDoneOverdue,
		Waiting: t.Waiting, WaitingLate: t.WaitingLate, Tasks: address,
	}
	if rate, ok := t.ReportingRate(); ok {
		f.ReportingRate = &rate
	}
	if rate, ok := t.OnTimeRate(); ok {
		f.OnTimeRate = &rate
	}
	return f
}

func rateOf(r task.Rate, f task.RateFilter, language string) Rate {
	view := Rate{ID: r.ID, Key: r.Key, Name: r.Name, PlanCode: r.PlanCode, Level: r.Level}
	var agency int64
	switch f.GroupBy {
	case task.ByAgency:
		agency = r.ID
	case task.ByDuty:
		f.DutyID = r.ID
	case task.ByPlan:
		f.PlanID = r.ID
	case task.ByPeriod:
		f.Period, view.Name = r.Key, calendar.LabelOf(r.Key, language)
	case task.ByLevel:
		f.Level, view.Name = r.Key, r.Key
	}
	view.Present = figuresIn(r.Present, tasksBehind(f, agency, task.AgainstPresent))
	view.Original = figuresIn(r.Original, tasksBehind(f, agency, task.AgainstOriginal))
	return view
}

// tasksBehind is the address of a line's tasks, the figure's name still to be put at its end.
func tasksBehind(f task.RateFilter, agency int64, against task.Against) string {
	q := url.Values{}
	number := func(name string, n int64) {
		if n != 0 {
			q.Set(name, strconv.FormatInt(n, 10))
		}
	}
	text := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	day := func(name string, d calendar.Date) {
		if !d.IsZero() {
			q.Set(name, d.String())
		}
	}
	number("agency", agency)
	number("plan", f.PlanID)
	number("duty", f.DutyID)
	number("under", f.UnderAgency)
	text("level", f.Level)
	text("period", f.Period)
	text("mode", f.Mode)
	day("from", f.DueFrom)
	day("to", f.DueTo)
	text("against", string(against))
	q.Set("at", f.At.UTC().Format(time.RFC3339Nano))
	return Base + "/tasks?" + q.Encode() + "&figure="
}

// Rankings are agencies of one level in order.
type Rankings struct {
	List[Ranked]
	At      time.Time `json:"at"`
	Title   string    `json:"title" doc:"What comes first, in the reader's language."`
	Level   string    `json:"level"`
	Against string    `json:"against" enum:"present,original"`
}

// Ranked is an agency's place; equal rates share a place.
type Ranked struct {
	Place      int       `json:"place"`
	Agency     AgencyRef `json:"agency"`
	Expected   int       `json:"expected" doc:"At least five. What is only requested of an agency is not counted."`
	Submitted  int       `json:"submitted"`
	OnTime     int       `json:"on_time"`
	Late       int       `json:"late"`
	Overdue    int       `json:"not_done_overdue"`
	OnTimeRate float64   `json:"on_time_rate" minimum:"0" maximum:"1"`
	Tasks      string    `json:"tasks" doc:"Address of the tasks behind these figures, the figure's name to be put at its end."`
}

func rankedOf(r task.Ranked, f task.RateFilter, against task.Against) Ranked {
	view := Ranked{
		Place: r.Place, Agency: AgencyRef{r.AgencyID, r.AgencyCode, r.AgencyName}, Expected: r.Expected, Submitted: r.Submitted,
		OnTime: r.OnTime, Late: r.Expected - r.OnTime, Overdue: r.Overdue, Tasks: tasksBehind(f, r.AgencyID, against),
	}
	view.OnTimeRate, _ = task.Tally{Expected: r.Expected, OnTime: r.OnTime}.OnTimeRate()
	return view
}

func rankingTitle(order, language string) string {
	switch {
	case order == "on_time" && language == "en":
		return "On time most often"
	case order == "on_time":
		return "Đúng hạn nhiều nhất"
	case language == "en":
		return "Late most often"
	}
	return "Chậm nhiều nhất"
}
