package postgres_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/idempotency"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

var hanoi = time.FixedZone("ICT", 7*3600)

// hand is a business clock that a test sets.
type hand struct{ at atomic.Pointer[time.Time] }

func (h *hand) Now(context.Context) (time.Time, error) { return h.at.Load().UTC(), nil }
func (h *hand) Wait(_ context.Context, until time.Time) (time.Duration, error) {
	return max(until.Sub(*h.at.Load()), 0), nil
}
func (h *hand) set(t testing.TB, s string) {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, hanoi)
	if err != nil {
		t.Fatal(err)
	}
	h.at.Store(&at)
}

// world is a small plan on a real database: a province, a department that
// reviews, three districts that report every month.
type world struct {
	t     testing.TB
	db    *sqlx.DB
	store *postgres.Store
	clock *hand
	plan  plan.Record
}

func newWorld(t testing.TB, change func(*plan.Plan)) *world {
	t.Helper()
	w := &world{t: t, db: postgrestest.New(t), clock: &hand{}}
	w.clock.set(t, "2026-01-01 07:00")
	w.store = postgres.New(w.db, w.clock, clock.SystemWall, nil)
	p := smallPlan()
	if change != nil {
		change(p)
	}
	record, err := w.store.LoadPlan(t.Context(), policy.Actor{}, p, []byte("format: 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	w.plan = record
	for _, person := range []struct{ role, agency string }{
		{"focal_point", "d1"}, {"focal_point", "d2"}, {"head", "d1"}, {"head", "d2"}, {"supervisor", "so"}, {"head", "so"}, {"plan_authority", "tinh"},
	} {
		w.exec(`WITH u AS (INSERT INTO users (email, name, created_at) VALUES ($1, $1, $3) RETURNING id)
			INSERT INTO memberships (user_id, agency_id, role, valid_from_on) SELECT u.id, a.id, $2, '2020-01-01' FROM u, agencies a WHERE a.code = $4`,
			person.role+"."+person.agency+"@dondoc.example", person.role, time.Now(), person.agency)
	}
	return w
}

func smallPlan() *plan.Plan {
	return &plan.Plan{
		Format: 1, Code: "thu", Issuer: "tinh", Standing: "so", TimeZone: "Asia/Ho_Chi_Minh",
		Document:  plan.Document{Title: "Kế hoạch thử"},
		ValidFrom: calendar.NewDate(2026, 1, 1), ValidTo: calendar.NewDate(2026, 12, 31),
		Agencies: []plan.Agency{
			{Code: "tinh", Name: "UBND tỉnh", Level: "province"},
			{Code: "so", Name: "Sở", Level: "department", Parent: "tinh", Mailbox: "so@dondoc.example"},
			{Code: "d1", Name: "UBND huyện Một", Level: "district", Parent: "tinh", Mailbox: "d1@dondoc.example"},
			{Code: "d2", Name: "UBND huyện Hai", Level: "district", Parent: "tinh"},
			{Code: "d3", Name: "UBND huyện Ba", Level: "district", Parent: "tinh", Mailbox: "d3@dondoc.example"},
		},
		Duties: []plan.Duty{{
			Code: "IV.15.h", Title: "Báo cáo", Text: "Tổng hợp báo cáo", Mode: plan.Assigned,
			Roles: []plan.Role{plan.Implementing},
			Assignments: []plan.Assignment{
				{Agency: "d1", Role: plan.Implementing}, {Agency: "d2", Role: plan.Implementing}, {Agency: "d3", Role: plan.Implementing},
			},
			Schedule:    calendar.Schedule{Cadences: []calendar.Cadence{calendar.Monthly}, Windows: calendar.CalendarWindows},
			Due:         map[string]calendar.DueRule{"": {WorkingDays: 4}},
			OpensBefore: 15, NilReturn: true,
			Review:    plan.Review{Mode: plan.ReviewRequired},
			Recipient: plan.Recipient{Agency: "so"}, Indicators: []string{"vu"},
		}},
	}
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.db.ExecContext(w.t.Context(), query, args...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) strings(query string, args ...any) []string {
	w.t.Helper()
	lines := []string{}
	if err := w.db.SelectContext(w.t.Context(), &lines, query, args...); err != nil {
		w.t.Fatal(err)
	}
	return lines
}

func (w *world) want(what string, got []string, want ...string) {
	w.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// actor reads a person's posts as a session would.
func (w *world) actor(email string) policy.Actor {
	w.t.Helper()
	var a policy.Actor
	a.Name = email
	if err := w.db.GetContext(w.t.Context(), &a.UserID, `SELECT id FROM users WHERE email = $1`, email); err != nil {
		w.t.Fatal(err)
	}
	var posts []struct {
		AgencyID int64       `db:"agency_id"`
		Role     policy.Role `db:"role"`
	}
	if err := w.db.SelectContext(w.t.Context(), &posts, `SELECT agency_id, role FROM memberships WHERE user_id = $1`, a.UserID); err != nil {
		w.t.Fatal(err)
	}
	for _, p := range posts {
		a.Posts = append(a.Posts, policy.Post{AgencyID: p.AgencyID, Role: p.Role})
		a.Below = append(a.Below, p.AgencyID)
	}
	return a
}

func (w *world) activate() {
	w.t.Helper()
	record, err := w.store.ActivatePlan(w.t.Context(), w.actor("plan_authority.tinh@dondoc.example"), w.plan.ID, w.plan.Version, calendar.Date{})
	if err != nil {
		w.t.Fatal(err)
	}
	w.plan = record
}

func (w *world) duty() int64 {
	w.t.Helper()
	var id int64
	if err := w.db.GetContext(w.t.Context(), &id, `SELECT id FROM duties`); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// openRound schedules the duty's next round, moves the clock to its opening and opens it.
func (w *world) openRound() int64 {
	w.t.Helper()
	next, err := w.store.ScheduleNextRound(w.t.Context(), w.duty())
	if err != nil {
		w.t.Fatal(err)
	}
	if next.RoundID == 0 {
		w.t.Fatalf("no round to open: %+v", next)
	}
	if now, _ := w.clock.Now(w.t.Context()); now.Before(next.OpensAt) {
		at := next.OpensAt
		w.clock.at.Store(&at)
	}
	if err := w.store.OpenRound(w.t.Context(), next.RoundID, func(int) {}); err != nil {
		w.t.Fatal(err)
	}
	return next.RoundID
}

func (w *world) run(round int64) task.RoundTurn {
	w.t.Helper()
	turn, err := w.store.RunRound(w.t.Context(), round)
	if err != nil {
		w.t.Fatal(err)
	}
	return turn
}

func (w *world) taskOf(agency string) int64 {
	w.t.Helper()
	var id int64
	if err := w.db.GetContext(w.t.Context(), &id, `
		SELECT t.id FROM tasks t JOIN agencies a ON a.id = t.agency_id WHERE a.code = $1 ORDER BY t.id DESC LIMIT 1`, agency); err != nil {
		w.t.Fatal(err)
	}
	return id
}

const sentSteps = `SELECT a.code || ' ' || s.code || ' ' || s.state FROM steps s JOIN tasks t ON t.id = s.task_id
	JOIN agencies a ON a.id = t.agency_id WHERE s.state <> 'pending' AND s.anchor <> 'submitted' ORDER BY a.code, s.at, s.id`

func TestLadderOfOneRound(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	round := w.openRound()
	// Fifteen working days before Thursday 5 February is Thursday 15 January.
	w.want("opening", w.strings(`SELECT to_char(opens_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD HH24:MI') || ' ' ||
		to_char(due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD HH24:MI') FROM rounds WHERE id = $1`, round),
		"2026-01-15 08:00 2026-02-06 00:00")
	w.run(round)
	w.want("after opening", w.strings(sentSteps), "d1 opening done", "d2 opening done", "d3 opening done")

	// d1 submits in time; from then on nobody reminds it.
	w.clock.set(t, "2026-02-03 10:00")
	receipt, err := w.store.Submit(t.Context(), w.actor("focal_point.d1@dondoc.example"), task.SubmitInput{
		TaskID: w.taskOf("d1"), Kind: task.Report, Narrative: "Đã làm.", Figures: []task.Figure{{Indicator: "vu", Value: "3"}}})
	if err != nil {
		t.Fatal(err)
	}
	if receipt.Number != 1 || receipt.Task.Status != task.Waiting {
		t.Errorf("receipt %+v", receipt)
	}
	w.clock.set(t, "2026-02-04 08:00")
	w.run(round)
	w.clock.set(t, "2026-02-05 08:00")
	w.run(round)
	w.clock.set(t, "2026-02-06 08:00")
	w.run(round)
	w.want("to and past due", w.strings(sentSteps),
		"d1 opening done", "d1 before_1 skipped", "d1 due_today skipped", "d1 overdue_1 skipped",
		"d2 opening done", "d2 before_1 done", "d2 due_today done", "d2 overdue_1 done",
		"d3 opening done", "d3 before_1 done", "d3 due_today done", "d3 overdue_1 done")
	// d2 has a focal point and a head but no mailbox; d3 has a mailbox and nobody: its supervisor stands in.
	w.want("who was told that it is overdue", w.strings(`
		SELECT a.code || ' ' || COALESCE(u.email, 'mailbox ' || m.code) FROM notifications n
		JOIN tasks t ON t.id = n.task_id JOIN agencies a ON a.id = t.agency_id
		LEFT JOIN users u ON u.id = n.user_id LEFT JOIN agencies m ON m.id = n.mailbox_agency_id
		WHERE n.kind = 'overdue' ORDER BY 1`),
		"d2 focal_point.d2@dondoc.example", "d2 head.d2@dondoc.example", "d3 mailbox d3", "d3 supervisor.so@dondoc.example")
	w.run(round)
	w.want("running again tells nobody twice", w.strings(`SELECT count(*)::text FROM notifications WHERE kind = 'overdue'`), "4")
}

func TestOnlyTheMostSevereMissedStepIsSent(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	round := w.openRound()
	w.run(round)
	w.clock.set(t, "2026-02-11 15:00") // an outage from the opening until four working days after due
	w.run(round)
	w.want("d2", w.strings(`SELECT s.code || ' ' || s.state FROM steps s JOIN tasks t ON t.id = s.task_id JOIN agencies a ON a.id = t.agency_id
		WHERE a.code = 'd2' AND s.anchor = 'due' ORDER BY s.at`),
		"before_1 skipped", "due_today skipped", "overdue_1 skipped", "overdue_3 done", "overdue_7 pending")
}

func TestReturnKeepsTheFirstTimeAndInvalidDoesNot(t *testing.T) {
	for _, c := range []struct {
		decision task.Decision
		final    task.Status
	}{{task.Return, task.DoneOnTime}, {task.Invalid, task.DoneLate}} {
		t.Run(string(c.decision), func(t *testing.T) {
			w := newWorld(t, nil)
			w.activate()
			round := w.openRound()
			focal, supervisor := w.actor("focal_point.d1@dondoc.example"), w.actor("supervisor.so@dondoc.example")
			w.clock.set(t, "2026-02-05 16:00")
			submit := task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.Report, Narrative: "Lần một"}
			if _, err := w.store.Submit(t.Context(), focal, submit); err != nil {
				t.Fatal(err)
			}
			w.clock.set(t, "2026-02-06 09:00")
			back, err := w.store.Review(t.Context(), supervisor, task.ReviewInput{TaskID: submit.TaskID, Decision: c.decision, Reason: "Thiếu số liệu"})
			if err != nil {
				t.Fatal(err)
			}
			// Three working days after Friday 6 February end with Wednesday the 11th.
			if got := back.Task.ResubmitDueAt.In(hanoi).Format("2006-01-02 15:04"); got != "2026-02-12 00:00" {
				t.Errorf("resubmission due %s", got)
			}
			w.want("told at once", w.strings(`SELECT kind FROM notifications WHERE kind = 'returned' AND deliver_at = created_at AND user_id IS NOT NULL`), "returned")
			w.clock.set(t, "2026-02-10 08:00")
			w.run(round)
			w.want("reminded of the new day", w.strings(`SELECT s.code FROM steps s JOIN tasks t ON t.id = s.task_id JOIN agencies a ON a.id = t.agency_id
				WHERE a.code = 'd1' AND s.due_version = 2 AND s.state = 'done'`), "before_1")
			submit.Narrative = "Lần hai"
			if _, err := w.store.Submit(t.Context(), focal, submit); err != nil {
				t.Fatal(err)
			}
			done, err := w.store.Review(t.Context(), supervisor, task.ReviewInput{TaskID: submit.TaskID, Decision: task.Accept})
			if err != nil {
				t.Fatal(err)
			}
			_ = done
			var row struct {
				Due   time.Time  `db:"due_at"`
				First *time.Time `db:"first_submitted_at"`
			}
			if err := w.db.GetContext(t.Context(), &row, `SELECT due_at, first_submitted_at FROM tasks WHERE id = $1`, submit.TaskID); err != nil {
				t.Fatal(err)
			}
			now, _ := w.clock.Now(t.Context())
			facts := task.Facts{State: task.StateAccepted, ReviewRequired: true, DueAt: row.Due, FirstSubmittedAt: row.First}
			if got := facts.StatusAt(now); got != c.final {
				t.Errorf("status %s, want %s", got, c.final)
			}
		})
	}
}

func TestRoundClosesAtTheNextDueTimeAndRefusesAfterwards(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	round := w.openRound()
	w.clock.set(t, "2026-03-06 00:00") // February's report was due by the end of 5 March
	if turn := w.run(round); turn.Ended {
		t.Fatal("closed at the closing instant itself")
	}
	w.clock.set(t, "2026-03-06 00:01")
	if turn := w.run(round); !turn.Ended {
		t.Fatalf("not closed: %+v", turn)
	}
	_, err := w.store.Submit(t.Context(), w.actor("focal_point.d1@dondoc.example"), task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.NilReturn})
	if f := fault.Of(err); f == nil || f.Code != "task.closed" {
		t.Errorf("want task.closed, got %v", err)
	}
}

func TestRoundClosesWhenAllIsSettled(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	round := w.openRound()
	w.exec(`UPDATE tasks SET state = 'waived', settled_at = opened_at WHERE agency_id <> (SELECT id FROM agencies WHERE code = 'd1')`)
	w.clock.set(t, "2026-02-02 09:00")
	if _, err := w.store.Submit(t.Context(), w.actor("focal_point.d1@dondoc.example"), task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.NilReturn}); err != nil {
		t.Fatal(err)
	}
	if turn := w.run(round); turn.State != "open" {
		t.Fatal("closed while a result waits for review")
	}
	if _, err := w.store.Review(t.Context(), w.actor("supervisor.so@dondoc.example"), task.ReviewInput{TaskID: w.taskOf("d1"), Decision: task.Accept}); err != nil {
		t.Fatal(err)
	}
	if turn := w.run(round); !turn.Ended {
		t.Fatalf("all is settled but the round is not closed: %+v", turn)
	}
}

func TestSuspendedTimeIsNotCounted(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	round := w.openRound()
	authority := w.actor("plan_authority.tinh@dondoc.example")
	w.clock.set(t, "2026-02-02 09:00") // Monday; due by the end of Thursday 5 February
	record, err := w.store.SuspendPlan(t.Context(), authority, w.plan.ID, w.plan.Version)
	if err != nil {
		t.Fatal(err)
	}
	w.clock.set(t, "2026-02-06 09:00")
	if turn := w.run(round); turn.Sent != 0 {
		t.Error("a step ran while the plan was suspended")
	}
	w.clock.set(t, "2026-02-09 09:00") // five working days later
	if _, err := w.store.ResumePlan(t.Context(), authority, w.plan.ID, record.Version); err != nil {
		t.Fatal(err)
	}
	w.want("moved by five working days", w.strings(`SELECT DISTINCT to_char(due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD HH24:MI') || ' ' ||
		to_char(original_due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD HH24:MI') || ' ' || due_version FROM tasks`), "2026-02-13 00:00 2026-02-06 00:00 2")
}

func TestIdempotentRepeatGetsTheFirstReceipt(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	w.openRound()
	focal := w.actor("focal_point.d1@dondoc.example")
	ctx := idempotency.With(t.Context(), idempotency.Key{Value: "khoa-0001", RequestHash: []byte{1}})
	in := task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.NilReturn}
	first, err := w.store.Submit(ctx, focal, in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.store.Submit(ctx, focal, in)
	if err != nil || again.SubmissionID != first.SubmissionID {
		t.Errorf("repeat: %+v, %v", again, err)
	}
	other := idempotency.With(t.Context(), idempotency.Key{Value: "khoa-0001", RequestHash: []byte{2}})
	if _, err := w.store.Submit(other, focal, in); fault.Of(err) == nil || fault.Of(err).Code != "idempotency.reused" {
		t.Errorf("the key served another request: %v", err)
	}
	w.want("one submission", w.strings(`SELECT count(*)::text FROM submissions`), "1")
}

func TestStrangersLearnNothing(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	w.openRound()
	_, err := w.store.Submit(t.Context(), w.actor("focal_point.d2@dondoc.example"), task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.NilReturn})
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("want not found, got %v", err)
	}
	_, err = w.store.Submit(t.Context(), w.actor("supervisor.so@dondoc.example"), task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.NilReturn})
	if !fault.Is(err, fault.Forbidden) {
		t.Errorf("want forbidden, got %v", err)
	}
}

func TestReconcileNamesEveryWorkflowThatOughtToRun(t *testing.T) {
	w := newWorld(t, nil)
	if n, err := w.store.Reconcile(t.Context()); err != nil || n != 2 {
		t.Errorf("a draft needs nobody but delivery and digest: %d, %v", n, err)
	}
	w.activate()
	round := w.openRound()
	w.exec(`DELETE FROM outbox`)
	if _, err := w.store.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.want("nudged", w.strings(`SELECT workflow FROM outbox ORDER BY workflow`), "delivery:mail", "digest:weekly",
		fmt.Sprintf("duty:%d", w.duty()), fmt.Sprintf("plan:%d", w.plan.ID), fmt.Sprintf("round:%d", round))
}

func TestStalledRoundsAreNudged(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	round := w.openRound()
	w.exec(`DELETE FROM outbox`)
	w.clock.at.Store(new(w.clock.at.Load().Add(time.Hour)))
	if n, err := w.store.NudgeStalled(t.Context(), 5*time.Minute); err != nil || n != 1 {
		t.Errorf("%d nudged, %v", n, err)
	}
	w.want("nudged", w.strings(`SELECT workflow FROM outbox`), fmt.Sprintf("round:%d", round))
	if err := w.store.Forget(t.Context()); err != nil {
		t.Error(err)
	}
}

// A yearly minimum beside a monthly report opens with the year, not when the
// reports of its last month come up; neither closes the other.
func TestAtLeastOnceAYearBesideMonthlyReports(t *testing.T) {
	w := newWorld(t, func(p *plan.Plan) {
		p.Duties[0].Schedule.Cadences = []calendar.Cadence{calendar.Monthly, calendar.AtLeast}
		p.Duties[0].Schedule.AtLeast = calendar.Frequency{Times: 2, Per: calendar.Yearly}
	})
	w.activate()
	first := w.openRound()
	w.openRound()
	w.openRound() // January's report
	w.want("rounds", w.strings(`SELECT period_key || ' ' || state || ' ' || to_char(opens_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') || ' ' ||
		to_char(due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD') FROM rounds ORDER BY opens_at, period_key`),
		"2026-L1 open 01-01 08:00 2027-01-08", "2026-L2 open 01-01 08:00 2027-01-08", "2026-M01 open 01-15 08:00 2026-02-06")
	w.clock.set(t, "2026-03-10 08:00") // after February's due day
	if turn := w.run(first); turn.State != "open" {
		t.Errorf("%+v: the year's minimum can still be met", turn)
	}
}
