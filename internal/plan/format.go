package plan

import "dondoc/internal/calendar"

// FormatVersion is the version of the plan file's format that Read understands.
const FormatVersion = 1

// ConfigurableParts are the parts of a duty or target that a plan authority may
// set where the document is silent; whoever reads the plan sees them marked.
var ConfigurableParts = []string{
	"cadence", "due", "windows", "recipient", "reviewer", "role", "agencies",
	"covered_by", "consolidates", "nil_return", "owners", "fulfilled_by", "reporting_basis", "by_year", "split", "score_sheet",
}

var (
	cadenceNames = enum(words(calendar.Once, calendar.Weekly, calendar.Monthly, calendar.Quarterly,
		calendar.HalfYear, calendar.NineMonth, calendar.Yearly, calendar.Cron, calendar.AtLeast, calendar.Standing,
		calendar.Continuous, calendar.AdHoc, calendar.Flash, calendar.Event)...)
	windows    = enum(words(calendar.CalendarWindows, calendar.DecreeWindows)...)
	roles      = enum(words(Lead, Implementing, Coordinating, Member)...)
	reviews    = enum(words(ReviewRequired, ReviewNone, ReviewAutomatic)...)
	forwarding = enum(words(ForwardingShown, ForwardingRequired)...)
	configured = oneOrMore(enum(ConfigurableParts...))
	refs       = oneOrMore(scalar(kindRef))
	dutyCodes  = oneOrMore(scalar(kindDutyCode))
	texts      = oneOrMore(text())
	lines      = oneOrMore(integer(1))
)

const aboutLine = "Line of document.text_file, from 1."

var dueRuleShape = &shape{kind: kindObject, name: "due_rule", fields: []field{
	{"working_days", integer(0), false, "Working days after the period closes; the closing day is day zero and is not counted."},
	{"calendar_days", integer(0), false, "Days after the period closes, days off included."},
	{"day", integer(1), false, "Day of the month, 1 to 31 (the last day where the month is shorter), in the month in which the period closes or month_offset months later."},
	{"month_offset", integer(0), false, "Months between the one in which the period closes and the one of `day`."},
	{"month_day", scalar(kindMonthDay), false, "Fixed day of the year in which the period closes, \"07-20\"."},
	{"before_end", scalar(kindBool), false, "Permits a due day before the period closes (\"trước ngày 25 hằng tháng\")."},
	{"shift", enum(words(calendar.ShiftNext, calendar.ShiftPrevious, calendar.ShiftNone)...), false, "Where a due day goes that is no working day; default next."},
	{"time", scalar(kindTime), false, "Time of day, \"17:00\"; default the end of the day (24:00)."},
	{"hours", integer(1), false, "Hours from the moment at which a round is opened by hand (flash, ad_hoc, event): working hours unless round_the_clock. May stand beside a rule in days, which then holds for the periods."},
	{"round_the_clock", scalar(kindBool), false, "Counts the hours of the clock, nights and days off included."},
}}

// dueRulesShape maps levels to rules; the key "other" is every level not named.
var dueRulesShape = mapping(dueRuleShape)

var chainShape = &shape{kind: kindObject, name: "chain", fields: []field{
	{"levels", list(text()), true, "Levels of agencies that the report passes, the lowest first."},
	{"last", dueRuleShape, false, "Due rule of the last level; the levels below are planned back from its date. Without it each level has its own due rule, and the chain only states their order."},
	{"step", integer(1), false, "With last: working days between a level and the next; default 1."},
}}

const aboutChain = "Order in which a report passes the levels, each with a working day of its own (Decree 09/2019/NĐ-CP art. 8(5))."

var defaultsShape = object(
	field{"windows", windows, false, "Reporting windows of all periodic duties: calendar (default) or decree_09_2019."},
	field{"due", dueRulesShape, false, "Due rule per level of agency, key `other` for all other levels; for duties that have no `due` of their own."},
	field{"chain", chainShape, false, aboutChain + " For duties that have neither `due` nor `chain` of their own."},
	field{"reporting_basis", text(), false, "What makes the reports recurring ones (căn cứ chế độ báo cáo), for recurring duties that name none."},
	field{"opens_before", integer(0), false, "Working days before the due time at which a period's tasks open; default 15."},
	field{"review", reviews, false, "Review of what is submitted; default required."},
	field{"review_after", integer(1), false, "With review: automatic, the working days after which a result is accepted by itself."},
	field{"forwarding", forwarding, false, "What `through` means for duties that have one: shown (default), or required: the result is reviewed once that agency has passed it on."},
	field{"forward_within", integer(1), false, "With forwarding: required, the working days that the intermediate agency has; default 1."},
	field{"result_required", scalar(kindBool), false, "Whether a report is refused that lacks what counts as the duty's result (figures, signed document with a scan, narrative); default false: what is missing is the reviewer's to ask for."},
	field{"policies", object(
		field{"periodic", scalar(kindCode), false, "Policy of periodic duties; default periodic."},
		field{"one_off", scalar(kindCode), false, "Policy of duties owed once; default one_off."},
		field{"requested", scalar(kindCode), false, "Policy of requested duties; default requested."},
	), false, "Which policy of steps a duty has that names none."},
	field{"configured", configured, false, "Which of these defaults the plan authority set because the document does not say them; duties that use them are marked."},
)

var documentShape = object(
	field{"type", text(), true, "Kind of document: kế hoạch, quyết định, chỉ thị, thông báo kết luận …"},
	field{"title", text(), true, "Title as issued, in one line."},
	field{"number", text(), false, "Number and symbol; left out where the document bears none."},
	field{"issued_on", scalar(kindDate), false, "Date of issue."},
	field{"level", text(), true, "Level of the issuer: government, ministry, province, district, commune."},
	field{"territory", text(), false, "Territory that the plan covers."},
	field{"topic", text(), false, "What it is about, in a few words."},
	field{"source", text(), false, "Where the text was published."},
	field{"text_file", text(), false, "Text of the document, relative to this file; `line` counts in it."},
)

var legalBasisShape = object(
	field{"number", text(), false, "Number and symbol, normalised: 22/CT-TTg."},
	field{"name", text(), false, "Name, where only a name is given."},
	field{"date", scalar(kindDate), false, "Date of issue."},
	field{"issuer", text(), false, "Who issued it."},
	field{"subject", text(), false, "What it is about."},
	field{"kind", enum("basis", "reference"), false, "basis: the plan rests on it; reference (default): the plan mentions it."},
	field{"lines", lines, false, "Lines of the document that name it."},
)

var itemShape = object(
	field{"code", scalar(kindDutyCode), true, "Code, unique among purposes and content."},
	field{"reference", text(), false, "Place in the document, as a reader would say it."},
	field{"text", text(), true, "Verbatim text."},
	field{"line", integer(1), false, aboutLine},
	field{"realised_by", dutyCodes, false, "Codes of the duties that carry it out."},
)

var unitLevelShape = object(
	field{"same_as", scalar(kindCode), false, "The rows of this level stand for an agency listed under `agencies`; rows below hang from it."},
	field{"code", text(), false, "Code of the agency, {code} is the row's code: \"huyen-{code}\"; default {code}."},
	field{"name", text(), false, "Name of the agency, {name} is the row's name, {name_lower} the same with a small first letter: \"UBND {name_lower}\"; default {name}."},
	field{"level", text(), false, "Level of the agency; default the row's."},
	field{"parent", scalar(kindCode), false, "Agency that all of this level hang from; default the agency of the row's parent_code."},
)

var unitsShape = &shape{kind: kindObject, plain: text(), fields: []field{
	{"file", text(), true, "CSV file relative to this file, with the columns code, name, level, parent_code, and optionally short_name, official_id, mailbox, phone, valid_from, valid_to."},
	{"levels", mapping(unitLevelShape), false, "Per level of the CSV: how a row becomes an agency."},
	{"aliases", mapping(texts), false, "Other names, by the row's code."},
}}

var agencyShape = object(
	field{"code", scalar(kindCode), true, "Code, unique in the plan."},
	field{"name", text(), true, "Full name."},
	field{"short_name", text(), false, "Short name for narrow places."},
	field{"aliases", texts, false, "Other names by which documents call it."},
	field{"level", text(), true, "Level: province, department, sub_department, union, judiciary, district, commune … (data, not a fixed list)."},
	field{"parent", scalar(kindCode), false, "Code of the agency above."},
	field{"official_id", text(), false, "Official electronic identifier (mã định danh điện tử)."},
	field{"mailbox", text(), false, "Official mailbox (hộp thư công vụ), always copied on notices."},
	field{"phone", text(), false, "Official telephone."},
	field{"valid_from", scalar(kindDate), false, "First day of existence."},
	field{"valid_to", scalar(kindDate), false, "Last day of existence."},
)

var groupShape = object(
	field{"code", scalar(kindCode), true, "Code; referred to as \"@code\"."},
	field{"name", text(), true, "Name as the document says it."},
	field{"list", refs, false, "Agencies and groups in it."},
	field{"children_of", scalar(kindCode), false, "All agencies directly below this one, of `level` if given."},
	field{"under", scalar(kindCode), false, "All agencies anywhere below this one, of `level` if given."},
	field{"level", text(), false, "Level that children_of and under are narrowed to."},
	field{"owners_of", oneOrMore(text()), false, "All agencies that duties of these sections are given to: IV means IV.1.a, IV.2.b …, without nested duties."},
	field{"except", refs, false, "Agencies and groups taken out again."},
)

var bodyShape = object(
	field{"code", scalar(kindCode), true, "Code."},
	field{"name", text(), true, "Name."},
	field{"aliases", texts, false, "Other names that the document uses."},
	field{"levels", texts, false, "Levels at which it exists."},
	field{"lead", refs, false, "Leading agencies."},
	field{"members", refs, false, "Member agencies."},
	field{"basis", text(), false, "Legal basis."},
	field{"lines", lines, false, "Lines of the document that speak of it."},
	field{"established_by", scalar(kindDutyCode), false, "Duty whose result is the decision that sets it up; where many agencies owe it, each sets up one of its own."},
)

var indicatorShape = object(
	field{"code", scalar(kindCode), true, "Code, shared across plans."},
	field{"name", text(), true, "Name."},
	field{"unit", enum("count", "percent", "money", "text"), true, "Kind of figure."},
	field{"unit_name", text(), false, "What is counted: vụ, người, lượt cơ sở."},
	field{"aggregation", enum("sum", "last", "maximum", "mean", "ratio", "count_units"), false, "How figures of periods and units come together; default sum."},
	field{"numerator", scalar(kindCode), false, "For ratio: indicator above the line."},
	field{"denominator", scalar(kindCode), false, "For ratio: indicator below the line."},
	field{"direction", enum("up", "down"), false, "Which way is better."},
	field{"disaggregate", oneOrMore(enum("unit", "level")), false, "How consolidations show it: by unit, by level of agency."},
	field{"breakdown", list(object(
		field{"code", scalar(kindCode), true, "Code, unique in the list."},
		field{"name", text(), true, "Name."},
	)), false, "Small list that it is broken down by (trong đó), for counts and money that add up. Each item is an indicator of its own, `total.item`, asked for below its total wherever that is."},
	field{"cumulative", scalar(kindBool), false, "Counted from the beginning of the year."},
	field{"count_only", scalar(kindBool), false, "Counts persons: a number only, never who."},
	field{"baseline", text(), false, "Starting value."},
	field{"source", text(), false, "Where the indicator comes from."},
	field{"required", scalar(kindBool), false, "Every report gives it; 0 if there is none."},
	field{"integer", scalar(kindBool), false, "Without decimals."},
	field{"min", scalar(kindDecimal), false, "Least value that is taken."},
	field{"max", scalar(kindDecimal), false, "Greatest value that is taken."},
	field{"swing", scalar(kindBool), false, "Whether a figure that fell by more than half or more than trebled against the period before must be explained; default true."},
)

var reportingShape = object(
	field{"code", scalar(kindDutyCode), true, "Code, unique among reporting obligations."},
	field{"line", integer(1), false, aboutLine},
	field{"kind", text(), false, "Kind of report."},
	field{"from", texts, true, "Who reports, as written."},
	field{"to", texts, false, "To whom, as written; left out where the document does not say."},
	field{"through", text(), false, "Through whom, as written."},
	field{"onward", texts, false, "Who gets the consolidated result, as written."},
	field{"consolidated_by", text(), false, "Who consolidates, as written."},
	field{"cadences", oneOrMore(cadenceNames), false, "How often, where the document says."},
	field{"cadence_words", texts, false, "The document's own words."},
	field{"unspecified", scalar(kindBool), false, "The document says only \"định kỳ\"."},
	field{"fulfilled_by", scalar(kindDutyCode), false, "Duty whose rounds fulfil it."},
	field{"configured", configured, false, "What the document does not say."},
)

var budgetShape = object(
	field{"code", scalar(kindDutyCode), true, "Code, unique among budget lines."},
	field{"reference", text(), false, "Place in the document."},
	field{"line", integer(1), false, aboutLine},
	field{"text", text(), true, "Verbatim text or what the money is for."},
	field{"holder", texts, false, "Whose budget, as written."},
	field{"amount", scalar(kindDecimal), false, "In đồng."},
	field{"in_words", text(), false, "The amount in words, as written."},
	field{"period", text(), false, "Period, as written."},
	field{"cadence", cadenceNames, false, "How often it is drawn up."},
	field{"annex", text(), false, "Annex that the document names."},
	field{"submit_to", text(), false, "To whom it is submitted, as written."},
	field{"approver", text(), false, "Who approves it, as written."},
	field{"duty", scalar(kindDutyCode), false, "Duty that it belongs to."},
)
