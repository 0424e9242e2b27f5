package workbook

import (
	"strings"
	"unicode"

	"dondoc/internal/task"
)

// Sent is the filled sheet of one task's form.
type Sent struct {
	TaskID  int64
	Content []byte
	// Submit sends the result in; else it is kept as the draft.
	Submit bool
	// Version is the task's as it was read; 0: as it was when the sheet was made.
	Version int
}

// Taken is what became of a sheet: one of Draft and Receipt is set.
type Taken struct {
	Content task.Content
	Draft   *task.Draft
	Receipt *task.Receipt
}

// SentRound is the filled table of a round's units. What a row says of how the
// result came goes before Otherwise.
type SentRound struct {
	RoundID   int64
	Content   []byte
	Otherwise Received
}

// FileName is what the form's workbook is called when it is saved.
func (f Form) FileName() string { return fileName("bieu-mau", f.DutyCode, f.PeriodKey, f.AgencyCode) }

// FileName is what the table of the round's units is called when it is saved.
func (r Round) FileName() string { return fileName("tong-hop", r.DutyCode, r.PeriodKey) }

// fileName joins what names a file; what file systems do not take becomes a hyphen.
func fileName(parts ...string) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || unicode.IsControl(r) || unicode.IsSpace(r) {
			return '-'
		}
		return r
	}, strings.Join(parts, "_"))
	return name + ".xlsx"
}
