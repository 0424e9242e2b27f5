package postgres_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

// plainTask is a task as the test reads it past the store.
type plainTask struct {
	ID          int64      `db:"id"`
	AgencyID    int64      `db:"agency_id"`
	RecipientID int64      `db:"recipient_id"`
	ReviewerID  int64      `db:"reviewer_id"`
	IssuerID    int64      `db:"issuer_id"`
	PlanID      int64      `db:"plan_id"`
	State       task.State `db:"state"`
	Review      string     `db:"review"`
	Due         time.Time  `db:"due_at"`
	Resubmit    *time.Time `db:"resubmit_due_at"`
	First       *time.Time `db:"first_submitted_at"`
	RoundState  string     `db:"round_state"`
	PlanState   string     `db:"plan_state"`
}

func (p plainTask) facts() task.Facts {
	return task.Facts{State: p.State, ReviewRequired: p.Review != "none", DueAt: p.Due, ResubmitDueAt: p.Resubmit, FirstSubmittedAt: p.First}
}

func (p plainTask) status(now time.Time) task.Status {
	s := p.facts().StatusAt(now)
	if s == task.NotDoneOverdue && p.PlanState == "suspended" {
		return task.NotDoneInTime
	}
	return s
}

// drawActor makes a person with up to three posts anywhere in the tree, and
// decisions over some of the three plans.
func drawActor(t *rapid.T, parents map[int64]int64) policy.Actor {
	actor := policy.Actor{UserID: 1}
	for range rapid.IntRange(0, 3).Draw(t, "posts") {
		post := policy.Post{
			AgencyID: rapid.Int64Range(1, int64(len(parents))).Draw(t, "agency"),
			Role:     rapid.SampledFrom(policy.Roles).Draw(t, "role"),
		}
		actor.Posts = append(actor.Posts, post)
		if !post.Role.Reads() {
			continue
		}
		for id := range parents {
			for up := id; up != 0; up = parents[up] {
				if up == post.AgencyID && !slices.Contains(actor.Below, id) {
					actor.Below = append(actor.Below, id)
				}
			}
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "decisions") {
		actor.Mandates = append(actor.Mandates, policy.Mandate{ID: 1, PlanID: rapid.Int64Range(1, 3).Draw(t, "opened plan")})
	}
	return actor
}

// What SQL shows, counts and ranks is what policy and task say about each row.
func TestListsAndBoardFollowPolicyAndFacts(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	var all []plainTask
	if err := db.SelectContext(t.Context(), &all, `
		SELECT t.id, t.agency_id, COALESCE(t.recipient_id, 0) AS recipient_id, COALESCE(t.reviewer_id, 0) AS reviewer_id, p.issuer_id, t.plan_id,
			t.state, d.review, t.due_at, t.resubmit_due_at, t.first_submitted_at, r.state AS round_state, p.state AS plan_state
		FROM tasks t JOIN plans p ON p.id = t.plan_id JOIN duties d ON d.id = t.duty_id JOIN rounds r ON r.id = t.round_id`); err != nil {
		t.Fatal(err)
	}
	parents := parentsOf(t, db)
	ctx := t.Context()
	seen := map[task.Status]bool{}
	rapid.Check(t, func(t *rapid.T) {
		actor := drawActor(t, parents)
		now := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 100*24).Draw(t, "hours")) * time.Hour)
		if rapid.Bool().Draw(t, "at a due time") {
			now = rapid.SampledFrom(all).Draw(t, "task").Due.UTC()
		}
		limit := rapid.IntRange(7, 200).Draw(t, "limit")
		store := postgres.New(db, clock.Fixed(now), clock.SystemWall, nil)

		wantStatus, wantOverdue, want := map[int64]task.Status{}, []int64{}, task.Counts{}
		for _, p := range all {
			if !policy.SeeTask(actor, policy.Task{AgencyID: p.AgencyID, RecipientID: p.RecipientID, ReviewerID: p.ReviewerID, IssuerID: p.IssuerID, PlanID: p.PlanID}) {
				continue
			}
			status := p.status(now)
			wantStatus[p.ID] = status
			seen[status] = true
			if status == task.NotDoneOverdue && p.PlanState == "active" {
				wantOverdue = append(wantOverdue, p.ID)
			}
			if p.PlanState != "closed" && (p.RoundState == "open" || status == task.NotDoneOverdue) {
				tally(&want, status)
			}
		}
		got := map[int64]task.Status{}
		for page, f := (task.Page{Next: "-"}), (task.Filter{Limit: limit}); page.Next != ""; f.Cursor = page.Next {
			var err error
			if page, err = store.ListTasks(ctx, actor, f); err != nil {
				t.Fatal(err)
			}
			for _, one := range page.Tasks {
				if _, twice := got[one.ID]; twice {
					t.Fatalf("task %d stands on two pages", one.ID)
				}
				got[one.ID] = one.Status
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(wantStatus) {
			t.Fatalf("listed %v\nwant %v", got, wantStatus)
		}
		filtered, err := store.ListTasks(ctx, actor, task.Filter{Overdue: true, Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		late := 0
		for _, status := range wantStatus {
			if status == task.NotDoneOverdue {
				late++
			}
		}
		if len(filtered.Tasks) != min(late, 200) {
			t.Fatalf("%d overdue listed, want %d", len(filtered.Tasks), late)
		}
		ranked, counts := boardPages(ctx, t, store, actor, limit)
		slices.Sort(wantOverdue)
		slices.Sort(ranked)
		if !slices.Equal(ranked, wantOverdue) {
			t.Fatalf("board lists %v, want %v", ranked, wantOverdue)
		}
		if counts != want {
			t.Fatalf("board counts %+v, want %+v", counts, want)
		}
		// A figure of the board opens to the list of what it counts.
		opened := task.Counts{NotDoneOverdue: want.NotDoneOverdue}
		for page, f := (task.Page{Next: "-"}), (task.Filter{OpenRounds: true, Limit: limit}); page.Next != ""; f.Cursor = page.Next {
			if page, err = store.ListTasks(ctx, actor, f); err != nil {
				t.Fatal(err)
			}
			for _, one := range page.Tasks {
				if one.Status != task.NotDoneOverdue {
					tally(&opened, one.Status)
				}
			}
		}
		if opened != want {
			t.Fatalf("the lists hold %+v, the board counts %+v", opened, want)
		}
	})
	for _, status := range []task.Status{task.DoneOnTime, task.DoneLate, task.NotDoneInTime, task.NotDoneOverdue, task.Waiting, task.WaitingLate, task.NotExpected, task.NotOpen} {
		if !seen[status] {
			t.Errorf("the seed shows no task that is %s", status)
		}
	}
}

func tally(c *task.Counts, status task.Status) {
	switch status {
	case task.DoneOnTime:
		c.DoneOnTime++
	case task.DoneLate:
		c.DoneLate++
	case task.NotDoneInTime:
		c.NotDoneInTime++
	case task.NotDoneOverdue:
		c.NotDoneOverdue++
	case task.Waiting:
		c.Waiting++
	case task.WaitingLate:
		c.WaitingLate++
	case task.NotExpected:
		c.NotExpected++
	case task.NotOpen:
	}
}

func TestStrangersFindNoTask(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	store := postgres.New(db, clock.Fixed(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	var id int64
	if err := db.GetContext(t.Context(), &id, `SELECT id FROM tasks WHERE agency_id = 9 AND reviewer_id = 6 LIMIT 1`); err != nil {
		t.Fatal(err)
	}
	post := func(agency int64, role policy.Role, below ...int64) policy.Actor {
		return policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: agency, Role: role}}, Below: below}
	}
	for _, c := range []struct {
		who   string
		actor policy.Actor
		sees  bool
	}{
		{"its focal point", post(9, policy.FocalPoint, 9), true},
		{"the reviewing district's supervisor", post(6, policy.Supervisor, 6, 9, 13), true},
		{"the province's head", post(1, policy.Head, 1, 2, 3, 4, 5, 6, 7, 8, 9), true},
		{"an auditor of the province without a decision", post(1, policy.Auditor), false},
		{"an auditor with a decision on its plan", decided(post(10, policy.Auditor), planOf(t, db, id)), true},
		{"an auditor with a decision on another plan", decided(post(10, policy.Auditor), planOf(t, db, id)%3+1), false},
		{"whoever has a decision and no auditor's post", decided(post(10, policy.FocalPoint, 10), planOf(t, db, id)), false},
		{"another commune", post(10, policy.Head, 10), false},
		{"an administrator of its own agency", post(9, policy.Administrator), false},
		{"nobody", policy.Actor{UserID: 1}, false},
	} {
		_, err := store.TaskDetail(t.Context(), c.actor, id)
		if c.sees && err != nil {
			t.Errorf("%s: %v", c.who, err)
		}
		if !c.sees && !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: want not found, got %v", c.who, err)
		}
	}
	if _, err := store.TaskDetail(t.Context(), post(1, policy.PlanAuthority, 1), 1<<40); !fault.Is(err, fault.NotFound) {
		t.Errorf("a task that does not exist: %v", err)
	}
	readNothingAsAdministrator(t, store, post(1, policy.Administrator), id)
	admin := post(1, policy.Administrator)
	if plans, err := store.ListPlans(t.Context(), admin); err != nil || len(plans) != 0 {
		t.Errorf("an administrator reads plans: %v, %v", plans, err)
	}
	if _, err := store.FindPlan(t.Context(), admin, 1); !fault.Is(err, fault.NotFound) {
		t.Errorf("an administrator finds a plan: %v", err)
	}
	if _, err := store.ListDuties(t.Context(), admin, 1); !fault.Is(err, fault.NotFound) {
		t.Errorf("an administrator reads duties: %v", err)
	}
	if rounds, _, err := store.ListRounds(t.Context(), admin, 1, 0, 0, ""); err != nil || len(rounds) != 0 {
		t.Errorf("an administrator reads rounds: %v, %v", rounds, err)
	}
}

func TestForeignCursorsAreRefused(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	store := postgres.New(db, clock.Fixed(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	actor := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.PlanAuthority}}, Below: []int64{1, 2, 3, 4, 5, 6, 7, 8}}
	_, next, err := store.ListRounds(t.Context(), actor, 0, 0, 2, "")
	if err != nil || next == "" {
		t.Fatalf("no next page: %v", err)
	}
	for _, cursor := range []string{next, "!!", "YWJj", "dGFza3N8OTk5OTk5OTk5OTk5OTk5OTk5OXwx"} {
		if _, err := store.ListTasks(t.Context(), actor, task.Filter{Cursor: cursor}); fault.Of(err) == nil || fault.Of(err).Code != "cursor.invalid" {
			t.Errorf("cursor %q: %v", cursor, err)
		}
	}
}

// A reach over every agency is taken as such, one that misses a single agency is not.
func TestAVeryWideReachMissesWhatLiesOutside(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	if _, err := db.ExecContext(t.Context(), `INSERT INTO agencies (code, name, level)
		SELECT 'them' || n, 'Xã thêm ' || n, 'commune' FROM generate_series(1, 600) n`); err != nil {
		t.Fatal(err)
	}
	store := postgres.New(db, clock.Fixed(time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	everything := []int64{}
	if err := db.SelectContext(t.Context(), &everything, `SELECT id FROM agencies ORDER BY id`); err != nil {
		t.Fatal(err)
	}
	without := slices.DeleteFunc(slices.Clone(everything), func(id int64) bool { return id == 9 })
	for _, c := range []struct {
		name  string
		below []int64
		want  bool // whether tasks of agency 9 are seen
	}{
		{"everything", everything, true},
		{"all but one", without, false},
		{"all but one, another twice", append([]int64{1}, without...), false},
	} {
		actor := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.Head}}, Below: c.below}
		page, err := store.ListTasks(t.Context(), actor, task.Filter{AgencyID: 9})
		if err != nil || (len(page.Tasks) > 0) != c.want {
			t.Errorf("%s: %d tasks listed, %v", c.name, len(page.Tasks), err)
		}
		board, err := store.Board(t.Context(), actor, task.BoardFilter{UnderAgency: 9})
		if err != nil || (board.Counts != task.Counts{}) != c.want {
			t.Errorf("%s: board %+v, %v", c.name, board.Counts, err)
		}
	}
}
