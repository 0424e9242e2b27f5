package web

import (
	"context"
	"slices"
	"strconv"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// BoardChoices tells what a board can be narrowed to.
type BoardChoices interface {
	BoardChoices(ctx context.Context, actor policy.Actor, planID int64) (task.Choices, error)
}

// boardFilters fills the choices; a chosen plan offers its duties.
func (p *pages) boardFilters(l lexicon, actor policy.Actor, q boardQuery, choices task.Choices, view *boardView) {
	for _, r := range choices.Plans {
		view.Plans = append(view.Plans, option{strconv.FormatInt(r.ID, 10), r.Title, r.ID == q.Plan})
		if r.ID == choices.PlanID {
			view.Scope = r.Title
		}
	}
	view.Annexes = l.annexesOf(actor, choices.PlanID, q)
	if choices.PlanID != 0 {
		view.Targets = targetsAddress(choices.PlanID)
	}
	for _, d := range choices.Duties {
		view.Duties = append(view.Duties, option{strconv.FormatInt(d.ID, 10), d.Code + " · " + d.Title, d.ID == q.Duty})
	}
	if q.Level != "" && !slices.Contains(choices.Levels, q.Level) {
		choices.Levels = append(choices.Levels, q.Level)
	}
	for _, level := range choices.Levels {
		view.Levels = append(view.Levels, option{level, l.sayOr("level."+level, "level.other"), level == q.Level})
	}
	for _, way := range []task.Way{task.WayDirect, task.WayBetween} {
		view.Ways = append(view.Ways, option{wayAddress(way), l.say("board.way." + string(way)), way == q.Way})
	}
	known := q.Agency == 0
	for _, a := range choices.Agencies {
		known = known || a.ID == q.Agency
		view.Agencies = append(view.Agencies, option{strconv.FormatInt(a.ID, 10), a.Title, a.ID == q.Agency})
	}
	if !known {
		view.Agencies = append(view.Agencies, option{strconv.FormatInt(q.Agency, 10), l.say("board.one_agency"), true})
	}
}
