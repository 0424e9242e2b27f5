package document

import (
	"strconv"
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/paper"
	"dondoc/internal/task"
)

// Summary is the annex "Phụ lục tổng hợp": the official 2 × 2 of each agency.
type Summary struct {
	Letterhead paper.Letterhead
	PlanTitle  string
	// PeriodKey narrows to a period; empty: all of the plan.
	PeriodKey string
	// Lines are by agency, in the order of the tree.
	Lines   []SummaryLine
	At      time.Time // reporting moment
	Zone    *time.Location
	Against task.Against
}

// SummaryLine is one agency's figures.
type SummaryLine struct {
	Agency string
	Tally  task.Tally
}

// official are the figures as this annex counts them: what waits for review was
// sent, but is not done yet, and its reviewer is not late because of the unit.
type official struct{ total, onTime, late, inTime, overdue, waiting int }

func officialOf(t task.Tally) official {
	waiting := t.Waiting + t.WaitingLate
	return official{t.Owed, t.DoneOnTime, t.DoneLate, t.NotDoneInTime + waiting, t.NotDoneOverdue, waiting}
}

func (o official) plus(p official) official {
	return official{o.total + p.total, o.onTime + p.onTime, o.late + p.late, o.inTime + p.inTime, o.overdue + p.overdue, o.waiting + p.waiting}
}

// line is TT, Đơn vị, Tổng số, the 2 × 2, Tỷ lệ and Ghi chú.
func (o official) line(number, name string, bold bool) paper.Line {
	note := ""
	if o.waiting > 0 {
		note = strconv.Itoa(o.waiting) + " đã gửi, chờ xác nhận"
	}
	texts := []string{number, name}
	for _, n := range []int{o.total, o.onTime, o.late, o.inTime, o.overdue} {
		texts = append(texts, strconv.Itoa(n))
	}
	return paper.Line{Texts: append(texts, share(o.onTime+o.late, o.total), note), Bold: bold}
}

// share is a percentage with one decimal; nothing of nothing is none.
func share(part, whole int) string {
	if whole == 0 {
		return ""
	}
	return strings.Replace(strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 1, 64), ".", ",", 1)
}

// Paper lays the annex out across the page.
func (s Summary) Paper() paper.Document {
	var sum official
	lines := make([]paper.Line, 0, len(s.Lines)+1)
	for i, l := range s.Lines {
		o := officialOf(l.Tally)
		sum = sum.plus(o)
		lines = append(lines, o.line(strconv.Itoa(i+1), l.Agency, false))
	}
	lines = append(lines, sum.line("", "Tổng cộng", true))
	grid := []paper.Column{{Title: "TT", Share: 10, Align: paper.Centred}, {Title: "Đơn vị", Share: 62, Align: paper.Left}}
	for _, title := range []string{"Tổng số", "Hoàn thành đúng hạn", "Hoàn thành quá hạn", "Chưa hoàn thành trong hạn", "Chưa hoàn thành quá hạn"} {
		grid = append(grid, paper.Column{Title: title, Share: 25, Align: paper.Centred})
	}
	grid = append(grid, paper.Column{Title: "Tỷ lệ (%)", Share: 20, Align: paper.Centred}, paper.Column{Title: "Ghi chú", Share: 35, Align: paper.Left})
	about := s.PlanTitle
	if s.PeriodKey != "" {
		about += ", " + label(s.PeriodKey)
	}
	dues := "theo thời hạn hiện tại"
	if s.Against == task.AgainstOriginal {
		dues = "theo thời hạn ban đầu"
	}
	width := paper.Section{Landscape: true}.Width()
	return annexAlone(s.Letterhead, "Phụ lục", "Tổng hợp tình hình thực hiện nhiệm vụ", s.At, s.Zone, []paper.Block{
		italic("(" + quoted(about) + "; số liệu đến " + moment(s.At, s.Zone) + ", " + dues + ")"),
		paper.Grid(width, grid, lines),
		note("Tỷ lệ = (hoàn thành đúng hạn + hoàn thành quá hạn) : tổng số. Kết quả đã gửi, chờ xác nhận được tính vào chưa hoàn thành trong hạn."),
	})
}

// annexAlone is a document that is one annex or list, to be put behind another one.
func annexAlone(l paper.Letterhead, kind, title string, at time.Time, zone *time.Location, body []paper.Block) paper.Document {
	return paper.Document{
		Letterhead: l, Kind: kind, Subject: title, Year: calendar.DateOf(at, zone).Year, Made: at,
		Annexes: []paper.Annex{{Title: title, Landscape: true, Alone: true, Body: body}},
	}
}

func moment(at time.Time, zone *time.Location) string {
	return at.In(zone).Format("15:04") + " ngày " + calendar.DateOf(at, zone).VN()
}

func italic(text string) paper.Paragraph {
	return paper.Paragraph{Runs: []paper.Run{{Text: text, Italic: true}}, Align: paper.Centred, After: 8, WithNext: true}
}

func note(text string) paper.Paragraph {
	return paper.Paragraph{Runs: []paper.Run{{Text: "Ghi chú: " + text, Italic: true}}, Size: 11, Before: 6, Align: paper.Left}
}
