package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/dossier"
	"dondoc/internal/policy"
)

// TaskDossier reads everything that is known of a task, in one view of the
// database. A task that the actor may not see is not found. The download is
// logged, each time: it leaves the system.
func (s *Store) TaskDossier(ctx context.Context, actor policy.Actor, id int64) (dossier.Dossier, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return dossier.Dossier{}, fmt.Errorf("business clock: %w", err)
	}
	var d dossier.Dossier
	err = s.snapshot(ctx, func(tx *sqlx.Tx) (err error) {
		if d.Detail, err = detailIn(ctx, tx, actor, id, now); err != nil {
			return err
		}
		if d.Plan, err = dossierPlan(ctx, tx, d.Detail.Task.PlanID); err != nil {
			return err
		}
		if d.Notices, err = dossierNotices(ctx, tx, id); err != nil {
			return err
		}
		rows := []entryRow{}
		if err := tx.SelectContext(ctx, &rows, `SELECT `+entryColumns+` FROM audit h `+entryNames+`
			WHERE h.entity = 'task' AND h.entity_id = $1 AND h.action NOT IN `+readings+` ORDER BY h.id`, id); err != nil {
			return fmt.Errorf("read audit of task: %w", err)
		}
		for _, row := range rows {
			d.Audit = append(d.Audit, row.entry())
		}
		return nil
	})
	if err != nil {
		return dossier.Dossier{}, err
	}
	if d.Contents, err = s.contentsOf(d.Detail.Attachments()); err != nil {
		return dossier.Dossier{}, err
	}
	err = s.transact(ctx, func(tx *sqlx.Tx) error {
		return s.record(ctx, tx, actor.Reader(), now, change{
			Action: downloaded, Entity: "task", EntityID: id, OnBehalf: actor.Reading(), After: underDecision(actor, d.Detail.Task, map[string]any{"version": d.Detail.Task.Version}),
		})
	})
	return d, err
}

func dossierPlan(ctx context.Context, tx *sqlx.Tx, id int64) (dossier.Plan, error) {
	var row struct {
		Code   string    `db:"code"`
		Title  string    `db:"title"`
		Number string    `db:"number"`
		Issuer string    `db:"issuer"`
		State  string    `db:"state"`
		From   time.Time `db:"valid_from_on"`
		To     time.Time `db:"valid_to_on"`
	}
	if err := tx.GetContext(ctx, &row, `SELECT p.code, p.title, p.number, a.name AS issuer, p.state, p.valid_from_on, p.valid_to_on
		FROM plans p JOIN agencies a ON a.id = p.issuer_id WHERE p.id = $1`, id); err != nil {
		return dossier.Plan{}, fmt.Errorf("read plan: %w", err)
	}
	return dossier.Plan{
		Code: row.Code, Title: row.Title, Number: row.Number, Issuer: row.Issuer, State: row.State, ValidFrom: civil(row.From), ValidTo: civil(row.To),
	}, nil
}

// dossierNotices tells recipients by the roles that they held, when the notice
// was recorded, at the agencies around the task: not by name.
func dossierNotices(ctx context.Context, tx *sqlx.Tx, id int64) ([]dossier.Notice, error) {
	var rows []struct {
		Kind         string         `db:"kind"`
		Step         string         `db:"step"`
		CreatedAt    time.Time      `db:"created_at"`
		Roles        pq.StringArray `db:"roles"`
		Mailbox      string         `db:"mailbox"`
		MessageID    string         `db:"message_id"`
		MessageState string         `db:"message_state"`
		HandedOverAt sql.NullTime   `db:"handed_over_at"`
		DroppedAt    sql.NullTime   `db:"dropped_at"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT n.kind, COALESCE(s.code, '') AS step, n.created_at, COALESCE(x.code, '') AS mailbox,
			COALESCE(m.message_id, '') AS message_id, COALESCE(m.state, '') AS message_state, m.handed_over_at, n.dropped_at,
			ARRAY(SELECT DISTINCT (o.role || '@' || a.code) COLLATE "C" FROM memberships o JOIN agencies a ON a.id = o.agency_id
				WHERE o.user_id = n.user_id AND o.agency_id IN (t.agency_id, t.reviewer_id, t.recipient_id, t.through_id, p.issuer_id, p.standing_id)
					AND (n.created_at AT TIME ZONE p.time_zone)::date BETWEEN o.valid_from_on AND o.valid_to_on
				ORDER BY 1) AS roles
		FROM notifications n JOIN tasks t ON t.id = n.task_id JOIN plans p ON p.id = t.plan_id
		LEFT JOIN steps s ON s.id = n.step_id LEFT JOIN agencies x ON x.id = n.mailbox_agency_id LEFT JOIN messages m ON m.id = n.message_id
		WHERE n.task_id = $1 ORDER BY n.created_at, n.id`, id); err != nil {
		return nil, fmt.Errorf("read notices of task: %w", err)
	}
	notices := make([]dossier.Notice, 0, len(rows))
	for _, r := range rows {
		notices = append(notices, dossier.Notice{
			Kind: r.Kind, Step: r.Step, CreatedAt: r.CreatedAt, Roles: r.Roles, Mailbox: r.Mailbox, MessageID: r.MessageID,
			MessageState: r.MessageState, HandedOverAt: instant(r.HandedOverAt), DroppedAt: instant(r.DroppedAt),
		})
	}
	return notices, nil
}
