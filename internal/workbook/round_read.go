package workbook

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/task"
)

// Recorded is what a table of units says: what is to be recorded, row by row.
type Recorded struct {
	Records []task.RecordInput
	// Places knows the fields as "records[2].figures.kt-luot", and the row as "records[2]".
	Places Places
}

// ReadRound reads the table of a round's units. Which tasks its hidden ids name
// is not judged here. Everything that is wrong is named at once, by cell.
func ReadRound(content []byte, r Round, otherwise Received) (Recorded, error) {
	b, err := read(content, roundRows)
	if err != nil {
		return Recorded{}, err
	}
	if err := r.check(b.facts()); err != nil {
		return Recorded{}, err
	}
	reader := roundReader{book: b, round: r, otherwise: otherwise, recorded: Recorded{Places: Places{}}, seen: map[int64]position{}}
	if err := reader.find(); err != nil {
		return Recorded{}, err
	}
	for _, l := range reader.page.rows {
		if l.number > reader.head {
			reader.row(l)
		}
	}
	if err := incomplete(reader.faults); err != nil {
		return Recorded{}, err
	}
	switch n := len(reader.recorded.Records); {
	case n == 0:
		return Recorded{}, refuse("sheet.nothing", "Chưa có dòng nào được điền. Điền số liệu và thời điểm nhận của các đơn vị đã gửi.",
			"No row is filled in. Give the figures and the time of receipt of the units that reported.")
	case n > task.MaxAtOnce:
		return Recorded{}, refuse("sheet.many", "Điền %d dòng, mỗi lần nạp tối đa %d. Chia thành nhiều lần.", "%d rows are filled in, at most %d are taken at once. Send them in parts.", n, task.MaxAtOnce)
	}
	return reader.recorded, nil
}

func (r Round) check(h hidden) error {
	switch {
	case h == nil:
		return noFacts()
	case h["layout"] != layoutVersion || h["kind"] != "round":
		return refuse("sheet.kind", "Đây không phải biểu tổng hợp của một kỳ. Tải “Biểu tổng hợp” của kỳ này rồi điền vào đó.",
			"This is not the table of a round's units. Download that of this round and fill it in.")
	case h["plan"] != r.PlanCode || h["duty"] != r.DutyCode:
		return refuse("sheet.duty", "Biểu này của nhiệm vụ khác (%s · %s), không phải %s · %s.", "The table belongs to another duty (%s · %s), not to %s · %s.", h["plan"], h["duty"], r.PlanCode, r.DutyCode)
	case h["period"] != r.PeriodKey || h.number("round") != r.ID:
		return refuse("sheet.period", "Biểu này của kỳ khác (%s), không phải %s. Tải lại biểu của đúng kỳ.", "The table is that of another period (%s), not %s. Download that of this period.",
			calendar.LabelOf(h["period"], "vi"), calendar.LabelOf(r.PeriodKey, "vi"))
	case h["form"] != r.hash():
		return refuse("sheet.outdated", "Biểu mẫu đã thay đổi từ lúc tải về. Tải bản mới, chép số liệu sang rồi nạp lại.",
			"The form has changed since it was downloaded. Download the new one, copy the figures over and send that.")
	}
	return nil
}

// roundReader reads a table of units.
type roundReader struct {
	*book
	round     Round
	otherwise Received
	page      *page
	head      int            // the last row above the units
	columns   map[string]int // of each field
	keyColumn int
	recorded  Recorded
	seen      map[int64]position
	faults    []*fault.Fault
}

func (r *roundReader) fail(f *fault.Fault) {
	if f != nil {
		r.faults = append(r.faults, f)
	}
}

// find looks for the table by its keys, or for columns by their headings.
func (r *roundReader) find() error {
	for _, s := range r.sheets {
		columns := map[string]int{}
		for _, l := range s.rows {
			for _, c := range l.cells {
				key, ok := strings.CutPrefix(c.value, keyPrefix)
				switch {
				case !ok || c.kind != text:
				case strings.HasPrefix(c.value, keyTask), c.value == keySent:
					r.keyColumn, r.page = c.at.column, s
				case columns[key] == 0:
					columns[key] = c.at.column
				}
			}
			if r.page != nil && r.page == s {
				break
			}
		}
		if r.page == nil {
			continue
		}
		r.columns = columns
		for _, l := range s.rows {
			if l.column([]string{wordAgency[0], wordAgency[1]}) != 0 && l.column([]string{wordReceived[0], wordReceived[1]}) != 0 {
				r.head = l.number
				r.headed(l)
				break
			}
		}
		return r.complete()
	}
	return refuse("sheet.headings", "Không tìm thấy bảng các đơn vị, hoặc cột ẩn đã bị xóa. Tải lại biểu tổng hợp rồi điền vào đó.",
		"There is no table of units, or its hidden column was deleted. Download the table again and fill that in.")
}

// headed finds the columns whose keys are gone by their headings.
func (r *roundReader) headed(l line) {
	for _, c := range r.round.columns() {
		if r.columns[c.key] == 0 {
			r.columns[c.key] = l.column(c.headings[:])
		}
	}
}

func (r *roundReader) complete() error {
	if r.head == 0 {
		return refuse("sheet.headings", "Không tìm thấy dòng tiêu đề có “%s” và “%s”. Tải lại biểu tổng hợp, giữ nguyên dòng tiêu đề.",
			"There is no row of headings with %[3]q and %[4]q. Download the table again and keep its headings.", wordAgency[0], wordReceived[0], wordAgency[1], wordReceived[1])
	}
	for _, c := range r.round.columns() {
		if r.columns[c.key] == 0 {
			r.fail(at(position{1, r.head}, fault.New(fault.Invalid, "sheet.column", "bảng không còn cột “%s”. Ghi lại tên cột.", "the table lacks the column %[2]q. Put its name back.", c.headings[0], c.headings[1])))
		}
	}
	return incomplete(r.faults)
}

// at is the cell of a field in a row; for words one that was merged over several
// rows says the same of each of them.
func (r *roundReader) at(l line, key string) (cell, bool) {
	p := position{r.columns[key], l.number}
	if c, ok := l.at(p.column); ok {
		return c, true
	}
	if m, ok := r.page.merged(p); ok {
		c, found := r.page.line(m.from.row).at(m.from.column)
		if found && strings.HasPrefix(key, keyFigures) {
			r.fail(at(p, fault.New(fault.Invalid, "sheet.merged", "ô bị gộp với ô %s nên không biết số thuộc đơn vị nào. Bỏ gộp ô rồi ghi riêng từng số.",
				"the cell is merged with %s, so the figure could be either's. Unmerge them and give each its own.", m.from)))
			return cell{}, false
		}
		return c, found
	}
	return cell{}, false
}

// row reads one unit's row; one with nothing of its own typed in is passed over.
func (r *roundReader) row(l line) {
	filled := false
	for _, c := range r.round.columns() {
		own, ok := l.at(r.columns[c.key])
		filled = filled || ok && !own.blank()
	}
	key, named := l.at(r.keyColumn)
	number, owed := strings.CutPrefix(key.value, keyTask)
	if !filled || named && key.value == keySent {
		return
	}
	id, err := strconv.ParseInt(number, 10, 64)
	switch {
	case !named || !owed || err != nil || id <= 0:
		r.fail(at(position{1, l.number}, fault.New(fault.Invalid, "sheet.row", "dòng này không thuộc biểu (không có mã việc). Chép số liệu vào đúng dòng của đơn vị, hoặc xóa dòng.",
			"this row is not the table's (it names no task). Copy the figures into the unit's own row, or delete it.")))
		return
	case r.seen[id] != position{}:
		r.fail(at(position{1, l.number}, fault.New(fault.Invalid, "sheet.twice", "dòng này là bản chép của dòng %d. Xóa một trong hai dòng.", "this row is a copy of row %d. Delete one of the two.", r.seen[id].row)))
		return
	}
	r.seen[id] = position{1, l.number}
	i := len(r.recorded.Records)
	r.recorded.Places[task.RecordField(i, "")] = position{1, l.number}
	r.recorded.Records = append(r.recorded.Records, r.record(l, i, id))
}

func (r *roundReader) record(l line, i int, id int64) task.RecordInput {
	in := task.RecordInput{TaskID: id, Content: task.Content{Kind: task.Report}, ReceivedAt: r.otherwise.At, Channel: r.otherwise.Channel, Evidence: r.otherwise.Evidence}
	var texts []string
	var sections []task.Section
	for _, c := range r.round.columns() {
		r.recorded.Places[task.RecordField(i, c.key)] = position{r.columns[c.key], l.number}
		value, present := r.at(l, c.key)
		if strings.HasPrefix(c.key, keyText) {
			sections = append(sections, task.Section{Heading: c.headings[0]})
			texts = append(texts, r.words(value))
			continue
		}
		if present {
			r.take(&in, c, value)
		}
	}
	r.explain(&in, l, i)
	if len(sections) > 0 {
		r.recorded.Places[task.RecordField(i, "narrative")] = r.recorded.Places[task.RecordField(i, keyText+"0")]
	}
	in.Narrative = task.JoinSections(texts, sections)
	if f := fault.Of(task.CheckFigures(in.Figures, Fields(r.round.Form))); f != nil {
		for _, d := range f.Details {
			r.fail(r.recorded.Places.locate(d.At(task.RecordField(i, d.Field))))
		}
	}
	return in
}

// explain has the explanation of a row answer for each of its figures: sending
// keeps those that are asked for.
func (r *roundReader) explain(in *task.RecordInput, l line, i int) {
	place, asked := r.recorded.Places[task.RecordField(i, "explanations")]
	if !asked {
		return
	}
	c, _ := r.at(l, "explanations")
	why := r.words(c)
	for _, f := range in.Figures {
		r.recorded.Places[task.RecordField(i, keyExplanations+f.Indicator)] = place
		if f.Value != "" && why != "" {
			in.Explanations = append(in.Explanations, task.Explanation{Indicator: f.Indicator, Text: why})
		}
	}
}

func (r *roundReader) words(c cell) string {
	if f := c.standing(); f != nil {
		r.fail(f)
		return ""
	}
	return prose(c)
}

// take takes one cell into a record.
func (r *roundReader) take(in *task.RecordInput, column columnKind, c cell) {
	if column.row.Code != "" {
		value, f := r.figure(c, column.row)
		r.fail(f)
		in.Figures = append(in.Figures, task.Figure{Indicator: column.row.Code, Value: value})
		return
	}
	var f *fault.Fault
	switch column.key {
	case "kind":
		in.Kind, f = kindOf(c)
	case "document_number":
		in.DocumentNumber = r.words(c)
	case "document_on":
		in.DocumentOn, f = r.on(c)
	case "signatory_title":
		in.SignatoryTitle = r.words(c)
	case "received_at":
		var at time.Time
		if at, f = r.moment(c, r.round.Zone); f == nil {
			in.ReceivedAt = at.UTC()
		}
	case "channel":
		in.Channel, f = channelOf(c)
	case "evidence":
		in.Evidence = r.words(c)
	}
	r.fail(f)
}

// kindOf reads which of the two a person chose.
func kindOf(c cell) (task.Kind, *fault.Fault) {
	switch plain(c.value) {
	case plain(wordNil[0]), plain(wordNil[1]):
		return task.NilReturn, nil
	case plain(wordReport[0]), plain(wordReport[1]), "":
		return task.Report, nil
	}
	return task.Report, at(c.at, fault.New(fault.Invalid, "submission.kind", "chọn “%[1]s” hoặc “%[2]s”.", "choose %[3]q or %[4]q.", wordReport[0], wordNil[0], wordReport[1], wordNil[1]))
}

func channelOf(c cell) (task.Channel, *fault.Fault) {
	for channel, names := range channelNames {
		if slices.ContainsFunc(append(names[:], string(channel)), func(n string) bool { return plain(n) == plain(c.value) }) {
			return channel, nil
		}
	}
	return "", at(c.at, fault.New(fault.Invalid, "record.channel", "“%s” không có trong danh sách hình thức nhận. Chọn trong danh sách của ô.", "%q is none of the ways by which results come. Choose from the cell's list.", c.value))
}
