package postgres

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

// bodyUnits are the units that owe a duty ($5) of the plan $4, with the latest
// result that they sent and that counts.
const bodyUnits = `
	SELECT DISTINCT ON (a.position, a.id) a.id AS agency_id, a.code AS agency_code, a.name AS agency_name, a.level, a.position,
		COALESCE(k.id, 0) AS task_id, COALESCE(k.state, '') AS task_state, COALESCE(k.number, 0) > 0 AS established,
		COALESCE(b.document_number, '') AS document_number, b.document_on
	FROM plans p JOIN duties d ON d.plan_id = p.id AND d.code = $5 AND d.retired_version IS NULL
	JOIN assignments t ON t.duty_id = d.id AND t.role IN ('lead', 'implementing')
	JOIN agencies a ON a.id = t.agency_id AND $6::date BETWEEN a.valid_from_on AND a.valid_to_on
	LEFT JOIN LATERAL (SELECT t.id, t.state, t.submissions, ` + inForce + ` AS number FROM tasks t WHERE t.duty_id = d.id AND t.agency_id = a.id
		ORDER BY t.state IN ('accepted', 'submitted') DESC, t.due_at DESC, t.id DESC LIMIT 1) k ON true
	LEFT JOIN submissions b ON b.task_id = k.id AND b.number = COALESCE(NULLIF(k.number, 0), k.submissions) AND NOT b.invalid AND b.withdrawn_at IS NULL
	WHERE p.id = $4 AND ` + visibleTask + ` ORDER BY a.position, a.id`

// PlanBodies lists the plan's interagency bodies: who leads, who is a member and
// since which duty, and of those units that the actor sees whether their decision
// to set one up is in.
func (s *Store) PlanBodies(ctx context.Context, actor policy.Actor, planID int64) ([]plan.BodyRecord, error) {
	today, err := s.dayOfPlan(ctx, actor, planID)
	if err != nil {
		return nil, err
	}
	records := []plan.BodyRecord{}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		p, err := planInForce(ctx, tx, planID)
		if err != nil {
			return err
		}
		for _, b := range p.Bodies {
			record := plan.BodyRecord{Body: b, Parts: p.PartsOf(b), Duty: b.EstablishedBy}
			if err := nameParts(ctx, tx, record.Parts); err != nil {
				return err
			}
			for _, d := range p.Duties {
				if d.Code == b.EstablishedBy {
					record.DutyTitle = d.Title
				}
			}
			if record.Duty != "" {
				if err := establish(ctx, tx, &record, scoped(actor, planID, record.Duty, today.String())); err != nil {
					return err
				}
			}
			records = append(records, record)
		}
		return nil
	})
	return records, err
}

// planInForce is the plan's version in force, as it was understood.
func planInForce(ctx context.Context, tx *sqlx.Tx, planID int64) (*plan.Plan, error) {
	var number int
	if err := tx.GetContext(ctx, &number, `SELECT current_version FROM plans WHERE id = $1`, planID); err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	return understood(ctx, tx, planID, number)
}

// PlanContent lists what the plan says without naming who does it, and which
// duties carry it out, to whoever may see plans.
func (s *Store) PlanContent(ctx context.Context, actor policy.Actor, planID int64) ([]plan.ContentRecord, error) {
	if _, err := s.FindPlan(ctx, actor, planID); err != nil {
		return nil, err
	}
	var records []plan.ContentRecord
	err := s.snapshot(ctx, func(tx *sqlx.Tx) error {
		p, err := planInForce(ctx, tx, planID)
		if err != nil {
			return err
		}
		records = p.ContentOf()
		return nil
	})
	return records, err
}

// nameParts gives agencies the names that they have today.
func nameParts(ctx context.Context, tx *sqlx.Tx, parts []plan.BodyPart) error {
	codes := make([]string, len(parts))
	for i, part := range parts {
		codes[i] = part.Agency
	}
	var rows []struct {
		Code string `db:"code"`
		Name string `db:"name"`
	}
	if err := tx.SelectContext(ctx, &rows, `SELECT code, name FROM agencies WHERE code = ANY ($1)`, pq.Array(codes)); err != nil {
		return fmt.Errorf("name agencies: %w", err)
	}
	names := make(map[string]string, len(rows))
	for _, row := range rows {
		names[row.Code] = row.Name
	}
	for i := range parts {
		parts[i].AgencyName = names[parts[i].Agency]
	}
	return nil
}

func establish(ctx context.Context, tx *sqlx.Tx, record *plan.BodyRecord, args []any) error {
	var rows []struct {
		AgencyID       int64        `db:"agency_id"`
		AgencyCode     string       `db:"agency_code"`
		AgencyName     string       `db:"agency_name"`
		Level          string       `db:"level"`
		Position       int          `db:"position"`
		TaskID         int64        `db:"task_id"`
		TaskState      string       `db:"task_state"`
		Established    bool         `db:"established"`
		DocumentNumber string       `db:"document_number"`
		DocumentOn     sql.NullTime `db:"document_on"`
	}
	if err := tx.SelectContext(ctx, &rows, bodyUnits, args...); err != nil {
		return fmt.Errorf("list who sets up a body: %w", err)
	}
	levels := map[string]int{}
	for _, r := range rows {
		unit := plan.BodyUnit{
			AgencyID: r.AgencyID, AgencyCode: r.AgencyCode, AgencyName: r.AgencyName, Level: r.Level, TaskID: r.TaskID, TaskState: r.TaskState,
			Established: r.Established, DocumentNumber: r.DocumentNumber,
		}
		if r.DocumentOn.Valid {
			unit.DocumentOn = civil(r.DocumentOn.Time)
		}
		record.Units = append(record.Units, unit)
		at, known := levels[r.Level]
		if !known {
			at = len(record.PerLevel)
			levels[r.Level] = at
			record.PerLevel = append(record.PerLevel, plan.BodyLevel{Level: r.Level})
		}
		record.PerLevel[at].Units++
		if unit.Established {
			record.PerLevel[at].Established++
		}
	}
	return nil
}
