package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/consolidation"
	"dondoc/internal/form"
	"dondoc/internal/indicator"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// FilledForm gives the form of a task with what is known of each figure. In the
// period stands what the agency's own people are writing or have given to their
// head, and what was sent last for everybody else; of other periods the versions
// in force count, as far as the actor may see them. Faults: NotFound for a task
// that the actor may not see.
func (s *Store) FilledForm(ctx context.Context, actor policy.Actor, taskID int64) (form.Filled, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return form.Filled{}, fmt.Errorf("business clock: %w", err)
	}
	var filled form.Filled
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
		if filled, err = filledForm(ctx, tx, actor, shown, row.relation()); err == nil && !policy.InChain(actor, row.relation()) {
			filled = filled.Outside()
		}
		return err
	})
	if err != nil {
		return form.Filled{}, err
	}
	return filled, s.recordView(ctx, actor, shown, now)
}

func filledForm(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t task.Task, relation policy.Task) (form.Filled, error) {
	filled := form.Filled{
		TaskID: t.ID, Version: t.Version, AgencyID: t.AgencyID, AgencyCode: t.AgencyCode, AgencyName: t.AgencyName,
		PlanCode: t.PlanCode, PlanTitle: t.PlanTitle, DutyCode: t.DutyCode, DutyTitle: t.DutyTitle,
		PeriodKey: t.PeriodKey, From: t.WindowFrom, To: t.WindowTo, Figures: map[string]form.Figures{},
	}
	duty, parts, err := dutyParts(ctx, tx, t.DutyID)
	if err != nil || duty.Secret {
		return filled, err
	}
	rules := parts.rules(task.Rules{}, duty.Indicators, duty.Form)
	filled.Form = form.Layout(parts.Forms[duty.Form], duty.Indicators, parts.Indicators)
	content, err := contentShown(ctx, tx, t.ID, policy.WriteDraft(actor, relation), rules.Fields)
	if err != nil {
		return filled, err
	}
	if len(rules.Sections) > 0 {
		filled.Texts = task.SplitSections(content.Narrative, rules.Sections)
	}
	known := form.Known{Definitions: map[string]indicator.Definition{}, Typed: map[string]string{}}
	for code, i := range parts.Indicators {
		known.Definitions[code] = form.Definition(i)
	}
	for _, f := range content.Figures {
		known.Typed[f.Indicator] = f.Value
	}
	if known.Now, err = reportedNow(ctx, tx, t, content, known, askedFor(rules.Fields)); err != nil {
		return filled, err
	}
	before := earlier{t, known.Definitions, askedFor(rules.Fields)}
	if known.History, err = before.seenBy(ctx, tx, actor); err != nil {
		return filled, err
	}
	if known.Inherited, err = before.inherited(ctx, tx); err != nil {
		return filled, err
	}
	filled.Figures = filled.Columns(known)
	return filled, nil
}

// contentShown is what stands in a task's report: to its own people what they
// are writing or their head looks at, else what was sent last.
func contentShown(ctx context.Context, tx *sqlx.Tx, taskID int64, own bool, fields []task.Field) (task.Content, error) {
	if own {
		var p preparationRow
		err := tx.GetContext(ctx, &p, waitingPreparation, taskID)
		if err == nil {
			return p.prepared(fields)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return task.Content{}, fmt.Errorf("read preparation: %w", err)
		}
		draft, err := readDraft(ctx, tx, taskID, fields)
		if err != nil || draft.Version != 0 {
			return draft.Content, err
		}
	}
	var row contentRow
	err := tx.GetContext(ctx, &row, `
		SELECT `+contentColumns+` FROM submissions b LEFT JOIN corrections k ON k.submission_id = b.id
		WHERE b.task_id = $1 AND b.withdrawn_at IS NULL AND NOT b.invalid AND (k.id IS NULL OR k.outcome = 'accepted')
		ORDER BY b.number DESC LIMIT 1`, taskID)
	if errors.Is(err, sql.ErrNoRows) {
		return task.Content{}, nil
	}
	if err != nil {
		return task.Content{}, fmt.Errorf("read result: %w", err)
	}
	return row.content(fields)
}

// reportedNow is what the content gives for the task's own period. What is no
// number yet gives nothing.
func reportedNow(ctx context.Context, tx *sqlx.Tx, t task.Task, content task.Content, known form.Known, asks map[string]bool) (form.Reported, error) {
	now := form.Reported{Key: t.PeriodKey, From: t.WindowFrom, To: t.WindowTo, Totals: map[string]indicator.Total{}}
	in := consolidation.Input{TaskID: t.ID, Standing: consolidation.In, Figures: known.Typed, Asks: asks}
	if content.Kind == task.NilReturn {
		in.Standing = consolidation.Nil
	}
	var totals []byte
	err := tx.GetContext(ctx, &totals, `SELECT totals FROM consolidations WHERE task_id = $1 ORDER BY id DESC LIMIT 1`, t.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return now, fmt.Errorf("read what was taken over: %w", err)
	}
	if err := unmarshalPresent(totals, &in.Totals); err != nil {
		return now, fmt.Errorf("totals of task %d: %w", t.ID, err)
	}
	for code, d := range known.Definitions {
		if known.Typed[code] == "" && in.Standing != consolidation.Nil {
			continue // taken over once, and left out since
		}
		if total, err := consolidation.Reported(d, in); err == nil && total.Known() {
			now.Totals[code] = total
		}
	}
	return now, nil
}

// earlier is what was reported for the other periods of a task's duty that close
// by the end of the task's own.
type earlier struct {
	task        task.Task
	definitions map[string]indicator.Definition
	asks        map[string]bool
}

// seenBy lists what the task's agency reported, as far as the actor may see it.
func (e earlier) seenBy(ctx context.Context, tx *sqlx.Tx, actor policy.Actor) ([]form.Reported, error) {
	return e.of(ctx, tx, e.task.AgencyID, actor, false)
}

// of lists what an agency reported; all: also what the actor does not see.
func (e earlier) of(ctx context.Context, tx *sqlx.Tx, agencyID int64, actor policy.Actor, all bool) ([]form.Reported, error) {
	var rows []struct {
		inputRow
		From time.Time `db:"window_from_on"`
		To   time.Time `db:"window_to_on"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT `+inputColumns+`, r.window_from_on, r.window_to_on
		FROM tasks t JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id JOIN plans p ON p.id = t.plan_id JOIN agencies a ON a.id = t.agency_id
		CROSS JOIN LATERAL (SELECT `+inForce+` AS number) counts JOIN submissions b ON b.task_id = t.id AND b.number = counts.number
		WHERE t.duty_id = $4 AND t.agency_id = $5 AND t.id <> $6 AND r.window_to_on <= $7::date AND NOT r.cadences && ARRAY['ad_hoc', 'flash', 'event'] AND ($8::boolean OR `+visibleTask+`)`,
		scoped(actor, e.task.DutyID, agencyID, e.task.ID, e.task.WindowTo.String(), all)...); err != nil {
		return nil, fmt.Errorf("list earlier reports: %w", err)
	}
	history := make([]form.Reported, len(rows))
	for i, row := range rows {
		in := consolidation.Input{TaskID: row.TaskID, Standing: consolidation.In, Asks: e.asks}
		if task.Kind(row.Kind.String) == task.NilReturn {
			in.Standing = consolidation.Nil
		}
		if err := row.counted(&in); err != nil {
			return nil, err
		}
		history[i] = form.Reported{Key: row.PeriodKey, From: civil(row.From), To: civil(row.To), Totals: map[string]indicator.Total{}}
		for code, d := range e.definitions {
			total, err := consolidation.Reported(d, in)
			if err != nil {
				return nil, fmt.Errorf("earlier report: %w", err)
			}
			if total.Known() {
				history[i].Totals[code] = total
			}
		}
	}
	return history, nil
}
