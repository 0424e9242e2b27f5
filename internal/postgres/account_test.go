package postgres_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/idempotency"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
)

// office is a small tree with people in it: a province, two districts, and a
// commune below the first.
type office struct {
	t        testing.TB
	db       *sqlx.DB
	accounts *postgres.Accounts
	business *hand
	wall     time.Time
}

const password = "mưa rơi trên mái ngói"

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{t: t, db: postgrestest.New(t), business: &hand{}, wall: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}
	o.business.set(t, "2026-03-02 08:00")
	hasher, err := account.NewHasher(account.Cost{MemoryKiB: 64, Passes: 1, Threads: 1}, 4)
	if err != nil {
		t.Fatal(err)
	}
	store := postgres.New(o.db, o.business, func() time.Time { return o.wall }, nil)
	o.accounts = &postgres.Accounts{Store: store, Passwords: hasher, Words: notice.Words{BaseURL: "https://dondoc.example"},
		Throttle: account.NewThrottle(func() time.Time { return o.wall }), BaseURL: "https://dondoc.example", MailDomain: "dondoc.example"}
	o.exec(`INSERT INTO agencies (code, name, level) VALUES ('T', 'UBND tỉnh', 'province')`)
	o.exec(`INSERT INTO agencies (code, name, level, parent_id) SELECT c, c, 'district', id FROM agencies, unnest(ARRAY['H1', 'H2']) c WHERE code = 'T'`)
	o.exec(`INSERT INTO agencies (code, name, level, parent_id) SELECT 'X1', 'UBND xã', 'commune', id FROM agencies WHERE code = 'H1'`)
	o.load(policy.Actor{}, "quan.tri@dondoc.example,Quản trị tỉnh,T,administrator,,\n"+
		"dau.moi@dondoc.example,Đầu mối UBND huyện,H1,focal_point,2026-01-01,2026-06-30\n"+
		"dau.moi@dondoc.example,,X1,supervisor,2026-07-01,\n"+
		"thu.truong@dondoc.example,Thủ trưởng UBND huyện,H2,head,,\n")
	if err := o.accounts.SetPassword(t.Context(), "dau.moi@dondoc.example", password); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) exec(query string, args ...any) {
	o.t.Helper()
	if _, err := o.db.ExecContext(o.t.Context(), query, args...); err != nil {
		o.t.Fatalf("%s: %v", query, err)
	}
}

func (o *office) count(query string, args ...any) int {
	o.t.Helper()
	var n int
	if err := o.db.GetContext(o.t.Context(), &n, query, args...); err != nil {
		o.t.Fatalf("%s: %v", query, err)
	}
	return n
}

func (o *office) rows(list string) []account.Row {
	o.t.Helper()
	rows, err := account.ReadPeople([]byte("email,name,agency_code,role,valid_from,valid_to\n" + list))
	if err != nil {
		o.t.Fatal(err)
	}
	return rows
}

func (o *office) load(actor policy.Actor, list string) account.Report {
	o.t.Helper()
	report, err := o.accounts.ImportPeople(o.t.Context(), actor, o.rows(list), false)
	if err != nil {
		o.t.Fatal(err)
	}
	return report
}

func (o *office) id(email string) int64 {
	o.t.Helper()
	return int64(o.count(`SELECT id FROM users WHERE email = $1`, email))
}

func (o *office) as(email string) policy.Actor {
	o.t.Helper()
	actor, err := o.accounts.ActorByID(o.t.Context(), o.id(email))
	if err != nil {
		o.t.Fatal(err)
	}
	return actor
}

func (o *office) signIn(email, password string) string {
	o.t.Helper()
	token, _, err := o.accounts.SignIn(o.t.Context(), email, password)
	if err != nil {
		o.t.Fatal(err)
	}
	return token
}

// link is the newest link that was mailed to the address.
func (o *office) link(email string) string {
	o.t.Helper()
	var text string
	if err := o.db.GetContext(o.t.Context(), &text, `SELECT body_text FROM messages WHERE address = $1 AND kind = 'account' ORDER BY id DESC LIMIT 1`, email); err != nil {
		o.t.Fatal(err)
	}
	found := regexp.MustCompile(`https://dondoc\.example/lien-ket/(\S+)`).FindStringSubmatch(text)
	if found == nil {
		o.t.Fatalf("no link in %q", text)
	}
	return found[1]
}

func wantFault(t testing.TB, what string, err error, kind fault.Kind, code string) {
	t.Helper()
	if f := fault.Of(err); f == nil || f.Kind != kind || f.Code != code {
		t.Errorf("%s: got %v, want %s %s", what, err, kind, code)
	}
}

func TestSignIn(t *testing.T) {
	o := newOffice(t)
	o.exec(`INSERT INTO users (email, name, password_hash, active, created_at) SELECT 'dong@dondoc.example', 'Đã đóng', password_hash, false, now() FROM users WHERE email = 'dau.moi@dondoc.example'`)
	token, actor, err := o.accounts.SignIn(t.Context(), " Dau.Moi@DonDoc.example ", password)
	if err != nil || token == "" || actor.Name != "Đầu mối UBND huyện" {
		t.Fatalf("got %+v, %v", actor, err)
	}
	for _, c := range []struct{ name, email, password string }{
		{"a wrong password", "dau.moi@dondoc.example", "nắng lên trên mái ngói"},
		{"an unknown account", "khong.co@dondoc.example", password},
		{"no address at all", "dau.moi", password},
		{"an invitation that was not taken up", "thu.truong@dondoc.example", ""},
		{"a closed account", "dong@dondoc.example", password},
		{"a very long password", "dau.moi@dondoc.example", strings.Repeat("a", 5000)},
	} {
		token, _, err := o.accounts.SignIn(t.Context(), c.email, c.password)
		wantFault(t, c.name, err, fault.Unauthenticated, "session.refused")
		if token != "" {
			t.Errorf("%s: got a token", c.name)
		}
	}
	if n := o.count(`SELECT count(*) FROM sessions`); n != 1 {
		t.Errorf("%d sessions, want 1", n)
	}
	if n := o.count(`SELECT count(*) FROM audit WHERE action = 'session.started'`); n != 1 {
		t.Errorf("%d sign-ins in the trail, want 1", n)
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	o := newOffice(t)
	ctx := account.WithAddress(t.Context(), "192.0.2.1")
	guess := func(ctx context.Context) error {
		_, _, err := o.accounts.SignIn(ctx, "dau.moi@dondoc.example", "nắng lên trên mái ngói")
		return err
	}
	for range 10 {
		wantFault(t, "a guess", guess(ctx), fault.Unauthenticated, "session.refused")
	}
	wantFault(t, "one guess too many", guess(ctx), fault.TooMany, "account.too_many")
	if _, _, err := o.accounts.SignIn(account.WithAddress(t.Context(), "192.0.2.2"), "dau.moi@dondoc.example", password); err != nil {
		t.Errorf("the owner elsewhere: %v", err)
	}
	for range 3 {
		if err := o.accounts.RequestReset(ctx, "khong.co@dondoc.example"); err != nil {
			t.Fatal(err)
		}
	}
	wantFault(t, "one reset too many", o.accounts.RequestReset(ctx, "khong.co@dondoc.example"), fault.TooMany, "account.too_many")
}

func TestSessionLife(t *testing.T) {
	o := newOffice(t)
	for _, c := range []struct {
		name  string
		uses  []time.Duration // after sign-in, the last one is judged
		alive bool
	}{
		{"used at once", []time.Duration{time.Second}, true},
		{"idle for less than twelve hours", []time.Duration{12*time.Hour - time.Second}, true},
		{"idle for twelve hours", []time.Duration{12 * time.Hour}, false},
		{"use keeps it alive", []time.Duration{8 * time.Hour, 16 * time.Hour, 24 * time.Hour}, true},
		{"but for no longer than seven days", spans(8*time.Hour, 7*24*time.Hour), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := o.wall
			token := o.signIn("dau.moi@dondoc.example", password)
			var err error
			for i, use := range c.uses {
				o.wall = start.Add(use)
				if _, err = o.accounts.ActorOf(t.Context(), token); err != nil && i+1 < len(c.uses) {
					t.Fatalf("at %v: %v", use, err)
				}
			}
			if c.alive && err != nil {
				t.Errorf("got %v", err)
			} else if !c.alive {
				wantFault(t, c.name, err, fault.Unauthenticated, "session.none")
			}
		})
	}
}

// spans are the instants every step up to and including end.
func spans(step, end time.Duration) []time.Duration {
	var all []time.Duration
	for at := step; at <= end; at += step {
		all = append(all, at)
	}
	return all
}

func TestSessionUseIsWrittenOnceAMinute(t *testing.T) {
	o := newOffice(t)
	token := o.signIn("dau.moi@dondoc.example", password)
	seen := func() string {
		var at time.Time
		if err := o.db.GetContext(t.Context(), &at, `SELECT last_seen_at FROM sessions`); err != nil {
			t.Fatal(err)
		}
		return at.UTC().Format("15:04:05")
	}
	for _, c := range []struct {
		after time.Duration
		want  string
	}{{30 * time.Second, "01:00:00"}, {29 * time.Second, "01:00:00"}, {time.Second, "01:01:00"}, {59 * time.Second, "01:01:00"}} {
		o.wall = o.wall.Add(c.after)
		if _, err := o.accounts.ActorOf(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		if got := seen(); got != c.want {
			t.Errorf("at %s last seen is %s, want %s", o.wall.Format("15:04:05"), got, c.want)
		}
	}
}

func TestSignOutEndsOneSession(t *testing.T) {
	o := newOffice(t)
	first, second := o.signIn("dau.moi@dondoc.example", password), o.signIn("dau.moi@dondoc.example", password)
	for range 2 {
		if err := o.accounts.SignOut(t.Context(), first); err != nil {
			t.Fatal(err)
		}
	}
	_, err := o.accounts.ActorOf(t.Context(), first)
	wantFault(t, "the ended session", err, fault.Unauthenticated, "session.none")
	if _, err := o.accounts.ActorOf(t.Context(), second); err != nil {
		t.Errorf("the other session: %v", err)
	}
}

func TestActorHoldsThePostsOfTheBusinessDay(t *testing.T) {
	o := newOffice(t)
	token := o.signIn("dau.moi@dondoc.example", password)
	for _, c := range []struct {
		at    string
		posts []string
		below []string
	}{
		{"2025-12-31 23:59", nil, nil},
		{"2026-01-01 00:00", []string{"H1:focal_point"}, []string{"H1", "X1"}}, // still 31 December in UTC
		{"2026-06-30 23:59", []string{"H1:focal_point"}, []string{"H1", "X1"}},
		{"2026-07-01 00:00", []string{"X1:supervisor"}, []string{"X1"}},
	} {
		o.business.set(t, c.at)
		actor, err := o.accounts.ActorOf(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		var posts, below []string
		for _, p := range actor.Posts {
			posts = append(posts, p.AgencyCode+":"+string(p.Role))
		}
		for _, id := range actor.Below {
			var code string
			if err := o.db.GetContext(t.Context(), &code, `SELECT code FROM agencies WHERE id = $1`, id); err != nil {
				t.Fatal(err)
			}
			below = append(below, code)
		}
		if !slices.Equal(posts, c.posts) || !slices.Equal(below, c.below) {
			t.Errorf("%s: posts %v, below %v; want %v, %v", c.at, posts, below, c.posts, c.below)
		}
	}
	if admin := o.as("quan.tri@dondoc.example"); len(admin.Below) != 0 || len(admin.Posts) != 1 {
		t.Errorf("an administrator reads no results, but sees %v", admin.Below)
	}
}

func TestPostThatTwoMembershipsGiveIsHeldOnce(t *testing.T) {
	o := newOffice(t)
	if _, err := o.db.ExecContext(t.Context(), `
		INSERT INTO memberships (user_id, agency_id, role, valid_from_on)
		SELECT user_id, agency_id, role, valid_from_on - 30 FROM memberships`); err != nil {
		t.Fatal(err)
	}
	if admin := o.as("quan.tri@dondoc.example"); len(admin.Posts) != 1 {
		t.Errorf("posts %+v, want one", admin.Posts)
	}
}

func TestInvitationIsTakenUpOnce(t *testing.T) {
	o := newOffice(t)
	admin := o.as("quan.tri@dondoc.example")
	link := o.link("thu.truong@dondoc.example") // from the import
	o.wall = o.wall.Add(7*24*time.Hour - time.Second)
	wantFault(t, "a simple password", o.accounts.TakeUp(t.Context(), link, "123456789012"), fault.Invalid, "password.simple")
	if err := o.accounts.TakeUp(t.Context(), link, password); err != nil {
		t.Fatal(err)
	}
	o.signIn("thu.truong@dondoc.example", password)
	wantFault(t, "a second time", o.accounts.TakeUp(t.Context(), link, password+"!"), fault.Invalid, "account_link.spent")
	_, err := o.accounts.Invite(t.Context(), admin, o.id("thu.truong@dondoc.example"))
	wantFault(t, "inviting again", err, fault.Conflict, "user.signed_up")
}

func TestInvitationEnds(t *testing.T) {
	o := newOffice(t)
	admin := o.as("quan.tri@dondoc.example")
	first := o.link("thu.truong@dondoc.example")
	sent, err := o.accounts.Invite(t.Context(), admin, o.id("thu.truong@dondoc.example"))
	if err != nil || !sent.ExpiresAt.Equal(o.wall.Add(7*24*time.Hour)) || sent.Email != "thu.truong@dondoc.example" {
		t.Fatalf("got %+v, %v", sent, err)
	}
	wantFault(t, "the replaced link", o.accounts.TakeUp(t.Context(), first, password), fault.Invalid, "account_link.spent")
	o.wall = o.wall.Add(7 * 24 * time.Hour)
	wantFault(t, "after seven days", o.accounts.TakeUp(t.Context(), o.link("thu.truong@dondoc.example"), password), fault.Invalid, "account_link.spent")
	wantFault(t, "a made-up link", o.accounts.TakeUp(t.Context(), "xyz", password), fault.Invalid, "account_link.spent")
}

func TestResetByThePerson(t *testing.T) {
	o := newOffice(t)
	session := o.signIn("dau.moi@dondoc.example", password)
	before := o.count(`SELECT count(*) FROM messages`)
	for _, email := range []string{"khong.co@dondoc.example", "DAU.MOI@dondoc.example"} {
		if err := o.accounts.RequestReset(t.Context(), email); err != nil {
			t.Fatalf("%s: %v", email, err)
		}
	}
	if n := o.count(`SELECT count(*) FROM messages`) - before; n != 1 {
		t.Errorf("%d mails, want 1", n)
	}
	o.wall = o.wall.Add(30*time.Minute - time.Second)
	if err := o.accounts.TakeUp(t.Context(), o.link("dau.moi@dondoc.example"), "gió thổi qua cánh đồng"); err != nil {
		t.Fatal(err)
	}
	_, err := o.accounts.ActorOf(t.Context(), session)
	wantFault(t, "the old session", err, fault.Unauthenticated, "session.none")
	_, _, err = o.accounts.SignIn(t.Context(), "dau.moi@dondoc.example", password)
	wantFault(t, "the old password", err, fault.Unauthenticated, "session.refused")
	o.signIn("dau.moi@dondoc.example", "gió thổi qua cánh đồng")

	if err := o.accounts.RequestReset(t.Context(), "dau.moi@dondoc.example"); err != nil {
		t.Fatal(err)
	}
	o.wall = o.wall.Add(30 * time.Minute)
	wantFault(t, "after 30 minutes", o.accounts.TakeUp(t.Context(), o.link("dau.moi@dondoc.example"), password), fault.Invalid, "account_link.spent")
}

func TestTakeUpRepeatedWithItsKeySucceeds(t *testing.T) {
	o := newOffice(t)
	link := o.link("thu.truong@dondoc.example")
	ctx := idempotency.With(t.Context(), idempotency.Key{Value: "key-0001", RequestHash: []byte("a")})
	for range 2 {
		if err := o.accounts.TakeUp(ctx, link, password); err != nil {
			t.Fatal(err)
		}
	}
	if n := o.count(`SELECT count(*) FROM audit WHERE action = 'user.password_set' AND actor_id IS NOT NULL`); n != 1 {
		t.Errorf("the password was set %d times", n)
	}
}

func TestOnlyOneOfManyTakesUpALink(t *testing.T) {
	o := newOffice(t)
	link := o.link("thu.truong@dondoc.example")
	results := make(chan error, 8)
	for i := range cap(results) {
		go func() {
			results <- o.accounts.TakeUp(context.WithoutCancel(t.Context()), link, fmt.Sprintf("%s %d", password, i))
		}()
	}
	won := 0
	for range cap(results) {
		if err := <-results; err == nil {
			won++
		} else {
			wantFault(t, "a loser", err, fault.Invalid, "account_link.spent")
		}
	}
	if won != 1 {
		t.Errorf("%d took the link up, want 1", won)
	}
}

func TestTokensAreNowhereButInTheMail(t *testing.T) {
	o := newOffice(t)
	link := o.link("thu.truong@dondoc.example")
	session := o.signIn("dau.moi@dondoc.example", password)
	for _, table := range []string{"users", "sessions", "account_links", "audit", "outbox", "idempotency_keys"} {
		var all []byte
		if err := o.db.GetContext(t.Context(), &all, `SELECT COALESCE(json_agg(t), '[]') FROM `+table+` t`); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{link, session, password} {
			if strings.Contains(string(all), secret) {
				t.Errorf("%s holds a secret", table)
			}
		}
	}
	if n := o.count(`SELECT count(*) FROM outbox WHERE workflow = 'delivery:mail'`); n == 0 {
		t.Error("nobody was told to deliver the mail")
	}
}

func TestBacklog(t *testing.T) {
	o := newOffice(t)
	o.exec(`DELETE FROM outbox`)
	o.exec(`DELETE FROM messages`)
	measure := func() string {
		age, late, deliveries, err := o.accounts.Backlog(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(age, late, deliveries)
	}
	if got := measure(); got != "0s 0s 0" {
		t.Errorf("with nothing to do: %s", got)
	}
	if err := o.accounts.RequestReset(t.Context(), "dau.moi@dondoc.example"); err != nil {
		t.Fatal(err)
	}
	o.business.set(t, "2026-03-02 08:05")
	if got := measure(); got != "5m0s 0s 1" {
		t.Errorf("with a mail for five minutes: %s", got)
	}
}
