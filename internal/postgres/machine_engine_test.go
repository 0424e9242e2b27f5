package postgres_test

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"
	"pgregory.net/rapid"

	"dondoc/internal/plan"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// Time, and what the workflows have done when it has come: the same calls of
// the store that their activities make.
func init() {
	register(2, "time passes", (*machine).timePasses)
	register(3, "time passes and the engine runs", func(m *machine, rt *rapid.T) { m.timePasses(rt); m.runEngine(rt) })
	register(1, "the engine runs", (*machine).runEngine)
}

// timePasses moves the clock by minutes to days, or right to a moment that counts.
func (m *machine) timePasses(rt *rapid.T) {
	to := m.now.Add(oneOf(rt, "how long",
		time.Minute, 9*time.Minute, time.Hour, 3*time.Hour, 5*time.Hour, 24*time.Hour, 24*time.Hour, 48*time.Hour, 4*24*time.Hour,
	))
	t := m.something(rt, (*taskModel).owed)
	moments := []time.Time{t.due, t.effective(), t.round.closesAt, m.morning()}
	if i := evenly(rt, "moment", 2*len(moments)); i < len(moments) {
		to = moments[i].Add(oneOf(rt, "and", 0, time.Microsecond))
	}
	if !to.After(m.now) || to.After(machineNever) {
		panic(unfit("not that way"))
	}
	m.set(to)
	rt.Logf("it is %s", m.now.In(hanoi).Format("01-02 15:04:05.000000"))
}

// morning is 08:00 of the next working day.
func (m *model) morning() time.Time { return workingDays(midnight(m.now), 1).Add(8 * time.Hour) }

func (m *machine) runEngine(rt *rapid.T) {
	m.expected, m.nudged = nil, nil
	m.openRounds(rt)
	for _, q := range slices.Clone(m.requests) {
		m.runRequest(rt, q)
	}
	for _, r := range m.rounds {
		m.runRound(rt, r)
	}
	m.left(rt, "the engine")
}

// openRounds does what plan and duty workflows do.
func (m *machine) openRounds(rt *rapid.T) {
	ctx := m.t.Context()
	duties, _, err := m.store.ScheduledDuties(ctx, m.plan.id)
	if err != nil {
		rt.Fatal(err)
	}
	for _, duty := range duties {
		for {
			var before, after int64
			m.one(rt, &before, `SELECT COALESCE(max(id), 0) FROM rounds`)
			next, err := m.store.ScheduleNextRound(ctx, duty)
			if err != nil {
				rt.Fatal(err)
			}
			if m.one(rt, &after, `SELECT COALESCE(max(id), 0) FROM rounds`); after > before {
				m.expect("round.scheduled", "round", after, nil)
			}
			if next.RoundID == 0 || next.OpensAt.After(m.now) {
				break
			}
			if err := m.store.OpenRound(ctx, next.RoundID, func(int) {}); err != nil {
				rt.Fatal(err)
			}
			r := m.adopt(rt, next.RoundID)
			m.expect("round.opened", "round", next.RoundID, nil)
			var windowEnd time.Time
			m.one(rt, &windowEnd, `SELECT window_to_on FROM rounds WHERE id = $1`, r.id)
			y, month, d := windowEnd.Date()
			if due := endOf(workingDays(time.Date(y, month, d, 0, 0, 0, 0, hanoi), 4)); !r.dueAt.Equal(due) {
				rt.Fatalf("round %d is due %s, want %s", r.id, r.dueAt, due)
			}
		}
	}
}

func (m *machine) one(rt *rapid.T, into any, query string, args ...any) {
	rt.Helper()
	if err := m.db.GetContext(m.t.Context(), into, query, args...); err != nil {
		rt.Fatal(err)
	}
}

func (m *machine) runRequest(rt *rapid.T, q *requestModel) {
	turn, err := m.store.RunRequest(m.t.Context(), q.id)
	if err != nil {
		rt.Fatal(err)
	}
	switch {
	case q.settled:
	case m.plan.state == plan.Closed || q.state == request.Asked && q.needless():
		m.moveRequest(q, request.Closed, true, nil)
	case m.plan.state != plan.Active:
	default:
		if until := q.until(); !until.Equal(q.due) { // it follows the date that it is about
			q.due = until
			q.version++
		}
		if m.lapsed(q) {
			m.moveRequest(q, request.Lapsed, true, nil)
		}
	}
	if turn.Ended != q.settled {
		rt.Fatalf("request %d: ended %v, want %v", q.id, turn.Ended, q.settled)
	}
}

type stepModel struct {
	ID         int64          `db:"id"`
	TaskID     int64          `db:"task_id"`
	Code       string         `db:"code"`
	Anchor     string         `db:"anchor"`
	DueVersion int            `db:"due_version"`
	Severity   int            `db:"severity"`
	At         time.Time      `db:"at"`
	State      string         `db:"state"`
	Kind       string         `db:"kind"`
	Audience   pq.StringArray `db:"audience"`
}

// called: the task's state still calls for the step.
func (m *model) called(s stepModel) bool {
	t := m.taskOf(s.TaskID)
	switch s.Anchor {
	case "submitted":
		return t.state == task.StateSubmitted && s.DueVersion == len(t.subs)
	case "forwarding":
		return t.held() && s.DueVersion == len(t.subs)
	case "correction":
		c := m.waitingCorrection(t)
		return c != nil && s.DueVersion == c.number
	}
	return t.owed() && !t.closed && s.DueVersion == t.dueVersion
}

func (m *model) taskOf(id int64) *taskModel {
	return m.tasks[slices.IndexFunc(m.tasks, func(t *taskModel) bool { return t.id == id })]
}

// runRound runs a round and holds each step against the state its task was in:
// of what one task missed only the most severe is told, and nothing once the
// result is in.
func (m *machine) runRound(rt *rapid.T, r *roundModel) {
	var due []stepModel
	if err := m.db.SelectContext(m.t.Context(), &due, `
		SELECT id, task_id, code, anchor, due_version, severity, at, state, audience, kind FROM steps WHERE round_id = $1 AND state = 'pending' AND at <= $2`, r.id, m.now); err != nil {
		rt.Fatal(err)
	}
	turn, err := m.store.RunRound(m.t.Context(), r.id)
	if err != nil {
		rt.Fatal(err)
	}
	if m.plan.state != plan.Active {
		return
	}
	m.ranSteps(rt, due)
	for _, t := range m.tasks {
		if t.round == r && t.duty.Review.Mode == plan.ReviewAutomatic && waitsForReview(t) &&
			!m.now.Before(workingDays(midnight(t.waitsSince), machineAutoDays).Add(17*time.Hour)) {
			m.accepted(t, nil)
		}
	}
	m.acceptCorrections(rt, r)
	if r.open && m.over(r) {
		r.open = false
		m.expect("round.closed", "round", r.id, nil)
		for _, t := range m.tasks {
			if t.round == r && t.owed() && !t.closed {
				t.closed = true
				t.bump()
				m.expect("task.closed", "task", t.id, nil)
			}
		}
	}
	if (turn.State == "open") != r.open {
		rt.Fatalf("round %d is %s at %s, want open %v until %s", r.id, turn.State, m.now, r.open, r.closesAt)
	}
	if !turn.Ended && turn.NextAt.IsZero() || turn.Ended && r.open {
		rt.Fatalf("round %d waits for nothing: %+v", r.id, turn)
	}
}

func (m *machine) ranSteps(rt *rapid.T, due []stepModel) {
	type group struct {
		task   int64
		anchor string // those of the opening and of the due time are one
	}
	of := func(s stepModel) group { return group{s.TaskID, strings.Replace(s.Anchor, "opening", "due", 1)} }
	told := map[group]stepModel{}
	for _, s := range due {
		g := of(s)
		if best, known := told[g]; m.called(s) && (!known || cmp.Or(cmp.Compare(s.Severity, best.Severity), s.At.Compare(best.At), cmp.Compare(s.ID, best.ID)) > 0) {
			told[g] = s
		}
	}
	for _, s := range due {
		want := "skipped"
		if told[of(s)].ID == s.ID {
			want = "done"
			m.reminds(rt, s)
		}
		var got string
		if m.one(rt, &got, `SELECT state FROM steps WHERE id = $1`, s.ID); got != want {
			t := m.taskOf(s.TaskID)
			rt.Fatalf("step %s of task %d (%s, due version %d of %d) is %s, want %s", s.Code, t.id, t.state, s.DueVersion, t.dueVersion, got, want)
		}
	}
}

// over: nothing is owed any more, or the closing time and every due time have passed.
func (m *model) over(r *roundModel) bool {
	until, owing := r.closesAt, false
	for _, t := range m.tasks {
		switch {
		case t.round != r:
		case t.owed():
			owing = true
			for _, day := range []time.Time{t.due, t.awaited()} {
				if day.After(until) {
					until = day
				}
			}
		case t.state == task.StateSubmitted && t.duty.Review.Mode != plan.ReviewNone:
			owing = true
		}
	}
	return !owing || m.now.After(until)
}
