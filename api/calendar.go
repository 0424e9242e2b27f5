package api

import (
	"context"
	"time"

	"dondoc/internal/calendar/vietnam"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/timetable"
)

func (s *server) calendarRoutes() {
	handle(s, get("/calendar/{year}", "get-calendar", "The year's holidays, substitute days off and swapped days"), s.calendarYear)
	handle(s, get("/calendar-changes", "list-calendar-changes", "What was loaded into the calendars, and declared outages", may(policy.ManageCalendar)), s.calendarChanges)
	handle(s, post("/calendar-changes/preview", "preview-calendar-change", "What a change would move, and whom it concerns", may(policy.ManageCalendar), scope(policy.CalendarRead), upload), s.previewCalendarChange)
	handle(s, post("/calendar-changes", "apply-calendar-change", "Keep a change and move what it concerns", may(policy.ManageCalendar), upload), s.applyCalendarChange)
}

// CalendarDay is a day that differs from an ordinary week.
type CalendarDay struct {
	Date       string `json:"date" format:"date"`
	Kind       string `json:"kind" enum:"holiday,substitute,swap_off,swap_work"`
	Name       string `json:"name" doc:"In the reader's language."`
	Status     string `json:"status" enum:"decreed,provisional"`
	LegalBasis string `json:"legal_basis"`
}

type yearInput struct {
	Year int `path:"year" minimum:"1976" maximum:"2050"`
}

func (s *server) calendarYear(ctx context.Context, in *yearInput) (*Answer[List[CalendarDay]], error) {
	days, err := s.Service.CalendarYear(ctx, in.Year)
	if err != nil {
		return nil, err
	}
	return &Answer[List[CalendarDay]]{listOf(days, "", func(d vietnam.Day) CalendarDay {
		view := CalendarDay{d.Date.String(), string(d.Kind), d.NameVI, string(d.Status), d.LegalBasis}
		if reader(ctx) == "en" {
			view.Name = d.NameEN
		}
		return view
	})}, nil
}

// CalendarChange is a file of days, or an outage of the system.
type CalendarChange struct {
	Kind       string `json:"kind" enum:"days,outage"`
	Agency     string `json:"agency,omitempty" maxLength:"200" doc:"Code of the agency whose days they are; absent: the whole country."`
	Territory  bool   `json:"territory,omitempty" doc:"The days hold for the agency and everything below it."`
	Name       string `json:"name,omitempty" maxLength:"200" doc:"Name of the file, for messages."`
	Source     string `json:"source,omitempty" doc:"The file of days (CSV), as docs/calendar.md says."`
	From       string `json:"from,omitempty" format:"date-time" doc:"The outage's first instant."`
	To         string `json:"to,omitempty" format:"date-time" doc:"The outage's last instant."`
	Reason     string `json:"reason,omitempty" maxLength:"500" doc:"Shown to people where the due time is explained."`
	LegalBasis string `json:"legal_basis,omitempty" maxLength:"500"`
}

func (c CalendarChange) change() (timetable.Change, error) {
	change := timetable.Change{
		Kind: timetable.ChangeKind(c.Kind), Agency: c.Agency, Territory: c.Territory, Name: c.Name, Source: c.Source,
		Reason: c.Reason, LegalBasis: c.LegalBasis,
	}
	for _, at := range []struct {
		field, text string
		to          *time.Time
	}{{"from", c.From, &change.From}, {"to", c.To, &change.To}} {
		if at.text == "" {
			continue
		}
		parsed, err := time.Parse(time.RFC3339, at.text)
		if err != nil {
			return change, fault.New(fault.Invalid, "instant.invalid",
				"Thời điểm “%s” sai dạng; viết như 2026-03-18T10:00:00+07:00.",
				"The instant “%s” is malformed; write it as 2026-03-18T10:00:00+07:00.", at.text).At(at.field)
		}
		*at.to = parsed
	}
	return change, nil
}

type calendarChangeInput struct {
	Keyed
	Body CalendarChange
}

// CalendarEffect is what a change of the calendars moves.
type CalendarEffect struct {
	ChangeID    int64         `json:"change_id,omitempty" doc:"Absent as long as the change is only looked at."`
	Tasks       int           `json:"tasks" doc:"Live tasks whose due time or notices move."`
	Agencies    int           `json:"agencies" doc:"Agencies that owe them."`
	People      int           `json:"people" doc:"People and official mailboxes that are told, once."`
	ReviewSteps int           `json:"review_steps" doc:"Reviewers' reminders that move."`
	Moves       []DueMove     `json:"moves"`
	Rounds      []RoundMoving `json:"rounds" doc:"Rounds to come that move."`
}

// DueMove is a group of tasks that move alike.
type DueMove struct {
	Plan         string    `json:"plan"`
	Duty         string    `json:"duty"`
	Period       string    `json:"period"`
	Resubmission bool      `json:"resubmission" doc:"It is the date by which a returned result is to be sent again."`
	From         time.Time `json:"from"`
	To           time.Time `json:"to" doc:"As from where only notices move."`
	Derivation   string    `json:"derivation" doc:"How the new due time came about, in the reader's language."`
	Steps        int       `json:"steps" doc:"Notices per task that come at another time."`
	Tasks        int       `json:"tasks"`
	Agencies     []string  `json:"agencies" doc:"Codes."`
}

// RoundMoving is a round to come that moves.
type RoundMoving struct {
	Plan      string    `json:"plan"`
	Duty      string    `json:"duty"`
	Period    string    `json:"period"`
	OpensFrom time.Time `json:"opens_from"`
	OpensTo   time.Time `json:"opens_to"`
	DueFrom   time.Time `json:"due_from"`
	DueTo     time.Time `json:"due_to"`
}

func movesOf(moves []timetable.Move, language string) []DueMove {
	view := make([]DueMove, len(moves))
	for i, m := range moves {
		view[i] = DueMove{
			m.PlanCode, m.DutyCode, m.PeriodKey, m.Resubmission, m.DueFrom, m.DueTo, m.Derivation.Sentence(language),
			m.Steps, len(m.Tasks), append([]string{}, m.Agencies...),
		}
	}
	return view
}

func effectOf(e timetable.Effect, language string) CalendarEffect {
	view := CalendarEffect{
		ChangeID: e.ChangeID, Tasks: e.Tasks, Agencies: e.Agencies, People: e.People, ReviewSteps: e.ReviewSteps,
		Moves: movesOf(e.Moves, language), Rounds: make([]RoundMoving, len(e.Rounds)),
	}
	for i, r := range e.Rounds {
		view.Rounds[i] = RoundMoving{r.PlanCode, r.DutyCode, r.PeriodKey, r.OpensFrom, r.OpensTo, r.DueFrom, r.DueTo}
	}
	return view
}

func (s *server) previewCalendarChange(ctx context.Context, in *calendarChangeInput) (*Answer[CalendarEffect], error) {
	return s.calendarEffect(ctx, in, s.Service.PreviewCalendarChange)
}

func (s *server) applyCalendarChange(ctx context.Context, in *calendarChangeInput) (*Answer[CalendarEffect], error) {
	return s.calendarEffect(ctx, in, s.Service.ApplyCalendarChange)
}

func (s *server) calendarEffect(ctx context.Context, in *calendarChangeInput, do func(context.Context, policy.Actor, timetable.Change) (timetable.Effect, error)) (*Answer[CalendarEffect], error) {
	change, err := in.Body.change()
	if err != nil {
		return nil, err
	}
	effect, err := do(ctx, who(ctx), change)
	if err != nil {
		return nil, err
	}
	return &Answer[CalendarEffect]{effectOf(effect, reader(ctx))}, nil
}

// LoadedCalendarChange is a change that was applied.
type LoadedCalendarChange struct {
	ID        int64     `json:"id"`
	Kind      string    `json:"kind" enum:"days,outage"`
	Agency    string    `json:"agency,omitempty"`
	Territory bool      `json:"territory"`
	Name      string    `json:"name,omitempty"`
	From      time.Time `json:"from,omitzero"`
	To        time.Time `json:"to,omitzero"`
	Reason    string    `json:"reason,omitempty"`
	Basis     string    `json:"legal_basis,omitempty"`
	AppliedAt time.Time `json:"applied_at"`
	AppliedBy string    `json:"applied_by,omitempty" doc:"Absent: the system's operator."`
}

func (s *server) calendarChanges(ctx context.Context, _ *None) (*Answer[List[LoadedCalendarChange]], error) {
	changes, err := s.Service.ListCalendarChanges(ctx, who(ctx))
	if err != nil {
		return nil, err
	}
	return &Answer[List[LoadedCalendarChange]]{listOf(changes, "", func(c timetable.AppliedChange) LoadedCalendarChange {
		return LoadedCalendarChange{
			c.ID, string(c.Kind), c.Agency, c.Territory, c.Name, c.From, c.To, c.Reason, c.LegalBasis, c.AppliedAt, c.AppliedBy,
		}
	})}, nil
}
