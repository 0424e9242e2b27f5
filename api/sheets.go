package api

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
	"dondoc/internal/workbook"
)

const (
	partInto     = "into"
	partReceived = "received_at"
	partChannel  = "channel"
	partEvidence = "evidence"
)

func (s *server) sheetRoutes() {
	handle(s, get("/tasks/{id}/form.xlsx", "get-form-sheet", "A report's form as an Excel workbook, prefilled; what is to be filled in is unlocked", may(policy.SeePlans), slow), s.formSheet)
	take := post("/tasks/{id}/form.xlsx", "take-form-sheet", "Take the filled workbook of a report's form into the draft, or send it in", may(policy.SeePlans), s.takesSheet)
	take.Description = "Only .xlsx, made from the form that get-form-sheet gives. All of it is taken or nothing; what is wrong is named at once, with the address of its cell as the field. " +
		"A formula counts as the value that the program left in the file."
	handle(s, take, s.takeFormSheet)
	handle(s, get("/rounds/{id}/forms.xlsx", "get-round-sheet", "A round's units in one table, to record what came outside of the system (ghi nhận thay)", may(policy.SeePlans), slow), s.roundSheet)
	record := post("/rounds/{id}/forms.xlsx", "take-round-sheet", "Record what a filled table of a round's units says: all rows, or none", may(policy.SeePlans), answers(http.StatusCreated), s.takesRoundSheet)
	record.Description = "Rows without anything typed in are passed over. What is wrong is named at once, with the address of its cell; a row of a task that the actor may not see is not found at its address. " +
		"received_at, channel and evidence count for rows that do not say so themselves."
	handle(s, record, s.takeRoundSheet)
}

// takesSheet makes a call take the workbook of one task.
func (s *server) takesSheet(r *route) {
	r.parts = []string{partInto}
	s.takesForm(r, map[string]*huma.Schema{
		partInto: {Type: huma.TypeString, Enum: []any{"draft", "submit"}, Description: "Default: draft."},
	})
}

// takesRoundSheet makes a call take the table of a round.
func (s *server) takesRoundSheet(r *route) {
	r.parts = []string{partReceived, partChannel, partEvidence}
	s.takesForm(r, map[string]*huma.Schema{
		partReceived: {Type: huma.TypeString, Format: "date-time", Description: "When the results were received."},
		partChannel:  {Type: huma.TypeString, Enum: []any{"paper", "document_system", "email", "fax", "phone", "other"}},
		partEvidence: {Type: huma.TypeString, Description: "Where the originals are kept."},
	})
}

// workbookFile writes a workbook before anything of it leaves.
func workbookFile(name string, write func(io.Writer) error) (*file, error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return nil, err
	}
	return &file{ContentType: workbook.MediaType, ContentDisposition: mime.FormatMediaType("attachment", map[string]string{"filename": name}), Body: b.Bytes()}, nil
}

func (s *server) formSheet(ctx context.Context, in *ID) (*file, error) {
	form, err := s.Service.FormSheet(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return workbookFile(form.FileName(), func(w io.Writer) error { return workbook.WriteForm(w, form, reader(ctx)) })
}

type takeSheetInput struct {
	Keyed
	Versioned
	ID
}

// TakenSheet is what became of a workbook.
type TakenSheet struct {
	Draft   *Draft   `json:"draft,omitempty" doc:"What is kept now, where it went into the draft."`
	Receipt *Receipt `json:"receipt,omitempty" doc:"Where it was sent in."`
}

func (s *server) takeFormSheet(ctx context.Context, in *takeSheetInput) (*Answer[TakenSheet], error) {
	sent, err := uploadedIn(ctx)
	if err != nil {
		return nil, err
	}
	version, err := in.of(ctx, 0, false)
	if err != nil {
		return nil, err
	}
	into := sent.fields[partInto]
	if into != "" && into != "draft" && into != "submit" {
		return nil, fault.New(fault.Invalid, "form.invalid", "into là draft hoặc submit.", "into is draft or submit.").At(partInto)
	}
	taken, err := s.Service.TakeFormSheet(ctx, who(ctx), workbook.Sent{TaskID: in.ID.ID, Content: sent.content, Submit: into == "submit", Version: version})
	if err := s.withTask(ctx, in.ID.ID, err); err != nil {
		return nil, err
	}
	var answer TakenSheet
	if taken.Draft != nil {
		draft := draftOf(*taken.Draft, reader(ctx))
		answer.Draft = &draft
	}
	if taken.Receipt != nil {
		receipt := receiptOf(*taken.Receipt)
		answer.Receipt = &receipt
	}
	return &Answer[TakenSheet]{answer}, nil
}

func (s *server) roundSheet(ctx context.Context, in *ID) (*file, error) {
	round, err := s.Service.RoundSheet(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return workbookFile(round.FileName(), func(w io.Writer) error { return workbook.WriteRound(w, round, reader(ctx)) })
}

type takeRoundInput struct {
	Keyed
	ID
}

func (s *server) takeRoundSheet(ctx context.Context, in *takeRoundInput) (*Answer[List[Receipt]], error) {
	sent, err := uploadedIn(ctx)
	if err != nil {
		return nil, err
	}
	otherwise := workbook.Received{Channel: task.Channel(sent.fields[partChannel]), Evidence: sent.fields[partEvidence]}
	if text := sent.fields[partReceived]; text != "" {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return nil, fault.New(fault.Invalid, "value.time", "%q không phải thời điểm; ghi dạng 2026-06-16T14:30:00+07:00.", "%q is no instant; write it as 2026-06-16T14:30:00+07:00.", text).At(partReceived)
		}
		otherwise.At = at.UTC()
	}
	receipts, err := s.Service.TakeRoundSheet(ctx, who(ctx), workbook.SentRound{RoundID: in.ID.ID, Content: sent.content, Otherwise: otherwise})
	if err != nil {
		return nil, err
	}
	return &Answer[List[Receipt]]{listOf(receipts, "", receiptOf)}, nil
}
