package calendar

import "testing"

func TestMoveOutOf(t *testing.T) {
	off := holidays{"2026-04-30": {"nghỉ", "off"}, "2026-05-01": {"nghỉ", "off"}}
	outage := func(from, to string) Outage {
		return Outage{From: instant(from), To: instant(to), VI: "bảo trì", EN: "maintenance"}
	}
	night := outage("2026-06-10 20:00", "2026-06-11 02:00")
	cases := []struct {
		name    string
		due     string
		outages []Outage
		at      string
		told    string // after "hết ngày"
	}{
		{"the end of a day within it", "2026-06-11 00:00", []Outage{night}, "2026-06-13 00:00",
			"hệ thống ngừng hoạt động (bảo trì), chuyển sang 12/06/2026 (Thứ Sáu) · hết ngày 12/06/2026"},
		{"a time of day stays", "2026-06-10 21:30", []Outage{night}, "2026-06-12 21:30",
			"hệ thống ngừng hoạt động (bảo trì), chuyển sang 12/06/2026 (Thứ Sáu) · 21:30 ngày 12/06/2026"},
		{"over days off", "2026-04-29 17:00", []Outage{outage("2026-04-29 08:00", "2026-04-29 18:00")}, "2026-05-04 17:00",
			"hệ thống ngừng hoạt động (bảo trì), chuyển sang 04/05/2026 (Thứ Hai) · 17:00 ngày 04/05/2026"},
		{"one that ends at midnight ends on the day before", "2026-06-10 17:00", []Outage{outage("2026-06-10 08:00", "2026-06-11 00:00")}, "2026-06-11 17:00",
			"hệ thống ngừng hoạt động (bảo trì), chuyển sang 11/06/2026 (Thứ Năm) · 17:00 ngày 11/06/2026"},
		{"due when it begins", "2026-06-10 20:00", []Outage{night}, "2026-06-10 20:00", ""},
		{"due when it ends", "2026-06-11 02:00", []Outage{night}, "2026-06-12 02:00",
			"hệ thống ngừng hoạt động (bảo trì), chuyển sang 12/06/2026 (Thứ Sáu) · 02:00 ngày 12/06/2026"},
		{"due after it", "2026-06-11 02:01", []Outage{night}, "2026-06-11 02:01", ""},
		{"into the next one, and on", "2026-06-11 00:00", []Outage{night, outage("2026-06-12 12:00", "2026-06-13 10:00")}, "2026-06-16 00:00",
			"hệ thống ngừng hoạt động (bảo trì), chuyển sang 12/06/2026 (Thứ Sáu) · hết ngày 12/06/2026 · hệ thống ngừng hoạt động (bảo trì), chuyển sang 15/06/2026 (Thứ Hai) · hết ngày 15/06/2026"},
		{"of two at once the longer", "2026-06-11 00:00", []Outage{night, outage("2026-06-10 08:00", "2026-06-12 08:00")}, "2026-06-16 00:00",
			"hệ thống ngừng hoạt động (bảo trì), chuyển sang 15/06/2026 (Thứ Hai) · hết ngày 15/06/2026"},
		{"without a reason", "2026-06-11 00:00", []Outage{{From: night.From, To: night.To}}, "2026-06-13 00:00",
			"hệ thống ngừng hoạt động, chuyển sang 12/06/2026 (Thứ Sáu) · hết ngày 12/06/2026"},
		{"one turned round counts for nothing", "2026-06-11 00:00", []Outage{{From: night.To, To: night.From}}, "2026-06-11 00:00", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			due := DueTime{At: instant(c.due).UTC(), Derivation: Derivation{[]Note{{Kind: "end_of_day", Date: day("2026-06-10")}}}}
			got := MoveOutOf(due, c.outages, off, vietnam)
			want := "hết ngày 10/06/2026"
			if c.told != "" {
				want += " · " + c.told
			}
			if !got.At.Equal(instant(c.at)) || got.Derivation.Sentence("vi") != want {
				t.Errorf("got  %s %s\nwant %s %s", got.At.In(vietnam), got.Derivation.Sentence("vi"), c.at, want)
			}
		})
	}
}
