package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"dondoc/internal/idempotency"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// followed is a world whose January round is open, due by the end of Thursday
// 5 February 2026 and open until the end of 5 March, with the people around it.
type followed struct {
	*world
	round                                     int64
	focal, head, other, supervisor, authority policy.Actor
}

func newFollowed(t *testing.T) *followed {
	t.Helper()
	return newFollowedOf(t, nil)
}

// newFollowedOf is newFollowed with another plan.
func newFollowedOf(t *testing.T, change func(*plan.Plan)) *followed {
	t.Helper()
	f := &followed{world: newWorld(t, change)}
	f.activate()
	f.round = f.openRound()
	f.run(f.round)
	f.focal, f.head, f.other = f.actor("focal_point.d1@dondoc.example"), f.actor("head.d1@dondoc.example"), f.actor("focal_point.d2@dondoc.example")
	f.supervisor, f.authority = f.actor("supervisor.so@dondoc.example"), f.actor("plan_authority.tinh@dondoc.example")
	return f
}

func (f *followed) send(agency string) {
	f.t.Helper()
	if _, err := f.store.Submit(f.t.Context(), f.actor("focal_point."+agency+"@dondoc.example"),
		task.SubmitInput{TaskID: f.taskOf(agency), Kind: task.Report, Narrative: "Đã làm."}); err != nil {
		f.t.Fatal(err)
	}
}

func (f *followed) decide(agency string, decision task.Decision) {
	f.t.Helper()
	if _, err := f.store.Review(f.t.Context(), f.supervisor, task.ReviewInput{TaskID: f.taskOf(agency), Decision: decision, Reason: "Thiếu chữ ký"}); err != nil {
		f.t.Fatal(err)
	}
}

// stands is a task's state, first valid submission, and whether it is closed.
func (f *followed) stands(agency string) string {
	f.t.Helper()
	return f.strings(`SELECT state || ' first ' || COALESCE(to_char(first_submitted_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI'), 'never')
		|| CASE WHEN closed_at IS NULL THEN '' ELSE ' closed' END FROM tasks WHERE id = $1`, f.taskOf(agency))[0]
}

func (f *followed) detail(actor policy.Actor, agency string) task.Detail {
	f.t.Helper()
	d, err := f.store.TaskDetail(f.t.Context(), actor, f.taskOf(agency))
	if err != nil {
		f.t.Fatal(err)
	}
	return d
}

// toldAtOnce are the recipients of notices of a kind that go at once.
func (f *followed) toldAtOnce(kind string) []string {
	f.t.Helper()
	return f.strings(`SELECT a.code || ' ' || COALESCE(u.email, 'mailbox ' || m.code) FROM notifications n
		JOIN tasks t ON t.id = n.task_id JOIN agencies a ON a.id = t.agency_id
		LEFT JOIN users u ON u.id = n.user_id LEFT JOIN agencies m ON m.id = n.mailbox_agency_id
		WHERE n.kind = $1 AND n.deliver_at = n.created_at ORDER BY 1`, kind)
}

func (f *followed) version(agency string) int {
	f.t.Helper()
	return f.detail(f.authority, agency).Task.Version
}

func (f *followed) roundState() string {
	f.t.Helper()
	return f.strings(`SELECT state || CASE WHEN closed_at IS NULL THEN '' ELSE ' since ' || to_char(closed_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') END
		FROM rounds WHERE id = $1`, f.round)[0]
}

func (f *followed) actions(d task.Detail) []string {
	list := []string{}
	for _, e := range d.History {
		list = append(list, e.Action)
	}
	return list
}

func TestAcceptingManyTellsOfEach(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	f.send("d1")
	f.send("d2")
	f.exec(`DELETE FROM outbox`)
	items := []task.AcceptItem{
		{TaskID: f.taskOf("d1"), Version: f.version("d1")}, {TaskID: f.taskOf("d2"), Version: f.version("d2") - 1},
		{TaskID: f.taskOf("d3"), Version: f.version("d3")}, {TaskID: 99999, Version: 1},
	}
	ctx := keyed(t, "khoa-nhieu-1", 1)
	outcomes, err := f.store.AcceptMany(ctx, f.supervisor, items)
	if err != nil {
		t.Fatal(err)
	}
	f.want("outcomes", tellOutcomes(outcomes), "done v3", "task.changed", "task.move", "not_found")
	f.want("states", []string{f.stands("d1"), f.stands("d2"), f.stands("d3")},
		"accepted first 02-03 09:00", "submitted first 02-03 09:00", "open first never")
	if d := f.detail(f.supervisor, "d1"); d.Task.Status != task.DoneOnTime || d.Submissions[0].Review == nil || d.Submissions[0].Review.Decision != task.Accept {
		t.Errorf("%s, %+v", d.Task.Status, d.Submissions[0].Review)
	}
	f.want("outbox", f.strings(`SELECT workflow FROM outbox`), fmt.Sprintf("round:%d", f.round))
	f.want("history", f.strings(`SELECT action FROM audit WHERE action = 'task.accepted'`), "task.accepted")

	again, err := f.store.AcceptMany(ctx, f.supervisor, items)
	if err != nil {
		t.Fatal(err)
	}
	f.want("a repeat gets the first answer", tellOutcomes(again), "done v3", "task.changed", "task.move", "not_found")
	outcomes, err = f.store.AcceptMany(t.Context(), f.focal, items[:2])
	if err != nil {
		t.Fatal(err)
	}
	f.want("a focal point accepts nothing", tellOutcomes(outcomes), "task.changed", "not_found")
}

func TestAcceptingManyRefusesFaultyLists(t *testing.T) {
	f := newFollowed(t)
	many := make([]task.AcceptItem, task.MaxAtOnce+1)
	for i := range many {
		many[i] = task.AcceptItem{TaskID: int64(i + 1), Version: 1}
	}
	for _, c := range []struct {
		name, code string
		items      []task.AcceptItem
	}{
		{"none", "tasks.many", nil}, {"too many", "tasks.many", many},
		{"one twice", "tasks.twice", []task.AcceptItem{{TaskID: 1, Version: 1}, {TaskID: 1, Version: 2}}},
		{"without version", "version.required", []task.AcceptItem{{TaskID: 1}}},
	} {
		_, err := f.store.AcceptMany(t.Context(), f.supervisor, c.items)
		wantFault(t, c.name, err, "invalid", c.code)
	}
}

// Of two decisions on one submission at the same time one holds, and the other
// learns of it.
func TestAcceptingManyWhileOneIsReturned(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	for i := range 6 {
		f.send("d1")
		id, version := f.taskOf("d1"), f.version("d1")
		var accepted bool
		returned := make(chan error)
		go func() {
			_, err := f.store.Review(t.Context(), f.supervisor, task.ReviewInput{TaskID: id, Version: version, Decision: task.Return, Reason: "Thiếu số liệu"})
			returned <- err
		}()
		outcomes, err := f.store.AcceptMany(t.Context(), f.supervisor, []task.AcceptItem{{TaskID: id, Version: version}})
		if err != nil {
			t.Fatal(err)
		}
		accepted = outcomes[0].Fault == nil
		back := <-returned
		if accepted == (back == nil) {
			t.Fatalf("turn %d: accepted %v, returned %v", i, outcomes[0].Fault, back)
		}
		f.want("one decision for each", f.strings(`SELECT count(*)::text FROM reviews`), fmt.Sprint(i+1))
		if accepted {
			if _, err := f.store.Reopen(t.Context(), f.supervisor, task.ReopenInput{TaskID: id, Reason: "Sai số liệu"}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestReviewersAreMeasuredInWorkingDays(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-01-30 15:00") // Friday
	f.send("d1")
	f.send("d2")
	f.clock.set(t, "2026-01-30 16:00")
	f.decide("d1", task.Return) // the same day
	f.clock.set(t, "2026-02-03 09:00")
	f.decide("d2", task.Accept) // Monday, Tuesday
	f.send("d1")
	f.clock.set(t, "2026-02-05 09:00")
	m, err := f.store.ReviewMeasures(t.Context(), f.supervisor, task.MeasureFilter{})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Rows) != 1 {
		t.Fatalf("%+v", m)
	}
	if r := m.Rows[0]; r.ReviewerCode != "so" || r.PeriodKey != "2026-M01" || r.Decided != 2 || r.Median != 0 || r.P90 != 2 || r.Waiting != 1 || r.LongestWait != 2 {
		t.Errorf("%+v", r)
	}
	// d2 sees its own result alone; a stranger sees nothing.
	if m, err = f.store.ReviewMeasures(t.Context(), f.other, task.MeasureFilter{}); err != nil || len(m.Rows) != 1 || m.Rows[0].Decided != 1 || m.Rows[0].Waiting != 0 {
		t.Errorf("%+v, %v", m.Rows, err)
	}
	if m, err = f.store.ReviewMeasures(t.Context(), f.actor("head.so@dondoc.example"), task.MeasureFilter{ReviewerID: 99999}); err != nil || len(m.Rows) != 0 {
		t.Errorf("%+v, %v", m.Rows, err)
	}
	now, _ := f.clock.Now(t.Context())
	_, err = f.store.ReviewMeasures(t.Context(), f.supervisor, task.MeasureFilter{From: now, To: now})
	wantFault(t, "no span", err, "invalid", "measures.span")
}

func tellOutcomes(list []task.Outcome) []string {
	lines := make([]string, len(list))
	for i, o := range list {
		lines[i] = fmt.Sprintf("done v%d", o.Version)
		if o.Fault != nil {
			lines[i] = o.Fault.Code
		}
	}
	return lines
}

func keyed(t *testing.T, key string, hash byte) context.Context {
	return idempotency.With(t.Context(), idempotency.Key{Value: key, RequestHash: []byte{hash}})
}

// may lists what an actor may do around d1's task.
func (f *followed) may(actor policy.Actor) string {
	f.t.Helper()
	around, err := f.store.TaskSupervision(f.t.Context(), actor, f.taskOf("d1"))
	if err != nil {
		f.t.Fatal(err)
	}
	var acts []string
	for _, act := range []struct {
		name string
		may  bool
	}{{"contest", around.MayContest}, {"decide", around.MayDecide}, {"reopen", around.MayReopen}, {"urge", around.MayUrge}} {
		if act.may {
			acts = append(acts, act.name)
		}
	}
	return strings.Join(acts, " ")
}
