package workbook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"dondoc/internal/form"
)

// The names of what people do not see: a sheet with ids, and in the visible one
// a key for each row and column, so that both are found wherever they are moved.
const (
	hiddenSheet = "dondoc"
	keyPrefix   = "dondoc:"
	keyHead     = keyPrefix + "head"
	keyFigures  = "figures."
	keyText     = "text."
	// keyExplanations begins the fields of explanations.
	keyExplanations = "explanations."
	// layoutVersion is that of the layout; a reader knows those up to its own.
	layoutVersion = "1"
)

// hidden are the facts of the hidden sheet, by name.
type hidden map[string]string

func (h hidden) number(name string) int64 {
	n, err := strconv.ParseInt(h[name], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// hide writes the hidden sheet.
func (b *builder) hideFacts(order []string, facts hidden) {
	visible := b.sheet
	_, err := b.f.NewSheet(hiddenSheet)
	b.do(err)
	b.sheet = hiddenSheet
	for i, name := range append([]string{"layout"}, order...) {
		value := facts[name]
		if name == "layout" {
			value = layoutVersion
		}
		b.do(b.f.SetCellStr(hiddenSheet, position{1, i + 1}.String(), keyPrefix+name))
		b.do(b.f.SetCellStr(hiddenSheet, position{2, i + 1}.String(), value))
	}
	b.protect()
	b.do(b.f.SetSheetVisible(hiddenSheet, false, true))
	b.sheet = visible
}

// facts finds the hidden sheet, whatever it is called by now.
func (b *book) facts() hidden {
	for _, s := range b.sheets {
		found := hidden{}
		for _, l := range s.rows {
			if len(l.cells) < 2 {
				continue
			}
			if name, ok := strings.CutPrefix(l.cells[0].value, keyPrefix); ok && l.cells[0].at.column == 1 && l.cells[1].at.column == 2 {
				found[name] = l.cells[1].value
			}
		}
		if found["layout"] != "" {
			return found
		}
	}
	return nil
}

// digest stands for a form as it is asked: a sheet that was made from another one
// is not read by this one.
func digest(f form.Form, more ...any) string {
	type asked struct {
		Heading   string
		Codes     []string
		Narrative bool
	}
	var all []asked
	for _, s := range f.Sections {
		a := asked{Heading: s.Heading, Narrative: s.Narrative}
		for _, r := range s.Rows {
			a.Codes = append(a.Codes, r.Code+"/"+string(r.Unit))
		}
		all = append(all, a)
	}
	encoded, err := json.Marshal(append([]any{f.Code, all}, more...))
	if err != nil {
		return "" // of strings alone: cannot be
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:8])
}
