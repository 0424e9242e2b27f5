package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/agency"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

// ApplyDueReorganisations applies what was recorded for a day that has begun, in
// the order of the days, and returns how many it applied. What does not fit the
// agencies any more is marked as failed, with the reason.
func (s *Store) ApplyDueReorganisations(ctx context.Context) (int, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return 0, fmt.Errorf("business clock: %w", err)
	}
	var due []int64
	if err := s.db.SelectContext(ctx, &due, `
		SELECT id FROM reorganisations WHERE state = 'recorded' AND effective_on <= $1::date ORDER BY effective_on, id`, businessToday(now).String()); err != nil {
		return 0, fmt.Errorf("find due reorganisations: %w", err)
	}
	applied := 0
	for _, id := range due {
		done, err := s.applyDue(ctx, id, now)
		if err != nil {
			return applied, err
		}
		if done {
			applied++
		}
	}
	if applied > 0 {
		s.wake()
	}
	return applied, nil
}

func (s *Store) applyDue(ctx context.Context, id int64, now time.Time) (done bool, err error) {
	err = s.transact(ctx, func(tx *sqlx.Tx) error {
		var code string
		var source string
		err := tx.QueryRowxContext(ctx, `
			UPDATE reorganisations SET state = 'applied', applied_at = $2 WHERE id = $1 AND state = 'recorded' RETURNING code, source`, id, now).Scan(&code, &source)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // another worker was first, or it was withdrawn
		}
		if err != nil {
			return fmt.Errorf("take reorganisation: %w", err)
		}
		file, err := readReorganisation(code, []byte(source))
		if err != nil {
			return err
		}
		if _, err := s.reorganise(ctx, tx, systemActor, file, []byte(source), id, now); err != nil {
			return err
		}
		done = true
		return s.record(ctx, tx, systemActor, now, change{
			Action: "reorganisation.applied", Entity: "reorganisation", EntityID: id, Before: map[string]any{"state": agency.Recorded}, After: map[string]any{"state": agency.Applied},
		})
	})
	f := fault.Of(translate(err))
	if f == nil {
		return done, err
	}
	return false, s.transact(ctx, func(tx *sqlx.Tx) error {
		vi, en := f.VI, f.EN
		for _, detail := range f.Details {
			vi, en = vi+"\n"+detail.VI, en+"\n"+detail.EN
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE reorganisations SET state = 'failed', failure_vi = $2, failure_en = $3 WHERE id = $1 AND state = 'recorded'`, id, vi, en); err != nil {
			return fmt.Errorf("mark reorganisation: %w", err)
		}
		return s.record(ctx, tx, systemActor, now, change{
			Action: "reorganisation.failed", Entity: "reorganisation", EntityID: id, Before: map[string]any{"state": agency.Recorded}, After: map[string]any{"state": agency.Failed, "code": f.Code},
		})
	})
}

const selectReorganisation = `
	SELECT r.id, r.code, r.title, r.legal_basis, r.effective_on, r.state, r.recorded_at, COALESCE(u.name, '') AS recorded_by_name, r.applied_at, r.failure_vi, r.failure_en
	FROM reorganisations r LEFT JOIN users u ON u.id = r.recorded_by`

type reorganisationRow struct {
	ID          int64        `db:"id"`
	Code        string       `db:"code"`
	Title       string       `db:"title"`
	Basis       string       `db:"legal_basis"`
	EffectiveOn time.Time    `db:"effective_on"`
	State       agency.State `db:"state"`
	RecordedAt  time.Time    `db:"recorded_at"`
	RecordedBy  string       `db:"recorded_by_name"`
	AppliedAt   sql.NullTime `db:"applied_at"`
	FailureVI   string       `db:"failure_vi"`
	FailureEN   string       `db:"failure_en"`
}

func (r reorganisationRow) record() agency.Record {
	return agency.Record{
		ID: r.ID, Code: r.Code, Title: r.Title, Basis: r.Basis, EffectiveOn: civil(r.EffectiveOn), State: r.State, RecordedAt: r.RecordedAt.UTC(),
		RecordedByName: r.RecordedBy, AppliedAt: instant(r.AppliedAt), FailureVI: r.FailureVI, FailureEN: r.FailureEN,
	}
}

// ListReorganisations lists them for administrators, the latest day first.
func (s *Store) ListReorganisations(ctx context.Context, actor policy.Actor) ([]agency.Record, error) {
	if !maySeeReorganisations(actor) {
		return nil, notFound()
	}
	var rows []reorganisationRow
	if err := s.db.SelectContext(ctx, &rows, selectReorganisation+` ORDER BY r.effective_on DESC, r.id DESC`); err != nil {
		return nil, fmt.Errorf("list reorganisations: %w", err)
	}
	list := make([]agency.Record, len(rows))
	for i, row := range rows {
		list[i] = row.record()
	}
	return list, nil
}

// WithdrawReorganisation takes back what was recorded for a day to come.
func (s *Store) WithdrawReorganisation(ctx context.Context, actor policy.Actor, id int64) (agency.Record, error) {
	if !maySeeReorganisations(actor) {
		return agency.Record{}, notFound()
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (agency.Record, error) {
		var row reorganisationRow
		err := tx.GetContext(ctx, &row, selectReorganisation+` WHERE r.id = $1 FOR UPDATE OF r`, id)
		if errors.Is(err, sql.ErrNoRows) {
			return agency.Record{}, notFound()
		}
		if err != nil {
			return agency.Record{}, fmt.Errorf("hold reorganisation: %w", err)
		}
		if err := s.withinReach(ctx, tx, actor, row); err != nil {
			return agency.Record{}, err
		}
		if row.State != agency.Recorded {
			return agency.Record{}, fault.New(fault.Conflict, "reorganisation.state",
				"Chỉ rút được việc chưa đến ngày hiệu lực.", "Only what waits for its day can be withdrawn (it is %s).", row.State)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE reorganisations SET state = 'withdrawn' WHERE id = $1`, id); err != nil {
			return agency.Record{}, fmt.Errorf("withdraw reorganisation: %w", err)
		}
		row.State = agency.Withdrawn
		return row.record(), s.record(ctx, tx, actor, now, change{
			Action: "reorganisation.withdrawn", Entity: "reorganisation", EntityID: id, Before: map[string]any{"state": agency.Recorded}, After: map[string]any{"state": agency.Withdrawn},
		})
	})
}

// withinReach refuses whoever could not have recorded the file: who does not
// administer every agency that it names.
func (s *Store) withinReach(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, row reorganisationRow) error {
	if actor.UserID == 0 {
		return nil
	}
	var source string
	if err := tx.GetContext(ctx, &source, `SELECT source FROM reorganisations WHERE id = $1`, row.ID); err != nil {
		return fmt.Errorf("read reorganisation: %w", err)
	}
	file, err := readReorganisation(row.Code, []byte(source))
	if err != nil {
		return err
	}
	var outside int
	if err := tx.GetContext(ctx, &outside, administered+` SELECT count(*) FROM agencies WHERE code = ANY ($3) AND id NOT IN (SELECT id FROM administered)`,
		pq.Array(actor.At(policy.Administrator)), false, pq.Array((&reorganising{file: file}).codes())); err != nil {
		return fmt.Errorf("read administered agencies: %w", err)
	}
	if outside > 0 {
		return notFound()
	}
	return nil
}
