package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"dondoc/internal/task"
)

func TestBoardRanksWhatIsOverdue(t *testing.T) {
	s := newSite(t, sample()).as("department")
	page := s.get("/theo-doi")
	page.shows(t, "Số liệu lúc 08:00, Thứ Sáu 19/06/2026", planTitle, "1.383 Việc phải hoàn thành", "1.217 Hoàn thành đúng hạn", "31 Hoàn thành quá hạn",
		"60 Chưa hoàn thành, trong hạn", "16 Chưa hoàn thành, quá hạn", "55 Đã gửi, chờ xác nhận", "4 Đã gửi muộn, chờ xác nhận", "2 Không phải báo cáo",
		"UBND huyện Tân Phú IV.15.a Kế hoạch triển khai 2026 - 2030 31/03/2026", "80 ngày Nhắc 4 lần Dự thảo công văn đôn đốc, 22/06/2026 0251 000 0734",
		"Không còn bước tự động")
	read := readable(page.text)
	// Bands head what is late alike, with how many there are on all pages; what is on
	// another page has its heading there.
	long, short := strings.Index(read, "Trên 15 ngày · 6 việc"), strings.Index(read, "Đến 5 ngày · 9 việc")
	if long < 0 || strings.Index(read, "80 ngày") < long || strings.Index(read, "31 ngày") > short || strings.Index(read, "1 ngày Nhắc 2 lần") < short {
		t.Errorf("the bands are at %d and %d", long, short)
	}
	page.lacks(t, "6 – 15 ngày")
	if strings.LastIndex(read, "80 ngày") > strings.Index(read, "31 ngày") {
		t.Error("the list is not in the order of the store")
	}
	if got := s.as("commune").get("/theo-doi"); got.status != http.StatusForbidden {
		t.Errorf("a focal point sees the board: %d", got.status)
	}
}

func TestBoardFiltersStandInTheAddress(t *testing.T) {
	s := newSite(t, sample()).as("department")
	s.board.Next = "c2"
	page := s.get("/theo-doi?van-ban=1&nhiem-vu=7&don-vi=11&tiep=c1")
	want := task.BoardFilter{PlanID: 1, DutyID: 7, UnderAgency: 11, Limit: boardShown, Cursor: "c1"}
	if len(s.boards) != 1 || s.boards[0] != want {
		t.Errorf("asked %+v, want %+v", s.boards, want)
	}
	for _, text := range []string{`value="1" selected`, `value="7" selected`, `value="11" selected`,
		`href="/theo-doi?don-vi=11&amp;nhiem-vu=7&amp;tiep=c2&amp;van-ban=1"`, `href="/theo-doi?don-vi=11&amp;nhiem-vu=7&amp;trang-thai=waiting&amp;van-ban=1"`} {
		if !strings.Contains(page.text, text) {
			t.Errorf("the page lacks %s", text)
		}
	}
	page.shows(t, "Xem tiếp", "Về đầu danh sách", "Bỏ lọc")
	page.lacks(t, "IV.15.b") // a standing duty has no rounds
	s.get("/theo-doi?van-ban=-3&nhiem-vu=abc&don-vi=99999999999999999999")
	if got := s.boards[1]; got.PlanID != 0 || got.DutyID != 0 || got.UnderAgency != 0 {
		t.Errorf("nonsense narrows to %+v", got)
	}
}

// Level and way stand in the address, lead to the lists, and go with the export.
func TestTheBoardOfALevelAndAWay(t *testing.T) {
	f := sample()
	f.matrix = aMatrix()
	s := newSite(t, f).as("department")
	s.board.Next = "c2"
	page := s.get("/theo-doi?van-ban=1&cap=commune&duong=qua-cap-giua")
	want := task.BoardFilter{PlanID: 1, Level: "commune", Way: task.WayBetween, Limit: boardShown}
	if len(s.boards) != 1 || s.boards[0] != want {
		t.Errorf("asked %+v, want %+v", s.boards, want)
	}
	if q := f.matrices[0]; q.Level != "commune" || q.Way != task.WayBetween {
		t.Errorf("asked for %+v", q)
	}
	for _, text := range []string{
		`<option value="commune" selected>Cấp xã</option>`, `<option value="qua-cap-giua" selected>Qua một cấp ở giữa</option>`, `<option value="truc-tiep">`,
		`href="/theo-doi?cap=commune&amp;duong=qua-cap-giua&amp;tiep=c2&amp;van-ban=1"`, `href="?cap=commune&amp;duong=qua-cap-giua&amp;van-ban=1&amp;o=100#viec-chon"`,
		`overdue.xlsx?level=commune&amp;plan=1&amp;way=between`, `href="/theo-doi?don-vi=14&amp;van-ban=1"`,
	} {
		if !strings.Contains(page.text, text) {
			t.Errorf("the page lacks %s", text)
		}
	}
	s.get("/theo-doi?trang-thai=done_late&cap=district&duong=truc-tiep")
	if l := s.lists[len(s.lists)-1]; l.Level != "district" || l.Way != task.WayDirect {
		t.Errorf("listed %+v", l)
	}
	s.get("/theo-doi?cap=" + url.QueryEscape(hostile) + "&duong=" + url.QueryEscape(hostile))
	if got := s.boards[len(s.boards)-1]; got.Way != "" {
		t.Errorf("nonsense is the way %q", got.Way)
	}
	if s.get("/theo-doi?cap=" + strings.Repeat("x", 500)); s.boards[len(s.boards)-1].Level != "" {
		t.Error("a level longer than any is asked for")
	}
}

func TestAFigureOpensToItsTasks(t *testing.T) {
	s := newSite(t, sample()).as("department")
	page := s.get("/theo-doi?trang-thai=done_late&van-ban=1")
	page.shows(t, "UBND xã Phước Thái", "quý I/2026", "19/03/2026, 10:00")
	page.lacks(t, "tháng 04/2026", "80 ngày")
	f := s.lists[0]
	if !f.OpenRounds || f.PlanID != 1 || len(f.State) != 2 {
		t.Errorf("asked %+v", f)
	}
	s.get("/theo-doi?trang-thai=not_expected").shows(t, "Không có việc nào ở trạng thái này.")
	for _, unknown := range []string{"khac", "not_done_overdue", hostile} {
		s.get("/theo-doi?trang-thai="+url.QueryEscape(unknown)).shows(t, "Quá hạn, xếp theo mức độ", "80 ngày")
	}
}

func TestEmptyBoardNamesTheNextDue(t *testing.T) {
	s := newSite(t, sample()).as("department")
	s.board.Overdue = nil
	s.board.NextDue = ptr(at("2026-06-23 00:00"))
	s.get("/theo-doi").shows(t, "Không đơn vị nào quá hạn. Việc gần nhất đến hạn hết ngày 22/06/2026.")
	s.board.NextDue = nil
	s.get("/theo-doi").shows(t, "Không đơn vị nào quá hạn.")
}
