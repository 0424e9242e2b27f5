package activities

import (
	"context"
	"fmt"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/workflows"
)

// WeeklyCron is when the weekly digest goes out unless configured otherwise.
const WeeklyCron = "0 8 * * 1"

// DigestStore is what the digest asks of the system of record.
type DigestStore interface {
	LastDigest(ctx context.Context) (slot time.Time, ok bool, err error)
	RecordDigest(ctx context.Context, slot, now time.Time) (recipients int, recorded bool, err error)
}

// Digest holds the activities of the weekly digest.
type Digest struct {
	Store DigestStore
	Clock clock.Business
	// Cron is an expression of five fields, evaluated in Zone.
	Cron string
	Zone *time.Location
}

// NextDigest names the slot to record next: the latest that was missed, else
// the first to come.
func (d *Digest) NextDigest(ctx context.Context, in workflows.DigestQuery) (workflows.DigestTurn, error) {
	now, err := d.Clock.Now(ctx)
	if err != nil {
		return workflows.DigestTurn{}, fmt.Errorf("business clock: %w", err)
	}
	after := in.After
	if last, ok, err := d.Store.LastDigest(ctx); err != nil {
		return workflows.DigestTurn{}, err
	} else if ok && last.After(after) {
		after = last
	}
	if after.IsZero() {
		after = now
	}
	missed, next, err := d.slots(after, now)
	if err != nil {
		return workflows.DigestTurn{}, final(err)
	}
	turn := workflows.DigestTurn{Slot: missed, After: after}
	if missed.IsZero() {
		if next.IsZero() {
			return workflows.DigestTurn{After: after, None: true}, nil
		}
		wait, err := d.Clock.Wait(ctx, next)
		if err != nil {
			return workflows.DigestTurn{}, fmt.Errorf("business clock: %w", err)
		}
		// It may have come since the look at the clock: then look again at once.
		turn.Slot, turn.Wait = next, max(wait, time.Millisecond)
	}
	return turn, nil
}

// RecordDigest records the digest of a slot; a repeat does nothing. While rounds
// of that moment have yet to open it fails and is tried again.
func (d *Digest) RecordDigest(ctx context.Context, slot time.Time) error {
	now, err := d.Clock.Now(ctx)
	if err != nil {
		return fmt.Errorf("business clock: %w", err)
	}
	_, _, err = d.Store.RecordDigest(ctx, slot, now)
	return err
}

// unrecorded bounds how far back a first digest is looked for when none was
// ever recorded: a fresh system owes nobody last Monday's.
const unrecorded = 10 * time.Minute

// recordDue records the digest whose slot has come. The delivery calls it
// before it composes: digest and reminders of one Monday morning are one
// message, whichever workflow wakes first.
// Held: rounds of that moment have yet to open, the digest waits for them.
func (d *Digest) recordDue(ctx context.Context, now time.Time) (held bool, err error) {
	after, ok, err := d.Store.LastDigest(ctx)
	if err != nil {
		return false, err
	}
	if !ok {
		after = now.Add(-unrecorded)
	}
	missed, _, err := d.slots(after, now)
	if err != nil || missed.IsZero() {
		return false, err
	}
	_, _, err = d.Store.RecordDigest(ctx, missed, now)
	if f := fault.Of(err); f != nil && f.Kind == fault.Unavailable {
		return true, nil
	}
	return false, err
}

// slots returns the latest slot in (after, now] and the first one after now;
// zero where there is none.
func (d *Digest) slots(after, now time.Time) (missed, next time.Time, err error) {
	rule := calendar.StepRule{Cron: d.Cron}
	for at := after; ; {
		slot, ok, err := calendar.NextOccurrence(rule, at, d.Zone)
		if err != nil || !ok {
			return missed, time.Time{}, err
		}
		slot = slot.UTC()
		if slot.After(now) {
			return missed, slot, nil
		}
		missed, at = slot, slot
	}
}
