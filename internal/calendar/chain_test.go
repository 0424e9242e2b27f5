package calendar

import (
	"slices"
	"strings"
	"testing"

	"dondoc/internal/fault"
)

var fourLevels = []string{"commune", "district", "department", "province"}

// tet2026 is the break of 14 to 22 February 2026.
var tet2026 = holidays{
	"2026-02-16": {"Tết", "Tết"}, "2026-02-17": {"Tết", "Tết"}, "2026-02-18": {"Tết", "Tết"},
	"2026-02-19": {"Tết", "Tết"}, "2026-02-20": {"Tết", "Tết"},
}

// dueDays writes the due days of all levels: "commune 2026-03-18, …".
func dueDays(t *testing.T, d DuePlan, p Period, w WorkingCalendar) string {
	t.Helper()
	var out []string
	for _, level := range fourLevels {
		due, err := d.Due(p, Schedule{Cadences: p.Cadences, Windows: DecreeWindows}, level, w, vietnam)
		if err != nil {
			return err.Error()
		}
		out = append(out, level+" "+DueDay(due.At, vietnam).String())
	}
	return strings.Join(out, ", ")
}

func decreeMonth(key, start, end string) Period {
	return Period{Key: key, Cadence: Monthly, Cadences: []Cadence{Monthly}, Start: day(start), End: day(end)}
}

func TestChain(t *testing.T) {
	february := decreeMonth("2026-M02", "2026-01-15", "2026-02-14")
	march := decreeMonth("2026-M03", "2026-02-15", "2026-03-14")
	by25 := Chain{Levels: fourLevels, Last: DueRule{Day: 25}}
	cases := []struct {
		name string
		plan DuePlan
		p    Period
		w    WorkingCalendar
		want string
	}{
		{"planned back from the last recipient's date", DuePlan{Chain: by25}, march, WeekCalendar{},
			"commune 2026-03-20, district 2026-03-23, department 2026-03-24, province 2026-03-25"},
		{"two working days for each level", DuePlan{Chain: Chain{Levels: fourLevels, Last: DueRule{Day: 25}, Step: 2}}, march, WeekCalendar{},
			"commune 2026-03-17, district 2026-03-19, department 2026-03-23, province 2026-03-25"},
		{"Tết leaves the lower levels no time: they share a day", DuePlan{Chain: by25}, february, tet2026,
			"commune 2026-02-23, district 2026-02-23, department 2026-02-24, province 2026-02-25"},
		{"nobody is due after the last level", DuePlan{Chain: Chain{Levels: fourLevels, Last: DueRule{Day: 16, Shift: ShiftNone}}}, february, tet2026,
			"commune 2026-02-16, district 2026-02-16, department 2026-02-16, province 2026-02-16"},
		{"the last date is shifted first", DuePlan{Chain: Chain{Levels: fourLevels, Last: DueRule{Day: 28, Shift: ShiftPrevious}}}, march, WeekCalendar{},
			"commune 2026-03-24, district 2026-03-25, department 2026-03-26, province 2026-03-27"},
		{"before the window closes, where the rule says so", DuePlan{Chain: Chain{Levels: fourLevels, Last: DueRule{Day: 10, BeforeEnd: true}}}, march, WeekCalendar{},
			"commune 2026-03-05, district 2026-03-06, department 2026-03-09, province 2026-03-10"},
		{"not before a cut window begins", DuePlan{Chain: Chain{Levels: fourLevels, Last: DueRule{Day: 10, BeforeEnd: true}}}, decreeMonth("2026-M03", "2026-03-09", "2026-03-14"), WeekCalendar{},
			"commune 2026-03-09, district 2026-03-09, department 2026-03-09, province 2026-03-10"},
		{"forward in working days, the chain only orders", DuePlan{Chain: Chain{Levels: fourLevels}, Rules: map[string]DueRule{"commune": {WorkingDays: 3}, "district": {WorkingDays: 4}, "": {WorkingDays: 5}}}, march, WeekCalendar{},
			"commune 2026-03-18, district 2026-03-19, department 2026-03-20, province 2026-03-20"},
		{"levels outside the chain keep their rules", DuePlan{Chain: Chain{Levels: []string{"district", "province"}, Last: DueRule{WorkingDays: 6}}, Rules: map[string]DueRule{"": {WorkingDays: 1}}}, march, WeekCalendar{},
			"commune 2026-03-16, district 2026-03-20, department 2026-03-16, province 2026-03-23"},
		{"a date that was set stands as it is", DuePlan{Chain: by25, Dates: map[string]map[string]Date{"2026-M02": {"commune": day("2026-02-21")}}}, february, tet2026,
			"commune 2026-02-21, district 2026-02-23, department 2026-02-24, province 2026-02-25"},
		{"the levels below follow a date set above them", DuePlan{Chain: by25, Dates: map[string]map[string]Date{"2026-M02": {"department": day("2026-03-02")}}}, february, tet2026,
			"commune 2026-02-26, district 2026-02-27, department 2026-03-02, province 2026-02-25"},
		{"a date for all others", DuePlan{Chain: by25, Dates: map[string]map[string]Date{"2026-M02": {"commune": day("2026-02-24"), "": day("2026-02-26")}}}, february, tet2026,
			"commune 2026-02-24, district 2026-02-26, department 2026-02-26, province 2026-02-26"},
		{"dates of another period do not count", DuePlan{Chain: by25, Dates: map[string]map[string]Date{"2026-M02": {"": day("2026-02-26")}}}, march, WeekCalendar{},
			"commune 2026-03-20, district 2026-03-23, department 2026-03-24, province 2026-03-25"},
		{"a shift back over the closing day goes on instead", DuePlan{Rules: map[string]DueRule{"": {Day: 15, Shift: ShiftPrevious}}}, march, WeekCalendar{},
			"commune 2026-03-16, district 2026-03-16, department 2026-03-16, province 2026-03-16"},
		{"a last date before the closing day is a fault", DuePlan{Chain: Chain{Levels: fourLevels, Last: DueRule{Day: 5}}}, march, WeekCalendar{},
			"calendar.due_before_end: Period 2026-M03: due 05/03/2026 is before the window closes on 14/03/2026; if that is meant, set before_end: true."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := dueDays(t, c.plan, c.p, c.w); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestChainIsExplained(t *testing.T) {
	plan := DuePlan{
		Chain: Chain{Levels: fourLevels, Last: DueRule{Day: 25, TimeOfDay: "17:00"}},
		Dates: map[string]map[string]Date{"2026-M03": {"": day("2026-03-26")}},
		Rules: map[string]DueRule{"": {WorkingDays: 3, TimeOfDay: "11:30"}},
	}
	february := decreeMonth("2026-M02", "2026-01-15", "2026-02-14")
	once := Period{Key: "once", Cadence: Once, Start: day("2026-01-01"), End: day("2026-11-20")}
	for _, c := range []struct {
		p             Period
		level, vi, en string
	}{
		{february, "commune", "Chốt số liệu 14/02/2026 (Thứ Bảy) · ngày hằng tháng 25/02/2026 (Thứ Tư) · − 3 ngày làm việc để cấp trên tổng hợp · ngày nghỉ không để đủ thời gian, lấy 23/02/2026 (Thứ Hai) · 17:00 ngày 23/02/2026",
			"Data closed 14/02/2026 (Saturday) · monthly on 25/02/2026 (Wednesday) · − 3 working days for the levels above to consolidate · days off leave too little time, taken as 23/02/2026 (Monday) · 17:00 on 23/02/2026"},
		{february, "department", "Chốt số liệu 14/02/2026 (Thứ Bảy) · ngày hằng tháng 25/02/2026 (Thứ Tư) · − 1 ngày làm việc để cấp trên tổng hợp · 17:00 ngày 24/02/2026",
			"Data closed 14/02/2026 (Saturday) · monthly on 25/02/2026 (Wednesday) · − 1 working day for the levels above to consolidate · 17:00 on 24/02/2026"},
		{decreeMonth("2026-M03", "2026-02-15", "2026-03-14"), "union", "ngày do cơ quan ban hành ấn định cho kỳ này 26/03/2026 (Thứ Năm) · 11:30 ngày 26/03/2026",
			"date set by the plan authority for this period 26/03/2026 (Thursday) · 11:30 on 26/03/2026"},
		{once, "commune", "Ngày ấn định 20/11/2026 (Thứ Sáu) · 11:30 ngày 20/11/2026", "Fixed date 20/11/2026 (Friday) · 11:30 on 20/11/2026"},
	} {
		due, err := plan.Due(c.p, Schedule{DueOn: day("2026-11-20")}, c.level, tet2026, vietnam)
		if err != nil {
			t.Fatal(err)
		}
		if vi, en := due.Derivation.Sentence("vi"), due.Derivation.Sentence("en"); vi != c.vi || en != c.en {
			t.Errorf("got  %s\nwant %s\ngot  %s\nwant %s", vi, c.vi, en, c.en)
		}
	}
}

func TestSqueezed(t *testing.T) {
	february := decreeMonth("2026-M02", "2026-01-15", "2026-02-14")
	march := decreeMonth("2026-M03", "2026-02-15", "2026-03-14")
	tuesday := decreeMonth("2026-M04", "2026-03-15", "2026-04-14")
	forward := map[string]DueRule{"commune": {WorkingDays: 3}, "": {WorkingDays: 4}}
	cases := []struct {
		name   string
		plan   DuePlan
		p      Period
		levels []string
		w      WorkingCalendar
		want   string
	}{
		{"time enough", DuePlan{Chain: Chain{Levels: fourLevels, Last: DueRule{Day: 25}}}, march, fourLevels, WeekCalendar{}, ""},
		{"Tết takes it from those who share a day", DuePlan{Chain: Chain{Levels: fourLevels, Last: DueRule{Day: 25}}}, february, fourLevels, tet2026, "district"},
		{"also where the level below owes in another duty", DuePlan{Chain: Chain{Levels: fourLevels, Last: DueRule{Day: 25}}}, february, []string{"district"}, tet2026, "district"},
		{"the lowest has its day", DuePlan{Chain: Chain{Levels: fourLevels, Last: DueRule{Day: 25}}}, february, []string{"commune"}, tet2026, ""},
		{"on one day by their rules", DuePlan{Chain: Chain{Levels: fourLevels}, Rules: forward}, march, []string{"commune", "district", "province"}, WeekCalendar{}, "province"},
		{"levels that owe nothing are not waited for", DuePlan{Chain: Chain{Levels: fourLevels}, Rules: forward}, march, []string{"commune", "province"}, WeekCalendar{}, ""},
		{"on the closing day", DuePlan{Rules: map[string]DueRule{"": {}}}, tuesday, []string{"district"}, WeekCalendar{}, "district"},
		{"on the closing day, permitted", DuePlan{Rules: map[string]DueRule{"": {Day: 14, BeforeEnd: true}}}, tuesday, []string{"district"}, WeekCalendar{}, ""},
		{"no chain, no order", DuePlan{Rules: forward}, march, fourLevels, WeekCalendar{}, ""},
		{"a minimum is no report", DuePlan{Rules: map[string]DueRule{"": {}}}, Period{Key: "2026-M04-L1", Cadence: AtLeast, End: tuesday.End}, []string{"district"}, WeekCalendar{}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.plan.Squeezed(c.p, Schedule{Windows: DecreeWindows}, c.levels, c.w, vietnam)
			if err != nil || strings.Join(got, " ") != c.want {
				t.Errorf("got %v %v, want %s", got, err, c.want)
			}
		})
	}
	// Statistical reports close with the civil month and are not the Decree's.
	if got, err := (DuePlan{}).Squeezed(tuesday, Schedule{}, []string{"district"}, WeekCalendar{}, vietnam); err != nil || len(got) > 0 {
		t.Errorf("%v %v", got, err)
	}
	if _, err := (DuePlan{Chain: Chain{Levels: fourLevels, Last: DueRule{Day: 5}}}).Squeezed(march, Schedule{}, fourLevels, WeekCalendar{}, vietnam); fault.Of(err) == nil {
		t.Error("a fault was dropped")
	}
}

func TestDuePlanLeavesItsInputs(t *testing.T) {
	plan := DuePlan{Chain: Chain{Levels: slices.Clone(fourLevels), Last: DueRule{Day: 25}}}
	march := decreeMonth("2026-M03", "2026-02-15", "2026-03-14")
	first := dueDays(t, plan, march, WeekCalendar{})
	if again := dueDays(t, plan, march, WeekCalendar{}); again != first || !slices.Equal(plan.Chain.Levels, fourLevels) {
		t.Errorf("%s, then %s", first, again)
	}
}
