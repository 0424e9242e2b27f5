package postgres_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"

	"dondoc/internal/audit"
	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/task"
)

// submitted is a world where district one has sent its January report.
func submitted(t *testing.T) *world {
	w := newWorld(t, nil)
	w.activate()
	w.openRound()
	w.clock.set(t, "2026-02-02 09:10")
	if _, err := w.store.Submit(t.Context(), w.actor("focal_point.d1@dondoc.example"), task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.NilReturn}); err != nil {
		t.Fatal(err)
	}
	return w
}

const views = `SELECT u.email || ' ' || COALESCE(a.code, '') || ' ' || to_char(h.at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'HH24:MI')
	FROM audit h JOIN users u ON u.id = h.actor_id LEFT JOIN agencies a ON a.id = h.on_behalf_of WHERE h.action = 'task.viewed' ORDER BY h.id`

func TestReadingAnothersResultIsLoggedOncePerHour(t *testing.T) {
	w := submitted(t)
	supervisor, focal := w.actor("supervisor.so@dondoc.example"), w.actor("focal_point.d1@dondoc.example")
	read := func(actor policy.Actor, agency string) task.Detail {
		t.Helper()
		d, err := w.store.TaskDetail(t.Context(), actor, w.taskOf(agency))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	read(focal, "d1")      // one's own
	read(supervisor, "d2") // without any result
	w.want("nothing was viewed", w.strings(views))
	// Eight windows at once are one view.
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if _, err := w.store.TaskDetail(t.Context(), supervisor, w.taskOf("d1")); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	w.clock.set(t, "2026-02-02 09:59")
	read(supervisor, "d1")
	// Another process knows nothing of what this one has kept in mind.
	if _, err := postgres.New(w.db, w.clock, clock.SystemWall, nil).TaskDetail(t.Context(), supervisor, w.taskOf("d1")); err != nil {
		t.Fatal(err)
	}
	w.want("one view", w.strings(views), "supervisor.so@dondoc.example so 09:10")
	w.clock.set(t, "2026-02-02 10:00")
	detail := read(supervisor, "d1")
	w.want("another hour", w.strings(views), "supervisor.so@dondoc.example so 09:10", "supervisor.so@dondoc.example so 10:00")
	if slices.ContainsFunc(detail.History, func(e task.Event) bool { return e.Action == "task.viewed" }) {
		t.Error("the task's history tells of readers")
	}
	if _, err := w.store.TaskDetail(t.Context(), w.actor("focal_point.d2@dondoc.example"), w.taskOf("d1")); !fault.Is(err, fault.NotFound) {
		t.Errorf("want not found, got %v", err)
	}
	w.want("what is refused is no view", w.strings(views), "supervisor.so@dondoc.example so 09:10", "supervisor.so@dondoc.example so 10:00")
}

func actions(entries []audit.Entry) []string {
	all := []string{}
	for _, e := range entries {
		all = append(all, e.Action)
	}
	return all
}

func TestTheTrailIsReadWithinOnesReach(t *testing.T) {
	w := submitted(t)
	supervisor := w.actor("supervisor.so@dondoc.example")
	if _, err := w.store.TaskDetail(t.Context(), supervisor, w.taskOf("d1")); err != nil {
		t.Fatal(err)
	}
	list := func(actor policy.Actor, f audit.EntryFilter) []audit.Entry {
		t.Helper()
		page, err := w.store.ListAudit(t.Context(), actor, f)
		if err != nil {
			t.Fatal(err)
		}
		return page.Entries
	}
	auditor := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.Auditor}}}
	authority := w.actor("plan_authority.tinh@dondoc.example")
	of := audit.EntryFilter{Entity: "task", EntityID: w.taskOf("d1")}
	for who, c := range map[string]struct {
		actor policy.Actor
		want  []string
	}{
		"an auditor with a decision":        {decided(auditor, w.plan.ID), []string{"task.viewed", "task.submitted", "task.opened"}},
		"the plan's authority":              {authority, []string{"task.viewed", "task.submitted", "task.opened"}},
		"an auditor without a decision":     {auditor, nil},
		"an auditor of another plan":        {decided(auditor, w.plan.ID+1), nil},
		"the supervisor, who is no auditor": {supervisor, nil},
		"the agency's focal point":          {w.actor("focal_point.d1@dondoc.example"), nil},
	} {
		w.want(who, actions(list(c.actor, of)), c.want...)
	}
	// A further post of another kind opens nothing in the trail.
	both := w.actor("focal_point.d1@dondoc.example")
	both.Posts = append(both.Posts, auditor.Posts...)
	w.want("by a focal point's post", actions(list(both, of)))
	// An auditor reads of the rights of people at agencies that have a part in the plan.
	w.exec(`INSERT INTO audit (at, recorded_at, action, entity, entity_id) SELECT $1, $1, 'user.changed', 'user', id FROM users WHERE email = ANY ($2)`,
		time.Now(), pq.Array([]string{"head.d1@dondoc.example", "head.so@dondoc.example"}))
	users := list(decided(auditor, w.plan.ID), audit.EntryFilter{Entity: "user"})
	if len(users) != 1 || users[0].EntityID != w.actor("head.d1@dondoc.example").UserID {
		t.Errorf("of people the auditor reads %+v", users)
	}

	viewed := list(authority, audit.EntryFilter{Action: "task.viewed"})
	if len(viewed) != 1 || viewed[0].ActorID != supervisor.UserID || viewed[0].OnBehalfName != "Sở" || viewed[0].At.In(hanoi).Format("15:04") != "09:10" {
		t.Errorf("viewed: %+v", viewed)
	}
	w.want("by person", actions(list(authority, audit.EntryFilter{ActorID: supervisor.UserID})), "task.viewed")
	w.want("before", actions(list(authority, audit.EntryFilter{To: viewed[0].At, Entity: "task", EntityID: of.EntityID})), "task.opened")
	w.want("from", actions(list(authority, audit.EntryFilter{From: viewed[0].At})), "task.viewed", "task.submitted")

	all := list(authority, audit.EntryFilter{Limit: 200})
	if !slices.Contains(actions(all), "plan.activated") || !slices.Contains(actions(all), "round.opened") {
		t.Errorf("the authority reads of its plan only %q", actions(all))
	}
	var paged []audit.Entry
	for page, f := (audit.EntryPage{Next: "-"}), (audit.EntryFilter{Limit: 2}); page.Next != ""; f.Cursor = page.Next {
		var err error
		if page, err = w.store.ListAudit(t.Context(), authority, f); err != nil {
			t.Fatal(err)
		}
		paged = append(paged, page.Entries...)
	}
	if fmt.Sprint(paged) != fmt.Sprint(all) {
		t.Errorf("by pages %v, at once %v", paged, all)
	}
	if _, err := w.store.ListAudit(t.Context(), authority, audit.EntryFilter{Cursor: "!!"}); fault.Of(err) == nil || fault.Of(err).Code != "cursor.invalid" {
		t.Errorf("a nonsense cursor: %v", err)
	}
}

func TestExportsAreLogged(t *testing.T) {
	w := submitted(t)
	supervisor := w.actor("supervisor.so@dondoc.example")
	rates, err := w.store.ExportRates(t.Context(), supervisor, task.RateFilter{GroupBy: task.ByAgency, PlanID: w.plan.ID, Level: "district"})
	if err != nil || len(rates.Rates) != 3 || rates.Rates[0].Present.Submitted != 1 {
		t.Fatalf("%+v, %v", rates, err)
	}
	tasks, err := w.store.ExportTasks(t.Context(), supervisor, task.Filter{PlanID: w.plan.ID, Figure: task.FigureFilter{Cell: task.CellSubmitted, Level: "district"}})
	if err != nil || len(tasks) != 1 || tasks[0].AgencyCode != "d1" {
		t.Fatalf("%+v, %v", tasks, err)
	}
	if _, err := w.store.ExportRates(t.Context(), supervisor, task.RateFilter{Level: "Nguyễn Văn A 001099012345"}); err != nil {
		t.Fatal(err)
	}
	w.want("exports", w.strings(`SELECT concat_ws(' ', u.email, h.entity, h.entity_id, h.after->>'list', h.after->>'lines', (h.after->'filter') - 'at')
		FROM audit h JOIN users u ON u.id = h.actor_id WHERE h.action = 'rates.exported' ORDER BY h.id`),
		fmt.Sprintf(`supervisor.so@dondoc.example plan %d rates 3 {"plan": %d, "level": "district", "group_by": "agency"}`, w.plan.ID, w.plan.ID),
		fmt.Sprintf(`supervisor.so@dondoc.example plan %d tasks 1 {"plan": %d, "level": "district", "figure": "submitted"}`, w.plan.ID, w.plan.ID),
		`supervisor.so@dondoc.example rates 0 rates 0 {}`)
	auditor := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.Auditor}}}
	page, err := w.store.ListAudit(t.Context(), decided(auditor, w.plan.ID), audit.EntryFilter{Action: "rates.exported"})
	if err != nil || len(page.Entries) != 2 {
		t.Errorf("the auditor of the plan sees %d exports, %v", len(page.Entries), err)
	}
	if page, err = w.store.ListAudit(t.Context(), decided(auditor, w.plan.ID+1), audit.EntryFilter{Action: "rates.exported"}); err != nil || len(page.Entries) != 0 {
		t.Errorf("another's auditor sees %v, %v", page.Entries, err)
	}
}

func TestTheWholeTrailIsExportedInOrder(t *testing.T) {
	w := submitted(t)
	export := func(format string, from, to time.Time) string {
		t.Helper()
		var b bytes.Buffer
		out, err := audit.NewExporter(&b, format)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.store.ExportAudit(t.Context(), from, to, out.Write); err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	var total int
	if err := w.db.GetContext(t.Context(), &total, `SELECT count(*) FROM audit`); err != nil {
		t.Fatal(err)
	}
	last := int64(0)
	lines := strings.Split(strings.TrimSpace(export("jsonl", time.Time{}, time.Time{})), "\n")
	for _, line := range lines {
		var row struct {
			ID     int64          `json:"id"`
			Action string         `json:"action"`
			After  map[string]any `json:"after"`
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil || row.ID <= last || row.Action == "" {
			t.Fatalf("%s after %d: %v", line, last, err)
		}
		last = row.ID
	}
	if len(lines) != total {
		t.Errorf("%d lines of %d", len(lines), total)
	}
	at := time.Date(2026, 2, 2, 9, 10, 0, 0, hanoi)
	of := export("csv", at, at.Add(time.Minute))
	if strings.Count(of, "\n") != 2 || !strings.Contains(of, "task.submitted") || !strings.Contains(of, "focal_point.d1@dondoc.example") {
		t.Errorf("that minute: %s", of)
	}
	if _, err := audit.NewExporter(nil, "xlsx"); err == nil {
		t.Error("an unknown format was taken")
	}
}
