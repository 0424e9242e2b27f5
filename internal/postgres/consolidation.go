package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/consolidation"
	"dondoc/internal/fault"
	"dondoc/internal/indicator"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Consolidation gives what a task that sums up others is made of, and what has
// changed since its figures were taken over. Faults: NotFound for a task that
// the actor may not see, and for one that sums up nothing.
func (s *Store) Consolidation(ctx context.Context, actor policy.Actor, taskID int64) (consolidation.View, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return consolidation.View{}, fmt.Errorf("business clock: %w", err)
	}
	var view consolidation.View
	var shown task.Task
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		var row taskRow
		err := tx.GetContext(ctx, &row, findTask, scoped(actor, taskID)...)
		if errors.Is(err, sql.ErrNoRows) {
			return notFound()
		}
		if err != nil {
			return fmt.Errorf("read task: %w", err)
		}
		if shown, err = row.task(now, zones{}); err != nil {
			return err
		}
		if view, err = consolidationOf(ctx, tx, taskID, now); err == nil && !policy.OpenInputs(actor, row.relation(), row.State == task.StateSubmitted || row.State == task.StateAccepted) {
			view = view.Closed()
		}
		if err == nil && !policy.InChain(actor, row.relation()) {
			view = view.Outside()
		}
		return err
	})
	if err != nil {
		return consolidation.View{}, err
	}
	return view, s.recordView(ctx, actor, shown, now)
}

func consolidationOf(ctx context.Context, tx *sqlx.Tx, taskID int64, now time.Time) (consolidation.View, error) {
	view := consolidation.View{TaskID: taskID}
	c, err := findConsolidator(ctx, tx, taskID)
	if err != nil {
		return view, err
	}
	if c == nil {
		return view, fault.New(fault.NotFound, "consolidation.none",
			"Báo cáo này không tổng hợp từ cấp dưới.", "This report sums up no lower level.")
	}
	if view.Definitions, err = c.definitions(ctx, tx); err != nil {
		return view, err
	}
	if view.Inputs, err = c.inputs(ctx, tx, now); err != nil {
		return view, err
	}
	if view.Figures, err = consolidation.Figures(view.Definitions, view.Inputs); err != nil {
		return view, err
	}
	view.Seen, view.Narrative = consolidation.Seen(view.Inputs), consolidation.Narrative(view.Inputs)
	for i := range view.Inputs {
		if view.Inputs[i].Stale, err = isStale(ctx, tx, view.Inputs[i].TaskID, now); err != nil {
			return view, err
		}
		view.Stale = view.Stale || view.Inputs[i].Stale
	}
	if view.Taken, err = newestTaken(ctx, tx, taskID); err != nil || view.Taken == nil {
		view.Stale = false
		return view, err
	}
	view.ChangedTasks = consolidation.ChangedTasks(view.Taken.Sources, consolidation.Sources(view.Inputs))
	view.Stale = view.Stale || len(view.ChangedTasks) > 0
	then, err := c.countedThen(ctx, tx, view.Taken.Sources)
	if err != nil {
		return view, err
	}
	old, err := consolidation.Figures(view.Definitions, then)
	if err != nil {
		return view, err
	}
	sheet, err := indicator.NewSheet(view.Definitions)
	if err != nil {
		return view, err
	}
	view.Changes = sheet.Changes(old, view.Figures)
	view.Edited, err = editedFigures(ctx, tx, taskID, view.Definitions, old)
	return view, err
}

// isStale reports whether a task's figures were taken over and something at or
// below its inputs has changed since.
func isStale(ctx context.Context, tx *sqlx.Tx, taskID int64, now time.Time) (bool, error) {
	taken, err := newestTaken(ctx, tx, taskID)
	if err != nil || taken == nil {
		return false, err
	}
	c, err := findConsolidator(ctx, tx, taskID)
	if err != nil || c == nil {
		return false, err
	}
	inputs, err := c.inputs(ctx, tx, now)
	if err != nil {
		return false, err
	}
	if len(consolidation.ChangedTasks(taken.Sources, consolidation.Sources(inputs))) > 0 {
		return true, nil
	}
	for _, in := range inputs {
		if stale, err := isStale(ctx, tx, in.TaskID, now); stale || err != nil {
			return stale, err
		}
	}
	return false, nil
}

// editedFigures are the indicators whose figure in the newest submission is not
// what had been taken over for it. What no part gives is the consolidator's own.
func editedFigures(ctx context.Context, tx *sqlx.Tx, taskID int64, definitions []indicator.Definition, taken []indicator.Figure) ([]string, error) {
	var encoded []byte
	err := tx.GetContext(ctx, &encoded, `
		SELECT b.figures FROM submissions b LEFT JOIN corrections k ON k.submission_id = b.id
		WHERE b.task_id = $1 AND b.withdrawn_at IS NULL AND (k.id IS NULL OR k.outcome = 'accepted') ORDER BY b.number DESC LIMIT 1`, taskID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read figures: %w", err)
	}
	var sent map[string]string
	if err := json.Unmarshal(encoded, &sent); err != nil {
		return nil, fmt.Errorf("figures of task %d: %w", taskID, err)
	}
	var edited []string
	for i, d := range definitions {
		if value, ok := sent[d.Code]; ok && taken[i].Value != "" && value != taken[i].Value {
			edited = append(edited, d.Code)
		}
	}
	return edited, nil
}

// TakeOver puts what the inputs add up to into the draft of the consolidator's
// task, and keeps which versions it was made of. Refused with Conflict if the
// inputs are not those that the person saw.
func (s *Store) TakeOver(ctx context.Context, actor policy.Actor, in consolidation.TakeOverInput) (task.Draft, error) {
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Draft, error) {
		t, err := s.lockForAct(ctx, tx, actor, in.TaskID, in.Version)
		if err != nil {
			return task.Draft{}, err
		}
		if !policy.WriteDraft(actor, t.relation()) {
			return task.Draft{}, notFound()
		}
		view, err := consolidationOf(ctx, tx, in.TaskID, now)
		if err != nil {
			return task.Draft{}, err
		}
		if view.Seen != in.Seen {
			return task.Draft{}, fault.New(fault.Conflict, "consolidation.changed",
				"Báo cáo của cấp dưới đã thay đổi từ lúc mở trang. Xem lại số liệu rồi lấy vào báo cáo.",
				"The reports of the lower level have changed since they were read. Look at the figures again and take them over.")
		}
		return s.takeOver(ctx, tx, actor, t, view, in.Narrative, now)
	})
}

func (s *Store) takeOver(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, view consolidation.View, narrative bool, now time.Time) (task.Draft, error) {
	present, err := readDraft(ctx, tx, t.ID, nil)
	if err != nil {
		return task.Draft{}, err
	}
	draft := task.DraftInput{TaskID: t.ID, Content: present.Content}
	draft.Kind = task.Report
	if narrative || draft.Narrative == "" {
		draft.Narrative = view.Narrative
	}
	totals := map[string]indicator.Total{}
	values := map[string]string{}
	for _, f := range draft.Figures {
		values[f.Indicator] = f.Value
	}
	for i, d := range view.Definitions {
		if view.Figures[i].Total.Known() {
			totals[d.Code] = view.Figures[i].Total
		}
		if view.Figures[i].Value != "" {
			values[d.Code] = view.Figures[i].Value
		}
	}
	fields, err := fieldsOf(ctx, tx, t.DutyID)
	if err != nil {
		return task.Draft{}, err
	}
	draft.Figures = nil
	for _, field := range fields {
		if value := values[field.Indicator]; value != "" {
			draft.Figures = append(draft.Figures, task.Figure{Indicator: field.Indicator, Value: value})
		}
	}
	if draft, err = draft.Clean(); err != nil {
		return task.Draft{}, err
	}
	if err := s.checkDraft(ctx, tx, t, draft, now); err != nil {
		return task.Draft{}, err
	}
	sources, err := json.Marshal(consolidation.Sources(view.Inputs))
	if err != nil {
		return task.Draft{}, fmt.Errorf("encode sources: %w", err)
	}
	encoded, err := json.Marshal(totals)
	if err != nil {
		return task.Draft{}, fmt.Errorf("encode totals: %w", err)
	}
	var id int64
	if err := tx.GetContext(ctx, &id, `
		INSERT INTO consolidations (task_id, sources, totals, taken_at, taken_by) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
		t.ID, string(sources), string(encoded), now, actor.UserID); err != nil {
		return task.Draft{}, fmt.Errorf("keep consolidation: %w", err)
	}
	if err := s.record(ctx, tx, actor, now, change{
		Action: "task.consolidated", Entity: "task", EntityID: t.ID, OnBehalf: t.AgencyID,
		After: map[string]any{"consolidation": id, "seen": view.Seen, "figures": auditFigures(values)},
	}); err != nil {
		return task.Draft{}, err
	}
	if _, err := writeDraft(ctx, tx, actor, draft, now); err != nil {
		return task.Draft{}, err
	}
	return readDraft(ctx, tx, t.ID, fields)
}
