package plan

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"dondoc/internal/calendar"
)

// schedule reads when a duty is owed and holds it against the document's words.
func (r *reader) schedule(v view, d *Duty) {
	s := &d.Schedule
	for _, c := range as[calendar.Cadence](v.texts("cadences")) {
		if slices.Contains(s.Cadences, c) {
			r.fail(v.node("cadences"), v.at("cadences"), "cadence.twice", "%q có hai lần trong cadences", "%q is in cadences twice", c)
			continue
		}
		s.Cadences = append(s.Cadences, c)
	}
	s.OpensOn, s.DueOn, s.Cron = v.date("opens_on"), v.date("due_on"), r.cron(v, "cron")
	s.KeepApart = v.yes("keep_apart")
	imply := func(key string, c calendar.Cadence) {
		if v.has(key) && !slices.Contains(s.Cadences, c) {
			s.Cadences = append(s.Cadences, c)
		}
	}
	imply("due_on", calendar.Once)
	imply("cron", calendar.Cron)
	imply("at_least", calendar.AtLeast)
	often := v.view("at_least")
	s.AtLeast = calendar.Frequency{Times: often.number("times", 0), Per: calendar.Cadence(often.text("per"))}

	r.checkWords(v, d)
	if len(s.Cadences) == 0 {
		s.Cadences = []calendar.Cadence{calendar.Standing}
	}
	if slices.Contains(s.Cadences, calendar.Standing) && len(s.Cadences) > 1 {
		r.fail(v.node("cadences"), v.at("cadences"), "cadence.standing", "standing (không có kỳ) không đi cùng kỳ báo cáo khác; bỏ một bên", "standing (no rounds) does not go with other cadences; take one out")
	}
	if slices.Contains(s.Cadences, calendar.Cron) && !v.has("cron") {
		r.fail(v.node("cadences"), v.at("cadences"), "cron.missing", "cadences: cron cần biểu thức, ví dụ cron: \"0 8 25 * *\"", "cadences: cron needs an expression, such as cron: \"0 8 25 * *\"")
	}
	if slices.Contains(s.Cadences, calendar.AtLeast) && !v.has("at_least") {
		r.fail(v.node("cadences"), v.at("cadences"), "at_least.missing", "cadences: at_least cần số lần và kỳ, ví dụ at_least: {times: 1, per: quarterly}", "cadences: at_least needs how often and in which period, such as at_least: {times: 1, per: quarterly}")
	}
	r.checkOnce(v, s)
	s.Windows = calendar.Family(v.textOr("windows", string(r.defaults.windows)))
	if makesPeriods(s.Cadences) && !v.has("windows") {
		d.configure(r.defaults.configured, "windows")
	}
	if slices.ContainsFunc(s.Cadences, calendar.Cadence.MakesRounds) && !d.owed() && len(d.Assignments) > 0 {
		r.fail(v.n, v.path, "duty.unowed", "nhiệm vụ %s có kỳ báo cáo nhưng không ai chủ trì hoặc thực hiện; thêm owed_as: implementing và configured: [role], hoặc lead", "the duty %s has rounds but nobody leads or implements it; add owed_as: implementing with configured: [role], or lead", d.Code)
	}
}

func (r *reader) checkOnce(v view, s *calendar.Schedule) {
	if !slices.Contains(s.Cadences, calendar.Once) {
		if v.has("opens_on") {
			r.fail(v.node("opens_on"), v.at("opens_on"), "once.date", "opens_on chỉ dùng cho nhiệm vụ làm một lần; thêm due_on", "opens_on is for duties owed once; add due_on")
		}
		return
	}
	if !v.has("due_on") {
		r.fail(v.node("cadences"), v.at("cadences"), "once.date", "nhiệm vụ làm một lần cần due_on: ngày đến hạn", "a duty owed once needs due_on: its due date")
		return
	}
	if s.DueOn.IsZero() {
		return
	}
	p := r.plan
	switch {
	case !s.OpensOn.IsZero() && s.DueOn.Before(s.OpensOn):
		r.fail(v.node("due_on"), v.at("due_on"), "once.order", "due_on (%s) trước opens_on (%s)", "due_on (%s) is before opens_on (%s)", s.DueOn, s.OpensOn)
	case !p.ValidFrom.IsZero() && s.DueOn.Before(p.ValidFrom):
		r.fail(v.node("due_on"), v.at("due_on"), "once.validity", "hạn %s trước khi văn bản có hiệu lực (%s)", "the due date %s is before the plan's first day (%s)", s.DueOn, p.ValidFrom)
	case !p.ValidTo.IsZero() && s.OpensOn.After(p.ValidTo):
		r.fail(v.node("opens_on"), v.at("opens_on"), "once.validity", "nhiệm vụ mở ngày %s, sau khi văn bản hết hiệu lực (%s)", "the duty opens on %s, after the plan's last day (%s)", s.OpensOn, p.ValidTo)
	case !p.ValidTo.IsZero() && s.DueOn.After(p.ValidTo):
		r.warn(v.node("due_on"), v.at("due_on"), "once.validity", "hạn %s sau khi văn bản hết hiệu lực (%s)", "the due date %s is after the plan's last day (%s)", s.DueOn, p.ValidTo)
	}
}

// wordCadences tell which cadences the document's words stand for. The first
// pattern that matches a word counts, so numbers of months come before months.
var wordCadences = []struct {
	pattern *regexp.Regexp
	cadence calendar.Cadence
}{
	{regexp.MustCompile(`(^|[\s/])(0?3|ba) tháng`), calendar.Quarterly},
	{regexp.MustCompile(`(^|[\s/])(0?6|sáu) tháng|nửa năm`), calendar.HalfYear},
	{regexp.MustCompile(`(^|[\s/])(0?9|chín) tháng`), calendar.NineMonth},
	{regexp.MustCompile(`(^|[\s/])12 tháng`), calendar.Yearly},
	{regexp.MustCompile(`tuần`), calendar.Weekly},
	{regexp.MustCompile(`qu[ýí]`), calendar.Quarterly},
	{regexp.MustCompile(`tháng`), calendar.Monthly},
	{regexp.MustCompile(`năm`), calendar.Yearly},
	{regexp.MustCompile(`đột xuất`), calendar.AdHoc},
	{regexp.MustCompile(`nhanh`), calendar.Flash},
	{regexp.MustCompile(`thường xuyên`), calendar.Continuous},
	{regexp.MustCompile(`kịp thời|khi `), calendar.Event},
}

var (
	bareRecurring = regexp.MustCompile(`định kỳ|định kì|thường kỳ`)
	// minimum matches "ít nhất một quý một lần", "tối thiểu 02 lần/năm", "mỗi quý từ hai lần trở lên".
	minimum = regexp.MustCompile(`ít nhất|tối thiểu|trở lên|không dưới`)
	// times matches how often; "năm" is five only directly before "lần".
	times       = regexp.MustCompile(`([0-9]{1,2}|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười) lần`)
	timesNumber = map[string]int{"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}
)

// named is a cadence that words stand for. A minimum is met by at_least as well
// as by reports of the period itself.
type named struct {
	cadence calendar.Cadence
	minimum bool
	times   int // of a minimum; 0 where the words do not say
}

// names reports whether the words stand for a cadence of the schedule.
func (n named) names(c calendar.Cadence, s *calendar.Schedule) bool {
	if c == calendar.AtLeast {
		// An unreadable period is recorded already.
		return n.minimum && (s.AtLeast.Per == n.cadence || s.AtLeast.Per == "")
	}
	return c == n.cadence
}

// says returns the cadences that words name, and whether they speak of recurring
// at all.
func says(words []string) (all []named, recurring bool) {
	for _, w := range words {
		w = strings.ToLower(w)
		if bareRecurring.MatchString(w) {
			recurring = true
		}
		// "ít nhất năm lần một quý" speaks of no year.
		period := w
		least := minimum.MatchString(w)
		if least {
			period = times.ReplaceAllString(w, "lần")
		}
		for _, k := range wordCadences {
			if k.pattern.MatchString(period) {
				all = append(all, named{k.cadence, least && k.cadence.MakesRounds(), howOften(w)})
				recurring = recurring || k.cadence.MakesRounds()
				break
			}
		}
	}
	return all, recurring
}

// howOften returns the number before "lần", 0 where there is none.
func howOften(words string) int {
	m := times.FindStringSubmatch(words)
	if m == nil {
		return 0
	}
	if n, err := strconv.Atoi(m[1]); err == nil {
		return n
	}
	return timesNumber[m[1]]
}

// checkWords refuses to guess: what the document leaves open must be set and
// marked, and what it says must not get lost.
func (r *reader) checkWords(v view, d *Duty) {
	given := d.Schedule.Cadences
	set := slices.ContainsFunc(given, calendar.Cadence.MakesRounds)
	marked := slices.Contains(d.Configured, "cadence")
	if d.CoveredBy != "" {
		return
	}
	all, recurring := says(d.ScheduleWords)
	if len(d.ScheduleWords) == 0 && !v.has("cadences") && bareRecurring.MatchString(strings.ToLower(d.Text)) {
		recurring = true
	}
	if recurring && !set {
		at, path := v.node("schedule_words"), v.at("schedule_words")
		r.fail(at, path, "cadence.unset", "nhiệm vụ %s nói \"định kỳ\" nhưng chưa có kỳ báo cáo: phải đặt cadences (ví dụ [quarterly, yearly]) trước khi kích hoạt và ghi configured: [cadence], hoặc covered_by", "the duty %s speaks of recurring reports but has no cadence: it must be set before activation (such as cadences: [quarterly, yearly]) and marked configured: [cadence], or covered_by", d.Code)
		return
	}
	if !set || marked {
		return
	}
	if len(d.ScheduleWords) == 0 {
		if makesPeriods(given) {
			r.warn(v.node("cadences"), v.at("cadences"), "cadence.unsourced", "nhiệm vụ %s: ghi schedule_words (chữ trong văn bản) hoặc configured: [cadence] để biết kỳ báo cáo từ đâu ra", "the duty %s: add schedule_words (the document's words) or configured: [cadence], to tell where the cadence comes from", d.Code)
		}
		return
	}
	r.compareWords(v, d, all)
}

// compareWords holds the cadences of a duty against those that its words name.
func (r *reader) compareWords(v view, d *Duty, all []named) {
	s := &d.Schedule
	key := "cadences"
	if !v.has(key) && v.has("at_least") {
		key = "at_least"
	}
	for _, c := range s.Cadences {
		if !c.MakesRounds() || c == calendar.Once || c == calendar.Cron || slices.ContainsFunc(all, func(n named) bool { return n.names(c, s) }) {
			continue
		}
		said := string(c)
		if c == calendar.AtLeast {
			said = "at_least: {per: " + string(s.AtLeast.Per) + "}"
		}
		r.fail(v.node(key), v.at(key), "cadence.unmarked", "nhiệm vụ %[1]s: chữ trong văn bản (%[2]s) không nói %[3]s; bỏ đi, hoặc ghi configured: [cadence]", "the duty %[1]s: the document's words (%[2]s) do not say %[3]s; take it out, or mark it configured: [cadence]", d.Code, strings.Join(d.ScheduleWords, ", "), said)
	}
	for _, n := range all {
		if !n.cadence.MakesRounds() || slices.Contains(s.Cadences, calendar.Cron) {
			continue
		}
		if !slices.ContainsFunc(s.Cadences, func(c calendar.Cadence) bool { return n.names(c, s) }) {
			r.warn(v.node(key), v.at(key), "cadence.dropped", "nhiệm vụ %[1]s: văn bản nói %[2]s nhưng cadences không có", "the duty %[1]s: the document says %[2]s, but cadences lacks it", d.Code, n.cadence)
			continue
		}
		if n.minimum && n.times > 0 && slices.Contains(s.Cadences, calendar.AtLeast) && n.times != s.AtLeast.Times && s.AtLeast.Times > 0 {
			r.warn(v.node("at_least"), v.at("at_least"), "at_least.times", "nhiệm vụ %s: văn bản nói %d lần, at_least nói %d lần", "the duty %s: the document says %d times, at_least says %d", d.Code, n.times, s.AtLeast.Times)
		}
	}
}
