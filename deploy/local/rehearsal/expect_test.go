package rehearsal

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dondoc/internal/plan"
)

var examples = filepath.Join("..", "..", "..", "examples")

func theProvince(t testing.TB) *province {
	t.Helper()
	units, err := os.ReadFile(filepath.Join(examples, "units", "dong-nai.csv"))
	must(t, err)
	p, err := readProvince(string(units))
	must(t, err)
	return p
}

// thePlan is Đồng Nai's, moved by ten years.
func thePlan(t testing.TB) (p *plan.Plan, source []byte) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(examples, "dong-nai-2016-2020.yaml"))
	must(t, err)
	source, err = plan.Move(source, 10)
	must(t, err)
	p, problems := plan.Read("dong-nai.yaml", source, func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(examples, name)) })
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	return p, source
}

// theYear is followed from an hour before the first round opens, and into
// January until the last of December's ladders has ended.
var theYear = Run{From: instant("2026-01-01 07:00"), Until: instant("2027-01-05 12:00")}

// TestTableIsThePlan holds the duties written down by hand against what the
// plan file declares: none is missing, and each says the same.
func TestTableIsThePlan(t *testing.T) {
	p, province := must2(thePlan(t)), theProvince(t)
	parents := map[string]string{}
	for _, a := range p.Agencies {
		parents[a.Code] = a.Parent
		if known := province.agencies[a.Code]; known.name != "" && (known.name != a.Name || known.level != a.Level || known.parent != a.Parent) {
			t.Errorf("%s is %q %s below %s in the plan, here %+v", a.Code, a.Name, a.Level, a.Parent, known)
		}
	}
	var want, got []string
	for _, d := range province.duties {
		cadences := map[string]bool{}
		for _, w := range d.windows {
			for c := range strings.SplitSeq(w.cadences, ",") {
				cadences[c] = true
			}
		}
		for _, owner := range d.owners {
			level := province.agencies[owner].level
			r, named := d.due[level]
			if !named {
				r = d.due[""]
			}
			want = append(want, declared(d.code, slices.Collect(maps.Keys(cadences)), owner, r.workingDays, r.monthDay,
				province.superior(d.recipient, owner), province.superior(d.reviewer, owner), d.nilReturn))
		}
	}
	for _, d := range p.Duties {
		var cadences []string
		for _, c := range d.Schedule.Cadences {
			switch c {
			case "monthly", "quarterly", "half_year", "nine_month", "yearly", "once", "weekly", "cron":
				cadences = append(cadences, string(c))
			}
		}
		if len(cadences) == 0 || d.CoveredBy != "" {
			continue
		}
		for _, a := range d.Assignments {
			if a.Role != plan.Lead && a.Role != plan.Implementing {
				continue
			}
			r, named := d.Due[province.agencies[a.Agency].level]
			if !named {
				r = d.Due[""]
			}
			recipient := d.Recipient.Agency
			if d.Recipient.Parent {
				recipient = parents[a.Agency]
			}
			reviewer := d.Recipient.Reviewer
			if reviewer == "" {
				reviewer = recipient
			}
			got = append(got, declared(d.Code, cadences, a.Agency, r.WorkingDays, r.MonthDay, recipient, reviewer, d.NilReturn))
			if d.OpensBefore != opensBefore || d.Review.Mode != plan.ReviewRequired || d.Schedule.Windows != "decree_09_2019" || d.Mode != plan.Assigned {
				t.Errorf("%s opens %d days before, review %s, windows %s, %s: not what this rehearsal expects", d.Code, d.OpensBefore, d.Review.Mode, d.Schedule.Windows, d.Mode)
			}
		}
	}
	missing, extra := subtract(got, want)
	for _, line := range missing {
		t.Errorf("the plan says, the table does not: %s", line)
	}
	for _, line := range extra {
		t.Errorf("the table says, the plan does not: %s", line)
	}
}

func must2(p *plan.Plan, _ []byte) *plan.Plan { return p }

func declared(code string, cadences []string, owner string, workingDays int, monthDay, recipient, reviewer string, nilReturn bool) string {
	slices.Sort(cadences)
	return fmt.Sprintf("%s %v %s +%d %s to %s reviewed by %s nil %t", code, cadences, owner, workingDays, monthDay, recipient, reviewer, nilReturn)
}

// TestScript holds the script against what the year has to show: most on time,
// some late, some never, some sent back; nobody gets two returns at one moment,
// which might be one mail or two; nobody acts on what is not open.
func TestScript(t *testing.T) {
	p := theProvince(t)
	e := Expect(p, theYear)
	statuses, sentBack, tasks := map[string]int{}, 0, 0
	for _, r := range e.rounds {
		for _, task := range r.tasks {
			tasks++
			statuses[task.status(theYear.Until)]++
			if task.dueVersion > 1 {
				sentBack++
			}
			for _, m := range task.history {
				if m.at.Before(r.opened) || !r.closed.IsZero() && m.at.After(r.closed) {
					t.Errorf("%s %s %s: acted on at %s, open from %s to %s", task.duty.code, task.key, task.owner, clockText(m.at), clockText(r.opened), clockText(r.closed))
				}
			}
		}
	}
	if 2*statuses["done_on_time"] < tasks || statuses["done_late"] < tasks/20 || statuses["not_done_overdue"] < tasks/30 || sentBack < tasks/20 {
		t.Errorf("of %d tasks %v, %d sent back", tasks, statuses, sentBack)
	}
	returned := map[string]string{}
	for _, a := range e.acts {
		if a.deed == returns || a.deed == rejects {
			moment := a.owner + " " + clockText(a.at)
			if other := returned[moment]; other != "" {
				t.Errorf("%s gets back %s and %s at %s", a.owner, other, a.name(), clockText(a.at))
			}
			returned[moment] = a.name()
		}
	}
}

// TestDifferencesAreSeen changes one thing of each chapter.
func TestDifferencesAreSeen(t *testing.T) {
	p := theProvince(t)
	want := Expect(p, Run{From: instant("2026-01-01 07:00"), Until: instant("2026-01-23 12:00")}).Book()
	if d := want.Differences(want, 20); len(d) > 0 {
		t.Fatalf("differs from itself: %v", d)
	}
	for chapter := range want {
		for what, change := range map[string]func([]string) []string{
			"missing": func(lines []string) []string { return lines[1:] },
			"twice":   func(lines []string) []string { return append(slices.Clone(lines), lines[0]) },
			"changed": func(lines []string) []string {
				lines = slices.Clone(lines)
				lines[0] += "!"
				return lines
			},
		} {
			got := maps.Clone(want)
			got[chapter] = change(want[chapter])
			if len(want.Differences(got, 20)) == 0 {
				t.Errorf("%s: a line %s is not seen", chapter, what)
			}
		}
	}
}

// TestMailsAreRead reads a mail as it comes, and one that says something else.
func TestMailsAreRead(t *testing.T) {
	const text = `Kính gửi: Đầu mối UBND phường Tân Phong

Việc quá hạn, cần gửi ngay
- IV.15.i.3 · Tháng 01/2026 · UBND phường Tân Phong
  Hạn gửi: hết ngày 19/01/2026, quá hạn 1 ngày
  http://127.0.0.1/viec/7

Tổng hợp tuần, ngày 19/01/2026
- Việc đang mở: 1
- Đến hạn trong 7 ngày tới: 0
- Quá hạn: 1
- Báo cáo chờ xác nhận: 0
Xem chi tiết: http://127.0.0.1/viec

-- 
Thư do hệ thống Đôn Đốc gửi tự động, xin không trả lời thư này.
`
	want := letter{
		named:   map[string][]string{"Việc quá hạn, cần gửi ngay": {"IV.15.i.3 · Tháng 01/2026 · UBND phường Tân Phong | Hạn gửi: hết ngày 19/01/2026, quá hạn 1 ngày"}},
		figures: "19/01/2026 open 1 soon 0 overdue 1 waiting 0",
	}
	read := func(text string) []string {
		l := &letter{named: map[string][]string{}, more: map[string]int{}}
		l.read(text)
		return l.differences(want)
	}
	if d := read(text); len(d) > 0 {
		t.Errorf("as it should be, but: %v", d)
	}
	for _, change := range [][2]string{
		{"Tháng 01", "Tháng 02"}, {"Tân Phong\n  Hạn", "Tân Biên\n  Hạn"}, {"19/01/2026, quá", "20/01/2026, quá"}, {"quá hạn 1 ngày", "quá hạn 2 ngày"},
		{"Quá hạn: 1", "Quá hạn: 2"}, {"Việc quá hạn, cần gửi ngay", "Đến hạn hôm nay"}, {"xin không", narrative + " xin không"},
		{"\nTổng hợp tuần", "- V.2 · Quý I/2026 · UBND phường Tân Phong\n\nTổng hợp tuần"},
	} {
		if changed := strings.Replace(text, change[0], change[1], 1); changed == text || len(read(changed)) == 0 {
			t.Errorf("%q instead of %q is not seen", change[1], change[0])
		}
	}
}

// TestDays holds the rehearsal's own date arithmetic against days looked up.
func TestDays(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		to   string
	}{
		{"2026-01-14", 3, "2026-01-19"}, {"2026-02-14", 3, "2026-02-25"}, {"2026-06-14", 4, "2026-06-18"},
		{"2026-12-31", 1, "2027-01-04"}, {"2026-01-19", -1, "2026-01-16"}, {"2026-02-25", -15, "2026-01-28"}, {"2026-01-09", 1, "2026-01-10"}, {"2026-08-28", 1, "2026-09-03"}, {"2026-06-20", 0, "2026-06-20"},
	} {
		if got := date(c.from).plus(c.n).String(); got != c.to {
			t.Errorf("%s %+d working days is %s, not %s", c.from, c.n, got, c.to)
		}
	}
	if got := clockText(date("2026-01-19").end()); got != "2026-01-20 00:00" {
		t.Errorf("the end of 19 January is %s", got)
	}
	if got := date("2026-01-01").at(8, 0); !got.Equal(time.Date(2026, 1, 1, 1, 0, 0, 0, time.UTC)) {
		t.Errorf("08:00 in Viet Nam is %s", got)
	}
	if got := clockText(monday(morning(instant("2026-01-28 10:00")))); got != "2026-02-02 08:00" {
		t.Errorf("the first Monday after 28 January is %s", got)
	}
}
