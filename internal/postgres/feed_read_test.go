package postgres_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/account"
	"dondoc/internal/amendment"
	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/feed"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

func TestAMovedDueTimeShowsInTheFeed(t *testing.T) {
	r := newReader(t)
	_, token := r.subscribe("focal_point.d1", feed.Wanted{Scope: feed.Person})
	read := func() feed.Entry {
		t.Helper()
		contents, err := r.accounts.ReadFeed(t.Context(), token)
		if err != nil || len(contents.Entries) != 1 {
			t.Fatalf("%+v, %v", contents, err)
		}
		return contents.Entries[0]
	}
	written := func(e feed.Entry) string {
		b, err := feed.Write(feed.Contents{Entries: []feed.Entry{e}}, feed.Form{BaseURL: "https://dondoc.example", Alarms: true})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	before := read()
	opened := *r.clock.at.Load()
	if !before.ChangedAt.Equal(opened) || before.OpenedAt == nil || !before.OpenedAt.Equal(opened) || before.Still {
		t.Errorf("an open task: %+v, opened %s", before, opened)
	}
	r.wall = r.wall.Add(time.Minute)
	r.clock.at.Store(new(opened.Add(30 * time.Minute)))
	if again := read(); written(again) != written(before) {
		t.Errorf("nothing changed, but\n%s\nbecame\n%s", written(before), written(again))
	}
	authority := r.actor("plan_authority.tinh@dondoc.example")
	r.clock.set(t, "2026-02-02 09:00")
	record, err := r.store.SuspendPlan(t.Context(), authority, r.plan.ID, r.plan.Version)
	if err != nil {
		t.Fatal(err)
	}
	still := read()
	if !still.Still || !still.DueAt.Equal(before.DueAt) || !still.ChangedAt.After(before.ChangedAt) || strings.Contains(written(still), "VALARM") {
		t.Errorf("suspended: %+v", still)
	}
	r.clock.set(t, "2026-02-09 09:00")
	if _, err := r.store.ResumePlan(t.Context(), authority, r.plan.ID, record.Version); err != nil {
		t.Fatal(err)
	}
	moved := read()
	if moved.Still || !moved.DueAt.After(before.DueAt) || moved.Version <= before.Version || !moved.ChangedAt.Equal(*r.clock.at.Load()) || moved.TaskID != before.TaskID {
		t.Errorf("moved: %+v, before %+v", moved, before)
	}
	sent := func(in task.SubmitInput) {
		if _, err := r.store.Submit(t.Context(), r.actor("focal_point.d1@dondoc.example"), in); err != nil {
			t.Fatal(err)
		}
	}
	r.clock.set(t, "2026-02-09 10:00")
	sent(task.SubmitInput{TaskID: moved.TaskID, Kind: task.NilReturn})
	submitted := read()
	if submitted.State != task.StateSubmitted || submitted.SubmittedAt == nil || submitted.Version <= moved.Version || !submitted.ChangedAt.After(moved.ChangedAt) {
		t.Errorf("submitted: %+v", submitted)
	}
	r.clock.set(t, "2026-02-09 11:00")
	if _, err := r.store.Review(t.Context(), r.actor("supervisor.so@dondoc.example"), task.ReviewInput{TaskID: moved.TaskID, Decision: task.Return, Reason: "Thiếu"}); err != nil {
		t.Fatal(err)
	}
	returned := read()
	if returned.State != task.StateReturned || returned.Version <= submitted.Version || !returned.ChangedAt.After(submitted.ChangedAt) {
		t.Errorf("returned: %+v", returned)
	}
	var resubmit time.Time
	if err := r.db.GetContext(t.Context(), &resubmit, `SELECT resubmit_due_at FROM tasks WHERE id = $1`, moved.TaskID); err != nil || !returned.DueAt.Equal(resubmit) {
		t.Errorf("returned: due %s, want %s, %v", returned.DueAt, resubmit, err)
	}
}

func TestWhatIsOverStaysSixtyDays(t *testing.T) {
	r := newReader(t)
	_, token := r.subscribe("plan_authority.tinh", feed.Wanted{Scope: feed.Plan, PlanID: r.plan.ID})
	r.clock.set(t, "2026-01-20 09:00")
	r.exec(`UPDATE tasks SET state = 'waived', settled_at = $2, version = version + 1 WHERE agency_id = $1`, r.agency("d1"), r.clock.at.Load())
	waived := "UBND huyện Một waived 2"
	for _, c := range []struct {
		at   string
		want []string
	}{
		{"2026-01-20 10:00", []string{three, two, waived}},
		{"2026-03-21 23:59", []string{three, two, waived}},
		{"2026-03-22 00:00", []string{three, two}}, // more than sixty days after the waiver, though due later
		{"2026-04-07 23:59", []string{three, two}}, // due by the end of 5 February
		{"2026-04-08 00:00", nil},
	} {
		r.clock.set(t, c.at)
		r.wall = r.wall.Add(time.Hour)
		r.shows(c.at, token, c.want...)
	}
}

func TestAPlanThatIsClosedEarlyIsNotFollowedInCalendars(t *testing.T) {
	r := newReader(t)
	_, token := r.subscribe("focal_point.d1", feed.Wanted{Scope: feed.Person})
	r.clock.set(t, "2026-01-30 09:00")
	if _, err := r.store.ClosePlan(t.Context(), r.actor("plan_authority.tinh@dondoc.example"), r.plan.ID, r.plan.Version, amendment.Closing{}); err != nil {
		t.Fatal(err)
	}
	contents, err := r.accounts.ReadFeed(t.Context(), token)
	if err != nil || len(contents.Entries) != 1 {
		t.Fatalf("%+v, %v", contents, err)
	}
	if e := contents.Entries[0]; !e.Gone || !e.Still || e.State != task.StateOpen || e.Version != 2 || !e.ChangedAt.Equal(*r.clock.at.Load()) {
		t.Errorf("got %+v", e)
	}
	r.clock.set(t, "2026-03-31 23:59")
	r.shows("sixty days after the closing", token, "UBND huyện Một open 2")
	r.clock.set(t, "2026-04-01 00:00")
	r.shows("later", token)
}

// What a feed shows is what policy lets its owner see, for people with any posts.
func TestFeedsFollowPolicy(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	now := time.Date(2026, 5, 20, 3, 0, 0, 0, time.UTC)
	wall := now
	store := &postgres.Accounts{Store: postgres.New(db, clock.Fixed(now), func() time.Time { return wall }, nil),
		Throttle: account.NewThrottle(func() time.Time { return wall }), BaseURL: "https://dondoc.example"}
	var all []struct {
		plainTask
		SettledAt *time.Time `db:"settled_at"`
		ClosedAt  *time.Time `db:"closed_at"`
	}
	if err := db.SelectContext(t.Context(), &all, `
		SELECT t.id, t.agency_id, COALESCE(t.recipient_id, 0) AS recipient_id, COALESCE(t.reviewer_id, 0) AS reviewer_id, p.issuer_id,
			t.state, t.due_at, t.resubmit_due_at, t.plan_id, t.settled_at, t.closed_at
		FROM tasks t JOIN plans p ON p.id = t.plan_id`); err != nil {
		t.Fatal(err)
	}
	since := time.Date(2026, 5, 19, 17, 0, 0, 0, time.UTC).Add(-feed.Kept)
	shown := 0
	people := 0
	ctx := t.Context()
	rapid.Check(t, func(t *rapid.T) {
		people++
		var user int64
		if err := db.GetContext(ctx, &user, `INSERT INTO users (email, name, created_at) VALUES ($1, 'Ai đó', '2026-01-01') RETURNING id`, fmt.Sprintf("nguoi%d@dondoc.example", people)); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 3).Draw(t, "posts") {
			if _, err := db.ExecContext(ctx, `INSERT INTO memberships (user_id, agency_id, role, valid_from_on) VALUES ($1, $2, $3, '2026-01-01') ON CONFLICT DO NOTHING`,
				user, rapid.Int64Range(1, 16).Draw(t, "agency"), rapid.SampledFrom(policy.Roles).Draw(t, "role")); err != nil {
				t.Fatal(err)
			}
		}
		actor, err := store.ActorByID(ctx, user)
		if err != nil {
			t.Fatal(err)
		}
		wanted := feed.Wanted{Scope: rapid.SampledFrom([]feed.Scope{feed.Person, feed.Agency, feed.Plan}).Draw(t, "scope")}
		switch wanted.Scope {
		case feed.Agency:
			wanted.AgencyID = rapid.Int64Range(1, 16).Draw(t, "of agency")
		case feed.Plan:
			wanted.PlanID = rapid.Int64Range(1, 3).Draw(t, "of plan")
		case feed.Person:
		}
		created, err := store.CreateFeed(ctx, actor, wanted)
		if !policy.Subscribe(actor, wanted.AgencyID) {
			if !fault.Is(err, fault.NotFound) {
				t.Fatalf("%+v subscribed to %+v: %v", actor, wanted, err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		token, _ := feed.TokenIn(strings.TrimPrefix(created.Address, "https://dondoc.example/feeds/"))
		contents, err := store.ReadFeed(context.WithoutCancel(ctx), token)
		if err != nil {
			t.Fatal(err)
		}
		var got, want []int64
		for _, e := range contents.Entries {
			got = append(got, e.TaskID)
		}
		for _, p := range all {
			due := p.facts().EffectiveDue()
			over := p.State == task.StateWaived || p.State == task.StateCancelled
			early := p.State.Owed() && p.ClosedAt != nil && p.ClosedAt.Before(due)
			if policy.SeeTask(actor, policy.Task{AgencyID: p.AgencyID, RecipientID: p.RecipientID, ReviewerID: p.ReviewerID, IssuerID: p.IssuerID, PlanID: p.PlanID}) &&
				(wanted.Scope != feed.Person || actor.HasAt(p.AgencyID, policy.FocalPoint, policy.Head)) &&
				(wanted.Scope != feed.Agency || p.AgencyID == wanted.AgencyID) && (wanted.Scope != feed.Plan || p.PlanID == wanted.PlanID) &&
				!due.Before(since) && (!over || !p.SettledAt.Before(since)) && (!early || !p.ClosedAt.Before(since)) {
				want = append(want, p.ID)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		shown += len(got)
		if !slices.Equal(got, want) {
			t.Fatalf("%+v sees %v, want %v", wanted, got, want)
		}
	})
	if shown == 0 {
		t.Error("no feed showed anything")
	}
}
