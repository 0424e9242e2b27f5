package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/shopspring/decimal"

	"dondoc/internal/calendar"
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
		row, err := visibleTaskRow(ctx, tx, actor, taskID)
		if err != nil {
			return err
		}
		if shown, err = row.task(now, zones{}); err != nil {
			return err
		}
		filled, err = filledForm(ctx, tx, actor, shown, row.relation())
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
	if duty.StandingSections {
		if rules.Sections, err = sectionsOfTask(ctx, tx, t, rules.Sections); err != nil {
			return filled, err
		}
		layStanding(&filled.Form, rules.Sections)
	}
	content, err := contentShown(ctx, tx, t.ID, policy.WriteDraft(actor, relation), rules.Fields)
	if err != nil {
		return filled, err
	}
	if len(rules.Sections) > 0 {
		filled.Texts = task.SplitSections(content.Narrative, rules.Sections)
	}
	known := form.Known{Definitions: parts.definitions(), Typed: map[string]string{}, PlanFrom: parts.From}
	for _, f := range content.Figures {
		known.Typed[f.Indicator] = f.Value
	}
	if known.Now, err = reportedNow(ctx, tx, t, content, known, askedFor(rules.Fields)); err != nil {
		return filled, err
	}
	before := earlier{t, known.Definitions, askedFor(rules.Fields)}
	if known.History, err = before.seenBy(ctx, tx, actor, parts.From); err != nil {
		return filled, err
	}
	if known.Inherited, err = before.inherited(ctx, tx); err != nil {
		return filled, err
	}
	entered, err := enteredFigures(ctx, tx, t.AgencyID)
	if err != nil {
		return filled, err
	}
	known.History = append(known.History, entered...)
	if known.YearPlans, err = yearPlans(ctx, tx, t); err != nil {
		return filled, err
	}
	filled.Figures = filled.Columns(known)
	if err := offer(ctx, tx, actor, t, &filled); err != nil || policy.InChain(actor, relation) {
		return filled, err
	}
	return filled.Outside(), nil
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

// seenBy lists what the task's agency reported, and in other reports for periods
// before the plan's first day, as far as the actor may see it.
func (e earlier) seenBy(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, planFrom calendar.Date) ([]form.Reported, error) {
	t := e.task
	return e.reports(ctx, tx, `t.agency_id = $4 AND t.id <> $5 AND (t.duty_id = $6 AND r.window_to_on <= $7::date
			OR t.duty_id <> $6 AND r.window_to_on < NULLIF($8, '')::date AND r.window_to_on >= $9::date - 800) AND `+visibleTask,
		scoped(actor, t.AgencyID, t.ID, t.DutyID, t.WindowTo.String(), planFrom.String(), t.WindowFrom.String())...)
}

// of lists what an agency reported, also what nobody here may see.
func (e earlier) of(ctx context.Context, tx *sqlx.Tx, agencyID int64) ([]form.Reported, error) {
	return e.reports(ctx, tx, `t.duty_id = $1 AND t.agency_id = $2 AND t.id <> $3 AND r.window_to_on <= $4::date`,
		e.task.DutyID, agencyID, e.task.ID, e.task.WindowTo.String())
}

// reports lists the versions in force that the condition chooses, of tasks t with
// their rounds r, duties d and plans p.
func (e earlier) reports(ctx context.Context, tx *sqlx.Tx, condition string, args ...any) ([]form.Reported, error) {
	var rows []struct {
		inputRow
		From time.Time `db:"window_from_on"`
		To   time.Time `db:"window_to_on"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT `+inputColumns+`, r.window_from_on, r.window_to_on
		FROM tasks t JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id JOIN plans p ON p.id = t.plan_id JOIN agencies a ON a.id = t.agency_id
		CROSS JOIN LATERAL (SELECT `+inForce+` AS number) counts JOIN submissions b ON b.task_id = t.id AND b.number = counts.number
		WHERE NOT r.cadences && ARRAY['ad_hoc', 'flash', 'event'] AND `+condition+`
		ORDER BY r.window_to_on, b.submitted_at DESC, b.id`, args...); err != nil {
		return nil, fmt.Errorf("list earlier reports: %w", err)
	}
	history := make([]form.Reported, len(rows))
	for i, row := range rows {
		in := consolidation.Input{TaskID: row.TaskID, Standing: consolidation.In}
		if row.DutyID == e.task.DutyID {
			in.Asks = e.asks // what a nil return of another duty is zero of is not known here
		}
		if task.Kind(row.Kind.String) == task.NilReturn {
			in.Standing = consolidation.Nil
		}
		if err := row.counted(&in); err != nil {
			return nil, err
		}
		history[i] = form.Reported{Key: row.PeriodKey, From: civil(row.From), To: civil(row.To), Totals: map[string]indicator.Total{}}
		for code, d := range e.definitions {
			total, err := consolidation.Reported(d, in)
			switch {
			case err != nil && row.DutyID == e.task.DutyID:
				return nil, fmt.Errorf("earlier report: %w", err)
			case err == nil && total.Known(): // what another plan means by the code in words is none
				history[i].Totals[code] = total
			}
		}
	}
	return history, nil
}

// previousFigures are those that a result is held against: of the newest period
// of the same length within the year before, reported or entered.
func (s *Store) previousFigures(ctx context.Context, tx *sqlx.Tx, t lockedTask, rules task.Rules) (map[string]string, error) {
	if t.PeriodOnce {
		return nil, nil //nolint:nilnil // what comes once has no period before it
	}
	parts, err := s.planParts(ctx, tx, planVersion{t.PlanID, t.PlanVersion})
	if err != nil {
		return nil, err
	}
	known := form.Known{Definitions: parts.definitions(), Now: form.Reported{Key: t.PeriodKey, From: civil(t.WindowFrom), To: civil(t.WindowTo)}}
	before := earlier{task.Task{ID: t.ID, DutyID: t.DutyID}, known.Definitions, askedFor(rules.Fields)}
	if known.History, err = before.reports(ctx, tx, `t.agency_id = $1 AND (t.duty_id = $2 OR r.window_to_on < NULLIF($3, '')::date) AND r.window_to_on < $4::date AND r.window_to_on >= $4::date - 380`,
		t.AgencyID, t.DutyID, parts.From.String(), known.Now.From.String()); err != nil {
		return nil, err
	}
	entered, err := enteredFigures(ctx, tx, t.AgencyID)
	if err != nil {
		return nil, err
	}
	known.History = append(known.History, entered...)
	return known.Previous(), nil
}

// enteredFigures are what was entered of an agency's periods without a report.
func enteredFigures(ctx context.Context, tx *sqlx.Tx, agencyID int64) ([]form.Reported, error) {
	var rows []struct {
		Indicator string    `db:"indicator"`
		From      time.Time `db:"window_from_on"`
		To        time.Time `db:"window_to_on"`
		Value     string    `db:"value"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT indicator, window_from_on, window_to_on, value FROM (`+newestPastFigures+`) AS f WHERE value <> ''`, agencyID); err != nil {
		return nil, fmt.Errorf("list past figures: %w", err)
	}
	var entered []form.Reported
	for _, row := range rows {
		value, err := decimal.NewFromString(row.Value)
		if err != nil {
			return nil, fmt.Errorf("past figure of agency %d: %w", agencyID, err)
		}
		from, to := civil(row.From), civil(row.To)
		if last := len(entered) - 1; last < 0 || entered[last].From != from || entered[last].To != to {
			entered = append(entered, form.Reported{From: from, To: to, Totals: map[string]indicator.Total{}})
		}
		entered[len(entered)-1].Totals[row.Indicator] = indicator.Of(value)
	}
	return entered, nil
}

// newestPastFigures are the entries for the agency $1 that hold, by window.
const newestPastFigures = `
	SELECT DISTINCT ON (window_to_on, window_from_on, indicator) id, indicator, window_from_on, window_to_on, version, value, source, entered_at, entered_by
	FROM past_figures WHERE agency_id = $1 ORDER BY window_to_on, window_from_on, indicator, version DESC`
