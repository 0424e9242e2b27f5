package rehearsal

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"dondoc/deploy/local/stack"
)

// TestRequestsOfCommunes has two communes ask for more time, through all
// processes: one gets it, of the other nobody decides. Their reports were due
// by the end of Monday 19 January.
func TestRequestsOfCommunes(t *testing.T) {
	run := Run{From: instant("2026-01-01 07:00")}
	w := newWorld(t, run.From)
	ctx := t.Context()
	must(t, w.worker.Start(ctx))
	w.activate()
	playTo := func(at string) {
		t.Helper()
		if err := w.driver.Play(ctx, nil, instant(at)); err != nil {
			t.Fatalf("%v\nworker: %s", err, w.tail("worker.log"))
		}
	}
	ask := func(commune, day string) int64 {
		t.Helper()
		var task int64
		must(t, w.db.GetContext(ctx, &task, `SELECT t.id FROM tasks t `+taskNames+`
			WHERE d.code = 'IV.15.i.3' AND r.period_key = '2026-M01' AND a.code = $1`, commune))
		answer, err := w.people.call(ctx, "daumoi."+commune+"@"+mailDomain, http.MethodPost, "/api/v1/requests", "xin-gia-han-"+commune,
			map[string]any{"task_id": task, "kind": "extension", "text": "Chờ số liệu của thôn", "proposed_on": day})
		must(t, err)
		var receipt struct{ Requests []struct{ ID int64 } }
		must(t, json.Unmarshal(answer, &receipt))
		return receipt.Requests[0].ID
	}
	want := func(what, query string, lines ...string) {
		t.Helper()
		var got []string
		must(t, w.db.SelectContext(ctx, &got, query))
		if !slices.Equal(got, lines) {
			t.Errorf("%s:\n got %q\nwant %q", what, got, lines)
		}
	}

	playTo("2026-01-05 10:00")
	granted, undecided := ask("xa-25996", "2026-01-22"), ask("xa-26041", "2026-01-23")
	playTo("2026-01-06 10:00")
	_, err := w.people.call(ctx, planAuthorityAddress, http.MethodPost, fmt.Sprintf("/api/v1/requests/%d/decide", granted), "cho-gia-han",
		map[string]any{"version": 1, "decision": "grant"})
	must(t, err)
	playTo("2026-01-20 12:00")

	want("outcome", `SELECT a.code || ' ' || q.state || ' ' || to_char(q.settled_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') || ' due ' ||
		to_char(t.due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI')
		FROM requests q JOIN tasks t ON t.id = q.task_id JOIN agencies a ON a.id = t.agency_id ORDER BY 1`,
		"xa-25996 granted 01-06 10:00 due 01-23 00:00", "xa-26041 lapsed 01-20 00:00 due 01-20 00:00")
	// By noon of the 20th one is overdue, and the other has not even been reminded.
	want("reminders of the communes", `SELECT a.code || ' ' || n.kind FROM notifications n JOIN tasks t ON t.id = n.task_id JOIN requests q ON q.task_id = t.id
		JOIN agencies a ON a.id = t.agency_id JOIN users u ON u.id = n.user_id
		WHERE u.email LIKE 'daumoi.%' AND n.step_id IS NOT NULL AND n.dropped_at IS NULL AND n.message_id IS NOT NULL ORDER BY a.code, n.id`,
		"xa-25996 opening", "xa-26041 opening", "xa-26041 reminder", "xa-26041 due_today", "xa-26041 overdue")
	// The province has no head here, so that who ought to have decided is told.
	want("who decides", `SELECT DISTINCT n.kind || ' ' || to_char(n.deliver_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') || ' ' || m.state
		FROM notifications n JOIN messages m ON m.id = n.message_id JOIN users u ON u.id = n.user_id
		WHERE n.request_id IS NOT NULL AND u.email LIKE 'banhanh.%' ORDER BY 1`,
		"request_asked 01-06 08:00 sent", "request_reminder 01-16 08:00 sent", "request_undecided 01-20 08:00 sent")
	want("who asked", `SELECT u.email || ' ' || n.kind || ' ' || to_char(m.composed_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI')
		FROM notifications n JOIN messages m ON m.id = n.message_id JOIN users u ON u.id = n.user_id
		WHERE n.request_id IS NOT NULL AND u.email LIKE 'daumoi.%' ORDER BY 1`,
		"daumoi.xa-25996@"+mailDomain+" request_decided 01-06 10:00", "daumoi.xa-26041@"+mailDomain+" request_lapsed 01-20 00:00")
	want("no mail tells what was asked", `SELECT subject FROM messages WHERE body_text LIKE '%của thôn%'`)

	c, err := client.DialContext(ctx, client.Options{HostPort: w.stack.TemporalAddress(), Namespace: stack.Namespace})
	must(t, err)
	defer c.Close()
	for _, id := range []int64{granted, undecided} {
		described, err := c.DescribeWorkflowExecution(ctx, fmt.Sprintf("request:%d", id), "")
		must(t, err)
		if got := described.GetWorkflowExecutionInfo().GetStatus(); got != enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED {
			t.Errorf("the workflow of request %d is %s", id, strings.ToLower(got.String()))
		}
	}
}
