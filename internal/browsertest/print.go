package browsertest

import (
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Print stores the page as it is printed, on the paper that its style names, as
// folder/name.pdf, and answers that file's path.
func (b *Browser) Print(folder, name string) string {
	b.t.Helper()
	byStyle := true
	sheet, err := chromedp.Call(b.Ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &byStyle})
	if err == nil {
		err = os.MkdirAll(folder, 0o755) //nolint:gosec // papers to look at
	}
	path := filepath.Join(folder, name+".pdf")
	if err == nil {
		err = os.WriteFile(path, sheet.Data, 0o644) //nolint:gosec // papers to look at
	}
	if err != nil {
		b.t.Fatalf("print of %s: %v", name, err)
	}
	return path
}
