package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
	"dondoc/internal/target"
)

// aimChart draws a measure over its span: what was reached as a solid line, how it
// goes on as dashes, what is needed as dots, in the units of its view box.
type aimChart struct {
	Finding                  string
	Actual, Forecast, Needed string // points; empty: there is no such line
	X, Y                     string // of the newest figure
	Aim, AimY                string
	From, To                 string
	// What the lines mean, with their figures.
	ActualSaid, ForecastSaid, NeededSaid string
}

// The field of a chart in its view box of 640 × 240.
const (
	fieldLeft, fieldRight  = 100, 630
	fieldTop, fieldBottom  = 24, 200
	fieldWide, fieldHeight = fieldRight - fieldLeft, fieldBottom - fieldTop
)

// aimChart is nil where a line says nothing: an aim in words, a state, a figure in
// each period, a reduction in percent of a level, or no figure that the reader may see.
func (l lexicon) aimChart(m target.Measured) *aimChart {
	total := m.Kind == indicator.Reach
	if m.Aim == nil || m.Hidden || m.Outlook.Actual == nil || len(m.Readings) == 0 || !total && m.Kind != indicator.ReachShare || !m.To.After(m.From) {
		return nil
	}
	readings := slices.SortedFunc(slices.Values(m.Readings), func(a, b indicator.Reading) int { return a.On.Compare(b.On) })
	latest := readings[len(readings)-1]
	most := decimal.Max(*m.Aim, latest.Value)
	for _, r := range readings {
		most = decimal.Max(most, r.Value)
	}
	if m.Outlook.Forecast != nil {
		most = decimal.Max(most, *m.Outlook.Forecast)
	}
	if !most.IsPositive() {
		return nil
	}
	point := func(on calendar.Date, value decimal.Decimal) string {
		across := min(max(float64(on.Sub(m.From))/float64(m.To.Sub(m.From)), 0), 1)
		up := decimal.Max(value, decimal.Zero).Div(most).InexactFloat64()
		return fmt.Sprintf("%.1f,%.1f", fieldLeft+across*fieldWide, fieldBottom-up*fieldHeight)
	}
	var actual []string
	start := *m.Aim
	if total { // what comes together begins with nothing
		actual, start = append(actual, point(m.From, decimal.Zero)), decimal.Zero
	}
	for _, r := range readings {
		actual = append(actual, point(r.On, r.Value))
	}
	newest := actual[len(actual)-1]
	c := &aimChart{
		Actual: strings.Join(actual, " "), Needed: point(m.From, start) + " " + point(m.To, *m.Aim),
		Aim: l.decimal(m.Aim.String()), From: m.From.VN(), To: m.To.VN(),
	}
	c.X, c.Y, _ = strings.Cut(newest, ",")
	_, c.AimY, _ = strings.Cut(point(m.To, *m.Aim), ",")
	light := l.light(m.Outlook.Light).Label
	reached := l.decimal(latest.Value.String())
	c.Finding = l.say("chart.reached", light, reached, c.Aim)
	c.ActualSaid, c.NeededSaid = l.say("chart.actual", reached, latest.On.VN()), l.say("chart.needed", c.Aim, c.To)
	if f := m.Outlook.Forecast; f != nil && latest.On.Before(m.To) {
		end := l.decimal(f.String())
		c.Forecast = newest + " " + point(m.To, *f)
		c.Finding, c.ForecastSaid = l.say("chart.finding", light, end, c.Aim), l.say("chart.forecast", end, c.To)
	}
	return c
}
