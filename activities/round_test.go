package activities_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"

	"dondoc/activities"
	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
	"dondoc/workflows"
)

// following is a business clock that a test or a workflow's environment moves.
type following struct{ now func() time.Time }

func (f *following) Now(context.Context) (time.Time, error) { return f.now().UTC(), nil }
func (f *following) Wait(_ context.Context, until time.Time) (time.Duration, error) {
	return max(until.Sub(f.now()), 0), nil
}

func hour(s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, ict)
	if err != nil {
		panic(err)
	}
	return at
}

// passage is a district whose monthly report passes a sub-department on its way
// to the department that reviews it.
type passage struct {
	t     *testing.T
	db    *sqlx.DB
	store *postgres.Store
	clock *following
	round int64
}

func newPassage(t *testing.T) *passage {
	t.Helper()
	p := &passage{t: t, db: postgrestest.New(t), clock: &following{}}
	p.set("2026-01-01 07:00")
	p.store = postgres.New(p.db, p.clock, clock.SystemWall, nil)
	record, err := p.store.LoadPlan(t.Context(), policy.Actor{}, &plan.Plan{
		Format: 1, Code: "thu", Issuer: "tinh", Standing: "so", TimeZone: "Asia/Ho_Chi_Minh", Document: plan.Document{Title: "Kế hoạch thử"},
		ValidFrom: calendar.NewDate(2026, 1, 1), ValidTo: calendar.NewDate(2026, 12, 31),
		Agencies: []plan.Agency{
			{Code: "tinh", Name: "UBND tỉnh", Level: "province"}, {Code: "so", Name: "Sở", Level: "department", Parent: "tinh"},
			{Code: "cc", Name: "Chi cục", Level: "department", Parent: "so"}, {Code: "d1", Name: "UBND huyện", Level: "district", Parent: "tinh"},
		},
		Duties: []plan.Duty{{
			Code: "IV.15", Title: "Báo cáo", Text: "Báo cáo", Mode: plan.Assigned, Assignments: []plan.Assignment{{Agency: "d1", Role: plan.Implementing}},
			Schedule: calendar.Schedule{Cadences: []calendar.Cadence{calendar.Monthly}, Windows: calendar.CalendarWindows},
			Due:      map[string]calendar.DueRule{"": {WorkingDays: 4}}, OpensBefore: 15, Review: plan.Review{Mode: plan.ReviewRequired},
			Recipient: plan.Recipient{Agency: "so"}, Through: "cc", Forwarding: plan.Forwarding{Required: true, WithinWorkingDays: 1},
		}},
	}, []byte("format: 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	authority := p.person("plan_authority", "tinh")
	if _, err := p.store.ActivatePlan(t.Context(), authority, record.ID, record.Version, calendar.Date{}); err != nil {
		t.Fatal(err)
	}
	var duty int64
	if err := p.db.GetContext(t.Context(), &duty, `SELECT id FROM duties`); err != nil {
		t.Fatal(err)
	}
	next, err := p.store.ScheduleNextRound(t.Context(), duty)
	if err != nil {
		t.Fatal(err)
	}
	p.round = next.RoundID
	return p
}

func (p *passage) set(s string) { p.clock.now = func() time.Time { return hour(s) } }

func (p *passage) person(role policy.Role, agency string) policy.Actor {
	p.t.Helper()
	a := policy.Actor{Name: string(role) + "." + agency}
	if err := p.db.GetContext(p.t.Context(), &a.UserID, `INSERT INTO users (email, name, created_at) VALUES ($1 || '@dondoc.example', $1, '2026-01-01') RETURNING id`, a.Name); err != nil {
		p.t.Fatal(err)
	}
	post := policy.Post{Role: role}
	if err := p.db.GetContext(p.t.Context(), &post.AgencyID, `INSERT INTO memberships (user_id, agency_id, role, valid_from_on)
		SELECT $1, id, $2, '2020-01-01' FROM agencies WHERE code = $3 RETURNING agency_id`, a.UserID, role, agency); err != nil {
		p.t.Fatal(err)
	}
	a.Posts, a.Below = []policy.Post{post}, []int64{post.AgencyID}
	return a
}

// live runs the round's workflow with its real activities from an instant on; the
// acts happen at theirs, each with a nudge, as the relay brings it.
func (p *passage) live(from string, acts map[string]func() error) {
	p.t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(hour(from))
	env.SetTestTimeout(time.Minute)
	workflows.Register(env)
	p.clock.now = env.Now
	engine := &activities.Engine{Store: p.store, Clock: p.clock}
	env.RegisterActivityWithOptions(engine.RunRound, activity.RegisterOptions{Name: "RunRound"})
	env.RegisterActivityWithOptions(engine.OpenRound, activity.RegisterOptions{Name: "OpenRound"})
	for at, act := range acts {
		env.RegisterDelayedCallback(func() {
			if err := act(); err != nil {
				p.t.Errorf("at %s: %v", at, err)
			}
			env.SignalWorkflow(workflows.NudgeSignal, workflows.Nudge{})
		}, hour(at).Sub(hour(from)))
	}
	env.ExecuteWorkflow(workflows.RoundWorkflow, workflows.RoundInput{RoundID: p.round})
	if err := env.GetWorkflowError(); err != nil {
		p.t.Fatal(err)
	}
	env.AssertExpectations(p.t)
}

func (p *passage) want(what, query string, want ...string) {
	p.t.Helper()
	got := []string{}
	if err := p.db.SelectContext(p.t.Context(), &got, query); err != nil {
		p.t.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		p.t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

const noticesOnTheWay = `SELECT to_char(n.created_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI ') || n.kind || ' ' || u.name
	FROM notifications n JOIN users u ON u.id = n.user_id WHERE n.kind LIKE 'forward%' OR n.kind LIKE 'review%' OR n.kind LIKE 'correction%' ORDER BY n.created_at, u.name`

func TestARoundsWorkflowRemindsThoseOnTheWayOfAResult(t *testing.T) {
	p := newPassage(t)
	focal, clerk, supervisor := p.person(policy.FocalPoint, "d1"), p.person(policy.FocalPoint, "cc"), p.person(policy.Supervisor, "so")
	p.person(policy.Head, "cc")
	id := func() (id int64) {
		if err := p.db.GetContext(t.Context(), &id, `SELECT id FROM tasks`); err != nil {
			t.Error(err)
		}
		return id
	}
	p.live("2026-01-14 09:00", map[string]func() error{
		"2026-02-05 16:00": func() error {
			_, err := p.store.Submit(t.Context(), focal, task.SubmitInput{TaskID: id(), Kind: task.Report, Narrative: "Đã làm."})
			return err
		},
		"2026-02-09 10:00": func() error {
			_, err := p.store.Forward(t.Context(), clerk, task.ForwardInput{TaskID: id(), Decision: task.Forward})
			return err
		},
		"2026-02-11 09:00": func() error {
			_, err := p.store.Review(t.Context(), supervisor, task.ReviewInput{TaskID: id(), Decision: task.Accept})
			return err
		},
	})
	p.want("the agency between for a day, then its head, then the reviewer", noticesOnTheWay,
		"02-06 08:00 forward_reminder focal_point.cc", "02-09 08:00 forward_overdue focal_point.cc", "02-09 08:00 forward_overdue head.cc",
		"02-11 08:00 review_reminder supervisor.so")
	p.want("the round", `SELECT state || to_char(closed_at AT TIME ZONE 'Asia/Ho_Chi_Minh', ' MM-DD HH24:MI') FROM rounds WHERE period_key = '2026-M01'`, "closed 02-11 09:00")

	// A correction calls the closed round's workflow again: it reminds, ends, and
	// leaves the round closed.
	p.set("2026-04-01 09:00")
	correction, err := p.store.Correct(t.Context(), focal, task.CorrectInput{TaskID: id(), Reason: "Sai số", Content: task.Content{Kind: task.Report, Narrative: "Số đúng."}})
	if err != nil {
		t.Fatal(err)
	}
	p.live("2026-04-01 09:01", map[string]func() error{
		"2026-04-03 10:00": func() error {
			_, err := p.store.DecideCorrection(t.Context(), supervisor, task.CorrectionAct{CorrectionID: correction.ID, Decision: task.AcceptCorrection})
			return err
		},
	})
	p.want("one more reminder", noticesOnTheWay,
		"02-06 08:00 forward_reminder focal_point.cc", "02-09 08:00 forward_overdue focal_point.cc", "02-09 08:00 forward_overdue head.cc",
		"02-11 08:00 review_reminder supervisor.so", "04-01 09:00 correction_sent supervisor.so", "04-03 08:00 correction_reminder supervisor.so",
		"04-03 10:00 correction_accepted focal_point.d1")
	p.want("the round is closed as before", `SELECT state || to_char(closed_at AT TIME ZONE 'Asia/Ho_Chi_Minh', ' MM-DD HH24:MI') FROM rounds WHERE period_key = '2026-M01'`, "closed 02-11 09:00")
}
