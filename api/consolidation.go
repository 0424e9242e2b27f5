package api

import (
	"context"
	"net/http"

	"dondoc/internal/consolidation"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (s *server) consolidationRoutes() {
	handle(s, get("/tasks/{id}/consolidation", "get-consolidation", "What a report that sums up a lower level is made of, and what has changed since (tổng hợp)", may(policy.SeePlans)), s.consolidation)
	handle(s, get("/tasks/{id}/consolidation/figures/{indicator}", "get-consolidated-figure", "A consolidated figure opened to its parts, their versions, and theirs, down to the base", may(policy.SeePlans)), s.consolidatedFigure)
	handle(s, post("/tasks/{id}/consolidation/comments", "comment-input", "Say something to the unit of one input; both sides read it (góp ý)", may(policy.SeePlans), answers(http.StatusCreated)), s.commentInput)
	handle(s, post("/tasks/{id}/consolidation/take-over", "take-over", "Put what the inputs add up to into the draft", may(policy.SeePlans), answers(http.StatusCreated)), s.takeOver)
}

func (s *server) consolidation(ctx context.Context, in *ID) (*Answer[Consolidation], error) {
	v, err := s.Service.Consolidation(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[Consolidation]{Body: consolidationOf(v)}, nil
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

type figureInput struct {
	ID
	Indicator string `path:"indicator" minLength:"1" maxLength:"100" doc:"Code."`
}

// OpenedFigure is a consolidated figure with everything that it is made of.
type OpenedFigure struct {
	TaskID    int64        `json:"task_id"`
	Indicator string       `json:"indicator"`
	Name      string       `json:"name"`
	Unit      string       `json:"unit_name,omitempty"`
	Value     string       `json:"value" doc:"Decimal text; empty where nothing is known."`
	Parts     []FigurePart `json:"parts"`
	Levels    []LevelSum   `json:"levels" doc:"What the units of each agency level add up to."`
	Silent    []FigurePart `json:"silent" doc:"Reported, but not this figure."`
}

// FigurePart is one unit's version with what it was made of itself.
type FigurePart struct {
	TaskID       int64        `json:"task_id"`
	Agency       AgencyRef    `json:"agency"`
	Level        string       `json:"level"`
	Period       string       `json:"period"`
	SubmissionID int64        `json:"submission_id"`
	Number       int          `json:"number" doc:"Of the version."`
	Document     string       `json:"document_number,omitempty"`
	Value        string       `json:"value"`
	Computed     string       `json:"computed,omitempty" doc:"What its parts add up to."`
	Edited       bool         `json:"edited" doc:"Its people put another figure there than its parts add up to."`
	Parts        []FigurePart `json:"parts,omitempty"`
}

// LevelSum is what the units of one agency level add up to.
type LevelSum struct {
	Level string `json:"level"`
	Units int    `json:"units"`
	Value string `json:"value"`
}

func (s *server) consolidatedFigure(ctx context.Context, in *figureInput) (*Answer[OpenedFigure], error) {
	o, err := s.Service.ConsolidatedFigure(ctx, who(ctx), in.ID.ID, in.Indicator)
	if err != nil {
		return nil, err
	}
	d := o.Definition
	figure := OpenedFigure{TaskID: o.TaskID, Indicator: d.Code, Name: d.Name, Unit: d.UnitName, Value: o.Value, Levels: make([]LevelSum, len(o.Levels))}
	figure.Parts, figure.Silent = figurePartsOf(o.Parts), figurePartsOf(o.Silent)
	for i, l := range o.Levels {
		figure.Levels[i] = LevelSum(l)
	}
	return &Answer[OpenedFigure]{figure}, nil
}

func figurePartsOf(nodes []consolidation.Node) []FigurePart {
	parts := make([]FigurePart, len(nodes))
	for i, n := range nodes {
		parts[i] = FigurePart{
			TaskID: n.TaskID, Agency: AgencyRef{ID: n.AgencyID, Name: n.AgencyName}, Level: n.AgencyLevel, Period: n.PeriodKey,
			SubmissionID: n.SubmissionID, Number: n.Number, Document: n.Document, Value: n.Value, Computed: n.Computed, Edited: n.Edited,
		}
		if len(n.Parts) > 0 {
			parts[i].Parts = figurePartsOf(n.Parts)
		}
	}
	return parts
}

type commentInput struct {
	Keyed
	ID
	Body struct {
		InputID int64  `json:"task_id" minimum:"1" doc:"The unit's task, one of the inputs."`
		Text    string `json:"text" doc:"No personal data, no state secrets."`
	}
}

func (s *server) commentInput(ctx context.Context, in *commentInput) (*Answer[Comment], error) {
	comment, err := s.Service.CommentInput(ctx, who(ctx), task.CommentInput{TaskID: in.ID.ID, InputID: in.Body.InputID, Text: in.Body.Text})
	if err != nil {
		return nil, err
	}
	return &Answer[Comment]{commentOf(comment)}, nil
}
