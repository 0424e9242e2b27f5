package api

import (
	"context"
	"net/http"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (s *server) taskRoutes() {
	handle(s, get("/tasks", "list-tasks", "Tasks that the reader may see", may(policy.SeePlans)), s.listTasks)
	handle(s, get("/tasks/{id}", "get-task", "One task with its submissions, steps and history", may(policy.SeePlans)), s.getTask)
	handle(s, get("/tasks/{id}/submissions", "list-submissions", "Every version of the task's result, newest first", may(policy.SeePlans)), s.listSubmissions)
	handle(s, post("/tasks/{id}/submissions", "submit", "Send in a result", may(policy.SeePlans), answers(http.StatusCreated)), s.submit)
	handle(s, post("/tasks/{id}/reviews", "review", "Accept or return the submission that waits", may(policy.SeePlans), answers(http.StatusCreated)), s.review)
	handle(s, get("/board", "board", "The official figures over what the reader follows, and what is overdue", may(policy.SeeBoard)), s.board)
}

type listTasksInput struct {
	Paged
	TaskQuery
}

// TaskQuery are the parameters that narrow a list of tasks.
type TaskQuery struct {
	FigureQuery
	State     []string  `query:"state" enum:"scheduled,open,prepared,submitted,returned,accepted,waived,cancelled" doc:"One or several, separated by commas."`
	Agency    int64     `query:"agency" minimum:"1" doc:"Owed by exactly this agency."`
	Before    bool      `query:"predecessors" doc:"With agency: also what agencies owed that ended and that it followed."`
	Under     int64     `query:"under" minimum:"1" doc:"Owed by this agency or one below it."`
	Plan      int64     `query:"plan" minimum:"1"`
	Duty      int64     `query:"duty" minimum:"1"`
	Round     int64     `query:"round" minimum:"1"`
	DueFrom   time.Time `query:"due_from" doc:"Effective due time at or after this instant."`
	DueTo     time.Time `query:"due_to" doc:"Effective due time before this instant."`
	Overdue   bool      `query:"overdue"`
	Mine      bool      `query:"mine" doc:"Owed by agencies where the reader is focal point or head."`
	ToReview  bool      `query:"to_review" doc:"Waiting for a decision of the reader's agencies; what was not passed on yet does not."`
	ToForward bool      `query:"to_forward" doc:"Waiting to be passed on by the reader's agencies; not together with a figure of the rates."`
}

func (q TaskQuery) filter() (f task.Filter, err error) {
	f = task.Filter{
		AgencyID: q.Agency, Predecessors: q.Before, UnderAgency: q.Under, PlanID: q.Plan, DutyID: q.Duty, RoundID: q.Round, Mine: q.Mine,
		ToReview: q.ToReview, ToForward: q.ToForward, Overdue: q.Overdue, DueFrom: q.DueFrom.UTC(), DueTo: q.DueTo.UTC(),
	}
	for _, state := range q.State {
		f.State = append(f.State, task.State(state))
	}
	f.Figure, err = q.FigureQuery.filter()
	return f, err
}

func (s *server) listTasks(ctx context.Context, in *listTasksInput) (*Answer[List[Task]], error) {
	filter, err := in.filter()
	if err != nil {
		return nil, err
	}
	filter.Limit, filter.Cursor = in.Limit, in.Cursor
	page, err := s.Service.ListTasks(ctx, who(ctx), filter)
	if err != nil {
		return nil, err
	}
	return &Answer[List[Task]]{listOf(page.Tasks, page.Next, func(t task.Task) Task { return taskOf(t, reader(ctx)) })}, nil
}

func (s *server) getTask(ctx context.Context, in *ID) (*versioned[TaskDetail], error) {
	detail, err := s.Service.TaskDetail(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &versioned[TaskDetail]{ETag: etag(detail.Task.Version), Body: detailOf(detail, reader(ctx))}, nil
}

func (s *server) listSubmissions(ctx context.Context, in *ID) (*Answer[List[Submission]], error) {
	detail, err := s.Service.TaskDetail(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[List[Submission]]{listOf(detail.Submissions, "", submissionOf)}, nil
}

type submitInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Version        int               `json:"version,omitempty" minimum:"1" doc:"Of the task as it was read; left out, the result is taken however the task stands."`
		Kind           string            `json:"kind" enum:"report,nil" doc:"nil: nothing to report (không phát sinh)."`
		Narrative      string            `json:"narrative,omitempty"`
		Figures        []Figure          `json:"figures,omitempty"`
		Explanations   map[string]string `json:"explanations,omitempty" maxProperties:"500" doc:"By indicator: why a figure is far from that of the period before, or more than its parts. A result that leaves such a question open is refused with figures.unexplained; of others nothing is kept."`
		DocumentNumber string            `json:"document_number,omitempty"`
		DocumentOn     string            `json:"document_on,omitempty" format:"date"`
		SignatoryTitle string            `json:"signatory_title,omitempty"`
		Attachments    []int64           `json:"attachments,omitempty" doc:"Numbers of files that lie beside the task, in their order; at most 10."`
	}
}

func (s *server) submit(ctx context.Context, in *submitInput) (*Answer[Receipt], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, false)
	if err != nil {
		return nil, err
	}
	submission := task.SubmitInput{
		TaskID: in.ID.ID, Version: version, Kind: task.Kind(in.Body.Kind), Narrative: in.Body.Narrative,
		DocumentNumber: in.Body.DocumentNumber, SignatoryTitle: in.Body.SignatoryTitle,
		Attachments: in.Body.Attachments, Explanations: explanationsIn(in.Body.Explanations),
	}
	for _, f := range in.Body.Figures {
		submission.Figures = append(submission.Figures, task.Figure(f))
	}
	if in.Body.DocumentOn != "" {
		if submission.DocumentOn, err = parseDay("document_on", in.Body.DocumentOn); err != nil {
			return nil, err
		}
	}
	receipt, err := s.Service.Submit(ctx, who(ctx), submission)
	return s.receipt(ctx, in.ID.ID, receipt, err)
}

type reviewInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Version    int    `json:"version,omitempty" minimum:"1" doc:"Of the task as it was read; needed here or as If-Match."`
		Decision   string `json:"decision" enum:"accept,return,invalid" doc:"return keeps the time of the first submission, invalid does not."`
		Reason     string `json:"reason,omitempty" doc:"Needed unless accepted."`
		ResubmitOn string `json:"resubmit_on,omitempty" format:"date" doc:"The day by whose end the mended result is due. Default: three working days."`
	}
}

func (s *server) review(ctx context.Context, in *reviewInput) (*Answer[Receipt], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, true)
	if err != nil {
		return nil, err
	}
	decision := task.ReviewInput{TaskID: in.ID.ID, Version: version, Decision: task.Decision(in.Body.Decision), Reason: in.Body.Reason}
	if in.Body.ResubmitOn != "" {
		if decision.ResubmitOn, err = parseDay("resubmit_on", in.Body.ResubmitOn); err != nil {
			return nil, err
		}
	}
	receipt, err := s.Service.Review(ctx, who(ctx), decision)
	return s.receipt(ctx, in.ID.ID, receipt, err)
}

func (s *server) receipt(ctx context.Context, id int64, r task.Receipt, err error) (*Answer[Receipt], error) {
	if err := s.withTask(ctx, id, err); err != nil {
		return nil, err
	}
	return &Answer[Receipt]{receiptOf(r)}, nil
}

// parseDay reads a day of the request.
func parseDay(name, value string) (calendar.Date, error) {
	day, err := calendar.ParseDate(value)
	if err != nil {
		return day, fault.New(fault.Invalid, "value.date",
			"%q không phải ngày; ghi dạng 2026-11-23.", "%q is no day; write it as 2026-11-23.", value).At(name)
	}
	if f := farAway(name, value, day.Year); f != nil {
		return day, f
	}
	return day, nil
}

type boardInput struct {
	Paged
	Plan  int64 `query:"plan" minimum:"1"`
	Duty  int64 `query:"duty" minimum:"1"`
	Under int64 `query:"under" minimum:"1" doc:"Only this agency and those below it."`
	ByLevelAndWay
}

// ByLevelAndWay narrows to who owes and to how it comes.
type ByLevelAndWay struct {
	Level string `query:"level" maxLength:"60" doc:"Only agencies of this level."`
	Way   string `query:"way" enum:"direct,between" doc:"direct: addressed to your agencies and passed on by nobody; between: received or passed on by an agency in between."`
}

func (s *server) board(ctx context.Context, in *boardInput) (*Answer[Board], error) {
	board, err := s.Service.Board(ctx, who(ctx), task.BoardFilter{
		PlanID: in.Plan, DutyID: in.Duty, UnderAgency: in.Under, Level: in.Level, Way: task.Way(in.Way), Limit: in.Limit, Cursor: in.Cursor,
	})
	if err != nil {
		return nil, err
	}
	return &Answer[Board]{boardOf(board, reader(ctx))}, nil
}
