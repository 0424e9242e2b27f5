package api

import (
	"time"

	"dondoc/internal/consolidation"
	"dondoc/internal/indicator"
	"dondoc/internal/task"
)

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
	Narrative    string                `json:"narrative,omitempty" doc:"The units' texts under the form's headings, each with its source."`
	Paragraphs   []ConsolidatedText    `json:"paragraphs" doc:"The same, text by text."`
	Expected     int                   `json:"expected" doc:"How many inputs there ought to be."`
	Missing      []MissingInput        `json:"missing" doc:"Expected and not counted."`
	Sent         *SentWithout          `json:"sent,omitempty" doc:"What the newest version was sent without."`
	Marks        []ConsolidationMark   `json:"marks" doc:"What has changed at or below the inputs since the figures were taken over."`
	Changes      []ConsolidationChange `json:"changes" doc:"Since the figures were taken over."`
	ChangedTasks []int64               `json:"changed_tasks" doc:"Whose counted version is another since."`
	Edited       []string              `json:"edited" doc:"Indicators whose figure in the newest submission is not what was taken over."`
	MayTakeOver  bool                  `json:"may_take_over"`
	Correcting   bool                  `json:"correcting" doc:"The result is done: taking over prepares a correcting report."`
	MayComment   bool                  `json:"may_comment"`
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
	TaskVersion  int       `json:"task_version" doc:"Of the unit's task, for an act on it."`
	MayReturn    bool      `json:"may_return" doc:"It waits for its review by the reader: POST /tasks/{task_id}/reviews."`
	MayReopen    bool      `json:"may_reopen" doc:"It counts, and the reader may have it sent once more: POST /tasks/{task_id}/reopen."`
	Comments     []Comment `json:"comments,omitempty"`
}

// Comment is what whoever sums results up says to a unit about its own.
type Comment struct {
	ID             int64     `json:"id"`
	TaskID         int64     `json:"task_id" doc:"Of the unit."`
	ConsolidatorID int64     `json:"consolidator_id" doc:"Of the result that sums up."`
	Number         int       `json:"number,omitempty" doc:"Of the version that it is about."`
	AgencyName     string    `json:"agency_name"`
	WrittenBy      string    `json:"written_by"`
	WrittenAt      time.Time `json:"written_at"`
	Text           string    `json:"text"`
}

func commentOf(c task.Comment) Comment {
	return Comment{c.ID, c.TaskID, c.ConsolidatorID, c.Number, c.AgencyName, c.WrittenBy, c.WrittenAt.UTC(), c.Text}
}

// Upward says into which accepted result of the recipient a unit's figures went.
type Upward struct {
	AgencyName     string    `json:"agency_name"`
	DutyCode       string    `json:"duty_code"`
	Period         string    `json:"period"`
	Number         int       `json:"number" doc:"Of the unit's version that was counted."`
	AcceptedAt     time.Time `json:"accepted_at"`
	DocumentNumber string    `json:"document_number,omitempty"`
	DocumentOn     string    `json:"document_on,omitempty" format:"date"`
}

func upwardOf(u task.Upward) Upward {
	return Upward{u.AgencyName, u.DutyCode, u.PeriodKey, u.Number, u.AcceptedAt.UTC(), u.DocumentNumber, u.DocumentOn}
}

// ConsolidatedText is one unit's text under one heading.
type ConsolidatedText struct {
	Heading  string `json:"heading,omitempty"`
	TaskID   int64  `json:"task_id"`
	AgencyID int64  `json:"agency_id"`
	Source   string `json:"source" doc:"The unit, its document, the period and the version."`
	Text     string `json:"text"`
}

// MissingInput was expected and does not count.
type MissingInput struct {
	TaskID   int64     `json:"task_id"`
	Agency   AgencyRef `json:"agency"`
	Standing string    `json:"standing"`
}

func missingOf(list []consolidation.Gone) []MissingInput {
	missing := make([]MissingInput, len(list))
	for i, g := range list {
		missing[i] = MissingInput{g.TaskID, AgencyRef{ID: g.AgencyID, Name: g.AgencyName}, string(g.Standing)}
	}
	return missing
}

// SentWithout is what a version was sent without.
type SentWithout struct {
	Number   int            `json:"number"`
	Expected int            `json:"expected"`
	Missing  []MissingInput `json:"missing"`
}

// ConsolidationMark is a change at one input since it was taken over.
type ConsolidationMark struct {
	TaskID int64     `json:"task_id"`
	Agency AgencyRef `json:"agency"`
	Period string    `json:"period"`
	Reason string    `json:"reason" enum:"version,redacted,below" doc:"Another version counts, something was taken out of it, or it is stale itself."`
	Old    int       `json:"old" doc:"Number of the version; 0: it did not count."`
	New    int       `json:"new" doc:"Number of the version; 0: none counts."`
	At     time.Time `json:"at"`
	Taken  bool      `json:"taken" doc:"It is in the draft, and goes once a version made of it counts."`
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

func consolidationOf(v consolidation.View) Consolidation {
	c := Consolidation{
		TaskID: v.TaskID, Seen: v.Seen, Stale: v.Stale, Inputs: make([]ConsolidationInput, len(v.Inputs)), Figures: make([]ConsolidatedFigure, len(v.Definitions)),
		Narrative: v.Narrative, Changes: make([]ConsolidationChange, len(v.Changes)), ChangedTasks: append([]int64{}, v.ChangedTasks...), Edited: append([]string{}, v.Edited...),
	}
	c.Expected, c.Missing, c.MayTakeOver, c.Correcting, c.MayComment = v.Expected, missingOf(v.Missing), v.MayTakeOver, v.Correcting, v.MayComment
	c.Paragraphs, c.Marks = make([]ConsolidatedText, len(v.Paragraphs)), make([]ConsolidationMark, len(v.Marks))
	for i, p := range v.Paragraphs {
		c.Paragraphs[i] = ConsolidatedText{TaskID: p.TaskID, AgencyID: p.AgencyID, Source: p.Source, Text: p.Text}
		if p.Section < len(v.Headings) {
			c.Paragraphs[i].Heading = v.Headings[p.Section]
		}
	}
	for i, m := range v.Marks {
		c.Marks[i] = ConsolidationMark{m.TaskID, AgencyRef{ID: m.AgencyID, Name: m.AgencyName}, m.PeriodKey, string(m.Reason), m.Old, m.New, m.At.UTC(), m.Taken}
	}
	if v.Sent != nil {
		c.Sent = &SentWithout{v.Sent.Number, v.Sent.Expected, missingOf(v.Sent.Missing)}
	}
	if v.Taken != nil {
		c.TakenAt, c.TakenBy = &v.Taken.At, v.Taken.ByName
	}
	for i, in := range v.Inputs {
		c.Inputs[i] = ConsolidationInput{
			TaskID: in.TaskID, Agency: AgencyRef{ID: in.AgencyID, Name: in.AgencyName}, Period: in.PeriodKey, Standing: string(in.Standing), Late: in.Late,
			SubmissionID: in.SubmissionID, Number: in.Number, Document: in.Document, Narrative: in.Narrative, Stale: in.Stale,
			TaskVersion: in.TaskVersion, MayReturn: in.MayReturn, MayReopen: in.MayReopen,
		}
		for _, comment := range in.Comments {
			c.Inputs[i].Comments = append(c.Inputs[i].Comments, commentOf(comment))
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
