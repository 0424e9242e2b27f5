package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

// coveredUnits are the units that owe a duty to issue a plan of their own, each
// with what it has: $4 is the plan, $5 the business day. Of several linked plans
// of one issuer the one that is followed stands, then the latest.
const coveredUnits = `
	SELECT DISTINCT ON (d.position, d.id, a.position, a.id) d.id AS duty_id, d.code AS duty_code, d.title AS duty_title, d.position,
		a.id AS agency_id, a.code AS agency_code, a.name AS agency_name, a.level, a.position AS agency_position,
		CASE WHEN x.plan_id IS NULL THEN 'no' WHEN x.state = 'draft' THEN 'draft' ELSE 'yes' END AS covered,
		COALESCE(x.plan_id, 0) AS plan_id, COALESCE(x.code, '') AS plan_code, COALESCE(x.number, '') AS plan_number,
		COALESCE(x.title, '') AS plan_title, COALESCE(x.state, '') AS plan_state, x.linked_at
	FROM plans p JOIN duties d ON d.plan_id = p.id AND d.retired_version IS NULL AND d.definition ->> 'OwnPlan' = 'true'
	JOIN assignments t ON t.duty_id = d.id AND t.role IN ('lead', 'implementing')
	JOIN agencies a ON a.id = t.agency_id AND $5::date BETWEEN a.valid_from_on AND a.valid_to_on
	LEFT JOIN LATERAL (
		SELECT l.plan_id, c.code, c.number, c.title, c.state, l.linked_at FROM plan_links l JOIN plans c ON c.id = l.plan_id
		WHERE l.duty_id = d.id AND c.issuer_id = a.id ORDER BY c.state = 'draft', l.linked_at DESC, l.plan_id DESC LIMIT 1
	) x ON true
	WHERE p.id = $4 AND ` + visibleTask

// PlanCoverage counts, for every duty to issue a plan of one's own and every level
// of units, who has one, over the units that the actor may see.
func (s *Store) PlanCoverage(ctx context.Context, actor policy.Actor, planID int64) ([]plan.Coverage, error) {
	today, err := s.dayOfPlan(ctx, actor, planID)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		DutyID    int64  `db:"duty_id"`
		DutyCode  string `db:"duty_code"`
		DutyTitle string `db:"duty_title"`
		Level     string `db:"level"`
		Units     int    `db:"units"`
		Have      int    `db:"have"`
		Draft     int    `db:"draft"`
	}
	if err := s.db.SelectContext(ctx, &rows, `
		SELECT duty_id, duty_code, duty_title, level, count(*) AS units,
			count(*) FILTER (WHERE covered = 'yes') AS have, count(*) FILTER (WHERE covered = 'draft') AS draft
		FROM (`+coveredUnits+`) AS u GROUP BY position, duty_id, duty_code, duty_title, level ORDER BY position, duty_id, level`,
		scoped(actor, planID, today.String())...); err != nil {
		return nil, fmt.Errorf("count own plans: %w", err)
	}
	list := make([]plan.Coverage, len(rows))
	for i, r := range rows {
		list[i] = plan.Coverage{DutyID: r.DutyID, DutyCode: r.DutyCode, DutyTitle: r.DutyTitle, Level: r.Level, Units: r.Units, Have: r.Have, Draft: r.Draft}
	}
	return list, nil
}

// CoverageUnits lists the units behind the figures of PlanCoverage.
func (s *Store) CoverageUnits(ctx context.Context, actor policy.Actor, planID int64, f plan.CoverageFilter) (plan.CoveragePage, error) {
	return s.coverageUnits(ctx, actor, planID, f, limitOf(f.Limit))
}

// ExportCoverage gives all units at once, and leaves in the audit trail who took
// the list away. The zone is the plan's.
func (s *Store) ExportCoverage(ctx context.Context, actor policy.Actor, planID int64, f plan.CoverageFilter) ([]plan.UnitCoverage, *time.Location, error) {
	f.Cursor = ""
	page, err := s.coverageUnits(ctx, actor, planID, f, maxExport)
	if err != nil {
		return nil, nil, err
	}
	if page.Next != "" {
		return nil, nil, tooLarge()
	}
	record, err := s.FindPlan(ctx, actor, planID)
	if err != nil {
		return nil, nil, err
	}
	zone, err := calendar.Zone(record.TimeZone)
	if err != nil {
		return nil, nil, fmt.Errorf("plan zone: %w", err)
	}
	asked := asked{"plan": planID, "duty": f.DutyID, "covered": string(f.Covered)}
	if len(page.Units) > 0 { // what matched something is no free text
		asked["level"] = f.Level
	}
	return page.Units, zone, s.recordExport(ctx, actor, "coverage", planID, len(page.Units), asked)
}

func (s *Store) coverageUnits(ctx context.Context, actor policy.Actor, planID int64, f plan.CoverageFilter, limit int) (plan.CoveragePage, error) {
	page := plan.CoveragePage{Units: []plan.UnitCoverage{}}
	from, err := offsetOf("coverage", f.Cursor)
	if err != nil {
		return page, err
	}
	today, err := s.dayOfPlan(ctx, actor, planID)
	if err != nil {
		return page, err
	}
	var rows []struct {
		DutyID     int64        `db:"duty_id"`
		DutyCode   string       `db:"duty_code"`
		AgencyID   int64        `db:"agency_id"`
		AgencyCode string       `db:"agency_code"`
		AgencyName string       `db:"agency_name"`
		Level      string       `db:"level"`
		Covered    plan.Covered `db:"covered"`
		PlanID     int64        `db:"plan_id"`
		PlanCode   string       `db:"plan_code"`
		PlanNumber string       `db:"plan_number"`
		PlanTitle  string       `db:"plan_title"`
		PlanState  plan.State   `db:"plan_state"`
		LinkedAt   sql.NullTime `db:"linked_at"`
		TaskID     int64        `db:"task_id"`
		TaskState  string       `db:"task_state"`
	}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		return tx.SelectContext(ctx, &rows, `
			SELECT u.duty_id, u.duty_code, u.agency_id, u.agency_code, u.agency_name, u.level, u.covered, u.plan_id, u.plan_code, u.plan_number,
				u.plan_title, u.plan_state, u.linked_at, COALESCE(k.id, 0) AS task_id, COALESCE(k.state, '') AS task_state
			FROM (
				SELECT * FROM (`+coveredUnits+`) AS all_units
				WHERE ($6::bigint = 0 OR duty_id = $6) AND ($7::text = '' OR level = $7) AND ($8::text = '' OR covered = $8)
				ORDER BY position, duty_id, agency_position, agency_id OFFSET $9 LIMIT $10
			) AS u
			LEFT JOIN LATERAL (SELECT id, state FROM tasks WHERE duty_id = u.duty_id AND agency_id = u.agency_id ORDER BY due_at DESC, id DESC LIMIT 1) k ON true
			ORDER BY u.position, u.duty_id, u.agency_position, u.agency_id`,
			scoped(actor, planID, today.String(), f.DutyID, f.Level, string(f.Covered), from, limit+1)...)
	})
	if err != nil {
		return page, fmt.Errorf("list own plans: %w", err)
	}
	for i, r := range rows {
		if i == limit {
			page.Next = encodeCursor("coverage", strconv.Itoa(from+limit), 0)
			break
		}
		page.Units = append(page.Units, plan.UnitCoverage{
			DutyID: r.DutyID, DutyCode: r.DutyCode, AgencyID: r.AgencyID, AgencyCode: r.AgencyCode, AgencyName: r.AgencyName, Level: r.Level,
			Covered: r.Covered, PlanID: r.PlanID, PlanCode: r.PlanCode, PlanNumber: r.PlanNumber, PlanTitle: r.PlanTitle, PlanState: r.PlanState,
			LinkedAt: instant(r.LinkedAt), TaskID: r.TaskID, TaskState: r.TaskState,
		})
	}
	return page, nil
}

// offsetOf reads a cursor that counts lines.
func offsetOf(list, cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	key, _, err := decodeCursor(list, cursor)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(key)
	if err != nil || n < 0 || n > maxExport {
		return 0, refusedCursor()
	}
	return n, nil
}

// dayOfPlan is the business day in the zone of a plan that the actor may see.
func (s *Store) dayOfPlan(ctx context.Context, actor policy.Actor, planID int64) (calendar.Date, error) {
	record, err := s.FindPlan(ctx, actor, planID)
	if err != nil {
		return calendar.Date{}, err
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return calendar.Date{}, fmt.Errorf("business clock: %w", err)
	}
	zone, err := calendar.Zone(record.TimeZone)
	if err != nil {
		return calendar.Date{}, fmt.Errorf("plan zone: %w", err)
	}
	return calendar.DateOf(now, zone), nil
}
