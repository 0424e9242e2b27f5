package activities

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"dondoc/internal/notice"
)

// sendAll hands over all pending messages until none is left or the time is up.
// One sender starts; further ones only when there is more than a batch.
func (d *Delivery) sendAll(ctx context.Context, end time.Time) (int, error) {
	leases, err := d.lease(ctx)
	if err != nil || len(leases) == 0 {
		return 0, err
	}
	words := d.words(ctx)
	first := &sender{Delivery: d, words: words, end: end}
	senders := []*sender{first}
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() error { return first.run(groupCtx, leases) })
	if len(leases) == batch {
		for range d.senders() - 1 {
			s := &sender{Delivery: d, words: words, end: end}
			senders = append(senders, s)
			group.Go(func() error { return s.run(groupCtx, nil) })
		}
	}
	err = group.Wait()
	sent := 0
	for _, s := range senders {
		sent += s.sent
	}
	return sent, err
}

// words are those in force. Words that cannot be read keep no message back.
func (d *Delivery) words(ctx context.Context) notice.Words {
	words := d.Words
	ctx, cancel := finish(ctx)
	defer cancel()
	own, err := d.Store.OwnWords(ctx)
	if err != nil {
		slog.WarnContext(ctx, "own words of notices not read, the standard ones go", "error", err)
		return words
	}
	words.Own = own
	return words
}

func (d *Delivery) senders() int {
	if d.Senders > 0 {
		return d.Senders
	}
	return defaultSenders
}

func (d *Delivery) sendTimeout() time.Duration {
	if d.SendTimeout > 0 {
		return d.SendTimeout
	}
	return defaultSendTimeout
}

func (d *Delivery) lease(ctx context.Context) ([]notice.Lease, error) {
	lease := d.Lease
	if lease <= 0 {
		lease = defaultLease
	}
	// Not to be cut off half-way: a lease that was given but never heard of would
	// hold its messages back until it ends.
	ctx, cancel := finish(ctx)
	defer cancel()
	// A lease in which not even two slow hand-overs fit would be given back for ever.
	return d.Store.LeaseMessages(ctx, batch, max(lease, 2*d.sendTimeout()+2*time.Second))
}

// sender works on one batch after another over one session.
type sender struct {
	*Delivery
	words   notice.Words
	end     time.Time
	session notice.Session
	sent    int
}

func (s *sender) run(ctx context.Context, leases []notice.Lease) (err error) {
	defer func() {
		if s.session != nil {
			// What was acknowledged is handed over; a failing QUIT changes nothing.
			if closing := s.session.Close(); closing != nil {
				slog.DebugContext(ctx, "close mail session", "error", closing)
			}
		}
	}()
	for {
		if len(leases) == 0 {
			if ctx.Err() != nil || s.Wall().After(s.end) {
				return ctx.Err()
			}
			if leases, err = s.lease(ctx); err != nil || len(leases) == 0 {
				return err
			}
		}
		if err := s.work(ctx, leases); err != nil {
			return err
		}
		leases = nil
	}
}

// work hands one batch over and marks it. What it does not come to is given back.
func (s *sender) work(ctx context.Context, leases []notice.Lease) error {
	var done []notice.HandedOver
	var stopped error
	for i, lease := range leases {
		// A hand-over must end within its lease, or another sender would begin the same.
		late := s.Wall().Add(s.sendTimeout() + time.Second).After(lease.Until)
		if late || ctx.Err() != nil {
			stopped = ctx.Err()
			stopped = errors.Join(stopped, s.release(ctx, leases[i:]))
			break
		}
		if err := s.connect(ctx); err != nil {
			stopped = errors.Join(err, s.release(ctx, leases[i:]))
			break
		}
		handed, err := s.handOver(ctx, lease)
		if err != nil {
			stopped = errors.Join(err, s.release(ctx, leases[i+1:]))
			break
		}
		if handed != nil {
			done = append(done, *handed)
		}
	}
	s.sent += len(done)
	return errors.Join(stopped, s.mark(ctx, done))
}

// connect opens the session, or a new one after the last broke.
func (s *sender) connect(ctx context.Context) error {
	if s.session != nil && s.session.Usable() {
		return nil
	}
	if s.session != nil {
		if err := s.session.Close(); err != nil {
			slog.DebugContext(ctx, "close broken mail session", "error", err)
		}
		s.session = nil
	}
	session, err := s.Mail.Dial(ctx)
	if err != nil {
		return err
	}
	s.session = session
	return nil
}

// handOver checks one message and sends it, to the end once begun. Whatever is
// wrong with the message itself is put down on its row and stops nobody else;
// an error means that the database is away.
func (s *sender) handOver(ctx context.Context, lease notice.Lease) (*notice.HandedOver, error) {
	ctx, cancel := finish(ctx)
	defer cancel()
	now, err := s.Clock.Now(ctx)
	if err != nil {
		return nil, fmt.Errorf("business clock: %w", err)
	}
	h, called, err := s.Store.CheckMessage(ctx, lease, now)
	if err != nil {
		return nil, s.setback(ctx, lease, notice.Deferred, err)
	}
	if !called {
		return nil, nil //nolint:nilnil // nothing was handed over, and nothing went wrong
	}
	var mail notice.Mail
	if h.Account != nil {
		mail = *h.Account
	} else if mail, err = s.words.Write(h, now); err != nil {
		return nil, s.setback(ctx, lease, notice.Deferred, err)
	}
	err = s.session.Send(notice.Outgoing{MessageID: h.MessageID, To: h.Address, Language: h.Language, Mail: mail, At: now})
	if err != nil {
		return nil, s.setback(ctx, lease, notice.OutcomeOf(err), err)
	}
	return &notice.HandedOver{Lease: lease, Mail: mail, At: now}, nil
}

func (s *sender) setback(ctx context.Context, lease notice.Lease, outcome notice.Outcome, cause error) error {
	ctx, cancel := finish(ctx)
	defer cancel()
	wait, giveUp := notice.Backoff(lease.Attempts)
	final := giveUp || outcome == notice.Refused
	slog.WarnContext(ctx, "message not handed over", "message_row", lease.MessageRow, "attempt", lease.Attempts, "final", final, "error", cause)
	return s.Store.MarkSetback(ctx, notice.Setback{Lease: lease, Reason: cause.Error(), Final: final, NextTryAt: s.Wall().Add(wait)})
}

// mark records hand-overs even when the turn is being cancelled, and tries a
// few times when the database is away: every one lost here is sent again.
func (s *sender) mark(ctx context.Context, done []notice.HandedOver) error {
	ctx, cancel := finish(ctx)
	defer cancel()
	for pause := 100 * time.Millisecond; ; pause *= 2 {
		err := s.Store.MarkHandedOver(ctx, done)
		if err == nil {
			return nil
		}
		if waiting := rest(ctx, pause); waiting != nil {
			return err
		}
	}
}

func (s *sender) release(ctx context.Context, leases []notice.Lease) error {
	ctx, cancel := finish(ctx)
	defer cancel()
	return s.Store.ReleaseMessages(ctx, leases)
}

// finish gives work on the database its own short time, which a cancelled turn
// does not cut off.
func finish(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
}
