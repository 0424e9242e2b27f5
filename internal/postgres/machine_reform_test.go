package postgres_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/agency"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

// reform is a file of one act on agencies.
type reform struct {
	id    int64
	on    time.Time // first day of the new order
	kind  string    // merge, dissolve, divide, rename, move
	names []string  // whom it happens to
	// into takes over; found is whether it begins on that day, below `under`.
	into   string
	found  bool
	level  string
	under  string
	posts  string            // none: posts end
	chosen map[string]string // who takes over single duties
	state  agency.State
	// touched are those whose superior may be another since.
	touched map[string]bool
}

func (r *reform) waits() bool { return r.state == agency.Recorded }

// ends: the act ends the agency.
func (r *reform) ends(code string) bool {
	return (r.kind == "merge" || r.kind == "dissolve") && code != r.into && slices.Contains(r.names, code)
}

// gives: the act takes the duty, with its tasks, from the agency.
func (r *reform) gives(code string, c *charge) bool {
	return r.ends(code) || r.chosen[c.def.Code] != "" && slices.Contains(r.names, code)
}

func (r *reform) String() string {
	return fmt.Sprintf("%s %v into %q (new %t) on %s, duties %v, posts %q", r.kind, r.names, r.into, r.found, day(r.on), r.chosen, r.posts)
}

func (r *reform) source(number int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "format: 1\ncode: sap-xep-%d\nbasis: Nghị quyết thử\neffective_on: %s\n", number, day(r.on))
	if r.found {
		fmt.Fprintf(&b, "agencies: [{code: %[1]s, name: UBND %[1]s, level: %[2]s, parent: %[3]s, mailbox: %[1]s@dondoc.example}]\n", r.into, r.level, r.under)
	}
	names, into := list(r.names), r.into
	switch r.kind {
	case "rename":
		names = r.names[0]
	case "divide": // goes on with less
		names, into = r.names[0], list([]string{r.names[0], r.into})
	}
	fmt.Fprintf(&b, "changes:\n  - %s: %s\n", r.kind, names)
	switch r.kind {
	case "rename":
		fmt.Fprintf(&b, "    name: UBND lần %d\n", number)
	case "move":
		fmt.Fprintf(&b, "    parent: %s\n", r.under)
	}
	if r.into != "" {
		fmt.Fprintf(&b, "    into: %s\n", into)
	}
	if r.posts != "" {
		fmt.Fprintf(&b, "    posts: %s\n", r.posts)
	}
	if len(r.chosen) > 0 {
		b.WriteString("    duties:\n")
	}
	for code, heir := range r.chosen {
		fmt.Fprintf(&b, "      - {plan: may, duty: %s, successor: %s}\n", code, heir)
	}
	return []byte(b.String())
}

// living are the agencies of a level that go on, with one that has ended among
// them now and then.
func (m *planMachine) living(rt *rapid.T, level string) []string {
	var codes []string
	tooLate := chance(rt, "one that has ended", 1, 10)
	for code, u := range m.units {
		if u.level == level && (!u.ended || tooLate) {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return codes
}

// drawReform draws an act on agencies, on a day between three days ago and six ahead.
func (m *planMachine) drawReform(rt *rapid.T) *reform {
	r := &reform{on: midnight(m.now), chosen: map[string]string{}, kind: oneOf(rt, "kind", "merge", "merge", "merge", "dissolve", "divide", "rename", "move")}
	if days := between(rt, "on", -3, 6); chance(rt, "another day", 1, 2) {
		r.on = r.on.AddDate(0, 0, days)
	}
	r.level = oneOf(rt, "level", "district", "district", "commune", "department")
	if r.kind == "move" {
		r.level = "commune"
	}
	codes := m.living(rt, r.level)
	if len(codes) < 2 {
		panic(unfit("too few agencies are left"))
	}
	first := evenly(rt, "first", len(codes))
	second := (first + 1 + evenly(rt, "second", len(codes)-1)) % len(codes)
	r.names = []string{codes[first]}
	switch r.kind {
	case "merge":
		r.names, r.into = []string{codes[first], codes[second]}, oneOf(rt, "into", "", "", codes[first])
		if r.into == "" {
			m.found(r)
		}
	case "divide":
		m.found(r)
	case "dissolve":
		if r.into = codes[second]; chance(rt, "into another level", 1, 4) {
			r.into = m.standing
		} else if chance(rt, "into nobody", 1, 4) {
			r.into, r.posts = "", "none"
		}
	case "move":
		r.under = oneOf(rt, "below", m.living(rt, "district")...)
	}
	switch {
	case r.kind == "divide" && chance(rt, "duties apart", 1, 2):
		r.chosen[m.charges[evenly(rt, "which duty", len(m.charges))].def.Code] = r.into
	case (r.kind == "merge" && r.found || r.kind == "dissolve") && r.into != "" && chance(rt, "duties apart", 1, 3):
		heirs := slices.DeleteFunc(m.living(rt, r.level), func(code string) bool { return slices.Contains(r.names, code) })
		if len(heirs) > 0 {
			r.chosen[m.charges[evenly(rt, "which duty", len(m.charges))].def.Code] = oneOf(rt, "heir", heirs...)
		}
	}
	return r
}

// found lets a new agency take over, beside the first that it happens to.
func (m *planMachine) found(r *reform) {
	m.words++
	r.into, r.found, r.under = fmt.Sprintf("m%d", m.words), true, m.units[r.names[0]].parent
	if m.units[r.under].ended {
		r.under = "tinh"
	}
}

// unsound is why the file does not fit the agencies there are.
func (m *planMachine) unsound(r *reform) string {
	var ended bool
	for _, code := range append(slices.Clone(r.names), r.into, r.under) {
		ended = ended || code != "" && (code != r.into || !r.found) && m.units[code].ended
	}
	for _, heir := range r.chosen {
		ended = ended || (heir != r.into || !r.found) && m.units[heir].ended
	}
	if ended {
		return "reorganisation.problems"
	}
	for _, code := range r.names {
		u := m.units[code]
		if r.ends(code) && !u.from.Before(r.on) && !u.from.IsZero() {
			return "reorganisation.problems" // it exists from later on
		}
		for _, below := range m.units {
			if r.ends(code) && r.into == "" && below.parent == code && !below.ended {
				return "reorganisation.problems" // something hangs from it
			}
		}
	}
	return ""
}

func (m *planMachine) reform(rt *rapid.T) {
	r := m.drawReform(rt)
	p := m.someone(rt, func(p *official) bool { return p.has("tinh", "administrator") })
	m.loads++
	source := r.source(m.loads)
	file, problems := plan.ReadReorganisation("sap-xep.yaml", source)
	if file == nil {
		rt.Fatalf("%s\n%s", source, problems)
	}
	mine := slices.ContainsFunc(p.posts, func(post string) bool {
		role, at, _ := strings.Cut(post, " ")
		return role != "administrator" && r.ends(at) && r.posts != "none" && r.into != ""
	})
	want := firstOf(when(!p.has("tinh", "administrator"), "not_found"), m.unsound(r), when(mine, "reorganisation.oneself"))
	shown, err := m.store.PreviewReorganisation(m.t.Context(), m.actor(rt, p), file, source)
	if got := codeOf(rt, err); got != want {
		rt.Fatalf("preview of %s by %s: %q (%v), want %q", r, p, got, inFull(err), want)
	}
	digest := shown.Digest
	if chance(rt, "not as previewed", 1, 12) {
		digest, want = "another", firstOf(want, "reorganisation.changed")
	}
	what := "reform " + r.kind
	ahead := r.on.After(m.now)
	if ahead {
		what = "reform recorded"
	}
	rt.Logf("%s", r)
	try(m, rt, what, p, want, func(ctx context.Context, actor policy.Actor) (agency.Effect, error) {
		return m.store.Reorganise(ctx, actor, file, source, digest)
	}, func(e agency.Effect) {
		r.id, r.state = e.ID, agency.Recorded
		m.reforms = append(m.reforms, r)
		if ahead {
			m.leaves("reorganisation.recorded", "reorganisation", r.id, p.id)
			return
		}
		m.leaves("reorganisation.applied", "reorganisation", r.id, p.id)
		m.reformed(rt, r, p.id)
	})
}
