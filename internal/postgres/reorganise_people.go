package postgres

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"dondoc/internal/agency"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/request"
)

// requests lets open requests go on between the successors. What a body would
// now ask of itself is closed.
func (r *reorganising) requests(ctx context.Context) error {
	var own []int64
	var moved []struct {
		ID  int64 `db:"id"`
		Own bool  `db:"own"`
	}
	// Decisions are the issuer's, who may have another successor for the task's duty.
	if err := r.tx.SelectContext(ctx, &moved, `
		WITH waiting AS (
			SELECT q.id, q.from_agency_id, q.to_agency_id, t.duty_id FROM requests q JOIN tasks t ON t.id = q.task_id
			WHERE q.settled_at IS NULL AND (q.from_agency_id = ANY ($1) OR q.to_agency_id = ANY ($1)) ORDER BY q.id FOR UPDATE OF q
		)
		UPDATE requests q SET version = version + 1,
			from_agency_id = CASE WHEN w.from_agency_id = ANY ($1) THEN COALESCE(agency_heir(w.from_agency_id, w.duty_id), w.from_agency_id) ELSE w.from_agency_id END,
			to_agency_id = CASE WHEN w.to_agency_id = ANY ($1) THEN COALESCE(agency_heir(w.to_agency_id, w.duty_id), w.to_agency_id) ELSE w.to_agency_id END
		FROM waiting w WHERE q.id = w.id RETURNING q.id, q.from_agency_id = q.to_agency_id AND w.from_agency_id <> w.to_agency_id AS own`, pq.Array(r.ended)); err != nil {
		return fmt.Errorf("move requests: %w", err)
	}
	for _, m := range moved {
		if m.Own {
			own = append(own, m.ID)
		}
		if err := nudge(ctx, r.tx, fmt.Sprintf("request:%d", m.ID), "agency.succeeded", r.now); err != nil {
			return err
		}
	}
	r.effect.Requests = len(moved)
	for _, id := range own {
		row, err := readRequest(ctx, r.tx, id)
		if err != nil {
			return err
		}
		if err := r.store.moveRequest(ctx, r.tx, systemActor, row, requestMove{to: request.Closed, settled: true}, r.now); err != nil {
			return err
		}
	}
	return nil
}

// posts gives the people of agencies that end the same posts where they go on,
// from the first day of the new order; the old posts end with the day before.
func (r *reorganising) posts(ctx context.Context) error {
	var from, to []int64
	for _, c := range r.file.Changes {
		for _, a := range c.Agencies {
			if !c.Ends(a.Code) {
				continue
			}
			target := int64(0)
			switch {
			case c.Posts.Code == agency.NoPosts:
			case c.Posts.Code != "":
				target = r.known[c.Posts.Code].ID
			case len(c.Into) > 0:
				target = r.known[c.Into[0].Code].ID
			}
			from, to = append(from, r.known[a.Code].ID), append(to, target)
		}
	}
	var moved []struct {
		UserID int64       `db:"user_id"`
		Person string      `db:"person"`
		Role   policy.Role `db:"role"`
		From   string      `db:"from_code"`
		To     string      `db:"to_code"`
	}
	if err := r.tx.SelectContext(ctx, &moved, `
		WITH old AS (
			SELECT m.id, m.user_id, m.agency_id, m.role, m.valid_from_on, m.valid_to_on, NULLIF(f.target, 0) AS target
			FROM unnest($1::bigint[], $2::bigint[]) AS f (id, target) JOIN memberships m ON m.agency_id = f.id
			WHERE m.valid_to_on >= $3::date AND m.substitution_id IS NULL -- substitutes end with the post
		), ended AS (
			UPDATE memberships m SET valid_to_on = $3::date - 1 FROM old WHERE m.id = old.id AND old.valid_from_on < $3::date
		), never AS (
			-- A post that was to begin later never begins at what is gone by then.
			UPDATE memberships m SET valid_from_on = $3::date - 1, valid_to_on = $3::date - 1 FROM old WHERE m.id = old.id AND old.valid_from_on >= $3::date
		), begun AS (
			INSERT INTO memberships (user_id, agency_id, role, valid_from_on, valid_to_on)
			SELECT DISTINCT ON (user_id, target, role, GREATEST(valid_from_on, $3::date)) user_id, target, role, GREATEST(valid_from_on, $3::date), valid_to_on
			FROM old WHERE target IS NOT NULL AND NOT EXISTS (SELECT 1 FROM memberships h
				WHERE h.user_id = old.user_id AND h.agency_id = old.target AND h.role = old.role AND h.substitution_id IS NULL
					AND h.valid_from_on <= GREATEST(old.valid_from_on, $3::date) AND h.valid_to_on >= old.valid_to_on)
			ORDER BY user_id, target, role, GREATEST(valid_from_on, $3::date), valid_to_on DESC
			ON CONFLICT DO NOTHING
		), trail AS (
			INSERT INTO audit (at, recorded_at, actor_id, action, entity, entity_id, before, after)
			SELECT $4, $5, NULLIF($6::bigint, 0), 'post.succeeded', 'user', user_id, jsonb_build_object('agency', agency_id, 'role', role),
				jsonb_build_object('agency', target, 'role', role, 'reorganisation', $7::bigint) FROM old
		)
		SELECT old.user_id, u.email AS person, old.role, a.code AS from_code, COALESCE(t.code, '') AS to_code
		FROM old JOIN users u ON u.id = old.user_id JOIN agencies a ON a.id = old.agency_id LEFT JOIN agencies t ON t.id = old.target
		ORDER BY a.position, a.id, u.email, old.role`,
		pq.Array(from), pq.Array(to), r.file.EffectiveOn.String(), r.now, r.store.wall(), r.actor.UserID, r.id); err != nil {
		return fmt.Errorf("move posts: %w", err)
	}
	without := map[string]int{}
	var users []int64
	for _, m := range moved {
		users = append(users, m.UserID)
		if m.UserID == r.actor.UserID && m.To != "" && !policy.GiveOneself(m.Role) {
			return fault.New(fault.Forbidden, "reorganisation.oneself",
				"Chức danh của chính người áp dụng cũng chuyển theo tệp này: hãy để một quản trị hệ thống khác áp dụng.",
				"A post of your own moves by this file: let another administrator apply it.")
		}
		r.effect.Posts = append(r.effect.Posts, agency.PostMove{Person: m.Person, Role: string(m.Role), From: m.From, To: m.To})
		if m.To == "" {
			without[m.From]++
		}
	}
	for _, a := range r.effect.Agencies {
		if n := without[a.Code]; n > 0 {
			r.effect.Warn("post.ends", a.Code, "%[2]d chức danh ở %[1]s kết thúc mà không chuyển đi đâu.", "%[2]d posts at %[1]s end and go nowhere.", a.Name, n)
		}
	}
	return r.tellPosts(ctx, to, users)
}

// tellPosts tells plan authorities of the posts that begin, as of any other that is given.
func (r *reorganising) tellPosts(ctx context.Context, agencies, users []int64) error {
	var begun []struct {
		ID       int64       `db:"id"`
		AgencyID int64       `db:"agency_id"`
		Role     policy.Role `db:"role"`
	}
	if err := r.tx.SelectContext(ctx, &begun, `
		SELECT id, agency_id, role FROM memberships
		WHERE agency_id = ANY ($1) AND user_id = ANY ($2) AND valid_from_on = $3::date AND substitution_id IS NULL ORDER BY id`,
		pq.Array(agencies), pq.Array(users), r.file.EffectiveOn.String()); err != nil {
		return fmt.Errorf("read posts that begin: %w", err)
	}
	grants := make([]grant, len(begun))
	for i, b := range begun {
		grants[i] = grant{MembershipID: b.ID, AgencyID: b.AgencyID, Role: b.Role}
	}
	return tellGrant(ctx, r.tx, r.now, grants...)
}

// feeds lets calendar feeds of an agency show its main successor, at the same address.
func (r *reorganising) feeds(ctx context.Context) error {
	result, err := r.tx.ExecContext(ctx, `
		UPDATE calendar_feeds f SET agency_id = x.successor_id FROM agency_successions x
		WHERE x.predecessor_id = f.agency_id AND x.main AND f.agency_id = ANY ($1) AND f.revoked_at IS NULL`, pq.Array(r.ended))
	if err != nil {
		return fmt.Errorf("move feeds: %w", err)
	}
	n, err := result.RowsAffected()
	r.effect.Feeds = int(n)
	return err
}

// loads counts what each agency concerned owes.
func (r *reorganising) loads(ctx context.Context, keep func(l *agency.Load, owed int)) error {
	var rows []struct {
		Code string `db:"code"`
		Owed int    `db:"owed"`
	}
	if err := r.tx.SelectContext(ctx, &rows, `
		SELECT a.code, count(t.id) AS owed FROM agencies a LEFT JOIN (tasks t JOIN plans p ON p.id = t.plan_id AND p.state IN ('active', 'suspended'))
			ON t.agency_id = a.id AND t.state IN ('open', 'prepared', 'returned') AND t.closed_at IS NULL
		WHERE a.id = ANY ($1) OR a.id = ANY ($2) GROUP BY a.id ORDER BY a.position, a.id`, pq.Array(r.parted), pq.Array(r.heirs)); err != nil {
		return fmt.Errorf("count what is owed: %w", err)
	}
	for i, row := range rows {
		if i == len(r.effect.Loads) {
			r.effect.Loads = append(r.effect.Loads, agency.Load{Code: row.Code})
		}
		keep(&r.effect.Loads[i], row.Owed)
	}
	return nil
}

func (r *reorganising) loadsBefore(ctx context.Context) error {
	return r.loads(ctx, func(l *agency.Load, owed int) { l.Before = owed })
}

func (r *reorganising) loadsAfter(ctx context.Context) error {
	return r.loads(ctx, func(l *agency.Load, owed int) { l.After = owed })
}

// tell records one notice per task that moved, for who owes it now and who
// follows it; each person and mailbox gets them in one message the next morning.
func (r *reorganising) tell(ctx context.Context) error {
	var ids []int64
	for _, m := range r.effect.Tasks {
		if m.Outcome == agency.TaskMoved {
			ids = append(ids, m.TaskID)
		}
	}
	if err := r.tx.GetContext(ctx, &r.effect.People, `
		WITH told AS (
			INSERT INTO notifications (user_id, mailbox_agency_id, kind, plan_id, task_id, cause, created_at, deliver_at)
			SELECT user_id, mailbox_id, $4, plan_id, task_id, 'reorganised:' || $3::bigint || ':' || task_id, $2, morning_at_or_after($2, time_zone)
			FROM (`+dueMovedRecipients+`) AS r ON CONFLICT DO NOTHING RETURNING COALESCE(user_id, -mailbox_agency_id) AS recipient
		)
		SELECT count(DISTINCT recipient) FROM told`, pq.Array(ids), r.now, r.id, string(notice.Inherited)); err != nil {
		return fmt.Errorf("tell people concerned: %w", err)
	}
	return nil
}

// nudge lets the workflows look again.
func (r *reorganising) nudge(ctx context.Context) error {
	var workflows []string
	for id := range r.rounds {
		workflows = append(workflows, fmt.Sprintf("round:%d", id))
	}
	for id := range r.duties {
		workflows = append(workflows, fmt.Sprintf("duty:%d", id))
	}
	if r.effect.People > 0 {
		workflows = append(workflows, "delivery:mail")
	}
	// Of drafts nothing runs yet.
	if _, err := r.tx.ExecContext(ctx, `
		INSERT INTO outbox (workflow, kind, created_at)
		SELECT w, 'agency.succeeded', $2 FROM unnest($1::text[]) AS w
		WHERE w NOT LIKE 'duty:%' OR EXISTS (SELECT 1 FROM duties d JOIN plans p ON p.id = d.plan_id
			WHERE 'duty:' || d.id = w AND d.scheduled AND d.retired_version IS NULL AND p.state IN ('active', 'suspended'))`, pq.Array(workflows), r.now); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}
