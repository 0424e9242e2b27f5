package preview

import (
	"fmt"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/ical"
)

// Calendar returns the due days as calendar entries, in "vi" or "en": the duty's
// code, the period and the due time, and the level where a round has several;
// nothing of what the duties say. Changed is when the preview was made; the same
// preview made later has entries of the same identities.
func Calendar(p Preview, language string, changed time.Time) ical.Calendar {
	lead, until, at := "Hạn ", "Hạn: hết ngày %s", "Hạn: %s ngày %s"
	if language == "en" {
		lead, until, at = "Due: ", "Due: end of %s", "Due: %s on %s"
	}
	out := ical.Calendar{Product: "-//Dondoc//Preview 1//VI", Name: "Đôn Đốc: " + p.PlanCode, Zone: p.Zone}
	if p.AgencyName != "" {
		out.Name += " · " + p.AgencyName
	}
	for _, line := range p.lines() {
		r, t := line.round, line.task
		day := calendar.DueDay(t.Due.At, p.Zone)
		item := ical.Item{
			Kind: ical.Event, Status: ical.Tentative, Changed: changed, Categories: []string{p.PlanCode}, Summary: lead + r.Duty,
			UID:         fmt.Sprintf("%s/%s/%s/%s/%s%s@preview.dondoc", p.PlanCode, r.Duty, r.Period.Key, t.Kind.Level, t.Kind.Calendar, p.AgencyCode),
			At:          ical.Moment{At: t.Due.At, Zone: p.Zone},
			Description: fmt.Sprintf(at, t.Due.At.In(p.Zone).Format("15:04"), day.VN()),
		}
		if day.AddDays(1).In(p.Zone).Equal(t.Due.At) {
			item.At = ical.Moment{At: day.In(p.Zone), Zone: p.Zone, AllDay: true}
			item.Description = fmt.Sprintf(until, day.VN())
		}
		if r.Period.Cadence != calendar.Once {
			item.Summary += " · " + r.Period.Label(language)
		}
		if len(r.Tasks) > 1 {
			item.Summary += " · " + t.Kind.Level
		}
		out.Items = append(out.Items, item)
	}
	return out
}
