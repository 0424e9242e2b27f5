package journeys

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/chromedp"

	"dondoc/internal/browsertest"
)

// chooseFile puts a text into the file field of a form as a file of that name.
const chooseFile = `(() => {
	const chosen = new DataTransfer();
	chosen.items.add(new File([%q], %q));
	document.querySelector('main input[type=file]').files = chosen.files;
	return true; })()`

// A plan authority gives in the document as it was published, and finds what was read
// of it beside the text, one click from each line to its item and back. The draft
// goes in the end: the pages that come after are of the sample.
func TestTheIssuedDocumentIsReadAndChecked(t *testing.T) {
	text, err := os.ReadFile("../../../examples/source/dong-nai-2016-2020.txt")
	if err != nil {
		t.Fatal(err)
	}
	b := browsertest.Start(t, patience)
	b.Width(1440)
	b.SignIn(running.base, planAuthority, running.password)
	v := browsertest.Hand{Browser: b}
	b.Open(running.base + "/van-ban/doc")
	keeps(t, b, "/van-ban/doc", 1440)
	browsertest.Ask[bool](b, fmt.Sprintf(chooseFile, text, "dong-nai.txt"))
	v.Click("Đọc văn bản")
	v.Sees("Đã đọc xong", "Ai được giao việc gì", "Công an tỉnh")
	address := browsertest.Ask[string](b, "location.pathname")
	looks := func(page, name string) {
		t.Helper()
		b.Width(1440)
		b.Open(running.base + page)
		keeps(t, b, page, 1440)
		b.Picture(artifacts, name+"-1440")
		b.Zoom(1440)
		for _, over := range b.Fits() {
			t.Errorf("%s at 200 %%: %s", page, over)
		}
		b.Width(360)
		keeps(t, b, page, 360)
		b.Picture(artifacts, name+"-360")
		b.Width(1440)
	}
	looks(address, "van-ban-doc")
	looks(browsertest.Ask[string](b, `(a => a.pathname + a.search)(document.querySelector('.given .acts a.btn'))`), "van-ban-doc-sua")
	b.Open(running.base + address)
	if n := browsertest.Ask[int](b, `[...document.querySelectorAll('.read a[href^="#d"], .paper a[href^="#"]')].filter(a => !document.getElementById(a.hash.slice(1))).length`); n > 0 {
		t.Errorf("%d ways between the text and the draft lead nowhere", n)
	}

	v.Click("Đúng")
	v.Sees("Đã ghi nhận.", "Đã xem 1/")

	// What the document leaves out is asked for, by the line of the plan's file.
	v.Click("Lập kế hoạch và kiểm tra")
	b.Do(chromedp.WaitVisible(chromedp.CSS(`[id="o-source"]`)))
	keeps(t, b, "the faults of the draft", 1440)

	b.Open(running.base + address)
	v.Click("Bỏ bản nháp này")
	v.Lands("/van-ban/doc")
	v.Sees("Chưa có văn bản nào đang kiểm tra.")
}
