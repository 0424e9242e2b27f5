package plan_test

import (
	"strings"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
)

// breaks works from Monday to Friday but for the days named.
type breaks map[string][2]string

func (b breaks) IsWorking(d calendar.Date) bool {
	_, off := b[d.String()]
	return !off && calendar.WeekCalendar{}.IsWorking(d)
}

func (b breaks) DayOff(d calendar.Date) (vi, en string) {
	if name, ok := b[d.String()]; ok {
		return name[0], name[1]
	}
	return calendar.WeekCalendar{}.DayOff(d)
}

var tet = breaks{
	"2026-02-16": {"Tết Nguyên đán", "Lunar New Year"}, "2026-02-17": {"Tết Nguyên đán", "Lunar New Year"},
	"2026-02-18": {"Tết Nguyên đán", "Lunar New Year"}, "2026-02-19": {"Tết Nguyên đán", "Lunar New Year"}, "2026-02-20": {"Tết Nguyên đán", "Lunar New Year"},
}

func TestCheckCalendar(t *testing.T) {
	unset := strings.Replace(chained, "    due_dates: {2026-M02: {commune: 2026-02-19}}\n", "", 1)
	tests := []struct {
		name     string
		old, new string
		w        calendar.WorkingCalendar
		want     []string
	}{
		{"weekends alone", "", "", calendar.WeekCalendar{}, nil},
		{"time enough after Tết", "", "", breaks{"2026-02-16": {"x", "y"}}, nil},
		{"Tết leaves a level no time", "last: {day: 25}", "last: {day: 24}", tet, []string{
			`chained: warning: the duty I.1: days off leave the level "department" no working day of its own (Decree 09/2019/NĐ-CP art. 8(5)) in 2026-M02; set the dates of these periods with due_dates`,
			"chained: warning: the duty I.1: due within or right after the break of 14/02/2026 – 22/02/2026 (Lunar New Year): 2026-M02 commune 23/02/2026, 2026-M02 department 23/02/2026; consider setting the dates with due_dates"}},
		{"due on the first working day after Tết", "", "", tet, []string{
			"chained: warning: the duty I.1: due within or right after the break of 14/02/2026 – 22/02/2026 (Lunar New Year): 2026-M02 commune 23/02/2026; consider setting the dates with due_dates"}},
		{"due within Tết", "last: {day: 25}", "last: {day: 25}}\n    due_dates: {2026-M02: {commune: 2026-02-19, department: 2026-02-25}", tet, []string{
			`chained: warning: the duty I.1: days off leave the level "commune" no working day of its own (Decree 09/2019/NĐ-CP art. 8(5)) in 2026-M02; set the dates of these periods with due_dates`,
			"chained: warning: the duty I.1: due within or right after the break of 14/02/2026 – 22/02/2026 (Lunar New Year): 2026-M02 commune 19/02/2026; consider setting the dates with due_dates"}},
		{"a set date on a single holiday", "last: {day: 25}", "last: {day: 25}}\n    due_dates: {2026-M04: {commune: 2026-04-23}", breaks{"2026-04-23": {"Giỗ Tổ", "Hung Kings"}}, []string{
			"chained: warning: the duty I.1, period 2026-M04: the date that is set, 23/04/2026, is a day off (Hung Kings); choose a working day"}},
		{"a duty that another covers", "    text: Báo cáo hằng tháng, quý", "    covered_by: I.3\n    text: Báo cáo hằng tháng, quý", tet, nil},
		{"once, shifted out of Tết", "    cadences: flash\n    due: {other: {hours: 24}}", "    due_on: 2026-02-18", tet, []string{
			"chained: warning: the duty I.1: due within or right after the break of 14/02/2026 – 22/02/2026 (Lunar New Year): 2026-M02 commune 23/02/2026; consider setting the dates with due_dates",
			"chained: warning: the duty I.2: due within or right after the break of 14/02/2026 – 22/02/2026 (Lunar New Year): once commune 23/02/2026; consider setting the dates with due_dates"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, problems := plan.Read("p.yaml", []byte(strings.Replace(unset, tt.old, tt.new, 1)), nil)
			if p == nil {
				t.Fatal(problems)
			}
			found := plan.CheckCalendar(p, tt.w)
			if got := found.String(); got != strings.Join(tt.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", got, strings.Join(tt.want, "\n"))
			}
			for _, f := range found {
				if f.VI == f.EN || strings.Contains(f.VI+f.EN, "%!") || strings.Contains(f.In("vi"), ":0:") {
					t.Errorf("incomplete message %q", f.In("vi"))
				}
			}
		})
	}
}

// A calendar that is decreed later must leave each period of the examples its due time.
func TestExamplesKeepTheirDueTimesOverLongBreaks(t *testing.T) {
	for _, name := range []string{"dong-nai-2016-2020.yaml", "giao-nhiem-vu.yaml"} {
		p := readExample(t, name)
		off := breaks{}
		for d := p.ValidFrom; !d.After(p.ValidTo.AddDays(60)); d = d.AddDays(1) {
			if d.Day >= 11 && d.Day <= 23 {
				off[d.String()] = [2]string{"nghỉ dài", "long break"}
			}
		}
		problems := plan.CheckCalendar(p, off)
		if problems.HasErrors() || len(problems) == 0 {
			t.Errorf("%s: %s", name, problems)
		}
	}
}
