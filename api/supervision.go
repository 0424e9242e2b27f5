package api

import (
	"context"
	"net/http"
	"time"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (s *server) supervisionRoutes() {
	s.byHandRoutes()
	handle(s, get("/tasks/{id}/supervision", "get-supervision", "Objections, reopenings and urgings of a task", may(policy.SeePlans)), s.getSupervision)
	handle(s, post("/tasks/{id}/contests", "contest-review", "Object to the decision that the result is invalid, within three working days", may(policy.SeePlans), answers(http.StatusCreated)), s.contest)
	handle(s, get("/contests", "list-contests", "Objections that wait for a decision, the oldest first", may(policy.SeePlans)), s.listContests)
	handle(s, post("/contests/{id}/decisions", "decide-contest", "Uphold or overturn the decision that was contested", may(policy.LoadPlan), answers(http.StatusCreated)), s.decideContest)
	handle(s, post("/tasks/{id}/reopenings", "reopen-task", "Admit a result once more, also after the round's closing", may(policy.Supervises), answers(http.StatusCreated)), s.reopen)
	handle(s, post("/reviews/accept", "accept-many", "Accept many results, each decided on its own", may(policy.Supervises)), s.acceptMany)
	handle(s, get("/reviews/measures", "review-measures", "How long decisions took, by reviewing agency and period", may(policy.SeeBoard)), s.reviewMeasures)
	handle(s, post("/urgings", "urge", "Urge units, or note that they were urged elsewhere", may(policy.Supervises), answers(http.StatusCreated)), s.urge)
}

func (s *server) getSupervision(ctx context.Context, in *ID) (*Answer[Supervision], error) {
	supervision, err := s.Service.TaskSupervision(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[Supervision]{supervisionOf(supervision)}, nil
}

type contestInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Version int    `json:"version,omitempty" minimum:"1" doc:"Of the task as it was read; left out, the objection is taken however the task stands."`
		Reason  string `json:"reason" doc:"Why the result is valid."`
	}
}

func (s *server) contest(ctx context.Context, in *contestInput) (*Answer[Contest], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, false)
	if err != nil {
		return nil, err
	}
	contest, err := s.Service.ContestReview(ctx, who(ctx), task.ContestInput{TaskID: in.ID.ID, Version: version, Reason: in.Body.Reason})
	if err := s.withTask(ctx, in.ID.ID, err); err != nil {
		return nil, err
	}
	return &Answer[Contest]{contestOf(contest)}, nil
}

func (s *server) listContests(ctx context.Context, in *Paged) (*Answer[List[Contest]], error) {
	page, err := s.Service.ListContests(ctx, who(ctx), in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &Answer[List[Contest]]{listOf(page.Contests, page.Next, contestOf)}, nil
}

type decideContestInput struct {
	Keyed
	ID
	Body struct {
		Outcome string `json:"outcome" enum:"upheld,overturned" doc:"overturned: the submission counts from when it was sent, and waits for its review again."`
		Answer  string `json:"answer,omitempty" doc:"Needed where the decision is upheld."`
	}
}

func (s *server) decideContest(ctx context.Context, in *decideContestInput) (*Answer[Contest], error) {
	contest, err := s.Service.DecideContest(ctx, who(ctx), task.ContestDecision{
		ContestID: in.ID.ID, Outcome: task.ContestOutcome(in.Body.Outcome), Answer: in.Body.Answer,
	})
	if err := s.withContest(ctx, in.ID.ID, err); err != nil {
		return nil, err
	}
	return &Answer[Contest]{contestOf(contest)}, nil
}

type reopenInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Version    int    `json:"version,omitempty" minimum:"1" doc:"Of the task as it was read; needed here or as If-Match."`
		Reason     string `json:"reason"`
		ResubmitOn string `json:"resubmit_on,omitempty" format:"date" doc:"The day by whose end the result is due. Default: three working days."`
	}
}

func (s *server) reopen(ctx context.Context, in *reopenInput) (*Answer[Reopened], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, true)
	if err != nil {
		return nil, err
	}
	reopening := task.ReopenInput{TaskID: in.ID.ID, Version: version, Reason: in.Body.Reason}
	if in.Body.ResubmitOn != "" {
		if reopening.ResubmitOn, err = parseDay("resubmit_on", in.Body.ResubmitOn); err != nil {
			return nil, err
		}
	}
	receipt, err := s.Service.Reopen(ctx, who(ctx), reopening)
	if err := s.withTask(ctx, in.ID.ID, err); err != nil {
		return nil, err
	}
	t := receipt.Task
	return &Answer[Reopened]{Reopened{t.ID, string(t.State), string(t.Status), utc(t.ResubmitDueAt), t.Version}}, nil
}

type acceptManyInput struct {
	Keyed
	Body struct {
		Items []struct {
			TaskID  int64 `json:"task_id" minimum:"1"`
			Version int   `json:"version" minimum:"1" doc:"Of the task as it was read."`
		} `json:"items" minItems:"1" maxItems:"500"`
	}
}

func (s *server) acceptMany(ctx context.Context, in *acceptManyInput) (*Answer[Outcomes], error) {
	items := make([]task.AcceptItem, len(in.Body.Items))
	for i, item := range in.Body.Items {
		items[i] = task.AcceptItem(item)
	}
	outcomes, err := s.Service.AcceptMany(ctx, who(ctx), items)
	if err != nil {
		return nil, err
	}
	return &Answer[Outcomes]{outcomesOf(ctx, outcomes)}, nil
}

type measuresInput struct {
	Plan     int64     `query:"plan" minimum:"1"`
	Reviewer int64     `query:"reviewer" minimum:"1" doc:"Only this agency's decisions."`
	From     time.Time `query:"from" doc:"Decisions at or after this instant. Default: 90 days before to."`
	To       time.Time `query:"to" doc:"Decisions before this instant. Default: now."`
}

func (s *server) reviewMeasures(ctx context.Context, in *measuresInput) (*Answer[Measures], error) {
	measures, err := s.Service.ReviewMeasures(ctx, who(ctx), task.MeasureFilter{
		PlanID: in.Plan, ReviewerID: in.Reviewer, From: in.From.UTC(), To: in.To.UTC(),
	})
	if err != nil {
		return nil, err
	}
	return &Answer[Measures]{measuresOf(measures, reader(ctx))}, nil
}

type urgeInput struct {
	Keyed
	Body struct {
		TaskIDs    []int64   `json:"task_ids" minItems:"1" maxItems:"500"`
		Kind       string    `json:"kind" enum:"message,letter,phone,zalo" doc:"message is sent by the system at once; the others are notes of what was done elsewhere."`
		Message    string    `json:"message,omitempty" doc:"Needed for a message; stays inside the system."`
		WithWhom   string    `json:"with_whom,omitempty" doc:"The office or role, for what was done elsewhere; no person, no number."`
		PromisedOn string    `json:"promised_on,omitempty" format:"date" doc:"Where nothing was sent by the end of this day, whoever noted it is reminded."`
		NotedAt    time.Time `json:"noted_at,omitempty" doc:"When it was done elsewhere; default: now."`
	}
}

func (s *server) urge(ctx context.Context, in *urgeInput) (*Answer[Outcomes], error) {
	urging := task.UrgeInput{
		TaskIDs: in.Body.TaskIDs, Kind: task.UrgeKind(in.Body.Kind), Message: in.Body.Message, WithWhom: in.Body.WithWhom, UrgedAt: in.Body.NotedAt.UTC(),
	}
	if in.Body.PromisedOn != "" {
		var err error
		if urging.PromisedOn, err = parseDay("promised_on", in.Body.PromisedOn); err != nil {
			return nil, err
		}
	}
	receipt, err := s.Service.Urge(ctx, who(ctx), urging)
	if err != nil {
		return nil, err
	}
	outcomes := outcomesOf(ctx, receipt.Outcomes)
	outcomes.UrgingID = receipt.UrgingID
	return &Answer[Outcomes]{outcomes}, nil
}
