package web

import (
	"fmt"
	"strconv"

	"github.com/gin-gonic/gin"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// barWidth is the longest bar of the lateness, in the units of its view box.
const barWidth = 200

func (l lexicon) percent(part, whole int) string {
	if whole == 0 {
		return l.say("leaders.no_rate")
	}
	return l.decimal(fmt.Sprintf("%.1f", 100*float64(part)/float64(whole))) + "\u00a0%"
}

func (p *pages) leadersFigures(l lexicon, q leadersQuery, data task.Leaders, view *leadersView) {
	now, before := data.Now.Present, data.Before.Present
	since := calendar.DateOf(data.Since, p.zone)
	figure := func(cell task.Cell) leaderFigure {
		return leaderFigure{
			Glyph: l.glyphOfStatus(task.Status(cell)).beside(), Count: now.Of(cell), Address: q.list(cell, task.AgainstPresent, 0),
			Share: l.percent(now.Of(cell), now.Owed), Changed: l.changed(now.Of(cell), before.Of(cell), since),
		}
	}
	for _, cell := range []task.Cell{task.CellDoneOnTime, task.CellDoneLate, task.CellNotDoneInTime, task.CellNotDoneOverdue} {
		view.Cells = append(view.Cells, figure(cell))
	}
	for _, cell := range []task.Cell{task.CellWaiting, task.CellWaitingLate} {
		if now.Of(cell) > 0 {
			view.Waiting = append(view.Waiting, figure(cell))
		}
	}
	view.Owed = l.count("leaders.owed", now.Owed)
	for _, cell := range []task.Cell{task.CellSubmitted, task.CellOnTime} {
		rate := leaderRate{
			Title: l.say("leaders.rate." + string(cell)), Rate: l.percent(now.Of(cell), now.Expected), Part: figure(cell), Whole: figure(task.CellExpected),
		}
		original := data.Now.Original
		rate.Original = l.say("leaders.by_original", l.percent(original.Of(cell), original.Expected))
		view.Rates = append(view.Rates, rate)
	}
	view.Overdue = l.count("leaders.overdue", now.NotDoneOverdue)
	most := 1
	for _, band := range data.Late {
		most = max(most, band.Tasks)
	}
	for i, band := range data.Late {
		view.Bands = append(view.Bands, leaderBand{
			Title: l.say("leaders.band." + strconv.Itoa(i+1)), Address: q.list(task.CellNotDoneOverdue, task.AgainstPresent, i+1),
			Count: band.Tasks, Width: band.Tasks * barWidth / most, Longest: i == len(data.Late)-1,
		})
	}
	view.Soon = leaderFigure{Count: data.Soon, Address: q.list(task.CellNotDoneInTime, task.AgainstPresent, soonBand)}
}

// leadersTargets lists the chosen plan's targets that may not be reached, or of
// which that cannot be told.
func (p *pages) leadersTargets(c *gin.Context, actor policy.Actor, q leadersQuery, view *leadersView) error {
	if q.plan == 0 {
		return nil
	}
	targets, err := p.service.PlanTargets(c.Request.Context(), actor, q.plan)
	if err != nil {
		return err
	}
	l := view.lexicon()
	view.Aimed, view.Targets = true, targetsAddress(q.plan)
	for _, light := range []indicator.Light{indicator.Red, indicator.Amber, indicator.Unclear} {
		for _, one := range targets.Targets {
			for _, m := range one.Measures {
				if m.Outlook.Light != light {
					continue
				}
				if len(view.AtRisk) == atRiskShown {
					view.AtRiskMore++
					continue
				}
				standing := l.standing(m.Outlook, m.Hidden)
				item := leaderTarget{
					Address: targetAddress(q.plan, one.Code, 0), Code: one.Code, Text: one.Text, Light: l.light(light).beside(),
					Rule: l.rule(m.Outlook), Bar: standing.Bar,
				}
				if standing.Actual != "" {
					item.Actual = l.say("leaders.reached", standing.Actual, l.aim(m))
				}
				view.AtRisk = append(view.AtRisk, item)
			}
		}
	}
	return nil
}
