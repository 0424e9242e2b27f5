package api

import (
	"context"
	"net/http"

	"dondoc/internal/agency"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

func (s *server) reorganisationRoutes() {
	handle(s, get("/reorganisations", "list-reorganisations", "What was done to agencies, and what is recorded for a day to come", may(policy.ManageAgencies)), s.listReorganisations)
	handle(s, post("/reorganisations/preview", "preview-reorganisation", "What a file of acts on agencies would do: who owes what before and after, what moves, what deserves a look", may(policy.ManageAgencies), upload), s.previewReorganisation)
	handle(s, post("/reorganisations", "reorganise", "Apply a file that was previewed, or record it for its day", may(policy.ManageAgencies), upload, answers(http.StatusCreated)), s.reorganise)
	handle(s, post("/reorganisations/{id}/withdrawals", "withdraw-reorganisation", "Take back what is recorded for a day to come", may(policy.ManageAgencies)), s.withdrawReorganisation)
	handle(s, get("/agencies/{id}/history", "agency-history", "What an agency was before, and what became of it"), s.agencyHistory)
	handle(s, get("/tasks/{id}/successions", "task-successions", "What acts on agencies did to a task: from whom it came, or which task stands for it", may(policy.SeePlans)), s.taskSuccessions)
	handle(s, get("/plans/{id}/apportionments", "list-apportionments", "How figures of agencies that ended count for their successors", may(policy.LoadPlan)), s.apportionments)
	handle(s, post("/plans/{id}/apportionments", "apportion", "Decide how an old agency's cumulative figures count for its successors", may(policy.LoadPlan), answers(http.StatusCreated)), s.apportion)
}

// ReorganisationFile is a file of acts on agencies.
type ReorganisationFile struct {
	Name   string `json:"name,omitempty" maxLength:"200" doc:"The file's name, for messages. Default: reorganisation.yaml."`
	Source string `json:"source" minLength:"1" doc:"The YAML text, as docs/agencies.md says."`
}

func (f ReorganisationFile) read() (*agency.Reorganisation, error) {
	name := f.Name
	if name == "" {
		name = "reorganisation.yaml"
	}
	file, problems := plan.ReadReorganisation(name, []byte(f.Source))
	if file == nil {
		return nil, problems.Fault("reorganisation.problems", "Tệp có %d lỗi; chưa thay đổi gì.", "The file has %d errors; nothing was changed.")
	}
	return file, nil
}

type previewReorganisationInput struct {
	Keyed
	Body ReorganisationFile
}

func (s *server) previewReorganisation(ctx context.Context, in *previewReorganisationInput) (*Answer[ReorganisationEffect], error) {
	file, err := in.Body.read()
	if err != nil {
		return nil, err
	}
	effect, err := s.Service.PreviewReorganisation(ctx, who(ctx), file, []byte(in.Body.Source))
	if err != nil {
		return nil, err
	}
	return &Answer[ReorganisationEffect]{reorganisationEffectOf(effect, reader(ctx))}, nil
}

type reorganiseInput struct {
	Keyed
	Body struct {
		ReorganisationFile
		Digest string `json:"digest" minLength:"64" maxLength:"64" doc:"Of the preview; another effect by now is refused."`
	}
}

func (s *server) reorganise(ctx context.Context, in *reorganiseInput) (*Answer[ReorganisationEffect], error) {
	file, err := in.Body.read()
	if err != nil {
		return nil, err
	}
	effect, err := s.Service.Reorganise(ctx, who(ctx), file, []byte(in.Body.Source), in.Body.Digest)
	if err != nil {
		return nil, err
	}
	return &Answer[ReorganisationEffect]{reorganisationEffectOf(effect, reader(ctx))}, nil
}

func (s *server) listReorganisations(ctx context.Context, _ *None) (*Answer[List[Reorganisation]], error) {
	records, err := s.Service.ListReorganisations(ctx, who(ctx))
	if err != nil {
		return nil, err
	}
	return &Answer[List[Reorganisation]]{listOf(records, "", func(r agency.Record) Reorganisation { return reorganisationOf(r, reader(ctx)) })}, nil
}

type withdrawReorganisationInput struct {
	Keyed
	ID
}

func (s *server) withdrawReorganisation(ctx context.Context, in *withdrawReorganisationInput) (*Answer[Reorganisation], error) {
	record, err := s.Service.WithdrawReorganisation(ctx, who(ctx), in.ID.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[Reorganisation]{reorganisationOf(record, reader(ctx))}, nil
}

func (s *server) agencyHistory(ctx context.Context, in *ID) (*Answer[AgencyHistory], error) {
	history, err := s.Service.AgencyHistory(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[AgencyHistory]{agencyHistoryOf(history)}, nil
}

func (s *server) taskSuccessions(ctx context.Context, in *ID) (*Answer[List[TaskHeir]], error) {
	list, err := s.Service.TaskSuccessions(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[List[TaskHeir]]{listOf(list, "", taskHeirOf)}, nil
}

func (s *server) apportionments(ctx context.Context, in *ID) (*Answer[List[Apportionment]], error) {
	list, err := s.Service.Apportionments(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[List[Apportionment]]{listOf(list, "", apportionmentOf)}, nil
}

type apportionInput struct {
	Keyed
	ID
	Body struct {
		AgencyID  int64         `json:"agency_id" minimum:"1" doc:"The agency that ended."`
		Indicator string        `json:"indicator,omitempty" maxLength:"64" pattern:"^[a-z0-9_-]*$" doc:"Code; left out: all indicators that have no decision of their own."`
		Reason    string        `json:"reason" minLength:"1" maxLength:"4000"`
		Shares    []ShareWanted `json:"shares" minItems:"1" maxItems:"50" doc:"They make 100 percent."`
	}
}

// ShareWanted is the part of an old agency's figures that counts for a successor.
type ShareWanted struct {
	SuccessorID int64  `json:"successor_id" minimum:"1"`
	Percent     string `json:"percent" maxLength:"12" doc:"Decimal text, such as 62.5."`
}

func (s *server) apportion(ctx context.Context, in *apportionInput) (*Answer[Apportionment], error) {
	wanted := agency.ApportionInput{PlanID: in.ID.ID, AgencyID: in.Body.AgencyID, Indicator: in.Body.Indicator, Reason: in.Body.Reason}
	for _, share := range in.Body.Shares {
		wanted.Shares = append(wanted.Shares, agency.Share{SuccessorID: share.SuccessorID, Percent: share.Percent})
	}
	decided, err := s.Service.Apportion(ctx, who(ctx), wanted)
	if err != nil {
		return nil, err
	}
	return &Answer[Apportionment]{apportionmentOf(decided)}, nil
}
