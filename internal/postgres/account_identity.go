package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

// SignInAs opens a session for the account of an address that an identity
// provider vouches for. It never makes an account: an address without one and
// a closed account get the same answer. A second factor is asked for as after a
// password.
func (a *Accounts) SignInAs(ctx context.Context, email string) (string, policy.Actor, error) {
	unknown := fault.New(fault.Unauthenticated, "session.no_account",
		"Tài khoản này chưa được cấp quyền dùng hệ thống, hoặc đã đóng. Đề nghị quản trị hệ thống của đơn vị.",
		"This account has no access to the system, or was closed. Ask your administrator.")
	cleaned, err := account.CleanEmail(email)
	if err != nil {
		return "", policy.Actor{}, unknown
	}
	var user struct {
		ID   int64  `db:"id"`
		Hash string `db:"password_hash"`
	}
	err = a.db.GetContext(ctx, &user, `SELECT id, password_hash FROM users WHERE email = $1 AND active`, cleaned)
	if errors.Is(err, sql.ErrNoRows) {
		return "", policy.Actor{}, unknown
	}
	if err != nil {
		return "", policy.Actor{}, fmt.Errorf("find account: %w", err)
	}
	return a.admit(ctx, user.ID, user.Hash, "provider")
}
