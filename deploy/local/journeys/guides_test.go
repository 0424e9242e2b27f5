package journeys

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"dondoc/internal/browsertest"
	"dondoc/web"
)

// posed is how a picture of the guides comes about: who looks, where they begin,
// and where they go from there.
type posed struct {
	who, path string
	// next are JavaScript expressions, one page after the other, that answer the
	// address to go to.
	next []string
	// top is scrolled to the upper edge; empty: the page's beginning.
	top string
}

// link is the first link that a CSS selector finds.
func link(selector string) string {
	return fmt.Sprintf("document.querySelector(`%s`).href", selector)
}

// last is the last link that it finds.
func last(selector string) string {
	return fmt.Sprintf("[...document.querySelectorAll(`%s`)].at(-1).href", selector)
}

// late are the first tasks of the list beside the board.
const late = "location.origin + '/don-doc?cach=message&viec=' + [...document.querySelectorAll('.listing input[name=viec]')].slice(0, 3).map(i => i.value).join('&viec=')"

var (
	toTask = []string{last(".todo h2 a")}
	toPlan = link("main a[href^='/van-ban/']:not([href$='/nap']):not([href$='/doc'])")
)

var poses = map[string]posed{
	"dau-moi-viec":       {focalPoint, "/viec", nil, ""},
	"dau-moi-bao-cao":    {focalPoint, "/viec", toTask, "#gui"},
	"dau-moi-dien-bien":  {focalPoint, "/viec", toTask, "section:has(.course)"},
	"thu-truong-viec":    {head, "/viec", nil, ""},
	"theo-doi-bang":      {supervisor, "/theo-doi", nil, ""},
	"theo-doi-xac-nhan":  {supervisor, "/xac-nhan", []string{link("table a[href^='/xac-nhan/']")}, ""},
	"theo-doi-don-doc":   {supervisor, "/theo-doi", []string{late}, ""},
	"lanh-dao-trang":     {planAuthority, "/lanh-dao", nil, ""},
	"lanh-dao-danh-sach": {planAuthority, "/lanh-dao", []string{last(".bands a")}, ""},
	"ban-hanh-van-ban":   {planAuthority, "/van-ban", []string{toPlan}, ""},
	"ban-hanh-muc-tieu":  {planAuthority, "/van-ban", []string{toPlan, link("a[href$='/muc-tieu']")}, ""},
	"ban-hanh-tai-tep":   {planAuthority, "/van-ban/nap", nil, ""},
	"quan-tri-nguoi":     {administrator, "/quan-tri/nguoi-dung", nil, ""},
	"quan-tri-co-quan":   {administrator, "/quan-tri/don-vi", []string{link("main table a[href^='/quan-tri/don-vi/']")}, ""},
	"quan-tri-lich":      {administrator, "/quan-tri/lich-lam-viec", nil, ""},
	"kiem-tra-nhat-ky":   {planAuthority, "/quan-tri/nhat-ky", nil, ""},
	"kiem-tra-ky":        {planAuthority, "/van-ban", []string{toPlan, link("a[href$='/ky']")}, ""},
}

// Every picture of the guides can be taken again; with GUIDE_PICTURES it is, into
// the folder that it names (make screenshots).
func TestThePicturesOfTheGuides(t *testing.T) {
	folder := os.Getenv("GUIDE_PICTURES")
	if folder == "" {
		folder = t.TempDir()
	}
	b := browsertest.Start(t, patience)
	var person, language string
	for _, p := range web.GuidePictures() {
		pose, ok := poses[p.Name]
		if !ok {
			t.Errorf("nobody knows how to take %s", p.Name)
			continue
		}
		b.Width(1440)
		if person != pose.who || language != p.Language {
			b.SignIn(running.base, pose.who, running.password)
			read(b, p.Language)
			person, language = pose.who, p.Language
		}
		b.Open(running.base + pose.path)
		for _, address := range pose.next {
			b.Open(browsertest.Ask[string](b, address))
		}
		if browsertest.Ask[bool](b, `document.querySelector('.failure') !== null`) {
			t.Errorf("%s is to show a failure: %.200s", p.Name, b.Text())
			continue
		}
		b.Width(p.Width)
		if pose.top != "" {
			browsertest.Ask[bool](b, fmt.Sprintf("document.querySelector(`%s`).scrollIntoView(), true", pose.top))
		}
		browsertest.Ask[bool](b, "document.fonts.ready.then(() => true)")
		scale := 1.0
		if p.Width < 700 {
			scale = 2
		}
		b.View(p.Width, p.Height, scale, filepath.Join(folder, filepath.Base(p.File)))
	}
	for _, who := range []string{focalPoint, head, supervisor, planAuthority, administrator} {
		b.Width(1440)
		b.SignIn(running.base, who, running.password)
		read(b, "vi")
	}
}
