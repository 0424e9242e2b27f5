package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/score"
)

// TaskScores gives the score sheet of a task: to the unit's own people as they
// write it, to all others as it was sent. Faults: NotFound for a task that the
// actor does not see and for a duty without a sheet.
func (s *Store) TaskScores(ctx context.Context, actor policy.Actor, taskID int64) (score.View, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return score.View{}, fmt.Errorf("business clock: %w", err)
	}
	var view score.View
	var row taskRow
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &row, findTask, scoped(actor, taskID)...)
		if errors.Is(err, sql.ErrNoRows) {
			return notFound()
		}
		if err != nil {
			return fmt.Errorf("read task: %w", err)
		}
		var t lockedTask
		if err := tx.GetContext(ctx, &t, lockedTasks+` WHERE t.id = $1`, taskID); err != nil {
			return fmt.Errorf("find task: %w", err)
		}
		sheet, err := sheetOfTask(ctx, tx, t)
		if err != nil {
			return err
		}
		view, err = scoreView(ctx, tx, t, sheet, policy.WriteDraft(actor, t.relation()))
		return err
	})
	if err != nil {
		return score.View{}, err
	}
	shown, err := row.task(now, zones{})
	if err != nil {
		return score.View{}, err
	}
	return view, s.recordView(ctx, actor, shown, now)
}

// scoreView is a sheet with the year before; own: as the unit writes it where
// its next version is not sent yet.
func scoreView(ctx context.Context, tx *sqlx.Tx, t lockedTask, sheet plan.ScoreSheet, own bool) (score.View, error) {
	view := score.View{TaskID: t.ID, Version: t.Version, Sheet: sheet, Lines: emptyLines(sheet)}
	var sent struct {
		ID     int64 `db:"id"`
		Number int   `db:"number"`
	}
	err := tx.GetContext(ctx, &sent, `
		SELECT id, number FROM submissions WHERE task_id = $1 AND withdrawn_at IS NULL AND NOT invalid AND kind = 'report' ORDER BY number DESC LIMIT 1`, t.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return view, fmt.Errorf("find submission: %w", err)
	}
	var year int
	if err := tx.GetContext(ctx, &year, `SELECT extract(year FROM window_to_on)::int FROM rounds WHERE id = $1`, t.RoundID); err != nil {
		return view, fmt.Errorf("read period: %w", err)
	}
	writing := own && t.checkWritable() == nil && !t.done()
	switch {
	case writing:
		view.Number = t.Submissions + 1
		if view.Lines, err = draftLines(ctx, tx, sheet, t.ID); err != nil {
			return view, err
		}
	case sent.ID != 0:
		view.Number, view.Sent = sent.Number, true
		lines, err := scoreLines(ctx, tx, func(int64, string) (plan.ScoreSheet, bool) { return sheet, true }, []int64{sent.ID})
		if err != nil {
			return view, err
		}
		if lines[sent.ID] != nil {
			view.Lines = lines[sent.ID]
		}
		if view.CheckedAt, view.CheckedByName, err = checkOf(ctx, tx, sent.ID); err != nil {
			return view, err
		}
	}
	view.Result, view.Complete = score.Total(sheet, view.Lines)
	before, err := earlierScores(ctx, tx, sheet, []int64{t.AgencyID}, year)
	if b, found := before[t.AgencyID]; found {
		view.Before = &b
	}
	return view, err
}

// ScoreSheet lists the units of one level by what their sheets come to in a year,
// as far as the actor sees their results; see score.Filter. Faults: NotFound for
// a plan that the actor does not see and for a sheet that it does not have.
func (s *Store) ScoreSheet(ctx context.Context, actor policy.Actor, f score.Filter) (score.Ranking, error) {
	list := score.Ranking{Year: f.Year, Level: f.Level, Levels: []string{}, Rows: []score.Row{}}
	err := s.snapshot(ctx, func(tx *sqlx.Tx) error {
		if err := seePlan(ctx, tx, actor, f.PlanID); err != nil {
			return err
		}
		p, err := readAimedPlan(ctx, tx, f.PlanID)
		if err != nil {
			return err
		}
		sheet, known := p.sheets[f.Sheet]
		if !known {
			return fault.New(fault.NotFound, "score.sheet", "Văn bản này không có bảng chấm điểm ấy.", "The plan has no such score sheet.")
		}
		list.Sheet = sheet
		if err := rankingRows(ctx, tx, actor, f, &list); err != nil {
			return err
		}
		list.Classes = score.Rank(sheet, list.Rows)
		return nil
	})
	return list, err
}

func rankingRows(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, f score.Filter, list *score.Ranking) error {
	var rows []struct {
		TaskID       int64         `db:"task_id"`
		AgencyID     int64         `db:"agency_id"`
		AgencyName   string        `db:"agency_name"`
		Level        string        `db:"level"`
		Year         int           `db:"year"`
		SubmissionID sql.NullInt64 `db:"submission_id"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT t.id AS task_id, t.agency_id, a.name AS agency_name, a.level, extract(year FROM r.window_to_on)::int AS year, b.id AS submission_id
		FROM tasks t JOIN plans p ON p.id = t.plan_id JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id JOIN agencies a ON a.id = t.agency_id
		CROSS JOIN LATERAL (SELECT `+inForce+` AS number) counts
		LEFT JOIN submissions b ON b.task_id = t.id AND b.number = counts.number AND b.kind = 'report'
		WHERE t.plan_id = $4 AND d.definition ->> 'ScoreSheet' = $5 AND ($6::int = 0 OR extract(year FROM r.window_to_on) = $6)
			AND t.state NOT IN ('waived', 'cancelled', 'scheduled') AND `+visibleTask+`
		ORDER BY a.position, a.id, r.window_to_on`, scoped(actor, f.PlanID, f.Sheet, f.Year)...); err != nil {
		return fmt.Errorf("list score sheets: %w", err)
	}
	units := map[string]int{}
	for _, r := range rows {
		if f.Year == 0 {
			list.Year = max(list.Year, r.Year)
		}
		if units[r.Level]++; !slices.Contains(list.Levels, r.Level) {
			list.Levels = append(list.Levels, r.Level)
		}
	}
	for _, level := range list.Levels {
		if f.Level == "" && (list.Level == "" || units[level] > units[list.Level]) {
			list.Level = level
		}
	}
	var agencies, submissions []int64
	at := map[int64]int{} // by agency: of several sheets in a year the newest
	bySubmission := map[int64]int64{}
	for _, r := range rows {
		if r.Year != list.Year || r.Level != list.Level {
			continue
		}
		row := score.Row{TaskID: r.TaskID, AgencyID: r.AgencyID, AgencyName: r.AgencyName}
		if i, again := at[r.AgencyID]; again {
			if r.SubmissionID.Valid {
				list.Rows[i].TaskID = r.TaskID
			}
		} else {
			at[r.AgencyID] = len(list.Rows)
			list.Rows, agencies = append(list.Rows, row), append(agencies, r.AgencyID)
		}
		if r.SubmissionID.Valid {
			submissions = append(submissions, r.SubmissionID.Int64)
			bySubmission[r.AgencyID] = r.SubmissionID.Int64
		}
	}
	results, err := scoreResults(ctx, tx, map[string]plan.ScoreSheet{list.Sheet.Code: list.Sheet}, submissions)
	if err != nil {
		return err
	}
	before, err := earlierScores(ctx, tx, list.Sheet, agencies, list.Year)
	if err != nil {
		return err
	}
	for i := range list.Rows {
		row := &list.Rows[i]
		row.Result = results[bySubmission[row.AgencyID]]
		if b, found := before[row.AgencyID]; found {
			row.Before = &b
		}
	}
	return nil
}
