package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/idempotency"
	"dondoc/internal/policy"
)

const focal = "dau.moi@dondoc.example"

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
		wantFault(t, "a guess", o.accounts.ChangePassword(t.Context(), actor, here, "sai rồi sai nữa", fresh), fault.Invalid, "password.wrong")
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
