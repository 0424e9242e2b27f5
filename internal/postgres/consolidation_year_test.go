package postgres_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/consolidation"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

// The duties of the province's plan through which figures rise: communes to
// districts to the department, and every agency to the department by way of the
// sub-department; the department to the province.
const (
	byCommunes   = "IV.15.i.3"
	byDistricts  = "IV.15.h"
	byAgencies   = "V.2"
	byDepartment = "IV.1.a"
)

// yearFigures are asked for in addition to what the plan's forms ask, so that
// every way of adding up occurs at every level.
var yearFigures = []plan.Indicator{
	{Code: "n-a", Name: "Số lượt", Unit: "count", Aggregation: "sum"},
	{Code: "n-b", Name: "Số cơ sở hiện có", Unit: "count", Aggregation: "last"},
	{Code: "n-max", Name: "Số người của buổi đông nhất", Unit: "count", Aggregation: "maximum"},
	{Code: "n-mean", Name: "Điểm bình quân", Unit: "count", Aggregation: "mean"},
	{Code: "n-co", Name: "Số xã có mô hình", Unit: "count", Aggregation: "count_units"},
	{Code: "n-lop", Name: "Số lớp tập huấn", Unit: "count", Aggregation: "sum"},
	{Code: "n-ty", Name: "Tỷ lệ", Unit: "percent", Aggregation: "ratio", Numerator: "n-a", Denominator: "n-b"},
}

// yearWorld is the province through 2026, with one person for each agency.
type yearWorld struct {
	*world
	random *rand.Rand
	people map[string]policy.Actor
	// asked are what a report of each duty gives.
	asked map[string]task.Rules
	acts  map[string]int
}

func newYearWorld(t *testing.T) *yearWorld {
	t.Helper()
	w := &world{t: t, db: postgrestest.New(t), clock: &hand{}}
	w.clock.set(t, "2026-01-01 07:00")
	w.store = postgres.New(w.db, w.clock, clock.SystemWall, nil)
	p, source := dongNai(t)
	p.Indicators = append(p.Indicators, yearFigures...)
	for i := range p.Duties {
		d := &p.Duties[i]
		switch d.Code {
		case byCommunes:
			d.Indicators = append(d.Indicators, "n-a", "n-b", "n-max", "n-mean", "n-co")
		case byDistricts:
			d.Indicators = append(d.Indicators, "n-a", "n-b", "n-max", "n-mean", "n-co", "n-ty")
		case byAgencies:
			d.Indicators = append(d.Indicators, "n-a", "n-lop")
		case byDepartment:
			d.Indicators = append(d.Indicators, "n-a", "n-b", "n-max", "n-mean", "n-co", "n-lop", "n-ty", "xl-hc-tong", "tu-diem", "kt-luot")
		}
	}
	record, err := w.store.LoadPlan(t.Context(), policy.Actor{}, p, source)
	if err != nil {
		t.Fatal(err)
	}
	if w.plan, err = w.store.ActivatePlan(t.Context(), policy.Actor{}, record.ID, record.Version, calendar.Date{}); err != nil {
		t.Fatal(err)
	}
	w.exec(`INSERT INTO users (email, name, created_at) SELECT code || '@dondoc.example', 'Cán bộ', '2020-01-01' FROM agencies`)
	w.exec(`INSERT INTO memberships (user_id, agency_id, role, valid_from_on)
		SELECT u.id, a.id, r, '2020-01-01' FROM agencies a JOIN users u ON u.email = a.code || '@dondoc.example', unnest('{focal_point,supervisor,plan_authority}'::text[]) r`)
	// Every version that counts, by the decisions alone; each figure by itself, "" for a nil return.
	w.exec(`CREATE MATERIALIZED VIEW counted AS SELECT DISTINCT ON (t.id) t.id AS task, t.agency_id AS unit, t.recipient_id AS above, d.code AS duty, r.period_key AS period, b.kind, b.figures
		FROM tasks t JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id JOIN submissions b ON b.task_id = t.id JOIN reviews v ON v.submission_id = b.id
		WHERE t.state = 'accepted' AND v.decision = 'accept' ORDER BY t.id, b.number DESC`)
	return &yearWorld{world: w, random: rand.New(rand.NewPCG(2026, 170)), people: map[string]policy.Actor{}, asked: map[string]task.Rules{}, acts: map[string]int{}}
}

func (y *yearWorld) person(agency string) policy.Actor {
	if _, known := y.people[agency]; !known {
		y.people[agency] = y.actor(agency + "@dondoc.example")
	}
	return y.people[agency]
}

type yearTask struct {
	ID       int64     `db:"id"`
	Duty     string    `db:"duty"`
	Agency   string    `db:"agency"`
	Reviewer string    `db:"reviewer"`
	Due      time.Time `db:"due_at"`
}

// tasks opens the round of a duty and a period, and lists its tasks in random order.
func (y *yearWorld) tasks(duty, period string) []yearTask {
	y.t.Helper()
	for {
		var list []yearTask
		if err := y.db.SelectContext(y.t.Context(), &list, `
			SELECT t.id, d.code AS duty, a.code AS agency, v.code AS reviewer, t.due_at
			FROM tasks t JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id JOIN agencies a ON a.id = t.agency_id JOIN agencies v ON v.id = COALESCE(t.reviewer_id, t.recipient_id)
			WHERE d.code = $1 AND r.period_key = $2 ORDER BY t.id`, duty, period); err != nil {
			y.t.Fatal(err)
		}
		if len(list) > 0 {
			y.random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			return list
		}
		next, err := y.store.ScheduleNextRound(y.t.Context(), y.dutyID(duty))
		if err != nil || next.RoundID == 0 {
			y.t.Fatalf("no round of %s for %s: %+v, %v", duty, period, next, err)
		}
		if now := *y.clock.at.Load(); now.Before(next.OpensAt) {
			y.clock.at.Store(&next.OpensAt)
		}
		if err := y.store.OpenRound(y.t.Context(), next.RoundID, func(int) {}); err != nil {
			y.t.Fatal(err)
		}
	}
}

// at moves the clock on, never back.
func (y *yearWorld) at(when time.Time) {
	if when.After(*y.clock.at.Load()) {
		y.clock.at.Store(&when)
	}
}

// report is what a unit types: every figure that its duty asks for, some left out.
func (y *yearWorld) report(t yearTask) task.SubmitInput {
	y.t.Helper()
	if _, known := y.asked[t.Duty]; !known {
		detail, err := y.store.TaskDetail(y.t.Context(), y.person(t.Agency), t.ID)
		if err != nil {
			y.t.Fatal(err)
		}
		y.asked[t.Duty] = detail.Rules
	}
	rules := y.asked[t.Duty]
	in := task.SubmitInput{TaskID: t.ID, Kind: task.Report}
	var texts []string
	for range max(len(rules.Sections), 1) {
		texts = append(texts, "Đã thực hiện theo kế hoạch.")
	}
	in.Narrative = task.JoinSections(texts, rules.Sections)
	held := map[string]bool{} // against others: half of a pair would break the sum's rule
	for _, f := range rules.Fields {
		held[f.Total] = true
	}
	for _, r := range rules.Rules {
		for _, code := range r.Codes() {
			held[code] = true
		}
	}
	for _, f := range rules.Fields {
		switch {
		case f.Kind == "percent" || f.Kind == "text": // worked out, or not summed up
		case !f.Required && f.Total == "" && !held[f.Indicator] && y.random.IntN(12) == 0: // left out
		case f.Indicator == "n-co":
			in.Figures = append(in.Figures, task.Figure{Indicator: f.Indicator, Value: fmt.Sprint(max(y.random.IntN(9)-5, 0))})
		default:
			in.Figures = append(in.Figures, task.Figure{Indicator: f.Indicator, Value: fmt.Sprint(20 + y.random.IntN(20))})
		}
	}
	fitting(rules, in.Figures)
	return in
}

// fitting makes drawn figures keep the rules of the form: parts make up their
// total, and of two figures the greater one stands where it has to.
func fitting(rules task.Rules, figures []task.Figure) {
	at := map[string]*task.Figure{}
	values := map[string]string{}
	for i := range figures {
		at[figures[i].Indicator], values[figures[i].Indicator] = &figures[i], figures[i].Value
	}
	sums := map[string]int{}
	for _, f := range rules.Fields {
		if f.Total != "" && at[f.Indicator] != nil {
			n, _ := strconv.Atoi(values[f.Indicator])
			sums[f.Total] += n
		}
	}
	for total, sum := range sums {
		at[total].Value = strconv.Itoa(sum)
		values[total] = at[total].Value
	}
	for _, r := range rules.Rules {
		if r.Check(values, func(code string) string { return code }) != nil {
			codes := r.Codes()
			a, b := at[codes[0]], at[codes[1]]
			a.Value, b.Value = b.Value, a.Value
			values[codes[0]], values[codes[1]] = a.Value, b.Value
		}
	}
}

func (y *yearWorld) submit(t yearTask, in task.SubmitInput) {
	y.t.Helper()
	_, err := y.store.Submit(y.t.Context(), y.person(t.Agency), in)
	if f := fault.Of(err); f != nil && f.Code == task.Unexplained {
		for _, question := range f.Details {
			in.Explanations = append(in.Explanations, task.Explanation{Indicator: strings.TrimPrefix(question.Field, "explanations."), Text: "Theo đợt cao điểm."})
		}
		y.acts["explained"]++
		_, err = y.store.Submit(y.t.Context(), y.person(t.Agency), in)
	}
	if f := fault.Of(err); f != nil {
		y.t.Fatalf("%s of %s: %v %v", t.Duty, t.Agency, err, f.Details)
	}
	if err != nil {
		y.t.Fatalf("%s of %s: %v", t.Duty, t.Agency, err)
	}
}

func (y *yearWorld) review(t yearTask, decision task.Decision) {
	y.t.Helper()
	in := task.ReviewInput{TaskID: t.ID, Decision: decision}
	if decision != task.Accept {
		in.Reason = "Số liệu chưa khớp"
	}
	if _, err := y.store.Review(y.t.Context(), y.person(t.Reviewer), in); err != nil {
		y.t.Fatalf("%s of %s: %v", t.Duty, t.Agency, err)
	}
}

func (y *yearWorld) reopen(t yearTask) {
	y.t.Helper()
	if _, err := y.store.Reopen(y.t.Context(), y.person("ubnd-tinh"), task.ReopenInput{TaskID: t.ID, Reason: "Sai số liệu"}); err != nil {
		y.t.Fatalf("%s of %s: %v", t.Duty, t.Agency, err)
	}
}

// fates are what becomes of a report, as often as they stand here.
var fates = slices.Concat(slices.Repeat([]string{"in"}, 55), slices.Repeat([]string{"nil"}, 12), slices.Repeat([]string{"late"}, 9),
	slices.Repeat([]string{"returned, resubmitted"}, 9), slices.Repeat([]string{"returned"}, 4), slices.Repeat([]string{"missing"}, 4),
	slices.Repeat([]string{"waiting"}, 3), slices.Repeat([]string{"reopened, resubmitted"}, 4))

// live lets a round of base reports happen.
func (y *yearWorld) live(duty, period string) {
	y.t.Helper()
	var late []yearTask
	for _, t := range y.tasks(duty, period) {
		y.at(t.Due.Add(-30 * time.Hour))
		fate := fates[y.random.IntN(len(fates))]
		if fate == "nil" && duty != byCommunes {
			fate = "in" // only communes may have nothing to report
		}
		y.acts[fate]++
		switch fate {
		case "nil":
			y.submit(t, task.SubmitInput{TaskID: t.ID, Kind: task.NilReturn})
			y.review(t, task.Accept)
		case "late":
			late = append(late, t)
		case "missing":
		case "waiting":
			y.submit(t, y.report(t))
		default:
			y.submit(t, y.report(t))
			y.settle(t, fate)
		}
	}
	for _, t := range late {
		y.at(t.Due.Add(5 * time.Hour))
		y.submit(t, y.report(t))
		y.review(t, task.Accept)
	}
}

func (y *yearWorld) settle(t yearTask, fate string) {
	switch fate {
	case "in":
		y.review(t, task.Accept)
	case "returned":
		y.review(t, task.Return)
	case "returned, resubmitted":
		y.review(t, task.Return)
		y.submit(t, y.report(t))
		y.review(t, task.Accept)
	case "reopened, resubmitted":
		y.review(t, task.Accept)
		y.reopen(t)
		y.submit(t, y.report(t))
		y.review(t, task.Accept)
	}
}

// consolidate takes a consolidator's figures over, adds what only it knows, and sends them.
func (y *yearWorld) consolidate(t yearTask) {
	y.t.Helper()
	actor := y.person(t.Agency)
	view, err := y.store.Consolidation(y.t.Context(), actor, t.ID)
	if err != nil {
		y.t.Fatalf("%s of %s: %v", t.Duty, t.Agency, err)
	}
	draft, err := y.store.TakeOver(y.t.Context(), actor, consolidation.TakeOverInput{TaskID: t.ID, Seen: view.Seen})
	if err != nil {
		y.t.Fatalf("%s of %s: %v", t.Duty, t.Agency, err)
	}
	in := y.report(t)
	for i, f := range in.Figures {
		if at := slices.IndexFunc(draft.Figures, func(g task.Figure) bool { return g.Indicator == f.Indicator }); at >= 0 {
			in.Figures[i].Value = draft.Figures[at].Value
		}
	}
	for _, f := range draft.Figures {
		if !slices.ContainsFunc(in.Figures, func(g task.Figure) bool { return g.Indicator == f.Indicator }) {
			in.Figures = append(in.Figures, f)
		}
	}
	y.submit(t, in)
}

func (y *yearWorld) districts(period string) {
	y.t.Helper()
	for i, t := range y.tasks(byDistricts, period) {
		if i == 0 && period != "2026-Q2" {
			continue // one district a period says nothing
		}
		y.at(t.Due.Add(-20 * time.Hour))
		y.consolidate(t)
		fate := "in"
		if i == 1 {
			fate = "returned, resubmitted"
		}
		y.acts["district "+fate]++
		if fate == "in" {
			y.review(t, task.Accept)
			continue
		}
		y.review(t, task.Return)
		y.consolidate(t)
		y.review(t, task.Accept)
	}
}

// TestAYearOfDongNai: every consolidated figure of a year, at every level, is
// what plain SQL makes of the submissions (consolidation_oracle_test.go).
func TestAYearOfDongNai(t *testing.T) {
	t.Parallel() // minutes, in a database of its own
	y := newYearWorld(t)
	// Which of the districts' rounds make up what the department tells.
	covers := map[string][]string{
		"2026-Q1": {"2026-Q1"}, "2026-H1": {"2026-Q1", "2026-Q2"}, "2026-N9": {"2026-Q1", "2026-Q2", "2026-Q3"}, "2026": {"2026"},
	}
	figures := 0
	for _, p := range []struct{ below, department string }{
		{"2026-M01", ""}, {"2026-M02", ""}, {"2026-Q1", "2026-Q1"}, {"2026-M04", ""}, {"2026-M05", ""}, {"2026-Q2", "2026-H1"},
		{"2026-M07", ""}, {"2026-M08", ""}, {"2026-Q3", "2026-N9"}, {"2026-M10", ""}, {"2026-M11", ""}, {"2026", "2026"},
	} {
		y.live(byCommunes, p.below)
		y.districts(p.below)
		figures += y.checkDistricts(p.below)
		if p.department == "" {
			continue
		}
		y.live(byAgencies, p.department)
		for _, t := range y.tasks(byDepartment, p.department) {
			y.at(t.Due.Add(-20 * time.Hour))
			y.consolidate(t)
			y.review(t, task.Accept)
			figures += y.checkDepartment(t, p.department, covers[p.department])
		}
	}
	for _, fate := range []string{"in", "nil", "late", "returned", "returned, resubmitted", "reopened, resubmitted", "missing", "waiting", "district returned, resubmitted"} {
		if y.acts[fate] < 4 {
			t.Errorf("%q came %d times only", fate, y.acts[fate])
		}
	}
	t.Logf("%d consolidated figures compared; reports: %v", figures, y.acts)
	y.changeBelow(covers)
}

// changeBelow: a commune mends its second quarter after all has been sent. What
// was made of it is stale up to the top, and right again once taken over.
func (y *yearWorld) changeBelow(covers map[string][]string) {
	y.t.Helper()
	communes := y.tasks(byCommunes, "2026-Q2")
	at := slices.IndexFunc(communes, func(t yearTask) bool {
		return y.strings(`SELECT state FROM tasks WHERE id = $1`, t.ID)[0] == "accepted"
	})
	changed := communes[at]
	y.reopen(changed)
	in := y.report(changed)
	in.Figures = slices.DeleteFunc(in.Figures, func(f task.Figure) bool { return f.Indicator == "n-a" })
	in.Figures = append(in.Figures, task.Figure{Indicator: "n-a", Value: "59"})
	y.submit(changed, in)
	y.review(changed, task.Accept)
	stale := map[string]bool{}
	look := func(t yearTask, name string) {
		v, err := y.store.Consolidation(y.t.Context(), y.person(t.Agency), t.ID)
		if err != nil {
			y.t.Fatal(err)
		}
		stale[name] = v.Stale
	}
	above := y.strings(`SELECT p.code FROM agencies a JOIN agencies p ON p.id = a.parent_id WHERE a.code = $1`, changed.Agency)[0]
	var district yearTask
	for _, t := range y.tasks(byDistricts, "2026-Q2") {
		if t.Agency == above {
			district = t
		} else if v := y.strings(`SELECT count(*)::text FROM consolidations WHERE task_id = $1`, t.ID)[0]; v != "0" {
			look(t, "another district")
		}
	}
	look(district, "the district")
	var department []yearTask
	for _, period := range []string{"2026-Q1", "2026-H1", "2026-N9", "2026"} {
		department = append(department, y.tasks(byDepartment, period)[0])
		look(department[len(department)-1], period)
	}
	for name, want := range map[string]bool{"the district": true, "another district": false, "2026-Q1": false, "2026-H1": true, "2026-N9": true, "2026": false} {
		if stale[name] != want {
			y.t.Errorf("%s is stale: %t, want %t", name, stale[name], want)
		}
	}
	for _, t := range []yearTask{district, department[1], department[2]} {
		y.reopen(t)
		y.consolidate(t)
		y.review(t, task.Accept)
	}
	y.checkDistricts("2026-Q2")
	y.checkDepartment(department[1], "2026-H1", covers["2026-H1"])
	y.checkDepartment(department[2], "2026-N9", covers["2026-N9"])
}
