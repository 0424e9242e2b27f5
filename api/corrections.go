package api

import (
	"context"
	"net/http"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (s *server) correctionRoutes() {
	handle(s, post("/tasks/{id}/corrections", "correct-result", "Send a version that is to replace the one in force (báo cáo đính chính, thay thế), also after the round's closing", may(policy.SeePlans), answers(http.StatusCreated)), s.correct)
	handle(s, get("/corrections", "list-corrections", "Corrections that wait for a decision, the oldest first", may(policy.SeePlans)), s.listCorrections)
	handle(s, post("/corrections/{id}/decisions", "decide-correction", "Accept or refuse a correction, or take it back", may(policy.SeePlans), answers(http.StatusCreated)), s.decideCorrection)
	handle(s, post("/tasks/{id}/forwardings", "forward-result", "Pass on a result that goes through one's agency, or return it to its sender", may(policy.SeePlans), answers(http.StatusCreated)), s.forward)
	handle(s, get("/tasks/{id}/notes", "list-notes", "Supervisors' notes on a task, newest first; nobody else finds them", may(policy.SeePlans)), s.listNotes)
	handle(s, post("/tasks/{id}/notes", "note-task", "Write a note that the unit does not see", may(policy.SeePlans), answers(http.StatusCreated)), s.noteTask)
}

// Correction is a correcting version on its way; what it says is the submission of its number.
type Correction struct {
	ID          int64      `json:"id"`
	TaskID      int64      `json:"task_id"`
	Agency      string     `json:"agency"`
	DutyCode    string     `json:"duty_code"`
	DutyTitle   string     `json:"duty_title"`
	PeriodKey   string     `json:"period_key"`
	Number      int        `json:"number" doc:"Of the submission."`
	Replaces    int        `json:"replaces" doc:"Number of the version that was in force when it was sent."`
	Reason      string     `json:"reason"`
	CorrectedAt time.Time  `json:"corrected_at"`
	CorrectedBy string     `json:"corrected_by"`
	Outcome     string     `json:"outcome" enum:"waiting,accepted,refused,taken_back,superseded" doc:"While it waits, and when it is refused, the earlier version stays in force; superseded: the result was reopened meanwhile."`
	Answer      string     `json:"answer,omitempty"`
	DecidedAt   *time.Time `json:"decided_at,omitempty"`
	DecidedBy   string     `json:"decided_by,omitempty" doc:"Absent on what was accepted at once or by itself."`
}

func correctionOf(k task.Correction) Correction {
	return Correction{
		ID: k.ID, TaskID: k.TaskID, Agency: k.AgencyName, DutyCode: k.DutyCode, DutyTitle: k.DutyTitle, PeriodKey: k.PeriodKey,
		Number: k.Number, Replaces: k.Replaces, Reason: k.Reason, CorrectedAt: k.CorrectedAt.UTC(), CorrectedBy: k.CorrectedByName,
		Outcome: string(k.Outcome), Answer: k.Answer, DecidedAt: utc(k.DecidedAt), DecidedBy: k.DecidedByName,
	}
}

type correctInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Content
		Version int    `json:"version,omitempty" minimum:"1" doc:"Of the task as it was read; left out, the correction is taken however the task stands."`
		Reason  string `json:"reason" doc:"Why the result is corrected."`
		// Files may be those of the version that is corrected.
		Attachments []int64 `json:"attachments,omitempty" doc:"Numbers of files that lie beside the task or its earlier versions, in their order."`
	}
}

func (s *server) correct(ctx context.Context, in *correctInput) (*Answer[Correction], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, false)
	if err != nil {
		return nil, err
	}
	content, err := in.Body.content()
	if err != nil {
		return nil, err
	}
	content.Attachments = in.Body.Attachments
	correction, err := s.Service.Correct(ctx, who(ctx), task.CorrectInput{TaskID: in.ID.ID, Version: version, Content: content, Reason: in.Body.Reason})
	if err := s.withTask(ctx, in.ID.ID, err); err != nil {
		return nil, err
	}
	return &Answer[Correction]{correctionOf(correction)}, nil
}

func (s *server) listCorrections(ctx context.Context, in *Paged) (*Answer[List[Correction]], error) {
	page, err := s.Service.ListCorrections(ctx, who(ctx), in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &Answer[List[Correction]]{listOf(page.Corrections, page.Next, correctionOf)}, nil
}

type decideCorrectionInput struct {
	Keyed
	ID
	Body struct {
		Decision string `json:"decision" enum:"accept,refuse,take_back" doc:"accept and refuse are the reviewer's; take_back is the agency's."`
		Answer   string `json:"answer,omitempty" doc:"Needed to refuse."`
	}
}

func (s *server) decideCorrection(ctx context.Context, in *decideCorrectionInput) (*Answer[Correction], error) {
	correction, err := s.Service.DecideCorrection(ctx, who(ctx), task.CorrectionAct{
		CorrectionID: in.ID.ID, Decision: task.CorrectionDecision(in.Body.Decision), Answer: in.Body.Answer,
	})
	if err != nil {
		return nil, err
	}
	return &Answer[Correction]{correctionOf(correction)}, nil
}

// Forwarding tells when a result was passed on.
type Forwarding struct {
	At     time.Time `json:"at"`
	Agency string    `json:"agency" doc:"On whose behalf."`
	By     string    `json:"by"`
	Remark string    `json:"remark,omitempty"`
}

type forwardInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Version    int    `json:"version,omitempty" minimum:"1" doc:"Of the task as it was read; needed here or as If-Match."`
		Decision   string `json:"decision" enum:"forward,send_back" doc:"forward: the reviewer's time begins. send_back: to its sender, with the reason."`
		Remark     string `json:"remark,omitempty" doc:"To the reviewer; needed to return the result."`
		ResubmitOn string `json:"resubmit_on,omitempty" format:"date" doc:"With send_back, the day by whose end the mended result is due. Default: three working days."`
	}
}

func (s *server) forward(ctx context.Context, in *forwardInput) (*Answer[Receipt], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, true)
	if err != nil {
		return nil, err
	}
	var on calendar.Date
	if in.Body.ResubmitOn != "" {
		if on, err = parseDay("resubmit_on", in.Body.ResubmitOn); err != nil {
			return nil, err
		}
	}
	receipt, err := s.Service.Forward(ctx, who(ctx), task.ForwardInput{
		TaskID: in.ID.ID, Version: version, Decision: task.ForwardDecision(in.Body.Decision), Remark: in.Body.Remark, ResubmitOn: on,
	})
	return s.receipt(ctx, in.ID.ID, receipt, err)
}

// Note is a supervisor's note on a task.
type Note struct {
	ID      int64     `json:"id"`
	Agency  string    `json:"agency" doc:"Of whoever wrote it."`
	Text    string    `json:"text"`
	NotedAt time.Time `json:"noted_at"`
	NotedBy string    `json:"noted_by"`
}

func noteOf(n task.Note) Note {
	return Note{n.ID, n.AgencyName, n.Text, n.NotedAt.UTC(), n.NotedByName}
}

func (s *server) listNotes(ctx context.Context, in *ID) (*Answer[List[Note]], error) {
	notes, err := s.Service.TaskNotes(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[List[Note]]{listOf(notes, "", noteOf)}, nil
}

type noteInput struct {
	Keyed
	ID
	Body struct {
		Text string `json:"text" doc:"No personal data, no state secrets."`
	}
}

func (s *server) noteTask(ctx context.Context, in *noteInput) (*Answer[Note], error) {
	note, err := s.Service.NoteTask(ctx, who(ctx), task.NoteInput{TaskID: in.ID.ID, Text: in.Body.Text})
	if err != nil {
		return nil, err
	}
	return &Answer[Note]{noteOf(note)}, nil
}
