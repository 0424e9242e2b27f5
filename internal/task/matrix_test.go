package task_test

import (
	"testing"

	"dondoc/internal/task"
)

// A cell of several tasks shows the one that needs attention most.
func TestACellShowsWhatNeedsAttention(t *testing.T) {
	var cell task.MatrixCell
	for i, s := range []task.Status{task.DoneOnTime, task.NotDoneInTime, task.NotDoneOverdue, task.Waiting, task.NotDoneOverdue, task.NotOpen} {
		cell.Add(task.MatrixCell{TaskID: int64(i + 1), Status: s, DaysLate: i})
	}
	if want := (task.MatrixCell{TaskID: 5, Tasks: 6, Status: task.NotDoneOverdue, DaysLate: 4}); cell != want {
		t.Errorf("shows %+v, want %+v", cell, want)
	}
}
