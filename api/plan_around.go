package api

import (
	"context"
	"time"

	"dondoc/internal/amendment"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (s *server) planAroundRoutes() {
	handle(s, post("/plans/{id}/close", "close-plan", "End the plan for good, with what became of it; its figures are kept as they stand", may(policy.LoadPlan)), s.closePlan)
	handle(s, get("/plans/{id}/closing", "plan-closing", "How the plan ended, with its figures at that moment", may(policy.SeePlans)), s.planClosing)
	handle(s, get("/plans/{id}/implements", "get-plan-link", "The duty of the plan above that this plan discharges", may(policy.SeePlans)), s.planLink)
	handle(s, put("/plans/{id}/implements", "link-plan", "Say which duty of the plan above this plan discharges; it settles no task", may(policy.LoadPlan)), s.linkPlan)
	handle(s, del("/plans/{id}/implements", "unlink-plan", "Take the link back", may(policy.LoadPlan)), s.unlinkPlan)
	handle(s, get("/plans/{id}/coverage", "plan-coverage", "Of every duty to issue a plan of one's own: how many units of each level have one", may(policy.SeePlans)), s.planCoverage)
	handle(s, get("/plans/{id}/coverage/units", "coverage-units", "The units behind the figures of coverage", may(policy.SeePlans)), s.coverageUnits)
	handle(s, get("/plans/{id}/bodies", "plan-bodies", "Interagency bodies with their members, and whether the decisions that set them up are in", may(policy.SeePlans)), s.planBodies)
	handle(s, get("/plans/{id}/content", "plan-content", "What the plan says without naming who does it, and which duties carry it out", may(policy.SeePlans)), s.planContent)
	handle(s, get("/plans/{id}/templates", "plan-templates", "Reports that the plan holds ready to be asked for by hand", may(policy.SeePlans)), s.planTemplates)
}

type closePlanInput struct {
	Keyed
	Versioned
	ID
	Body *struct {
		Version    int    `json:"version,omitempty" minimum:"1"`
		Outcome    string `json:"outcome,omitempty" enum:"completed,terminated,replaced" doc:"Default: completed."`
		Note       string `json:"note,omitempty" doc:"Needed to terminate a plan. The audit trail keeps its hash."`
		ReplacedBy int64  `json:"replaced_by,omitempty" minimum:"1" doc:"The plan that takes its place; with replaced only."`
	}
}

func (s *server) closePlan(ctx context.Context, in *closePlanInput) (*versioned[Plan], error) {
	var version int
	var closing amendment.Closing
	if in.Body != nil {
		version = in.Body.Version
		closing = amendment.Closing{Outcome: amendment.Outcome(in.Body.Outcome), Note: in.Body.Note, ReplacedBy: in.Body.ReplacedBy}
	}
	version, err := in.Versioned.of(ctx, version, true)
	if err != nil {
		return nil, err
	}
	record, err := s.Service.ClosePlan(ctx, who(ctx), in.ID.ID, version, closing)
	return planAnswer(record, s.planNow(ctx, in.ID.ID, err))
}

// PlanClosing is how a plan ended.
type PlanClosing struct {
	Outcome    string    `json:"outcome,omitempty" enum:"completed,terminated,replaced" doc:"Absent for plans that were closed before outcomes were kept."`
	Note       string    `json:"note,omitempty"`
	ReplacedBy *PlanRef  `json:"replaced_by,omitempty"`
	ClosedAt   time.Time `json:"closed_at"`
	Present    *Figures  `json:"present,omitempty" doc:"The official figures at closing over all tasks, by the due times as they were then."`
	Original   *Figures  `json:"original,omitempty" doc:"By the due times as they first were."`
}

func (s *server) planClosing(ctx context.Context, in *ID) (*Answer[PlanClosing], error) {
	c, err := s.Service.PlanClosure(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	view := PlanClosing{Outcome: string(c.Outcome), Note: c.Note, ClosedAt: c.ClosedAt}
	if c.ReplacedBy != 0 {
		view.ReplacedBy = &PlanRef{c.ReplacedBy, c.ReplacedByCode, c.ReplacedByTitle}
	}
	if c.Counted {
		f := task.RateFilter{PlanID: in.ID, At: c.ClosedAt}
		present := figuresIn(c.Present, tasksBehind(f, 0, task.AgainstPresent))
		original := figuresIn(c.Original, tasksBehind(f, 0, task.AgainstOriginal))
		view.Present, view.Original = &present, &original
	}
	return &Answer[PlanClosing]{view}, nil
}

// PlanLink is the duty of the plan above that a plan discharges.
type PlanLink struct {
	Plan     PlanRef   `json:"plan" doc:"The plan above."`
	DutyID   int64     `json:"duty_id"`
	DutyCode string    `json:"duty_code"`
	Duty     string    `json:"duty_title"`
	LinkedAt time.Time `json:"linked_at"`
}

func linkAnswer(l plan.Link, err error) (*Answer[PlanLink], error) {
	if err != nil {
		return nil, err
	}
	return &Answer[PlanLink]{PlanLink{PlanRef{l.AbovePlanID, l.AboveCode, l.AboveTitle}, l.DutyID, l.DutyCode, l.DutyTitle, l.LinkedAt}}, nil
}

func (s *server) planLink(ctx context.Context, in *ID) (*Answer[PlanLink], error) {
	return linkAnswer(s.Service.PlanLink(ctx, who(ctx), in.ID))
}

type linkPlanInput struct {
	ID
	Body struct {
		DutyID int64 `json:"duty_id" minimum:"1" doc:"A duty with own_plan of another plan, which this plan's issuer owes."`
	}
}

func (s *server) linkPlan(ctx context.Context, in *linkPlanInput) (*Answer[PlanLink], error) {
	return linkAnswer(s.Service.LinkPlan(ctx, who(ctx), in.ID.ID, in.Body.DutyID))
}

func (s *server) unlinkPlan(ctx context.Context, in *ID) (*Empty, error) {
	return &Empty{}, s.Service.UnlinkPlan(ctx, who(ctx), in.ID)
}

// Coverage is, of one duty and one level of units, how many have a plan of their own.
type Coverage struct {
	DutyID   int64  `json:"duty_id"`
	DutyCode string `json:"duty_code"`
	Duty     string `json:"duty_title"`
	Level    string `json:"level"`
	Units    int    `json:"units" doc:"That owe the duty, of those that the reader sees."`
	Have     int    `json:"have" doc:"A linked plan is or was followed."`
	Draft    int    `json:"draft" doc:"A linked plan is not followed yet."`
	None     int    `json:"none"`
}

func (s *server) planCoverage(ctx context.Context, in *ID) (*Answer[List[Coverage]], error) {
	rows, err := s.Service.PlanCoverage(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[List[Coverage]]{listOf(rows, "", func(c plan.Coverage) Coverage {
		return Coverage{c.DutyID, c.DutyCode, c.DutyTitle, c.Level, c.Units, c.Have, c.Draft, c.None()}
	})}, nil
}

// CoverageQuery narrows the units of coverage.
type CoverageQuery struct {
	Duty  int64  `query:"duty" minimum:"1"`
	Level string `query:"level" maxLength:"60"`
	Has   string `query:"has" enum:"yes,draft,no" doc:"Only units that have a plan of their own, have one in draft, have none."`
}

func (q CoverageQuery) filter() plan.CoverageFilter {
	return plan.CoverageFilter{DutyID: q.Duty, Level: q.Level, Covered: plan.Covered(q.Has)}
}

// CoverageUnit is one unit's plan, or the lack of one.
type CoverageUnit struct {
	DutyID    int64      `json:"duty_id"`
	DutyCode  string     `json:"duty_code"`
	Agency    AgencyRef  `json:"agency"`
	Level     string     `json:"level"`
	Has       string     `json:"has" enum:"yes,draft,no"`
	Plan      *PlanRef   `json:"plan,omitempty"`
	Number    string     `json:"plan_number,omitempty"`
	State     string     `json:"plan_state,omitempty"`
	LinkedAt  *time.Time `json:"linked_at,omitempty"`
	TaskID    int64      `json:"task_id,omitempty" doc:"The unit's latest task of the duty; a link settles none."`
	TaskState string     `json:"task_state,omitempty"`
}

type coverageUnitsInput struct {
	ID
	CoverageQuery
	Paged
}

func (s *server) coverageUnits(ctx context.Context, in *coverageUnitsInput) (*Answer[List[CoverageUnit]], error) {
	f := in.filter()
	f.Limit, f.Cursor = in.Limit, in.Cursor
	page, err := s.Service.CoverageUnits(ctx, who(ctx), in.ID.ID, f)
	if err != nil {
		return nil, err
	}
	return &Answer[List[CoverageUnit]]{listOf(page.Units, page.Next, func(u plan.UnitCoverage) CoverageUnit {
		view := CoverageUnit{
			DutyID: u.DutyID, DutyCode: u.DutyCode, Agency: AgencyRef{u.AgencyID, u.AgencyCode, u.AgencyName}, Level: u.Level, Has: string(u.Covered),
			Number: u.PlanNumber, State: string(u.PlanState), LinkedAt: u.LinkedAt, TaskID: u.TaskID, TaskState: u.TaskState,
		}
		if u.PlanID != 0 {
			view.Plan = &PlanRef{u.PlanID, u.PlanCode, u.PlanTitle}
		}
		return view
	})}, nil
}

type exportCoverageInput struct {
	CoverageQuery
	Plan int64 `query:"plan" required:"true" minimum:"1" doc:"The plan above."`
}
