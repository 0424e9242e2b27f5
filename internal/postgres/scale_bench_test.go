package postgres_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/clock"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

// scaleRounds are the monthly rounds of one duty, of which the last two are open.
const scaleRounds = 60

// scaled fills a country of communes, 167 to a province: 60 monthly rounds
// that every commune owes. In the open ones six of ten results are accepted, one
// waits, three in a hundred were returned and the others are missing.
var scaled = []string{
	`INSERT INTO agencies (code, name, level) VALUES ('cq', 'Cơ quan ban hành', 'government')`,
	`INSERT INTO agencies (code, name, level, parent_id, position) SELECT 't' || n, 'Tỉnh ' || n, 'province', 1, n FROM generate_series(1, ({communes} + 166) / 167) n`,
	`INSERT INTO agencies (code, name, level, parent_id, position)
		SELECT 'x' || n, 'Xã ' || n, 'commune', p.id, n FROM generate_series(0, {communes} - 1) n JOIN agencies p ON p.code = 't' || n / 167 + 1`,
	`INSERT INTO users (email, name, created_at) SELECT code || '@dondoc.example', 'Cán bộ', '2020-01-01' FROM agencies`,
	`INSERT INTO memberships (user_id, agency_id, role, valid_from_on)
		SELECT u.id, a.id, CASE a.level WHEN 'commune' THEN 'focal_point' WHEN 'province' THEN 'supervisor' ELSE 'plan_authority' END, '2020-01-01'
		FROM agencies a JOIN users u ON u.email = a.code || '@dondoc.example'`,
	`INSERT INTO plans (code, title, issuer_id, state, valid_from_on, valid_to_on, time_zone, activated_at, current_version)
		VALUES ('kh', 'Kế hoạch', 1, 'active', '2021-01-01', '2026-12-31', 'Asia/Ho_Chi_Minh', '2021-01-01', 1)`,
	`INSERT INTO plan_versions (plan_id, number, source, sha256, document, loaded_at) VALUES (1, 1, '', '', '{"Policies": []}', '2021-01-01')`,
	`INSERT INTO duties (plan_id, code, position, title, text, mode, scheduled, review, nil_return, definition, since_version)
		VALUES (1, 'IV.1', 1, 'Nhiệm vụ', repeat('văn bản ', 40), 'assigned', true, 'required', true, '{}', 1)`,
	`INSERT INTO assignments (duty_id, agency_id, role, recipient_id, reviewer_id)
		SELECT 1, id, 'implementing', parent_id, parent_id FROM agencies WHERE level = 'commune'`,
	`INSERT INTO rounds (duty_id, plan_id, period_key, cadences, window_from_on, window_to_on, state, opens_at, due_at, closes_at, opened_at, closed_at)
		SELECT 1, 1, to_char(m, 'YYYY-"M"MM'), '{monthly}', m, m + interval '1 month - 1 day', s, m + interval '20 days', m + interval '36 days', m + interval '66 days',
			m + interval '20 days', CASE s WHEN 'closed' THEN m + interval '66 days' END
		FROM generate_series(1, {rounds}) n, LATERAL (SELECT timestamp '2021-06-01' + (n - 1) * interval '1 month', CASE WHEN n > {rounds} - 2 THEN 'open' ELSE 'closed' END) AS f (m, s)`,
	`INSERT INTO tasks (round_id, duty_id, plan_id, agency_id, recipient_id, reviewer_id, state, due_at, original_due_at, resubmit_due_at,
			derivation, opened_at, first_submitted_at, submitted_at, settled_at, closed_at, submissions)
		SELECT r.id, 1, 1, a.id, a.parent_id, a.parent_id, st, r.due_at, r.due_at, CASE WHEN st = 'returned' THEN r.due_at + interval '5 days' END,
			'{"notes": [{"kind": "window_end", "date": "2026-05-31"}, {"kind": "plus_working_days", "n": 4, "date": "2026-06-05"}, {"kind": "end_of_day", "date": "2026-06-05"}]}',
			r.opens_at, sent, sent, CASE WHEN st = 'accepted' THEN sent + interval '1 day' END, CASE WHEN st IN ('open', 'returned') THEN r.closed_at END, (sent IS NOT NULL)::int
		FROM rounds r CROSS JOIN agencies a CROSS JOIN LATERAL (SELECT abs(hashint8(a.id * 100 + r.id)) % 1000) AS f (h)
		CROSS JOIN LATERAL (SELECT
			CASE WHEN h < 600 OR r.state = 'closed' AND h < 990 THEN 'accepted' WHEN h < 700 THEN 'submitted' WHEN h < 730 THEN 'returned' ELSE 'open' END AS st,
			CASE WHEN h < 730 OR r.state = 'closed' AND h < 990 THEN r.due_at - interval '5 days' + h * interval '15 minutes' END AS sent) x
		WHERE a.level = 'commune'`,
	`INSERT INTO submissions (task_id, number, kind, narrative, submitted_at, submitted_by, from_state)
		SELECT t.id, 1, 'report', repeat('Đã tổ chức tuyên truyền. ', 10), t.submitted_at, 1, 'open' FROM tasks t WHERE t.submissions > 0`,
	`INSERT INTO reviews (submission_id, task_id, decision, reason, resubmit_due_at, decided_at, decided_by)
		SELECT b.id, t.id, CASE t.state WHEN 'accepted' THEN 'accept' ELSE 'return' END, CASE t.state WHEN 'accepted' THEN '' ELSE 'Thiếu số liệu' END,
			t.resubmit_due_at, t.submitted_at + interval '1 day', 1 FROM tasks t JOIN submissions b ON b.task_id = t.id WHERE t.state IN ('accepted', 'returned')`,
	`INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, at, audience, severity, state, run_at)
		SELECT t.id, t.round_id, code, kind, 'due', 1, t.due_at + after, '{focal_point}', severity,
			CASE WHEN t.closed_at IS NULL AND t.settled_at IS NULL AND after > interval '1 day' THEN 'pending' ELSE 'done' END,
			CASE WHEN t.closed_at IS NULL AND t.settled_at IS NULL AND after > interval '1 day' THEN NULL ELSE t.due_at + after END
		FROM tasks t, (VALUES ('before_1', 'reminder', interval '-1 day', 1), ('overdue_3', 'urging_draft', interval '4 days', 3)) AS f (code, kind, after, severity)`,
	`INSERT INTO audit (at, recorded_at, action, entity, entity_id) SELECT opened_at, opened_at, 'task.opened', 'task', id FROM tasks`,
	`VACUUM ANALYZE`,
}

type country struct {
	db    *sqlx.DB
	store *postgres.Store
	// owed are tasks of the newest round in random order, with those who submit
	// and who review their results.
	owed              []int64
	focals, reviewers []policy.Actor
	authority         policy.Actor
}

// scale makes a country with as many tasks, on its 10th of a month: five days after the due time.
func scale(b *testing.B, tasks int) *country {
	b.Helper()
	c := &country{db: postgrestest.New(b)}
	filled := strings.NewReplacer("{communes}", strconv.Itoa(tasks/scaleRounds), "{rounds}", strconv.Itoa(scaleRounds))
	for _, statement := range scaled {
		if _, err := c.db.ExecContext(b.Context(), filled.Replace(statement)); err != nil {
			b.Fatalf("%s: %v", statement, err)
		}
	}
	c.meet(b)
	return c
}

// meet reads who owes, reviews and answers for the plan.
func (c *country) meet(b testing.TB) {
	b.Helper()
	c.store = postgres.New(c.db, clock.Fixed(time.Date(2026, 6, 10, 2, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	var rows []struct {
		ID       int64 `db:"id"`
		Focal    int64 `db:"focal"`
		Reviewer int64 `db:"reviewer"`
	}
	if err := c.db.SelectContext(b.Context(), &rows, `
		SELECT t.id, f.user_id AS focal, v.user_id AS reviewer FROM tasks t JOIN memberships f ON f.agency_id = t.agency_id JOIN memberships v ON v.agency_id = t.reviewer_id
		WHERE t.state = 'open' AND t.round_id = $1 ORDER BY hashint8(t.id) LIMIT 2000`, scaleRounds); err != nil {
		b.Fatal(err)
	}
	known := map[int64]policy.Actor{}
	actor := func(user int64) policy.Actor {
		if _, seen := known[user]; !seen {
			var err error
			if known[user], err = c.store.ActorByID(b.Context(), user); err != nil {
				b.Fatal(err)
			}
		}
		return known[user]
	}
	for _, r := range rows {
		c.owed, c.focals, c.reviewers = append(c.owed, r.ID), append(c.focals, actor(r.Focal)), append(c.reviewers, actor(r.Reviewer))
	}
	c.authority = actor(1)
}

func submit(ctx context.Context, c *country, n int) (int, error) {
	_, err := c.store.Submit(ctx, c.focals[n], task.SubmitInput{TaskID: c.owed[n], Kind: task.Report, Narrative: "Đã tổ chức 3 buổi tuyên truyền."})
	return 1, err
}

func accept(ctx context.Context, c *country, n int) (int, error) {
	_, err := c.store.Review(ctx, c.reviewers[n], task.ReviewInput{TaskID: c.owed[n], Decision: task.Accept})
	return 1, err
}

// reopen lets the next turn begin as this one did.
func reopen(ctx context.Context, c *country, n int) (int, error) {
	_, err := c.store.Reopen(ctx, c.authority, task.ReopenInput{TaskID: c.owed[n], Reason: "Sai số liệu"})
	return 1, err
}

type scaleAct func(ctx context.Context, c *country, n int) (int, error)

// scaleActs are what is measured, on or by the n-th of those that owe.
var scaleActs = []struct {
	name   string
	do     scaleAct
	before []scaleAct // and after: not measured
	after  []scaleAct
}{
	{name: "submit", do: submit, after: []scaleAct{accept, reopen}},
	{name: "review", do: accept, before: []scaleAct{submit}, after: []scaleAct{reopen}},
	{name: "a task's page", do: func(ctx context.Context, c *country, n int) (int, error) {
		_, err := c.store.TaskDetail(ctx, c.focals[n], c.owed[n])
		return 1, err
	}},
	{name: "tasks of a focal point", do: func(ctx context.Context, c *country, n int) (int, error) {
		return listed(c.store.ListTasks(ctx, c.focals[n], task.Filter{Mine: true}))
	}},
	{name: "owed by a focal point", do: func(ctx context.Context, c *country, n int) (int, error) {
		return listed(c.store.ListTasks(ctx, c.focals[n], task.Filter{Mine: true, State: []task.State{task.StateOpen, task.StateReturned, task.StatePrepared}}))
	}},
	{name: "to review by a supervisor", do: func(ctx context.Context, c *country, n int) (int, error) {
		return listed(c.store.ListTasks(ctx, c.reviewers[n], task.Filter{ToReview: true}))
	}},
	{name: "tasks of a supervisor", do: func(ctx context.Context, c *country, n int) (int, error) {
		return listed(c.store.ListTasks(ctx, c.reviewers[n], task.Filter{}))
	}},
	{name: "overdue of a supervisor", do: func(ctx context.Context, c *country, n int) (int, error) {
		return listed(c.store.ListTasks(ctx, c.reviewers[n], task.Filter{Overdue: true}))
	}},
	{name: "overdue board of a supervisor", do: func(ctx context.Context, c *country, n int) (int, error) {
		board, err := c.store.Board(ctx, c.reviewers[n], task.BoardFilter{})
		return len(board.Overdue), err
	}},
	{name: "accepted in open rounds by a supervisor", do: func(ctx context.Context, c *country, n int) (int, error) {
		return listed(c.store.ListTasks(ctx, c.reviewers[n], task.Filter{OpenRounds: true, State: []task.State{task.StateAccepted}}))
	}},
	{name: "tasks of the plan authority", do: func(ctx context.Context, c *country, _ int) (int, error) {
		return listed(c.store.ListTasks(ctx, c.authority, task.Filter{}))
	}},
	{name: "a round of the plan authority", do: func(ctx context.Context, c *country, _ int) (int, error) {
		return listed(c.store.ListTasks(ctx, c.authority, task.Filter{RoundID: scaleRounds}))
	}},
	{name: "overdue of the plan authority", do: func(ctx context.Context, c *country, _ int) (int, error) {
		return listed(c.store.ListTasks(ctx, c.authority, task.Filter{Overdue: true, OpenRounds: true}))
	}},
}

func listed(page task.Page, err error) (int, error) { return len(page.Tasks), err }

// BenchmarkScale does what people do all day in a country of 10,000 and in one
// of 1,000,000 tasks, in turn, so that both meet the same machine. "ratio" is the
// large one's median by the small one's (aim 1.5).
func BenchmarkScale(b *testing.B) {
	small, large := scale(b, 10_020), scale(b, 1_002_000)
	for _, act := range scaleActs {
		b.Run(act.name, func(b *testing.B) {
			times := map[*country][]time.Duration{}
			for n := 0; b.Loop(); n++ {
				pair := []*country{small, large}
				if rand.IntN(2) == 0 {
					slices.Reverse(pair)
				}
				for _, c := range pair {
					i := n % len(c.owed)
					perform := func(acts ...scaleAct) {
						for _, do := range acts {
							if got, err := do(b.Context(), c, i); err != nil || got == 0 {
								b.Fatalf("%d rows, %v", got, err)
							}
						}
					}
					perform(act.before...)
					start := clock.SystemWall()
					perform(act.do)
					times[c] = append(times[c], clock.SystemWall().Sub(start))
					perform(act.after...)
				}
			}
			at := func(c *country, q float64) float64 {
				slices.Sort(times[c])
				return float64(times[c][int(q*float64(len(times[c])-1))]) / float64(time.Millisecond)
			}
			b.ReportMetric(at(small, 0.5), "10k-p50-ms")
			b.ReportMetric(at(small, 0.99), "10k-p99-ms")
			b.ReportMetric(at(large, 0.5), "1M-p50-ms")
			b.ReportMetric(at(large, 0.99), "1M-p99-ms")
			b.ReportMetric(at(large, 0.5)/at(small, 0.5), "ratio")
		})
	}
}
