package postgres_test

import (
	"flag"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"pgregory.net/rapid"

	"dondoc/internal/fault"
	"dondoc/internal/idempotency"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
)

// The machine: random acts by random people on random tasks against a real
// database. A model, written from the design and the pages under docs/ without
// the product's rules, says of each act what must come of it. After each step
// the database is held against the model (machine_check_test.go).
//
// An act is one function in the file of its group, named in that file's init:
//
//	func init() { register(3, "withdraw", (*machine).withdraw) }
//
// It draws who acts on what, works out the code of the fault that is due (empty:
// the act goes through), and gives perform the effects on the model: changed
// fields, m.bump for the task's version, m.expect for each audit row, m.nudge
// for each workflow that must hear of it. Rules about rights stand in
// machine_person_test.go. Everything else, invariants too, then holds for it.
//
// Longer: go test ./internal/postgres -run TestMachine -rapid.checks=50 -rapid.steps=150.
// What failed is repeated with the -rapid.failfile or -rapid.seed that rapid prints.
var machineActs []machineAct

type machineAct struct {
	name string
	// weight says how often the act is tried beside the others.
	weight int
	do     func(*machine, *rapid.T)
}

func register(weight int, name string, do func(*machine, *rapid.T)) {
	machineActs = append(machineActs, machineAct{name, weight, do})
}

// machineChecks is how many sequences run unless -rapid.checks says otherwise, and
// machineSteps how many acts one has about: the later ones meet what the earlier
// ones left behind, and a world costs as much as fifty of them.
const machineChecks, machineSteps = 15, 70

// machineNever is where a sequence's time ends: the model knows the days off until then.
var machineNever = time.Date(2026, 8, 20, 0, 0, 0, 0, hanoi)

type machine struct {
	model
	t     *testing.T
	db    *sqlx.DB
	store *postgres.Store
	clock *hand
	seal  *seal
	// What the act at hand must leave behind, and what has been seen before.
	expected  []string
	nudged    []string
	lastAudit int64
	words     int
}

func TestMachine(t *testing.T) {
	defer unlessGiven(t, "rapid.checks", machineChecks)()
	defer unlessGiven(t, "rapid.steps", machineSteps)()
	slices.SortFunc(machineActs, func(a, b machineAct) int { return strings.Compare(a.name, b.name) })
	var acts []machineAct
	for _, act := range machineActs {
		acts = append(acts, slices.Repeat([]machineAct{act}, act.weight)...)
	}
	seal := newSeal(t)
	defer func() {
		for _, what := range slices.Sorted(maps.Keys(seal.done)) {
			t.Logf("%5d × %s", seal.done[what], what) // with -v: how often each act went through
		}
	}()
	rapid.Check(t, func(rt *rapid.T) {
		m, end := newMachine(t, rt, seal)
		defer end()
		rt.Repeat(map[string]func(*rapid.T){"": m.check, "act": func(rt *rapid.T) {
			if m.plan.state == plan.Suspended && chance(rt, "long enough", 1, 3) {
				m.suspendOrResume(rt)
				return
			}
			for range 30 {
				if m.tried(rt, acts[evenly(rt, "act", len(acts))]) {
					return
				}
			}
		}})
		m.runEngine(rt)
		m.check(rt)
		m.verifyTrail(rt)
	})
}

// unlessGiven sets a flag that the command line does not, until restored.
func unlessGiven(t *testing.T, name string, value int) (restore func()) {
	t.Helper()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if given {
		return func() {}
	}
	found := flag.Lookup(name).Value // not flag.Set, after which it would count as given
	set := func(to string) {
		if err := found.Set(to); err != nil {
			t.Error(err)
		}
	}
	before := found.String()
	set(fmt.Sprint(value))
	return func() { set(before) }
}

// unfit ends an act that is not worth trying now: another one is drawn.
type unfit string

func (m *machine) tried(rt *rapid.T, act machineAct) (tried bool) {
	defer func() {
		r := recover()
		if _, skipped := r.(unfit); skipped {
			tried = false
		} else if r != nil {
			panic(r)
		}
	}()
	act.do(m, rt)
	return true
}

// bits are drawn evenly; rapid's own numbers and samples prefer what is small.
var bits = rapid.Custom(func(t *rapid.T) int {
	n := 0
	for range 12 {
		if n <<= 1; rapid.Bool().Draw(t, "") {
			n++
		}
	}
	return n
})

// evenly draws a number below n.
func evenly(rt *rapid.T, what string, n int) int { return bits.Draw(rt, what) % n }

// chance is true so often out of so many times.
func chance(rt *rapid.T, what string, times, of int) bool { return evenly(rt, what, of) < times }

// between draws a number from a to b.
func between(rt *rapid.T, what string, a, b int) int { return a + evenly(rt, what, b-a+1) }

func oneOf[T any](rt *rapid.T, what string, list ...T) T { return list[evenly(rt, what, len(list))] }

// text is free text that no audit row may repeat.
func (m *machine) text() string {
	m.words++
	return fmt.Sprintf("%s %d", machineSecret, m.words)
}

const machineSecret = "lời riêng số"

// expect says that the act leaves an audit row, with both names where the person
// stands in for another; no person is the system.
func (m *machine) expect(action, entity string, id int64, p *person) {
	m.expected = append(m.expected, fmt.Sprintf("%s %s %d by %s", action, entity, id, p.names()))
}

// nudge says that a workflow must hear of the act.
func (m *machine) nudge(kind string, id int64) {
	m.nudged = append(m.nudged, fmt.Sprintf("%s:%d", kind, id))
}

// perform does an act of a person and holds its outcome against the one due;
// one act in six bears a key and is repeated, which must change nothing.
func perform[T any](m *machine, rt *rapid.T, what string, p *person, want string, do func(m *machine, key idempotency.Key, actor policy.Actor) (T, error), effects func(T)) {
	rt.Helper()
	rt.Logf("%s %s: %s, want %q", m.now.In(hanoi).Format("01-02 15:04:05.000000"), p, what, want)
	actor := m.actorOf(rt, p)
	key := idempotency.Key{}
	if chance(rt, "keyed", 1, 6) {
		m.words++
		key = idempotency.Key{Value: fmt.Sprintf("khoa-%04d", m.words), RequestHash: []byte{1}}
	}
	answer, err := do(m, key, actor)
	if got := codeOf(rt, err); got != want {
		rt.Fatalf("%s by %s: %q (%v), want %q", what, p, got, err, want)
	}
	m.expected, m.nudged = nil, nil
	if err == nil {
		m.seal.done[what]++
		effects(answer)
	}
	m.left(rt, what)
	if key.Value == "" || err != nil {
		return
	}
	again, err := do(m, key, actor)
	if err != nil || !reflect.DeepEqual(asJSON(rt, again), asJSON(rt, answer)) {
		rt.Fatalf("%s repeated: %+v (%v), first %+v", what, again, err, answer)
	}
	m.expected, m.nudged = nil, nil
	m.left(rt, what+" repeated")
}

// codeOf is the fault's code, empty for none; any other error ends the test.
func codeOf(rt *rapid.T, err error) string {
	rt.Helper()
	if err == nil {
		return ""
	}
	f := fault.Of(err)
	if f == nil {
		rt.Fatalf("not a fault: %v", err)
	}
	return f.Code
}

// left holds the audit rows and the outbox against what the act was to leave.
func (m *machine) left(rt *rapid.T, what string) {
	rt.Helper()
	var rows []struct {
		ID   int64  `db:"id"`
		Line string `db:"line"`
		At   bool   `db:"at_now"`
	}
	// What the system does in the course of an act is nobody's act, whether or not
	// its rows bear the name of the holder with the rest.
	if err := m.db.SelectContext(m.t.Context(), &rows, `
		SELECT id, action || ' ' || entity || ' ' || entity_id || ' by ' || COALESCE(actor_id || COALESCE(' for ' || stood_in_for, ''), '0') AS line, at = $2 AS at_now
		FROM audit WHERE id > $1 ORDER BY id`, m.lastAudit, m.now); err != nil {
		rt.Fatal(err)
	}
	got := []string{}
	for _, r := range rows {
		m.lastAudit = r.ID
		got = append(got, r.Line)
		if !r.At {
			rt.Fatalf("%s: %s is not of now", what, r.Line)
		}
	}
	slices.Sort(got)
	slices.Sort(m.expected)
	if !slices.Equal(got, m.expected) {
		rt.Fatalf("%s: the trail has\n %s\nwant\n %s", what, strings.Join(got, "\n "), strings.Join(m.expected, "\n "))
	}
	var told []string
	if err := m.db.SelectContext(m.t.Context(), &told, `WITH gone AS (DELETE FROM outbox RETURNING workflow) SELECT DISTINCT workflow FROM gone`); err != nil {
		rt.Fatal(err)
	}
	for _, w := range m.nudged {
		if !slices.Contains(told, w) {
			rt.Fatalf("%s: %s does not hear of it, only %q", what, w, told)
		}
	}
}
