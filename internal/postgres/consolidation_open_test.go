package postgres_test

import (
	"fmt"
	"testing"

	"dondoc/internal/consolidation"
	"dondoc/internal/task"
)

// openedLines writes a figure's parts down to the base, one line each.
func openedLines(nodes []consolidation.Node, indent string) []string {
	list := []string{}
	for _, n := range nodes {
		line := fmt.Sprintf("%s%s lần %d: %s", indent, n.AgencyName, n.Number, n.Value)
		if n.Edited {
			line += " (các đơn vị: " + n.Computed + ")"
		}
		list = append(append(list, line), openedLines(n.Parts, indent+"  ")...)
	}
	return list
}

// Every figure opens to its parts and versions, as they were counted, down to the base.
func TestAFigureOpensDownToTheBase(t *testing.T) {
	c := newChained(t)
	c.send("x11", task.SubmitInput{Narrative: "x", Figures: figures("3", "10", "1")})
	c.send("x12", task.SubmitInput{Kind: task.NilReturn})
	c.send("x13", task.SubmitInput{Narrative: "x", Figures: []task.Figure{{Indicator: "diem", Value: "2"}}})
	for _, unit := range []string{"x11", "x12", "x13"} {
		c.decide(unit, "d1", task.Accept)
	}
	c.takeOver("d1")
	c.send("d1", task.SubmitInput{Narrative: "x", Figures: append(figures("4", "12", "1"), task.Figure{Indicator: "tl", Value: "33.33"})})
	c.decide("d1", "so", task.Accept)
	c.correct("x11", "d1", "9") // not taken over by the district yet
	read := func(email, code string) (consolidation.Opened, error) {
		return c.store.ConsolidatedFigure(t.Context(), c.actor(email), c.taskOf("so"), code)
	}
	o, err := read("focal_point.so@dondoc.example", "vu")
	if err != nil {
		t.Fatal(err)
	}
	c.want("cases", openedLines(o.Parts, ""), "UBND huyện Một lần 1: 4 (các đơn vị: 3)", "  UBND xã x11 lần 1: 3", "  UBND xã x12 lần 1: 0", "  UBND xã x13 lần 1: ")
	if o.Value != "4" || len(o.Levels) != 1 || o.Levels[0] != (consolidation.LevelSum{Level: "district", Units: 1, Value: "4"}) {
		t.Errorf("%s, by level %+v", o.Value, o.Levels)
	}
	if o, err = read("focal_point.so@dondoc.example", "tl"); err != nil || o.Value != "33.33" {
		t.Errorf("the ratio is %s, %v", o.Value, err)
	}
	_, err = read("focal_point.so@dondoc.example", "không có")
	c.refused(err, "consolidation.figure")
	_, err = read("supervisor.tinh@dondoc.example", "vu")
	c.refused(err, "consolidation.closed")
	_, err = read("focal_point.x21@dondoc.example", "vu")
	c.refused(err, "not_found")
}

// What a consolidator says about a unit's report both sides read, and nobody else writes.
func TestAConsolidatorCommentsOnAReport(t *testing.T) {
	c := newChained(t)
	c.send("x11", task.SubmitInput{Narrative: "x", Figures: figures("3", "10", "1")})
	say := func(email, agency, unit, text string) error {
		_, err := c.store.CommentInput(t.Context(), c.actor(email), task.CommentInput{TaskID: c.taskOf(agency), InputID: c.taskOf(unit), Text: text})
		return err
	}
	if err := say("focal_point.d1@dondoc.example", "d1", "x11", "Kiểm tra lại số tụ điểm."); err != nil {
		t.Fatal(err)
	}
	c.refused(say("supervisor.so@dondoc.example", "d1", "x11", "Không phải việc của sở"), "comment.not_yours")
	c.refused(say("focal_point.d1@dondoc.example", "d1", "x21", "Xã của huyện khác"), "not_found")
	c.refused(say("focal_point.d1@dondoc.example", "d1", "x11", "Ông Nguyễn Văn A, số CCCD 001099000011"), "privacy.identity")
	c.refused(say("focal_point.d1@dondoc.example", "d1", "x11", " "), "comment.text")
	c.want("the unit is told in the morning", c.strings(`SELECT u.email FROM notifications n JOIN users u ON u.id = n.user_id WHERE n.kind = 'commented' AND u.email LIKE 'focal%'`), "focal_point.x11@dondoc.example")
	detail, err := c.store.TaskDetail(t.Context(), c.actor("focal_point.x11@dondoc.example"), c.taskOf("x11"))
	if err != nil || len(detail.Comments) != 1 || detail.Comments[0].Text != "Kiểm tra lại số tụ điểm." || detail.Comments[0].Number != 1 || detail.Comments[0].AgencyName != "UBND huyện Một" {
		t.Errorf("the unit reads %+v, %v", detail.Comments, err)
	}
	if in := c.view("d1").Inputs[0]; len(in.Comments) != 1 || in.MayReturn {
		t.Errorf("the district's focal point reads %+v, and does not review", in)
	}
	if v, err := c.store.Consolidation(t.Context(), c.actor("supervisor.d1@dondoc.example"), c.taskOf("d1")); err != nil || !v.Inputs[0].MayReturn || v.Inputs[0].TaskVersion == 0 || v.MayTakeOver {
		t.Errorf("its supervisor may return it: %+v, %v", v.Inputs[0], err)
	}
}

// The report keeps who was missing when it was sent, and the unit is told where
// its figures went once the report is accepted.
func TestAReportKeepsWhatItWasSentWithout(t *testing.T) {
	c := newChained(t)
	c.send("x11", task.SubmitInput{Narrative: "x", Figures: figures("3", "10", "1")})
	c.decide("x11", "d1", task.Accept)
	c.takeOver("d1")
	upward := func() []task.Upward {
		detail, err := c.store.TaskDetail(t.Context(), c.actor("focal_point.x11@dondoc.example"), c.taskOf("x11"))
		if err != nil {
			t.Fatal(err)
		}
		return detail.Upward
	}
	c.send("d1", task.SubmitInput{Narrative: "x", DocumentNumber: "15/BC-UBND", Figures: figures("3", "10", "1")})
	if sent := c.view("d1").Sent; sent == nil || sent.Expected != 3 || len(sent.Missing) != 2 || sent.Missing[0].AgencyName != "UBND xã x12" || sent.Missing[0].Standing != consolidation.Missing {
		t.Errorf("sent without %+v", sent)
	}
	if u := upward(); len(u) != 0 {
		t.Errorf("before it is accepted: %+v", u)
	}
	c.decide("d1", "so", task.Accept)
	c.send("x12", task.SubmitInput{Narrative: "x", Figures: figures("1", "1", "1")})
	c.decide("x12", "d1", task.Accept)
	if sent := c.view("d1").Sent; sent == nil || len(sent.Missing) != 2 {
		t.Errorf("what comes later changes nothing about it: %+v", sent)
	}
	if u := upward(); len(u) != 1 || u[0].AgencyName != "UBND huyện Một" || u[0].Number != 1 || u[0].DocumentNumber != "15/BC-UBND" || u[0].DutyCode != "H" {
		t.Errorf("where the figures went: %+v", u)
	}
}
