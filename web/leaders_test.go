package web

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"

	"dondoc/internal/browsertest"
	"dondoc/internal/task"
)

const leadersAddress = "/lanh-dao?van-ban=1&den=2026-06-16T08:00"

// leaderSite has more requests to decide than the page shows.
func leaderSite(t *testing.T) *site {
	f := asking()
	for _, d := range f.requests[:2] {
		for range 2 {
			d.Request.ID += 100
			f.requests = append(f.requests, d)
		}
	}
	return newSite(t, f)
}

func TestLeadersFiguresOpenToWhatTheyCount(t *testing.T) {
	s := leaderSite(t)
	authority := s.as("authority")
	got := authority.get(leadersAddress)
	for _, want := range []string{"Số liệu đến", "1.219", "90,8", "tăng 171 so với", "giảm 183 so với", "không đổi so với", "theo hạn ban đầu 91,9",
		"Trên 15 ngày", "Chờ lãnh đạo quyết định:", "người theo dõi: đồng ý", "80 ngày", "Xin gia hạn đến", "Hẹn ", "Chưa giải trình", "Chỉ tiêu có nguy cơ"} {
		if !strings.Contains(got.text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if q := s.fake.leaders[0]; q.PlanID != 1 || !q.At.Equal(at("2026-06-16 08:00")) {
		t.Errorf("asked for %+v", q)
	}
	for address, want := range map[string]task.FigureFilter{
		"so-lieu=done_late&amp;van-ban=1":                  {Cell: task.CellDoneLate, Against: task.AgainstPresent, Opened: true},
		"muc=3&amp;so-lieu=not_done_overdue&amp;van-ban=1": {Cell: task.CellNotDoneOverdue, Against: task.AgainstPresent, Opened: true, Late: &task.Lateness[2]},
		"muc=4&amp;so-lieu=not_done_in_time&amp;van-ban=1": {Cell: task.CellNotDoneInTime, Against: task.AgainstPresent, Opened: true, Late: &task.SoonDays},
	} {
		address = "/lanh-dao/danh-sach?den=2026-06-16T08%3A00&amp;" + address
		if !strings.Contains(got.text, `href="`+address+`"`) {
			t.Errorf("no figure leads to %s", address)
			continue
		}
		authority.get(strings.ReplaceAll(address, "&amp;", "&"))
		asked := s.fake.lists[len(s.fake.lists)-1]
		if asked.PlanID != 1 || !asked.Figure.At.Equal(at("2026-06-16 08:00")) || (asked.Figure.Late == nil) != (want.Late == nil) || want.Late != nil && *asked.Figure.Late != *want.Late {
			t.Errorf("%s asks for %+v", address, asked)
		}
		if f := asked.Figure; f.Cell != want.Cell || f.Against != want.Against || !f.Opened {
			t.Errorf("%s asks for %+v", address, f)
		}
	}
	if got := authority.get("/lanh-dao?den=hom-qua"); got.status == 200 {
		t.Error("an instant that is none is taken")
	}
	if got := s.as("commune").get("/lanh-dao"); got.status != 403 {
		t.Errorf("a focal point reads the leaders' page: %d", got.status)
	}
}

func TestTheLeadersPageInABrowser(t *testing.T) {
	s := leaderSite(t)
	b := browsertest.Start(t, 2*time.Minute)
	for _, width := range []int64{360, 1440} {
		look(t, b, width, "lanh-dao", s.url+leadersAddress, "authority")
		for _, violation := range b.Axe() {
			t.Errorf("at %d px: %s", width, violation)
		}
		look(t, b, width, "lanh-dao-danh-sach", s.url+"/lanh-dao/danh-sach?so-lieu=owed&den=2026-06-16T08:00", "authority")
		for _, violation := range b.Axe() {
			t.Errorf("the list at %d px: %s", width, violation)
		}
	}
}

// The leaders' page prints on one sheet of A4 and loses nothing of its figures.
func TestTheLeadersPagePrintsOnOneSheet(t *testing.T) {
	s := leaderSite(t)
	b := browsertest.Start(t, time.Minute)
	as(b, s.url, "authority")
	b.Open(s.url + leadersAddress)
	file := b.Print(artifacts, "lanh-dao-a4")
	info, err := exec.CommandContext(t.Context(), "pdfinfo", file).Output()
	if err != nil || !bytes.Contains(info, []byte("Pages:           1\n")) || !bytes.Contains(info, []byte("A4")) {
		t.Errorf("not one sheet of A4: %v\n%s", err, info)
	}
	text, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1.219", "Trên 15 ngày", "Tân 10", "71 ngày", "Chưa giải trình", "Chỉ tiêu có nguy cơ không đạt", "Đúng hạn tính theo"} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the sheet lacks %q:\n%s", want, text)
		}
	}
	if bytes.Contains(text, []byte("Trình đơn")) {
		t.Error("the menu is printed")
	}
}

// Without a choice the page is of the only plan that is followed; all plans together
// are a choice, too.
func TestTheLeadersPageIsOfThePlanInForce(t *testing.T) {
	s := leaderSite(t).as("authority")
	for address, want := range map[string]int64{"/lanh-dao": 1, "/lanh-dao?van-ban=": 0, "/lanh-dao?van-ban=1": 1} {
		s.get(address)
		if len(s.leaders) == 0 || s.leaders[len(s.leaders)-1].PlanID != want {
			t.Errorf("%s counts %+v, want plan %d", address, s.leaders, want)
		}
	}
}
