package web

import (
	"strings"
	"testing"
	"time"

	"dondoc/internal/browsertest"
)

func TestAYearOfRoundsTellsDutiesAlikeOnce(t *testing.T) {
	f := inJune()
	f.plans[0].ValidFrom, f.plans[0].ValidTo = on("2026-01-01"), on("2027-12-31")
	s := newSite(t, f).as("department")
	page := s.get("/van-ban/1/ky")
	page.shows(t, "Các kỳ trong năm 2026", "IV.15.h Tổng hợp báo cáo", "IV.1.a, IV.2.a, IV.3.a và 4 nhiệm vụ khác",
		"6 tháng đầu năm 2026: mở 29/05/2026, hạn 18/06/2026, Đang mở", "Năm sau", "Danh sách các kỳ")
	page.lacks(t, "Năm trước", "Nhiệm vụ IV.7.a")
	if f.between != "2026-01-01 2026-12-31" {
		t.Errorf("asked for %s", f.between)
	}
	// 29 May is the 148th day after New Year, 18 June the 168th, whose end is drawn.
	if !strings.Contains(page.text, `<rect class="bar-open" x="296" y="7" width="42" height="6"/><rect class="end" x="336"`) {
		t.Error("the bar does not go from the opening to the due day")
	}
	s.get("/van-ban/1/ky?nam=2027").shows(t, "Các kỳ trong năm 2027", "Năm trước")
	s.get("/van-ban/1/ky?nam=1000").shows(t, "Các kỳ trong năm 2026")
	// Further down the list there is only the list.
	s.get("/van-ban/1/ky?tiep=x").lacks(t, "Các kỳ trong năm")
}

func TestAYearOfRoundsInABrowser(t *testing.T) {
	s := newSite(t, inJune())
	b := browsertest.Start(t, time.Minute)
	for _, width := range []int64{1440, 360} {
		look(t, b, width, "cac-ky", s.url+"/van-ban/1/ky", "department")
		for _, found := range b.Axe() {
			t.Error(found)
		}
	}
}
