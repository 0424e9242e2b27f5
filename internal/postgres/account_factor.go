package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

// factorPurpose binds a sealed secret to its account: copied to another row it
// opens for nobody.
func factorPurpose(userID int64) string { return "second-factor:" + strconv.FormatInt(userID, 10) }

func noSecrets() error {
	return fault.New(fault.Conflict, "second_factor.off",
		"Hệ thống này chưa bật xác thực hai bước.", "Second factors are not set up in this installation.")
}

func (s *Store) hasFactor(ctx context.Context, userID int64) (has bool, err error) {
	if err := s.db.GetContext(ctx, &has, `
		SELECT EXISTS (SELECT 1 FROM second_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL)`, userID); err != nil {
		return false, fmt.Errorf("find second factor: %w", err)
	}
	return has, nil
}

// FindFactor tells how the actor's second factor stands.
func (s *Store) FindFactor(ctx context.Context, actor policy.Actor) (account.Factor, error) {
	var row struct {
		Since    sql.NullTime `db:"confirmed_at"`
		Recovery int          `db:"recovery"`
	}
	err := s.db.GetContext(ctx, &row, `
		SELECT f.confirmed_at, (SELECT count(*) FROM recovery_codes r WHERE r.user_id = f.user_id AND r.used_at IS NULL) AS recovery
		FROM second_factors f WHERE f.user_id = $1 AND f.confirmed_at IS NOT NULL`, actor.UserID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return account.Factor{}, fmt.Errorf("read second factor: %w", err)
	}
	return account.Factor{
		Enabled: err == nil, Since: instant(row.Since), Recovery: row.Recovery, Demanded: policy.DemandsSecondFactor(actor, s.SecondFactorFor),
	}, nil
}

// EnrolFactor starts a second factor for whoever knows the password: it counts
// once it is confirmed with a code. Until then it can be started again. A repeat
// of the same request is told nothing.
func (a *Accounts) EnrolFactor(ctx context.Context, actor policy.Actor, password string) (account.Enrolment, error) {
	if a.Secrets == nil {
		return account.Enrolment{}, noSecrets()
	}
	email, err := a.provePassword(ctx, actor, password)
	if err != nil {
		return account.Enrolment{}, err
	}
	secret := account.NewTOTPSecret()
	try, _ := account.NewToken()
	done, err := act(ctx, a.Store, actor, func(tx *sqlx.Tx, now time.Time) (string, error) {
		result, err := tx.ExecContext(ctx, `
			INSERT INTO second_factors AS f (user_id, secret, created_at) VALUES ($1, $2, $3)
			ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at WHERE f.confirmed_at IS NULL`,
			actor.UserID, a.Secrets.Seal(secret, factorPurpose(actor.UserID)), a.wall())
		if err != nil {
			return "", fmt.Errorf("start second factor: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n != 1 {
			return "", errors.Join(fault.New(fault.Conflict, "second_factor.enabled",
				"Đã có xác thực hai bước. Muốn đổi điện thoại: tắt rồi thiết lập lại.",
				"There is a second factor already. To move to another telephone, remove it and set it up again."), err)
		}
		return try, a.record(ctx, tx, actor, now, change{Action: "second_factor.started", Entity: "user", EntityID: actor.UserID})
	})
	if err != nil || done != try { // the answer of an earlier request, whose secret is told no second time
		return account.Enrolment{}, err
	}
	return account.Enrolment{Secret: account.TOTPText(secret), Address: account.TOTPAddress(secret, a.BaseURL, email)}, nil
}

// ConfirmFactor enables the second factor with a first code and returns the
// recovery codes. They are in this answer and nowhere else; a repeat gets none.
func (a *Accounts) ConfirmFactor(ctx context.Context, actor policy.Actor, code string) ([]string, error) {
	return a.withCode(ctx, actor, func(tx *sqlx.Tx, now time.Time) ([]string, error) {
		f, err := a.lockFactor(ctx, tx, actor.UserID)
		if err != nil {
			return nil, err
		}
		if f.Confirmed {
			return nil, fault.New(fault.Conflict, "second_factor.enabled", "Đã có xác thực hai bước.", "There is a second factor already.")
		}
		if err := a.spendStep(ctx, tx, actor.UserID, f, code); err != nil {
			return nil, err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE second_factors SET confirmed_at = $2 WHERE user_id = $1`, actor.UserID, a.wall()); err != nil {
			return nil, fmt.Errorf("confirm second factor: %w", err)
		}
		codes, err := freshCodes(ctx, tx, actor.UserID)
		if err != nil {
			return nil, err
		}
		return codes, a.record(ctx, tx, actor, now, change{Action: "second_factor.enabled", Entity: "user", EntityID: actor.UserID})
	})
}

// RenewRecoveryCodes replaces the recovery codes for whoever has a code of the
// second factor.
func (a *Accounts) RenewRecoveryCodes(ctx context.Context, actor policy.Actor, code string) ([]string, error) {
	return a.withCode(ctx, actor, func(tx *sqlx.Tx, now time.Time) ([]string, error) {
		if _, err := a.spendCode(ctx, tx, actor.UserID, code); err != nil {
			return nil, err
		}
		codes, err := freshCodes(ctx, tx, actor.UserID)
		if err != nil {
			return nil, err
		}
		return codes, a.record(ctx, tx, actor, now, change{Action: "second_factor.codes_renewed", Entity: "user", EntityID: actor.UserID})
	})
}

// RemoveFactor ends the second factor for whoever knows the password and has a code.
func (a *Accounts) RemoveFactor(ctx context.Context, actor policy.Actor, password, code string) error {
	if _, err := a.provePassword(ctx, actor, password); err != nil {
		return err
	}
	_, err := a.withCode(ctx, actor, func(tx *sqlx.Tx, now time.Time) ([]string, error) {
		if _, err := a.spendCode(ctx, tx, actor.UserID, code); err != nil {
			return nil, err
		}
		return nil, a.dropFactor(ctx, tx, actor, now, actor.UserID, "second_factor.removed")
	})
	return err
}

// withCode runs an act that needs a code: throttled, and without a secret in the
// kept answer.
func (a *Accounts) withCode(ctx context.Context, actor policy.Actor, do func(tx *sqlx.Tx, now time.Time) ([]string, error)) ([]string, error) {
	if a.Secrets == nil {
		return nil, noSecrets()
	}
	if err := a.Throttle.Code(ctx, actor.UserID); err != nil {
		return nil, err
	}
	var codes []string
	_, err := act(ctx, a.Store, actor, func(tx *sqlx.Tx, now time.Time) (struct{}, error) {
		var err error
		codes, err = do(tx, now)
		return struct{}{}, err
	})
	if err != nil {
		return nil, err
	}
	a.Throttle.CodeRight(actor.UserID)
	return codes, nil
}

type lockedFactor struct {
	Secret    []byte `db:"secret"`
	LastStep  int64  `db:"last_step"`
	Confirmed bool   `db:"confirmed"`
}

func (a *Accounts) lockFactor(ctx context.Context, tx *sqlx.Tx, userID int64) (lockedFactor, error) {
	var f lockedFactor
	err := tx.GetContext(ctx, &f, `
		SELECT secret, last_step, confirmed_at IS NOT NULL AS confirmed FROM second_factors WHERE user_id = $1 FOR UPDATE`, userID)
	if errors.Is(err, sql.ErrNoRows) {
		return f, fault.New(fault.Conflict, "second_factor.none", "Chưa thiết lập xác thực hai bước.", "There is no second factor.")
	}
	if err != nil {
		return f, fmt.Errorf("lock second factor: %w", err)
	}
	if f.Secret, err = a.Secrets.Open(f.Secret, factorPurpose(userID)); err != nil {
		return f, fmt.Errorf("secret of second factor: %w", err)
	}
	return f, nil
}

// spendStep takes a code of the authenticator program, each time step once.
func (a *Accounts) spendStep(ctx context.Context, tx *sqlx.Tx, userID int64, f lockedFactor, code string) error {
	step, ok := account.MatchTOTP(f.Secret, code, a.wall(), f.LastStep)
	if !ok {
		return account.WrongCode()
	}
	if _, err := tx.ExecContext(ctx, `UPDATE second_factors SET last_step = $2 WHERE user_id = $1`, userID, step); err != nil {
		return fmt.Errorf("spend code: %w", err)
	}
	return nil
}

// spendCode takes a code of the program or a recovery code, each once, and
// tells which it was.
func (a *Accounts) spendCode(ctx context.Context, tx *sqlx.Tx, userID int64, code string) (by string, err error) {
	f, err := a.lockFactor(ctx, tx, userID)
	if err != nil {
		return "", err
	}
	if !f.Confirmed {
		return "", account.WrongCode()
	}
	hash, recovery := account.RecoveryHash(code)
	if !recovery {
		return "code", a.spendStep(ctx, tx, userID, f, code)
	}
	result, err := tx.ExecContext(ctx, `
		UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL`, userID, hash, a.wall())
	if err != nil {
		return "", fmt.Errorf("spend recovery code: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return "", fmt.Errorf("spend recovery code: %w", err)
	}
	if n != 1 {
		return "", account.WrongCode()
	}
	return "recovery_code", nil
}

func freshCodes(ctx context.Context, tx *sqlx.Tx, userID int64) ([]string, error) {
	codes, hashes := account.NewRecoveryCodes()
	if _, err := tx.ExecContext(ctx, `DELETE FROM recovery_codes WHERE user_id = $1`, userID); err != nil {
		return nil, fmt.Errorf("drop recovery codes: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO recovery_codes (user_id, code_hash) SELECT $1, unnest($2::bytea[])`, userID, pq.ByteaArray(hashes)); err != nil {
		return nil, fmt.Errorf("keep recovery codes: %w", err)
	}
	return codes, nil
}

func (s *Store) dropFactor(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, now time.Time, userID int64, action string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM second_factors WHERE user_id = $1`, userID); err != nil {
		return fmt.Errorf("remove second factor: %w", err)
	}
	return s.record(ctx, tx, actor, now, change{Action: action, Entity: "user", EntityID: userID})
}
