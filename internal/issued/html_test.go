package issued_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

func TestWebPages(t *testing.T) {
	long := strings.Repeat("Văn bản dài của cả trang. ", 100)
	for _, c := range []struct {
		what, page string
		want       []string
	}{
		{"blocks are lines", "<html><body><h1>KẾ HOẠCH</h1><p>Một <b>đậm</b>\n hai<div>ba<p>bốn</div>năm", []string{"KẾ HOẠCH", "Một đậm hai", "ba", "bốn", "năm"}},
		{"breaks are lines", "<html><p>a) một<br>b) hai<br/>  <br>c) ba</p>", []string{"a) một", "b) hai", "c) ba"}},
		{"what is no text of the page is left out", "<html><head><title>Cổng</title><style>p{}</style></head><header>Trang chủ</header><nav>Menu</nav><script>var a='<p>x</p>';</script><p>Văn bản</p>" +
			"<form>Tìm kiếm<input><button>Tìm</button></form><p style='display: none'>ẩn</p><!-- chú thích --><noscript>Bật JavaScript</noscript><footer>Bản quyền</footer>", []string{"Văn bản"}},
		{"the head of an article is its own", "<html><article><header><h1>KẾ HOẠCH</h1></header><p>Một</p></article>", []string{"KẾ HOẠCH", "Một"}},
		{"a portal that is one form", "<html><form id=aspnetForm><p>" + long + "</p><p>hết</p></form>", []string{strings.TrimSpace(long), "hết"}},
		{"lists have their numbers", "<html><ol><li>một<li>hai<ol type=a><li>con</ol><li value=7>bảy</ol><ol start=3 type=I><li>ba</li></ol><ul><li>gạch</ul><ol style='list-style-type:none'><li>1.1. tự số</ol>",
			[]string{"1. một", "2. hai", "a) con", "7. bảy", "III. ba", "- gạch", "1.1. tự số"}},
		{"a layout table is none", "<html><table><tr><td><p>Trái</p><p>" + long + "</p></td><td>Phải</td></tr></table><table><tr><td>một ô</td></tr></table>", []string{"Trái", strings.TrimSpace(long), "Phải", "một ô"}},
		{"entities and blanks", "<html><p>A&nbsp;&amp;&#160;B &lt;c&gt; &Acirc;</p><pre>một\n  hai</pre>", []string{"A & B <c> Â", "một", "hai"}},
		{"tags that are not closed", "<html><p>một<p>hai<table><tr><td>1<td>a<tr><td>2<td>b</table>ba</b></i></span>", []string{"một", "hai", "1 | a", "2 | b", "ba"}},
	} {
		t.Run(c.what, func(t *testing.T) { wantLines(t, read(t, "a.html", []byte(c.page)), c.want...) })
	}
}

func TestWebTablesKeepTheirColumns(t *testing.T) {
	doc := read(t, "a.html", []byte(`<html><table><thead><tr><th>TT<th colspan=2>Nhiệm vụ<th>Hạn</thead>
<tr><td rowspan=2>1<td><p>Rà soát</p><p>quy định</p><td>x<td>Quý I<tr><td>Báo cáo<td>y<td>Quý II</table>`))
	for i, want := range []string{`["TT" "Nhiệm vụ" "" "Hạn"]`, `["1" "Rà soát\nquy định" "x" "Quý I"]`, `["1" "Báo cáo" "y" "Quý II"]`} {
		if got := fmt.Sprintf("%q", doc.Lines[i].Cells); got != want {
			t.Errorf("row %d: %s, want %s", i, got, want)
		}
	}
}

func TestTheCharsetOfAPage(t *testing.T) {
	page, err := charmap.Windows1258.NewEncoder().String("<html><meta charset=windows-1258><p>" + apart("Kế hoạch của tỉnh"))
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, read(t, "a.html", []byte(page)), "Kế hoạch của tỉnh")
}
