package postgres_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/consolidation"
	"dondoc/internal/task"
)

func (c *chained) reopen(agency string) {
	c.t.Helper()
	if _, err := c.store.Reopen(c.t.Context(), c.actor("plan_authority.tinh@dondoc.example"), task.ReopenInput{
		TaskID: c.taskOf(agency), Reason: "Sai số liệu", ResubmitOn: calendar.NewDate(2026, 2, 10)}); err != nil {
		c.t.Fatal(err)
	}
}

// correct sends a correction of a unit's report and has it accepted.
func (c *chained) correct(agency, reviewer, vu string) {
	c.t.Helper()
	k, err := c.store.Correct(c.t.Context(), c.actor("focal_point."+agency+"@dondoc.example"), task.CorrectInput{
		TaskID: c.taskOf(agency), Reason: "Cộng sót", Content: task.Content{Kind: task.Report, Narrative: "đính chính", Figures: figures(vu, "10", "1")}})
	if err == nil {
		_, err = c.store.DecideCorrection(c.t.Context(), c.actor("supervisor."+reviewer+"@dondoc.example"), task.CorrectionAct{CorrectionID: k.ID, Decision: task.AcceptCorrection})
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// marks tells what a level reads about what has changed.
func (c *chained) marks(agency string) []string {
	c.t.Helper()
	list := []string{}
	for _, m := range c.view(agency).Marks {
		text := fmt.Sprintf("%s %s %d→%d", m.AgencyName, m.Reason, m.Old, m.New)
		if m.Taken {
			text += " taken"
		}
		list = append(list, text)
	}
	return list
}

// sentUp is a chain whose three levels have all sent, the lowest with three cases.
func sentUp(t *testing.T) *chained {
	c := newChained(t)
	c.send("x11", task.SubmitInput{Narrative: "x", Figures: figures("3", "10", "1")})
	c.decide("x11", "d1", task.Accept)
	c.takeOver("d1")
	c.send("d1", task.SubmitInput{Narrative: "Báo cáo huyện", DocumentNumber: "15/BC-UBND", Figures: figures("3", "10", "1")})
	c.decide("d1", "so", task.Accept)
	c.takeOver("so")
	c.send("so", task.SubmitInput{Narrative: "Báo cáo sở", Figures: figures("3", "10", "1")})
	c.decide("so", "tinh", task.Accept)
	return c
}

// A correction at the bottom marks every level in the same transaction; each level
// takes it over with one act, into a correcting report where it has been accepted.
func TestACorrectionClimbsLevelByLevel(t *testing.T) {
	c := sentUp(t)
	c.want("nothing is marked", append(c.marks("d1"), c.marks("so")...))
	c.correct("x11", "d1", "5")
	c.want("the district", c.marks("d1"), "UBND xã x11 version 1→2")
	c.want("the department", c.marks("so"), "UBND huyện Một below 1→1")
	if d, s := c.view("d1"), c.view("so"); !d.Stale || !s.Stale || !d.Correcting || !d.MayTakeOver {
		t.Errorf("stale: district %t, department %t; correcting %t, may %t", d.Stale, s.Stale, d.Correcting, d.MayTakeOver)
	}

	draft := c.takeOver("d1")
	c.want("the correcting draft", drafted(draft), "vu 5", "diem 10", "tb 1", "tl 50")
	if draft.Narrative != "Báo cáo huyện" || draft.DocumentNumber != "" {
		t.Errorf("it begins with the version in force, without its document: %q, %q", draft.Narrative, draft.DocumentNumber)
	}
	c.want("in the district's draft", c.marks("d1"), "UBND xã x11 version 1→2 taken")
	c.want("not above yet", c.marks("so"), "UBND huyện Một below 1→1")
	if c.view("d1").Stale || !c.view("so").Stale {
		t.Error("the district has it, the department does not")
	}

	c.clock.set(t, "2026-02-02 10:00")
	c.correct("d1", "so", "5")
	c.want("done with", c.marks("d1"))
	c.want("another version of the district", c.marks("so"), "UBND huyện Một version 1→2")
	c.want("at the top", drafted(c.takeOver("so")), "vu 5", "diem 10", "tb 1", "tl 50")
	c.clock.set(t, "2026-02-02 11:00")
	c.correct("so", "tinh", "5")
	c.want("all done", append(c.marks("d1"), c.marks("so")...))
}

// What comes back to the version that was counted is no change any more.
func TestAChangeThatIsTakenBackLeavesNoMark(t *testing.T) {
	c := sentUp(t)
	c.reopen("d1")
	c.want("the district does not count", c.marks("so"), "UBND huyện Một version 1→0")
	c.exec(`UPDATE tasks SET state = 'accepted', settled_at = '2026-02-02', resubmit_due_at = NULL WHERE id = $1`, c.taskOf("d1"))
	c.want("it counts as it did", c.marks("so"))
}

// What is taken out of a version takes its part of every sum with it.
func TestRedactingAFigureIsSeenAbove(t *testing.T) {
	c := sentUp(t)
	id := c.ids(`SELECT b.id FROM submissions b JOIN tasks t ON t.id = b.task_id JOIN agencies a ON a.id = t.agency_id WHERE a.code = 'x11'`)[0]
	if _, err := c.store.Redact(t.Context(), c.actor("plan_authority.tinh@dondoc.example"), task.RedactInput{SubmissionID: id, Field: "figures.vu", Reason: "Số này chỉ ra một người"}); err != nil {
		t.Fatal(err)
	}
	c.want("the district", c.marks("d1"), "UBND xã x11 redacted 1→1")
	c.want("the department", c.marks("so"), "UBND huyện Một below 1→1")
	c.want("without the figure", computed(c.view("d1")), "vu ", "diem 10", "tb 1", "tl ")
}

// A text that is taken out of a unit's report is taken out of what gathered it, too.
func TestRedactingATextReachesWhatGatheredIt(t *testing.T) {
	c := newChained(t)
	c.send("x11", task.SubmitInput{Narrative: "Đã hỗ trợ hộ bà Tư ở ấp Ba.", Figures: figures("3", "10", "1")})
	c.decide("x11", "d1", task.Accept)
	c.takeOver("d1")
	c.send("d1", task.SubmitInput{Narrative: c.strings(`SELECT narrative FROM task_drafts`)[0], Figures: figures("3", "10", "1")})
	c.decide("d1", "so", task.Accept)
	c.takeOver("so")
	id := c.ids(`SELECT b.id FROM submissions b JOIN tasks t ON t.id = b.task_id JOIN agencies a ON a.id = t.agency_id WHERE a.code = 'x11'`)[0]
	if _, err := c.store.Redact(t.Context(), c.actor("plan_authority.tinh@dondoc.example"), task.RedactInput{
		SubmissionID: id, Field: "narrative", Passage: "bà Tư ở ấp Ba", Reason: "Chỉ ra một người"}); err != nil {
		t.Fatal(err)
	}
	c.want("it stands nowhere", c.strings(`SELECT narrative FROM submissions WHERE narrative LIKE '%bà Tư%' UNION ALL SELECT narrative FROM task_drafts WHERE narrative LIKE '%bà Tư%'`))
}

// Ordinary results leave nothing behind for any consolidation.
func TestOrdinaryResultsNudgeNoConsolidation(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	w.openRound()
	w.exec(`UPDATE tasks SET state = 'submitted', submitted_at = '2026-02-02'`)
	w.want("nudges", w.strings(`SELECT DISTINCT split_part(workflow, ':', 1) FROM outbox WHERE workflow LIKE 'consolidation:%'`))
}

// However units send, withdraw, are returned, accepted and corrected, the marks are
// exactly the inputs of which another version counts than was taken over.
func TestMarksAreWhatHasChanged(t *testing.T) {
	c := newChained(t)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a game, not a secret
	units := map[string]string{"x11": "d1", "x12": "d1", "x13": "d1", "d1": "so", "x21": "d2", "d2": "so"}
	names := []string{"d1", "d2", "x11", "x12", "x13", "x21"}
	acts, changes := 0, 0
	for minute := range 120 {
		c.clock.set(t, fmt.Sprintf("2026-02-02 %02d:%02d", 9+minute/60, minute%60))
		unit := names[random.IntN(len(names))]
		reviewer, focal := c.actor("supervisor."+units[unit]+"@dondoc.example"), c.actor("focal_point."+unit+"@dondoc.example")
		id, ctx := c.taskOf(unit), t.Context()
		var err error
		switch random.IntN(7) {
		case 0, 1:
			_, err = c.store.Submit(ctx, focal, task.SubmitInput{TaskID: id, Kind: task.Report, Narrative: "x", Figures: figures(fmt.Sprint(random.IntN(9)), "1", "1")})
		case 2, 3:
			_, err = c.store.Review(ctx, reviewer, task.ReviewInput{TaskID: id, Decision: task.Accept})
		case 4:
			_, err = c.store.Review(ctx, reviewer, task.ReviewInput{TaskID: id, Decision: task.Return, Reason: "Số liệu chưa khớp"})
		case 5:
			_, err = c.store.Withdraw(ctx, focal, task.WithdrawInput{TaskID: id, Reason: "Gửi nhầm"})
		default:
			_, err = c.store.Reopen(ctx, c.actor("plan_authority.tinh@dondoc.example"), task.ReopenInput{TaskID: id, Reason: "Sai", ResubmitOn: calendar.NewDate(2026, 2, 10)})
		}
		if err == nil {
			acts++
		}
		if level := []string{"d1", "d2", "so"}[random.IntN(3)]; random.IntN(3) == 0 {
			// Refused where the result waits for its review; then nothing is taken over.
			if _, err := c.store.TakeOver(ctx, c.actor("focal_point."+level+"@dondoc.example"), consolidation.TakeOverInput{TaskID: c.taskOf(level), Seen: c.view(level).Seen}); err == nil {
				acts++
			}
		}
		for _, level := range []string{"d1", "d2", "so"} {
			v := c.view(level)
			var marked []int64
			for _, m := range v.Marks {
				if m.Reason == consolidation.VersionChanged && !m.Taken {
					marked = append(marked, m.TaskID)
				}
			}
			slices.Sort(marked)
			if fmt.Sprint(marked) != fmt.Sprint(append([]int64{}, v.ChangedTasks...)) && len(marked)+len(v.ChangedTasks) > 0 {
				t.Fatalf("minute %d, %s: marked %v, changed %v (%+v)", minute, level, marked, v.ChangedTasks, v.Marks)
			}
			changes += len(marked)
		}
		// What is marked below is marked above, and the other way round.
		top := c.view("so")
		for _, in := range top.Inputs {
			stale := slices.ContainsFunc(top.Marks, func(m consolidation.Mark) bool { return m.TaskID == in.TaskID && m.Reason == consolidation.Below })
			counted := top.Taken != nil && slices.ContainsFunc(top.Taken.Sources, func(s consolidation.Source) bool { return s.Task == in.TaskID })
			if counted && stale != in.Stale {
				t.Fatalf("minute %d: %s is stale %t, the department says %t", minute, in.AgencyName, in.Stale, stale)
			}
		}
	}
	if acts < 30 || changes < 20 {
		t.Errorf("only %d acts and %d changes: the game says little", acts, changes)
	}
}
