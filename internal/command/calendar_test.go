package command

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// runCalendar runs `calendar` with the arguments.
func runCalendar(t *testing.T, subcommand *cobra.Command, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	c := Calendar()
	if subcommand != nil {
		c.AddCommand(subcommand)
	}
	root := Root("dondoc", c)
	root.SetOut(&out)
	root.SetErr(&errs)
	root.SetArgs(append([]string{"calendar"}, args...))
	err = root.ExecuteContext(t.Context())
	return out.String(), errs.String(), err
}

func TestCalendarJSON(t *testing.T) {
	out, _, err := runCalendar(t, nil, "2026", "--format", "json", "--lang", "en")
	if err != nil {
		t.Fatal(err)
	}
	var days []map[string]string
	if err := json.Unmarshal([]byte(out), &days); err != nil {
		t.Fatal(err)
	}
	if len(days) != 16 {
		t.Errorf("%d days", len(days))
	}
	kinds := map[string]string{}
	for _, d := range days {
		if len(d) != 5 || d["name"] == "" || d["legal_basis"] == "" || d["status"] != "decreed" {
			t.Errorf("%v", d)
		}
		kinds[d["date"]] = d["kind"] + " " + d["name"]
	}
	for date, want := range map[string]string{
		"2026-02-17": "holiday Lunar New Year (day 1)",
		"2026-04-27": "substitute Substitute day off for Hùng Kings' Commemoration Day",
		"2026-01-02": "swap_off Day off around New Year's Day (made up on 10/01/2026)",
		"2026-01-10": "swap_work Working day for the day off on 02/01/2026 (New Year's Day)",
	} {
		if kinds[date] != want {
			t.Errorf("%s: %q, want %q", date, kinds[date], want)
		}
	}
	if strings.Contains(out, "2026-11-24") {
		t.Error("a day that is not decided is listed as off")
	}
}

func TestCalendarTable(t *testing.T) {
	out, _, err := runCalendar(t, nil, "2027")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Năm 2027: tạm tính", "06/02/2027  Thứ Bảy", "Nghỉ bù Tết Âm lịch", "Chưa tính là ngày nghỉ: 24/11/2027 Ngày Văn hóa Việt Nam"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if out, _, _ := runCalendar(t, nil, "2026", "--lang", "en"); !strings.Contains(out, "Year 2026: decreed") || !strings.Contains(out, "Labour Day") {
		t.Errorf("%s", out)
	}
}

func TestCalendarRefuses(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"2051", "Không có lịch nghỉ của năm 2051; chỉ có từ năm 1976 đến năm 2050."},
		{"1975 --lang en", "There is no calendar for the year 1975; the years are 1976 to 2050."},
		{"nay --lang en", "“nay” is not a year; write a year from 1976 to 2050."},
		{"2026 --format xml", "--format is table or json"},
		{"", "accepts 1 arg"},
		{"2026 --file khong-co.csv", "khong-co.csv"},
	} {
		out, _, err := runCalendar(t, nil, strings.Fields(c.args)...)
		if err == nil || !strings.Contains(err.Error(), c.want) || out != "" {
			t.Errorf("%s: %v, %q", c.args, err, out)
		}
	}
}

func TestCalendarFiles(t *testing.T) {
	folder := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte("date,kind,name,legal_basis,source\n"+content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	first := write("1.csv", "2027-06-18,holiday,Một,QĐ 1,x\n2027-06-21,holiday,Ngày hai,QĐ 1,x\n")
	second := write("2.csv", "2027-06-21,holiday,Ba,QĐ 2,x\n")
	out, stderr, err := runCalendar(t, nil, "2027", "--file", first, "--file", second)
	if err != nil || stderr != "" || !strings.Contains(out, "Một") || strings.Contains(out, "Ngày hai") || !strings.Contains(out, "Ba") {
		t.Errorf("%v, %s\n%s", err, stderr, out)
	}
	faulty := write("3.csv", "2027-06-18,nghỉ,Một,QĐ 1,x\n2027-06-19,swap_work,Hai,QĐ 1,x\n")
	out, stderr, err = runCalendar(t, nil, "2027", "--file", first, "--file", faulty)
	if err == nil || out != "" || !strings.Contains(stderr, faulty+":2:12: ") || !strings.Contains(stderr, faulty+":3:12: ") {
		t.Errorf("%v, %s\n%s", err, stderr, out)
	}
}

// Subcommands stand beside the year.
func TestCalendarHasRoomForSubcommands(t *testing.T) {
	ran := ""
	other := &cobra.Command{Use: "other", RunE: func(_ *cobra.Command, args []string) error { ran = strings.Join(args, " "); return nil }}
	if _, _, err := runCalendar(t, other, "other", "2026-02-13"); err != nil || ran != "2026-02-13" {
		t.Errorf("%v, %q", err, ran)
	}
	if out, _, err := runCalendar(t, other, "2026"); err != nil || !strings.Contains(out, "2026") {
		t.Errorf("%v", err)
	}
}
