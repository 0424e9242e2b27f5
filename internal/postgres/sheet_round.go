package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/form"
	"dondoc/internal/policy"
	"dondoc/internal/task"
	"dondoc/internal/workbook"
)

// RoundSheet gives what the table of a round's units holds: those whose results
// the actor may record. It leaves in the audit trail who took them away. Faults:
// NotFound where there is none of them.
func (s *Store) RoundSheet(ctx context.Context, actor policy.Actor, roundID int64) (workbook.Round, error) {
	round, planID, err := s.roundSheet(ctx, actor, roundID)
	if err != nil {
		return round, err
	}
	return round, s.recordExport(ctx, actor, "round_forms", planID, len(round.Units), asked{"round": roundID})
}

func (s *Store) roundSheet(ctx context.Context, actor policy.Actor, roundID int64) (round workbook.Round, planID int64, err error) {
	tasks, err := s.recordable(ctx, actor, roundID)
	if err != nil {
		return round, 0, err
	}
	if len(tasks) == 0 {
		return round, 0, notFound()
	}
	first := tasks[0]
	round = workbook.Round{
		ID: roundID, PlanCode: first.PlanCode, PlanTitle: first.PlanTitle, DutyCode: first.DutyCode, DutyTitle: first.DutyTitle,
		PeriodKey: first.PeriodKey, NilReturn: first.NilReturn,
	}
	if round.Zone, err = calendar.Zone(first.TimeZone); err != nil {
		return round, 0, fmt.Errorf("plan zone: %w", err)
	}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		duty, parts, err := dutyParts(ctx, tx, first.DutyID)
		if err != nil {
			return err
		}
		if round.Secret = duty.Secret; !round.Secret {
			round.Form = form.Layout(parts.Forms[duty.Form], duty.Indicators, parts.Indicators)
		}
		ids := make([]int64, len(tasks))
		for i, t := range tasks {
			ids[i] = t.ID
		}
		figures, err := sentFigures(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, t := range tasks {
			round.Units = append(round.Units, workbook.Unit{
				TaskID: t.ID, Code: t.AgencyCode, Name: t.AgencyName, Status: t.Status, Figures: figures[t.ID],
				Owed: t.ClosedAt == nil && (t.State == task.StateOpen || t.State == task.StateReturned || t.State == task.StatePrepared),
			})
		}
		return nil
	})
	return round, first.PlanID, err
}

// recordable are the tasks of a round whose results the actor may record.
func (s *Store) recordable(ctx context.Context, actor policy.Actor, roundID int64) ([]task.Task, error) {
	f := task.Filter{RoundID: roundID}
	var tasks []task.Task
	for {
		page, err := s.listTasks(ctx, actor, f, exportBatch)
		if err != nil {
			return nil, err
		}
		for _, t := range page.Tasks {
			if policy.RecordTask(actor, policy.Task{AgencyID: t.AgencyID, RecipientID: t.RecipientID, ReviewerID: t.ReviewerID, IssuerID: t.IssuerID, PlanID: t.PlanID, ThroughID: t.ThroughID}) {
				tasks = append(tasks, t)
			}
		}
		if len(tasks) > maxExport {
			return nil, tooLarge()
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			// In the order in which the agencies were entered: that of the plan.
			slices.SortStableFunc(tasks, func(a, b task.Task) int { return cmp.Compare(a.AgencyID, b.AgencyID) })
			return tasks, nil
		}
	}
}

// sentFigures are those of the newest version of each task that was not taken back.
func sentFigures(ctx context.Context, tx *sqlx.Tx, ids []int64) (map[int64]map[string]string, error) {
	var rows []struct {
		TaskID  int64  `db:"task_id"`
		Figures []byte `db:"figures"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT DISTINCT ON (b.task_id) b.task_id, b.figures
		FROM submissions b LEFT JOIN corrections k ON k.submission_id = b.id
		WHERE b.task_id = ANY ($1) AND b.withdrawn_at IS NULL AND NOT b.invalid AND (k.id IS NULL OR k.outcome = 'accepted')
		ORDER BY b.task_id, b.number DESC`, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("read figures of a round: %w", err)
	}
	all := make(map[int64]map[string]string, len(rows))
	for _, row := range rows {
		figures := map[string]string{}
		if err := json.Unmarshal(row.Figures, &figures); err != nil {
			return nil, fmt.Errorf("figures of task %d: %w", row.TaskID, err)
		}
		all[row.TaskID] = figures
	}
	return all, nil
}

// TakeRoundSheet records what a filled table of units says, row by row: all rows
// or none. What is wrong is named by cell; a row whose hidden id names no task of
// the round that the actor may see is not found, at its address.
func (s *Store) TakeRoundSheet(ctx context.Context, actor policy.Actor, sent workbook.SentRound) ([]task.Receipt, error) {
	round, _, err := s.roundSheet(ctx, actor, sent.RoundID)
	if err != nil {
		return nil, err
	}
	recorded, err := workbook.ReadRound(sent.Content, round, sent.Otherwise)
	if err != nil {
		return nil, err
	}
	receipts, err := s.RecordMany(ctx, actor, task.RecordManyInput{RoundID: sent.RoundID, Records: recorded.Records})
	return receipts, recorded.Places.Locate(err)
}
