package api

import (
	"context"
	"slices"
	"time"

	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (s *server) searchRoutes() {
	handle(s, get("/search", "search", "Find plans and duties by code, words of the text or agencies, and results by their words, with or without accents", may(policy.SeePlans)), s.search)
	handle(s, get("/plans/{id}/progress", "plan-progress", "Where each duty of the plan stands, over the tasks that you see", may(policy.SeePlans)), s.planProgress)
}

type searchInput struct {
	Query string `query:"q" required:"true" minLength:"1" maxLength:"200" doc:"Words; a duty has to hold all of them."`
}

// Found is the answer to a search.
type Found struct {
	Plans       []Plan        `json:"plans"`
	Duties      []FoundDuty   `json:"duties" doc:"The best first, 50 at most."`
	More        bool          `json:"more" doc:"There are more duties; a further word narrows them down."`
	Results     []FoundResult `json:"results" doc:"Of tasks that you see, with words that begin with those asked for; the newest first, 20 at most."`
	MoreResults bool          `json:"more_results" doc:"There are more results, or older ones that were not looked at."`
}

// FoundDuty is a duty that holds the words asked for.
type FoundDuty struct {
	PlanID    int64    `json:"plan_id"`
	PlanTitle string   `json:"plan_title"`
	Code      string   `json:"code"`
	Title     string   `json:"title"`
	Text      string   `json:"text"`
	Owners    []string `json:"owners" doc:"The agencies that lead or implement it."`
}

// FoundResult is the newest version of a task's result that holds the words asked for.
type FoundResult struct {
	TaskID         int64     `json:"task_id"`
	PlanID         int64     `json:"plan_id"`
	PlanTitle      string    `json:"plan_title"`
	DutyTitle      string    `json:"duty_title"`
	Period         string    `json:"period,omitempty"`
	Agency         string    `json:"agency" doc:"Who owes it."`
	DocumentNumber string    `json:"document_number,omitempty" doc:"Of the signed paper."`
	SubmittedAt    time.Time `json:"submitted_at"`
	Excerpt        string    `json:"excerpt" doc:"Of the narrative, about the first word asked for."`
}

func (s *server) search(ctx context.Context, in *searchInput) (*Answer[Found], error) {
	found, err := s.Service.Search(ctx, who(ctx), in.Query)
	if err != nil {
		return nil, err
	}
	answer := Found{Plans: []Plan{}, Duties: []FoundDuty{}, More: found.More, Results: []FoundResult{}, MoreResults: found.MoreResults}
	for _, p := range found.Plans {
		answer.Plans = append(answer.Plans, planOf(p))
	}
	for _, d := range found.Duties {
		answer.Duties = append(answer.Duties, foundDutyOf(d))
	}
	for _, r := range found.Results {
		answer.Results = append(answer.Results, FoundResult{
			TaskID: r.TaskID, PlanID: r.PlanID, PlanTitle: r.PlanTitle, DutyTitle: r.DutyTitle, Period: r.PeriodKey, Agency: r.Agency,
			DocumentNumber: r.DocumentNumber, SubmittedAt: r.SubmittedAt, Excerpt: r.Excerpt,
		})
	}
	return &Answer[Found]{answer}, nil
}

func foundDutyOf(d plan.FoundDuty) FoundDuty {
	return FoundDuty{PlanID: d.PlanID, PlanTitle: d.PlanTitle, Code: d.Code, Title: d.Title, Text: d.Text, Owners: append([]string{}, d.Owners...)}
}

// PlanProgress is where the duties of a plan stand.
type PlanProgress struct {
	At     time.Time      `json:"at" doc:"The instant of the figures, by the business clock."`
	Duties []DutyProgress `json:"duties" doc:"Only duties with a round that has opened."`
}

// DutyProgress is where one duty stands.
type DutyProgress struct {
	DutyID       int64         `json:"duty_id"`
	RoundID      int64         `json:"round_id,omitempty" doc:"The round that opened last, which the counts are of."`
	Period       string        `json:"period,omitempty"`
	DueAt        time.Time     `json:"due_at,omitzero" doc:"The first due time of the round's tasks."`
	Counts       Counts        `json:"counts"`
	Members      []RoundMember `json:"members,omitempty" doc:"The tasks in the agencies' order, where there are twelve at most."`
	Overdue      int           `json:"overdue" doc:"Overdue tasks of all rounds of the duty."`
	OverdueSince *time.Time    `json:"overdue_since,omitempty"`
}

// RoundMember is one agency's task in a round.
type RoundMember struct {
	TaskID int64  `json:"task_id"`
	Agency string `json:"agency"`
	Status string `json:"status"`
}

func (s *server) planProgress(ctx context.Context, in *ID) (*Answer[PlanProgress], error) {
	progress, err := s.Service.PlanProgress(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	answer := PlanProgress{At: progress.At, Duties: []DutyProgress{}}
	for id, d := range progress.Duties {
		answer.Duties = append(answer.Duties, dutyProgressOf(id, d))
	}
	slices.SortFunc(answer.Duties, func(a, b DutyProgress) int { return int(a.DutyID - b.DutyID) })
	return &Answer[PlanProgress]{answer}, nil
}

func dutyProgressOf(id int64, d task.DutyProgress) DutyProgress {
	view := DutyProgress{DutyID: id, RoundID: d.RoundID, Period: d.PeriodKey, DueAt: d.DueAt, Counts: Counts(d.Counts), Overdue: d.Overdue, OverdueSince: d.OverdueSince}
	for _, m := range d.Members {
		view.Members = append(view.Members, RoundMember{TaskID: m.TaskID, Agency: m.Agency, Status: string(m.Status)})
	}
	return view
}
