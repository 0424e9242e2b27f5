package relay_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/postgrestest"
	"dondoc/internal/relay"
)

// server stands for Temporal: it remembers who was nudged and can be away.
type server struct {
	mu     sync.Mutex
	away   map[string]bool
	nudged []string
}

func (s *server) StartAndNudge(_ context.Context, workflowID, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away[workflowID] || s.away["*"] {
		return errors.New("unavailable")
	}
	s.nudged = append(s.nudged, workflowID)
	return nil
}

func (s *server) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := slices.Clone(s.nudged)
	slices.Sort(seen)
	return seen
}

func leave(t *testing.T, db *sqlx.DB, workflows ...string) {
	t.Helper()
	for _, w := range workflows {
		if _, err := db.ExecContext(t.Context(), `INSERT INTO outbox (workflow, kind, created_at) VALUES ($1, 'test', $2)`, w, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
}

func left(t *testing.T, db *sqlx.DB) int {
	t.Helper()
	var n int
	if err := db.GetContext(t.Context(), &n, `SELECT count(*) FROM outbox`); err != nil {
		t.Fatal(err)
	}
	return n
}

func start(t *testing.T, db *sqlx.DB, s *server, every time.Duration) *relay.Relay {
	t.Helper()
	r := &relay.Relay{DB: db, Conductor: s, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Every: every}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	return r
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

func TestManyChangesOfOneWorkflowAreOneNudge(t *testing.T) {
	db, s := postgrestest.New(t), &server{}
	leave(t, db, "round:1", "round:1", "duty:7", "round:1", "round:2")
	start(t, db, s, time.Hour)
	eventually(t, "the outbox is empty", func() bool { return left(t, db) == 0 })
	if got := s.seen(); !slices.Equal(got, []string{"duty:7", "round:1", "round:2"}) {
		t.Errorf("nudged %v", got)
	}
}

func TestOneWorkflowOutOfReachHoldsUpNoOther(t *testing.T) {
	db, s := postgrestest.New(t), &server{away: map[string]bool{"round:1": true}}
	leave(t, db, "round:1", "round:2")
	start(t, db, s, 10*time.Millisecond)
	eventually(t, "the other is nudged", func() bool { return slices.Contains(s.seen(), "round:2") })
	if left(t, db) != 1 {
		t.Error("the row of the workflow out of reach is gone")
	}
	s.mu.Lock()
	s.away = nil
	s.mu.Unlock()
	eventually(t, "it is nudged when it is back", func() bool { return slices.Contains(s.seen(), "round:1") && left(t, db) == 0 })
}

func TestWakeSparesTheWait(t *testing.T) {
	db, s := postgrestest.New(t), &server{}
	r := start(t, db, s, time.Hour)
	leave(t, db, "plan:3")
	r.Wake()
	eventually(t, "nudged long before the next look", func() bool { return slices.Equal(s.seen(), []string{"plan:3"}) })
}

func TestTwoRelaysDeliverEachRowOnce(t *testing.T) {
	db, s := postgrestest.New(t), &server{}
	var want []string
	for i := range 200 {
		want = append(want, "round:"+string(rune('a'+i%26))+time.Duration(i).String())
	}
	leave(t, db, want...)
	start(t, db, s, 5*time.Millisecond)
	start(t, db, s, 5*time.Millisecond)
	eventually(t, "the outbox is empty", func() bool { return left(t, db) == 0 })
	slices.Sort(want)
	if got := s.seen(); !slices.Equal(got, want) {
		t.Errorf("%d nudges for %d workflows", len(got), len(want))
	}
}
