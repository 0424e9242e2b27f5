package postgres_test

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/agency"
	"dondoc/internal/amendment"
	"dondoc/internal/idempotency"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// What is done to the plan as a whole, and rounds that people open.
func init() {
	register(1, "suspend or resume", (*machine).suspendOrResume)
	register(1, "close plan", (*machine).closePlan)
	register(1, "ask for an ad hoc report", (*machine).askByHand)
	register(1, "two signatures", (*machine).twoSignatures)
}

// knowsOf: who reads at an agency that issued the plan, stands by it or has a part in it.
func knowsOf(p *person) bool {
	return slices.ContainsFunc([]string{"tinh", "so", "d1", "d2", "d3", "x1"}, func(a string) bool { return anyOf(p.place, a, reading) })
}

// mayManage is why a person does not change the plan.
func mayManage(p *person) string {
	return firstOf(when(!knowsOf(p), "not_found"), when(!p.has(issuer, asAuthority), "plan.not_issuer"))
}

func (m *machine) suspendOrResume(rt *rapid.T) {
	p := m.someone(rt, func(p *person) bool { return p.has(issuer, asAuthority) })
	resume := m.plan.state == plan.Suspended
	if between(rt, "the wrong one", 0, 9) == 0 {
		resume = !resume
	}
	if !resume {
		if m.plan.state == plan.Active && between(rt, "not yet", 0, 2) > 0 {
			panic(unfit("a plan that is suspended all the time shows little"))
		}
		want := firstOf(mayManage(p), when(m.plan.state != plan.Active, "plan.state"))
		perform(m, rt, "suspend", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (plan.Record, error) {
			return m.store.SuspendPlan(m.with(key), actor, m.plan.id, 0)
		}, func(plan.Record) {
			m.plan.state, m.plan.suspended = plan.Suspended, m.now
			m.expect("plan.suspended", "plan", m.plan.id, p)
			m.nudge("plan", m.plan.id)
		})
		return
	}
	want := firstOf(mayManage(p), when(m.plan.state != plan.Suspended, "plan.state"))
	perform(m, rt, "resume", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (plan.Record, error) {
		return m.store.ResumePlan(m.with(key), actor, m.plan.id, 0)
	}, func(plan.Record) {
		m.plan.state = plan.Active
		m.expect("plan.resumed", "plan", m.plan.id, p)
		m.nudge("plan", m.plan.id)
		m.moveBySuspension()
		for _, r := range m.rounds {
			if r.open {
				m.nudge("round", r.id)
			}
		}
	})
}

// moveBySuspension moves what was still to come by the working days that were lost.
func (m *machine) moveBySuspension() {
	days := 0
	for day := midnight(m.plan.suspended); day.Before(midnight(m.now)); day = day.AddDate(0, 0, 1) {
		if works(day) {
			days++
		}
	}
	for _, t := range m.tasks {
		if days == 0 || !t.owed() || t.closed || !t.awaited().After(m.plan.suspended) {
			continue
		}
		to := endOf(workingDays(dueDay(t.awaited()), days))
		if t.resubmit != nil {
			t.resubmit = &to
		} else {
			t.due = to
		}
		t.bump()
		t.dueVersion++
		m.expect("task.due_moved", "task", t.id, nil)
	}
	for _, t := range m.tasks { // a round lasts as long as its tasks are due
		if r := t.round; days > 0 && r.open && !t.closed && t.due.After(r.closesAt) {
			r.closesAt = t.due
		}
	}
}

func (m *machine) closePlan(rt *rapid.T) {
	if !chance(rt, "at last", 1, 16) {
		panic(unfit("the plan goes on"))
	}
	p := m.someone(rt, func(p *person) bool { return p.has(issuer, asAuthority) })
	note := m.text()
	want := firstOf(mayManage(p), when(m.plan.state == plan.Closed, "plan.state"))
	perform(m, rt, "close plan", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (plan.Record, error) {
		return m.store.ClosePlan(m.with(key), actor, m.plan.id, 0, amendment.Closing{Outcome: amendment.Terminated, Note: note})
	}, func(plan.Record) {
		m.plan.state = plan.Closed
		m.expect("plan.closed", "plan", m.plan.id, p)
		m.nudge("plan", m.plan.id)
		for _, r := range m.rounds {
			r.open = false
		}
		for _, t := range m.tasks {
			if t.owed() && !t.closed {
				t.closed = true
				t.bump()
			}
		}
		for _, q := range m.requests {
			if !q.settled {
				m.nudge("request", q.id)
			}
		}
	})
}

func (m *machine) askByHand(rt *rapid.T) {
	var duty *dutyModel
	for _, d := range m.duties {
		if d.Code == "H" {
			duty = d
		}
	}
	p := m.someone(rt, func(p *person) bool { return p.has(issuer, asAuthority) || p.has(standing, asSupervisor) })
	codes := [][]string{{"d1"}, {"d1", "d2"}, {"d1", "d3"}}[between(rt, "of whom", 0, 2)]
	in := task.HandInput{DutyID: duty.id, Title: m.text(), Text: m.text()}
	for _, code := range codes {
		in.AgencyIDs = append(in.AgencyIDs, m.agencies[code].id)
	}
	want := firstOf(when(!knowsOf(p), "not_found"), when(m.plan.state != plan.Active, "plan.not_active"),
		when(codes[len(codes)-1] == "d3", "round.agency"),
		when(!p.has(issuer, asAuthority) && !p.has(standing, asSupervisor), "round.not_yours"))
	perform(m, rt, "ask by hand", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (task.Round, error) {
		return m.store.OpenByHand(m.with(key), actor, in)
	}, func(r task.Round) {
		round := m.adopt(rt, r.ID)
		if due := *m.inWorkingDays(3); !round.dueAt.Equal(due) {
			rt.Fatalf("due %s, want %s", round.dueAt, due)
		}
		m.expect("round.opened", "round", r.ID, p)
		m.nudge("round", r.ID)
		m.focus = append(m.focus, m.tasks[len(m.tasks)-1])
	})
}

// adopt takes a round that has just opened, with its tasks, into the model.
func (m *machine) adopt(rt *rapid.T, id int64) *roundModel {
	rt.Helper()
	var row struct {
		Duty   int64     `db:"duty_id"`
		Opened time.Time `db:"opened_at"`
		Due    time.Time `db:"due_at"`
		Closes time.Time `db:"closes_at"`
	}
	if err := m.db.GetContext(m.t.Context(), &row, `SELECT duty_id, opened_at, due_at, closes_at FROM rounds WHERE id = $1`, id); err != nil {
		rt.Fatal(err)
	}
	r := &roundModel{id: id, duty: m.duties[row.Duty], open: true, openedAt: row.Opened.UTC(), dueAt: row.Due.UTC(), closesAt: row.Closes.UTC()}
	m.rounds = append(m.rounds, r)
	var tasks []struct {
		ID        int64     `db:"id"`
		Agency    string    `db:"agency"`
		Recipient string    `db:"recipient"`
		Reviewer  string    `db:"reviewer"`
		Through   string    `db:"through"`
		Due       time.Time `db:"due_at"`
	}
	if err := m.db.SelectContext(m.t.Context(), &tasks, `
		SELECT t.id, a.code AS agency, x.code AS recipient, v.code AS reviewer, COALESCE(h.code, '') AS through, t.due_at FROM tasks t JOIN agencies a ON a.id = t.agency_id
		JOIN agencies x ON x.id = t.recipient_id JOIN agencies v ON v.id = t.reviewer_id LEFT JOIN agencies h ON h.id = t.through_id WHERE t.round_id = $1 ORDER BY t.id`, id); err != nil {
		rt.Fatal(err)
	}
	for _, t := range tasks {
		if want := passedOnBy(r.duty, t.Agency); t.Through != want {
			rt.Fatalf("task %d passes %q, want %q", t.ID, t.Through, want)
		}
		m.tasks = append(m.tasks, &taskModel{id: t.ID, round: r, duty: r.duty, agency: t.Agency, recipient: t.Recipient, reviewer: t.Reviewer, through: t.Through,
			state: task.StateOpen, due: t.Due.UTC(), original: t.Due.UTC(), version: 1, dueVersion: 1})
		m.expect("task.opened", "task", t.ID, nil)
	}
	return r
}

func (m *machine) twoSignatures(rt *rapid.T) {
	p := m.someone(rt, func(p *person) bool { return p.has(issuer, "administrator") })
	a := m.agencies[oneOf(rt, "agency", "d1", "d1", "d2", "x1")]
	two := !a.two
	want := firstOf(when(!p.has(issuer, "administrator"), "not_found"), when(two && a.code == "x1", "agency.no_head"))
	perform(m, rt, "two signatures", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (agency.Agency, error) {
		return m.store.SetTwoSignatures(m.with(key), actor, a.id, 0, two)
	}, func(agency.Agency) {
		a.two = two
		m.expect("agency.two_signatures", "agency", a.id, p)
	})
}
