package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/clock"
)

// RehearsalClock is the business clock of a rehearsal: it runs from an anchor
// at a rate and never passes its hold, so that slowness and crashes cost wall
// time only and leave the outcome exact.
type RehearsalClock struct {
	DB   *sqlx.DB
	Wall clock.Wall
}

// minimumWait keeps sleepers at a held instant from spinning.
const minimumWait = 50 * time.Millisecond

type rehearsalRow struct {
	WallAnchor     time.Time    `db:"wall_anchor_at"`
	BusinessAnchor time.Time    `db:"business_anchor_at"`
	Rate           float64      `db:"rate"`
	Hold           sql.NullTime `db:"hold_at"`
}

func (r rehearsalRow) now(wall time.Time) time.Time {
	elapsed := max(wall.Sub(r.WallAnchor), 0)
	now := r.BusinessAnchor.Add(time.Duration(float64(elapsed) * r.Rate)).UTC().Truncate(time.Microsecond)
	if r.Hold.Valid && now.After(r.Hold.Time) {
		return r.Hold.Time.UTC()
	}
	return now
}

func (c RehearsalClock) read(ctx context.Context) (rehearsalRow, error) {
	var row rehearsalRow
	if err := c.DB.GetContext(ctx, &row, `
		SELECT wall_anchor_at, business_anchor_at, rate, hold_at FROM rehearsal_clock`); err != nil {
		return row, fmt.Errorf("read rehearsal clock: %w", err)
	}
	return row, nil
}

// Now returns the rehearsal's instant.
func (c RehearsalClock) Now(ctx context.Context) (time.Time, error) {
	row, err := c.read(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return row.now(c.Wall()), nil
}

// Wait returns the real time until the clock can have reached the instant at
// the earliest; a sleeper then looks again, because the clock may have held.
func (c RehearsalClock) Wait(ctx context.Context, until time.Time) (time.Duration, error) {
	row, err := c.read(ctx)
	if err != nil {
		return 0, err
	}
	left := until.Sub(row.now(c.Wall()))
	if left <= 0 {
		return 0, nil
	}
	return max(time.Duration(float64(left)/row.Rate), minimumWait), nil
}

// Set moves the clock to a business instant, from which it runs at the rate up to hold (zero: no hold).
func (c RehearsalClock) Set(ctx context.Context, at time.Time, rate float64, hold time.Time) error {
	_, err := c.DB.ExecContext(ctx, `
		INSERT INTO rehearsal_clock (wall_anchor_at, business_anchor_at, rate, hold_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (only_row) DO UPDATE SET wall_anchor_at = excluded.wall_anchor_at,
			business_anchor_at = excluded.business_anchor_at, rate = excluded.rate, hold_at = excluded.hold_at`,
		c.Wall(), at, rate, sql.NullTime{Time: hold, Valid: !hold.IsZero()})
	if err != nil {
		return fmt.Errorf("set rehearsal clock: %w", err)
	}
	return nil
}

// BusinessClock returns the clock that the database asks for: a rehearsal's
// if one is under way there, else the wall clock.
func BusinessClock(ctx context.Context, db *sqlx.DB, wall clock.Wall) (clock.Business, error) {
	var one bool
	err := db.GetContext(ctx, &one, `SELECT only_row FROM rehearsal_clock`)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return clock.Real{Wall: wall}, nil
	case err != nil:
		return nil, fmt.Errorf("read rehearsal clock: %w", err)
	}
	return RehearsalClock{DB: db, Wall: wall}, nil
}
