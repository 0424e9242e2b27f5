package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dondoc/api"
	"dondoc/internal/policy"
	"dondoc/internal/postgrestest"
)

// crowd is how many people act on one thing at once.
const crowd = 50

// try is what some of the crowd attempt.
type try struct {
	role         policy.Role
	agency       string
	method, path string
	body         string
	// does is what the act leaves in the audit trail, in the order of the alphabet.
	does string
}

var (
	submits   = try{policy.FocalPoint, "xa", "POST", "/tasks/{task}/submissions", `{"version": {version}, "kind": "report", "narrative": "Đã làm."}`, "task.submitted"}
	sends     = try{policy.FocalPoint, "xa", "POST", "/tasks/{task}/submissions", `{"kind": "report", "narrative": "Đã làm."}`, "task.submitted"}
	prepares  = try{policy.FocalPoint, "xa", "POST", "/tasks/{task}/submissions", `{"version": {version}, "kind": "report", "narrative": "Đã làm."}`, "task.prepared"}
	withdraws = try{policy.FocalPoint, "xa", "POST", "/tasks/{task}/withdrawals", `{"version": {version}}`, "task.withdrawn"}
	approves  = try{policy.Head, "xa", "POST", "/tasks/{task}/preparation/decisions", `{"version": {version}, "decision": "approve"}`, "task.submitted"}
	givesBack = try{policy.Head, "xa", "POST", "/tasks/{task}/preparation/decisions", `{"version": {version}, "decision": "give_back", "reason": "Thiếu"}`, "task.given_back"}
	takesBack = try{policy.FocalPoint, "xa", "POST", "/tasks/{task}/preparation/decisions", `{"version": {version}, "decision": "take_back"}`, "task.taken_back"}
	accepts   = try{policy.Supervisor, "so", "POST", "/tasks/{task}/reviews", `{"version": {version}, "decision": "accept"}`, "task.accepted"}
	returns   = try{policy.Supervisor, "so", "POST", "/tasks/{task}/reviews", `{"version": {version}, "decision": "return", "reason": "Thiếu"}`, "task.returned"}
	records   = try{policy.Supervisor, "so", "POST", "/tasks/{task}/recordings", `{"version": {version}, "kind": "report", "narrative": "Đã làm.", "document_number": "9/BC", "channel": "paper", "received_at": "{now}"}`, "task.recorded"}
	waives    = try{policy.PlanAuthority, "ban", "POST", "/requests", `{"task_id": {task}, "task_version": {version}, "kind": "waiver", "text": "Không có đối tượng"}`, "task.waived"}
	extends   = try{policy.FocalPoint, "xa", "POST", "/requests", `{"task_id": {task}, "kind": "extension", "text": "Chờ số liệu", "proposed_on": "2026-03-20"}`, "task.extension_asked"}
	grants    = try{policy.PlanAuthority, "ban", "POST", "/requests/{request}/decide", `{"version": {requestversion}, "decision": "grant"}`, "task.due_moved task.extension_granted"}
	refuses   = try{policy.PlanAuthority, "ban", "POST", "/requests/{request}/decide", `{"version": {requestversion}, "decision": "refuse", "text": "Đủ thời gian"}`, "task.extension_refused"}
	retracts  = try{policy.FocalPoint, "xa", "POST", "/requests/{request}/withdraw", `{"version": {requestversion}}`, "task.extension_withdrawn"}
	reopens   = try{policy.PlanAuthority, "ban", "POST", "/tasks/{task}/reopenings", `{"version": {version}, "reason": "Sai số liệu"}`, "task.reopened"}
	contests  = try{policy.FocalPoint, "xa", "POST", "/tasks/{task}/contests", `{"reason": "Có chữ ký số"}`, "task.contested"}
	overturns = try{policy.PlanAuthority, "ban", "POST", "/contests/{contest}/decisions", `{"outcome": "overturned"}`, "task.contest_overturned"}
	upholds   = try{policy.PlanAuthority, "ban", "POST", "/contests/{contest}/decisions", `{"outcome": "upheld", "answer": "Không có"}`, "task.contest_upheld"}
)

func TestOfFiftyAtOnceOneWins(t *testing.T) {
	w := newCrowd(t)
	for _, c := range []struct {
		name, from string
		tries      []try
	}{
		{"submit", "open", []try{submits}},
		{"send, however the task stands", "open", []try{sends}},
		{"submit, record, waive", "open", []try{submits, records, waives}},
		{"waive", "open", []try{waives}},
		{"ask for more time", "open", []try{extends}},
		{"decide on more time or retract it", "an extension asked", []try{grants, refuses, retracts}},
		{"prepare", "two signatures", []try{prepares}},
		{"approve, give back, take back", "prepared", []try{approves, givesBack, takesBack}},
		{"accept, return, withdraw", "submitted", []try{accepts, returns, withdraws}},
		{"send again or record", "returned", []try{submits, records}},
		{"reopen", "accepted", []try{reopens}},
		{"contest", "invalid", []try{contests}},
		{"overturn or uphold", "contested", []try{overturns, upholds}},
	} {
		w.task()
		w.reachFrom("open", c.from)
		w.oneWins(c.name, c.tries)
		w.run(`UPDATE agencies SET two_signatures = false`)
	}
}

// newCrowd is the real API with a crowd in every role that the tries name, and
// a plan that is followed.
func newCrowd(t *testing.T) *walker {
	t.Helper()
	w := signedInAll(t, realOn(t, postgrestest.New(t), "testdata/walk.yaml"))
	list := "email,name,agency_code,role\n"
	for i := range crowd {
		for role, agency := range map[policy.Role]string{policy.FocalPoint: "xa", policy.Head: "xa", policy.Supervisor: "so", policy.PlanAuthority: "ban"} {
			list += fmt.Sprintf("%s,%s số %d,%s,%s\n", member(role, agency, i), role, i, agency, role)
		}
	}
	w.ok(200, request{method: "POST", path: "/api/v1/people/import", as: w.tokens[email(policy.Administrator, "tinh")], body: list, headers: asCSV})
	// All have the password of one of them: hashing it for each would take longer than the test.
	w.run(`UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE email = 'qt@dondoc.example') WHERE password_hash = ''`)
	for line := range strings.Lines(list[len("email,name,agency_code,role\n"):]) {
		address, _, _ := strings.Cut(line, ",")
		w.tokens[address] = w.signIn(address)
	}
	w.clock.move(time.Date(2026, 2, 6, 2, 0, 0, 0, time.UTC))
	w.things["now"] = "2026-02-06T02:00:00Z"
	w.reach("open")
	w.clock.move(time.Date(2026, 2, 6, 2, 0, 0, 0, time.UTC))
	return w
}

func member(role policy.Role, agency string, i int) string {
	return fmt.Sprintf("%s.%s.%d@dondoc.example", role, agency, i)
}

// task opens a round by hand, so that there is a task that nobody acted on.
func (w *walker) task() {
	w.t.Helper()
	w.by(policy.PlanAuthority, "ban", 201, "POST", "/rounds", `{"duty_id": {adhoc}, "title": "Báo cáo bão", "due": {"working_days": 20}}`)
	w.things["task"] = itoa(w.count(`SELECT max(id) FROM tasks`))
	w.read()
}

// oneWins lets the crowd go, each with one of the tries in turn, and holds what
// they were answered against what was kept.
func (w *walker) oneWins(name string, tries []try) {
	w.t.Helper()
	before := w.acts()
	answers := make([]response, crowd)
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range crowd {
		ready.Add(1)
		done.Go(func() {
			one := tries[i%len(tries)]
			call := request{method: one.method, path: api.Base + w.fill(one.path), body: w.fill(one.body), as: w.tokens[member(one.role, one.agency, i)]}
			ready.Done()
			<-start
			answers[i] = w.do(call)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()

	var winners []string
	for i, got := range answers {
		if got.status < 300 {
			winners = append(winners, tries[i%len(tries)].does)
		}
	}
	if got := strings.Join(w.newActs(before), " "); len(winners) != 1 || got != winners[0] {
		w.t.Errorf("%s: won %q, the audit trail has %q", name, winners, got)
	}
	for i, got := range answers {
		if got.status >= 300 {
			w.told(name, tries[i%len(tries)], got)
		}
	}
}

// told holds that who came too late reads what happened and how things stand now.
func (w *walker) told(name string, one try, got response) {
	w.t.Helper()
	p := w.problem(got)
	thing, query := "task", `SELECT state, version FROM tasks WHERE id = $1`
	if strings.HasPrefix(one.path, "/requests/") {
		thing, query = "request", `SELECT state, version FROM requests WHERE id = $1`
	}
	state, version := "", 0
	if err := w.db.QueryRowContext(w.t.Context(), query, w.things[thing]).Scan(&state, &version); err != nil {
		w.t.Fatal(err)
	}
	if got.status != 409 || p.Current == nil || p.Current.State != state || p.Current.Version != version {
		w.t.Errorf("%s, %s: %d %s; it is %s, version %d", name, one.does, got.status, got.text, state, version)
	}
}

// acts counts the audit trail by action.
func (w *walker) acts() map[string]int {
	w.t.Helper()
	var rows []struct {
		Action string `db:"action"`
		N      int    `db:"n"`
	}
	if err := w.db.SelectContext(w.t.Context(), &rows, `SELECT action, count(*) AS n FROM audit GROUP BY action`); err != nil {
		w.t.Fatal(err)
	}
	counts := map[string]int{}
	for _, row := range rows {
		counts[row.Action] = row.N
	}
	return counts
}

// newActs lists what came into the trail since.
func (w *walker) newActs(before map[string]int) []string {
	w.t.Helper()
	after := w.acts()
	var list []string
	for _, action := range slices.Sorted(maps.Keys(after)) {
		for range after[action] - before[action] {
			list = append(list, action)
		}
	}
	return list
}

func TestManyAcceptManyAtOnce(t *testing.T) {
	w := newCrowd(t)
	w.task()
	w.reachFrom("open", "submitted")
	before := w.acts()
	answers := make(chan response, crowd)
	for i := range crowd {
		go func() {
			answers <- w.do(request{method: "POST", path: "/api/v1/reviews/accept", as: w.tokens[member(policy.Supervisor, "so", i)],
				body: w.fill(`{"items": [{"task_id": {task}, "version": {version}}]}`)})
		}()
	}
	done := 0
	for range crowd {
		got := <-answers
		var outcome api.Outcomes
		if err := json.Unmarshal([]byte(got.text), &outcome); err != nil || got.status != 200 {
			t.Fatalf("%d %s", got.status, got.text)
		}
		done += outcome.Done
		if outcome.Done == 0 && outcome.Outcomes[0].Error.Code != "task.changed" {
			t.Errorf("left out for %+v", outcome.Outcomes[0].Error)
		}
	}
	if acts := w.newActs(before); done != 1 || !slices.Equal(acts, []string{"task.accepted"}) {
		t.Errorf("%d accepted, the audit trail has %q", done, acts)
	}
}

// Every acknowledged save is a version of its own that was made over the one
// before; whoever saved over what they had not seen was told so.
func TestNoSaveOfADraftIsLost(t *testing.T) {
	w := newCrowd(t)
	w.task()
	type save struct {
		over, version int
		text          string
	}
	saves := make(chan save, 40*crowd)
	var done sync.WaitGroup
	for i := range crowd {
		done.Go(func() {
			over, mine := 0, 0
			for n := 0; mine < 3 && n < 400; n++ {
				text := fmt.Sprintf("Người %d, lần %d", i, n)
				got := w.do(request{method: "PUT", path: api.Base + w.fill("/tasks/{task}/draft"), as: w.tokens[member(policy.FocalPoint, "xa", i)],
					body: fmt.Sprintf(`{"kind": "report", "narrative": %q%s}`, text, overVersion(over))})
				var answer struct {
					Version int    `json:"version"`
					Code    string `json:"code"`
				}
				if err := json.Unmarshal([]byte(got.text), &answer); err != nil {
					t.Errorf("%d %s", got.status, got.text)
					return
				}
				switch {
				case got.status == 200:
					saves <- save{over, answer.Version, text}
					over, mine = answer.Version, mine+1
				case got.status == 409 && answer.Code == "draft.changed":
					over = w.draftVersion(i)
				default:
					t.Errorf("%d %s", got.status, got.text)
					return
				}
			}
		})
	}
	done.Wait()
	close(saves)
	chain := map[int]save{}
	last := save{}
	for one := range saves {
		if other, twice := chain[one.version]; twice {
			t.Errorf("version %d was given to %q and to %q", one.version, other.text, one.text)
		}
		chain[one.version] = one
		if one.version > last.version {
			last = one
		}
	}
	for version, one := range chain {
		if _, known := chain[one.over]; one.over != 0 && !known || one.over >= version {
			t.Errorf("version %d was saved over %d, which nobody was given", version, one.over)
		}
		for between := one.over + 1; between < version; between++ {
			if lost, ok := chain[between]; ok {
				t.Errorf("%q was saved over version %d and overwrote %q", one.text, one.over, lost.text)
			}
		}
	}
	var kept string
	if err := w.db.GetContext(t.Context(), &kept, `SELECT narrative FROM task_drafts WHERE task_id = $1`, w.things["task"]); err != nil {
		t.Fatal(err)
	}
	if len(chain) != 3*crowd || kept != last.text {
		t.Errorf("%d saves of %d; kept is %q, last acknowledged %q", len(chain), 3*crowd, kept, last.text)
	}
}

// draftVersion is the draft's version as one of the crowd reads it.
func (w *walker) draftVersion(i int) int {
	got := w.do(request{method: "GET", path: api.Base + w.fill("/tasks/{task}/draft"), as: w.tokens[member(policy.FocalPoint, "xa", i)]})
	var draft api.Draft
	if err := json.Unmarshal([]byte(got.text), &draft); err != nil || got.status != 200 {
		w.t.Errorf("%d %s", got.status, got.text)
	}
	return draft.Version
}

func overVersion(version int) string {
	if version == 0 {
		return ""
	}
	return `, "version": ` + itoa(version)
}
