package api

import (
	"context"
	"net/http"
	"time"

	"dondoc/internal/policy"
)

func (s *server) factorRoutes() {
	handle(s, get("/me/second-factor", "get-second-factor", "How the reader's second factor stands", enrolling), s.getFactor)
	handle(s, post("/me/second-factor", "enrol-second-factor",
		"Start a second factor (RFC 6238); it counts once it is confirmed with a code", enrolling, answers(http.StatusCreated)), s.enrolFactor)
	handle(s, post("/me/second-factor/confirmation", "confirm-second-factor",
		"Enable the second factor with a first code; the recovery codes are told once", enrolling), s.confirmFactor)
	handle(s, post("/me/second-factor/recovery-codes", "renew-recovery-codes", "Replace the recovery codes; they are told once"), s.renewCodes)
	handle(s, post("/me/second-factor/removal", "remove-second-factor", "End the second factor", answers(http.StatusNoContent)), s.removeFactor)
	handle(s, del("/people/{id}/second-factor", "reset-second-factor-of-person",
		"Remove the second factor of somebody who has lost it; the person is told", may(policy.ManagePeople), answers(http.StatusNoContent)), s.resetFactor)
}

// SecondFactor is how an account's second factor stands.
type SecondFactor struct {
	Enabled       bool       `json:"enabled"`
	Since         *time.Time `json:"since,omitempty"`
	RecoveryCodes int        `json:"recovery_codes" doc:"How many are left."`
	Demanded      bool       `json:"demanded" doc:"A post of the account demands one."`
}

func (s *server) getFactor(ctx context.Context, _ *None) (*Answer[SecondFactor], error) {
	f, err := s.Accounts.FindFactor(ctx, who(ctx))
	if err != nil {
		return nil, err
	}
	return &Answer[SecondFactor]{SecondFactor{Enabled: f.Enabled, Since: utc(f.Since), RecoveryCodes: f.Recovery, Demanded: f.Demanded}}, nil
}

type enrolInput struct {
	Keyed
	Body struct {
		Password string `json:"current_password" minLength:"1" maxLength:"1000"`
	}
}

// Enrolment is what an authenticator program is told.
type Enrolment struct {
	Secret  string `json:"secret,omitempty" doc:"Base32; told in the first answer only, not in that to a repeated request."`
	Address string `json:"address,omitempty" doc:"otpauth://…, which a QR code holds."`
}

func (s *server) enrolFactor(ctx context.Context, in *enrolInput) (*Answer[Enrolment], error) {
	e, err := s.Accounts.EnrolFactor(ctx, who(ctx), in.Body.Password)
	if err != nil {
		return nil, err
	}
	return &Answer[Enrolment]{Enrolment{Secret: e.Secret, Address: e.Address}}, nil
}

type codeInput struct {
	Keyed
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"40"`
	}
}

// RecoveryCodes stand in for a lost telephone, each once.
type RecoveryCodes struct {
	Codes []string `json:"recovery_codes" doc:"Told in the first answer only; empty in that to a repeated request."`
}

func codesOf(codes []string, err error) (*Answer[RecoveryCodes], error) {
	if err != nil {
		return nil, err
	}
	return &Answer[RecoveryCodes]{RecoveryCodes{append([]string{}, codes...)}}, nil
}

func (s *server) confirmFactor(ctx context.Context, in *codeInput) (*Answer[RecoveryCodes], error) {
	return codesOf(s.Accounts.ConfirmFactor(ctx, who(ctx), in.Body.Code))
}

func (s *server) renewCodes(ctx context.Context, in *codeInput) (*Answer[RecoveryCodes], error) {
	return codesOf(s.Accounts.RenewRecoveryCodes(ctx, who(ctx), in.Body.Code))
}

type removalInput struct {
	Keyed
	Body struct {
		Password string `json:"current_password" minLength:"1" maxLength:"1000"`
		Code     string `json:"code" minLength:"1" maxLength:"40" doc:"Of the authenticator program, or a recovery code."`
	}
}

func (s *server) removeFactor(ctx context.Context, in *removalInput) (*Empty, error) {
	return &Empty{}, s.Accounts.RemoveFactor(ctx, who(ctx), in.Body.Password, in.Body.Code)
}

func (s *server) resetFactor(ctx context.Context, in *ID) (*Empty, error) {
	return &Empty{}, s.Accounts.ResetFactor(ctx, who(ctx), in.ID)
}
