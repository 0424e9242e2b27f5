package postgres_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/feed"
	"dondoc/internal/idempotency"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
)

// reader is the small plan with its first round open, and people whose calendar
// programs fetch feeds.
type reader struct {
	*world
	accounts *postgres.Accounts
	wall     time.Time
}

func newReader(t testing.TB) *reader {
	t.Helper()
	r := &reader{world: newWorld(t, nil), wall: time.Date(2026, 1, 12, 1, 0, 0, 0, time.UTC)}
	wall := func() time.Time { return r.wall }
	r.accounts = &postgres.Accounts{Store: postgres.New(r.db, r.clock, wall, nil), Throttle: account.NewThrottle(wall), BaseURL: "https://dondoc.example"}
	r.activate()
	r.openRound()
	return r
}

// person is an account with its posts of the day.
func (r *reader) person(who string) policy.Actor {
	r.t.Helper()
	actor, err := r.accounts.ActorByID(r.t.Context(), r.actor(who+"@dondoc.example").UserID)
	if err != nil {
		r.t.Fatal(err)
	}
	return actor
}

func (r *reader) agency(code string) (id int64) {
	r.t.Helper()
	if err := r.db.GetContext(r.t.Context(), &id, `SELECT id FROM agencies WHERE code = $1`, code); err != nil {
		r.t.Fatal(err)
	}
	return id
}

// subscribe makes a feed and returns its number and token.
func (r *reader) subscribe(who string, wanted feed.Wanted) (int64, string) {
	r.t.Helper()
	created, err := r.accounts.CreateFeed(r.t.Context(), r.person(who), wanted)
	if err != nil {
		r.t.Fatal(err)
	}
	token, whole := feed.TokenIn(strings.TrimPrefix(created.Address, "https://dondoc.example/feeds/"))
	if !whole || len(token) != 43 {
		r.t.Fatalf("address %q", created.Address)
	}
	return created.Feed.ID, token
}

// fetch gives what a feed shows, as "agency state version".
func (r *reader) fetch(token string) ([]string, error) {
	contents, err := r.accounts.ReadFeed(r.t.Context(), token)
	shown := []string{}
	for _, e := range contents.Entries {
		shown = append(shown, fmt.Sprintf("%s %s %d", e.AgencyName, e.State, e.Version))
	}
	return shown, err
}

func (r *reader) shows(what, token string, want ...string) {
	r.t.Helper()
	got, err := r.fetch(token)
	if err != nil {
		r.t.Errorf("%s: %v", what, err)
		return
	}
	slices.Sort(got)
	r.want(what, got, want...)
}

// dead fails unless the feed answers exactly as one that never was.
func (r *reader) dead(what, token string) {
	r.t.Helper()
	_, unknown := r.fetch("no-such-token")
	_, err := r.fetch(token)
	if err == nil || fmt.Sprintf("%#v", fault.Of(err)) != fmt.Sprintf("%#v", fault.Of(unknown)) || !fault.Is(err, fault.NotFound) {
		r.t.Errorf("%s: got %v, want %v", what, err, unknown)
	}
}

func (r *reader) leave(who string) {
	r.exec(`UPDATE memberships SET valid_to_on = '2026-01-01' WHERE user_id = (SELECT id FROM users WHERE email = $1)`, who+"@dondoc.example")
}

const one, two, three = "UBND huyện Một open 1", "UBND huyện Hai open 1", "UBND huyện Ba open 1"

func TestAFeedShowsWhatItsOwnerSees(t *testing.T) {
	r := newReader(t)
	d1, plan := r.agency("d1"), r.plan.ID
	for _, c := range []struct {
		who    string
		wanted feed.Wanted
		want   []string
	}{
		{"focal_point.d1", feed.Wanted{Scope: feed.Person}, []string{one}},
		{"head.d2", feed.Wanted{Scope: feed.Person}, []string{two}},
		{"supervisor.so", feed.Wanted{Scope: feed.Person}, nil}, // owes nothing
		{"focal_point.d1", feed.Wanted{Scope: feed.Agency, AgencyID: d1}, []string{one}},
		{"plan_authority.tinh", feed.Wanted{Scope: feed.Agency, AgencyID: d1}, []string{one}},
		{"focal_point.d1", feed.Wanted{Scope: feed.Plan, PlanID: plan}, []string{one}},
		{"supervisor.so", feed.Wanted{Scope: feed.Plan, PlanID: plan}, []string{three, two, one}},
		{"plan_authority.tinh", feed.Wanted{Scope: feed.Plan, PlanID: plan}, []string{three, two, one}},
	} {
		_, token := r.subscribe(c.who, c.wanted)
		r.shows(fmt.Sprintf("%s, %+v", c.who, c.wanted), token, c.want...)
	}
}

func TestNobodySubscribesToWhatTheyMayNotRead(t *testing.T) {
	r := newReader(t)
	r.exec(`INSERT INTO memberships (user_id, agency_id, role, valid_from_on)
		SELECT u.id, a.id, 'administrator', '2020-01-01' FROM users u, agencies a WHERE u.email = 'head.d2@dondoc.example' AND a.code = 'tinh'`)
	r.exec(`DELETE FROM memberships WHERE role = 'head' AND agency_id = $1`, r.agency("d2"))
	for _, c := range []struct {
		who    string
		wanted feed.Wanted
		kind   fault.Kind
		code   string
	}{
		{"focal_point.d1", feed.Wanted{Scope: feed.Agency, AgencyID: r.agency("d2")}, fault.NotFound, "not_found"},
		{"focal_point.d1", feed.Wanted{Scope: feed.Agency, AgencyID: r.agency("tinh")}, fault.NotFound, "not_found"},
		{"focal_point.d1", feed.Wanted{Scope: feed.Agency, AgencyID: 1 << 40}, fault.NotFound, "not_found"},
		{"focal_point.d1", feed.Wanted{Scope: feed.Plan, PlanID: 1 << 40}, fault.NotFound, "not_found"},
		{"supervisor.so", feed.Wanted{Scope: feed.Agency, AgencyID: r.agency("d1")}, fault.NotFound, "not_found"},
		{"head.d2", feed.Wanted{Scope: feed.Plan, PlanID: r.plan.ID}, fault.NotFound, "not_found"}, // an administrator reads nothing
		{"head.d2", feed.Wanted{Scope: feed.Person}, fault.NotFound, "not_found"},
		{"focal_point.d1", feed.Wanted{Scope: "all"}, fault.Invalid, "feed.scope"},
	} {
		_, err := r.accounts.CreateFeed(t.Context(), r.person(c.who), c.wanted)
		wantFault(t, fmt.Sprintf("%s, %+v", c.who, c.wanted), err, c.kind, c.code)
	}
	r.want("feeds", r.strings(`SELECT count(*)::text FROM calendar_feeds`), "0")
}

func TestAFeedDiesWithItsOwnersRights(t *testing.T) {
	r := newReader(t)
	_, person := r.subscribe("focal_point.d1", feed.Wanted{Scope: feed.Person})
	_, agency := r.subscribe("focal_point.d1", feed.Wanted{Scope: feed.Agency, AgencyID: r.agency("d1")})
	_, plan := r.subscribe("focal_point.d1", feed.Wanted{Scope: feed.Plan, PlanID: r.plan.ID})
	all := map[string]string{"of the person": person, "of the agency": agency, "of the plan": plan}

	// To another agency: the feeds follow the person, the old agency's dies.
	r.leave("focal_point.d1")
	r.exec(`INSERT INTO memberships (user_id, agency_id, role, valid_from_on) SELECT id, $1, 'focal_point', '2026-01-01' FROM users WHERE email = 'focal_point.d1@dondoc.example'`, r.agency("d2"))
	r.shows("of the person, elsewhere", person, two)
	r.shows("of the plan, elsewhere", plan, two)
	r.dead("of the agency that was left", agency)
	if feeds, err := r.accounts.ListFeeds(t.Context(), r.person("focal_point.d1")); err != nil || len(feeds) != 3 || !feeds[0].Readable || feeds[1].Readable || !feeds[2].Readable {
		t.Errorf("listed %+v, %v", feeds, err)
	}

	r.leave("focal_point.d1")
	for what, token := range all {
		r.dead(what+", without a post", token)
	}
	r.exec(`UPDATE memberships SET valid_to_on = '9999-12-31'`)
	r.shows("of the agency, back again", agency, one)

	r.exec(`UPDATE users SET active = false WHERE email = 'focal_point.d1@dondoc.example'`)
	for what, token := range all {
		r.dead(what+", of a closed account", token)
	}
}

func TestRevokedFeedsStayDead(t *testing.T) {
	r := newReader(t)
	owner, stranger := r.person("focal_point.d1"), r.person("focal_point.d2")
	id, token := r.subscribe("focal_point.d1", feed.Wanted{Scope: feed.Person})
	_, other := r.subscribe("focal_point.d1", feed.Wanted{Scope: feed.Person})
	wantFault(t, "a stranger's revoking", r.accounts.RevokeFeed(t.Context(), stranger, id), fault.NotFound, "not_found")
	wantFault(t, "revoking nothing", r.accounts.RevokeFeed(t.Context(), owner, 1<<40), fault.NotFound, "not_found")
	r.shows("not yet revoked", token, one)
	for range 2 { // the second changes nothing
		if err := r.accounts.RevokeFeed(t.Context(), owner, id); err != nil {
			t.Fatal(err)
		}
	}
	r.dead("revoked", token)
	r.shows("the other feed", other, one)
	if feeds, err := r.accounts.ListFeeds(t.Context(), owner); err != nil || len(feeds) != 1 || feeds[0].ID == id {
		t.Errorf("listed %+v, %v", feeds, err)
	}
	if feeds, err := r.accounts.ListFeeds(t.Context(), stranger); err != nil || len(feeds) != 0 {
		t.Errorf("a stranger lists %+v, %v", feeds, err)
	}
	trail := `SELECT action || ' ' || entity_id || ' ' || (actor_id = $1)::text || ' ' || COALESCE(after->>'scope', '') FROM audit WHERE entity = 'feed' ORDER BY id`
	r.want("trail", r.strings(trail, owner.UserID), fmt.Sprintf("feed.created %d true person", id), fmt.Sprintf("feed.created %d true person", id+1), fmt.Sprintf("feed.revoked %d true ", id))

	// What closing the account does.
	if err := r.accounts.RevokeAllFeeds(t.Context(), policy.Actor{}, r.wall, owner.UserID); err != nil {
		t.Fatal(err)
	}
	r.dead("of the person that was closed", other)
	r.want("by the system", r.strings(`SELECT entity_id::text FROM audit WHERE action = 'feed.revoked' AND actor_id IS NULL`), fmt.Sprint(id+1))
}

func TestTheTokenStandsNowhere(t *testing.T) {
	r := newReader(t)
	ctx := idempotency.With(t.Context(), idempotency.Key{Value: "khoa-lich-1", RequestHash: []byte{1}})
	created, err := r.accounts.CreateFeed(ctx, r.person("focal_point.d1"), feed.Wanted{Scope: feed.Person})
	if err != nil {
		t.Fatal(err)
	}
	token, _ := feed.TokenIn(strings.TrimPrefix(created.Address, "https://dondoc.example/feeds/"))
	r.shows("the new feed", token, one)
	for _, table := range r.strings(`SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`) {
		if n := r.strings(`SELECT count(*)::text FROM `+table+` AS t WHERE strpos(t::text, $1) > 0`, token); n[0] != "0" {
			t.Errorf("the token stands in %s", table)
		}
	}
	var hash []byte
	if err := r.db.GetContext(t.Context(), &hash, `SELECT token_hash FROM calendar_feeds`); err != nil || !bytes.Equal(hash, account.HashToken(token)) {
		t.Errorf("kept %x, %v", hash, err)
	}
	again, err := r.accounts.CreateFeed(ctx, r.person("focal_point.d1"), feed.Wanted{Scope: feed.Person})
	if err != nil || again.Feed.ID != created.Feed.ID || again.Address != "" {
		t.Errorf("a repeat got %+v, %v", again, err)
	}
	r.want("feeds", r.strings(`SELECT count(*)::text FROM calendar_feeds`), "1")
}

func TestAPersonHasSoManyFeeds(t *testing.T) {
	r := newReader(t)
	var last int64
	for range feed.MaxFeeds {
		last, _ = r.subscribe("focal_point.d1", feed.Wanted{Scope: feed.Person})
	}
	_, err := r.accounts.CreateFeed(t.Context(), r.person("focal_point.d1"), feed.Wanted{Scope: feed.Person})
	wantFault(t, "one too many", err, fault.Conflict, "feed.too_many")
	if err := r.accounts.RevokeFeed(t.Context(), r.person("focal_point.d1"), last); err != nil {
		t.Fatal(err)
	}
	r.subscribe("focal_point.d1", feed.Wanted{Scope: feed.Person})
}

func TestUseIsWrittenOnceAnHour(t *testing.T) {
	r := newReader(t)
	_, token := r.subscribe("focal_point.d1", feed.Wanted{Scope: feed.Person})
	for _, c := range []struct {
		after time.Duration
		want  string
	}{{0, "01:00"}, {59 * time.Minute, "01:00"}, {time.Minute, "02:00"}, {30 * time.Minute, "02:00"}, {40 * time.Minute, "03:10"}} {
		r.wall = r.wall.Add(c.after)
		r.shows("fetched", token, one)
		r.want("used", r.strings(`SELECT to_char(last_used_at AT TIME ZONE 'UTC', 'HH24:MI') FROM calendar_feeds`), c.want)
	}
}

func TestFetchesAreThrottled(t *testing.T) {
	r := newReader(t)
	_, token := r.subscribe("focal_point.d1", feed.Wanted{Scope: feed.Person})
	var err error
	for range 100 {
		if _, err = r.fetch(token); err != nil {
			break
		}
	}
	wantFault(t, "fetching without end", err, fault.TooMany, "account.too_many")
	r.wall = r.wall.Add(time.Minute)
	r.shows("after a minute", token, one)
}
