package app

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/config"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/session"
	"dondoc/internal/task"
)

// boardCountry fills 1,002,000 tasks: 16,700 communes, 200 to a province, owe 24
// weekly rounds of one plan and 36 monthly ones of another. Of the weekly ones the
// last two are open; in these six of ten results are accepted, the others wait, were
// returned or are missing.
var boardCountry = []string{
	`INSERT INTO agencies (code, name, level) VALUES ('cq', 'Cơ quan ban hành', 'government')`,
	`INSERT INTO agencies (code, name, level, parent_id, position) SELECT 't' || n, 'Tỉnh ' || n, 'province', 1, n FROM generate_series(1, 84) n`,
	`INSERT INTO agencies (code, name, level, parent_id, position)
		SELECT 'x' || n, 'Ủy ban nhân dân xã số ' || n, 'commune', p.id, n FROM generate_series(0, 16699) n JOIN agencies p ON p.code = 't' || n / 200 + 1`,
	`INSERT INTO plans (code, title, issuer_id, state, valid_from_on, valid_to_on, time_zone, activated_at, current_version)
		SELECT 'kh' || n, 'Kế hoạch ' || n, 1, 'active', '2021-01-01', '2026-12-31', 'Asia/Ho_Chi_Minh', '2021-01-01', 1 FROM generate_series(1, 2) n`,
	`INSERT INTO plan_versions (plan_id, number, source, sha256, document, loaded_at) SELECT n, 1, '', '', '{"Policies": []}', '2021-01-01' FROM generate_series(1, 2) n`,
	`INSERT INTO duties (plan_id, code, position, title, text, mode, scheduled, review, nil_return, definition, since_version)
		SELECT n, 'IV.1', 1, 'Nhiệm vụ', repeat('văn bản ', 40), 'assigned', true, 'required', true, '{}', 1 FROM generate_series(1, 2) n`,
	`INSERT INTO assignments (duty_id, agency_id, role, recipient_id, reviewer_id)
		SELECT n, id, 'implementing', parent_id, parent_id FROM agencies, generate_series(1, 2) n WHERE level = 'commune'`,
	`INSERT INTO rounds (duty_id, plan_id, period_key, cadences, window_from_on, window_to_on, state, opens_at, due_at, closes_at, opened_at, closed_at)
		SELECT 1, 1, to_char(w, 'IYYY-"W"IW'), '{weekly}', w, w + 6, s, w + 4, w + 8, w + 20, w + 4, CASE s WHEN 'closed' THEN w + 20 END
		FROM generate_series(0, 23) n, LATERAL (SELECT date '2025-12-29' + n * 7, CASE WHEN n > 21 THEN 'open' ELSE 'closed' END) AS f (w, s)`,
	`INSERT INTO rounds (duty_id, plan_id, period_key, cadences, window_from_on, window_to_on, state, opens_at, due_at, closes_at, opened_at, closed_at)
		SELECT 2, 2, to_char(m, 'YYYY-"M"MM'), '{monthly}', m, m + interval '1 month - 1 day', 'closed', m + interval '20 days', m + interval '36 days', m + interval '66 days',
			m + interval '20 days', m + interval '66 days'
		FROM generate_series(0, 35) n, LATERAL (SELECT timestamp '2022-06-01' + n * interval '1 month') AS f (m)`,
	`INSERT INTO tasks (round_id, duty_id, plan_id, agency_id, recipient_id, reviewer_id, state, due_at, original_due_at, resubmit_due_at,
			derivation, opened_at, first_submitted_at, submitted_at, settled_at, closed_at, submissions)
		SELECT r.id, r.duty_id, r.plan_id, a.id, a.parent_id, a.parent_id, st, r.due_at, r.due_at, CASE WHEN st = 'returned' THEN r.due_at + interval '5 days' END,
			'{"notes": [{"kind": "window_end", "date": "2026-05-31"}, {"kind": "plus_working_days", "n": 2, "date": "2026-06-02"}, {"kind": "end_of_day", "date": "2026-06-02"}]}',
			r.opens_at, sent, sent, CASE WHEN st = 'accepted' THEN sent + interval '1 day' END, CASE WHEN st IN ('open', 'returned') THEN r.closed_at END, (sent IS NOT NULL)::int
		FROM rounds r CROSS JOIN agencies a CROSS JOIN LATERAL (SELECT abs(hashint8(a.id * 100 + r.id)) % 1000) AS f (h)
		CROSS JOIN LATERAL (SELECT
			CASE WHEN h < 600 OR r.state = 'closed' AND h < 970 THEN 'accepted' WHEN h < 700 THEN 'submitted' WHEN h < 730 THEN 'returned' ELSE 'open' END AS st,
			CASE WHEN h < 730 OR r.state = 'closed' AND h < 970 THEN r.due_at - interval '5 days' + h * interval '10 minutes' END AS sent) x
		WHERE a.level = 'commune'`,
	`INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, at, audience, severity, state, run_at)
		SELECT t.id, t.round_id, code, kind, 'due', 1, t.due_at + after, '{focal_point}', severity, 'done', t.due_at + after
		FROM tasks t, (VALUES ('before_1', 'reminder', interval '-1 day', 1), ('overdue_3', 'overdue', interval '15 hours', 2)) AS f (code, kind, after, severity)
		WHERE t.settled_at IS NULL`,
	`INSERT INTO users (email, name, created_at) VALUES ('tinh@dondoc.example', 'Người theo dõi cấp tỉnh', '2020-01-01'), ('cq@dondoc.example', 'Cơ quan ban hành', '2020-01-01')`,
	`INSERT INTO memberships (user_id, agency_id, role, valid_from_on) VALUES (1, 2, 'supervisor', '2020-01-01'), (2, 1, 'plan_authority', '2020-01-01')`,
	`INSERT INTO rehearsal_clock (wall_anchor_at, business_anchor_at, rate) VALUES (now(), '2026-06-16 02:00+0', 1)`,
	`VACUUM ANALYZE`,
}

// BenchmarkBoardPage opens the board of a plan with 200 agencies and 24 rounds,
// 1,002,000 tasks lying in the database, as a browser does: session, store and
// rendering. The aim is a 99th percentile of 100 ms.
func BenchmarkBoardPage(b *testing.B) {
	cfg, err := config.Read(func(name string) string {
		return map[string]string{"DONDOC_DATABASE_URL": postgrestest.URL(b), "DONDOC_DATABASE_CONNECTIONS": "8", "DONDOC_SMTP_TLS": "none"}[name]
	})
	if err != nil {
		b.Fatal(err)
	}
	fillCountry(b, cfg.DatabaseURL)
	r, err := open(b.Context(), cfg, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := r.close(); err != nil {
			b.Error(err)
		}
	})
	handler, err := r.handler(calendar.WeekCalendar{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	for user, reader := range map[int64]string{1: "supervisor of a province", 2: "plan authority"} {
		token, hash := account.NewToken()
		now := clock.SystemWall()
		if _, err := r.db.ExecContext(b.Context(), `
			INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)`, hash, user, now, now.Add(time.Hour)); err != nil {
			b.Fatal(err)
		}
		b.Run(reader, func(b *testing.B) { openBoard(b, handler, token) })
		b.Run(reader+", parts", func(b *testing.B) { boardParts(b, r.store, user) })
	}
}

func fillCountry(b *testing.B, address string) {
	b.Helper()
	db, err := postgres.Open(b.Context(), address, 1)
	if err != nil {
		b.Fatal(err)
	}
	for _, statement := range boardCountry {
		if _, err := db.ExecContext(b.Context(), statement); err != nil {
			b.Fatalf("%s: %v", statement, err)
		}
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
}

func openBoard(b *testing.B, handler http.Handler, token string) {
	times, size := []time.Duration{}, 0
	for b.Loop() {
		request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/theo-doi?van-ban=1", nil)
		request.AddCookie(&http.Cookie{Name: session.CookieName, Value: token})
		answer := httptest.NewRecorder()
		start := time.Now()
		handler.ServeHTTP(answer, request)
		times = append(times, time.Since(start))
		page, err := io.ReadAll(answer.Body)
		if err != nil {
			b.Fatal(err)
		}
		if cells := strings.Count(string(page), `<a id="o`); answer.Code != http.StatusOK || cells != 200*24 {
			b.Fatalf("%d with %d cells", answer.Code, cells)
		}
		size = len(page)
	}
	slices.Sort(times)
	for _, q := range []int{50, 99} {
		b.ReportMetric(float64(times[(len(times)-1)*q/100])/float64(time.Millisecond), "p"+strconv.Itoa(q)+"-ms")
	}
	b.ReportMetric(float64(size)/1024, "page-KB")
}

// boardParts reads what the page is drawn from, one after the other.
func boardParts(b *testing.B, store *postgres.Store, user int64) {
	parts := []struct {
		name string
		read func(actor policy.Actor) error
	}{
		{"actor", func(policy.Actor) error { _, err := store.ActorByID(b.Context(), user); return err }},
		{"figures", func(actor policy.Actor) error {
			_, err := store.Board(b.Context(), actor, task.BoardFilter{PlanID: 1, Limit: 50})
			return err
		}},
		{"matrix", func(actor policy.Actor) error {
			_, err := store.Matrix(b.Context(), actor, task.MatrixFilter{PlanID: 1, Limit: 200})
			return err
		}},
		{"choices", func(actor policy.Actor) error { _, err := store.BoardChoices(b.Context(), actor, 1); return err }},
	}
	actor, err := store.ActorByID(b.Context(), user)
	if err != nil {
		b.Fatal(err)
	}
	took := make([]time.Duration, len(parts))
	for b.Loop() {
		for i, part := range parts {
			start := time.Now()
			if err := part.read(actor); err != nil {
				b.Fatal(err)
			}
			took[i] += time.Since(start)
		}
	}
	for i, part := range parts {
		b.ReportMetric(float64(took[i])/float64(time.Millisecond)/float64(b.N), part.name+"-ms")
	}
}
