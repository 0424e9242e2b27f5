package postgres_test

import (
	"testing"

	"dondoc/internal/fault"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

func TestNotesAreTheSupervisorsOwn(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	id := f.taskOf("d1")
	ctx := keyed(t, "khoa-ghi-chu", 1)
	first, err := f.store.NoteTask(ctx, f.supervisor, task.NoteInput{TaskID: id, Text: "  Hay gửi thiếu biểu 02.\r\nKiểm tra kỹ. "})
	if err != nil || first.Text != "Hay gửi thiếu biểu 02.\nKiểm tra kỹ." || first.AgencyName != "Sở" || first.NotedByName != watcherSo {
		t.Fatalf("%+v, %v", first, err)
	}
	if again, err := f.store.NoteTask(ctx, f.supervisor, task.NoteInput{TaskID: id, Text: "  Hay gửi thiếu biểu 02.\r\nKiểm tra kỹ. "}); err != nil || again.ID != first.ID {
		t.Errorf("a repeat: %+v, %v", again, err)
	}
	if _, err := f.store.NoteTask(t.Context(), f.authority, task.NoteInput{TaskID: id, Text: "Đã nhắc tại giao ban."}); err != nil {
		t.Fatal(err)
	}
	notes, err := f.store.TaskNotes(t.Context(), f.supervisor, id)
	if err != nil || len(notes) != 2 || notes[0].Text != "Đã nhắc tại giao ban." || notes[0].AgencyName != "UBND tỉnh" || notes[1].ID != first.ID {
		t.Errorf("%+v, %v", notes, err)
	}
	for name, email := range map[string]string{"the unit": focalD1, "its head": "head.d1@dondoc.example", "a stranger": "focal_point.d2@dondoc.example", "the reviewing agency's head": "head.so@dondoc.example"} {
		_, err := f.store.TaskNotes(t.Context(), f.actor(email), id)
		wantFault(t, name+" reads", err, fault.NotFound, "not_found")
		_, err = f.store.NoteTask(t.Context(), f.actor(email), task.NoteInput{TaskID: id, Text: "x"})
		wantFault(t, name+" writes", err, fault.NotFound, "not_found")
	}
	_, err = f.store.NoteTask(t.Context(), f.supervisor, task.NoteInput{TaskID: id, Text: " "})
	wantFault(t, "nothing", err, fault.Invalid, "note.text")
	_, err = f.store.NoteTask(t.Context(), f.supervisor, task.NoteInput{TaskID: id, Text: "đổi\u202echiều"})
	wantFault(t, "a character that deceives", err, fault.Invalid, "text.control")
	f.want("the history says nothing of notes", f.actions(f.detail(f.focal, "d1")), "task.opened")
	f.want("the trail does, without words", f.strings(`SELECT action FROM audit WHERE entity = 'task_note' AND after::text NOT LIKE '%biểu%' ORDER BY id`), "task.noted", "task.noted")
}

// What became of an explanation stands in the history and beside the overdue task.
func TestAnExplanationsOutcomeIsShown(t *testing.T) {
	a := newAsks(t, nil)
	a.clock.set(t, "2026-02-09 09:00")
	shown := func() string {
		t.Helper()
		for _, o := range a.board(watcherSo, task.BoardFilter{}).Overdue {
			if o.Task.AgencyCode == "d1" {
				return o.Explanation
			}
		}
		t.Fatal("d1 is not overdue")
		return ""
	}
	a.want("none was asked for", []string{shown()}, "")
	for _, grant := range []bool{false, true} {
		q := a.ask(a.supervisor, request.AskInput{TaskID: a.taskOf("d1"), Kind: request.Explanation, Text: "Vì sao chưa gửi?"})
		a.want("asked", []string{shown()}, "asked")
		if _, err := a.store.AnswerRequest(t.Context(), a.focal, request.Act{ID: q.ID, Text: "Cán bộ nghỉ ốm."}); err != nil {
			t.Fatal(err)
		}
		a.want("answered", []string{shown()}, "answered")
		a.decide(a.supervisor, request.Act{ID: q.ID, Grant: grant, Text: "Đã xem."})
		a.want("judged", []string{shown()}, map[bool]string{false: "refused", true: "accepted"}[grant])
	}
	a.want("history", a.strings(`SELECT action FROM audit WHERE entity = 'task' AND entity_id = $1 AND action LIKE 'task.explanation%' ORDER BY id`, a.taskOf("d1")),
		"task.explanation_asked", "task.explanation_answered", "task.explanation_refused",
		"task.explanation_asked", "task.explanation_answered", "task.explanation_accepted")
}
