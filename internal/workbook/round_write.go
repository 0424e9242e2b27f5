package workbook

import (
	"io"
	"strconv"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/form"
	"dondoc/internal/indicator"
	"dondoc/internal/task"
)

// Round is one round of a duty with the units whose results a supervisor records
// ("ghi nhận thay"): a row for each unit, a column for each figure.
type Round struct {
	ID int64
	// Form is what the duty asks of each unit.
	Form                form.Form
	PlanCode, PlanTitle string
	DutyCode, DutyTitle string
	PeriodKey           string
	// Zone is the plan's: times of receipt are read in it.
	Zone              *time.Location
	NilReturn, Secret bool
	Units             []Unit
}

// Unit is one unit's row.
type Unit struct {
	TaskID     int64
	Code, Name string
	Status     task.Status
	// Owed: its result may be recorded; else the row only shows what came.
	Owed    bool
	Figures map[string]string // stored, by indicator
}

// Received says how results came, for rows that do not say so themselves.
type Received struct {
	At       time.Time
	Channel  task.Channel
	Evidence string
}

func (r Round) hash() string { return digest(r.Form, r.NilReturn, r.Secret) }

// texts are the headings of the texts that the form asks for.
func (r Round) texts() []string {
	var headings []string
	for _, a := range (Form{Filled: form.Filled{Form: r.Form}, Secret: r.Secret}).texts() {
		headings = append(headings, a.section.Heading)
	}
	return headings
}

var (
	wordAll      = words{"Tổng hợp", "All units"}
	wordCode     = words{"Mã đơn vị", "Agency code"}
	wordAgency   = words{"Đơn vị", "Agency"}
	wordStatus   = words{"Tình trạng", "Status"}
	wordReceived = words{"Thời điểm nhận", "Received at"}
	wordChannel  = words{"Hình thức nhận", "Received by"}
	wordEvidence = words{"Nơi lưu bản đã nhận", "Where the original is kept"}
	wordRows     = words{
		"Chỉ điền dòng của đơn vị đã gửi ngoài hệ thống, vào các ô màu vàng; dòng để trống thì bỏ qua. Thời điểm nhận ghi dạng 14:30 16/06/2026. Nạp lên: mọi dòng cùng được ghi nhận, hoặc không dòng nào.",
		"Fill in the rows of units that reported outside of the system, in the yellow cells; empty rows are passed over. Times as 14:30 16/06/2026. On upload either all rows are recorded or none.",
	}
)

// channelNames are the ways by which results come, as people choose them.
var channelNames = map[task.Channel]words{
	task.ChannelPaper:    {"Văn bản giấy", "Paper"},
	task.ChannelDocument: {"Trục liên thông văn bản", "Document system"},
	task.ChannelEmail:    {"Thư điện tử", "E-mail"},
	task.ChannelFax:      {"Fax", "Fax"},
	task.ChannelPhone:    {"Điện thoại", "Telephone"},
	task.ChannelOther:    {"Khác", "Other"},
}

// columnKind is what a column of the table of units holds.
type columnKind struct {
	key      string
	headings words
	width    float64
	look     look
	row      form.Row // of figures
}

// columns are those that are filled in, in their order. The keys are the fields
// of what is recorded.
func (r Round) columns() []columnKind {
	var all []columnKind
	for _, row := range r.Form.Rows() {
		if row.Computed {
			continue
		}
		name := row.Name
		if row.UnitName != "" {
			name += " (" + row.UnitName + ")"
		}
		c := columnKind{keyFigures + row.Code, words{name, name}, 14, lookInputWhole, row}
		switch row.Unit {
		case indicator.Text:
			c.look = lookInputText
		case indicator.Percent:
			c.look = lookInputFraction
		}
		all = append(all, c)
	}
	if len(all) > 0 {
		all = append(all, columnKind{key: "explanations", headings: wordWhy, width: 30, look: lookInputText})
	}
	for i, heading := range r.texts() {
		all = append(all, columnKind{key: keyText + strconv.Itoa(i), headings: words{heading, heading}, width: 36, look: lookInputText})
	}
	if r.NilReturn {
		all = append(all, columnKind{key: "kind", headings: wordKind, width: 16, look: lookInputText})
	}
	all = append(all,
		columnKind{key: "document_number", headings: wordNumber, width: 16, look: lookInputText},
		columnKind{key: "document_on", headings: wordOn, width: 13, look: lookInputDay})
	if !r.Secret {
		all = append(all, columnKind{key: "signatory_title", headings: wordTitle, width: 16, look: lookInputText})
	}
	return append(all,
		columnKind{key: "received_at", headings: wordReceived, width: 18, look: lookInputMoment},
		columnKind{key: "channel", headings: wordChannel, width: 16, look: lookInputText},
		columnKind{key: "evidence", headings: wordEvidence, width: 24, look: lookInputText})
}

// The rows above the units: title, about, hint, keys (hidden), headings.
const (
	roundKeys = 4
	roundHead = 5
	// roundNames is how many columns tell which unit a row is of.
	roundNames = 4
)

// WriteRound writes the table of a round's units. The language is "vi" or "en".
func WriteRound(w io.Writer, r Round, language string) error {
	b := build(wordAll.in(language))
	columns := r.columns()
	last := roundNames + len(columns)
	b.text(position{1, 1}, r.DutyCode+" · "+r.DutyTitle, lookNote)
	b.text(position{1, 2}, words{"Kỳ báo cáo: ", "Period: "}.in(language)+calendar.LabelOf(r.PeriodKey, language)+" · "+r.PlanTitle, lookNote)
	b.text(position{1, 3}, wordRows.in(language), lookNote)
	b.widths(6, 14, 34, 20)
	for i, name := range []words{wordOrdinal, wordCode, wordAgency, wordStatus} {
		b.text(position{i + 1, roundHead}, name.in(language), lookHead)
	}
	for i, c := range columns {
		column := roundNames + i + 1
		b.do(b.f.SetColWidth(b.sheet, letters(column), letters(column), c.width))
		b.do(b.f.SetCellStr(b.sheet, position{column, roundKeys}.String(), keyPrefix+c.key))
		b.text(position{column, roundHead}, c.headings.in(language), lookHead)
	}
	b.do(b.f.SetCellStr(b.sheet, position{last + 1, roundKeys}.String(), keyHead))
	b.do(b.f.SetRowVisible(b.sheet, roundKeys, false))
	b.height(roundHead, 48)
	for i, u := range r.Units {
		b.unit(roundHead+1+i, i+1, u, columns, language)
	}
	end := roundHead + max(len(r.Units), 1)
	for i, c := range columns {
		b.limit(position{roundNames + i + 1, roundHead + 1}.String()+":"+position{roundNames + i + 1, end}.String(), c, language)
	}
	b.hide(last + 1)
	b.protect()
	b.paper(roundHead, last, end, roundNames-1)
	b.hideFacts([]string{"kind", "round", "plan", "duty", "period", "form"}, hidden{
		"kind": "round", "round": strconv.FormatInt(r.ID, 10), "plan": r.PlanCode, "duty": r.DutyCode, "period": r.PeriodKey, "form": r.hash(),
	})
	return b.close(w)
}

// unit writes the row of one unit. What came is shown and locked.
func (b *builder) unit(row, ordinal int, u Unit, columns []columnKind, language string) {
	b.text(position{1, row}, strconv.Itoa(ordinal), lookLabel)
	b.text(position{2, row}, u.Code, lookLabel)
	b.text(position{3, row}, u.Name, lookLabel)
	b.text(position{4, row}, task.StatusName(u.Status, language), lookLabel)
	for i, c := range columns {
		p, l := position{roundNames + i + 1, row}, c.look
		if !u.Owed {
			l = map[look]look{lookInputWhole: lookWhole, lookInputFraction: lookFraction}[l]
			if l == 0 {
				l = lookLockedText
			}
		}
		stored := ""
		if c.row.Code != "" {
			stored = u.Figures[c.row.Code]
		}
		b.figure(p, stored, l)
	}
	key := keySent
	if u.Owed {
		key = keyTask + strconv.FormatInt(u.TaskID, 10)
	}
	b.do(b.f.SetCellStr(b.sheet, position{roundNames + len(columns) + 1, row}.String(), key))
}

// The keys of rows: of a task that is owed, and of what came already.
const (
	keyTask = keyPrefix + "task."
	keySent = keyPrefix + "sent"
)

// limit says what a column takes.
func (b *builder) limit(cells string, c columnKind, language string) {
	switch {
	case c.row.Code != "" && c.row.Unit != indicator.Text:
		b.bounded(cells, c.row.Unit, c.row.Integer, c.row.Min, c.row.Max, short(c.row.Name), wordTyping.in(language))
	case c.key == "kind":
		choices := []string{wordReport.in(language), wordNil.in(language)}
		b.choice(cells, choices, short(wordKind.in(language)), choices[0]+" / "+choices[1])
	case c.key == "channel":
		var choices []string
		for _, channel := range task.Channels {
			choices = append(choices, channelNames[channel].in(language))
		}
		b.choice(cells, choices, short(wordChannel.in(language)), wordChannel.in(language))
	}
}
