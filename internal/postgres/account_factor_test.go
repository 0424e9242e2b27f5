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
	"strings"
	"testing"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

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
