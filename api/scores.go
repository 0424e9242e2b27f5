package api

import (
	"context"
	"time"

	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/score"
)

func (s *server) scoreRoutes() {
	handle(s, get("/tasks/{id}/scores", "get-scores", "The score sheet of a report (bảng chấm điểm)", may(policy.SeePlans)), s.scores)
	handle(s, put("/tasks/{id}/scores", "save-scores", "Save the unit's own score sheet for its next version; criteria may still be missing", may(policy.SeePlans)), s.saveScores)
	handle(s, put("/tasks/{id}/score-check", "check-scores", "Give one's own points beside the unit's, for every criterion; they stand", may(policy.SeePlans)), s.checkScores)
	handle(s, get("/plans/{id}/score-sheets/{code}", "score-sheet", "The units of one level by what their sheets come to", may(policy.SeePlans)), s.scoreSheet)
}

// ScoreSheet is the score sheet of a report.
type ScoreSheet struct {
	TaskID    int64        `json:"task_id"`
	Version   int          `json:"version" doc:"Of the task."`
	Code      string       `json:"code"`
	Name      string       `json:"name"`
	Note      string       `json:"note,omitempty" doc:"Where the criteria come from."`
	Number    int          `json:"number" doc:"Of the submission that it belongs to; 0: nothing was sent."`
	Sent      bool         `json:"sent"`
	Lines     []ScoreLine  `json:"lines"`
	Classes   []ScoreClass `json:"classes"`
	Complete  bool         `json:"complete" doc:"The unit has scored every criterion."`
	Result    ScoreResult  `json:"result"`
	CheckedAt *time.Time   `json:"checked_at,omitempty"`
	CheckedBy string       `json:"checked_by,omitempty"`
	Before    *ScoreBefore `json:"before,omitempty" doc:"What the unit had the year before."`
}

// ScoreLine is one criterion.
type ScoreLine struct {
	Criterion string `json:"criterion"`
	Name      string `json:"name"`
	Most      string `json:"most" doc:"Most points that it gives."`
	Hint      string `json:"hint,omitempty"`
	Own       string `json:"own" doc:"The unit's points; empty: not scored yet."`
	Evidence  string `json:"evidence,omitempty"`
	Checked   string `json:"checked" doc:"The points of the level above; empty: not checked."`
	Remark    string `json:"remark,omitempty"`
}

// ScoreClass is a class with its threshold.
type ScoreClass struct {
	Code string `json:"code"`
	Name string `json:"name"`
	From string `json:"from" doc:"Least total of points."`
}

// ScoreResult is what a sheet comes to.
type ScoreResult struct {
	Own     string `json:"own"`
	Checked string `json:"checked" doc:"Empty: not checked."`
	Final   string `json:"final" doc:"What was checked, else the unit's own."`
	Class   string `json:"class" doc:"Code; empty where the sheet is not complete."`
}

// ScoreBefore is a result of the year before.
type ScoreBefore struct {
	Period string `json:"period"`
	Total  string `json:"total"`
	Class  string `json:"class"`
}

// ScoreRanking lists the units of one level.
type ScoreRanking struct {
	Code    string            `json:"code"`
	Name    string            `json:"name"`
	Note    string            `json:"note,omitempty"`
	Level   string            `json:"level"`
	Levels  []string          `json:"levels" doc:"Those that have sheets."`
	Year    int               `json:"year"`
	Rows    []ScoreRow        `json:"rows"`
	Classes []ScoreClassCount `json:"classes"`
}

// ScoreRow is one unit.
type ScoreRow struct {
	Rank     int          `json:"rank" doc:"Units with the same total share one; 0: no sheet came."`
	TaskID   int64        `json:"task_id"`
	Agency   AgencyRef    `json:"agency"`
	Result   ScoreResult  `json:"result"`
	Before   *ScoreBefore `json:"before,omitempty"`
	Movement string       `json:"movement" doc:"Against the year before; empty where there was none."`
}

// ScoreClassCount is how many units are in a class.
type ScoreClassCount struct {
	ScoreClass
	Units int    `json:"units"`
	Share string `json:"share_percent" doc:"Of all units in the list."`
}

func scoreResultOf(r score.Result) ScoreResult {
	return ScoreResult{Own: r.Own.String(), Checked: numberOf(r.Checked), Final: r.Final().String(), Class: r.Class.Code}
}

func scoreBeforeOf(b *score.Earlier) *ScoreBefore {
	if b == nil {
		return nil
	}
	return &ScoreBefore{b.PeriodKey, b.Total.String(), b.Class.Code}
}

func scoreClassOf(c plan.Class) ScoreClass { return ScoreClass{c.Code, c.Name, c.From} }

func scoreSheetOf(v score.View) ScoreSheet {
	view := ScoreSheet{
		TaskID: v.TaskID, Version: v.Version, Code: v.Sheet.Code, Name: v.Sheet.Name, Note: v.Sheet.Note, Number: v.Number, Sent: v.Sent,
		Lines: make([]ScoreLine, len(v.Lines)), Classes: make([]ScoreClass, len(v.Sheet.Classes)), Complete: v.Complete, Result: scoreResultOf(v.Result),
		CheckedAt: utc(v.CheckedAt), CheckedBy: v.CheckedByName, Before: scoreBeforeOf(v.Before),
	}
	for i, l := range v.Lines {
		view.Lines[i] = ScoreLine{
			Criterion: l.Code, Name: l.Name, Most: l.Points, Hint: l.Hint,
			Own: numberOf(l.Own), Evidence: l.Evidence, Checked: numberOf(l.Checked), Remark: l.Remark,
		}
	}
	for i, c := range v.Sheet.Classes {
		view.Classes[i] = scoreClassOf(c)
	}
	return view
}

func scoreAnswer(v score.View, err error) (*versioned[ScoreSheet], error) {
	if err != nil {
		return nil, err
	}
	return &versioned[ScoreSheet]{ETag: etag(v.Version), Body: scoreSheetOf(v)}, nil
}

func (s *server) scores(ctx context.Context, in *ID) (*versioned[ScoreSheet], error) {
	return scoreAnswer(s.Service.TaskScores(ctx, who(ctx), in.ID))
}

// ScoreWanted is what is given for one criterion.
type ScoreWanted struct {
	Criterion string `json:"criterion" minLength:"1" maxLength:"64"`
	Points    string `json:"points" maxLength:"40" doc:"From 0 to the criterion's most; empty: not scored yet."`
	Evidence  string `json:"evidence,omitempty" maxLength:"2000" doc:"What shows it; of a check the remark."`
}

type scoresInput struct {
	Confirmable
	Versioned
	ID
	Body struct {
		Version int           `json:"version,omitempty" minimum:"1" doc:"Of the task as it was read."`
		Points  []ScoreWanted `json:"points" maxItems:"200"`
	}
}

func (in *scoresInput) input(ctx context.Context) (score.Input, error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, false)
	wanted := score.Input{TaskID: in.ID.ID, Version: version}
	for _, p := range in.Body.Points {
		wanted.Points = append(wanted.Points, score.Points{Criterion: p.Criterion, Points: p.Points, Evidence: p.Evidence})
	}
	return wanted, err
}

func (s *server) saveScores(ctx context.Context, in *scoresInput) (*versioned[ScoreSheet], error) {
	wanted, err := in.input(ctx)
	if err != nil {
		return nil, err
	}
	view, err := s.Service.SaveScores(ctx, who(ctx), wanted)
	return scoreAnswer(view, s.withTask(ctx, in.ID.ID, err))
}

func (s *server) checkScores(ctx context.Context, in *scoresInput) (*versioned[ScoreSheet], error) {
	wanted, err := in.input(ctx)
	if err != nil {
		return nil, err
	}
	view, err := s.Service.CheckScores(ctx, who(ctx), wanted)
	return scoreAnswer(view, s.withTask(ctx, in.ID.ID, err))
}

type scoreSheetInput struct {
	ID
	Code  string `path:"code" maxLength:"64" doc:"The sheet's code."`
	Level string `query:"level" maxLength:"64" doc:"Level of agencies; default the one with the most units."`
	Year  int    `query:"year" minimum:"1900" maximum:"2200" doc:"In which the sheets' period ends; default the newest."`
}

func (s *server) scoreSheet(ctx context.Context, in *scoreSheetInput) (*Answer[ScoreRanking], error) {
	list, err := s.Service.ScoreSheet(ctx, who(ctx), score.Filter{PlanID: in.ID.ID, Sheet: in.Code, Level: in.Level, Year: in.Year})
	if err != nil {
		return nil, err
	}
	view := ScoreRanking{
		Code: list.Sheet.Code, Name: list.Sheet.Name, Note: list.Sheet.Note, Level: list.Level, Levels: append([]string{}, list.Levels...), Year: list.Year,
		Rows: make([]ScoreRow, len(list.Rows)), Classes: make([]ScoreClassCount, len(list.Classes)),
	}
	for i, r := range list.Rows {
		view.Rows[i] = ScoreRow{
			Rank: r.Rank, TaskID: r.TaskID, Agency: AgencyRef{ID: r.AgencyID, Name: r.AgencyName}, Result: scoreResultOf(r.Result),
			Before: scoreBeforeOf(r.Before), Movement: numberOf(r.Movement),
		}
	}
	for i, c := range list.Classes {
		view.Classes[i] = ScoreClassCount{scoreClassOf(c.Class), c.Units, numberOf(c.Share)}
	}
	return &Answer[ScoreRanking]{view}, nil
}
