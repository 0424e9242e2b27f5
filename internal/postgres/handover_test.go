package postgres_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (s *staff) hand(as policy.Actor, agency, to string, replaces int64) (task.Handover, error) {
	s.t.Helper()
	return s.store.HandOver(s.t.Context(), as, task.HandoverInput{TaskID: s.taskOf(agency), UserID: s.user(to), Reason: "Đi công tác", Replaces: replaces})
}

func (s *staff) hands(as policy.Actor, agency string) task.Hands {
	s.t.Helper()
	hands, err := s.store.TaskHands(s.t.Context(), as, s.taskOf(agency))
	if err != nil {
		s.t.Fatal(err)
	}
	return hands
}

const remindedOfD1 = `SELECT DISTINCT COALESCE(u.email, 'mailbox ' || g.code) FROM notifications n JOIN steps s ON s.id = n.step_id JOIN tasks t ON t.id = n.task_id
	JOIN agencies a ON a.id = t.agency_id LEFT JOIN users u ON u.id = n.user_id LEFT JOIN agencies g ON g.id = n.mailbox_agency_id
	WHERE a.code = 'd1' AND s.code = $1 ORDER BY 1`

func TestRemindersGoToWhoeverHasTheTaskInHand(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-03 09:00")
	handover, err := s.hand(s.who(focalD1), "d1", twoD1, 0)
	if err != nil || handover.UserName != twoD1 || handover.HandedByName != focalD1 {
		t.Fatalf("%+v, %v", handover, err)
	}
	s.want("told in the morning", s.strings(`SELECT u.email || to_char(n.deliver_at AT TIME ZONE 'Asia/Ho_Chi_Minh', ' MM-DD HH24:MI') FROM notifications n
		JOIN users u ON u.id = n.user_id WHERE n.kind = 'handed_over'`), twoD1+" 02-04 08:00")
	s.clock.set(t, "2026-02-04 08:00")
	s.run(s.round)
	s.want("the day before", s.strings(remindedOfD1, "before_1"), twoD1, "mailbox d1")
	// The colleague's own substitute is reminded too; who has lost the post is not.
	s.clock.set(t, "2026-02-04 09:00")
	s.colleague("ba.d1@dondoc.example", "auditor", "d1")
	if _, err := s.name(s.who(twoD1), twoD1, "focal_point", "ba.d1@dondoc.example", february(4), february(5)); err != nil {
		t.Fatal(err)
	}
	s.clock.set(t, "2026-02-05 08:00")
	s.run(s.round)
	s.want("on the day", s.strings(remindedOfD1, "due_today"), "ba.d1@dondoc.example", twoD1, "mailbox d1")
	s.exec(`UPDATE memberships SET valid_to_on = '2026-02-05' WHERE id = $1`, s.post(twoD1, "focal_point"))
	s.clock.set(t, "2026-02-06 08:00")
	s.run(s.round)
	s.want("overdue: the focal points again, and the head as ever", s.strings(remindedOfD1, "overdue_1"), focalD1, headD1, "mailbox d1")
	// The other agencies never noticed.
	s.want("d2", s.strings(`SELECT DISTINCT u.email FROM notifications n JOIN users u ON u.id = n.user_id JOIN tasks t ON t.id = n.task_id
		JOIN agencies a ON a.id = t.agency_id WHERE a.code = 'd2' ORDER BY 1`), "focal_point.d2@dondoc.example", "head.d2@dondoc.example")
}

// Several focal points: each is reminded, and what one of them does ends it for all.
func TestOneFocalPointsResultEndsTheRemindersOfAll(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-03 09:00")
	s.mails()
	s.clock.set(t, "2026-02-04 08:00")
	s.run(s.round)
	s.want("each is reminded", s.strings(remindedOfD1, "before_1"), focalD1, twoD1, "mailbox d1")
	now, _ := s.clock.Now(t.Context())
	if _, err := s.store.ComposeMessages(t.Context(), now, "dondoc.example"); err != nil {
		t.Fatal(err)
	}
	s.submit(twoD1, "d1", "Đã làm.")
	if sent := s.sendLeased(s.leased(), now); slices.Contains(sent, focalD1) || slices.Contains(sent, twoD1) || slices.Contains(sent, "d1@dondoc.example") {
		t.Errorf("reminded of what is in: %v", sent)
	}
	s.clock.set(t, "2026-02-05 08:00")
	s.run(s.round)
	s.want("on the day", s.strings(remindedOfD1, "due_today"))
}

func TestOthersStillSeeAndActOnWhatIsInAColleaguesHands(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-03 09:00")
	before := s.detail(s.who(focalD1), "d1").Task.Version
	if _, err := s.hand(s.who(focalD1), "d1", twoD1, 0); err != nil {
		t.Fatal(err)
	}
	d := s.detail(s.who(focalD1), "d1")
	if !d.MaySubmit || d.Task.Version != before || d.InHand == nil || d.InHand.Reason != "Đi công tác" {
		t.Errorf("%+v", d.InHand)
	}
	last := d.History[len(d.History)-1]
	if last.Action != "task.handed_over" || last.Actor != focalD1 {
		t.Errorf("history %+v", last)
	}
	s.want("the reason is no part of the trail", s.strings(`SELECT id::text FROM audit WHERE after::text LIKE '%công tác%'`))
	// The supervisor sees who, and not why; another unit's people see neither.
	seen := s.hands(s.supervisor, "d1")
	if seen.MayHandOver || seen.Running() == nil || seen.Running().UserName != twoD1 || seen.Running().Reason != "" ||
		len(seen.Responsible) != 2 || !seen.Responsible[0].Assigned || seen.Responsible[1].Role != "head" {
		t.Errorf("%+v", seen)
	}
	if _, err := s.store.TaskHands(t.Context(), s.other, s.taskOf("d1")); !fault.Is(err, fault.NotFound) {
		t.Errorf("another unit: %v", err)
	}
	if free := s.hands(s.who(headSo), "d1"); free.Running() != nil || len(free.Responsible) != 0 || s.detail(s.who(headSo), "d1").InHand != nil {
		t.Errorf("who neither urges nor receives is told names: %+v", free)
	}
	mine := func(email string) []string {
		page, err := s.store.ListTasks(t.Context(), s.who(email), task.Filter{Mine: true})
		if err != nil {
			t.Fatal(err)
		}
		names := []string{}
		for _, one := range page.Tasks {
			names = append(names, one.AgencyCode)
		}
		return names
	}
	s.want("mine, of the colleague", mine(twoD1), "d1")
	s.want("mine, of who gave it away", mine(focalD1))
	s.want("mine, of the head", mine(headD1), "d1")
	if page, err := s.store.ListTasks(t.Context(), s.who(focalD1), task.Filter{}); err != nil || len(page.Tasks) != 1 {
		t.Errorf("it is still seen: %+v, %v", page, err)
	}
	s.submit(focalD1, "d1", "Đã làm.")
}

func TestAHandoverIsTakenBackOrReplaced(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-03 09:00")
	first, err := s.hand(s.who(headD1), "d1", focalD1, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what     string
		as       policy.Actor
		to       string
		replaces int64
		code     string
	}{
		{"over an unseen one", s.who(headD1), twoD1, 0, "handover.changed"},
		{"to who has it", s.who(headD1), focalD1, first.ID, "handover.same"},
		{"to another agency", s.who(headD1), "focal_point.d2@dondoc.example", first.ID, "handover.not_colleague"},
		{"by the supervisor", s.supervisor, twoD1, first.ID, "task.not_yours"},
		{"by another unit", s.other, twoD1, first.ID, "not_found"},
	} {
		_, err := s.hand(c.as, "d1", c.to, c.replaces)
		if f := fault.Of(err); f == nil || f.Code != c.code {
			t.Errorf("%s: %v, want %s", c.what, err, c.code)
		}
	}
	_, err = s.store.HandOver(t.Context(), s.who(headD1), task.HandoverInput{TaskID: s.taskOf("d1"), UserID: s.user(twoD1), Reason: " "})
	s.refused(err, "handover.reason")
	second, err := s.hand(s.who(focalD1), "d1", twoD1, first.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.store.TakeBack(t.Context(), s.who(headD1), task.HandoverEnd{TaskID: s.taskOf("d1"), HandoverID: first.ID})
	s.refused(err, "handover.changed")
	back, err := s.store.TakeBack(t.Context(), s.who(headD1), task.HandoverEnd{TaskID: s.taskOf("d1"), HandoverID: second.ID, Reason: "Về sớm"})
	if err != nil || back.EndedAt == nil || back.EndReason != "Về sớm" {
		t.Errorf("%+v, %v", back, err)
	}
	_, err = s.store.TakeBack(t.Context(), s.who(headD1), task.HandoverEnd{TaskID: s.taskOf("d1"), HandoverID: second.ID})
	s.refused(err, "handover.none")
	hands := s.hands(s.who(headD1), "d1")
	if hands.Running() != nil || len(hands.Handovers) != 2 || len(hands.Responsible) != 3 {
		t.Errorf("%+v", hands)
	}
	// Nobody is told any more of what was taken back before the morning.
	s.want("notices", s.strings(`SELECT u.email FROM notifications n JOIN users u ON u.id = n.user_id WHERE n.kind = 'handed_over' AND n.dropped_at IS NULL`))
	s.want("trail", s.strings(`SELECT action FROM audit WHERE entity = 'task' AND entity_id = $1 ORDER BY id`, s.taskOf("d1")),
		"task.opened", "task.handed_over", "task.handed_back", "task.handed_over", "task.handed_back")
}

// Handing over and submitting meet at the task's lock: whichever comes first,
// the result goes in once, and nothing is handed over that is no longer owed.
func TestAHandoverMeetsTheSubmission(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-03 09:00")
	for round := range 6 {
		var group sync.WaitGroup
		var handed, sent error
		start := make(chan struct{})
		group.Go(func() { <-start; _, handed = s.hand(s.who(headD1), "d1", twoD1, 0) })
		group.Go(func() {
			<-start
			_, sent = s.store.Submit(t.Context(), s.who(focalD1), task.SubmitInput{TaskID: s.taskOf("d1"), Kind: task.Report, Narrative: fmt.Sprint("Lần ", round)})
		})
		close(start)
		group.Wait()
		if sent != nil {
			t.Errorf("the submission was disturbed: %v", sent)
		}
		running := s.hands(s.who(headD1), "d1").Running()
		if f := fault.Of(handed); handed == nil && running == nil || handed != nil && (f == nil || f.Code != "handover.not_owed" || running != nil) {
			t.Errorf("handover %v, running %+v", handed, running)
		}
		if running != nil {
			if _, err := s.store.TakeBack(t.Context(), s.who(headD1), task.HandoverEnd{TaskID: s.taskOf("d1"), HandoverID: running.ID}); err != nil {
				t.Fatal(err)
			}
		}
		s.withdraw(focalD1, "d1")
	}
}

func TestOfManyHandoversAtOnceOneRuns(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-03 09:00")
	head, two := s.who(headD1), []string{twoD1, focalD1}
	var group sync.WaitGroup
	results := make([]error, 20)
	for i := range results {
		group.Go(func() { _, results[i] = s.hand(head, "d1", two[i%2], 0) })
	}
	group.Wait()
	won := 0
	for _, err := range results {
		switch f := fault.Of(err); {
		case err == nil:
			won++
		case f == nil || f.Kind != fault.Conflict:
			t.Errorf("%v", err)
		}
	}
	if won != 1 || len(s.hands(head, "d1").Handovers) != 1 {
		t.Errorf("%d won", won)
	}
}
