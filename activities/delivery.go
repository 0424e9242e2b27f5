package activities

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/activity"

	"dondoc/internal/clock"
	"dondoc/internal/notice"
	"dondoc/workflows"
)

// DeliveryStore is what the delivery asks of the system of record.
type DeliveryStore interface {
	ComposeMessages(ctx context.Context, now time.Time, domain string) (notice.Composition, error)
	LeaseMessages(ctx context.Context, limit int, lease time.Duration) ([]notice.Lease, error)
	CheckMessage(ctx context.Context, lease notice.Lease, now time.Time) (notice.Handover, bool, error)
	MarkHandedOver(ctx context.Context, batch []notice.HandedOver) error
	MarkSetback(ctx context.Context, setback notice.Setback) error
	ReleaseMessages(ctx context.Context, leases []notice.Lease) error
	NextDelivery(ctx context.Context, now time.Time) (notice.Next, error)
	OwnWords(ctx context.Context) (notice.Own, error)
}

// MailServer opens sessions to the mail server.
type MailServer interface {
	Dial(ctx context.Context) (notice.Session, error)
}

// Delivery holds the activity that hands notices over as mail.
type Delivery struct {
	Store DeliveryStore
	Clock clock.Business
	Wall  clock.Wall
	Mail  MailServer
	Words notice.Words
	// Domain is the right side of Message-IDs, the sender's domain.
	Domain string
	// Digest, if set, is recorded before the morning's messages are composed.
	Digest *Digest
	// Senders is the number of sessions at once; default 8.
	Senders int
	// Lease (wall clock) is how long a batch belongs to a sender; when a sender
	// dies its messages wait this long. It must exceed twice SendTimeout. Default 60 s.
	Lease time.Duration
	// SendTimeout is the mail server's timeout for one hand-over; default 20 s.
	SendTimeout time.Duration
}

const (
	defaultSenders     = 8
	defaultLease       = time.Minute
	defaultSendTimeout = 20 * time.Second
	// batch is the number of messages that a sender leases, hands over and
	// marks together: the most that a crash can have sent a second time.
	batch = 50
	// budget bounds one turn, so that its activity stays far below its timeout.
	budget    = 45 * time.Second
	maxOutage = time.Minute
)

// Deliver composes what is due, hands it over by parallel senders, and tells
// how long to wait for what comes next. Repeating it is harmless.
func (d *Delivery) Deliver(ctx context.Context, in workflows.DeliverInput) (workflows.DeliveryTurn, error) {
	stop := beat(ctx)
	defer stop()
	turn := workflows.DeliveryTurn{}
	end := d.Wall().Add(budget)
	for pause := 50 * time.Millisecond; ; pause = min(pause*2, time.Second) {
		held, sent, err := d.turn(ctx, end)
		turn.Sent += sent
		if notice.OutcomeOf(err) == notice.Down && err != nil {
			slog.WarnContext(ctx, "mail server away", "error", err, "turns", in.Outages+1)
			turn.Outages = in.Outages + 1
			turn.Wait = outageWait(turn.Outages)
			return turn, nil
		}
		if err != nil {
			return turn, err
		}
		// Steps of this moment are still running; they take milliseconds, so it
		// is cheaper to stay than to come back.
		if !held || d.Wall().After(end) {
			break
		}
		if err := rest(ctx, pause); err != nil {
			return turn, err
		}
	}
	var err error
	turn.Wait, err = d.nextWait(ctx)
	return turn, err
}

// turn composes once and hands over all that is pending.
func (d *Delivery) turn(ctx context.Context, end time.Time) (held bool, sent int, err error) {
	now, err := d.Clock.Now(ctx)
	if err != nil {
		return false, 0, fmt.Errorf("business clock: %w", err)
	}
	if d.Digest != nil {
		// Rounds that open at the digest's own hour belong into it, and it into
		// the same message as their notices.
		if held, err := d.Digest.recordDue(ctx, now); err != nil || held {
			return held, 0, err
		}
	}
	composed, err := d.Store.ComposeMessages(ctx, now, d.Domain)
	if err != nil {
		return false, 0, err
	}
	if composed.Dropped > 0 {
		slog.InfoContext(ctx, "notices without a recipient for mail", "notices", composed.Dropped)
	}
	sent, err = d.sendAll(ctx, end)
	return composed.Held, sent, err
}

func (d *Delivery) nextWait(ctx context.Context) (time.Duration, error) {
	now, err := d.Clock.Now(ctx)
	if err != nil {
		return 0, fmt.Errorf("business clock: %w", err)
	}
	next, err := d.Store.NextDelivery(ctx, now)
	if err != nil {
		return 0, err
	}
	// A result that is submitted leaves a notice for the morning without a nudge.
	wait, err := d.Clock.Wait(ctx, nextMorning(now))
	if err != nil {
		return 0, fmt.Errorf("business clock: %w", err)
	}
	if next.DeliverAt != nil {
		until, err := d.Clock.Wait(ctx, *next.DeliverAt)
		if err != nil {
			return 0, fmt.Errorf("business clock: %w", err)
		}
		wait = min(wait, until)
	}
	if next.TryAt != nil {
		wait = min(wait, next.TryAt.Sub(d.Wall()))
	}
	return max(wait, time.Millisecond), nil
}

// nextMorning is the next instant at which ordinary notices go out: 08:00 in Viet Nam.
func nextMorning(now time.Time) time.Time {
	const hour, ahead = 8, 7
	midnight := now.UTC().Add(ahead * time.Hour).Truncate(24 * time.Hour)
	morning := midnight.Add((hour - ahead) * time.Hour)
	if !morning.After(now) {
		morning = morning.Add(24 * time.Hour)
	}
	return morning
}

// outageWait doubles from a second to a minute.
func outageWait(outages int) time.Duration {
	wait := time.Second
	for i := 1; i < outages && wait < maxOutage; i++ {
		wait *= 2
	}
	return min(wait, maxOutage)
}

// rest waits in real time, or until the activity is cancelled.
func rest(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// beat sends heartbeats until it is stopped, so that a dead worker is noticed in seconds.
func beat(ctx context.Context) (stop func()) {
	if !activity.IsActivity(ctx) {
		return func() {}
	}
	ticker := time.NewTicker(2 * time.Second)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return func() {
		ticker.Stop()
		close(done)
	}
}
