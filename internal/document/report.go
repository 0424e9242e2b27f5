package document

import (
	"regexp"
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/consolidation"
	"dondoc/internal/form"
	"dondoc/internal/indicator"
	"dondoc/internal/paper"
)

// Report is what the report (báo cáo) of one task is made of.
type Report struct {
	Letterhead paper.Letterhead
	Filled     form.Filled
	// Recipient is the agency that the report is for.
	Recipient string
	// Sent: it was sent and not returned; else the paper is a draft.
	Sent bool
	// Nil: "không phát sinh".
	Nil bool
	// Number, SignedOn and Signatory are those of the signed document; empty: not known.
	Number    string
	SignedOn  calendar.Date
	Signatory string
	// Narrative is the whole text, for a report whose form has no sections.
	Narrative string
	// Consolidated: the report sums up a lower level, with these inputs.
	Consolidated bool
	Definitions  []indicator.Definition
	Inputs       []consolidation.Input
	Today        calendar.Date
	Made         time.Time
}

// Paper lays the report out. The usual table of figures stands in the text where
// it is narrow, and in an annex across the page where it is not.
func (r Report) Paper() paper.Document {
	d := paper.Document{
		Letterhead: r.Letterhead, Kind: "Báo cáo", Symbol: "BC-" + r.Letterhead.Abbreviation,
		Subject: r.subject(), Draft: !r.Sent, Year: r.Today.Year, Recipients: []string{r.Recipient}, Made: r.Made,
	}
	if r.Sent {
		d.Number, d.Date = r.Number, r.SignedOn
	}
	if r.Signatory != "" {
		d.Letterhead = signedAs(d.Letterhead, r.Signatory)
	}
	d.Body = append(d.Body, paper.Plain("Thực hiện "+quoted(r.Filled.PlanTitle)+", "+r.Letterhead.FullName()+" báo cáo kết quả "+r.period()+" như sau:"))
	columns := r.columns()
	wide := len(columns) > widestInText
	part := 0
	head := func(heading string) {
		part++
		d.Body = append(d.Body, paper.Part(part, heading))
	}
	if r.Nil {
		d.Body = append(d.Body, paper.Plain("Trong kỳ không phát sinh nội dung phải báo cáo."))
	} else {
		text := 0
		for _, s := range r.Filled.Sections {
			if s.Level > 1 {
				d.Body = append(d.Body, paper.Heading(s.Heading))
			} else {
				head(ownNumber.ReplaceAllString(s.Heading, ""))
			}
			if len(s.Rows) > 0 && !wide {
				d.Body = append(d.Body, r.figures(paper.Section{}.Width(), []form.Section{s}, columns), paper.Paragraph{Size: 6})
			}
			if len(s.Rows) > 0 && wide {
				d.Body = append(d.Body, paper.Plain("Số liệu chi tiết tại "+r.annexName(0)+" kèm theo."))
			}
			if s.Narrative {
				d.Body = append(d.Body, r.text(text)...)
				text++
			}
		}
		if text == 0 && r.Narrative != "" {
			head("Nội dung")
			d.Body = append(d.Body, paper.Content(r.Narrative)...)
		}
	}
	if r.Consolidated {
		head("Tình hình báo cáo của các đơn vị")
		d.Body = append(d.Body, r.standing()...)
	}
	d.Body = append(d.Body, paper.Plain("Trên đây là báo cáo "+r.period()+" của "+r.Letterhead.FullName()+"; kính báo cáo "+paper.WrittenOut(r.Recipient)+"./."))
	if wide && !r.Nil {
		d.Annexes = append(d.Annexes, paper.Annex{Title: "Biểu số liệu báo cáo", Landscape: true, Body: []paper.Block{
			r.figures(paper.Section{Landscape: true}.Width(), r.Filled.Sections, columns),
		}})
	}
	d.Annexes = append(d.Annexes, r.units()...)
	return d
}

// ownNumber is how an outline numbers its headings of the first order; on paper
// they are numbered together with those of the figures.
var ownNumber = regexp.MustCompile(`^[IVX]+\.\s+`)

// subject is what the duty is called, without the word that the type says already.
func (r Report) subject() string {
	title := strings.TrimSpace(r.Filled.DutyTitle)
	for _, word := range []string{"Báo cáo ", "báo cáo "} {
		title = strings.TrimPrefix(title, word)
	}
	return capital(title) + ", " + r.period()
}

// period names the period within a sentence: "quý II/2026".
func (r Report) period() string {
	label := calendar.LabelOf(r.Filled.PeriodKey, "vi")
	if label == r.Filled.PeriodKey || r.Filled.PeriodKey == "once" {
		return "từ ngày " + r.Filled.From.VN() + " đến ngày " + r.Filled.To.VN()
	}
	return small(label)
}

func (r Report) text(i int) []paper.Block {
	if i >= len(r.Filled.Texts) || strings.TrimSpace(r.Filled.Texts[i]) == "" {
		return []paper.Block{paper.Plain("Không có nội dung.")}
	}
	return paper.Content(r.Filled.Texts[i])
}

// signedAs puts in the title of who signed, as the sender told it.
func signedAs(l paper.Letterhead, title string) paper.Letterhead {
	title = strings.TrimSpace(title)
	if strings.EqualFold(title, l.Head) {
		l.Signing = paper.SignsHead
		return l
	}
	if strings.HasPrefix(strings.ToLower(title), "phó ") {
		l.Signing, l.Signer = paper.SignsDeputy, title
		return l
	}
	l.Signing, l.Head = paper.SignsHead, title
	return l
}
