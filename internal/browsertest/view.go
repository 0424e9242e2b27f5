package browsertest

import (
	"os"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// viewQuality keeps text sharp in a small file.
const viewQuality = 60

// View stores what the window shows, not the whole page, as a WebP file: a window of
// width × height CSS pixels, each of them scale × scale points.
func (b *Browser) View(width, height int64, scale float64, file string) {
	b.t.Helper()
	b.Do(chromedp.EmulateViewport(width, height, chromedp.EmulateScale(scale)))
	quality, surface := int64(viewQuality), true
	shot, err := chromedp.Call(b.Ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatWebp, Quality: &quality, FromSurface: &surface})
	if err == nil {
		err = os.WriteFile(file, shot.Data, 0o644) //nolint:gosec // pictures to look at
	}
	if err != nil {
		b.t.Fatalf("picture %s: %v", file, err)
	}
}
