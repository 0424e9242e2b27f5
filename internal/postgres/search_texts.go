package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

func holdsWords(column string) string {
	return `to_tsvector('simple', fold(` + column + `)) @@ plainto_tsquery('simple', fold($4))`
}

// searchResults looks in the version that counts of results that were accepted, by
// the very rule that shows tasks. It shows nothing of them: reading a result is
// recorded, and done on its own page.
var searchResults = `
	SELECT t.id AS task_id, 0 AS request_id, '' AS kind, d.code, d.title, r.period_key, a.name AS agency, p.title AS plan_title, p.time_zone, b.submitted_at AS at, '' AS excerpt
	FROM submissions b JOIN tasks t ON t.id = b.task_id JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id
	JOIN plans p ON p.id = t.plan_id JOIN agencies a ON a.id = t.agency_id
	WHERE ` + holdsWords("b.narrative") + ` AND t.state = 'accepted' AND b.id = counted_submission(t.id, false) AND ` + visibleTask + `
	ORDER BY b.id DESC LIMIT $5`

// searchRequests looks in what was asked about tasks that the reader sees. The
// excerpt begins a little before the first word; folding keeps the number of
// characters of composed text, which is what is stored.
var searchRequests = `
	SELECT t.id AS task_id, q.id AS request_id, q.kind, d.code, d.title, r.period_key, a.name AS agency, p.title AS plan_title, p.time_zone, q.asked_at AS at,
		substr(q.text, greatest(strpos(fold(q.text), fold($6)) - 60, 1), 240) AS excerpt
	FROM requests q JOIN tasks t ON t.id = q.task_id JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id
	JOIN plans p ON p.id = t.plan_id JOIN agencies a ON a.id = t.agency_id
	WHERE ` + holdsWords("q.text") + ` AND ` + visibleTask + `
	ORDER BY q.id DESC LIMIT $5`

type foundTextRow struct {
	TaskID    int64     `db:"task_id"`
	RequestID int64     `db:"request_id"`
	Kind      string    `db:"kind"`
	Code      string    `db:"code"`
	Title     string    `db:"title"`
	PeriodKey string    `db:"period_key"`
	Agency    string    `db:"agency"`
	PlanTitle string    `db:"plan_title"`
	TimeZone  string    `db:"time_zone"`
	At        time.Time `db:"at"`
	Excerpt   string    `db:"excerpt"`
}

// searchTexts finds results and requests that hold every one of the words, the
// newest first.
func searchTexts(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, query string, asked ...any) ([]plan.FoundText, error) {
	args, err := scopedWide(ctx, tx, actor, asked...)
	if err != nil {
		return nil, err
	}
	var rows []foundTextRow
	if err := tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, fmt.Errorf("search texts: %w", err)
	}
	found := make([]plan.FoundText, len(rows))
	for i, r := range rows {
		found[i] = plan.FoundText{
			TaskID: r.TaskID, RequestID: r.RequestID, Kind: r.Kind, DutyCode: r.Code, DutyTitle: r.Title, PeriodKey: r.PeriodKey, Agency: r.Agency,
			PlanTitle: r.PlanTitle, TimeZone: r.TimeZone, At: r.At.UTC(), Excerpt: r.Excerpt,
		}
	}
	return found, nil
}
