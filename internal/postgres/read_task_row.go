package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// taskRow is a task with the names around it, as taskColumns reads it.
type taskRow struct {
	ID               int64          `db:"id"`
	RoundID          int64          `db:"round_id"`
	DutyID           int64          `db:"duty_id"`
	PlanID           int64          `db:"plan_id"`
	AgencyID         int64          `db:"agency_id"`
	RecipientID      int64          `db:"recipient_id"`
	ReviewerID       int64          `db:"reviewer_id"`
	IssuerID         int64          `db:"issuer_id"`
	AgencyCode       string         `db:"agency_code"`
	AgencyName       string         `db:"agency_name"`
	AgencyLevel      string         `db:"agency_level"`
	AgencyPhone      string         `db:"agency_phone"`
	RecipientName    string         `db:"recipient_name"`
	ReviewerName     string         `db:"reviewer_name"`
	PlanCode         string         `db:"plan_code"`
	PlanTitle        string         `db:"plan_title"`
	PlanState        plan.State     `db:"plan_state"`
	TimeZone         string         `db:"time_zone"`
	DutyCode         string         `db:"duty_code"`
	DutyTitle        string         `db:"duty_title"`
	DutyText         string         `db:"duty_text"`
	Mode             string         `db:"mode"`
	Review           string         `db:"review"`
	NilReturn        bool           `db:"nil_return"`
	PeriodKey        string         `db:"period_key"`
	WindowFrom       time.Time      `db:"window_from_on"`
	WindowTo         time.Time      `db:"window_to_on"`
	RoundState       string         `db:"round_state"`
	ClosesAt         time.Time      `db:"closes_at"`
	State            task.State     `db:"state"`
	DueAt            time.Time      `db:"due_at"`
	OriginalDueAt    time.Time      `db:"original_due_at"`
	ResubmitDueAt    sql.NullTime   `db:"resubmit_due_at"`
	DueVersion       int            `db:"due_version"`
	Derivation       []byte         `db:"derivation"`
	ResubmitDerived  sql.NullString `db:"resubmit_derivation"`
	OpenedAt         sql.NullTime   `db:"opened_at"`
	FirstSubmittedAt sql.NullTime   `db:"first_submitted_at"`
	SubmittedAt      sql.NullTime   `db:"submitted_at"`
	SettledAt        sql.NullTime   `db:"settled_at"`
	ClosedAt         sql.NullTime   `db:"closed_at"`
	Submissions      int            `db:"submissions"`
	Version          int            `db:"version"`
	ThroughID        int64          `db:"through_id"`
	ThroughName      string         `db:"through_name"`
	Forwarded        int            `db:"forwarded"`
}

const taskColumns = `t.id, t.round_id, t.duty_id, t.plan_id, t.agency_id, COALESCE(t.recipient_id, 0) AS recipient_id,
	COALESCE(t.reviewer_id, 0) AS reviewer_id, p.issuer_id, a.code AS agency_code, a.name AS agency_name,
	a.level AS agency_level, a.phone AS agency_phone, COALESCE(e.name, '') AS recipient_name,
	COALESCE(v.name, '') AS reviewer_name, p.code AS plan_code, p.title AS plan_title, p.state AS plan_state, p.time_zone,
	d.code AS duty_code, COALESCE(NULLIF(r.title, ''), d.title) AS duty_title, COALESCE(NULLIF(r.text, ''), d.text) AS duty_text, d.mode, d.review, d.nil_return,
	r.period_key, r.window_from_on, r.window_to_on, r.state AS round_state, r.closes_at, t.state, t.due_at, t.original_due_at, t.resubmit_due_at, t.due_version,
	t.derivation, t.resubmit_derivation, t.opened_at, t.first_submitted_at, t.submitted_at, t.settled_at, t.closed_at,
	t.submissions, t.version, COALESCE(t.through_id, 0) AS through_id, COALESCE(y.name, '') AS through_name, t.forwarded`

// taskTables has the tables of taskColumns. What picks the tasks stands before
// taskNames and never behind: Postgres orders eight joined tables at a time
// (join_collapse_limit), and a ninth it would join after all tasks have got their names.
const (
	taskTables = `tasks t` + taskNames
	taskNames  = `
	JOIN rounds r ON r.id = t.round_id
	JOIN duties d ON d.id = t.duty_id
	JOIN plans p ON p.id = t.plan_id
	JOIN agencies a ON a.id = t.agency_id
	LEFT JOIN agencies e ON e.id = t.recipient_id
	LEFT JOIN agencies v ON v.id = t.reviewer_id
	LEFT JOIN agencies y ON y.id = t.through_id`
)

func (r taskRow) relation() policy.Task {
	return policy.Task{AgencyID: r.AgencyID, RecipientID: r.RecipientID, ReviewerID: r.ReviewerID, IssuerID: r.IssuerID, PlanID: r.PlanID, ThroughID: r.ThroughID}
}

// held reports whether the result waits for the agency between to pass it on.
func (r taskRow) held() bool {
	return r.State == task.StateSubmitted && r.ThroughID != 0 && r.Forwarded < r.Submissions
}

func (r taskRow) facts() task.Facts {
	return task.Facts{
		State: r.State, ReviewRequired: reviewRequired(r.Review), DueAt: r.DueAt.UTC(),
		ResubmitDueAt: instant(r.ResubmitDueAt), FirstSubmittedAt: instant(r.FirstSubmittedAt),
	}
}

// reviewRequired: what is accepted by itself after some days waits until then.
func reviewRequired(review string) bool { return plan.ReviewMode(review) != plan.ReviewNone }

// task turns the row into what lists and pages show at the business instant now.
func (r taskRow) task(now time.Time, z zones) (task.Task, error) {
	zone, err := z.load(r.TimeZone)
	if err != nil {
		return task.Task{}, err
	}
	facts := r.facts()
	status := statusAt(facts, r.PlanState, now)
	derivation := r.Derivation
	if (r.State == task.StateReturned || r.State == task.StatePrepared) && r.ResubmitDerived.Valid {
		derivation = []byte(r.ResubmitDerived.String)
	}
	var derived calendar.Derivation
	if err := json.Unmarshal(derivation, &derived); err != nil {
		return task.Task{}, fmt.Errorf("derivation of task %d: %w", r.ID, err)
	}
	return task.Task{
		ID: r.ID, RoundID: r.RoundID, DutyID: r.DutyID, PlanID: r.PlanID,
		AgencyID: r.AgencyID, RecipientID: r.RecipientID, ReviewerID: r.ReviewerID, IssuerID: r.IssuerID,
		AgencyCode: r.AgencyCode, AgencyName: r.AgencyName, AgencyLevel: r.AgencyLevel, AgencyPhone: r.AgencyPhone,
		RecipientName: r.RecipientName, ReviewerName: r.ReviewerName,
		ThroughID: r.ThroughID, ThroughName: r.ThroughName, Held: r.held(),
		PlanCode: r.PlanCode, PlanTitle: r.PlanTitle, TimeZone: r.TimeZone,
		DutyCode: r.DutyCode, DutyTitle: r.DutyTitle, DutyText: r.DutyText,
		Mode: r.Mode, Review: r.Review, NilReturn: r.NilReturn,
		PeriodKey: r.PeriodKey, WindowFrom: civil(r.WindowFrom), WindowTo: civil(r.WindowTo),
		State: r.State, Status: status, DueAt: facts.DueAt, OriginalDueAt: r.OriginalDueAt.UTC(),
		ResubmitDueAt: facts.ResubmitDueAt, EffectiveDueAt: facts.EffectiveDue(), DueVersion: r.DueVersion,
		Derivation: derived, OpenedAt: instant(r.OpenedAt), FirstSubmittedAt: facts.FirstSubmittedAt,
		SubmittedAt: instant(r.SubmittedAt), SettledAt: instant(r.SettledAt), ClosedAt: instant(r.ClosedAt),
		DaysLate: daysLate(facts, status, now, zone), Submissions: r.Submissions, Version: r.Version,
	}, nil
}

// visibleTaskRow reads a task, or answers notFound to whoever may not see it.
func visibleTaskRow(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, taskID int64) (taskRow, error) {
	var row taskRow
	err := tx.GetContext(ctx, &row, findTask, scoped(actor, taskID)...)
	if errors.Is(err, sql.ErrNoRows) {
		return row, notFound()
	}
	if err != nil {
		return row, fmt.Errorf("read task: %w", err)
	}
	return row, nil
}
