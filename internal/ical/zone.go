package ical

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// span is a zone with the years that a calendar speaks of in it.
type span struct {
	zone        *time.Location
	from, until time.Time
}

// recently is when a zone is described of which no item speaks.
var recently = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// zones are those that instants are told in, by name, each from its first
// instant to its last.
func (c Calendar) zones() []span {
	known := map[string]*span{}
	for _, item := range c.Items {
		if m := item.At; !m.AllDay && !isUTC(m.Zone) {
			s, ok := known[m.Zone.String()]
			if !ok {
				known[m.Zone.String()] = &span{m.Zone, m.At, m.At}
				continue
			}
			if m.At.Before(s.from) {
				s.from = m.At
			}
			if m.At.After(s.until) {
				s.until = m.At
			}
		}
	}
	if len(c.Items) == 0 && c.Zone != nil {
		return []span{{c.Zone, recently, recently}}
	}
	all := make([]span, 0, len(known))
	for _, s := range known {
		all = append(all, *s)
	}
	slices.SortFunc(all, func(a, b span) int { return strings.Compare(a.zone.String(), b.zone.String()) })
	return all
}

// zone writes every change of the zone's offset from the one in force at the
// first instant to the last before the last instant.
func (w *writer) zone(s span) {
	w.line("BEGIN", "VTIMEZONE")
	w.text("TZID", s.zone.String())
	for at := s.from.In(s.zone); ; {
		start, end := at.ZoneBounds()
		w.observance(at, start)
		if end.IsZero() || end.After(s.until) {
			break
		}
		at = end
	}
	w.line("END", "VTIMEZONE")
}

// observance writes the offset in force at an instant, since start; the zero
// start is that of a zone that never had another.
func (w *writer) observance(at, start time.Time) {
	name, to := at.Zone()
	from := to
	onset := time.Unix(0, 0).UTC()
	if !start.IsZero() {
		_, from = start.Add(-time.Nanosecond).Zone()
		// The onset is told by the clock as it was before it (section 3.6.5).
		onset = start.UTC().Add(time.Duration(from) * time.Second)
	}
	kind := "STANDARD"
	if at.IsDST() {
		kind = "DAYLIGHT"
	}
	w.line("BEGIN", kind)
	w.line("DTSTART", onset.Format(localForm))
	w.line("TZOFFSETFROM", offset(from))
	w.line("TZOFFSETTO", offset(to))
	w.text("TZNAME", name)
	w.line("END", kind)
}

// offset writes seconds east of UTC as +0700; seconds only where there are any.
func offset(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	text := fmt.Sprintf("%s%02d%02d", sign, seconds/3600, seconds/60%60)
	if rest := seconds % 60; rest != 0 {
		text += fmt.Sprintf("%02d", rest)
	}
	return text
}
