package docx_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/docx"
	"dondoc/internal/paper"
)

func written(t interface{ Fatal(...any) }, d paper.Document) map[string]string {
	var b bytes.Buffer
	if err := docx.Write(&b, d); err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := docx.Write(&again, d); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Fatal("the same document gives other bytes", err)
	}
	archive, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(content)
	}
	return parts
}

// texts are the paragraphs of the main part, in its order, each as a line.
func texts(t interface{ Fatal(...any) }, part string) string {
	decoder := xml.NewDecoder(strings.NewReader(part))
	var b strings.Builder
	inText, inParagraph := false, 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			inText = token.Name.Local == "t"
			if token.Name.Local == "p" {
				inParagraph++
			}
		case xml.EndElement:
			inText = false
			if token.Name.Local == "p" {
				inParagraph--
				b.WriteByte('\n')
			}
		case xml.CharData:
			if inText && inParagraph > 0 {
				b.Write(token)
			}
		}
	}
}

func sample() paper.Document {
	return paper.Document{
		Letterhead: paper.Letterhead{Name: "UBND xã An Phước & <Cộng sự>", Abbreviation: "UBND", Place: "An Phước", Head: "Chủ tịch", Signing: paper.SignsHead},
		Kind:       "Báo cáo", Subject: "Kết quả", Year: 2026, Draft: true, Symbol: "BC-UBND", Made: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		Body:    []paper.Block{paper.Plain("Một < hai & ba"), paper.Grid(160, []paper.Column{{Title: "TT", Share: 1}, {Title: "Đơn vị", Share: 3}}, []paper.Line{{Texts: []string{"1", "UBND"}}, {Texts: []string{"Nhóm"}, Across: true}})},
		Annexes: []paper.Annex{{Title: "Biểu", Landscape: true, Body: []paper.Block{paper.Plain("Số liệu")}}},
	}
}

func TestAllPartsAreWellFormedAndKnown(t *testing.T) {
	parts := written(t, sample())
	for name, content := range parts {
		decoder := xml.NewDecoder(strings.NewReader(content))
		for {
			_, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		known := name == "[Content_Types].xml" || strings.HasSuffix(name, ".rels") || strings.Contains(parts["[Content_Types].xml"], `PartName="/`+name+`"`)
		if !known {
			t.Errorf("%s has no type of content", name)
		}
	}
	for _, reference := range []string{"header1", "header2", "header3", "header4"} {
		if parts["word/"+reference+".xml"] == "" || !strings.Contains(parts["word/_rels/document.xml.rels"], `Id="`+reference+`"`) ||
			!strings.Contains(parts["word/document.xml"], `r:id="`+reference+`"`) {
			t.Errorf("%s is not there, not related or not used", reference)
		}
	}
}

func TestThePageOfEachSectionIsSet(t *testing.T) {
	main := written(t, sample())["word/document.xml"]
	for _, want := range []string{
		`<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="850" w:bottom="1134" w:left="1701"`,
		`<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>`,
		`<w:pgNumType w:start="1"/><w:titlePg/>`,
		`<w:cantSplit/><w:tblHeader/>`,
		`<w:gridSpan w:val="2"/>`,
	} {
		if !strings.Contains(main, want) {
			t.Errorf("no %s", want)
		}
	}
	parts := written(t, sample())
	for name, number := range map[string]bool{"word/header1.xml": false, "word/header2.xml": true} {
		if strings.Contains(parts[name], " PAGE ") != number || !strings.Contains(parts[name], "DỰ THẢO") {
			t.Errorf("%s: %s", name, parts[name])
		}
	}
	if !strings.Contains(parts["word/styles.xml"], `w:ascii="Times New Roman"`) || !strings.Contains(parts["word/styles.xml"], `<w:sz w:val="26"/>`) {
		t.Errorf("styles: %s", parts["word/styles.xml"])
	}
}

// The file says what the model says, whatever people write.
func TestTheFileSaysWhatTheModelSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := sample()
		for range rapid.IntRange(0, 5).Draw(t, "paragraphs") {
			d.Body = append(d.Body, paper.Content(rapid.String().Draw(t, "text"))...)
		}
		want := ""
		for _, s := range d.Sections() {
			want += s.Text()
		}
		got := texts(t, written(t, d)["word/document.xml"])
		// Rules and the ends of sections are paragraphs without text.
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
			t.Fatalf("%q\nwant\n%q", got, want)
		}
	})
}
