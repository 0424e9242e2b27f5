package calendar

import (
	"encoding/json"
	"testing"
)

func TestSentence(t *testing.T) {
	closed := Note{Kind: "window_end", Date: day("2026-03-14")}
	cases := []struct {
		name   string
		notes  []Note
		vi, en string
	}{
		{"a count", []Note{closed, {Kind: "plus_working_days", N: 3}, {Kind: "end_of_day", Date: day("2026-03-18")}},
			"Chốt số liệu 14/03/2026 (Thứ Bảy) · + 3 ngày làm việc · hết ngày 18/03/2026",
			"Data closed 14/03/2026 (Saturday) · + 3 working days · end of 18/03/2026"},
		{"one day", []Note{closed, {Kind: "plus_calendar_days", N: 1}, {Kind: "end_of_day", Date: day("2026-03-15")}},
			"Chốt số liệu 14/03/2026 (Thứ Bảy) · + 1 ngày · hết ngày 15/03/2026",
			"Data closed 14/03/2026 (Saturday) · + 1 day · end of 15/03/2026"},
		{"a fixed date that was configured", []Note{{Kind: "fixed_date", Date: day("2026-11-20")}, {Kind: "end_of_day", Date: day("2026-11-20")}, {Kind: "configured"}},
			"Ngày ấn định 20/11/2026 (Thứ Sáu) · hết ngày 20/11/2026 · hạn do cấu hình, văn bản không nêu",
			"Fixed date 20/11/2026 (Friday) · end of 20/11/2026 · configured, not from the document"},
		{"extended by somebody", []Note{{Kind: "fixed_date", Date: day("2026-11-20")}, {Kind: "extended", Date: day("2026-11-27"), VI: "Ban Chỉ đạo", EN: "the Steering Committee"}},
			"Ngày ấn định 20/11/2026 (Thứ Sáu) · Ban Chỉ đạo gia hạn đến hết ngày 27/11/2026",
			"Fixed date 20/11/2026 (Friday) · extended by the Steering Committee to the end of 27/11/2026"},
		{"shifted for a named day", []Note{{Kind: "shifted", Date: day("2026-09-03"), VI: "Quốc khánh", EN: "National Day"}},
			"trùng Quốc khánh, chuyển sang 03/09/2026 (Thứ Năm)", "falls on National Day, moved to 03/09/2026 (Thursday)"},
		{"a name with a percent sign", []Note{{Kind: "configured", VI: "mức 50%d", EN: "50%d level"}},
			"hạn do cấu hình (mức 50%d), văn bản không nêu", "configured (50%d level), not from the document"},
		{"returned", []Note{{Kind: "resubmit", Date: day("2026-06-11")}, {Kind: "plus_working_days", N: 3}, {Kind: "end_of_day", Date: day("2026-06-16")}},
			"Trả lại 11/06/2026 (Thứ Năm) · + 3 ngày làm việc · hết ngày 16/06/2026",
			"Returned 11/06/2026 (Thursday) · + 3 working days · end of 16/06/2026"},
		{"a date set for the period", []Note{{Kind: "set_date", Date: day("2026-02-24")}, {Kind: "end_of_day", Date: day("2026-02-24")}},
			"ngày do cơ quan ban hành ấn định cho kỳ này 24/02/2026 (Thứ Ba) · hết ngày 24/02/2026",
			"date set by the plan authority for this period 24/02/2026 (Tuesday) · end of 24/02/2026"},
		{"squeezed in a chain", []Note{{Kind: "chain_back", N: 3, Date: day("2026-02-20")}, {Kind: "chain_squeezed", Date: day("2026-02-23")}},
			"− 3 ngày làm việc để cấp trên tổng hợp · ngày nghỉ không để đủ thời gian, lấy 23/02/2026 (Thứ Hai)",
			"− 3 working days for the levels above to consolidate · days off leave too little time, taken as 23/02/2026 (Monday)"},
		{"in working hours", []Note{{Kind: "requested", Date: day("2026-06-08"), Time: "08:00"}, {Kind: "working_hours", N: 1}, {Kind: "at_time", Date: day("2026-06-08"), Time: "09:00"}},
			"Giao lúc 08:00 ngày 08/06/2026 · + 1 giờ làm việc · 09:00 ngày 08/06/2026",
			"Requested at 08:00 on 08/06/2026 · + 1 working hour · 09:00 on 08/06/2026"},
		{"out of an outage", []Note{{Kind: "outage", Date: day("2026-06-12"), VI: "mất điện", EN: "power cut"}, {Kind: "outage", Date: day("2026-06-15")}},
			"hệ thống ngừng hoạt động (mất điện), chuyển sang 12/06/2026 (Thứ Sáu) · hệ thống ngừng hoạt động, chuyển sang 15/06/2026 (Thứ Hai)",
			"the system is out of service (power cut), moved to 12/06/2026 (Friday) · the system is out of service, moved to 15/06/2026 (Monday)"},
		{"nothing known", nil, "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			// It is stored with the task: what is read back must tell the same.
			stored, err := json.Marshal(Derivation{c.notes})
			if err != nil {
				t.Fatal(err)
			}
			var d Derivation
			if err := json.Unmarshal(stored, &d); err != nil {
				t.Fatal(err)
			}
			if got := d.Sentence("vi"); got != c.vi {
				t.Errorf("got  %s\nwant %s", got, c.vi)
			}
			if got := d.Sentence("en"); got != c.en {
				t.Errorf("got  %s\nwant %s", got, c.en)
			}
		})
	}
}

func TestWithLeavesTheOriginal(t *testing.T) {
	d := Derivation{make([]Note, 0, 4)}
	a, b := d.With(Note{Kind: "configured"}), d.With(Note{Kind: "end_of_day", Date: day("2026-01-01")})
	if len(d.Notes) != 0 || a.Notes[0].Kind != "configured" || b.Notes[0].Kind != "end_of_day" {
		t.Error("derivations share their notes")
	}
}

func TestLabels(t *testing.T) {
	cases := []struct{ key, vi, en string }{
		{"2026-M05", "Tháng 05/2026", "May 2026"},
		{"2026-Q2", "Quý II/2026", "Quarter II 2026"},
		{"2026-Q4", "Quý IV/2026", "Quarter IV 2026"},
		{"2026-H1", "6 tháng đầu năm 2026", "First 6 months of 2026"},
		{"2026-H2", "6 tháng cuối năm 2026", "Last 6 months of 2026"},
		{"2026-N9", "9 tháng năm 2026", "9 months of 2026"},
		{"2026", "Năm 2026", "Year 2026"},
		{"2026-W07", "Tuần 07/2026", "Week 07/2026"},
		{"once", "Một lần", "Once"},
		{"2026-04-30T08:00", "08:00 ngày 30/04/2026", "08:00 on 30/04/2026"},
		{"2026-Q2-L1", "Quý II/2026, lần 1", "Quarter II 2026, no. 1"},
		{"2026-M05-L12", "Tháng 05/2026, lần 12", "May 2026, no. 12"},
		{"2026-H1-L2", "6 tháng đầu năm 2026, lần 2", "First 6 months of 2026, no. 2"},
		{"2026-L1", "Năm 2026, lần 1", "Year 2026, no. 1"},
		{"2026-W53-L1", "Tuần 53/2026, lần 1", "Week 53/2026, no. 1"},
		{"2026-Q2-L0", "2026-Q2-L0", "2026-Q2-L0"},
		{"2026-Q2-L01", "2026-Q2-L01", "2026-Q2-L01"},
		{"2026-Q2-L32", "2026-Q2-L32", "2026-Q2-L32"},
		{"2026-Q5-L1", "2026-Q5-L1", "2026-Q5-L1"},
		{"adhoc-L1", "adhoc-L1", "adhoc-L1"},
		{"-L1", "-L1", "-L1"},
		{"2026-M13", "2026-M13", "2026-M13"},
		{"2026-", "2026-", "2026-"},
		{"adhoc-7", "adhoc-7", "adhoc-7"},
		{"", "", ""},
	}
	for _, c := range cases {
		if vi, en := LabelOf(c.key, "vi"), (Period{Key: c.key}).Label("en"); vi != c.vi || en != c.en {
			t.Errorf("%q is %q, %q; want %q, %q", c.key, vi, en, c.vi, c.en)
		}
	}
}

// What was stored before a note had more fields is read as it was written.
func TestStoredDerivationsAreRead(t *testing.T) {
	stored := `{"notes":[{"kind":"window_end","date":"2026-03-14"},{"kind":"plus_working_days","n":3,"days_off":["2026-03-15"]},{"kind":"end_of_day","date":"2026-03-18"}]}`
	var d Derivation
	if err := json.Unmarshal([]byte(stored), &d); err != nil {
		t.Fatal(err)
	}
	if written, err := json.Marshal(d); err != nil || string(written) != stored {
		t.Errorf("%v\ngot  %s\nwant %s", err, written, stored)
	}
}

func TestAScheduleStoredBeforeMinimumsIsRead(t *testing.T) {
	stored := `{"Cadences":["monthly"],"Windows":"decree_09_2019","OpensOn":"","DueOn":"","Cron":"","KeepApart":false}`
	var s Schedule
	if err := json.Unmarshal([]byte(stored), &s); err != nil {
		t.Fatal(err)
	}
	if ps, err := Periods(s, span("2026-01-01", "2026-02-14"), Date{}, Date{}); err != nil || len(ps) != 2 {
		t.Errorf("%q %v", show(ps), err)
	}
	var rule DueRule
	if err := json.Unmarshal([]byte(`{"WorkingDays":3,"CalendarDays":0,"Day":0,"MonthOffset":0,"MonthDay":"","BeforeEnd":false,"Shift":"","TimeOfDay":""}`), &rule); err != nil || rule != (DueRule{WorkingDays: 3}) {
		t.Errorf("%+v %v", rule, err)
	}
}
