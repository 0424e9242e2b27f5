package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"dondoc/internal/fault"
)

func TestAReportIsHandedOutAsAFile(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	for format, begins := range map[string]string{"docx": "PK\x03\x04", "pdf": "%PDF-1."} {
		got := s.get("/viec/17/van-ban/" + format)
		if got.status != http.StatusOK || !strings.HasPrefix(got.text, begins) || got.header.Get("Content-Disposition") != `attachment; filename="bao-cao-17.`+format+`"` {
			t.Errorf("%s: %d %q", format, got.status, got.header.Get("Content-Disposition"))
		}
	}
	for _, path := range []string{"/viec/17/van-ban/exe", "/viec/abc/van-ban/pdf", "/viec/999/van-ban/pdf", "/phu-luc/1/khac/pdf", "/phu-luc/1/tong-hop/exe"} {
		if got := s.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func TestATasksPageOffersItsDocuments(t *testing.T) {
	s := newSite(t, sample())
	own := s.as("commune").get("/viec/17")
	own.shows(t, "Báo cáo theo thể thức văn bản hành chính")
	if !strings.Contains(own.text, `href="/viec/17/van-ban/docx"`) || strings.Contains(own.text, "/cong-van-don-doc") {
		t.Error("its own people get no report, or may urge themselves")
	}
}

func TestTheBoardDraftsALetterForWhatWasTicked(t *testing.T) {
	s := newSite(t, sample()).as("department")
	if page := s.get("/theo-doi"); strings.Contains(page.text, "cong-van") {
		t.Error("who does not follow these results may urge for them")
	}
	s = s.as("district")
	page := s.get("/theo-doi")
	if !strings.Contains(page.text, `<form id="cong-van" method="post" action="/cong-van-don-doc/docx">`) || !strings.Contains(page.text, `form="cong-van" name="viec"`) {
		t.Fatal("nothing to tick, or no form")
	}
	got := s.post("/cong-van-don-doc/docx", url.Values{"viec": {"17", "18"}, "trang": {"17", "18", "19"}})
	if got.status != http.StatusOK || !strings.HasPrefix(got.text, "PK") || !slices.Equal(s.letters[0].TaskIDs, []int64{17, 18}) {
		t.Errorf("%d, %+v", got.status, s.letters)
	}
	if got = s.post("/cong-van-don-doc/pdf", url.Values{"trang": {"17", "18", "19"}}); !strings.HasPrefix(got.text, "%PDF") || len(s.letters[1].TaskIDs) != 3 {
		t.Errorf("with none ticked: %d, %+v", got.status, s.letters)
	}
	if got = s.post("/cong-van-don-doc/pdf", url.Values{"viec": {"không"}}); got.status != http.StatusNotFound {
		t.Errorf("nonsense: %d", got.status)
	}
	s.letterErr = fault.New(fault.Conflict, "letter.nothing_owed", "Không còn phải gửi.", "Nothing is owed.")
	s.post("/cong-van-don-doc/docx", url.Values{"viec": {"17"}}).shows(t, "Không còn phải gửi.")
}

func TestTheBoardOffersTheAnnexesOfItsPlan(t *testing.T) {
	s := newSite(t, sample()).as("department")
	page := s.get("/theo-doi?van-ban=1&don-vi=11")
	page.shows(t, "Phụ lục tổng hợp", "Phụ lục nhiệm vụ quá hạn", "Danh sách đầu mối")
	for _, path := range []string{"/phu-luc/1/tong-hop/docx?don-vi=11", "/phu-luc/1/qua-han/pdf?don-vi=11", "/phu-luc/1/dau-moi/docx?don-vi=11"} {
		if !strings.Contains(page.text, `href="`+path+`"`) {
			t.Errorf("no link to %s", path)
		}
		if got := s.get(path); got.status != http.StatusOK || got.header.Get("Content-Disposition") == "" {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	if want := [][2]int64{{1, 11}, {1, 11}, {1, 0}}; !slices.Equal(s.annexes, want) {
		t.Errorf("asked %v, want %v", s.annexes, want)
	}
}
