package issued_test

import (
	"fmt"
	"testing"
)

// writer packs an .odt of a text and its automatic styles.
func writer(t testing.TB, text, styles string) []byte {
	t.Helper()
	return archive(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml", `<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0">
<office:automatic-styles>`+styles+`</office:automatic-styles><office:body><office:text>`+text+`</office:text></office:body></office:document-content>`)
}

func TestWriterParagraphs(t *testing.T) {
	doc := read(t, "a.odt", writer(t, `<text:tracked-changes><text:changed-region><text:deletion><text:p>đã xóa</text:p></text:deletion></text:changed-region></text:tracked-changes>
<text:h>I.<text:s/>MỤC<text:s text:c="3"/>ĐÍCH</text:h><text:p/><text:p>Một<text:tab/>hai
  ba <text:span>bốn<text:note><text:note-body><text:p>chú thích</text:p></text:note-body></text:note></text:span></text:p>
<text:section><text:p>dòng một<text:line-break/>dòng hai</text:p></text:section>
<text:p>Trước<draw:frame><draw:text-box><text:p>Số: 12/KH-UBND</text:p></draw:text-box></draw:frame></text:p>`, ""))
	wantLines(t, doc, "I. MỤC   ĐÍCH", "Một hai ba bốn", "dòng một", "dòng hai", "Trước", "Số: 12/KH-UBND")
	if got := doc.Lines[1].Number; got != 3 {
		t.Errorf("the paragraph after an empty one is number %d", got)
	}
}

func TestWriterWritesTheNumbersOfLists(t *testing.T) {
	styles := `<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="I" style:num-suffix="."/>` +
		`<text:list-level-style-number text:level="2" style:num-format="1" style:num-suffix="." text:display-levels="1" text:start-value="2"/>` +
		`<text:list-level-style-bullet text:level="3"/></text:list-style>` +
		`<text:list-style style:name="L2"><text:list-level-style-number text:level="1" style:num-format="a" style:num-suffix=")"/></text:list-style>`
	wantLines(t, read(t, "a.odt", writer(t, `<text:list xml:id="one" text:style-name="L1"><text:list-item><text:p>Mục đích</text:p>
<text:list><text:list-item><text:p>hai</text:p><text:p>đoạn sau của hai</text:p></text:list-item><text:list-item><text:p>ba</text:p><text:list><text:list-item><text:p>gạch</text:p></text:list-item></text:list></text:list-item></text:list>
</text:list-item></text:list>
<text:list text:style-name="L2"><text:list-item><text:p>điểm</text:p></text:list-item><text:list-item text:start-value="5"><text:p>nhảy</text:p></text:list-item></text:list>
<text:list text:style-name="L1" text:continue-list="one"><text:list-item><text:p>Nhiệm vụ</text:p></text:list-item></text:list>
<text:list text:style-name="L1"><text:list-item><text:p>lại từ đầu</text:p></text:list-item></text:list>`, styles)),
		"I. Mục đích", "2. hai", "đoạn sau của hai", "3. ba", "- gạch", "a) điểm", "e) nhảy", "II. Nhiệm vụ", "I. lại từ đầu")
}

func TestWriterTablesKeepTheirColumns(t *testing.T) {
	doc := read(t, "a.odt", writer(t, `<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>TT</text:p></table:table-cell>
<table:table-cell table:number-columns-spanned="2"><text:p>Nhiệm vụ</text:p></table:table-cell><table:covered-table-cell/></table:table-row></table:table-header-rows>
<table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>1</text:p></table:table-cell><table:table-cell><text:p>Rà soát</text:p><text:p>quy định</text:p></table:table-cell><table:table-cell><text:p>Quý I</text:p></table:table-cell></table:table-row>
<table:table-row><table:covered-table-cell/><table:table-cell><text:p>Báo cáo</text:p></table:table-cell><table:table-cell table:number-columns-repeated="1000000"><text:p>x</text:p></table:table-cell></table:table-row></table:table>`, ""))
	for i, want := range []string{`["TT" "Nhiệm vụ" ""]`, `["1" "Rà soát\nquy định" "Quý I"]`} {
		if got := fmt.Sprintf("%q", doc.Lines[i].Cells); got != want {
			t.Errorf("row %d: %s, want %s", i, got, want)
		}
	}
	if last := doc.Lines[2].Cells; last[0] != "1" || last[1] != "Báo cáo" || len(last) > 64 {
		t.Errorf("%d cells in the last row, %.3q", len(last), last)
	}
}
