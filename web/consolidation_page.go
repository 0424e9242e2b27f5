package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/consolidation"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Consolidations sum up the results of a lower level.
type Consolidations interface {
	Consolidation(ctx context.Context, actor policy.Actor, taskID int64) (consolidation.View, error)
	ConsolidatedFigure(ctx context.Context, actor policy.Actor, taskID int64, code string) (consolidation.Opened, error)
	CommentInput(ctx context.Context, actor policy.Actor, in task.CommentInput) (task.Comment, error)
	TakeOver(ctx context.Context, actor policy.Actor, in consolidation.TakeOverInput) (task.Draft, error)
}

// What the forms of the page do; part of their address.
const (
	consolidationPath = "/tong-hop"
	actTakeOver       = "lay-so-lieu"
	actComment        = "gop-y"
)

// consolidationView is a report that sums up others: its inputs at the left, its
// figures and texts at the right.
type consolidationView struct {
	frame
	Task, Agency, About string
	Flash, Problem      string
	CommentErrors       formErrors
	Counted             string
	Stale               bool
	Marks               []string
	Sent                string
	Inputs              []inputItem
	Figures             []consolidatedItem
	Opened              *openedItem
	Texts               []headedTexts
	Take                *takeForm
}

type inputItem struct {
	Address, Agency, Period, Standing, Version string
	Late, Stale, MayReturn, MayReopen          bool
	Comments                                   []noteView
	Comment                                    *requestForm
}

type consolidatedItem struct {
	Name, Unit, Value, Was, Opens string
	Edited                        bool
}

type openedItem struct {
	Name, Value string
	Levels      []figureView
	Parts       []partLine
	Silent      []partLine
}

// partLine is one version in the tree of a figure.
type partLine struct {
	Address, Agency, Facts, Value, Computed string
	Parts                                   []partLine
}

type headedTexts struct {
	Heading string
	Texts   []noteView
}

type takeForm struct {
	Action, Key, Seen, Button, Hint string
	Version                         int
}

func consolidationAddress(id int64) string { return taskAddress(id) + consolidationPath }

func (p *pages) consolidationPage(c *gin.Context, actor policy.Actor) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	return p.showConsolidation(c, actor, id, http.StatusOK, nil)
}

// showConsolidation renders the page; after refuses something it changes what
// the page says.
func (p *pages) showConsolidation(c *gin.Context, actor policy.Actor, id int64, status int, after func(l lexicon, v *consolidationView)) error {
	ctx := c.Request.Context()
	v, err := p.service.Consolidation(ctx, actor, id)
	if err != nil {
		return err
	}
	detail, err := p.service.TaskDetail(ctx, actor, id)
	if err != nil {
		return err
	}
	view := p.consolidationViewOf(c, detail, v)
	l := view.lexicon()
	if code := c.Query("chi-tieu"); code != "" && c.Request.Method == http.MethodGet {
		opened, err := p.service.ConsolidatedFigure(ctx, actor, id, code)
		if err != nil {
			return err
		}
		view.Opened = l.openedOf(opened)
	}
	if done := c.Query("da"); done == actTakeOver && v.Taken != nil || done == actComment {
		view.Flash = l.say("consolidation.flash_" + done)
	}
	if after != nil {
		after(l, &view)
	}
	return p.render.write(c, status, "consolidation", l, view)
}

func (p *pages) consolidationViewOf(c *gin.Context, d task.Detail, v consolidation.View) consolidationView {
	zone := p.zoneOf(d.Task.TimeZone)
	view := consolidationView{frame: p.frameFor(c, ""), Task: taskAddress(d.Task.ID), Agency: d.Task.AgencyName, Stale: v.Stale}
	l := view.lexicon()
	view.Title, view.About = l.say("consolidation.title"), l.taskTitle(d.Task)
	view.Counted = l.say("consolidation.counted", v.Expected-len(v.Missing), v.Expected)
	for _, m := range v.Marks {
		view.Marks = append(view.Marks, l.markOf(m, zone))
	}
	if v.Sent != nil && len(v.Sent.Missing) > 0 {
		names := make([]string, len(v.Sent.Missing))
		for i, g := range v.Sent.Missing {
			names[i] = g.AgencyName
		}
		view.Sent = l.say("consolidation.sent_without", v.Sent.Number, strings.Join(names, "; "))
	}
	for _, in := range v.Inputs {
		view.Inputs = append(view.Inputs, l.inputOf(d.Task.ID, v.MayComment, in, zone))
	}
	view.Figures = l.consolidatedFigures(d.Task.ID, v)
	view.Texts = headed(v)
	if v.MayTakeOver {
		view.Take = &takeForm{
			Action: consolidationAddress(d.Task.ID) + "/" + actTakeOver, Key: randomHex(16), Seen: v.Seen, Version: d.Task.Version,
			Button: l.say("consolidation.take"), Hint: l.say("consolidation.take_hint"),
		}
		if v.Correcting {
			view.Take.Hint = l.say("consolidation.take_correcting")
		}
	}
	return view
}

func (l lexicon) inputOf(id int64, comments bool, in consolidation.Input, zone *time.Location) inputItem {
	item := inputItem{
		Address: taskAddress(in.TaskID), Agency: in.AgencyName, Period: in.PeriodKey, Standing: l.say("standing." + string(in.Standing)),
		Late: in.Late, Stale: in.Stale, MayReturn: in.MayReturn, MayReopen: in.MayReopen,
	}
	if in.Number > 0 {
		item.Version = l.say("submission.title", in.Number)
	}
	for _, comment := range in.Comments {
		item.Comments = append(item.Comments, noteView{comment.WrittenBy, moment(comment.WrittenAt, zone), comment.Text})
	}
	if comments {
		act := actComment + "-" + strconv.FormatInt(in.TaskID, 10)
		item.Comment = &requestForm{
			Act: act, Action: consolidationAddress(id) + "/" + actComment + "/" + strconv.FormatInt(in.TaskID, 10), Key: randomHex(16),
			Title: l.say("consolidation.comment"), Button: l.say("consolidation.comment_send"), TextLabel: l.say("consolidation.comment_text"), TextHint: l.say("consolidation.comment_hint"),
		}
	}
	return item
}

func (l lexicon) consolidatedFigures(id int64, v consolidation.View) []consolidatedItem {
	old := map[string]string{}
	for _, change := range v.Changes {
		if change.Old != change.New {
			old[change.Code] = change.Old
		}
	}
	edited := map[string]bool{}
	for _, code := range v.Edited {
		edited[code] = true
	}
	items := make([]consolidatedItem, len(v.Definitions))
	for i, d := range v.Definitions {
		items[i] = consolidatedItem{Name: d.Name, Unit: d.UnitName, Value: l.decimal(v.Figures[i].Value), Edited: edited[d.Code]}
		if was, changed := old[d.Code]; changed {
			items[i].Was = l.say("consolidation.was", l.decimal(was))
		}
		if len(v.Figures[i].Parts) > 0 {
			items[i].Opens = consolidationAddress(id) + "?chi-tieu=" + url.QueryEscape(d.Code) + "#chi-tieu"
		}
	}
	return items
}

// markOf says in a sentence what has changed at one input.
func (l lexicon) markOf(m consolidation.Mark, zone *time.Location) string {
	key := "mark." + string(m.Reason)
	switch {
	case m.Reason != consolidation.VersionChanged:
		return l.say(key, m.AgencyName, moment(m.At, zone))
	case m.New == 0:
		return l.say("mark.gone", m.AgencyName, m.Old, moment(m.At, zone))
	case m.Old == 0:
		return l.say("mark.new", m.AgencyName, m.New, moment(m.At, zone))
	}
	return l.say(key, m.AgencyName, m.New, m.Old, moment(m.At, zone))
}

// headed puts the units' texts under the headings of the form.
func headed(v consolidation.View) []headedTexts {
	var list []headedTexts
	section := -1
	for _, paragraph := range v.Paragraphs {
		if paragraph.Section != section {
			section = paragraph.Section
			h := headedTexts{}
			if len(v.Headings) > 1 {
				h.Heading = v.Headings[section]
			}
			list = append(list, h)
		}
		last := &list[len(list)-1]
		last.Texts = append(last.Texts, noteView{Title: paragraph.Source, Text: paragraph.Text})
	}
	return list
}

func (l lexicon) openedOf(o consolidation.Opened) *openedItem {
	item := &openedItem{Name: o.Definition.Name, Value: l.decimal(o.Value), Parts: l.partLines(o.Parts), Silent: l.partLines(o.Silent)}
	for _, level := range o.Levels {
		item.Levels = append(item.Levels, figureView{Name: level.Level, Unit: l.count("consolidation.units", level.Units), Value: l.decimal(level.Value)})
	}
	return item
}

func (l lexicon) partLines(nodes []consolidation.Node) []partLine {
	list := make([]partLine, len(nodes))
	for i, n := range nodes {
		list[i] = partLine{
			Address: taskAddress(n.TaskID), Agency: n.AgencyName, Facts: n.PeriodKey + ", " + l.say("submission.title", n.Number), Value: l.decimal(n.Value), Parts: l.partLines(n.Parts),
		}
		if n.Document != "" {
			list[i].Facts += ", " + l.say("submission.document", n.Document)
		}
		if n.Edited {
			list[i].Computed = l.say("consolidation.edited", l.decimal(n.Computed))
		}
	}
	return list
}

// upwardOf tells a unit where its figures went.
func (l lexicon) upwardOf(up task.Upward, zone *time.Location) string {
	on := up.AcceptedAt.In(zone).Format("02/01/2006")
	if up.DocumentNumber != "" {
		return l.say("consolidation.upward_with", up.Number, up.DocumentNumber, up.AgencyName, on)
	}
	return l.say("consolidation.upward", up.Number, up.DutyCode+" "+up.PeriodKey, up.AgencyName, on)
}
