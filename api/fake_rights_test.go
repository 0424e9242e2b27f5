package api_test

import (
	"context"
	"strings"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

// ActorOfToken knows tokens of the form ddt_<role>/<scopes parted by blanks>.
func (f *fake) ActorOfToken(_ context.Context, token string) (policy.Actor, error) {
	role, scopes, _ := strings.Cut(strings.TrimPrefix(token, account.TokenPrefix), "/")
	actor, ok := roles[role]
	if !ok {
		return actor, fault.New(fault.Unauthenticated, "token.refused", "Khóa không dùng được.", "The token opens nothing.")
	}
	actor.TokenID = 9
	for _, s := range strings.Fields(scopes) {
		actor.Scopes = append(actor.Scopes, policy.Scope(s))
	}
	return actor, nil
}

func (f *fake) FinishSignIn(_ context.Context, challenge, code string) (string, policy.Actor, error) {
	f.note("FinishSignIn %s %s", challenge, code)
	if code != "123456" {
		return "", policy.Actor{}, account.WrongCode()
	}
	return "head", roles["head"], nil
}

func (f *fake) ChangePassword(_ context.Context, a policy.Actor, token, _, _ string) error {
	f.note("ChangePassword %d %s", a.UserID, token)
	return nil
}

func (f *fake) ListSessions(_ context.Context, a policy.Actor, token string) ([]account.Session, error) {
	f.note("ListSessions %d %s", a.UserID, token)
	return []account.Session{{ID: 3, CreatedAt: due, LastSeenAt: due, ExpiresAt: due.Add(time.Hour), Address: "192.0.2.7", Agent: "Firefox", Current: true}}, nil
}

func (f *fake) EndSession(_ context.Context, _ policy.Actor, id int64) error {
	f.note("EndSession %d", id)
	return outcome(id)
}

func (f *fake) EndOtherSessions(_ context.Context, _ policy.Actor, token string) (int, error) {
	f.note("EndOtherSessions %s", token)
	return 2, nil
}

func (f *fake) EndSessionsOf(_ context.Context, _ policy.Actor, id int64) (int, error) {
	f.note("EndSessionsOf %d", id)
	return 3, outcome(id)
}

var sampleToken = account.Token{
	ID: 6, Name: "Phần mềm văn bản", Prefix: "ddt_AbCdEf", Scopes: []policy.Scope{policy.TasksRead}, CreatedAt: due, ExpiresAt: due.AddDate(0, 6, 0),
}

func (f *fake) CreateToken(_ context.Context, _ policy.Actor, in account.NewTokenInput) (account.CreatedToken, error) {
	f.note("CreateToken %s %v %s", in.Name, in.Scopes, in.ExpiresAt.Format(time.DateOnly))
	return account.CreatedToken{Token: sampleToken, Secret: "ddt_secret"}, nil
}

func (f *fake) ListTokens(context.Context, policy.Actor) ([]account.Token, error) {
	f.note("ListTokens")
	return []account.Token{sampleToken}, nil
}

func (f *fake) RevokeToken(_ context.Context, _ policy.Actor, id int64) error {
	f.note("RevokeToken %d", id)
	return outcome(id)
}

func (f *fake) FindFactor(context.Context, policy.Actor) (account.Factor, error) {
	since := due
	return account.Factor{Enabled: true, Since: &since, Recovery: 8}, nil
}

func (f *fake) EnrolFactor(_ context.Context, _ policy.Actor, _ string) (account.Enrolment, error) {
	f.note("EnrolFactor")
	return account.Enrolment{Secret: "GEZDGNBV", Address: "otpauth://totp/x"}, nil
}

func (f *fake) ConfirmFactor(_ context.Context, _ policy.Actor, code string) ([]string, error) {
	f.note("ConfirmFactor %s", code)
	return []string{"ABCD-EFGH-IJKL-MNOP"}, nil
}

func (f *fake) RenewRecoveryCodes(_ context.Context, _ policy.Actor, code string) ([]string, error) {
	f.note("RenewRecoveryCodes %s", code)
	return []string{"ABCD-EFGH-IJKL-MNOP"}, nil
}

func (f *fake) RemoveFactor(_ context.Context, _ policy.Actor, _, code string) error {
	f.note("RemoveFactor %s", code)
	return nil
}

func (f *fake) ResetFactor(_ context.Context, _ policy.Actor, id int64) error {
	f.note("ResetFactor %d", id)
	return outcome(id)
}

var sampleMandate = account.Mandate{
	ID: 4, UserID: 25, Email: "kt@dondoc.example", Name: "Người kiểm tra", DecisionNumber: "12/QĐ-TTr", DecidedOn: calendar.NewDate(2026, 3, 1),
	IssuedBy: "Thanh tra tỉnh", Plans: []account.MandatePlan{{ID: 1, Code: "KH", Title: "Kế hoạch"}},
	From: calendar.NewDate(2026, 3, 2), To: calendar.NewDate(2026, 4, 30), OpenedBy: "Cơ quan thường trực", OpenedAt: due, Open: true,
}

func (f *fake) OpenMandate(_ context.Context, a policy.Actor, in account.MandateInput) (account.Mandate, error) {
	f.note("OpenMandate %d %+v", a.UserID, in)
	return sampleMandate, nil
}

func (f *fake) ListMandates(_ context.Context, a policy.Actor) ([]account.Mandate, error) {
	f.note("ListMandates %d", a.UserID)
	return []account.Mandate{sampleMandate}, nil
}

func (f *fake) RevokeMandate(_ context.Context, _ policy.Actor, id int64) error {
	f.note("RevokeMandate %d", id)
	return outcome(id)
}
