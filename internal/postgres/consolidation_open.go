package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/consolidation"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// ConsolidatedFigure opens one figure of a report that sums up others: the units'
// versions that it is made of now, what each of them was made of when it was sent,
// and so on down to the reports of base units. Faults: NotFound for a task that the
// actor may not see, that sums up nothing, or has no such figure; Forbidden for
// whoever may not open the inputs before the report is sent.
func (s *Store) ConsolidatedFigure(ctx context.Context, actor policy.Actor, taskID int64, code string) (consolidation.Opened, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return consolidation.Opened{}, fmt.Errorf("business clock: %w", err)
	}
	var opened consolidation.Opened
	var shown task.Task
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		row, err := seenRow(ctx, tx, actor, taskID)
		if err != nil {
			return err
		}
		if shown, err = row.task(now, zones{}); err != nil {
			return err
		}
		c, err := mustConsolidate(ctx, tx, taskID)
		if err != nil {
			return err
		}
		if !openInputs(actor, row) {
			return fault.New(fault.Forbidden, "consolidation.closed",
				"Số liệu của các đơn vị mở ra khi báo cáo tổng hợp đã gửi.", "The units' figures open once the consolidated report is sent.")
		}
		view, err := c.present(ctx, tx, actor, now, false)
		if err != nil {
			return err
		}
		inputs := slices.DeleteFunc(view.Inputs, func(in consolidation.Input) bool { return !in.Standing.Counts() })
		tree, err := c.branches(ctx, tx, inputs)
		if err != nil {
			return err
		}
		opened, err = consolidation.Open(consolidation.Parts(view.Definitions, code), code, tree)
		opened.TaskID = taskID
		return err
	})
	if err != nil {
		return consolidation.Opened{}, err
	}
	return opened, s.recordView(ctx, actor, shown, now)
}

// branches reads what versions were made of, level by level: one statement for each.
func (c *consolidator) branches(ctx context.Context, tx *sqlx.Tx, inputs []consolidation.Input) ([]consolidation.Branch, error) {
	if len(inputs) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(inputs))
	for i, in := range inputs {
		ids[i] = in.SubmissionID
	}
	var rows []struct {
		Parent     int64 `db:"parent"`
		Submission int64 `db:"submission"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT b.id AS parent, (source ->> 'Submission')::bigint AS submission
		FROM submissions b CROSS JOIN LATERAL (SELECT k.sources FROM consolidations k WHERE k.task_id = b.task_id AND k.taken_at <= COALESCE(b.recorded_at, b.submitted_at)
			ORDER BY k.id DESC LIMIT 1) k CROSS JOIN LATERAL jsonb_array_elements(k.sources) AS source
		WHERE b.id = ANY ($1)`, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("read what versions were made of: %w", err)
	}
	parents := map[int64][]int64{}
	sources := make([]consolidation.Source, 0, len(rows))
	for _, r := range rows {
		if parents[r.Submission] == nil {
			sources = append(sources, consolidation.Source{Submission: r.Submission})
		}
		parents[r.Submission] = append(parents[r.Submission], r.Parent)
	}
	below := map[int64][]consolidation.Branch{}
	if len(sources) > 0 {
		then, err := c.countedThen(ctx, tx, sources)
		if err != nil {
			return nil, err
		}
		children, err := c.branches(ctx, tx, then)
		if err != nil {
			return nil, err
		}
		for _, child := range children {
			for _, parent := range parents[child.SubmissionID] {
				below[parent] = append(below[parent], child)
			}
		}
	}
	tree := make([]consolidation.Branch, len(inputs))
	for i, in := range inputs {
		tree[i] = consolidation.Branch{Input: in, Parts: below[in.SubmissionID]}
	}
	return tree, nil
}
