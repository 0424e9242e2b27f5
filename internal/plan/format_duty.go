package plan

import "dondoc/internal/calendar"

var formShape = object(
	field{"code", scalar(kindCode), true, "Code."},
	field{"name", text(), true, "Name."},
	field{"sections", list(object(
		field{"heading", text(), true, "Heading."},
		field{"indicators", oneOrMore(scalar(kindCode)), false, "Figures to type, in this order."},
		field{"narrative", scalar(kindBool), false, "A text is asked for."},
		field{"required", scalar(kindBool), false, "May not be left empty."},
		field{"max_length", integer(1), false, "Most characters of its text; default and most 20000."},
		field{"hint", text(), false, "Short help beside it."},
	)), false, "Sections in the order in which they are filled in."},
	field{"outline", list(outlineShape), false, "Outline of the text (mẫu đề cương), after the sections."},
	field{"rules", oneOrMore(text()), false, "Rules over its figures, such as \"kt-vi-pham <= kt-luot\": codes and numbers joined by + and -, and one of <= >= = < >, with blanks around each sign. A report that breaks one is not taken in."},
)

// outlineShape refers to itself: headings nest.
var outlineShape = &shape{kind: kindObject, name: "outline"}

func init() {
	outlineShape.fields = []field{
		{"heading", text(), true, "Heading, unique in the form."},
		{"hint", text(), false, "What belongs there."},
		{"narrative", scalar(kindBool), false, "A text is asked for; default true for a heading without headings below it."},
		{"required", scalar(kindBool), false, "The text may not be left empty."},
		{"max_length", integer(1), false, "Most characters of its text; default and most 20000."},
		{"sections", list(outlineShape), false, "Headings below it; three levels at most."},
	}
}

var policyShape = object(
	field{"code", scalar(kindCode), true, "Code; periodic, one_off, requested and review replace the built-in ones."},
	field{"name", text(), true, "Name."},
	field{"steps", list(object(
		field{"code", text(), true, "Code, unique in the policy."},
		field{"kind", enum("opening", "reminder", "due_today", "overdue", "urging_draft", "escalation", "review_reminder", "review_overdue"), true, "Chooses the words."},
		field{"anchor", enum(words(calendar.AnchorOpening, calendar.AnchorDue, calendar.AnchorSubmitted)...), true, "What the offset counts from."},
		field{"offset", &shape{kind: kindInt, min: -10000}, false, "Number of `unit` after the anchor's day; negative is before. Default 0."},
		field{"unit", enum(words(calendar.WorkingDays, calendar.CalendarDays, calendar.Hours)...), false, "Unit of the offset; default working_days."},
		field{"time", scalar(kindTime), false, "Time of day; default \"08:00\"."},
		field{"cron", text(), false, "Repeats the step while the task is overdue: \"0 8 * * 1\"."},
		field{"audience", oneOrMore(enum(words(calendar.FocalPoint, calendar.Head, calendar.Supervisor, calendar.PlanAuthority, calendar.Reviewer)...)), true, "Who gets the notice."},
		field{"severity", integer(0), false, "Of several missed steps only the most severe is sent; default 0."},
		field{"digest", scalar(kindBool), false, "Leave the notice to the next weekly digest."},
	)), true, "The ladder."},
)

var dutyShape = &shape{kind: kindObject, name: "duty"}

// The duty refers to itself (nested duties), hence the fields set here.
func init() {
	dutyShape.fields = []field{
		{"code", scalar(kindDutyCode), true, "Code, unique in the plan and stable across its versions: IV.15.h."},
		{"renamed_from", scalar(kindDutyCode), false, "Code that the duty had in an earlier version; so it stays the same duty with its rounds and results."},
		{"reference", text(), false, "Place in the document as a reader would say it; default the code."},
		{"title", text(), false, "Short name for lists; default the beginning of the text."},
		{"text", text(), true, "Verbatim text."},
		{"line", integer(1), false, aboutLine},
		{"basis", text(), false, "Legal or other basis (căn cứ)."},
		{"reporting_basis", text(), false, "What makes the report a recurring one (căn cứ chế độ báo cáo); default the plan's."},
		{"product", text(), false, "Expected product."},
		{"mode", enum(words(Assigned, Requested)...), false, "assigned (default), or requested for \"đề nghị\"."},

		{"agencies", refs, true, "Whom the document gives the duty to."},
		{"roles", oneOrMore(roles), false, "Their role as the document words it, the primary one first; default implementing."},
		{"owed_as", enum(words(Lead, Implementing)...), false, "Role in which they owe the result although the document only words coordinating or member; mark with configured: [role]."},
		{"lead", refs, false, "Further agencies that lead."},
		{"implementing", refs, false, "Further agencies that implement."},
		{"coordinating", refs, false, "Further agencies of the tree that coordinate."},
		{"members", refs, false, "Further agencies of the tree that are members."},
		{"partners", texts, false, "Partners as written that are no agencies of the tree."},
		{"directs", texts, false, "Subordinates that are directed, as written."},
		{"bodies", oneOrMore(scalar(kindCode)), false, "Interagency bodies that it concerns."},

		{"cadences", oneOrMore(cadenceNames), false, "How often; left out where the document has no schedule words (then the duty is standing)."},
		{"schedule_words", texts, false, "The document's own words: định kỳ, tháng, quý."},
		{"windows", windows, false, "Reporting windows; default the plan's."},
		{"opens_on", scalar(kindDate), false, "Once: opens on; default at activation."},
		{"due_on", scalar(kindDate), false, "Once: due date. Implies cadences: once."},
		{"cron", text(), false, "Cron expression of five fields in the plan's time zone. Implies cadences: cron."},
		{"at_least", object(
			field{"times", &shape{kind: kindInt, min: 1, max: calendar.MaxTimes}, true, "How many times at least, each a round of its own that is open for the whole period."},
			field{"per", enum(words(calendar.Weekly, calendar.Monthly, calendar.Quarterly, calendar.HalfYear, calendar.NineMonth, calendar.Yearly)...), true, "In each week, month, quarter, half-year, nine months or year."},
		), false, "At least so many times in a period (\"ít nhất một quý một lần\"). Implies cadences: at_least."},
		{"keep_apart", scalar(kindBool), false, "Keep reports apart that close on the same date (\"quý II\" and \"6 tháng\")."},
		{"due", dueRulesShape, false, "Due rule per level; key `other` for all other levels. Replaces the plan's default."},
		{"chain", chainShape, false, aboutChain + " Replaces the plan's default."},
		{"due_dates", mapping(mapping(scalar(kindDate))), false, "Dates that the plan authority sets for single periods, per level (`other`: all other levels): {2026-M02: {commune: 2026-02-24}}. Taken as they are, working day or not."},
		{"opens_before", integer(0), false, "Working days before the due time at which tasks open; default the plan's."},
		{"covered_by", scalar(kindDutyCode), false, "Duty whose report discharges this one."},

		{"recipient", scalar(kindCode), false, "Code of the agency that receives the result, or parent: the agency above whoever owes it."},
		{"reviewer", scalar(kindCode), false, "Agency whose supervisors review; default the recipient."},
		{"through", scalar(kindCode), false, "Agency that the result passes (\"qua Chi cục …\")."},
		{"forwarding", forwarding, false, "required: that agency passes each result on before it is reviewed, within its own working days, or returns it; shown: it is only named. Default the plan's. Needs `through`."},
		{"forward_within", integer(1), false, "With forwarding: required, the working days that agency has; default the plan's."},
		{"onward", texts, false, "Who gets the consolidated result, as written."},
		{"review", reviews, false, "Review of what is submitted; default the plan's."},
		{"review_after", integer(1), false, "With review: automatic, the working days after which a result is accepted by itself."},
		{"result", enum(words(ResultFigures, ResultDocument, ResultBoth, ResultReport)...), false, "What counts as the result; default report, a narrative."},
		{"result_required", scalar(kindBool), false, "Whether a report without it is refused; default the plan's."},
		{"indicators", oneOrMore(scalar(kindCode)), false, "Indicators reported."},
		{"form", scalar(kindCode), false, "Form that is filled in."},
		{"score_sheet", scalar(kindCode), false, "Score sheet that the unit fills in as part of its report."},
		{"nil_return", scalar(kindBool), false, "\"Không phát sinh\" may be reported."},
		{"policy", scalar(kindCode), false, "Policy of steps; default by mode and cadence."},
		{"consolidates", oneOrMore(scalar(kindDutyCode)), false, "Duties of the lower level whose results are summed up. Where one unit gives a figure in several of them, the one that stands first counts."},
		{"consolidate_when", enum(words(WhenAccepted, WhenSubmitted)...), false, "When a result of the lower level counts: accepted (default; sent where nobody reviews), or submitted, before its review."},
		{"consolidation_notices", scalar(kindBool), false, "Tell who sums up when every result is in, and at the last due time of the lower level that some are missing; default no."},
		{"standing_sections", scalar(kindBool), false, "Standing duties of whoever owes this report are sections of it, each shown with when it was last reported on."},
		{"own_plan", scalar(kindBool), false, "The result is the unit's own plan."},
		{"secret", scalar(kindBool), false, "Followed by status only: number and date of the document that went by the classified route, without fields or attachments."},
		{"privacy", text(), false, "What of the text must not be collected."},
		{"note", text(), false, "Note for whoever runs the plan."},
		{"configured", configured, false, "What the plan authority set because the document does not say it."},
		{"duties", list(dutyShape), false, "Nested duties for the level below."},
	}
}

// fileShape is the whole file.
var fileShape = object(
	field{"format", integer(1), true, "Version of this format: 1."},
	field{"code", scalar(kindCode), true, "Identity of the plan, the same across its versions."},
	field{"document", documentShape, true, "Facts of the issued document."},
	field{"issuer", scalar(kindCode), true, "Agency that issues and amends the plan (cơ quan ban hành)."},
	field{"standing", scalar(kindCode), false, "Agency that follows up and consolidates (cơ quan thường trực); default the issuer."},
	field{"valid_from", scalar(kindDate), true, "First day of validity."},
	field{"valid_to", scalar(kindDate), true, "Last day of validity."},
	field{"time_zone", text(), false, "IANA time zone; default Asia/Ho_Chi_Minh."},
	field{"defaults", defaultsShape, false, "What holds for every duty that does not say otherwise."},
	field{"legal_bases", list(legalBasisShape), false, "Documents that the plan rests on or mentions."},
	field{"purposes", list(itemShape), false, "What the document wants, without an owner."},
	field{"content", list(itemShape), false, "Tasks that name no agency."},
	field{"units", list(unitsShape), false, "Agencies from lists of territorial units."},
	field{"agencies", list(agencyShape), false, "Agencies written here."},
	field{"groups", list(groupShape), false, "Named sets of agencies."},
	field{"bodies", list(bodyShape), false, "Interagency teams."},
	field{"indicators", list(indicatorShape), false, "Figures that are reported."},
	field{"targets", list(targetShape), false, "What the plan aims at, in numbers or in words."},
	field{"score_sheets", list(scoreSheetShape), false, "Sheets by which units score themselves and are classified."},
	field{"duties", list(dutyShape), true, "What is assigned to whom."},
	field{"reporting", list(reportingShape), false, "Reporting obligations as the document words them."},
	field{"budget", list(budgetShape), false, "Money that the plan speaks of."},
	field{"forms", list(formShape), false, "Report forms."},
	field{"policies", list(policyShape), false, "Ladders of reminders and escalations."},
	field{"templates", list(templateShape), false, "Reports that people ask for by hand, ready to be asked for."},
	field{"implements", implementsShape, false, "Duty of another plan that this plan discharges."},
)
