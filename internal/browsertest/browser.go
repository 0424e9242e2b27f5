package browsertest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Browser is one tab of a Chromium of its own.
type Browser struct {
	t   testing.TB
	Ctx context.Context

	mu       sync.Mutex
	troubles []string
}

// Start starts Chromium; a machine without it fails the test, it does not skip it.
// The browser ends with the test, at the latest after the given limit.
func Start(t testing.TB, limit time.Duration) *Browser {
	t.Helper()
	// A profile of our own, so that nothing stays behind in the system's folder.
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Headless, chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("hide-scrollbars", true))
	allocated, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	b := &Browser{t: t}
	b.open(allocated, limit)
	return b
}

// Another opens a second tab of the same browser with cookies of its own, as
// another person's browser.
func (b *Browser) Another(limit time.Duration) *Browser {
	b.t.Helper()
	other := &Browser{t: b.t}
	other.open(b.Ctx, limit, chromedp.WithNewBrowserContext())
	return other
}

func (b *Browser) open(parent context.Context, limit time.Duration, options ...chromedp.ContextOption) {
	b.t.Helper()
	ctx, leave := chromedp.NewContext(parent, options...)
	b.t.Cleanup(leave)
	if err := chromedp.Do(ctx); err != nil {
		b.t.Fatalf("Chromium does not start (Debian: apt-get install chromium): %v", err)
	}
	// Only now: a limit on the first call would end the browser with it.
	ctx, cancel := context.WithTimeout(ctx, limit)
	b.t.Cleanup(cancel)
	b.Ctx = ctx
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		b.t.Fatal(err)
	}
	b.Do(Command(log.Enable, cdp.Empty{}))
	// The window in front, so that focus moves as under a person's hands.
	b.Do(Command(emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}))
}

// hear keeps what the browser complains of: refused by the content policy,
// exceptions of scripts, files that are missing.
func (b *Browser) hear(event any) {
	var trouble string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		trouble = "script: " + e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			trouble += " " + e.ExceptionDetails.Exception.Description
		}
	case *log.EventEntryAdded:
		if e.Entry.Level != log.EntryLevelError || e.Entry.Source == log.EntrySourceNetwork {
			return
		}
		trouble = string(e.Entry.Source) + ": " + e.Entry.Text
	default:
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.troubles = append(b.troubles, trouble)
}

// Troubles answers what the browser complained of since the last call.
func (b *Browser) Troubles() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	found := b.troubles
	b.troubles = nil
	return found
}

// Do runs actions and fails the test where one fails.
func (b *Browser) Do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.Ctx, actions...); err != nil {
		b.t.Fatalf("browser at %s: %v", b.Address(), err)
	}
}

// Address is where the tab is.
func (b *Browser) Address() string {
	address, err := chromedp.Run(b.Ctx, chromedp.Location())
	if err != nil {
		return fmt.Sprintf("(unknown: %v)", err)
	}
	return address
}

// Open goes to an address.
func (b *Browser) Open(address string) {
	b.t.Helper()
	if !b.Opens(address) {
		b.t.Fatalf("%s is no page", address)
	}
}

// Opens goes to an address and reports whether it is a page; a file is not, and
// leaves the tab where it was.
func (b *Browser) Opens(address string) bool {
	b.t.Helper()
	err := chromedp.Do(b.Ctx, chromedp.Navigate(address))
	if err != nil && strings.Contains(err.Error(), "net::ERR_ABORTED") {
		return false
	}
	if err != nil {
		b.t.Fatalf("open %s: %v", address, err)
	}
	return true
}

// Width makes the window a phone's or a desk's, in CSS pixels.
func (b *Browser) Width(width int64) {
	b.t.Helper()
	height := int64(900)
	if width < 700 {
		height = 740
	}
	b.Do(chromedp.EmulateViewport(width, height))
}

// Scripts allows the pages' scripts or forbids them.
func (b *Browser) Scripts(allowed bool) {
	b.t.Helper()
	b.Do(Command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !allowed}))
}

// SignIn signs in over the page as a person does.
func (b *Browser) SignIn(base, email, password string) {
	b.t.Helper()
	b.Do(Command(network.ClearBrowserCookies, cdp.Empty{}),
		chromedp.Navigate(base+"/dang-nhap"),
		chromedp.SendKeys(chromedp.CSS("#email"), email), chromedp.SendKeys(chromedp.CSS("#password"), password),
		chromedp.Click(chromedp.CSS("main button")))
	const in = `document.readyState === 'complete' && document.querySelector('#password') === null`
	if !soon(30*time.Second, func() bool {
		return b.asks(in + ` || document.querySelector('#password').getAttribute('aria-invalid') !== null || document.querySelector('.errors') !== null`)
	}) || !b.asks(in) {
		b.t.Fatalf("%s cannot sign in: %.300s", email, b.Text())
	}
}

// Picture stores what the whole page looks like as folder/name.png.
func (b *Browser) Picture(folder, name string) {
	b.t.Helper()
	shot, err := chromedp.Run(b.Ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.MkdirAll(folder, 0o755) //nolint:gosec // pictures to look at
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), shot, 0o644) //nolint:gosec // pictures to look at
	}
	if err != nil {
		b.t.Fatalf("picture of %s: %v", name, err)
	}
}

// Command is an action that sends one command of the protocol.
func Command[P, R any](cmd cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, cmd, params)
		return err
	})
}

// Cut takes the connection away, or gives it back.
func (b *Browser) Cut(away bool) {
	b.t.Helper()
	b.Do(Command(emulateLine, line{Offline: away, Down: -1, Up: -1}))
}

// Slow makes the line a slow one: what an answer takes at least, in milliseconds,
// and how much comes through, in bits a second.
func (b *Browser) Slow(latency, bits float64) {
	b.t.Helper()
	b.Do(Command(network.Enable, network.EnableParams{}), Command(emulateLine, line{Latency: latency, Down: bits / 8, Up: bits / 8}))
}

// emulateLine is old in the protocol but, unlike what follows it, known to every
// Chromium that Debian has.
var emulateLine = cdp.Command[line, cdp.Empty]{Method: "Network.emulateNetworkConditions"}

type line struct {
	Offline bool    `json:"offline"`
	Latency float64 `json:"latency"` // ms
	Down    float64 `json:"downloadThroughput"`
	Up      float64 `json:"uploadThroughput"`
}
