// Package clock holds the two clocks of the product. The business clock tells
// when plans, rounds, tasks and steps happen; the wall clock times sessions,
// tokens, throttling, leases and retries. Both are passed in: no other package
// calls time.Now.
package clock

import (
	"context"
	"time"
)

// Business is the clock that plans, tasks and steps live by. In production it
// is the wall clock; in a rehearsal it is kept in Postgres and holds still
// until all work of an instant is done.
type Business interface {
	// Now returns the current business instant in UTC.
	Now(ctx context.Context) (time.Time, error)
	// Wait returns the real duration after which a sleeper that waits for the
	// business instant until should look again; zero if it has come.
	Wait(ctx context.Context, until time.Time) (time.Duration, error)
}

// Wall tells real time.
type Wall func() time.Time

// SystemWall is the machine's clock in UTC, cut to the microseconds that
// Postgres keeps so that a stored instant equals the one it came from.
func SystemWall() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Real is the business clock of production: the wall clock itself.
type Real struct{ Wall Wall }

// Now returns the wall clock's instant.
func (r Real) Now(context.Context) (time.Time, error) { return r.Wall(), nil }

// Wait returns the time left until the instant, never negative.
func (r Real) Wait(_ context.Context, until time.Time) (time.Duration, error) {
	return max(until.Sub(r.Wall()), 0), nil
}

// Fixed is a business clock that stands still, for tests and for pure
// computations such as a preview.
type Fixed time.Time

// Now returns the fixed instant.
func (f Fixed) Now(context.Context) (time.Time, error) { return time.Time(f), nil }

// Wait returns zero for the past and the difference for the future.
func (f Fixed) Wait(_ context.Context, until time.Time) (time.Duration, error) {
	return max(until.Sub(time.Time(f)), 0), nil
}
