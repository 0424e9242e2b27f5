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

// table is where the form stands in its sheet.
type table struct {
	*page
	keys  map[string]int // the row of each key
	names map[string]int // the row of each indicator that has no key any more
	head  int            // the row of the headings
	typed int            // the column of the figures of the period
	twice position       // a line that is a copy of another one
}

// find looks for the sheet with the form: by its keys, or by its headings.
func (b *book) find(f Form) (table, error) {
	for _, s := range b.sheets {
		if t, ok := s.tableOf(f); ok {
			return t, t.check(f)
		}
	}
	return table{}, refuse("sheet.headings", "Không tìm thấy bảng có các cột “%s” và “%s”. Tải lại biểu mẫu, giữ nguyên dòng tiêu đề.",
		"There is no table with the columns %q and %q. Download the form again and keep its headings.", wordName[0], form.ColumnInPeriod.Heading("vi"))
}

func (s *page) tableOf(f Form) (table, bool) {
	t := table{page: s, keys: map[string]int{}, names: map[string]int{}}
	nameColumn := 0
	for _, l := range s.rows {
		for _, c := range l.cells {
			if key, ok := strings.CutPrefix(c.value, keyPrefix); ok && c.kind == text {
				if t.keys[key] != 0 && t.twice == (position{}) {
					t.twice = c.at
				}
				t.keys[key] = l.number
			}
		}
		name, typed := l.column(wordName[:]), l.column(headingsOf(form.ColumnInPeriod))
		if t.head == 0 && name != 0 && typed != 0 {
			t.head, t.typed, nameColumn = l.number, typed, name
		}
	}
	if t.head == 0 {
		return t, t.keys["head"] != 0
	}
	for _, l := range s.rows {
		if c, ok := l.at(nameColumn); ok && l.number > t.head {
			t.names[plain(c.value)] = l.number
		}
	}
	return t, true
}

func headingsOf(c form.Column) []string { return []string{c.Heading("vi"), c.Heading("en")} }

// check refuses a table that has lost the column of what is asked for, or has a
// row twice.
func (t table) check(f Form) error {
	if t.twice.row != 0 {
		return at(position{1, t.twice.row}, fault.New(fault.Invalid, "sheet.twice", "dòng này là bản chép của một dòng khác trong biểu. Xóa một trong hai dòng.",
			"this row is a copy of another one of the form. Delete one of the two."))
	}
	if t.typed != 0 || len(f.Rows()) == 0 {
		return nil
	}
	return at(position{1, t.keys["head"]}, fault.New(fault.Invalid, "sheet.headings", "dòng tiêu đề không còn cột “%s”. Ghi lại tên cột.",
		"the headings lack the column %q. Put its name back.", form.ColumnInPeriod.Heading("vi")))
}

// column is the column with one of the headings; 0: there is none.
func (l line) column(headings []string) int {
	for _, c := range l.cells {
		for _, h := range headings {
			if c.kind == text && plain(c.value) == plain(h) {
				return c.at.column
			}
		}
	}
	return 0
}

func (l line) at(column int) (cell, bool) {
	i := slices.IndexFunc(l.cells, func(c cell) bool { return c.at.column == column })
	if i < 0 {
		return cell{}, false
	}
	return l.cells[i], true
}

func (s *page) line(number int) line {
	i := slices.IndexFunc(s.rows, func(l line) bool { return l.number == number })
	if i < 0 {
		return line{number: number}
	}
	return s.rows[i]
}

// merged is the block that a cell is a part of, other than its first.
func (s *page) merged(p position) (span, bool) {
	for _, m := range s.merges {
		if m.covers(p) && m.from != p {
			return m, true
		}
	}
	return span{}, false
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
