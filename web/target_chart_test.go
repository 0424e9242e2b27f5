package web

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"dondoc/internal/browsertest"
	"dondoc/internal/indicator"
	"dondoc/internal/target"
)

// Twice as fast as needed: half of the aim after a quarter of the time.
func charted(kind indicator.TargetKind) target.Measured {
	m := target.Measured{Measure: target.Measure{Kind: kind, Aim: amount(100), From: on("2026-01-01"), To: on("2026-01-01").AddDays(100)}}
	m.Readings = []indicator.Reading{{On: m.From.AddDays(25), Value: decimal.NewFromInt(50)}}
	m.Outlook = indicator.Outlook{Actual: amount(50), Forecast: amount(200), Light: indicator.Green}
	return m
}

func TestAChartBeginsWhereItsFiguresDo(t *testing.T) {
	l := lexicon{"vi"}
	total := l.aimChart(charted(indicator.Reach))
	if total.Actual != "100.0,200.0 232.5,156.0" || total.Needed != "100.0,200.0 630.0,112.0" || total.Forecast != "232.5,156.0 630.0,24.0" {
		t.Errorf("a total: %+v", total)
	}
	share := l.aimChart(charted(indicator.ReachShare))
	if share.Actual != "232.5,156.0" || share.Needed != "100.0,112.0 630.0,112.0" {
		t.Errorf("a share: %+v", share)
	}
}

func TestNoChartWhereALineSaysNothing(t *testing.T) {
	l := lexicon{"vi"}
	for name, change := range map[string]func(*target.Measured){
		"hidden from the reader": func(m *target.Measured) { m.Hidden = true },
		"in words":               func(m *target.Measured) { m.Aim = nil },
		"without figures":        func(m *target.Measured) { m.Readings = nil },
		"of each period":         func(m *target.Measured) { m.Kind = indicator.AtLeast },
		"a reduction":            func(m *target.Measured) { m.Kind = indicator.Reduce },
	} {
		m := charted(indicator.Reach)
		change(&m)
		if c := l.aimChart(m); c != nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestATargetsChartInABrowser(t *testing.T) {
	s := newSite(t, sample())
	b := browsertest.Start(t, time.Minute)
	for _, width := range []int64{1440, 360} {
		look(t, b, width, "chi-tieu", s.url+"/van-ban/1/muc-tieu/II.2.%C4%91", "department")
		for _, found := range b.Axe() {
			t.Error(found)
		}
	}
}
