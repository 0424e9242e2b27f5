package paper

import "fmt"

// closing are the parts 7 and 9b: recipients on the left, who signs on the right,
// with room for signature and seal. The name is written by whoever signs.
func (d Document) closing(width float64) Table {
	left := []Paragraph{{Runs: []Run{{"Nơi nhận:", true, true}}, Size: 12, Align: Left}}
	for _, r := range d.Recipients {
		left = append(left, Paragraph{Runs: []Run{{Text: "- " + line(r) + ";"}}, Size: SizeRecipients, Align: Left})
	}
	left = append(left, Paragraph{Runs: []Run{{Text: "- Lưu: VT."}}, Size: SizeRecipients, Align: Left})
	var right []Paragraph
	for _, l := range d.Letterhead.Signature() {
		right = append(right, centred(SizeSigner, true, false, l))
	}
	for range 4 {
		right = append(right, Paragraph{Align: Centred})
	}
	return Table{
		Widths: []float64{width * 0.5, width * 0.5}, Whole: true,
		Rows: []Row{{Cells: []Cell{{Paragraphs: left}, {Paragraphs: right}}}},
	}
}

// annexTitle numbers annexes in Roman figures where there are several, and says
// which document they belong to.
func (d Document) annexTitle(a Annex, at int) []Block {
	title := centred(SizeTitle, true, false, upper(a.Title))
	title.WithNext = true
	if a.Alone {
		kind := centred(SizeAnnex, true, false, d.Kind)
		kind.WithNext, title.After = true, 4
		return []Block{d.annexHead(), kind, title}
	}
	word := "Phụ lục"
	if len(d.Annexes) > 1 {
		word += " " + Roman(at+1)
	}
	head := centred(SizeAnnex, true, false, word)
	head.WithNext = true
	title.After = 2
	of := centred(SizeBody, false, true, "")
	of.Runs[0].Text, of.After, of.WithNext = d.reference(), 8, true
	return []Block{head, title, of}
}

// annexHead names the agency above an annex that stands alone.
func (d Document) annexHead() Paragraph {
	p := centred(SizeHead, true, false, upper(d.Letterhead.Name))
	p.Align, p.After, p.WithNext = Left, 10, true
	return p
}

// reference is "(Kèm theo … số …, ngày … của …)".
func (d Document) reference() string {
	kind, number := "Công văn", d.Number
	if d.Kind != "" {
		kind = line(d.Kind)
	}
	if number == "" {
		number = blank(8) + "/" + line(d.Symbol)
	}
	return fmt.Sprintf("(Kèm theo %s số %s %s của %s)", kind, number, d.dayLine(), line(d.Letterhead.FullName()))
}

// Roman is n in Roman figures, from 1 to 39.
func Roman(n int) string {
	ones := []string{"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"}
	tens := []string{"", "X", "XX", "XXX"}
	if n < 1 || n > 39 {
		return fmt.Sprint(n)
	}
	return tens[n/10] + ones[n%10]
}
