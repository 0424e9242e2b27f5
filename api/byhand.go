package api

import (
	"context"
	"net/http"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (s *server) byHandRoutes() {
	handle(s, post("/rounds/preview", "preview-round", "Show an ad hoc or flash report before it is asked for: due times, load, and who reports the same already", may(policy.Supervises), scope(policy.PlansRead)), s.previewByHand)
	handle(s, post("/rounds", "open-round", "Ask chosen agencies for an ad hoc or flash report", may(policy.Supervises), answers(http.StatusCreated)), s.openByHand)
}

// HandDue is a due time counted from the moment of asking.
type HandDue struct {
	WorkingDays   int  `json:"working_days,omitempty" minimum:"1" maximum:"260"`
	CalendarDays  int  `json:"calendar_days,omitempty" minimum:"1" maximum:"366"`
	Hours         int  `json:"hours,omitempty" minimum:"1" maximum:"744" doc:"Working hours, unless round_the_clock."`
	RoundTheClock bool `json:"round_the_clock,omitempty"`
}

// HandRound is what is asked of whom.
type HandRound struct {
	DutyID    int64     `json:"duty_id" minimum:"1" doc:"A duty of the cadence ad_hoc, flash or event, of a plan that is followed."`
	Cadence   string    `json:"cadence,omitempty" enum:"ad_hoc,flash,event" doc:"Default: the duty's first of these."`
	Title     string    `json:"title,omitempty" doc:"Names the report; needed to open the round."`
	Text      string    `json:"text,omitempty" doc:"What is asked; default: the duty's own text."`
	AgencyIDs []int64   `json:"agency_ids,omitempty" maxItems:"4000" doc:"Default: everyone who owes the duty and whom the actor may ask."`
	Due       *HandDue  `json:"due,omitempty" doc:"Default: the duty's own rule."`
	DueAt     time.Time `json:"due_at,omitempty" doc:"In place of due: a due time set by hand."`
	Template  string    `json:"template,omitempty" maxLength:"64" doc:"Code of one of the plan's templates for this duty; what is left out here is as it says."`
}

func (r HandRound) input() task.HandInput {
	in := task.HandInput{DutyID: r.DutyID, Cadence: calendar.Cadence(r.Cadence), Title: r.Title, Text: r.Text, AgencyIDs: r.AgencyIDs, DueAt: r.DueAt.UTC(), Template: r.Template}
	if r.Due != nil {
		in.Within = calendar.DueRule{WorkingDays: r.Due.WorkingDays, CalendarDays: r.Due.CalendarDays, Hours: r.Due.Hours, RoundTheClock: r.Due.RoundTheClock}
	}
	return in
}

// HandAgency is what an agency would be asked.
type HandAgency struct {
	Agency     AgencyRef `json:"agency"`
	DueAt      time.Time `json:"due_at"`
	DueOn      string    `json:"due_on" format:"date"`
	Derivation string    `json:"derivation" doc:"How the due time came about, in the reader's language."`
	Load       int       `json:"load" doc:"Tasks that it owes in the same week, of those that the reader sees."`
}

// HandSimilar is a task that asks the same already.
type HandSimilar struct {
	TaskID      int64     `json:"task_id"`
	Agency      AgencyRef `json:"agency"`
	DutyCode    string    `json:"duty_code"`
	DutyTitle   string    `json:"duty_title"`
	PeriodKey   string    `json:"period_key"`
	PeriodLabel string    `json:"period_label"`
	State       string    `json:"state"`
	DueAt       time.Time `json:"due_at"`
	SameDuty    bool      `json:"same_duty"`
	Indicators  []string  `json:"indicators" doc:"Figures that both ask for."`
}

// HandPreview shows a round before it is opened.
type HandPreview struct {
	Cadence     string        `json:"cadence"`
	PeriodKey   string        `json:"period_key"`
	PeriodLabel string        `json:"period_label"`
	DueAt       time.Time     `json:"due_at" doc:"The latest of the agencies'."`
	Agencies    []HandAgency  `json:"agencies"`
	Similar     []HandSimilar `json:"similar" doc:"At most 200, the earliest due first."`
}

type handPreviewInput struct {
	Keyed
	Body HandRound
}

func (s *server) previewByHand(ctx context.Context, in *handPreviewInput) (*Answer[HandPreview], error) {
	p, err := s.Service.PreviewByHand(ctx, who(ctx), in.Body.input())
	if err != nil {
		return nil, err
	}
	language := reader(ctx)
	view := HandPreview{
		Cadence: string(p.Cadence), PeriodKey: p.PeriodKey, PeriodLabel: calendar.LabelOf(p.PeriodKey, language), DueAt: p.DueAt.UTC(),
		Agencies: make([]HandAgency, len(p.Agencies)), Similar: make([]HandSimilar, len(p.Similar)),
	}
	for i, a := range p.Agencies {
		view.Agencies[i] = HandAgency{AgencyRef{a.ID, a.Code, a.Name}, a.DueAt.UTC(), dueOn(a.DueAt, p.TimeZone), a.Derivation.Sentence(language), a.Load}
	}
	for i, t := range p.Similar {
		view.Similar[i] = HandSimilar{
			t.TaskID, AgencyRef{ID: t.AgencyID, Name: t.AgencyName}, t.DutyCode, t.DutyTitle, t.PeriodKey, calendar.LabelOf(t.PeriodKey, language),
			string(t.State), t.DueAt.UTC(), t.SameDuty, append([]string{}, t.Indicators...),
		}
	}
	return &Answer[HandPreview]{view}, nil
}

func (s *server) openByHand(ctx context.Context, in *handPreviewInput) (*Answer[Round], error) {
	round, err := s.Service.OpenByHand(ctx, who(ctx), in.Body.input())
	if err != nil {
		return nil, err
	}
	return &Answer[Round]{roundOf(round, round.TimeZone, reader(ctx))}, nil
}
