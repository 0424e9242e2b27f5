package postgres_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/idempotency"
	"dondoc/internal/policy"
)

const focal = "dau.moi@dondoc.example"

// secured is an office in which second factors can be set up.
func secured(t *testing.T) *office {
	o := newOffice(t)
	box, err := account.NewBox(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	o.accounts.Secrets = box
	return o
}

func (o *office) within(ctx context.Context, key string) context.Context {
	return idempotency.With(ctx, idempotency.Key{Value: key, RequestHash: []byte(key)})
}

func TestSessionsAreSeenAndEnded(t *testing.T) {
	o := newOffice(t)
	ctx := account.WithAgent(account.WithAddress(t.Context(), "192.0.2.7"), "Firefox\x00\u202e "+strings.Repeat("dài ", 100))
	first, _, err := o.accounts.SignIn(ctx, focal, password)
	if err != nil {
		t.Fatal(err)
	}
	o.wall = o.wall.Add(time.Hour)
	second, third := o.signIn(focal, password), o.signIn(focal, password)
	stranger := o.as("quan.tri@dondoc.example")
	actor := o.as(focal)
	list := func() []account.Session {
		t.Helper()
		all, err := o.accounts.ListSessions(t.Context(), actor, second)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	all := list()
	if len(all) != 3 || all[0].Current || !all[1].Current || all[2].Address != "192.0.2.7" || !strings.HasPrefix(all[2].Agent, "Firefox dài") || len(all[2].Agent) > 200 {
		t.Fatalf("%+v", all)
	}
	wantFault(t, "ending a stranger's session", o.accounts.EndSession(t.Context(), stranger, all[0].ID), fault.NotFound, "not_found")
	for range 2 {
		if err := o.accounts.EndSession(t.Context(), actor, all[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	_, err = o.accounts.ActorOf(t.Context(), third)
	wantFault(t, "the ended session", err, fault.Unauthenticated, "session.none")
	if n, err := o.accounts.EndOtherSessions(t.Context(), actor, second); n != 1 || err != nil {
		t.Errorf("ended %d, %v", n, err)
	}
	_, err = o.accounts.ActorOf(t.Context(), first)
	wantFault(t, "another session", err, fault.Unauthenticated, "session.none")
	if all := list(); len(all) != 1 || !all[0].Current {
		t.Errorf("left: %+v", all)
	}
	if n := o.count(`SELECT count(*) FROM audit WHERE action = 'session.revoked'`); n != 2 {
		t.Errorf("%d rows in the trail, want 2", n)
	}
	o.wall = o.wall.Add(account.SessionIdle)
	if all := list(); len(all) != 0 {
		t.Errorf("an idle session is listed: %+v", all)
	}
}

func TestChangingThePasswordEndsTheOtherSessions(t *testing.T) {
	o := newOffice(t)
	here, there := o.signIn(focal, password), o.signIn(focal, password)
	actor := o.as(focal)
	const fresh = "gió thổi qua cánh đồng"
	wantFault(t, "without the present one", o.accounts.ChangePassword(t.Context(), actor, here, "nắng lên trên mái ngói", fresh), fault.Invalid, "password.wrong")
	wantFault(t, "to a simple one", o.accounts.ChangePassword(t.Context(), actor, here, password, "123456789012"), fault.Invalid, "password.simple")
	if err := o.accounts.ChangePassword(t.Context(), actor, here, password, fresh); err != nil {
		t.Fatal(err)
	}
	if _, err := o.accounts.ActorOf(t.Context(), here); err != nil {
		t.Errorf("the session that changed it: %v", err)
	}
	_, err := o.accounts.ActorOf(t.Context(), there)
	wantFault(t, "the other session", err, fault.Unauthenticated, "session.none")
	_, _, err = o.accounts.SignIn(t.Context(), focal, password)
	wantFault(t, "the old password", err, fault.Unauthenticated, "session.refused")
	o.signIn(focal, fresh)
	for range 10 {
		err = o.accounts.ChangePassword(t.Context(), actor, here, "sai rồi sai nữa", fresh)
	}
	if err = o.accounts.ChangePassword(t.Context(), actor, here, fresh, password); !fault.Is(err, fault.TooMany) {
		t.Errorf("guessing the password from a session is not slowed down: %v", err)
	}
}

func TestAdministratorsEndWhatAPersonHasOpen(t *testing.T) {
	o := newOffice(t)
	session := o.signIn(focal, password)
	actor := o.as(focal)
	token, err := o.accounts.CreateToken(t.Context(), actor, o.wanted(policy.TasksRead))
	if err != nil {
		t.Fatal(err)
	}
	o.load(policy.Actor{}, "qt.h2@dondoc.example,Quản trị huyện hai,H2,administrator,,\n")
	_, err = o.accounts.EndSessionsOf(t.Context(), o.as("qt.h2@dondoc.example"), actor.UserID)
	wantFault(t, "another's administrator", err, fault.NotFound, "not_found")
	_, err = o.accounts.EndSessionsOf(t.Context(), actor, actor.UserID)
	wantFault(t, "no administrator", err, fault.Forbidden, "people.not_administrator")
	if n, err := o.accounts.EndSessionsOf(t.Context(), o.as("quan.tri@dondoc.example"), actor.UserID); n != 2 || err != nil {
		t.Fatalf("ended %d, %v", n, err)
	}
	_, err = o.accounts.ActorOf(t.Context(), session)
	wantFault(t, "the session", err, fault.Unauthenticated, "session.none")
	_, err = o.accounts.ActorOfToken(t.Context(), token.Secret)
	wantFault(t, "the token", err, fault.Unauthenticated, "token.refused")
}

func (o *office) wanted(scopes ...policy.Scope) account.NewTokenInput {
	return account.NewTokenInput{Name: "Phần mềm văn bản", Scopes: scopes, ExpiresAt: o.wall.Add(90 * 24 * time.Hour)}
}

func TestATokenActsForItsOwnerUntilItEnds(t *testing.T) {
	o := newOffice(t)
	actor := o.as(focal)
	made, err := o.accounts.CreateToken(t.Context(), actor, o.wanted(policy.TasksWrite, policy.TasksRead, policy.TasksRead))
	if err != nil || !strings.HasPrefix(made.Secret, "ddt_") || !strings.HasPrefix(made.Secret, made.Prefix) || len(made.Prefix) != 10 {
		t.Fatalf("%+v, %v", made, err)
	}
	by, err := o.accounts.ActorOfToken(t.Context(), made.Secret)
	if err != nil || by.UserID != actor.UserID || by.TokenID != made.ID || len(by.Posts) != 1 || !slices.Equal(by.Scopes, []policy.Scope{policy.TasksRead, policy.TasksWrite}) {
		t.Fatalf("%+v, %v", by, err)
	}
	o.wall = o.wall.Add(30 * time.Second)
	if _, err := o.accounts.ActorOfToken(t.Context(), made.Secret); err != nil {
		t.Fatal(err)
	}
	list, err := o.accounts.ListTokens(t.Context(), actor)
	if err != nil || len(list) != 1 || list[0].LastUsedAt == nil || !list[0].LastUsedAt.Equal(o.wall.Add(-30*time.Second)) {
		t.Errorf("%+v, %v", list, err)
	}
	// The owner's posts are those of the day, as in a session.
	o.business.set(t, "2026-07-01 08:00")
	if by, err = o.accounts.ActorOfToken(t.Context(), made.Secret); err != nil || by.Posts[0].AgencyCode != "X1" {
		t.Errorf("%+v, %v", by, err)
	}
	for _, wrong := range []string{"", "ddt_", made.Secret[4:], made.Secret + "x", "ddt_" + strings.Repeat("A", 43)} {
		_, err := o.accounts.ActorOfToken(t.Context(), wrong)
		wantFault(t, wrong, err, fault.Unauthenticated, "token.refused")
	}
	_, err = o.accounts.ActorOf(t.Context(), made.Secret)
	wantFault(t, "as a session", err, fault.Unauthenticated, "session.none")
	wantFault(t, "a stranger revokes", o.accounts.RevokeToken(t.Context(), o.as("quan.tri@dondoc.example"), made.ID), fault.NotFound, "not_found")
	ends, err := o.accounts.CreateToken(t.Context(), actor, o.wanted(policy.TasksRead))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := o.accounts.RevokeToken(t.Context(), actor, made.ID); err != nil {
			t.Fatal(err)
		}
	}
	_, err = o.accounts.ActorOfToken(t.Context(), made.Secret)
	wantFault(t, "the revoked token", err, fault.Unauthenticated, "token.refused")
	o.wall = ends.ExpiresAt.Add(-time.Second)
	if _, err = o.accounts.ActorOfToken(t.Context(), ends.Secret); err != nil {
		t.Errorf("a second before its end: %v", err)
	}
	o.wall = ends.ExpiresAt
	_, err = o.accounts.ActorOfToken(t.Context(), ends.Secret)
	wantFault(t, "at its end", err, fault.Unauthenticated, "token.refused")
	if n := o.count(`SELECT count(*) FROM audit WHERE action IN ('api_token.created', 'api_token.revoked')`); n != 3 {
		t.Errorf("%d rows in the trail, want 3", n)
	}
}

func TestTheSecretOfATokenIsToldOnceAndKeptNowhere(t *testing.T) {
	o := newOffice(t)
	actor := o.as(focal)
	ctx := o.within(t.Context(), "key-0001")
	made, err := o.accounts.CreateToken(ctx, actor, o.wanted(policy.TasksRead))
	if err != nil {
		t.Fatal(err)
	}
	again, err := o.accounts.CreateToken(ctx, actor, o.wanted(policy.TasksRead))
	if err != nil || again.ID != made.ID || again.Secret != "" {
		t.Errorf("repeated: %+v, %v", again, err)
	}
	for _, table := range []string{"api_tokens", "audit", "idempotency_keys"} {
		var all string
		if err := o.db.GetContext(t.Context(), &all, `SELECT COALESCE(json_agg(t), '[]')::text FROM `+table+` t`); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(all, made.Secret) || strings.Contains(all, made.Secret[10:]) {
			t.Errorf("%s holds the secret", table)
		}
	}
	for name, in := range map[string]account.NewTokenInput{
		"for two years":    {Name: "x", Scopes: []policy.Scope{policy.TasksRead}, ExpiresAt: o.wall.Add(2 * 365 * 24 * time.Hour)},
		"that is over":     {Name: "x", Scopes: []policy.Scope{policy.TasksRead}, ExpiresAt: o.wall},
		"without a name":   {Name: " ", Scopes: []policy.Scope{policy.TasksRead}, ExpiresAt: o.wall.Add(time.Hour)},
		"without a scope":  {Name: "x", ExpiresAt: o.wall.Add(time.Hour)},
		"for other things": {Name: "x", Scopes: []policy.Scope{"people:write"}, ExpiresAt: o.wall.Add(time.Hour)},
	} {
		if _, err := o.accounts.CreateToken(t.Context(), actor, in); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i := range account.MaxTokens - 1 {
		if _, err := o.accounts.CreateToken(t.Context(), actor, o.wanted(policy.TasksRead)); err != nil {
			t.Fatalf("number %d: %v", i+2, err)
		}
	}
	_, err = o.accounts.CreateToken(t.Context(), actor, o.wanted(policy.TasksRead))
	wantFault(t, "one too many", err, fault.Conflict, "token.too_many")
}

func TestTheTrailNamesTheToken(t *testing.T) {
	o := newOffice(t)
	actor := o.as("quan.tri@dondoc.example")
	actor.TokenID = 77
	if _, err := o.accounts.Invite(t.Context(), actor, o.id("thu.truong@dondoc.example")); err != nil {
		t.Fatal(err)
	}
	actor.TokenID = 0
	if _, err := o.accounts.Invite(t.Context(), actor, o.id("thu.truong@dondoc.example")); err != nil {
		t.Fatal(err)
	}
	var tokens []string
	if err := o.db.SelectContext(t.Context(), &tokens, `
		SELECT COALESCE(after->>'api_token', '') || ' ' || (after->>'kind') FROM audit WHERE action = 'user.link_sent' AND actor_id IS NOT NULL ORDER BY id`); err != nil {
		t.Fatal(err)
	}
	if want := []string{"77 invitation", " invitation"}; !slices.Equal(tokens, want) {
		t.Errorf("%q, want %q", tokens, want)
	}
}

func TestNobodyImportsAReadingPostForThemselves(t *testing.T) {
	o := newOffice(t)
	admin := o.as("quan.tri@dondoc.example")
	o.load(policy.Actor{}, "quan.tri@dondoc.example,,H1,focal_point,2026-01-01,2026-03-31\n")
	for _, line := range []string{
		"T,plan_authority,,", "H1,supervisor,,", "H2,auditor,,", "X1,head,,", "H1,focal_point,2026-01-01,2026-12-31",
	} {
		for _, dry := range []bool{true, false} {
			_, err := o.accounts.ImportPeople(t.Context(), admin, o.rows("quan.tri@dondoc.example,,"+line+"\nmoi@dondoc.example,Người mới,X1,focal_point,,\n"), dry)
			var problems account.Problems
			if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Code != "people.oneself" || problems[0].Line != 2 || problems[0].Field != "role" {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
	if now := o.as("quan.tri@dondoc.example"); len(now.Posts) != 2 || len(now.Below) != 2 { // H1 and X1
		t.Errorf("posts %+v", now.Posts)
	}
	// Posts that read nothing, and those that stay as they are, are no matter.
	o.load(admin, "quan.tri@dondoc.example,,H1,administrator,,\nquan.tri@dondoc.example,,H1,focal_point,2026-01-01,2026-03-31\n")
	o.load(admin, "dau.moi@dondoc.example,,H2,auditor,,\n")
}

// phone is the authenticator program of a test.
type phone struct {
	o      *office
	secret []byte
}

func (o *office) enrol(email string) (*phone, []string) {
	o.t.Helper()
	actor := o.as(email)
	e, err := o.accounts.EnrolFactor(o.t.Context(), actor, password)
	if err != nil {
		o.t.Fatal(err)
	}
	p := &phone{o, secretOf(o.t, e.Secret)}
	codes, err := o.accounts.ConfirmFactor(o.t.Context(), actor, p.code())
	if err != nil || len(codes) != account.RecoveryCodes {
		o.t.Fatalf("%v, %v", codes, err)
	}
	return p, codes
}

// code is what the program shows now.
func (p *phone) code() string { return codeAt(p.secret, p.o.wall) }

func (p *phone) next() string {
	p.o.wall = p.o.wall.Add(30 * time.Second)
	return p.code()
}

func (o *office) challenge(email string) string {
	o.t.Helper()
	token, _, err := o.accounts.SignIn(o.t.Context(), email, password)
	var second *account.SecondStep
	if token != "" || !errors.As(err, &second) || !fault.Is(err, fault.Unauthenticated) {
		o.t.Fatalf("%q, %v", token, err)
	}
	return second.Challenge
}

func TestSigningInTakesTwoSteps(t *testing.T) {
	o := secured(t)
	p, codes := o.enrol(focal)
	finish := func(challenge, code string) error {
		token, actor, err := o.accounts.FinishSignIn(t.Context(), challenge, code)
		if err == nil {
			if _, live := o.accounts.ActorOf(t.Context(), token); live != nil || actor.UserID != o.id(focal) {
				t.Errorf("no session: %v", live)
			}
		} else if token != "" {
			t.Error("a token with a refusal")
		}
		return err
	}
	wantFault(t, "the code that confirmed", finish(o.challenge(focal), p.code()), fault.Invalid, "second_factor.code")
	open := o.challenge(focal)
	code := p.next()
	if err := finish(open, code); err != nil {
		t.Fatal(err)
	}
	wantFault(t, "the challenge again", finish(open, p.next()), fault.Unauthenticated, "session.challenge_over")
	wantFault(t, "the code again", finish(o.challenge(focal), code), fault.Invalid, "second_factor.code")
	if err := finish(o.challenge(focal), strings.ToLower(codes[3])); err != nil {
		t.Errorf("a recovery code: %v", err)
	}
	wantFault(t, "the recovery code again", finish(o.challenge(focal), codes[3]), fault.Invalid, "second_factor.code")
	wantFault(t, "a made-up challenge", finish("abc", p.next()), fault.Unauthenticated, "session.challenge_over")

	late := o.challenge(focal)
	o.wall = o.wall.Add(account.ChallengeLife)
	wantFault(t, "after five minutes", finish(late, p.code()), fault.Unauthenticated, "session.challenge_over")
	moved := o.challenge(focal)
	if err := o.accounts.SetPassword(t.Context(), focal, "gió thổi qua cánh đồng"); err != nil {
		t.Fatal(err)
	}
	wantFault(t, "after the password changed", finish(moved, p.next()), fault.Unauthenticated, "session.none")
	f, err := o.accounts.FindFactor(t.Context(), o.as(focal))
	if err != nil || !f.Enabled || f.Recovery != account.RecoveryCodes-1 || f.Demanded {
		t.Errorf("%+v, %v", f, err)
	}
	if n := o.count(`SELECT count(*) FROM audit WHERE action = 'session.started' AND after @> '{"second_factor": true}'`); n != 2 {
		t.Errorf("%d sign-ins with a second factor in the trail, want 2", n)
	}
}

func TestGuessingCodesIsSlowedDown(t *testing.T) {
	o := secured(t)
	p, _ := o.enrol(focal)
	open := o.challenge(focal)
	for range account.ChallengeTries {
		_, _, err := o.accounts.FinishSignIn(t.Context(), open, "000000")
		wantFault(t, "a guess", err, fault.Invalid, "second_factor.code")
	}
	_, _, err := o.accounts.FinishSignIn(t.Context(), open, p.next())
	wantFault(t, "the challenge is spent", err, fault.Unauthenticated, "session.challenge_over")
	_, _, err = o.accounts.FinishSignIn(t.Context(), o.challenge(focal), p.code())
	wantFault(t, "with another challenge", err, fault.TooMany, "account.too_many")
	o.wall = o.wall.Add(2 * time.Minute)
	if _, _, err = o.accounts.FinishSignIn(t.Context(), o.challenge(focal), p.code()); err != nil {
		t.Errorf("two minutes later: %v", err)
	}
}

func TestACodeSignsInOnceHoweverManyTry(t *testing.T) {
	o := secured(t)
	p, _ := o.enrol(focal)
	var challenges []string
	for range 4 {
		challenges = append(challenges, o.challenge(focal))
	}
	code := p.next()
	results := make(chan error, len(challenges))
	for _, c := range challenges {
		go func() {
			_, _, err := o.accounts.FinishSignIn(context.WithoutCancel(t.Context()), c, code)
			results <- err
		}()
	}
	won := 0
	for range challenges {
		if err := <-results; err == nil {
			won++
		} else {
			wantFault(t, "a loser", err, fault.Invalid, "second_factor.code")
		}
	}
	if won != 1 {
		t.Errorf("%d signed in with one code", won)
	}
}

func TestSettingUpAndRemovingASecondFactor(t *testing.T) {
	o := secured(t)
	actor := o.as(focal)
	_, err := o.accounts.EnrolFactor(t.Context(), actor, "nắng lên trên mái ngói")
	wantFault(t, "without the password", err, fault.Invalid, "password.wrong")
	first, err := o.accounts.EnrolFactor(o.within(t.Context(), "key-0001"), actor, password)
	if err != nil || !strings.Contains(first.Address, first.Secret) {
		t.Fatalf("%+v, %v", first, err)
	}
	if again, err := o.accounts.EnrolFactor(o.within(t.Context(), "key-0001"), actor, password); err != nil || again.Secret != "" {
		t.Errorf("a repeat is told %+v, %v", again, err)
	}
	o.signIn(focal, password) // what is not confirmed counts for nothing
	_, err = o.accounts.ConfirmFactor(t.Context(), actor, "000000")
	wantFault(t, "a wrong code", err, fault.Invalid, "second_factor.code")
	p := &phone{o, secretOf(t, first.Secret)}
	ctx := o.within(t.Context(), "key-0002")
	codes, err := o.accounts.ConfirmFactor(ctx, actor, p.code())
	if err != nil || len(codes) != account.RecoveryCodes {
		t.Fatalf("%v, %v", codes, err)
	}
	if again, err := o.accounts.ConfirmFactor(ctx, actor, p.code()); err != nil || len(again) != 0 {
		t.Errorf("a repeat is told %v, %v", again, err)
	}
	_, err = o.accounts.EnrolFactor(t.Context(), actor, password)
	wantFault(t, "a second one", err, fault.Conflict, "second_factor.enabled")
	for _, table := range []string{"second_factors", "recovery_codes", "audit", "idempotency_keys"} {
		var all string
		if err := o.db.GetContext(t.Context(), &all, `SELECT COALESCE(json_agg(t), '[]')::text FROM `+table+` t`); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{first.Secret, fmt.Sprintf("%x", p.secret), codes[0], strings.ReplaceAll(codes[0], "-", "")} {
			if strings.Contains(all, secret) {
				t.Errorf("%s holds a secret", table)
			}
		}
	}
	_, err = o.accounts.RenewRecoveryCodes(t.Context(), actor, p.code())
	wantFault(t, "new codes with a used one", err, fault.Invalid, "second_factor.code")
	fresh, err := o.accounts.RenewRecoveryCodes(t.Context(), actor, p.next())
	if err != nil || len(fresh) != account.RecoveryCodes {
		t.Fatalf("%v, %v", fresh, err)
	}
	_, _, err = o.accounts.FinishSignIn(t.Context(), o.challenge(focal), codes[0])
	wantFault(t, "a replaced recovery code", err, fault.Invalid, "second_factor.code")
	wantFault(t, "removing without the password", o.accounts.RemoveFactor(t.Context(), actor, "nắng lên trên mái ngói", fresh[0]), fault.Invalid, "password.wrong")
	wantFault(t, "removing without a code", o.accounts.RemoveFactor(t.Context(), actor, password, "123456"), fault.Invalid, "second_factor.code")
	if err := o.accounts.RemoveFactor(t.Context(), actor, password, fresh[0]); err != nil {
		t.Fatal(err)
	}
	o.signIn(focal, password)
}

func TestAnAdministratorRemovesALostFactorAndThePersonIsTold(t *testing.T) {
	o := secured(t)
	o.enrol(focal)
	admin := o.as("quan.tri@dondoc.example")
	wantFault(t, "one's own", o.accounts.ResetFactor(t.Context(), admin, admin.UserID), fault.Forbidden, "second_factor.oneself")
	wantFault(t, "no administrator", o.accounts.ResetFactor(t.Context(), o.as(focal), admin.UserID), fault.Forbidden, "people.not_administrator")
	for range 2 {
		if err := o.accounts.ResetFactor(t.Context(), admin, o.id(focal)); err != nil {
			t.Fatal(err)
		}
	}
	o.signIn(focal, password)
	var mails []string
	if err := o.db.SelectContext(t.Context(), &mails, `SELECT subject || body_text FROM messages WHERE address = $1 AND subject LIKE '%hai bước%'`, focal); err != nil {
		t.Fatal(err)
	}
	if len(mails) != 1 || !strings.Contains(mails[0], "https://dondoc.example/bao-mat") {
		t.Errorf("%d mails: %q", len(mails), mails)
	}
	if n := o.count(`SELECT count(*) FROM audit WHERE action = 'second_factor.reset' AND actor_id = $1`, admin.UserID); n != 1 {
		t.Errorf("%d rows in the trail", n)
	}
}

func TestARoleMayDemandASecondFactor(t *testing.T) {
	o := secured(t)
	o.accounts.SecondFactorFor = []policy.Role{policy.FocalPoint, policy.PlanAuthority}
	if actor := o.as(focal); !actor.MustEnrol {
		t.Error("a focal point need not set one up")
	}
	if actor := o.as("quan.tri@dondoc.example"); actor.MustEnrol {
		t.Error("an administrator must")
	}
	o.enrol(focal)
	if actor := o.as(focal); actor.MustEnrol {
		t.Error("a focal point with one must set up another")
	}
	if f, err := o.accounts.FindFactor(t.Context(), o.as(focal)); err != nil || !f.Demanded {
		t.Errorf("%+v, %v", f, err)
	}
	o.business.set(t, "2026-07-01 08:00") // supervisor of X1 from now on
	if f, err := o.accounts.FindFactor(t.Context(), o.as(focal)); err != nil || f.Demanded {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestWhomAProviderVouchesFor(t *testing.T) {
	o := secured(t)
	o.exec(`INSERT INTO users (email, name, active, created_at) VALUES ('dong@dondoc.example', 'Đã đóng', false, now())`)
	users := o.count(`SELECT count(*) FROM users`)
	token, actor, err := o.accounts.SignInAs(t.Context(), " Dau.Moi@DonDoc.example")
	if err != nil || actor.UserID != o.id(focal) {
		t.Fatalf("%+v, %v", actor, err)
	}
	if _, err := o.accounts.ActorOf(t.Context(), token); err != nil {
		t.Error(err)
	}
	// Who has not taken up the invitation needs no password then.
	if _, _, err := o.accounts.SignInAs(t.Context(), "thu.truong@dondoc.example"); err != nil {
		t.Error(err)
	}
	for _, email := range []string{"khong.co@dondoc.example", "dong@dondoc.example", "", "không phải thư"} {
		token, _, err := o.accounts.SignInAs(t.Context(), email)
		wantFault(t, email, err, fault.Unauthenticated, "session.no_account")
		if token != "" {
			t.Errorf("%s: a token", email)
		}
	}
	if o.count(`SELECT count(*) FROM users`) != users {
		t.Error("a provider made an account")
	}
	o.enrol(focal)
	_, _, err = o.accounts.SignInAs(t.Context(), focal)
	wantFault(t, "with a second factor", err, fault.Unauthenticated, "session.second_step")
	if n := o.count(`SELECT count(*) FROM audit WHERE action = 'session.started' AND after->>'by' = 'provider'`); n != 2 {
		t.Errorf("%d in the trail", n)
	}
}

func secretOf(t testing.TB, text string) []byte {
	t.Helper()
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// codeAt works a code out by the letter of RFC 4226, apart from the product's own.
func codeAt(secret []byte, wall time.Time) string {
	mac := hmac.New(sha1.New, secret)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(wall.Unix()/30)))
	sum := mac.Sum(nil)
	at := sum[19] & 15
	number := (int(sum[at])&127)<<24 | int(sum[at+1])<<16 | int(sum[at+2])<<8 | int(sum[at+3])
	return fmt.Sprintf("%06d", number%1000000)
}
