package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestTargetsShowWhereTheyStandAndWhy(t *testing.T) {
	s := newSite(t, sample()).as("department")
	page := s.get("/van-ban/1/muc-tieu")
	page.shows(t, "Mục tiêu, chỉ tiêu", planTitle, "Đánh giá ngày 19/06/2026", "II.2.đ Kiểm tra 8.000 lượt", "Hạn 31/12/2030", "UBND các huyện", "8.000 lượt", "25%", "8.100",
		"Sẽ đạt", "Gần đạt", "Chưa rõ", "Vì sao: Giữ nhịp như đến ngày 31/03/2026. Số liệu từ: IV.15.h Báo cáo.", "Chưa có số gốc: cơ quan ban hành cần nhập số gốc.", "Năm 2026", "Từ 500 (31/01/2026) đến 2.000 (31/03/2026)")
	for _, piece := range []string{`<progress max="100" value="25">`, `<polyline points="3.0,25.5 157.0,3.0"`, `class="g g-light-green"`, `class="g g-light-amber"`, `href="/van-ban/1/muc-tieu/II.2.%C4%91"`, `href="/theo-doi?van-ban=1"`, `href="/van-ban/1/muc-tieu" aria-current="page"`} {
		if !strings.Contains(page.text, piece) {
			t.Errorf("the page lacks %s", piece)
		}
	}
	page.lacks(t, "UBND huyện Long Thành") // the units stand on the target's own page
	if !strings.Contains(s.get("/theo-doi?van-ban=1").text, `href="/van-ban/1/muc-tieu"`) {
		t.Error("the board does not lead there")
	}
}

func TestATargetOpensToItsUnits(t *testing.T) {
	s := newSite(t, sample()).as("department")
	page := s.get("/van-ban/1/muc-tieu/II.2.%C4%91")
	page.shows(t, "UBND huyện Long Thành", "5.000", "900", "18%", "Khó đạt", "UBND huyện Tân Phú", "< 5", "Số người dưới 5 không hiển thị.", "Mọi mục tiêu",
		"Sẽ đạt: theo nhịp này được 8.100, cần 8.000", "Nét liền: đã thực hiện 2.000 đến 31/03/2026", "Nét đứt: dự báo 8.100 đến 31/12/2030", "Nét chấm: cần đạt 8.000 đến 31/12/2030")
	for _, piece := range []string{`href="/van-ban/1/muc-tieu/II.2.%C4%91?duoi=10"`, `href="/viec/12"`} {
		if !strings.Contains(page.text, piece) {
			t.Errorf("the page lacks %s", piece)
		}
	}
	s.get("/van-ban/1/muc-tieu/II.2.%C4%91?duoi=10").shows(t, "UBND xã Phước Thái", "Về cấp trên cùng")
	for _, path := range []string{"/van-ban/2/muc-tieu", "/van-ban/x/muc-tieu", "/van-ban/1/muc-tieu/khac", "/van-ban/1/muc-tieu/II.2.%C4%91?duoi=x", "/van-ban/1/muc-tieu/II.2.%C4%91?duoi=99"} {
		if got := s.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func TestTheUnitScoresItselfAndTheLevelAboveChecks(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	page := s.get("/viec/12/cham-diem")
	page.shows(t, "Bảng chấm điểm", "minh họa", "Tuyên truyền", "Số buổi", "Tổng điểm: 90. Xếp loại: Tốt.", "Kỳ 2025: 70 điểm, xếp loại Khá.", "Lưu điểm tự chấm")
	if got := s.post("/viec/12/cham-diem", url.Values{"points.0.points": {"82,5"}, "points.0.evidence": {" BC số 2 "}}); got.status != http.StatusSeeOther || got.location != "/viec/12/cham-diem?da=luu" {
		t.Errorf("saved: %d %s", got.status, got.location)
	}
	wrong := s.post("/viec/12/cham-diem", url.Values{"points.0.points": {"101"}, "points.0.evidence": {"BC số 3"}})
	wrong.shows(t, "Tuyên truyền: điểm từ 0 đến 100.", "BC số 3")
	if !strings.Contains(wrong.text, `value="101"`) {
		t.Error("what was typed is lost")
	}
	s = s.as("district")
	s.get("/viec/17/cham-diem").shows(t, "Lưu điểm thẩm định", "BC số 1")
	s.post("/viec/17/cham-diem", url.Values{"points.0.points": {"70"}, "points.0.evidence": {"Thiếu số liệu"}})
	if got := strings.Join(s.scored, "; "); got != "own 82.5 BC số 2; check 70 Thiếu số liệu" {
		t.Errorf("kept: %s", got)
	}
	if got := s.get("/viec/999/cham-diem"); got.status != http.StatusNotFound {
		t.Errorf("a foreign sheet: %d", got.status)
	}
}
