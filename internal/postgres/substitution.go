package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

// heldPost is a membership as whoever changes it needs to see it.
type heldPost struct {
	ID           int64         `db:"id"`
	HolderID     int64         `db:"user_id"`
	HolderActive bool          `db:"active"`
	AgencyID     int64         `db:"agency_id"`
	Role         policy.Role   `db:"role"`
	From         time.Time     `db:"valid_from_on"`
	To           time.Time     `db:"valid_to_on"`
	Substitution sql.NullInt64 `db:"substitution_id"`
	// Administered: it lies in the reach of the actor's administrator posts.
	Administered bool `db:"administered"`
}

const selectHeldPost = administered + `
	SELECT m.id, m.user_id, u.active, m.agency_id, m.role, m.valid_from_on, m.valid_to_on, m.substitution_id,
		m.agency_id IN (SELECT id FROM administered) AS administered
	FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.id = $3`

// lockPost locks the people concerned in the order of their ids, then the post:
// the order of imports.
func lockPost(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, id int64, people ...int64) (heldPost, error) {
	var p heldPost
	args := []any{pq.Array(actor.At(policy.Administrator)), actor.UserID == 0, id}
	err := tx.GetContext(ctx, &p, selectHeldPost, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return p, notFound()
	}
	if err != nil {
		return p, fmt.Errorf("find post: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `SELECT 1 FROM users WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE`,
		pq.Array(append(people, p.HolderID))); err != nil {
		return p, fmt.Errorf("lock people: %w", err)
	}
	err = tx.GetContext(ctx, &p, selectHeldPost+` FOR UPDATE OF m`, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return p, notFound()
	}
	if err != nil {
		return p, fmt.Errorf("lock post: %w", err)
	}
	return p, nil
}

// today is the business day on which posts are counted.
func today(now time.Time) (calendar.Date, error) {
	zone, err := time.LoadLocation(accountZone)
	if err != nil {
		return calendar.Date{}, fmt.Errorf("account zone: %w", err)
	}
	return calendar.DateOf(now, zone), nil
}

// NameSubstitute lets somebody stand in for the holder of a post on certain
// days: named by the holder, by the head of the agency or by an administrator.
// It ends by itself after its last day. Faults: NotFound where the post is not
// the actor's to give; Invalid where the person cannot stand in; Conflict where
// somebody does already.
func (s *Store) NameSubstitute(ctx context.Context, actor policy.Actor, in account.SubstituteInput) (account.Substitution, error) {
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (account.Substitution, error) {
		day, err := today(now)
		if err != nil {
			return account.Substitution{}, err
		}
		if in, err = in.Clean(day); err != nil {
			return account.Substitution{}, err
		}
		p, err := lockPost(ctx, tx, actor, in.PostID, in.SubstituteID)
		if err != nil {
			return account.Substitution{}, err
		}
		if err := checkPostToGive(actor, p, in); err != nil {
			return account.Substitution{}, err
		}
		if err := checkSubstitute(ctx, tx, actor, p, in); err != nil {
			return account.Substitution{}, err
		}
		return s.keepSubstitution(ctx, tx, actor, p, in, now)
	})
}

// checkPostToGive: whose post it is, and whether it can be stood in for at all.
func checkPostToGive(actor policy.Actor, p heldPost, in account.SubstituteInput) error {
	mine := actor.UserID == p.HolderID || actor.HoldsOwn(p.AgencyID, policy.Head) || p.Administered && policy.ManagePeople(actor)
	if !mine || !policy.NameSubstitute(actor, p.HolderID, policy.Post{AgencyID: p.AgencyID}) {
		return notFound()
	}
	switch {
	case p.Substitution.Valid:
		return fault.New(fault.Invalid, "substitution.chain",
			"Vị trí này đang được làm thay; người thay thế không giao tiếp cho người khác. Người giữ vị trí tự chọn người khác.",
			"This post is held for somebody else; a substitute does not pass it on. Its holder may name another.").At("post_id")
	case !policy.Substitutable(p.Role):
		return fault.New(fault.Invalid, "substitution.auditor",
			"Người kiểm tra đọc theo quyết định ghi tên mình, không có người thay thế.", "An auditor reads by a decision in their own name and has no substitute.").At("post_id")
	case !p.HolderActive || in.From.Before(civil(p.From)) || in.To.After(civil(p.To)):
		return fault.New(fault.Invalid, "substitution.beyond_post",
			"Vị trí chỉ có hiệu lực từ %s đến %s. Chọn ngày trong khoảng đó.", "The post is held from %s to %s only. Choose days within.",
			civil(p.From).VN(), civil(p.To).VN()).At("to")
	}
	return nil
}

// checkSubstitute: an active colleague (for administrators anybody whom they
// administer), who neither holds the post already nor would decide on the
// results of an agency that they speak for.
func checkSubstitute(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, p heldPost, in account.SubstituteInput) error {
	asAdministrator := actor.UserID != p.HolderID && !actor.HoldsOwn(p.AgencyID, policy.Head)
	var facts struct {
		Eligible      bool `db:"eligible"`
		Administrator bool `db:"administrator"`
		Holds         bool `db:"holds"`
		Taken         bool `db:"taken"`
	}
	if err := tx.GetContext(ctx, &facts, administered+`, own AS (
			SELECT m.agency_id, m.role FROM memberships m WHERE m.user_id = $3 AND m.substitution_id IS NULL
				AND m.valid_from_on <= $6::date AND m.valid_to_on >= $5::date
		)
		SELECT EXISTS (SELECT 1 FROM users WHERE id = $3 AND active) AND EXISTS (SELECT 1 FROM own
				WHERE agency_id = $4 OR $8 AND agency_id IN (SELECT id FROM administered)) AS eligible,
			EXISTS (SELECT 1 FROM own WHERE role = 'administrator') AS administrator,
			EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = $3 AND m.agency_id = $4 AND m.role = $7
				AND m.valid_from_on <= $6::date AND m.valid_to_on >= $5::date) AS holds,
			EXISTS (SELECT 1 FROM substitutions s WHERE s.membership_id = $9 AND s.revoked_at IS NULL
				AND s.from_on <= $6::date AND s.to_on >= $5::date) AS taken`,
		pq.Array(actor.At(policy.Administrator)), false, in.SubstituteID, p.AgencyID, in.From.String(), in.To.String(), p.Role, asAdministrator, p.ID); err != nil {
		return fmt.Errorf("look at substitute: %w", err)
	}
	switch {
	case in.SubstituteID == p.HolderID || in.SubstituteID == actor.UserID:
		return fault.New(fault.Invalid, "substitution.self",
			"Không ai tự thay mình hoặc tự nhận làm thay. Chọn người khác.", "Nobody stands in for themselves or names themselves. Choose another person.").At("substitute_id")
	case !facts.Eligible:
		return fault.New(fault.Invalid, "substitution.not_colleague",
			"Người thay thế phải có tài khoản đang hoạt động và một vị trí ở cùng đơn vị trong những ngày đó.",
			"A substitute has an active account and a post at the same agency on those days.").At("substitute_id")
	case asAdministrator && p.Role.Reads() && facts.Administrator:
		return fault.New(fault.Invalid, "substitution.administrator",
			"Quản trị hệ thống không đọc báo cáo, nên không được cử làm thay vị trí này.", "Administrators read no results and cannot be named for this post.").At("substitute_id")
	case facts.Holds:
		return fault.New(fault.Conflict, "substitution.holds",
			"Người này đã giữ cùng vị trí ở đơn vị này trong những ngày đó.", "This person holds the same post at this agency on those days already.").At("substitute_id")
	case facts.Taken:
		return fault.New(fault.Conflict, "substitution.taken",
			"Vị trí này đã có người thay thế trong những ngày đó. Thu hồi trước khi chọn người khác.", "Somebody stands in for this post on those days already. Revoke that first.").At("from")
	}
	return checkConflict(ctx, tx, p, in)
}

// checkConflict refuses who would decide on results of an agency that they
// speak for elsewhere: the rules would bar them at every single one, and a
// substitute who cannot act is none.
func checkConflict(ctx context.Context, tx *sqlx.Tx, p heldPost, in account.SubstituteInput) error {
	var rows []struct {
		Mine   policy.Role `db:"mine"`
		Agency string      `db:"agency"`
		// Decides: the post decides on that agency's results; Decided: the other way round.
		Decides bool `db:"decides"`
		Decided bool `db:"decided"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT m.role AS mine, a.name AS agency,
			EXISTS (SELECT 1 FROM assignments x JOIN duties d ON d.id = x.duty_id AND d.retired_version IS NULL JOIN plans p ON p.id = d.plan_id AND p.state <> 'closed'
				WHERE x.agency_id = m.agency_id AND (x.reviewer_id = $2 AND $5 = 'supervisor' OR p.issuer_id = $2 AND $5 = 'plan_authority')) AS decides,
			EXISTS (SELECT 1 FROM assignments x JOIN duties d ON d.id = x.duty_id AND d.retired_version IS NULL JOIN plans p ON p.id = d.plan_id AND p.state <> 'closed'
				WHERE x.agency_id = $2 AND (x.reviewer_id = m.agency_id AND m.role = 'supervisor' OR p.issuer_id = m.agency_id AND m.role = 'plan_authority')) AS decided
		FROM memberships m JOIN agencies a ON a.id = m.agency_id
		WHERE m.user_id = $1 AND m.valid_from_on <= $4::date AND m.valid_to_on >= $3::date AND m.agency_id <> $2`,
		in.SubstituteID, p.AgencyID, in.From.String(), in.To.String(), p.Role); err != nil {
		return fmt.Errorf("look for conflicts: %w", err)
	}
	for _, r := range rows {
		if r.Decides && policy.Conflicting(r.Mine, p.Role) || r.Decided && policy.Conflicting(p.Role, r.Mine) {
			return fault.New(fault.Invalid, "substitution.conflict",
				"Người này đang làm việc cho %s; làm thay vị trí này thì sẽ quyết định về báo cáo của chính đơn vị mình. Chọn người khác.",
				"This person works for %s, and in this post would decide on their own agency's results. Choose another.", r.Agency).At("substitute_id")
		}
	}
	return nil
}

func (s *Store) keepSubstitution(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, p heldPost, in account.SubstituteInput, now time.Time) (account.Substitution, error) {
	var made struct {
		ID     int64 `db:"id"`
		PostID int64 `db:"post_id"`
	}
	if err := tx.GetContext(ctx, &made, `
		WITH named AS (
			INSERT INTO substitutions (user_id, substitute_id, membership_id, from_on, to_on, reason, named_by, named_at)
			VALUES ($1, $2, $3, $4::date, $5::date, $6, $7, $8) RETURNING id
		), given AS (
			INSERT INTO memberships (user_id, agency_id, role, valid_from_on, valid_to_on, substitution_id)
			SELECT $2, $9, $10, $4::date, $5::date, id FROM named RETURNING id
		), told AS (
			INSERT INTO notifications (user_id, kind, cause, created_at, deliver_at, standing)
			SELECT who, $11, 'substitution:' || named.id, $8, morning_at_or_after($8, $12), true
			FROM named, unnest(ARRAY[$1::bigint, $2::bigint]) AS who WHERE who <> $7
		)
		SELECT named.id, given.id AS post_id FROM named, given`,
		p.HolderID, in.SubstituteID, p.ID, in.From.String(), in.To.String(), in.Reason, actor.UserID, now, p.AgencyID, p.Role,
		notice.Substitute, accountZone); err != nil {
		return account.Substitution{}, fmt.Errorf("keep substitution: %w", err)
	}
	if err := s.record(ctx, tx, actor, now, change{
		Action: "user.substitute_named", Entity: "user", EntityID: p.HolderID, OnBehalf: p.AgencyID,
		After: map[string]any{
			"substitution": made.ID, "substitute_id": in.SubstituteID, "role": p.Role, "from": in.From.String(), "to": in.To.String(), "reason_sha256": digest(in.Reason),
		},
	}); err != nil {
		return account.Substitution{}, err
	}
	if actor.UserID != p.HolderID {
		if err := tellGrant(ctx, tx, now, grant{MembershipID: made.PostID, AgencyID: p.AgencyID, Role: p.Role}); err != nil {
			return account.Substitution{}, err
		}
	}
	return substitutionByID(ctx, tx, made.ID, now)
}
