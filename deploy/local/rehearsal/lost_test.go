package rehearsal

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"dondoc/deploy/local/stack"
)

// TestTemporalLost drops Temporal's databases in the middle of a busy morning;
// Temporal comes up with nothing in it, `reconcile` starts every workflow again
// from Postgres, and the outcome is the same.
func TestTemporalLost(t *testing.T) {
	run := Run{From: instant("2026-01-01 07:00"), Until: instant("2026-02-05 12:00")}
	w := newWorld(t, run.From)
	lose := instant("2026-01-20 08:00")
	w.driver.AtInstant = func(at time.Time) {
		if at.Equal(lose) {
			w.loseTemporal()
		}
	}
	must(t, w.worker.Start(t.Context()))
	w.activate()
	w.play(run)
	w.hold(run)
}

func (w *world) loseTemporal() {
	w.t.Helper()
	ctx := w.t.Context()
	must(w.t, w.stack.Temporal.Kill())
	admin, err := sqlx.Open("postgres", w.stack.DatabaseURL("postgres"))
	must(w.t, err)
	for _, name := range []string{"temporal", "temporal_visibility"} {
		_, err := admin.ExecContext(ctx, fmt.Sprintf(`DROP DATABASE %s WITH (FORCE)`, name))
		must(w.t, err)
		_, err = admin.ExecContext(ctx, fmt.Sprintf(`CREATE DATABASE %s`, name))
		must(w.t, err)
	}
	must(w.t, admin.Close())
	must(w.t, w.stack.Temporal.Start(ctx))
	if running := w.running(ctx); len(running) > 0 {
		w.t.Errorf("Temporal knows %v although its databases were dropped", running)
	}
	begin := time.Now()
	program := w.stack.Program("reconcile", nil, "reconcile")
	reconcile := exec.CommandContext(ctx, program.Path, program.Args...)
	reconcile.Env = append(os.Environ(), program.Env...)
	if said, err := reconcile.CombinedOutput(); err != nil {
		w.t.Fatalf("reconcile: %v: %s", err, said)
	}
	w.note("reconcile took %s", time.Since(begin).Round(time.Millisecond))
}

// running lists the workflows that Temporal has running, of those that the
// business database says should be.
func (w *world) running(ctx context.Context) []string {
	w.t.Helper()
	var ids []string
	must(w.t, w.db.SelectContext(ctx, &ids, wanted))
	c, err := client.DialContext(ctx, client.Options{HostPort: w.stack.TemporalAddress(), Namespace: stack.Namespace})
	must(w.t, err)
	defer c.Close()
	var running []string
	for _, id := range ids {
		described, err := c.DescribeWorkflowExecution(ctx, id, "")
		if err == nil && described.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
			running = append(running, id)
		}
	}
	return running
}

// wanted are the workflows that have to run: of the plan, of every duty that
// the calendar opens rounds for, of every open round, of delivery and digest.
const wanted = `
	SELECT 'plan:' || id FROM plans WHERE state = 'active'
	UNION ALL SELECT 'duty:' || d.id FROM duties d JOIN plans p ON p.id = d.plan_id WHERE p.state = 'active' AND d.scheduled
	UNION ALL SELECT 'round:' || r.id FROM rounds r WHERE r.state = 'open'
	UNION ALL SELECT 'delivery:mail'
	UNION ALL SELECT 'digest:weekly'`

// TestActivationKilled kills everything with -9 while the plan is being
// activated, and once more while its first rounds open. Started again, every
// duty has its workflow and every round its tasks, and nobody was told twice.
func TestActivationKilled(t *testing.T) {
	run := Run{From: instant("2026-01-01 07:00"), Until: instant("2026-01-05 12:00")}
	for _, after := range []time.Duration{10 * time.Millisecond, 80 * time.Millisecond, 300 * time.Millisecond} {
		t.Run(after.String(), func(t *testing.T) {
			w := newWorld(t, run.From)
			must(t, w.worker.Start(t.Context()))
			activated := make(chan error, 1)
			go func() { activated <- w.people.activate(t.Context(), planAuthorityAddress, 1) }()
			time.Sleep(after)
			w.killAll()
			w.startAll()
			must(t, <-activated)
			opening := instant("2026-01-01 08:00")
			w.driver.AtInstant = func(at time.Time) {
				if at.Equal(opening) {
					time.Sleep(after)
					w.killAll()
					w.startAll()
				}
			}
			w.play(run)
			w.hold(run)
			var ids []string
			must(t, w.db.SelectContext(t.Context(), &ids, wanted))
			if running := w.running(t.Context()); !slices.Equal(running, ids) {
				t.Errorf("of %v only %v run", ids, running)
			}
		})
	}
}

func (w *world) killAll() {
	w.t.Helper()
	for _, target := range []string{"api", "worker", "temporal", "postgres"} {
		must(w.t, w.kill(target))
	}
}

func (w *world) startAll() {
	w.t.Helper()
	for _, target := range []string{"postgres", "temporal", "worker", "api"} {
		must(w.t, w.start(w.t.Context(), target))
	}
}
