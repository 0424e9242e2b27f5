package api

import (
	"context"
	"time"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (s *server) matrixRoutes() {
	handle(s, get("/plans/{id}/matrix", "plan-matrix", "The tasks that you follow as agencies and periods", may(policy.SeeBoard)), s.matrix)
}

type matrixInput struct {
	ID
	Paged
	Duty  int64 `query:"duty" minimum:"1"`
	Under int64 `query:"under" minimum:"1" doc:"Only this agency and those below it."`
	Year  int   `query:"year" minimum:"2000" maximum:"2200" doc:"The periods that end in this year. Default: this year."`
	ByLevelAndWay
}

// Matrix is tasks as agencies × periods.
type Matrix struct {
	At         time.Time      `json:"at" doc:"The instant of the figures, by the business clock."`
	Year       int            `json:"year"`
	Years      []int          `json:"years" doc:"Years in which a period of the plan ends."`
	Periods    []MatrixPeriod `json:"periods" doc:"The columns, by their first due time; 24 at most, the last ones."`
	Items      []MatrixRow    `json:"items"`
	NextCursor string         `json:"next_cursor,omitempty" doc:"Where the list goes on; absent at its end."`
}

// MatrixPeriod is a column.
type MatrixPeriod struct {
	Period  string    `json:"period"`
	DueAt   time.Time `json:"due_at" doc:"The first due time of its rounds."`
	Current bool      `json:"current"`
}

// MatrixRow is an agency.
type MatrixRow struct {
	AgencyID int64        `json:"agency_id"`
	Agency   string       `json:"agency"`
	Level    string       `json:"level"`
	Cells    []MatrixCell `json:"cells" doc:"One for each period."`
	Below    int          `json:"below" doc:"Results that others owe it in the current period."`
	Given    int          `json:"given" doc:"How many of them were sent."`
}

// MatrixCell is what an agency owes in a period.
type MatrixCell struct {
	TaskID   int64     `json:"task_id,omitempty" doc:"Of several tasks the one that needs attention most."`
	Tasks    int       `json:"tasks" doc:"0: the agency owes nothing, and the rest is absent."`
	State    string    `json:"state,omitempty"`
	Status   string    `json:"status,omitempty"`
	DueAt    time.Time `json:"due_at,omitzero"`
	DaysLate int       `json:"days_late,omitempty"`
}

func (s *server) matrix(ctx context.Context, in *matrixInput) (*Answer[Matrix], error) {
	m, err := s.Service.Matrix(ctx, who(ctx), task.MatrixFilter{
		PlanID: in.ID.ID, DutyID: in.Duty, UnderAgency: in.Under, Level: in.Level, Way: task.Way(in.Way), Year: in.Year, Limit: in.Limit, Cursor: in.Cursor,
	})
	if err != nil {
		return nil, err
	}
	answer := Matrix{At: m.At, Year: m.Year, Years: append([]int{}, m.Years...), Periods: []MatrixPeriod{}, Items: []MatrixRow{}, NextCursor: m.Next}
	for _, c := range m.Columns {
		answer.Periods = append(answer.Periods, MatrixPeriod{c.PeriodKey, c.DueAt, c.Current})
	}
	for _, r := range m.Rows {
		row := MatrixRow{AgencyID: r.AgencyID, Agency: r.Agency, Level: r.Level, Cells: make([]MatrixCell, len(r.Cells)), Below: r.Below, Given: r.Given}
		for i, c := range r.Cells {
			if c.Tasks > 0 {
				row.Cells[i] = MatrixCell{c.TaskID, c.Tasks, string(c.State), string(c.Status), c.DueAt, c.DaysLate}
			}
		}
		answer.Items = append(answer.Items, row)
	}
	return &Answer[Matrix]{answer}, nil
}
