package api

import (
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/preview"
)

// PlanPreview is the future of a plan within a range of days, as it stands when
// it is asked for.
type PlanPreview struct {
	Code           string           `json:"code"`
	Title          string           `json:"title"`
	From           string           `json:"from" format:"date"`
	To             string           `json:"to" format:"date"`
	TimeZone       string           `json:"time_zone"`
	Agency         *PreviewAgency   `json:"agency,omitempty" doc:"Whose own timetable it is; absent for all agencies."`
	Threshold      int              `json:"threshold" doc:"The number of tasks due on one day that is too much."`
	Rounds         []PreviewRound   `json:"rounds" doc:"By due time."`
	Classes        []PreviewClass   `json:"classes" doc:"Agencies with the same future."`
	OmittedClasses int              `json:"omitted_classes" doc:"Further classes, which count in days alone."`
	Days           []PreviewMorning `json:"days" doc:"Messages that go out to everybody, morning by morning."`
	Notes          []PreviewNote    `json:"notes"`
}

// PreviewAgency names the agency whose timetable is shown.
type PreviewAgency struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// PreviewRound is a duty in one period to come.
type PreviewRound struct {
	DutyCode  string        `json:"duty_code"`
	DutyTitle string        `json:"duty_title"`
	Period    Period        `json:"period"`
	Cadences  []string      `json:"cadences" doc:"All that the period discharges, shortest first."`
	OpensAt   time.Time     `json:"opens_at"`
	Opening   string        `json:"opening" doc:"How the opening came about, in the reader's language."`
	DueAt     time.Time     `json:"due_at" doc:"The latest due time of all its levels."`
	ClosesAt  time.Time     `json:"closes_at"`
	Tasks     []PreviewTask `json:"tasks" doc:"By due time; those due in the range."`
}

// PreviewTask is what every agency of one level and working calendar has in a round.
type PreviewTask struct {
	Level      string        `json:"level"`
	Calendar   string        `json:"calendar,omitempty" doc:"Key of a working calendar with days of its own; absent: the country's."`
	Agencies   int           `json:"agencies"`
	DueAt      time.Time     `json:"due_at"`
	DueOn      string        `json:"due_on" format:"date" doc:"The due day in the plan's time zone."`
	Derivation string        `json:"derivation" doc:"How the due time came about, in the reader's language."`
	Steps      []PreviewStep `json:"steps"`
}

// PreviewStep is a notice to come, where the task still calls for it then.
type PreviewStep struct {
	Code       string    `json:"code"`
	Kind       string    `json:"kind"`
	At         time.Time `json:"at"`
	Audience   []string  `json:"audience"`
	Digest     bool      `json:"digest" doc:"It waits for Monday."`
	Repeats    string    `json:"repeats,omitempty" doc:"Cron expression of a step that repeats while the task is overdue."`
	Derivation string    `json:"derivation"`
}

// PreviewClass is a set of agencies that owe and review the same duties at the
// same level, by the same calendar.
type PreviewClass struct {
	Name     string          `json:"name" doc:"Their own names where they are three at most, their group's, or their level."`
	Level    string          `json:"level"`
	Calendar string          `json:"calendar,omitempty"`
	Agencies int             `json:"agencies"`
	Codes    []string        `json:"codes" doc:"The first twenty agencies."`
	Owes     []string        `json:"owes" doc:"Codes of duties that the calendar opens."`
	Reviews  []string        `json:"reviews" doc:"Codes of duties."`
	Issues   bool            `json:"issues" doc:"It is the agency that issued the plan."`
	Due      int             `json:"due" doc:"Tasks that each of them has due in the range."`
	Busiest  []PreviewDueDay `json:"busiest" doc:"The days with the most tasks due."`
	TooMuch  []PreviewDueDay `json:"too_much" doc:"The days with as many tasks due as the threshold, or more."`
	Roles    []PreviewRole   `json:"roles"`
}

// PreviewDueDay is a day on which each agency of a class has tasks due.
type PreviewDueDay struct {
	On     string   `json:"on" format:"date"`
	Tasks  int      `json:"tasks"`
	Duties []string `json:"duties" doc:"Codes, one for each task."`
}

// PreviewRole is one person at each agency of a class.
type PreviewRole struct {
	Role    string           `json:"role" enum:"focal_point,head,supervisor,plan_authority"`
	OnTime  PreviewFigure    `json:"on_time" doc:"Where everybody reports right before it is due."`
	AtMost  PreviewFigure    `json:"at_most" doc:"Where nobody ever reports."`
	Busiest []PreviewMorning `json:"busiest" doc:"The mornings with the most notices in the message."`
	Days    []PreviewMorning `json:"days" doc:"The mornings with a message: how many notices it gathers."`
}

// PreviewFigure sums up what one person gets.
type PreviewFigure struct {
	Messages int `json:"messages" doc:"One a morning."`
	Weekly   int `json:"weekly" doc:"Of these, Mondays with nothing but the week's figures."`
	Notices  int `json:"notices" doc:"What the messages gather."`
}

// PreviewMorning counts on one morning.
type PreviewMorning struct {
	On     string `json:"on" format:"date"`
	OnTime int    `json:"on_time"`
	AtMost int    `json:"at_most"`
}

// PreviewNote is something to know before the plan is activated.
type PreviewNote struct {
	Severity string `json:"severity" enum:"error,warning,info" doc:"error: the duty could not be followed."`
	Code     string `json:"code"`
	DutyCode string `json:"duty_code,omitempty"`
	Detail   string `json:"detail" doc:"In the reader's language."`
}

// namedCodes is how many agencies of a class are named.
const namedCodes = 20

// PreviewOf is a preview as the API answers it, in "vi" or "en".
func PreviewOf(p preview.Preview, language string) PlanPreview {
	view := PlanPreview{
		Code: p.PlanCode, Title: p.PlanTitle, From: p.From.String(), To: p.To.String(), TimeZone: p.Zone.String(), Threshold: p.Threshold,
		Rounds:  viewsOf(p.Rounds, func(r preview.Round) PreviewRound { return previewRoundOf(r, p.Zone, language) }),
		Classes: viewsOf(p.Classes, previewClassOf), OmittedClasses: p.Omitted,
		Days: viewsOf(p.Days, func(d preview.Total) PreviewMorning { return PreviewMorning{d.On.String(), d.OnTime, d.AtMost} }),
		Notes: viewsOf(p.Notes, func(n preview.Note) PreviewNote {
			return PreviewNote{Severity: string(n.Severity), Code: n.Code, DutyCode: n.Duty, Detail: n.In(language)}
		}),
	}
	if p.AgencyCode != "" {
		view.Agency = &PreviewAgency{p.AgencyCode, p.AgencyName}
	}
	return view
}

// viewsOf turns domain values into answers; none are an empty list.
func viewsOf[D, T any](values []D, view func(D) T) []T {
	all := make([]T, len(values))
	for i, v := range values {
		all[i] = view(v)
	}
	return all
}

func previewRoundOf(r preview.Round, zone *time.Location, language string) PreviewRound {
	return PreviewRound{
		DutyCode: r.Duty, DutyTitle: r.Title, Period: periodOf(r.Period.Key, r.Period.Start, r.Period.End, language),
		Cadences: viewsOf(r.Period.Cadences, func(c calendar.Cadence) string { return string(c) }),
		OpensAt:  r.OpensAt.UTC(), Opening: r.Opening.Sentence(language), DueAt: r.DueAt.UTC(), ClosesAt: r.ClosesAt.UTC(),
		Tasks: viewsOf(r.Tasks, func(t preview.Task) PreviewTask {
			return PreviewTask{
				Level: t.Kind.Level, Calendar: t.Kind.Calendar, Agencies: t.Agencies, DueAt: t.Due.At.UTC(),
				DueOn: calendar.DueDay(t.Due.At, zone).String(), Derivation: t.Due.Derivation.Sentence(language),
				Steps: viewsOf(t.Steps, func(s calendar.StepTime) PreviewStep { return previewStepOf(s, language) }),
			}
		}),
	}
}

func previewStepOf(s calendar.StepTime, language string) PreviewStep {
	return PreviewStep{
		Code: s.Rule.Code, Kind: s.Rule.Kind, At: s.At.UTC(), Digest: s.Rule.Digest, Repeats: s.Rule.Cron, Derivation: s.Derivation.Sentence(language),
		Audience: viewsOf(s.Rule.Audience, func(a calendar.Audience) string { return string(a) }),
	}
}

func previewClassOf(c preview.Class) PreviewClass {
	dueDay := func(d preview.DueDay) PreviewDueDay {
		return PreviewDueDay{d.On.String(), len(d.Duties), append([]string{}, d.Duties...)}
	}
	morning := func(d preview.Day) PreviewMorning { return PreviewMorning{d.On.String(), d.OnTime, d.AtMost} }
	return PreviewClass{
		Name: c.Name, Level: c.Level, Calendar: c.Calendar, Agencies: len(c.Agencies), Codes: append([]string{}, c.Agencies[:min(len(c.Agencies), namedCodes)]...),
		Owes: append([]string{}, c.Owes...), Reviews: append([]string{}, c.Reviews...), Issues: c.Issues, Due: c.Due,
		Busiest: viewsOf(c.Busiest, dueDay), TooMuch: viewsOf(c.TooMuch, dueDay),
		Roles: viewsOf(c.Roles, func(r preview.Role) PreviewRole {
			return PreviewRole{
				Role: string(r.Audience), OnTime: PreviewFigure(r.OnTime), AtMost: PreviewFigure(r.AtMost),
				Busiest: viewsOf(r.Busiest, morning), Days: viewsOf(r.Days, morning),
			}
		}),
	}
}
