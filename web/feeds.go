package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/agency"
	"dondoc/internal/fault"
	"dondoc/internal/feed"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

// feedsView is the page of a person's calendar feeds.
type feedsView struct {
	frame
	Message, Done string
	// Made and Address are of the feed that was just made; the address stands
	// in this one answer and in no address line.
	Made, Address string
	Feeds         []feedLine
	Key           string
	// Person is the choice of one's own tasks; empty: one has none.
	Person          string
	Agencies, Plans []option
}

type feedLine struct {
	ID           int64
	Title, Facts string
	Readable     bool
}

func (p *pages) feedsPage(c *gin.Context, actor policy.Actor) error {
	view := feedsView{frame: p.frameFor(c, "")}
	if c.Query("da") == "thu-hoi" {
		view.Done = view.lexicon().say("feeds.revoked")
	}
	return p.showFeeds(c, actor, http.StatusOK, view)
}

// createFeed shows the page with the new address at once: a redirect would
// have to carry the address.
func (p *pages) createFeed(c *gin.Context, actor policy.Actor) error {
	if err := readForm(c); err != nil {
		return err
	}
	view := feedsView{frame: p.frameFor(c, "")}
	l := view.lexicon()
	created, err := p.feeds.CreateFeed(keyed(c, c.Request.PostForm), actor, wantedFeed(c.Request.PostForm.Get("cua")))
	f := fault.Of(err)
	switch {
	case f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict):
		view.Message = f.Message(l.code)
		return p.showFeeds(c, actor, statusOf(f), view)
	case err != nil:
		return err
	case created.Address == "": // the form was sent twice
		view.Done = l.say("feeds.told")
	default:
		view.Made, view.Address = l.say("feeds.made", l.feedTitle(created.Feed)), created.Address
	}
	return p.showFeeds(c, actor, http.StatusOK, view)
}

func (p *pages) revokeFeed(c *gin.Context, actor policy.Actor) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || id <= 0 {
		return notFound()
	}
	if err := p.feeds.RevokeFeed(c.Request.Context(), actor, id); err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, "/lich?da=thu-hoi")
	return nil
}

// What the choice of the form stands for.
const (
	ofPerson = "viec"
	ofAgency = "don-vi."
	ofPlan   = "van-ban."
)

// wantedFeed reads the choice; nonsense becomes what feed.Wanted refuses.
func wantedFeed(choice string) feed.Wanted {
	number := func(prefix string) int64 {
		id, err := strconv.ParseInt(strings.TrimPrefix(choice, prefix), 10, 64)
		if err != nil {
			return 0
		}
		return id
	}
	switch {
	case choice == ofPerson:
		return feed.Wanted{Scope: feed.Person}
	case strings.HasPrefix(choice, ofAgency):
		return feed.Wanted{Scope: feed.Agency, AgencyID: number(ofAgency)}
	case strings.HasPrefix(choice, ofPlan):
		return feed.Wanted{Scope: feed.Plan, PlanID: number(ofPlan)}
	}
	return feed.Wanted{}
}

// showFeeds fills in what one has and what one may choose.
func (p *pages) showFeeds(c *gin.Context, actor policy.Actor, status int, view feedsView) error {
	l := view.lexicon()
	view.Title, view.Key = l.say("feeds.title"), randomHex(16)
	feeds, err := p.feeds.ListFeeds(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	for _, f := range feeds {
		view.Feeds = append(view.Feeds, p.feedLine(l, f))
	}
	if policy.Subscribe(actor, 0) {
		if actor.Has(policy.FocalPoint) || actor.Has(policy.Head) {
			view.Person = ofPerson
		}
		if err := p.feedChoices(c, actor, &view); err != nil {
			return err
		}
	}
	return p.render.write(c, status, "feeds", l, view)
}

func (p *pages) feedChoices(c *gin.Context, actor policy.Actor, view *feedsView) error {
	// One's own agencies first: the directory may be too long to reach them.
	var agencies []agency.Agency
	for _, post := range actor.Posts {
		agencies = append(agencies, agency.Agency{ID: post.AgencyID, Name: post.AgencyName})
	}
	directory, err := p.directory(c, actor)
	if err != nil {
		return err
	}
	offered := map[int64]bool{}
	for _, a := range slices.Concat(agencies, directory) {
		if !offered[a.ID] && policy.Subscribe(actor, a.ID) {
			offered[a.ID] = true
			view.Agencies = append(view.Agencies, option{Value: ofAgency + strconv.FormatInt(a.ID, 10), Title: a.Name})
		}
	}
	plans, err := p.service.ListPlans(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	for _, r := range plans {
		if r.State != plan.Draft {
			view.Plans = append(view.Plans, option{Value: ofPlan + strconv.FormatInt(r.ID, 10), Title: r.Title})
		}
	}
	return nil
}

func (p *pages) feedLine(l lexicon, f feed.Feed) feedLine {
	line := feedLine{ID: f.ID, Title: l.feedTitle(f), Readable: f.Readable}
	used := l.say("feeds.unused")
	if f.LastUsedAt != nil {
		used = l.say("feeds.used", moment(*f.LastUsedAt, p.zone))
	}
	line.Facts = l.say("feeds.created", moment(f.CreatedAt, p.zone)) + " · " + used
	return line
}

func (l lexicon) feedTitle(f feed.Feed) string {
	switch f.Scope {
	case feed.Agency:
		return f.AgencyName
	case feed.Plan:
		return f.PlanTitle
	case feed.Person:
	}
	return l.say("feeds.person")
}
