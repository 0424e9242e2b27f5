package feed

import (
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/task"
)

// wording says a feed's few words in "vi" or "en" (anything else: Vietnamese).
type wording struct{ language string }

func (w wording) say(vi, en string) string {
	if w.language == "en" {
		return en
	}
	return vi
}

func (w wording) product() string { return "-//Dondoc//Calendar feed 1//" + w.say("VI", "EN") }

// name is how the calendar is called in a program's list.
func (w wording) name(f Feed) string {
	of := w.say("việc của tôi", "my tasks")
	switch f.Scope {
	case Agency:
		of = f.AgencyName
	case Plan:
		of = f.PlanCode
	case Person:
	}
	return "Đôn Đốc: " + of
}

// summary is "Hạn IV.15.h · Quý II/2026", with the agency where several are in the feed.
func (w wording) summary(e Entry, several bool) string {
	parts := []string{w.lead(e) + " " + e.DutyCode}
	if period := w.period(e); period != "" {
		parts = append(parts, period)
	}
	if several {
		parts = append(parts, e.AgencyName)
	}
	return strings.Join(parts, " · ")
}

// lead says what the due time is, or what came of it.
func (w wording) lead(e Entry) string {
	switch {
	case e.State == task.StateWaived:
		return w.say("Không phải báo cáo", "Not expected:")
	case e.State == task.StateCancelled:
		return w.say("Đã hủy", "Cancelled:")
	case e.Gone:
		return w.say("Thôi theo dõi", "No longer followed:")
	case e.sent():
		return w.say("✓ Đã gửi", "✓ Sent:")
	case e.State == task.StateReturned:
		return w.say("Hạn gửi lại", "Send again:")
	case e.Requested:
		return w.say("Hạn đề nghị", "Requested:")
	}
	return w.say("Hạn", "Due:")
}

// period is empty for what is owed once.
func (w wording) period(e Entry) string {
	if e.PeriodKey == "" || e.PeriodKey == "once" {
		return ""
	}
	return calendar.LabelOf(e.PeriodKey, w.language)
}

func (w wording) description(e Entry, zone *time.Location, link string) string {
	lines := []string{w.say("Nhiệm vụ ", "Duty ") + e.DutyCode + " (" + e.PlanCode + ")"}
	if period := w.period(e); period != "" {
		lines = append(lines, w.say("Kỳ: ", "Period: ")+period)
	}
	lines = append(lines, w.say("Đơn vị: ", "Agency: ")+e.AgencyName, w.say("Hạn: ", "Due: ")+w.until(e.DueAt, zone), link)
	return strings.Join(lines, "\n")
}

// until is "hết ngày 18/03/2026", or the hour where one counts.
func (w wording) until(due time.Time, zone *time.Location) string {
	if day := calendar.DueDay(due, zone); endsDay(due, day, zone) {
		return w.say("hết ngày ", "end of ") + day.VN()
	}
	return due.In(zone).Format("15:04") + w.say(" ngày ", " on ") + due.In(zone).Format("02/01/2006")
}
