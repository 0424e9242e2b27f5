package document

import (
	"strconv"
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/paper"
)

// Overdue is one task of the annex "Phụ lục nhiệm vụ quá hạn".
type Overdue struct {
	DutyCode, DutyTitle string
	PeriodKey           string
	Plan                string // văn bản giao: its number, else its title
	Lead                string
	Coordinating        []string
	Due                 calendar.Date
	DaysLate            int
	// Reasons are what the unit itself gave: explanations, obstacles, reasons for
	// more time. Proposals are what it asks for or promised.
	Reasons, Proposals []string
}

// OverdueAnnex lists what is overdue, the longest overdue first.
type OverdueAnnex struct {
	Letterhead paper.Letterhead
	PlanTitle  string
	Overdue    []Overdue
	At         time.Time
	Zone       *time.Location
}

// Paper lays the annex out across the page.
func (a OverdueAnnex) Paper() paper.Document {
	lines := make([]paper.Line, len(a.Overdue))
	for i, o := range a.Overdue {
		lines[i] = paper.Line{Texts: []string{
			strconv.Itoa(i + 1), o.DutyCode + ". " + o.DutyTitle + ", " + label(o.PeriodKey), o.Plan, o.Lead, strings.Join(o.Coordinating, "; "),
			o.Due.VN(), strconv.Itoa(o.DaysLate), strings.Join(o.Reasons, "\n"), strings.Join(o.Proposals, "\n"),
		}}
	}
	table := paper.Grid(paper.Section{Landscape: true}.Width(), []paper.Column{
		{Title: "TT", Share: 9, Align: paper.Centred}, {Title: "Nhiệm vụ", Share: 48, Align: paper.Left}, {Title: "Văn bản giao", Share: 30, Align: paper.Left},
		{Title: "Chủ trì", Share: 28, Align: paper.Left}, {Title: "Phối hợp", Share: 30, Align: paper.Left}, {Title: "Thời hạn", Share: 23, Align: paper.Centred},
		{Title: "Số ngày quá hạn", Share: 17, Align: paper.Centred}, {Title: "Lý do", Share: 42, Align: paper.Left}, {Title: "Đề xuất", Share: 34, Align: paper.Left},
	}, lines)
	var body []paper.Block
	body = append(body, italic("("+quoted(a.PlanTitle)+"; đến "+moment(a.At, a.Zone)+")"))
	if len(lines) == 0 {
		body = append(body, paper.Plain("Không có nhiệm vụ quá hạn."))
	} else {
		body = append(body, table)
	}
	return annexAlone(a.Letterhead, "Phụ lục", "Danh mục nhiệm vụ quá hạn", a.At, a.Zone, body)
}
