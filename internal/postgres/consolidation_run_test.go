package postgres_test

import (
	"testing"
	"time"

	"dondoc/internal/consolidation"
	"dondoc/internal/task"
)

// engine runs the turn of one agency's consolidated result.
func (c *chained) engine(agency string) consolidation.Turn {
	c.t.Helper()
	var key struct {
		Round  int64 `db:"round_id"`
		Agency int64 `db:"agency_id"`
	}
	if err := c.db.GetContext(c.t.Context(), &key, `SELECT round_id, agency_id FROM tasks WHERE id = $1`, c.taskOf(agency)); err != nil {
		c.t.Fatal(err)
	}
	turn, err := c.store.RunConsolidation(c.t.Context(), key.Round, key.Agency)
	if err != nil {
		c.t.Fatal(err)
	}
	return turn
}

// told lists which focal points consolidations have told what; their heads are told the same.
func (c *chained) told() []string {
	return c.strings(`SELECT DISTINCT n.kind || ' ' || u.email FROM notifications n JOIN users u ON u.id = n.user_id WHERE n.kind LIKE 'consolidation%' AND u.email LIKE 'focal%' ORDER BY 1`)
}

func (c *chained) draft(agency string) task.Draft {
	c.t.Helper()
	d, err := c.store.FindDraft(c.t.Context(), c.actor("focal_point."+agency+"@dondoc.example"), c.taskOf(agency))
	if err != nil {
		c.t.Fatal(err)
	}
	return d
}

// A draft that somebody took over stays fresh until it is sent; what they changed
// by hand stays theirs, and so does the text.
func TestADraftStaysFreshUntilItIsSent(t *testing.T) {
	c := newChained(t)
	c.send("x11", task.SubmitInput{Narrative: "Một", Figures: figures("3", "10", "1")})
	c.decide("x11", "d1", task.Accept)
	c.want("nobody has begun", append(c.strings(`SELECT 'draft' FROM task_drafts`), c.told()...))
	if turn := c.engine("d1"); turn.Ended || turn.Told || !turn.NextAt.IsZero() {
		t.Errorf("there is nothing to do: %+v", turn)
	}
	c.want("the engine writes no draft of its own", c.strings(`SELECT 'draft' FROM task_drafts`))

	begun := c.takeOver("d1")
	focal := c.actor("focal_point.d1@dondoc.example")
	content := begun.Content
	content.Figures = []task.Figure{{Indicator: "vu", Value: "3"}, {Indicator: "diem", Value: "11"}, {Indicator: "tb", Value: "1"}, {Indicator: "tl", Value: "30"}}
	content.Narrative = "Huyện viết"
	if _, err := c.store.SaveDraft(t.Context(), focal, task.DraftInput{TaskID: c.taskOf("d1"), Version: begun.Version, Content: content}); err != nil {
		t.Fatal(err)
	}
	c.send("x12", task.SubmitInput{Narrative: "Hai", Figures: figures("2", "10", "4")})
	c.decide("x12", "d1", task.Accept)
	c.want("nudged", c.strings(`SELECT DISTINCT workflow FROM outbox WHERE workflow LIKE 'consolidation:%' AND kind = 'task.accepted'`),
		c.strings(`SELECT 'consolidation:' || round_id || ':' || agency_id FROM tasks WHERE id = $1`, c.taskOf("d1"))[0])
	c.want("until then", drafted(c.draft("d1")), "vu 3", "diem 11", "tb 1", "tl 30")
	c.engine("d1")
	c.want("freshened, but for what was changed by hand", drafted(c.draft("d1")), "vu 5", "diem 11", "tb 2.5", "tl 25")
	if d := c.draft("d1"); d.Narrative != "Huyện viết" {
		t.Errorf("the text became %q", d.Narrative)
	}
	v := c.view("d1")
	if v.Stale || len(v.Changes) != 0 || len(v.Taken.Sources) != 2 {
		t.Errorf("the draft is made of both: %+v", v.Taken)
	}
	version := c.draft("d1").Version
	c.engine("d1")
	if c.draft("d1").Version != version {
		t.Error("a repeat wrote the draft again")
	}
	c.want("nobody needs to be told", c.told())

	// What a version was made of stays as it was, whatever is freshened later.
	c.send("d1", task.SubmitInput{Narrative: "x", Figures: figures("5", "20", "2.5")})
	c.decide("d1", "so", task.Return)
	c.reopen("x12")
	c.clock.set(t, "2026-02-02 10:00")
	if _, err := c.store.SaveDraft(t.Context(), focal, task.DraftInput{TaskID: c.taskOf("d1"), Version: c.savedVersion(), Content: content}); err != nil {
		t.Fatal(err)
	}
	c.engine("d1")
	c.want("both are kept", c.strings(`SELECT jsonb_array_length(sources)::text FROM consolidations ORDER BY id`), "2", "1")
}

// savedVersion is the version of the draft as it lies there; 0: there is none.
func (c *chained) savedVersion() int {
	list := c.ids(`SELECT version FROM task_drafts`)
	if len(list) == 0 {
		return 0
	}
	return int(list[len(list)-1])
}

// Of what changed after it was sent every level is told once, in the morning.
func TestEachLevelIsToldOnceThatItIsStale(t *testing.T) {
	c := sentUp(t)
	c.correct("x11", "d1", "5")
	for range 2 {
		if turn := c.engine("d1"); !turn.Ended {
			t.Errorf("it is sent: %+v", turn)
		}
		c.engine("so")
	}
	c.want("both levels", c.told(), "consolidation_stale focal_point.d1@dondoc.example", "consolidation_stale focal_point.so@dondoc.example")
	c.want("once each, in the morning", c.strings(`
		SELECT count(*) || ' at ' || to_char(min(deliver_at) AT TIME ZONE 'Asia/Ho_Chi_Minh', 'DD HH24:MI') FROM notifications n JOIN users u ON u.id = n.user_id WHERE kind = 'consolidation_stale' AND u.email LIKE 'focal%'`), "2 at 03 08:00")
	c.correct("x11", "d1", "6")
	c.engine("d1")
	c.want("the same taking over is not told of twice", c.strings(`SELECT count(*)::text FROM notifications n JOIN users u ON u.id = n.user_id WHERE kind = 'consolidation_stale' AND u.email LIKE 'focal%'`), "2")
	c.takeOver("d1")
	c.correct("x11", "d1", "7")
	c.engine("d1")
	c.want("the next one is", c.strings(`SELECT count(*)::text FROM notifications n JOIN users u ON u.id = n.user_id WHERE kind = 'consolidation_stale' AND u.email LIKE 'focal%'`), "3")
}

// Where the plan asks for it, who sums up is told when all is in, and at the
// cut-off who is missing; elsewhere nobody is.
func TestArrivalsAreToldWhereThePlanSaysSo(t *testing.T) {
	c := newChained(t)
	c.exec(`UPDATE duties SET definition = definition || '{"ConsolidationNotices": true}' WHERE code = 'H'`)
	cutOff := c.engine("d1").NextAt
	if want := time.Date(2026, 2, 4, 17, 0, 0, 0, time.UTC); !cutOff.Equal(want) {
		t.Errorf("the communes' due time is %s, want %s", cutOff, want)
	}
	for _, unit := range []string{"x11", "x12", "x13"} {
		c.send(unit, task.SubmitInput{Narrative: "x", Figures: figures("1", "1", "1")})
		c.decide(unit, "d1", task.Accept)
		c.engine("d1")
		if unit != "x13" {
			c.want("not all are in", c.told())
		}
	}
	c.want("all are in", c.told(), "consolidation_complete focal_point.d1@dondoc.example")
	c.clock.at.Store(&cutOff)
	if turn := c.engine("d1"); !turn.NextAt.IsZero() || turn.Told {
		t.Errorf("nobody is missing at the cut-off: %+v", turn)
	}
	if turn := c.engine("d2"); !turn.Told {
		t.Errorf("one is missing of the other district: %+v", turn)
	}
	c.engine("d2")
	c.want("each once", c.told(), "consolidation_complete focal_point.d1@dondoc.example", "consolidation_cut_off focal_point.d2@dondoc.example")
	if turn := c.engine("so"); turn.Told || !turn.NextAt.IsZero() {
		t.Errorf("the department's duty asks for no notices: %+v", turn)
	}
}

// Where the plan counts what was sent, it does not wait for the review.
func TestWhatWasSentCountsWhereThePlanSaysSo(t *testing.T) {
	c := newChained(t)
	c.exec(`UPDATE duties SET definition = definition || '{"ConsolidateWhen": "submitted"}' WHERE code = 'H'`)
	c.send("x11", task.SubmitInput{Narrative: "x", Figures: figures("3", "10", "1")})
	c.want("sent", standings(c.view("d1")), "UBND xã x11 in", "UBND xã x12 missing", "UBND xã x13 missing")
	c.want("counted", drafted(c.takeOver("d1")), "vu 3", "diem 10", "tb 1", "tl 30")
	c.decide("x11", "d1", task.Return)
	c.want("returned", c.marks("d1"), "UBND xã x11 version 1→0")
	c.engine("d1")
	c.want("and out of the draft", drafted(c.draft("d1")))
}

// Reconcile finds every consolidated result that is being written, from Postgres alone.
func TestReconcileStartsConsolidations(t *testing.T) {
	c := newChained(t)
	c.send("x11", task.SubmitInput{Narrative: "x", Figures: figures("3", "10", "1")})
	c.decide("x11", "d1", task.Accept)
	c.takeOver("d1")
	c.send("d1", task.SubmitInput{Narrative: "x", Figures: figures("3", "10", "1")})
	c.exec(`DELETE FROM outbox`)
	if _, err := c.store.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.want("the second district and the department", c.strings(`
		SELECT a.code FROM outbox o JOIN tasks t ON o.workflow = 'consolidation:' || t.round_id || ':' || t.agency_id JOIN agencies a ON a.id = t.agency_id ORDER BY 1`), "d2", "so")
}

// A race between a change and a taking over leaves no mark behind; the engine finds it.
func TestTheEngineMendsMarks(t *testing.T) {
	c := sentUp(t)
	c.reopen("x11")
	c.exec(`DELETE FROM consolidation_marks`)
	c.engine("d1")
	c.want("the district", c.marks("d1"), "UBND xã x11 version 1→0")
	c.want("the department", c.marks("so"), "UBND huyện Một below 1→1")
}
