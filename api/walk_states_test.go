package api_test

import (
	"encoding/json"
	"os"
	"time"

	"dondoc/internal/clock"
	"dondoc/internal/policy"
)

// state is what a call of the walk starts from.
type state struct {
	after string // the state that it follows from
	build func(w *walker)
}

// states are the walk's starting points. Those of other parts are added by
// their own walk_*_test.go.
var states = map[string]state{}

const someResult = `{"kind": "report", "narrative": "` + secret + `"}`

func init() {
	add := func(name, after string, build func(w *walker)) { states[name] = state{after, build} }

	// Nothing but the tree, the people and the plan's source.
	add("empty", "", func(w *walker) {
		w.things["later"] = clock.SystemWall().AddDate(0, 3, 0).UTC().Format("2006-01-02T15:04:05Z")
		w.things["agency"] = itoa(w.count(`SELECT id FROM agencies WHERE code = 'xa'`))
		w.things["agencyversion"] = itoa(w.count(`SELECT version FROM agencies WHERE code = 'xa'`))
		w.things["person"] = itoa(w.count(`SELECT id FROM users WHERE email = $1`, email(policy.FocalPoint, "xa")))
		source, err := os.ReadFile("testdata/walk.yaml")
		if err != nil {
			w.t.Fatal(err)
		}
		encoded, err := json.Marshal(string(source))
		if err != nil {
			w.t.Fatal(err)
		}
		w.things["source"] = string(encoded)
	})
	// The plan as a draft.
	add("draft", "empty", func(w *walker) {
		loaded := w.by(policy.PlanAuthority, "ban", 201, "POST", "/plans", `{"name": "walk.yaml", "source": {source}}`)
		w.things["plan"], w.things["planversion"] = num(loaded["id"]), num(loaded["version"])
		w.things["monthly"] = itoa(w.count(`SELECT id FROM duties WHERE code = 'I.1'`))
		w.things["adhoc"] = itoa(w.count(`SELECT id FROM duties WHERE code = 'I.2'`))
		w.things["through"] = itoa(w.count(`SELECT id FROM duties WHERE code = 'I.3'`))
		// Decisions open the plan to every auditor but the foreign one.
		for _, relation := range relations {
			if relation.letter != foreignLetter {
				w.by(policy.PlanAuthority, "ban", 201, "POST", "/audit-mandates", aMandate(email(policy.Auditor, relation.agency)))
			}
		}
	})
	// January's report is owed.
	add("open", "draft", func(w *walker) {
		active := w.by(policy.PlanAuthority, "ban", 200, "POST", "/plans/{plan}/activate", `{"version": {planversion}}`)
		w.things["planversion"] = num(active["version"])
		next, err := w.store.ScheduleNextRound(w.t.Context(), int64(w.count(`SELECT id FROM duties WHERE code = 'I.1'`)))
		if err != nil {
			w.t.Fatal(err)
		}
		if now, _ := w.clock.Now(w.t.Context()); next.OpensAt.After(now) {
			w.clock.move(next.OpensAt)
		}
		if err := w.store.OpenRound(w.t.Context(), next.RoundID, func(int) {}); err != nil {
			w.t.Fatal(err)
		}
		if _, err := w.store.RunRound(w.t.Context(), next.RoundID); err != nil {
			w.t.Fatal(err)
		}
		w.things["task"] = itoa(w.count(`SELECT max(id) FROM tasks`))
		w.things["round"] = itoa(w.count(`SELECT round_id FROM tasks WHERE id = $1`, w.things["task"]))
		w.things["notice"] = itoa(w.count(`SELECT n.id FROM notifications n JOIN users u ON u.id = n.user_id WHERE u.email = $1 LIMIT 1`, email(policy.FocalPoint, "xa")))
		w.read()
	})
	add("suspended", "open", func(w *walker) {
		w.things["planversion"] = num(w.by(policy.PlanAuthority, "ban", 200, "POST", "/plans/{plan}/suspend", `{"version": {planversion}}`)["version"])
	})
	add("drafted", "open", func(w *walker) {
		w.things["draftversion"] = num(w.by(policy.FocalPoint, "xa", 200, "PUT", "/tasks/{task}/draft", someResult)["version"])
	})
	add("two signatures", "open", func(w *walker) {
		w.by(policy.Administrator, "xa", 200, "POST", "/agencies/{agency}/two-signatures", `{"required": true}`)
	})
	add("prepared", "two signatures", func(w *walker) {
		w.by(policy.FocalPoint, "xa", 201, "POST", "/tasks/{task}/submissions", someResult)
		w.read()
	})
	add("submitted", "open", func(w *walker) {
		w.by(policy.FocalPoint, "xa", 201, "POST", "/tasks/{task}/submissions", someResult)
		w.things["submission"] = itoa(w.count(`SELECT max(id) FROM submissions`))
		w.read()
	})
	add("returned", "submitted", func(w *walker) {
		w.by(policy.Supervisor, "so", 201, "POST", "/tasks/{task}/reviews", `{"version": {version}, "decision": "return", "reason": "Thiếu số liệu"}`)
		w.read()
	})
	add("sent twice", "returned", func(w *walker) {
		w.by(policy.FocalPoint, "xa", 201, "POST", "/tasks/{task}/submissions", someResult)
		w.read()
	})
	add("accepted", "submitted", func(w *walker) {
		w.by(policy.Supervisor, "so", 201, "POST", "/tasks/{task}/reviews", `{"version": {version}, "decision": "accept"}`)
		w.read()
	})
	add("invalid", "submitted", func(w *walker) {
		w.by(policy.Supervisor, "so", 201, "POST", "/tasks/{task}/reviews", `{"version": {version}, "decision": "invalid", "reason": "Thiếu chữ ký"}`)
		w.read()
	})
	add("contested", "invalid", func(w *walker) {
		w.things["contest"] = num(w.by(policy.FocalPoint, "xa", 201, "POST", "/tasks/{task}/contests", `{"reason": "Có chữ ký số"}`)["id"])
	})
	add("late", "open", func(w *walker) {
		var due time.Time
		if err := w.db.GetContext(w.t.Context(), &due, `SELECT due_at FROM tasks ORDER BY id DESC LIMIT 1`); err != nil {
			w.t.Fatal(err)
		}
		w.clock.move(due.Add(26 * time.Hour))
	})
	add("an extension asked", "open", func(w *walker) {
		w.ask(policy.FocalPoint, "xa", `{"task_id": {task}, "kind": "extension", "text": "Chờ số liệu", "proposed_on": "2026-03-20"}`)
	})
	add("an obstacle asked", "open", func(w *walker) {
		w.ask(policy.FocalPoint, "xa", `{"task_id": {task}, "kind": "obstacle", "text": "Chưa có biểu mẫu", "to_agency_ids": [{so}]}`)
	})
	add("help asked", "open", func(w *walker) {
		w.ask(policy.FocalPoint, "xa", `{"task_id": {task}, "kind": "help", "text": "Cho mượn phòng họp", "to_agency_ids": [{phoi-hop}]}`)
	})
	add("an explanation asked", "late", func(w *walker) {
		w.ask(policy.Supervisor, "so", `{"task_id": {task}, "kind": "explanation", "text": "Vì sao chậm?"}`)
	})
	add("an explanation given", "an explanation asked", func(w *walker) {
		answered := w.by(policy.FocalPoint, "xa", 200, "POST", "/requests/{request}/answer", `{"text": "Mưa lũ"}`)
		w.things["requestversion"] = num(answered["requests"].([]any)[0].(map[string]any)["version"])
	})
	add("a waiver granted", "open", func(w *walker) {
		w.ask(policy.PlanAuthority, "ban", `{"task_id": {task}, "kind": "waiver", "text": "Xã không có đối tượng"}`)
	})
	add("a feed made", "open", func(w *walker) {
		made := w.by(policy.FocalPoint, "xa", 201, "POST", "/feeds", `{"scope": "person"}`)
		w.things["feed"] = num(made["id"])
		w.things["feedfile"] = made["url"].(string)[len("https://dondoc.example"):]
	})
	add("a link sent", "empty", func(w *walker) {
		w.by(policy.Administrator, "tinh", 201, "POST", "/people/{person}/password-reset", ``)
		w.things["token"] = w.linkOf(email(policy.FocalPoint, "xa"))
	})
	add("an account invited", "empty", func(w *walker) {
		w.ok(200, request{method: "POST", path: "/api/v1/people/import", as: w.tokens[email(policy.Administrator, "tinh")], headers: asCSV,
			body: "email,name,agency_code,role\nmoi@dondoc.example,Người mới,xa,focal_point\n"})
		w.things["person"] = itoa(w.count(`SELECT id FROM users WHERE email = 'moi@dondoc.example'`))
	})
}

// read notes the task's present version.
func (w *walker) read() {
	w.t.Helper()
	w.things["version"] = num(w.by(policy.FocalPoint, "xa", 200, "GET", "/tasks/{task}", ``)["version"])
}

// ask makes a request and notes it.
func (w *walker) ask(role policy.Role, agency, body string) {
	w.t.Helper()
	for _, code := range []string{"so", "phoi-hop"} {
		w.things[code] = itoa(w.count(`SELECT id FROM agencies WHERE code = $1`, code))
	}
	asked := w.by(role, agency, 201, "POST", "/requests", body)["requests"].([]any)[0].(map[string]any)
	w.things["request"], w.things["requestversion"] = num(asked["id"]), num(asked["version"])
	w.read()
}
