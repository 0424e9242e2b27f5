package postgres_test

import (
	"slices"
	"strings"
	"testing"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/preview"
	"dondoc/internal/task"
)

var decision = amendment.Basis{Number: "12/QĐ-UBND", On: calendar.NewDate(2026, 1, 20)}

// amended is the world's plan with a change, as a new version of its file.
func (w *world) amended(change func(*plan.Plan)) amendment.Input {
	w.t.Helper()
	p := smallPlan()
	change(p)
	return amendment.Input{PlanID: w.plan.ID, Plan: p, Source: "format: 1 # sửa đổi\n", Basis: decision}
}

func (w *world) previewAmendment(in amendment.Input) amendment.Preview {
	w.t.Helper()
	shown, err := w.store.PreviewAmendment(w.t.Context(), w.actor("plan_authority.tinh@dondoc.example"), in)
	if err != nil {
		w.t.Fatal(err)
	}
	return shown
}

// amend previews an amendment and applies what was shown.
func (w *world) amend(in amendment.Input) amendment.Applied {
	w.t.Helper()
	shown := w.previewAmendment(in)
	in.Version, in.Digest = shown.PlanVersion, shown.Digest
	applied, err := w.store.ApplyAmendment(w.t.Context(), w.actor("plan_authority.tinh@dondoc.example"), in)
	if err != nil {
		w.t.Fatal(err)
	}
	return applied
}

func (w *world) tasks() []string {
	w.t.Helper()
	return w.strings(`SELECT r.period_key || ' ' || a.code || ' ' || t.state FROM tasks t JOIN rounds r ON r.id = t.round_id
		JOIN agencies a ON a.id = t.agency_id ORDER BY r.id, a.code`)
}

func (w *world) roundList() []string {
	w.t.Helper()
	return w.strings(`SELECT r.period_key || ' ' || r.state || CASE WHEN r.dropped_at IS NULL THEN '' ELSE ' dropped' END || ' due ' ||
		to_char(r.due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') FROM rounds r ORDER BY r.id`)
}

// withDistricts gives the duty to these districts.
func withDistricts(codes ...string) func(*plan.Plan) {
	return func(p *plan.Plan) {
		p.Duties[0].Assignments = nil
		for _, code := range codes {
			if !slices.ContainsFunc(p.Agencies, func(a plan.Agency) bool { return a.Code == code }) {
				p.Agencies = append(p.Agencies, plan.Agency{Code: code, Name: "UBND huyện " + code, Level: "district", Parent: "tinh"})
			}
			p.Duties[0].Assignments = append(p.Duties[0].Assignments, plan.Assignment{Agency: code, Role: plan.Implementing})
		}
	}
}

func TestAnAmendmentOpensAndCancelsTasks(t *testing.T) {
	w := openJanuary(t)
	w.clock.set(t, "2026-01-26 09:00")
	if _, err := w.store.Submit(t.Context(), w.actor("focal_point.d2@dondoc.example"),
		task.SubmitInput{TaskID: w.taskOf("d2"), Kind: task.Report, Narrative: "Đã làm."}); err != nil {
		t.Fatal(err)
	}
	w.exec(`DELETE FROM outbox`)
	in := w.amended(withDistricts("d3", "d4"))
	shown := w.previewAmendment(in)
	if e := shown.Effect; e.Opened != 1 || e.Cancelled != 1 || e.Kept != 1 || e.Moved != 0 || len(e.Open) != 1 {
		t.Fatalf("%+v", e)
	}
	round := shown.Effect.Open[0]
	w.want("opened, cancelled, kept", slices.Concat(round.Opened, round.Cancelled, round.Kept), "d4", "d1", "d2")
	if c := shown.Difference.Changed; len(c) != 1 || len(c[0].Gained) != 1 || len(c[0].Lost) != 2 || len(c[0].Text) != 0 {
		t.Errorf("%+v", c)
	}
	w.want("new agencies", shown.Difference.Agencies, "d4")
	w.want("a preview changes nothing", w.tasks(), "2026-M01 d1 open", "2026-M01 d2 submitted", "2026-M01 d3 open")

	applied := w.amend(in)
	if applied.Number != 2 || applied.Record.CurrentVersion != 2 || applied.Effect.Opened != 1 {
		t.Errorf("%+v", applied)
	}
	w.want("tasks", w.tasks(), "2026-M01 d1 cancelled", "2026-M01 d2 submitted", "2026-M01 d3 open", "2026-M01 d4 open")
	w.want("the new one is due with the others", w.strings(`SELECT to_char(due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') FROM tasks WHERE id = $1`, w.taskOf("d4")), "02-06 00:00")
	w.want("nobody is reminded of what is over", w.pendingSteps("d1"))
	w.want("the new one is told", w.pendingSteps("d4"), "opening 01-26 09:00", "before_1 02-04 08:00", "due_today 02-05 08:00", "overdue_1 02-06 08:00", "overdue_3 02-10 08:00", "overdue_7 02-23 08:00")
	w.want("told that it is over", w.strings(`SELECT COALESCE(u.email, m.mailbox) FROM notifications n LEFT JOIN users u ON u.id = n.user_id
		LEFT JOIN agencies m ON m.id = n.mailbox_agency_id WHERE n.kind = 'cancelled' ORDER BY 1`), "d1@dondoc.example", "focal_point.d1@dondoc.example", "head.d1@dondoc.example")
	w.want("outbox", w.strings(`SELECT DISTINCT split_part(workflow, ':', 1) FROM outbox ORDER BY 1`), "delivery", "duty", "plan", "round")
	w.want("trail", w.strings(`SELECT action FROM audit WHERE action IN ('plan.amended', 'task.cancelled', 'round.amended') OR action = 'task.opened' AND entity_id = $1 ORDER BY id`, w.taskOf("d4")),
		"plan.amended", "task.cancelled", "task.opened", "round.amended")

	// The same file again is no amendment.
	in.Digest, in.Version = "x", applied.Record.Version
	_, err := w.store.ApplyAmendment(t.Context(), w.actor("plan_authority.tinh@dondoc.example"), in)
	wantFault(t, "the same file", err, "conflict", "amendment.nothing")
	if again := w.previewAmendment(in); !again.Difference.Empty() || len(again.Effect.Open)+len(again.Effect.Scheduled) != 0 {
		t.Errorf("%+v", again)
	}
}

func TestAnAmendedDateMovesWhatIsStillOwed(t *testing.T) {
	w := openJanuary(t)
	w.clock.set(t, "2026-01-26 09:00")
	if _, err := w.store.Submit(t.Context(), w.actor("focal_point.d2@dondoc.example"),
		task.SubmitInput{TaskID: w.taskOf("d2"), Kind: task.Report, Narrative: "Đã làm."}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.ScheduleNextRound(t.Context(), w.duty()); err != nil {
		t.Fatal(err)
	}
	applied := w.amend(w.amended(func(p *plan.Plan) { p.Duties[0].Due = map[string]calendar.DueRule{"": {WorkingDays: 6}} }))
	if applied.Effect.Moved != 2 || len(applied.Effect.Scheduled) != 1 {
		t.Errorf("%+v", applied.Effect)
	}
	// What was sent keeps the date that it was sent for.
	w.want("due", w.dues(), "d2 02-06 00:00 from 02-06 v1", "d1 02-10 00:00 from 02-06 v2", "d3 02-10 00:00 from 02-06 v2")
	w.want("steps", w.pendingSteps("d1"), "before_1 02-06 08:00", "due_today 02-09 08:00", "overdue_1 02-10 08:00", "overdue_3 02-12 08:00", "overdue_7 02-25 08:00")
	w.want("rounds", w.roundList(), "2026-M01 open due 02-10 00:00", "2026-M02 scheduled due 03-10 00:00")
	d, err := w.store.TaskDetail(t.Context(), w.actor("focal_point.d1@dondoc.example"), w.taskOf("d1"))
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Task.Derivation.Sentence("vi"); !strings.HasSuffix(got, "sửa đổi theo 12/QĐ-UBND ngày 20/01/2026, hạn trước đây 05/02/2026") {
		t.Errorf("derivation: %s", got)
	}
	w.want("told once each", w.strings(`SELECT address || ' ' || count(*) FROM (SELECT COALESCE(u.email, m.mailbox) AS address FROM notifications n
		LEFT JOIN users u ON u.id = n.user_id LEFT JOIN agencies m ON m.id = n.mailbox_agency_id WHERE n.kind IN ('due_moved', 'amended')) AS t GROUP BY address ORDER BY address`),
		"d1@dondoc.example 1", "d3@dondoc.example 1", "focal_point.d1@dondoc.example 1", "supervisor.so@dondoc.example 2")

	// A working day less later on: counted by the calendar as the tasks stand now.
	w.apply(w.outage("2026-02-09 14:00", "2026-02-10 10:00"))
	w.want("the calendar moves what was amended", w.dues()[1:], "d1 02-12 00:00 from 02-06 v3", "d3 02-12 00:00 from 02-06 v3")
}

func TestWhatIsOverdueStays(t *testing.T) {
	w := openJanuary(t)
	w.clock.set(t, "2026-02-09 09:00")
	applied := w.amend(w.amended(func(p *plan.Plan) { p.Duties[0].Due = map[string]calendar.DueRule{"": {WorkingDays: 12}} }))
	if applied.Effect.Moved != 0 {
		t.Errorf("%+v", applied.Effect)
	}
	w.want("due", w.dues(), "d1 02-06 00:00 from 02-06 v1", "d2 02-06 00:00 from 02-06 v1", "d3 02-06 00:00 from 02-06 v1")
	in := w.amended(func(p *plan.Plan) {
		withDistricts("d1", "d2", "d3", "d4")(p)
		p.Duties[0].Due = map[string]calendar.DueRule{"": {WorkingDays: 4}}
	})
	applied = w.amend(in)
	if applied.Effect.Opened != 0 || len(applied.Effect.Open) != 1 || applied.Effect.Open[0].Later[0] != "d4" {
		t.Errorf("whoever is new owes what is due later: %+v", applied.Effect)
	}
}

func TestAnotherCadenceDropsWhatWasScheduled(t *testing.T) {
	w := openJanuary(t)
	w.clock.set(t, "2026-01-26 09:00")
	next, err := w.store.ScheduleNextRound(t.Context(), w.duty())
	if err != nil {
		t.Fatal(err)
	}
	quarterly := func(p *plan.Plan) { p.Duties[0].Schedule.Cadences = []calendar.Cadence{calendar.Quarterly} }
	applied := w.amend(w.amended(quarterly))
	if len(applied.Effect.Scheduled) != 1 || !applied.Effect.Scheduled[0].Dropped || applied.Effect.Scheduled[0].RoundID != next.RoundID {
		t.Errorf("%+v", applied.Effect)
	}
	schedule := func() {
		t.Helper()
		if _, err := w.store.ScheduleNextRound(t.Context(), w.duty()); err != nil {
			t.Fatal(err)
		}
	}
	schedule()
	w.want("January runs out, the quarter follows", w.roundList(), "2026-M01 open due 02-06 00:00", "2026-M02 closed dropped due 03-06 00:00", "2026-Q1 scheduled due 04-07 00:00")
	w.want("January's tasks are owed as before", w.tasks(), "2026-M01 d1 open", "2026-M01 d2 open", "2026-M01 d3 open")

	w.amend(w.amended(func(*plan.Plan) {}))
	schedule()
	w.want("the month comes back", w.roundList(), "2026-M01 open due 02-06 00:00", "2026-M02 scheduled due 03-06 00:00", "2026-Q1 closed dropped due 04-07 00:00")
}

func TestADutyThatIsNewIsNotFollowedBackwards(t *testing.T) {
	w := openJanuary(t)
	w.clock.set(t, "2026-07-20 09:00")
	added := func(p *plan.Plan) {
		d := p.Duties[0]
		d.Code, d.Title = "V.1", "Việc mới"
		p.Duties = append(p.Duties, d)
	}
	applied := w.amend(w.amended(added))
	if len(applied.Difference.Added) != 1 || applied.Difference.Added[0].Owners != 3 {
		t.Errorf("%+v", applied.Difference)
	}
	duties, _, err := w.store.ScheduledDuties(t.Context(), w.plan.ID)
	if err != nil || len(duties) != 2 {
		t.Fatalf("%v, %v", duties, err)
	}
	if _, err := w.store.ScheduleNextRound(t.Context(), duties[1]); err != nil {
		t.Fatal(err)
	}
	future, err := w.store.PreviewPlan(t.Context(), w.actor("plan_authority.tinh@dondoc.example"), w.plan.ID, preview.Wanted{})
	if err != nil {
		t.Fatal(err)
	}
	for _, round := range future.Rounds {
		if round.Duty == "V.1" && round.Period.End.Before(calendar.NewDate(2026, 7, 1)) {
			t.Errorf("the preview opens %s of the new duty", round.Period.Key)
		}
	}
	w.want("its first round", w.strings(`SELECT period_key FROM rounds WHERE duty_id = $1`, duties[1]), "2026-M07")
	w.want("its workflow", w.strings(`SELECT count(*)::text FROM outbox WHERE workflow = 'duty:' || $1::text`, duties[1]), "1")

	// Retired, its round is dropped; nothing of it is scheduled any more.
	applied = w.amend(w.amended(func(*plan.Plan) {}))
	if len(applied.Difference.Retired) != 1 || len(applied.Effect.Scheduled) != 1 || !applied.Effect.Scheduled[0].Dropped {
		t.Errorf("%+v", applied)
	}
	next, err := w.store.ScheduleNextRound(t.Context(), duties[1])
	if err != nil || !next.Ended {
		t.Errorf("%+v, %v", next, err)
	}
}

func TestARetiredDutyEndsItsRounds(t *testing.T) {
	w := openJanuary(t)
	w.clock.set(t, "2026-01-26 09:00")
	if _, err := w.store.Submit(t.Context(), w.actor("focal_point.d2@dondoc.example"),
		task.SubmitInput{TaskID: w.taskOf("d2"), Kind: task.Report, Narrative: "Đã làm."}); err != nil {
		t.Fatal(err)
	}
	round := w.strings(`SELECT id::text FROM rounds`)[0]
	applied := w.amend(w.amended(func(p *plan.Plan) {
		p.Duties[0].Code = "V.1"
		withDistricts("d1")(p)
	}))
	if len(applied.Difference.Retired) != 1 || applied.Effect.Cancelled != 2 || applied.Effect.Kept != 1 {
		t.Errorf("%+v", applied)
	}
	w.want("tasks", w.tasks(), "2026-M01 d1 cancelled", "2026-M01 d2 submitted", "2026-M01 d3 cancelled")
	// What was sent is still decided on, and then the round closes.
	if _, err := w.store.Review(t.Context(), w.actor("supervisor.so@dondoc.example"), task.ReviewInput{TaskID: w.taskOf("d2"), Decision: task.Accept}); err != nil {
		t.Fatal(err)
	}
	w.clock.set(t, "2026-01-27 09:00")
	if turn := w.run(1); turn.State != "closed" || round != "1" {
		t.Errorf("%+v", turn)
	}
}

func TestARenamedDutyStaysTheSame(t *testing.T) {
	w := openJanuary(t)
	w.clock.set(t, "2026-01-26 09:00")
	applied := w.amend(w.amended(func(p *plan.Plan) {
		p.Duties[0].Code, p.Duties[0].RenamedFrom, p.Duties[0].Text = "IV.16", "IV.15.h", "Tổng hợp báo cáo hằng tháng"
	}))
	if c := applied.Difference.Changed; len(c) != 1 || c[0].OldCode != "IV.15.h" || c[0].Code != "IV.16" || c[0].Text[1].Change != task.Added {
		t.Errorf("%+v", applied.Difference)
	}
	w.want("tasks", w.tasks(), "2026-M01 d1 open", "2026-M01 d2 open", "2026-M01 d3 open")
	w.want("duties", w.strings(`SELECT code FROM duties`), "IV.16")
	w.want("told that it says something else", w.strings(`SELECT DISTINCT u.email FROM notifications n JOIN users u ON u.id = n.user_id WHERE n.kind = 'amended' ORDER BY 1`),
		"focal_point.d1@dondoc.example", "focal_point.d2@dondoc.example", "head.d1@dondoc.example", "head.d2@dondoc.example")
}

func TestAnotherReviewerAndAnotherLadder(t *testing.T) {
	w := openJanuary(t)
	w.clock.set(t, "2026-01-26 09:00")
	if _, err := w.store.Submit(t.Context(), w.actor("focal_point.d2@dondoc.example"),
		task.SubmitInput{TaskID: w.taskOf("d2"), Kind: task.Report, Narrative: "Đã làm."}); err != nil {
		t.Fatal(err)
	}
	applied := w.amend(w.amended(func(p *plan.Plan) {
		p.Duties[0].Recipient.Reviewer = "tinh"
		p.Policies = []plan.Policy{{Code: "periodic", Name: "Nhắc", Steps: []calendar.StepRule{{
			Code: "soon", Kind: "reminder", Anchor: calendar.AnchorDue, Offset: -2, Unit: calendar.WorkingDays, TimeOfDay: "08:00", Audience: []calendar.Audience{calendar.FocalPoint},
		}}}}
	}))
	if applied.Effect.Rerouted != 3 || applied.Effect.Moved != 2 {
		t.Errorf("%+v", applied.Effect)
	}
	w.want("reviewers", w.strings(`SELECT DISTINCT a.code FROM tasks t JOIN agencies a ON a.id = t.reviewer_id`), "tinh")
	w.want("notices of d1", w.pendingSteps("d1"), "soon 02-03 08:00")
	w.want("due", w.dues(), "d1 02-06 00:00 from 02-06 v2", "d2 02-06 00:00 from 02-06 v1", "d3 02-06 00:00 from 02-06 v2")
}

// Whoever decides whether what was sent is done: it stays what it was.
func TestAnotherWayOfReviewKeepsWhatIsDone(t *testing.T) {
	for _, c := range []struct {
		from, to     plan.Review
		state, steps string
	}{
		{plan.Review{Mode: plan.ReviewNone}, plan.Review{Mode: plan.ReviewRequired}, "accepted", ""},
		{plan.Review{Mode: plan.ReviewRequired}, plan.Review{Mode: plan.ReviewNone}, "submitted", ""},
		{plan.Review{Mode: plan.ReviewRequired}, plan.Review{Mode: plan.ReviewAutomatic, AfterWorkingDays: 4}, "submitted", "auto_accept 01-30 17:00"},
		{plan.Review{Mode: plan.ReviewAutomatic, AfterWorkingDays: 4}, plan.Review{Mode: plan.ReviewRequired}, "submitted", "review_reminder 01-28 08:00 review_overdue 01-30 08:00"},
	} {
		t.Run(string(c.from.Mode+" to "+c.to.Mode), func(t *testing.T) {
			w := newWorld(t, func(p *plan.Plan) { p.Duties[0].Review = c.from })
			w.activate()
			round := w.openRound()
			w.run(round)
			w.clock.set(t, "2026-01-26 09:00")
			if _, err := w.store.Submit(t.Context(), w.actor("focal_point.d2@dondoc.example"),
				task.SubmitInput{TaskID: w.taskOf("d2"), Kind: task.Report, Narrative: "Đã làm."}); err != nil {
				t.Fatal(err)
			}
			w.clock.set(t, "2026-01-26 10:00")
			w.amend(w.amended(func(p *plan.Plan) { p.Duties[0].Review = c.to }))
			w.want("state", w.strings(`SELECT state FROM tasks WHERE id = $1`, w.taskOf("d2")), c.state)
			if got := strings.Join(w.strings(`SELECT code || ' ' || to_char(at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') FROM steps
				WHERE task_id = $1 AND anchor = 'submitted' AND state = 'pending' ORDER BY at`, w.taskOf("d2")), " "); got != c.steps {
				t.Errorf("steps %q, want %q", got, c.steps)
			}
			d, err := w.store.TaskDetail(t.Context(), w.actor("focal_point.d2@dondoc.example"), w.taskOf("d2"))
			if err != nil {
				t.Fatal(err)
			}
			if want := map[bool]task.Status{true: task.Waiting, false: task.DoneOnTime}[c.steps != ""]; d.Task.Status != want {
				t.Errorf("status %s, want %s", d.Task.Status, want)
			}
			w.clock.set(t, "2026-02-02 09:00")
			if turn := w.run(round); !turn.NextAt.After(w.at("2026-02-02 09:00")) {
				t.Errorf("the round has nothing to wait for: %+v", turn)
			}
		})
	}
}

// Whoever asked by hand chose agencies and date; only the plan's end is everybody's.
func TestARoundOpenedByHandKeepsItsDate(t *testing.T) {
	byHand := func(p *plan.Plan) {
		p.Duties[0].Schedule.Cadences = append(p.Duties[0].Schedule.Cadences, calendar.AdHoc)
	}
	w := newWorld(t, byHand)
	w.activate()
	w.clock.set(t, "2026-01-20 09:00")
	authority := w.actor("plan_authority.tinh@dondoc.example")
	var agencies []int64
	if err := w.db.SelectContext(t.Context(), &agencies, `SELECT id FROM agencies WHERE code IN ('d1', 'd2')`); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.OpenByHand(t.Context(), authority, task.HandInput{DutyID: w.duty(), Title: "Đột xuất", AgencyIDs: agencies, Within: calendar.DueRule{WorkingDays: 5}}); err != nil {
		t.Fatal(err)
	}
	before := w.dues()
	w.amend(w.amended(func(p *plan.Plan) {
		withDistricts("d1", "d3", "d4")(p)
		byHand(p)
		p.Duties[0].Due = map[string]calendar.DueRule{"": {WorkingDays: 9}}
		p.ValidTo = calendar.NewDate(2026, 6, 30)
	}))
	w.want("due", w.dues(), before...)
	w.want("tasks", w.strings(`SELECT a.code || ' ' || t.state FROM tasks t JOIN agencies a ON a.id = t.agency_id ORDER BY 1`), "d1 open", "d2 cancelled")
	w.want("closes with the plan", w.strings(`SELECT to_char(closes_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') FROM rounds`), "07-01 00:00")
}

func TestAnotherLadderOfReviewers(t *testing.T) {
	w := openJanuary(t)
	w.clock.set(t, "2026-01-26 09:00")
	if _, err := w.store.Submit(t.Context(), w.actor("focal_point.d2@dondoc.example"),
		task.SubmitInput{TaskID: w.taskOf("d2"), Kind: task.Report, Narrative: "Đã làm."}); err != nil {
		t.Fatal(err)
	}
	applied := w.amend(w.amended(func(p *plan.Plan) {
		p.Policies = []plan.Policy{{Code: "review", Name: "Xác nhận", Steps: []calendar.StepRule{{
			Code: "slow", Kind: "review_reminder", Anchor: calendar.AnchorSubmitted, Offset: 4, Unit: calendar.WorkingDays, TimeOfDay: "08:00", Audience: []calendar.Audience{calendar.Reviewer},
		}}}}
	}))
	if e := applied.Effect; len(e.Open) != 1 || e.Open[0].Waiting != 1 || e.Moved != 0 {
		t.Errorf("%+v", e)
	}
	w.want("reviewer's steps", w.strings(`SELECT code || ' ' || state FROM steps WHERE anchor = 'submitted' ORDER BY id`), "review_reminder skipped", "review_overdue skipped", "slow pending")
}
