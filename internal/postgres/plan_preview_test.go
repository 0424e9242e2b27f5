package postgres_test

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"dondoc/examples"
	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/preview"
	"dondoc/internal/timetable"
)

// dongNai is the example, moved to the five years that hold 2026, as a sample
// installation follows it.
func dongNai(t testing.TB) (*plan.Plan, []byte) {
	t.Helper()
	const name = "dong-nai-2016-2020.yaml"
	source, err := examples.Files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	read := func() *plan.Plan {
		p, problems := plan.Read(name, source, func(file string) ([]byte, error) { return examples.Files.ReadFile(path.Clean(file)) })
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		return p
	}
	if source, err = plan.Move(source, plan.YearsToContain(read(), calendar.NewDate(2026, 7, 1))); err != nil {
		t.Fatal(err)
	}
	return read(), source
}

// follow schedules and opens every round of the plan that opens until then.
func (w *world) follow(until time.Time) {
	w.t.Helper()
	start := *w.clock.at.Load()
	duties, _, err := w.store.ScheduledDuties(w.t.Context(), w.plan.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, duty := range duties {
		w.clock.at.Store(&start)
		for {
			next, err := w.store.ScheduleNextRound(w.t.Context(), duty)
			if err != nil {
				w.t.Fatal(err)
			}
			if next.Ended || next.OpensAt.After(until) {
				break
			}
			if at := next.OpensAt; at.After(*w.clock.at.Load()) {
				w.clock.at.Store(&at)
			}
			if err := w.store.OpenRound(w.t.Context(), next.RoundID, func(int) {}); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

const instants = `to_char(%s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')`

// kept are all rounds and tasks that the engine has made, a line for each kind of task.
func (w *world) kept() []string {
	w.t.Helper()
	at := func(column string) string { return fmt.Sprintf(instants, column) }
	return w.strings(`SELECT d.code || ' ' || r.period_key || ' ' || r.window_from_on || ' ' || r.window_to_on || ' opens ' || ` + at("r.opens_at") + ` || ' due ' || ` + at("r.due_at") +
		` || ' closes ' || ` + at("r.closes_at") + ` || COALESCE(k.kind, '')
		FROM rounds r JOIN duties d ON d.id = r.duty_id LEFT JOIN (
			SELECT t.round_id, ' ' || a.level || ' x' || count(*) || ' due ' || ` + at("t.due_at") + ` || ' ' || t.derivation::text || COALESCE(s.steps, '') AS kind
			FROM tasks t JOIN agencies a ON a.id = t.agency_id LEFT JOIN LATERAL (
				SELECT string_agg(' ' || s.code || ' ' || ` + at("s.at") + `, '' ORDER BY s.at, s.severity, s.code) AS steps FROM steps s WHERE s.task_id = t.id
			) AS s ON true
			GROUP BY t.round_id, a.level, t.due_at, t.derivation::text, s.steps
		) AS k ON k.round_id = r.id
		WHERE r.state <> 'scheduled'`)
}

// foreseen are the rounds of a preview that open until then, in the words of kept.
func (w *world) foreseen(p preview.Preview, until time.Time) []string {
	w.t.Helper()
	at := func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }
	counts := map[string]int{} // calendars that come to the same are told apart by neither
	for _, r := range p.Rounds {
		if r.OpensAt.After(until) {
			continue
		}
		for _, k := range r.Tasks {
			var derivation string
			if err := w.db.GetContext(w.t.Context(), &derivation, `SELECT $1::jsonb::text`, encoded(w.t, k.Due.Derivation)); err != nil {
				w.t.Fatal(err)
			}
			line := fmt.Sprintf("%s %s %s %s opens %s due %s closes %s %s x%%d due %s %s", r.Duty, r.Period.Key, r.Period.Start, r.Period.End,
				at(r.OpensAt), at(r.DueAt), at(r.ClosesAt), k.Kind.Level, at(k.Due.At), derivation)
			for _, s := range k.Steps {
				line += " " + s.Rule.Code + " " + at(s.At)
			}
			counts[line] += k.Agencies
		}
	}
	all := make([]string, 0, len(counts))
	for line, n := range counts {
		all = append(all, fmt.Sprintf(line, n))
	}
	return all
}

func encoded(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (w *world) same(what string, kept, foreseen []string) {
	w.t.Helper()
	slices.Sort(kept)
	slices.Sort(foreseen)
	if len(kept) == 0 {
		w.t.Errorf("%s: nothing was opened", what)
	}
	for _, line := range kept {
		if !slices.Contains(foreseen, line) {
			w.t.Errorf("%s: not foreseen: %s", what, line)
		}
	}
	for _, line := range foreseen {
		if !slices.Contains(kept, line) {
			w.t.Errorf("%s: foreseen and not done: %s", what, line)
		}
	}
}

// authority issues the plan.
func (w *world) authority() policy.Actor {
	return policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: w.plan.IssuerID, Role: policy.PlanAuthority}}}
}

func (w *world) future(wanted preview.Wanted) preview.Preview {
	w.t.Helper()
	p, err := w.store.PreviewPlan(w.t.Context(), w.authority(), w.plan.ID, wanted)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func TestPreviewIsWhatTheEngineDoesInDongNai(t *testing.T) {
	p, source := dongNai(t)
	w := &world{t: t, db: postgrestest.New(t), clock: &hand{}}
	w.clock.set(t, "2026-01-05 07:00")
	w.store = postgres.New(w.db, w.clock, clock.SystemWall, nil)
	record, err := w.store.LoadPlan(t.Context(), policy.Actor{}, p, source)
	if err != nil {
		t.Fatal(err)
	}
	w.plan = record
	before := w.future(preview.Wanted{})
	if w.plan, err = w.store.ActivatePlan(t.Context(), policy.Actor{}, record.ID, record.Version, calendar.Date{}); err != nil {
		t.Fatal(err)
	}
	until := w.at("2026-06-30 23:00")
	w.follow(until)
	w.same("Đồng Nai", w.kept(), w.foreseen(w.future(preview.Wanted{}), until))

	// What was shown of the draft is the same, and has what was due before it was followed.
	var followed []preview.Round
	for _, r := range before.Rounds {
		if r.DueAt.After(w.at("2026-01-05 00:00")) {
			followed = append(followed, r)
		}
	}
	before.Rounds = followed
	w.same("Đồng Nai as a draft", w.kept(), w.foreseen(before, until))
}

// ownDay is a file with one day off.
func ownDay(date, name string) string {
	return "date,kind,name,year,legal_basis,source\n" + date + ",holiday," + name + ",,QĐ 1/QĐ-UBND,công báo\n"
}

// everyCase is a plan with what is rare: a minimum, a chain, dates that were set,
// expressions, an agency that ends, days off of a district's own.
func everyCase(p *plan.Plan) {
	base := p.Duties[0]
	p.Agencies = append(p.Agencies, plan.Agency{Code: "x1", Name: "UBND xã Một", Level: "commune", Parent: "d1"},
		plan.Agency{Code: "x2", Name: "UBND xã Hai", Level: "commune", Parent: "d2", ValidTo: calendar.NewDate(2026, 4, 30)})
	duty := func(code string, s calendar.Schedule, change func(*plan.Duty), agencies ...string) {
		d := base
		d.Code, d.Schedule, d.Assignments = code, s, nil
		for _, a := range agencies {
			d.Assignments = append(d.Assignments, plan.Assignment{Agency: a, Role: plan.Implementing})
		}
		if change != nil {
			change(&d)
		}
		p.Duties = append(p.Duties, d)
	}
	cadences := func(c ...calendar.Cadence) calendar.Schedule {
		return calendar.Schedule{Cadences: c, Windows: calendar.DecreeWindows}
	}
	duty("A.1", calendar.Schedule{Cadences: []calendar.Cadence{calendar.AtLeast}, AtLeast: calendar.Frequency{Times: 3, Per: calendar.Quarterly}}, nil, "d1", "d2")
	duty("A.2", cadences(calendar.Monthly, calendar.Quarterly, calendar.HalfYear), func(d *plan.Duty) {
		d.Chain = calendar.Chain{Levels: []string{"commune", "district", "department"}, Last: calendar.DueRule{WorkingDays: 5}, Step: 2}
		d.DueDates = map[string]map[string]calendar.Date{"2026-M02": {"commune": calendar.NewDate(2026, 2, 25), "": calendar.NewDate(2026, 2, 27)}}
	}, "x1", "x2", "d1", "so")
	duty("A.3", calendar.Schedule{Cadences: []calendar.Cadence{calendar.Once}, DueOn: calendar.NewDate(2026, 5, 2)}, func(d *plan.Duty) { d.Mode = plan.Requested }, "d3")
	duty("A.4", calendar.Schedule{Cadences: []calendar.Cadence{calendar.Cron}, Cron: "0 8,14 10 * *", KeepApart: true}, nil, "d1")
	duty("A.5", calendar.Schedule{Cadences: []calendar.Cadence{calendar.Weekly}}, func(d *plan.Duty) {
		d.Due = map[string]calendar.DueRule{"": {WorkingDays: 1, TimeOfDay: "16:30"}}
	}, "d2", "x2")
	duty("A.6", cadences(calendar.Quarterly), func(d *plan.Duty) { d.CoveredBy = "A.2" }, "d1")
}

func TestPreviewIsWhatTheEngineDoesInEveryCase(t *testing.T) {
	w := newWorld(t, everyCase)
	w.apply(timetable.Change{Kind: timetable.Days, Agency: "d1", Territory: true, Name: "d1.csv", Source: ownDay("2026-03-16", "Ngày hội huyện Một")})
	w.apply(w.outage("2026-03-05 14:00", "2026-03-06 10:00"))
	w.activate()
	until := w.at("2026-12-31 23:00")
	w.follow(until)
	shown := w.future(preview.Wanted{To: calendar.NewDate(2027, 3, 1)})
	w.same("every case", w.kept(), w.foreseen(shown, until))
	keys := map[string]bool{}
	for _, r := range shown.Rounds {
		for _, k := range r.Tasks {
			if k.Kind.Calendar != "" {
				keys[k.Kind.Calendar+" "+k.Kind.Level] = true
			}
		}
	}
	if len(keys) != 2 {
		t.Errorf("calendars of their own: %v, want the district's and its commune's", keys)
	}
	w.want("scheduled by themselves", w.strings(`SELECT code FROM duties WHERE NOT scheduled`), "A.6")
}

func TestPreviewOfAFileKnowsTheSystemsAgencies(t *testing.T) {
	w := newWorld(t, nil)
	w.apply(timetable.Change{Kind: timetable.Days, Agency: "d1", Territory: true, Name: "d1.csv", Source: ownDay("2026-02-03", "Ngày hội")})
	w.apply(timetable.Change{Kind: timetable.Days, Agency: "d1", Name: "d1-rieng.csv", Source: ownDay("2026-02-04", "Ngày riêng")})
	w.exec(`UPDATE agencies SET level = 'county' WHERE code = 'd2'`)
	p := smallPlan()
	p.Code, p.Agencies = "moi", append(p.Agencies, plan.Agency{Code: "x1", Name: "UBND xã Một", Level: "commune", Parent: "d1"})
	p.Duties[0].Assignments = append(p.Duties[0].Assignments, plan.Assignment{Agency: "x1", Role: plan.Implementing})
	shown, err := w.store.PreviewPlanFile(t.Context(), w.authority(), p, preview.Wanted{To: calendar.NewDate(2026, 2, 28)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range shown.Rounds {
		for _, k := range r.Tasks {
			got = append(got, fmt.Sprintf("%s x%d %s", k.Kind.Level, k.Agencies, k.Due.At.In(hanoi).Format("01-02 15:04")))
		}
	}
	// Four working days after 31 January: the commune skips its district's feast, the
	// district its own day off as well.
	w.want("due", got, "county x1 02-06 00:00", "district x1 02-06 00:00", "commune x1 02-07 00:00", "district x1 02-10 00:00")
	w.want("nothing is kept", w.strings(`SELECT code FROM plans`), "thu")
	if _, err := w.store.PreviewPlanFile(t.Context(), w.actor("focal_point.d1@dondoc.example"), p, preview.Wanted{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("as a focal point: %v", err)
	}
}

func TestWhoSeesWhoseTimetable(t *testing.T) {
	w := newWorld(t, nil)
	see := func(email, agency string) string {
		_, err := w.store.PreviewPlan(t.Context(), w.actor(email), w.plan.ID, preview.Wanted{Agency: agency})
		switch f := fault.Of(err); {
		case err == nil:
			return "seen"
		case f != nil:
			return string(f.Kind)
		}
		return err.Error()
	}
	for _, c := range []struct{ who, agency, want string }{
		{"focal_point.d1", "", "seen"}, {"focal_point.d1", "d1", "seen"}, {"head.d1", "d1", "seen"},
		{"focal_point.d1", "d2", "not_found"}, {"focal_point.d1", "so", "not_found"}, {"focal_point.d1", "nowhere", "not_found"},
		{"supervisor.so", "d1", "seen"}, {"supervisor.so", "d3", "seen"}, {"supervisor.so", "tinh", "not_found"},
		{"plan_authority.tinh", "d1", "seen"}, {"plan_authority.tinh", "so", "seen"}, {"plan_authority.tinh", "nowhere", "not_found"},
	} {
		if got := see(c.who+"@dondoc.example", c.agency); got != c.want {
			t.Errorf("%s looks at %q: %s, want %s", c.who, c.agency, got, c.want)
		}
	}
	if _, err := w.store.PreviewPlan(t.Context(), policy.Actor{UserID: 9}, w.plan.ID, preview.Wanted{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("without a post: %v", err)
	}
	if _, err := w.store.PreviewPlan(t.Context(), w.authority(), w.plan.ID+1, preview.Wanted{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("of no plan: %v", err)
	}
	if !strings.Contains(fmt.Sprint(w.future(preview.Wanted{Agency: "d1"}).Rounds[0].Tasks[0].Agencies), "1") {
		t.Error("an agency's own timetable counts others")
	}
}
