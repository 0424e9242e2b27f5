package paper

import (
	"fmt"
	"strings"
)

const (
	nation = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	motto  = "Độc lập - Tự do - Hạnh phúc"
	// MottoRule is as long as the motto in SizeMotto, as the decree wants it.
	MottoRule = 57.0
	// issuerRule is between a third and a half of a usual issuer's line.
	issuerRule  = 24.0
	subjectRule = 36.0
)

// blank is room for a figure that is filled in by hand.
func blank(places int) string { return strings.Repeat("\u00a0", places) }

func centred(size float64, bold, italic bool, text string) Paragraph {
	return Paragraph{Runs: []Run{{line(text), bold, italic}}, Size: size, Align: Centred}
}

func upper(text string) string { return strings.ToUpper(line(text)) }

// heading are the parts 1 to 4, and part 5b of a letter: on the left who issues
// and the number, on the right the nation and the place.
func (d Document) heading(width float64) Table {
	var left []Paragraph
	if d.Letterhead.Superior != "" {
		left = append(left, centred(SizeHead, false, false, upper(d.Letterhead.Superior)))
	}
	issuer := centred(SizeHead, true, false, upper(d.Letterhead.Name))
	issuer.Rule = issuerRule
	number := centred(SizeNumber, false, false, "")
	number.Runs[0].Text, number.Before = d.numberLine(), 4
	left = append(left, issuer, number)
	if d.Kind == "" && d.Subject != "" {
		subject := centred(SizeSubject, false, false, "V/v "+line(d.Subject))
		subject.Before = 6
		left = append(left, subject)
	}
	says := centred(SizeMotto, true, false, motto)
	says.Rule = MottoRule
	place := centred(SizePlace, false, true, "")
	place.Runs[0].Text, place.Before = d.placeLine(), 4
	right := []Paragraph{centred(SizeHead, true, false, nation), says, place}
	return Table{
		Widths: []float64{width * 0.43, width * 0.57}, Whole: true,
		Rows: []Row{{Cells: []Cell{{Paragraphs: left}, {Paragraphs: right}}}},
	}
}

func (d Document) numberLine() string {
	switch {
	case d.Number != "":
		return "Số: " + line(d.Number)
	case d.Symbol != "":
		return "Số:" + blank(9) + "/" + line(d.Symbol)
	default:
		return "Số:" + blank(16)
	}
}

func (d Document) placeLine() string {
	place := line(d.Letterhead.Place)
	if place == "" {
		place = blank(14)
	}
	return place + ", " + d.dayLine()
}

// dayLine writes days below 10 and the months 1 and 2 with two figures, as the decree has it.
func (d Document) dayLine() string {
	if d.Date.IsZero() {
		return fmt.Sprintf("ngày%stháng%snăm %d", blank(7), blank(7), d.Year)
	}
	month := fmt.Sprint(int(d.Date.Month))
	if d.Date.Month <= 2 {
		month = "0" + month
	}
	return fmt.Sprintf("ngày %02d tháng %s năm %d", d.Date.Day, month, d.Date.Year)
}

// title is part 5a: type and subject of what is no letter.
func (d Document) title() []Block {
	if d.Kind == "" {
		return nil
	}
	kind := centred(SizeTitle, true, false, upper(d.Kind))
	kind.Before, kind.WithNext = 14, true
	subject := centred(SizeTitle, true, false, d.Subject)
	subject.Rule, subject.After = subjectRule, 10
	return []Block{kind, subject}
}

// addressees are part 9a: one stands behind "Kính gửi:", several in lines below it.
func (d Document) addressees() []Block {
	if len(d.To) == 0 {
		if d.Kind == "" {
			return []Block{Paragraph{}}
		}
		return nil
	}
	if len(d.To) == 1 {
		to := centred(SizeBody, false, false, "Kính gửi: "+line(d.To[0]))
		to.Before, to.After = 14, 10
		return []Block{to}
	}
	blocks := []Block{Paragraph{Runs: []Run{{Text: "Kính gửi:"}}, Align: Left, Indent: 30, Before: 14, WithNext: true}}
	for i, name := range d.To {
		end := ";"
		if i == len(d.To)-1 {
			end = "."
		}
		p := Paragraph{Runs: []Run{{Text: "- " + line(name) + end}}, Align: Left, Indent: 50}
		if i == len(d.To)-1 {
			p.After = 10
		}
		blocks = append(blocks, p)
	}
	return blocks
}
