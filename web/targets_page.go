package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/shopspring/decimal"

	"dondoc/internal/fault"
	"dondoc/internal/indicator"
	"dondoc/internal/policy"
	"dondoc/internal/target"
)

// Targets tell where the targets of a plan stand.
type Targets interface {
	PlanTargets(ctx context.Context, actor policy.Actor, planID int64) (target.View, error)
	PlanTarget(ctx context.Context, actor policy.Actor, planID int64, code string, under int64) (target.View, error)
}

// targetsView lists a plan's targets, or one of them with its units.
type targetsView struct {
	planHead
	All   string // address of all targets, where one is shown
	Up    string // address of the uppermost units, further down
	Sheet string // address of the list as a workbook
	Items []targetItem
}

// targetItem is one target.
type targetItem struct {
	Code, Text, Due string
	Owners          string
	Configured      bool
	Measures        []measureItem
}

// measureItem is one measure of a target.
type measureItem struct {
	Name, Aim string
	Soft      bool
	Light     glyph
	Rule      string
	Standing  standingItem
	Chart     *chart
	Over      *aimChart // on the target's own page
	Years     []yearItem
	Parts     []partItem
	Opens     string // address of its units; empty where they are shown
	Feeds     []string
	Baseline  string
	Warnings  []string
}

// standingItem is a figure with how far it is.
type standingItem struct {
	Actual, Done, Forecast string
	// Bar is the share of the aim in percent, at most 100; -1: there is none.
	Bar int
}

type yearItem struct {
	Year     int
	Aim      string
	Light    glyph
	Standing standingItem
}

type partItem struct {
	Agency, Aim string
	Light       glyph
	Rule        string
	Standing    standingItem
	Opens       string
	Tasks       []taskLink
}

type taskLink struct{ Address, Label string }

// chart is a line through the readings, in the units of its view box.
type chart struct {
	Points string
	X, Y   string // of the newest point
	Label  string
}

// The view box of a chart, and the room around its line.
const (
	chartWidth, chartHeight = 160, 36
	chartMargin             = 3
)

// shownTasks is how many results of a unit's figure are linked to.
const shownTasks = 6

func targetsAddress(planID int64) string { return fmt.Sprintf("/van-ban/%d/muc-tieu", planID) }

func targetAddress(planID int64, code string, under int64) string {
	address := targetsAddress(planID) + "/" + url.PathEscape(code)
	if under != 0 {
		address += "?duoi=" + strconv.FormatInt(under, 10)
	}
	return address
}

func (p *pages) targets(c *gin.Context, actor policy.Actor) error {
	record, head, err := p.planOf(c, actor)
	if err != nil {
		return err
	}
	id := record.ID
	code := c.Param("code")
	under, err := strconv.ParseInt(c.DefaultQuery("duoi", "0"), 10, 64)
	if err != nil {
		return noTargets()
	}
	var v target.View
	if code == "" {
		v, err = p.service.PlanTargets(c.Request.Context(), actor, id)
	} else {
		v, err = p.service.PlanTarget(c.Request.Context(), actor, id, code, under)
	}
	if err != nil {
		return err
	}
	view := targetsView{planHead: head}
	view.Styles = append(view.Styles, "target-chart.css")
	l := view.lexicon()
	view.At = l.say("targets.on", v.On.VN())
	view.Sheet = "/api/v1/exports/targets.xlsx?plan=" + strconv.FormatInt(id, 10)
	if code != "" {
		view.All, view.Sheet = targetsAddress(id), ""
	}
	if under != 0 {
		view.Up = targetAddress(id, code, 0)
	}
	for _, t := range v.Targets {
		view.Items = append(view.Items, l.targetItem(v, t, code != ""))
	}
	return p.render.write(c, http.StatusOK, "targets", l, view)
}

func noTargets() error {
	return fault.New(fault.NotFound, "not_found", "Không tìm thấy, hoặc tài khoản này không được xem.", "Not found, or not visible to this account.")
}

func (l lexicon) targetItem(v target.View, t target.Standing, open bool) targetItem {
	item := targetItem{Code: t.Code, Text: t.Text, Due: t.Due.VN(), Configured: len(t.Configured) > 0}
	owners := make([]string, len(t.Owners))
	for i, o := range t.Owners {
		owners[i] = o.Name
	}
	item.Owners = strings.Join(owners, "; ")
	for _, m := range t.Measures {
		item.Measures = append(item.Measures, l.measureItem(v, t.Code, m, open))
	}
	return item
}

func (l lexicon) measureItem(v target.View, code string, m target.Measured, open bool) measureItem {
	item := measureItem{
		Name: m.Name, Soft: m.Soft, Aim: l.aim(m), Light: l.light(m.Outlook.Light).beside(), Rule: l.rule(m.Outlook), Standing: l.standing(m.Outlook, m.Hidden),
		Chart: l.chart(m.Readings),
	}
	if item.Name == "" {
		item.Name = m.Definition.Name
	}
	for _, y := range m.Years {
		item.Years = append(item.Years, yearItem{y.Year, l.decimal(y.Aim.String()), l.light(y.Outlook.Light).beside(), l.standing(y.Outlook, y.Hidden)})
	}
	for _, f := range m.Feeds {
		item.Feeds = append(item.Feeds, f.Code+" "+f.Title)
	}
	for _, w := range m.Warnings {
		item.Warnings = append(item.Warnings, map[bool]string{true: w.EN, false: w.VI}[l.code == "en"])
	}
	if b := m.Measure.Baseline; b != nil {
		item.Baseline = l.say("targets.baseline", l.decimal(b.Value.String()))
		if b.Source != "" {
			item.Baseline = l.say("targets.baseline_of", l.decimal(b.Value.String()), b.Source, b.On.VN())
		}
	}
	if !open {
		if len(m.Parts) > 0 {
			item.Opens = targetAddress(v.PlanID, code, 0)
		}
		return item
	}
	item.Over = l.aimChart(m)
	for _, part := range m.Parts {
		item.Parts = append(item.Parts, l.partItem(v, code, part))
	}
	return item
}

func (l lexicon) partItem(v target.View, code string, part target.Part) partItem {
	item := partItem{
		Agency: part.Agency.Name, Light: l.light(part.Outlook.Light).beside(), Rule: l.rule(part.Outlook), Standing: l.standing(part.Outlook, part.Hidden),
	}
	if part.Aim != nil {
		item.Aim = l.decimal(part.Aim.String())
	}
	if part.Opens {
		item.Opens = targetAddress(v.PlanID, code, part.Agency.ID)
	}
	for i, id := range part.Tasks {
		if i == shownTasks {
			break
		}
		item.Tasks = append(item.Tasks, taskLink{taskAddress(id), strconv.Itoa(i + 1)})
	}
	return item
}

// aim says what is aimed at, with its unit as the document writes it.
func (l lexicon) aim(m target.Measured) string {
	if m.Aim == nil {
		return l.say("targets.in_words")
	}
	number := l.decimal(m.Aim.String())
	if strings.HasPrefix(m.Unit, "%") {
		return number + m.Unit
	}
	return strings.TrimSpace(number + " " + m.Unit)
}

func (l lexicon) rule(o indicator.Outlook) string {
	if l.code == "en" {
		return o.RuleEN
	}
	return o.RuleVI
}

// lightForms: the form alone tells the lights apart.
var lightForms = map[indicator.Light]string{
	indicator.Green: "light-green", indicator.Amber: "light-amber", indicator.Red: "light-red", indicator.Unclear: "light-unclear",
}

func (l lexicon) light(light indicator.Light) glyph {
	return glyph{Form: lightForms[light], Label: l.say("targets.light." + string(light))}
}

func (l lexicon) standing(o indicator.Outlook, hidden bool) standingItem {
	item := standingItem{Bar: -1}
	show := func(n *decimal.Decimal) string {
		if n == nil {
			return ""
		}
		return l.decimal(n.String())
	}
	item.Actual, item.Done, item.Forecast = show(o.Actual), show(o.Done), show(o.Forecast)
	if hidden {
		item.Actual = indicator.Hidden
	}
	if o.Done != nil {
		item.Bar = int(decimal.Max(decimal.Zero, decimal.Min(*o.Done, decimal.NewFromInt(100))).IntPart())
	}
	return item
}

// chart draws the readings; nil: there are too few for a line.
func (l lexicon) chart(readings []indicator.Reading) *chart {
	if len(readings) < 2 {
		return nil
	}
	first, last := readings[0], readings[len(readings)-1]
	most := decimal.Zero
	for _, r := range readings {
		most = decimal.Max(most, r.Value)
	}
	days := max(last.On.Sub(first.On), 1)
	var points []string
	x, y := "", ""
	for _, r := range readings {
		across := chartMargin + float64(r.On.Sub(first.On))/float64(days)*(chartWidth-2*chartMargin)
		share := 0.0
		if most.IsPositive() {
			share = decimal.Max(r.Value, decimal.Zero).Div(most).InexactFloat64()
		}
		x, y = fmt.Sprintf("%.1f", across), fmt.Sprintf("%.1f", chartHeight-chartMargin-share*(chartHeight-2*chartMargin))
		points = append(points, x+","+y)
	}
	return &chart{
		Points: strings.Join(points, " "), X: x, Y: y,
		Label: l.say("targets.chart", l.decimal(first.Value.String()), first.On.VN(), l.decimal(last.Value.String()), last.On.VN()),
	}
}
