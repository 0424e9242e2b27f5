package stack

import (
	"context"
	"database/sql"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/lib/pq"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"dondoc/deploy/local/datadir"
)

func newStack(t *testing.T) *Stack {
	t.Helper()
	binary, err := Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{Binary: binary, Rehearsal: true, Report: func(sentence string) { t.Log(sentence) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// nap sleeps for as long as it is told.
func nap(ctx workflow.Context, length time.Duration) error { return workflow.Sleep(ctx, length) }

// TestWorkflowOutlivesKills starts a workflow, kills the server, PostgreSQL
// and both, and sees the workflow end all the same.
func TestWorkflowOutlivesKills(t *testing.T) {
	s := newStack(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if err := s.Start(ctx); err != nil {
		t.Fatal(err)
	}
	c, err := client.DialContext(ctx, client.Options{HostPort: s.TemporalAddress(), Namespace: Namespace, Logger: silent{}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	w := worker.New(c, "naps", worker.Options{})
	w.RegisterWorkflow(nap)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "nap", TaskQueue: "naps"}, nap, 3*time.Second)
	if err != nil {
		t.Fatal(err)
	}

	before := s.Temporal.PID()
	for _, step := range []struct {
		name string
		act  func() error
	}{
		{"kill the server", s.Temporal.Kill},
		{"start the server", func() error { return s.Temporal.Start(ctx) }},
		{"kill PostgreSQL under the server", s.KillPostgres},
		{"start PostgreSQL", func() error { return s.StartPostgres(ctx) }},
		{"kill the server again", s.Temporal.Kill},
		{"kill PostgreSQL again", s.KillPostgres},
		{"start both", func() error { return s.Start(ctx) }},
	} {
		if err := step.act(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
	}
	if s.Temporal.PID() == before {
		t.Fatal("the server was never killed")
	}
	if err := run.Get(ctx, nil); err != nil {
		t.Fatalf("the workflow did not end well: %v", err)
	}
}

// TestSchemaSurvivesKillsAndRaces kills the server at ever later moments of
// its first start, which makes the schema, and then starts two at once.
func TestSchemaSurvivesKillsAndRaces(t *testing.T) {
	s := newStack(t)
	if err := s.StartPostgres(t.Context()); err != nil {
		t.Fatal(err)
	}
	ready := s.Temporal.Ready
	s.Temporal.Ready = nil
	for moment := 150 * time.Millisecond; moment <= 900*time.Millisecond; moment += 150 * time.Millisecond {
		if err := s.Temporal.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(moment)
		if err := s.Temporal.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	s.Temporal.Ready = ready
	if err := s.Temporal.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Temporal.Stop(); err != nil {
		t.Fatal(err)
	}

	db, err := sql.Open("postgres", s.DatabaseURL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, name := range []string{"temporal", "temporal_visibility"} {
		if _, err := db.ExecContext(t.Context(), `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), `CREATE DATABASE `+name); err != nil {
			t.Fatal(err)
		}
	}
	port, err := datadir.FreePort(nil)
	if err != nil {
		t.Fatal(err)
	}
	other := s.Program("temporal-twin", s.Temporal.Env, "temporal", "--port", strconv.Itoa(port), "--namespace", Namespace, "--log-file", s.Path("twin-server.log"))
	var both sync.WaitGroup
	both.Go(func() {
		if err := s.Temporal.Start(t.Context()); err != nil {
			t.Error(err)
		}
	})
	both.Go(func() {
		other.Ready = func(context.Context) error { return printed(other.LogFile, "Temporal serves") }
		if err := other.Start(t.Context()); err != nil {
			t.Error(err)
		}
	})
	both.Wait()
	if err := other.Stop(); err != nil {
		t.Error(err)
	}
}

// printed returns nil once the file holds the text.
func printed(path, text string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !strings.Contains(string(raw), text) {
		return os.ErrNotExist
	}
	return nil
}
