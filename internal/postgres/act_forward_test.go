package postgres_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
	"dondoc/internal/timetable"
)

// routed is a followed world whose results pass the sub-department "cc" on their
// way to "so", which has a working day for them.
type routed struct {
	*followed
	clerk, chief policy.Actor // of "cc"
}

func passing(p *plan.Plan) {
	p.Agencies = append(p.Agencies, plan.Agency{Code: "cc", Name: "Chi cục", Level: "department", Parent: "so", Mailbox: "cc@dondoc.example"})
	p.Duties[0].Through, p.Duties[0].Forwarding = "cc", plan.Forwarding{Required: true, WithinWorkingDays: 1}
}

func newRouted(t *testing.T, change func(*plan.Plan)) *routed {
	t.Helper()
	w := newWorld(t, func(p *plan.Plan) {
		passing(p)
		if change != nil {
			change(p)
		}
	})
	r := &routed{followed: &followed{world: w}}
	r.clerk, r.chief = w.person("focal_point", "cc"), w.person("head", "cc")
	r.activate()
	r.round = r.openRound()
	r.run(r.round)
	r.focal, r.head, r.other = r.actor(focalD1), r.actor("head.d1@dondoc.example"), r.actor("focal_point.d2@dondoc.example")
	r.supervisor, r.authority = r.actor(watcherSo), r.actor("plan_authority.tinh@dondoc.example")
	return r
}

func (r *routed) forward(actor policy.Actor, decision task.ForwardDecision, remark string) (task.Receipt, error) {
	return r.store.Forward(r.t.Context(), actor, task.ForwardInput{TaskID: r.taskOf("d1"), Decision: decision, Remark: remark})
}

// told are the recipients of the notices of a kind, and when they get them.
func (f *followed) told(kind string) []string {
	f.t.Helper()
	return f.strings(`SELECT COALESCE(u.email, 'mailbox ' || m.code) || to_char(n.deliver_at AT TIME ZONE 'Asia/Ho_Chi_Minh', ' MM-DD HH24:MI') FROM notifications n
		LEFT JOIN users u ON u.id = n.user_id LEFT JOIN agencies m ON m.id = n.mailbox_agency_id WHERE n.kind = $1 ORDER BY 1`, kind)
}

func (r *routed) rights(actor policy.Actor) string {
	d := r.detail(actor, "d1")
	var acts []string
	for name, may := range map[string]bool{
		"submit": d.MaySubmit, "review": d.MayReview, "withdraw": d.MayWithdraw, "forward": d.MayForward, "send back": d.MaySendBack, "correct": d.MayCorrect,
	} {
		if may {
			acts = append(acts, name)
		}
	}
	slices.Sort(acts)
	return strings.Join(acts, ", ")
}

func TestAResultIsReviewedOnceItWasPassedOn(t *testing.T) {
	r := newRouted(t, nil)
	r.clock.set(t, "2026-02-05 16:00") // Thursday, the due day
	r.send("d1")
	r.want("rights while it is with the agency between", []string{r.rights(r.focal), r.rights(r.clerk), r.rights(r.supervisor), r.rights(r.authority)},
		"withdraw", "forward, send back", "", "forward")
	r.want("the ladder of who passes on", r.pendingSteps("d1"), "before_1 02-04 08:00", "due_today 02-05 08:00", "forward_reminder 02-06 08:00", "overdue_1 02-06 08:00", "forward_overdue 02-09 08:00", "overdue_3 02-10 08:00", "overdue_7 02-23 08:00")
	r.want("who is told", r.told("to_forward"), "focal_point.cc@dondoc.example 02-06 08:00", "mailbox cc 02-06 08:00")
	r.want("the reviewer is not yet", r.told("submitted"))
	if d := r.detail(r.focal, "d1"); !d.Task.Held || d.Task.ThroughName != "Chi cục" || d.Task.Status != task.Waiting {
		t.Errorf("%+v", d.Task)
	}
	for name, list := range map[string]struct {
		email string
		f     task.Filter
		want  []string
	}{
		"to review":                  {watcherSo, task.Filter{ToReview: true}, []string{}},
		"to pass on":                 {"focal_point.cc@dondoc.example", task.Filter{ToForward: true}, []string{"d1"}},
		"seen by the agency between": {"head.cc@dondoc.example", task.Filter{}, []string{"d1", "d2", "d3"}},
		"to pass on, by a stranger":  {"focal_point.d2@dondoc.example", task.Filter{ToForward: true}, []string{}},
	} {
		page, err := r.store.ListTasks(t.Context(), r.actor(list.email), list.f)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, one := range page.Tasks {
			got = append(got, one.AgencyCode)
		}
		slices.Sort(got)
		r.want(name, got, list.want...)
	}
	_, err := r.store.Review(t.Context(), r.supervisor, task.ReviewInput{TaskID: r.taskOf("d1"), Decision: task.Accept})
	wantFault(t, "reviewed too early", err, fault.Conflict, "review.not_forwarded")
	outcomes, err := r.store.AcceptMany(t.Context(), r.supervisor, []task.AcceptItem{{TaskID: r.taskOf("d1"), Version: r.version("d1")}})
	if err != nil {
		t.Fatal(err)
	}
	r.want("nor with many", tellOutcomes(outcomes), "review.not_forwarded")

	r.clock.set(t, "2026-02-06 15:40")
	r.run(r.round)
	ctx := keyed(t, "khoa-chuyen-1", 1)
	in := task.ForwardInput{TaskID: r.taskOf("d1"), Version: r.version("d1"), Decision: task.Forward, Remark: "Đã đối chiếu số liệu."}
	first, err := r.store.Forward(ctx, r.clerk, in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := r.store.Forward(ctx, r.clerk, in)
	if err != nil || again.SubmissionID != first.SubmissionID {
		t.Errorf("a repeat: %+v, %v", again, err)
	}
	d := r.detail(r.supervisor, "d1")
	passed := d.Submissions[0].Forwarded
	if passed == nil || passed.AgencyName != "Chi cục" || passed.Remark != "Đã đối chiếu số liệu." || passed.At.In(hanoi).Format("01-02 15:04") != "02-06 15:40" ||
		d.Submissions[0].SubmittedAt.In(hanoi).Format("01-02 15:04") != "02-05 16:00" {
		t.Errorf("both times: %+v of %+v", passed, d.Submissions[0])
	}
	r.want("rights after", []string{r.rights(r.focal), r.rights(r.clerk), r.rights(r.supervisor)}, "withdraw", "", "review")
	r.want("the reviewer is told", r.told("submitted"), "supervisor.so@dondoc.example 02-07 08:00")
	r.want("their time begins", r.pendingSteps("d1"), "overdue_3 02-10 08:00", "review_reminder 02-10 08:00", "review_overdue 02-12 08:00", "overdue_7 02-23 08:00")
	r.want("why", r.strings(`SELECT derivation ->> 'notes' FROM steps WHERE code = 'review_reminder' AND derivation ->> 'notes' NOT LIKE '%forwarded%'`))
	r.want("the remark is no part of the trail", r.strings(`SELECT id::text FROM audit WHERE after::text LIKE '%đối chiếu%'`))
	_, err = r.forward(r.clerk, task.Forward, "")
	wantFault(t, "passed on twice", err, fault.Conflict, "forwarding.done")

	// The reviewer's days count from when it was passed on.
	r.clock.set(t, "2026-02-09 09:00")
	r.decide("d1", task.Accept)
	r.clock.set(t, "2026-02-09 10:00")
	r.want("on time is the sender's", []string{r.stands("d1")}, "accepted first 02-05 16:00")
	m, err := r.store.ReviewMeasures(t.Context(), r.supervisor, task.MeasureFilter{})
	if err != nil || len(m.Rows) != 1 || m.Rows[0].Decided != 1 || m.Rows[0].Median != 1 {
		t.Errorf("%+v, %v", m.Rows, err)
	}
	r.want("history", r.actions(d), "task.opened", "task.submitted", "task.forwarded")
}

// As with the reviewer's ladder: a reminder on the last day, the head in the morning after.
func TestTheAgencyBetweenIsRemindedAndItsHeadTold(t *testing.T) {
	r := newRouted(t, nil)
	r.clock.set(t, "2026-02-05 16:00")
	r.send("d1")
	for _, morning := range []string{"2026-02-06 08:00", "2026-02-09 08:00"} {
		r.clock.set(t, morning)
		r.run(r.round)
	}
	r.want("reminded", r.told("forward_reminder"), "focal_point.cc@dondoc.example 02-06 08:00", "mailbox cc 02-06 08:00")
	r.want("late", r.told("forward_overdue"), "focal_point.cc@dondoc.example 02-09 08:00", "head.cc@dondoc.example 02-09 08:00", "mailbox cc 02-09 08:00")
	r.want("the reviewer is reminded of nothing", r.told("review_reminder"))
}

func TestTheAgencyBetweenReturnsToTheSender(t *testing.T) {
	r := newRouted(t, nil)
	r.clock.set(t, "2026-02-05 16:00")
	r.send("d1")
	r.clock.set(t, "2026-02-06 09:00")
	_, err := r.forward(r.clerk, task.SendBack, " ")
	wantFault(t, "without reason", err, fault.Invalid, "forwarding.reason")
	_, err = r.forward(r.authority, task.SendBack, "Thiếu biểu")
	wantFault(t, "by the plan authority", err, fault.Forbidden, "forwarding.not_yours")
	back, err := r.forward(r.chief, task.SendBack, "Thiếu biểu 02")
	if err != nil {
		t.Fatal(err)
	}
	if back.Task.State != task.StateReturned || back.Task.ResubmitDueAt.In(hanoi).Format("01-02 15:04") != "02-12 00:00" {
		t.Errorf("%+v", back.Task)
	}
	r.want("the time of the first one counts", []string{r.stands("d1")}, "returned first 02-05 16:00")
	if w := r.detail(r.focal, "d1").Submissions[0].Review; w == nil || w.Intermediary != "Chi cục" || w.Reason != "Thiếu biểu 02" || w.Decision != task.Return {
		t.Errorf("%+v", w)
	}
	r.want("told at once", r.told("returned"), "focal_point.d1@dondoc.example 02-06 09:00", "mailbox d1 02-06 09:00")
	// It is nobody's review: the reviewer's figures do not know of it.
	r.clock.set(t, "2026-02-06 10:00")
	m, err := r.store.ReviewMeasures(t.Context(), r.supervisor, task.MeasureFilter{})
	if err != nil || len(m.Rows) != 0 {
		t.Errorf("%+v, %v", m.Rows, err)
	}
	// What is sent again waits for the agency between again.
	r.clock.set(t, "2026-02-09 10:00")
	r.send("d1")
	if _, err = r.forward(r.clerk, task.Forward, ""); err != nil {
		t.Fatal(err)
	}
	r.decide("d1", task.Return)
	r.send("d1")
	if d := r.detail(r.focal, "d1"); !d.Task.Held || d.Submissions[0].Number != 3 {
		t.Errorf("after the reviewer's return: held %v, %d", d.Task.Held, d.Submissions[0].Number)
	}
}

func TestWhoPassesWhatOn(t *testing.T) {
	r := newRouted(t, nil)
	r.clock.set(t, "2026-02-05 09:00")
	_, err := r.forward(r.clerk, task.Forward, "")
	wantFault(t, "nothing was sent", err, fault.Conflict, "forwarding.nothing")
	r.send("d1")
	for name, c := range map[string]struct {
		actor policy.Actor
		kind  fault.Kind
		code  string
	}{
		"a stranger": {r.other, fault.NotFound, "not_found"}, "the sender": {r.focal, fault.Forbidden, "forwarding.not_yours"},
		"the reviewer": {r.supervisor, fault.Forbidden, "forwarding.not_yours"},
	} {
		_, err := r.forward(c.actor, task.Forward, "")
		wantFault(t, name, err, c.kind, c.code)
	}
	_, err = r.store.Forward(t.Context(), r.clerk, task.ForwardInput{TaskID: r.taskOf("d1"), Decision: task.Forward, Version: 1})
	wantFault(t, "an old page", err, fault.Conflict, "task.changed")
	_, err = r.store.Forward(t.Context(), r.clerk, task.ForwardInput{TaskID: r.taskOf("d1"), Decision: task.Forward, ResubmitOn: calendar.NewDate(2026, 2, 9)})
	wantFault(t, "passed on with a day", err, fault.Invalid, "forwarding.resubmit")
	// An agency without people holds nothing up: the issuer passes on for it.
	if _, err := r.forward(r.authority, task.Forward, ""); err != nil {
		t.Fatal(err)
	}
	if passed := r.detail(r.focal, "d1").Submissions[0].Forwarded; passed == nil || passed.AgencyName != "UBND tỉnh" {
		t.Errorf("%+v", passed)
	}
}

// Withdrawn, it waits for nobody; recorded by the reviewer, it has arrived.
func TestWithdrawingAndRecordingOnTheWay(t *testing.T) {
	r := newRouted(t, nil)
	r.clock.set(t, "2026-02-04 16:00")
	r.send("d1")
	r.withdraw(focalD1, "d1")
	r.want("nobody is told of it", r.strings(`SELECT kind FROM notifications WHERE kind = 'to_forward' AND dropped_at IS NULL`))
	_, err := r.forward(r.clerk, task.Forward, "")
	wantFault(t, "withdrawn", err, fault.Conflict, "forwarding.nothing")
	r.clock.set(t, "2026-02-05 10:00")
	if _, err := r.store.RecordSubmission(t.Context(), r.supervisor, paper(r.taskOf("d1"), at(t, "2026-02-05 09:00"))); err != nil {
		t.Fatal(err)
	}
	r.want("with the reviewer", []string{r.rights(r.clerk), r.rights(r.supervisor)}, "", "review")
}

// Without a review it is done when it is sent, and passed on all the same, also
// when the round has closed meanwhile.
func TestPassingOnWhatNobodyReviews(t *testing.T) {
	r := newRouted(t, func(p *plan.Plan) { p.Duties[0].Review.Mode = plan.ReviewNone })
	r.exec(`UPDATE tasks SET state = 'waived', settled_at = opened_at WHERE agency_id <> (SELECT id FROM agencies WHERE code = 'd1')`)
	r.clock.set(t, "2026-02-05 16:00")
	r.send("d1")
	if turn := r.run(r.round); turn.State != "closed" || turn.Ended {
		t.Errorf("the round of what is done closes, its workflow waits for who passes on: %+v", turn)
	}
	if d := r.detail(r.focal, "d1"); d.Task.Status != task.DoneOnTime || d.InForce != 0 || d.MayCorrect {
		t.Errorf("%s, in force %d, may correct %v", d.Task.Status, d.InForce, d.MayCorrect)
	}
	r.clock.set(t, "2026-02-06 08:00")
	r.run(r.round)
	r.want("reminded", r.told("forward_reminder"), "focal_point.cc@dondoc.example 02-06 08:00", "mailbox cc 02-06 08:00")
	if _, err := r.forward(r.clerk, task.Forward, ""); err != nil {
		t.Fatal(err)
	}
	if turn := r.run(r.round); turn.State != "closed" || !turn.Ended {
		t.Errorf("%+v", turn)
	}
	if d := r.detail(r.focal, "d1"); d.InForce != 1 || !d.MayCorrect {
		t.Errorf("in force %d, may correct %v", d.InForce, d.MayCorrect)
	}
}

func TestWhoSendsOrReviewsPassesNothingOn(t *testing.T) {
	r := newRouted(t, func(p *plan.Plan) {
		p.Duties[0].Assignments = append(p.Duties[0].Assignments, plan.Assignment{Agency: "cc", Role: plan.Implementing})
	})
	r.want("who passes on what", r.strings(`SELECT a.code || ' ' || COALESCE(h.code, 'nobody') FROM tasks t JOIN agencies a ON a.id = t.agency_id
		LEFT JOIN agencies h ON h.id = t.through_id ORDER BY 1`), "cc nobody", "d1 cc", "d2 cc", "d3 cc")
}

// Of those who pass on and return at the same time one wins; the others learn of it.
func TestManyPassOnAtOnce(t *testing.T) {
	r := newRouted(t, nil)
	r.clock.set(t, "2026-02-05 09:00")
	r.send("d1")
	var group sync.WaitGroup
	results := make([]error, 12)
	for i := range results {
		group.Go(func() {
			decision := task.Forward
			if i%2 == 1 {
				decision = task.SendBack
			}
			_, results[i] = r.forward([]policy.Actor{r.clerk, r.chief, r.clerk}[i%3], decision, "Đã xem")
		})
	}
	group.Go(func() { r.run(r.round) })
	group.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else if f := fault.Of(err); f == nil || f.Kind != fault.Conflict {
			t.Errorf("a loser learns %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d won", won)
	}
}

// A change of the calendar moves what those have time for who pass on, review
// what was passed on, and decide on corrections.
func TestRemindersOnTheWayMoveWithTheCalendar(t *testing.T) {
	r := newRouted(t, nil)
	r.clock.set(t, "2026-02-02 09:00") // Monday
	r.send("d1")
	r.send("d2")
	if _, err := r.forward(r.clerk, task.Forward, ""); err != nil {
		t.Fatal(err)
	}
	r.decide("d1", task.Accept)
	if _, err := r.correct(r.focal, "4"); err != nil {
		t.Fatal(err)
	}
	steps := func(anchor string) []string {
		return r.strings(`SELECT code || to_char(at AT TIME ZONE 'Asia/Ho_Chi_Minh', ' MM-DD HH24:MI') FROM steps
			WHERE anchor = $1 AND state = 'pending' AND (anchor <> 'submitted' OR task_id = $2) ORDER BY at`, anchor, r.taskOf("d2"))
	}
	r.want("before", append(steps("forwarding"), steps("correction")...),
		"forward_reminder 02-03 08:00", "forward_overdue 02-04 08:00", "correction_reminder 02-04 08:00", "correction_overdue 02-06 08:00")
	r.apply(timetable.Change{Kind: timetable.Days, Name: "nghi-them.csv", Source: calendarHead + "2026-02-03,holiday,Ngày nghỉ thêm,NĐ 1/NĐ-CP,Công báo\n"})
	r.want("after", append(steps("forwarding"), steps("correction")...),
		"forward_reminder 02-04 08:00", "forward_overdue 02-05 08:00", "correction_reminder 02-05 08:00", "correction_overdue 02-09 08:00")
	r.clock.set(t, "2026-02-04 10:00")
	if _, err := r.store.Forward(t.Context(), r.clerk, task.ForwardInput{TaskID: r.taskOf("d2"), Decision: task.Forward}); err != nil {
		t.Fatal(err)
	}
	r.want("counted from when it was passed on", steps("submitted"), "review_reminder 02-06 08:00", "review_overdue 02-10 08:00")
	r.apply(timetable.Change{Kind: timetable.Days, Name: "nghi-nua.csv", Source: calendarHead + "2026-02-05,holiday,Ngày nghỉ nữa,NĐ 2/NĐ-CP,Công báo\n"})
	r.want("and again", steps("submitted"), "review_reminder 02-09 08:00", "review_overdue 02-11 08:00")
}
