package postgres_test

import (
	"fmt"
	"time"

	"github.com/lib/pq"
	"pgregory.net/rapid"

	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// check is what must hold after every step, read past the store.
func (m *planMachine) check(rt *rapid.T) {
	m.checkPieces(rt)
	m.checkOwners(rt)
	m.checkLadders(rt)
	m.checkReach(rt)
	for what, query := range map[string]string{
		"free text in the trail": `SELECT action FROM audit WHERE COALESCE(before::text, '') || COALESCE(after::text, '') LIKE '%` + machineSecret + `%'`,
		"owed twice":             `SELECT round_id || ' ' || agency_id FROM tasks GROUP BY round_id, agency_id HAVING count(*) > 1`,
		"lost although something was sent": `SELECT t.id::text FROM tasks t JOIN submissions b ON b.task_id = t.id
			WHERE t.state = 'cancelled' AND NOT EXISTS (SELECT 1 FROM task_successions s WHERE s.task_id = t.id AND s.outcome = 'cancelled')`,
		"cancelled without one that stands for it": `SELECT s.task_id::text FROM task_successions s WHERE outcome = 'cancelled' AND to_agency_id IS NOT NULL AND into_task_id IS NULL`,
		"a step of what is no longer owed":         `SELECT s.code FROM steps s JOIN tasks t ON t.id = s.task_id WHERE t.state = 'cancelled' AND (s.state = 'pending' OR s.state = 'done' AND s.run_at > t.settled_at)`,
		"a notice twice":                           `SELECT cause FROM notifications GROUP BY user_id, mailbox_agency_id, cause HAVING count(*) > 1`,
		"told who is nobody any more": `SELECT n.kind || ' ' || a.code FROM notifications n JOIN agencies a ON a.id = n.mailbox_agency_id JOIN agency_changes c ON c.agency_id = a.id
			AND c.kind IN ('merged', 'dissolved') JOIN reorganisations r ON r.id = c.reorganisation_id WHERE n.task_id IS NOT NULL AND n.created_at > r.applied_at`,
	} {
		if found := m.rows(rt, query); len(found) > 0 {
			rt.Fatalf("%s: %q", what, found)
		}
	}
}

// checkPieces: each task is as the acts left it, nothing that was acknowledged is
// lost, and the first due time is kept.
func (m *planMachine) checkPieces(rt *rapid.T) {
	var want, sent, drafts, waiting, rounds []string
	for _, t := range m.pieces {
		want = append(want, fmt.Sprintf("task %d of %s to %s by %s %s due %s original %s again %s first %s closed %t version %d.%d sent %d", t.id, t.unit, t.way.recipient, t.way.reviewer,
			t.state, micro(&t.due), micro(&t.original), micro(t.resubmit), micro(t.firstValid()), t.closed, t.version, t.dueVersion, len(t.sent)))
		for i, s := range t.sent {
			sent = append(sent, fmt.Sprintf("%d/%d %q at %s invalid %t", t.id, i+1, s.text, micro(&s.at), s.invalid))
		}
		if t.draft != "" {
			drafts = append(drafts, fmt.Sprintf("%d %q", t.id, t.draft))
		}
		if t.prep != "" {
			waiting = append(waiting, fmt.Sprintf("%d %q", t.id, t.prep))
		}
	}
	at := func(column string) string { return fmt.Sprintf(microSQL, column) }
	same(rt, "tasks", m.rows(rt, `SELECT format('task %s of %s to %s by %s %s due %s original %s again %s first %s closed %s version %s.%s sent %s', t.id, a.code, x.code, v.code, t.state,
		`+at("due_at")+`, `+at("original_due_at")+`, `+at("resubmit_due_at")+`, `+at("first_submitted_at")+`,
		CASE WHEN closed_at IS NULL THEN 'false' ELSE 'true' END, t.version, due_version, submissions)
		FROM tasks t JOIN agencies a ON a.id = t.agency_id JOIN agencies x ON x.id = t.recipient_id JOIN agencies v ON v.id = t.reviewer_id`), want)
	same(rt, "submissions", m.rows(rt, `SELECT format('%s/%s "%s" at %s invalid %s', task_id, number, narrative, `+at("submitted_at")+`, invalid::text) FROM submissions`), sent)
	same(rt, "drafts", m.rows(rt, `SELECT format('%s "%s"', task_id, narrative) FROM task_drafts`), drafts)
	same(rt, "preparations", m.rows(rt, `SELECT format('%s "%s"', task_id, narrative) FROM preparations WHERE outcome = 'waiting'`), waiting)
	for _, r := range m.terms {
		line := fmt.Sprintf("round %d open %t", r.id, r.open)
		if r.open {
			line += " until " + micro(&r.closesAt)
		}
		rounds = append(rounds, line)
	}
	same(rt, "rounds", m.rows(rt, `SELECT format('round %s open %s', id, CASE state WHEN 'open' THEN 'true until ' || `+at("closes_at")+` ELSE 'false' END)
		FROM rounds WHERE opened_at IS NOT NULL AND EXISTS (SELECT 1 FROM tasks WHERE round_id = rounds.id)`), rounds)
	var asked []string
	for _, q := range m.pleas {
		asked = append(asked, fmt.Sprintf("%d %s %s of %s by %s version %d settled %t", q.id, q.kind, q.state, q.to, q.from, q.version, q.settled))
	}
	same(rt, "requests", m.rows(rt, `SELECT format('%s %s %s of %s by %s version %s settled %s', q.id, kind, state, o.code, f.code, q.version, (settled_at IS NOT NULL)::text)
		FROM requests q JOIN agencies o ON o.id = q.to_agency_id JOIN agencies f ON f.id = q.from_agency_id`), asked)
}

// checkOwners: who owes what from now on, and that every unsettled result is owed
// by an agency that lives.
func (m *planMachine) checkOwners(rt *rapid.T) {
	var owes, agencies []string
	for _, c := range m.charges {
		for code, to := range c.owes {
			if !c.retired {
				owes = append(owes, fmt.Sprintf("%s of %s to %s by %s", c.def.Code, code, to.recipient, to.reviewer))
			}
		}
	}
	same(rt, "who owes what", m.rows(rt, `SELECT format('%s of %s to %s by %s', d.code, a.code, x.code, v.code) FROM assignments s JOIN duties d ON d.id = s.duty_id AND d.retired_version IS NULL
		JOIN agencies a ON a.id = s.agency_id JOIN agencies x ON x.id = s.recipient_id JOIN agencies v ON v.id = s.reviewer_id`), owes)
	for code, u := range m.units {
		agencies = append(agencies, fmt.Sprintf("%s below %s ended %t", code, u.parent, u.ended))
	}
	same(rt, "agencies", m.rows(rt, `SELECT format('%s below %s ended %s', a.code, b.code, (a.valid_to_on < $1::date)::text) FROM agencies a LEFT JOIN agencies b ON b.id = a.parent_id`,
		day(m.now)), agencies)
	for _, t := range m.pieces {
		if t.owed() && !t.closed && m.units[t.unit].ended {
			rt.Fatalf("task %d is owed by %s, which has ended", t.id, t.unit)
		}
	}
}

// checkLadders: what is owed is followed by exactly the steps around the day that
// it is awaited.
func (m *planMachine) checkLadders(rt *rapid.T) {
	if m.plan.state != plan.Active {
		return
	}
	var want []string
	live := pq.Int64Array{}
	for _, t := range m.pieces {
		if !t.owed() || t.closed {
			continue
		}
		live = append(live, t.id)
		for code, days := range map[string]int{"before_1": -1, "due_today": 0, "overdue_1": 1, "overdue_3": 3, "overdue_7": 7} {
			if at := workingDays(dueDay(t.awaited()), days).Add(8 * time.Hour); at.After(m.now) {
				want = append(want, fmt.Sprintf("task %d %s at %s", t.id, code, micro(&at)))
			}
		}
	}
	same(rt, "steps to come", m.rows(rt, `SELECT format('task %s %s at %s', s.task_id, code, `+fmt.Sprintf(microSQL, "at")+`)
		FROM steps s JOIN tasks t ON t.id = s.task_id WHERE s.state = 'pending' AND s.at > $1 AND s.anchor = 'due' AND t.id = ANY ($2) AND s.due_version = t.due_version`, m.now, live), want)
}

// checkReach: somebody's list has what is in their reach, each task with the status
// that its facts give, and nothing else; their posts are those that the acts left.
func (m *planMachine) checkReach(rt *rapid.T) {
	p := oneOf(rt, "who looks", m.officials...)
	actor := m.actor(rt, p)
	page, err := m.store.ListTasks(m.t.Context(), actor, task.Filter{Limit: 200})
	if err != nil {
		rt.Fatal(err)
	}
	got, want, posts := []string{}, []string{}, []string{}
	for _, t := range page.Tasks {
		got = append(got, fmt.Sprintf("%d of %s %s", t.ID, t.AgencyCode, t.Status))
	}
	for _, t := range m.pieces {
		if m.sees(p, t) {
			want = append(want, fmt.Sprintf("%d of %s %s", t.id, t.unit, m.status(t)))
		}
	}
	same(rt, fmt.Sprintf("what %s sees", p), got, want)
	for _, post := range actor.Posts {
		posts = append(posts, fmt.Sprintf("%s %s", post.Role, post.AgencyCode))
	}
	same(rt, fmt.Sprintf("the posts of %s", p), posts, append([]string{}, p.posts...))
}
