package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// inForce is the number of the version of a task t of a duty d that is in force:
// what reports of higher levels rest on. It is 0 while the task is not done.
const inForce = `(CASE WHEN t.state = 'accepted' OR t.state = 'submitted' AND d.review = 'none' AND NOT ` + held + `
	THEN COALESCE((SELECT max(b.number) FROM submissions b LEFT JOIN corrections k ON k.submission_id = b.id
		WHERE b.task_id = t.id AND b.withdrawn_at IS NULL AND NOT b.invalid AND (k.id IS NULL OR k.outcome = 'accepted')), 0)
	ELSE 0 END)`

// versionInForce is the version of a result that is in force, with what stands beside it.
type versionInForce struct {
	Number      int       `db:"number"`
	SubmittedAt time.Time `db:"submitted_at"`
	Recorded    bool      `db:"recorded"`
	Correction  bool      `db:"correction"`
	// Waiting: a correction of it waits for its decision.
	Waiting bool `db:"waiting"`
	contentRow
	Attachments pq.Int64Array `db:"attachments"`
	content     task.Content
}

// readInForce reads the version of a task's result that is in force; its number
// is 0 while the task is not done.
func readInForce(ctx context.Context, tx *sqlx.Tx, taskID int64) (versionInForce, error) {
	var v versionInForce
	if err := tx.GetContext(ctx, &v, `
		SELECT x.number, COALESCE(b.submitted_at, t.opened_at) AS submitted_at, b.recorded_at IS NOT NULL AS recorded, COALESCE(b.correction, false) AS correction,
			EXISTS (SELECT 1 FROM corrections k WHERE k.task_id = t.id AND k.outcome = 'waiting') AS waiting,
			COALESCE(b.kind, 'nil') AS kind, COALESCE(b.narrative, '') AS narrative, COALESCE(b.figures, '{}') AS figures, COALESCE(b.explanations, '{}') AS explanations,
			COALESCE(b.document_number, '') AS document_number, b.document_on, COALESCE(b.signatory_title, '') AS signatory_title,
			ARRAY(SELECT l.attachment_id FROM submission_attachments l WHERE l.submission_id = b.id ORDER BY l.position) AS attachments
		FROM tasks t JOIN duties d ON d.id = t.duty_id CROSS JOIN LATERAL (SELECT `+inForce+` AS number) x
		LEFT JOIN submissions b ON b.task_id = t.id AND b.number = x.number
		WHERE t.id = $1`, taskID); err != nil {
		return v, fmt.Errorf("read version in force: %w", err)
	}
	var err error
	v.content, err = v.contentRow.content(nil)
	v.content.Attachments = v.Attachments
	return v, err
}

type correctionRow struct {
	ID          int64                  `db:"id"`
	TaskID      int64                  `db:"task_id"`
	Number      int                    `db:"number"`
	Replaces    int                    `db:"replaces"`
	Reason      string                 `db:"reason"`
	CorrectedAt time.Time              `db:"corrected_at"`
	CorrectedBy string                 `db:"corrected_by"`
	Outcome     task.CorrectionOutcome `db:"outcome"`
	Answer      string                 `db:"answer"`
	DecidedAt   sql.NullTime           `db:"decided_at"`
	DecidedBy   string                 `db:"decided_by"`
	AgencyName  string                 `db:"agency_name"`
	DutyCode    string                 `db:"duty_code"`
	DutyTitle   string                 `db:"duty_title"`
	PeriodKey   string                 `db:"period_key"`
	TimeZone    string                 `db:"time_zone"`
}

const selectCorrections = `
	SELECT k.id, k.task_id, b.number, k.replaces, k.reason, b.submitted_at AS corrected_at, u.name AS corrected_by, k.outcome, k.answer, k.decided_at,
		COALESCE(x.name, '') AS decided_by, a.name AS agency_name, d.code AS duty_code, COALESCE(NULLIF(r.title, ''), d.title) AS duty_title,
		r.period_key, p.time_zone
	FROM corrections k JOIN submissions b ON b.id = k.submission_id JOIN users u ON u.id = b.submitted_by
	JOIN tasks t ON t.id = k.task_id JOIN plans p ON p.id = t.plan_id JOIN duties d ON d.id = t.duty_id JOIN rounds r ON r.id = t.round_id
	JOIN agencies a ON a.id = t.agency_id LEFT JOIN users x ON x.id = k.decided_by`

func (r correctionRow) correction() task.Correction {
	return task.Correction{
		ID: r.ID, TaskID: r.TaskID, Number: r.Number, Replaces: r.Replaces, Reason: r.Reason, CorrectedAt: r.CorrectedAt.UTC(), CorrectedByName: r.CorrectedBy,
		Outcome: r.Outcome, Answer: r.Answer, DecidedAt: instant(r.DecidedAt), DecidedByName: r.DecidedBy,
		AgencyName: r.AgencyName, DutyCode: r.DutyCode, DutyTitle: r.DutyTitle, PeriodKey: r.PeriodKey, TimeZone: r.TimeZone,
	}
}

func findCorrection(ctx context.Context, tx *sqlx.Tx, id int64) (task.Correction, error) {
	var row correctionRow
	if err := tx.GetContext(ctx, &row, selectCorrections+` WHERE k.id = $1`, id); err != nil {
		return task.Correction{}, fmt.Errorf("read correction: %w", err)
	}
	return row.correction(), nil
}

// correctionsOf are a task's corrections by the number of their version.
func correctionsOf(ctx context.Context, tx *sqlx.Tx, taskID int64) (map[int]task.Correction, error) {
	var rows []correctionRow
	if err := tx.SelectContext(ctx, &rows, selectCorrections+` WHERE k.task_id = $1`, taskID); err != nil {
		return nil, fmt.Errorf("read corrections: %w", err)
	}
	byNumber := make(map[int]task.Correction, len(rows))
	for _, row := range rows {
		byNumber[row.Number] = row.correction()
	}
	return byNumber, nil
}

// ListCorrections gives the corrections that wait for a decision and that the
// actor may see, the oldest first.
func (s *Store) ListCorrections(ctx context.Context, actor policy.Actor, limit int, cursor string) (task.CorrectionPage, error) {
	from, err := placeOf("corrections", cursor)
	if err != nil {
		return task.CorrectionPage{}, err
	}
	limit = limitOf(limit)
	var rows []correctionRow
	if err := s.db.SelectContext(ctx, &rows, selectCorrections+`
		WHERE k.outcome = 'waiting' AND p.state IN ('active', 'suspended') AND `+visibleTask+` AND (NOT $4::boolean OR k.id > $5::bigint)
		ORDER BY k.id LIMIT $6`, scoped(actor, from.Set, from.ID, limit+1)...); err != nil {
		return task.CorrectionPage{}, fmt.Errorf("list corrections: %w", err)
	}
	page := task.CorrectionPage{Corrections: make([]task.Correction, 0, min(len(rows), limit))}
	for i, row := range rows {
		if i == limit {
			last := page.Corrections[limit-1]
			page.Next = cursorAt("corrections", last.CorrectedAt, last.ID)
			break
		}
		page.Corrections = append(page.Corrections, row.correction())
	}
	return page, nil
}
