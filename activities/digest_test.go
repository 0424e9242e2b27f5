package activities_test

import (
	"context"
	"testing"
	"time"

	"dondoc/activities"
	"dondoc/internal/clock"
	"dondoc/workflows"
)

// ledger is a digest store in memory: which slots were recorded, in order.
type ledger struct{ slots []time.Time }

func (l *ledger) LastDigest(context.Context) (time.Time, bool, error) {
	if len(l.slots) == 0 {
		return time.Time{}, false, nil
	}
	return l.slots[len(l.slots)-1], true, nil
}

func (l *ledger) RecordDigest(_ context.Context, slot, _ time.Time) (int, bool, error) {
	l.slots = append(l.slots, slot)
	return 1, true, nil
}

func TestNextDigest(t *testing.T) {
	week := 7 * 24 * time.Hour
	for _, c := range []struct {
		name     string
		recorded time.Time
		after    time.Time
		now      time.Time
		slot     time.Time
		wait     time.Duration
	}{
		{"a fresh system waits for its first Monday", time.Time{}, time.Time{}, monday.Add(time.Hour), monday.Add(week), week - time.Hour},
		{"the first slot it waited for", time.Time{}, monday.Add(-time.Hour), monday, monday, 0},
		{"a week later", monday, time.Time{}, monday.Add(time.Hour), monday.Add(week), week - time.Hour},
		{"three weeks of outage are made up for by the latest", monday, time.Time{}, monday.Add(3*week + time.Hour), monday.Add(3 * week), 0},
		{"what was recorded meanwhile counts", monday, monday.Add(-3 * week), monday.Add(time.Minute), monday.Add(week), week - time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := &ledger{}
			if !c.recorded.IsZero() {
				store.slots = append(store.slots, c.recorded)
			}
			digest := &activities.Digest{Store: store, Clock: clock.Fixed(c.now), Cron: activities.WeeklyCron, Zone: ict}
			turn, err := digest.NextDigest(t.Context(), workflows.DigestQuery{After: c.after})
			if err != nil {
				t.Fatal(err)
			}
			if !turn.Slot.Equal(c.slot) || turn.Wait != c.wait || turn.None {
				t.Errorf("%+v", turn)
			}
		})
	}
}

func TestAnUnreadableDigestExpressionIsSaid(t *testing.T) {
	digest := &activities.Digest{Store: &ledger{}, Clock: clock.Fixed(monday), Cron: "mỗi thứ hai", Zone: ict}
	if turn, err := digest.NextDigest(t.Context(), workflows.DigestQuery{}); err == nil {
		t.Errorf("%+v", turn)
	}
}
