package workbook

import (
	"slices"
	"strconv"
	"strings"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/form"
	"dondoc/internal/task"
)

// Typed is what a form's sheet says.
type Typed struct {
	// Version is the task's and Draft the draft's when the sheet was made.
	Version, Draft int
	Content        task.Content
	Places         Places
}

// Places tells for each field of a content where it was read.
type Places map[string]position

// Locate names the cells of what was refused: "Ô D7: …". A fault of a field that
// stands in no cell stays as it is.
func (p Places) Locate(err error) error {
	f := fault.Of(err)
	if f == nil {
		return err
	}
	return p.locate(f)
}

func (p Places) locate(f *fault.Fault) *fault.Fault {
	named := *f
	place, ok := p[f.Field]
	if !ok { // a field without a cell of its own stands in its row
		row, _, _ := strings.Cut(f.Field, ".")
		place, ok = p[row]
	}
	if ok && place.row > 0 && f.Field != "" {
		named = *at(place, f)
	}
	named.Details = nil
	for _, d := range f.Details {
		named.Details = append(named.Details, p.locate(d))
	}
	return &named
}

// ReadForm reads the sheet of a form as it is now. Everything that is wrong is
// named at once, by cell; what is right of a sheet with faults is not returned.
func ReadForm(content []byte, f Form) (Typed, error) {
	b, err := read(content, formRows)
	if err != nil {
		return Typed{}, err
	}
	facts := b.facts()
	if err := f.check(facts); err != nil {
		return Typed{}, err
	}
	table, err := b.find(f)
	if err != nil {
		return Typed{}, err
	}
	r := formReader{book: b, form: f, table: table, typed: Typed{
		Version: int(facts.number("version")), Draft: int(facts.number("draft")), Content: task.Content{Kind: task.Report}, Places: Places{},
	}}
	r.read()
	return r.typed, incomplete(r.faults)
}

// incomplete names everything that keeps a sheet from being taken in.
func incomplete(faults []*fault.Fault) error {
	if len(faults) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "sheet.invalid", "Chưa nạp được biểu. Có %d ô cần sửa; chưa có gì được ghi.",
		"The sheet was not taken in. %d cells need mending; nothing was kept.", len(faults)).With(faults...)
}

// check refuses what is another form, or another unit's or period's, or an older one.
func (f Form) check(h hidden) error {
	switch {
	case h == nil:
		return noFacts()
	case h["layout"] != layoutVersion || h["kind"] != "form":
		return refuse("sheet.kind", "Đây không phải biểu mẫu của một việc. Tải “Biểu mẫu Excel” ở trang của việc này rồi điền vào đó.",
			"This is not the form of one task. Download the form at the page of this task and fill that in.")
	case h["agency"] != f.AgencyCode:
		return refuse("sheet.agency", "Biểu này của đơn vị khác (%s), không phải của %s. Tải lại biểu mẫu của đơn vị.",
			"The sheet is another agency's (%s), not that of %s. Download the agency's own form.", h["agency_name"], f.AgencyName)
	case h["plan"] != f.PlanCode || h["duty"] != f.DutyCode:
		return refuse("sheet.duty", "Biểu này của nhiệm vụ khác (%s · %s), không phải %s · %s. Tải lại biểu mẫu ở trang của việc này.",
			"The sheet belongs to another duty (%s · %s), not to %s · %s. Download the form at the page of this task.", h["plan"], h["duty"], f.PlanCode, f.DutyCode)
	case h["period"] != f.PeriodKey:
		return refuse("sheet.period", "Biểu này của kỳ khác (%s), không phải %s. Tải lại biểu mẫu của đúng kỳ.",
			"The sheet is that of another period (%s), not %s. Download the form of this period.", calendar.LabelOf(h["period"], "vi"), calendar.LabelOf(f.PeriodKey, "vi"))
	case h.number("task") != f.TaskID:
		return refuse("sheet.task", "Biểu này của một việc khác. Tải lại biểu mẫu ở trang của việc này.",
			"The sheet belongs to another task. Download the form at the page of this task.")
	case h["form"] != f.hash():
		return refuse("sheet.outdated", "Biểu mẫu đã thay đổi từ lúc tải về. Tải bản mới, chép số liệu sang rồi nạp lại.",
			"The form has changed since it was downloaded. Download the new one, copy the figures over and send that.")
	}
	return nil
}

func noFacts() error {
	return refuse("sheet.unknown", "Tệp không phải biểu mẫu tải từ hệ thống, hoặc đã mất phần ẩn (do chép sang tệp khác). Tải lại biểu mẫu rồi điền thẳng vào đó.",
		"The file is no form of this system, or has lost its hidden part by being copied into another file. Download the form and fill in that file itself.")
}

// formReader reads a form's table.
type formReader struct {
	*book
	form   Form
	table  table
	typed  Typed
	faults []*fault.Fault
}

func (r *formReader) fail(f *fault.Fault) {
	if f != nil {
		r.faults = append(r.faults, f)
	}
}

func (r *formReader) read() {
	c := &r.typed.Content
	if r.form.NilReturn {
		c.Kind = r.kind()
	}
	for _, row := range r.form.Rows() {
		if row.Computed {
			continue
		}
		if value, ok := r.figure(row); ok {
			c.Figures = append(c.Figures, task.Figure{Indicator: row.Code, Value: value})
		}
	}
	r.bounds()
	c.Narrative = r.narrative()
	c.DocumentNumber = prose(r.beside("document_number", wordNumber))
	c.SignatoryTitle = prose(r.beside("signatory_title", wordTitle))
	if on := r.beside("document_on", wordOn); !on.blank() {
		var f *fault.Fault
		c.DocumentOn, f = r.on(on)
		r.fail(f)
	}
}

// bounds holds the figures against the bounds of their rows; sending holds them
// against everything else.
func (r *formReader) bounds() {
	if f := fault.Of(task.CheckFigures(r.typed.Content.Figures, Fields(r.form.Form))); f != nil {
		for _, d := range f.Details {
			r.fail(r.typed.Places.locate(d))
		}
	}
}

// Fields are the figures of a form as reports are checked by.
func Fields(f form.Form) []task.Field {
	var fields []task.Field
	for _, row := range f.Rows() {
		fields = append(fields, task.Field{
			Indicator: row.Code, Name: row.Name, UnitName: row.UnitName, Kind: string(row.Unit), Integer: row.Integer, Min: row.Min, Max: row.Max,
		})
	}
	return fields
}

// figure reads the figure of a row; ok is false where it cannot be read.
func (r *formReader) figure(row form.Row) (string, bool) {
	number, found := r.table.keys[keyFigures+row.Code]
	if !found {
		number, found = r.table.names[plain(row.Name)]
	}
	if !found {
		r.fail(at(position{r.table.typed, r.table.head}, fault.New(fault.Invalid, "sheet.row", "bảng không còn dòng “%s”. Tải lại biểu mẫu hoặc ghi lại tên chỉ tiêu ở cột “%s”.",
			"the table lacks the row %q. Download the form again, or put the name back into the column %q.", row.Name, wordName[0])))
		return "", false
	}
	p := position{r.table.typed, number}
	r.typed.Places[keyFigures+row.Code] = p
	r.explanation(row, number)
	if m, ok := r.table.merged(p); ok {
		r.fail(at(p, fault.New(fault.Invalid, "sheet.merged", "%s: ô bị gộp với ô %s nên không biết số thuộc dòng nào. Bỏ gộp ô rồi ghi riêng từng số.",
			"%s: the cell is merged with %s, so the figure could be either's. Unmerge them and give each its own.", row.Name, m.from)))
		return "", false
	}
	c, present := r.table.line(number).at(r.table.typed)
	if !present {
		return "", true
	}
	value, f := r.book.figure(c, row)
	r.fail(f)
	return value, f == nil
}

// explanation reads why a figure is far from what is expected.
func (r *formReader) explanation(row form.Row, number int) {
	if r.table.why == 0 {
		return
	}
	r.typed.Places[keyExplanations+row.Code] = position{r.table.why, number}
	c, _ := r.table.line(number).at(r.table.why)
	if f := c.standing(); f != nil {
		r.fail(f)
		return
	}
	if why := prose(c); why != "" {
		r.typed.Content.Explanations = append(r.typed.Content.Explanations, task.Explanation{Indicator: row.Code, Text: why})
	}
}

// beside is the input of a line with a label.
func (r *formReader) beside(key string, label words) cell {
	number, ok := r.table.keys[key]
	if !ok {
		return cell{}
	}
	r.typed.Places[key] = position{columnFirst, number}
	return r.input(key, number, label[:]...)
}

// input is what was filled in on a line: its first unlocked cell, or the first
// one that is neither label nor key.
func (r *formReader) input(key string, number int, labels ...string) cell {
	var found *cell
	for _, c := range r.table.line(number).cells {
		label := strings.HasPrefix(c.value, keyPrefix) || slices.ContainsFunc(labels, func(l string) bool { return plain(l) == plain(c.value) })
		if !label && (found == nil || c.unlocked && !found.unlocked) {
			found = &c
		}
	}
	if found == nil {
		return cell{}
	}
	r.typed.Places[key] = found.at
	if f := found.standing(); f != nil {
		r.fail(f)
		return cell{}
	}
	return *found
}

func (r *formReader) kind() task.Kind {
	kind, f := kindOf(r.beside("kind", wordKind))
	r.fail(f)
	return kind
}

func (r *formReader) narrative() string {
	var texts []string
	var sections []task.Section
	for i, a := range r.form.texts() {
		key := keyText + strconv.Itoa(i)
		sections = append(sections, task.Section{Heading: a.section.Heading})
		written := ""
		if number, ok := r.table.keys[key]; ok {
			r.typed.Places[key] = position{1, number}
			written = prose(r.input(key, number))
		}
		if i == 0 {
			r.typed.Places["narrative"] = r.typed.Places[key]
		}
		texts = append(texts, written)
	}
	return task.JoinSections(texts, sections)
}
