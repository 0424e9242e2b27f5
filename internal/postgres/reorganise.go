package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/agency"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// reorganising is one application of a file, in its transaction.
type reorganising struct {
	store  *Store
	tx     *sqlx.Tx
	actor  policy.Actor
	now    time.Time
	file   *agency.Reorganisation
	id     int64
	known  map[string]*orgRow
	effect *agency.Effect
	// ended are the agencies that end, parted those that end or are divided,
	// touched whose superior may be another now, heirs who takes over something. None
	// is nil: no agency is other than all of NULL.
	ended, parted, touched, heirs []int64
	// rounds and duties whose workflows must look again.
	rounds, duties map[int64]bool
	faults         []*fault.Fault
}

// errLooked rolls a preview back.
var errLooked = errors.New("only looked at")

// PreviewReorganisation tells what a file of acts on agencies would do as things
// stand, by doing it and rolling it back. The operator (the zero actor) and
// administrators may. Faults: Invalid with every line that does not fit the agencies there are.
func (s *Store) PreviewReorganisation(ctx context.Context, actor policy.Actor, file *agency.Reorganisation, source []byte) (agency.Effect, error) {
	if !maySeeReorganisations(actor) {
		return agency.Effect{}, notFound()
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return agency.Effect{}, fmt.Errorf("business clock: %w", err)
	}
	var effect agency.Effect
	err = s.transact(ctx, func(tx *sqlx.Tx) error {
		if effect, err = s.reorganise(ctx, tx, actor, file, source, 0, now); err != nil {
			return err
		}
		return errLooked
	})
	effect.ID, effect.State = 0, ""
	if errors.Is(err, errLooked) {
		return effect, nil
	}
	return effect, translate(err)
}

// Reorganise applies a file whose effect was previewed under this digest, in one
// transaction; where its day is still to come it is recorded, and applied when
// that day begins. Faults: Conflict where the effect is another by now.
func (s *Store) Reorganise(ctx context.Context, actor policy.Actor, file *agency.Reorganisation, source []byte, digest string) (agency.Effect, error) {
	if !maySeeReorganisations(actor) {
		return agency.Effect{}, notFound()
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (agency.Effect, error) {
		if _, err := tx.ExecContext(ctx, `SAVEPOINT looked`); err != nil {
			return agency.Effect{}, fmt.Errorf("savepoint: %w", err)
		}
		effect, err := s.reorganise(ctx, tx, actor, file, source, 0, now)
		if err != nil {
			return effect, err
		}
		if effect.Digest != digest {
			return effect, fault.New(fault.Conflict, "reorganisation.changed",
				"Kết quả nay khác với lúc xem trước. Xem trước lại rồi áp dụng.",
				"The effect is another than when it was previewed. Preview it again, then apply it.").At("digest")
		}
		if !file.EffectiveOn.After(businessToday(now)) {
			return effect, nil
		}
		if _, err := tx.ExecContext(ctx, `ROLLBACK TO SAVEPOINT looked`); err != nil {
			return effect, fmt.Errorf("roll back: %w", err)
		}
		effect.State = agency.Recorded
		effect.ID, err = s.keepReorganisation(ctx, tx, actor, file, source, agency.Recorded, now)
		return effect, err
	})
}

func maySeeReorganisations(a policy.Actor) bool { return a.UserID == 0 || policy.ManageAgencies(a) }

// businessToday is the day in Viet Nam: agencies and posts begin and end by it.
func businessToday(now time.Time) calendar.Date {
	return calendar.DateOf(now, time.FixedZone("ICT", 7*3600))
}

// reorganise does all that a file says. An id of 0 keeps the file first; else it
// was recorded before its day.
func (s *Store) reorganise(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, file *agency.Reorganisation, source []byte, id int64, now time.Time) (agency.Effect, error) {
	// Who amends, suspends or closes a plan holds it before the calendar.
	if _, err := tx.ExecContext(ctx, `SELECT id FROM plans WHERE state <> 'closed' ORDER BY id FOR NO KEY UPDATE`); err != nil {
		return agency.Effect{}, fmt.Errorf("hold plans: %w", err)
	}
	// Whoever opens rounds or runs them shares this lock, so that nothing is
	// opened for an agency while it ends.
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lockCalendar); err != nil {
		return agency.Effect{}, fmt.Errorf("hold calendar: %w", err)
	}
	effect := agency.Effect{State: agency.Applied}
	r := &reorganising{
		store: s, tx: tx, actor: actor, now: now, file: file, id: id, effect: &effect,
		rounds: map[int64]bool{}, duties: map[int64]bool{}, ended: []int64{}, parted: []int64{}, touched: []int64{}, heirs: []int64{},
	}
	if id == 0 {
		var err error
		if r.id, err = s.keepReorganisation(ctx, tx, actor, file, source, agency.Applied, now); err != nil {
			return effect, err
		}
	}
	effect.ID = r.id
	for _, step := range []func(context.Context) error{
		r.check, r.found, r.change, r.end, r.succeed, r.leaveNoneBehind,
		r.loadsBefore, r.plans, r.assignments, r.tasks, r.chains, r.reschedule, r.requests, r.posts, r.feeds, r.loadsAfter, r.tell, r.nudge,
	} {
		if err := step(ctx); err != nil {
			return effect, err
		}
		if len(r.faults) > 0 {
			return effect, fault.New(fault.Invalid, "reorganisation.problems",
				"Tệp có %d chỗ không khớp với các đơn vị hiện có; chưa thay đổi gì.",
				"The file has %d places that do not fit the agencies there are; nothing was changed.", len(r.faults)).With(r.faults...)
		}
	}
	return effect, effect.Seal(source)
}

// fail notes a place of the file that does not fit; all of them are told together.
func (r *reorganising) fail(at agency.Place, code, vi, en string, args ...any) {
	f := fault.New(fault.Invalid, code, vi, en, args...).At(at.Field)
	f.Line, f.Column = at.Line, at.Column
	r.faults = append(r.faults, f)
}

// keepReorganisation keeps the file as it was written.
func (s *Store) keepReorganisation(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, file *agency.Reorganisation, source []byte, state agency.State, now time.Time) (int64, error) {
	for _, text := range []string{file.Title, file.Basis} {
		if _, f := task.CleanText(text, 1000); f != nil {
			return 0, f.At("source")
		}
	}
	var id int64
	if err := tx.GetContext(ctx, &id, `
		INSERT INTO reorganisations (code, title, legal_basis, effective_on, source, state, recorded_at, recorded_by, applied_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, NULLIF($8, 0), CASE WHEN $6 = 'applied' THEN $7::timestamptz END) RETURNING id`,
		file.Code, file.Title, file.Basis, file.EffectiveOn.String(), string(source), state, now, actor.UserID); err != nil {
		return 0, fmt.Errorf("keep reorganisation: %w", err)
	}
	return id, s.record(ctx, tx, actor, now, change{
		Action: "reorganisation." + string(state), Entity: "reorganisation", EntityID: id,
		After: map[string]any{"code": file.Code, "effective_on": file.EffectiveOn.String(), "source_sha256": digest(string(source))},
	})
}

// readReorganisation understands a file that was kept.
func readReorganisation(code string, source []byte) (*agency.Reorganisation, error) {
	file, problems := plan.ReadReorganisation(code, source)
	if file == nil {
		return nil, fmt.Errorf("reorganisation %s: %s", code, problems)
	}
	return file, nil
}
