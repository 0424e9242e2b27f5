package paper

import (
	"slices"
	"strings"

	"dondoc/internal/fault"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
)

// maxHeadText is how many characters one text of a letterhead may have.
const maxHeadText = 200

// texts are the letterhead's texts by the names of their fields; those that must
// be there are marked.
func (l *Letterhead) texts() []struct {
	field  string
	text   *string
	needed bool
} {
	return []struct {
		field  string
		text   *string
		needed bool
	}{
		{"superior", &l.Superior, false}, {"name", &l.Name, true}, {"abbreviation", &l.Abbreviation, true}, {"place", &l.Place, false},
		{"collective", &l.Collective, false}, {"head", &l.Head, true}, {"signer", &l.Signer, l.Signing != SignsHead && l.Signing != SignsActing},
	}
}

// Clean brings a letterhead into the form that is stored. Faults name the field.
func (l Letterhead) Clean() (Letterhead, error) {
	var faults []*fault.Fault
	for _, t := range l.texts() {
		text, f := task.CleanText(strings.Join(strings.Fields(*t.text), " "), maxHeadText)
		if f != nil {
			faults = append(faults, f.At(t.field))
			continue
		}
		if t.needed && text == "" {
			faults = append(faults, fault.New(fault.Invalid, "letterhead.missing", "Bắt buộc. Ghi nội dung này.", "Required. Fill it in.").At(t.field))
		}
		*t.text = text
	}
	if !slices.Contains(Signings, l.Signing) {
		faults = append(faults, fault.New(fault.Invalid, "letterhead.signing",
			"Không có hình thức ký này.", "There is no such way of signing.").At("signing"))
	}
	if len(faults) > 0 {
		return l, fault.New(fault.Invalid, "letterhead.invalid",
			"Chưa lưu được. Có %d chỗ cần sửa.", "Not saved. %d places need mending.", len(faults)).With(faults...)
	}
	return l, nil
}

// Texts are what is to be confirmed where it looks personal.
func (l Letterhead) Texts() []privacy.Text {
	var texts []privacy.Text
	for _, t := range l.texts() {
		texts = append(texts, privacy.Text{Field: t.field, Text: *t.text})
	}
	return texts
}
