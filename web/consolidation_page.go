package web

import (
	"context"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/calendar"
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
	Task, Agency   string
	State          string
	Glyph          glyph
	Late           bool
	Due            string
	Derivation     template.HTML
	Strip          *strip
	Flash, Problem string
	CommentErrors  formErrors
	Stale          bool
	Marks          []string
	Sent           string
	Have           string
	Groups         []inputGroup
	Missing        string // the sentence that names who is missing
	Urge           string // address of urging them; empty: there is nobody, or it is not the reader's
	Previous       string // the period before
	Figures        []consolidatedItem
	Texts          []headedTexts
	Take           *takeForm
}

type headedTexts struct {
	Heading string
	Texts   []noteView
}

// Folded reports whether the texts are too many to be read at once.
func (h headedTexts) Folded() bool { return len(h.Texts) > namedMissing }

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
	filled, err := p.service.FilledForm(ctx, actor, id)
	if err != nil {
		return err
	}
	now, err := p.now(c)
	if err != nil {
		return err
	}
	view := p.consolidationViewOf(c, detail, v, now)
	l := view.lexicon()
	view.Figures, view.Previous = l.consolidatedFigures(id, v, filled.Figures)
	if actor.Has(policy.Supervisor) {
		view.Urge = urgeOf(v)
	}
	if code := c.Query("chi-tieu"); code != "" && c.Request.Method == http.MethodGet {
		opened, err := p.service.ConsolidatedFigure(ctx, actor, id, code)
		if err != nil {
			return err
		}
		for i := range view.Figures {
			if view.Figures[i].Code == code {
				view.Figures[i].Opened, view.Figures[i].Opens = l.openedOf(opened, v.Missing), consolidationAddress(id)+"#"+figureID(code)
			}
		}
	}
	if done := c.Query("da"); done == actTakeOver && v.Taken != nil || done == actComment {
		view.Flash = l.say("consolidation.flash_" + done)
	}
	if after != nil {
		after(l, &view)
	}
	return p.render.write(c, status, "consolidation", l, view)
}

func (p *pages) consolidationViewOf(c *gin.Context, d task.Detail, v consolidation.View, now time.Time) consolidationView {
	t, zone := d.Task, p.zoneOf(d.Task.TimeZone)
	late := t.Status == task.NotDoneOverdue
	view := consolidationView{frame: p.frameFor(c, ""), Task: taskAddress(t.ID), Agency: t.AgencyName, Stale: v.Stale, Late: late}
	view.Styles = []string{"consolidation.css"}
	l := view.lexicon()
	view.Title = l.taskTitle(t)
	view.State, view.Glyph = l.stateLine(t, p.workingDaysLeft(t.EffectiveDueAt, now, zone)), l.glyphOf(t).beside()
	view.Due = l.untilFrom(t.EffectiveDueAt, now, zone)
	view.Derivation = emphasise(t.Derivation.Sentence(l.code), calendar.DueDay(t.EffectiveDueAt, zone).VN())
	view.Strip = p.stripOf(l, t.Derivation, now, zone, late)
	for _, m := range v.Marks {
		view.Marks = append(view.Marks, l.markOf(m, zone))
	}
	if v.Sent != nil && len(v.Sent.Missing) > 0 {
		view.Sent = l.say("consolidation.sent_without", v.Sent.Number, namesOf(v.Sent.Missing))
	}
	view.Have = l.say("consolidation.have", v.Expected-len(v.Missing), v.Expected)
	if len(v.Missing) > 0 {
		view.Missing = l.lacks("consolidation.lacks", v.Missing)
	}
	view.Groups = l.inputGroups(t.ID, v, zone)
	view.Texts = headed(v)
	if v.MayTakeOver {
		view.Take = &takeForm{
			Action: consolidationAddress(t.ID) + "/" + actTakeOver, Key: randomHex(16), Seen: v.Seen, Version: t.Version,
			Button: l.say("consolidation.take"), Hint: l.say("consolidation.take_hint"),
		}
		if v.Correcting {
			view.Take.Hint = l.say("consolidation.take_correcting")
		}
	}
	return view
}

// namedMissing is how many are named in a sentence; the list beside it names all.
const namedMissing = 6

// lacks says who is missing: by name, or how many they are.
func (l lexicon) lacks(key string, list []consolidation.Gone) string {
	if len(list) > namedMissing {
		return l.say(key, l.count("consolidation.reports", len(list)))
	}
	return l.say(key, namesOf(list))
}

// FewMarks reports whether the changes can be shown at once.
func (v consolidationView) FewMarks() bool { return len(v.Marks) <= namedMissing }

// namesOf lists who is missing.
func namesOf(list []consolidation.Gone) string {
	names := make([]string, len(list))
	for i, g := range list {
		names[i] = g.AgencyName
	}
	return strings.Join(names, "; ")
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

// upwardOf tells a unit where its figures went.
func (l lexicon) upwardOf(up task.Upward, zone *time.Location) string {
	on := up.AcceptedAt.In(zone).Format("02/01/2006")
	if up.DocumentNumber != "" {
		return l.say("consolidation.upward_with", up.Number, up.DocumentNumber, up.AgencyName, on)
	}
	return l.say("consolidation.upward", up.Number, up.DutyCode+" "+up.PeriodKey, up.AgencyName, on)
}
