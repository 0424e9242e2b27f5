package postgres

import (
	"slices"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
)

// closing finds until when the round lasts. One of a retired duty, or whose
// period is no more, lasts as it was meant to.
func (w *roundWork) closing(pair dutyPair) error {
	if pair.retired || !w.exists {
		return nil
	}
	old := w.row.period()
	before, after := pair.before.Validity.To.AddDays(1).In(pair.before.Zone), pair.after.Validity.To.AddDays(1).In(pair.after.Zone)
	if !old.Cadence.OpenedByHand() {
		was, err := pair.before.StreamOf(old).Round(old)
		if err != nil {
			return skipBeforeStart(err)
		}
		will, err := pair.after.StreamOf(w.period).Round(w.period)
		if err != nil {
			return skipBeforeStart(err)
		}
		before, after = was.ClosesAt, will.ClosesAt
	}
	if !after.Equal(before) {
		w.effect.ClosesTo = after.UTC()
	}
	return nil
}

// dueBeforeStart reports whether a period was due before the plan began: it has no due time.
func dueBeforeStart(err error) bool {
	f := fault.Of(err)
	return f != nil && f.Code == calendar.CodeDueBeforeStart
}

func skipBeforeStart(err error) error {
	if dueBeforeStart(err) {
		return nil
	}
	return err
}

// ends tells whether nothing is owed any more.
func (w *roundWork) ends(pair dutyPair, tasks []amendedTask) {
	definition := pair.after.Definition
	if pair.retired {
		definition = pair.before.Definition
	}
	before, after := 0, len(w.effect.Opened)
	for _, t := range tasks {
		if t.State.Settled(pair.before.Definition.Review.Mode != plan.ReviewNone) {
			continue
		}
		before++
		if !slices.Contains(w.cancelled, t.ID) && !t.State.Settled(definition.Review.Mode != plan.ReviewNone) {
			after++
		}
	}
	w.effect.Ends = before > 0 && after == 0
}
