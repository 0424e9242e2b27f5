package postgres_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Many correct, decide and take back at once: one correction waits at a time,
// each is settled once.
func TestManyCorrectAtOnce(t *testing.T) {
	f := accepted(t)
	var group sync.WaitGroup
	sent := make([]error, 12)
	for i := range sent {
		group.Go(func() { _, sent[i] = f.correct([]policy.Actor{f.focal, f.head}[i%2], fmt.Sprint(i)) })
	}
	group.Wait()
	won := 0
	for _, err := range sent {
		if err == nil {
			won++
			continue
		}
		wantFault(t, "the others", err, fault.Conflict, "correction.open")
	}
	if won != 1 {
		t.Fatalf("%d wait", won)
	}
	var id int64
	if err := f.db.GetContext(t.Context(), &id, `SELECT id FROM corrections`); err != nil {
		t.Fatal(err)
	}
	decided := make([]error, 9)
	for i := range decided {
		group.Go(func() {
			decision := []task.CorrectionDecision{task.AcceptCorrection, task.RefuseCorrection, task.TakeBackCorrection}[i%3]
			_, decided[i] = f.settle([]policy.Actor{f.supervisor, f.supervisor, f.focal}[i%3], id, decision)
		})
	}
	group.Go(func() { f.run(f.round) })
	group.Wait()
	won = 0
	for _, err := range decided {
		if err == nil {
			won++
			continue
		}
		wantFault(t, "the others", err, fault.Conflict, "correction.decided")
	}
	f.want("settled once", f.strings(`SELECT count(*)::text FROM audit WHERE action LIKE 'task.correction_%'`), fmt.Sprint(won))
	if won != 1 {
		t.Errorf("%d decisions held", won)
	}
	if acts := strings.Join(f.actions(f.detail(f.focal, "d1")), " "); strings.Count(acts, "task.corrected") != 1 {
		t.Error(acts)
	}
}

// The dossier tells the way of a result and its corrections, and nothing of notes.
func TestTheDossierTellsTheWay(t *testing.T) {
	r := newRouted(t, nil)
	r.clock.set(t, "2026-02-05 09:12")
	r.send("d1")
	r.clock.set(t, "2026-02-06 15:40")
	if _, err := r.forward(r.clerk, task.Forward, "Đã đối chiếu."); err != nil {
		t.Fatal(err)
	}
	r.decide("d1", task.Accept)
	k, err := r.correct(r.focal, "4")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.settle(r.supervisor, k.ID, task.AcceptCorrection); err != nil {
		t.Fatal(err)
	}
	if _, err := r.store.NoteTask(t.Context(), r.supervisor, task.NoteInput{TaskID: r.taskOf("d1"), Text: "Hay đếm sót"}); err != nil {
		t.Fatal(err)
	}
	files := unzipped(t, r.archive(r.focal, r.taskOf("d1")))
	for name, pieces := range map[string][]string{
		"summary.txt":          {"Qua: Chi cục", "- 15:40 06/02/2026: Chi cục chuyển lần 1", "- lần 2 đính chính lần 1", "- 15:40 06/02/2026: chấp nhận bản đính chính"},
		"task.json":            {`"version_in_force": 2`, `"through": "Chi cục"`},
		"submissions/001.json": {`"remark": "Đã đối chiếu."`}, "submissions/002.json": {`"outcome": "accepted"`, `"reason": "Cộng sót một xã"`},
		"submissions/002.txt": {"Đính chính lần 1. Lý do: Cộng sót một xã"}, "audit.json": {`"task.forwarded"`, `"task.correction_accepted"`},
	} {
		for _, piece := range pieces {
			if !strings.Contains(files[name], piece) {
				t.Errorf("%s lacks %s:\n%s", name, piece, files[name])
			}
		}
	}
	for name, text := range files {
		if strings.Contains(text, "Hay đếm sót") || strings.Contains(text, "task.noted") {
			t.Errorf("%s tells of a note", name)
		}
	}
}

// What is summed up is the version in force: a correction counts once it is
// accepted, and then what rests on the earlier one is stale.
func TestAConsolidationRestsOnTheVersionInForce(t *testing.T) {
	c := newChained(t)
	for agency, district := range map[string]string{"x11": "d1", "x12": "d1", "x13": "d1"} {
		c.send(agency, task.SubmitInput{Figures: figures("2", "1", "1")})
		c.decide(agency, district, task.Accept)
	}
	c.takeOver("d1")
	total := func() string {
		v := c.view("d1")
		return fmt.Sprint(v.Figures[0].Value, " stale ", v.Stale)
	}
	f := &followed{world: c.world}
	k, err := f.store.Correct(t.Context(), c.actor("focal_point.x11@dondoc.example"), task.CorrectInput{TaskID: c.taskOf("x11"), Reason: "Cộng sót",
		Content: task.Content{Kind: task.Report, Figures: figures("5", "1", "1")}})
	if err != nil {
		t.Fatal(err)
	}
	c.want("while it waits", []string{total()}, "6 stale false")
	if _, err := f.settle(c.actor("supervisor.d1@dondoc.example"), k.ID, task.AcceptCorrection); err != nil {
		t.Fatal(err)
	}
	c.want("once it is accepted", []string{total()}, "9 stale true")
	if k, err = f.store.Correct(t.Context(), c.actor("focal_point.x12@dondoc.example"), task.CorrectInput{TaskID: c.taskOf("x12"), Reason: "Cộng thừa",
		Content: task.Content{Kind: task.Report, Figures: figures("1", "1", "1")}}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.settle(c.actor("supervisor.d1@dondoc.example"), k.ID, task.RefuseCorrection); err != nil {
		t.Fatal(err)
	}
	c.want("a refused one counts for nothing", []string{total()}, "9 stale true")
}

// A report that is done and rests on an earlier version is mended by a
// correction of its own: the figures are taken over into its draft.
func TestADoneConsolidationIsMendedByACorrection(t *testing.T) {
	c := newChained(t)
	f := &followed{world: c.world}
	c.send("x11", task.SubmitInput{Figures: figures("2", "1", "1")})
	c.decide("x11", "d1", task.Accept)
	c.takeOver("d1")
	c.send("d1", task.SubmitInput{Figures: figures("2", "1", "1")})
	c.decide("d1", "so", task.Accept)
	correct := func(agency, reviewer string, content task.Content) {
		t.Helper()
		k, err := f.store.Correct(t.Context(), c.actor("focal_point."+agency+"@dondoc.example"), task.CorrectInput{TaskID: c.taskOf(agency), Reason: "Cộng sót", Content: content})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.settle(c.actor("supervisor."+reviewer+"@dondoc.example"), k.ID, task.AcceptCorrection); err != nil {
			t.Fatal(err)
		}
	}
	c.clock.set(t, "2026-02-03 09:00")
	correct("x11", "d1", task.Content{Kind: task.Report, Figures: figures("5", "1", "1")})
	c.want("what rests on it", []string{fmt.Sprint(c.view("d1").Stale), c.view("so").Figures[0].Value}, "true", "2")
	draft := c.takeOver("d1")
	if draft.Figures[0].Value != "5" {
		t.Errorf("%+v", draft.Figures)
	}
	c.want("in force until it is corrected", []string{c.view("so").Figures[0].Value}, "2")
	c.clock.set(t, "2026-02-03 10:00")
	correct("d1", "so", draft.Content)
	c.want("mended", []string{fmt.Sprint(c.view("d1").Stale), c.view("so").Figures[0].Value}, "false", "5")
	c.want("its draft is used up", c.strings(`SELECT task_id::text FROM task_drafts`))
}

// Taken back, a correction is a draft again; its own people alone see it.
func TestACorrectionIsDrafted(t *testing.T) {
	f := accepted(t)
	saved, err := f.save(focalD1, 0, writing("Số đúng", "4"))
	if err != nil {
		t.Fatal(err)
	}
	k, err := f.store.Correct(t.Context(), f.focal, task.CorrectInput{TaskID: f.taskOf("d1"), Reason: "Cộng sót", Content: saved.Content})
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.store.FindDraft(t.Context(), f.focal, f.taskOf("d1"))
	wantFault(t, "the draft was sent", err, fault.NotFound, "not_found")
	if _, err := f.settle(f.head, k.ID, task.TakeBackCorrection); err != nil {
		t.Fatal(err)
	}
	if draft, err := f.store.FindDraft(t.Context(), f.focal, f.taskOf("d1")); err != nil || draft.Narrative != "Số đúng" {
		t.Errorf("%+v, %v", draft, err)
	}
}

// A plan's own ladder for reviewers holds for corrections, too.
func TestAPlansOwnLadderHoldsForCorrections(t *testing.T) {
	w, round := opened(t, func(p *plan.Plan) {
		p.Policies = []plan.Policy{{Code: "review", Steps: []calendar.StepRule{
			{Code: "tomorrow", Kind: "escalation", Anchor: calendar.AnchorSubmitted, Offset: 1, Unit: calendar.WorkingDays, TimeOfDay: "10:00", Audience: []calendar.Audience{calendar.Reviewer}, Severity: 20},
		}}}
	})
	f := &followed{world: w, round: round, focal: w.actor(focalD1), supervisor: w.actor(watcherSo)}
	f.clock.set(t, "2026-02-03 09:00")
	f.send("d1")
	f.decide("d1", task.Accept)
	if _, err := f.correct(f.focal, "4"); err != nil {
		t.Fatal(err)
	}
	f.want("steps", f.strings(`SELECT kind || to_char(at AT TIME ZONE 'Asia/Ho_Chi_Minh', ' MM-DD HH24:MI') FROM steps WHERE anchor = 'correction'`), "correction_overdue 02-04 10:00")
}
