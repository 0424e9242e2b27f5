package postgres_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/account"
	"dondoc/internal/amendment"
	"dondoc/internal/audit"
	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/feed"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/preview"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// decided is the actor with a decision over a plan.
func decided(a policy.Actor, planID int64) policy.Actor {
	a.Mandates = append(slices.Clone(a.Mandates), policy.Mandate{ID: 1, PlanID: planID, Decision: "12/QĐ-TTr"})
	return a
}

func planOf(t testing.TB, db *sqlx.DB, taskID int64) (id int64) {
	t.Helper()
	if err := db.GetContext(t.Context(), &id, `SELECT plan_id FROM tasks WHERE id = $1`, taskID); err != nil {
		t.Fatal(err)
	}
	return id
}

// readNothingAsAdministrator asks by every way to read a result that there is.
func readNothingAsAdministrator(t *testing.T, s *postgres.Store, admin policy.Actor, id int64) {
	t.Helper()
	ctx := t.Context()
	empty := func(what string, n int, err error) {
		t.Helper()
		if n != 0 || err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: an administrator reads %d things, %v", what, n, err)
		}
	}
	refused := func(what string, err error) {
		t.Helper()
		if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: an administrator gets %v", what, err)
		}
	}
	tasks, err := s.ListTasks(ctx, admin, task.Filter{})
	empty("tasks", len(tasks.Tasks), err)
	board, err := s.Board(ctx, admin, task.BoardFilter{})
	empty("board", len(board.Overdue), err)
	if board.Counts != (task.Counts{}) {
		t.Errorf("board: an administrator reads %+v", board.Counts)
	}
	rates, err := s.Rates(ctx, admin, task.RateFilter{GroupBy: task.ByAgency})
	empty("rates", len(rates.Rates), err)
	rates, err = s.ExportRates(ctx, admin, task.RateFilter{GroupBy: task.ByAgency})
	empty("exported rates", len(rates.Rates), err)
	exported, err := s.ExportTasks(ctx, admin, task.Filter{})
	empty("exported tasks", len(exported), err)
	trail, err := s.ListAudit(ctx, admin, audit.EntryFilter{})
	empty("audit trail", len(trail.Entries), err)
	requests, err := s.ListRequests(ctx, admin, request.Filter{})
	empty("requests", len(requests.Requests), err)
	measures, err := s.ReviewMeasures(ctx, admin, task.MeasureFilter{})
	empty("measures", len(measures.Rows), err)
	contests, err := s.ListContests(ctx, admin, 0, "")
	empty("contests", len(contests.Contests), err)
	_, err = s.TaskDossier(ctx, admin, id)
	refused("dossier", err)
	_, err = s.PlanDossier(ctx, admin, 1)
	refused("plan's dossier", err)
	_, err = s.CompareSubmissions(ctx, admin, id, 1, 2)
	refused("comparison", err)
	_, err = s.FindDraft(ctx, admin, id)
	refused("draft", err)
	_, err = s.FindPreparation(ctx, admin, id)
	refused("preparation", err)
	_, err = s.TaskSupervision(ctx, admin, id)
	refused("supervision", err)
	_, err = s.PreviewPlan(ctx, admin, 1, preview.Wanted{})
	refused("preview", err)
	_, err = (&postgres.Accounts{Store: s}).CreateFeed(ctx, admin, feed.Wanted{Scope: feed.Agency, AgencyID: admin.Posts[0].AgencyID})
	refused("calendar feed", err)
}

// inspector gives the world an auditor and returns their address.
func (w *world) inspector(agency string) string {
	w.t.Helper()
	email := "auditor." + agency + "@dondoc.example"
	w.exec(`WITH u AS (INSERT INTO users (email, name, created_at) VALUES ($1, 'Người kiểm tra', $2) RETURNING id)
		INSERT INTO memberships (user_id, agency_id, role, valid_from_on) SELECT u.id, a.id, 'auditor', '2020-01-01' FROM u, agencies a WHERE a.code = $3`,
		email, time.Now(), agency)
	return email
}

// reads is the actor as a request would have it.
func (w *world) reads(email string) policy.Actor {
	w.t.Helper()
	actor, err := w.store.ActorByID(w.t.Context(), w.actor(email).UserID)
	if err != nil {
		w.t.Fatal(err)
	}
	return actor
}

func (w *world) decision(email string) account.MandateInput {
	return account.MandateInput{
		Email: email, DecisionNumber: "12/QĐ-TTr", DecidedOn: calendar.NewDate(2026, 1, 20), IssuedBy: "Thanh tra tỉnh",
		Plans: []int64{w.plan.ID}, From: calendar.NewDate(2026, 2, 1), To: calendar.NewDate(2026, 2, 28),
	}
}

func TestADecisionOpensAPlanToAnAuditorForATime(t *testing.T) {
	w := submitted(t) // at 09:10 on 2 February
	email := w.inspector("d3")
	authority := w.actor("plan_authority.tinh@dondoc.example")
	id := w.taskOf("d1")
	sees := func(at string, want bool) {
		t.Helper()
		w.clock.set(t, at)
		actor := w.reads(email)
		if len(actor.Below) != 0 {
			t.Errorf("an auditor reads by place: %v", actor.Below)
		}
		_, err := w.store.TaskDetail(t.Context(), actor, id)
		page, listErr := w.store.ListTasks(t.Context(), actor, task.Filter{})
		plans, plansErr := w.store.ListPlans(t.Context(), actor)
		if err := errors.Join(listErr, plansErr); err != nil {
			t.Fatal(err)
		}
		if (err == nil) != want || (len(page.Tasks) == 3) != want || (len(plans) == 1) != want || policy.SeePlans(actor) != want {
			t.Errorf("at %s: detail %v, %d tasks, %d plans, want %v", at, err, len(page.Tasks), len(plans), want)
		}
	}
	sees("2026-02-02 09:20", false) // by the post alone
	mandate, err := w.store.OpenMandate(t.Context(), authority, w.decision(email))
	if err != nil || !mandate.Open || len(mandate.Plans) != 1 || mandate.Plans[0].ID != w.plan.ID {
		t.Fatalf("%+v, %v", mandate, err)
	}
	sees("2026-01-31 23:59", false)
	sees("2026-02-01 00:00", true)
	sees("2026-02-28 23:59", true)
	sees("2026-03-01 00:00", false)
	// Reading leaves the decision in the trail; writing is nobody's by it.
	w.clock.set(t, "2026-02-10 09:00")
	if _, err := w.store.TaskDossier(t.Context(), w.reads(email), id); err != nil {
		t.Fatal(err)
	}
	w.want("under the decision", w.strings(`SELECT DISTINCT action || ' ' || (after->>'decision') || ' ' || (after->>'audit_mandate' = $1)
		FROM audit WHERE actor_id = $2 ORDER BY 1`, fmt.Sprint(mandate.ID), w.actor(email).UserID),
		"task.downloaded 12/QĐ-TTr true", "task.viewed 12/QĐ-TTr true")
	_, err = w.store.Review(t.Context(), w.reads(email), task.ReviewInput{TaskID: id, Version: 2, Decision: task.Accept})
	wantFault(t, "an auditor reviews", err, fault.Forbidden, "task.not_reviewer")
	_, err = w.store.ClosePlan(t.Context(), w.reads(email), w.plan.ID, 0, amendment.Closing{})
	wantFault(t, "an auditor closes the plan", err, fault.Forbidden, "plan.not_issuer")

	// Without the post the decision opens nothing.
	w.exec(`UPDATE memberships SET valid_to_on = '2026-02-11' WHERE user_id = $1`, w.actor(email).UserID)
	sees("2026-02-11 12:00", true)
	sees("2026-02-12 00:00", false)
	w.exec(`UPDATE memberships SET valid_to_on = '9999-12-31' WHERE user_id = $1`, w.actor(email).UserID)

	for range 2 {
		if err := w.store.RevokeMandate(t.Context(), authority, mandate.ID); err != nil {
			t.Fatal(err)
		}
	}
	sees("2026-02-13 09:00", false)
	w.want("in the trail", w.strings(`SELECT action FROM audit WHERE entity = 'audit_mandate' ORDER BY id`), "audit_mandate.opened", "audit_mandate.revoked")
	for who, want := range map[string]int{"plan_authority.tinh@dondoc.example": 1, email: 1, "supervisor.so@dondoc.example": 0} {
		if all, err := w.store.ListMandates(t.Context(), w.actor(who)); err != nil || len(all) != want || want == 1 && (all[0].Open || all[0].RevokedAt == nil) {
			t.Errorf("%s lists %+v, %v", who, all, err)
		}
	}
}

func TestWhoTakesUpADecisionAndWhichDecisions(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	w.clock.set(t, "2026-02-02 09:00")
	email := w.inspector("d3")
	authority := w.actor("plan_authority.tinh@dondoc.example")
	admin := policy.Actor{UserID: w.actor("head.so@dondoc.example").UserID, Posts: []policy.Post{{AgencyID: authority.Posts[0].AgencyID, Role: policy.Administrator}}}
	change := func(do func(*account.MandateInput)) account.MandateInput {
		in := w.decision(email)
		do(&in)
		return in
	}
	for name, c := range map[string]struct {
		actor policy.Actor
		in    account.MandateInput
		kind  fault.Kind
		code  string
	}{
		"an administrator":              {admin, w.decision(email), fault.NotFound, "not_found"},
		"the reviewing agency":          {w.actor("supervisor.so@dondoc.example"), w.decision(email), fault.NotFound, "not_found"},
		"the auditor":                   {w.actor(email), w.decision(email), fault.NotFound, "not_found"},
		"of a plan that is not there":   {authority, change(func(in *account.MandateInput) { in.Plans = append(in.Plans, 1<<40) }), fault.NotFound, "not_found"},
		"for nobody":                    {authority, w.decision("khong.co@dondoc.example"), fault.Invalid, "mandate.no_auditor"},
		"for somebody without the post": {authority, w.decision("head.d1@dondoc.example"), fault.Invalid, "mandate.no_auditor"},
		"without a number":              {authority, change(func(in *account.MandateInput) { in.DecisionNumber = " " }), fault.Invalid, "mandate.missing"},
		"without a plan":                {authority, change(func(in *account.MandateInput) { in.Plans = nil }), fault.Invalid, "mandate.plans"},
		"decided tomorrow":              {authority, change(func(in *account.MandateInput) { in.DecidedOn = calendar.NewDate(2026, 2, 3) }), fault.Invalid, "mandate.decided_on"},
		"from before it":                {authority, change(func(in *account.MandateInput) { in.From = calendar.NewDate(2026, 1, 19) }), fault.Invalid, "mandate.from"},
		"over already":                  {authority, change(func(in *account.MandateInput) { in.To = calendar.NewDate(2026, 2, 1) }), fault.Invalid, "mandate.to"},
		"for three years":               {authority, change(func(in *account.MandateInput) { in.To = calendar.NewDate(2029, 2, 1) }), fault.Invalid, "mandate.long"},
		"with a control character":      {authority, change(func(in *account.MandateInput) { in.IssuedBy = "Thanh tra\u202e" }), fault.Invalid, "text.control"},
	} {
		_, err := w.store.OpenMandate(t.Context(), c.actor, c.in)
		wantFault(t, name, err, c.kind, c.code)
	}
	both := authority
	both.UserID = w.actor(email).UserID
	_, err := w.store.OpenMandate(t.Context(), both, w.decision(email))
	wantFault(t, "for oneself", err, fault.Forbidden, "mandate.oneself")
	w.want("nothing was opened", w.strings(`SELECT decision_number FROM audit_mandates`))
	mandate, err := w.store.OpenMandate(t.Context(), authority, w.decision(email))
	if err != nil {
		t.Fatal(err)
	}
	for _, stranger := range []policy.Actor{admin, w.actor(email), w.actor("supervisor.so@dondoc.example")} {
		wantFault(t, "a stranger revokes", w.store.RevokeMandate(t.Context(), stranger, mandate.ID), fault.NotFound, "not_found")
	}
}

// A decision opens its own plan, and no other is even there.
func TestADecisionShowsItsOwnPlanOnly(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	store := postgres.New(db, clock.Fixed(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	auditor := decided(policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.Auditor}}}, 2)
	plans, err := store.ListPlans(t.Context(), auditor)
	if err != nil || len(plans) != 1 || plans[0].ID != 2 {
		t.Errorf("plans %+v, %v", plans, err)
	}
	rounds, _, err := store.ListRounds(t.Context(), auditor, 0, 0, 200, "")
	if err != nil || len(rounds) != 9 || slices.ContainsFunc(rounds, func(r task.Round) bool { return r.PlanID != 2 || r.Tasks == 0 }) {
		t.Errorf("%d rounds, %v", len(rounds), err)
	}
	for id, sees := range map[int64]bool{1: false, 2: true, 3: false} {
		_, err := store.FindPlan(t.Context(), auditor, id)
		_, dutiesErr := store.ListDuties(t.Context(), auditor, id)
		if fault.Is(err, fault.NotFound) == sees || fault.Is(dutiesErr, fault.NotFound) == sees {
			t.Errorf("plan %d: %v, %v", id, err, dutiesErr)
		}
	}
	_, err = store.ClosePlan(t.Context(), auditor, 1, 0, amendment.Closing{})
	wantFault(t, "closing a plan that is not opened", err, fault.NotFound, "not_found")
}
