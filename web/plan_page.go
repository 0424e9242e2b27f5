package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Plans show issued plans as documents with the state of each duty beside its paragraph.
type Plans interface {
	FindPlan(ctx context.Context, actor policy.Actor, id int64) (plan.Record, error)
	PlanContent(ctx context.Context, actor policy.Actor, planID int64) ([]plan.ContentRecord, error)
	PlanProgress(ctx context.Context, actor policy.Actor, planID int64) (task.Progress, error)
	PlanCoverage(ctx context.Context, actor policy.Actor, planID int64) ([]plan.Coverage, error)
	ListRounds(ctx context.Context, actor policy.Actor, planID, dutyID int64, limit int, cursor string) ([]task.Round, string, error)
}

// planPages are the list of plans and each plan's document.
func (p *pages) planPages(site *gin.RouterGroup) {
	site.GET("/van-ban", p.page(p.signedIn(p.plans)))
	site.GET("/van-ban/:id", p.page(p.signedIn(p.planDocument)))
	site.GET("/van-ban/:id/phan-cong", p.page(p.signedIn(p.assignments)))
	site.GET("/van-ban/:id/ky", p.page(p.signedIn(p.planRounds)))
	site.GET("/van-ban/:id/ke-hoach-rieng", p.page(p.signedIn(p.coverage)))
}

// plansView lists the plans that the reader sees.
type plansView struct {
	frame
	Plans []planLine
	Load  string // where a plan is loaded; empty: the reader loads none
	Read  string // where one is made of a document
}

type planLine struct{ Address, Title, Facts string }

func (p *pages) plans(c *gin.Context, actor policy.Actor) error {
	records, err := p.service.ListPlans(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	view := plansView{frame: p.frameFor(c, "")}
	l := view.lexicon()
	view.Title = l.say("plans.title")
	if policy.LoadPlan(actor) {
		view.Load, view.Read = loadAddress, issuedAddress
	}
	for _, r := range records {
		view.Plans = append(view.Plans, planLine{planAddress(r.ID), r.Title, l.planFacts(r)})
	}
	return p.render.write(c, http.StatusOK, "plans", l, view)
}

func planAddress(id int64) string { return "/van-ban/" + strconv.FormatInt(id, 10) }

// planFacts say who issued a plan, its state and from when to when it is valid.
func (l lexicon) planFacts(r plan.Record) string {
	facts := []string{r.IssuerName}
	if r.Number != "" {
		facts = append(facts, r.Number)
	}
	return strings.Join(append(facts, l.say("plan.state."+string(r.State)), l.say("plans.validity", r.ValidFrom.VN(), r.ValidTo.VN())), " · ")
}

// planView is a plan as issued: outline, text with states, and the chosen duty.
type planView struct {
	planHead
	Outline  []outlineItem
	Sections []planSection
	Chosen   *chosenDuty
	// LateGlyph stands beside the counts of the outline.
	LateGlyph glyph
}

// outlineItem leads to a section; Late counts its duties with overdue agencies.
type outlineItem struct {
	Anchor, Number, Title string
	Late                  int
	Current               bool
}

type planSection struct {
	Anchor, Number, Title string
	Paragraphs            []paragraph
}

// paragraph is a piece of the document's text with where it stands.
type paragraph struct {
	Anchor, Code, Text string
	// Address chooses the duty; empty: nobody owes this paragraph.
	Address string
	Chosen  bool
	State   dutyState
}

// dutyState is what stands beside a paragraph.
type dutyState struct {
	Round   string // the round that the glyphs are of
	Members []memberMark
	Counts  []markCount
	Late    string
	Note    string // instead of a round
}

type memberMark struct {
	Address string
	Glyph   glyph
}

type markCount struct {
	Glyph glyph
	Count string
}

func (p *pages) planDocument(c *gin.Context, actor policy.Actor) error {
	record, head, err := p.planOf(c, actor)
	if err != nil {
		return err
	}
	ctx, id := c.Request.Context(), record.ID
	duties, err := p.service.ListDuties(ctx, actor, id)
	if err != nil {
		return err
	}
	content, err := p.service.PlanContent(ctx, actor, id)
	if err != nil {
		return err
	}
	progress, err := p.service.PlanProgress(ctx, actor, id)
	if err != nil {
		return err
	}
	view := planView{planHead: head}
	l, zone := view.lexicon(), p.zoneOf(record.TimeZone)
	today := calendar.DateOf(progress.At, zone)
	view.At = l.say("board.at", clockOf(progress.At, zone), l.weekday(today), today.VN())
	d := issuedText{l: l, zone: zone, planID: id, progress: progress, chosen: c.Query("nv")}
	d.content(content)
	d.duties(duties)
	view.Outline, view.Sections, view.LateGlyph = d.outline, d.sections, l.glyphOfStatus(task.NotDoneOverdue)
	if found := dutyOf(duties, d.chosen); found != nil {
		if view.Chosen, err = p.chosenDuty(ctx, l, actor, zone, *found, progress); err != nil {
			return err
		}
	}
	return p.render.write(c, http.StatusOK, "plan", l, view)
}

func dutyOf(duties []plan.DutyRecord, code string) *plan.DutyRecord {
	for i := range duties {
		if duties[i].Code == code {
			return &duties[i]
		}
	}
	return nil
}

// anchorOf is a place's id on the page; codes hold letters of any alphabet.
func anchorOf(code string) string {
	return "n-" + strings.Map(func(r rune) rune {
		if r == ' ' || r == '"' || r == '#' {
			return '-'
		}
		return r
	}, code)
}

func dutyAddress(planID int64, code string) string {
	return fmt.Sprintf("%s?nv=%s#%s", planAddress(planID), url.QueryEscape(code), anchorOf(code))
}
