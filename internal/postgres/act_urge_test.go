package postgres_test

import (
	"testing"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/task"
)

func (f *followed) all() []int64 { return []int64{f.taskOf("d1"), f.taskOf("d2"), f.taskOf("d3")} }

// handOver composes what is ready and returns what goes to whom, as a sender does.
func (f *followed) handOver() []string {
	f.t.Helper()
	now, _ := f.clock.Now(f.t.Context())
	if _, err := f.store.ComposeMessages(f.t.Context(), now, "dondoc.example"); err != nil {
		f.t.Fatal(err)
	}
	leases, err := f.store.LeaseMessages(f.t.Context(), 50, time.Minute)
	if err != nil {
		f.t.Fatal(err)
	}
	sent := []string{}
	for _, lease := range leases {
		h, called, err := f.store.CheckMessage(f.t.Context(), lease, now)
		if err != nil {
			f.t.Fatal(err)
		}
		if !called {
			continue
		}
		for _, item := range h.Items {
			if item.Kind == notice.Urging || item.Kind == notice.PromiseDue || item.Kind == notice.Reopened {
				sent = append(sent, h.Address+" "+string(item.Kind)+" "+item.AgencyName)
			}
		}
		if err := f.store.MarkHandedOver(f.t.Context(), []notice.HandedOver{{Lease: lease, At: now}}); err != nil {
			f.t.Fatal(err)
		}
	}
	return sent
}

func TestAnUrgingLeavesOutWhatWasSentMeanwhile(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-06 07:00")
	f.handOver()
	f.send("d1")
	receipt, err := f.store.Urge(t.Context(), f.supervisor, task.UrgeInput{
		TaskIDs: append(f.all(), 99999), Kind: task.UrgeMessage, Message: "Đề nghị gửi trong sáng nay."})
	if err != nil {
		t.Fatal(err)
	}
	f.want("outcomes", tellOutcomes(receipt.Outcomes), "urging.not_owed", "done v1", "done v1", "not_found")
	if receipt.Outcomes[1].Recipients != 2 || receipt.Outcomes[2].Recipients != 1 {
		t.Errorf("%+v: focal point and head of d2, mailbox of d3", receipt.Outcomes)
	}
	f.want("told at once", f.toldAtOnce("urging"), "d2 focal_point.d2@dondoc.example", "d2 head.d2@dondoc.example", "d3 mailbox d3")

	board, err := f.store.Board(t.Context(), f.supervisor, task.BoardFilter{})
	if err != nil || len(board.Overdue) != 2 || board.Overdue[0].StepsTaken != 1 {
		t.Errorf("%+v, %v", board.Overdue, err)
	}
	d := f.detail(f.other, "d2")
	if last := d.History[len(d.History)-1]; last.Action != "task.urged_message" || last.Actor != "supervisor.so@dondoc.example" {
		t.Errorf("%+v", last)
	}
	around, err := f.store.TaskSupervision(t.Context(), f.other, f.taskOf("d2"))
	if err != nil || len(around.Urgings) != 1 || around.Urgings[0].Message != "Đề nghị gửi trong sáng nay." || around.Urgings[0].Recipients != 2 {
		t.Errorf("%+v, %v", around.Urgings, err)
	}
	if _, err := f.store.TaskSupervision(t.Context(), f.focal, f.taskOf("d2")); !fault.Is(err, fault.NotFound) {
		t.Errorf("another district reads it: %v", err)
	}
	f.want("the trail holds no text", f.strings(`SELECT count(*)::text FROM audit WHERE after::text LIKE '%gửi trong%'`), "0")

	// d2 sends before the message is handed over: it is not urged any more.
	f.send("d2")
	f.want("handed over", f.handOver(), "d3@dondoc.example urging UBND huyện Ba")
}

func TestAPromiseThatIsNotKept(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-06 09:00") // Friday
	call := task.UrgeInput{TaskIDs: f.all(), Kind: task.UrgePhone, WithWhom: "Văn phòng UBND huyện", PromisedOn: calendar.NewDate(2026, 2, 9)}
	now, _ := f.clock.Now(t.Context())
	call.UrgedAt = now.Add(-30 * time.Minute)
	receipt, err := f.store.Urge(t.Context(), f.supervisor, call)
	if err != nil {
		t.Fatal(err)
	}
	f.want("outcomes", tellOutcomes(receipt.Outcomes), "done v1", "done v1", "done v1")
	f.want("nobody is written to", f.toldAtOnce("urging"))
	board, err := f.store.Board(t.Context(), f.supervisor, task.BoardFilter{})
	if err != nil || len(board.Overdue) != 3 || board.Overdue[0].StepsTaken != 1 {
		t.Errorf("%+v, %v", board.Overdue, err)
	}
	kinds := func() (n int) {
		page, err := f.store.ListNotices(t.Context(), f.supervisor, 200, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			if item.Kind == notice.PromiseDue {
				n++
			}
		}
		return n
	}
	if n := kinds(); n != 0 {
		t.Errorf("%d reminders shown before their day", n)
	}
	f.clock.set(t, "2026-02-09 15:00")
	f.send("d1") // as promised
	f.clock.set(t, "2026-02-09 16:00")
	f.decide("d1", task.Return) // and sent back: the promise was kept all the same
	f.clock.set(t, "2026-02-10 08:00")
	f.run(f.round)
	f.clock.set(t, "2026-02-10 08:11")
	f.want("reminded of two", f.handOver(), "supervisor.so@dondoc.example promise_due UBND huyện Hai", "supervisor.so@dondoc.example promise_due UBND huyện Ba")
	if n := kinds(); n != 2 {
		t.Errorf("%d reminders shown", n)
	}
}

func TestALaterPromiseReplacesTheEarlier(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-06 09:00")
	for _, on := range []int{9, 11} {
		if _, err := f.store.Urge(t.Context(), f.supervisor, task.UrgeInput{TaskIDs: []int64{f.taskOf("d2")}, Kind: task.UrgeZalo,
			WithWhom: "Đầu mối", PromisedOn: calendar.NewDate(2026, 2, on)}); err != nil {
			t.Fatal(err)
		}
	}
	f.want("one reminder", f.strings(`SELECT to_char(deliver_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') FROM notifications
		WHERE kind = 'promise_due' AND dropped_at IS NULL`), "02-12 08:00")
}

func TestUrgingsThatAreNotTaken(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-06 09:00")
	now, _ := f.clock.Now(t.Context())
	note := func(change func(*task.UrgeInput)) task.UrgeInput {
		in := task.UrgeInput{TaskIDs: f.all(), Kind: task.UrgePhone, WithWhom: "Văn phòng"}
		change(&in)
		return in
	}
	for _, c := range []struct {
		code, field string
		in          task.UrgeInput
	}{
		{"tasks.many", "task_ids", note(func(in *task.UrgeInput) { in.TaskIDs = nil })},
		{"tasks.twice", "task_ids", note(func(in *task.UrgeInput) { in.TaskIDs = append(in.TaskIDs, in.TaskIDs[0]) })},
		{"urging.kind", "kind", note(func(in *task.UrgeInput) { in.Kind = "visit" })},
		{"urging.with_whom", "with_whom", note(func(in *task.UrgeInput) { in.WithWhom = " " })},
		{"urging.personal", "with_whom", note(func(in *task.UrgeInput) { in.WithWhom = "anh Ba 0912 345 678" })},
		{"urging.personal", "with_whom", note(func(in *task.UrgeInput) { in.WithWhom = "a@b.vn" })},
		{"urging.future", "noted_at", note(func(in *task.UrgeInput) { in.UrgedAt = now.Add(time.Hour) })},
		{"urging.long_ago", "noted_at", note(func(in *task.UrgeInput) { in.UrgedAt = now.AddDate(-2, 0, 0) })},
		{"urging.message", "message", task.UrgeInput{TaskIDs: f.all(), Kind: task.UrgeMessage}},
		{"urging.with_whom_message", "with_whom", task.UrgeInput{TaskIDs: f.all(), Kind: task.UrgeMessage, Message: "x", WithWhom: "Văn phòng"}},
		{"urging.message_past", "noted_at", task.UrgeInput{TaskIDs: f.all(), Kind: task.UrgeMessage, Message: "x", UrgedAt: now.Add(-time.Hour)}},
	} {
		_, err := f.store.Urge(t.Context(), f.supervisor, c.in)
		wantFault(t, c.code, err, fault.Invalid, c.code)
		if got := fault.Of(err); got != nil && got.Field != c.field {
			t.Errorf("%s blames %q", c.code, got.Field)
		}
	}
	for code, in := range map[string]task.UrgeInput{
		"urging.promise_past": note(func(in *task.UrgeInput) { in.PromisedOn = calendar.NewDate(2026, 2, 5) }),
		"urging.promise_far":  note(func(in *task.UrgeInput) { in.PromisedOn = calendar.NewDate(2028, 2, 5) }),
	} {
		_, err := f.store.Urge(t.Context(), f.supervisor, in)
		wantFault(t, code, err, fault.Invalid, code)
	}
	receipt, err := f.store.Urge(t.Context(), f.focal, note(func(*task.UrgeInput) {}))
	if err != nil {
		t.Fatal(err)
	}
	f.want("a focal point", tellOutcomes(receipt.Outcomes), "urging.not_yours", "not_found", "not_found")
	f.clock.set(t, "2026-03-06 00:01")
	f.run(f.round)
	if receipt, err = f.store.Urge(t.Context(), f.authority, note(func(*task.UrgeInput) {})); err != nil {
		t.Fatal(err)
	}
	f.want("closed", tellOutcomes(receipt.Outcomes), "urging.closed", "urging.closed", "urging.closed")
	f.want("nothing kept", f.strings(`SELECT count(*)::text FROM urgings`), "0")
}
