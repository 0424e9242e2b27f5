package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/dossier"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// maxIndexed is from how many tasks on a plan's index would outgrow a dossier.
const maxIndexed = 200_000

// PlanDossier reads a plan with its duties, its own audit rows and an index of
// the tasks that the actor may see. The download is logged.
func (s *Store) PlanDossier(ctx context.Context, actor policy.Actor, id int64) (dossier.PlanDossier, error) {
	record, err := s.FindPlan(ctx, actor, id)
	if err != nil {
		return dossier.PlanDossier{}, err
	}
	duties, err := s.ListDuties(ctx, actor, id)
	if err != nil {
		return dossier.PlanDossier{}, err
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return dossier.PlanDossier{}, fmt.Errorf("business clock: %w", err)
	}
	d := dossier.PlanDossier{ID: id, Version: record.Version}
	for _, duty := range duties {
		kept := dossier.Duty{
			Code: duty.Code, Title: duty.Title, Text: duty.Text, Mode: string(duty.Mode), Review: string(duty.Review), Scheduled: duty.Scheduled,
		}
		for _, o := range duty.Owners {
			kept.Owners = append(kept.Owners, dossier.Owner{Code: o.AgencyCode, Name: o.AgencyName, Role: string(o.Role)})
		}
		d.Duties = append(d.Duties, kept)
	}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) (err error) {
		if d.Plan, err = dossierPlan(ctx, tx, id); err != nil {
			return err
		}
		if d.Tasks, err = indexedTasks(ctx, tx, actor, id); err != nil {
			return err
		}
		rows := []entryRow{}
		if err := tx.SelectContext(ctx, &rows, `SELECT `+entryColumns+` FROM audit h `+entryNames+`
			WHERE h.entity = 'plan' AND h.entity_id = $1 AND h.action NOT IN ('`+planDownloaded+`', '`+exported+`') ORDER BY h.id`, id); err != nil {
			return fmt.Errorf("read audit of plan: %w", err)
		}
		for _, row := range rows {
			d.Audit = append(d.Audit, row.entry())
		}
		return nil
	})
	if err != nil {
		return dossier.PlanDossier{}, err
	}
	err = s.transact(ctx, func(tx *sqlx.Tx) error {
		return s.record(ctx, tx, actor.Reader(), now, change{
			Action: planDownloaded, Entity: "plan", EntityID: id, OnBehalf: actor.Reading(), After: planUnderDecision(actor, id, map[string]any{"version": record.Version, "tasks": len(d.Tasks)}),
		})
	})
	return d, err
}

func indexedTasks(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, planID int64) ([]dossier.IndexedTask, error) {
	var rows []struct {
		ID               int64        `db:"id"`
		DutyCode         string       `db:"duty_code"`
		PeriodKey        string       `db:"period_key"`
		AgencyCode       string       `db:"agency_code"`
		AgencyName       string       `db:"agency_name"`
		State            task.State   `db:"state"`
		DueAt            time.Time    `db:"due_at"`
		OriginalDueAt    time.Time    `db:"original_due_at"`
		ResubmitDueAt    sql.NullTime `db:"resubmit_due_at"`
		FirstSubmittedAt sql.NullTime `db:"first_submitted_at"`
		SubmittedAt      sql.NullTime `db:"submitted_at"`
		SettledAt        sql.NullTime `db:"settled_at"`
		Submissions      int          `db:"submissions"`
		Version          int          `db:"version"`
	}
	args, err := scopedWide(ctx, tx, actor, planID, maxIndexed+1)
	if err != nil {
		return nil, err
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT t.id, d.code AS duty_code, r.period_key, a.code AS agency_code, a.name AS agency_name, t.state, t.due_at, t.original_due_at,
			t.resubmit_due_at, t.first_submitted_at, t.submitted_at, t.settled_at, t.submissions, t.version
		FROM tasks t JOIN plans p ON p.id = t.plan_id JOIN duties d ON d.id = t.duty_id JOIN rounds r ON r.id = t.round_id
		JOIN agencies a ON a.id = t.agency_id
		WHERE `+visibleTask+` AND t.plan_id = $4 ORDER BY t.id LIMIT $5`, args...); err != nil {
		return nil, fmt.Errorf("index tasks: %w", err)
	}
	if len(rows) > maxIndexed {
		return nil, dossier.TooLarge()
	}
	tasks := make([]dossier.IndexedTask, 0, len(rows))
	for _, r := range rows {
		tasks = append(tasks, dossier.IndexedTask{
			ID: r.ID, DutyCode: r.DutyCode, PeriodKey: r.PeriodKey, AgencyCode: r.AgencyCode, AgencyName: r.AgencyName, State: r.State,
			DueAt: r.DueAt, OriginalDueAt: r.OriginalDueAt, ResubmitDueAt: instant(r.ResubmitDueAt), FirstSubmittedAt: instant(r.FirstSubmittedAt),
			SubmittedAt: instant(r.SubmittedAt), SettledAt: instant(r.SettledAt), Submissions: r.Submissions, Version: r.Version,
		})
	}
	return tasks, nil
}
