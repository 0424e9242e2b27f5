package plan

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"dondoc/internal/calendar"
)

// dueDates reads the dates that the plan authority set for single periods; nil
// where there are none.
func (r *reader) dueDates(v view) map[string]map[string]calendar.Date {
	var all map[string]map[string]calendar.Date
	v.view("due_dates").each(func(period string, _ *yaml.Node, dates view) {
		days := map[string]calendar.Date{}
		dates.each(func(level string, at *yaml.Node, _ view) {
			day := dates.date(level)
			if level == otherLevels {
				level = ""
			}
			days[level] = day
			r.later = append(r.later, func() { r.checkLevel(at, dates.path, level) })
		})
		if all == nil {
			all = map[string]map[string]calendar.Date{}
		}
		all[period] = days
	})
	return all
}

// checkDueDates holds the dates that were set against the duty's periods.
func (r *reader) checkDueDates(v view, d *Duty, periods []calendar.Period) {
	v.view("due_dates").each(func(key string, at *yaml.Node, dates view) {
		i := slices.IndexFunc(periods, func(p calendar.Period) bool { return p.Key == key })
		switch {
		case i < 0 && len(periods) >= mostPeriods:
			return // not all were listed
		case i < 0:
			r.unknownPeriod(at, dates.path, d, key, periods)
			return
		}
		dates.each(func(level string, _ *yaml.Node, day view) {
			r.checkDueDate(day, d, periods[i], level, dates.date(level))
		})
	})
}

func (r *reader) checkDueDate(at view, d *Duty, p calendar.Period, level string, day calendar.Date) {
	if day.IsZero() {
		return
	}
	if level == otherLevels {
		level = ""
	}
	vi, en := calendar.WeekCalendar{}.DayOff(day)
	rule, ok := d.Due[level]
	if !ok {
		rule = d.Due[""]
	}
	switch {
	case day.Before(p.Start):
		r.fail(at.n, at.path, "due_dates.before_start", "hạn %[1]s của kỳ %[2]s trước khi kỳ bắt đầu (%[3]s); kiểm tra lại ngày", "the date %[1]s of the period %[2]s is before it begins (%[3]s); check it", day, p.Key, p.Start)
	case p.Cadence != calendar.Once && day.Before(p.End) && !rule.BeforeEnd && !d.Chain.Last.BeforeEnd:
		r.warn(at.n, at.path, "due_dates.before_end", "hạn %[1]s của kỳ %[2]s trước ngày chốt số liệu (%[3]s)", "the date %[1]s of the period %[2]s is before it closes (%[3]s)", day, p.Key, p.End)
	case vi != "":
		r.warn(at.n, at.path, "due_dates.day_off", "hạn %[1]s là %[2]s; hạn đã ấn định không tự dời, hãy chọn ngày làm việc", "the date %[1]s is a %[3]s; a date that is set is not shifted, choose a working day", day, vi, en)
	}
}

// unknownPeriod names the period that was most likely meant: the report that one
// of the same closing day is part of, or the nearest in spelling.
func (r *reader) unknownPeriod(at *yaml.Node, path string, d *Duty, key string, periods []calendar.Period) {
	if len(periods) == 0 {
		r.fail(at, path, "due_dates.period", "nhiệm vụ %s không có kỳ báo cáo nào trong hiệu lực của kế hoạch, nên không có hạn theo kỳ; bỏ due_dates, hoặc thêm cadences", "the duty %s has no periods within the plan's validity to set dates for; take due_dates out, or add cadences", d.Code)
		return
	}
	if whole := r.partOf(d, key); whole != "" {
		r.fail(at, path, "due_dates.period", "kỳ %[1]q chốt cùng ngày với kỳ %[2]q và là một báo cáo; ghi %[2]q, hoặc đặt keep_apart: true", "the period %[1]q closes on the same day as %[2]q and is one report with it; write %[2]q, or set keep_apart: true", clip(key), whole)
		return
	}
	keys := make([]string, len(periods))
	for i, p := range periods {
		keys[i] = p.Key
	}
	near := nearest(key, keys)
	if near == "" {
		near = keys[0]
	}
	r.fail(at, path, "due_dates.period", "nhiệm vụ %[1]s không có kỳ %[2]q trong hiệu lực của kế hoạch; có phải ý bạn là %[3]q?", "the duty %[1]s has no period %[2]q within the plan's validity; did you mean %[3]q?", d.Code, clip(key), near)
}

// partOf returns the key of the period that one of the given key was merged into;
// "" where it was not.
func (r *reader) partOf(d *Duty, key string) string {
	apart := *d
	apart.Schedule.KeepApart = true
	all, ok := r.periods(view{r: r}, &apart)
	if !ok {
		return ""
	}
	i := slices.IndexFunc(all, func(p calendar.Period) bool { return p.Key == key })
	if i < 0 {
		return ""
	}
	merged, err := calendar.NextPeriods(d.Schedule, calendar.Range{From: r.plan.ValidFrom, To: r.plan.ValidTo}, all[i].End.AddDays(-1))
	if err != nil {
		return ""
	}
	for _, p := range merged {
		if slices.Contains(p.Cadences, all[i].Cadence) {
			return p.Key
		}
	}
	return ""
}
