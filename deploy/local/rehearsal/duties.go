package rehearsal

import "time"

// window is one reporting period, written down by hand from Decree
// 09/2019/NĐ-CP art. 12: month from the 15th to the 14th, and so on, cut by the
// plan's first day. Periods that close on the same day are one, bearing the
// longest.
type window struct {
	key, cadences string
	from, to      string
}

var monthly = []window{
	{"2026-M01", "monthly", "2026-01-01", "2026-01-14"},
	{"2026-M02", "monthly", "2026-01-15", "2026-02-14"},
	{"2026-Q1", "monthly,quarterly", "2026-01-01", "2026-03-14"},
	{"2026-M04", "monthly", "2026-03-15", "2026-04-14"},
	{"2026-M05", "monthly", "2026-04-15", "2026-05-14"},
	{"2026-Q2", "monthly,quarterly", "2026-03-15", "2026-06-14"},
	{"2026-M07", "monthly", "2026-06-15", "2026-07-14"},
	{"2026-M08", "monthly", "2026-07-15", "2026-08-14"},
	{"2026-Q3", "monthly,quarterly", "2026-06-15", "2026-09-14"},
	{"2026-M10", "monthly", "2026-09-15", "2026-10-14"},
	{"2026-M11", "monthly", "2026-10-15", "2026-11-14"},
	{"2026", "monthly,quarterly,yearly", "2026-01-01", "2026-12-14"},
	{"2027-M01", "monthly", "2026-12-15", "2027-01-14"},
	{"2027-M02", "monthly", "2027-01-15", "2027-02-14"},
	{"2027-Q1", "monthly,quarterly", "2026-12-15", "2027-03-14"},
}

var quarterly = []window{
	{"2026-Q1", "quarterly", "2026-01-01", "2026-03-14"},
	{"2026-H1", "quarterly,half_year", "2026-01-01", "2026-06-14"},
	{"2026-N9", "quarterly,nine_month", "2026-01-01", "2026-09-14"},
	{"2026", "quarterly,half_year,yearly", "2026-01-01", "2026-12-14"},
	{"2027-Q1", "quarterly", "2026-12-15", "2027-03-14"},
	{"2027-H1", "quarterly,half_year", "2026-12-15", "2027-06-14"},
}

var yearly = []window{
	{"2026", "yearly", "2026-01-01", "2026-12-14"},
	{"2027", "yearly", "2026-12-15", "2027-12-14"},
	{"2028", "yearly", "2027-12-15", "2028-12-14"},
}

// rule says when a level's result is due: so many working days after the
// window's end, or on a day of the year in which the window ends, moved to
// Monday from a weekend.
type rule struct {
	workingDays int
	monthDay    string
}

func (r rule) due(w window) day {
	if r.monthDay != "" {
		return date(date(w.to).String()[:5] + r.monthDay).next()
	}
	return date(w.to).plus(r.workingDays)
}

// duty is a scheduled duty of the plan, written down by hand.
type duty struct {
	code    string
	windows []window
	// due by level; "" stands for the levels that are not named.
	due map[string]rule
	// owners owe the result: "offices" below, "districts", "communes" or codes.
	owners []string
	// recipient gets the result, reviewer decides on it; "parent" is the owner's superior.
	recipient, reviewer string
	nilReturn           bool
}

var common = map[string]rule{"commune": {workingDays: 3}, "district": {workingDays: 4}, "": {workingDays: 5}}

// reporting are the agencies of section IV that report to the department of
// labour each quarter, the department itself apart.
var reporting = []string{
	"ca-tinh", "so-vhttdl", "so-gddt", "so-y-te", "so-khdt", "so-tai-chinh", "so-tu-phap", "so-cong-thuong", "so-tttt",
	"mttq-tinh", "hoi-lhpn-tinh", "doan-tncs-tinh", "ldld-tinh", "vks-tinh", "ta-tinh",
}

// scheduled are the duties whose rounds the calendar opens.
func (p *province) scheduled() []duty {
	return []duty{
		{"IV.1.a", quarterly, map[string]rule{"": {workingDays: 6}}, []string{"so-ldtbxh"}, "ubnd-tinh", "ubnd-tinh", false},
		{"IV.1.h", yearly, map[string]rule{"": {monthDay: "12-31"}}, []string{"so-ldtbxh"}, "ubnd-tinh", "ubnd-tinh", false},
		{"IV.2.e", monthly, common, []string{"ca-tinh"}, "so-ldtbxh", "so-ldtbxh", false},
		{"IV.15.h", monthly, common, p.districts, "so-ldtbxh", "chi-cuc-pctnxh", false},
		{"IV.15.i.3", monthly, common, p.communes, "parent", "parent", true},
		{"V.1.a", yearly, map[string]rule{"": {monthDay: "07-20"}}, []string{"so-ldtbxh"}, "so-tai-chinh", "so-tai-chinh", false},
		{"V.1.b", yearly, map[string]rule{"commune": {monthDay: "06-20"}, "district": {monthDay: "07-05"}},
			append(append([]string{}, p.districts...), p.communes...), "parent", "parent", false},
		{"V.2", quarterly, common, append(append([]string{}, reporting...), p.districts...), "so-ldtbxh", "chi-cuc-pctnxh", false},
	}
}

// dueDay is when an owner's result for a window is due.
func (p *province) dueDay(d duty, w window, owner string) day {
	r, ok := d.due[p.agencies[owner].level]
	if !ok {
		r = d.due[""]
	}
	return r.due(w)
}

// span is the first and the last due day over a duty's owners.
func (p *province) span(d duty, w window) (first, last day) {
	for i, owner := range d.owners {
		due := p.dueDay(d, w, owner)
		if i == 0 || due < first {
			first = due
		}
		if i == 0 || due > last {
			last = due
		}
	}
	return first, last
}

// opensBefore is the number of working days before the first due day at which a round opens.
const opensBefore = 15

// times are when a round opens, is due and closes at the latest: with the next round's due time.
func (p *province) times(d duty, i int) (opens, due, closes time.Time) {
	first, last := p.span(d, d.windows[i])
	opening := max(first.plus(-opensBefore), date(d.windows[i].from))
	_, next := p.span(d, d.windows[i+1])
	return opening.at(8, 0), last.end(), next.end()
}

// superior resolves "parent".
func (p *province) superior(code, owner string) string {
	if code == "parent" {
		return p.agencies[owner].parent
	}
	return code
}

// step is one rung of a ladder as the design names it.
type rung struct {
	code, kind string
	offset     int // working days
	audience   []string
	severity   int
	digest     bool
}

// Every step is at 08:00; the opening is that of the round.
var opening = rung{"opening", "opening", 0, []string{focalPoint}, 10, false}

var aroundDue = []rung{
	{"before_1", "reminder", -1, []string{focalPoint}, 20, false},
	{"due_today", "due_today", 0, []string{focalPoint}, 30, false},
	{"overdue_1", "overdue", 1, []string{focalPoint, head}, 40, false},
	{"overdue_3", "urging_draft", 3, []string{supervisor}, 50, false},
	{"overdue_7", "escalation", 7, []string{planAuthority}, 60, true},
}

// A reviewer has three working days.
var ofReview = []rung{
	{"review_reminder", "review_reminder", 2, []string{"reviewer"}, 20, false},
	{"review_overdue", "review_overdue", 4, []string{"reviewer", "reviewer_head"}, 40, false},
}
