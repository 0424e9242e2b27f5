package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/activities"
	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/config"
	"dondoc/internal/notice"
	"dondoc/internal/notice/mailbox"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/postgrestest"
	"dondoc/internal/session"
	"dondoc/workflows"
)

// benchmark builds the product's parts on a fresh database with one round that
// n communes owe, each with a focal point who is signed in.
func benchmark(b *testing.B, n int) (*runtime, []commune) {
	b.Helper()
	cfg, err := config.Read(func(name string) string {
		return map[string]string{"DONDOC_DATABASE_URL": postgrestest.URL(b), "DONDOC_DATABASE_CONNECTIONS": "16", "DONDOC_SMTP_TLS": "none"}[name]
	})
	if err != nil {
		b.Fatal(err)
	}
	kept := &serverLog{}
	r, err := open(b.Context(), cfg, slog.New(slog.NewTextHandler(kept, nil)))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := r.close(); err != nil {
			b.Error(err)
		}
		if b.Failed() {
			b.Logf("the server's log:\n%s", kept.String())
		}
	})
	p := benchmarkPlan(n)
	record, err := r.store.LoadPlan(b.Context(), policy.Actor{}, p, []byte("format: 1\n"))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := r.store.ActivatePlan(b.Context(), policy.Actor{}, record.ID, 0, calendar.Date{}); err != nil {
		b.Fatal(err)
	}
	openRoundNow(b, r)
	return r, seedPeople(b, r)
}

// serverLog keeps what the server warns of, for a benchmark that fails; the line
// per request is written like any other, but not kept.
type serverLog struct {
	mu   sync.Mutex
	kept bytes.Buffer
}

func (l *serverLog) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte(" level=INFO ")) {
		return len(line), nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.kept.Write(line)
}

func (l *serverLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.kept.String()
}

func benchmarkPlan(n int) *plan.Plan {
	today := calendar.DateOf(clock.SystemWall(), time.UTC)
	p := &plan.Plan{
		Format: 1, Code: "do-toc-do", Issuer: "tinh", TimeZone: "Asia/Ho_Chi_Minh", Document: plan.Document{Title: "Đo tốc độ"},
		ValidFrom: today.AddDays(-400), ValidTo: today.AddDays(400),
		Agencies: []plan.Agency{{Code: "tinh", Name: "UBND tỉnh", Level: "province"}},
		Duties: []plan.Duty{{
			Code: "I.1", Title: "Báo cáo", Text: "Báo cáo kết quả", Mode: plan.Assigned,
			Schedule: calendar.Schedule{Cadences: []calendar.Cadence{calendar.Once}, DueOn: today.AddDays(1)},
			Due:      map[string]calendar.DueRule{"": {}}, OpensBefore: 15, NilReturn: true,
			Review: plan.Review{Mode: plan.ReviewRequired}, Recipient: plan.Recipient{Agency: "tinh"},
		}},
	}
	for i := range n {
		code := fmt.Sprintf("xa-%05d", i)
		p.Agencies = append(p.Agencies, plan.Agency{Code: code, Name: "UBND xã " + code, Level: "commune", Parent: "tinh"})
		p.Duties[0].Assignments = append(p.Duties[0].Assignments, plan.Assignment{Agency: code, Role: plan.Implementing})
	}
	return p
}

func openRoundNow(b *testing.B, r *runtime) int64 {
	b.Helper()
	var duty int64
	if err := r.db.GetContext(b.Context(), &duty, `SELECT id FROM duties`); err != nil {
		b.Fatal(err)
	}
	next, err := r.store.ScheduleNextRound(b.Context(), duty)
	if err != nil {
		b.Fatal(err)
	}
	if err := r.store.OpenRound(b.Context(), next.RoundID, func(int) {}); err != nil {
		b.Fatal(err)
	}
	return next.RoundID
}

type commune struct {
	TaskID   int64  `db:"task_id"`
	UserID   int64  `db:"user_id"`
	AgencyID int64  `db:"agency_id"`
	Email    string `db:"email"`
	token    string
}

// seedPeople gives every commune a focal point with a session of its own.
func seedPeople(b *testing.B, r *runtime) []commune {
	b.Helper()
	now := clock.SystemWall()
	var communes []commune
	if err := r.db.SelectContext(b.Context(), &communes, `
		WITH people AS (
			INSERT INTO users (email, name, created_at)
			SELECT 'daumoi.' || code || '@dondoc.example', 'Đầu mối ' || name, $1 FROM agencies WHERE level = 'commune' RETURNING id, email
		), posts AS (
			INSERT INTO memberships (user_id, agency_id, role, valid_from_on)
			SELECT p.id, a.id, 'focal_point', '2020-01-01' FROM people p JOIN agencies a ON p.email = 'daumoi.' || a.code || '@dondoc.example'
			RETURNING user_id, agency_id
		)
		SELECT t.id AS task_id, p.user_id, t.agency_id, u.email FROM tasks t JOIN posts p ON p.agency_id = t.agency_id JOIN people u ON u.id = p.user_id
		ORDER BY t.id`, now); err != nil {
		b.Fatal(err)
	}
	hashes, users := make([][]byte, len(communes)), make([]int64, len(communes))
	for i := range communes {
		communes[i].token, hashes[i] = account.NewToken()
		users[i] = communes[i].UserID
	}
	if _, err := r.db.ExecContext(b.Context(), `
		INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, expires_at)
		SELECT token_hash, user_id, $3, $3, $4 FROM unnest($1::bytea[], $2::bigint[]) AS s (token_hash, user_id)`,
		pq.Array(hashes), pq.Array(users), now, now.Add(time.Hour)); err != nil {
		b.Fatal(err)
	}
	if _, err := r.db.ExecContext(b.Context(), `ANALYZE`); err != nil {
		b.Fatal(err)
	}
	return communes
}

// BenchmarkSubmit sends submissions through the API over 16 connections and,
// in the same run, the same transaction straight to Postgres over 16
// connections; "ratio" is the first by the second (aim 0.6).
func BenchmarkSubmit(b *testing.B) {
	const each, connections = 4000, 16
	submissions, api, direct := 0, time.Duration(0), time.Duration(0)
	for b.Loop() {
		r, communes := benchmark(b, 2*each)
		handler, err := r.handler(calendar.WeekCalendar{}, nil)
		if err != nil {
			b.Fatal(err)
		}
		server := httptest.NewServer(handler)
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
		straightly := prepareStraight(b, r.db)
		// Half of each kind in turn, so that both meet the same tables.
		const slices = 8
		for slice := range slices {
			size := each / slices
			viaAPI, straight := communes[slice*2*size:][:size], communes[(slice*2+1)*size:][:size]
			api += inParallel(connections, viaAPI, func(c commune) error { return submitOverHTTP(client, server.URL, c) }, b)
			direct += inParallel(connections, straight, func(c commune) error { return straightly.submit(b.Context(), r.db, c) }, b)
		}
		submissions += each
		server.Close()
	}
	b.ReportMetric(float64(submissions)/api.Seconds(), "api/s")
	b.ReportMetric(float64(submissions)/direct.Seconds(), "sql/s")
	b.ReportMetric(direct.Seconds()/api.Seconds(), "ratio")
}

func inParallel(workers int, communes []commune, do func(commune) error, b *testing.B) time.Duration {
	b.Helper()
	var at atomic.Int64
	var group sync.WaitGroup
	start := time.Now()
	for range workers {
		group.Go(func() {
			for i := at.Add(1) - 1; int(i) < len(communes); i = at.Add(1) - 1 {
				if err := do(communes[i]); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	took := time.Since(start)
	if b.Failed() {
		b.FailNow()
	}
	return took
}

func submitOverHTTP(client *http.Client, base string, c commune) error {
	body := []byte(`{"kind":"report","narrative":"Đã tổ chức 3 buổi tuyên truyền."}`)
	request, err := http.NewRequest(http.MethodPost, fmt.Sprintf("%s/api/v1/tasks/%d/submissions", base, c.TaskID), bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", fmt.Sprintf("do-toc-do-%d", c.TaskID))
	request.AddCookie(&http.Cookie{Name: session.CookieName, Value: c.token})
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(response.Body)
	if closeErr := response.Body.Close(); err == nil {
		err = closeErr
	}
	if err == nil && response.StatusCode >= 300 {
		err = fmt.Errorf("%s: %s", response.Status, answer)
	}
	return err
}

// straight is what Store.Submit sends to Postgres, prepared as it prepares it,
// without anything around it.
type straight struct{ lock, take, key *sqlx.Stmt }

func prepareStraight(b *testing.B, db *sqlx.DB) straight {
	b.Helper()
	prepare := func(query string) *sqlx.Stmt {
		statement, err := db.PreparexContext(b.Context(), query)
		if err != nil {
			b.Fatal(err)
		}
		return statement
	}
	return straight{lock: prepare(straightLock), take: prepare(straightSubmit), key: prepare(`
		INSERT INTO idempotency_keys (user_id, key, request_hash, status, answer, created_at) VALUES ($1, $2, $3, 200, $4, $5)`)}
}

func (s straight) submit(ctx context.Context, db *sqlx.DB, c commune) error {
	now := clock.SystemWall()
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	if _, err := tx.StmtxContext(ctx, s.lock).ExecContext(ctx, c.TaskID); err != nil {
		return err
	}
	if _, err := tx.StmtxContext(ctx, s.take).ExecContext(ctx, c.TaskID, now, c.UserID, c.AgencyID, "Đã tổ chức 3 buổi tuyên truyền."); err != nil {
		return err
	}
	sum := sha256.Sum256([]byte("do-toc-do"))
	if _, err := tx.StmtxContext(ctx, s.key).ExecContext(ctx,
		c.UserID, fmt.Sprintf("thang-%d", c.TaskID), sum[:], bytes.Repeat([]byte("x"), 900), now); err != nil {
		return err
	}
	return tx.Commit()
}

const straightLock = `
	SELECT t.id, t.round_id, t.duty_id, t.plan_id, t.agency_id, t.recipient_id, t.reviewer_id, p.issuer_id, t.state, t.due_at,
		t.closed_at, t.due_version, t.submissions, t.version, p.state, p.time_zone, d.review, d.nil_return, d.mode,
		d.definition -> 'Indicators', r.period_key, t.resubmit_due_at, (SELECT two_signatures FROM agencies a WHERE a.id = t.agency_id)
	FROM tasks t JOIN plans p ON p.id = t.plan_id JOIN duties d ON d.id = t.duty_id JOIN rounds r ON r.id = t.round_id
	WHERE t.id = $1 FOR UPDATE OF t`

const straightSubmit = `
	WITH moved AS (
		UPDATE tasks SET state = 'submitted', submitted_at = $2, first_submitted_at = $2, submissions = submissions + 1, version = version + 1
		WHERE id = $1 AND state = 'open' RETURNING id, round_id, plan_id, reviewer_id
	), kept AS (
		INSERT INTO submissions (task_id, number, kind, narrative, submitted_at, submitted_by, from_state)
		SELECT id, 1, 'report', $5, $2, $3, 'open' FROM moved RETURNING id
	), cleared AS (
		DELETE FROM task_drafts d USING moved WHERE d.task_id = moved.id
	), ladder AS (
		INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, at, audience, severity)
		SELECT moved.id, moved.round_id, f.code, f.code, 'submitted', 1, $2::timestamptz + interval '2 days', '{reviewer}', 1
		FROM moved, unnest(ARRAY['review_reminder', 'review_overdue']) AS f (code)
	), told AS (
		INSERT INTO notifications (user_id, kind, plan_id, task_id, cause, created_at, deliver_at)
		SELECT DISTINCT m.user_id, 'submitted', moved.plan_id, moved.id, 'submitted:' || moved.id || ':1', $2, morning_at_or_after($2, 'Asia/Ho_Chi_Minh')
		FROM moved JOIN memberships m ON m.agency_id = moved.reviewer_id AND m.role = 'supervisor' JOIN users u ON u.id = m.user_id AND u.active
	), trail AS (
		INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, before, after)
		SELECT $2, $2, $3, $4, 'task.submitted', 'task', moved.id, '{"state": "open"}', '{"state": "submitted", "number": 1}' FROM moved
	), nudged AS (
		INSERT INTO outbox (workflow, kind, created_at) SELECT 'round:' || moved.round_id, 'task.submitted', $2 FROM moved
	)
	SELECT id FROM kept`

// BenchmarkRoundDue runs a round of 10,000 tasks that are due at once: all
// notices recorded (aim 1 s), then handed to a local SMTP server (aim 30 s).
func BenchmarkRoundDue(b *testing.B) {
	const n = 10000
	for b.Loop() {
		r, _ := benchmark(b, n)
		var round int64
		if err := r.db.GetContext(b.Context(), &round, `SELECT id FROM rounds`); err != nil {
			b.Fatal(err)
		}
		// One reminder per task is due now, and its morning has come.
		if _, err := r.db.ExecContext(b.Context(), `
			UPDATE steps SET at = $1::timestamptz - interval '2 days' WHERE code = 'opening' AND state = 'pending'`, clock.SystemWall()); err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		turn, err := r.store.RunRound(b.Context(), round)
		if err != nil || turn.Sent < n {
			b.Fatalf("%d notices recorded: %v", turn.Sent, err)
		}
		b.ReportMetric(time.Since(start).Seconds(), "record-s")
		if _, err := r.db.ExecContext(b.Context(), `UPDATE notifications SET deliver_at = created_at`); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(deliverAll(b, r, n).Seconds(), "deliver-s")
	}
}

func deliverAll(b *testing.B, r *runtime, n int) time.Duration {
	b.Helper()
	dir, err := os.MkdirTemp("", "mail")
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	catcher, err := mailbox.Start(b.Context(), mailbox.Options{SMTPAddress: "127.0.0.1:0", Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	address := catcher.Addr().AddrPort()
	server := notice.SMTP{Host: address.Addr().String(), Port: int(address.Port()), TLS: notice.TLSNone, From: "dondoc@dondoc.example"}
	delivery := &activities.Delivery{
		Store: r.store, Clock: r.business, Wall: clock.SystemWall, Mail: server,
		Words: notice.Words{BaseURL: "http://127.0.0.1:8080"}, Domain: server.Domain(),
	}
	start := time.Now()
	for sent := 0; sent < n; {
		turn, err := runActivity(b, delivery)
		if err != nil {
			b.Fatal(err)
		}
		sent += turn.Sent
	}
	return time.Since(start)
}

func runActivity(b *testing.B, d *activities.Delivery) (workflows.DeliveryTurn, error) {
	b.Helper()
	env := newActivityEnvironment()
	env.RegisterActivity(d)
	value, err := env.ExecuteActivity(d.Deliver, workflows.DeliverInput{})
	var turn workflows.DeliveryTurn
	if err == nil {
		err = value.Get(&turn)
	}
	return turn, err
}
