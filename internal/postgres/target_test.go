package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/target"
	"dondoc/internal/task"
)

// aimed is the three-level world with targets: communes, their districts and the
// department all report "vu" and "diem"; the communes alone whether they held talks.
func newAimed(t *testing.T, change func(*plan.Plan)) *chained {
	t.Helper()
	return newChainedPlan(t, func(p *plan.Plan) {
		p.Indicators = append(p.Indicators,
			plan.Indicator{Code: "noi", Name: "Số xã có nói chuyện", Unit: "count", Aggregation: "count_units"},
			plan.Indicator{Code: "nguoi", Name: "Số người", Unit: "count", Aggregation: "sum", CountOnly: true},
			plan.Indicator{Code: "tien", Name: "Kinh phí", Unit: "money", Aggregation: "sum"})
		for i := range p.Duties {
			p.Duties[i].Indicators = append(p.Duties[i].Indicators, "nguoi")
		}
		p.Duties[0].Indicators = append(p.Duties[0].Indicators, "noi", "tien")
		measure := func(code, kind, number, indicator string) plan.Target {
			return plan.Target{Code: code, Text: "Mục tiêu " + code, Due: p.ValidTo, Measures: []plan.Measure{{Kind: kind, Number: number, Indicator: indicator}}}
		}
		p.Targets = []plan.Target{
			measure("vu", "count", "120", "vu"), measure("tl", "percent", "30", "tl"), measure("noi", "percent", "100", "noi"),
			measure("nguoi", "count", "60", "nguoi"), measure("giam", "percent_reduction", "80", "diem"), measure("giu", "maintain", "25", "tl"),
			measure("moi", "at_least", "1", "vu"), measure("tien", "money", "1000", "tien"), {Code: "loi", Text: "x", Due: p.ValidTo, Measures: []plan.Measure{{Kind: "qualitative"}}},
			measure("khong", "percent", "100", "vu"), measure("trong", "count", "5", ""),
		}
		p.Targets[6].Cadence = calendar.Monthly
		p.Targets[7].Measures[0].ByYear = []plan.YearAim{{Year: 2026, Aim: "1000"}}
		if change != nil {
			change(p)
		}
	})
}

func (c *chained) targets(email string) target.View {
	c.t.Helper()
	v, err := c.store.PlanTargets(c.t.Context(), c.actor(email), c.plan.ID)
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

func (c *chained) measure(email, code string) target.Measured {
	c.t.Helper()
	v := c.targets(email)
	i := slices.IndexFunc(v.Targets, func(s target.Standing) bool { return s.Code == code })
	if i < 0 {
		c.t.Fatalf("no target %s", code)
	}
	return v.Targets[i].Measures[0]
}

func said(n *decimal.Decimal) string {
	if n == nil {
		return "-"
	}
	return n.String()
}

func outlookOf(o indicator.Outlook) string {
	return fmt.Sprintf("%s %s%% %s", said(o.Actual), said(o.Done), o.Light)
}

func partsSaid(m target.Measured) []string {
	list := []string{}
	for _, p := range m.Parts {
		line := fmt.Sprintf("%s %s/%s %s", p.Agency.Code, said(p.Outlook.Actual), said(p.Aim), p.Outlook.Light)
		if p.Hidden {
			line += " hidden"
		}
		list = append(list, line)
	}
	return list
}

func warned(m target.Measured) []string {
	list := []string{}
	for _, w := range m.Warnings {
		list = append(list, w.Code)
	}
	return list
}

func (c *chained) accepted(agency, reviewer string, values ...string) {
	c.t.Helper()
	in := task.SubmitInput{Narrative: "x"}
	for _, v := range values {
		code, value, _ := strings.Cut(v, " ")
		in.Figures = append(in.Figures, task.Figure{Indicator: code, Value: value})
	}
	c.send(agency, in)
	c.decide(agency, reviewer, task.Accept)
}

const issuing = "plan_authority.tinh@dondoc.example"

// A figure that goes up level by level is one figure: wherever it has come to, it
// counts once, and what has not come up yet counts where it is.
func TestATargetCountsNoFigureTwice(t *testing.T) {
	c := newAimed(t, nil)
	c.accepted("x11", "d1", "vu 3", "diem 10", "tb 1")
	c.accepted("x12", "d1", "vu 2", "diem 10", "tb 1")
	c.accepted("x21", "d2", "vu 4", "diem 5", "tb 1")
	c.want("of the communes alone", []string{outlookOf(c.measure(issuing, "vu").Outlook)}, "9 7.5% red")

	c.takeOver("d1")
	c.send("d1", task.SubmitInput{Narrative: "x", Figures: figures("6", "20", "1")}) // 5 by its communes; the district knows of one more
	c.want("sent is not accepted", []string{outlookOf(c.measure(issuing, "vu").Outlook)}, "9 7.5% red")
	c.decide("d1", "so", task.Accept)
	c.want("the district in the place of its communes", []string{outlookOf(c.measure(issuing, "vu").Outlook)}, "10 8.33% amber")

	c.accepted("d2", "so", "vu 4", "diem 5", "tb 1")
	c.takeOver("so")
	c.send("so", task.SubmitInput{Narrative: "x", Figures: figures("10", "25", "1")})
	c.decide("so", "tinh", task.Accept)
	m := c.measure(issuing, "vu")
	c.want("the department in the place of all", []string{outlookOf(m.Outlook)}, "10 8.33% amber")
	c.want("who stands uppermost", partsSaid(m), "so 10/- unclear")
	c.want("which duties feed it", []string{m.Feeds[0].Code, m.Feeds[1].Code, m.Feeds[2].Code}, "X", "H", "S")

	open := func(code string, under string) []string {
		v, err := c.store.PlanTarget(t.Context(), c.actor(issuing), c.plan.ID, code, c.agency(under))
		if err != nil {
			t.Fatal(err)
		}
		return partsSaid(v.Targets[0].Measures[0])
	}
	c.want("below the department", open("vu", "so"), "d1 6/- unclear", "d2 4/- unclear")
	c.want("below the district", open("vu", "d1"), "x11 3/- unclear", "x12 2/- unclear", "x13 -/- unclear")
	_, err := c.store.PlanTarget(t.Context(), c.actor(issuing), c.plan.ID, "vu", c.agency("d3"))
	c.refused(err, "not_found")
}

func (c *chained) agency(code string) int64 {
	c.t.Helper()
	return c.ids(`SELECT id FROM agencies WHERE code = '` + code + `'`)[0]
}

func TestEachKindOfTarget(t *testing.T) {
	c := newAimed(t, nil)
	c.accepted("x11", "d1", "vu 3", "diem 10", "tb 1", "noi 1", "nguoi 7", "tien 60")
	c.accepted("x12", "d1", "vu 2", "diem 10", "tb 1", "noi 0", "nguoi 0", "tien 40")
	c.accepted("x21", "d2", "vu 3", "diem 5", "tb 1", "noi 2", "nguoi 2")
	for code, want := range map[string]string{
		"tl":    "32 106.67% green", // 8 of 25, never the mean of 30, 20 and 60
		"noi":   "50 50% red",       // two of the four communes that were asked
		"nguoi": "9 15% green",      // 9 in 31 of 365 days make 106 a year
		"giam":  "- -% unclear",     // there is no baseline
		"giu":   "32 128% green",    // held at the one checkpoint
		"moi":   "8 800% green",     // eight in January
		"tien":  "100 10% green",    // 100 in a month make 1,177 a year
		"loi":   "- -% unclear",     // in words
		"khong": "- -% unclear",     // a number of cases is no share
		"trong": "- -% unclear",     // nothing measures it
	} {
		c.want(code, []string{outlookOf(c.measure(issuing, code).Outlook)}, want)
	}
	for code, want := range map[string][]string{
		"tl": {}, "giam": {"target.no_baseline"}, "khong": {"target.not_a_share"}, "trong": {"target.no_indicator"}, "moi": {},
	} {
		c.want("warnings of "+code, warned(c.measure(issuing, code)), want...)
	}
	if y := c.measure(issuing, "tien").Years; len(y) != 1 || y[0].Year != 2026 || outlookOf(y[0].Outlook) != "100 10% green" {
		t.Errorf("money by year: %+v", y)
	}
	if m := c.measure(issuing, "vu"); len(m.Readings) != 1 || m.Readings[0].On != calendar.NewDate(2026, 1, 31) || m.Outlook.RuleVI == "" {
		t.Errorf("points of the chart: %+v", m.Readings)
	}
	// A month that is over without a report is told.
	c.clock.set(t, "2026-03-02 09:00")
	c.want("silent February", warned(c.measure(issuing, "moi")), "target.silent_period")
}

func TestABaselineIsEnteredByTheAuthority(t *testing.T) {
	c := newAimed(t, nil)
	c.accepted("x11", "d1", "vu 3", "diem 40", "tb 1")
	in := target.BaselineInput{PlanID: c.plan.ID, Target: "giam", Measure: 1, Value: "200", Source: "Thống kê của Công an tỉnh", On: calendar.NewDate(2025, 12, 31)}
	for _, email := range []string{"focal_point.x11@dondoc.example", "supervisor.so@dondoc.example"} {
		_, err := c.store.SetBaseline(t.Context(), c.actor(email), in)
		c.refused(err, "plan.not_issuer")
	}
	for change, code := range map[*target.BaselineInput]string{
		{Value: "0"}: "baseline.positive", {Value: "8,000"}: "figure.ambiguous", {Source: " "}: "target.source",
		{On: calendar.NewDate(2027, 1, 1)}: "baseline.future", {Target: "vu"}: "baseline.not_needed", {Target: "nie"}: "not_found", {Measure: 2}: "not_found",
	} {
		wrong := in
		if change.Value != "" {
			wrong.Value = change.Value
		}
		if change.Source != "" {
			wrong.Source = change.Source
		}
		if !change.On.IsZero() {
			wrong.On = change.On
		}
		if change.Target != "" {
			wrong.Target = change.Target
		}
		if change.Measure != 0 {
			wrong.Measure = change.Measure
		}
		_, err := c.store.SetBaseline(t.Context(), c.actor(issuing), wrong)
		c.refused(err, code)
	}
	if _, err := c.store.SetBaseline(t.Context(), c.actor(issuing), in); err != nil {
		t.Fatal(err)
	}
	m := c.measure(issuing, "giam")
	c.want("from 200 to 40", []string{outlookOf(m.Outlook)}, "80 100% green")
	c.want("no warning any more", warned(m))
	if m.Baseline == nil || m.Baseline.Source != in.Source || m.Baseline.ByName != issuing {
		t.Errorf("where it comes from: %+v", m.Baseline)
	}
	in.Value = "100"
	if _, err := c.store.SetBaseline(t.Context(), c.actor(issuing), in); err != nil {
		t.Fatal(err)
	}
	c.want("the newest holds", []string{outlookOf(c.measure(issuing, "giam").Outlook)}, "60 75% red")
	c.want("both are kept", c.strings(`SELECT trim_scale(value)::text FROM target_baselines ORDER BY id`), "200", "100")
	c.want("audited", c.strings(`SELECT before ->> 'value' FROM audit WHERE action = 'target.baseline' AND before IS NOT NULL`), "200")
}

func TestATargetIsSplitAmongUnitsAndYears(t *testing.T) {
	c := newAimed(t, func(p *plan.Plan) { p.ValidTo = calendar.NewDate(2027, 12, 31); p.Targets[0].Due = p.ValidTo })
	c.accepted("x11", "d1", "vu 3", "diem 10", "tb 1")
	c.accepted("x21", "d2", "vu 1", "diem 10", "tb 1")
	d1, d2 := c.agency("d1"), c.agency("d2")
	in := target.SplitInput{PlanID: c.plan.ID, Target: "vu", Measure: 1, Basis: "Công văn giao chỉ tiêu", Parts: []target.PartInput{{AgencyID: d1, Aim: "70"}, {AgencyID: d2, Aim: "40"}}}
	_, err := c.store.SplitTarget(t.Context(), c.actor(issuing), in)
	c.refused(err, "target.split")
	if !strings.Contains(err.Error(), "the parts add up to 110, the target is 120: 10 too few") {
		t.Errorf("the difference is not named: %v", err)
	}
	in.Parts[1].Aim = "50"
	percent := in
	percent.Target = "noi"
	_, err = c.store.SplitTarget(t.Context(), c.actor(issuing), percent)
	c.refused(err, "target.split_percent")
	foreign := in
	foreign.Parts = []target.PartInput{{AgencyID: c.agency("d3"), Aim: "120"}}
	_, err = c.store.SplitTarget(t.Context(), c.actor(issuing), foreign)
	c.refused(err, "target.foreign_unit")
	_, err = c.store.SplitTarget(t.Context(), c.actor("supervisor.so@dondoc.example"), in)
	c.refused(err, "plan.not_issuer")

	if _, err := c.store.SplitTarget(t.Context(), c.actor(issuing), in); err != nil {
		t.Fatal(err)
	}
	open := func() target.Measured {
		v, err := c.store.PlanTarget(t.Context(), c.actor(issuing), c.plan.ID, "vu", c.agency("so"))
		if err != nil {
			t.Fatal(err)
		}
		return v.Targets[0].Measures[0]
	}
	c.want("each unit's own light", partsSaid(open()), "d1 3/70 green", "d2 1/50 red")

	in.Parts = []target.PartInput{
		{Year: 2026, Aim: "30"}, {Year: 2027, Aim: "90"}, {AgencyID: d1, Year: 2026, Aim: "20"}, {AgencyID: d2, Year: 2026, Aim: "9"}, {AgencyID: d1, Year: 2027, Aim: "91"},
	}
	_, err = c.store.SplitTarget(t.Context(), c.actor(issuing), in)
	c.refused(err, "target.split")
	if !strings.Contains(err.Error(), "In 2026: the parts add up to 29, the target is 30: 1 too few") {
		t.Errorf("the year's difference is not named: %v", err)
	}
	in.Parts[3].Aim, in.Parts[4].Aim = "10", "90"
	if _, err := c.store.SplitTarget(t.Context(), c.actor(issuing), in); err != nil {
		t.Fatal(err)
	}
	m := open()
	c.want("over both years", partsSaid(m), "d1 3/110 red", "d2 1/10 green")
	if len(m.Years) != 2 || outlookOf(m.Years[0].Outlook) != "4 13.33% green" || outlookOf(m.Years[1].Outlook) != "- -% unclear" {
		t.Errorf("the years: %+v", m.Years)
	}
	if y := m.Parts[0].Years; len(y) != 2 || outlookOf(y[0].Outlook) != "3 15% green" {
		t.Errorf("the district's years: %+v", y)
	}
	c.want("older splits are kept", c.strings(`SELECT count(*)::text FROM target_splits`), "2")
}

// Nobody outside of the reporting chain learns of fewer than five persons, by no
// sum and no difference.
func TestFewPersonsAreHiddenOutsideOfTheChain(t *testing.T) {
	c := newAimed(t, nil)
	c.accepted("x11", "d1", "vu 3", "diem 10", "tb 1", "nguoi 2")
	c.accepted("x12", "d1", "vu 3", "diem 10", "tb 1", "nguoi 6")
	c.accepted("x21", "d2", "vu 1", "diem 1", "tb 1", "nguoi 1")
	if m := c.measure(issuing, "nguoi"); outlookOf(m.Outlook) != "9 15% green" || m.Hidden {
		t.Errorf("the authority is in the chain: %+v", m)
	}
	auditor := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: c.agency("tinh"), Role: policy.Auditor}}, Mandates: []policy.Mandate{{ID: 1, PlanID: c.plan.ID}}}
	see := func(actor policy.Actor, under string) target.Measured {
		id := int64(0)
		if under != "" {
			id = c.agency(under)
		}
		v, err := c.store.PlanTarget(t.Context(), actor, c.plan.ID, "nguoi", id)
		if err != nil {
			t.Fatal(err)
		}
		return v.Targets[0].Measures[0]
	}
	m := see(auditor, "so")
	c.want("a district of one person, and another that would give it away", partsSaid(m), "d1 -/- unclear hidden", "d2 -/- unclear hidden")
	if m.Hidden || len(m.Readings) > 0 {
		t.Errorf("nine are shown, without the steps that led there: %+v", m)
	}
	c.want("communes", partsSaid(see(auditor, "d1")), "x11 -/- unclear hidden", "x12 -/- unclear hidden", "x13 -/- unclear")
	// Of what is no count of persons nothing is hidden.
	v, err := c.store.PlanTarget(t.Context(), auditor, c.plan.ID, "vu", c.agency("so"))
	if err != nil {
		t.Fatal(err)
	}
	c.want("cases", partsSaid(v.Targets[0].Measures[0]), "d1 6/- unclear", "d2 1/- unclear")

	// Nor where single results are read.
	figure := func(actor policy.Actor, code string) string {
		d, err := c.store.TaskDetail(t.Context(), actor, c.taskOf("x11"))
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(d.Submissions[0].Figures, func(f task.Figure) bool { return f.Indicator == code })
		return d.Submissions[0].Figures[i].Value
	}
	c.want("a result", []string{figure(auditor, "nguoi"), figure(auditor, "vu"), figure(c.actor(issuing), "nguoi")}, "< 5", "3", "2")
	filled, err := c.store.FilledForm(t.Context(), auditor, c.taskOf("x11"))
	if err != nil {
		t.Fatal(err)
	}
	c.want("its form", []string{filled.Figures["nguoi"].InPeriod, filled.Figures["nguoi"].YearToDate, filled.Figures["vu"].InPeriod}, "< 5", "< 5", "3")
	c.takeOver("d1")
	c.send("d1", task.SubmitInput{Narrative: "x", Figures: append(figures("6", "20", "1"), task.Figure{Indicator: "nguoi", Value: "8"})})
	summed, err := c.store.Consolidation(t.Context(), auditor, c.taskOf("d1"))
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(summed.Definitions, func(d indicator.Definition) bool { return d.Code == "nguoi" })
	c.want("what was summed up", []string{summed.Figures[at].Value, summed.Inputs[0].Figures["nguoi"], summed.Inputs[1].Figures["nguoi"]}, "8", "< 5", "6")
	if len(summed.Figures[at].Parts) > 0 {
		t.Errorf("its parts: %+v", summed.Figures[at].Parts)
	}

	// A commune sees its own count, and not that the rest of the plan's are one person.
	own := c.actor("focal_point.x12@dondoc.example")
	c.exec(`UPDATE submissions SET figures = figures || '{"nguoi": "0"}' WHERE task_id = $1`, c.taskOf("x11"))
	m = see(own, "")
	if !m.Hidden || m.Outlook.Actual != nil || m.Outlook.Forecast != nil || m.Outlook.Done != nil || strings.Contains(m.Outlook.RuleVI, "7") {
		t.Errorf("seven less one's own six is one: %+v", m.Outlook)
	}
	c.want("oneself, and no other unit", partsSaid(m), "x12 6/- unclear")
	district := c.actor("supervisor.d1@dondoc.example")
	district.Below = append(district.Below, c.agency("x11"), c.agency("x12"), c.agency("x13"))
	c.want("the district its communes", partsSaid(see(district, "d1")), "x11 0/- unclear", "x12 6/- unclear", "x13 -/- unclear")
	stranger := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: c.agency("d3"), Role: policy.Supervisor}}, Below: []int64{c.agency("d3")}}
	_, err = c.store.PlanTargets(t.Context(), stranger, c.plan.ID)
	c.refused(err, "not_found")
}
