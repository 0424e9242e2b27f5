package plan

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
)

// due reads when the duty's results are due and holds that against all periods of
// the plan. A duty's own `due` replaces what the plan says by default altogether,
// its chain included.
func (r *reader) due(v view, d *Duty) {
	recurring := makesPeriods(d.Schedule.Cadences)
	byHand := slices.ContainsFunc(d.Schedule.Cadences, calendar.Cadence.OpenedByHand)
	rules, chain := r.defaults.due, r.defaults.chain
	if v.has("due") {
		rules, chain = r.dueRules(v, "due"), chainDef{}
	}
	if v.has("chain") {
		beside := rules
		if !v.has("due") {
			beside = dueRules{}
		}
		chain = r.chain(v, "chain", beside)
	}
	if recurring && !v.has("due") && (!v.has("chain") || chain.chain.Last == calendar.DueRule{}) {
		d.configure(r.defaults.configured, "due")
	}
	switch {
	case recurring:
		d.Due, d.Chain = maps.Clone(rules.rules), chain.chain
	case byHand && v.has("due"):
		d.Due = maps.Clone(rules.rules)
	}
	for _, key := range []string{"due", "chain"} {
		if v.has(key) && !recurring && (key == "chain" || !byHand) {
			r.warn(v.node(key), v.at(key), "due.unused", "nhiệm vụ %s không có kỳ báo cáo nên %s không dùng đến; bỏ đi, hoặc thêm cadences", "the duty %s has no periods, so that %s has no effect; take it out, or add cadences", d.Code, key)
		}
	}
	if v.has("due") && !byHand {
		for _, level := range sortedKeys(rules.views) {
			r.refuseHours(rules.views[level], "; nhiệm vụ này không có", "; this duty is none")
		}
	}
	d.DueDates = r.dueDates(v)
	periods, ok := r.periods(v, d)
	if ok {
		r.checkDueDates(v, d, periods)
	}
	if recurring {
		r.checkDue(v, d, rules, chain, periods)
	}
}

// mostPeriods bounds what is looked at of one duty: a weekly one of fifty years.
const mostPeriods = 2700

// periods lists the duty's periods over the plan's validity, as periodsOf does;
// false where they cannot be computed.
func (r *reader) periods(v view, d *Duty) ([]calendar.Period, bool) {
	s := d.Schedule
	if s.DueOn.IsZero() || s.DueOn.Before(s.OpensOn) {
		// Both are recorded already.
		s.Cadences = slices.DeleteFunc(slices.Clone(s.Cadences), func(c calendar.Cadence) bool { return c == calendar.Once })
	}
	broken := slices.Contains(s.Cadences, calendar.Cron) && s.Cron == "" || slices.Contains(s.Cadences, calendar.AtLeast) && (s.AtLeast.Per == "" || s.AtLeast.Times == 0)
	if r.plan.ValidFrom.IsZero() || r.plan.ValidTo.IsZero() || broken {
		return nil, false
	}
	all, err := periodsOf(r.plan, s)
	if err != nil {
		vi, en := sentences(err)
		r.fail(v.node("cadences"), v.at("cadences"), "schedule.invalid", "%[1]s", "%[2]s", vi, en)
		return nil, false
	}
	return all, true
}

// periodsOf lists a schedule's periods over the plan's validity, at most
// mostPeriods and the rest of that day.
func periodsOf(p *Plan, s calendar.Schedule) ([]calendar.Period, error) {
	validity := calendar.Range{From: p.ValidFrom, To: p.ValidTo}
	var all []calendar.Period
	for after := (calendar.Date{}); len(all) < mostPeriods; after = all[len(all)-1].End {
		next, err := calendar.NextPeriods(s, validity, after)
		if err != nil {
			return nil, err
		}
		if len(next) == 0 {
			break
		}
		all = append(all, next...)
	}
	return all, nil
}

// owingLevels returns the levels of the agencies that owe the duty, in order.
func (r *reader) owingLevels(d *Duty) []string {
	levels := map[string]bool{}
	for _, a := range d.Assignments {
		if a.Role.Owes() {
			levels[r.tree.level(a.Agency)] = true
		}
	}
	return sortedKeys(levels)
}

// checkDue holds the rules of a duty against every period, for every level that
// owes it. Days off are Saturdays and Sundays here; what holidays do to single
// periods is told by CheckCalendar.
func (r *reader) checkDue(v view, d *Duty, rules dueRules, chain chainDef, periods []calendar.Period) {
	levels := r.owingLevels(d)
	used, chained := map[string][]string{}, []string(nil)
	for _, level := range levels {
		if chain.chain.Plans(level) {
			chained = append(chained, level)
			continue
		}
		_, key, ok := rules.of(level)
		if !ok {
			r.fail(v.node("due"), v.at("due"), "due.missing", "nhiệm vụ %[1]s chưa có hạn cho cấp %[2]q; thêm due: {%[2]s: {working_days: 5}} hoặc đặt hạn chung ở defaults", "the duty %[1]s has no due rule for the level %[2]q; add due: {%[2]s: {working_days: 5}} or a general one under defaults", d.Code, level)
			continue
		}
		used[key] = append(used[key], level)
	}
	sound := true
	for _, key := range sortedKeys(used) {
		at := written{rules.nodes[key], rules.views[key].path}
		sound = r.checkRule(v, d, rules.rules[key], at, used[key], periods) && sound
	}
	if len(chained) > 0 {
		last := chain.v.view("last")
		sound = r.checkRule(v, d, chain.chain.Last, written{last.n, last.path}, chained, periods) && sound
	}
	if sound {
		r.checkTime(d, rules, chain, levels, periods)
	}
}

// written is where something stands in the file.
type written struct {
	n    *yaml.Node
	path string
}

// checkRule reports the first period that a rule cannot be met in, once for each
// rule. Levels whose date is set in that period do not need it.
func (r *reader) checkRule(v view, d *Duty, rule calendar.DueRule, at written, levels []string, periods []calendar.Period) bool {
	for _, p := range periods {
		if p.Cadence == calendar.Once || allSet(d, p.Key, levels) {
			continue
		}
		_, err := calendar.Due(p, d.Schedule, rule, calendar.WeekCalendar{}, r.zone)
		f := fault.Of(err)
		if err == nil || f != nil && f.Code == calendar.CodeDueBeforeStart {
			// The first window is cut by the validity; nothing is asked for then.
			continue
		}
		if r.dueFaulty[at.n] {
			return false
		}
		vi, en := sentences(err)
		switch {
		case f != nil && f.Code == calendar.CodeDueBeforeEnd && r.cut(d, p):
			// The rule holds otherwise: it is the plan's last day that cuts this window.
			r.fail(v.node("due_dates"), v.at("due_dates"), "due.cut", "nhiệm vụ %[1]s, kỳ %[2]s bị cắt vào ngày cuối của kế hoạch (%[3]s), sau hạn theo quy tắc; ấn định hạn riêng: due_dates: {%[2]s: {other: …}}", "the duty %[1]s: the plan's last day (%[3]s) cuts the period %[2]s after the day that the rule names; set its date: due_dates: {%[2]s: {other: …}}", d.Code, p.Key, p.End)
			return false
		case f != nil && f.Code == calendar.CodeDueBeforeEnd:
			r.fail(at.n, at.path, "due.before_end", "%[1]s", "%[2]s", vi, en)
		default:
			r.fail(at.n, at.path, "due.invalid", "%[1]s", "%[2]s", vi, en)
		}
		r.dueFaulty[at.n] = true
		return false
	}
	return true
}

// cut reports whether the plan's last day ends a period early.
func (r *reader) cut(d *Duty, p calendar.Period) bool {
	if p.End != r.plan.ValidTo {
		return false
	}
	whole, err := calendar.NextPeriods(d.Schedule, calendar.Range{From: r.plan.ValidFrom}, p.End.AddDays(-1))
	return err == nil && !slices.ContainsFunc(whole, func(w calendar.Period) bool { return w.Key == p.Key && w.End == p.End })
}

// allSet reports whether each of the levels has a date of its own in a period.
func allSet(d *Duty, key string, levels []string) bool {
	dates := d.DueDates[key]
	_, others := dates[""]
	return !slices.ContainsFunc(levels, func(level string) bool {
		_, set := dates[level]
		return !set && !others
	})
}

// everyDay is a calendar without days off: what does not fit there never fits.
type everyDay struct{}

func (everyDay) IsWorking(calendar.Date) bool         { return true }
func (everyDay) DayOff(calendar.Date) (vi, en string) { return "", "" }

// timing counts what the periods leave to one level.
type timing struct {
	byRule int      // periods whose date the rule gives
	short  int      // of these, without a working day of the level's own
	never  int      // of these, even if every day were a working day
	keys   []string // all periods without a working day, set dates included
}

// checkTime holds the due times against Decree 09/2019/NĐ-CP art. 8(5): a working
// day after the closing day, and after the level below.
func (r *reader) checkTime(d *Duty, rules dueRules, chain chainDef, levels []string, periods []calendar.Period) {
	times := map[string]*timing{}
	for _, level := range levels {
		times[level] = &timing{}
	}
	for _, p := range periods {
		r.count(d, p, levels, times)
	}
	for _, level := range levels {
		at := written{chain.v.n, chain.v.path}
		if at.n == nil || !slices.Contains(chain.chain.Levels, level) {
			_, key, _ := rules.of(level)
			at = written{rules.nodes[key], rules.views[key].path}
		}
		switch t := times[level]; {
		case len(t.keys) == 0:
		case t.byRule > 0 && (t.short == t.byRule || t.never == t.byRule):
			r.failOnce(at, "due.no_time", "cấp %[1]q không bao giờ có một ngày làm việc sau ngày chốt số liệu và sau hạn của cấp dưới (Nghị định 09/2019/NĐ-CP, Điều 8 khoản 5); lùi hạn, hoặc bớt step", "the level %[1]q never has a working day after the closing day and after the level below (Decree 09/2019/NĐ-CP art. 8(5)); put the due day later, or step lower", level)
		default:
			r.warn(at.n, at.path, "due.short_time", "cấp %[1]q không có một ngày làm việc nào của mình (Nghị định 09/2019/NĐ-CP, Điều 8 khoản 5) trong %[2]d/%[3]d kỳ: %[4]s; ấn định hạn các kỳ đó bằng due_dates, hoặc lùi hạn", "the level %[1]q has no working day of its own (Decree 09/2019/NĐ-CP art. 8(5)) in %[2]d of %[3]d periods: %[4]s; set their dates with due_dates, or put the due day later", level, len(t.keys), len(periods), someKeys(t.keys))
		}
	}
}

func (r *reader) count(d *Duty, p calendar.Period, levels []string, times map[string]*timing) {
	due := d.DuePlan()
	week, err := due.Squeezed(p, d.Schedule, levels, calendar.WeekCalendar{}, r.zone)
	if err != nil {
		return // nothing is asked for in a window cut short
	}
	always, err := due.Squeezed(p, d.Schedule, levels, everyDay{}, r.zone)
	if err != nil {
		always = nil
	}
	for _, level := range levels {
		t, short := times[level], slices.Contains(week, level)
		if short {
			t.keys = append(t.keys, p.Key)
		}
		if allSet(d, p.Key, []string{level}) {
			continue
		}
		t.byRule++
		if short {
			t.short++
		}
		if slices.Contains(always, level) {
			t.never++
		}
	}
}

// failOnce reports one fault of a rule, however many duties use it.
func (r *reader) failOnce(at written, code, vi, en string, args ...any) {
	if r.dueFaulty[at.n] {
		return
	}
	r.dueFaulty[at.n] = true
	r.fail(at.n, at.path, code, vi, en, args...)
}

// someKeys lists the first periods of many.
func someKeys(keys []string) string {
	if len(keys) > 6 {
		return strings.Join(keys[:6], ", ") + ", …"
	}
	return strings.Join(keys, ", ")
}

// sentences returns the Vietnamese and English text of an error.
func sentences(err error) (vi, en string) {
	if f := fault.Of(err); f != nil {
		return f.VI, f.EN
	}
	return err.Error(), err.Error()
}
