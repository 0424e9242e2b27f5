package postgres

import (
	"context"
	"fmt"
	"strings"

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

// Search finds plans and duties that hold every word of the query, with or without
// accents, among the plans that the actor sees. No words find nothing.
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
		return nil
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
