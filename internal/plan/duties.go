package plan

import (
	"slices"
	"strings"

	"dondoc/internal/calendar"
)

// dutyDef is a duty as written.
type dutyDef struct {
	v            view
	code, parent string
}

// maxNesting bounds how deep duties nest: province, district, commune, hamlet
// and some to spare.
const maxNesting = 8

// collectDuties lists all duties, each parent before its nested ones, so that
// references can be resolved in any order.
func (r *reader) collectDuties(duties []view, parent string, depth int) {
	for _, v := range duties {
		if depth >= maxNesting {
			r.fail(v.n, v.path, "duty.depth", "nhiệm vụ lồng quá %d cấp", "duties nest deeper than %d levels", maxNesting)
			return
		}
		r.unique(r.duties, v, nounDuty.vi, nounDuty.en)
		code := v.text("code")
		r.dutyDefs = append(r.dutyDefs, &dutyDef{v, code, parent})
		r.collectDuties(v.views("duties"), code, depth+1)
	}
}

func (r *reader) duty(def *dutyDef) Duty {
	v := def.v
	d := Duty{
		Code: def.code, RenamedFrom: v.text("renamed_from"), Parent: def.parent, Reference: v.textOr("reference", def.code),
		Text: v.text("text"), Line: v.number("line", 0), Basis: v.text("basis"), ReportingBasis: v.text("reporting_basis"), Product: v.text("product"),
		Mode:     Mode(v.textOr("mode", string(Assigned))),
		Partners: v.texts("partners"), Directs: v.texts("directs"),
		Bodies: r.several(r.bodies, v, "bodies", nounBody), Onward: v.texts("onward"),
		ScheduleWords: v.texts("schedule_words"), Configured: v.texts("configured"),
		OpensBefore: v.number("opens_before", r.defaults.opensBefore),
		Review:      r.review(v, r.defaults.review),
		Through:     r.agencyRef(v, "through"),
		Indicators:  r.indicatorRefs(v, "indicators"), Form: r.single(r.forms, v, "form", nounForm), ScoreSheet: r.single(r.sheets, v, "score_sheet", nounSheet),
		NilReturn: v.yes("nil_return"), OwnPlan: v.yes("own_plan"), StandingSections: v.yes("standing_sections"), Secret: v.yes("secret"),
		Privacy: v.text("privacy"), Note: v.text("note"),
		CoveredBy: r.other(v, "covered_by", def.code), Consolidates: r.others(v, "consolidates", def.code),
	}
	r.consolidation(v, &d)
	d.Title = v.textOr("title", beginning(d.Text))
	r.assign(v, &d)
	r.schedule(v, &d)
	r.reportingBasis(v, &d)
	r.recipient(v, &d)
	r.forwarding(v, &d)
	r.due(v, &d)
	d.Result, d.ResultRequired = r.result(v, &d), r.defaults.resultRequired
	if v.has("result_required") {
		d.ResultRequired = v.yes("result_required")
	}
	d.Policy = r.policy(v, &d)
	return d
}

// reportingBasis asks of every recurring report what makes it one (Decree
// 09/2019/NĐ-CP: a recurring report rests on a document that prescribes it).
func (r *reader) reportingBasis(v view, d *Duty) {
	if !makesPeriods(d.Schedule.Cadences) || d.ReportingBasis != "" {
		return
	}
	if r.defaults.reportingBasis != "" {
		d.ReportingBasis = r.defaults.reportingBasis
		d.configure(r.defaults.configured, "reporting_basis")
		return
	}
	if d.CoveredBy == "" {
		r.warn(v.n, v.at("reporting_basis"), "basis.missing", "nhiệm vụ %s báo cáo định kỳ nhưng chưa nêu căn cứ chế độ báo cáo; thêm reporting_basis (số, tên văn bản quy định chế độ báo cáo) ở đây hoặc chung ở defaults", "the duty %s recurs, but nothing says what makes it a recurring report; add reporting_basis (the document that prescribes it) here, or one for all under defaults", d.Code)
	}
}

// configure marks a part as set by the plan authority if it is among those of
// the defaults that are.
func (d *Duty) configure(from []string, part string) {
	if slices.Contains(from, part) && !slices.Contains(d.Configured, part) {
		d.Configured = append(d.Configured, part)
	}
}

// other returns a duty code under a key that may not be the duty's own.
func (r *reader) other(v view, key, own string) string {
	code := r.dutyRef(v, key)
	if code != "" && code == own {
		r.fail(v.node(key), v.at(key), "duty.self", "nhiệm vụ %s không thể trỏ đến chính nó", "the duty %s cannot refer to itself", own)
		return ""
	}
	return code
}

// others are references to duties, none of them the duty itself.
func (r *reader) others(v view, key, own string) []string {
	codes := r.dutyRefs(v, key)
	if slices.Contains(codes, own) {
		r.fail(v.node(key), v.at(key), "duty.self", "nhiệm vụ %s không thể trỏ đến chính nó", "the duty %s cannot refer to itself", own)
		return nil
	}
	return codes
}

// assign binds agencies to the duty: first those that the document gives it to,
// then those that take part. An agency named twice keeps its first role.
func (r *reader) assign(v view, d *Duty) {
	d.Roles = as[Role](v.texts("roles"))
	if len(d.Roles) == 0 {
		d.Roles = []Role{Implementing}
	}
	role := d.Roles[0]
	if owed := v.text("owed_as"); owed != "" {
		role = Role(owed)
		if !slices.Contains(d.Configured, "role") {
			r.fail(v.node("owed_as"), v.at("owed_as"), "role.unmarked", "owed_as là điều văn bản không nói; thêm role vào configured", "owed_as is not what the document says; add role to configured")
		}
	}
	named := map[string]bool{}
	bind := func(key string, role Role, addressed bool) {
		for _, agency := range r.expand(r.unitRefs(v, key)) {
			if !named[agency] {
				named[agency] = true
				d.Assignments = append(d.Assignments, Assignment{agency, role, addressed})
			}
		}
	}
	bind("agencies", role, true)
	if n := v.good("agencies"); n != nil && len(v.items("agencies")) == 0 {
		r.fail(n, v.at("agencies"), "duty.nobody", "nhiệm vụ %s chưa giao cho ai", "the duty %s is given to nobody", d.Code)
	}
	bind("lead", Lead, false)
	bind("implementing", Implementing, false)
	bind("coordinating", Coordinating, false)
	bind("members", Member, false)
}

// owed reports whether any agency owes the duty's result.
func (d *Duty) owed() bool {
	return slices.ContainsFunc(d.Assignments, func(a Assignment) bool { return a.Role.Owes() })
}

// recipient reads who receives the result. A duty with rounds always has one:
// the standing agency, or the issuer for what the standing agency itself owes.
func (r *reader) recipient(v view, d *Duty) {
	d.Recipient.Reviewer = r.agencyRef(v, "reviewer")
	switch written := v.text("recipient"); {
	case written == "parent":
		d.Recipient.Parent = true
		for _, a := range d.Assignments {
			if a.Role.Owes() && r.tree.byCode[a.Agency].agency.Parent == "" {
				r.fail(v.node("recipient"), v.at("recipient"), "recipient.parent", "cơ quan %q không có cơ quan cấp trên để nhận; ghi rõ mã cơ quan nhận", "the agency %q has none above it to receive; name the recipient", a.Agency)
			}
		}
	case written != "":
		d.Recipient.Agency = r.agencyRef(v, "recipient")
	case slices.ContainsFunc(d.Schedule.Cadences, calendar.Cadence.MakesRounds):
		d.Recipient.Agency = r.plan.Standing
		if slices.ContainsFunc(d.Assignments, func(a Assignment) bool { return a.Role.Owes() && a.Agency == r.plan.Standing }) {
			d.Recipient.Agency = r.plan.Issuer
		}
		d.configure([]string{"recipient"}, "recipient")
	}
}

func (r *reader) result(v view, d *Duty) Result {
	otherwise := ResultReport
	if d.Form != "" || len(d.Indicators) > 0 {
		otherwise = ResultFigures
	}
	return Result(v.textOr("result", string(otherwise)))
}

func (r *reader) policy(v view, d *Duty) string {
	if v.has("policy") {
		return r.single(r.policies, v, "policy", nounPolicy)
	}
	switch {
	case d.Mode == Requested:
		return r.defaults.policies[policyRequested]
	case slices.Contains(d.Schedule.Cadences, calendar.Once) && !makesPeriods(d.Schedule.Cadences):
		return r.defaults.policies[policyOneOff]
	}
	return r.defaults.policies[policyPeriodic]
}

// checkCovered finds duties that discharge each other in a circle, and covers
// that never come.
func (r *reader) checkCovered() {
	byCode := map[string]*Duty{}
	for i := range r.plan.Duties {
		byCode[r.plan.Duties[i].Code] = &r.plan.Duties[i]
	}
	for _, def := range r.dutyDefs {
		d := byCode[def.code]
		if d == nil || d.CoveredBy == "" {
			continue
		}
		n, path := def.v.node("covered_by"), def.v.at("covered_by")
		cover := d
		for range byCode {
			if cover = byCode[cover.CoveredBy]; cover == nil || cover == d {
				break
			}
		}
		if cover == d {
			r.fail(n, path, "duty.covered_cycle", "các nhiệm vụ thay cho nhau thành vòng qua %s", "duties cover each other in a circle through %s", d.Code)
			continue
		}
		if direct := byCode[d.CoveredBy]; direct != nil && direct.CoveredBy == "" && !slices.ContainsFunc(direct.Schedule.Cadences, calendar.Cadence.MakesRounds) {
			r.warn(n, path, "duty.cover", "nhiệm vụ %s không có kỳ báo cáo nào nên không thay được cho %s", "the duty %s has no rounds and so covers nothing of %s", direct.Code, d.Code)
		}
	}
}

// beginning returns the first words of a text, for lists.
func beginning(text string) string {
	const most = 90
	text = strings.Join(strings.Fields(text), " ")
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	short := string(runes[:most])
	if i := strings.LastIndexByte(short, ' '); i > most/2 {
		short = short[:i]
	}
	return strings.TrimRight(short, " ,;:.-") + "…"
}
