package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// planHead is what the pages of one plan have in common.
type planHead struct {
	frame
	Facts string
	At    string // the instant of the figures; empty: the page has none
	Tabs  []menuItem
}

// planOf finds the plan of the address and begins a page about it.
func (p *pages) planOf(c *gin.Context, actor policy.Actor) (plan.Record, planHead, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return plan.Record{}, planHead{}, notFound()
	}
	record, err := p.service.FindPlan(c.Request.Context(), actor, id)
	if err != nil {
		return plan.Record{}, planHead{}, err
	}
	head := planHead{frame: p.frameFor(c, record.Title)}
	head.Styles = []string{"plan.css"}
	l := head.lexicon()
	head.Facts = l.planFacts(record)
	for _, tab := range []struct{ key, below string }{
		{"plan.document", ""}, {"plan.who", "/phan-cong"}, {"plan.rounds_tab", "/ky"}, {"targets.title", "/muc-tieu"}, {"plan.coverage", "/ke-hoach-rieng"},
		{"lich.title", "/lich"},
		{"foresee.tab", "/xem-truoc"}, {"steps.tab", "/buoc-nhac"}, {"amend.tab", "/sua-doi"}, {"follow.tab", "/theo-doi"},
	} {
		// What only whoever follows the plan needs is not in the others' way.
		if (tab.below == "/xem-truoc" || tab.below == "/theo-doi") && !policy.ManagePlan(actor, record.IssuerID) {
			continue
		}
		address := planAddress(id) + tab.below
		head.Tabs = append(head.Tabs, menuItem{l.say(tab.key), address, address == c.Request.URL.Path})
	}
	if policy.SeeBoard(actor) {
		head.Tabs = append(head.Tabs, menuItem{Title: l.say("menu.board"), Address: boardQuery{Plan: id}.address()})
	}
	return record, head, nil
}

// assignmentsView tells of each agency what it owes.
type assignmentsView struct {
	planHead
	Agencies []agencyDuties
}

type agencyDuties struct {
	Name   string
	Duties []assignedDuty
}

type assignedDuty struct{ Address, Code, Title, Role string }

// assignments lists who owes what, in the order in which the plan names agencies
// first. Agencies that owe exactly the same are told once, with their number.
func (p *pages) assignments(c *gin.Context, actor policy.Actor) error {
	record, head, err := p.planOf(c, actor)
	if err != nil {
		return err
	}
	duties, err := p.service.ListDuties(c.Request.Context(), actor, record.ID)
	if err != nil {
		return err
	}
	view := assignmentsView{planHead: head, Agencies: head.lexicon().assigned(record.ID, duties)}
	return p.render.write(c, http.StatusOK, "assignments", head.lexicon(), view)
}

func (l lexicon) assigned(planID int64, duties []plan.DutyRecord) []agencyDuties {
	type share struct {
		name   string
		key    strings.Builder
		duties []assignedDuty
	}
	var order []int64
	shares := map[int64]*share{}
	for _, duty := range duties {
		for _, o := range duty.Owners {
			s := shares[o.AgencyID]
			if s == nil {
				s = &share{name: o.AgencyName}
				shares[o.AgencyID] = s
				order = append(order, o.AgencyID)
			}
			s.key.WriteString(duty.Code + " " + string(o.Role) + "\n")
			s.duties = append(s.duties, assignedDuty{dutyAddress(planID, duty.Code), duty.Code, duty.Title, l.say("plan.role." + string(o.Role))})
		}
	}
	alike := map[string][]string{}
	for _, id := range order {
		alike[shares[id].key.String()] = append(alike[shares[id].key.String()], shares[id].name)
	}
	var all []agencyDuties
	for _, id := range order {
		s := shares[id]
		names := alike[s.key.String()]
		if names == nil {
			continue // told already
		}
		delete(alike, s.key.String())
		name := strings.Join(names, ", ")
		if len(names) > namedOwners {
			name = l.say("plan.such_as", l.count("plan.agencies", len(names)), strings.Join(names[:namedOwners], ", "))
		}
		all = append(all, agencyDuties{name, s.duties})
	}
	return all
}

// roundsView lists the rounds of a plan, the latest due time first.
type roundsView struct {
	planHead
	Year   *yearView // nil: further down the list
	Rounds []planRound
	More   string
}

type planRound struct {
	roundLine
	Address, Code, Title, Opens string
}

// shownPlanRounds is how many rounds a page lists.
const shownPlanRounds = 100

func (p *pages) planRounds(c *gin.Context, actor policy.Actor) error {
	record, head, err := p.planOf(c, actor)
	if err != nil {
		return err
	}
	rounds, next, err := p.service.ListRounds(c.Request.Context(), actor, record.ID, 0, shownPlanRounds, c.Query("tiep"))
	if err != nil {
		return err
	}
	view, l, zone := roundsView{planHead: head}, head.lexicon(), p.zoneOf(record.TimeZone)
	if c.Query("tiep") == "" {
		now, err := p.now(c)
		if err != nil {
			return err
		}
		view.Styles = append(view.Styles, "plan-calendar.css")
		if view.Year, err = p.planYear(c.Request.Context(), l, actor, record, c.Query("nam"), now); err != nil {
			return err
		}
	}
	for _, r := range rounds {
		view.Rounds = append(view.Rounds, planRound{
			roundLine: l.roundLine(r, calendar.DueDay(r.DueAt, zone)), Address: dutyAddress(record.ID, r.DutyCode), Code: r.DutyCode, Title: r.DutyTitle,
			Opens: day(r.OpensAt, zone),
		})
	}
	if next != "" {
		view.More = c.Request.URL.Path + "?tiep=" + next
	}
	return p.render.write(c, http.StatusOK, "rounds", l, view)
}

func (l lexicon) roundLine(r task.Round, due calendar.Date) roundLine {
	return roundLine{l.period(r.PeriodKey), due.VN(), l.say("plan.round." + r.State), l.integer(r.Tasks)}
}

// coverageView tells which units have a plan of their own.
type coverageView struct {
	planHead
	Duties []coverageLine
}

type coverageLine struct {
	Address, Code, Title    string
	Units, Have, Draft, Nil string
	Sheet                   string // the units without, as a workbook
}

func (p *pages) coverage(c *gin.Context, actor policy.Actor) error {
	record, head, err := p.planOf(c, actor)
	if err != nil {
		return err
	}
	covered, err := p.service.PlanCoverage(c.Request.Context(), actor, record.ID)
	if err != nil {
		return err
	}
	view, l := coverageView{planHead: head}, head.lexicon()
	for _, d := range covered {
		view.Duties = append(view.Duties, coverageLine{
			Address: dutyAddress(record.ID, d.DutyCode), Code: d.DutyCode, Title: d.DutyTitle,
			Units: l.integer(d.Units), Have: l.integer(d.Have), Draft: l.integer(d.Draft), Nil: l.integer(d.None()),
			Sheet: "/api/v1/exports/coverage.xlsx?plan=" + strconv.FormatInt(record.ID, 10) + "&duty=" + strconv.FormatInt(d.DutyID, 10) + "&has=no",
		})
	}
	return p.render.write(c, http.StatusOK, "coverage", l, view)
}
