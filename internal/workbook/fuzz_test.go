package workbook_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"dondoc/internal/fault"
	"dondoc/internal/workbook"
)

// whatever holds that reading ends in a content or in a refusal with a sentence.
func whatever(t interface{ Fatalf(string, ...any) }, content []byte) {
	for name, err := range map[string]error{
		"a form":  func() error { _, err := workbook.ReadForm(content, sample()); return err }(),
		"a round": func() error { _, err := workbook.ReadRound(content, sampleRound(), workbook.Received{}); return err }(),
	} {
		if f := fault.Of(err); err != nil && (f == nil || f.Kind != fault.Invalid || f.VI == "" || f.EN == "") {
			t.Fatalf("%s: %v is no refusal", name, err)
		}
	}
}

func FuzzReading(f *testing.F) {
	var form, round bytes.Buffer
	if err := workbook.WriteForm(&form, sample(), "vi"); err != nil {
		f.Fatal(err)
	}
	if err := workbook.WriteRound(&round, sampleRound(), "en"); err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{form.Bytes(), round.Bytes(), nil, []byte("PK\x03\x04"), []byte("a,b\n1,2\n")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content []byte) { whatever(t, content) })
}

// Bytes of the parts themselves are changed, so that reading gets past the zip.
func TestNoDamagedPartBreaksTheReading(t *testing.T) {
	whole := written(t, sample())
	table := roundSheet(t, sampleRound())
	entries := []string{"xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/styles.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"}
	tokens := []string{"", "<", ">", "\"", "&", "&#0;", "<c r=\"ZZZ9\">", "</c>", "<v>", "</row>", "99999999999", "-1", "\xff", "<f>", "t=\"s\"", "t=\"e\"", "t=\"d\"", "<mergeCell ref=\"A1:XFD1048576\"/>", "_x0000_", "1e308", "NaN"}
	rapid.Check(t, func(r *rapid.T) {
		content := whole
		if rapid.Bool().Draw(r, "table") {
			content = table
		}
		entry := rapid.SampledFrom(entries).Draw(r, "entry")
		at, cut := rapid.Float64Range(0, 1).Draw(r, "at"), rapid.IntRange(0, 40).Draw(r, "cut")
		token := rapid.SampledFrom(tokens).Draw(r, "token")
		whatever(r, rewritten(t, content, entry, func(s string) string {
			i := int(at * float64(len(s)))
			return s[:i] + token + s[min(i+cut, len(s)):]
		}))
	})
}
