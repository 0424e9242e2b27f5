package postgres_test

import (
	"fmt"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/consolidation"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// chained is a world of three levels: communes report to their district, the
// districts to the department, the department to the province; every month.
type chained struct{ *world }

func newChained(t *testing.T) *chained {
	t.Helper()
	return newChainedPlan(t, nil)
}

// newChainedPlan is newChained with a change of the plan.
func newChainedPlan(t *testing.T, change func(*plan.Plan)) *chained {
	t.Helper()
	c := &chained{newWorld(t, func(p *plan.Plan) {
		for _, code := range []string{"x11", "x12", "x13"} {
			p.Agencies = append(p.Agencies, plan.Agency{Code: code, Name: "UBND xã " + code, Level: "commune", Parent: "d1"})
		}
		p.Agencies = append(p.Agencies, plan.Agency{Code: "x21", Name: "UBND xã x21", Level: "commune", Parent: "d2"})
		p.Indicators = []plan.Indicator{
			{Code: "vu", Name: "Số vụ", Unit: "count", Aggregation: "sum"},
			{Code: "xa", Name: "Số xã có vụ", Unit: "count", Aggregation: "sum"},
			{Code: "diem", Name: "Số tụ điểm", Unit: "count", Aggregation: "last"},
			{Code: "tb", Name: "Bình quân", Unit: "count", Aggregation: "mean"},
			{Code: "tl", Name: "Tỷ lệ", Unit: "percent", Aggregation: "ratio", Numerator: "vu", Denominator: "diem"},
		}
		base := p.Duties[0]
		level := func(code, consolidates, recipient string, due int, agencies ...string) plan.Duty {
			d := base
			d.Code, d.Indicators, d.Due = code, []string{"vu", "diem", "tb"}, map[string]calendar.DueRule{"": {WorkingDays: due}}
			d.Recipient = plan.Recipient{Agency: recipient, Parent: recipient == ""}
			d.Assignments = nil
			if consolidates != "" {
				d.Consolidates = []string{consolidates}
				d.Indicators = append(d.Indicators, "tl")
			}
			for _, a := range agencies {
				d.Assignments = append(d.Assignments, plan.Assignment{Agency: a, Role: plan.Implementing})
			}
			return d
		}
		p.Duties = []plan.Duty{
			level("X", "", "", 3, "x11", "x12", "x13", "x21"), level("H", "X", "so", 4, "d1", "d2"), level("S", "H", "tinh", 5, "so"),
		}
		if change != nil {
			change(p)
		}
	})}
	for agency, roles := range map[string][]string{
		"x11": {"focal_point"}, "x12": {"focal_point"}, "x13": {"focal_point"}, "x21": {"focal_point"},
		"d1": {"supervisor"}, "d2": {"supervisor"}, "so": {"focal_point"}, "tinh": {"supervisor"},
	} {
		for _, role := range roles {
			c.exec(`WITH u AS (INSERT INTO users (email, name, created_at) VALUES ($1, $1, '2020-01-01') RETURNING id)
				INSERT INTO memberships (user_id, agency_id, role, valid_from_on) SELECT u.id, a.id, $2, '2020-01-01' FROM u, agencies a WHERE a.code = $3`,
				role+"."+agency+"@dondoc.example", role, agency)
		}
	}
	c.activate()
	for _, id := range c.ids(`SELECT id FROM duties ORDER BY position`) {
		next, err := c.store.ScheduleNextRound(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if now, _ := c.clock.Now(t.Context()); now.Before(next.OpensAt) {
			c.clock.at.Store(&next.OpensAt)
		}
		if err := c.store.OpenRound(t.Context(), next.RoundID, func(int) {}); err != nil {
			t.Fatal(err)
		}
	}
	c.clock.set(t, "2026-02-02 09:00")
	return c
}

func (c *chained) ids(query string) (list []int64) {
	c.t.Helper()
	if err := c.db.SelectContext(c.t.Context(), &list, query); err != nil {
		c.t.Fatal(err)
	}
	return list
}

func (c *chained) send(agency string, in task.SubmitInput) {
	c.t.Helper()
	in.TaskID = c.taskOf(agency)
	if in.Kind == "" {
		in.Kind = task.Report
	}
	if _, err := c.store.Submit(c.t.Context(), c.actor("focal_point."+agency+"@dondoc.example"), in); err != nil {
		c.t.Fatal(err)
	}
}

func figures(vu, diem, tb string) []task.Figure {
	return []task.Figure{{Indicator: "vu", Value: vu}, {Indicator: "diem", Value: diem}, {Indicator: "tb", Value: tb}}
}

func (c *chained) decide(agency, reviewer string, decision task.Decision) {
	c.t.Helper()
	if _, err := c.store.Review(c.t.Context(), c.actor("supervisor."+reviewer+"@dondoc.example"),
		task.ReviewInput{TaskID: c.taskOf(agency), Decision: decision, Reason: "Số liệu chưa khớp"}); err != nil {
		c.t.Fatal(err)
	}
}

func (c *chained) view(agency string) consolidation.View {
	c.t.Helper()
	v, err := c.store.Consolidation(c.t.Context(), c.actor("focal_point."+agency+"@dondoc.example"), c.taskOf(agency))
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

func (c *chained) takeOver(agency string) task.Draft {
	c.t.Helper()
	d, err := c.store.TakeOver(c.t.Context(), c.actor("focal_point."+agency+"@dondoc.example"),
		consolidation.TakeOverInput{TaskID: c.taskOf(agency), Seen: c.view(agency).Seen})
	if err != nil {
		c.t.Fatal(err)
	}
	return d
}

func computed(v consolidation.View) []string {
	list := []string{}
	for i, d := range v.Definitions {
		list = append(list, d.Code+" "+v.Figures[i].Value)
	}
	return list
}

func standings(v consolidation.View) []string {
	list := []string{}
	for _, in := range v.Inputs {
		text := in.AgencyName + " " + string(in.Standing)
		if in.Late {
			text += " late"
		}
		if in.Stale {
			text += " stale"
		}
		list = append(list, text)
	}
	return list
}

func drafted(d task.Draft) []string {
	list := []string{}
	for _, f := range d.Figures {
		list = append(list, f.Indicator+" "+f.Value)
	}
	return list
}

func TestThreeLevelsAddUp(t *testing.T) {
	c := newChained(t)
	c.send("x11", task.SubmitInput{Narrative: "Đã kiểm tra.", Figures: figures("3", "10", "1")})
	c.send("x12", task.SubmitInput{Narrative: "Đã tuyên truyền.", Figures: figures("2", "10", "2")})
	c.decide("x11", "d1", task.Accept)
	v := c.view("d1")
	c.want("who is in", standings(v), "UBND xã x11 in", "UBND xã x12 waiting", "UBND xã x13 missing")
	c.want("only what was accepted counts", computed(v), "vu 3", "diem 10", "tb 1", "tl 30")

	c.decide("x12", "d1", task.Accept)
	c.clock.set(t, "2026-02-06 09:00") // past the communes' due day
	c.send("x13", task.SubmitInput{Kind: task.NilReturn})
	c.decide("x13", "d1", task.Accept)
	c.want("nil is in, and late", standings(c.view("d1")), "UBND xã x11 in", "UBND xã x12 in", "UBND xã x13 nil late")
	c.want("taken over", drafted(c.takeOver("d1")), "vu 5", "diem 20", "tb 1.5", "tl 25")
	c.want("the text names its sources", c.strings(`SELECT narrative FROM task_drafts`),
		"Tổng hợp từ 3/3 báo cáo.\n\nUBND xã x11 (kỳ 2026-M01, lần 1):\nĐã kiểm tra.\n\nUBND xã x12 (kỳ 2026-M01, lần 1):\nĐã tuyên truyền.")
	// The district puts its own figure in one place; the mean keeps its weight of two communes.
	c.send("d1", task.SubmitInput{Narrative: "Tổng hợp", Figures: append(figures("6", "20", "1.5"), task.Figure{Indicator: "tl", Value: "25"})})
	c.want("edited, and the ratio with it", c.view("d1").Edited, "vu", "tl")
	c.decide("d1", "so", task.Accept)

	c.send("x21", task.SubmitInput{Narrative: "x", Figures: figures("1", "5", "7.5")})
	c.decide("x21", "d2", task.Accept)
	c.takeOver("d2")
	c.send("d2", task.SubmitInput{Narrative: "Tổng hợp", Figures: figures("1", "5", "7.5")})
	c.decide("d2", "so", task.Accept)
	// (1 + 2 + 7.5) / 3, never the mean of 1.5 and 7.5; 7 of 25, never the mean of 25 and 20.
	c.want("the department", computed(c.view("so")), "vu 7", "diem 25", "tb 3.5", "tl 28")
}

func TestAChangeBelowIsSeenUpToTheTop(t *testing.T) {
	c := newChained(t)
	c.send("x11", task.SubmitInput{Narrative: "x", Figures: figures("3", "10", "1")})
	c.decide("x11", "d1", task.Accept)
	c.takeOver("d1")
	c.send("d1", task.SubmitInput{Narrative: "x", Figures: figures("3", "10", "1")})
	c.decide("d1", "so", task.Accept)
	c.takeOver("so")
	if v := c.view("so"); v.Stale || v.Taken == nil || len(v.Taken.Sources) != 1 {
		t.Fatalf("nothing has changed: %+v", v)
	}

	if _, err := c.store.Reopen(t.Context(), c.actor("plan_authority.tinh@dondoc.example"), task.ReopenInput{
		TaskID: c.taskOf("x11"), Reason: "Sai số liệu", ResubmitOn: calendar.NewDate(2026, 2, 10)}); err != nil {
		t.Fatal(err)
	}
	c.send("x11", task.SubmitInput{Narrative: "x", Figures: figures("4", "10", "1")})
	c.decide("x11", "d1", task.Accept)
	below := c.view("d1")
	if !below.Stale || fmt.Sprint(below.ChangedTasks) != fmt.Sprint([]int64{c.taskOf("x11")}) {
		t.Errorf("the district: %+v", below)
	}
	if len(below.Changes) != 2 || below.Changes[0].Code != "vu" || below.Changes[0].Old != "3" || below.Changes[0].New != "4" || below.Changes[1].Code != "tl" {
		t.Errorf("what changed: %+v", below.Changes)
	}
	top := c.view("so")
	c.want("the department sees where", standings(top), "UBND huyện Một in stale", "UBND huyện Hai missing")
	if !top.Stale || len(top.ChangedTasks) != 0 {
		t.Errorf("stale through what is below, its own input is the same: %+v", top)
	}

	// Sent again from below, it is taken over with one act.
	if _, err := c.store.Reopen(t.Context(), c.actor("plan_authority.tinh@dondoc.example"), task.ReopenInput{
		TaskID: c.taskOf("d1"), Reason: "Cấp xã đính chính", ResubmitOn: calendar.NewDate(2026, 2, 10)}); err != nil {
		t.Fatal(err)
	}
	c.want("again", drafted(c.takeOver("d1")), "vu 4", "diem 10", "tb 1", "tl 40")
	c.send("d1", task.SubmitInput{Narrative: "x", Figures: figures("4", "10", "1")})
	c.decide("d1", "so", task.Accept)
	c.want("at the top", drafted(c.takeOver("so")), "vu 4", "diem 10", "tb 1", "tl 40")
	if v := c.view("so"); v.Stale || len(v.Changes) > 0 {
		t.Errorf("all is taken over: %+v", v)
	}
}

func TestNobodyTakesOverWhatTheyHaveNotSeen(t *testing.T) {
	c := newChained(t)
	seen := c.view("d1").Seen
	c.send("x11", task.SubmitInput{Narrative: "x", Figures: figures("3", "10", "1")})
	c.decide("x11", "d1", task.Accept)
	_, err := c.store.TakeOver(t.Context(), c.actor("focal_point.d1@dondoc.example"), consolidation.TakeOverInput{TaskID: c.taskOf("d1"), Seen: seen})
	c.refused(err, "consolidation.changed")
	c.want("nothing was written", c.strings(`SELECT 'draft' FROM task_drafts UNION ALL SELECT 'consolidation' FROM consolidations`))
	for _, email := range []string{"focal_point.d2@dondoc.example", "supervisor.so@dondoc.example", "focal_point.x11@dondoc.example"} {
		_, err := c.store.TakeOver(t.Context(), c.actor(email), consolidation.TakeOverInput{TaskID: c.taskOf("d1"), Seen: c.view("d1").Seen})
		c.refused(err, "not_found")
	}
	_, err = c.store.Consolidation(t.Context(), c.actor("focal_point.x11@dondoc.example"), c.taskOf("x11"))
	c.refused(err, "consolidation.none")
}

// Whoever receives the consolidated report sees who is in at once, and what was
// said only when it has been sent.
func TestInputsOpenToTheReceiverOnceSent(t *testing.T) {
	c := newChained(t)
	c.send("x11", task.SubmitInput{Narrative: "Đã kiểm tra.", Figures: figures("3", "10", "1")})
	c.decide("x11", "d1", task.Accept)
	receiver := c.actor("supervisor.so@dondoc.example")
	v, err := c.store.Consolidation(t.Context(), receiver, c.taskOf("d1"))
	if err != nil {
		t.Fatal(err)
	}
	c.want("who is in", standings(v)[:1], "UBND xã x11 in")
	if v.Inputs[0].Narrative != "" || v.Inputs[0].Figures != nil || v.Figures[0].Value != "" || v.Narrative != "" {
		t.Errorf("before it is sent: %+v", v)
	}
	c.takeOver("d1")
	c.send("d1", task.SubmitInput{Narrative: "x", Figures: figures("3", "10", "1")})
	if v, err = c.store.Consolidation(t.Context(), receiver, c.taskOf("d1")); err != nil || v.Figures[0].Value != "3" || v.Inputs[0].Figures["vu"] != "3" {
		t.Errorf("once it is sent: %+v, %v", v, err)
	}
}

// What the form asks for is summed up like what the duty names itself.
func TestFiguresOfAFormAreSummedUp(t *testing.T) {
	c := newChained(t)
	c.exec(`UPDATE plan_versions SET document = jsonb_set(document, '{Forms}', '[{"Code": "mau", "Sections": [{"Heading": "Số liệu", "Indicators": ["vu", "diem"]}]}]')`)
	c.exec(`UPDATE duties SET definition = definition || '{"Form": "mau", "Indicators": []}'`)
	c.send("x11", task.SubmitInput{Narrative: "x", Figures: []task.Figure{{Indicator: "vu", Value: "3"}, {Indicator: "diem", Value: "10"}}})
	c.send("x12", task.SubmitInput{Narrative: "x", Figures: []task.Figure{{Indicator: "vu", Value: "4"}}})
	c.decide("x11", "d1", task.Accept)
	c.decide("x12", "d1", task.Accept)
	c.want("by the form", computed(c.view("d1")), "vu 7", "diem 10")
	c.want("taken over", drafted(c.takeOver("d1")), "vu 7", "diem 10")
}
