package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/policy"
	"dondoc/internal/request"
)

// visibleRequest is policy.SeeRequest in SQL, with the arguments of visibleTask.
const visibleRequest = `(` + visibleTask + ` OR cardinality($3::bigint[]) > 0
	AND (q.from_agency_id = ANY ($3::bigint[]) OR q.to_agency_id = ANY ($3::bigint[])))`

// ListRequests gives what the actor may see, by due time.
func (s *Store) ListRequests(ctx context.Context, actor policy.Actor, f request.Filter) (request.Page, error) {
	from, err := placeOf("requests", f.Cursor)
	if err != nil {
		return request.Page{}, err
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return request.Page{}, fmt.Errorf("business clock: %w", err)
	}
	limit := limitOf(f.Limit)
	kinds, again, bodies := policy.Answering(actor)
	var rows []requestRow
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		return tx.SelectContext(ctx, &rows, selectRequest+` WHERE `+visibleRequest+`
			AND ($4::bigint = 0 OR q.task_id = $4) AND ($5 = '' OR q.kind = $5) AND (NOT $6 OR q.settled_at IS NULL)
			AND (NOT $7 OR q.from_agency_id = ANY ($8::bigint[]))
			AND (NOT $9 OR p.state = 'active' AND (
				q.state IN ('asked', 'accepted') AND q.settled_at IS NULL AND EXISTS (SELECT 1
					FROM unnest($10::text[], $11::boolean[], $12::bigint[]) AS may (kind, resubmission, agency_id)
					WHERE may.kind = q.kind AND may.resubmission = q.resubmission AND may.agency_id = q.to_agency_id)
				OR q.state = 'answered' AND q.settled_at IS NULL AND q.from_agency_id = ANY ($13::bigint[])))
			AND (NOT $14 OR (q.due_at, q.id) > ($15::timestamptz, $16::bigint))
			ORDER BY q.due_at, q.id LIMIT $17`,
			scoped(actor, f.TaskID, string(f.Kind), f.Open, f.Mine, pq.Array(actor.At(policy.FocalPoint, policy.Head, policy.Supervisor)),
				f.ToDecide, pq.Array(kinds), pq.Array(again), pq.Array(bodies), pq.Array(actor.At(policy.Supervisor)),
				from.Set, from.At, from.ID, limit+1)...)
	})
	if err != nil {
		return request.Page{}, fmt.Errorf("list requests: %w", err)
	}
	page := request.Page{Requests: make([]request.Request, 0, min(len(rows), limit))}
	for i, row := range rows {
		if i == limit {
			last := page.Requests[limit-1]
			page.Next = cursorAt("requests", last.DueAt, last.ID)
			break
		}
		q, err := row.request(actor, now)
		if err != nil {
			return request.Page{}, err
		}
		page.Requests = append(page.Requests, q)
	}
	return page, nil
}

// FindRequest gives a request with its history, its steps and those asked
// together with it. One that the actor may not see is not found.
func (s *Store) FindRequest(ctx context.Context, actor policy.Actor, id int64) (request.Detail, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return request.Detail{}, fmt.Errorf("business clock: %w", err)
	}
	var detail request.Detail
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		row, err := readRequest(ctx, tx, id)
		if err != nil {
			return err
		}
		if !policy.SeeRequest(actor, row.relation()) {
			return notFound()
		}
		if detail.Request, err = row.request(actor, now); err != nil {
			return err
		}
		if detail.Events, err = eventsOfRequest(ctx, tx, id); err != nil {
			return err
		}
		if detail.Steps, err = stepsOfRequest(ctx, tx, id); err != nil {
			return err
		}
		detail.Group, err = groupOf(ctx, tx, actor, row, now)
		return err
	})
	return detail, err
}

func eventsOfRequest(ctx context.Context, tx *sqlx.Tx, id int64) ([]request.Event, error) {
	var rows []struct {
		At     time.Time `db:"at"`
		Action string    `db:"action"`
		Actor  string    `db:"actor"`
		For    string    `db:"stood_in_for"`
		Agency string    `db:"agency"`
		Stance string    `db:"stance"`
		Text   string    `db:"text"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT e.at, e.action, COALESCE(u.name, '') AS actor, COALESCE(f.name, '') AS stood_in_for, COALESCE(a.name, '') AS agency, e.stance, e.text
		FROM request_events e LEFT JOIN users u ON u.id = e.actor_id LEFT JOIN users f ON f.id = e.stood_in_for LEFT JOIN agencies a ON a.id = e.agency_id
		WHERE e.request_id = $1 ORDER BY e.id`, id); err != nil {
		return nil, fmt.Errorf("read events of request: %w", err)
	}
	events := make([]request.Event, 0, len(rows))
	for _, r := range rows {
		events = append(events, request.Event{At: r.At.UTC(), Action: r.Action, ActorName: r.Actor, For: r.For, Agency: r.Agency, Stance: r.Stance, Text: r.Text})
	}
	return events, nil
}

func stepsOfRequest(ctx context.Context, tx *sqlx.Tx, id int64) ([]request.Step, error) {
	var rows []struct {
		Code  string       `db:"code"`
		At    time.Time    `db:"at"`
		State string       `db:"state"`
		RunAt sql.NullTime `db:"run_at"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT code, at, state, run_at FROM request_steps WHERE request_id = $1 ORDER BY at, id`, id); err != nil {
		return nil, fmt.Errorf("read steps of request: %w", err)
	}
	steps := make([]request.Step, 0, len(rows))
	for _, r := range rows {
		steps = append(steps, request.Step{Code: r.Code, At: r.At.UTC(), State: r.State, RunAt: instant(r.RunAt)})
	}
	return steps, nil
}

// groupOf are the requests that were asked together with one, or passed on from
// it, as far as the actor may see them.
func groupOf(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, of requestRow, now time.Time) ([]request.Request, error) {
	var rows []requestRow
	if err := tx.SelectContext(ctx, &rows, selectRequest+`
		WHERE (q.group_id = $1 OR q.id = $1) AND q.id <> $2 ORDER BY q.id`, of.GroupID, of.ID); err != nil {
		return nil, fmt.Errorf("read group of request: %w", err)
	}
	group := make([]request.Request, 0, len(rows))
	for _, row := range rows {
		if !policy.SeeRequest(actor, row.relation()) {
			continue
		}
		q, err := row.request(actor, now)
		if err != nil {
			return nil, err
		}
		group = append(group, q)
	}
	return group, nil
}
