package api_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/clock"
	"dondoc/internal/filestore"
	"dondoc/internal/policy"
)

// relations are those of an actor's agency to the task of the walk, with the
// agency that stands in it in testdata/walk.yaml.
var relations = []struct {
	letter, agency string
}{
	{"o", "xa"},         // own: owes the result
	{"a", "huyen"},      // above: its superior, which has no other part
	{"s", "so"},         // supervises: receives and reviews the result
	{"i", "ban"},        // issued the plan
	{"b", "thon"},       // below it
	{"f", "huyen-khac"}, // foreign
}

const foreignLetter = "f"

// walk is one call of the walk: what is asked, and out of which state. A row of
// the table belongs to each.
type walk struct {
	// call is the operation as the document names it. Where one operation is
	// walked several times, what sets this walk apart stands after a #.
	call string
	// from names the state in which the call succeeds; see states.
	from string
	// body and shows may name what the state holds, such as {task}.
	body    string
	headers map[string]string
	// shows is what an answer of success says of the item. An answer of success
	// without it does not show the item.
	shows string
	// outsider succeeds where nobody in the table's columns does: an e-mail address.
	outsider string
	// refused: it succeeds for nobody here, because its state is out of the walk's
	// reach; the row holds who is refused for what.
	refused bool
}

// walks are added to by the walk_*_test.go of every part.
var walks []walk

// secret stands in the narrative of the walk's results.
const secret = "noi-dung-cua-rieng-xa"

func email(role policy.Role, agency string) string {
	return string(role) + "." + agency + "@dondoc.example"
}

// walker is the real API in the state of base, with everybody signed in.
type walker struct {
	*real
	t      *testing.T
	tokens map[string]string // by e-mail address
	things map[string]string // what {task} and so on stand for now
	// What reads every table; see digest, deceived and written.
	digestQuery, deceivedQuery, writtenQuery string
}

func newWalker(t *testing.T) *walker {
	t.Helper()
	return signedInAll(t, realOn(t, newUndoable(t), "testdata/walk.yaml"))
}

// signedInAll gives every role at every relation's agency an account and a session.
func signedInAll(t *testing.T, r *real) *walker {
	t.Helper()
	w := &walker{real: r, t: t, tokens: map[string]string{}, things: map[string]string{}}
	list := "email,name,language,agency_code,role\n"
	for _, role := range policy.Roles {
		for _, relation := range append(slices.Clone(relations), relations[0]) {
			list += fmt.Sprintf("%s,%s %s,vi,%s,%s\n", email(role, relation.agency), role, relation.agency, relation.agency, role)
		}
	}
	list += colleague + ",Đồng nghiệp,vi,xa,focal_point\n"
	for _, line := range []string{"phoi-hop,focal_point", "tinh,administrator"} {
		agency, role, _ := strings.Cut(line, ",")
		list += fmt.Sprintf("%s,%s %s,vi,%s\n", email(policy.Role(role), agency), role, agency, line)
	}
	box, err := account.NewBox(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	r.store.Secrets = box
	r.store.KeepFiles(filestore.New(t.TempDir()), nil, 1<<20)
	admin := r.signIn("qt@dondoc.example")
	lines := strings.Split(strings.TrimSpace(list), "\n")
	slices.Sort(lines[1:])
	r.ok(200, request{method: "POST", path: "/api/v1/people/import", as: admin, body: strings.Join(slices.Compact(lines), "\n") + "\n", headers: csvUnder("the-people-1")})
	for _, role := range policy.Roles {
		for _, relation := range relations {
			w.join(email(role, relation.agency))
		}
	}
	w.join(email(policy.FocalPoint, "phoi-hop"))
	w.join(email(policy.Administrator, "tinh"))
	return w
}

func (w *walker) join(address string) {
	w.t.Helper()
	if err := w.store.SetPassword(w.t.Context(), address, password); err != nil {
		w.t.Fatal(err)
	}
	w.tokens[address] = w.signIn(address)
}

// by makes a call that must succeed, on the way to a state.
func (w *walker) by(role policy.Role, agency string, status int, method, path, body string) map[string]any {
	w.t.Helper()
	return w.ok(status, request{method: method, path: "/api/v1" + w.fill(path), as: w.tokens[email(role, agency)], body: w.fill(body)})
}

// fill puts what the state holds in the place of {task} and so on.
func (w *walker) fill(text string) string {
	for name, value := range w.things {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}

// reach builds a state out of the one that it follows from.
func (w *walker) reach(name string) { w.reachFrom("", name) }

// reachFrom does so where the world is in a state already.
func (w *walker) reachFrom(now, name string) {
	w.t.Helper()
	if name == now {
		return
	}
	one, ok := states[name]
	if !ok {
		w.t.Fatalf("there is no state %q", name)
	}
	if one.after != "" {
		w.reachFrom(now, one.after)
	}
	one.build(w)
}

// call makes the call of a row as somebody.
func (w *walker) call(c walk, as string) response {
	w.store.Throttle = account.NewThrottle(clock.SystemWall) // so many calls at once are the walk's alone
	method, _, _ := strings.Cut(c.call, " ")
	return w.do(request{method: method, path: w.fill(walkPath(c.call)), as: as, body: w.fill(c.body), headers: c.headers})
}

// sign is an answer in one character; the table's head explains them.
func (w *walker) sign(c walk, got response) string {
	switch {
	case got.status < 300 && c.shows != "" && !strings.Contains(got.text, w.fill(c.shows)):
		return "."
	case got.status < 300:
		return "+"
	case got.status == 401:
		return "u"
	case got.status == 403 && strings.Contains(got.text, `"code":"forbidden"`):
		return "r"
	case got.status == 403:
		return "x"
	case got.status == 404:
		return "0"
	case got.status == 422:
		return "v"
	case got.status == 409:
		return "c"
	}
	return "!"
}

// The rows of the table, as the server answers them; the table's head says how to add one.
func TestTheRightsOfEveryCall(t *testing.T) {
	w := newWalker(t)
	inWalk := map[string]bool{}
	byState := map[string][]walk{}
	for _, c := range walks {
		op, _, _ := strings.Cut(c.call, " #")
		inWalk[op] = true
		byState[c.from] = append(byState[c.from], c)
	}
	for op := range document(t).operations(t) {
		if !inWalk[op] {
			t.Errorf("nobody walks %s: add it to a walk_*_test.go, see the head of %s", op, rightsTable)
		}
	}
	got := map[string]string{}
	start := time.Date(2026, 2, 5, 1, 0, 0, 0, time.UTC)
	for _, state := range slices.Sorted(maps.Keys(byState)) {
		w.mark("state")
		w.clock.move(start)
		w.things = map[string]string{}
		w.reach(state)
		for _, c := range byState[state] {
			if _, twice := got[c.call]; twice {
				t.Errorf("%s is walked twice; set the walks apart by a #", c.call)
			}
			got[c.call] = w.row(c)
		}
		w.back("state")
	}
	compareRights(t, got)
}

// left counts what an act leaves.
const left = `SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM outbox) + (SELECT count(*) FROM notifications)`

// row walks one call as everybody, and puts everything back after each.
func (w *walker) row(c walk) string {
	before := w.count(left)
	var cells []string
	for _, role := range policy.Roles {
		group := ""
		for _, relation := range relations {
			group += w.cell(c, role, relation.letter, relation.agency, before)
		}
		cells = append(cells, group)
	}
	if c.outsider != "" {
		w.mark("cell")
		if got := w.call(c, w.tokens[c.outsider]); got.status >= 300 {
			w.t.Errorf("%s by %s: %d %s, want success", c.call, c.outsider, got.status, got.text)
		}
		w.back("cell")
	} else if strings.Contains(strings.Join(cells, ""), "+") == c.refused {
		// A call that succeeds for nobody is a bad call: its refusals prove nothing.
		w.t.Errorf("%s: that it succeeds for nobody is %v", c.call, !c.refused)
	}
	w.mark("cell")
	defer w.back("cell")
	return strings.Join(append(cells, w.sign(c, w.call(c, ""))), " ")
}

func (w *walker) cell(c walk, role policy.Role, letter, agency string, before int) string {
	as := w.tokens[email(role, agency)]
	w.mark("cell")
	defer w.back("cell")
	got := w.call(c, as)
	sign := w.sign(c, got)
	name := fmt.Sprintf("%s by %s of %s", c.call, role, agency)
	switch {
	case sign == "!":
		w.t.Errorf("%s: %d %s", name, got.status, got.text)
	case got.status >= 400:
		if w.count(left) != before {
			w.t.Errorf("%s: refused, and yet it left something", name)
		}
		if strings.Contains(got.text, secret) {
			w.t.Errorf("%s: the refusal tells what it refuses", name)
		}
	}
	if role == policy.Administrator && strings.Contains(got.text, secret) {
		w.t.Errorf("%s: an administrator reads a result", name)
	}
	if letter == foreignLetter {
		w.likeNothing(c, as, name, got)
	}
	return sign
}

// likeNothing holds that a foreign item is answered as one that does not exist.
func (w *walker) likeNothing(c walk, as, name string, got response) {
	things := w.things
	w.things = maps.Clone(things)
	for thing, value := range things {
		if strings.Trim(value, "0123456789") == "" && !strings.HasSuffix(thing, "version") {
			w.things[thing] = "987654321"
		}
	}
	w.back("cell")
	missing := w.call(c, as)
	w.things = things
	if got.status >= 400 && (missing.status != got.status || missing.text != got.text) {
		w.t.Errorf("%s: %d %s, but of an item that does not exist %d %s", name, got.status, got.text, missing.status, missing.text)
	}
}
