package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"dondoc/internal/plan"
	"dondoc/internal/score"
)

// sheetLines are the lines of a sheet, by submission.
type sheetLines map[int64][]score.Line

// scoreLines reads the sheets that belong to submissions: the newest one of its
// number or below, beside the newest check of the very submission.
func scoreLines(ctx context.Context, tx *sqlx.Tx, sheetOf func(submission int64, code string) (plan.ScoreSheet, bool), submissions []int64) (sheetLines, error) {
	if len(submissions) == 0 {
		return nil, nil
	}
	var rows []struct {
		SubmissionID int64               `db:"submission_id"`
		Sheet        string              `db:"sheet"`
		Criterion    string              `db:"criterion"`
		Points       decimal.NullDecimal `db:"points"`
		Evidence     string              `db:"evidence"`
		Checked      decimal.NullDecimal `db:"checked"`
		Remark       string              `db:"remark"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT b.id AS submission_id, d.definition ->> 'ScoreSheet' AS sheet, y.criterion, y.points, y.evidence, y.checked, y.remark
		FROM submissions b JOIN tasks t ON t.id = b.task_id JOIN duties d ON d.id = t.duty_id
		CROSS JOIN LATERAL (
			SELECT (SELECT id FROM scores c WHERE c.task_id = b.task_id AND c.number <= b.number ORDER BY c.number DESC, c.id DESC LIMIT 1) AS score,
				(SELECT id FROM score_checks c WHERE c.submission_id = b.id ORDER BY c.id DESC LIMIT 1) AS checking
		) x
		CROSS JOIN LATERAL (
			SELECT COALESCE(p.criterion, k.criterion) AS criterion, trim_scale(p.points) AS points, COALESCE(p.evidence, '') AS evidence,
				trim_scale(k.points) AS checked, COALESCE(k.remark, '') AS remark
			FROM (SELECT criterion, points, evidence FROM score_points WHERE score_id = x.score) p
			FULL JOIN (SELECT criterion, points, remark FROM score_check_points WHERE check_id = x.checking) k ON k.criterion = p.criterion
		) y
		WHERE b.id = ANY ($1)`, pq.Array(submissions)); err != nil {
		return nil, fmt.Errorf("read score sheets: %w", err)
	}
	lines := sheetLines{}
	for _, r := range rows {
		sheet, known := sheetOf(r.SubmissionID, r.Sheet)
		if !known {
			continue
		}
		if lines[r.SubmissionID] == nil {
			lines[r.SubmissionID] = emptyLines(sheet)
		}
		for i := range lines[r.SubmissionID] {
			l := &lines[r.SubmissionID][i]
			if l.Code != r.Criterion {
				continue
			}
			l.Evidence, l.Remark = r.Evidence, r.Remark
			if r.Points.Valid {
				l.Own = &r.Points.Decimal
			}
			if r.Checked.Valid {
				l.Checked = &r.Checked.Decimal
			}
		}
	}
	return lines, nil
}

func emptyLines(sheet plan.ScoreSheet) []score.Line {
	lines := make([]score.Line, len(sheet.Criteria))
	for i, c := range sheet.Criteria {
		lines[i].Criterion = c
	}
	return lines
}

// scoreResults are what the sheets of submissions of one plan come to.
func scoreResults(ctx context.Context, tx *sqlx.Tx, sheets map[string]plan.ScoreSheet, submissions []int64) (map[int64]score.Result, error) {
	used := map[int64]plan.ScoreSheet{}
	lines, err := scoreLines(ctx, tx, func(submission int64, code string) (plan.ScoreSheet, bool) {
		sheet, known := sheets[code]
		used[submission] = sheet
		return sheet, known
	}, submissions)
	if err != nil {
		return nil, err
	}
	results := make(map[int64]score.Result, len(lines))
	for submission, list := range lines {
		results[submission], _ = score.Total(used[submission], list)
	}
	return results, nil
}

// draftLines is the sheet as the unit writes it for its next version.
func draftLines(ctx context.Context, tx *sqlx.Tx, sheet plan.ScoreSheet, taskID int64) ([]score.Line, error) {
	var rows []struct {
		Criterion string          `db:"criterion"`
		Points    decimal.Decimal `db:"points"`
		Evidence  string          `db:"evidence"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT criterion, trim_scale(points) AS points, evidence FROM score_points
		WHERE score_id = (SELECT id FROM scores WHERE task_id = $1 ORDER BY number DESC, id DESC LIMIT 1)`, taskID); err != nil {
		return nil, fmt.Errorf("read score sheet: %w", err)
	}
	lines := emptyLines(sheet)
	for _, r := range rows {
		for i := range lines {
			if lines[i].Code == r.Criterion {
				lines[i].Own, lines[i].Evidence = &r.Points, r.Evidence
			}
		}
	}
	return lines, nil
}

// checkOf is who checked a submission's sheet last.
func checkOf(ctx context.Context, tx *sqlx.Tx, submission int64) (at *time.Time, name string, err error) {
	var row struct {
		At   time.Time `db:"checked_at"`
		Name string    `db:"name"`
	}
	err = tx.GetContext(ctx, &row, `
		SELECT c.checked_at, u.name FROM score_checks c JOIN users u ON u.id = c.checked_by WHERE c.submission_id = $1 ORDER BY c.id DESC LIMIT 1`, submission)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("read check: %w", err)
	}
	checked := row.At.UTC()
	return &checked, row.Name, nil
}

// earlierScores are what agencies had by a sheet in the year before one, from
// whichever plan asked for it; of several the newest.
func earlierScores(ctx context.Context, tx *sqlx.Tx, sheet plan.ScoreSheet, agencies []int64, year int) (map[int64]score.Earlier, error) {
	var rows []struct {
		AgencyID     int64  `db:"agency_id"`
		SubmissionID int64  `db:"submission_id"`
		PeriodKey    string `db:"period_key"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT DISTINCT ON (t.agency_id) t.agency_id, b.id AS submission_id, r.period_key
		FROM tasks t JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id
		CROSS JOIN LATERAL (SELECT `+inForce+` AS number) counts JOIN submissions b ON b.task_id = t.id AND b.number = counts.number
		WHERE t.agency_id = ANY ($1) AND d.definition ->> 'ScoreSheet' = $2 AND extract(year FROM r.window_to_on) = $3 AND b.kind = 'report'
		ORDER BY t.agency_id, r.window_to_on DESC, t.id DESC`, pq.Array(agencies), sheet.Code, year-1); err != nil {
		return nil, fmt.Errorf("list scores of the year before: %w", err)
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.SubmissionID
	}
	results, err := scoreResults(ctx, tx, map[string]plan.ScoreSheet{sheet.Code: sheet}, ids)
	if err != nil {
		return nil, err
	}
	before := make(map[int64]score.Earlier, len(rows))
	for _, r := range rows {
		if result := results[r.SubmissionID]; result.Class.Code != "" {
			before[r.AgencyID] = score.Earlier{PeriodKey: r.PeriodKey, Total: result.Final(), Class: result.Class}
		}
	}
	return before, nil
}
