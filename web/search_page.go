package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Searches find plans, duties and results with or without accents.
type Searches interface {
	Search(ctx context.Context, actor policy.Actor, query string) (plan.Found, error)
}

// searchView is what was asked for and what was found.
type searchView struct {
	frame
	Query       string
	Asked       bool
	Count       string
	Plans       []planLine
	Duties      []foundDuty
	More        bool
	Results     []foundResult
	MoreResults bool
}

type foundDuty struct{ Address, Code, Title, Text, Facts string }

type foundResult struct{ Address, Title, Text, Facts string }

// shownText is how many characters of a duty's text a search shows.
const shownText = 240

func (p *pages) search(c *gin.Context, actor policy.Actor) error {
	query := c.Query("q")
	found, err := p.service.Search(c.Request.Context(), actor, query)
	if err != nil {
		return err
	}
	view := searchView{frame: p.frameFor(c, ""), Asked: len(plan.SearchWords(query)) > 0, More: found.More, MoreResults: found.MoreResults}
	l := view.lexicon()
	view.Title, view.Query = l.say("search.title"), strings.Join(plan.SearchWords(query), " ")
	for _, r := range found.Plans {
		view.Plans = append(view.Plans, planLine{planAddress(r.ID), r.Title, l.planFacts(r)})
	}
	for _, d := range found.Duties {
		view.Duties = append(view.Duties, l.foundDuty(d))
	}
	for _, r := range found.Results {
		view.Results = append(view.Results, l.foundResult(r, p.zoneOf(r.TimeZone)))
	}
	if n := len(view.Plans) + len(view.Duties) + len(view.Results); n > 0 {
		view.Count = l.count("search.found", n)
	}
	return p.render.write(c, http.StatusOK, "search", l, view)
}

func (l lexicon) foundDuty(d plan.FoundDuty) foundDuty {
	owners := d.Owners
	if len(owners) > namedOwners {
		owners = []string{l.count("plan.agencies", len(owners))}
	}
	text := []rune(d.Text)
	if d.Text == d.Title {
		text = nil
	}
	if len(text) > shownText {
		text = append(text[:shownText], '…')
	}
	facts := d.PlanTitle
	if len(owners) > 0 {
		facts = strings.Join(owners, ", ") + " · " + facts
	}
	return foundDuty{dutyAddress(d.PlanID, d.Code), d.Code, d.Title, string(text), facts}
}

func (l lexicon) foundResult(r plan.FoundResult, zone *time.Location) foundResult {
	facts := []string{r.Agency}
	if r.DocumentNumber != "" {
		facts = append(facts, l.say("search.paper", r.DocumentNumber))
	}
	facts = append(facts, l.say("search.sent", day(r.SubmittedAt, zone)), r.PlanTitle)
	return foundResult{taskAddress(r.TaskID), l.taskTitle(task.Task{DutyTitle: r.DutyTitle, PeriodKey: r.PeriodKey}), r.Excerpt, strings.Join(facts, " · ")}
}
