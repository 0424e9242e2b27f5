package postgres_test

import (
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

func TestWaiverAndBack(t *testing.T) {
	a := newAsks(t, nil)
	ctx := t.Context()
	q := a.ask(a.focal, request.AskInput{TaskID: a.taskOf("d1"), Kind: request.Waiver, Text: "Không có xã nào thuộc diện"})
	if got := q.DueAt.In(hanoi).Format("2006-01-02 15:04"); got != "2026-01-24 00:00" {
		t.Errorf("to be decided by %s, want the end of the third working day", got)
	}
	granted := a.decide(a.authority, request.Act{ID: q.ID, Grant: true})
	if granted.State != request.Granted || !granted.MayTakeBack {
		t.Errorf("granted %+v", granted)
	}
	a.want("the unit is told at once", a.told("waived"), "focal_point.d1@dondoc.example now", "mailbox d1 now")
	_, err := a.store.Submit(ctx, a.focal, task.SubmitInput{TaskID: q.TaskID, Kind: task.NilReturn})
	a.refused("a result that is not owed", err, fault.Conflict, "task.move")

	// The authority waives the others on its own; with nothing owed the round closes.
	for _, code := range []string{"d2", "d3"} {
		own := a.ask(a.authority, request.AskInput{TaskID: a.taskOf(code), Kind: request.Waiver, Text: "Không thuộc diện"})
		if own.State != request.Granted {
			t.Errorf("own decision %+v", own)
		}
	}
	if turn := a.run(a.round); !turn.Ended {
		t.Fatalf("nothing is owed, and the round is open: %+v", turn)
	}
	a.clock.set(t, "2026-02-03 10:00")
	_, err = a.store.TakeBackWaiver(ctx, a.focal, request.Act{ID: q.ID, Text: "x"})
	a.refused("the unit takes it back", err, fault.Forbidden, "request.not_yours")
	back, err := a.store.TakeBackWaiver(ctx, a.authority, request.Act{ID: q.ID, Text: "Có phát sinh"})
	if err != nil || back.Requests[0].State != request.TakenBack {
		t.Fatalf("taken back: %+v, %v", back, err)
	}
	a.want("owed again, with the steps from now on", a.strings(`SELECT t.state || ' ' || s.code || ' ' || s.state FROM tasks t JOIN steps s ON s.task_id = t.id
		AND s.due_version = t.due_version WHERE t.id = $1 ORDER BY s.at`, q.TaskID),
		"open before_1 pending", "open due_today pending", "open overdue_1 pending", "open overdue_3 pending", "open overdue_7 pending")
	a.clock.set(t, "2026-02-04 08:00")
	if turn := a.run(a.round); turn.State != "open" || turn.Sent == 0 {
		t.Errorf("the round did not open again: %+v", turn)
	}
	a.want("told", a.told("owed_again"), "focal_point.d1@dondoc.example now", "mailbox d1 now")
	if _, err := a.store.Submit(ctx, a.focal, task.SubmitInput{TaskID: q.TaskID, Kind: task.NilReturn}); err != nil {
		t.Error(err)
	}

	// After the due time a new day is needed, and stands in the derivation.
	a.clock.set(t, "2026-02-09 09:00")
	page, err := a.store.ListRequests(ctx, a.authority, request.Filter{TaskID: a.taskOf("d2")})
	if err != nil {
		t.Fatal(err)
	}
	late := request.Act{ID: page.Requests[0].ID, Text: "Có phát sinh"}
	_, err = a.store.TakeBackWaiver(ctx, a.authority, late)
	a.refused("without a day", err, fault.Invalid, "request.needs_day")
	late.On = calendar.NewDate(2026, 2, 12)
	if _, err := a.store.TakeBackWaiver(ctx, a.authority, late); err != nil {
		t.Fatal(err)
	}
	a.want("new day", a.strings(dates, a.taskOf("d2")), "2026-02-13 00:00 original 2026-02-06 00:00 version 2")
}
