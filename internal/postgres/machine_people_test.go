package postgres_test

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/idempotency"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Who stands in for whom, in whose hands a task is, and what supervisors note.
func init() {
	register(1, "name a substitute", (*machine).nameSubstitute)
	register(1, "revoke a substitution", (*machine).revokeSubstitution)
	register(1, "hand over", (*machine).handOver)
	register(1, "take out of hands", (*machine).takeOutOfHands)
	register(1, "note", (*machine).note)
}

// substitutionModel is a post that somebody holds for its holder on some days, both included.
type substitutionModel struct {
	id          int64
	holder, who *person
	post        string
	from, to    calendar.Date
	revoked     bool
}

func (s *substitutionModel) runs(day calendar.Date) bool {
	return !day.Before(s.from) && !s.to.Before(day)
}

func (s *substitutionModel) GoString() string {
	return fmt.Sprintf("substitution %d of %s by %s", s.id, s.holder, s.who)
}

// overlaps: the post is held on one of these days.
func (s *substitutionModel) overlaps(from, to calendar.Date) bool {
	return !s.from.After(to) && !s.to.Before(from)
}

// decidesOn says which agencies' results each agency decides on in the plan, and in what role.
var decidesOn = map[string][]string{
	asAuthority + " tinh": {"d1", "d2", "d3", "x1"}, asSupervisor + " so": {"d1", "d2", "d3", "x1"}, asSupervisor + " d1": {"x1"},
}

// conflicts: one person would decide in one post on the results of the agency
// for which they speak in the other; within one agency the acts' own rules bar that.
func (m *model) conflicts(a, b string) bool {
	role, agency, _ := strings.Cut(a, " ")
	return m.plan.state != plan.Closed && (role == asFocal || role == asHead) && slices.Contains(decidesOn[b], agency) && !strings.HasSuffix(b, " "+agency)
}

// during are the posts that a person holds on one of these days.
func (m *model) during(p *person, from, to calendar.Date) []string {
	posts := slices.Clone(p.own)
	for _, s := range m.stands {
		if s.who == p && s.overlaps(from, to) {
			posts = append(posts, s.post)
		}
	}
	return posts
}

// refusesSubstitute is why the person does not give a post to somebody for these days.
func (m *model) refusesSubstitute(p, holder, who *person, post string, from, to calendar.Date) string {
	role, agency, _ := strings.Cut(post, " ")
	mine := p.id == holder.id || anyOf(m.byID(p.id).own, agency, []string{asHead})
	colleague := slices.ContainsFunc(who.own, func(o string) bool { return strings.HasSuffix(o, " "+agency) })
	administered := p.has(issuer, asAdministrator) && agency != "la"
	during := m.during(who, from, to)
	taken := slices.ContainsFunc(m.stands, func(s *substitutionModel) bool {
		return s.holder == holder && s.post == post && !s.revoked && s.overlaps(from, to)
	})
	return firstOf(when(to.Before(from), "substitution.span"),
		when(!mine && !administered, "not_found"),
		when(role == asAuditor, "substitution.auditor"),
		when(who == holder || who.id == p.id, "substitution.self"),
		when(!colleague && (mine || slices.Equal(who.own, strangers)), "substitution.not_colleague"),
		when(!mine && role != asAdministrator && anyOf(who.own, issuer, []string{asAdministrator}), "substitution.administrator"),
		when(slices.Contains(during, post), "substitution.holds"),
		when(taken, "substitution.taken"),
		when(slices.ContainsFunc(during, func(o string) bool { return m.conflicts(o, post) || m.conflicts(post, o) }), "substitution.conflict"))
}

func (m *machine) nameSubstitute(rt *rapid.T) {
	today := calendar.DateOf(m.now, hanoi)
	from := today.AddDays(oneOf(rt, "from", 0, 0, 0, 1, 3))
	to := from.AddDays(between(rt, "for days", -1, 4))
	holder := oneOf(rt, "holder", m.people...)
	post := oneOf(rt, "post", holder.own...)
	p := m.someone(rt, func(p *person) bool { return p.id == holder.id })
	likely := slices.DeleteFunc(slices.Clone(m.people), func(who *person) bool { return m.refusesSubstitute(p, holder, who, post, from, to) != "" })
	if len(likely) == 0 || chance(rt, "anybody", 1, 8) {
		likely = m.people
	}
	who := oneOf(rt, "substitute", likely...)
	want := m.refusesSubstitute(p, holder, who, post, from, to)
	var id int64
	m.one(rt, &id, `SELECT m.id FROM memberships m JOIN agencies a ON a.id = m.agency_id WHERE m.user_id = $1 AND m.role || ' ' || a.code = $2
		AND m.substitution_id IS NULL`, holder.id, post)
	in := account.SubstituteInput{PostID: id, SubstituteID: who.id, From: from, To: to, Reason: m.text()}
	perform(m, rt, "name a substitute", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (account.Substitution, error) {
		return m.store.NameSubstitute(m.with(key), actor, in)
	}, func(s account.Substitution) {
		m.stands = append(m.stands, &substitutionModel{id: s.ID, holder: holder, who: who, post: post, from: from, to: to})
		m.expect("user.substitute_named", "user", holder.id, p)
		told := slices.DeleteFunc([]*person{holder, who}, func(o *person) bool { return o.id == p.id })
		m.tells(rt, fmt.Sprintf("substitution:%d", s.ID), told)
		m.refresh()
	})
}

func (m *machine) revokeSubstitution(rt *rapid.T) {
	if len(m.stands) == 0 {
		panic(unfit("nobody stands in"))
	}
	s := oneOf(rt, "substitution", m.stands...)
	_, agency, _ := strings.Cut(s.post, " ")
	may := func(p *person) bool {
		return p.id == s.holder.id || p.id == s.who.id || p.has(agency, asHead) || p.has(issuer, asAdministrator) && agency != "la"
	}
	p := m.someone(rt, may)
	today := calendar.DateOf(m.now, hanoi)
	want := firstOf(when(!may(p), "not_found"), when(!s.revoked && s.to.Before(today), "substitution.over"))
	perform(m, rt, "revoke a substitution", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (account.Substitution, error) {
		return m.store.RevokeSubstitution(m.with(key), actor, s.id)
	}, func(account.Substitution) {
		if s.revoked {
			return // ending an ended one changes nothing
		}
		s.revoked, s.to = true, today.AddDays(-1)
		m.expect("user.substitute_revoked", "user", s.holder.id, p)
		m.refresh()
	})
}

// handModel is who has a task in hand.
type handModel struct {
	id  int64
	who *person
}

// inOthers is what a person is told who saw another handover running than there is.
func (t *taskModel) inOthers() string {
	if t.hand == nil {
		return "handover.none"
	}
	return "handover.changed"
}

func (t *taskModel) running() int64 {
	if t.hand == nil {
		return 0
	}
	return t.hand.id
}

func (m *machine) handOver(rt *rapid.T) {
	t := m.something(rt, func(t *taskModel) bool { return t.owed() && !t.closed })
	p := m.someone(rt, func(p *person) bool { return owns(p, t) })
	to := oneOf(rt, "to", m.people...)
	colleague := func(p *person) bool { return anyOf(p.own, t.agency, []string{asFocal, asHead}) }
	if fit := slices.DeleteFunc(slices.Clone(m.people), func(p *person) bool { return !colleague(p) }); chance(rt, "a colleague", 7, 8) {
		to = oneOf(rt, "colleague", fit...)
	}
	in := task.HandoverInput{TaskID: t.id, UserID: to.id, Reason: m.text(), Replaces: oneOf(rt, "seen", t.running(), t.running(), t.running(), 0, 1)}
	want := firstOf(m.entry(p, t, 0), when(!owns(p, t), "task.not_yours"), when(t.closed, "task.closed"), when(!t.owed(), "handover.not_owed"),
		when(in.Replaces != t.running(), t.inOthers()), when(t.hand != nil && t.hand.who == to, "handover.same"), when(!colleague(to), "handover.not_colleague"))
	perform(m, rt, "hand over", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (task.Handover, error) {
		return m.store.HandOver(m.with(key), actor, in)
	}, func(h task.Handover) {
		if t.hand != nil {
			m.expect("task.handed_back", "task", t.id, p)
		}
		t.hand = &handModel{id: h.ID, who: to}
		m.expect("task.handed_over", "task", t.id, p)
		m.nudged = append(m.nudged, "delivery:mail")
		m.tells(rt, fmt.Sprintf("handover:%d", h.ID), slices.DeleteFunc([]*person{to}, func(o *person) bool { return o.id == p.id }))
	})
}

func (m *machine) takeOutOfHands(rt *rapid.T) {
	t := m.something(rt, func(t *taskModel) bool { return t.hand != nil })
	p := m.someone(rt, func(p *person) bool { return owns(p, t) })
	in := task.HandoverEnd{TaskID: t.id, HandoverID: oneOf(rt, "seen", t.running(), t.running(), t.running(), 1), Reason: m.text()}
	want := firstOf(m.entry(p, t, 0), when(!owns(p, t), "task.not_yours"), when(t.hand == nil || in.HandoverID != t.hand.id, t.inOthers()))
	perform(m, rt, "take out of hands", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (task.Handover, error) {
		return m.store.TakeBack(m.with(key), actor, in)
	}, func(task.Handover) {
		t.hand = nil
		m.expect("task.handed_back", "task", t.id, p)
	})
}

// notes: whoever follows the task writes for others who do; the unit never reads it.
func notes(p *person, t *taskModel) bool {
	return (p.has(t.reviewer, asSupervisor) || p.has(issuer, asAuthority)) && !p.speaksFor(t.agency)
}

func (m *machine) note(rt *rapid.T) {
	t := m.something(rt, anyTask)
	p := m.someone(rt, func(p *person) bool { return notes(p, t) })
	in := task.NoteInput{TaskID: t.id, Text: m.text()}
	perform(m, rt, "note", p, when(!notes(p, t), "not_found"), func(m *machine, key idempotency.Key, actor policy.Actor) (task.Note, error) {
		return m.store.NoteTask(m.with(key), actor, in)
	}, func(n task.Note) {
		t.notes = append(t.notes, in.Text)
		m.expect("task.noted", "task_note", n.ID, p)
	})
	reader := m.someone(rt, func(p *person) bool { return notes(p, t) })
	list, err := m.store.TaskNotes(m.t.Context(), m.actorOf(rt, reader), t.id)
	if !notes(reader, t) {
		if !fault.Is(err, fault.NotFound) {
			rt.Fatalf("%s reads the notes on task %d: %v", reader, t.id, err)
		}
		return
	}
	got := []string{}
	for _, n := range list {
		got = append(got, n.Text)
	}
	slices.Reverse(got)
	if err != nil || !slices.Equal(got, t.notes) {
		rt.Fatalf("the notes on task %d: %q, %v, want %q", t.id, got, err, t.notes)
	}
}

// tells holds who was told of something, mailboxes left out, against who is to be.
func (m *machine) tells(rt *rapid.T, cause string, want []*person) {
	rt.Helper()
	names := map[string]bool{}
	for _, p := range want {
		names[p.name] = true
	}
	var list []string
	for name := range names {
		list = append(list, name)
	}
	same(rt, "told of "+cause, m.rows(rt, `SELECT u.name FROM notifications n JOIN users u ON u.id = n.user_id WHERE n.cause = $1`, cause), list)
}
