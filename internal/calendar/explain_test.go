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
