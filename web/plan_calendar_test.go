package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dondoc/internal/browsertest"
	"dondoc/internal/task"
)

// inJune is the sample with rounds of one duty in June, and a crowded day.
func inJune() *fake {
	f := documented()
	round := func(duty int64, code, title, key, opens, due string) task.Round {
		return task.Round{PlanID: 1, DutyID: duty, DutyCode: code, DutyTitle: title, PeriodKey: key, State: "open", Tasks: 2,
			OpensAt: on(opens).In(vietnam).UTC(), DueAt: on(due).AddDays(1).In(vietnam).UTC()}
	}
	f.inYear = []task.Round{
		round(7, "IV.15.h", "Tổng hợp báo cáo", "2026-H1", "2026-05-29", "2026-06-18"),
		round(7, "IV.15.h", "Tổng hợp báo cáo", "2026-M07", "2026-06-26", "2026-07-20"),
	}
	for i := range 7 {
		f.inYear = append(f.inYear, round(int64(20+i), fmt.Sprintf("IV.%d.a", i+1), "Báo cáo kết quả phối hợp", "2026-H1", "2026-05-29", "2026-06-30"))
	}
	f.issuedPlans.rounds = f.inYear
	return f
}

func TestAMonthShowsWhatFallsDueAndOpens(t *testing.T) {
	f := inJune()
	s := newSite(t, f).as("department")
	page := s.get("/van-ban/1/lich?thang=2026-06")
	page.shows(t, "Tháng 06/2026", "Tháng 05/2026", "Tháng 07/2026", "Thứ Năm 18/06/2026", "Đến hạn", "6 tháng đầu năm 2026", "2 việc", "Mở kỳ", "và 3 dòng nữa")
	if f.between != "2026-06-01 2026-06-30" {
		t.Errorf("asked for %s", f.between)
	}
	for _, piece := range []string{`href="/van-ban/1/lich?thang=2026-05"`, `href="/theo-doi?nhiem-vu=7&amp;van-ban=1"`, `href="/van-ban/1/lich?thang=2026-06&amp;ngay=30#ngay"`} {
		if !strings.Contains(page.text, piece) {
			t.Errorf("the page lacks %s", piece)
		}
	}
	// The due day is the one that 24:00 ends, and what opens in May is no matter of June.
	due := strings.Index(page.text, "Thứ Năm 18/06/2026")
	if next := strings.Index(page.text, "Thứ Sáu 19/06/2026"); due < 0 || next < due || !strings.Contains(page.text[due:next], "IV.15.h") {
		t.Error("the round does not stand on the day that it is due")
	}
	if opens := strings.Index(page.text, "Mở kỳ"); opens < strings.Index(page.text, "Thứ Sáu 26/06/2026") {
		t.Error("a round opens on a day that it does not")
	}
	page.lacks(t, "IV.7.a")
	// The whole of a crowded day.
	s.get("/van-ban/1/lich?thang=2026-06&ngay=30").shows(t, "IV.7.a")
}

func TestAMonthIsThatOfTodayUnlessAsked(t *testing.T) {
	f := documented()
	s := newSite(t, f).as("department")
	s.get("/van-ban/1/lich?thang=khong-phai-thang&ngay=99").shows(t, "Tháng 06/2026", "Hôm nay", "Tháng này không có kỳ nào mở hay đến hạn.")
	s.get("/van-ban/1/lich?thang=2024-02").shows(t, "29/02/2024", "Tháng này")
	if f.between != "2024-02-01 2024-02-29" {
		t.Errorf("asked for %s", f.between)
	}
	if page := s.get("/van-ban/404/lich"); page.status != 404 {
		t.Errorf("an unknown plan gives %d", page.status)
	}
}

func TestAPlansMonthInABrowser(t *testing.T) {
	s := newSite(t, inJune())
	b := browsertest.Start(t, time.Minute)
	for _, width := range []int64{1440, 360} {
		look(t, b, width, "lich-thang", s.url+"/van-ban/1/lich?thang=2026-06&ngay=30", "department")
		for _, found := range b.Axe() {
			t.Error(found)
		}
	}
}
