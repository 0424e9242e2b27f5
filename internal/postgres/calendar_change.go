package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar/vietnam"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/timetable"
)

// PreviewCalendarChange tells what a change of the calendars would move, and
// whom it concerns; it changes nothing.
func (s *Store) PreviewCalendarChange(ctx context.Context, actor policy.Actor, c timetable.Change) (timetable.Effect, error) {
	var effect timetable.Effect
	c, err := s.checkChange(actor, c)
	if err != nil {
		return effect, err
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return effect, fmt.Errorf("business clock: %w", err)
	}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		row, err := changeRow(ctx, tx, actor, c)
		if err != nil {
			return err
		}
		comparison, err := s.compare(ctx, tx, row, now)
		if err != nil {
			return err
		}
		effect, err = comparison.effect(ctx, tx)
		return err
	})
	return effect, err
}

// ApplyCalendarChange keeps the change and moves every live due time and step
// that it concerns, in one transaction with audit; rounds and duties look again,
// and the people concerned are told once.
func (s *Store) ApplyCalendarChange(ctx context.Context, actor policy.Actor, c timetable.Change) (timetable.Effect, error) {
	c, err := s.checkChange(actor, c)
	if err != nil {
		return timetable.Effect{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (timetable.Effect, error) {
		var effect timetable.Effect
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lockCalendar); err != nil {
			return effect, fmt.Errorf("hold calendar: %w", err)
		}
		row, err := changeRow(ctx, tx, actor, c)
		if err != nil {
			return effect, err
		}
		comparison, err := s.compare(ctx, tx, row, now)
		if err != nil {
			return effect, err
		}
		if effect, err = comparison.effect(ctx, tx); err != nil {
			return effect, err
		}
		if effect.ChangeID, err = s.keepChange(ctx, tx, actor, row, c, now, effect); err != nil {
			return effect, err
		}
		return effect, comparison.apply(ctx, tx, effect.ChangeID)
	})
}

// checkChange refuses whoever may not change calendars, and what is faulty.
func (s *Store) checkChange(actor policy.Actor, c timetable.Change) (timetable.Change, error) {
	if actor.UserID != 0 && !policy.ManageCalendar(actor) {
		return c, fault.New(fault.Forbidden, "calendar.forbidden",
			"Chỉ quản trị hệ thống được thay đổi lịch làm việc.", "Only administrators change the working calendar.")
	}
	c, err := c.Clean()
	if err != nil || c.Kind != timetable.Days {
		return c, err
	}
	if _, problems := vietnam.ReadFile(c.Name, []byte(c.Source)); len(problems) > 0 {
		return c, problems.Fault()
	}
	return c, nil
}

// changeRow is the change as it will be kept. The agency must be one that the
// actor administers; what concerns the whole country is for administrators of an
// agency with none above it.
func changeRow(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, c timetable.Change) (calendarChange, error) {
	row := calendarChange{
		Kind: string(c.Kind), Territory: c.Territory, Name: c.Name, Source: c.Source, Reason: c.Reason, LegalBasis: c.LegalBasis,
		FromAt: sql.NullTime{Time: c.From.UTC(), Valid: !c.From.IsZero()}, ToAt: sql.NullTime{Time: c.To.UTC(), Valid: !c.To.IsZero()},
	}
	posts, everyone := pq.Array(actor.At(policy.Administrator)), actor.UserID == 0
	if c.Agency == "" {
		var top bool
		if err := tx.GetContext(ctx, &top, `
			SELECT $2 OR EXISTS (SELECT 1 FROM agencies WHERE id = ANY ($1) AND parent_id IS NULL)`, posts, everyone); err != nil {
			return row, fmt.Errorf("look at posts: %w", err)
		}
		if !top {
			return row, fault.New(fault.Forbidden, "calendar.country",
				"Lịch chung và thời gian ngừng hệ thống chỉ quản trị ở cấp cao nhất được thay đổi; hãy ghi mã đơn vị trong agency.",
				"The country's calendar and outages are changed by administrators of the topmost agency; name an agency of yours in agency.")
		}
		return row, nil
	}
	err := tx.GetContext(ctx, &row.AgencyID, administered+`
		SELECT id FROM agencies WHERE code = $3 AND id IN (SELECT id FROM administered)`, posts, everyone, c.Agency)
	if errors.Is(err, sql.ErrNoRows) {
		return row, fault.New(fault.Invalid, "calendar.agency",
			"Không có cơ quan với mã “%s” trong phạm vi quản trị.", "There is no agency with the code “%s” among those that you administer.", c.Agency).At("agency")
	}
	if err != nil {
		return row, fmt.Errorf("find agency: %w", err)
	}
	return row, nil
}

func (s *Store) keepChange(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, row calendarChange, c timetable.Change, now time.Time, effect timetable.Effect) (int64, error) {
	var id int64
	if err := tx.GetContext(ctx, &id, `
		INSERT INTO calendar_changes (kind, agency_id, territory, name, source, from_at, to_at, reason, legal_basis, applied_at, applied_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULLIF($11, 0)) RETURNING id`,
		row.Kind, row.AgencyID, row.Territory, row.Name, row.Source, row.FromAt, row.ToAt, row.Reason, row.LegalBasis, now, actor.UserID); err != nil {
		return 0, fmt.Errorf("keep calendar change: %w", err)
	}
	return id, s.record(ctx, tx, actor, now, change{
		Action: "calendar.changed", Entity: "calendar", EntityID: id,
		After: map[string]any{
			"kind": row.Kind, "agency": c.Agency, "territory": c.Territory, "name": c.Name, "source_sha256": digest(c.Source),
			"from_at": c.From, "to_at": c.To, "tasks": effect.Tasks, "rounds": len(effect.Rounds),
		},
	})
}

// compare computes everything that is live under the calendars as they are and
// as they would be.
func (s *Store) compare(ctx context.Context, tx *sqlx.Tx, row calendarChange, now time.Time) (*comparison, error) {
	var last int64
	if err := tx.GetContext(ctx, &last, `SELECT COALESCE(max(id), 0) FROM calendar_changes`); err != nil {
		return nil, fmt.Errorf("read calendar changes: %w", err)
	}
	changes, national, err := s.changesUpTo(ctx, tx, last)
	if err != nil {
		return nil, err
	}
	c := &comparison{store: s, now: now, outage: row.Kind == string(timetable.SystemOutage)}
	if c.before, err = buildCalendars(ctx, tx, changes, national); err != nil {
		return nil, err
	}
	changed := append(append([]calendarChange{}, changes...), row)
	if national, err = nationalCalendar(changed); err != nil {
		return nil, err
	}
	if c.after, err = buildCalendars(ctx, tx, changed, national); err != nil {
		return nil, err
	}
	if err := c.rounds(ctx, tx); err != nil {
		return nil, err
	}
	return c, c.waitingForReview(ctx, tx)
}
