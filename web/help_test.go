package web

import (
	"io/fs"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"dondoc/internal/browsertest"
)

// A guide stands in both languages, each step with its words, each picture with
// what it shows; and each picture is there and is shown.
func TestEveryGuideIsWholeInBothLanguages(t *testing.T) {
	wanted := map[string]bool{}
	for _, p := range GuidePictures() {
		wanted[p.File] = true
		if info, err := fs.Stat(assets, "static/"+p.File); err != nil || info.Size() < 1000 {
			t.Errorf("%s is missing; make screenshots takes it: %v", p.File, err)
		}
	}
	var bytes int64
	files, err := fs.ReadDir(assets, "static/help")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !wanted["help/"+f.Name()] {
			t.Errorf("no guide shows %s", f.Name())
		}
		if info, err := f.Info(); err == nil {
			bytes += info.Size()
		}
	}
	if bytes > 2<<20 {
		t.Errorf("the pictures take %d bytes", bytes)
	}
	for code, words := range catalogues {
		for _, g := range guides {
			for i, step := range g.steps {
				key := "help." + g.Slug + "." + strconv.Itoa(i+1)
				if words[key] == "" || words[key+".text"] == "" {
					t.Errorf("%s lacks step %s", code, key)
				}
				if (words[key+".alt"] != "") != (step.picture != "") {
					t.Errorf("%s: the picture of %s and its words do not go together", code, key)
				}
			}
			if extra := "help." + g.Slug + "." + strconv.Itoa(len(g.steps)+1); words[extra] != "" {
				t.Errorf("%s says %s, which no guide shows", code, extra)
			}
		}
	}
}

// Guides are read without signing in, from a link on every page, in the language
// that was chosen; pictures are those of that language.
func TestGuidesAreReadByEverybody(t *testing.T) {
	s := newSite(t, sample())
	if page := s.get("/dang-nhap"); !strings.Contains(page.text, `href="/huong-dan"`) {
		t.Error("the page for signing in does not lead to the guides")
	}
	s.get("/huong-dan").shows(t, "Hướng dẫn", "Theo việc của bạn", "Người theo dõi: biết ai chậm", "Chưa hoàn thành, quá hạn", "Vì sao hạn là ngày đó?")
	page := s.get("/huong-dan/dau-moi")
	page.shows(t, "Đầu mối: gửi báo cáo trong năm phút", "Ghi số liệu và gửi")
	source := regexp.MustCompile(`src="(/static/[^"]+/help/dau-moi-viec-vi\.webp)"`).FindStringSubmatch(page.text)
	if source == nil {
		t.Fatal("the guide shows no picture")
	}
	if got := s.get(source[1]); got.status != http.StatusOK {
		t.Errorf("the picture: %d", got.status)
	}
	if got := s.get("/huong-dan/khac"); got.status != http.StatusNotFound {
		t.Errorf("a guide that is not there: %d", got.status)
	}
	english := newSite(t, sample()).as("english")
	page = english.get("/huong-dan/theo-doi")
	page.shows(t, "Supervisor: see who is late, urge, accept")
	if !strings.Contains(page.text, "/help/theo-doi-bang-en.webp") {
		t.Error("the English guide does not show the English pictures")
	}
	newSite(t, sample()).as("commune").get("/huong-dan").shows(t, "Dành cho bạn")
}

func TestGuidesInABrowser(t *testing.T) {
	s := newSite(t, sample())
	b := browsertest.Start(t, 2*time.Minute)
	for _, width := range []int64{360, 1440} {
		for name, path := range map[string]string{"huong-dan": "/huong-dan", "huong-dan-dau-moi": "/huong-dan/dau-moi", "huong-dan-theo-doi": "/huong-dan/theo-doi"} {
			look(t, b, width, name, s.url+path, "")
			for _, v := range b.Axe() {
				t.Errorf("%s at %d px: axe-core: %s", name, width, v)
			}
		}
	}
	b.Open(s.url + "/huong-dan/dau-moi")
	b.Print(artifacts, "huong-dan-dau-moi-in")
}
