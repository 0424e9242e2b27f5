package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// Leaders count what a leader takes in at one look.
type Leaders interface {
	Leaders(ctx context.Context, actor policy.Actor, f task.LeadersFilter) (task.Leaders, error)
}

// What one screen and one printed page have room for.
const (
	decisionsShown = 4
	atRiskShown    = 4
)

// momentForm is how an address names an instant, in the pages' zone.
const momentForm = "2006-01-02T15:04"

func (p *pages) leaderPages(site *gin.RouterGroup) {
	site.GET("/lanh-dao", p.page(p.signedIn(p.leaders)))
	site.GET("/lanh-dao/danh-sach", p.page(p.signedIn(p.leadersList)))
}

// leadersView is the leaders' page: one screen, and one printed page.
type leadersView struct {
	frame
	Plan, Issuer string
	Plans        []option
	Until        string // the instant of the figures, as its field takes it
	Owed         string
	Cells        []leaderFigure
	Waiting      []leaderFigure
	Rates        []leaderRate
	Overdue      string
	Bands        []leaderBand
	Decide       []leaderDecision
	DecideCount  string
	Longest      []leaderLate
	Soon         leaderFigure
	SoonFirst    []statusLine
	Aimed        bool // a plan is chosen, whose targets can be told
	Targets      string
	AtRisk       []leaderTarget
	AtRiskMore   int
}

// leaderFigure is a number that opens to what it counts.
type leaderFigure struct {
	Glyph                   glyph
	Count                   int
	Address, Share, Changed string
}

type leaderRate struct {
	Title, Rate, Original, Facts string
	Part, Whole                  leaderFigure
}

type leaderBand struct {
	Title, Address string
	Count, Width   int
	Longest        bool
}

type leaderDecision struct{ Address, Title, Since, Facts string }

type leaderLate struct {
	statusLine
	Late, Reason string
}

type leaderTarget struct {
	Address, Code, Text, Actual, Rule string
	Light                             glyph
	Bar                               int
}

// leadersQuery is the address of the page and of its lists.
type leadersQuery struct {
	plan int64
	at   time.Time
	zone *time.Location
}

func (p *pages) leadersQuery(c *gin.Context) (leadersQuery, error) {
	q := leadersQuery{zone: p.zone}
	q.plan, _ = strconv.ParseInt(c.Query("van-ban"), 10, 64) // what is no number chooses none
	if until := c.Query("den"); until != "" {
		at, err := time.ParseInLocation(momentForm, until, p.zone)
		if err != nil {
			return q, fault.New(fault.Invalid, "leaders.at",
				"Thời điểm số liệu ghi như 2026-06-19T08:00.", "Write the instant of the figures like 2026-06-19T08:00.").At("den")
		}
		q.at = at
		return q, nil
	}
	now, err := p.now(c)
	// Whole minutes: the addresses of the lists name the same instant.
	q.at = now.Truncate(time.Minute)
	return q, err
}

// list is the address of what a figure counts; band 0: of any lateness.
func (q leadersQuery) list(cell task.Cell, against task.Against, band int) string {
	v := url.Values{"so-lieu": {string(cell)}, "den": {q.at.In(q.zone).Format(momentForm)}}
	if q.plan != 0 {
		v.Set("van-ban", strconv.FormatInt(q.plan, 10))
	}
	if against == task.AgainstOriginal {
		v.Set("theo", string(against))
	}
	if band != 0 {
		v.Set("muc", strconv.Itoa(band))
	}
	return "/lanh-dao/danh-sach?" + v.Encode()
}

// soonBand is the band of what is due soon, after those of the overdue.
const soonBand = len(task.Lateness) + 1

func (p *pages) leaders(c *gin.Context, actor policy.Actor) error {
	if !policy.SeeBoard(actor) {
		return noLeaders()
	}
	q, err := p.leadersQuery(c)
	if err != nil {
		return err
	}
	if _, asked := c.GetQuery("van-ban"); !asked {
		// As the board: the only plan that is followed, whose targets can be told too.
		choices, err := p.service.BoardChoices(c.Request.Context(), actor, 0)
		if err != nil {
			return err
		}
		q.plan = choices.PlanID
	}
	data, err := p.service.Leaders(c.Request.Context(), actor, task.LeadersFilter{PlanID: q.plan, At: q.at})
	if err != nil {
		return err
	}
	view := leadersView{frame: p.frameFor(c, ""), Until: q.at.In(p.zone).Format(momentForm)}
	view.Styles = []string{"leaders.css"}
	l := view.lexicon()
	view.Title = l.say("leaders.at", clockOf(q.at, p.zone), day(q.at, p.zone))
	plans, err := p.service.ListPlans(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	view.Plan, view.Issuer = l.say("board.all_plans"), actor.Name
	for _, r := range plans {
		if r.State == plan.Draft {
			continue
		}
		view.Plans = append(view.Plans, option{strconv.FormatInt(r.ID, 10), r.Title, r.ID == q.plan})
		if r.ID == q.plan {
			view.Plan, view.Issuer = r.Title, r.IssuerName
		}
	}
	p.leadersFigures(l, q, data, &view)
	for _, one := range data.Longest {
		line := leaderLate{statusLine: p.statusLine(l, one.Task), Late: l.count("days", one.DaysLate), Reason: l.lateReason(one)}
		view.Longest = append(view.Longest, line)
	}
	for _, t := range data.SoonFirst {
		view.SoonFirst = append(view.SoonFirst, p.statusLine(l, t))
	}
	if err := p.leadersDecide(c, actor, q, &view); err != nil {
		return err
	}
	if err := p.leadersTargets(c, actor, q, &view); err != nil {
		return err
	}
	return p.render.write(c, http.StatusOK, "leaders", l, view)
}

func noLeaders() error {
	return fault.New(fault.Forbidden, "leaders.forbidden",
		"Trang lãnh đạo dành cho người theo dõi, thủ trưởng và cơ quan ban hành.",
		"The leaders' page is for supervisors, heads and plan authorities.")
}

// leadersDecide lists what waits for the reader's decision, the longest wait first.
func (p *pages) leadersDecide(c *gin.Context, actor policy.Actor, q leadersQuery, view *leadersView) error {
	if !hasRequests(actor) {
		view.DecideCount = "0"
		return nil
	}
	l := view.lexicon()
	var all []request.Request
	f := request.Filter{ToDecide: true, Open: true, Limit: 200}
	for first := true; first || f.Cursor != ""; first = false {
		page, err := p.service.ListRequests(c.Request.Context(), actor, f)
		if err != nil {
			return err
		}
		for _, r := range page.Requests {
			if (q.plan == 0 || r.PlanID == q.plan) && !r.AskedAt.After(q.at) {
				all = append(all, r)
			}
		}
		f.Cursor = page.Next
	}
	view.DecideCount = l.integer(len(all))
	slices.SortStableFunc(all, func(a, b request.Request) int { return a.AskedAt.Compare(b.AskedAt) })
	for _, r := range all[:min(len(all), decisionsShown)] {
		d, err := p.service.FindRequest(c.Request.Context(), actor, r.ID)
		if err != nil {
			return err
		}
		zone := p.zoneOf(r.TimeZone)
		line := leaderDecision{
			Address: requestAddress(r.ID), Title: l.say("request.kind."+string(r.Kind)) + " " + r.DutyCode + ", " + r.TaskAgencyName,
			Since: l.say("leaders.since", day(r.AskedAt, zone)), Facts: l.say("leaders.no_opinion"),
		}
		for _, e := range d.Events {
			if e.Action == "opinion" {
				line.Facts = l.say("leaders.opinion." + e.Stance)
			}
		}
		if r.Kind == request.Extension {
			line.Facts = l.say("leaders.until", r.ProposedOn.VN()) + "; " + line.Facts
		}
		view.Decide = append(view.Decide, line)
	}
	return nil
}

// leadersList shows the tasks that a figure counts.
func (p *pages) leadersList(c *gin.Context, actor policy.Actor) error {
	if !policy.SeeBoard(actor) {
		return noLeaders()
	}
	q, err := p.leadersQuery(c)
	if err != nil {
		return err
	}
	cell, against := task.Cell(c.Query("so-lieu")), task.AgainstPresent
	if c.Query("theo") == string(task.AgainstOriginal) {
		against = task.AgainstOriginal
	}
	if !slices.Contains(task.Cells, cell) {
		return notFound()
	}
	band, _ := strconv.Atoi(c.Query("muc")) // what is no number narrows nothing
	var late *task.LateDays
	switch {
	case band == soonBand:
		days := task.SoonDays
		late = &days
	case band > 0 && band < soonBand:
		days := task.Lateness[band-1]
		late = &days
	default:
		band = 0
	}
	page, err := p.service.ListTasks(c.Request.Context(), actor, task.Filter{
		PlanID: q.plan, Limit: boardShown, Cursor: c.Query("tiep"), Figure: task.Leaders{At: q.at}.FigureOf(cell, against, late),
	})
	if err != nil {
		return err
	}
	view := leadersListView{frame: p.frameFor(c, "")}
	view.Styles = []string{"leaders.css"}
	l := view.lexicon()
	view.Title = l.say("leaders.cell." + string(cell))
	if band != 0 {
		view.Title += ", " + l.say("leaders.band."+strconv.Itoa(band))
	}
	view.At = l.say("leaders.at", clockOf(q.at, p.zone), day(q.at, p.zone))
	if against == task.AgainstOriginal {
		view.At += " · " + l.say("leaders.original")
	}
	back := url.Values{"den": {q.at.In(p.zone).Format(momentForm)}}
	if q.plan != 0 {
		back.Set("van-ban", strconv.FormatInt(q.plan, 10))
	}
	view.Back = "/lanh-dao?" + back.Encode()
	for _, t := range page.Tasks {
		view.Tasks = append(view.Tasks, p.statusLine(l, t))
	}
	if page.Next != "" {
		view.More = q.list(cell, against, band) + "&tiep=" + url.QueryEscape(page.Next)
	}
	return p.render.write(c, http.StatusOK, "leaders_list", l, view)
}

type leadersListView struct {
	frame
	At, Back, More string
	Tasks          []statusLine
}

// lateReason says in one breath what is known of a delay.
func (l lexicon) lateReason(one task.Longest) string {
	switch {
	case !one.ExtensionTo.IsZero():
		return l.say("leaders.reason.extension", one.ExtensionTo.VN())
	case !one.PromisedOn.IsZero():
		return l.say("leaders.reason.promised", one.PromisedOn.VN())
	case one.Explanation != "":
		return l.sayOr("explanation."+one.Explanation, "explanation.other")
	}
	return l.say("leaders.reason.none")
}

// changed compares a number with that of the moment before.
func (l lexicon) changed(now, before int, since calendar.Date) string {
	switch {
	case now > before:
		return l.say("leaders.more", l.integer(now-before), since.VN())
	case now < before:
		return l.say("leaders.fewer", l.integer(before-now), since.VN())
	}
	return l.say("leaders.same", since.VN())
}
