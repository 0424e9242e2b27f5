package api

import (
	"context"

	"dondoc/internal/policy"
	"dondoc/internal/preview"
)

func (s *server) previewRoutes() {
	handle(s, withForm[PreviewForm](s, post("/plans/preview", "preview-plan-file", "The whole future of a plan file, without keeping anything", may(policy.LoadPlan), upload)), s.previewPlanFile)
	handle(s, get("/plans/{id}/preview", "preview-plan", "The whole future of a plan's current version", may(policy.SeePlans)), s.previewPlan)
}

// PreviewFile is a plan file with what of its future is asked for.
type PreviewFile struct {
	PlanFile
	From      string `json:"from,omitempty" format:"date" doc:"Default: the plan's first day."`
	To        string `json:"to,omitempty" format:"date" doc:"At most ten years after from. Default: the plan's last day, or its last due day where that is later."`
	Agency    string `json:"agency,omitempty" maxLength:"200" doc:"Code of the agency whose own timetable is asked for."`
	Threshold int    `json:"threshold,omitempty" minimum:"1" maximum:"1000" doc:"The number of tasks due on one day that is too much. Default: 5."`
}

// PreviewForm is the same sent as a form.
type PreviewForm struct {
	PlanForm
	From      string `json:"from,omitempty" format:"date"`
	To        string `json:"to,omitempty" format:"date"`
	Agency    string `json:"agency,omitempty"`
	Threshold int    `json:"threshold,omitempty" minimum:"1"`
}

// PreviewedFile is the future of a plan file with what deserves a look in the file.
type PreviewedFile struct {
	PlanPreview
	Warnings []ProblemEntry `json:"warnings"`
}

type previewFileInput struct {
	Keyed
	Body PreviewFile
}

func (s *server) previewPlanFile(ctx context.Context, in *previewFileInput) (*Answer[PreviewedFile], error) {
	wanted, err := previewWanted(in.Body.From, in.Body.To, in.Body.Agency, in.Body.Threshold)
	if err != nil {
		return nil, err
	}
	p, problems := in.Body.read()
	if problems.HasErrors() {
		return nil, planFaults(problems)
	}
	future, err := s.Service.PreviewPlanFile(ctx, who(ctx), p, wanted)
	if err != nil {
		return nil, err
	}
	return &Answer[PreviewedFile]{PreviewedFile{PreviewOf(future, reader(ctx)), planEntries(problems, reader(ctx))}}, nil
}

type previewInput struct {
	ID
	From      string `query:"from" format:"date" doc:"Default: the plan's first day."`
	To        string `query:"to" format:"date" doc:"At most ten years after from. Default: the plan's last day, or its last due day where that is later."`
	Agency    string `query:"agency" maxLength:"200" doc:"Code of the agency whose own timetable is asked for."`
	Threshold int    `query:"threshold" minimum:"1" maximum:"1000" doc:"The number of tasks due on one day that is too much. Default: 5."`
	Format    string `query:"format" enum:"json" default:"json"`
}

func (s *server) previewPlan(ctx context.Context, in *previewInput) (*Answer[PlanPreview], error) {
	wanted, err := previewWanted(in.From, in.To, in.Agency, in.Threshold)
	if err != nil {
		return nil, err
	}
	future, err := s.Service.PreviewPlan(ctx, who(ctx), in.ID.ID, wanted)
	if err != nil {
		return nil, err
	}
	return &Answer[PlanPreview]{PreviewOf(future, reader(ctx))}, nil
}

func previewWanted(from, to, agency string, threshold int) (w preview.Wanted, err error) {
	w = preview.Wanted{Agency: agency, Threshold: threshold}
	if from != "" {
		if w.From, err = parseDay("from", from); err != nil {
			return w, err
		}
	}
	if to != "" {
		w.To, err = parseDay("to", to)
	}
	return w, err
}
