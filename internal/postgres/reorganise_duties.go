package postgres

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"dondoc/internal/agency"
	"dondoc/internal/fault"
)

// plans gives plans that are not over the successors of their issuers and
// standing agencies, so that somebody goes on deciding.
func (r *reorganising) plans(ctx context.Context) error {
	var ids []int64
	if err := r.tx.SelectContext(ctx, &ids, `
		WITH old AS (
			SELECT id, issuer_id, standing_id FROM plans WHERE state <> 'closed' AND (issuer_id = ANY ($1) OR standing_id = ANY ($1)) FOR NO KEY UPDATE
		), moved AS (
			UPDATE plans p SET version = version + 1,
				issuer_id = COALESCE((SELECT successor_id FROM agency_successions WHERE predecessor_id = p.issuer_id AND main), p.issuer_id),
				standing_id = COALESCE((SELECT successor_id FROM agency_successions WHERE predecessor_id = p.standing_id AND main),
					-- Without a successor the issuer follows its plan up itself.
					CASE WHEN p.standing_id = ANY ($1) THEN COALESCE((SELECT successor_id FROM agency_successions WHERE predecessor_id = p.issuer_id AND main), p.issuer_id)
						ELSE p.standing_id END)
			FROM old WHERE p.id = old.id RETURNING p.id, p.issuer_id, p.standing_id
		)
		INSERT INTO audit (at, recorded_at, actor_id, action, entity, entity_id, before, after)
		SELECT $2, $3, NULLIF($4::bigint, 0), 'plan.succeeded', 'plan', m.id,
			jsonb_build_object('issuer', old.issuer_id, 'standing', old.standing_id),
			jsonb_build_object('issuer', m.issuer_id, 'standing', m.standing_id, 'reorganisation', $5::bigint)
		FROM moved m JOIN old ON old.id = m.id RETURNING entity_id`,
		pq.Array(r.ended), r.now, r.store.wall(), r.actor.UserID, r.id); err != nil {
		return fmt.Errorf("move plans: %w", err)
	}
	r.effect.Plans = len(ids)
	return nil
}

// assignments gives the duties of agencies that end or are divided to who takes
// them over: those that the file names, else every successor.
func (r *reorganising) assignments(ctx context.Context) error {
	var moved []struct {
		PlanID int64  `db:"plan_id"`
		DutyID int64  `db:"duty_id"`
		Plan   string `db:"plan"`
		Duty   string `db:"duty"`
		Role   string `db:"role"`
		From   string `db:"from_code"`
		To     string `db:"to_code"`
	}
	if err := r.tx.SelectContext(ctx, &moved, `
		WITH gone AS (
			SELECT s.duty_id, s.agency_id, s.role, s.recipient_id, s.reviewer_id, s.through_id, d.plan_id, p.code AS plan, d.code AS duty, p.id AS pid, d.position,
				-- What an older file gave to one part is given again only when the whole ends.
				(SELECT o.successor_id FROM duty_successions o WHERE o.predecessor_id = s.agency_id AND o.duty_id = s.duty_id
					AND (o.reorganisation_id = $2 OR s.agency_id = ANY ($3))) AS chosen
			FROM assignments s JOIN duties d ON d.id = s.duty_id JOIN plans p ON p.id = d.plan_id AND p.state <> 'closed'
			WHERE s.agency_id = ANY ($1)
		), heirs AS (
			SELECT g.duty_id, g.agency_id, g.role, g.recipient_id, g.reviewer_id, g.through_id, COALESCE(g.chosen, x.successor_id) AS heir
			FROM gone g LEFT JOIN agency_successions x ON g.chosen IS NULL AND x.predecessor_id = g.agency_id AND x.reorganisation_id = $2
		), given AS (
			INSERT INTO assignments (duty_id, agency_id, role, recipient_id, reviewer_id, through_id)
			SELECT DISTINCT ON (duty_id, heir, role) duty_id, heir, role, recipient_id, reviewer_id, through_id FROM heirs WHERE heir IS NOT NULL
			ORDER BY duty_id, heir, role, agency_id ON CONFLICT DO NOTHING
		), taken AS (
			DELETE FROM assignments s USING gone g
			WHERE s.duty_id = g.duty_id AND s.agency_id = g.agency_id AND s.role = g.role AND (s.agency_id = ANY ($3) OR g.chosen IS NOT NULL)
		)
		SELECT g.plan_id, g.duty_id, g.plan, g.duty, g.role, a.code AS from_code, COALESCE(t.code, '') AS to_code
		FROM gone g JOIN heirs h USING (duty_id, agency_id, role) JOIN agencies a ON a.id = g.agency_id LEFT JOIN agencies t ON t.id = h.heir
		ORDER BY g.pid, g.position, a.position, a.id, g.role, t.position, t.id`, pq.Array(r.parted), r.id, pq.Array(r.ended)); err != nil {
		return fmt.Errorf("move assignments: %w", err)
	}
	without := map[string]int{}
	for _, m := range moved {
		r.duties[m.DutyID] = true
		r.effect.Assignments = append(r.effect.Assignments, agency.AssignmentMove{Plan: m.Plan, Duty: m.Duty, Role: m.Role, From: m.From, To: m.To})
		if m.To == "" {
			without[m.From]++
		}
	}
	for _, a := range r.effect.Agencies {
		if n := without[a.Code]; n > 0 {
			r.effect.Warn("duty.no_successor", a.Code, "%[2]d nhiệm vụ của %[1]s không có đơn vị tiếp nhận.", "%[2]d duties of %[1]s are taken over by nobody.", a.Name, n)
		}
	}
	r.touched = append(r.touched, r.heirs...)
	if len(moved) == 0 {
		return nil
	}
	// One row of the trail per plan: who owes what is in the effect that it names.
	if _, err := r.tx.ExecContext(ctx, `
		INSERT INTO audit (at, recorded_at, actor_id, action, entity, entity_id, after)
		SELECT $1, $2, NULLIF($3::bigint, 0), 'plan.reassigned', 'plan', p.id, jsonb_build_object('reorganisation', $4::bigint, 'assignments', jsonb_agg(
			jsonb_build_object('duty', f.duty, 'role', f.role, 'from', f.from_code, 'to', f.to_code)))
		FROM unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) AS f (plan, duty, role, from_code, to_code)
		JOIN plans p ON p.code = f.plan GROUP BY p.id`, append([]any{r.now, r.store.wall(), r.actor.UserID, r.id}, columns(r.effect.Assignments)...)...); err != nil {
		return fmt.Errorf("audit assignments: %w", err)
	}
	return nil
}

// columns turns the moves into one array per column.
func columns(moves []agency.AssignmentMove) []any {
	lists := make([][]string, 5)
	for _, m := range moves {
		for i, value := range []string{m.Plan, m.Duty, m.Role, m.From, m.To} {
			lists[i] = append(lists[i], value)
		}
	}
	arrays := make([]any, len(lists))
	for i, list := range lists {
		arrays[i] = pq.Array(list)
	}
	return arrays
}

// chainOf is who receives a result of row s (an assignment or a task) of duty d
// of plan p and agency a now: whom the file names for the duty; the superior,
// where the duty says so; the successor of who has ended; who it was. Nobody
// receives a result of their own, or after their end: then the plan's standing
// agency does, else its issuer. What an agency of yesterday sent follows who received it, not the superior
// that it had. $1 are the agencies that end, $7 is the business day.
func chainOf(column string) string {
	return `(SELECT CASE WHEN x.id IS NULL OR x.id = s.agency_id OR EXISTS (SELECT 1 FROM agencies e WHERE e.id = x.id AND e.valid_to_on < $7::date)
		THEN COALESCE(NULLIF(p.standing_id, s.agency_id), NULLIF(p.issuer_id, s.agency_id)) ELSE x.id END
		FROM (SELECT COALESCE(
			(SELECT o.successor_id FROM duty_successions o WHERE o.predecessor_id = s.` + column + ` AND o.duty_id = d.id AND s.` + column + ` = ANY ($1)),
			CASE WHEN d.definition -> 'Recipient' ->> 'Parent' = 'true' AND a.valid_to_on >= $7::date
				AND ('` + column + `' = 'recipient_id' OR s.reviewer_id IS NOT DISTINCT FROM s.recipient_id) THEN a.parent_id END,
			(SELECT agency_heir(e.id, d.id) FROM agencies e WHERE e.id = s.` + column + ` AND e.valid_to_on < $7::date), s.` + column + `) AS id) AS x)`
}

// passedOnBy is who passes the result on, or who took over from them; who sends
// or reviews it does not.
const passedOnBy = `CASE WHEN s.through_id = ANY ($1) THEN agency_heir(s.through_id, d.id) ELSE s.through_id END`

// concerned: the row's recipient or reviewer ends, or its agency may have another superior.
const concerned = `(s.recipient_id = ANY ($1) OR s.reviewer_id = ANY ($1) OR s.through_id = ANY ($1)
	OR s.agency_id = ANY ($2) AND d.definition -> 'Recipient' ->> 'Parent' = 'true'
	OR s.agency_id = s.recipient_id AND s.agency_id = ANY ($2) OR s.agency_id = s.reviewer_id AND s.agency_id = ANY ($2)
	OR s.agency_id = s.through_id AND s.agency_id = ANY ($2))`

// otherWay: what was computed for a row differs from how it stands.
const otherWay = `(s.recipient_id, s.reviewer_id, s.through_id)
	IS DISTINCT FROM (n.recipient_id, n.reviewer_id, NULLIF(NULLIF(n.through_id, s.agency_id), n.reviewer_id))`

// chains computes anew who receives, who reviews and who passes on, of assignments and of unsettled tasks.
func (r *reorganising) chains(ctx context.Context) error {
	for _, query := range []string{`
		WITH n AS (
			SELECT s.duty_id, s.agency_id, s.role, p.id AS plan_id, d.code AS duty, a.code AS agency, ` + chainOf("recipient_id") + ` AS recipient_id,
				` + chainOf("reviewer_id") + ` AS reviewer_id, ` + passedOnBy + ` AS through_id
			FROM assignments s JOIN duties d ON d.id = s.duty_id JOIN plans p ON p.id = d.plan_id AND p.state <> 'closed'
			JOIN agencies a ON a.id = s.agency_id WHERE ` + concerned + `
		), moved AS (
			UPDATE assignments s SET recipient_id = n.recipient_id, reviewer_id = n.reviewer_id, through_id = NULLIF(NULLIF(n.through_id, s.agency_id), n.reviewer_id)
			FROM n WHERE s.duty_id = n.duty_id AND s.agency_id = n.agency_id AND s.role = n.role AND ` + otherWay + `
			RETURNING n.plan_id, n.duty, n.agency, s.role, s.recipient_id, s.reviewer_id, s.through_id
		), trail AS (
			INSERT INTO audit (at, recorded_at, actor_id, action, entity, entity_id, after)
			SELECT $3, $4, NULLIF($5::bigint, 0), 'plan.rerouted', 'plan', plan_id, jsonb_build_object('reorganisation', $6::bigint, 'assignments', jsonb_agg(
				jsonb_build_object('duty', duty, 'role', role, 'agency', agency, 'recipient', recipient_id, 'reviewer', reviewer_id, 'through', through_id) ORDER BY duty, agency, role))
			FROM moved GROUP BY plan_id
		)
		SELECT count(*) FROM moved`, `
		WITH n AS (
			SELECT s.id, s.recipient_id AS old_recipient, s.reviewer_id AS old_reviewer, s.through_id AS old_through, ` + chainOf("recipient_id") + ` AS recipient_id,
				` + chainOf("reviewer_id") + ` AS reviewer_id, ` + passedOnBy + ` AS through_id
			FROM tasks s JOIN duties d ON d.id = s.duty_id JOIN plans p ON p.id = s.plan_id AND p.state <> 'closed'
			JOIN agencies a ON a.id = s.agency_id
			WHERE (s.state IN ('scheduled', 'open', 'prepared', 'returned', 'submitted') AND s.closed_at IS NULL
				OR EXISTS (SELECT 1 FROM corrections k WHERE k.task_id = s.id AND k.outcome = 'waiting')) AND ` + concerned + `
		), moved AS (
			UPDATE tasks s SET recipient_id = n.recipient_id, reviewer_id = n.reviewer_id, version = version + 1,
				through_id = NULLIF(NULLIF(n.through_id, s.agency_id), n.reviewer_id)
			FROM n WHERE s.id = n.id AND ` + otherWay + `
			RETURNING s.id, n.old_recipient, n.old_reviewer, n.old_through, s.recipient_id, s.reviewer_id, s.through_id
		), trail AS (
			INSERT INTO audit (at, recorded_at, actor_id, action, entity, entity_id, before, after)
			SELECT $3, $4, NULLIF($5::bigint, 0), 'task.rerouted', 'task', id,
				jsonb_build_object('recipient', old_recipient, 'reviewer', old_reviewer, 'through', old_through),
				jsonb_build_object('recipient', recipient_id, 'reviewer', reviewer_id, 'through', through_id, 'reorganisation', $6::bigint) FROM moved
		)
		SELECT count(*) FROM moved`,
	} {
		var moved int
		if err := r.tx.GetContext(ctx, &moved, query, pq.Array(r.ended), pq.Array(r.touched), r.now, r.store.wall(), r.actor.UserID, r.id, businessToday(r.now).String()); err != nil {
			return fmt.Errorf("compute chains: %w", err)
		}
		r.effect.Chains += moved
	}
	return nil
}

// reschedule computes the scheduled rounds anew: other levels have other due
// times. A round that nobody owes any more is closed before it opens.
func (r *reorganising) reschedule(ctx context.Context) error {
	var scheduled []liveRound
	if err := r.tx.SelectContext(ctx, &scheduled, `
		SELECT r.id, r.duty_id, r.period_key, r.cadences, r.window_from_on, r.window_to_on, r.state, r.opens_at, r.due_at, r.closes_at,
			p.code AS plan_code, d.code AS duty_code, COALESCE(NULLIF(r.title, ''), d.title) AS duty_title, p.time_zone
		FROM rounds r JOIN duties d ON d.id = r.duty_id JOIN plans p ON p.id = r.plan_id
		WHERE r.state = 'scheduled' AND p.state IN ('active', 'suspended') AND EXISTS (SELECT 1 FROM assignments s
			WHERE s.duty_id = d.id AND s.agency_id = ANY ($1)) OR r.state = 'scheduled' AND r.duty_id = ANY ($2)
		ORDER BY r.duty_id, r.id FOR NO KEY UPDATE OF r`, pq.Array(r.touched), pq.Array(keys(r.duties))); err != nil {
		return fmt.Errorf("hold scheduled rounds: %w", err)
	}
	c := &comparison{store: r.store, now: r.now}
	for _, round := range scheduled {
		d, err := r.store.readDuty(ctx, r.tx, round.DutyID)
		if err != nil {
			return err
		}
		r.duties[round.DutyID] = true
		if len(d.Kinds) == 0 {
			if _, err := r.tx.ExecContext(ctx, `
				UPDATE rounds SET state = 'closed', dropped_at = $2, opened_at = $2, closed_at = $2, version = version + 1 WHERE id = $1 AND state = 'scheduled'`, round.ID, r.now); err != nil {
				return fmt.Errorf("drop round: %w", err)
			}
			if err := r.store.record(ctx, r.tx, r.actor, r.now, change{
				Action: "round.dropped", Entity: "round", EntityID: round.ID, After: map[string]any{"period": round.Key, "reorganisation": r.id},
			}); err != nil {
				return err
			}
			continue
		}
		r.withoutRule(round, d)
		if err := c.scheduledRound(round, d); err != nil {
			f := fault.Of(err)
			if f == nil {
				return err
			}
			r.fail(r.file.EffectiveAt, "duty.due", "nhiệm vụ %[1]s của %[2]s không tính được hạn cho đơn vị tiếp nhận: %[3]s",
				"the duty %[1]s of %[2]s has no due time for who takes it over: %[4]s", round.DutyCode, round.PlanCode, f.VI, f.EN)
		}
	}
	return c.applyRounds(ctx, r.tx)
}

// withoutRule warns of a level for which the duty's due rules have nothing to say.
func (r *reorganising) withoutRule(round liveRound, d dutyContext) {
	rules := d.Definition.Due
	if _, others := rules[""]; others || len(rules) == 0 {
		return
	}
	for _, kind := range d.Kinds {
		if _, known := rules[kind.Level]; known || d.Definition.Chain.Plans(kind.Level) {
			continue
		}
		r.effect.Warn("duty.level", "", "Nhiệm vụ %s của %s chưa có quy tắc hạn cho cấp “%s”: hạn là ngày chốt kỳ cho đến khi văn bản được sửa.",
			"The duty %s of %s has no due rule for the level “%s”: it is due on the closing day until the plan is amended.", round.DutyCode, round.PlanCode, kind.Level)
	}
}

func keys(set map[int64]bool) []int64 {
	list := make([]int64, 0, len(set))
	for id := range set {
		list = append(list, id)
	}
	return list
}
