package feed

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/ical"
	"dondoc/internal/task"
)

// Form is how a feed is written.
type Form struct {
	// BaseURL is the configured address of the pages; links and identifiers bear it.
	BaseURL string
	// Todos writes to-dos instead of events.
	Todos bool
	// Alarms adds a reminder to what is still owed.
	Alarms bool
}

const (
	// refresh is how often calendar programs are asked to look again.
	refresh = time.Hour
	// A due time at the end of a day is an all-day entry, which begins at
	// midnight; its reminder comes at 08:00 of the day before.
	dayAlarm = 16 * time.Hour
	// A due time at an hour is reminded of a day before, to the minute.
	hourAlarm = 24 * time.Hour
)

// defaultZone is described in a feed without entries.
const defaultZone = "Asia/Ho_Chi_Minh"

// Write gives the feed as an iCalendar object. The same contents give the same
// bytes. It fails only for an unknown time zone or base address.
func Write(c Contents, f Form) ([]byte, error) {
	base, err := url.Parse(f.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("base address: %w", err)
	}
	w := wording{c.Language}
	zones := map[string]*time.Location{}
	load := func(name string) (*time.Location, error) {
		if zones[name] == nil {
			zone, err := time.LoadLocation(name)
			if err != nil {
				return nil, fmt.Errorf("zone of a calendar feed: %w", err)
			}
			zones[name] = zone
		}
		return zones[name], nil
	}
	out := ical.Calendar{Product: w.product(), Name: w.name(c.Feed), Refresh: refresh, Items: make([]ical.Item, 0, len(c.Entries))}
	if out.Zone, err = load(defaultZone); err != nil {
		return nil, err
	}
	for _, e := range c.Entries {
		zone, err := load(e.TimeZone)
		if err != nil {
			return nil, err
		}
		item := e.item(f, zone)
		item.UID = fmt.Sprintf("task-%d@%s", e.TaskID, base.Hostname())
		item.URL = fmt.Sprintf("%s/viec/%d", strings.TrimRight(f.BaseURL, "/"), e.TaskID)
		item.Summary = w.summary(e, c.Several)
		item.Description = w.description(e, zone, item.URL)
		out.Items = append(out.Items, item)
	}
	return out.Bytes(), nil
}

func (e Entry) item(f Form, zone *time.Location) ical.Item {
	item := ical.Item{
		Kind: ical.Event, Status: e.eventStatus(), Changed: e.ChangedAt, Sequence: e.Version,
		At: ical.Moment{At: e.DueAt, Zone: zone}, Categories: []string{e.PlanCode},
	}
	if e.OpenedAt != nil {
		item.Created = *e.OpenedAt
	}
	alarm := hourAlarm
	if day := calendar.DueDay(e.DueAt, zone); endsDay(e.DueAt, day, zone) {
		item.At, alarm = ical.Moment{At: day.In(zone), Zone: zone, AllDay: true}, dayAlarm
	}
	if f.Todos {
		item.Kind, item.Status = ical.Todo, e.todoStatus()
		if item.Status == ical.Completed && e.SubmittedAt != nil {
			item.CompletedAt = *e.SubmittedAt
		}
	}
	if f.Alarms && !e.sent() && !e.Gone && !e.Still {
		item.Alarm = alarm
	}
	return item
}

// sent: the result is in; a later return makes it owed again.
func (e Entry) sent() bool { return e.State == task.StateSubmitted || e.State == task.StateAccepted }

func (e Entry) eventStatus() ical.Status {
	switch {
	case e.Gone:
		return ical.Cancelled
	case e.State == task.StateScheduled:
		return ical.Tentative
	}
	return ical.Confirmed
}

func (e Entry) todoStatus() ical.Status {
	switch {
	case e.Gone:
		return ical.Cancelled
	case e.sent():
		return ical.Completed
	case e.State == task.StatePrepared:
		return ical.InProcess
	}
	return ical.NeedsAction
}

// endsDay reports whether a due time is the end of its day (24:00).
func endsDay(due time.Time, day calendar.Date, zone *time.Location) bool {
	return day.AddDays(1).In(zone).Equal(due)
}
