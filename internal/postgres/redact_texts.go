package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/task"
)

// ofTask bounds a statement to the rows that belong to the task $1.
const (
	ofTask      = `task_id = $1`
	ofUrging    = `id IN (SELECT urging_id FROM urging_tasks WHERE task_id = $1)`
	ofRequests  = `request_id IN (SELECT id FROM requests WHERE task_id = $1)`
	ofTaskRound = `id = (SELECT round_id FROM tasks WHERE id = $1)`
	// ofAbove are the results that sum the task up, to the top: they gather its text.
	ofAbove = `task_id IN (WITH RECURSIVE above AS (
		SELECT c.task_id FROM tasks t CROSS JOIN LATERAL consolidators_of(t.duty_id, t.round_id, t.recipient_id) c WHERE t.id = $1
		UNION SELECT c.task_id FROM above a JOIN tasks t ON t.id = a.task_id CROSS JOIN LATERAL consolidators_of(t.duty_id, t.round_id, t.recipient_id) c
	) SELECT above.task_id FROM above)`
)

// redactedTexts are the columns in which people's words around a task stand. A
// table that gets another one belongs here; TestNoTraceIsLeft looks everywhere.
var redactedTexts = []struct{ table, scope, columns string }{
	{"submissions", ofTask, "narrative document_number signatory_title evidence withdraw_reason"},
	{"preparations", ofTask, "narrative document_number signatory_title reason"},
	{"task_drafts", ofTask, "narrative document_number signatory_title"},
	{"attachments", ofTask, "name"},
	{"redactions", ofTask, "reason"},
	{"reviews", ofTask, "reason"},
	{"contests", ofTask, "reason answer"},
	{"reopenings", ofTask, "reason"},
	{"urgings", ofUrging, "message with_whom"},
	{"requests", ofTask, "text"},
	{"request_events", ofRequests, "text"},
	{"handovers", ofTask, "reason end_reason"},
	{"corrections", ofTask, "reason answer"},
	{"forwardings", ofTask, "remark"},
	{"task_notes", ofTask, "text"},
	{"consolidation_comments", ofTask, "text"},
	{"rounds", ofTaskRound, "title text"},
	{"submissions", ofAbove, "narrative"},
	{"preparations", ofAbove, "narrative"},
	{"task_drafts", ofAbove, "narrative"},
	{"score_points", ofTask, "evidence"},
	{"score_check_points", ofTask, "remark"},
}

// withContent are the tables that keep a content, figures included.
var withContent = []string{"submissions", "preparations", "task_drafts"}

// newDraftVersion: who still edits the draft as it was must not save it back.
const newDraftVersion = `UPDATE task_drafts SET version = nextval('task_draft_versions') WHERE task_id = $1 OR ` + ofAbove

// redactEverywhere replaces a passage in every text around the task, and counts
// the texts.
func redactEverywhere(ctx context.Context, tx *sqlx.Tx, taskID int64, passage string) (int, error) {
	places := 0
	run := func(statement string, args ...any) (int, error) {
		result, err := tx.ExecContext(ctx, statement, args...)
		if err != nil {
			return 0, fmt.Errorf("redact: %w", err)
		}
		n, err := result.RowsAffected()
		places += int(n)
		return int(n), err
	}
	drafts := 0
	for _, in := range redactedTexts {
		for column := range strings.FieldsSeq(in.columns) {
			n, err := run(`UPDATE `+in.table+` SET `+column+` = replace(`+column+`, $2, $3) WHERE `+in.scope+` AND strpos(`+column+`, $2) > 0`,
				taskID, passage, task.Redacted)
			if err != nil {
				return places, err
			}
			if in.table == "task_drafts" {
				drafts += n
			}
		}
	}
	for _, table := range withContent {
		for _, column := range []string{"figures", "explanations"} {
			n, err := run(`UPDATE `+table+` SET `+column+` = (SELECT jsonb_object_agg(key, replace(value, $2, $3)) FROM jsonb_each_text(`+column+`))
				WHERE task_id = $1 AND EXISTS (SELECT 1 FROM jsonb_each_text(`+column+`) WHERE strpos(value, $2) > 0)`, taskID, passage, task.Redacted)
			if err != nil {
				return places, err
			}
			if table == "task_drafts" {
				drafts += n
			}
		}
	}
	n, err := redactAnswers(ctx, tx, passage)
	if err == nil && drafts > 0 {
		_, err = tx.ExecContext(ctx, newDraftVersion, taskID)
	}
	return places + n, err
}

// redactWholeField replaces a field wherever the task has the same value in it.
func redactWholeField(ctx context.Context, tx *sqlx.Tx, taskID int64, field, value string) (int, error) {
	places := 0
	for _, table := range withContent {
		set, where := field+` = $3`, field+` = $2`
		args := []any{taskID, value, task.Redacted}
		if column, indicator, ok := task.FigureField(field); ok {
			set, where = column+` = jsonb_set(`+column+`, ARRAY[$4], to_jsonb($3::text))`, column+` ->> $4 = $2`
			args = append(args, indicator)
		} else if table != "submissions" && (field == "evidence" || field == "withdraw_reason") {
			continue
		}
		if table == "task_drafts" {
			set += `, version = nextval('task_draft_versions')`
		}
		result, err := tx.ExecContext(ctx, `UPDATE `+table+` SET `+set+` WHERE task_id = $1 AND `+where, args...)
		if err != nil {
			return places, fmt.Errorf("redact field: %w", err)
		}
		n, err := result.RowsAffected()
		if err != nil {
			return places, fmt.Errorf("redact field: %w", err)
		}
		places += int(n)
	}
	return places, nil
}

// redactAnswers replaces a passage in the answers that are kept for repeated
// requests, where it stands as JSON writes it. They belong to no task: those of
// all requests are looked at.
func redactAnswers(ctx context.Context, tx *sqlx.Tx, passage string) (int, error) {
	encoded, err := json.Marshal(passage)
	if err != nil {
		return 0, fmt.Errorf("encode passage: %w", err)
	}
	inJSON := string(encoded[1 : len(encoded)-1])
	result, err := tx.ExecContext(ctx, `
		UPDATE idempotency_keys SET answer = convert_to(replace(convert_from(answer, 'UTF8'), $1, $2), 'UTF8')
		WHERE position(convert_to($1, 'UTF8') IN answer) > 0`, inJSON, task.Redacted)
	if err != nil {
		return 0, fmt.Errorf("redact kept answers: %w", err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}
