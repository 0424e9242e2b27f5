package postgres

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// moved are the tasks whose due time moves.
func (a *amending) moved() []int64 {
	ids := []int64{}
	for _, w := range a.open {
		for _, m := range w.moves {
			if !m.from.Equal(m.to) {
				ids = append(ids, m.tasks...)
			}
		}
	}
	return ids
}

// cancelledTasks are the tasks that end.
func (a *amending) cancelledTasks() []int64 {
	ids := []int64{}
	for _, w := range a.open {
		ids = append(ids, w.cancelled...)
	}
	return ids
}

// amendedTasks are those that say something else than before, or go elsewhere:
// $2 is the business instant, $4 duties, $5 tasks. Whoever hears of another due
// time, or that the task is over ($6), reads there what else changed.
const amendedTasks = `
	SELECT t.id FROM tasks t WHERE (t.duty_id = ANY ($4) OR t.id = ANY ($5)) AND t.closed_at IS NULL AND t.opened_at < $2
		AND t.state IN ('open', 'prepared', 'returned') AND t.id <> ALL ($6)`

// amendedRecipients are the people and mailboxes of the units concerned: of the
// tasks above, and of those that are over ($7). $3 is the plan's zone.
const amendedRecipients = `
	SELECT t.id AS task_id, m.user_id, NULL::bigint AS mailbox_id, m.user_id AS recipient
	FROM tasks t JOIN memberships m ON m.agency_id = t.agency_id AND m.role IN ('focal_point', 'head')
		AND ($2::timestamptz AT TIME ZONE $3)::date BETWEEN m.valid_from_on AND m.valid_to_on
	JOIN users u ON u.id = m.user_id AND u.active
	WHERE t.id = ANY ($7) OR t.id IN (` + amendedTasks + `)
	UNION
	SELECT t.id, NULL, a.id, -a.id FROM tasks t JOIN agencies a ON a.id = t.agency_id AND a.mailbox <> ''
	WHERE t.id = ANY ($7) OR t.id IN (` + amendedTasks + `)`

func (a *amending) toldOf() (duties, tasks, others []int64) {
	duties, tasks = []int64{}, []int64{}
	for _, pair := range a.duties {
		if pair.told && pair.id != 0 && !pair.retired {
			duties = append(duties, pair.id)
		}
	}
	for _, w := range a.open {
		for _, t := range w.rerouted {
			tasks = append(tasks, t.ID)
		}
	}
	return duties, tasks, append(a.moved(), a.cancelledTasks()...)
}

// people counts who is told: of moved due times, of tasks that are over, of
// duties that say something else, and of new tasks.
func (a *amending) people(ctx context.Context, tx *sqlx.Tx) (int, error) {
	duties, tasks, others := a.toldOf()
	opened := []string{}
	for _, w := range a.open {
		opened = append(opened, w.effect.Opened...)
	}
	var n int
	if err := tx.GetContext(ctx, &n, `
		SELECT count(DISTINCT recipient) FROM (
			SELECT recipient FROM (`+amendedRecipients+`) AS amended
			UNION SELECT recipient FROM (`+dueMovedRecipients+`) AS moved
			UNION SELECT m.user_id FROM agencies a JOIN memberships m ON m.agency_id = a.id AND m.role = 'focal_point'
				AND ($2::timestamptz AT TIME ZONE $3)::date BETWEEN m.valid_from_on AND m.valid_to_on
				JOIN users u ON u.id = m.user_id AND u.active WHERE a.code = ANY ($8::text[])
			UNION SELECT -a.id FROM agencies a WHERE a.code = ANY ($8::text[]) AND a.mailbox <> ''
		) AS told`, pq.Array(a.moved()), a.now, a.plan.TimeZone, pq.Array(duties), pq.Array(tasks), pq.Array(others), pq.Array(a.cancelledTasks()), pq.Array(opened)); err != nil {
		return 0, fmt.Errorf("count people concerned: %w", err)
	}
	return n, nil
}

// tell records one notice per task and person; each person gets theirs in one
// message the next morning. New tasks are told by their own first step. While
// the plan is suspended a moved date is told all the same: it is a fact.
func (a *amending) tell(ctx context.Context, tx *sqlx.Tx, number int) error {
	duties, tasks, others := a.toldOf()
	cause := fmt.Sprintf("amendment:%d:%d", a.plan.ID, number)
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO notifications (user_id, mailbox_agency_id, kind, plan_id, task_id, cause, created_at, deliver_at, standing)
		SELECT user_id, mailbox_id, $3, plan_id, task_id, $4::text || ':' || task_id, $2, morning_at_or_after($2, time_zone), $5
		FROM (`+dueMovedRecipients+`) AS r ON CONFLICT DO NOTHING`,
		pq.Array(a.moved()), a.now, string(notice.DueMoved), cause, a.plan.State == plan.Suspended); err != nil {
		return fmt.Errorf("tell of moved due times: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO notifications (user_id, mailbox_agency_id, kind, plan_id, task_id, cause, created_at, deliver_at, standing)
		SELECT r.user_id, r.mailbox_id, CASE WHEN t.state = 'cancelled' THEN $8 ELSE $9 END, t.plan_id, t.id, $1::text || ':' || t.id, $2,
			morning_at_or_after($2, $3), t.state = 'cancelled'
		FROM (`+amendedRecipients+`) AS r JOIN tasks t ON t.id = r.task_id ON CONFLICT DO NOTHING`,
		cause, a.now, a.plan.TimeZone, pq.Array(duties), pq.Array(tasks), pq.Array(others), pq.Array(a.cancelledTasks()),
		string(notice.Cancelled), string(notice.Amended)); err != nil {
		return fmt.Errorf("tell people concerned: %w", err)
	}
	return a.tellReviewers(ctx, tx, cause)
}

// tellReviewers tells whoever decides now about results that wait for them.
func (a *amending) tellReviewers(ctx context.Context, tx *sqlx.Tx, cause string) error {
	waiting := []int64{}
	for _, w := range a.open {
		for _, t := range w.rerouted {
			waiting = append(waiting, t.ID)
		}
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO notifications (user_id, mailbox_agency_id, kind, plan_id, task_id, cause, created_at, deliver_at)
		SELECT m.user_id, NULL, $4, t.plan_id, t.id, $5::text || ':' || t.id, $1, morning_at_or_after($1, $2)
		FROM tasks t JOIN memberships m ON m.agency_id = t.reviewer_id AND m.role = 'supervisor'
			AND ($1::timestamptz AT TIME ZONE $2)::date BETWEEN m.valid_from_on AND m.valid_to_on
		JOIN users u ON u.id = m.user_id AND u.active
		WHERE t.id = ANY ($3) AND t.state = $6 AND NOT `+held+` ON CONFLICT DO NOTHING`,
		a.now, a.plan.TimeZone, pq.Array(waiting), string(notice.Submitted), cause, string(task.StateSubmitted)); err != nil {
		return fmt.Errorf("tell reviewers: %w", err)
	}
	return nil
}

// nudge lets the workflows look again: the plan's, those of the duties that came,
// went or changed, and those of their rounds. The relay starts what does not run.
func (a *amending) nudge(ctx context.Context, tx *sqlx.Tx) error {
	workflows := []string{fmt.Sprintf("plan:%d", a.plan.ID), "delivery:mail"}
	for _, pair := range a.duties {
		if pair.retired || scheduledByItself(pair.after.Definition) || scheduledByItself(pair.before.Definition) {
			workflows = append(workflows, fmt.Sprintf("duty:%d", pair.id))
		}
	}
	for _, w := range a.open {
		workflows = append(workflows, fmt.Sprintf("round:%d", w.row.ID))
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO outbox (workflow, kind, created_at) SELECT w, 'plan.amended', $2 FROM unnest($1::text[]) AS w`, pq.Array(workflows), a.now); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}
