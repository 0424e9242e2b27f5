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
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

// findPerson reads an account that the actor administers, active or not; lock
// is how its row is to be locked. Standing in somewhere puts nobody under the
// administrators there.
func findPerson(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, id int64, lock string) (personRow, error) {
	var row personRow
	err := tx.GetContext(ctx, &row, administered+`
		SELECT u.id, u.email, u.name, u.phone, u.language, u.active, u.password_hash <> '' AS signed_up, u.version FROM users u
		WHERE u.id = $3 AND ($2 OR EXISTS (SELECT 1 FROM memberships m JOIN administered a ON a.id = m.agency_id
			WHERE m.user_id = u.id AND m.substitution_id IS NULL))
		`+lock, pq.Array(actor.At(policy.Administrator)), false, id)
	if errors.Is(err, sql.ErrNoRows) {
		return row, notFound()
	}
	if err != nil {
		return row, fmt.Errorf("find person: %w", err)
	}
	return row, nil
}

// lockPerson locks an account that the actor administers. It leaves the key
// alone, so that whoever acts meanwhile can still be named in the trail.
func lockPerson(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, id int64, version int) (personRow, error) {
	if !policy.ManagePeople(actor) {
		return personRow{}, notAdministrator()
	}
	row, err := findPerson(ctx, tx, actor, id, `FOR NO KEY UPDATE OF u`)
	if err != nil {
		return row, err
	}
	if version != 0 && version != row.Version {
		return row, fault.New(fault.Conflict, "person.changed",
			"Tài khoản này đã thay đổi từ lúc mở trang. Tải lại rồi làm lại.", "The account has changed since it was read. Reload and try again.")
	}
	return row, nil
}

// GrantPost gives a person whom the actor administers a post at an agency that
// they administer. Nobody grants themselves anything; a role that reads is told
// to the plan authorities concerned.
func (a *Accounts) GrantPost(ctx context.Context, actor policy.Actor, in account.GrantInput) (account.Person, error) {
	return act(ctx, a.Store, actor, func(tx *sqlx.Tx, now time.Time) (account.Person, error) {
		day, err := today(now)
		if err != nil {
			return account.Person{}, err
		}
		if in, err = in.Clean(day); err != nil {
			return account.Person{}, err
		}
		person, err := lockPerson(ctx, tx, actor, in.UserID, 0)
		if err != nil {
			return account.Person{}, err
		}
		if !policy.GrantPost(actor, in.UserID) {
			return account.Person{}, fault.New(fault.Forbidden, "post.own",
				"Không ai tự giao vai trò cho mình. Nhờ một quản trị khác.", "Nobody grants themselves a role. Ask another administrator.")
		}
		if !person.Active {
			return account.Person{}, closedAccount()
		}
		if err := checkGrant(ctx, tx, actor, in); err != nil {
			return account.Person{}, err
		}
		to := in.To
		if to.IsZero() {
			to = endOfTime
		}
		var id int64
		if err := tx.GetContext(ctx, &id, `
			INSERT INTO memberships (user_id, agency_id, role, valid_from_on, valid_to_on) VALUES ($1, $2, $3, $4::date, $5::date) RETURNING id`,
			in.UserID, in.AgencyID, in.Role, in.From.String(), to.String()); err != nil {
			return account.Person{}, fmt.Errorf("grant post: %w", err)
		}
		if err := a.record(ctx, tx, actor, now, change{
			Action: "user.post_granted", Entity: "user", EntityID: in.UserID, OnBehalf: in.AgencyID,
			After: map[string]any{"post": id, "role": in.Role, "from": in.From.String(), "to": in.To.String()},
		}); err != nil {
			return account.Person{}, err
		}
		if err := tellGrant(ctx, tx, now, grant{MembershipID: id, AgencyID: in.AgencyID, Role: in.Role}); err != nil {
			return account.Person{}, err
		}
		return a.personIn(ctx, tx, actor, in.UserID)
	})
}

func closedAccount() *fault.Fault {
	return fault.New(fault.Conflict, "user.inactive", "Tài khoản này đã đóng.", "This account is closed.")
}

// checkGrant: the agency is the actor's to administer, exists on the first day,
// and the person does not hold the post already.
func checkGrant(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, in account.GrantInput) error {
	var facts struct {
		Administered bool `db:"administered"`
		Exists       bool `db:"exists"`
		Holds        bool `db:"holds"`
	}
	if err := tx.GetContext(ctx, &facts, administered+`
		SELECT EXISTS (SELECT 1 FROM administered WHERE id = $3) AS administered,
			EXISTS (SELECT 1 FROM agencies WHERE id = $3 AND $6::date BETWEEN valid_from_on AND valid_to_on) AS exists,
			EXISTS (SELECT 1 FROM memberships WHERE user_id = $4 AND agency_id = $3 AND role = $5 AND substitution_id IS NULL
				AND valid_to_on >= $6::date AND ($7 = '' OR valid_from_on <= NULLIF($7, '')::date)) AS holds`,
		pq.Array(actor.At(policy.Administrator)), false, in.AgencyID, in.UserID, in.Role, in.From.String(), in.To.String()); err != nil {
		return fmt.Errorf("look at grant: %w", err)
	}
	switch {
	case !facts.Administered:
		return notFound()
	case !facts.Exists:
		return fault.New(fault.Invalid, "post.agency_gone",
			"Đơn vị này không hoạt động vào ngày bắt đầu. Chọn đơn vị kế tiếp.", "The agency does not exist on the first day. Choose its successor.").At("agency_id")
	case facts.Holds:
		return fault.New(fault.Conflict, "post.held",
			"Người này đã có vai trò đó ở đơn vị trong thời gian ấy. Kết thúc vị trí cũ trước.", "The person holds this role at the agency in that time already. End that post first.").At("role")
	}
	return nil
}

// EndPost ends a post after a day: from today on, or with yesterday as the last
// day at once. Whoever stood in for it stops too. An administrator does not end
// the last administrator's post.
func (a *Accounts) EndPost(ctx context.Context, actor policy.Actor, in account.EndInput) (account.Person, error) {
	return act(ctx, a.Store, actor, func(tx *sqlx.Tx, now time.Time) (account.Person, error) {
		day, err := today(now)
		if err != nil {
			return account.Person{}, err
		}
		if !policy.ManagePeople(actor) {
			return account.Person{}, notAdministrator()
		}
		if err := holdAdministrators(ctx, tx); err != nil {
			return account.Person{}, err
		}
		p, err := lockPost(ctx, tx, actor, in.PostID)
		if err != nil {
			return account.Person{}, err
		}
		if !p.Administered || p.Substitution.Valid {
			return account.Person{}, notFound()
		}
		if in.LastOn.Before(day.AddDays(-1)) {
			return account.Person{}, fault.New(fault.Invalid, "post.ended_past",
				"Ngày cuối %s đã qua. Chọn hôm qua để kết thúc ngay, hoặc một ngày sau.", "The last day, %s, has passed. Choose yesterday to end the post at once, or a later day.", in.LastOn.VN()).At("last_on")
		}
		if civil(p.To).Before(day) {
			return account.Person{}, fault.New(fault.Conflict, "post.over", "Vị trí này đã kết thúc ngày %s.", "The post ended on %s.", civil(p.To).VN())
		}
		if in.LastOn.Before(civil(p.From)) && civil(p.From).Before(day) {
			return account.Person{}, fault.New(fault.Invalid, "post.before_first",
				"Ngày cuối trước ngày bắt đầu %s.", "The last day is before the first, %s.", civil(p.From).VN()).At("last_on")
		}
		if p.Role == policy.Administrator {
			if err := keepAdministrator(ctx, tx, now, p.HolderID, p.ID); err != nil {
				return account.Person{}, err
			}
		}
		if err := endPost(ctx, tx, p, in, now); err != nil {
			return account.Person{}, err
		}
		if err := a.record(ctx, tx, actor, now, change{
			Action: "user.post_ended", Entity: "user", EntityID: p.HolderID, OnBehalf: p.AgencyID,
			Before: map[string]any{"to": openEnd(civil(p.To)).String()}, After: map[string]any{"post": p.ID, "role": p.Role, "to": in.LastOn.String()},
		}); err != nil {
			return account.Person{}, err
		}
		return a.personIn(ctx, tx, actor, p.HolderID)
	})
}

// endPost sets the last day. A post that begins today or later and is to end
// before is as if it had never been given.
func endPost(ctx context.Context, tx *sqlx.Tx, p heldPost, in account.EndInput, now time.Time) error {
	if !in.LastOn.Before(civil(p.From)) {
		if _, err := tx.ExecContext(ctx, `UPDATE memberships SET valid_to_on = $2::date WHERE id = $1`, p.ID, in.LastOn.String()); err != nil {
			return fmt.Errorf("end post: %w", err)
		}
		return nil
	}
	var referred bool
	if err := tx.GetContext(ctx, &referred, `SELECT EXISTS (SELECT 1 FROM substitutions WHERE membership_id = $1)`, p.ID); err != nil {
		return fmt.Errorf("look for substitutes: %w", err)
	}
	if referred {
		return fault.New(fault.Conflict, "post.substituted",
			"Vị trí này đã có người thay thế. Chọn hôm nay là ngày cuối.", "Somebody was named to stand in for this post. Choose today as its last day.").At("last_on")
	}
	if _, err := tx.ExecContext(ctx, `
		WITH untold AS (
			UPDATE notifications SET dropped_at = $2 WHERE cause = 'granted:' || $1::bigint AND message_id IS NULL AND dropped_at IS NULL
		)
		DELETE FROM memberships WHERE id = $1`, p.ID, now); err != nil {
		return fmt.Errorf("take post back: %w", err)
	}
	return nil
}

// holdAdministrators is held by whoever may remove an administrator, before any
// row is locked: of two who remove each other the second sees what the first did.
func holdAdministrators(ctx context.Context, tx *sqlx.Tx) error {
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lockAdministrators); err != nil {
		return fmt.Errorf("hold administrators: %w", err)
	}
	return nil
}

// keepAdministrator refuses what would leave the system without an
// administrator: somebody active, signed up, in a post without an end. postID
// is the post that is to end, 0: the person's account is to be closed.
func keepAdministrator(ctx context.Context, tx *sqlx.Tx, now time.Time, userID, postID int64) error {
	var others bool
	if err := tx.GetContext(ctx, &others, `
		SELECT EXISTS (SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id AND u.active AND u.password_hash <> ''
			WHERE m.role = 'administrator' AND m.substitution_id IS NULL AND `+businessDay+` >= m.valid_from_on AND m.valid_to_on = '9999-12-31'
				AND m.id <> $3 AND ($3 <> 0 OR m.user_id <> $2))`, now, userID, postID); err != nil {
		return fmt.Errorf("look for administrators: %w", err)
	}
	if others {
		return nil
	}
	return fault.New(fault.Conflict, "person.last_administrator",
		"Đây là quản trị hệ thống cuối cùng. Giao vai trò quản trị cho người khác, và người ấy đặt mật khẩu, rồi làm lại.",
		"This is the last administrator. Make somebody else administrator, who sets a password, then try again.")
}

// personIn reads a person as administrators see them.
func (s *Store) personIn(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, id int64) (account.Person, error) {
	var row personRow
	if err := tx.GetContext(ctx, &row, personByID, pq.Array(actor.At(policy.Administrator)), actor.UserID == 0, id, s.wall()); err != nil {
		return account.Person{}, fmt.Errorf("read person: %w", err)
	}
	return row.person()
}
