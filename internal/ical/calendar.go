package ical

import (
	"fmt"
	"strconv"
	"time"
)

// Calendar is one iCalendar object.
type Calendar struct {
	Product string // PRODID
	Name    string
	// Refresh is how often a subscriber should look again; zero says nothing.
	Refresh time.Duration
	// Zone is described where no item has a zone to describe: an object needs
	// at least one component (section 3.6).
	Zone  *time.Location
	Items []Item
}

// Kind is the component that an item becomes.
type Kind string

const (
	Event Kind = "VEVENT"
	Todo  Kind = "VTODO"
)

// Status is what may stand as STATUS; which of them depends on the kind.
type Status string

const (
	Tentative   Status = "TENTATIVE"    // events
	Confirmed   Status = "CONFIRMED"    // events
	NeedsAction Status = "NEEDS-ACTION" // to-dos
	InProcess   Status = "IN-PROCESS"   // to-dos
	Completed   Status = "COMPLETED"    // to-dos
	Cancelled   Status = "CANCELLED"
)

// Item is an event or a to-do.
type Item struct {
	Kind Kind
	UID  string
	// Changed is DTSTAMP and LAST-MODIFIED: when what the item says last changed.
	Changed  time.Time
	Created  time.Time // zero: not said
	Sequence int
	// At is an event's DTSTART, a to-do's DUE.
	At          Moment
	Summary     string
	Description string
	URL         string
	Categories  []string
	Status      Status
	// CompletedAt is when a completed to-do was; zero: not said.
	CompletedAt time.Time
	// Alarm is how long before At a reminder is shown; zero: none.
	Alarm time.Duration
}

// Moment is a whole day or an instant, told in its zone.
type Moment struct {
	At     time.Time // of a whole day: any instant of it
	Zone   *time.Location
	AllDay bool
}

const (
	utcForm   = "20060102T150405Z"
	localForm = "20060102T150405"
	dayForm   = "20060102"
)

// Bytes writes the calendar.
func (c Calendar) Bytes() []byte {
	w := &writer{}
	w.line("BEGIN", "VCALENDAR")
	w.line("VERSION", "2.0")
	w.text("PRODID", c.Product)
	w.line("CALSCALE", "GREGORIAN")
	if c.Name != "" {
		w.text("NAME", c.Name) // RFC 7986; the second is what most programs read
		w.text("X-WR-CALNAME", c.Name)
	}
	if c.Refresh > 0 {
		w.line("REFRESH-INTERVAL", duration(c.Refresh), param{"VALUE", "DURATION"})
		w.line("X-PUBLISHED-TTL", duration(c.Refresh))
	}
	for _, z := range c.zones() {
		w.zone(z)
	}
	for _, item := range c.Items {
		w.item(item)
	}
	w.line("END", "VCALENDAR")
	return w.out.Bytes()
}

func (w *writer) item(i Item) {
	w.line("BEGIN", string(i.Kind))
	w.text("UID", i.UID)
	w.line("DTSTAMP", i.Changed.UTC().Format(utcForm))
	if !i.Created.IsZero() {
		w.line("CREATED", i.Created.UTC().Format(utcForm))
	}
	w.line("LAST-MODIFIED", i.Changed.UTC().Format(utcForm))
	w.line("SEQUENCE", strconv.Itoa(i.Sequence))
	if i.Kind == Todo {
		w.moment("DUE", i.At)
	} else {
		w.moment("DTSTART", i.At)
		if i.At.AllDay {
			next := i.At.local().AddDate(0, 0, 1)
			w.line("DTEND", next.Format(dayForm), param{"VALUE", "DATE"})
		}
		// A due time takes nobody's time.
		w.line("TRANSP", "TRANSPARENT")
	}
	w.text("SUMMARY", i.Summary)
	if i.Description != "" {
		w.text("DESCRIPTION", i.Description)
	}
	if i.URL != "" {
		w.line("URL", i.URL)
	}
	if len(i.Categories) > 0 {
		w.text("CATEGORIES", i.Categories...)
	}
	w.line("STATUS", string(i.Status))
	if i.Kind == Todo && !i.CompletedAt.IsZero() {
		w.line("COMPLETED", i.CompletedAt.UTC().Format(utcForm))
	}
	if i.Alarm > 0 {
		w.alarm(i)
	}
	w.line("END", string(i.Kind))
}

func (w *writer) alarm(i Item) {
	w.line("BEGIN", "VALARM")
	w.line("ACTION", "DISPLAY")
	w.text("DESCRIPTION", i.Summary)
	if i.Kind == Todo {
		// A to-do here has no start that a trigger could count from.
		w.line("TRIGGER", "-"+duration(i.Alarm), param{"RELATED", "END"})
	} else {
		w.line("TRIGGER", "-"+duration(i.Alarm))
	}
	w.line("END", "VALARM")
}

func (w *writer) moment(name string, m Moment) {
	switch {
	case m.AllDay:
		w.line(name, m.local().Format(dayForm), param{"VALUE", "DATE"})
	case isUTC(m.Zone):
		w.line(name, m.At.UTC().Format(utcForm))
	default:
		w.line(name, m.local().Format(localForm), param{"TZID", m.Zone.String()})
	}
}

func (m Moment) local() time.Time { return m.At.In(m.Zone) }

func isUTC(zone *time.Location) bool { return zone.String() == "UTC" }

// duration writes whole seconds as days where they are (section 3.3.6).
func duration(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d%day == 0:
		return fmt.Sprintf("P%dD", d/day)
	case d%time.Hour == 0:
		return fmt.Sprintf("PT%dH", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("PT%dM", d/time.Minute)
	}
	return fmt.Sprintf("PT%dS", d/time.Second)
}
