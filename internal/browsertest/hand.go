package browsertest

import (
	"fmt"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Hand is a person at a browser: it finds things by the words on them and uses a
// pointer, or the keyboard alone. Every gesture goes through the browser's own
// input, so what is covered, unreachable or without a visible focus fails.
type Hand struct {
	*Browser
	Keyboard bool // no pointer: Tab, Enter, Space and letters only
}

// patience is how long a hand waits for what it expects to see.
const patience = 8 * time.Second

// tabs is how many times a hand presses Tab before it gives up.
const tabs = 600

// finder marks the first element of the page with the words asked for, exact words
// before words that begin so before words that hold them.
const finder = `((words, kinds, from) => {
	const plain = s => (s || '').replace(/\s+/g, ' ').trim();
	const seen = e => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && getComputedStyle(e).visibility !== 'hidden'; };
	const all = [...(from ? document.querySelector(from) || document : document).querySelectorAll(kinds)].filter(seen);
	const said = e => plain(e.getAttribute('aria-label') || e.innerText || e.value);
	const found = all.find(e => said(e) === words) || all.find(e => said(e).startsWith(words)) || all.find(e => said(e).includes(words));
	window.target = found && found.tagName === 'LABEL' ? found.control || found : found;
	window.label = found;
	return Boolean(found);
})`

// Click uses the link, button, choice or switch that says the words.
func (h *Hand) Click(words string) {
	h.t.Helper()
	h.ClickIn("", words)
}

// ClickIn does so within the first element that a CSS selector finds.
func (h *Hand) ClickIn(selector, words string) {
	h.t.Helper()
	h.find(selector, "a[href], button, summary, label, input[type=submit]", words)
	h.use()
}

// Pick uses the first element that a CSS selector finds, for what has no words.
func (h *Hand) Pick(selector string) {
	h.t.Helper()
	h.until("nothing at "+selector, func() bool {
		return h.asks(fmt.Sprintf(`(window.label = window.target = document.querySelector(%q)) !== null`, selector))
	})
	h.use()
}

// Fill writes into the field that a label's words name, in place of what it held.
func (h *Hand) Fill(label, text string) {
	h.t.Helper()
	h.find("", "label, input[aria-label], textarea[aria-label]", label)
	h.write(text)
}

// Write does so in the field that a CSS selector finds.
func (h *Hand) Write(selector, text string) {
	h.t.Helper()
	h.until("nothing at "+selector, func() bool {
		return h.asks(fmt.Sprintf(`(window.label = window.target = document.querySelector(%q)) !== null`, selector))
	})
	h.write(text)
}

func (h *Hand) write(text string) {
	h.t.Helper()
	if h.Keyboard {
		h.tabThere()
	} else {
		h.press()
	}
	if Ask[bool](h.Browser, `window.target.tagName === 'SELECT'`) {
		h.t.Fatalf("a list at %s is chosen from, not written into", h.Address())
	}
	Ask[bool](h.Browser, `window.target.select && window.target.select(); true`)
	h.Do(Command(input.InsertText, input.InsertTextParams{Text: text}))
}

// Choose picks what a list offers by its words.
func (h *Hand) Choose(label, words string) {
	h.t.Helper()
	h.find("", "label, select[aria-label]", label)
	if h.Keyboard {
		h.tabThere()
	}
	if !Ask[bool](h.Browser, fmt.Sprintf(`(() => { const list = window.target, words = %q;
		const option = [...list.options].find(o => o.text.trim() === words) || [...list.options].find(o => o.text.includes(words));
		if (!option) return false;
		list.value = option.value;
		list.dispatchEvent(new Event('input', {bubbles: true})); list.dispatchEvent(new Event('change', {bubbles: true}));
		return true; })()`, words)) {
		h.t.Fatalf("%q at %s does not offer %q", label, h.Address(), words)
	}
	h.settle()
}

// Sees waits for words on the page and fails where they do not come.
func (h *Hand) Sees(words ...string) {
	h.t.Helper()
	for _, w := range words {
		h.until(fmt.Sprintf("does not say %q", w), func() bool {
			return h.asks(fmt.Sprintf(`document.body.innerText.replace(/\s+/g, ' ').includes(%q)`, w))
		})
	}
}

// Lands waits until the path of the address begins so.
func (h *Hand) Lands(path string) {
	h.t.Helper()
	h.until("is not "+path, func() bool {
		return h.asks(fmt.Sprintf(`location.pathname.startsWith(%q) && document.readyState === 'complete'`, path))
	})
}

func (h *Hand) find(from, kinds, words string) {
	h.t.Helper()
	h.until(fmt.Sprintf("has nothing to use that says %q", words), func() bool {
		return h.asks(fmt.Sprintf("%s(%q, %q, %q)", finder, words, kinds, from))
	})
}

// until asks again and again; a page that is just being left answers nothing.
func (h *Hand) until(otherwise string, asked func() bool) {
	h.t.Helper()
	if !soon(patience, asked) {
		h.t.Fatalf("%s %s:\n%.1500s", h.Address(), otherwise, h.Text())
	}
}

// use presses what was found as a hand does, and waits while the page answers.
func (h *Hand) use() {
	h.t.Helper()
	h.Leave()
	if h.Keyboard {
		h.tabThere()
		key := kb.Enter
		if Ask[bool](h.Browser, `/checkbox|radio/.test(window.target.type || '')`) {
			key = " "
		}
		h.Do(chromedp.KeyEvent(key))
	} else {
		h.press()
	}
	h.settle()
}

// press clicks the middle of what was found, after checking that it is not covered.
func (h *Hand) press() {
	h.t.Helper()
	at := Ask[[]float64](h.Browser, `(() => {
		const e = window.label;
		e.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'});
		const r = e.getClientRects()[0], x = r.x + r.width / 2, y = r.y + r.height / 2;
		const top = document.elementFromPoint(x, y);
		return top && (e === top || e.contains(top) || top.contains(e)) ? [x, y] : []; })()`)
	if len(at) != 2 {
		h.t.Fatalf("%s: %q is covered", h.Address(), Ask[string](h.Browser, `window.label.innerText`))
	}
	h.Do(chromedp.MouseClickXY(at[0], at[1]))
}

// tabThere presses Tab until what was found has the focus, which has to be seen.
func (h *Hand) tabThere() {
	h.t.Helper()
	for range tabs {
		if Ask[bool](h.Browser, `document.activeElement === window.target`) {
			if !Ask[bool](h.Browser, `(() => { const e = document.activeElement, s = getComputedStyle(e);
				const marked = s => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none';
				return marked(s) || (e.nextElementSibling && marked(getComputedStyle(e.nextElementSibling))) || (e.parentElement && marked(getComputedStyle(e.parentElement))); })()`) {
				h.t.Errorf("%s: the focus on %q cannot be seen", h.Address(), Ask[string](h.Browser, `(window.label.innerText || window.label.name || window.label.id)`))
			}
			return
		}
		// Radio buttons of one group share one stop; arrows move within it.
		if Ask[bool](h.Browser, `(() => { const a = document.activeElement, t = window.target; return a.type === 'radio' && t.type === 'radio' && a.name === t.name && a.form === t.form; })()`) {
			h.Do(chromedp.KeyEvent(kb.ArrowDown))
			continue
		}
		h.Do(chromedp.KeyEvent(kb.Tab))
	}
	h.t.Fatalf("%s: %q cannot be reached with Tab", h.Address(), Ask[string](h.Browser, `window.label.innerText`))
}

// settle waits until the page that was used has been left and its successor is
// there, or until it is plain that it answers in place.
func (h *Hand) settle() {
	h.Left(400 * time.Millisecond)
}

// Zoom makes everything twice as large in a window of the given width, as a
// reader's browser does.
func (b *Browser) Zoom(width int64) {
	b.t.Helper()
	b.Do(chromedp.EmulateViewport(width/2, 450, chromedp.EmulateScale(2)))
}
