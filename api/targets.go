package api

import (
	"context"

	"dondoc/internal/policy"
	"dondoc/internal/target"
)

func (s *server) targetRoutes() {
	handle(s, get("/plans/{id}/targets", "plan-targets", "Where the plan's targets stand, and whether they will be met (mục tiêu, chỉ tiêu)", may(policy.SeePlans)), s.planTargets)
	handle(s, get("/plans/{id}/targets/{code}", "plan-target", "One target with the units below an agency that it is made of", may(policy.SeePlans)), s.planTarget)
	handle(s, put("/plans/{id}/targets/{code}/splits", "split-target", "Split a measure among agencies and years; the parts add up to it", may(policy.LoadPlan)), s.splitTarget)
	handle(s, put("/plans/{id}/targets/{code}/baseline", "set-baseline", "Enter the level that a reduction starts from", may(policy.LoadPlan)), s.setBaseline)
}

// Confirmable is part of calls with texts that are no POST.
type Confirmable struct {
	Confirmed bool `header:"Confirmed-Warnings" doc:"true: the person has confirmed that what looks personal in the request (privacy.unconfirmed) is official, such as a hotline's number."`
}

// TargetPath is a target in the path.
type TargetPath struct {
	ID
	Code string `path:"code" maxLength:"64" doc:"The target's code."`
}

func (s *server) planTargets(ctx context.Context, in *ID) (*Answer[PlanTargets], error) {
	return targetsAnswer(ctx)(s.Service.PlanTargets(ctx, who(ctx), in.ID))
}

func targetsAnswer(ctx context.Context) func(target.View, error) (*Answer[PlanTargets], error) {
	return func(v target.View, err error) (*Answer[PlanTargets], error) {
		if err != nil {
			return nil, err
		}
		return &Answer[PlanTargets]{planTargetsOf(v, reader(ctx))}, nil
	}
}

type planTargetInput struct {
	TargetPath
	Under int64 `query:"under" minimum:"1" doc:"The parts of the units below this agency. Default: the uppermost ones that you see."`
}

func (s *server) planTarget(ctx context.Context, in *planTargetInput) (*Answer[PlanTargets], error) {
	return targetsAnswer(ctx)(s.Service.PlanTarget(ctx, who(ctx), in.ID.ID, in.Code, in.Under))
}

type splitTargetInput struct {
	Confirmable
	TargetPath
	Body struct {
		Measure int                `json:"measure" minimum:"1" maximum:"50" doc:"Its place in the target, from 1."`
		Basis   string             `json:"basis" minLength:"1" maxLength:"1000" doc:"The document or decision by which it is split."`
		Parts   []TargetPartWanted `json:"parts" maxItems:"5000" doc:"All of them: they take the place of what was there. None: nothing is split."`
	}
}

func (s *server) splitTarget(ctx context.Context, in *splitTargetInput) (*Answer[PlanTargets], error) {
	wanted := target.SplitInput{PlanID: in.ID.ID, Target: in.Code, Measure: in.Body.Measure, Basis: in.Body.Basis}
	for _, p := range in.Body.Parts {
		wanted.Parts = append(wanted.Parts, target.PartInput{AgencyID: p.AgencyID, Year: p.Year, Aim: p.Aim})
	}
	return targetsAnswer(ctx)(s.Service.SplitTarget(ctx, who(ctx), wanted))
}

type baselineInput struct {
	Confirmable
	TargetPath
	Body struct {
		Measure   int    `json:"measure" minimum:"1" maximum:"50" doc:"Its place in the target, from 1."`
		Value     string `json:"value" minLength:"1" maxLength:"40" example:"200"`
		Source    string `json:"source" minLength:"1" maxLength:"1000" doc:"Where it was counted."`
		CountedOn string `json:"counted_on" format:"date" doc:"The day that it is of."`
	}
}

func (s *server) setBaseline(ctx context.Context, in *baselineInput) (*Answer[PlanTargets], error) {
	day, err := parseDay("counted_on", in.Body.CountedOn)
	if err != nil {
		return nil, err
	}
	return targetsAnswer(ctx)(s.Service.SetBaseline(ctx, who(ctx), target.BaselineInput{
		PlanID: in.ID.ID, Target: in.Code, Measure: in.Body.Measure, Value: in.Body.Value, Source: in.Body.Source, On: day,
	}))
}
