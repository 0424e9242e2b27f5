package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/examples"
	"dondoc/internal/agency"
	"dondoc/internal/clock"
	"dondoc/internal/config"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

// atReform is the plan of 2021 – 2025 on the eve of 1 July 2025, played by its
// people: the reports of June are in or overdue, those of July and of the plan's
// year are open in 170 communes, 11 districts and the departments.
func atReform(t *testing.T) (*past, *sqlx.DB) {
	t.Helper()
	ctx := t.Context()
	p, source, err := readSample(PastPlan)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := p.Zone()
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range p.Duties {
		if d.Code == "IV.15.i.3" || d.Code == "IV.15.h" {
			p.Duties[i].Indicators = []string{"xl-hc-tong", "tt-buoi"}
		}
	}
	db := postgrestest.New(t)
	at := &pastClock{at: pastStages.loaded.In(zone)}
	store := postgres.New(db, at, clock.SystemWall, nil)
	record, err := store.LoadPlan(ctx, policy.Actor{}, p, source)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.AddPeople(ctx, samplePeople(p), "x", p.ValidFrom, mailDomain); err != nil {
		t.Fatal(err)
	}
	if _, err = store.ActivatePlan(ctx, policy.Actor{}, record.ID, record.Version, pastStages.followed); err != nil {
		t.Fatal(err)
	}
	authority, err := store.ActorAt(ctx, record.IssuerID, policy.PlanAuthority)
	if err != nil {
		t.Fatal(err)
	}
	played := &past{store: store, clock: at, zone: zone, plan: record.ID, authority: authority}
	reform(t, played, reforms[0])
	if err := played.look(ctx); err != nil {
		t.Fatal(err)
	}
	if err := played.until(ctx, time.Date(2025, 7, 1, 0, 0, 0, 0, zone).UTC()); err != nil {
		t.Fatal(err)
	}
	return played, db
}

// reform plays up to the day of a file and applies it.
func reform(t *testing.T, p *past, name string) agency.Effect {
	t.Helper()
	source, err := examples.Files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	file, problems := plan.ReadReorganisation(name, source)
	if file == nil {
		t.Fatal(problems)
	}
	day := file.EffectiveOn.In(p.zone).UTC()
	if p.turns == nil && day.After(p.clock.at) {
		p.clock.at = day
	}
	seen, err := p.store.PreviewReorganisation(t.Context(), policy.Actor{}, file, source)
	if err != nil {
		t.Fatalf("%v\n%s", err, placed(err))
	}
	done, err := p.store.Reorganise(t.Context(), policy.Actor{}, file, source, seen.Digest)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func lines(t *testing.T, db *sqlx.DB, query string, args ...any) []string {
	t.Helper()
	list := []string{}
	if err := db.SelectContext(t.Context(), &list, query, args...); err != nil {
		t.Fatal(err)
	}
	return list
}

// perRound counts the tasks of a duty and period by what became of them.
const perRound = `SELECT d.code || ' ' || r.period_key || ' ' || count(*) FROM tasks t JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id
	GROUP BY d.code, r.id ORDER BY 1`

// reported sums every figure that was sent, by duty and period.
const reported = `SELECT d.code || ' ' || r.period_key || ' ' || f.key || ' ' || sum(f.value::numeric)
	FROM submissions s JOIN tasks t ON t.id = s.task_id JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id, jsonb_each_text(s.figures) AS f
	GROUP BY d.code, r.id, f.key ORDER BY 1`

// ofRates are the facts that the official rates of closed rounds are counted from.
const ofRates = `SELECT t.id || ' ' || t.agency_id || ' ' || t.state || ' ' || t.due_at || ' ' || COALESCE(t.first_submitted_at::text, '')
	FROM tasks t JOIN rounds r ON r.id = t.round_id WHERE r.state = 'closed' OR t.state IN ('accepted', 'waived') ORDER BY t.id`

func TestTheReformOf2025InTheMiddleOfAQuarter(t *testing.T) {
	p, db := atReform(t)
	rounds, figures, rates := lines(t, db, perRound), lines(t, db, reported), lines(t, db, ofRates)
	count := func(query string) int {
		var n int
		if err := db.GetContext(t.Context(), &n, query); err != nil {
			t.Fatal(err)
		}
		return n
	}
	const owed = `SELECT count(*) FROM tasks t WHERE t.state IN ('open', 'prepared', 'returned') AND t.closed_at IS NULL`
	owedBefore, tasksBefore := count(owed), count(`SELECT count(*) FROM tasks`)
	if owedBefore < 200 || len(figures) < 4 || len(rates) < 50 {
		t.Fatalf("too little is going on: %d owed, figures %v, %d rates", owedBefore, figures, len(rates))
	}
	done := reform(t, p, reforms[1])

	outcomes := map[agency.Outcome]int{}
	for _, m := range done.Tasks {
		outcomes[m.Outcome]++
	}
	t.Logf("owed before %d, after %d; %v; %d assignments, %d chains, %d posts", owedBefore, count(owed), outcomes, len(done.Assignments), done.Chains, len(done.Posts))
	// Nothing is lost and nothing comes from nowhere.
	if got := lines(t, db, perRound); !slices.Equal(got, rounds) {
		t.Errorf("tasks per round: %v, were %v", got, rounds)
	}
	if got := lines(t, db, reported); !slices.Equal(got, figures) {
		t.Errorf("what was reported: %v, was %v", got, figures)
	}
	if got := lines(t, db, ofRates); !slices.Equal(got, rates) {
		t.Error("the rates of what is over have changed")
	}
	if n := count(`SELECT count(*) FROM tasks`); n != tasksBefore {
		t.Errorf("%d tasks, were %d", n, tasksBefore)
	}
	if after := count(owed); after+outcomes[agency.TaskCancelled] != owedBefore {
		t.Errorf("%d owed and %d cancelled, %d were owed", after, outcomes[agency.TaskCancelled], owedBefore)
	}
	for name, query := range map[string]string{
		"cancelled without a task that stands for it": `SELECT count(*) FROM task_successions x JOIN tasks s ON s.id = x.task_id WHERE x.outcome = 'cancelled'
			AND NOT EXISTS (SELECT 1 FROM tasks i WHERE i.id = x.into_task_id AND i.round_id = s.round_id AND i.agency_id = x.to_agency_id)`,
		"owed by an agency that has ended":       owed + ` AND EXISTS (SELECT 1 FROM agencies a WHERE a.id = t.agency_id AND a.valid_to_on < '2025-07-01')`,
		"waiting for a reviewer that has ended":  `SELECT count(*) FROM tasks t JOIN agencies a ON a.id = t.reviewer_id WHERE a.valid_to_on < '2025-07-01' AND t.state IN ('open', 'prepared', 'returned', 'submitted') AND t.closed_at IS NULL`,
		"assigned to an agency that has ended":   `SELECT count(*) FROM assignments s JOIN agencies a ON a.id = s.agency_id WHERE a.valid_to_on < '2025-07-01'`,
		"steps pending of what is not owed":      `SELECT count(*) FROM steps s JOIN tasks t ON t.id = s.task_id WHERE s.state = 'pending' AND t.state = 'cancelled'`,
		"posts at agencies that have ended":      `SELECT count(*) FROM memberships m JOIN agencies a ON a.id = m.agency_id WHERE a.valid_to_on < '2025-07-01' AND m.valid_to_on >= '2025-07-01'`,
		"people of old communes without a post":  `SELECT count(*) FROM memberships m JOIN agencies a ON a.id = m.agency_id AND a.level = 'commune' AND a.valid_to_on = '2025-06-30' WHERE NOT EXISTS (SELECT 1 FROM memberships n WHERE n.user_id = m.user_id AND n.role = m.role AND n.valid_from_on = '2025-07-01')`,
		"communes that report to who has ended":  `SELECT count(*) FROM assignments s JOIN agencies a ON a.id = s.recipient_id WHERE a.valid_to_on < '2025-07-01'`,
		"two tasks of one agency in a round":     `SELECT count(*) FROM (SELECT 1 FROM tasks WHERE state <> 'cancelled' GROUP BY round_id, agency_id HAVING count(*) > 1) AS x`,
		"districts left":                         `SELECT count(*) FROM agencies WHERE level = 'district' AND valid_to_on >= '2025-07-01'`,
		"what somebody owes of themselves alone": `SELECT count(*) FROM tasks t WHERE t.reviewer_id = t.agency_id AND t.state IN ('open', 'returned', 'prepared')`,
	} {
		if n := count(query); n != 0 {
			t.Errorf("%s: %d", name, n)
		}
	}
	if n := count(`SELECT count(*) FROM agencies WHERE level = 'commune' AND valid_to_on >= '2025-07-01'`); n != 95 {
		t.Errorf("%d communes and wards", n)
	}

	// The people of three old communes are in one now, and see what each of them did.
	me, err := p.store.ActorAt(t.Context(), idOf(t, db, "xp-26422"), policy.FocalPoint)
	if err != nil {
		t.Fatal(err)
	}
	page, err := p.store.ListTasks(t.Context(), me, task.Filter{AgencyID: idOf(t, db, "xp-26422"), Predecessors: true, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, one := range page.Tasks {
		seen[one.AgencyCode] = true
	}
	if len(seen) != 4 || !seen["xa-26416"] || !seen["xp-26422"] {
		t.Errorf("seen: %v", seen)
	}

	// Life goes on: from the next round on every new commune owes its own.
	if err := p.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.until(t.Context(), time.Date(2025, 8, 31, 0, 0, 0, 0, p.zone).UTC()); err != nil {
		t.Fatal(err)
	}
	got := lines(t, db, `SELECT a.level || ' ' || count(*) FROM tasks t JOIN agencies a ON a.id = t.agency_id JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id
		WHERE d.code = 'IV.15.i.3' AND r.period_key = '2025-M08' GROUP BY a.level ORDER BY 1`)
	if strings.Join(got, ", ") != "commune 55" {
		t.Errorf("who owes August: %v", got)
	}
}

func idOf(t *testing.T, db *sqlx.DB, code string) int64 {
	t.Helper()
	var id int64
	if err := db.GetContext(t.Context(), &id, `SELECT id FROM agencies WHERE code = $1`, code); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestTheSampleOpensTodaysEditionAndThePastBehindIt(t *testing.T) {
	cfg := config.Config{DatabaseURL: postgrestest.URL(t), DatabaseConnections: 8, TemporalAddress: "127.0.0.1:1"}
	log := slog.New(slog.DiscardHandler)
	for _, in := range []string{PastPlan, TodaysPlan} {
		p, _, err := readSample(in)
		if err != nil {
			t.Fatal(err)
		}
		interrupted(t, cfg, log, p.Code)
	}
	sample, err := LoadSample(t.Context(), cfg, log, "mật khẩu của mẫu", func(string) {})
	if err != nil {
		t.Fatalf("%v\n%s", err, placed(err))
	}
	if !sample.Loaded || sample.Plan.Code != "dong-nai-pcmd-2026-2030" || sample.Plan.State != plan.Active {
		t.Errorf("%+v", sample.Plan)
	}
	again, err := LoadSample(t.Context(), cfg, log, "mật khẩu của mẫu", func(string) {})
	if err != nil || again.Loaded || again.Plan.ID != sample.Plan.ID {
		t.Errorf("a second start: %+v %v", again, err)
	}
	db, err := postgres.Open(t.Context(), cfg.DatabaseURL, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	for name, c := range map[string]struct{ query, want string }{
		"plans":              {`SELECT code || ' ' || state FROM plans ORDER BY id`, "dong-nai-pcmd-2021-2025 closed, dong-nai-pcmd-2026-2030 active"},
		"reforms":            {`SELECT code || ' ' || state FROM reorganisations ORDER BY id`, "dong-nai-2025-03-01 applied, dong-nai-2025-07-01 applied, dong-nai-2026-04-30 applied"},
		"the city":           {`SELECT name FROM agencies WHERE code = 'ubnd-tinh'`, "UBND thành phố Đồng Nai"},
		"a ward that was xã": {`SELECT name FROM agencies WHERE code = 'xp-26368'`, "UBND phường Long Thành"},
		"agencies of today":  {`SELECT level || ' ' || count(*) FROM agencies WHERE valid_to_on = '9999-12-31' AND level IN ('commune', 'district') GROUP BY level ORDER BY 1`, "commune 95"},
		"nobody is told":     {`SELECT count(*)::text FROM notifications n JOIN plans p ON p.id = n.plan_id WHERE p.state = 'closed' AND n.dropped_at IS NULL`, "0"},
		"what every account shows can be signed in to": {`SELECT count(*)::text FROM users WHERE email IN (` + quoted(sample.Accounts) + `)`, fmt.Sprint(len(sample.Accounts))},
		"who owes today's edition": {`SELECT a.level || ' ' || count(DISTINCT a.id) FROM assignments s JOIN agencies a ON a.id = s.agency_id JOIN duties d ON d.id = s.duty_id
			JOIN plans p ON p.id = d.plan_id AND p.state = 'active' WHERE d.code = 'IV.15.h' AND a.valid_to_on = '9999-12-31' GROUP BY a.level`, "commune 95"},
	} {
		if got := strings.Join(lines(t, db, c.query), ", "); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	holdsTheLived(t, db)
	if n := lines(t, db, `SELECT state || ' ' || (count(*) > 50) FROM tasks WHERE state IN ('accepted', 'cancelled') GROUP BY state ORDER BY 1`); strings.Join(n, ", ") != "accepted true, cancelled true" {
		t.Errorf("the past: %v", n)
	}
}

// interrupted is a first start that is stopped in the middle of a plan's history.
func interrupted(t *testing.T, cfg config.Config, log *slog.Logger, code string) {
	t.Helper()
	db, err := postgres.Open(t.Context(), cfg.DatabaseURL, 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	watched := make(chan error, 1)
	go func() {
		defer stop()
		for sent := 0; sent < 200; {
			if err := db.GetContext(ctx, &sent, `SELECT count(*) FROM submissions s JOIN tasks t ON t.id = s.task_id
				JOIN plans p ON p.id = t.plan_id WHERE p.code = $1`, code); err != nil {
				watched <- err
				return
			}
		}
		watched <- nil
	}()
	if _, err := LoadSample(ctx, cfg, log, "mật khẩu của mẫu", func(string) {}); err == nil {
		t.Error("the start was not interrupted")
	}
	if err := errors.Join(<-watched, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func quoted(accounts []SampleAccount) string {
	list := make([]string, len(accounts))
	for i, a := range accounts {
		list[i] = "'" + a.Email + "'"
	}
	return strings.Join(list, ", ")
}

// placed lists what a file was refused for.
func placed(err error) string {
	var b strings.Builder
	if f := fault.Of(err); f != nil {
		for _, d := range f.Details {
			fmt.Fprintf(&b, "%s:%d %s\n", d.Field, d.Line, d.EN)
		}
	}
	return b.String()
}
