package web

import (
	"context"
	"slices"
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// chosenDuty is the panel about one duty.
type chosenDuty struct {
	Code, Title string
	Anchor      string // of its paragraph
	Facts       []fact
	Configured  bool
	Rounds      []roundLine
	Tasks       string // address of its tasks on the board; empty: the reader has none
	Ask         string // where a report is asked for by hand; empty: it is not
}

type fact struct{ Name, Value string }

type roundLine struct{ Period, Due, State, Tasks string }

// shownRounds is how many rounds of a duty the panel lists.
const shownRounds = 12

func (p *pages) chosenDuty(ctx context.Context, l lexicon, actor policy.Actor, zone *time.Location, duty plan.DutyRecord, progress task.Progress) (*chosenDuty, error) {
	chosen := &chosenDuty{Code: duty.Code, Title: duty.Title, Anchor: anchorOf(duty.Code), Configured: len(duty.Configured) > 0}
	for _, role := range []plan.Role{plan.Lead, plan.Implementing, plan.Coordinating, plan.Member} {
		var names []string
		for _, o := range duty.Owners {
			if o.Role == role {
				names = append(names, o.AgencyName)
			}
		}
		if len(names) > shownNames {
			names = append(names[:shownNames], l.count("plan.more", len(names)-shownNames))
		}
		if len(names) > 0 {
			chosen.Facts = append(chosen.Facts, fact{l.say("plan.role." + string(role)), strings.Join(names, "; ")})
		}
	}
	if duty.Mode == plan.Requested {
		chosen.Facts = append(chosen.Facts, fact{l.say("plan.mode"), l.say("plan.requested")})
	}
	if now := progress.Duties[duty.ID]; now.Overdue > 0 {
		chosen.Facts = append(chosen.Facts, fact{l.say("status.not_done_overdue"), l.count("plan.overdue", now.Overdue)})
	}
	rounds, _, err := p.service.ListRounds(ctx, actor, duty.PlanID, duty.ID, shownRounds, "")
	if err != nil {
		return nil, err
	}
	for _, r := range rounds {
		chosen.Rounds = append(chosen.Rounds, l.roundLine(r, calendar.DueDay(r.DueAt, zone)))
	}
	if policy.SeeBoard(actor) {
		chosen.Tasks = boardQuery{Plan: duty.PlanID, Duty: duty.ID}.address()
	}
	if policy.Supervises(actor) && slices.ContainsFunc(duty.Cadences, calendar.Cadence.OpenedByHand) {
		chosen.Ask = byHandAddress(duty.PlanID) + "?nv=" + formatID(duty.ID)
	}
	return chosen, nil
}

// shownNames is how many agencies of one role the panel names.
const shownNames = 12
