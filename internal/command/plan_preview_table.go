package command

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"dondoc/internal/calendar"
	"dondoc/internal/preview"
)

// previewWords are the table's words in Vietnamese and English.
var previewWords = map[string][2]string{
	"error":   {"LỖI", "ERROR"},
	"warning": {"Lưu ý", "Note"},
	"info":    {"Thông tin", "Information"},

	string(calendar.FocalPoint):    {"đầu mối", "focal point"},
	string(calendar.Head):          {"thủ trưởng", "head"},
	string(calendar.Supervisor):    {"người theo dõi", "supervisor"},
	string(calendar.PlanAuthority): {"cơ quan ban hành", "plan authority"},

	"rounds":   {"Kỳ đến hạn (%d); hạn là hết ngày, trừ khi ghi giờ", "Rounds due (%d); until the end of the day unless an hour is given"},
	"columns":  {"Hạn\tNhiệm vụ\tKỳ\tCấp\tSố đơn vị\tMở\tCách tính hạn", "Due\tDuty\tPeriod\tLevel\tAgencies\tOpens\tHow it comes about"},
	"messages": {"Mỗi người nhận bao nhiêu thư (mỗi sáng nhiều nhất một thư)", "Messages per person (at most one a morning)"},
	"figures": {"Nhóm đơn vị\tSố đơn vị\tNgười nhận\tNếu đều đúng hạn\tNhiều nhất\tSáng nhiều nhất",
		"Agencies\tHow many\tWho\tIf all are on time\tAt most\tFullest morning"},
	"figure":  {"%d (riêng số liệu tuần %d)", "%d (weekly figures alone %d)"},
	"fullest": {"%s: %d mục", "%s: %d items"},
	"busiest": {"Ngày nhiều hạn nhất của một đơn vị", "Busiest due days of one agency"},
	"days":    {"Nhóm đơn vị\tTổng số hạn\tNgày nhiều nhất\tNhiệm vụ", "Agencies\tDue in all\tFullest day\tDuties"},
	"sent":    {"Cả hệ thống gửi nhiều nhất trong một sáng: %d thư nếu đều đúng hạn (%s), %d thư nếu không ai gửi (%s)", "Most messages to everybody in one morning: %d if all are on time (%s), %d if nobody reports (%s)"},
	"none":    {"(không có)", "(none)"},
}

// previewTable writes a preview for people.
type previewTable struct {
	out     io.Writer
	p       preview.Preview
	english bool
	err     error
}

func writePreviewTable(w io.Writer, p preview.Preview, language string) error {
	t := &previewTable{out: w, p: p, english: language == "en"}
	t.line("%s (%s)", p.PlanTitle, p.PlanCode)
	t.line("%s – %s", p.From.VN(), p.To.VN())
	if p.AgencyCode != "" {
		t.line("%s (%s)", p.AgencyName, p.AgencyCode)
	}
	if len(p.Notes) > 0 {
		t.line("")
	}
	for _, n := range p.Notes {
		t.line("%s: %s", t.word(string(n.Severity)), n.In(language))
	}
	t.rounds(language)
	t.messages()
	t.busiest()
	t.most()
	return t.err
}

func (t *previewTable) word(key string) string {
	if t.english {
		return previewWords[key][1]
	}
	return previewWords[key][0]
}

func (t *previewTable) line(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.out, format+"\n", args...)
	}
}

// table writes aligned columns under a title.
func (t *previewTable) table(title, head string, rows []string) {
	t.line("")
	t.line("%s", title)
	if len(rows) == 0 {
		t.line("%s", t.word("none"))
		return
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	for _, row := range append([]string{head}, rows...) {
		if _, err := fmt.Fprintln(w, row); err != nil && t.err == nil {
			t.err = err
		}
	}
	if err := w.Flush(); err != nil && t.err == nil {
		t.err = err
	}
}

// cell keeps a text from becoming several cells or lines.
func cell(text string) string { return strings.Join(strings.Fields(text), " ") }

func (t *previewTable) rounds(language string) {
	var rows []string
	for _, r := range t.p.Rounds {
		for _, k := range r.Tasks {
			level := k.Kind.Level
			if k.Kind.Calendar != "" {
				level += " [" + k.Kind.Calendar + "]"
			}
			rows = append(rows, fmt.Sprintf("%s\t%s\t%s\t%s\t%d\t%s\t%s", dueWords(t.p, k), r.Duty, r.Period.Label(language), cell(level), k.Agencies,
				r.OpensAt.In(t.p.Zone).Format("02/01/2006"), k.Due.Derivation.Sentence(language)))
		}
	}
	t.table(fmt.Sprintf(t.word("rounds"), len(t.p.Rounds)), t.word("columns"), rows)
}

func (t *previewTable) messages() {
	var rows []string
	figure := func(f preview.Figure) string {
		if f.Weekly == 0 {
			return fmt.Sprint(f.Messages)
		}
		return fmt.Sprintf(t.word("figure"), f.Messages, f.Weekly)
	}
	for _, c := range t.p.Classes {
		for _, r := range c.Roles {
			fullest := ""
			if len(r.Busiest) > 0 {
				fullest = fmt.Sprintf(t.word("fullest"), r.Busiest[0].On.VN(), r.Busiest[0].AtMost)
			}
			rows = append(rows, fmt.Sprintf("%s\t%d\t%s\t%s\t%s\t%s", cell(c.Name), len(c.Agencies), t.word(string(r.Audience)), figure(r.OnTime), figure(r.AtMost), fullest))
		}
	}
	t.table(t.word("messages"), t.word("figures"), rows)
}

func (t *previewTable) busiest() {
	var rows []string
	for _, c := range t.p.Classes {
		if len(c.Busiest) > 0 {
			day := c.Busiest[0]
			rows = append(rows, fmt.Sprintf("%s\t%d\t%s: %d\t%s", cell(c.Name), c.Due, day.On.VN(), len(day.Duties), strings.Join(day.Duties, ", ")))
		}
	}
	t.table(t.word("busiest"), t.word("days"), rows)
}

// most tells the mornings on which most messages go out.
func (t *previewTable) most() {
	if len(t.p.Days) == 0 {
		return
	}
	onTime, atMost := t.p.Days[0], t.p.Days[0]
	for _, d := range t.p.Days {
		if d.OnTime > onTime.OnTime {
			onTime = d
		}
		if d.AtMost > atMost.AtMost {
			atMost = d
		}
	}
	t.line("")
	t.line(t.word("sent"), onTime.OnTime, onTime.On.VN(), atMost.AtMost, atMost.On.VN())
}
