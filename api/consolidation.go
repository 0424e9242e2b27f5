package api

import (
	"context"
	"net/http"
	"time"

	"dondoc/internal/consolidation"
	"dondoc/internal/indicator"
	"dondoc/internal/policy"
)

func (s *server) consolidationRoutes() {
	handle(s, get("/tasks/{id}/consolidation", "get-consolidation", "What a report that sums up a lower level is made of, and what has changed since (tổng hợp)", may(policy.SeePlans)), s.consolidation)
	handle(s, post("/tasks/{id}/consolidation/take-over", "take-over", "Put what the inputs add up to into the draft", may(policy.SeePlans), answers(http.StatusCreated)), s.takeOver)
}

// Consolidation is a report with its inputs.
type Consolidation struct {
	TaskID int64  `json:"task_id"`
	Seen   string `json:"seen,omitempty" doc:"Stands for the inputs that count; give it when taking over."`
	Stale  bool   `json:"stale" doc:"Taken over, and something at or below its inputs has changed since."`
	// TakenAt is left out where nothing was taken over yet.
	TakenAt      *time.Time            `json:"taken_at,omitempty"`
	TakenBy      string                `json:"taken_by,omitempty"`
	Inputs       []ConsolidationInput  `json:"inputs"`
	Figures      []ConsolidatedFigure  `json:"figures"`
	Narrative    string                `json:"narrative,omitempty" doc:"The units' texts, each with its source."`
	Changes      []ConsolidationChange `json:"changes" doc:"Since the figures were taken over."`
	ChangedTasks []int64               `json:"changed_tasks" doc:"Whose counted version is another since."`
	Edited       []string              `json:"edited" doc:"Indicators whose figure in the newest submission is not what was taken over."`
}

// ConsolidationInput is the result of one unit for one round.
type ConsolidationInput struct {
	TaskID       int64     `json:"task_id"`
	Agency       AgencyRef `json:"agency"`
	Period       string    `json:"period"`
	Standing     string    `json:"standing" enum:"in,nil,waiting,returned,missing,waived"`
	Late         bool      `json:"late"`
	SubmissionID int64     `json:"submission_id,omitempty" doc:"The version that counts."`
	Number       int       `json:"number,omitempty"`
	Document     string    `json:"document_number,omitempty"`
	Narrative    string    `json:"narrative,omitempty"`
	Figures      []Figure  `json:"figures,omitempty"`
	Stale        bool      `json:"stale"`
}

// ConsolidatedFigure opens to its parts.
type ConsolidatedFigure struct {
	Indicator string             `json:"indicator"`
	Name      string             `json:"name"`
	Unit      string             `json:"unit_name,omitempty"`
	Value     string             `json:"value" doc:"Decimal text; empty where nothing is known."`
	Parts     []ConsolidatedPart `json:"parts"`
	Silent    []int64            `json:"silent" doc:"Agencies that reported, but not this figure."`
}

// ConsolidatedPart is one unit's share.
type ConsolidatedPart struct {
	AgencyID     int64  `json:"agency_id"`
	SubmissionID int64  `json:"submission_id"`
	Sum          string `json:"sum"`
	Units        int    `json:"units" doc:"How many base figures are in it."`
}

// ConsolidationChange is a figure that is not what it was when it was taken over.
type ConsolidationChange struct {
	Indicator string  `json:"indicator"`
	Old       string  `json:"old"`
	New       string  `json:"new"`
	Agencies  []int64 `json:"agencies"`
}

func (s *server) consolidation(ctx context.Context, in *ID) (*Answer[Consolidation], error) {
	v, err := s.Service.Consolidation(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[Consolidation]{Body: consolidationOf(v)}, nil
}

func consolidationOf(v consolidation.View) Consolidation {
	c := Consolidation{
		TaskID: v.TaskID, Seen: v.Seen, Stale: v.Stale, Inputs: make([]ConsolidationInput, len(v.Inputs)), Figures: make([]ConsolidatedFigure, len(v.Definitions)),
		Narrative: v.Narrative, Changes: make([]ConsolidationChange, len(v.Changes)), ChangedTasks: append([]int64{}, v.ChangedTasks...), Edited: append([]string{}, v.Edited...),
	}
	if v.Taken != nil {
		c.TakenAt, c.TakenBy = &v.Taken.At, v.Taken.ByName
	}
	for i, in := range v.Inputs {
		c.Inputs[i] = ConsolidationInput{
			TaskID: in.TaskID, Agency: AgencyRef{ID: in.AgencyID, Name: in.AgencyName}, Period: in.PeriodKey, Standing: string(in.Standing), Late: in.Late,
			SubmissionID: in.SubmissionID, Number: in.Number, Document: in.Document, Narrative: in.Narrative, Stale: in.Stale,
		}
		for _, d := range v.Definitions {
			if value, ok := in.Figures[d.Code]; ok {
				c.Inputs[i].Figures = append(c.Inputs[i].Figures, Figure{Indicator: d.Code, Value: value})
			}
		}
	}
	for i, d := range v.Definitions {
		c.Figures[i] = consolidatedFigureOf(d, v.Figures[i])
	}
	for i, change := range v.Changes {
		c.Changes[i] = ConsolidationChange{change.Code, change.Old, change.New, append([]int64{}, change.Parts...)}
	}
	return c
}

func consolidatedFigureOf(d indicator.Definition, f indicator.Figure) ConsolidatedFigure {
	figure := ConsolidatedFigure{
		Indicator: d.Code, Name: d.Name, Unit: d.UnitName, Value: f.Value,
		Parts: make([]ConsolidatedPart, len(f.Parts)), Silent: append([]int64{}, f.Silent...),
	}
	for i, p := range f.Parts {
		figure.Parts[i] = ConsolidatedPart{p.Unit, p.Source, p.Total.Sum.String(), p.Total.Base}
	}
	return figure
}

type takeOverInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Version   int    `json:"version,omitempty" minimum:"1" doc:"Of the task as it was read."`
		Seen      string `json:"seen" minLength:"1" maxLength:"64" doc:"Of the consolidation as it was read."`
		Narrative bool   `json:"narrative,omitempty" doc:"Also replace the draft's text with the gathered one; an empty text is always filled."`
	}
}

func (s *server) takeOver(ctx context.Context, in *takeOverInput) (*versioned[Draft], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, false)
	if err != nil {
		return nil, err
	}
	draft, err := s.Service.TakeOver(ctx, who(ctx), consolidation.TakeOverInput{TaskID: in.ID.ID, Version: version, Seen: in.Body.Seen, Narrative: in.Body.Narrative})
	err = s.withCurrent(ctx, err, func() (*Current, error) {
		detail, err := s.Service.TaskDetail(ctx, who(ctx), in.ID.ID)
		return &Current{State: string(detail.Task.State), Version: detail.Task.Version}, err
	})
	if err != nil {
		return nil, err
	}
	return &versioned[Draft]{ETag: etag(draft.Version), Body: draftOf(draft, reader(ctx))}, nil
}
