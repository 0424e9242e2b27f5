package plan

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"dondoc/internal/calendar"
)

// dueRules are due rules by level with the places where they are written.
type dueRules struct {
	rules map[string]calendar.DueRule // "" is every other level
	nodes map[string]*yaml.Node
	views map[string]view
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

// periodOnly are keys that mean nothing where only hours are given.
var periodOnly = []string{"before_end", "shift", "time"}

func (r *reader) dueRules(v view, key string) dueRules {
	d := dueRules{map[string]calendar.DueRule{}, map[string]*yaml.Node{}, map[string]view{}}
	levels := v.view(key)
	levels.each(func(level string, at *yaml.Node, rule view) {
		name := level
		if level == otherLevels {
			level = ""
		}
		d.nodes[level], d.views[level] = at, rule
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
	case len(given) == 0 && !v.has("hours"):
		r.fail(v.n, v.path, "due.forms", "quy tắc hạn chưa nói khi nào; thêm working_days, calendar_days, day hoặc month_day (báo cáo nhanh: hours)", "the due rule does not say when; add working_days, calendar_days, day or month_day (for flash reports: hours)")
	case len(given) == 0:
		for _, key := range periodOnly {
			if v.has(key) {
				r.fail(v.node(key), v.at(key), "due.hours", "hạn tính bằng giờ không có %s; bỏ dòng này", "what is due in hours has no %s; leave it out", key)
			}
		}
	}
	if v.has("round_the_clock") && !v.has("hours") {
		r.fail(v.node("round_the_clock"), v.at("round_the_clock"), "due.hours", "round_the_clock chỉ dùng cùng hours", "round_the_clock goes with hours only")
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
		Hours: v.number("hours", 0), RoundTheClock: v.yes("round_the_clock"),
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

// refuseHours records hours where no round is opened by hand.
func (r *reader) refuseHours(rule view, why, whyEN string) {
	if rule.has("hours") {
		r.fail(rule.node("hours"), rule.at("hours"), "due.hours", "hours chỉ dùng cho báo cáo nhanh, đột xuất hoặc khi có việc (flash, ad_hoc, event)%[1]s", "hours are for flash, ad_hoc and event duties only%[2]s", why, whyEN)
	}
}

// chainDef is a chain of levels with the place where it is written.
type chainDef struct {
	chain calendar.Chain
	v     view
}

// chain reads the chain under a key; one without levels where there is none.
func (r *reader) chain(v view, key string, rules dueRules) chainDef {
	c := v.view(key)
	def := chainDef{v: c}
	for _, n := range c.items("levels") {
		level := clean(n.Value)
		if n.Kind != yaml.ScalarNode {
			continue
		}
		if slices.Contains(def.chain.Levels, level) {
			r.fail(n, c.at("levels"), "chain.twice", "cấp %q có hai lần trong chuỗi", "the level %q is in the chain twice", clip(level))
			continue
		}
		def.chain.Levels = append(def.chain.Levels, level)
		r.later = append(r.later, func() { r.checkLevel(n, c.at("levels"), level) })
	}
	if n := c.good("levels"); n != nil && n.Kind == yaml.SequenceNode && len(n.Content) < 2 {
		r.fail(n, c.at("levels"), "chain.short", "chuỗi báo cáo cần ít nhất hai cấp, cấp thấp trước", "a chain needs two levels at least, the lowest first")
	}
	def.chain.Step = c.number("step", 0)
	if last := c.view("last"); last.n != nil {
		before := len(r.problems)
		def.chain.Last = r.dueRule(last)
		r.refuseHours(last, "", "")
		r.dueFaulty[last.n] = len(r.problems) > before
		r.checkChained(def, rules)
	} else if c.has("step") && !c.has("last") {
		r.fail(c.node("step"), c.at("step"), "chain.step", "step chỉ dùng cùng last: tính lùi từ hạn của cấp cuối", "step goes with last only: it plans back from the last level's date")
	}
	return def
}

// checkChained refuses levels that have both a due rule and a place in a chain
// that plans them.
func (r *reader) checkChained(def chainDef, rules dueRules) {
	for _, level := range sortedKeys(rules.nodes) {
		if level != "" && def.chain.Plans(level) {
			r.fail(rules.nodes[level], rules.views[level].path, "chain.due", "cấp %q đã được tính lùi theo chuỗi (chain); bỏ quy tắc hạn này, hoặc bỏ last của chuỗi", "the level %q is planned back by the chain; take this due rule out, or the chain's last", clip(level))
		}
	}
}

// makesPeriods reports whether any of the cadences needs a due rule.
func makesPeriods(cadences []calendar.Cadence) bool {
	return slices.ContainsFunc(cadences, func(c calendar.Cadence) bool { return c.MakesRounds() && c != calendar.Once })
}
