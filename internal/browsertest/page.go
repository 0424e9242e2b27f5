package browsertest

import (
	_ "embed"
	"strings"

	"github.com/chromedp/chromedp"
)

//go:embed vendor/axe.min.js
var axeCore string

// Ask evaluates an expression in the page and answers its value. It comes from the
// test, so the page's content policy does not concern it.
func Ask[T any](b *Browser, expression string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.Ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("ask at %s: %v", b.Address(), err)
	}
	return value
}

// Text is what a reader reads on the page.
func (b *Browser) Text() string {
	b.t.Helper()
	return Ask[string](b, `document.body.innerText`)
}

// Axe answers every violation that axe-core finds, as "rule: where". The page's
// scripts have to be allowed.
func (b *Browser) Axe() []string {
	b.t.Helper()
	if !Ask[bool](b, `typeof axe === 'object'`) {
		Ask[bool](b, axeCore+"\n;true")
	}
	return Ask[[]string](b, `axe.run(document, {resultTypes: ['violations']}).then(r =>
		r.violations.flatMap(v => v.nodes.slice(0, 4).map(n => v.id + ': ' + n.target.join(' ') + ' ' + (n.any[0] || n.all[0] || n.none[0] || {message: ''}).message)))`)
}

// Fits answers what reaches past the right edge of the page, text that is cut, and,
// on a phone, what is too small to be touched.
func (b *Browser) Fits() []string {
	b.t.Helper()
	return Ask[[]string](b, `(() => {
	const w = document.documentElement.clientWidth, out = [];
	const name = (e) => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + '.' + (e.getAttribute('class') || '');
	if (document.documentElement.scrollWidth > w) out.push('the page is ' + document.documentElement.scrollWidth + ' wide');
	const scrolls = (e) => { for (let p = e.parentElement; p; p = p.parentElement) if (/auto|scroll/.test(getComputedStyle(p).overflowX)) return true; return false; };
	for (const e of document.querySelectorAll('body *')) {
		const r = e.getBoundingClientRect();
		if (r.width > 0 && r.right > w + 0.5 && !e.closest('.skip, thead, .unseen') && !scrolls(e)) out.push(name(e) + ' ends at ' + Math.round(r.right));
		const s = getComputedStyle(e);
		if (r.width > 1 && s.overflowX === 'hidden' && e.scrollWidth > e.clientWidth + 1 && e.innerText && !e.closest('.unseen')) out.push(name(e) + ' cuts its text: ' + e.innerText.slice(0, 40));
	}
	if (w < 500) for (const e of document.querySelectorAll('a.btn, button, summary, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, textarea')) {
		const r = e.getBoundingClientRect();
		if (r.width > 0 && r.height < 36 && !e.closest('.unseen')) out.push(name(e) + ' ' + e.textContent.trim().slice(0, 30) + ' is only ' + Math.round(r.height) + ' high');
	}
	return out.slice(0, 8); })()`)
}

// Links answers the addresses below base that the page leads to by plain links,
// without what changes nothing of the page (fragments).
func (b *Browser) Links(base string) []string {
	b.t.Helper()
	all := Ask[[]string](b, `[...document.querySelectorAll('a[href]')].filter(a => !a.hasAttribute('download')).map(a => a.href.split('#')[0])`)
	var ours []string
	for _, address := range all {
		if strings.HasPrefix(address, base+"/") {
			ours = append(ours, strings.TrimPrefix(address, base))
		}
	}
	return ours
}
