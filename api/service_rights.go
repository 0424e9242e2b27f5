package api

import (
	"context"

	"dondoc/internal/account"
	"dondoc/internal/policy"
)

// SecurityService is what people do about the security of their own account, and
// administrators about those of others.
type SecurityService interface {
	FinishSignIn(ctx context.Context, challenge, code string) (token string, actor policy.Actor, err error)
	ChangePassword(ctx context.Context, actor policy.Actor, token, present, fresh string) error

	ListSessions(ctx context.Context, actor policy.Actor, token string) ([]account.Session, error)
	EndSession(ctx context.Context, actor policy.Actor, id int64) error
	EndOtherSessions(ctx context.Context, actor policy.Actor, token string) (int, error)
	EndSessionsOf(ctx context.Context, actor policy.Actor, userID int64) (int, error)

	CreateToken(ctx context.Context, actor policy.Actor, in account.NewTokenInput) (account.CreatedToken, error)
	ListTokens(ctx context.Context, actor policy.Actor) ([]account.Token, error)
	RevokeToken(ctx context.Context, actor policy.Actor, id int64) error

	FindFactor(ctx context.Context, actor policy.Actor) (account.Factor, error)
	EnrolFactor(ctx context.Context, actor policy.Actor, password string) (account.Enrolment, error)
	ConfirmFactor(ctx context.Context, actor policy.Actor, code string) ([]string, error)
	RenewRecoveryCodes(ctx context.Context, actor policy.Actor, code string) ([]string, error)
	RemoveFactor(ctx context.Context, actor policy.Actor, password, code string) error
	ResetFactor(ctx context.Context, actor policy.Actor, userID int64) error
}

// MandateService takes up the decisions that open plans to auditors.
type MandateService interface {
	OpenMandate(ctx context.Context, actor policy.Actor, in account.MandateInput) (account.Mandate, error)
	ListMandates(ctx context.Context, actor policy.Actor) ([]account.Mandate, error)
	RevokeMandate(ctx context.Context, actor policy.Actor, id int64) error
}
