package rehearsal

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

// strike is one kill: what, at which instant, how long after it has come.
type strike struct {
	at     time.Time
	target string
	after  time.Duration
	// away is how long it stays away before it is started again.
	away time.Duration
}

// killer kills processes with -9 while instants are being worked on, and starts
// them again.
type killer struct {
	w       *world
	strikes []strike
	mu      sync.Mutex
	under   sync.WaitGroup
	// killed and busy count kills by target, and those that met unfinished work.
	killed, busy map[string]int
	failures     []error
}

// strikes deals out kills over a run's busiest instants, by a fixed seed: so
// many of each target.
func strikes(e *Expected, each int) []strike {
	load := map[time.Time]int{}
	for _, m := range e.messages {
		load[m.at]++
	}
	acting := map[time.Time]int{}
	for _, a := range e.acts {
		acting[a.at]++
	}
	random := rand.New(rand.NewPCG(2026, 11)) //nolint:gosec // the same kills every time
	var all []strike
	taken := map[time.Time]bool{}
	deal := func(target string, each int, load map[time.Time]int, latest time.Duration) {
		instants := busiest(load, 60)
		for n := 0; n < each; {
			at := instants[random.IntN(len(instants))]
			if taken[at] {
				continue
			}
			taken[at] = true
			all = append(all, strike{at, target, time.Duration(random.Int64N(int64(latest))), time.Duration(random.Int64N(int64(300 * time.Millisecond)))})
			n++
		}
	}
	for _, target := range []string{"worker", "temporal", "postgres"} {
		deal(target, each, load, 250*time.Millisecond)
	}
	deal("api", each, acting, 60*time.Millisecond)
	deal("postgres", each/2, acting, 60*time.Millisecond)
	slices.SortFunc(all, func(a, b strike) int { return a.at.Compare(b.at) })
	return all
}

// busiest are the instants with the most to do.
func busiest(load map[time.Time]int, n int) []time.Time {
	var instants []time.Time
	for at := range load {
		instants = append(instants, at)
	}
	slices.SortFunc(instants, func(a, b time.Time) int { return cmp.Or(cmp.Compare(load[b], load[a]), a.Compare(b)) })
	return instants[:min(n, len(instants))]
}

// instant is told by the driver; kills happen beside it.
func (k *killer) instant(at time.Time) {
	for _, s := range k.strikes {
		if s.at.Equal(at) {
			k.under.Go(func() { k.strike(s) })
		}
	}
}

func (k *killer) strike(s strike) {
	time.Sleep(s.after)
	k.mu.Lock()
	defer k.mu.Unlock()
	ctx := context.WithoutCancel(k.w.t.Context())
	var u undone
	if err := k.w.db.GetContext(ctx, &u, left, s.at, 0); err == nil && u != (undone{}) {
		k.busy[s.target]++
	}
	k.killed[s.target]++
	if err := k.w.kill(s.target); err != nil {
		k.failures = append(k.failures, err)
	}
	time.Sleep(s.away)
	if err := k.w.start(ctx, s.target); err != nil {
		k.failures = append(k.failures, err)
	}
}

func (w *world) kill(target string) error {
	switch target {
	case "worker":
		return w.worker.Kill()
	case "api":
		return w.api.Kill()
	case "temporal":
		return w.stack.Temporal.Kill()
	default:
		return w.stack.KillPostgres()
	}
}

func (w *world) start(ctx context.Context, target string) error {
	switch target {
	case "worker":
		return w.worker.Start(ctx)
	case "api":
		return w.api.Start(ctx)
	case "temporal":
		return w.stack.Temporal.Start(ctx)
	default:
		return w.stack.StartPostgres(ctx)
	}
}

// TestYearKilled lets the same year run while worker, API, Temporal and Postgres
// are killed with -9 and started again: the outcome is the same.
func TestYearKilled(t *testing.T) {
	killed(t, theYear, 4)
}

func killed(t *testing.T, run Run, each int) {
	w := newWorld(t, run.From)
	k := &killer{w: w, strikes: strikes(Expect(w.province, run), each), killed: map[string]int{}, busy: map[string]int{}}
	w.driver.AtInstant = k.instant
	must(t, w.worker.Start(t.Context()))
	w.activate()
	w.play(run)
	k.under.Wait()
	for _, err := range k.failures {
		t.Error(err)
	}
	w.note("killed with -9: %v; of these in the middle of work: %v", k.killed, k.busy)
	for _, target := range []string{"worker", "temporal", "postgres", "api"} {
		if k.killed[target] < each {
			t.Errorf("%s was killed %d times, not %d", target, k.killed[target], each)
		}
	}
	w.hold(run)
}
