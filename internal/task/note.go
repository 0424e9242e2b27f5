package task

import "time"

// NoteInput is what a supervisor writes down about a task.
type NoteInput struct {
	TaskID int64
	Text   string
}

// Clean brings a note into the form that is stored.
func (in NoteInput) Clean() (NoteInput, error) {
	text, err := mandatory("note.text", "text", in.Text, "Ghi nội dung ghi chú.", "Write the note.")
	in.Text = text
	return in, err
}

// Note is a supervisor's note on a task ("ghi chú"). The unit does not see it.
type Note struct {
	ID          int64
	AgencyName  string // of whoever wrote it
	Text        string
	NotedAt     time.Time
	NotedByName string
}
