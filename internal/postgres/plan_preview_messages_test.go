package postgres_test

import (
	"slices"
	"testing"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/preview"
	"dondoc/internal/task"
)

// manyDuties reports to different agencies at different paces.
func manyDuties(p *plan.Plan) {
	p.ValidTo = calendar.NewDate(2026, 3, 31)
	p.Duties[0].Due = map[string]calendar.DueRule{"": {WorkingDays: 5}} // escalated on a Tuesday
	duty := func(code string, change func(*plan.Duty), agencies ...string) {
		d := p.Duties[0]
		d.Code, d.Assignments = code, nil
		for _, a := range agencies {
			d.Assignments = append(d.Assignments, plan.Assignment{Agency: a, Role: plan.Implementing})
		}
		change(&d)
		p.Duties = append(p.Duties, d)
	}
	duty("A.1", func(d *plan.Duty) { d.Schedule.Cadences = []calendar.Cadence{calendar.Weekly} }, "d1", "d2")
	duty("A.2", func(d *plan.Duty) {
		d.Schedule = calendar.Schedule{Cadences: []calendar.Cadence{calendar.Once}, OpensOn: calendar.NewDate(2026, 2, 23), DueOn: calendar.NewDate(2026, 3, 19)}
		d.Recipient, d.Policy = plan.Recipient{Parent: true}, "rieng"
	}, "d3", "so")
	duty("A.3", func(d *plan.Duty) {
		d.Schedule.Cadences, d.Mode = []calendar.Cadence{calendar.Quarterly}, plan.Requested
	}, "d1")
	p.Policies = []plan.Policy{{Code: "rieng", Steps: []calendar.StepRule{
		{Code: "opening", Kind: "opening", Anchor: calendar.AnchorOpening, Unit: calendar.WorkingDays, TimeOfDay: "08:00", Audience: []calendar.Audience{calendar.FocalPoint}, Severity: 10},
		{Code: "before_7", Kind: "reminder", Anchor: calendar.AnchorDue, Offset: -11, Unit: calendar.CalendarDays, TimeOfDay: "14:30", Audience: []calendar.Audience{calendar.FocalPoint, calendar.Head}, Severity: 20},
		{Code: "quiet", Kind: "reminder", Anchor: calendar.AnchorDue, Offset: -2, Unit: calendar.WorkingDays, TimeOfDay: "08:00", Audience: []calendar.Audience{calendar.Supervisor}, Severity: 25},
		{Code: "loud", Kind: "reminder", Anchor: calendar.AnchorDue, Offset: -2, Unit: calendar.CalendarDays, TimeOfDay: "08:00", Audience: []calendar.Audience{calendar.FocalPoint}, Severity: 30},
		{Code: "daily", Kind: "overdue", Anchor: calendar.AnchorDue, Offset: 1, Unit: calendar.WorkingDays, TimeOfDay: "08:00", Cron: "15 9,16 * * *", Audience: []calendar.Audience{calendar.FocalPoint}, Severity: 40},
		{Code: "weekly", Kind: "escalation", Anchor: calendar.AnchorDue, Offset: 3, Unit: calendar.WorkingDays, TimeOfDay: "10:00", Audience: []calendar.Audience{calendar.PlanAuthority, calendar.Head}, Severity: 50, Digest: true},
	}}}
}

// live lets the engine run until then, instant by instant, with everybody
// reporting a second before it is due or nobody reporting at all.
func (w *world) live(until time.Time, report bool) {
	w.t.Helper()
	monday := w.at("2026-01-05 08:00")
	for now := *w.clock.at.Load(); ; {
		instants := []time.Time{monday}
		for _, duty := range w.ids(`SELECT id FROM duties d WHERE NOT EXISTS (SELECT 1 FROM rounds r WHERE r.duty_id = d.id AND r.state = 'scheduled')`) {
			if _, err := w.store.ScheduleNextRound(w.t.Context(), duty); err != nil {
				w.t.Fatal(err)
			}
		}
		w.times(&instants, `SELECT min(opens_at) FROM rounds WHERE state = 'scheduled'`)
		w.times(&instants, `SELECT min(at) FROM steps WHERE state = 'pending'`)
		w.times(&instants, `SELECT min(deliver_at) FROM notifications WHERE message_id IS NULL AND dropped_at IS NULL`)
		w.times(&instants, `SELECT min(closes_at + interval '1 microsecond') FROM rounds WHERE state = 'open'`)
		if report {
			w.times(&instants, `SELECT min(due_at - interval '1 second') FROM tasks WHERE state = 'open'`)
		}
		next := slices.MinFunc(instants, time.Time.Compare)
		if next.Before(now) {
			next = now
		}
		if next.After(until) {
			return
		}
		now = next
		w.clock.at.Store(&now)
		w.turn(now, report)
		if !monday.After(now) {
			if _, _, err := w.store.RecordDigest(w.t.Context(), monday, now); err != nil {
				w.t.Fatal(err)
			}
			monday = monday.AddDate(0, 0, 7)
		}
		if _, err := w.store.ComposeMessages(w.t.Context(), now, "dondoc.example"); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) times(all *[]time.Time, query string) {
	w.t.Helper()
	var found []time.Time
	if err := w.db.SelectContext(w.t.Context(), &found, `SELECT min FROM (`+query+`) AS q (min) WHERE min IS NOT NULL`); err != nil {
		w.t.Fatal(err)
	}
	*all = append(*all, found...)
}

func (w *world) ids(query string, args ...any) []int64 {
	w.t.Helper()
	var ids []int64
	if err := w.db.SelectContext(w.t.Context(), &ids, query, args...); err != nil {
		w.t.Fatal(err)
	}
	return ids
}

// turn does everything of one instant.
func (w *world) turn(now time.Time, report bool) {
	w.t.Helper()
	for _, round := range w.ids(`SELECT id FROM rounds WHERE state = 'scheduled' AND opens_at <= $1`, now) {
		if err := w.store.OpenRound(w.t.Context(), round, func(int) {}); err != nil {
			w.t.Fatal(err)
		}
	}
	for _, round := range w.ids(`SELECT id FROM rounds r WHERE state = 'open' AND (closes_at < $1
		OR EXISTS (SELECT 1 FROM steps s WHERE s.round_id = r.id AND s.state = 'pending' AND s.at <= $1))`, now) {
		w.run(round)
	}
	if !report {
		return
	}
	for _, id := range w.ids(`SELECT id FROM tasks WHERE state = 'open' AND due_at - interval '1 second' <= $1`, now) {
		var agency, reviewer int64
		if err := w.db.QueryRowContext(w.t.Context(), `SELECT agency_id, reviewer_id FROM tasks WHERE id = $1`, id).Scan(&agency, &reviewer); err != nil {
			w.t.Fatal(err)
		}
		by := func(role policy.Role, at int64) policy.Actor {
			user := w.ids(`SELECT user_id FROM memberships WHERE role = $1 AND agency_id = $2`, role, at)
			return policy.Actor{UserID: user[0], Posts: []policy.Post{{AgencyID: at, Role: role}}, Below: []int64{at}}
		}
		if _, err := w.store.Submit(w.t.Context(), by(policy.FocalPoint, agency), task.SubmitInput{TaskID: id, Kind: task.Report, Narrative: "Đã làm."}); err != nil {
			w.t.Fatal(err)
		}
		if _, err := w.store.Review(w.t.Context(), by(policy.Supervisor, reviewer), task.ReviewInput{TaskID: id, Decision: task.Accept}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// The figures of a preview are held against the messages that the product
// composes, person by person and morning by morning.
func TestPreviewCountsTheMessagesThatAreComposed(t *testing.T) {
	for _, c := range []struct {
		name   string
		report bool
		count  func(preview.Day) int
	}{
		{"everybody reports right before it is due", true, func(d preview.Day) int { return d.OnTime }},
		{"nobody reports", false, func(d preview.Day) int { return d.AtMost }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, manyDuties)
			for _, post := range []struct{ role, agency string }{
				{"focal_point", "d3"}, {"head", "d3"}, {"focal_point", "so"}, {"supervisor", "tinh"},
			} {
				w.exec(`WITH u AS (INSERT INTO users (email, name, created_at) VALUES ($1, $1, $3) RETURNING id)
					INSERT INTO memberships (user_id, agency_id, role, valid_from_on) SELECT u.id, a.id, $2, '2020-01-01' FROM u, agencies a WHERE a.code = $4`,
					post.role+"."+post.agency+"@dondoc.example", post.role, time.Now(), post.agency)
			}
			w.activate()
			until := w.at("2026-04-14 23:00")
			w.live(until, c.report)
			shown, err := w.store.PreviewPlan(t.Context(), w.authority(), w.plan.ID, preview.Wanted{From: calendar.NewDate(2026, 1, 1), To: calendar.DateOf(until, hanoi)})
			if err != nil {
				t.Fatal(err)
			}
			var foreseen []string
			for _, class := range shown.Classes {
				for _, agency := range class.Agencies {
					for _, role := range class.Roles {
						for _, day := range role.Days {
							if c.count(day) > 0 {
								foreseen = append(foreseen, string(role.Audience)+"."+agency+"@dondoc.example "+day.On.String())
							}
						}
					}
				}
			}
			sent := w.strings(`
				SELECT DISTINCT u.email || ' ' || (m.composed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date FROM messages m JOIN users u ON u.id = m.user_id
				WHERE EXISTS (SELECT 1 FROM notifications n WHERE n.message_id = m.id AND (n.step_id IS NOT NULL OR n.kind = 'digest'))`)
			w.want("one message a morning", w.strings(`
				SELECT user_id || ' ' || composed_at FROM messages WHERE user_id IS NOT NULL GROUP BY user_id, composed_at HAVING count(*) > 1`))
			w.same("messages", sent, foreseen)
		})
	}
}
