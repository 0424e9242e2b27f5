package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"dondoc/internal/geo"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Maps draw where reports are late or missing.
type Maps interface {
	Outlines(ctx context.Context, actor policy.Actor) ([]geo.Outline, error)
	LoadOutlines(ctx context.Context, actor policy.Actor, shapes []geo.Shape, source string) (geo.Loaded, error)
	Rates(ctx context.Context, actor policy.Actor, f task.RateFilter) (task.RatePage, error)
}

const (
	mapAddress      = "/ban-do"
	outlinesAddress = adminHome + "/ban-do"
	mapWidth        = 900 // units of the drawing
)

func (p *pages) mapPages(site *gin.RouterGroup) {
	site.GET(mapAddress, p.page(p.signedIn(p.mapPage)))
	site.GET(outlinesAddress, p.page(p.signedIn(p.outlinesPage)))
	p.forms(site, outlinesAddress, p.loadOutlines, func(c *gin.Context, actor policy.Actor, form url.Values) error {
		return p.showOutlines(c, actor, form, nil, formErrors{}, http.StatusOK)
	})
}

// mapView is a map of units by what they owe, and the same as a list.
type mapView struct {
	frame
	At            string
	Plans, Duties []option
	Choose        bool   // several plans are followed: without one nobody's state can be told
	Inside        string // what the map is zoomed to; empty: all
	Out           string
	Width, Height float64
	Shapes        []mapShape
	Legend        []mapLegend
	Lines         []mapLine
	Sources       []string
	Load          string // where outlines are loaded; empty: the reader loads none
}

type mapShape struct {
	Path, Address, Title, Class string
}

type mapLegend struct {
	Class, Title string
	Count        int
}

type mapLine struct {
	Address, Name, Code, State, Zoom string
	Class                            string
	Late, Waiting, Done, Owed        int
}

// standings are the states of a unit on the map, the most urgent first.
var standings = []string{"late", "waiting", "owed", "done", "none"}

// standing says what a unit's tasks come to.
func standing(t task.Tally) string {
	switch {
	case t.NotDoneOverdue > 0:
		return "late"
	case t.Waiting+t.WaitingLate > 0:
		return "waiting"
	case t.NotDoneInTime > 0:
		return "owed"
	case t.DoneOnTime+t.DoneLate > 0:
		return "done"
	default:
		return "none"
	}
}

func (p *pages) mapPage(c *gin.Context, actor policy.Actor) error {
	if !policy.SeeBoard(actor) {
		return notFound()
	}
	ctx := c.Request.Context()
	view := mapView{frame: p.frameFor(c, "")}
	l := view.lexicon()
	view.Title, view.Styles = l.say("map.title"), []string{"map.css"}
	if policy.ManageAgencies(actor) {
		view.Load = outlinesAddress
	}
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(c.Query(name), 10, 64)
		return n
	}
	f := task.RateFilter{GroupBy: task.ByAgency, PlanID: number("van-ban"), DutyID: number("nhiem-vu"), Limit: 200}
	choices, err := p.service.BoardChoices(ctx, actor, f.PlanID)
	if err != nil {
		return err
	}
	f.PlanID = choices.PlanID
	for _, one := range choices.Plans {
		view.Plans = append(view.Plans, option{Value: formatID(one.ID), Title: one.Title, Chosen: one.ID == f.PlanID})
	}
	if !slices.ContainsFunc(choices.Duties, func(d task.Choice) bool { return d.ID == f.DutyID }) {
		f.DutyID = 0
	}
	for _, d := range choices.Duties {
		view.Duties = append(view.Duties, option{Value: formatID(d.ID), Title: d.Code + " · " + d.Title, Chosen: d.ID == f.DutyID})
	}
	outlines, err := p.service.Outlines(ctx, actor)
	if err != nil {
		return err
	}
	if view.Choose = f.PlanID == 0 && len(view.Plans) > 0 && len(outlines) > 0; view.Choose {
		return p.render.write(c, http.StatusOK, "map", l, view)
	}
	tallies := map[int64]task.Tally{}
	if f.PlanID != 0 && len(outlines) > 0 {
		if err := p.tallies(ctx, actor, f, tallies, &view); err != nil {
			return err
		}
	}
	l.draw(outlines, tallies, f, number("trong"), &view)
	if len(outlines) > 0 && len(view.Shapes) == 0 {
		return notFound() // zoomed to what is not on the map
	}
	return p.render.write(c, http.StatusOK, "map", l, view)
}

// tallies reads what each agency of the reader's comes to.
func (p *pages) tallies(ctx context.Context, actor policy.Actor, f task.RateFilter, into map[int64]task.Tally, view *mapView) error {
	for {
		page, err := p.service.Rates(ctx, actor, f)
		if err != nil {
			return err
		}
		view.At = view.lexicon().say("map.at", moment(page.At, p.zone))
		for _, r := range page.Rates {
			into[r.ID] = r.Present
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			return nil
		}
	}
}

func mapQuery(f task.RateFilter, inside int64) string {
	query := url.Values{}
	for name, id := range map[string]int64{"van-ban": f.PlanID, "nhiem-vu": f.DutyID, "trong": inside} {
		if id != 0 {
			query.Set(name, formatID(id))
		}
	}
	if len(query) == 0 {
		return mapAddress
	}
	return mapAddress + "?" + query.Encode()
}

// draw lays the units out, zoomed to one and what lies directly below it.
func (l lexicon) draw(outlines []geo.Outline, tallies map[int64]task.Tally, f task.RateFilter, inside int64, view *mapView) {
	parents := map[int64]bool{}
	for _, o := range outlines {
		parents[o.ParentID] = true
	}
	if inside != 0 {
		outlines = slices.DeleteFunc(slices.Clone(outlines), func(o geo.Outline) bool {
			if o.AgencyID == inside {
				view.Inside, view.Out = o.Name, mapQuery(f, 0)
			}
			return o.AgencyID != inside && o.ParentID != inside
		})
	}
	all := make([][][]geo.Point, len(outlines))
	for i, o := range outlines {
		all[i] = o.Rings
	}
	frame, ok := geo.FrameOf(all)
	if !ok {
		return
	}
	projection := geo.NewProjection(frame, mapWidth)
	view.Width, view.Height = projection.Width, projection.Height
	counts := map[string]int{}
	for _, o := range outlines {
		t := tallies[o.AgencyID]
		class := standing(t)
		counts[class]++
		line := mapLine{
			Name: o.Name, Code: o.Code, Class: class, State: l.say("map.state." + class), Late: t.NotDoneOverdue, Waiting: t.Waiting + t.WaitingLate,
			Done: t.DoneOnTime + t.DoneLate, Owed: t.NotDoneInTime, Address: boardQuery{Plan: f.PlanID, Duty: f.DutyID, Agency: o.AgencyID}.address(),
		}
		if inside == 0 && parents[o.AgencyID] {
			line.Zoom = mapQuery(f, o.AgencyID)
		}
		title := o.Name + ": " + line.State
		if t.NotDoneOverdue > 0 {
			title += ", " + l.count("map.late", t.NotDoneOverdue)
		}
		view.Shapes = append(view.Shapes, mapShape{projection.Path(o.Rings), line.Address, title, class})
		view.Lines = append(view.Lines, line)
		if !slices.Contains(view.Sources, o.Source) {
			view.Sources = append(view.Sources, o.Source)
		}
	}
	slices.SortStableFunc(view.Lines, func(a, b mapLine) int {
		if a.Class != b.Class {
			return slices.Index(standings, a.Class) - slices.Index(standings, b.Class)
		}
		return b.Late - a.Late
	})
	for _, class := range standings {
		view.Legend = append(view.Legend, mapLegend{class, l.say("map.state." + class), counts[class]})
	}
}

// outlinesView loads outlines and tells what was found.
type outlinesView struct {
	adminFrame
	Errors formErrors
	Form   actForm
	Loaded *geo.Loaded
	Kept   int
}

func (p *pages) outlinesPage(c *gin.Context, actor policy.Actor) error {
	return p.showOutlines(c, actor, nil, nil, formErrors{}, http.StatusOK)
}

func (p *pages) showOutlines(c *gin.Context, actor policy.Actor, form url.Values, loaded *geo.Loaded, e formErrors, status int) error {
	if !policy.ManageAgencies(actor) {
		return notFound()
	}
	view := outlinesView{adminFrame: p.adminFrame(c, actor, "admin.outlines"), Errors: e, Loaded: loaded}
	l := view.lexicon()
	outlines, err := p.service.Outlines(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	view.Kept = len(outlines)
	view.Form = actForm{
		Action: outlinesAddress, Title: l.say("outlines.form"), Hint: l.say("outlines.hint"), Button: l.say("outlines.load"), Filled: true, Files: true,
		Fields: []field{{Name: "file", Label: l.say("outlines.file"), Kind: "file"}, {Name: "source", Label: l.say("outlines.source"), Hint: l.say("outlines.source_hint"), Limit: 500}},
	}.with(form, e).lay()
	return p.render.write(c, status, "outlines", l, view)
}

func (p *pages) loadOutlines(c *gin.Context, actor policy.Actor, form url.Values) error {
	if !policy.ManageAgencies(actor) {
		return notFound()
	}
	content, err := p.uploaded(c, "file")
	var shapes []geo.Shape
	if err == nil {
		shapes, err = geo.Read(content)
	}
	var loaded geo.Loaded
	if err == nil {
		loaded, err = p.service.LoadOutlines(keyed(c, form), actor, shapes, form.Get("source"))
	}
	if err != nil {
		f, other := formFault(err)
		if other != nil {
			return other
		}
		return p.showOutlines(c, actor, form, nil, errorsOf(f, lexicon{language(p.languageOf(c))}), statusOf(f))
	}
	return p.showOutlines(c, actor, form, &loaded, formErrors{}, http.StatusOK)
}
