package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
)

type planRow struct {
	ID           int64        `db:"id"`
	Code         string       `db:"code"`
	Title        string       `db:"title"`
	Number       string       `db:"number"`
	IssuerID     int64        `db:"issuer_id"`
	IssuerName   string       `db:"issuer_name"`
	StandingName string       `db:"standing_name"`
	State        plan.State   `db:"state"`
	ValidFrom    time.Time    `db:"valid_from_on"`
	ValidTo      time.Time    `db:"valid_to_on"`
	TimeZone     string       `db:"time_zone"`
	FollowedFrom sql.NullTime `db:"followed_from_on"`
	ActivatedAt  sql.NullTime `db:"activated_at"`
	SuspendedAt  sql.NullTime `db:"suspended_at"`
	ClosedAt     sql.NullTime `db:"closed_at"`
	Current      int          `db:"current_version"`
	Duties       int          `db:"duties"`
	Rounds       int          `db:"rounds"`
	OpenTasks    int          `db:"open_tasks"`
	Version      int          `db:"version"`
}

const selectPlan = `
	SELECT p.id, p.code, p.title, p.number, p.issuer_id, i.name AS issuer_name, COALESCE(s.name, '') AS standing_name,
		p.state, p.valid_from_on, p.valid_to_on, p.time_zone, p.followed_from_on, p.activated_at, p.suspended_at,
		p.closed_at, COALESCE(p.current_version, 0) AS current_version, p.version,
		(SELECT count(*) FROM duties d WHERE d.plan_id = p.id AND d.retired_version IS NULL) AS duties,
		(SELECT count(*) FROM rounds r WHERE r.plan_id = p.id AND r.dropped_at IS NULL) AS rounds,
		(SELECT count(*) FROM tasks t WHERE t.plan_id = p.id AND t.state IN ('open', 'prepared', 'returned')) AS open_tasks
	FROM plans p JOIN agencies i ON i.id = p.issuer_id LEFT JOIN agencies s ON s.id = p.standing_id`

// civil reads a date column, which arrives as midnight UTC.
func civil(t time.Time) calendar.Date { return calendar.DateOf(t, time.UTC) }

func instant(t sql.NullTime) *time.Time {
	if !t.Valid {
		return nil
	}
	u := t.Time.UTC()
	return &u
}

func (r planRow) record() plan.Record {
	record := plan.Record{
		ID: r.ID, Code: r.Code, Title: r.Title, Number: r.Number, IssuerID: r.IssuerID, IssuerName: r.IssuerName,
		StandingName: r.StandingName, State: r.State, ValidFrom: civil(r.ValidFrom), ValidTo: civil(r.ValidTo),
		TimeZone: r.TimeZone, ActivatedAt: instant(r.ActivatedAt), SuspendedAt: instant(r.SuspendedAt),
		ClosedAt: instant(r.ClosedAt), CurrentVersion: r.Current, Duties: r.Duties, Rounds: r.Rounds,
		OpenTasks: r.OpenTasks, Version: r.Version,
	}
	if r.FollowedFrom.Valid {
		record.FollowedFrom = civil(r.FollowedFrom.Time)
	}
	return record
}

func planRecord(ctx context.Context, q sqlx.QueryerContext, id int64) (plan.Record, error) {
	var row planRow
	err := sqlx.GetContext(ctx, q, &row, selectPlan+` WHERE p.id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return plan.Record{}, notFound()
	}
	if err != nil {
		return plan.Record{}, fmt.Errorf("read plan: %w", err)
	}
	return row.record(), nil
}

// PlanID finds a plan by its code, for whoever operates the machine.
func (s *Store) PlanID(ctx context.Context, code string) (int64, error) {
	var id int64
	err := s.db.GetContext(ctx, &id, `SELECT id FROM plans WHERE code = $1`, code)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, notFound()
	}
	if err != nil {
		return 0, fmt.Errorf("find plan: %w", err)
	}
	return id, nil
}

// PlanRecord reads a plan for whoever operates the machine.
func (s *Store) PlanRecord(ctx context.Context, id int64) (plan.Record, error) {
	return planRecord(ctx, s.db, id)
}
