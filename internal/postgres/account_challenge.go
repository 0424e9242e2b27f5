package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

// challenge answers the right password of an account with a second factor:
// account.SecondStep, or what went wrong.
func (a *Accounts) challenge(ctx context.Context, userID int64, passwordHash string) error {
	if a.Secrets == nil {
		return noSecrets()
	}
	token, hash := account.NewToken()
	wall := a.wall()
	// Those of the past are of no use to anybody.
	if _, err := a.db.ExecContext(ctx, `
		WITH past AS (DELETE FROM sign_in_challenges WHERE user_id = $2 AND expires_at <= $4)
		INSERT INTO sign_in_challenges (token_hash, user_id, password_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
		hash, userID, passwordHash, wall, wall.Add(account.ChallengeLife)); err != nil {
		return fmt.Errorf("make challenge: %w", err)
	}
	return &account.SecondStep{Challenge: token}
}

// FinishSignIn opens a session for whoever has the challenge of a right password
// and a code of the second factor, or a recovery code. A code counts once, and a
// few wrong ones end the challenge.
func (a *Accounts) FinishSignIn(ctx context.Context, challenge, code string) (string, policy.Actor, error) {
	over := fault.New(fault.Unauthenticated, "session.challenge_over",
		"Đã quá thời gian nhập mã hoặc nhập sai quá nhiều lần. Hãy đăng nhập lại từ đầu.",
		"The time for the code is over, or there were too many wrong ones. Sign in from the beginning.")
	if err := a.Throttle.TakeUp(ctx); err != nil {
		return "", policy.Actor{}, err
	}
	if a.Secrets == nil {
		return "", policy.Actor{}, noSecrets()
	}
	hash := account.HashToken(challenge)
	var open struct {
		UserID   int64  `db:"user_id"`
		Password string `db:"password_hash"`
	}
	// Counted before the code is looked at, so that guesses at once all count.
	err := a.db.GetContext(ctx, &open, `
		UPDATE sign_in_challenges SET tries = tries + 1
		WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 AND tries < $3 RETURNING user_id, password_hash`,
		hash, a.wall(), account.ChallengeTries)
	if errors.Is(err, sql.ErrNoRows) {
		return "", policy.Actor{}, over
	}
	if err != nil {
		return "", policy.Actor{}, fmt.Errorf("find challenge: %w", err)
	}
	if err := a.Throttle.Code(ctx, open.UserID); err != nil {
		return "", policy.Actor{}, err
	}
	var by string
	err = a.transact(ctx, func(tx *sqlx.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE sign_in_challenges SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL`, hash, a.wall())
		if err != nil {
			return fmt.Errorf("use challenge: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n != 1 {
			return errors.Join(over, err)
		}
		by, err = a.spendCode(ctx, tx, open.UserID, code)
		return err
	})
	if err != nil {
		return "", policy.Actor{}, err
	}
	a.Throttle.CodeRight(open.UserID)
	return a.open(ctx, open.UserID, open.Password, by, true)
}

// ResetFactor removes a person's second factor at an administrator's request:
// the telephone is lost and so are the recovery codes. The person is told by
// mail. Nobody does it for themselves: that takes a code.
func (a *Accounts) ResetFactor(ctx context.Context, actor policy.Actor, userID int64) error {
	_, err := act(ctx, a.Store, actor, func(tx *sqlx.Tx, now time.Time) (struct{}, error) {
		owner, err := a.lockOwner(ctx, tx, actor, userID, now)
		if err != nil {
			return struct{}{}, err
		}
		if userID == actor.UserID {
			return struct{}{}, fault.New(fault.Forbidden, "second_factor.oneself",
				"Không tự gỡ xác thực hai bước của mình theo cách này; hãy dùng mã trong trang Bảo mật tài khoản.",
				"Nobody removes their own second factor this way; use a code on the account security page.")
		}
		var has bool
		if err := tx.GetContext(ctx, &has, `SELECT EXISTS (SELECT 1 FROM second_factors WHERE user_id = $1)`, userID); err != nil {
			return struct{}{}, fmt.Errorf("find second factor: %w", err)
		}
		if !has {
			return struct{}{}, nil
		}
		if err := a.dropFactor(ctx, tx, actor, now, userID, "second_factor.reset"); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, a.tellOwner(ctx, tx, now, owner, notice.FactorReset)
	})
	return err
}

// tellOwner mails a person something about their own account, with a link to
// the page of its security.
func (a *Accounts) tellOwner(ctx context.Context, tx *sqlx.Tx, now time.Time, owner linkOwner, kind notice.AccountKind) error {
	words, err := a.words(ctx, tx)
	if err != nil {
		return err
	}
	mail, err := words.Account(kind, owner.Language, owner.Name, account.SecurityURL(a.BaseURL))
	if err != nil {
		return fmt.Errorf("write account mail: %w", err)
	}
	unique, _ := account.NewToken()
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO messages (message_id, user_id, address, language, kind, subject, body_text, body_html, composed_at)
		VALUES ($1, $2, $3, $4, 'account', $5, $6, $7, $8)`,
		"<account."+unique+"@"+a.MailDomain+">", owner.ID, owner.Email, owner.Language, mail.Subject, mail.Text, mail.HTML, now); err != nil {
		return fmt.Errorf("tell owner: %w", err)
	}
	return nudge(ctx, tx, "delivery:mail", "account."+string(kind), now)
}
