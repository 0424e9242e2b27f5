package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

// holdsAll: the folded text of a row holds every word of $4.
const holdsAll = `NOT EXISTS (SELECT 1 FROM unnest($4::text[]) AS w (word) WHERE strpos(h.text, fold(w.word)) = 0)`

// searchDuties looks in code, title, text and the names of who owes. First comes
// the code itself, then what the code begins with, then titles.
const searchDuties = `
	SELECT d.plan_id, p.title AS plan_title, d.code, d.title, d.text, o.names
	FROM duties d JOIN plans p ON p.id = d.plan_id
	CROSS JOIN LATERAL (SELECT COALESCE(array_agg(a.name ORDER BY a.position, a.id), '{}') AS names
		FROM assignments s JOIN agencies a ON a.id = s.agency_id WHERE s.duty_id = d.id AND s.role IN ('lead', 'implementing')) o
	CROSS JOIN LATERAL (SELECT fold(concat_ws(' ', d.code, d.title, d.text, array_to_string(o.names, ' '))) AS text) h
	WHERE d.retired_version IS NULL AND ` + visiblePlan + ` AND ` + holdsAll + `
	ORDER BY fold(d.code) = fold($5) DESC, starts_with(fold(d.code), fold($5)) DESC, strpos(fold(d.title), fold($5)) = 0, p.id DESC, d.position, d.id
	LIMIT $6`

const searchPlans = `
	SELECT p.id FROM plans p
	CROSS JOIN LATERAL (SELECT fold(concat_ws(' ', p.code, p.number, p.title)) AS text) h
	WHERE ` + visiblePlan + ` AND ` + holdsAll

// mostLookedAt is how many results that hold the words are looked at, the newest
// first: a word that all reports of a country hold is not followed to the oldest.
const mostLookedAt = 20000

// searchResults looks in what was reported and the number of the signed paper, for
// words that begin with those asked for. $4 is the query, $5 how many to look at, $6
// how many to answer. What was withdrawn or declared invalid is no result.
const searchResults = `
	WITH held AS MATERIALIZED (
		SELECT s.id, s.task_id FROM submissions s
		WHERE s.words @@ to_tsquery('pg_catalog.simple', replace(NULLIF(trim(regexp_replace(fold($4), '[^a-z0-9]+', ' ', 'g')), ''), ' ', ':* & ') || ':*')
			AND NOT s.invalid AND s.withdrawn_at IS NULL
		ORDER BY s.id DESC LIMIT $5
	)
	SELECT c.looked, COALESCE(x.task_id, 0) AS task_id, COALESCE(x.plan_id, 0) AS plan_id, COALESCE(x.plan_title, '') AS plan_title,
		COALESCE(x.duty_title, '') AS duty_title, COALESCE(x.period_key, '') AS period_key, COALESCE(x.agency, '') AS agency,
		COALESCE(x.document_number, '') AS document_number, COALESCE(x.submitted_at, 'epoch') AS submitted_at, COALESCE(x.time_zone, '') AS time_zone, COALESCE(x.narrative, '') AS narrative
	FROM (SELECT count(*) AS looked FROM held) c LEFT JOIN LATERAL (
		SELECT n.id, n.task_id, t.plan_id, p.title AS plan_title, d.title AS duty_title, r.period_key, a.name AS agency, s.document_number, s.submitted_at, p.time_zone, s.narrative
		FROM (SELECT max(id) AS id, task_id FROM held GROUP BY task_id) n
		JOIN tasks t ON t.id = n.task_id JOIN plans p ON p.id = t.plan_id JOIN duties d ON d.id = t.duty_id
		JOIN rounds r ON r.id = t.round_id JOIN agencies a ON a.id = t.agency_id JOIN submissions s ON s.id = n.id
		WHERE ` + visibleTask + ` ORDER BY n.id DESC LIMIT $6
	) x ON true ORDER BY x.id DESC`

type foundResultRow struct {
	TaskID         int64     `db:"task_id"`
	PlanID         int64     `db:"plan_id"`
	PlanTitle      string    `db:"plan_title"`
	DutyTitle      string    `db:"duty_title"`
	PeriodKey      string    `db:"period_key"`
	Agency         string    `db:"agency"`
	DocumentNumber string    `db:"document_number"`
	SubmittedAt    time.Time `db:"submitted_at"`
	TimeZone       string    `db:"time_zone"`
	Narrative      string    `db:"narrative"`
	Looked         int       `db:"looked"`
}

// resultsWith finds the results of tasks that the actor sees.
func resultsWith(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, words []string) (found []plan.FoundResult, more bool, err error) {
	var rows []foundResultRow
	if err := tx.SelectContext(ctx, &rows, searchResults, scoped(actor, strings.Join(words, " "), mostLookedAt, plan.MostResultsFound+1)...); err != nil {
		return nil, false, fmt.Errorf("search results: %w", err)
	}
	for i, r := range rows {
		if i == plan.MostResultsFound {
			return found, true, nil
		}
		if more = r.Looked == mostLookedAt; r.TaskID == 0 {
			break // the words stand in nothing that the actor sees
		}
		found = append(found, plan.FoundResult{
			TaskID: r.TaskID, PlanID: r.PlanID, PlanTitle: r.PlanTitle, DutyTitle: r.DutyTitle, PeriodKey: r.PeriodKey, Agency: r.Agency,
			DocumentNumber: r.DocumentNumber, SubmittedAt: r.SubmittedAt.UTC(), TimeZone: r.TimeZone, Excerpt: plan.Excerpt(r.Narrative, words),
		})
	}
	return found, more, nil
}

// Search finds plans and duties that hold every word of the query, with or without
// accents, among the plans that the actor sees, and results of tasks that they see.
// No words find nothing.
func (s *Store) Search(ctx context.Context, actor policy.Actor, query string) (plan.Found, error) {
	var found plan.Found
	words := plan.SearchWords(query)
	if len(words) == 0 || !policy.SeePlans(actor) {
		return found, nil
	}
	plans, err := s.ListPlans(ctx, actor)
	if err != nil {
		return found, err
	}
	var rows []struct {
		PlanID    int64          `db:"plan_id"`
		PlanTitle string         `db:"plan_title"`
		Code      string         `db:"code"`
		Title     string         `db:"title"`
		Text      string         `db:"text"`
		Names     pq.StringArray `db:"names"`
	}
	var ids []int64
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		if err := tx.SelectContext(ctx, &rows, searchDuties, scoped(actor, pq.Array(words), strings.Join(words, " "), plan.MostFound+1)...); err != nil {
			return fmt.Errorf("search duties: %w", err)
		}
		if err := tx.SelectContext(ctx, &ids, searchPlans, scoped(actor, pq.Array(words))...); err != nil {
			return fmt.Errorf("search plans: %w", err)
		}
		var err error
		found.Results, found.MoreResults, err = resultsWith(ctx, tx, actor, words)
		return err
	})
	if err != nil {
		return found, err
	}
	named := map[int64]bool{}
	for _, id := range ids {
		named[id] = true
	}
	for _, p := range plans {
		if named[p.ID] {
			found.Plans = append(found.Plans, p)
		}
	}
	for i, r := range rows {
		if i == plan.MostFound {
			found.More = true
			break
		}
		found.Duties = append(found.Duties, plan.FoundDuty{PlanID: r.PlanID, PlanTitle: r.PlanTitle, Code: r.Code, Title: r.Title, Text: r.Text, Owners: r.Names})
	}
	return found, nil
}
