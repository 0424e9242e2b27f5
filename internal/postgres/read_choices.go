package postgres

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

const (
	// chosenFrom is how many agencies one can pick from a list.
	chosenFrom = 200
	// ownersLooked is how many assignments are looked through for who owes: a plan
	// that has more is one of a country, where the list would be none.
	ownersLooked = 10_000
)

// BoardChoices are what the actor's board can be narrowed to. planID 0 asks for the
// only plan that is followed; several, or a plan that the actor does not see, offer
// no duties.
func (s *Store) BoardChoices(ctx context.Context, actor policy.Actor, planID int64) (task.Choices, error) {
	choices := task.Choices{}
	if !policy.SeePlans(actor) {
		return choices, nil
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return choices, fmt.Errorf("business clock: %w", err)
	}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		r, err := reachOf(ctx, tx, actor)
		if err != nil {
			return err
		}
		if err := planChoices(ctx, tx, actor, r, &choices); err != nil {
			return err
		}
		choices.Choose(planID)
		if choices.Duties, err = dutyChoices(ctx, tx, choices.PlanID); err != nil {
			return err
		}
		if choices.Agencies, err = agencyChoices(ctx, tx, r, choices.PlanID, businessToday(now).String()); err != nil {
			return err
		}
		return levelChoices(ctx, tx, &choices)
	})
	return choices, err
}

func planChoices(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, r reach, choices *task.Choices) error {
	var rows []struct {
		ID    int64      `db:"id"`
		Title string     `db:"title"`
		Zone  string     `db:"time_zone"`
		State plan.State `db:"state"`
	}
	q := &taskQuery{args: scoped(actor)}
	if r.everything {
		q.args = scoped(policy.Actor{}) // all are whole: nothing is left to look up
	}
	query := `SELECT p.id, p.title, p.time_zone, p.state FROM plans p
		WHERE p.state <> 'draft' AND (p.id = ANY (` + q.ids(r.whole) + `) OR ` + visiblePlan + `) ORDER BY p.valid_from_on DESC, p.id DESC`
	if err := tx.SelectContext(ctx, &rows, query, q.args...); err != nil {
		return fmt.Errorf("list plans to choose: %w", err)
	}
	for _, p := range rows {
		choices.Plans = append(choices.Plans, task.PlanChoice{
			ID: p.ID, Title: p.Title, TimeZone: p.Zone, Followed: p.State == plan.Active || p.State == plan.Suspended,
		})
	}
	return nil
}

// levelChoices finds the levels by steps in their order, and of each whether one of
// its agencies owes: where one does it is found at once.
func levelChoices(ctx context.Context, tx *sqlx.Tx, choices *task.Choices) error {
	if choices.PlanID == 0 {
		return nil
	}
	query := `WITH RECURSIVE levels AS (
			(SELECT ` + levelRank + ` AS rank, a.level FROM agencies a ORDER BY 1, 2 LIMIT 1)
			UNION ALL
			SELECT n.rank, n.level FROM levels l CROSS JOIN LATERAL (
				SELECT ` + levelRank + ` AS rank, a.level FROM agencies a
				WHERE (` + levelRank + `, a.level) > (l.rank, l.level) ORDER BY 1, 2 LIMIT 1) AS n
		)
		SELECT level FROM levels l WHERE EXISTS (
			SELECT 1 FROM (SELECT a.id FROM agencies a WHERE ` + levelRank + ` = l.rank AND a.level = l.level LIMIT ` + strconv.Itoa(ownersLooked) + `) AS a
			CROSS JOIN LATERAL (SELECT 1 FROM assignments s JOIN duties d ON d.id = s.duty_id WHERE s.agency_id = a.id AND d.plan_id = $1 LIMIT 1) AS o)
		ORDER BY rank, level`
	if err := tx.SelectContext(ctx, &choices.Levels, query, choices.PlanID); err != nil {
		return fmt.Errorf("list levels to choose: %w", err)
	}
	return nil
}

type choiceRow struct {
	ID    int64  `db:"id"`
	Code  string `db:"code"`
	Title string `db:"title"`
}

func choicesOf(rows []choiceRow) []task.Choice {
	choices := make([]task.Choice, len(rows))
	for i, r := range rows {
		choices[i] = task.Choice(r)
	}
	return choices
}

func dutyChoices(ctx context.Context, tx *sqlx.Tx, planID int64) ([]task.Choice, error) {
	var rows []choiceRow
	if err := tx.SelectContext(ctx, &rows, `
		SELECT id, code, title FROM duties WHERE plan_id = $1 AND scheduled AND retired_version IS NULL ORDER BY position, id`, planID); err != nil {
		return nil, fmt.Errorf("list duties to choose: %w", err)
	}
	return choicesOf(rows), nil
}

// owning are the agencies that owe the reader anything of the plan, each way looked
// up by itself: one condition over all would be held against every assignment. Where
// they are more than one can pick from there are none, which a part of the
// assignments mostly tells.
func owning(ctx context.Context, tx *sqlx.Tx, r reach, planID int64) ([]int64, error) {
	q := &taskQuery{}
	plan := q.arg(planID)
	of := `SELECT s.agency_id FROM duties d JOIN assignments s ON s.duty_id = d.id WHERE d.plan_id = ` + plan
	ways := []string{of}
	if !slices.Contains(r.whole, planID) {
		handles := q.ids(r.handles)
		ways = []string{
			of + ` AND s.agency_id = ANY (` + q.ids(r.below) + `)`, of + ` AND s.reviewer_id = ANY (` + handles + `)`,
			of + ` AND s.recipient_id = ANY (` + handles + `) AND s.recipient_id IS DISTINCT FROM s.reviewer_id`, of + ` AND s.through_id = ANY (` + handles + `)`,
		}
	}
	query := `SELECT DISTINCT agency_id FROM (` + strings.Join(ways, ` UNION ALL `) + ` LIMIT ` + q.arg(0) + `) AS o LIMIT ` + q.arg(chosenFrom+1)
	for _, looked := range []int{4 * chosenFrom, ownersLooked} {
		q.args[len(q.args)-2] = looked
		var owners []int64
		if err := tx.SelectContext(ctx, &owners, query, q.args...); err != nil {
			return nil, fmt.Errorf("look who owes: %w", err)
		}
		if len(owners) > chosenFrom {
			return nil, nil
		}
		if looked == ownersLooked {
			return owners, nil
		}
	}
	return nil, nil
}

// parents are the agencies that others hang below, found by steps from one to the
// next: there are few, and agencies are many.
const parents = `(
	WITH RECURSIVE above AS (
		(SELECT parent_id AS id FROM agencies WHERE parent_id IS NOT NULL ORDER BY parent_id LIMIT 1)
		UNION ALL
		SELECT (SELECT c.parent_id FROM agencies c WHERE c.parent_id > above.id ORDER BY c.parent_id LIMIT 1) FROM above WHERE above.id IS NOT NULL
	) SELECT id FROM above)`

func agencyChoices(ctx context.Context, tx *sqlx.Tx, r reach, planID int64, today string) ([]task.Choice, error) {
	owners, err := owning(ctx, tx, r, planID)
	if err != nil {
		return nil, err
	}
	q := &taskQuery{}
	above := parents // of plans that are seen as a whole anybody may owe
	if len(r.whole) == 0 {
		above = `SELECT k.id FROM unnest(` + q.ids(r.below) + `) AS k (id) WHERE EXISTS (SELECT 1 FROM agencies b WHERE b.parent_id = k.id)`
	}
	var rows []choiceRow
	query := `SELECT a.id, a.code, a.name AS title FROM (SELECT unnest(` + q.ids(owners) + `) UNION ` + above + `) AS o (id) JOIN agencies a ON a.id = o.id
		WHERE a.valid_to_on >= ` + q.arg(today) + `::date
		ORDER BY ` + levelOrder + ` LIMIT ` + q.arg(2*chosenFrom)
	if err := tx.SelectContext(ctx, &rows, query, q.args...); err != nil {
		return nil, fmt.Errorf("list agencies to choose: %w", err)
	}
	return choicesOf(rows), nil
}
