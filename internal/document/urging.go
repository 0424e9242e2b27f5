package document

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/paper"
)

// Urged is one result that a letter urges for.
type Urged struct {
	TaskID              int64
	Agency              string
	PlanTitle           string
	DutyCode, DutyTitle string
	PeriodKey           string
	Due                 calendar.Date
	DaysLate            int
	Requested           bool // asked of the agency ("đề nghị"), not assigned to it
}

// UrgingLetter (công văn đôn đốc) goes to whoever owes the results.
type UrgingLetter struct {
	Letterhead paper.Letterhead
	Urged      []Urged
	// Text is what the sender adds; empty: nothing.
	Text  string
	Today calendar.Date
	Made  time.Time
}

// mostAddressees is how many stand under "Kính gửi"; more are named in the annex alone.
const mostAddressees = 6

// Paper lays the letter out: politer towards those of whom something is only
// requested, and with a list of what is urged for.
func (l UrgingLetter) Paper() paper.Document {
	assigned, requested := l.parted()
	d := paper.Document{
		Letterhead: l.Letterhead, Symbol: l.Letterhead.Abbreviation, Draft: true, Year: l.Today.Year, Made: l.Made,
		Recipients: []string{"Như trên"}, Subject: "đôn đốc gửi báo cáo, kết quả thực hiện nhiệm vụ",
	}
	if len(assigned) == 0 {
		d.Subject = "đề nghị phối hợp gửi báo cáo, kết quả thực hiện nhiệm vụ"
	}
	var names, plans []string
	late := 0
	for _, u := range l.Urged {
		names, plans = append(names, paper.WrittenOut(u.Agency)), append(plans, quoted(u.PlanTitle))
		if u.DaysLate > 0 {
			late++
		}
	}
	names, plans = distinct(names), distinct(plans)
	if d.To = names; len(names) > mostAddressees {
		d.To = []string{"Các cơ quan, đơn vị có tên tại Phụ lục kèm theo"}
	}
	issuer := l.Letterhead.FullName()
	d.Body = append(d.Body, paper.Plain(fmt.Sprintf("Thực hiện %s; qua theo dõi, đến ngày %s còn %s báo cáo, kết quả của %s cơ quan, đơn vị chưa được gửi, trong đó %s đã quá hạn (danh sách tại Phụ lục kèm theo).",
		strings.Join(plans, "; "), l.Today.VN(), twoFigures(len(l.Urged)), twoFigures(len(names)), twoFigures(late))))
	if len(assigned) > 0 {
		d.Body = append(d.Body, paper.Plain(fmt.Sprintf("%s yêu cầu %s khẩn trương hoàn thành và gửi báo cáo, kết quả; đối với nội dung đã quá hạn, nêu rõ nguyên nhân và thời điểm hoàn thành.",
			issuer, whom(assigned, len(requested) > 0, "được giao nhiệm vụ"))))
	}
	if len(requested) > 0 {
		d.Body = append(d.Body, paper.Plain(fmt.Sprintf("%s trân trọng đề nghị %s quan tâm phối hợp, sớm gửi báo cáo, kết quả; trường hợp có khó khăn, vướng mắc, đề nghị thông tin để cùng phối hợp tháo gỡ.",
			issuer, whom(requested, len(assigned) > 0, "được đề nghị phối hợp"))))
	}
	d.Body = append(d.Body, paper.Content(l.Text)...)
	closing := "Rất mong nhận được sự quan tâm, phối hợp của quý cơ quan./."
	if len(assigned) > 0 {
		closing = issuer + " thông báo để các cơ quan, đơn vị biết, thực hiện./."
	}
	d.Body = append(d.Body, paper.Plain(closing))
	d.Annexes = []paper.Annex{{Title: "Danh sách báo cáo, kết quả chưa gửi", Body: []paper.Block{l.list(paper.Section{}.Width())}}}
	return d
}

// parted gives the agencies that owe, and those of which something is requested.
func (l UrgingLetter) parted() (assigned, requested []string) {
	for _, u := range l.Urged {
		if u.Requested {
			requested = append(requested, paper.WrittenOut(u.Agency))
		} else {
			assigned = append(assigned, paper.WrittenOut(u.Agency))
		}
	}
	return distinct(assigned), distinct(requested)
}

// whom names a few agencies and tells more of them by what they are in the annex.
func whom(names []string, mixed bool, as string) string {
	switch {
	case len(names) <= 3:
		return strings.Join(names, ", ")
	case mixed:
		return "các cơ quan, đơn vị " + as + " tại Phụ lục"
	default:
		return "các cơ quan, đơn vị có tên tại Phụ lục"
	}
}

func (l UrgingLetter) list(width float64) paper.Table {
	lines := make([]paper.Line, len(l.Urged))
	mixed := false
	for _, u := range l.Urged {
		mixed = mixed || u.Requested != l.Urged[0].Requested
	}
	for i, u := range l.Urged {
		what := u.DutyCode + ". " + u.DutyTitle + ", " + label(u.PeriodKey)
		if mixed && u.Requested {
			what += " (đề nghị phối hợp)"
		}
		days := ""
		if u.DaysLate > 0 {
			days = strconv.Itoa(u.DaysLate)
		}
		lines[i] = paper.Line{Texts: []string{strconv.Itoa(i + 1), u.Agency, what, u.Due.VN(), days}}
	}
	return paper.Grid(width, []paper.Column{
		{Title: "TT", Share: 9, Align: paper.Centred}, {Title: "Đơn vị", Share: 42, Align: paper.Left}, {Title: "Báo cáo, kết quả", Share: 66, Align: paper.Left},
		{Title: "Thời hạn", Share: 24, Align: paper.Centred}, {Title: "Số ngày quá hạn", Share: 19, Align: paper.Centred},
	}, lines)
}
