package journeys

import (
	"fmt"
	"testing"
	"time"

	"dondoc/internal/browsertest"
)

// hostile is what somebody types who wants words to act.
const hostile = `"><script>window.hit=1</script><img src=x onerror="window.hit=1">{{.}}' OR 1=1 --`

// fillAll types it into every field of the page's forms that act, and sends the
// first; passwords and what signs out are left alone.
const fillAll = `(() => {
	const forms = [...document.querySelectorAll('main form[method=post]')];
	let filled = 0;
	for (const form of forms) for (const field of form.querySelectorAll('textarea, input:not([type]), input[type=text], input[type=search], input[inputmode]')) {
		field.value = %q; filled++;
	}
	return filled; })()`

// answerTime is how long an answer may take before the form counts as one that the
// page itself holds back.
const answerTime = 3 * time.Second

// What is typed into any field of any page shows as text, or is refused: nothing of
// it acts, in no page that shows it later. The test comes last in this package, by
// its file's name, for what it leaves behind is no sample.
func TestHostileWordsStayWords(t *testing.T) {
	for _, who := range []struct{ name, email string }{
		{"dau-moi", focalPoint}, {"theo-doi", supervisor}, {"ban-hanh", planAuthority}, {"quan-tri", administrator},
	} {
		t.Run(who.name, func(t *testing.T) {
			b := browsertest.Start(t, patience)
			b.Width(1440)
			b.SignIn(running.base, who.email, running.password)
			fields, sent, answered := 0, 0, 0
			crawl(b, func(address string) {
				forms := browsertest.Ask[int](b, `document.querySelectorAll('main form[method=post]').length`)
				for i := range forms {
					if i > 0 && !b.Opens(running.base+address) {
						return
					}
					n := browsertest.Ask[int](b, fmt.Sprintf(fillAll, hostile))
					fields += n
					if n == 0 {
						continue
					}
					b.Leave()
					if browsertest.Ask[bool](b, fmt.Sprintf(`(() => { const f = document.querySelectorAll('main form[method=post]')[%d];
						if (!f || !f.querySelector('textarea, input:not([type]), input[type=text]')) return false;
						f.noValidate = true; f.closest('details') && (f.closest('details').open = true);
						const b = f.querySelector('button:not([formaction])'); if (!b) return false; b.click(); return true; })()`, i)) {
						sent++
						if b.Left(answerTime) {
							answered++
						}
						unharmed(t, b, address)
					}
				}
			})
			t.Logf("%d fields, %d forms sent, %d answered", fields, sent, answered)
			if fields < 3 || sent == 0 || 2*answered < sent {
				t.Errorf("only %d fields and %d forms were found, %d answered", fields, sent, answered)
			}
			// And wherever it may show now.
			crawl(b, func(address string) { unharmed(t, b, address) })
		})
	}
}

func unharmed(t *testing.T, b *browsertest.Browser, address string) {
	t.Helper()
	if browsertest.Ask[bool](b, `window.hit !== undefined || document.querySelector('img[src="x"]') !== null`) {
		t.Errorf("after %s: typed words act", address)
	}
	for _, trouble := range b.Troubles() {
		t.Errorf("after %s: %s", address, trouble)
	}
}
