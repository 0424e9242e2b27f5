package postgres_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/idempotency"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

// The machine of plans: amendments of a plan that lives, and agencies that merge,
// end and move under it, between and amid what units and reviewers do. As in
// TestMachine a model, written from docs/amendments.md and docs/agencies.md
// without the product's rules, says of each act what must come of it, and the
// database is held against it after each step. What people do around a task
// without either is TestMachine's; here it is done so that something lives.
//
// Longer: go test ./internal/postgres -run TestMachineOfPlans -rapid.checks=200 -rapid.steps=60.
var planActs = []struct {
	name   string
	weight int
	do     func(*planMachine, *rapid.T)
}{
	{"submit", 5, (*planMachine).submit},
	{"decide on preparation", 1, (*planMachine).decidePreparation},
	{"review", 4, (*planMachine).review},
	{"reopen", 1, (*planMachine).reopen},
	{"save draft", 1, (*planMachine).saveDraft},
	{"ask", 2, (*planMachine).ask},
	{"grant", 2, (*planMachine).grant},
	{"take back waiver", 1, (*planMachine).takeBackWaiver},
	{"suspend or resume", 1, (*planMachine).suspendOrResume},
	{"time passes", 1, (*planMachine).timePasses},
	{"time passes and the engine runs", 4, func(m *planMachine, rt *rapid.T) { m.timePasses(rt); m.runEngine(rt) }},
	{"mail goes out", 1, (*planMachine).mailGoesOut},
	{"amend", 6, (*planMachine).amend},
	{"reform", 3, (*planMachine).reform},
	{"withdraw reform", 1, (*planMachine).withdrawReform},
	{"end a post", 1, (*planMachine).endPost},
}

// planChecks is how many sequences run unless -rapid.checks says otherwise.
const planChecks = 8

// planMachine uses the tools of machine around the database, its clock and its
// trail, and the plan's state; its model is its own.
type planMachine struct {
	machine
	units     map[string]*unit
	charges   []*charge
	officials []*official
	terms     []*term
	pieces    []*piece
	pleas     []*plea
	reforms   []*reform
	doc       *plan.Plan // the file in force
	standing  string
	loads     int
}

func TestMachineOfPlans(t *testing.T) {
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if checks := flag.Lookup("rapid.checks"); !given {
		before := checks.Value.String()
		if err := checks.Value.Set(fmt.Sprint(planChecks)); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := checks.Value.Set(before); err != nil {
				t.Error(err)
			}
		}()
	}
	seal := newSeal(t)
	defer func() {
		for _, what := range slices.Sorted(maps.Keys(seal.done)) {
			t.Logf("%5d × %s", seal.done[what], what) // with -v: how often each act went through
		}
	}()
	var acts []func(*planMachine, *rapid.T)
	for _, act := range planActs {
		acts = append(acts, slices.Repeat([]func(*planMachine, *rapid.T){act.do}, act.weight)...)
	}
	rapid.Check(t, func(rt *rapid.T) {
		m, end := newPlanMachine(t, rt, seal)
		defer end()
		rt.Repeat(map[string]func(*rapid.T){"": m.check, "act": func(rt *rapid.T) {
			if m.plan.state == plan.Suspended && chance(rt, "long enough", 1, 5) {
				m.suspendOrResume(rt)
				return
			}
			for range 30 {
				if fits(func() { oneOf(rt, "act", acts...)(m, rt) }) {
					return
				}
			}
		}})
		m.runEngine(rt)
		m.check(rt)
		m.verifyTrail(rt)
	})
	for _, what := range []string{"amend", "amend after a reform"} {
		if seal.done[what] == 0 && !t.Failed() && !given {
			t.Errorf("no sequence of this test had: %s", what)
		}
	}
}

// fits tries an act, and tells whether it was worth trying.
func fits(act func()) (tried bool) {
	defer func() {
		r := recover()
		if _, skipped := r.(unfit); skipped {
			tried = false
		} else if r != nil {
			panic(r)
		}
	}()
	act()
	return true
}

// try does an act of an official and holds its outcome against the one due; one
// act in eight bears a key and is repeated, which must change nothing.
func try[T any](m *planMachine, rt *rapid.T, what string, p *official, want string, do func(ctx context.Context, actor policy.Actor) (T, error), effects func(T)) {
	rt.Helper()
	rt.Logf("%s %s: %s, want %q", m.now.In(hanoi).Format("01-02 15:04:05.000000"), p, what, want)
	actor := m.actor(rt, p)
	ctx := m.t.Context()
	keyed := chance(rt, "keyed", 1, 8)
	if keyed {
		m.words++
		ctx = idempotency.With(ctx, idempotency.Key{Value: fmt.Sprintf("khoa-%04d", m.words), RequestHash: []byte{1}})
	}
	answer, err := do(ctx, actor)
	if got := codeOf(rt, err); got != want {
		rt.Fatalf("%s by %s: %q (%v), want %q", what, p, got, inFull(err), want)
	}
	m.expected, m.nudged = nil, nil
	if err == nil {
		m.seal.done[what]++
		effects(answer)
	}
	m.left(rt, what)
	if !keyed || err != nil {
		return
	}
	again, err := do(ctx, actor)
	if err != nil || !reflect.DeepEqual(asJSON(rt, again), asJSON(rt, answer)) {
		rt.Fatalf("%s repeated: %+v (%v), first %+v", what, again, err, answer)
	}
	m.expected, m.nudged = nil, nil
	m.left(rt, what+" repeated")
}

func (m *planMachine) actor(rt *rapid.T, p *official) policy.Actor {
	rt.Helper()
	actor, err := m.store.ActorByID(m.t.Context(), p.id)
	if err != nil {
		rt.Fatal(err)
	}
	return actor
}

// leaves says that the act leaves an audit row by a person; 0 is the system.
func (m *planMachine) leaves(action, entity string, id, by int64) {
	m.expected = append(m.expected, fmt.Sprintf("%s %s %d by %d", action, entity, id, by))
}

// someone draws who acts: mostly one of those that the rule is about.
func (m *planMachine) someone(rt *rapid.T, likely func(p *official) bool) *official {
	fit := slices.DeleteFunc(slices.Clone(m.officials), func(p *official) bool { return !likely(p) })
	if len(fit) > 0 && chance(rt, "who fits", 7, 8) {
		return oneOf(rt, "who", fit...)
	}
	return oneOf(rt, "anyone", m.officials...)
}

// something draws a task: mostly one that the act fits.
func (m *planMachine) something(rt *rapid.T, fits func(t *piece) bool) *piece {
	fit := slices.DeleteFunc(slices.Clone(m.pieces), func(t *piece) bool { return !fits(t) })
	switch {
	case len(fit) > 0 && chance(rt, "fitting", 11, 12):
		return oneOf(rt, "task", fit...)
	case len(fit) == 0 && chance(rt, "not fitting", 7, 8):
		panic(unfit("no task fits"))
	}
	return oneOf(rt, "any task", m.pieces...)
}

// day writes a day as files do.
func day(at time.Time) string { return at.In(hanoi).Format(time.DateOnly) }

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

func list(words []string) string { return "[" + strings.Join(words, ", ") + "]" }
