package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/preview"
	"dondoc/internal/timetable"
)

// stepsView shows which reminders and escalations a duty's tasks get, to whom and
// on which real days.
type stepsView struct {
	planHead
	Duties []option
	Kinds  []stepsOfKind
	Amend  string // where the plan is amended; empty: not by this reader
	Sets   []setOfSteps
}

// setOfSteps is a policy that may be changed.
type setOfSteps struct{ Address, Name, Used string }

// stepsOfKind are the steps of what one level and calendar has in a round.
type stepsOfKind struct {
	Title string
	Due   string
	Days  []axisDay
	Steps []stepLine
}

type axisDay struct {
	Label string // relative to the due day
	Day   string
	Marks []string
	Due   bool
}

type stepLine struct{ When, What, Whom, Why, Again string }

func (p *pages) stepsPage(c *gin.Context, actor policy.Actor) error {
	record, head, err := p.planOf(c, actor)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	duties, err := p.service.ListDuties(ctx, actor, record.ID)
	if err != nil {
		return err
	}
	future, err := p.service.PreviewPlan(ctx, actor, record.ID, preview.Wanted{})
	if err != nil {
		return err
	}
	view := stepsView{planHead: head}
	view.Styles = append(view.Styles, "admin.css")
	l := view.lexicon()
	chosen := chosenRound(future.Rounds, c.Query("nv"))
	opens := map[string]bool{}
	for _, r := range future.Rounds {
		opens[r.Duty] = true
	}
	for _, d := range duties {
		if opens[d.Code] {
			view.Duties = append(view.Duties, option{Value: d.Code, Title: d.Code + " · " + d.Title, Chosen: chosen != nil && chosen.Duty == d.Code})
		}
	}
	if chosen != nil {
		for _, t := range chosen.Tasks {
			view.Kinds = append(view.Kinds, l.stepsOfKind(*chosen, t, future.Zone))
		}
	}
	if policy.ManagePlan(actor, record.IssuerID) && record.State != plan.Closed {
		view.Amend = planAddress(record.ID) + "/sua-doi"
		parsed, _, err := p.planInForce(c, actor, record)
		if err != nil {
			return err
		}
		for _, of := range policiesOf(parsed) {
			view.Sets = append(view.Sets, setOfSteps{stepsAddress(record.ID, of.policy.Code), of.policy.Name, l.usedBy(of)})
		}
	}
	return p.render.write(c, http.StatusOK, "steps", l, view)
}

// chosenRound is the first round of the duty asked for, else of the first duty.
func chosenRound(rounds []preview.Round, code string) *preview.Round {
	for i := range rounds {
		if rounds[i].Duty == code {
			return &rounds[i]
		}
	}
	if len(rounds) == 0 {
		return nil
	}
	return &rounds[0]
}

func (l lexicon) stepsOfKind(r preview.Round, t preview.Task, zone *time.Location) stepsOfKind {
	due := calendar.DueDay(t.Due.At, zone)
	v := stepsOfKind{
		Title: l.say("steps.kind", r.Title, l.period(r.Period.Key), l.levelOf(t.Task)), Due: l.until(t.Due.At, zone),
	}
	at := map[calendar.Date]int{}
	mark := func(day calendar.Date) *axisDay {
		i, known := at[day]
		if !known {
			i = len(v.Days)
			at[day] = i
			label := l.say("steps.due_day")
			if n := day.Sub(due); n != 0 {
				label = l.say("steps.days", n)
			}
			v.Days = append(v.Days, axisDay{Label: label, Day: day.VN(), Due: day == due})
		}
		return &v.Days[i]
	}
	placed := false
	for _, s := range t.Steps {
		day := calendar.DateOf(s.At, zone)
		if !placed && day.After(due) {
			mark(due)
			placed = true
		}
		what := l.stepWords(s)
		one := mark(day)
		one.Marks = append(one.Marks, what)
		placed = placed || day == due
		var whom []string
		for _, a := range s.Rule.Audience {
			whom = append(whom, l.sayOr("audience."+string(a), "audience.other"))
		}
		line := stepLine{When: moment(s.At, zone), What: what, Whom: strings.Join(whom, ", "), Why: s.Derivation.Sentence(l.code)}
		if s.Rule.Cron != "" {
			line.Again = l.say("steps.again", s.Rule.Cron)
		}
		v.Steps = append(v.Steps, line)
	}
	if !placed {
		mark(due)
	}
	return v
}

func (l lexicon) levelOf(t timetable.Task) string {
	return l.sayOr("level."+t.Kind.Level, "level.other")
}

// stepWords name a step; those while overdue take how late it is then.
func (l lexicon) stepWords(s calendar.StepTime) string {
	if s.Rule.Kind == "overdue" {
		return l.say("steps.overdue")
	}
	return l.sayOr("step."+s.Rule.Kind, "step.other")
}
