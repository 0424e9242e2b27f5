package postgres_test

import (
	"testing"

	"dondoc/internal/postgres"
)

// notWritten are texts beside a task that no person writes: codes, states and
// addresses of ours. A new column belongs here or among the redacted ones.
var notWritten = map[string]bool{
	"attachments.media_type": true, "consolidation_marks.reason": true, "contests.outcome": true, "corrections.outcome": true, "notifications.cause": true, "notifications.kind": true,
	"preparations.from_state": true, "preparations.kind": true, "preparations.outcome": true, "redactions.field": true, "reopenings.state_from": true,
	"scores.sheet": true, "score_points.criterion": true, "score_check_points.criterion": true,
	"requests.kind": true, "requests.state": true, "reviews.decision": true, "steps.anchor": true, "steps.code": true, "steps.cron": true,
	"steps.kind": true, "steps.state": true, "submissions.channel": true, "submissions.from_state": true, "submissions.kind": true, "task_successions.outcome": true, "task_drafts.kind": true,
}

func TestEveryTextBesideATaskCanBeRedacted(t *testing.T) {
	w := newWorld(t, nil)
	columns := w.strings(`
		SELECT c.table_name || '.' || c.column_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
		WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type = 'text' AND EXISTS (
			SELECT 1 FROM information_schema.columns k WHERE k.table_schema = 'public' AND k.table_name = c.table_name AND k.column_name = 'task_id')`)
	if len(columns) < 20 {
		t.Fatalf("only %d texts found", len(columns))
	}
	redacted := postgres.RedactedTexts()
	for _, column := range columns {
		if !redacted[column] && !notWritten[column] {
			t.Errorf("%s is neither redacted nor known to hold nobody's words", column)
		}
	}
}
