package postgres_test

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/clock"
	"dondoc/internal/consolidation"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

// nation fills a round of the country's 10,599 communes that report forty
// indicators to one agency, which sums them up; every tenth indicator is a mean, a
// maximum, a ratio or a number of communes.
var nation = []string{
	`INSERT INTO agencies (code, name, level) VALUES ('cq', 'Cơ quan tổng hợp', 'government')`,
	`INSERT INTO agencies (code, name, level, parent_id, position) SELECT 'x' || n, 'Xã ' || n, 'commune', 1, n FROM generate_series(1, 10599) n`,
	`INSERT INTO users (email, name, created_at) VALUES ('cq@dondoc.example', 'Cán bộ', '2020-01-01')`,
	`INSERT INTO memberships (user_id, agency_id, role, valid_from_on) VALUES (1, 1, 'focal_point', '2020-01-01'), (1, 1, 'plan_authority', '2020-01-01')`,
	`INSERT INTO plans (code, title, issuer_id, state, valid_from_on, valid_to_on, time_zone, activated_at, current_version)
		VALUES ('kh', 'Kế hoạch', 1, 'active', '2021-01-01', '2026-12-31', 'Asia/Ho_Chi_Minh', '2021-01-01', 1)`,
	`INSERT INTO plan_versions (plan_id, number, source, sha256, document, loaded_at)
		SELECT 1, 1, '', '', jsonb_build_object('Indicators', jsonb_agg(jsonb_build_object('Code', 'c' || n, 'Name', 'Chỉ tiêu ' || n, 'Unit', 'count', 'Aggregation',
			CASE n % 10 WHEN 7 THEN 'mean' WHEN 8 THEN 'last' WHEN 9 THEN 'count_units' WHEN 0 THEN 'ratio' ELSE 'sum' END, 'Numerator', 'c1', 'Denominator', 'c2') ORDER BY n)), '2021-01-01'
		FROM generate_series(1, 40) n`,
	`INSERT INTO duties (plan_id, code, position, title, text, mode, scheduled, review, nil_return, definition, since_version)
		SELECT 1, code, row_number() OVER (), 'Nhiệm vụ', 'Nhiệm vụ', 'assigned', true, 'required', true,
			jsonb_build_object('Indicators', (SELECT jsonb_agg('c' || n ORDER BY n) FROM generate_series(1, 40) n), 'Consolidates', below), 1
		FROM (VALUES ('X', NULL), ('C', '["X"]'::jsonb)) AS d (code, below)`,
	`INSERT INTO rounds (duty_id, plan_id, period_key, cadences, window_from_on, window_to_on, state, opens_at, due_at, closes_at, opened_at)
		SELECT id, 1, '2026-M05', '{monthly}', '2026-05-01', '2026-05-31', 'open', '2026-05-20', '2026-06-05', '2026-07-05', '2026-05-20' FROM duties`,
	`INSERT INTO tasks (round_id, duty_id, plan_id, agency_id, recipient_id, reviewer_id, state, due_at, original_due_at, derivation, opened_at,
			first_submitted_at, submitted_at, settled_at, submissions)
		SELECT 1, 1, 1, id, 1, 1, 'accepted', '2026-06-05', '2026-06-05', '{}', '2026-05-20', '2026-06-01', '2026-06-01', '2026-06-02', 1 FROM agencies WHERE level = 'commune'`,
	`INSERT INTO tasks (round_id, duty_id, plan_id, agency_id, state, due_at, original_due_at, derivation, opened_at)
		VALUES (2, 2, 1, 1, 'open', '2026-06-10', '2026-06-10', '{}', '2026-05-20')`,
	`INSERT INTO submissions (task_id, number, kind, narrative, figures, submitted_at, submitted_by, from_state)
		SELECT t.id, 1, 'report', repeat('Đã tổ chức tuyên truyền. ', 20), (SELECT jsonb_object_agg('c' || n, ((t.id * 7 + n * 13) % 1000)::text) FROM generate_series(1, 40) n WHERE n % 10 <> 0),
			'2026-06-01', 1, 'open' FROM tasks t WHERE t.submissions > 0`,
	`VACUUM ANALYZE`,
}

// national is that country's database and who sums it up.
type national struct {
	db    *sqlx.DB
	store *postgres.Store
	actor policy.Actor
	task  int64
}

func newNational(b *testing.B) national {
	b.Helper()
	n := national{db: postgrestest.New(b)}
	for _, statement := range nation {
		if _, err := n.db.ExecContext(b.Context(), statement); err != nil {
			b.Fatalf("%s: %v", statement, err)
		}
	}
	n.store = postgres.New(n.db, clock.Fixed(time.Date(2026, 6, 8, 2, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	var err error
	if n.actor, err = n.store.ActorByID(b.Context(), 1); err != nil {
		b.Fatal(err)
	}
	if err := n.db.GetContext(b.Context(), &n.task, `SELECT id FROM tasks WHERE duty_id = 2`); err != nil {
		b.Fatal(err)
	}
	return n
}

func (n national) takeOver(ctx context.Context, b *testing.B, seen string) task.Draft {
	b.Helper()
	draft, err := n.store.TakeOver(ctx, n.actor, consolidation.TakeOverInput{TaskID: n.task, Seen: seen})
	if err != nil {
		b.Fatal(err)
	}
	return draft
}

// peak samples the heap until it is stopped, and tells the most that was in use.
func peak() (stop func() (mebibytes float64)) {
	runtime.GC()
	var most atomic.Uint64
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			most.Store(max(most.Load(), m.HeapInuse))
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() float64 {
		close(done)
		<-ended
		return float64(most.Load()) / (1 << 20)
	}
}

// Consolidating the country costs less than 5 s and 512 MiB.
func BenchmarkConsolidateTheCountry(b *testing.B) {
	n := newNational(b)
	view, err := n.store.Consolidation(b.Context(), n.actor, n.task)
	if err != nil {
		b.Fatal(err)
	}
	if len(view.Inputs) != 10_599 || view.Figures[0].Value == "" {
		b.Fatalf("%d inputs, %+v", len(view.Inputs), view.Figures[0].Value)
	}
	seen := view.Seen
	view = consolidation.View{}
	stop := peak()
	b.ResetTimer()
	for b.Loop() {
		n.takeOver(b.Context(), b, seen)
	}
	each, most := b.Elapsed()/time.Duration(b.N), stop()
	b.ReportMetric(most, "MiB-peak")
	if each > 5*time.Second || most > 512 {
		b.Errorf("%s and %.0f MiB", each, most)
	}
}

// One changed input of the country is in the draft in less than 200 ms.
func BenchmarkOneInputOfTheCountryChanges(b *testing.B) {
	n := newNational(b)
	view, err := n.store.Consolidation(b.Context(), n.actor, n.task)
	if err != nil {
		b.Fatal(err)
	}
	n.takeOver(b.Context(), b, view.Seen)
	view = consolidation.View{}
	var id int64
	var elapsed time.Duration
	b.ResetTimer()
	for b.Loop() {
		b.StopTimer()
		id++
		if _, err := n.db.ExecContext(b.Context(), `
			WITH kept AS (
				INSERT INTO submissions (task_id, number, kind, narrative, figures, submitted_at, submitted_by, from_state)
				SELECT task_id, 2, kind, narrative, figures || '{"c1": "5000"}', '2026-06-08', 1, 'open' FROM submissions WHERE task_id = $1 RETURNING id
			), moved AS (
				UPDATE tasks SET submissions = 2 WHERE id = $1
			)
			INSERT INTO corrections (submission_id, task_id, replaces, reason, outcome, decided_at) SELECT id, $1, 1, 'x', 'accepted', '2026-06-08' FROM kept`, id); err != nil {
			b.Fatal(err)
		}
		begun := time.Now() //nolint:forbidigo // measures
		b.StartTimer()
		if _, err := n.store.RunConsolidation(b.Context(), 2, 1); err != nil {
			b.Fatal(err)
		}
		elapsed += time.Since(begun) //nolint:forbidigo // measures
	}
	if each := elapsed / time.Duration(b.N); each > 200*time.Millisecond {
		b.Errorf("one changed input takes %s", each)
	}
}
