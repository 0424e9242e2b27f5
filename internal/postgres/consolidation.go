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
		row, err := seenRow(ctx, tx, actor, taskID)
		if err != nil {
			return err
		}
		if shown, err = row.task(now, zones{}); err != nil {
			return err
		}
		if view, err = consolidationOf(ctx, tx, actor, taskID, now); err != nil {
			return err
		}
		if !openInputs(actor, row) {
			view = view.Closed()
		}
		if !policy.InChain(actor, row.relation()) {
			view = view.Outside()
		}
		view.MayTakeOver = row.PlanState == "active" && policy.WriteDraft(actor, row.relation()) && (row.mayDraft() || row.done())
		view.Correcting, view.MayComment = row.done(), policy.CommentInputs(actor, row.relation())
		return nil
	})
	if err != nil {
		return consolidation.View{}, err
	}
	return view, s.recordView(ctx, actor, shown, now)
}

// seenRow reads a task that the actor may see. Faults: NotFound.
func seenRow(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, taskID int64) (taskRow, error) {
	var row taskRow
	err := tx.GetContext(ctx, &row, findTask, scoped(actor, taskID)...)
	if errors.Is(err, sql.ErrNoRows) {
		return row, notFound()
	}
	if err != nil {
		return row, fmt.Errorf("read task: %w", err)
	}
	return row, nil
}

func openInputs(actor policy.Actor, row taskRow) bool {
	return policy.OpenInputs(actor, row.relation(), row.State == task.StateSubmitted || row.State == task.StateAccepted)
}

// mayDraft reports whether the result is being written.
func (r taskRow) mayDraft() bool {
	return (r.State == task.StateOpen || r.State == task.StateReturned) && !r.ClosedAt.Valid
}

// done reports whether the result is done, so that only a correction changes it.
func (r taskRow) done() bool {
	return r.State == task.StateAccepted || r.State == task.StateSubmitted && !reviewRequired(r.Review) && !r.held()
}

// mustConsolidate finds what a task sums up. Faults: NotFound where it sums up nothing.
func mustConsolidate(ctx context.Context, tx *sqlx.Tx, taskID int64) (*consolidator, error) {
	c, err := findConsolidator(ctx, tx, taskID)
	if err == nil && c == nil {
		return nil, fault.New(fault.NotFound, "consolidation.none",
			"Báo cáo này không tổng hợp từ cấp dưới.", "This report sums up no lower level.")
	}
	return c, err
}

func consolidationOf(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, taskID int64, now time.Time) (consolidation.View, error) {
	c, err := mustConsolidate(ctx, tx, taskID)
	if err != nil {
		return consolidation.View{}, err
	}
	view, err := c.present(ctx, tx, actor, now, true)
	if err != nil {
		return view, err
	}
	if err := c.notedChanges(ctx, tx, &view); err != nil {
		return view, err
	}
	if view.Sent, err = sentWithout(ctx, tx, taskID); err != nil {
		return view, err
	}
	if view.Taken, err = newestTaken(ctx, tx, taskID); err != nil || view.Taken == nil {
		return view, err
	}
	return view, c.compare(ctx, tx, &view)
}

// present is what the inputs are and add up to now; texts only where asked for,
// because they are most of what there is to read.
func (c *consolidator) present(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, now time.Time, texts bool) (consolidation.View, error) {
	view := consolidation.View{TaskID: c.TaskID}
	rules, err := dutyRules(ctx, tx, c.DutyID)
	if err != nil {
		return view, err
	}
	if view.Definitions, err = c.definitions(rules.Fields); err != nil {
		return view, err
	}
	windows, err := c.inputRounds(ctx, tx)
	if err != nil {
		return view, err
	}
	if view.Inputs, err = c.inputs(ctx, tx, inputScope{actor: actor, windows: windows, texts: texts, now: now}); err != nil {
		return view, err
	}
	if view.Figures, err = consolidation.Figures(view.Definitions, view.Inputs); err != nil {
		return view, err
	}
	view.Seen = consolidation.Seen(view.Inputs)
	view.Expected, view.Missing = consolidation.NotCounted(view.Inputs)
	if !texts {
		return view, nil
	}
	for _, s := range rules.Sections {
		view.Headings = append(view.Headings, s.Heading)
	}
	view.Paragraphs, view.Narrative = consolidation.Paragraphs(view.Inputs, rules.Sections), consolidation.Narrative(view.Inputs, rules.Sections)
	return view, nil
}

// compare tells what has changed since the newest taking over.
func (c *consolidator) compare(ctx context.Context, tx *sqlx.Tx, view *consolidation.View) error {
	view.ChangedTasks = consolidation.ChangedTasks(view.Taken.Sources, consolidation.Sources(view.Inputs))
	view.Stale = len(view.ChangedTasks) > 0
	for _, m := range view.Marks {
		view.Stale = view.Stale || m.Reason != consolidation.VersionChanged && !m.Taken
	}
	then, err := c.countedThen(ctx, tx, view.Taken.Sources)
	if err != nil {
		return err
	}
	old, err := consolidation.Figures(view.Definitions, then)
	if err != nil {
		return err
	}
	sheet, err := indicator.NewSheet(view.Definitions)
	if err != nil {
		return err
	}
	view.Changes = sheet.Changes(old, view.Figures)
	view.Edited, err = editedFigures(ctx, tx, c.TaskID, view.Definitions, old)
	return err
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
