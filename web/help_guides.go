package web

import (
	"fmt"

	"dondoc/internal/policy"
)

// guide is what one kind of person needs to know to begin: a handful of steps
// that take five minutes to read. The words are help.<slug>.…
type guide struct {
	Slug string
	// role is whose guide it is; empty: that of leaders, who act in several.
	role  policy.Role
	steps []guideStep
}

// guideStep is a step with or without a picture of the real page.
type guideStep struct {
	// picture is the file's name without language and ending; empty: none.
	picture string
	// phone: the picture was taken at the width of a phone.
	phone bool
}

var guides = []guide{
	{"dau-moi", policy.FocalPoint, []guideStep{{"dau-moi-viec", true}, {"dau-moi-bao-cao", true}, {}, {"dau-moi-dien-bien", true}, {}}},
	{"thu-truong", policy.Head, []guideStep{{"thu-truong-viec", true}, {}, {}, {}}},
	{"theo-doi", policy.Supervisor, []guideStep{{"theo-doi-bang", false}, {"theo-doi-xac-nhan", false}, {"theo-doi-don-doc", false}, {}, {}}},
	{"lanh-dao", "", []guideStep{{"lanh-dao-trang", false}, {"lanh-dao-danh-sach", false}, {}}},
	{"ban-hanh", policy.PlanAuthority, []guideStep{{"ban-hanh-van-ban", false}, {"ban-hanh-muc-tieu", false}, {"ban-hanh-tai-tep", false}, {}, {}}},
	{"quan-tri", policy.Administrator, []guideStep{{"quan-tri-nguoi", false}, {"quan-tri-co-quan", false}, {}, {}}},
	{"kiem-tra", policy.Auditor, []guideStep{{}, {"kiem-tra-ky", false}, {}}},
}

// file is where the picture lies below static, in a language.
func (s guideStep) file(language string) string {
	return fmt.Sprintf("help/%s-%s.webp", s.picture, language)
}

// The sizes of the pictures, in CSS pixels.
const (
	phonePicture, phonePictureHeight = 360, 600
	deskPicture, deskPictureHeight   = 1280, 768
)

// GuidePicture is a picture that a guide shows, for whoever takes them.
type GuidePicture struct {
	Name          string // "dau-moi-viec"
	File          string // below static, in the language
	Language      string
	Width, Height int64 // of the window, in CSS pixels
}

// GuidePictures lists every picture of the guides in both languages.
func GuidePictures() []GuidePicture {
	var list []GuidePicture
	for _, code := range []string{"vi", "en"} {
		for _, g := range guides {
			for _, s := range g.steps {
				if s.picture == "" {
					continue
				}
				p := GuidePicture{s.picture, s.file(code), code, deskPicture, deskPictureHeight}
				if s.phone {
					p.Width, p.Height = phonePicture, phonePictureHeight
				}
				list = append(list, p)
			}
		}
	}
	return list
}
