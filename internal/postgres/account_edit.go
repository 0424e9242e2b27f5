package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

// wholly refuses acts on an account as such where the person also works at
// agencies that the actor does not administer: there only posts can be given and
// ended, or the administrator of a district could lock a minister out.
func wholly(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, userID int64, now time.Time) error {
	var elsewhere bool
	if err := tx.GetContext(ctx, &elsewhere, administered+`
		SELECT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = $3 AND m.substitution_id IS NULL
			AND m.valid_to_on >= ($4::timestamptz AT TIME ZONE '`+accountZone+`')::date AND m.agency_id NOT IN (SELECT id FROM administered))`,
		pq.Array(actor.At(policy.Administrator)), false, userID, now); err != nil {
		return fmt.Errorf("look for other posts: %w", err)
	}
	if !elsewhere {
		return nil
	}
	return fault.New(fault.Conflict, "person.elsewhere",
		"Người này còn giữ vị trí ở đơn vị ngoài phạm vi quản trị. Ở đây chỉ kết thúc được từng vị trí; việc khác nhờ quản trị cấp trên.",
		"This person also holds posts at agencies that you do not administer. Here you can end single posts; for the rest ask an administrator above.")
}

// EditPerson changes the name, the telephone number or the mail address of a
// person whom the actor administers. Another address ends every session and
// spends every open link, and the old address is told of it: whoever can change
// an address could have a new password sent there.
func (a *Accounts) EditPerson(ctx context.Context, actor policy.Actor, in account.EditInput) (account.Person, error) {
	in, err := in.Clean()
	if err != nil {
		return account.Person{}, err
	}
	return act(ctx, a.Store, actor, func(tx *sqlx.Tx, now time.Time) (account.Person, error) {
		before, err := lockPerson(ctx, tx, actor, in.UserID, in.Version)
		if err != nil {
			return account.Person{}, err
		}
		changed := []string{}
		for name, differs := range map[string]bool{"email": in.Email != before.Email, "name": in.Name != before.Name, "phone": in.Phone != before.Phone} {
			if differs {
				changed = append(changed, name)
			}
		}
		slices.Sort(changed)
		if len(changed) == 0 {
			return a.personIn(ctx, tx, actor, in.UserID)
		}
		if in.Email != before.Email {
			if err := a.moveAddress(ctx, tx, actor, before, in.Email, now); err != nil {
				return account.Person{}, err
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE users SET name = $2, phone = $3, email = $4, version = version + 1 WHERE id = $1`,
			in.UserID, in.Name, in.Phone, in.Email); err != nil {
			return account.Person{}, fmt.Errorf("change person: %w", err)
		}
		// What it was and is stays out of the trail, which is never redacted.
		if err := a.record(ctx, tx, actor, now, change{
			Action: "user.changed", Entity: "user", EntityID: in.UserID, After: map[string]any{"changes": changed},
		}); err != nil {
			return account.Person{}, err
		}
		return a.personIn(ctx, tx, actor, in.UserID)
	})
}

// moveAddress is what another mail address means for an account. What waits to
// be handed over goes to the new one.
func (a *Accounts) moveAddress(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, before personRow, to string, now time.Time) error {
	if err := wholly(ctx, tx, actor, before.ID, now); err != nil {
		return err
	}
	if err := a.lockOut(ctx, tx, actor, before.ID, now); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE messages SET address = $2 WHERE user_id = $1 AND state = 'pending' AND kind = 'notices'`, before.ID, to); err != nil {
		return fmt.Errorf("readdress messages: %w", err)
	}
	words, err := a.words(ctx, tx)
	if err != nil {
		return err
	}
	mail, err := words.Account(notice.AddressChanged, before.Language, before.Name, a.BaseURL)
	if err != nil {
		return fmt.Errorf("write account mail: %w", err)
	}
	unique, _ := account.NewToken()
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO messages (message_id, user_id, address, language, kind, subject, body_text, body_html, composed_at)
		VALUES ($1, $2, $3, $4, 'account', $5, $6, $7, $8)`,
		"<account."+unique+"@"+a.MailDomain+">", before.ID, before.Email, before.Language, mail.Subject, mail.Text, mail.HTML, now); err != nil {
		return fmt.Errorf("tell old address: %w", err)
	}
	return nudge(ctx, tx, "delivery:mail", "account.address_changed", now)
}

// lockOut ends every session, token, half-finished sign-in and open link of an
// account. Whatever else opens an account to its holder belongs here too.
func (a *Accounts) lockOut(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, userID int64, now time.Time) error {
	if _, err := a.endSessions(ctx, tx, actor, now, userID, 0, ""); err != nil {
		return err
	}
	if _, err := a.revokeTokens(ctx, tx, actor, now, userID, 0); err != nil {
		return err
	}
	for _, statement := range []string{
		`UPDATE account_links SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL`,
		`UPDATE sign_in_challenges SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL`,
	} {
		if _, err := tx.ExecContext(ctx, statement, userID, a.wall()); err != nil {
			return fmt.Errorf("lock out: %w", err)
		}
	}
	return nil
}

// Reactivate opens a closed account again, with the posts that have not ended
// meanwhile. Its password is as it was; sessions, links, calendar feeds and
// substitutions stay ended, tasks stay where they went.
func (a *Accounts) Reactivate(ctx context.Context, actor policy.Actor, userID int64, version int) (account.Person, error) {
	return act(ctx, a.Store, actor, func(tx *sqlx.Tx, now time.Time) (account.Person, error) {
		person, err := lockPerson(ctx, tx, actor, userID, version)
		if err != nil {
			return account.Person{}, err
		}
		if err := wholly(ctx, tx, actor, userID, now); err != nil {
			return account.Person{}, err
		}
		if person.Active {
			return account.Person{}, fault.New(fault.Conflict, "person.active", "Tài khoản này đang mở.", "This account is open.")
		}
		if _, err := tx.ExecContext(ctx, `UPDATE users SET active = true, version = version + 1 WHERE id = $1`, userID); err != nil {
			return account.Person{}, fmt.Errorf("open account: %w", err)
		}
		if err := a.record(ctx, tx, actor, now, change{Action: "user.reactivated", Entity: "user", EntityID: userID}); err != nil {
			return account.Person{}, err
		}
		return a.personIn(ctx, tx, actor, userID)
	})
}
