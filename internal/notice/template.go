package notice

import (
	"slices"
	"strings"
	"time"

	"dondoc/internal/fault"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
)

// TemplateKind names the words of one kind of message: of a section of notices,
// by the first of its kinds, of the same where it is a request ("đề nghị"), of the
// weekly digest, or of mail about an account.
type TemplateKind string

// requestedSuffix marks the words for requests.
const requestedSuffix = "_requested"

// Template are the words of one kind in one language. What they are filled in with
// stands in braces: "{count} việc quá hạn". Links, Message-IDs and the note at the
// end are the system's own and in no template.
type Template struct {
	Kind     TemplateKind
	Language string // "vi" or "en"
	Subject  string
	// SubjectOne is the subject for a single item, in English only; empty: Subject.
	SubjectOne string
	// Lead stands first, its first line as a heading; Closing below, may be empty.
	Lead, Closing string
	// Version is that of what is kept; 0: nobody has ever changed these words.
	Version int
}

// KeptTemplate is a template as it stands in the system.
type KeptTemplate struct {
	Template
	// Own: an administrator's words; else the standard ones.
	Own       bool
	ChangedAt *time.Time
	ChangedBy string
	// Broken says why an administrator's words cannot be used, so that the standard
	// ones go out; nil: nothing is wrong with them.
	Broken *fault.Fault
}

// TemplateList are the templates of all kinds, both languages of each together.
type TemplateList struct {
	Templates []KeptTemplate
	// MayChange: the reader may change them.
	MayChange bool
}

// Placeholder is what a template may be filled in with.
type Placeholder struct {
	Name string
	// Needed is the field that cannot do without it; empty: none.
	Needed string
}

// TemplateSpec is what the templates of one kind may hold.
type TemplateSpec struct {
	Kind TemplateKind
	// Requested: the words of Of for requests.
	Requested bool
	Of        TemplateKind
	// Counts: the subject counts items, so that English tells one from many.
	Counts bool
	// Closes: something has to be said below the link.
	Closes       bool
	Placeholders []Placeholder
}

// Languages of templates, in the order in which they are shown.
var Languages = []string{"vi", "en"}

// The limits of a template's texts, in characters.
const (
	MaxTemplateSubject = 120
	MaxTemplateText    = 500
)

// TemplateSpecs are all kinds in the order in which a message tells of them.
func TemplateSpecs() []TemplateSpec { return slices.Clone(templateSpecs) }

// SpecOf finds a kind.
func SpecOf(kind TemplateKind) (TemplateSpec, bool) {
	at := slices.IndexFunc(templateSpecs, func(s TemplateSpec) bool { return s.Kind == kind })
	if at < 0 {
		return TemplateSpec{}, false
	}
	return templateSpecs[at], true
}

var templateSpecs = func() []TemplateSpec {
	var specs []TemplateSpec
	for _, p := range allParts {
		of := p.template(false)
		placeholders := []Placeholder{{Name: "count", Needed: "subject"}, {Name: "recipient"}, {Name: "agency"}}
		if p.showDue {
			placeholders = append(placeholders, Placeholder{Name: "due"})
		}
		specs = append(specs, TemplateSpec{Kind: of, Of: of, Counts: true, Placeholders: placeholders})
		if requested := p.template(true); requested != of {
			specs = append(specs, TemplateSpec{
				Kind: requested, Of: of, Requested: true, Counts: true, Placeholders: placeholders,
			})
		}
	}
	specs = append(specs, TemplateSpec{
		Kind: digestTemplate, Of: digestTemplate, Placeholders: []Placeholder{{Name: "day"}, {Name: "recipient"}},
	})
	for _, kind := range AccountKinds {
		of := TemplateKind(kind)
		placeholders := []Placeholder{{Name: "recipient"}}
		if accountMail[kind].validity != [2]string{} {
			// Whoever is not told how long a link lives opens it too late.
			placeholders = append(placeholders, Placeholder{Name: "validity", Needed: "closing"})
		}
		specs = append(specs, TemplateSpec{Kind: of, Of: of, Closes: true, Placeholders: placeholders})
	}
	return specs
}()

// templateText is one field of a template with its rules.
type templateText struct {
	field         string
	text          *string
	limit         int
	needed, lines bool
}

func (t *Template) texts(s TemplateSpec) []templateText {
	return []templateText{
		{"subject", &t.Subject, MaxTemplateSubject, true, false},
		{"subject_one", &t.SubjectOne, MaxTemplateSubject, false, false},
		{"lead", &t.Lead, MaxTemplateText, true, true}, {"closing", &t.Closing, MaxTemplateText, s.Closes, true},
	}
}

// Clean brings a template into the form that is stored. Faults name the field, the
// place in it and how to mend it; an unknown kind or language is NotFound.
func (t Template) Clean() (Template, error) {
	spec, known := SpecOf(t.Kind)
	if !known || !slices.Contains(Languages, t.Language) {
		return t, fault.New(fault.NotFound, "template.unknown",
			"Không có mẫu thông báo này.", "There is no such template of notices.")
	}
	var faults []*fault.Fault
	for _, text := range t.texts(spec) {
		clean, f := spec.clean(text)
		if f != nil {
			faults = append(faults, f.At(text.field))
			continue
		}
		*text.text = clean
	}
	if t.SubjectOne != "" && (t.Language != "en" || !spec.Counts) {
		faults = append(faults, fault.New(fault.Invalid, "template.one",
			"Mẫu này không có tiêu đề riêng cho một việc. Để trống.",
			"These words have no subject of their own for a single item. Leave it empty.").At("subject_one"))
	}
	if len(faults) > 0 {
		return t, fault.New(fault.Invalid, "template.invalid",
			"Chưa dùng được. Có %d chỗ cần sửa.",
			"These words cannot be used. %d places need mending.", len(faults)).With(faults...)
	}
	return t, nil
}

// Texts are what is to be confirmed where it looks personal.
func (t Template) Texts() []privacy.Text {
	var texts []privacy.Text
	for _, text := range t.texts(TemplateSpec{}) {
		texts = append(texts, privacy.Text{Field: text.field, Text: *text.text})
	}
	return texts
}

func (s TemplateSpec) clean(t templateText) (string, *fault.Fault) {
	text, f := task.CleanText(*t.text, t.limit)
	if f != nil {
		return "", f
	}
	if text == "" {
		if t.needed {
			return "", fault.New(fault.Invalid, "template.missing",
				"Bắt buộc. Ghi nội dung này, hoặc khôi phục lời chuẩn.", "Required. Fill it in, or restore the standard words.")
		}
		return "", nil
	}
	if at := strings.IndexAny(text, "\n\r\u0085\u2028\u2029"); at >= 0 && !t.lines {
		return "", placed(text, at, "template.line",
			"tiêu đề chỉ có một dòng. Xóa chỗ xuống dòng.", "a subject is one line. Take the line break out.")
	}
	for _, link := range []string{"://", "www."} {
		// Case is folded byte by byte, so that places stay the same.
		if at := strings.Index(strings.Map(asciiLower, text), link); at >= 0 {
			return "", placed(text, at, "template.link",
				"không ghi đường dẫn ở đây. Xóa đi; hệ thống tự đặt đường dẫn đúng vào thư.",
				"no links here. Take it out; the system puts the right link into the mail.")
		}
	}
	if f := s.checkPlaceholders(text); f != nil {
		return "", f
	}
	for _, p := range s.Placeholders {
		if p.Needed == t.field && !strings.Contains(text, "{"+p.Name+"}") {
			return "", fault.New(fault.Invalid, "template.placeholder_missing",
				"Thiếu {%[1]s}. Đặt {%[1]s} vào chỗ cần hiện nội dung ấy.",
				"{%[1]s} is missing. Put {%[1]s} where it is to stand.", p.Name)
		}
	}
	return text, nil
}

func asciiLower(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// checkPlaceholders finds what stands in braces and is no placeholder of the kind.
func (s TemplateSpec) checkPlaceholders(text string) *fault.Fault {
	for at := 0; ; {
		next := strings.IndexAny(text[at:], "{}")
		if next < 0 {
			return nil
		}
		at += next
		end := strings.IndexAny(text[at+1:], "{}\n")
		if text[at] == '}' || end < 0 || text[at+1+end] != '}' {
			return placed(text, at, "template.brace", "dấu ngoặc nhọn lẻ. Viết chỗ điền như {recipient}, hoặc xóa dấu ngoặc.",
				"a brace of its own. Write placeholders like {recipient}, or take the brace out.")
		}
		name := text[at+1 : at+1+end]
		if !slices.ContainsFunc(s.Placeholders, func(p Placeholder) bool { return p.Name == name }) {
			return placed(text, at, "template.placeholder", "mẫu này không có chỗ điền ấy. Dùng: %[1]s.",
				"there is no such placeholder here. Use: %[1]s.", s.names())
		}
		at += len(name) + 2
	}
}

func (s TemplateSpec) names() string {
	var names []string
	for _, p := range s.Placeholders {
		names = append(names, "{"+p.Name+"}")
	}
	return strings.Join(names, ", ")
}

// placed is a fault at a place of a text, given in bytes; the sentences are formats
// for the arguments.
func placed(text string, at int, code, vi, en string, args ...any) *fault.Fault {
	before := text[:at]
	line := strings.Count(before, "\n") + 1
	column := len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1
	said := fault.New(fault.Invalid, code, vi, en, args...)
	f := fault.New(fault.Invalid, code, "Dòng %[1]d, ký tự thứ %[2]d: %[3]s",
		"Line %[1]d, character %[2]d: %[4]s", line, column, said.VI, said.EN)
	f.Line, f.Column = line, column
	return f
}
