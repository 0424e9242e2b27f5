package rehearsal

import (
	"testing"
	"time"
)

// weeksWithOutages has the worker away twice: over the due days of January's
// reports, a Monday included, and over the openings of February's.
var weeksWithOutages = Run{
	From: instant("2026-01-01 07:00"), Until: instant("2026-02-05 12:00"),
	Outages: []Outage{
		{instant("2026-01-15 16:00"), instant("2026-01-23 11:00")},
		{instant("2026-01-27 16:00"), instant("2026-01-30 11:00")},
	},
}

// TestOutageIsNotStorm lets the clock run on while the worker is away. When it
// is back, only the most severe of each task's missed steps is told, at the
// next morning; the others are skipped.
func TestOutageIsNotStorm(t *testing.T) {
	run := weeksWithOutages
	w := newWorld(t, run.From)
	must(t, w.worker.Start(t.Context()))
	w.activate()
	for _, o := range run.Outages {
		w.playTo(run, o.Down)
		must(t, w.worker.Kill())
		must(t, w.driver.RunOn(t.Context(), o.Up))
		must(t, w.worker.Start(t.Context()))
	}
	w.play(run)
	w.hold(run)
}

// TestMissedStepsByHand holds the computed outcome of the outages against cases
// worked out by hand.
func TestMissedStepsByHand(t *testing.T) {
	e := Expect(theProvince(t), weeksWithOutages)
	told := newFacts()
	for _, n := range e.notices {
		if n.task != nil {
			told.tell(n.task.duty.code+" "+n.task.key+" "+n.task.owner, clockText(n.deliver), n.kind, n.recipient, n.dropped)
		}
	}
	for _, l := range []ladder{
		{"IV.15.i.3 2026-M01 xa-26041", "", `
			2026-01-01 08:00 opening: daumoi.xa-26041, vanthu.xa-26041
			2026-01-24 08:00 urging_draft: theodoi.huyen-731, vanthu.huyen-731
			2026-02-02 08:00 escalation: banhanh.ubnd-tinh, vanthu.ubnd-tinh`},
		// Reminder, due day and the day after were missed; the third day was not.
		{"IV.2.e 2026-M01 ca-tinh", "", `
			2026-01-01 08:00 opening: daumoi.ca-tinh, vanthu.ca-tinh
			2026-01-24 08:00 overdue: daumoi.ca-tinh, thutruong.ca-tinh, vanthu.ca-tinh
			2026-01-26 08:00 urging_draft: theodoi.so-ldtbxh, vanthu.so-ldtbxh
			2026-02-02 08:00 escalation: banhanh.ubnd-tinh, vanthu.ubnd-tinh`},
		// Submitted before the outage: the notice waited, of the review's two steps one is told.
		{"IV.15.i.3 2026-M01 xa-25999", "", `
			2026-01-01 08:00 opening: daumoi.xa-25999, vanthu.xa-25999
			2026-01-24 08:00 urging_draft: theodoi.huyen-731, vanthu.huyen-731
			2026-02-02 08:00 escalation: banhanh.ubnd-tinh, vanthu.ubnd-tinh`},
		{"IV.15.i.3 2026-M01 xa-26032", "2026-01-15 15:30 report", `
			2026-01-01 08:00 opening: daumoi.xa-26032, vanthu.xa-26032
			2026-01-16 08:00 submitted: theodoi.huyen-731
			2026-01-24 08:00 review_overdue: theodoi.huyen-731, thutruong.huyen-731, vanthu.huyen-731`},
		// Opened two days late.
		{"IV.15.i.3 2026-M02 xa-25996", "", `
			2026-01-31 08:00 opening: daumoi.xa-25996, vanthu.xa-25996`},
	} {
		missing, extra := subtract(l.lines(), told.told[l.task])
		for _, line := range missing {
			t.Errorf("%s: by hand, but not told: %s", l.task, line)
		}
		for _, line := range extra {
			t.Errorf("%s: told, but not by hand: %s", l.task, line)
		}
	}
}

// playTo plays a run up to an instant before its end.
func (w *world) playTo(run Run, until time.Time) {
	w.t.Helper()
	w.play(Run{From: run.From, Until: until, Outages: run.Outages})
}
