package web

import (
	"testing"
	"time"

	"dondoc/internal/browsertest"
	"dondoc/internal/form"
)

// The report that sums up others is read on a phone and at a desk, its figure open,
// without scripts.
func TestTheConsolidationInABrowser(t *testing.T) {
	f := summing(t)
	f.filled = map[int64]form.Filled{13: {Figures: map[string]form.Figures{"vu": {Previous: "1188", PreviousKey: "2026-M04"}}}}
	s := newSite(t, f)
	b := browsertest.Start(t, time.Minute)
	for _, width := range []int64{360, 1440} {
		for name, path := range map[string]string{"tong-hop": "/viec/13/tong-hop", "tong-hop-mo": "/viec/13/tong-hop?chi-tieu=vu"} {
			look(t, b, width, name, s.url+path, "department")
			for _, v := range b.Axe() {
				t.Errorf("%s at %d px: axe-core: %s", name, width, v)
			}
		}
	}
}

// Beside a figure stand that of the period before and how it changed.
func TestAConsolidatedFigureStandsBesideThePeriodBefore(t *testing.T) {
	f := summing(t)
	f.filled = map[int64]form.Filled{13: {Figures: map[string]form.Figures{"vu": {Previous: "1188", PreviousKey: "2026-M04"}}}}
	s := newSite(t, f).as("department")
	s.get("/viec/13/tong-hop").shows(t, "tháng 04/2026", "1.188", "+12")
	f.filled[13].Figures["vu"] = form.Figures{Previous: "1205.5", PreviousKey: "2026-M04"}
	s.get("/viec/13/tong-hop").shows(t, "1.205,5", "−5,5")
}
