package preview_test

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/preview"
)

// hostile has a title that a spreadsheet would compute, two levels, an hour.
func hostile() *plan.Plan {
	return small(func(p *plan.Plan) {
		p.Agencies = append(p.Agencies, plan.Agency{Code: "x1", Name: "UBND xã", Level: "commune", Parent: "d1"})
		d := &p.Duties[0]
		d.Title, d.Assignments = "=HYPERLINK(\"http://x\"), \"a\"", owing("d1", "x1")
		d.Due["commune"] = calendar.DueRule{WorkingDays: 3, TimeOfDay: "16:30"}
		p.Duties = append(p.Duties, plan.Duty{
			Code: "III.1", Title: "-1+2", Assignments: owing("d2"), Due: map[string]calendar.DueRule{"": {}},
			Schedule: calendar.Schedule{Cadences: []calendar.Cadence{calendar.Once}, DueOn: day(2026, 2, 4)},
		})
	})
}

func TestCSV(t *testing.T) {
	out := compute(t, hostile(), calendar.Date{}, day(2026, 2, 28), "")
	var text strings.Builder
	if err := preview.WriteCSV(&text, out, "vi"); err != nil {
		t.Fatal(err)
	}
	want := `agency,duty,title,period,period_label,window_from,window_to,level,calendar,agencies,opens_at,due_on,due_at,closes_at,derivation
,II.1,"'=HYPERLINK(""http://x""), ""a""",2026-M01,Tháng 01/2026,2026-01-01,2026-01-31,commune,,1,2026-01-14T08:00:00+07:00,2026-02-04,2026-02-04T16:30:00+07:00,2026-03-07T00:00:00+07:00,Chốt số liệu 31/01/2026 (Thứ Bảy) · + 3 ngày làm việc · 16:30 ngày 04/02/2026
,III.1,'-1+2,once,Một lần,2026-01-01,2026-02-04,district,,1,2026-01-01T08:00:00+07:00,2026-02-04,2026-02-05T00:00:00+07:00,2027-01-01T00:00:00+07:00,Ngày ấn định 04/02/2026 (Thứ Tư) · hết ngày 04/02/2026
,II.1,"'=HYPERLINK(""http://x""), ""a""",2026-M01,Tháng 01/2026,2026-01-01,2026-01-31,district,,1,2026-01-14T08:00:00+07:00,2026-02-06,2026-02-07T00:00:00+07:00,2026-03-07T00:00:00+07:00,Chốt số liệu 31/01/2026 (Thứ Bảy) · + 5 ngày làm việc · hết ngày 06/02/2026
`
	if text.String() != want {
		t.Errorf("got\n%s\nwant\n%s", text.String(), want)
	}
	for _, title := range []string{"+84", "@SUM(A1)", "\tx", "\rx", "=1"} {
		p := hostile()
		p.Duties[1].Title = title
		text.Reset()
		if err := preview.WriteCSV(&text, compute(t, p, calendar.Date{}, day(2026, 2, 28), "d2"), "en"); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(text.String())).ReadAll()
		if err != nil || len(rows) != 2 || !strings.HasPrefix(rows[1][2], "'") || rows[1][0] != "d2" {
			t.Errorf("%q: %v, %v", title, rows, err)
		}
	}
}

func TestCalendarOfDueDays(t *testing.T) {
	changed := time.Date(2026, 1, 5, 1, 2, 3, 0, time.UTC)
	got := string(preview.Calendar(compute(t, hostile(), calendar.Date{}, day(2026, 2, 28), ""), "vi", changed).Bytes())
	got = strings.ReplaceAll(got, "\r\n ", "")
	for _, want := range []string{
		"X-WR-CALNAME:Đôn Đốc: thu\r\n",
		"UID:thu/II.1/2026-M01/commune/@preview.dondoc\r\nDTSTAMP:20260105T010203Z\r\n",
		"DTSTART;TZID=Asia/Ho_Chi_Minh:20260204T163000\r\nTRANSP:TRANSPARENT\r\nSUMMARY:Hạn II.1 · Tháng 01/2026 · commune\r\nDESCRIPTION:Hạn: 16:30 ngày 04/02/2026\r\n",
		"DTSTART;VALUE=DATE:20260204\r\nDTEND;VALUE=DATE:20260205\r\nTRANSP:TRANSPARENT\r\nSUMMARY:Hạn III.1\r\nDESCRIPTION:Hạn: hết ngày 04/02/2026\r\n",
		"SUMMARY:Hạn II.1 · Tháng 01/2026 · district\r\n", "STATUS:TENTATIVE\r\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, "HYPERLINK") || strings.Count(got, "BEGIN:VEVENT") != 3 {
		t.Errorf("got\n%s", got)
	}
	own := string(preview.Calendar(compute(t, hostile(), calendar.Date{}, day(2026, 2, 28), "d1"), "en", changed).Bytes())
	if !strings.Contains(own, "UID:thu/II.1/2026-M01/district/d1@preview.dondoc") || !strings.Contains(own, "SUMMARY:Due: II.1 · January 2026\r\n") {
		t.Errorf("of one agency:\n%s", own)
	}
}
