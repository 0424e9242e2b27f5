package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/clock"
	"dondoc/internal/postgres"
)

// Performer does what people do, through the product's own door.
type Performer interface {
	// Perform does acts that happen at one instant; it returns when all are acknowledged.
	Perform(ctx context.Context, acts []act) error
}

// Driver moves the business clock from one instant at which something happens
// to the next, has people act, and holds the clock until everything of the
// instant is done. Whatever takes long or is killed meanwhile costs wall time only.
type Driver struct {
	DB     *sqlx.DB
	People Performer
	// Rate is how much faster than the wall clock the business clock runs between instants.
	Rate float64
	// Patience is how long an instant may take (wall clock) before the run is given up.
	Patience time.Duration
	// AtInstant, if set, is called when an instant has come, before people act.
	AtInstant func(at time.Time)
	// Instants counts how many were played.
	Instants int

	now       time.Time
	firstSlot time.Time
}

// pollEvery is how often the driver looks whether an instant is done.
const pollEvery = 15 * time.Millisecond

// SetClock starts the business clock, held.
func (d *Driver) SetClock(ctx context.Context, at time.Time) error {
	d.now, d.firstSlot = at, monday(morning(at))
	return d.clock().Set(ctx, at, d.Rate, at)
}

func (d *Driver) clock() postgres.RehearsalClock {
	return postgres.RehearsalClock{DB: d.DB, Wall: clock.SystemWall}
}

// Play runs from the present instant to the last, performing the acts at their
// times, and returns when everything of the last instant is done.
func (d *Driver) Play(ctx context.Context, acts []act, until time.Time) error {
	for len(acts) > 0 && !acts[0].at.After(d.now) {
		acts = acts[1:]
	}
	for {
		if err := d.awaitDone(ctx); err != nil {
			return err
		}
		if !d.now.Before(until) {
			return nil
		}
		next, err := d.nextInstant(ctx, acts, until)
		if err != nil {
			return err
		}
		if err := d.runTo(ctx, next); err != nil {
			return err
		}
		if d.AtInstant != nil {
			d.AtInstant(next)
		}
		n := 0
		for n < len(acts) && !acts[n].at.After(next) {
			n++
		}
		if n > 0 {
			if err := d.People.Perform(ctx, acts[:n]); err != nil {
				return fmt.Errorf("acts of %s: %w", clockText(next), err)
			}
			acts = acts[n:]
		}
		d.Instants++
	}
}

// runTo lets the clock run to an instant, where it holds.
func (d *Driver) runTo(ctx context.Context, next time.Time) error {
	gap := next.Sub(d.now)
	err := d.retry(ctx, func() error { return d.clock().Set(ctx, d.now, d.Rate, next) })
	if err != nil {
		return err
	}
	d.now = next
	return pause(ctx, time.Duration(float64(gap)/d.Rate))
}

func pause(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// retry repeats what fails because Postgres is just being killed and started.
func (d *Driver) retry(ctx context.Context, do func() error) error {
	deadline := time.Now().Add(d.Patience)
	for {
		err := do()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		if waiting := pause(ctx, 50*time.Millisecond); waiting != nil {
			return errors.Join(waiting, err)
		}
	}
}

// ahead finds the earliest instant after $1 at which the engine has something to do.
const ahead = `
	SELECT min(at) FROM (
		SELECT min(s.at) AS at FROM steps s JOIN rounds r ON r.id = s.round_id JOIN plans p ON p.id = r.plan_id
			WHERE s.state = 'pending' AND s.at > $1 AND p.state = 'active'
		UNION ALL
		SELECT min(s.at) FROM request_steps s JOIN requests q ON q.id = s.request_id JOIN plans p ON p.id = q.plan_id
			WHERE s.state = 'pending' AND s.at > $1 AND p.state = 'active'
		UNION ALL
		SELECT min(r.opens_at) FROM rounds r JOIN plans p ON p.id = r.plan_id
			WHERE r.state = 'scheduled' AND r.opens_at > $1 AND p.state = 'active'
		UNION ALL
		SELECT min(closing) FROM (` + closings + `) AS c WHERE closing > $1
		UNION ALL
		SELECT min(deliver_at) FROM notifications WHERE message_id IS NULL AND dropped_at IS NULL AND deliver_at > $1
	) AS instants`

// closings are the instants at which open rounds close by themselves: right
// after their closing time and the due times of what is still owed.
const closings = `
	SELECT r.id, GREATEST(r.closes_at, max(GREATEST(t.due_at, t.resubmit_due_at)) FILTER (WHERE t.state IN ('open', 'prepared', 'returned')))
		+ interval '1 microsecond' AS closing,
		count(*) FILTER (WHERE t.state NOT IN ('accepted', 'waived', 'cancelled')) AS unsettled
	FROM rounds r JOIN tasks t ON t.round_id = r.id WHERE r.state = 'open' GROUP BY r.id`

func (d *Driver) nextInstant(ctx context.Context, acts []act, until time.Time) (time.Time, error) {
	next := until
	take := func(at time.Time) {
		if at.After(d.now) && at.Before(next) {
			next = at
		}
	}
	if len(acts) > 0 {
		take(acts[0].at)
	}
	take(monday(morning(d.now.Add(time.Microsecond))))
	err := d.retry(ctx, func() error {
		var at *time.Time
		if err := d.DB.GetContext(ctx, &at, ahead, d.now); err != nil {
			return fmt.Errorf("look ahead: %w", err)
		}
		if at != nil {
			take(at.UTC())
		}
		return nil
	})
	return next, err
}

// left counts, by name, what is not done yet at the instant $1; $2 is the last
// slot of the weekly digest, in seconds (0: none yet).
const left = `
	SELECT (SELECT count(*) FROM outbox) AS outbox,
		(SELECT count(*) FROM steps s JOIN rounds r ON r.id = s.round_id JOIN plans p ON p.id = r.plan_id
			WHERE s.state = 'pending' AND s.at <= $1 AND p.state = 'active' AND r.state <> 'scheduled') AS steps,
		(SELECT count(*) FROM request_steps s JOIN requests q ON q.id = s.request_id JOIN plans p ON p.id = q.plan_id
			WHERE s.state = 'pending' AND s.at <= $1 AND p.state = 'active') AS requests,
		(SELECT count(*) FROM rounds r JOIN plans p ON p.id = r.plan_id
			WHERE r.state = 'scheduled' AND r.opens_at <= $1 AND p.state = 'active') AS openings,
		(SELECT count(*) FROM duties d JOIN plans p ON p.id = d.plan_id WHERE p.state = 'active' AND d.scheduled
			AND NOT EXISTS (SELECT 1 FROM rounds r WHERE r.duty_id = d.id AND r.state = 'scheduled')) AS schedules,
		(SELECT count(*) FROM (` + closings + `) AS c WHERE closing <= $1 OR unsettled = 0) AS closings,
		(SELECT count(*) FROM notifications WHERE message_id IS NULL AND dropped_at IS NULL AND deliver_at <= $1) AS notices,
		(SELECT count(*) FROM messages WHERE state = 'pending') AS messages,
		CASE WHEN $2 = 0 OR EXISTS (SELECT 1 FROM audit WHERE entity = 'digest' AND entity_id >= $2) THEN 0 ELSE 1 END AS digests`

type undone struct {
	Outbox    int `db:"outbox"`
	Steps     int `db:"steps"`
	Requests  int `db:"requests"`
	Openings  int `db:"openings"`
	Schedules int `db:"schedules"`
	Closings  int `db:"closings"`
	Notices   int `db:"notices"`
	Messages  int `db:"messages"`
	Digests   int `db:"digests"`
}

// awaitDone waits until everything of the present instant is done.
func (d *Driver) awaitDone(ctx context.Context) error {
	begin := time.Now()
	var slot int64
	last := monday(morning(d.now))
	if last.After(d.now) {
		last = last.Add(-7 * 24 * time.Hour)
	}
	if !last.Before(d.firstSlot) {
		slot = last.Unix()
	}
	for {
		var u undone
		err := d.DB.GetContext(ctx, &u, left, d.now, slot)
		if err == nil && u == (undone{}) {
			return nil
		}
		if waited := time.Since(begin); waited > d.Patience {
			return fmt.Errorf("at %s not done after %s: %s", clockText(d.now), waited.Round(time.Second), d.diagnose(ctx, u, err))
		}
		if err := pause(ctx, pollEvery); err != nil {
			return err
		}
	}
}

// diagnose says what an instant waits for.
func (d *Driver) diagnose(ctx context.Context, u undone, err error) string {
	if err != nil {
		return err.Error()
	}
	said := []string{fmt.Sprintf("%+v", u)}
	for _, q := range []struct{ what, query string }{
		{"outbox", `SELECT string_agg(DISTINCT workflow || ' ' || kind, ', ') FROM outbox WHERE $1::timestamptz IS NOT NULL`},
		{"steps", `SELECT string_agg(DISTINCT 'round:' || round_id || ' ' || code, ', ') FROM steps WHERE state = 'pending' AND at <= $1`},
		{"requests", `SELECT string_agg(DISTINCT 'request:' || request_id || ' ' || code, ', ') FROM request_steps WHERE state = 'pending' AND at <= $1`},
		{"openings", `SELECT string_agg('round:' || id, ', ') FROM rounds WHERE state = 'scheduled' AND opens_at <= $1`},
		{"closings", `SELECT string_agg('round:' || id, ', ') FROM (` + closings + `) AS c WHERE closing <= $1 OR unsettled = 0`},
		{"messages", `SELECT string_agg(DISTINCT state || ' attempts ' || attempts || ' ' || last_error || ' lease ' ||
			COALESCE(lease_until_at::text, '-') || ' next ' || COALESCE(next_try_at::text, '-'), ', ') FROM messages WHERE state <> 'sent' AND composed_at <= $1`},
	} {
		var text *string
		if err := d.DB.GetContext(ctx, &text, q.query, d.now); err != nil {
			said = append(said, q.what+": "+err.Error())
		} else if text != nil {
			said = append(said, q.what+": "+*text)
		}
	}
	return strings.Join(said, "; ")
}

// freeRate is how fast the clock runs through an outage: nobody works meanwhile.
const freeRate = 100_000

// RunOn lets the clock run on without stopping at any instant until it has
// reached one, where it holds again: an outage as it really is.
func (d *Driver) RunOn(ctx context.Context, until time.Time) error {
	if err := d.clock().Set(ctx, d.now, freeRate, time.Time{}); err != nil {
		return err
	}
	// The last stretch runs up to the hold, so that the clock stands exactly there.
	const last = 6 * time.Hour
	for {
		now, err := d.clock().Now(ctx)
		if err != nil {
			return err
		}
		if left := until.Sub(now); left < last {
			if left < 0 {
				return fmt.Errorf("the clock ran past %s to %s", clockText(until), clockText(now))
			}
			d.now = now
			break
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
	return d.runTo(ctx, until)
}
