package preview

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/timetable"
)

// notes are what deserves a look before the plan is activated: what cannot be
// followed first, then warnings, then information.
func (s *survey) notes(out Preview, cal timetable.Calendars, o Options, cut bool) []Note {
	var all []Note
	add := func(severity Severity, code, duty, vi, en string, args ...any) {
		all = append(all, Note{severity, code, duty, fmt.Sprintf(vi, args...), fmt.Sprintf(en, args...)})
	}
	for i, d := range s.cast.duties {
		if f := s.walk.failed[i]; f != nil {
			add(SeverityError, "duty.not_followed", d.Code,
				"Nhiệm vụ %[1]s không theo dõi được: %[2]s", "The duty %[1]s cannot be followed: %[3]s", d.Code, f.VI, f.EN)
		}
	}
	if years := provisional(out, o.Provisional); years != "" {
		add(SeverityWarning, "calendar.provisional", "",
			"Lịch nghỉ các năm %[1]s là tạm tính theo luật, chưa có quyết định; hạn quanh Tết và các ngày lễ có thể đổi.",
			"The days off of %[1]s are computed from the law and not decreed yet; due times around Tết and holidays may change.", years)
	}
	if vi, en := crowded(out); vi != "" {
		all = append(all, Note{SeverityWarning, "agency.too_much", "", vi, en})
	}
	all = append(all, s.daysOff(cal)...)
	if out.Omitted > 0 {
		add(SeverityInfo, "classes.omitted", "",
			"Còn %[1]d nhóm đơn vị khác không liệt kê; chọn một đơn vị để xem lịch riêng.",
			"%[1]d further classes of agencies are not listed; choose an agency to see its own timetable.", out.Omitted)
	}
	if cut {
		add(SeverityWarning, "range.cut", "",
			"Chỉ xem trước %[1]d năm, đến hết ngày %[2]s; chọn khoảng khác để xem tiếp.",
			"Only %[1]d years are shown, until %[2]s; choose another range to look further.", MaxYears, out.To.VN())
	}
	if s.only != nil && len(s.only.owes) == 0 {
		add(SeverityInfo, "agency.owes_nothing", "",
			"%[1]s không có nhiệm vụ nào có kỳ theo lịch.", "%[1]s owes nothing that the calendar opens.", out.AgencyName)
	}
	all = append(all, s.unopened()...)
	return all
}

// daysOff tells what holidays do to the plan's due days.
func (s *survey) daysOff(cal timetable.Calendars) []Note {
	w, mine, told := cal.National, map[string]bool{}, map[string]bool{}
	if s.only != nil {
		w = cal.Of(s.cast.cohorts[s.cast.cohortOf[s.only.agencies[0]]].kind.Calendar)
		for _, of := range s.only.owes {
			mine[s.cast.duties[s.cast.units[of].duty].Code] = true
		}
	}
	for i := range s.walk.failed {
		told[s.cast.duties[i].Code] = true
	}
	var all []Note
	for _, problem := range plan.CheckCalendar(s.cast.plan, w) {
		if s.only != nil && !mine[problem.Field] || problem.Severity == plan.SeverityError && told[problem.Field] {
			continue
		}
		all = append(all, Note{Severity(problem.Severity), problem.Code, problem.Field, sentence(problem.VI), sentence(problem.EN)})
	}
	return all
}

// sentence writes a problem of a plan file as one.
func sentence(problem string) string {
	first, size := utf8.DecodeRuneInString(problem)
	return string(unicode.ToUpper(first)) + problem[size:] + "."
}

// unopened tells which duties, or which part of them, no calendar opens.
func (s *survey) unopened() []Note {
	var all []Note
	standing := 0
	mine := func(string) bool { return true }
	if s.only != nil {
		code := s.cast.plan.Agencies[s.only.agencies[0]].Code
		mine = func(agency string) bool { return agency == code }
	}
	for i := range s.cast.plan.Duties {
		d := &s.cast.plan.Duties[i]
		owed := false
		for _, a := range d.Assignments {
			owed = owed || a.Role.Owes() && mine(a.Agency)
		}
		if !owed {
			continue
		}
		if d.CoveredBy != "" {
			all = append(all, Note{SeverityInfo, "duty.covered", d.Code,
				fmt.Sprintf("Nhiệm vụ %s: báo cáo chung trong kỳ của nhiệm vụ %s.", d.Code, d.CoveredBy),
				fmt.Sprintf("The duty %s is reported on with the duty %s.", d.Code, d.CoveredBy)})
			continue
		}
		if len(d.Schedule.Cadences) == 1 && d.Schedule.Cadences[0] == calendar.Standing {
			standing++
			continue
		}
		if note, ok := unscheduled(d.Code, d.Schedule.Cadences); ok {
			all = append(all, note)
		}
	}
	if standing > 0 {
		all = append(all, Note{SeverityInfo, "duty.standing", "",
			fmt.Sprintf("Nhiệm vụ không có kỳ riêng, là một mục trong báo cáo định kỳ của đơn vị: %d.", standing),
			fmt.Sprintf("Duties without rounds of their own, each a section of its agency's periodic report: %d.", standing)})
	}
	return all
}

// byHand are the cadences that no calendar opens, as people call them.
var byHand = []struct {
	cadence calendar.Cadence
	vi, en  string
}{
	{calendar.Continuous, "thường xuyên", "continuous"},
	{calendar.AdHoc, "đột xuất", "ad hoc"},
	{calendar.Flash, "báo cáo nhanh", "flash"},
	{calendar.Event, "khi phát sinh", "on an event"},
}

// unscheduled tells what of a duty no calendar opens.
func unscheduled(code string, cadences []calendar.Cadence) (Note, bool) {
	var vi, en []string
	for _, c := range byHand {
		if slices.Contains(cadences, c.cadence) {
			vi, en = append(vi, c.vi), append(en, c.en)
		}
	}
	if len(vi) == 0 {
		return Note{}, false
	}
	note := Note{Severity: SeverityInfo, Code: "duty.unscheduled", Duty: code}
	if slices.ContainsFunc(cadences, calendar.Cadence.MakesRounds) {
		note.VI = fmt.Sprintf("Nhiệm vụ %s: ngoài các kỳ ở đây còn phần %s, lịch không mở được.", code, strings.Join(vi, ", "))
		note.EN = fmt.Sprintf("The duty %s: beside its rounds here it is %s, which no calendar opens.", code, strings.Join(en, ", "))
		return note, true
	}
	note.VI = fmt.Sprintf("Nhiệm vụ %s (%s): lịch không mở kỳ nào, do người theo dõi mở hoặc báo cáo khi có.", code, strings.Join(vi, ", "))
	note.EN = fmt.Sprintf("The duty %s (%s): no calendar opens it; people open its rounds or report as it comes.", code, strings.Join(en, ", "))
	return note, true
}

// provisional names the years of the range whose days off are not decreed.
func provisional(out Preview, is func(int) bool) string {
	if is == nil {
		return ""
	}
	var spans []string
	for year := out.From.Year; year <= out.To.Year; year++ {
		if !is(year) {
			continue
		}
		first := year
		for year < out.To.Year && is(year+1) {
			year++
		}
		span := strconv.Itoa(first)
		if year > first {
			span += "–" + strconv.Itoa(year)
		}
		spans = append(spans, span)
	}
	return strings.Join(spans, ", ")
}

// crowded tells of the days on which one agency has too much due.
func crowded(out Preview) (vi, en string) {
	classes, days, most := 0, 0, DueDay{}
	name := ""
	for _, c := range out.Classes {
		if len(c.TooMuch) == 0 {
			continue
		}
		classes++
		days += len(c.TooMuch)
		for _, day := range c.TooMuch {
			if len(day.Duties) > len(most.Duties) {
				most, name = day, c.Name
			}
		}
	}
	if classes == 0 {
		return "", ""
	}
	return fmt.Sprintf("Ngày mà một đơn vị phải gửi từ %d báo cáo trở lên: %d ngày, ở %d nhóm đơn vị; nhiều nhất là %s: %d báo cáo ngày %s.",
			out.Threshold, days, classes, name, len(most.Duties), most.On.VN()),
		fmt.Sprintf("Days with %d or more reports of one agency due: %d, for %d of the classes; the most is %s: %d on %s.",
			out.Threshold, days, classes, name, len(most.Duties), most.On.VN())
}
