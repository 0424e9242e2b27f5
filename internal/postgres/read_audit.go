package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/audit"
	"dondoc/internal/policy"
)

type entryRow struct {
	ID           int64     `db:"id"`
	At           time.Time `db:"at"`
	RecordedAt   time.Time `db:"recorded_at"`
	ActorID      int64     `db:"actor_id"`
	ActorName    string    `db:"actor_name"`
	OnBehalfOf   int64     `db:"on_behalf_of"`
	OnBehalfName string    `db:"on_behalf_name"`
	StoodInFor   int64     `db:"stood_in_for"`
	StoodInName  string    `db:"stood_in_name"`
	Action       string    `db:"action"`
	Entity       string    `db:"entity"`
	EntityID     int64     `db:"entity_id"`
	Before       string    `db:"before"`
	After        string    `db:"after"`
	SealNumber   int64     `db:"seal_number"`
}

func (r entryRow) entry() audit.Entry {
	return audit.Entry{
		ID: r.ID, At: r.At.UTC(), RecordedAt: r.RecordedAt.UTC(), ActorID: r.ActorID, ActorName: r.ActorName,
		OnBehalfOf: r.OnBehalfOf, OnBehalfName: r.OnBehalfName, StoodInFor: r.StoodInFor, StoodInName: r.StoodInName, Action: r.Action, Entity: r.Entity, EntityID: r.EntityID,
		Before: r.Before, After: r.After, SealNumber: r.SealNumber,
	}
}

const entryColumns = `h.id, h.at, h.recorded_at, COALESCE(h.actor_id, 0) AS actor_id, COALESCE(u.name, '') AS actor_name,
	COALESCE(h.on_behalf_of, 0) AS on_behalf_of, COALESCE(b.name, '') AS on_behalf_name,
	COALESCE(h.stood_in_for, 0) AS stood_in_for, COALESCE(sf.name, '') AS stood_in_name, h.action, h.entity, h.entity_id,
	COALESCE(h.before::text, '') AS before, COALESCE(h.after::text, '') AS after, COALESCE(h.seal_number, 0) AS seal_number`

const entryNames = `LEFT JOIN users u ON u.id = h.actor_id LEFT JOIN agencies b ON b.id = h.on_behalf_of LEFT JOIN users sf ON sf.id = h.stood_in_for`

// listAudit: $1 are the agencies where the actor is plan authority, $2 the plans
// that decisions open to the actor as an auditor. Rows are read by what they are
// about, never by who acted. Of people an auditor reads those with a post at the
// issuer of an opened plan or at an agency with a part in it: who was given which
// right is part of what is looked into.
const listAudit = `
	WITH picked AS MATERIALIZED (
		SELECT h.id FROM audit h
		WHERE CASE h.entity
			WHEN 'task' THEN EXISTS (SELECT 1 FROM tasks t JOIN plans p ON p.id = t.plan_id
				WHERE t.id = h.entity_id AND (p.issuer_id = ANY ($1::bigint[]) OR p.id = ANY ($2::bigint[])))
			WHEN 'round' THEN EXISTS (SELECT 1 FROM rounds r JOIN plans p ON p.id = r.plan_id
				WHERE r.id = h.entity_id AND (p.issuer_id = ANY ($1::bigint[]) OR p.id = ANY ($2::bigint[])))
			WHEN 'plan' THEN EXISTS (SELECT 1 FROM plans p
				WHERE p.id = h.entity_id AND (p.issuer_id = ANY ($1::bigint[]) OR p.id = ANY ($2::bigint[])))
			WHEN 'user' THEN EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = h.entity_id AND (
				m.agency_id IN (SELECT p.issuer_id FROM plans p WHERE p.id = ANY ($2::bigint[]))
				OR m.agency_id IN (SELECT s.agency_id FROM assignments s JOIN duties d ON d.id = s.duty_id WHERE d.plan_id = ANY ($2::bigint[]))))
			WHEN 'audit_mandate' THEN EXISTS (SELECT 1 FROM audit_mandate_plans m JOIN plans p ON p.id = m.plan_id
				WHERE m.mandate_id = h.entity_id AND (p.issuer_id = ANY ($1::bigint[]) OR p.id = ANY ($2::bigint[])))
			WHEN 'rates' THEN h.on_behalf_of IN (SELECT p.issuer_id FROM plans p WHERE p.id = ANY ($2::bigint[]))
			ELSE false END
			AND ($3::text = '' OR h.entity = $3) AND ($4::bigint = 0 OR h.entity_id = $4)
			AND ($5::bigint = 0 OR h.actor_id = $5) AND ($6::text = '' OR h.action = $6)
			AND ($7::timestamptz IS NULL OR h.at >= $7) AND ($8::timestamptz IS NULL OR h.at < $8)
			AND ($9::bigint = 0 OR h.id < $9)
		ORDER BY h.id DESC LIMIT $10
	)
	SELECT ` + entryColumns + ` FROM picked JOIN audit h ON h.id = picked.id ` + entryNames + ` ORDER BY h.id DESC`

// ListAudit gives the audit trail, the newest first: to auditors what concerns
// the plans that decisions open to them, to plan authorities what concerns their plans.
func (s *Store) ListAudit(ctx context.Context, actor policy.Actor, f audit.EntryFilter) (audit.EntryPage, error) {
	page := audit.EntryPage{Entries: []audit.Entry{}}
	var before int64
	if f.Cursor != "" {
		var err error
		if _, before, err = decodeCursor("audit", f.Cursor); err != nil {
			return page, err
		}
	}
	limit := limitOf(f.Limit)
	rows := []entryRow{}
	err := s.snapshot(ctx, func(tx *sqlx.Tx) error {
		if err := tx.SelectContext(ctx, &rows, listAudit, pq.Array(actor.At(policy.PlanAuthority)), pq.Array(policy.AuditedPlans(actor)),
			f.Entity, f.EntityID, f.ActorID, f.Action, nullTime(f.From), nullTime(f.To), before, limit+1); err != nil {
			return fmt.Errorf("list audit: %w", err)
		}
		return nil
	})
	if err != nil {
		return page, err
	}
	for i, row := range rows {
		if i == limit {
			page.Next = encodeCursor("audit", "", rows[limit-1].ID)
			break
		}
		page.Entries = append(page.Entries, row.entry())
	}
	return page, nil
}

// ExportAudit gives every row of the trail of a span of time, the oldest first,
// to whoever runs the system: nobody's rights are asked. The rows come as they
// are read, so that a trail of any length passes through.
func (s *Store) ExportAudit(ctx context.Context, from, to time.Time, each func(audit.Entry) error) error {
	return s.snapshot(ctx, func(tx *sqlx.Tx) (err error) {
		rows, err := tx.QueryxContext(ctx, `SELECT `+entryColumns+` FROM audit h `+entryNames+`
			WHERE ($1::timestamptz IS NULL OR h.at >= $1) AND ($2::timestamptz IS NULL OR h.at < $2) ORDER BY h.id`,
			nullTime(from), nullTime(to))
		if err != nil {
			return fmt.Errorf("read audit: %w", err)
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		for rows.Next() {
			var r entryRow
			if err := rows.StructScan(&r); err != nil {
				return fmt.Errorf("read audit row: %w", err)
			}
			if err := each(r.entry()); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}
