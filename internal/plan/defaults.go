package plan

import (
	"slices"

	"dondoc/internal/calendar"
)

const (
	// DefaultTimeZone is the time zone of a plan that names none.
	DefaultTimeZone = "Asia/Ho_Chi_Minh"
	// DefaultOpensBefore is the number of working days before due at which a round opens.
	DefaultOpensBefore = 15
	// defaultForwardWithin is an intermediate agency's time in working days.
	defaultForwardWithin = 1

	policyPeriodic  = "periodic"
	policyOneOff    = "one_off"
	policyRequested = "requested"
	policyReview    = "review"
	defaultStepTime = "08:00"

	// otherLevels is the key of the due rule for levels that are not named.
	otherLevels = "other"
)

// DefaultPolicies returns the policies that every plan has unless its file
// replaces them: periodic, one_off, requested and review, in this order.
func DefaultPolicies() []Policy {
	steps := calendar.DefaultPolicies()
	return []Policy{
		{policyPeriodic, "Báo cáo định kỳ", steps[policyPeriodic]},
		{policyOneOff, "Nhiệm vụ làm một lần", steps[policyOneOff]},
		{policyRequested, "Nhiệm vụ được đề nghị", steps[policyRequested]},
		{policyReview, "Xem xét kết quả đã gửi", steps[policyReview]},
	}
}

// defaults are what holds for duties that do not say otherwise.
type defaults struct {
	windows     calendar.Family
	due         dueRules
	chain       chainDef
	opensBefore int
	review      Review
	forwarding  ForwardingMode
	// forwardWithin are an intermediate agency's working days.
	forwardWithin int
	policies      map[string]string
	// resultRequired is that of duties which do not say it.
	resultRequired bool
	// reportingBasis is that of recurring duties which name none.
	reportingBasis string
	// configured are the parts that a duty inherits as not from the document.
	configured []string
}

func (r *reader) readDefaults(v view) {
	d := &r.defaults
	d.windows = calendar.Family(v.textOr("windows", string(calendar.CalendarWindows)))
	d.due = r.dueRules(v, "due")
	for _, level := range sortedKeys(d.due.views) {
		r.refuseHours(d.due.views[level], "; đặt ở due của nhiệm vụ đó", "; give them under the due of that duty")
	}
	d.chain = r.chain(v, "chain", d.due)
	d.reportingBasis = v.text("reporting_basis")
	d.opensBefore = v.number("opens_before", DefaultOpensBefore)
	d.review = r.review(v, Review{Mode: ReviewRequired})
	d.forwarding = ForwardingMode(v.textOr("forwarding", string(ForwardingShown)))
	d.forwardWithin = v.number("forward_within", defaultForwardWithin)
	d.resultRequired = v.yes("result_required")
	chosen := v.view("policies")
	d.policies = map[string]string{}
	for _, name := range []string{policyPeriodic, policyOneOff, policyRequested} {
		d.policies[name] = chosen.textOr(name, name)
		r.later = append(r.later, func() { r.single(r.policies, chosen, name, nounPolicy) })
	}
	d.configured = v.texts("configured")
	if !v.has("windows") {
		// No document says which windows the program takes by default.
		d.configured = append(d.configured, "windows")
	}
}

// review reads review and review_after.
func (r *reader) review(v view, otherwise Review) Review {
	mode := ReviewMode(v.text("review"))
	if mode == "" {
		if v.has("review_after") && !v.has("review") {
			r.fail(v.node("review_after"), v.at("review_after"), "review.after", "review_after chỉ dùng cùng review: automatic", "review_after goes with review: automatic only")
		}
		return otherwise
	}
	after := v.number("review_after", 0)
	switch {
	case mode == ReviewAutomatic && after == 0 && !v.has("review_after"):
		r.fail(v.node("review"), v.at("review"), "review.after", "review: automatic cần review_after: số ngày làm việc sau đó kết quả tự được xác nhận", "review: automatic needs review_after: the working days after which a result is accepted by itself")
	case mode != ReviewAutomatic && v.has("review_after"):
		r.fail(v.node("review_after"), v.at("review_after"), "review.after", "review_after chỉ dùng cùng review: automatic", "review_after goes with review: automatic only")
	}
	return Review{mode, after}
}

func (r *reader) readPolicies(policies []view) {
	r.plan.Policies = DefaultPolicies()
	for _, v := range policies {
		if !r.unique(r.policies, v, nounPolicy.vi, nounPolicy.en) {
			continue
		}
		p := Policy{Code: v.text("code"), Name: v.text("name")}
		codes := index{}
		for _, s := range v.views("steps") {
			r.unique(codes, s, "bước", "step")
			p.Steps = append(p.Steps, r.step(s))
		}
		if n := v.good("steps"); n != nil && len(n.Content) == 0 {
			r.fail(n, v.at("steps"), "policy.empty", "chính sách %q chưa có bước nào", "the policy %q has no step", p.Code)
		}
		if i := slices.IndexFunc(r.plan.Policies, func(o Policy) bool { return o.Code == p.Code }); i >= 0 {
			r.plan.Policies[i] = p
			continue
		}
		r.plan.Policies = append(r.plan.Policies, p)
	}
	for _, p := range r.plan.Policies {
		if _, written := r.policies[p.Code]; !written {
			r.policies[p.Code] = place{}
		}
	}
}

func (r *reader) step(v view) calendar.StepRule {
	s := calendar.StepRule{
		Code: v.text("code"), Kind: v.text("kind"), Anchor: calendar.Anchor(v.text("anchor")),
		Offset: v.number("offset", 0), Unit: calendar.Unit(v.textOr("unit", string(calendar.WorkingDays))),
		TimeOfDay: v.textOr("time", defaultStepTime), Cron: r.cron(v, "cron"),
		Audience: as[calendar.Audience](v.texts("audience")), Severity: v.number("severity", 0), Digest: v.yes("digest"),
	}
	if n := v.good("audience"); n != nil && len(s.Audience) == 0 {
		r.fail(n, v.at("audience"), "step.audience", "bước này chưa có người nhận", "nobody gets this step's notice")
	}
	if s.Unit == calendar.Hours {
		s.TimeOfDay = ""
		if v.has("time") {
			r.fail(v.node("time"), v.at("time"), "step.time", "bước tính bằng giờ không có time; bỏ dòng này", "a step counted in hours has no time; leave it out")
		}
	}
	return s
}

// cron reads a cron expression and records what is wrong with it; "" then.
func (r *reader) cron(v view, key string) string {
	expr := v.text(key)
	if expr == "" {
		return ""
	}
	err := calendar.CheckCron(expr)
	if err == nil {
		return expr
	}
	vi, en := sentences(err)
	if calendar.CronWarning(err) {
		r.warn(v.node(key), v.at(key), "cron.short_month", "%[1]s", "%[2]s", vi, en)
		return expr
	}
	r.fail(v.node(key), v.at(key), "cron.invalid", "%[1]s", "%[2]s", vi, en)
	return ""
}
