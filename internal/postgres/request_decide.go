package postgres

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/request"
)

// actOnRequest runs one act on a request whose text, if needed, is there.
func (s *Store) actOnRequest(ctx context.Context, actor policy.Actor, in request.Act, textNeeded bool,
	do func(tx *sqlx.Tx, row requestRow, t lockedTask, in request.Act, now time.Time) (request.Receipt, error),
) (request.Receipt, error) {
	in, err := clean(ctx, func() (request.Act, error) { return in.Clean(textNeeded) })
	if err != nil {
		return request.Receipt{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (request.Receipt, error) {
		row, t, err := s.lockRequest(ctx, tx, actor, in.ID, in.Version)
		if err != nil {
			return request.Receipt{}, err
		}
		return do(tx, row, t, in, now)
	})
}

// OpineOnRequest keeps what the supervisors of the reviewing agency think of an
// extension or a waiver that another decides.
func (s *Store) OpineOnRequest(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error) {
	return s.actOnRequest(ctx, actor, in, true, func(tx *sqlx.Tx, row requestRow, _ lockedTask, in request.Act, now time.Time) (request.Receipt, error) {
		if !policy.OpineOnRequest(actor, row.relation()) {
			return request.Receipt{}, request.Forbidden()
		}
		if err := decidable(row, now); err != nil {
			return request.Receipt{}, err
		}
		stance := "against"
		if in.Grant {
			stance = "for"
		}
		if err := addRequestEvent(ctx, tx, row.ID, now, "opinion", actor, row.ReviewerID, stance, in.Text); err != nil {
			return request.Receipt{}, err
		}
		if err := s.record(ctx, tx, actor, now, change{
			Action: "task." + string(row.Kind) + "_opinion", Entity: "task", EntityID: row.TaskID, OnBehalf: row.ReviewerID,
			After: map[string]any{"request": row.ID, "stance": stance, "text_sha256": digest(in.Text)},
		}); err != nil {
			return request.Receipt{}, err
		}
		return requestReceipt(ctx, tx, actor, now, row.ID)
	})
}

// decidable: it waits for a decision, in time, and what it asks about still stands.
func decidable(row requestRow, now time.Time) error {
	switch {
	case row.State != request.Asked:
		return request.Refuse(row.State)
	case row.moot():
		return request.Moot()
	case row.lapsed(now):
		return request.TooLate()
	}
	return nil
}

// DecideRequest grants or refuses an extension or a waiver, takes or declines
// to help, finds an explanation good or not. A no needs its reason.
func (s *Store) DecideRequest(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error) {
	return s.actOnRequest(ctx, actor, in, !in.Grant, func(tx *sqlx.Tx, row requestRow, t lockedTask, in request.Act, now time.Time) (request.Receipt, error) {
		if row.Kind == request.Explanation {
			return s.judgeExplanation(ctx, tx, actor, row, in, now)
		}
		if !policy.AnswerRequest(actor, row.relation()) || !row.Kind.Judged() && row.Kind != request.Help {
			return request.Receipt{}, request.Forbidden()
		}
		if err := decidable(row, now); err != nil {
			return request.Receipt{}, err
		}
		if !in.On.IsZero() && (row.Kind != request.Extension || !in.Grant) {
			return request.Receipt{}, request.NoDay()
		}
		var warnings []request.Warning
		var err error
		switch {
		case !in.Grant:
			err = s.finish(ctx, tx, actor, row, requestMove{to: request.Refused, settled: true, agency: row.ToAgencyID, text: in.Text}, now)
		case row.Kind == request.Extension:
			warnings, err = s.grantExtension(ctx, tx, actor, row, t, in, now)
		case row.Kind == request.Waiver:
			err = s.grantWaiver(ctx, tx, actor, row, t, in.Text, now)
		default: // help is promised, its answer is still due
			err = s.finish(ctx, tx, actor, row, requestMove{to: request.Accepted, agency: row.ToAgencyID, text: in.Text}, now)
		}
		if err != nil {
			return request.Receipt{}, err
		}
		receipt, err := requestReceipt(ctx, tx, actor, now, row.ID)
		receipt.Warnings = warnings
		return receipt, err
	})
}

// finish moves a request and tells who asked, at once.
func (s *Store) finish(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, row requestRow, m requestMove, now time.Time) error {
	if err := s.moveRequest(ctx, tx, actor, row, m, now); err != nil {
		return err
	}
	return tellAsker(ctx, tx, row, notice.RequestDecided, string(m.to), now)
}

func (s *Store) judgeExplanation(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, row requestRow, in request.Act, now time.Time) (request.Receipt, error) {
	if !policy.JudgeExplanation(actor, row.relation()) {
		return request.Receipt{}, request.Forbidden()
	}
	if row.State != request.Answered || row.SettledAt.Valid {
		return request.Receipt{}, request.Refuse(row.State)
	}
	to := request.Refused
	if in.Grant {
		to = request.Accepted
	}
	if err := s.moveRequest(ctx, tx, actor, row, requestMove{to: to, settled: true, agency: row.FromAgencyID, text: in.Text}, now); err != nil {
		return request.Receipt{}, err
	}
	if err := tellUnit(ctx, tx, row, notice.RequestDecided, string(to), now); err != nil {
		return request.Receipt{}, err
	}
	return requestReceipt(ctx, tx, actor, now, row.ID)
}

// AnswerRequest answers in words: an explanation, an obstacle, a contribution, help.
func (s *Store) AnswerRequest(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error) {
	return s.actOnRequest(ctx, actor, in, true, func(tx *sqlx.Tx, row requestRow, _ lockedTask, in request.Act, now time.Time) (request.Receipt, error) {
		if !policy.AnswerRequest(actor, row.relation()) || !row.Kind.Answered() {
			return request.Receipt{}, request.Forbidden()
		}
		if !row.awaitsAnswer() {
			return request.Receipt{}, request.Refuse(row.State)
		}
		move := requestMove{to: request.Answered, settled: row.Kind != request.Explanation, agency: row.ToAgencyID, text: in.Text}
		if err := s.finish(ctx, tx, actor, row, move, now); err != nil {
			return request.Receipt{}, err
		}
		return requestReceipt(ctx, tx, actor, now, row.ID)
	})
}

// PassOnRequest hands an obstacle on to the next level, with the reason; what
// was asked and each body's answer stay.
func (s *Store) PassOnRequest(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error) {
	return s.actOnRequest(ctx, actor, in, true, func(tx *sqlx.Tx, row requestRow, t lockedTask, in request.Act, now time.Time) (request.Receipt, error) {
		if row.Kind != request.Obstacle || !policy.AnswerRequest(actor, row.relation()) {
			return request.Receipt{}, request.Forbidden()
		}
		if row.State != request.Asked {
			return request.Receipt{}, request.Refuse(row.State)
		}
		next, err := s.nextLevel(ctx, tx, row, t, now)
		if err != nil {
			return request.Receipt{}, err
		}
		move := requestMove{to: request.PassedOn, settled: true, agency: row.ToAgencyID, text: in.Text}
		if err := s.finish(ctx, tx, actor, row, move, now); err != nil {
			return request.Receipt{}, err
		}
		id, err := s.insertRequest(ctx, tx, actor, t, row.Kind, next, now)
		if err != nil {
			return request.Receipt{}, err
		}
		return requestReceipt(ctx, tx, actor, now, row.ID, id)
	})
}

// WithdrawRequest takes back what one's own body asked, while it is open.
func (s *Store) WithdrawRequest(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error) {
	return s.actOnRequest(ctx, actor, in, false, func(tx *sqlx.Tx, row requestRow, _ lockedTask, in request.Act, now time.Time) (request.Receipt, error) {
		if !policy.WithdrawRequest(actor, row.relation()) {
			return request.Receipt{}, request.Forbidden()
		}
		if row.SettledAt.Valid {
			return request.Receipt{}, request.Refuse(row.State)
		}
		move := requestMove{to: request.Withdrawn, settled: true, agency: row.FromAgencyID, text: in.Text}
		if err := s.moveRequest(ctx, tx, actor, row, move, now); err != nil {
			return request.Receipt{}, err
		}
		return requestReceipt(ctx, tx, actor, now, row.ID)
	})
}
