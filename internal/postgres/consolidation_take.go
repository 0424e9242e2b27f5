package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/consolidation"
	"dondoc/internal/fault"
	"dondoc/internal/indicator"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// TakeOver puts what the inputs add up to into the draft of the consolidator's
// task, and keeps which versions it was made of. Where the result is done
// already, the draft is that of a correcting report and begins with the version
// in force. Refused with Conflict if the inputs are not those that the person saw.
func (s *Store) TakeOver(ctx context.Context, actor policy.Actor, in consolidation.TakeOverInput) (task.Draft, error) {
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Draft, error) {
		t, err := s.lockForAct(ctx, tx, actor, in.TaskID, in.Version)
		if err != nil {
			return task.Draft{}, err
		}
		if !policy.WriteDraft(actor, t.relation()) {
			return task.Draft{}, notFound()
		}
		c, err := mustConsolidate(ctx, tx, in.TaskID)
		if err != nil {
			return task.Draft{}, err
		}
		draft, err := beginDraft(ctx, tx, t)
		if err != nil {
			return task.Draft{}, err
		}
		view, err := c.present(ctx, tx, actor, now, in.Narrative || draft.Narrative == "")
		if err != nil {
			return task.Draft{}, err
		}
		if view.Seen != in.Seen {
			return task.Draft{}, fault.New(fault.Conflict, "consolidation.changed",
				"Báo cáo của cấp dưới đã thay đổi từ lúc mở trang. Xem lại số liệu rồi lấy vào báo cáo.",
				"The reports of the lower level have changed since they were read. Look at the figures again and take them over.")
		}
		if view.Narrative != "" {
			draft.Narrative = view.Narrative
		}
		return s.takeOver(ctx, tx, actor, t, c, view, draft, now)
	})
}

// beginDraft is the draft as it is; of a result that is done and has none yet, the
// version in force without the facts of its document.
func beginDraft(ctx context.Context, tx *sqlx.Tx, t lockedTask) (task.DraftInput, error) {
	draft := task.DraftInput{TaskID: t.ID}
	present, err := readDraft(ctx, tx, t.ID, nil)
	if err != nil {
		return draft, err
	}
	draft.Content = present.Content
	if present.Version == 0 && t.done() {
		current, err := readInForce(ctx, tx, t.ID)
		if err != nil {
			return draft, err
		}
		draft.Narrative, draft.Figures, draft.SignatoryTitle = current.content.Narrative, current.content.Figures, current.content.SignatoryTitle
	}
	draft.Kind = task.Report
	return draft, nil
}

func (s *Store) takeOver(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, c *consolidator, view consolidation.View, draft task.DraftInput, now time.Time) (task.Draft, error) {
	values := map[string]string{}
	for _, f := range draft.Figures {
		values[f.Indicator] = f.Value
	}
	for i, d := range view.Definitions {
		if view.Figures[i].Value != "" {
			values[d.Code] = view.Figures[i].Value
		}
	}
	fields, err := fieldsOf(ctx, tx, t.DutyID)
	if err != nil {
		return task.Draft{}, err
	}
	draft.Figures = inOrder(fields, values)
	if draft, err = draft.Clean(); err != nil {
		return task.Draft{}, err
	}
	if err := s.checkDraft(ctx, tx, t, draft, now); err != nil {
		return task.Draft{}, err
	}
	id, err := insertTaken(ctx, tx, taken{
		task: t.ID, by: actor.UserID, sources: consolidation.Sources(view.Inputs), totals: consolidation.Totals(view.Definitions, view.Figures),
	}, now)
	if err != nil {
		return task.Draft{}, err
	}
	windows, err := c.inputRounds(ctx, tx)
	if err != nil {
		return task.Draft{}, err
	}
	if err := keepCounted(ctx, tx, t.ID, id, roundsOf(windows), consolidation.Sources(view.Inputs), now); err != nil {
		return task.Draft{}, err
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

// inOrder puts values into the order of the form.
func inOrder(fields []task.Field, values map[string]string) []task.Figure {
	var figures []task.Figure
	for _, field := range fields {
		if value := values[field.Indicator]; value != "" {
			figures = append(figures, task.Figure{Indicator: field.Indicator, Value: value})
		}
	}
	return figures
}

// taken is one taking over as it is kept.
type taken struct {
	task, by int64
	sources  []consolidation.Source
	totals   map[string]indicator.Total
}

func (k taken) encoded() (sources, totals string, err error) {
	encodedSources, err := json.Marshal(k.sources)
	if err != nil {
		return "", "", fmt.Errorf("encode sources: %w", err)
	}
	encodedTotals, err := json.Marshal(k.totals)
	if err != nil {
		return "", "", fmt.Errorf("encode totals: %w", err)
	}
	return string(encodedSources), string(encodedTotals), nil
}

func insertTaken(ctx context.Context, tx *sqlx.Tx, k taken, now time.Time) (int64, error) {
	sources, totals, err := k.encoded()
	if err != nil {
		return 0, err
	}
	var id int64
	if err := tx.GetContext(ctx, &id, `
		INSERT INTO consolidations (task_id, sources, totals, taken_at, taken_by) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
		k.task, sources, totals, now, k.by); err != nil {
		return 0, fmt.Errorf("keep consolidation: %w", err)
	}
	return id, nil
}
