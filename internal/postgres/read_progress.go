package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// planProgress counts, for each duty of plan $4, the visible tasks of the round
// that opened last and has any, and those overdue of all its rounds. Statuses are the numbers
// of rateStatuses; a task that is not expected counts as 0.
var planProgress = rateParameters(5, `
	WITH latest AS MATERIALIZED (
		SELECT DISTINCT ON (r.duty_id) r.id FROM rounds r JOIN plans p ON p.id = r.plan_id
		WHERE r.plan_id = $4 AND r.dropped_at IS NULL AND r.state <> 'scheduled'
			AND EXISTS (SELECT 1 FROM tasks t WHERE t.round_id = r.id AND t.state <> 'scheduled' AND `+visibleTask+`)
		ORDER BY r.duty_id, r.opens_at DESC, r.id DESC
	), seen AS MATERIALIZED (
		SELECT t.id, t.duty_id, t.round_id, r.period_key, t.due_at, a.name, l.id IS NOT NULL AS latest, `+effectiveDue+` AS effective_due_at,
			CASE WHEN t.state IN ('waived', 'cancelled') THEN 0 ELSE `+rateStatus("t.due_at")+` END AS status,
			row_number() OVER (PARTITION BY t.round_id ORDER BY a.position, a.id, t.id) AS place
		FROM tasks t JOIN plans p ON p.id = t.plan_id `+rateFacts+`
		LEFT JOIN latest l ON l.id = t.round_id
		WHERE t.plan_id = $4 AND t.state <> 'scheduled' AND (l.id IS NOT NULL OR t.state IN ('open', 'returned', 'prepared')) AND `+visibleTask+`
	)
	SELECT duty_id, COALESCE(max(round_id) FILTER (WHERE latest), 0) AS round_id, COALESCE(max(period_key) FILTER (WHERE latest), '') AS period_key,
		min(due_at) FILTER (WHERE latest) AS due_at,
		count(*) FILTER (WHERE latest AND status = 1) AS done_on_time, count(*) FILTER (WHERE latest AND status = 2) AS done_late,
		count(*) FILTER (WHERE latest AND status = 3) AS not_done_in_time, count(*) FILTER (WHERE latest AND status = 4) AS not_done_overdue,
		count(*) FILTER (WHERE latest AND status = 5) AS waiting, count(*) FILTER (WHERE latest AND status = 6) AS waiting_late,
		count(*) FILTER (WHERE latest AND status = 0) AS not_expected,
		count(*) FILTER (WHERE status = 4) AS overdue, min(effective_due_at) FILTER (WHERE status = 4) AS overdue_since,
		CASE WHEN count(*) FILTER (WHERE latest) <= `+fmt.Sprint(task.FewMembers)+`
			THEN jsonb_agg(jsonb_build_object('TaskID', id, 'Agency', name, 'Status', status) ORDER BY place) FILTER (WHERE latest) END AS members
	FROM seen GROUP BY duty_id`)

type progressRow struct {
	DutyID         int64        `db:"duty_id"`
	RoundID        int64        `db:"round_id"`
	PeriodKey      string       `db:"period_key"`
	DueAt          sql.NullTime `db:"due_at"`
	DoneOnTime     int          `db:"done_on_time"`
	DoneLate       int          `db:"done_late"`
	NotDoneInTime  int          `db:"not_done_in_time"`
	NotDoneOverdue int          `db:"not_done_overdue"`
	Waiting        int          `db:"waiting"`
	WaitingLate    int          `db:"waiting_late"`
	NotExpected    int          `db:"not_expected"`
	Overdue        int          `db:"overdue"`
	OverdueSince   sql.NullTime `db:"overdue_since"`
	Members        []byte       `db:"members"`
}

// PlanProgress tells where each duty of a plan stands, over the tasks that the
// actor sees. A plan that the actor does not see is fault.NotFound.
func (s *Store) PlanProgress(ctx context.Context, actor policy.Actor, planID int64) (task.Progress, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return task.Progress{}, fmt.Errorf("business clock: %w", err)
	}
	progress := task.Progress{At: now.UTC(), Duties: map[int64]task.DutyProgress{}}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		if err := seePlan(ctx, tx, actor, planID); err != nil {
			return err
		}
		var rows []progressRow
		if err := tx.SelectContext(ctx, &rows, planProgress, scoped(actor, planID, now)...); err != nil {
			return fmt.Errorf("read progress of plan: %w", err)
		}
		for _, r := range rows {
			d, err := r.progress()
			if err != nil {
				return err
			}
			progress.Duties[r.DutyID] = d
		}
		return nil
	})
	return progress, err
}

func (r progressRow) progress() (task.DutyProgress, error) {
	d := task.DutyProgress{
		RoundID: r.RoundID, PeriodKey: r.PeriodKey, DueAt: r.DueAt.Time.UTC(), Overdue: r.Overdue,
		Counts: task.Counts{
			DoneOnTime: r.DoneOnTime, DoneLate: r.DoneLate, NotDoneInTime: r.NotDoneInTime, NotDoneOverdue: r.NotDoneOverdue,
			Waiting: r.Waiting, WaitingLate: r.WaitingLate, NotExpected: r.NotExpected,
		},
	}
	if r.OverdueSince.Valid {
		since := r.OverdueSince.Time.In(time.UTC)
		d.OverdueSince = &since
	}
	if r.Members == nil {
		return d, nil
	}
	var members []struct {
		TaskID int64
		Agency string
		Status int
	}
	if err := json.Unmarshal(r.Members, &members); err != nil {
		return d, fmt.Errorf("members of round %d: %w", r.RoundID, err)
	}
	for _, m := range members {
		d.Members = append(d.Members, task.Member{TaskID: m.TaskID, Agency: m.Agency, Status: statusOf(m.Status)})
	}
	return d, nil
}

// statusOf reads a number of rateStatuses; 0 is what is not expected.
func statusOf(number int) task.Status {
	for cell, n := range rateStatuses {
		if n == fmt.Sprint(number) {
			return task.Status(cell)
		}
	}
	return task.NotExpected
}
