package postgres_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

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
