package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

// OpenMandate takes up a decision: it opens plans to an auditor from a day to a
// day. The actor must be plan authority of the issuer of every one of them. The
// business day is that of the accounts' zone.
func (s *Store) OpenMandate(ctx context.Context, actor policy.Actor, in account.MandateInput) (account.Mandate, error) {
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (account.Mandate, error) {
		today, err := accountDay(now)
		if err != nil {
			return account.Mandate{}, err
		}
		if in, err = in.Clean(today); err != nil {
			return account.Mandate{}, err
		}
		plans := slices.Clone(in.Plans)
		slices.Sort(plans)
		plans = slices.Compact(plans)
		auditor, err := mandatedAuditor(ctx, tx, in)
		if err != nil {
			return account.Mandate{}, err
		}
		if err := mayOpen(ctx, tx, actor, plans, auditor); err != nil {
			return account.Mandate{}, err
		}
		var id int64
		if err := tx.GetContext(ctx, &id, `
			INSERT INTO audit_mandates (user_id, decision_number, decided_on, issued_by, from_on, to_on, opened_by, opened_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
			auditor, in.DecisionNumber, in.DecidedOn.String(), in.IssuedBy, in.From.String(), in.To.String(), actor.UserID, now); err != nil {
			return account.Mandate{}, fmt.Errorf("open mandate: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO audit_mandate_plans (mandate_id, plan_id) SELECT $1, unnest($2::bigint[])`, id, pq.Array(plans)); err != nil {
			return account.Mandate{}, fmt.Errorf("open plans: %w", err)
		}
		if err := s.record(ctx, tx, actor, now, change{
			Action: "audit_mandate.opened", Entity: "audit_mandate", EntityID: id,
			After: map[string]any{"user_id": auditor, "plans": plans, "decision": in.DecisionNumber, "decided_on": in.DecidedOn,
				"issued_by_sha256": digest(in.IssuedBy), "from": in.From, "to": in.To},
		}); err != nil {
			return account.Mandate{}, err
		}
		return oneMandate(ctx, tx, id, today)
	})
}

// mandatedAuditor finds the account that the decision names. Whoever is no
// auditor on any of its days answers as whoever has no account.
func mandatedAuditor(ctx context.Context, tx *sqlx.Tx, in account.MandateInput) (int64, error) {
	var id int64
	err := tx.GetContext(ctx, &id, `
		SELECT u.id FROM users u WHERE u.email = $1 AND u.active AND EXISTS (
			SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.role = 'auditor' AND m.valid_from_on <= $3 AND m.valid_to_on >= $2)
		FOR SHARE`, in.Email, in.From.String(), in.To.String())
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fault.New(fault.Invalid, "mandate.no_auditor",
			"Không có tài khoản nào với địa chỉ này giữ vai trò người kiểm tra trong thời gian ấy. Đề nghị quản trị hệ thống giao vai trò trước.",
			"No account with this address is an auditor at that time. Have an administrator give the post first.").At("email")
	}
	if err != nil {
		return 0, fmt.Errorf("find auditor: %w", err)
	}
	return id, nil
}

func mayOpen(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, plans []int64, auditor int64) error {
	var issuers []int64
	if err := tx.SelectContext(ctx, &issuers, `SELECT issuer_id FROM plans WHERE id = ANY ($1)`, pq.Array(plans)); err != nil {
		return fmt.Errorf("find plans: %w", err)
	}
	if len(issuers) != len(plans) {
		return notFound()
	}
	for _, issuer := range issuers {
		switch {
		case policy.OpenMandate(actor, issuer, auditor):
		case actor.HasAt(issuer, policy.PlanAuthority):
			return fault.New(fault.Forbidden, "mandate.oneself",
				"Không ai mở quyền kiểm tra cho chính mình.", "Nobody opens plans to themselves as an auditor.")
		default:
			return notFound()
		}
	}
	return nil
}

// RevokeMandate ends what a decision opened, at once; ending an ended one
// changes nothing.
func (s *Store) RevokeMandate(ctx context.Context, actor policy.Actor, id int64) error {
	_, err := act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (struct{}, error) {
		var revoked bool
		err := tx.GetContext(ctx, &revoked, `SELECT revoked_at IS NOT NULL FROM audit_mandates WHERE id = $1 FOR UPDATE`, id)
		if errors.Is(err, sql.ErrNoRows) {
			return struct{}{}, notFound()
		}
		if err != nil {
			return struct{}{}, fmt.Errorf("lock mandate: %w", err)
		}
		var issuers []int64
		if err := tx.SelectContext(ctx, &issuers, `
			SELECT p.issuer_id FROM audit_mandate_plans m JOIN plans p ON p.id = m.plan_id WHERE m.mandate_id = $1`, id); err != nil {
			return struct{}{}, fmt.Errorf("find plans: %w", err)
		}
		if !slices.ContainsFunc(issuers, func(issuer int64) bool { return policy.RevokeMandate(actor, issuer) }) {
			return struct{}{}, notFound()
		}
		if revoked {
			return struct{}{}, nil
		}
		if _, err := tx.ExecContext(ctx, `UPDATE audit_mandates SET revoked_at = $2, revoked_by = $3 WHERE id = $1`, id, now, actor.UserID); err != nil {
			return struct{}{}, fmt.Errorf("revoke mandate: %w", err)
		}
		return struct{}{}, s.record(ctx, tx, actor, now, change{Action: "audit_mandate.revoked", Entity: "audit_mandate", EntityID: id})
	})
	return err
}

// ListMandates gives plan authorities those over their plans and auditors their
// own, the newest first; ended ones are among them.
func (s *Store) ListMandates(ctx context.Context, actor policy.Actor) ([]account.Mandate, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return nil, fmt.Errorf("business clock: %w", err)
	}
	today, err := accountDay(now)
	if err != nil {
		return nil, err
	}
	return mandates(ctx, s.db, today, `m.user_id = $2 OR EXISTS (
		SELECT 1 FROM audit_mandate_plans o JOIN plans p ON p.id = o.plan_id WHERE o.mandate_id = m.id AND p.issuer_id = ANY ($3))`,
		actor.UserID, pq.Array(actor.At(policy.PlanAuthority)))
}

func oneMandate(ctx context.Context, tx *sqlx.Tx, id int64, today calendar.Date) (account.Mandate, error) {
	found, err := mandates(ctx, tx, today, `m.id = $2`, id)
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("mandate %d: found %d", id, len(found))
	}
	if err != nil {
		return account.Mandate{}, err
	}
	return found[0], nil
}

// mandatesListed bounds the list: decisions of more than a decade.
const mandatesListed = 500

func mandates(ctx context.Context, q sqlx.QueryerContext, today calendar.Date, where string, args ...any) ([]account.Mandate, error) {
	var rows []struct {
		ID             int64        `db:"id"`
		UserID         int64        `db:"user_id"`
		Email          string       `db:"email"`
		Name           string       `db:"name"`
		DecisionNumber string       `db:"decision_number"`
		DecidedOn      time.Time    `db:"decided_on"`
		IssuedBy       string       `db:"issued_by"`
		From           time.Time    `db:"from_on"`
		To             time.Time    `db:"to_on"`
		OpenedBy       string       `db:"opened_by"`
		OpenedAt       time.Time    `db:"opened_at"`
		RevokedAt      sql.NullTime `db:"revoked_at"`
		Open           bool         `db:"open"`
		Plans          []byte       `db:"plans"`
	}
	if err := sqlx.SelectContext(ctx, q, &rows, fmt.Sprintf(`
		SELECT m.id, m.user_id, u.email, u.name, m.decision_number, m.decided_on, m.issued_by, m.from_on, m.to_on, b.name AS opened_by,
			m.opened_at, m.revoked_at, m.revoked_at IS NULL AND $1::date BETWEEN m.from_on AND m.to_on AS open,
			(SELECT jsonb_agg(jsonb_build_object('ID', p.id, 'Code', p.code, 'Title', p.title) ORDER BY p.id)
				FROM audit_mandate_plans o JOIN plans p ON p.id = o.plan_id WHERE o.mandate_id = m.id) AS plans
		FROM audit_mandates m JOIN users u ON u.id = m.user_id JOIN users b ON b.id = m.opened_by
		WHERE %s ORDER BY m.id DESC LIMIT %d`, where, mandatesListed), append([]any{today.String()}, args...)...); err != nil {
		return nil, fmt.Errorf("list mandates: %w", err)
	}
	all := make([]account.Mandate, len(rows))
	for i, r := range rows {
		all[i] = account.Mandate{
			ID: r.ID, UserID: r.UserID, Email: r.Email, Name: r.Name, DecisionNumber: r.DecisionNumber, DecidedOn: civil(r.DecidedOn),
			IssuedBy: r.IssuedBy, From: civil(r.From), To: civil(r.To), OpenedBy: r.OpenedBy, OpenedAt: r.OpenedAt.UTC(),
			RevokedAt: instant(r.RevokedAt), Open: r.Open,
		}
		if err := json.Unmarshal(r.Plans, &all[i].Plans); err != nil {
			return nil, fmt.Errorf("plans of mandate %d: %w", r.ID, err)
		}
	}
	return all, nil
}

// accountDay is the business day in the accounts' zone.
func accountDay(now time.Time) (calendar.Date, error) {
	zone, err := time.LoadLocation(accountZone)
	if err != nil {
		return calendar.Date{}, fmt.Errorf("account zone: %w", err)
	}
	return calendar.DateOf(now, zone), nil
}
