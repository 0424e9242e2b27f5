package api

import (
	"context"
	"net/http"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

func (s *server) amendmentRoutes() {
	handle(s, post("/plans/{id}/amendments/preview", "preview-amendment", "What a new version of a followed plan's file, or one more duty, changes and what that does to live rounds; nothing is kept", may(policy.LoadPlan), upload), s.previewAmendment)
	handle(s, post("/plans/{id}/amendments", "amend-plan", "Put in force exactly what was previewed", may(policy.LoadPlan), upload, answers(http.StatusCreated)), s.amendPlan)
	handle(s, get("/plans/{id}/versions", "list-plan-versions", "The versions of a plan's file, the newest first", may(policy.SeePlans)), s.planVersions)
	handle(s, get("/plans/{id}/versions/compare", "compare-plan-versions", "What differs between two versions", may(policy.SeePlans)), s.comparePlanVersions)
	handle(s, get("/plans/{id}/versions/{number}", "get-plan-version", "One version with its text", may(policy.SeePlans)), s.planVersion)
}

// AmendmentBasis is the document that amends the plan.
type AmendmentBasis struct {
	Number string `json:"number,omitempty" doc:"Number and symbol; needed to amend." example:"12/QĐ-UBND"`
	On     string `json:"on,omitempty" format:"date" doc:"Date of issue; needed to amend."`
}

// Amended is what a plan is amended to: a whole file, or one more duty.
type Amended struct {
	Name   string            `json:"name,omitempty" maxLength:"200" doc:"The file's name, for messages. Default: plan.yaml."`
	Source string            `json:"source,omitempty" doc:"The YAML text of the new version. Either this or duty."`
	Files  map[string]string `json:"files,omitempty" doc:"Text of the files that the plan file names, by their path relative to it."`
	Duty   *NewDuty          `json:"duty,omitempty" doc:"A duty that is added to the version in force, without a new file."`
	Basis  AmendmentBasis    `json:"basis,omitempty"`
}

// NewDuty is a duty that is added to a plan. What is left out is as the file's defaults say.
type NewDuty struct {
	Code         string   `json:"code" minLength:"1" maxLength:"64" doc:"Unique in the plan: V.9."`
	Title        string   `json:"title,omitempty" maxLength:"500"`
	Text         string   `json:"text" minLength:"1" maxLength:"20000"`
	Basis        string   `json:"basis,omitempty" maxLength:"1000"`
	Product      string   `json:"product,omitempty" maxLength:"2000"`
	Mode         string   `json:"mode,omitempty" enum:"assigned,requested"`
	Agencies     []string `json:"agencies" minItems:"1" maxItems:"20000" doc:"Codes of agencies, or @ and the code of a group of the plan."`
	Coordinating []string `json:"coordinating,omitempty" maxItems:"20000" doc:"Likewise."`
	Cadences     []string `json:"cadences,omitempty" maxItems:"10" doc:"As in plan files: once, monthly, ad_hoc, flash, event …"`
	DueOn        string   `json:"due_on,omitempty" format:"date" doc:"Due day of what is owed once."`
	WorkingDays  int      `json:"working_days,omitempty" minimum:"1" maximum:"260" doc:"Working days after a period closes, or after the report is asked for."`
	Recipient    string   `json:"recipient,omitempty" maxLength:"64" doc:"Code of the agency that receives the result, or parent."`
	Reviewer     string   `json:"reviewer,omitempty" maxLength:"64" doc:"Code of the agency that decides on it; default the recipient."`
	Review       string   `json:"review,omitempty" enum:"required,none"`
	Result       string   `json:"result,omitempty" enum:"figures,signed_document,both,report"`
	Indicators   []string `json:"indicators,omitempty" maxItems:"500" doc:"Codes of indicators of the plan."`
	NilReturn    bool     `json:"nil_return,omitempty"`
	Policy       string   `json:"policy,omitempty" maxLength:"64"`
}

func (d NewDuty) draft() (plan.DutyDraft, error) {
	draft := plan.DutyDraft{
		Code: d.Code, Title: d.Title, Text: d.Text, Basis: d.Basis, Product: d.Product, Mode: plan.Mode(d.Mode), Agencies: d.Agencies,
		Coordinating: d.Coordinating, WorkingDays: d.WorkingDays, Recipient: d.Recipient, Reviewer: d.Reviewer, Review: plan.ReviewMode(d.Review),
		Result: plan.Result(d.Result), Indicators: d.Indicators, NilReturn: d.NilReturn, Policy: d.Policy,
	}
	for _, c := range d.Cadences {
		draft.Cadences = append(draft.Cadences, calendar.Cadence(c))
	}
	if d.DueOn == "" {
		return draft, nil
	}
	day, err := parseDay("duty.due_on", d.DueOn)
	draft.DueOn = day
	return draft, err
}

type previewAmendmentInput struct {
	Keyed
	ID
	Body Amended
}

func (s *server) previewAmendment(ctx context.Context, in *previewAmendmentInput) (*Answer[AmendmentPreview], error) {
	input, warnings, err := s.amendment(ctx, in.ID.ID, in.Body)
	if err != nil {
		return nil, err
	}
	shown, err := s.Service.PreviewAmendment(ctx, who(ctx), input)
	if err != nil {
		return nil, s.planNow(ctx, in.ID.ID, err)
	}
	return &Answer[AmendmentPreview]{AmendmentPreview{
		Digest: shown.Digest, PlanVersion: shown.PlanVersion, Difference: differenceOf(shown.Difference),
		Effect: amendmentEffectOf(shown.Effect, reader(ctx)), Warnings: planEntries(warnings, reader(ctx)),
	}}, nil
}

type amendPlanInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Amended
		Version int    `json:"version,omitempty" minimum:"1" doc:"plan_version of the preview; or If-Match."`
		Digest  string `json:"digest" minLength:"1" maxLength:"100" doc:"Of the preview."`
	}
}

func (s *server) amendPlan(ctx context.Context, in *amendPlanInput) (*versioned[AmendedPlan], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, true)
	if err != nil {
		return nil, err
	}
	input, _, err := s.amendment(ctx, in.ID.ID, in.Body.Amended)
	if err != nil {
		return nil, err
	}
	input.Version, input.Digest = version, in.Body.Digest
	applied, err := s.Service.ApplyAmendment(ctx, who(ctx), input)
	if err != nil {
		return nil, s.planNow(ctx, in.ID.ID, err)
	}
	return &versioned[AmendedPlan]{ETag: etag(applied.Record.Version), Body: AmendedPlan{
		Plan: planOf(applied.Record), FileVersion: applied.Number, Difference: differenceOf(applied.Difference), Effect: amendmentEffectOf(applied.Effect, reader(ctx)),
	}}, nil
}

// amendment reads what a plan is amended to. One more duty is written into the
// file in force, which is then read as any other.
func (s *server) amendment(ctx context.Context, planID int64, in Amended) (amendment.Input, plan.Problems, error) {
	input := amendment.Input{PlanID: planID, Basis: amendment.Basis{Number: in.Basis.Number}}
	if in.Basis.On != "" {
		day, err := parseDay("basis.on", in.Basis.On)
		if err != nil {
			return input, nil, err
		}
		input.Basis.On = day
	}
	if (in.Source == "") == (in.Duty == nil) {
		return input, nil, fault.New(fault.Invalid, "amendment.source",
			"Gửi tệp mới (source) hoặc một nhiệm vụ thêm (duty), không cả hai.", "Give either a new file (source) or one more duty (duty).").At("source")
	}
	file := PlanFile{Name: in.Name, Source: in.Source, Files: in.Files}
	if in.Duty != nil {
		var err error
		if file, err = s.withDuty(ctx, planID, *in.Duty); err != nil {
			return input, nil, err
		}
	}
	p, problems := file.read()
	if problems.HasErrors() {
		return input, nil, planFaults(problems)
	}
	input.Plan, input.Source = p, file.Source
	return input, problems, nil
}

func (s *server) withDuty(ctx context.Context, planID int64, duty NewDuty) (PlanFile, error) {
	draft, err := duty.draft()
	if err != nil {
		return PlanFile{}, err
	}
	record, err := s.Service.FindPlan(ctx, who(ctx), planID)
	if err != nil {
		return PlanFile{}, err
	}
	contents, err := s.Service.PlanVersion(ctx, who(ctx), planID, record.CurrentVersion)
	if err != nil {
		return PlanFile{}, err
	}
	source, err := plan.AddDuty([]byte(contents.Source), draft)
	return PlanFile{Source: string(source), Files: contents.Files}, err
}

func (s *server) planVersions(ctx context.Context, in *ID) (*Answer[List[PlanVersion]], error) {
	versions, err := s.Service.PlanVersions(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[List[PlanVersion]]{listOf(versions, "", versionOf)}, nil
}

type planVersionInput struct {
	ID
	Number int `path:"number" minimum:"1" maximum:"1000000"`
}

func (s *server) planVersion(ctx context.Context, in *planVersionInput) (*Answer[PlanVersionText], error) {
	contents, err := s.Service.PlanVersion(ctx, who(ctx), in.ID.ID, in.Number)
	if err != nil {
		return nil, err
	}
	files := contents.Files
	if files == nil {
		files = map[string]string{}
	}
	return &Answer[PlanVersionText]{PlanVersionText{PlanVersion: versionOf(contents.Version), Source: contents.Source, Files: files}}, nil
}

type compareVersionsInput struct {
	ID
	From int `query:"from" required:"true" minimum:"1" maximum:"1000000"`
	To   int `query:"to" required:"true" minimum:"1" maximum:"1000000"`
}

func (s *server) comparePlanVersions(ctx context.Context, in *compareVersionsInput) (*Answer[PlanVersions], error) {
	c, err := s.Service.ComparePlanVersions(ctx, who(ctx), in.ID.ID, in.From, in.To)
	if err != nil {
		return nil, err
	}
	return &Answer[PlanVersions]{PlanVersions{From: versionOf(c.From), To: versionOf(c.To), Difference: differenceOf(c.Difference)}}, nil
}
