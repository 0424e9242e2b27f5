package plan

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
)

// dueRules are due rules by level with the places where they are written.
type dueRules struct {
	rules map[string]calendar.DueRule // "" is every other level
	nodes map[string]*yaml.Node
	paths map[string]string
}

// of returns the rule for a level and the key it is found under.
func (d dueRules) of(level string) (calendar.DueRule, string, bool) {
	if rule, ok := d.rules[level]; ok {
		return rule, level, true
	}
	rule, ok := d.rules[""]
	return rule, "", ok
}

// dueForms are the keys of which a rule has exactly one.
var dueForms = []string{"working_days", "calendar_days", "day", "month_day"}

func (r *reader) dueRules(v view, key string) dueRules {
	d := dueRules{map[string]calendar.DueRule{}, map[string]*yaml.Node{}, map[string]string{}}
	levels := v.view(key)
	levels.each(func(level string, at *yaml.Node, rule view) {
		name := level
		if level == otherLevels {
			level = ""
		}
		d.nodes[level], d.paths[level] = at, rule.path
		if rule.n.Kind == yaml.MappingNode {
			before := len(r.problems)
			d.rules[level] = r.dueRule(rule)
			r.dueFaulty[at] = len(r.problems) > before
		}
		r.later = append(r.later, func() { r.checkLevel(at, levels.at(name), level) })
	})
	return d
}

func (r *reader) dueRule(v view) calendar.DueRule {
	var given []string
	for _, form := range dueForms {
		if v.has(form) {
			given = append(given, form)
		}
	}
	switch {
	case len(given) > 1:
		r.fail(v.node(given[1]), v.at(given[1]), "due.forms", "quy tắc hạn chỉ có một cách tính, ở đây có cả %s và %s; giữ một", "a due rule has one form only, here are %s and %s; keep one", given[0], given[1])
	case len(given) == 0:
		r.fail(v.n, v.path, "due.forms", "quy tắc hạn chưa nói khi nào; thêm working_days, calendar_days, day hoặc month_day", "the due rule does not say when; add working_days, calendar_days, day or month_day")
	}
	if v.has("month_offset") && !v.has("day") {
		r.fail(v.node("month_offset"), v.at("month_offset"), "due.month_offset", "month_offset chỉ dùng cùng day", "month_offset goes with day only")
	}
	if v.number("day", 1) > 31 {
		r.fail(v.node("day"), v.at("day"), "due.day", "không có ngày %d trong tháng", "no month has a day %d", v.number("day", 1))
	}
	return calendar.DueRule{
		WorkingDays: v.number("working_days", 0), CalendarDays: v.number("calendar_days", 0),
		Day: v.number("day", 0), MonthOffset: v.number("month_offset", 0), MonthDay: v.text("month_day"),
		BeforeEnd: v.yes("before_end"), Shift: calendar.Shift(v.text("shift")), TimeOfDay: v.text("time"),
	}
}

// checkLevel warns about a level that no agency has: most likely a slip.
func (r *reader) checkLevel(n *yaml.Node, path, level string) {
	if level == "" {
		return
	}
	var levels []string
	for _, a := range r.plan.Agencies {
		if a.Level == level {
			return
		}
		if !slices.Contains(levels, a.Level) {
			levels = append(levels, a.Level)
		}
	}
	near := nearest(level, append(levels, otherLevels))
	r.warn(n, path, "level.unknown", "không có cơ quan nào ở cấp %[1]q%[2]s", "no agency has the level %[1]q%[3]s", clip(level), meantVI(near), meantEN(near))
}

// checkDue holds the rules of a duty against the first two years of its periods.
// The validity's end is left open: what it cuts off the last window is no fault
// of the rule.
func (r *reader) checkDue(v view, d *Duty, rules dueRules) {
	if !makesPeriods(d.Schedule.Cadences) {
		return
	}
	levels := map[string]bool{}
	for _, a := range d.Assignments {
		if a.Role.Owes() {
			levels[r.tree.level(a.Agency)] = true
		}
	}
	used := map[string]bool{}
	for _, level := range sortedKeys(levels) {
		_, key, ok := rules.of(level)
		if !ok {
			r.fail(v.node("due"), v.at("due"), "due.missing", "nhiệm vụ %[1]s chưa có hạn cho cấp %[2]q; thêm due: {%[2]s: {working_days: 5}} hoặc đặt hạn chung ở defaults", "the duty %[1]s has no due rule for the level %[2]q; add due: {%[2]s: {working_days: 5}} or a general one under defaults", d.Code, level)
			continue
		}
		used[key] = true
	}
	if r.plan.ValidFrom.IsZero() || r.plan.ValidTo.IsZero() || slices.Contains(d.Schedule.Cadences, calendar.Cron) && d.Schedule.Cron == "" {
		return
	}
	schedule := d.Schedule
	schedule.Cadences = slices.DeleteFunc(slices.Clone(schedule.Cadences), func(c calendar.Cadence) bool { return c == calendar.Once })
	from := r.plan.ValidFrom
	periods, err := calendar.Periods(schedule, calendar.Range{From: from}, from, from.AddYears(2))
	if err != nil {
		vi, en := sentences(err)
		r.fail(v.node("cadences"), v.at("cadences"), "schedule.invalid", "%[1]s", "%[2]s", vi, en)
		return
	}
	for _, key := range sortedKeys(used) {
		r.checkRule(rules, key, schedule, periods)
	}
}

func (r *reader) checkRule(rules dueRules, key string, s calendar.Schedule, periods []calendar.Period) {
	for _, p := range periods {
		_, err := calendar.Due(p, s, rules.rules[key], calendar.WeekCalendar{}, r.zone)
		f := fault.Of(err)
		if err == nil || f != nil && f.Code == calendar.CodeDueBeforeStart {
			// The first window is cut by the validity; nothing is asked for then.
			continue
		}
		code := "due.invalid"
		if f != nil && f.Code == calendar.CodeDueBeforeEnd {
			code = "due.before_end"
		}
		n := rules.nodes[key]
		if r.dueFaulty[n] {
			return
		}
		r.dueFaulty[n] = true
		vi, en := sentences(err)
		r.fail(n, rules.paths[key], code, "%[1]s", "%[2]s", vi, en)
		return
	}
}

// sentences returns the Vietnamese and English text of an error.
func sentences(err error) (vi, en string) {
	if f := fault.Of(err); f != nil {
		return f.VI, f.EN
	}
	return err.Error(), err.Error()
}

// makesPeriods reports whether any of the cadences needs a due rule.
func makesPeriods(cadences []calendar.Cadence) bool {
	return slices.ContainsFunc(cadences, func(c calendar.Cadence) bool { return rounds(c) && c != calendar.Once })
}

// rounds reports whether a cadence makes rounds by itself.
func rounds(c calendar.Cadence) bool {
	switch c {
	case calendar.Once, calendar.Weekly, calendar.Monthly, calendar.Quarterly, calendar.HalfYear,
		calendar.NineMonth, calendar.Yearly, calendar.Cron:
		return true
	}
	return false
}
