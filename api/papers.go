package api

import (
	"context"
	"fmt"
	"time"

	"dondoc/internal/document"
	"dondoc/internal/paper"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (s *server) paperRoutes() {
	for _, f := range document.Formats {
		handle(s, get("/tasks/{id}/report."+f.Name, "get-report-"+f.Name, "The report of a task as an administrative document (báo cáo), a draft as long as it is not sent; the view is logged", may(policy.SeePlans), slow), s.reportPaper(f))
		handle(s, get("/plans/{id}/annexes/summary."+f.Name, "get-summary-annex-"+f.Name, "The official figures by agency (phụ lục tổng hợp); the export is logged", may(policy.SeePlans), slow), s.summaryAnnex(f))
		handle(s, get("/plans/{id}/annexes/overdue."+f.Name, "get-overdue-annex-"+f.Name, "What is overdue and why (phụ lục nhiệm vụ quá hạn); the export is logged", may(policy.SeePlans), slow), s.overdueAnnex(f))
		handle(s, get("/plans/{id}/annexes/focal-points."+f.Name, "get-focal-points-"+f.Name, "The focal points of the agencies that the reader follows (danh sách đầu mối); the export is logged", may(policy.SeesContacts), slow), s.contactList(f))
	}
	handle(s, post("/urging-letters", "draft-urging-letter", "Draft a letter that urges for tasks, with a list of them (công văn đôn đốc); it urges nobody by itself", may(policy.Supervises), slow), s.urgingLetter)
	handle(s, get("/agencies/{id}/letterhead", "get-letterhead", "How an agency's documents begin and end"), s.letterhead)
	handle(s, put("/agencies/{id}/letterhead", "set-letterhead", "Change how an agency's documents begin and end", may(policy.SetsLetterheads)), s.setLetterhead)
}

func paperFile(f document.Format, name string, d paper.Document) (*file, error) {
	content, err := f.Bytes(d)
	if err != nil {
		return nil, err
	}
	return &file{ContentType: f.ContentType, ContentDisposition: fmt.Sprintf(`attachment; filename="%s.%s"`, name, f.Name), Body: content}, nil
}

func (s *server) reportPaper(f document.Format) func(context.Context, *ID) (*file, error) {
	return func(ctx context.Context, in *ID) (*file, error) {
		report, err := s.Service.ReportPaper(ctx, who(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return paperFile(f, fmt.Sprintf("report-%d", in.ID), report.Paper())
	}
}

type summaryAnnexInput struct {
	ID
	Under   int64     `query:"under" minimum:"1" doc:"Owed by this agency or one below it."`
	Level   string    `query:"level" maxLength:"60" doc:"Of the owing agency."`
	Period  string    `query:"period" maxLength:"60" doc:"A period's key, such as 2026-Q2."`
	From    string    `query:"from" format:"date" doc:"First due day, in the plan's time zone."`
	To      string    `query:"to" format:"date" doc:"Last due day."`
	At      time.Time `query:"at" doc:"Reporting moment; default now, never later."`
	Against string    `query:"against" enum:"present,original" default:"present" doc:"Due times as they are now, or as they first were."`
}

func (s *server) summaryAnnex(f document.Format) func(context.Context, *summaryAnnexInput) (*file, error) {
	return func(ctx context.Context, in *summaryAnnexInput) (*file, error) {
		from, to, err := days("from", in.From, "to", in.To)
		if err != nil {
			return nil, err
		}
		annex, err := s.Service.SummaryAnnex(ctx, who(ctx), task.RateFilter{
			PlanID: in.ID.ID, UnderAgency: in.Under, Level: in.Level, Period: in.Period, DueFrom: from, DueTo: to, At: in.At.UTC(),
		}, task.Against(in.Against))
		if err != nil {
			return nil, err
		}
		return paperFile(f, fmt.Sprintf("summary-%d", in.ID.ID), annex.Paper())
	}
}

type overdueAnnexInput struct {
	ID
	Under int64 `query:"under" minimum:"1" doc:"Owed by this agency or one below it."`
}

func (s *server) overdueAnnex(f document.Format) func(context.Context, *overdueAnnexInput) (*file, error) {
	return func(ctx context.Context, in *overdueAnnexInput) (*file, error) {
		annex, err := s.Service.OverdueAnnex(ctx, who(ctx), in.ID.ID, in.Under)
		if err != nil {
			return nil, err
		}
		return paperFile(f, fmt.Sprintf("overdue-%d", in.ID.ID), annex.Paper())
	}
}

func (s *server) contactList(f document.Format) func(context.Context, *ID) (*file, error) {
	return func(ctx context.Context, in *ID) (*file, error) {
		list, err := s.Service.ContactList(ctx, who(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return paperFile(f, fmt.Sprintf("focal-points-%d", in.ID), list.Paper())
	}
}

type urgingLetterInput struct {
	Keyed
	Body struct {
		TaskIDs []int64 `json:"task_ids" minItems:"1" maxItems:"500" doc:"What is not owed any more is left out."`
		Text    string  `json:"text,omitempty" maxLength:"4000" doc:"Put in before the closing sentence."`
		Format  string  `json:"format" enum:"docx,pdf"`
	}
}

func (s *server) urgingLetter(ctx context.Context, in *urgingLetterInput) (*file, error) {
	letter, err := s.Service.UrgingLetter(ctx, who(ctx), document.LetterInput{TaskIDs: in.Body.TaskIDs, Text: in.Body.Text})
	if err != nil {
		return nil, err
	}
	f, ok := document.FormatNamed(in.Body.Format)
	if !ok {
		return nil, fmt.Errorf("the document lets the format %q through", in.Body.Format)
	}
	return paperFile(f, "urging-letter", letter.Paper())
}
