package postgres_test

import (
	"context"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"dondoc/internal/account"
	"dondoc/internal/agency"
	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
)

func (m *planMachine) withdrawReform(rt *rapid.T) {
	if len(m.reforms) == 0 {
		panic(unfit("nothing was recorded"))
	}
	r := oneOf(rt, "which", m.reforms...)
	if !r.waits() && chance(rt, "only what waits", 7, 8) {
		panic(unfit("its day has come"))
	}
	p := m.someone(rt, func(p *official) bool { return p.has("tinh", "administrator") })
	want := firstOf(when(!p.has("tinh", "administrator"), "not_found"), when(!r.waits(), "reorganisation.state"))
	try(m, rt, "withdraw reform", p, want, func(ctx context.Context, actor policy.Actor) (agency.Record, error) {
		return m.store.WithdrawReorganisation(ctx, actor, r.id)
	}, func(agency.Record) {
		r.state = agency.Withdrawn
		m.leaves("reorganisation.withdrawn", "reorganisation", r.id, p.id)
	})
}

// reformsOfToday is what the worker does when a day begins: what was recorded for
// it happens, unless it does not fit the agencies any more.
func (m *planMachine) reformsOfToday(rt *rapid.T) {
	due := slices.DeleteFunc(slices.Clone(m.reforms), func(r *reform) bool { return !r.waits() || r.on.After(m.now) })
	slices.SortStableFunc(due, func(a, b *reform) int { return a.on.Compare(b.on) })
	done, err := m.store.ApplyDueReorganisations(m.t.Context())
	if err != nil {
		rt.Fatal(inFull(err))
	}
	applied := 0
	for _, r := range due {
		if m.unsound(r) != "" {
			r.state = agency.Failed
			m.seal.done["reform that did not fit on its day"]++
			m.leaves("reorganisation.failed", "reorganisation", r.id, 0)
			continue
		}
		rt.Logf("%s", r)
		applied++
		m.seal.done["reform applied on its day"]++
		m.leaves("reorganisation.applied", "reorganisation", r.id, 0)
		m.reformed(rt, r, 0)
	}
	if done != applied {
		rt.Fatalf("%d reforms were applied, want %d", done, applied)
	}
}

// endPost takes one of several posts of a role from somebody who leaves it.
func (m *planMachine) endPost(rt *rapid.T) {
	p := m.someone(rt, func(p *official) bool { return p.has("tinh", "administrator") })
	var of *official
	var post string
	for _, o := range m.officials {
		for _, held := range o.posts {
			role, at, _ := strings.Cut(held, " ")
			others := slices.ContainsFunc(m.officials, func(x *official) bool { return x != o && x.has(at, role) })
			if o != p && others && role != "administrator" && (of == nil || chance(rt, "this one", 1, 3)) {
				of, post = o, held
			}
		}
	}
	if of == nil || !chance(rt, "leaves", 1, 2) {
		panic(unfit("nobody leaves"))
	}
	role, at, _ := strings.Cut(post, " ")
	in := account.EndInput{LastOn: calendar.DateOf(m.now, hanoi).AddDays(-1)}
	m.one(rt, &in.PostID, `SELECT m.id FROM memberships m JOIN agencies a ON a.id = m.agency_id WHERE m.user_id = $1 AND a.code = $2 AND m.role = $3
		AND $4::date BETWEEN m.valid_from_on AND m.valid_to_on`, of.id, at, role, day(m.now))
	want := firstOf(when(!p.has("tinh", "administrator"), "people.not_administrator"), when(at == "la", "not_found"))
	try(m, rt, "end a post", p, want, func(ctx context.Context, actor policy.Actor) (account.Person, error) {
		return (&postgres.Accounts{Store: m.store}).EndPost(ctx, actor, in)
	}, func(account.Person) {
		of.posts = slices.DeleteFunc(slices.Clone(of.posts), func(held string) bool { return held == post })
		if yesterday := midnight(m.now).AddDate(0, 0, -1); !of.begun[post].After(yesterday) {
			of.left = append(of.left, leftPost{post, yesterday})
		}
		m.leaves("user.post_ended", "user", of.id, p.id)
	})
}
