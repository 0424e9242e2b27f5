package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (s *server) planRoutes() {
	handle(s, get("/plans", "list-plans", "Plans", may(policy.SeePlans)), s.listPlans)
	handle(s, withForm[PlanForm](s, post("/plans", "load-plan", "Load a plan file as a draft, or load a draft again", may(policy.LoadPlan), upload, answers(http.StatusCreated))), s.loadPlan)
	handle(s, withForm[PlanForm](s, post("/plans/check", "check-plan", "Check a plan file without keeping anything", may(policy.LoadPlan), upload)), s.checkPlan)
	handle(s, get("/plans/{id}", "get-plan", "One plan", may(policy.SeePlans)), s.getPlan)
	handle(s, post("/plans/{id}/activate", "activate-plan", "Follow the plan: its duties open their rounds", may(policy.LoadPlan)), s.activatePlan)
	handle(s, post("/plans/{id}/suspend", "suspend-plan", "Stop the plan's time", may(policy.LoadPlan)), s.planAct(Service.SuspendPlan))
	handle(s, post("/plans/{id}/resume", "resume-plan", "Let the plan's time go on", may(policy.LoadPlan)), s.planAct(Service.ResumePlan))
	handle(s, get("/plans/{id}/duties", "list-duties", "The plan's duties and who owes them", may(policy.SeePlans)), s.listDuties)
	handle(s, get("/plans/{id}/rounds", "list-rounds", "The plan's rounds", may(policy.SeePlans)), s.listRounds)
}

// withForm documents that a plan file may also come as a form.
func withForm[F any](s *server, r route) route {
	form := reflect.TypeFor[F]()
	r.RequestBody = &huma.RequestBody{Content: map[string]*huma.MediaType{
		formType: {Schema: s.huma.OpenAPI().Components.Schemas.Schema(form, true, form.Name())},
	}}
	return r
}

func (s *server) listPlans(ctx context.Context, _ *None) (*Answer[List[Plan]], error) {
	plans, err := s.Service.ListPlans(ctx, who(ctx))
	if err != nil {
		return nil, err
	}
	return &Answer[List[Plan]]{listOf(plans, "", planOf)}, nil
}

type versioned[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

func (s *server) getPlan(ctx context.Context, in *ID) (*versioned[Plan], error) {
	return planAnswer(s.Service.FindPlan(ctx, who(ctx), in.ID))
}

func planAnswer(record plan.Record, err error) (*versioned[Plan], error) {
	if err != nil {
		return nil, err
	}
	return &versioned[Plan]{ETag: etag(record.Version), Body: planOf(record)}, nil
}

// planFaults are the faults of a plan file as an error.
type planFaults plan.Problems

func (p planFaults) Error() string { return plan.Problems(p).String() }

// Unwrap gives the fault for the edge.
func (p planFaults) Unwrap() error {
	errors := 0
	for _, one := range p {
		if one.Severity == plan.SeverityError {
			errors++
		}
	}
	return fault.New(fault.Invalid, "plan.problems",
		"Tệp kế hoạch có %d lỗi; chưa nạp gì.", "The plan file has %d errors; nothing was loaded.", errors)
}

type planFileInput struct {
	Keyed
	Body PlanFile
}

func (s *server) loadPlan(ctx context.Context, in *planFileInput) (*versioned[LoadedPlan], error) {
	p, problems := in.Body.read()
	if problems.HasErrors() {
		return nil, planFaults(problems)
	}
	record, err := s.Service.LoadPlan(ctx, who(ctx), p, []byte(in.Body.Source))
	if err != nil {
		return nil, err
	}
	return &versioned[LoadedPlan]{ETag: etag(record.Version), Body: LoadedPlan{Plan: planOf(record), Warnings: planEntries(problems, reader(ctx))}}, nil
}

func (s *server) checkPlan(ctx context.Context, in *planFileInput) (*Answer[PlanCheck], error) {
	p, problems := in.Body.read()
	check := PlanCheck{Valid: p != nil, Problems: planEntries(problems, reader(ctx))}
	if p != nil {
		check.Code, check.Title, check.Duties, check.Agencies = p.Code, p.Document.Title, len(p.Duties), len(p.Agencies)
	}
	return &Answer[PlanCheck]{check}, nil
}

type activateInput struct {
	Keyed
	Versioned
	ID
	Body *struct {
		Version    int    `json:"version,omitempty" minimum:"1"`
		FollowFrom string `json:"follow_from,omitempty" format:"date" doc:"Rounds due before this day are not opened. Default: the business day."`
	}
}

func (s *server) activatePlan(ctx context.Context, in *activateInput) (*versioned[Plan], error) {
	var version int
	var from calendar.Date
	if in.Body != nil {
		version = in.Body.Version
		if in.Body.FollowFrom != "" {
			day, err := parseDay("follow_from", in.Body.FollowFrom)
			if err != nil {
				return nil, err
			}
			from = day
		}
	}
	version, err := in.Versioned.of(ctx, version, true)
	if err != nil {
		return nil, err
	}
	record, err := s.Service.ActivatePlan(ctx, who(ctx), in.ID.ID, version, from)
	return planAnswer(record, s.planNow(ctx, in.ID.ID, err))
}

type planActInput struct {
	Keyed
	Versioned
	ID
	Body *struct {
		Version int `json:"version,omitempty" minimum:"1"`
	}
}

// planAct makes a handler of an act on a plan as it was read.
func (s *server) planAct(act func(Service, context.Context, policy.Actor, int64, int) (plan.Record, error)) func(context.Context, *planActInput) (*versioned[Plan], error) {
	return func(ctx context.Context, in *planActInput) (*versioned[Plan], error) {
		var version int
		if in.Body != nil {
			version = in.Body.Version
		}
		version, err := in.Versioned.of(ctx, version, true)
		if err != nil {
			return nil, err
		}
		record, err := act(s.Service, ctx, who(ctx), in.ID.ID, version)
		return planAnswer(record, s.planNow(ctx, in.ID.ID, err))
	}
}

// planNow adds to a conflict how the plan stands now.
func (s *server) planNow(ctx context.Context, id int64, err error) error {
	return s.withCurrent(ctx, err, func() (*Current, error) {
		record, err := s.Service.FindPlan(ctx, who(ctx), id)
		return &Current{State: string(record.State), Version: record.Version}, err
	})
}

// withCurrent adds to a conflict how the thing stands now; where that cannot
// be read, the conflict goes without it.
func (s *server) withCurrent(ctx context.Context, err error, read func() (*Current, error)) error {
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	p := s.problem(ctx, err)
	current, readErr := read()
	if readErr != nil {
		s.Log.WarnContext(ctx, "conflict without present state", "error", readErr)
		return p
	}
	p.Current = current
	return p
}

func (s *server) listDuties(ctx context.Context, in *ID) (*Answer[List[Duty]], error) {
	duties, err := s.Service.ListDuties(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[List[Duty]]{listOf(duties, "", dutyOf)}, nil
}

type listRoundsInput struct {
	ID
	Paged
	Duty int64 `query:"duty" minimum:"1" doc:"Only rounds of this duty."`
}

func (s *server) listRounds(ctx context.Context, in *listRoundsInput) (*Answer[List[Round]], error) {
	record, err := s.Service.FindPlan(ctx, who(ctx), in.ID.ID)
	if err != nil {
		return nil, err
	}
	rounds, next, err := s.Service.ListRounds(ctx, who(ctx), in.ID.ID, in.Duty, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &Answer[List[Round]]{listOf(rounds, next, func(r task.Round) Round { return roundOf(r, record.TimeZone, reader(ctx)) })}, nil
}
