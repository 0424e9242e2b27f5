package plan

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"dondoc/internal/calendar"
)

// reader carries one reading: the plan that grows and the faults found so far.
type reader struct {
	name     string
	open     func(path string) ([]byte, error)
	problems Problems
	bad      map[*yaml.Node]bool
	plan     *Plan
	zone     *time.Location
	defaults defaults

	agencies   index
	groups     index
	bodies     index
	indicators index
	duties     index
	forms      index
	sheets     index
	// classes are those of each score sheet.
	classes  map[string]index
	policies index

	tree      *tree
	groupDefs map[string]*groupDef
	// dutyDefs are the duties as written, nested ones included, in order.
	dutyDefs []*dutyDef
	// later are checks of references that can only be made when all is read.
	later []func()
	// dueFaulty are due rules already found wrong: one report is enough.
	dueFaulty map[*yaml.Node]bool
}

// index maps the codes of one kind of thing to where they are written.
type index map[string]place

// Read reads a plan file. The name is used in messages; open returns the bytes
// of a file named in the plan, by its slash-separated path relative to the plan
// file. All faults are reported at once, in the order of their positions. With
// an error among them the plan is nil; warnings alone leave it usable. Read does
// no I/O but through open, reads no clock, and does not panic on any input.
func Read(name string, source []byte, open func(path string) ([]byte, error)) (*Plan, Problems) {
	r := &reader{
		name: name, open: open, bad: map[*yaml.Node]bool{}, plan: &Plan{},
		agencies: index{}, groups: index{}, bodies: index{}, indicators: index{},
		duties: index{}, forms: index{}, policies: index{}, sheets: index{}, classes: map[string]index{},
		groupDefs: map[string]*groupDef{}, dueFaulty: map[*yaml.Node]bool{},
	}
	if root := r.load(source); root != nil {
		r.read(root)
	}
	problems := r.problems.sorted(name)
	if problems.HasErrors() {
		return nil, problems
	}
	return r.plan, problems
}

func (r *reader) read(root *yaml.Node) {
	v := view{r, root, ""}
	if root.Kind == yaml.MappingNode && v.has("format") && v.text("format") != fmt.Sprint(FormatVersion) {
		// Another version has other keys: their faults would only confuse.
		r.fail(v.node("format"), "format", "format.version", "bản này chỉ đọc format: %d; hãy nâng cấp chương trình hoặc sửa tệp", "only format: %d is understood; upgrade the program or change the file", FormatVersion)
		return
	}
	r.check(root, fileShape, "")
	if root.Kind != yaml.MappingNode {
		return
	}
	p := r.plan
	p.Format = v.number("format", 0)
	p.Code = v.text("code")
	p.Document = r.document(v.view("document"))
	r.validity(v)
	r.readDefaults(v.view("defaults"))

	r.readAgencies(v)
	p.Issuer = r.agencyRef(v, "issuer")
	p.Standing = r.agencyRef(v, "standing")
	if p.Standing == "" {
		p.Standing = p.Issuer
	}
	r.collectDuties(v.views("duties"), "", 0)
	r.readGroups(v.views("groups"))
	r.readIndicators(v.views("indicators"))
	r.readForms(v.views("forms"))
	r.readPolicies(v.views("policies"))
	r.readBodies(v.views("bodies"))
	for _, b := range v.views("legal_bases") {
		p.LegalBases = append(p.LegalBases, r.legalBasis(b))
	}
	items := index{}
	for _, i := range v.views("purposes") {
		p.Purposes = append(p.Purposes, r.item(i, items))
	}
	for _, i := range v.views("content") {
		p.Content = append(p.Content, r.item(i, items))
	}
	r.readScoreSheets(v.views("score_sheets"))
	r.readTargets(v.views("targets"))
	for _, d := range r.dutyDefs {
		p.Duties = append(p.Duties, r.duty(d))
	}
	r.checkCovered()
	r.checkConsolidated()
	r.checkStanding()
	r.checkRenamed()
	r.readTemplates(v.views("templates"))
	r.readImplements(v.view("implements"))
	r.readReporting(v.views("reporting"))
	r.readBudget(v.views("budget"))
	for _, check := range r.later {
		check()
	}
	for code, at := range r.agencies {
		if _, known := p.Named[code]; !known {
			r.mention(code, at, "agencies")
		}
	}
}

func (r *reader) document(v view) Document {
	d := Document{
		Type: v.text("type"), Title: v.text("title"), Number: v.text("number"),
		IssuedOn: v.date("issued_on"), Level: v.text("level"), Territory: v.text("territory"),
		Topic: v.text("topic"), Source: v.text("source"), TextFile: v.text("text_file"),
	}
	if d.TextFile != "" {
		if _, ok := r.fetch(v.node("text_file"), v.at("text_file"), d.TextFile); !ok {
			d.TextFile = ""
		}
	}
	return d
}

func (r *reader) validity(v view) {
	p := r.plan
	p.ValidFrom, p.ValidTo = v.date("valid_from"), v.date("valid_to")
	if !p.ValidFrom.IsZero() && !p.ValidTo.IsZero() && p.ValidTo.Before(p.ValidFrom) {
		r.fail(v.node("valid_to"), "valid_to", "validity.order", "valid_to (%s) trước valid_from (%s); hãy đổi lại", "valid_to (%s) is before valid_from (%s); exchange or correct them", p.ValidTo, p.ValidFrom)
		p.ValidTo = calendar.Date{}
	}
	if years := p.ValidTo.Year - p.ValidFrom.Year; years > 50 {
		r.fail(v.node("valid_to"), "valid_to", "validity.length", "kế hoạch dài %d năm; hãy kiểm tra lại năm", "the plan lasts %d years; check the year", years)
		p.ValidTo = calendar.Date{}
	}
	p.TimeZone = v.textOr("time_zone", DefaultTimeZone)
	zone, err := time.LoadLocation(p.TimeZone)
	if err != nil || p.TimeZone == "Local" {
		r.fail(v.node("time_zone"), "time_zone", "time_zone.unknown", "không có múi giờ %q; dùng tên IANA như Asia/Ho_Chi_Minh", "there is no time zone %q; use an IANA name such as Asia/Ho_Chi_Minh", clip(p.TimeZone))
		zone = time.UTC
	}
	r.zone = zone
}

func (r *reader) legalBasis(v view) LegalBasis {
	b := LegalBasis{
		Number: v.text("number"), Name: v.text("name"), Date: v.date("date"), Issuer: v.text("issuer"),
		Subject: v.text("subject"), Kind: v.textOr("kind", "reference"), Lines: v.numbers("lines"),
	}
	if b.Number == "" && b.Name == "" {
		r.fail(v.n, v.path, "legal_basis.unnamed", "cần number hoặc name để biết là văn bản nào", "give number or name, so that one knows which document it is")
	}
	return b
}

func (r *reader) item(v view, codes index) Item {
	i := Item{Code: v.text("code"), Reference: v.text("reference"), Text: v.text("text"), Line: v.number("line", 0)}
	r.unique(codes, v, "mục", "item")
	i.RealisedBy = r.dutyRefs(v, "realised_by")
	return i
}

// fetch opens a file that the plan names, or records why that cannot be.
func (r *reader) fetch(n *yaml.Node, path, file string) ([]byte, bool) {
	if !local(file) {
		r.fail(n, path, "file.path", "%q: chỉ dùng đường dẫn tương đối trong thư mục của tệp kế hoạch", "%q: use a relative path inside the plan file's folder", clip(file))
		return nil, false
	}
	if r.open == nil {
		r.fail(n, path, "file.open", "không mở được %q: chỉ có một tệp được gửi lên", "cannot open %q: only one file was handed in", clip(file))
		return nil, false
	}
	content, err := r.open(file)
	if err != nil {
		r.fail(n, path, "file.open", "không mở được %q: %v", "cannot open %q: %v", clip(file), err)
		return nil, false
	}
	if len(content) > MaxSize {
		r.fail(n, path, "file.size", "%q lớn hơn %d MB", "%q is larger than %d MB", clip(file), MaxSize>>20)
		return nil, false
	}
	if !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 {
		r.fail(n, path, "file.encoding", "%q không phải văn bản UTF-8; hãy lưu lại bằng bảng mã UTF-8", "%q is no UTF-8 text; save it as UTF-8", clip(file))
		return nil, false
	}
	if r.plan.Files == nil {
		r.plan.Files = map[string]string{}
	}
	r.plan.Files[file] = string(content)
	return content, true
}

// local reports whether a slash-separated path stays below the plan's folder.
func local(path string) bool {
	if path == "" || strings.HasPrefix(path, "/") || strings.ContainsAny(path, "\\:\x00") {
		return false
	}
	for part := range strings.SplitSeq(path, "/") {
		if part == ".." {
			return false
		}
	}
	return true
}

// unique records the code of a thing and refuses a second one.
func (r *reader) unique(codes index, v view, vi, en string) bool {
	return r.uniqueAt(codes, v.text("code"), r.at(v.node("code")), v.at("code"), vi, en)
}

func (r *reader) uniqueAt(codes index, code string, at place, path, vi, en string) bool {
	if code == "" {
		return false
	}
	if first, taken := codes[code]; taken {
		where := fmt.Sprintf("%d", first.line)
		if first.file != at.file {
			where = fmt.Sprintf("%d (%s)", first.line, first.file)
		}
		r.report(SeverityError, at, path, "code.duplicate", "mã %[3]s %[1]q đã có ở dòng %[2]s; mỗi %[3]s cần một mã riêng", "%[4]s code %[1]q is already used on line %[2]s; give each %[4]s a code of its own", code, where, vi, en)
		return false
	}
	codes[code] = at
	return true
}
