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
