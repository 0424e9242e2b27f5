package plan

import (
	"slices"

	"dondoc/internal/calendar"
)

// Implements says which duty of another plan this plan discharges: a lower
// unit's own plan under that of its superior.
type Implements struct {
	Plan, Duty string // codes
}

// Template is a report that people ask for by hand again and again (báo cáo
// chuyên đề), ready to be asked for with one choice.
type Template struct {
	Code  string
	Title string
	Text  string // what is asked; empty: the duty's own text
	// Duty is the code of the duty whose figures, form, owners and steps it has.
	Duty string
	// Cadence is one of the duty's that people open; empty: its first such one.
	Cadence calendar.Cadence
	// Agencies are who reports; none: everyone who owes the duty.
	Agencies []string
	// Due counts from the moment of asking: working days, days or hours; zero: the duty's own rule.
	Due calendar.DueRule
}

var implementsShape = object(
	field{"plan", scalar(kindCode), true, "Code of the plan above."},
	field{"duty", scalar(kindDutyCode), true, "Its duty that this plan discharges (own_plan: true)."},
)

var templateShape = object(
	field{"code", scalar(kindCode), true, "Code, unique among templates."},
	field{"title", text(), true, "Name of the report as the units see it."},
	field{"text", text(), false, "What is asked; default the duty's text."},
	field{"duty", scalar(kindDutyCode), true, "Duty with the cadence ad_hoc, flash or event, whose figures, form and owners the report has."},
	field{"cadence", enum(words(calendar.AdHoc, calendar.Flash, calendar.Event)...), false, "Which of the duty's; default its first of these."},
	field{"agencies", refs, false, "Who reports; default everyone who owes the duty."},
	field{"working_days", &shape{kind: kindInt, min: 1, max: 260}, false, "Due so many working days after it is asked for. Without any of these the duty's own rule counts."},
	field{"calendar_days", &shape{kind: kindInt, min: 1, max: 366}, false, "Due so many days after, days off included."},
	field{"hours", &shape{kind: kindInt, min: 1, max: 744}, false, "Due so many working hours after, or hours of the clock with round_the_clock."},
	field{"round_the_clock", scalar(kindBool), false, "Counts nights and days off too; goes with hours."},
)

var templateForms = []string{"working_days", "calendar_days", "hours"}

func (r *reader) readImplements(v view) {
	if v.n == nil {
		return
	}
	r.plan.Implements = Implements{Plan: v.text("plan"), Duty: v.text("duty")}
	if r.plan.Implements.Plan == r.plan.Code && r.plan.Code != "" {
		r.fail(v.node("plan"), v.at("plan"), "implements.self", "kế hoạch không thể thực hiện nhiệm vụ của chính nó; ghi mã kế hoạch của cấp trên", "a plan cannot discharge a duty of its own; write the code of the plan above")
	}
}

// readTemplates comes after the duties, which it looks at.
func (r *reader) readTemplates(templates []view) {
	codes := index{}
	for _, v := range templates {
		r.unique(codes, v, "mẫu báo cáo chuyên đề", "template")
		t := Template{
			Code: v.text("code"), Title: v.text("title"), Text: v.text("text"), Duty: r.dutyRef(v, "duty"),
			Cadence: calendar.Cadence(v.text("cadence")), Agencies: r.expand(r.unitRefs(v, "agencies")),
			Due: calendar.DueRule{
				WorkingDays: v.number("working_days", 0), CalendarDays: v.number("calendar_days", 0),
				Hours: v.number("hours", 0), RoundTheClock: v.yes("round_the_clock"),
			},
		}
		var given []string
		for _, form := range templateForms {
			if v.has(form) {
				given = append(given, form)
			}
		}
		if len(given) > 1 {
			r.fail(v.node(given[1]), v.at(given[1]), "template.due", "hạn chỉ có một cách tính, ở đây có cả %s và %s; giữ một", "a due time is set in one way only, here are %s and %s; keep one", given[0], given[1])
		}
		if v.has("round_the_clock") && !v.has("hours") {
			r.fail(v.node("round_the_clock"), v.at("round_the_clock"), "template.due", "round_the_clock chỉ dùng cùng hours", "round_the_clock goes with hours only")
		}
		r.checkTemplate(v, t)
		r.plan.Templates = append(r.plan.Templates, t)
	}
}

// checkTemplate sees to it that the report can be asked for at all.
func (r *reader) checkTemplate(v view, t Template) {
	i := slices.IndexFunc(r.plan.Duties, func(d Duty) bool { return d.Code == t.Duty })
	if t.Duty == "" || i < 0 {
		return
	}
	duty := r.plan.Duties[i]
	fits := func(c calendar.Cadence) bool { return c.OpenedByHand() && (t.Cadence == "" || c == t.Cadence) }
	if !slices.ContainsFunc(duty.Schedule.Cadences, fits) {
		r.fail(v.node("duty"), v.at("duty"), "template.duty", "nhiệm vụ %s không có báo cáo đột xuất, báo cáo nhanh loại ấy; thêm cadences: ad_hoc, flash hoặc event cho nhiệm vụ", "people do not open such rounds of the duty %s; give it cadences: ad_hoc, flash or event", t.Duty)
	}
	for _, agency := range t.Agencies {
		if !slices.ContainsFunc(duty.Assignments, func(a Assignment) bool { return a.Agency == agency && a.Role.Owes() }) {
			r.fail(v.node("agencies"), v.at("agencies"), "template.agency", "cơ quan %q không được giao nhiệm vụ %s", "the agency %q does not owe the duty %s", agency, t.Duty)
		}
	}
}

// checkRenamed refuses former codes that are still in use, or claimed twice.
func (r *reader) checkRenamed() {
	claimed := index{}
	for _, def := range r.dutyDefs {
		former := def.v.text("renamed_from")
		if former == "" {
			continue
		}
		n, path := def.v.node("renamed_from"), def.v.at("renamed_from")
		if _, used := r.duties[former]; used {
			r.fail(n, path, "duty.renamed", "mã cũ %q vẫn là mã của một nhiệm vụ trong tệp; bỏ renamed_from hoặc đổi mã kia", "the former code %q is still that of a duty in the file; take out renamed_from or change the other code", former)
			continue
		}
		r.uniqueAt(claimed, former, r.at(n), path, "nhiệm vụ trước đây", "former duty")
	}
}

// TemplateRecord is a template as people choose it.
type TemplateRecord struct {
	Template
	PlanID, DutyID int64
	DutyTitle      string
	// AgencyIDs are who reports; none: everyone who owes the duty.
	AgencyIDs []int64
}
