package api

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (s *server) leadersRoutes() {
	handle(s, get("/plans/{id}/leaders", "plan-leaders", "What a leader takes in at one look, as of one instant and compared with a week before", may(policy.SeeBoard)), s.leaders)
}

type leadersInput struct {
	ID
	At time.Time `query:"at" doc:"Reporting moment; default now, never later."`
}

// LeadersFigures are a plan's figures at one instant and a week before.
type LeadersFigures struct {
	At      time.Time    `json:"at" doc:"The reporting moment."`
	Since   time.Time    `json:"since" doc:"The moment that it is compared with."`
	Now     TwoFigures   `json:"now"`
	Before  TwoFigures   `json:"before"`
	Overdue []LateBand   `json:"overdue" doc:"By how long."`
	Soon    LateBand     `json:"due_soon" doc:"Due within seven days."`
	Longest []LateLeader `json:"longest" doc:"The ten that are overdue longest."`
}

// TwoFigures are figures by both kinds of due times.
type TwoFigures struct {
	Present  Figures `json:"present"`
	Original Figures `json:"original"`
}

// LateBand is a number of tasks with the address of their list.
type LateBand struct {
	Count int    `json:"count"`
	Tasks string `json:"tasks" doc:"Address of the tasks that are counted."`
}

// LateLeader is a task that is overdue long, with what is known of why.
type LateLeader struct {
	TaskID      int64         `json:"task_id"`
	Agency      string        `json:"agency"`
	DutyCode    string        `json:"duty_code"`
	DaysLate    int           `json:"days_late"`
	Explanation string        `json:"explanation,omitempty" doc:"Where the latest one that was demanded stands."`
	ExtensionTo calendar.Date `json:"extension_to,omitzero" doc:"The day that an undecided extension asks for."`
	PromisedOn  calendar.Date `json:"promised_on,omitzero" doc:"The day that was promised in the latest call."`
}

// lateness names the ranges of days that lists of tasks are narrowed to.
var lateness = map[string]task.LateDays{"0-5": task.Lateness[0], "6-15": task.Lateness[1], "16-": task.Lateness[2], "soon": task.SoonDays}

func (s *server) leaders(ctx context.Context, in *leadersInput) (*Answer[LeadersFigures], error) {
	view, err := s.Service.Leaders(ctx, who(ctx), task.LeadersFilter{PlanID: in.ID.ID, At: in.At.UTC()})
	if err != nil {
		return nil, err
	}
	answer := LeadersFigures{
		At: view.At, Since: view.Since, Now: leaderFigures(in.ID.ID, view.At, view.Now), Before: leaderFigures(in.ID.ID, view.Since, view.Before),
		Soon: LateBand{view.Soon, leaderTasks(in.ID.ID, view.At, task.AgainstPresent, "soon") + string(task.CellNotDoneInTime)}, Longest: []LateLeader{},
	}
	for i, name := range []string{"0-5", "6-15", "16-"} {
		address := leaderTasks(in.ID.ID, view.At, task.AgainstPresent, name) + string(task.CellNotDoneOverdue)
		answer.Overdue = append(answer.Overdue, LateBand{view.Late[i].Tasks, address})
	}
	for _, l := range view.Longest {
		answer.Longest = append(answer.Longest, LateLeader{
			l.Task.ID, l.Task.AgencyName, l.Task.DutyCode, l.DaysLate, l.Explanation, l.ExtensionTo, l.PromisedOn,
		})
	}
	return &Answer[LeadersFigures]{answer}, nil
}

func leaderFigures(planID int64, at time.Time, t task.Tallies) TwoFigures {
	return TwoFigures{
		figuresIn(t.Present, leaderTasks(planID, at, task.AgainstPresent, "")), figuresIn(t.Original, leaderTasks(planID, at, task.AgainstOriginal, "")),
	}
}

// leaderTasks is the address of the tasks behind a figure, whose name goes to its end.
func leaderTasks(planID int64, at time.Time, against task.Against, late string) string {
	v := url.Values{"plan": {strconv.FormatInt(planID, 10)}, "at": {at.UTC().Format(time.RFC3339Nano)}, "against": {string(against)}, "opened": {"true"}}
	if late != "" {
		v.Set("lateness", late)
	}
	return Base + "/tasks?" + v.Encode() + "&figure="
}
