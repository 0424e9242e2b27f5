package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// openTasksSeen counts, per plan, what is still owed among the tasks that the actor sees.
const openTasksSeen = `
	SELECT t.plan_id, count(*) AS tasks FROM tasks t JOIN plans p ON p.id = t.plan_id
	WHERE ` + owed + ` AND ` + visibleTask + ` AND ($4::bigint = 0 OR t.plan_id = $4)
	GROUP BY t.plan_id`

// ListPlans gives the plans that the actor sees, the latest first; OpenTasks
// counts what is owed among the tasks that the actor sees.
func (s *Store) ListPlans(ctx context.Context, actor policy.Actor) ([]plan.Record, error) {
	return s.plans(ctx, actor, 0)
}

// FindPlan gives one plan, as ListPlans does.
func (s *Store) FindPlan(ctx context.Context, actor policy.Actor, id int64) (plan.Record, error) {
	if id <= 0 {
		return plan.Record{}, notFound()
	}
	records, err := s.plans(ctx, actor, id)
	if err != nil {
		return plan.Record{}, err
	}
	if len(records) == 0 {
		return plan.Record{}, notFound()
	}
	return records[0], nil
}

func (s *Store) plans(ctx context.Context, actor policy.Actor, id int64) ([]plan.Record, error) {
	records := []plan.Record{}
	if !policy.SeePlans(actor) {
		return records, nil
	}
	var rows []planRow
	var counts []struct {
		PlanID int64 `db:"plan_id"`
		Tasks  int   `db:"tasks"`
	}
	err := s.snapshot(ctx, func(tx *sqlx.Tx) error {
		if err := tx.SelectContext(ctx, &rows, selectPlan+`
			WHERE ($4::bigint = 0 OR p.id = $4) AND `+visiblePlan+` ORDER BY p.valid_from_on DESC, p.id DESC`, scoped(actor, id)...); err != nil {
			return fmt.Errorf("list plans: %w", err)
		}
		if err := tx.SelectContext(ctx, &counts, openTasksSeen, scoped(actor, id)...); err != nil {
			return fmt.Errorf("count open tasks of plans: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	open := make(map[int64]int, len(counts))
	for _, c := range counts {
		open[c.PlanID] = c.Tasks
	}
	for _, row := range rows {
		row.OpenTasks = open[row.ID]
		records = append(records, row.record())
	}
	return records, nil
}

// ListDuties gives the duties in force of a plan in the document's order, with
// who has which part in them.
func (s *Store) ListDuties(ctx context.Context, actor policy.Actor, planID int64) ([]plan.DutyRecord, error) {
	if _, err := s.FindPlan(ctx, actor, planID); err != nil {
		return nil, err
	}
	var rows []struct {
		ID         int64           `db:"id"`
		Code       string          `db:"code"`
		ParentCode string          `db:"parent_code"`
		Title      string          `db:"title"`
		Text       string          `db:"text"`
		Mode       plan.Mode       `db:"mode"`
		Scheduled  bool            `db:"scheduled"`
		Review     plan.ReviewMode `db:"review"`
		NilReturn  bool            `db:"nil_return"`
		Definition []byte          `db:"definition"`
		Owners     []byte          `db:"owners"`
	}
	if err := s.db.SelectContext(ctx, &rows, `
		SELECT d.id, d.code, COALESCE(u.code, '') AS parent_code, d.title, d.text, d.mode, d.scheduled, d.review, d.nil_return, d.definition,
			COALESCE((
				SELECT jsonb_agg(jsonb_build_object('AgencyID', a.id, 'AgencyCode', a.code, 'AgencyName', a.name, 'Role', s.role)
					ORDER BY array_position(ARRAY['lead', 'implementing', 'coordinating', 'member'], s.role), a.position, a.id)
				FROM assignments s JOIN agencies a ON a.id = s.agency_id WHERE s.duty_id = d.id
			), '[]') AS owners
		FROM duties d LEFT JOIN duties u ON u.id = d.parent_id
		WHERE d.plan_id = $1 AND d.retired_version IS NULL
		ORDER BY d.position, d.id`, planID); err != nil {
		return nil, fmt.Errorf("list duties: %w", err)
	}
	duties := make([]plan.DutyRecord, 0, len(rows))
	for _, r := range rows {
		var definition plan.Duty
		if err := json.Unmarshal(r.Definition, &definition); err != nil {
			return nil, fmt.Errorf("definition of duty %d: %w", r.ID, err)
		}
		owners := []plan.AssignmentRecord{}
		if err := json.Unmarshal(r.Owners, &owners); err != nil {
			return nil, fmt.Errorf("assignments of duty %d: %w", r.ID, err)
		}
		duties = append(duties, plan.DutyRecord{
			ID: r.ID, PlanID: planID, Code: r.Code, ParentCode: r.ParentCode, Title: r.Title, Text: r.Text, Mode: r.Mode,
			Scheduled: r.Scheduled, Cadences: definition.Schedule.Cadences, Configured: definition.Configured,
			CoveredBy: definition.CoveredBy, Review: r.Review, NilReturn: r.NilReturn, Owners: owners,
		})
	}
	return duties, nil
}

// listRounds counts for each round the tasks that the actor sees, so that the
// figure opens to a list of that length.
const listRounds = `
	WITH picked AS MATERIALIZED (
		SELECT r.id FROM rounds r
		WHERE ($4::bigint = 0 OR r.plan_id = $4) AND ($5::bigint = 0 OR r.duty_id = $5) AND r.dropped_at IS NULL
			AND r.plan_id IN (SELECT p.id FROM plans p WHERE ` + visiblePlan + `)
			AND (NOT $6::boolean OR (r.due_at, r.id) < ($7::timestamptz, $8::bigint))
		ORDER BY r.due_at DESC, r.id DESC LIMIT $9
	)
	SELECT ` + roundColumns + `
	FROM picked JOIN rounds r ON r.id = picked.id JOIN duties d ON d.id = r.duty_id JOIN plans p ON p.id = r.plan_id
	ORDER BY r.due_at DESC, r.id DESC`

// ListRounds gives rounds of the plans that the actor sees, the latest due time first.
// A zero planID or dutyID does not narrow. The second result is the next page's cursor.
func (s *Store) ListRounds(ctx context.Context, actor policy.Actor, planID, dutyID int64, limit int, cursor string) ([]task.Round, string, error) {
	from, err := placeOf("rounds", cursor)
	if err != nil {
		return nil, "", err
	}
	if !policy.SeePlans(actor) {
		return []task.Round{}, "", nil
	}
	limit = limitOf(limit)
	var rows []listedRound
	if err := s.db.SelectContext(ctx, &rows, listRounds,
		scoped(actor, planID, dutyID, from.Set, from.At, from.ID, limit+1)...); err != nil {
		return nil, "", fmt.Errorf("list rounds: %w", err)
	}
	rounds := make([]task.Round, 0, min(len(rows), limit))
	next := ""
	for i, r := range rows {
		if i == limit {
			next = cursorAt("rounds", rounds[limit-1].DueAt, rounds[limit-1].ID)
			break
		}
		rounds = append(rounds, r.round())
	}
	return rounds, next, nil
}
