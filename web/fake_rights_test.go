package web

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/idempotency"
	"dondoc/internal/policy"
)

// guarded is what the fake knows about the security of accounts.
type guarded struct {
	second    map[string]bool // e-mail: asked for a code
	factor    account.Factor
	tokens    []account.Token
	sessions  []account.Session
	ended     []int64
	changed   []string
	madeUnder map[string]bool // keys of forms
}

const goodCode = "123456"

func (f *fake) FinishSignIn(_ context.Context, challenge, code string) (string, policy.Actor, error) {
	token, ok := strings.CutPrefix(challenge, "thu-thach-")
	if !ok {
		return "", policy.Actor{}, fault.New(fault.Unauthenticated, "session.challenge_over", "Đã quá thời gian nhập mã.", "The time for the code is over.")
	}
	if code != goodCode {
		return "", policy.Actor{}, account.WrongCode()
	}
	return token, f.people[token], nil
}

func (f *fake) SignInAs(_ context.Context, email string) (string, policy.Actor, error) {
	token, ok := f.passwords[email]
	if !ok {
		return "", policy.Actor{}, fault.New(fault.Unauthenticated, "session.no_account", "Tài khoản này chưa được cấp quyền.", "This account has no access.")
	}
	if f.second[email] {
		return "", policy.Actor{}, &account.SecondStep{Challenge: "thu-thach-" + token}
	}
	return token, f.people[token], nil
}

func (f *fake) prove(password string) error {
	if password != "một câu đủ dài" {
		return fault.New(fault.Invalid, "password.wrong", "Mật khẩu hiện tại không đúng.", "The present password is wrong.")
	}
	return nil
}

func (f *fake) ChangePassword(_ context.Context, _ policy.Actor, token, present, fresh string) error {
	if err := f.prove(present); err != nil {
		return err
	}
	f.changed = append(f.changed, token+" "+fresh)
	return nil
}

func (f *fake) ListSessions(_ context.Context, _ policy.Actor, token string) ([]account.Session, error) {
	if token == "" {
		return nil, errors.New("whose session asks is not told")
	}
	return f.sessions, nil
}

func (f *fake) EndSession(_ context.Context, _ policy.Actor, id int64) error {
	if id != 8 {
		return notFound()
	}
	f.ended = append(f.ended, id)
	return nil
}

func (f *fake) EndOtherSessions(context.Context, policy.Actor, string) (int, error) {
	f.ended = append(f.ended, -1)
	return 1, nil
}

// again reports whether the form came before, and remembers it.
func (f *fake) again(ctx context.Context) bool {
	key, ok := idempotency.From(ctx)
	if !ok {
		return false
	}
	if f.madeUnder == nil {
		f.madeUnder = map[string]bool{}
	}
	before := f.madeUnder[key.Value]
	f.madeUnder[key.Value] = true
	return before
}

func (f *fake) CreateToken(ctx context.Context, _ policy.Actor, in account.NewTokenInput) (account.CreatedToken, error) {
	in, err := in.Clean(at("2026-06-16 08:02"))
	if err != nil {
		return account.CreatedToken{}, err
	}
	if f.again(ctx) {
		return account.CreatedToken{Token: f.tokens[0]}, nil
	}
	made := account.Token{ID: 5, Name: in.Name, Prefix: "ddt_AbCdEf", Scopes: in.Scopes, CreatedAt: at("2026-06-16 08:02"), ExpiresAt: in.ExpiresAt}
	f.tokens = append(f.tokens, made)
	return account.CreatedToken{Token: made, Secret: "ddt_AbCdEfSecret"}, nil
}

func (f *fake) ListTokens(context.Context, policy.Actor) ([]account.Token, error) {
	return f.tokens, nil
}

func (f *fake) RevokeToken(_ context.Context, _ policy.Actor, id int64) error {
	if id != 5 {
		return notFound()
	}
	f.tokens = nil
	return nil
}

func (f *fake) FindFactor(context.Context, policy.Actor) (account.Factor, error) {
	return f.factor, nil
}

const otpAddress = "otpauth://totp/Don%20Doc:a@dondoc.example?secret=GEZDGNBVGY3TQOJQ"

func (f *fake) EnrolFactor(ctx context.Context, _ policy.Actor, password string) (account.Enrolment, error) {
	if err := f.prove(password); err != nil {
		return account.Enrolment{}, err
	}
	if f.again(ctx) {
		return account.Enrolment{}, nil
	}
	return account.Enrolment{Secret: "GEZDGNBVGY3TQOJQ", Address: otpAddress}, nil
}

func (f *fake) codes(ctx context.Context, code string) ([]string, error) {
	if code != goodCode {
		return nil, account.WrongCode()
	}
	if f.again(ctx) {
		return nil, nil
	}
	since := at("2026-06-16 08:02")
	f.factor.Enabled, f.factor.Since, f.factor.Recovery = true, &since, 10
	return []string{"ABCD-EFGH-IJKL-MNOP", fmt.Sprintf("code-%d", len(f.madeUnder))}, nil
}

func (f *fake) ConfirmFactor(ctx context.Context, _ policy.Actor, code string) ([]string, error) {
	return f.codes(ctx, code)
}

func (f *fake) RenewRecoveryCodes(ctx context.Context, _ policy.Actor, code string) ([]string, error) {
	return f.codes(ctx, code)
}

func (f *fake) RemoveFactor(_ context.Context, _ policy.Actor, password, code string) error {
	if err := f.prove(password); err != nil {
		return err
	}
	if code != goodCode {
		return account.WrongCode()
	}
	f.factor = account.Factor{}
	return nil
}

// vouching is an identity provider of a test.
type vouching struct {
	email string
	err   error
	begun int
}

func (v *vouching) Begin(context.Context) (string, []byte, error) {
	v.begun++
	return "https://id.example/authorize?x=1", []byte("attempt\xff"), v.err
}

func (v *vouching) Finish(_ context.Context, attempt []byte, state, code string) (string, error) {
	if string(attempt) != "attempt\xff" || state != "s" {
		return "", fault.New(fault.Unauthenticated, "openid.over", "Lần đăng nhập này đã hết thời gian.", "This sign-in took too long.")
	}
	if code == "" {
		return "", fault.New(fault.Unauthenticated, "openid.refused", "Nhà cung cấp tài khoản không xác nhận.", "Not confirmed.")
	}
	return v.email, v.err
}

var away = errors.Join(fault.New(fault.Unavailable, "openid.away", "Chưa liên lạc được với nhà cung cấp tài khoản.", "Not reached."), errors.New("dial tcp: refused"))

func someSessions() []account.Session {
	return []account.Session{
		{ID: 7, CreatedAt: at("2026-06-15 08:00"), LastSeenAt: at("2026-06-16 08:01"), ExpiresAt: at("2026-06-22 08:00"), Agent: "Mozilla/5.0 (X11) Gecko/20100101 Firefox/140.0", Current: true},
		{ID: 8, CreatedAt: at("2026-06-14 10:00"), LastSeenAt: at("2026-06-14 11:00"), ExpiresAt: at("2026-06-21 10:00").Add(time.Minute), Address: "192.0.2.7", Agent: "<script>alert(1)</script>"},
	}
}
