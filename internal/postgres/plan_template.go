package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// PlanTemplates lists the reports that the plan in force holds ready to be asked
// for by hand, to whoever may see plans.
func (s *Store) PlanTemplates(ctx context.Context, actor policy.Actor, planID int64) ([]plan.TemplateRecord, error) {
	if _, err := s.FindPlan(ctx, actor, planID); err != nil {
		return nil, err
	}
	return readTemplates(ctx, s.db, planID)
}

func readTemplates(ctx context.Context, q sqlx.QueryerContext, planID int64) ([]plan.TemplateRecord, error) {
	var document []byte
	if err := sqlx.GetContext(ctx, q, &document, `
		SELECT COALESCE(NULLIF(v.document -> 'Templates', 'null'), '[]') FROM plans p
		JOIN plan_versions v ON v.plan_id = p.id AND v.number = p.current_version WHERE p.id = $1`, planID); err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	var templates []plan.Template
	if err := json.Unmarshal(document, &templates); err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	records := make([]plan.TemplateRecord, 0, len(templates))
	for _, t := range templates {
		record := plan.TemplateRecord{Template: t, PlanID: planID}
		var row struct {
			ID    int64  `db:"id"`
			Title string `db:"title"`
		}
		if err := sqlx.GetContext(ctx, q, &row, `SELECT id, title FROM duties WHERE plan_id = $1 AND code = $2`, planID, t.Duty); err != nil {
			return nil, fmt.Errorf("duty of template %s: %w", t.Code, err)
		}
		record.DutyID, record.DutyTitle = row.ID, row.Title
		if len(t.Agencies) > 0 {
			if err := sqlx.SelectContext(ctx, q, &record.AgencyIDs, `SELECT id FROM agencies WHERE code = ANY ($1) ORDER BY position, id`, pq.Array(t.Agencies)); err != nil {
				return nil, fmt.Errorf("agencies of template %s: %w", t.Code, err)
			}
		}
		records = append(records, record)
	}
	return records, nil
}

// fromTemplate fills in what a wish leaves to the template that it names. Faults:
// NotFound for no such duty, Invalid for a template that is not the duty's.
func (s *Store) fromTemplate(ctx context.Context, actor policy.Actor, in task.HandInput) (task.HandInput, error) {
	if in.Template == "" {
		return in, nil
	}
	var planID int64
	err := s.db.GetContext(ctx, &planID, `SELECT plan_id FROM duties WHERE id = $1`, in.DutyID)
	if errors.Is(err, sql.ErrNoRows) {
		return in, notFound()
	}
	if err != nil {
		return in, fmt.Errorf("find duty: %w", err)
	}
	if _, err := s.FindPlan(ctx, actor, planID); err != nil {
		return in, err
	}
	templates, err := readTemplates(ctx, s.db, planID)
	if err != nil {
		return in, err
	}
	i := slices.IndexFunc(templates, func(t plan.TemplateRecord) bool { return t.Code == in.Template && t.DutyID == in.DutyID })
	if i < 0 {
		return in, fault.New(fault.Invalid, "round.template",
			"Nhiệm vụ này không có mẫu báo cáo ấy.", "The duty has no such template.").At("template")
	}
	t := templates[i]
	if in.Title == "" {
		in.Title = t.Title
	}
	if in.Text == "" {
		in.Text = t.Text
	}
	if in.Cadence == "" {
		in.Cadence = t.Cadence
	}
	if len(in.AgencyIDs) == 0 {
		in.AgencyIDs = t.AgencyIDs
	}
	if in.DueAt.IsZero() && in.Within == (calendar.DueRule{}) {
		in.Within = t.Due
	}
	return in, nil
}
