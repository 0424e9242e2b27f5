package rehearsal

import "testing"

// TestYear lets the plan run a year undisturbed.
func TestYear(t *testing.T) {
	w := newWorld(t, theYear.From)
	must(t, w.worker.Start(t.Context()))
	w.activate()
	w.play(theYear)
	w.hold(theYear)
	byHand, err := recordedFacts(t.Context(), w.db)
	must(t, err)
	byHand.check(t)
}

func TestZZShort(t *testing.T) {
	w := newWorld(t, theYear.From)
	must(t, w.worker.Start(t.Context()))
	w.activate()
	r := theYear
	r.Until = instant("2026-02-05 12:00")
	w.play(r)
	w.hold(r)
}
