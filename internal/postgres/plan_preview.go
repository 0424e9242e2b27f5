package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/calendar/vietnam"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/preview"
)

// PreviewPlan computes the future of a plan's current version as the engine would
// follow it from now on: under the calendars in force and with the agencies as
// their administrators keep them. What has been decided about single tasks
// (extensions, waivers) is no part of it. Faults: NotFound for a plan or an agency
// that the actor does not see, others as of preview.Compute.
func (s *Store) PreviewPlan(ctx context.Context, actor policy.Actor, id int64, w preview.Wanted) (preview.Preview, error) {
	record, err := s.FindPlan(ctx, actor, id)
	if err != nil {
		return preview.Preview{}, err
	}
	var p plan.Plan
	var around surroundings
	var since map[string]calendar.Date
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		if err := seePreviewed(ctx, tx, actor, id, w.Agency); err != nil {
			return err
		}
		var document []byte
		err := tx.GetContext(ctx, &document, `
			SELECT v.document FROM plans p JOIN plan_versions v ON v.plan_id = p.id AND v.number = p.current_version WHERE p.id = $1`, id)
		if errors.Is(err, sql.ErrNoRows) {
			return notFound()
		}
		if err != nil {
			return fmt.Errorf("read plan document: %w", err)
		}
		if err := json.Unmarshal(document, &p); err != nil {
			return fmt.Errorf("plan document: %w", err)
		}
		if since, err = followedSince(ctx, tx, id); err != nil {
			return err
		}
		around, err = s.surroundings(ctx, tx, &p)
		return err
	})
	if err != nil {
		return preview.Preview{}, err
	}
	o := around.options(&p, w)
	o.FollowedFrom, o.DutyFollowedFrom = record.FollowedFrom, since
	return preview.Compute(around.adapt(&p), around.calendars.Calendars, o)
}

// followedSince tells from when duties are followed that an amendment brought in
// or gave other periods.
func followedSince(ctx context.Context, tx *sqlx.Tx, planID int64) (map[string]calendar.Date, error) {
	var rows []struct {
		Code string    `db:"code"`
		From time.Time `db:"followed_from_on"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT code, followed_from_on FROM duties WHERE plan_id = $1 AND followed_from_on IS NOT NULL`, planID); err != nil {
		return nil, fmt.Errorf("read since when duties are followed: %w", err)
	}
	since := make(map[string]calendar.Date, len(rows))
	for _, row := range rows {
		since[row.Code] = civil(row.From)
	}
	return since, nil
}

// PreviewPlanFile computes the future of a plan file that was read and checked,
// and keeps nothing of it. Faults: Forbidden for whoever may not load plans,
// others as of preview.Compute.
func (s *Store) PreviewPlanFile(ctx context.Context, actor policy.Actor, p *plan.Plan, w preview.Wanted) (preview.Preview, error) {
	if !policy.LoadPlan(actor) {
		return preview.Preview{}, fault.New(fault.Forbidden, "plan.not_issuer",
			"Chỉ cơ quan ban hành được xem trước tệp kế hoạch.", "Only plan authorities may preview a plan file.")
	}
	var around surroundings
	err := s.snapshot(ctx, func(tx *sqlx.Tx) (err error) {
		around, err = s.surroundings(ctx, tx, p)
		return err
	})
	if err != nil {
		return preview.Preview{}, err
	}
	return preview.Compute(around.adapt(p), around.calendars.Calendars, around.options(p, w))
}

// seePreviewed refuses an agency whose tasks in the plan the actor does not see.
func seePreviewed(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, planID int64, code string) error {
	if code == "" {
		return nil
	}
	var ways []struct {
		AgencyID    int64 `db:"agency_id"`
		RecipientID int64 `db:"recipient_id"`
		ReviewerID  int64 `db:"reviewer_id"`
		IssuerID    int64 `db:"issuer_id"`
		ThroughID   int64 `db:"through_id"`
	}
	if err := tx.SelectContext(ctx, &ways, `
		SELECT DISTINCT a.id AS agency_id, p.issuer_id, COALESCE(s.recipient_id, 0) AS recipient_id, COALESCE(s.reviewer_id, 0) AS reviewer_id,
			COALESCE(s.through_id, 0) AS through_id
		FROM agencies a JOIN plans p ON p.id = $1
		LEFT JOIN (assignments s JOIN duties d ON d.id = s.duty_id AND d.plan_id = $1 AND d.retired_version IS NULL) ON s.agency_id = a.id
		WHERE a.code = $2`, planID, code); err != nil {
		return fmt.Errorf("look at agency: %w", err)
	}
	for _, way := range ways {
		if policy.SeeTask(actor, policy.Task{AgencyID: way.AgencyID, RecipientID: way.RecipientID, ReviewerID: way.ReviewerID, IssuerID: way.IssuerID, PlanID: planID, ThroughID: way.ThroughID}) {
			return nil
		}
	}
	return notFound()
}

// surroundings are what the system knows beside a plan's document.
type surroundings struct {
	calendars calendars
	agencies  map[string]agencyRow
}

func (s *Store) surroundings(ctx context.Context, tx *sqlx.Tx, p *plan.Plan) (surroundings, error) {
	known, err := s.readCalendars(ctx, tx)
	if err != nil {
		return surroundings{}, err
	}
	codes := make([]string, len(p.Agencies))
	for i, a := range p.Agencies {
		codes[i] = a.Code
	}
	var rows []agencyRow
	if err := tx.SelectContext(ctx, &rows, selectAgency+` WHERE a.code = ANY ($1)`, pq.Array(codes)); err != nil {
		return surroundings{}, fmt.Errorf("read agencies: %w", err)
	}
	around := surroundings{calendars: known, agencies: make(map[string]agencyRow, len(rows))}
	for _, row := range rows {
		around.agencies[row.Code] = row
	}
	return around, nil
}

// adapt returns the plan with its agencies as the system knows them: loading a
// plan adds new ones and changes none.
func (s surroundings) adapt(p *plan.Plan) *plan.Plan {
	adapted := *p
	adapted.Agencies = slices.Clone(p.Agencies)
	for i := range adapted.Agencies {
		a := &adapted.Agencies[i]
		row, ok := s.agencies[a.Code]
		if !ok {
			continue
		}
		a.Name, a.Level, a.ValidFrom, a.ValidTo = row.Name, row.Level, bound(row.ValidFrom), bound(row.ValidTo)
		if row.ParentCode != "" {
			a.Parent = row.ParentCode
		}
	}
	return &adapted
}

// calendarOf tells by which calendar an agency of the plan lives. One that the
// system does not know yet lives by that of the nearest territory above it.
func (s surroundings) calendarOf(p *plan.Plan) func(code string) string {
	parents := make(map[string]string, len(p.Agencies))
	for _, a := range p.Agencies {
		parents[a.Code] = a.Parent
	}
	return func(code string) string {
		if row, ok := s.agencies[code]; ok {
			return s.calendars.keyOf[row.ID]
		}
		for code = parents[code]; code != ""; code = parents[code] {
			if row, ok := s.agencies[code]; ok {
				return s.calendars.territoryOf[row.ID]
			}
		}
		return ""
	}
}

// options tell the calendars and what is provisional in them.
func (s surroundings) options(p *plan.Plan, w preview.Wanted) preview.Options {
	o := preview.Options{Wanted: w, Outages: s.calendars.outages}
	if len(s.calendars.keyOf) > 0 {
		o.CalendarOf = s.calendarOf(p)
	}
	if national, ok := s.calendars.National.(vietnam.Calendar); ok {
		o.Provisional = func(year int) bool { return national.StatusOf(year) == vietnam.Provisional }
	}
	return o
}
