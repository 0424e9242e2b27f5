package postgres_test

import (
	"context"
	"testing"

	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/session"
)

// staff is a followed plan with accounts that sign in, an administrator and a
// second focal point of d1.
type staff struct {
	*followed
	accounts *postgres.Accounts
	admin    policy.Actor
}

func newStaff(t *testing.T) *staff {
	t.Helper()
	f := newFollowed(t)
	hasher, err := account.NewHasher(account.Cost{MemoryKiB: 64, Passes: 1, Threads: 1}, 4)
	if err != nil {
		t.Fatal(err)
	}
	s := &staff{followed: f, accounts: &postgres.Accounts{Store: f.store, Passwords: hasher, Words: notice.Words{BaseURL: "https://dondoc.example"},
		Throttle: account.NewThrottle(clock.SystemWall), BaseURL: "https://dondoc.example", MailDomain: "dondoc.example"}}
	f.world.person("administrator", "tinh")
	s.colleague("hai.d1@dondoc.example", "focal_point", "d1")
	s.exec(`UPDATE users SET password_hash = 'x' WHERE email = 'administrator.tinh@dondoc.example'`)
	s.admin = s.who("administrator.tinh@dondoc.example")
	return s
}

func (s *staff) colleague(email, role, agency string) int64 {
	s.t.Helper()
	s.exec(`WITH u AS (INSERT INTO users (email, name, created_at) VALUES ($1, $1, '2026-01-01') RETURNING id)
		INSERT INTO memberships (user_id, agency_id, role, valid_from_on) SELECT u.id, a.id, $2, '2020-01-01' FROM u, agencies a WHERE a.code = $3`, email, role, agency)
	return s.user(email)
}

func (s *staff) user(email string) int64 {
	s.t.Helper()
	return s.ids(`SELECT id FROM users WHERE email = $1`, email)[0]
}

// who is the actor as a session of that account would have it now.
func (s *staff) who(email string) policy.Actor {
	s.t.Helper()
	actor, err := s.store.ActorByID(s.t.Context(), s.user(email))
	if err != nil {
		s.t.Fatal(err)
	}
	return actor
}

// post is a person's own post.
func (s *staff) post(email, role string) int64 {
	s.t.Helper()
	return s.ids(`SELECT m.id FROM memberships m JOIN users u ON u.id = m.user_id WHERE u.email = $1 AND m.role = $2 AND m.substitution_id IS NULL`, email, role)[0]
}

// acts makes an act as the edges do: in one's own right first.
func acts[T any](t testing.TB, actor policy.Actor, act func(ctx context.Context, actor policy.Actor) (T, error)) (T, error) {
	t.Helper()
	return session.InTurn(session.With(t.Context(), actor), "POST", func(ctx context.Context) (T, error) {
		turn, _ := session.From(ctx)
		return act(ctx, turn)
	})
}

const (
	twoD1   = "hai.d1@dondoc.example"
	adminAt = "administrator.tinh@dondoc.example"
)

func (s *staff) name(as policy.Actor, holder, role, substitute string, from, to calendar.Date) (account.Substitution, error) {
	s.t.Helper()
	return s.store.NameSubstitute(s.t.Context(), as, account.SubstituteInput{
		PostID: s.post(holder, role), SubstituteID: s.user(substitute), From: from, To: to, Reason: "Đi công tác",
	})
}

func february(day int) calendar.Date { return calendar.NewDate(2026, 2, day) }
