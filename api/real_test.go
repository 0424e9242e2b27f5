package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/api"
	"dondoc/internal/account"
	"dondoc/internal/calendar/vietnam"
	"dondoc/internal/clock"
	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/web"
)

// movable is a business clock that a test moves.
type movable struct {
	mu sync.Mutex
	at time.Time
}

func (m *movable) Now(context.Context) (time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at, nil
}

func (m *movable) Wait(context.Context, time.Time) (time.Duration, error) { return 0, nil }

func (m *movable) move(at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at = at
}

// real is the API, with the pages, on the real store, with an administrator and an empty tree.
type real struct {
	site
	db    *sqlx.DB
	store *postgres.Accounts
	clock *movable
}

const password = "mưa rơi trên mái ngói"

func newReal(t *testing.T) *real {
	t.Helper()
	return realOn(t, postgrestest.New(t), planSource)
}

// realOn is the same on a given database, with the tree of a given plan file.
func realOn(t *testing.T, db *sqlx.DB, file string) *real {
	t.Helper()
	m := &movable{at: time.Date(2026, 2, 5, 1, 0, 0, 0, time.UTC)}
	hasher, err := account.NewHasher(account.Cost{MemoryKiB: 64, Passes: 1, Threads: 1}, 4)
	if err != nil {
		t.Fatal(err)
	}
	words := notice.Words{BaseURL: "https://dondoc.example"}
	store := &postgres.Accounts{
		Store: postgres.New(db, m, clock.SystemWall, nil), Passwords: hasher, Words: words, Throttle: account.NewThrottle(clock.SystemWall),
		BaseURL: "https://dondoc.example", MailDomain: "dondoc.example",
	}
	var log bytes.Buffer
	options := api.Options{
		Service: store, Accounts: store, Feeds: store, Wall: clock.SystemWall, BaseURL: "https://dondoc.example", Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelError})),
		Database: db.PingContext, Temporal: func(context.Context) error { return nil },
	}
	engine, err := api.NewEngine(&options)
	if err != nil {
		t.Fatal(err)
	}
	if err := web.Mount(engine, web.Options{
		Service: store, Accounts: store, Feeds: store, Business: m, Calendar: vietnam.National(), Secure: true, Protection: options.Protection, Log: options.Log,
	}); err != nil {
		t.Fatal(err)
	}
	if err := api.Mount(engine, options); err != nil {
		t.Fatal(err)
	}
	r := &real{site: site{t: t, handler: engine, log: &log}, db: db, store: store, clock: m}
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, problems := plan.Read(file, source, nil)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	// As the first installation does: the system itself brings in the tree and the first administrator.
	if _, err := store.LoadPlan(t.Context(), policy.Actor{}, p, source); err != nil {
		t.Fatal(err)
	}
	rows, err := account.ReadPeople([]byte("email,name,agency_code,role\nqt@dondoc.example,Quản trị hệ thống,tinh,administrator\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.ImportPeople(t.Context(), policy.Actor{}, rows, false); err != nil {
		t.Fatal(err)
	}
	if err := store.SetPassword(t.Context(), "qt@dondoc.example", password); err != nil {
		t.Fatal(err)
	}
	return r
}

// ok makes a call that must succeed and reads its answer.
func (r *real) ok(status int, call request) map[string]any {
	r.t.Helper()
	got := r.do(call)
	if got.status != status {
		r.t.Fatalf("%s %s: %d %s, want %d", call.method, call.path, got.status, got.text, status)
	}
	answer := map[string]any{}
	if got.text != "" {
		if err := json.Unmarshal([]byte(got.text), &answer); err != nil {
			r.t.Fatal(err)
		}
	}
	return answer
}

func (r *real) refused(status int, code string, call request) {
	r.t.Helper()
	got := r.do(call)
	if p := r.problem(got); got.status != status || p.Code != code {
		r.t.Errorf("%s %s: %d %s, want %d %s", call.method, call.path, got.status, got.text, status, code)
	}
}

func (r *real) signIn(email string) string {
	r.t.Helper()
	got := r.do(request{method: "POST", path: "/api/v1/sessions", body: `{"email": "` + email + `", "password": "` + password + `"}`})
	cookie := (&http.Response{Header: got.header}).Cookies()
	if got.status != 201 || len(cookie) != 1 {
		r.t.Fatalf("sign in as %s: %d %s", email, got.status, got.text)
	}
	return cookie[0].Value
}

// invited takes up the newest invitation and signs in.
func (r *real) invited(email string) string {
	r.t.Helper()
	r.ok(204, request{method: "POST", path: "/api/v1/account-links/take-up", body: `{"token": "` + r.linkOf(email) + `", "password": "` + password + `"}`})
	return r.signIn(email)
}

// linkOf is the token of the newest link that was sent to the address.
func (r *real) linkOf(email string) string {
	r.t.Helper()
	var text string
	if err := r.db.GetContext(r.t.Context(), &text, `SELECT body_text FROM messages WHERE address = $1 ORDER BY id DESC LIMIT 1`, email); err != nil {
		r.t.Fatal(err)
	}
	link := regexp.MustCompile(`https://dondoc\.example/lien-ket/(\S+)`).FindStringSubmatch(text)
	if link == nil {
		r.t.Fatalf("no link in %q", text)
	}
	return link[1]
}

func (r *real) count(query string, args ...any) int {
	r.t.Helper()
	var n int
	if err := r.db.GetContext(r.t.Context(), &n, query, args...); err != nil {
		r.t.Fatal(err)
	}
	return n
}

func num(v any) string { return itoa(int(v.(float64))) }

func first(v map[string]any) map[string]any { return v["items"].([]any)[0].(map[string]any) }

// A province's whole way through the API: people in, plan in, result in, review.
func TestTheWholeWayOnTheRealStore(t *testing.T) {
	r := newReal(t)
	admin := r.signIn("qt@dondoc.example")
	list := "email,name,agency_code,role\n" +
		"dm.a@dondoc.example,Đầu mối Sở A,so-a,focal_point\ndm.b@dondoc.example,Đầu mối Sở B,so-b,focal_point\n" +
		"td@dondoc.example,Chuyên viên theo dõi,tinh,supervisor\nth@dondoc.example,Văn thư UBND tỉnh,tinh,plan_authority\n"
	importing := request{method: "POST", path: "/api/v1/people/import?dry_run=true", as: admin, body: list, headers: asCSV}
	if report := r.ok(200, importing); report["new"] != 4.0 || r.count(`SELECT count(*) FROM users`) != 1 {
		t.Fatalf("dry run: %v", report)
	}
	importing.path = "/api/v1/people/import"
	importing.headers = map[string]string{"Content-Type": "text/csv", "Idempotency-Key": "the-list-1"}
	r.ok(200, importing)
	r.ok(200, importing) // the same key: the first answer
	if n := r.count(`SELECT count(*) FROM messages WHERE address LIKE 'dm.%'`); n != 2 {
		t.Errorf("%d invitations, want 2: a repeat sends none", n)
	}
	people := r.ok(200, request{method: "GET", path: "/api/v1/people?q=Đầu", as: admin})
	if len(people["items"].([]any)) != 2 {
		t.Errorf("people %v", people)
	}
	focal, stranger, supervisor, authority := r.invited("dm.a@dondoc.example"), r.invited("dm.b@dondoc.example"), r.invited("td@dondoc.example"), r.invited("th@dondoc.example")

	r.refused(403, "forbidden", request{method: "POST", path: "/api/v1/plans", as: focal, body: planCall})
	loaded := r.ok(201, request{method: "POST", path: "/api/v1/plans", as: authority, body: planCall})
	planPath := "/api/v1/plans/" + num(loaded["id"])
	r.refused(409, "plan.changed", request{method: "POST", path: planPath + "/activate", as: authority, body: `{"version": 99}`})
	active := r.ok(200, request{method: "POST", path: planPath + "/activate", as: authority, body: `{"version": ` + num(loaded["version"]) + `}`, headers: map[string]string{"Idempotency-Key": "activate-1"}})
	again := r.ok(200, request{method: "POST", path: planPath + "/activate", as: authority, body: `{"version": ` + num(loaded["version"]) + `}`, headers: map[string]string{"Idempotency-Key": "activate-1"}})
	if active["state"] != "active" || again["version"] != active["version"] {
		t.Errorf("activated %v, again %v", active, again)
	}
	duty := first(r.ok(200, request{method: "GET", path: planPath + "/duties", as: focal}))

	// What is foreseen of the file, of the plan and of the agency itself is one and the same.
	foreseen := r.ok(200, request{method: "POST", path: "/api/v1/plans/preview", as: authority, body: strings.Replace(planCall, "{", `{"from": "2026-02-05", `, 1)})
	of := r.ok(200, request{method: "GET", path: planPath + "/preview?from=2026-02-05", as: supervisor})
	own := r.ok(200, request{method: "GET", path: planPath + "/preview?from=2026-02-05&agency=so-a", as: focal})
	dues := func(answer map[string]any) (all []any) {
		for _, round := range answer["rounds"].([]any) {
			all = append(all, round.(map[string]any)["due_at"])
		}
		return all
	}
	if len(dues(of)) != 24 || !slices.Equal(dues(foreseen), dues(of)) || !slices.Equal(dues(own), dues(of)) {
		t.Errorf("of the file %v, of the plan %v, own %v", dues(foreseen), dues(of), dues(own))
	}
	r.refused(404, "not_found", request{method: "GET", path: planPath + "/preview?agency=so-a", as: stranger})

	next, err := r.store.ScheduleNextRound(t.Context(), int64(duty["id"].(float64)))
	if err != nil || next.RoundID == 0 {
		t.Fatalf("%+v, %v", next, err)
	}
	if now, _ := r.clock.Now(t.Context()); next.OpensAt.After(now) {
		r.clock.move(next.OpensAt)
	}
	if err := r.store.OpenRound(t.Context(), next.RoundID, func(int) {}); err != nil {
		t.Fatal(err)
	}
	mine := first(r.ok(200, request{method: "GET", path: "/api/v1/tasks?mine=true", as: focal}))
	taskPath := "/api/v1/tasks/" + num(mine["id"])
	if mine["state"] != "open" || mine["derivation"] == "" || mine["due_on"] == "" {
		t.Errorf("task %v", mine)
	}
	result := `{"version": ` + num(mine["version"]) + `, "kind": "report", "narrative": "Đã làm xong."}`
	r.refused(404, "not_found", request{method: "GET", path: taskPath, as: stranger})
	r.refused(404, "not_found", request{method: "POST", path: taskPath + "/submissions", as: stranger, body: result})
	r.refused(403, "task.not_yours", request{method: "POST", path: taskPath + "/submissions", as: supervisor, body: result})

	sending := request{method: "POST", path: taskPath + "/submissions", as: focal, body: result, headers: map[string]string{"Idempotency-Key": "submission-1"}}
	receipt := r.ok(201, sending)
	repeated := r.ok(201, sending)
	if receipt["state"] != "submitted" || receipt["submission_id"] != repeated["submission_id"] || r.count(`SELECT count(*) FROM submissions`) != 1 {
		t.Errorf("receipt %v, repeated %v", receipt, repeated)
	}
	sending.body = strings.Replace(result, "xong", "gần xong", 1)
	r.refused(422, "idempotency.reused", sending)
	sending.headers = nil
	got := r.do(sending)
	if p := r.problem(got); got.status != 409 || p.Current == nil || p.Current.State != "submitted" {
		t.Errorf("submitting an old version: %d %s", got.status, got.text)
	}

	r.refused(403, "task.not_reviewer", request{method: "POST", path: taskPath + "/reviews", as: focal, body: `{"version": ` + num(receipt["version"]) + `, "decision": "accept"}`})
	r.refused(422, "review.reason", request{method: "POST", path: taskPath + "/reviews", as: supervisor, body: `{"version": ` + num(receipt["version"]) + `, "decision": "return"}`})
	returned := r.ok(201, request{method: "POST", path: taskPath + "/reviews", as: supervisor, body: `{"version": ` + num(receipt["version"]) + `, "decision": "return", "reason": "Thiếu số liệu"}`})
	detail := r.ok(200, request{method: "GET", path: taskPath, as: focal})
	if returned["state"] != "returned" || detail["state"] != "returned" || detail["resubmit_due_at"] == nil || detail["may_submit"] != true {
		t.Errorf("returned %v, then %v", returned, detail)
	}
	submissions := r.ok(200, request{method: "GET", path: taskPath + "/submissions", as: focal})
	if review := first(submissions)["review"].(map[string]any); review["reason"] != "Thiếu số liệu" {
		t.Errorf("review %v", review)
	}
	notices := r.ok(200, request{method: "GET", path: "/api/v1/notifications", as: focal})
	r.ok(204, request{method: "POST", path: "/api/v1/notifications/" + num(first(notices)["id"]) + "/read", as: focal})
	r.refused(404, "not_found", request{method: "POST", path: "/api/v1/notifications/" + num(first(notices)["id"]) + "/read", as: stranger})
	r.ok(200, request{method: "GET", path: "/api/v1/board", as: supervisor})
	r.refused(403, "forbidden", request{method: "GET", path: "/api/v1/board", as: focal})
	r.ok(200, request{method: "GET", path: planPath + "/rounds", as: supervisor})
	agencies := r.ok(200, request{method: "GET", path: "/api/v1/agencies?limit=1", as: authority})
	if agencies["next_cursor"] == nil {
		t.Errorf("agencies %v", agencies)
	}
	r.ok(200, request{method: "GET", path: "/api/v1/agencies?limit=1&cursor=" + agencies["next_cursor"].(string), as: authority})

	suspended := r.ok(200, request{method: "POST", path: planPath + "/suspend", as: authority, body: `{"version": ` + num(active["version"]) + `}`})
	r.refused(409, "plan.not_active", request{method: "POST", path: taskPath + "/submissions", as: focal, body: `{"kind": "report", "narrative": "x"}`})
	resumed := r.ok(200, request{method: "POST", path: planPath + "/resume", as: authority, headers: map[string]string{"If-Match": `"` + num(suspended["version"]) + `"`}})
	if closed := r.ok(200, request{method: "POST", path: planPath + "/close", as: authority, body: `{"version": ` + num(resumed["version"]) + `}`}); closed["state"] != "closed" {
		t.Errorf("closed %v", closed)
	}
	r.ok(204, request{method: "DELETE", path: "/api/v1/sessions/current", as: focal})
	r.refused(401, "session.none", request{method: "GET", path: "/api/v1/me", as: focal})
}

func TestOneOfManyEqualRequestsActs(t *testing.T) {
	r := newReal(t)
	admin := r.signIn("qt@dondoc.example")
	call := request{method: "POST", path: "/api/v1/people/import", as: admin, body: "email,name,agency_code,role\nmoi@dondoc.example,Đầu mối,so-a,focal_point\n",
		headers: map[string]string{"Content-Type": "text/csv", "Idempotency-Key": "the-list-1"}}
	statuses := make(chan response, 8)
	for range cap(statuses) {
		go func() { statuses <- r.do(call) }()
	}
	answers := map[string]int{}
	for range cap(statuses) {
		got := <-statuses
		answers[itoa(got.status)+" "+got.text]++
	}
	if len(answers) != 1 || r.count(`SELECT count(*) FROM messages WHERE address = 'moi@dondoc.example'`) != 1 {
		t.Errorf("answers %v", answers)
	}
}
