package postgres_test

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// person is an account in one of the ways in which it can act: as it reads, with
// all its posts; in its own right; for somebody for whom it stands in; or in one
// post that it has chosen. Posts are "role agency".
type person struct {
	id    int64
	name  string
	own   []string // held in the person's own right, for good
	posts []string // that count
	place []string // that count for what one sees by place
	held  []string // all of today
	whom  *person  // for whom it stands in; nil: nobody
	// chosen is the post that alone counts; empty: none is chosen.
	chosen string
	// more: where this is refused for want of a right, another way is tried.
	more bool
}

func (p *person) String() string {
	name := p.name
	if p.whom != nil {
		name += " for " + p.whom.name
	}
	if p.chosen != "" {
		name += " as " + p.chosen
	}
	return name
}

func (p *person) GoString() string { return p.String() }

// names are those that the trail bears.
func (p *person) names() string {
	switch {
	case p == nil:
		return "0"
	case p.whom != nil:
		return fmt.Sprintf("%d for %d", p.id, p.whom.id)
	}
	return fmt.Sprint(p.id)
}

func anyOf(posts []string, agency string, roles []string) bool {
	return slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(posts, r+" "+agency) })
}

func (p *person) has(agency string, roles ...string) bool { return anyOf(p.posts, agency, roles) }

// speaksFor: the person owes the agency's results in whatever post, which bars
// them from deciding on them, whichever post they have chosen.
func (p *person) speaksFor(agency string) bool {
	return anyOf(p.held, agency, []string{asFocal, asHead})
}

const (
	asFocal, asHead, asSupervisor, asAuthority = "focal_point", "head", "supervisor", "plan_authority"
	asAuditor, asAdministrator                 = "auditor", "administrator"
	issuer, standing                           = "tinh", "so"
)

// reading are the roles that open results by place.
var reading = []string{asFocal, asHead, asSupervisor, asAuthority}

// sees: one's own agency and below, and what one supervises, receives, passes on
// or has ordered. An auditor sees what a decision opens, and here none does.
func (m *model) sees(p *person, t *taskModel) bool {
	for up := t.agency; up != ""; up = m.agencies[up].parent {
		if anyOf(p.place, up, reading) {
			return true
		}
	}
	return p.has(t.reviewer, reading...) || p.has(t.recipient, reading...) || t.through != "" && p.has(t.through, reading...) || p.has(issuer, asAuthority)
}

func owns(p *person, t *taskModel) bool { return p.has(t.agency, asFocal, asHead) }
func reviews(p *person, t *taskModel) bool {
	return p.has(t.reviewer, asSupervisor) && !p.speaksFor(t.agency)
}

// rules: the plan authority, but never on its own result.
func rules(p *person, t *taskModel) bool { return p.has(issuer, asAuthority) && !p.speaksFor(t.agency) }

// holders are the people who hold one of the roles at an agency today.
func (m *model) holders(agency string, roles ...string) (list []*person) {
	for _, p := range m.people {
		if p.has(agency, roles...) {
			list = append(list, p)
		}
	}
	return list
}

// refresh gives everybody the posts of the day.
func (m *model) refresh() {
	for _, p := range m.people {
		p.posts = slices.Clone(p.own)
		for _, s := range m.standIns(p) {
			if !slices.Contains(p.posts, s.post) {
				p.posts = append(p.posts, s.post)
			}
		}
		p.place, p.held = p.posts, p.posts
	}
}

// standIns are the substitutions in which a person stands in today, in the order
// in which agencies stand in the plan, and roles in the alphabet.
func (m *model) standIns(p *person) (list []*substitutionModel) {
	for _, s := range m.stands {
		if s.who == p && s.runs(calendar.DateOf(m.now, hanoi)) {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b *substitutionModel) int { return strings.Compare(m.rank(a), m.rank(b)) })
	return list
}

func (m *model) rank(s *substitutionModel) string {
	role, agency, _ := strings.Cut(s.post, " ")
	return fmt.Sprintf("%06d %s %06d", m.agencies[agency].id, role, s.holder.id)
}

// ways are the ways in which people can act: in their own right, then for each
// person for whom they stand in.
func (m *model) ways() (all []*person) {
	for _, p := range m.people {
		stands := m.standIns(p)
		if len(stands) == 0 {
			all = append(all, p)
			continue
		}
		own := *p
		own.posts, own.more = p.own, true
		ways := []*person{&own}
		for _, s := range stands {
			if slices.ContainsFunc(ways, func(w *person) bool { return w.whom == s.holder }) {
				continue
			}
			way := own
			way.whom, way.posts = s.holder, slices.Clone(p.own)
			for _, o := range stands {
				if o.holder == s.holder {
					way.posts = append(way.posts, o.post)
				}
			}
			ways = append(ways, &way)
		}
		ways[len(ways)-1].more = false
		all = append(all, ways...)
	}
	return all
}

// choosing is the person in one of their posts alone, which changes the rights
// but opens no way around the rules against deciding on one's own.
func (m *model) choosing(rt *rapid.T, p *person) *person {
	full := *m.byID(p.id)
	own := slices.Clone(full.own)
	post := oneOf(rt, "post", full.posts...)
	full.posts, full.place, full.chosen, full.more = []string{post}, []string{post}, post, false
	if full.whom = nil; !slices.Contains(own, post) {
		for _, s := range m.standIns(m.byID(p.id)) {
			if s.post == post {
				full.whom = s.holder
				break
			}
		}
	}
	return &full
}

func (m *model) byID(id int64) *person {
	return m.people[slices.IndexFunc(m.people, func(p *person) bool { return p.id == id })]
}

// someone draws who acts: mostly one of those that the rule is about.
func (m *machine) someone(rt *rapid.T, likely func(p *person) bool) *person {
	all := m.ways()
	p := oneOf(rt, "anyone", all...)
	if fit := slices.DeleteFunc(all, func(p *person) bool { return !likely(p) }); len(fit) > 0 && chance(rt, "who fits", 7, 8) {
		p = oneOf(rt, "who", fit...)
	}
	if len(p.held) > 1 && chance(rt, "in one post", 1, 10) {
		return m.choosing(rt, p)
	}
	return p
}

// actorOf is the person as the product knows them when they act so.
func (m *machine) actorOf(rt *rapid.T, p *person) policy.Actor {
	rt.Helper()
	actor, err := m.store.ActorByID(m.t.Context(), p.id)
	if err != nil {
		rt.Fatal(err)
	}
	if p.chosen == "" {
		turns := actor.Turns()
		i := slices.IndexFunc(turns, func(a policy.Actor) bool {
			return (a.ForID == 0) == (p.whom == nil) && (p.whom == nil || a.ForID == p.whom.id)
		})
		if i < 0 {
			rt.Fatalf("%s acts in other ways: %+v", p, actor.Posts)
		}
		return turns[i]
	}
	i := slices.IndexFunc(actor.Posts, func(q policy.Post) bool {
		return string(q.Role)+" "+q.AgencyCode == p.chosen && (q.ForID == 0) == (p.whom == nil)
	})
	if i < 0 {
		rt.Fatalf("%s holds other posts: %+v", p, actor.Posts)
	}
	token := fmt.Sprintf("phien %d", p.id)
	if _, err := m.db.ExecContext(m.t.Context(), `
		INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, expires_at) VALUES ($1, $2, now(), now(), now() + interval '1 day')
		ON CONFLICT (token_hash) DO NOTHING`, account.HashToken(token), p.id); err != nil {
		rt.Fatal(err)
	}
	if actor, err = m.store.ChoosePost(m.t.Context(), actor, token, actor.Posts[i].ID); err != nil {
		rt.Fatal(err)
	}
	return actor
}

// viewer draws who looks: with all their posts, or in one that they have chosen.
func (m *machine) viewer(rt *rapid.T, what string) (*person, policy.Actor) {
	p := oneOf(rt, what, m.people...)
	if len(p.held) > 1 && chance(rt, "in one post", 1, 3) {
		p = m.choosing(rt, p)
		return p, m.actorOf(rt, p)
	}
	actor, err := m.store.ActorByID(m.t.Context(), p.id)
	if err != nil {
		rt.Fatal(err)
	}
	return p, actor
}

// reader is the person as the trail names whoever reads: for somebody else only
// where no post of their own reads.
func (m *model) reader(p *person) *person {
	if p.chosen != "" {
		return p
	}
	read := *p
	opens := func(post string) bool { return slices.Contains(reading, strings.Fields(post)[0]) }
	if read.whom = nil; !slices.ContainsFunc(p.own, opens) {
		for _, s := range m.standIns(p) {
			if opens(s.post) {
				read.whom = s.holder
				break
			}
		}
	}
	return &read
}

func inState(states ...task.State) func(t *taskModel) bool {
	return func(t *taskModel) bool { return slices.Contains(states, t.state) }
}
