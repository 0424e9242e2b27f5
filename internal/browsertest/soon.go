package browsertest

import (
	"time"

	"github.com/chromedp/chromedp"
)

// lookAgain is how long the browser is left alone between two looks.
const lookAgain = 20 * time.Millisecond

// soon looks again and again until something holds; false where it does not within
// the time.
func soon(within time.Duration, holds func() bool) bool {
	end := time.NewTimer(within)
	defer end.Stop()
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for !holds() {
		select {
		case <-end.C:
			return holds()
		case <-again.C:
		}
	}
	return true
}

// asks answers whether an expression is true; a page that is just being left
// answers nothing.
func (b *Browser) asks(expression string) bool {
	yes, err := chromedp.Run(b.Ctx, chromedp.Evaluate[bool](expression))
	return err == nil && yes
}

// Leave marks the page, so that Left can tell it from its successor.
func (b *Browser) Leave() { b.asks(`(window.left = true)`) }

// Left waits until the marked page was left and its successor is there; false where
// it stays.
func (b *Browser) Left(within time.Duration) bool {
	return soon(within, func() bool { return b.asks(`window.left === undefined && document.readyState === 'complete'`) })
}
