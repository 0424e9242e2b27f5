package postgres_test

import (
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/filestore"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// What agencies between, corrections and people who stand in leave behind for
// other acts; found by TestMachine.

func TestWhatIsReturnedOnTheWayOpensItsRoundAgain(t *testing.T) {
	r := newRouted(t, func(p *plan.Plan) { p.Duties[0].Review.Mode = plan.ReviewNone })
	r.exec(`UPDATE tasks SET state = 'waived', settled_at = opened_at WHERE agency_id <> (SELECT id FROM agencies WHERE code = 'd1')`)
	r.clock.set(t, "2026-02-05 16:00")
	r.send("d1")
	r.run(r.round)
	r.want("over, for nothing is owed", []string{r.roundState()}, "closed since 02-05 16:00")
	r.clock.set(t, "2026-02-06 09:00")
	if _, err := r.forward(r.clerk, task.SendBack, "Thiếu biểu 02"); err != nil {
		t.Fatal(err)
	}
	r.want("open until the new day", []string{r.roundState(), r.stands("d1")}, "open", "returned first 02-05 16:00")
	r.exec(`UPDATE rounds SET closes_at = '2026-02-09' WHERE id = $1`, r.round)
	r.clock.set(t, "2026-02-12 00:01")
	r.run(r.round)
	r.want("over for good", []string{r.roundState(), r.stands("d1")}, "closed since 02-12 00:01", "returned first 02-05 16:00 closed")
}

// Whoever has the task in hand may work for the agency between too: its other
// people are reminded of what waits there all the same.
func TestATaskInHandLeavesTheAgencyBetweenItsReminders(t *testing.T) {
	r := newRouted(t, nil)
	r.exec(`INSERT INTO memberships (user_id, agency_id, role, valid_from_on) VALUES ($1, $2, 'focal_point', '2026-01-01')`, r.focal.UserID, r.agency("cc"))
	r.clock.set(t, "2026-02-02 09:00")
	if _, err := r.store.HandOver(t.Context(), r.head, task.HandoverInput{TaskID: r.taskOf("d1"), UserID: r.focal.UserID, Reason: "Đi công tác"}); err != nil {
		t.Fatal(err)
	}
	r.send("d1")
	r.clock.set(t, "2026-02-03 08:00")
	r.run(r.round)
	r.want("reminded", r.told("forward_reminder"), "focal_point.cc@dondoc.example 02-03 08:00", focalD1+" 02-03 08:00", "mailbox cc 02-03 08:00")
}

// Of a secret result the number and date of its document are kept, which alone tell two versions apart.
func TestACorrectionOfASecretResultSaysSomethingNew(t *testing.T) {
	w := newWorld(t, func(p *plan.Plan) {
		p.Duties[0].Secret, p.Duties[0].Review.Mode, p.Duties[0].Indicators = true, plan.ReviewNone, nil
	})
	f := &followed{world: w}
	f.activate()
	f.round = f.openRound()
	f.focal = f.actor(focalD1)
	f.clock.set(t, "2026-02-02 09:00")
	said := task.Content{Kind: task.Report, DocumentNumber: "12/BC", DocumentOn: calendar.NewDate(2026, 2, 1)}
	if _, err := f.store.SaveDraft(t.Context(), f.focal, task.DraftInput{TaskID: f.taskOf("d1"), Content: task.Content{Kind: task.Report, Narrative: "Nội dung mật"}}); err != nil {
		wantFault(t, "classified content in a draft", err, fault.Invalid, "draft.invalid")
	} else {
		t.Error("classified content is kept in a draft")
	}
	if _, err := f.store.Submit(t.Context(), f.focal, said.Submission(f.taskOf("d1"), 0)); err != nil {
		t.Fatal(err)
	}
	_, err := f.store.Correct(t.Context(), f.focal, task.CorrectInput{TaskID: f.taskOf("d1"), Content: said, Reason: "Nhầm"})
	wantFault(t, "the same", err, fault.Invalid, "correction.same")
	said.DocumentNumber = "13/BC"
	if _, err := f.store.Correct(t.Context(), f.focal, task.CorrectInput{TaskID: f.taskOf("d1"), Content: said, Reason: "Nhầm số"}); err != nil {
		t.Error(err)
	}
}

func TestADownloadNamesForWhomItWasMade(t *testing.T) {
	s := newStaff(t)
	s.store.KeepFiles(filestore.New(t.TempDir()), nil, 1<<20)
	s.clock.set(t, "2026-02-02 09:00")
	file, err := s.store.AddAttachment(t.Context(), s.who(focalD1), task.UploadInput{TaskID: s.taskOf("d1"), Name: "a.pdf", Content: scan("a"), Declared: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.Submit(t.Context(), s.who(focalD1), task.SubmitInput{TaskID: s.taskOf("d1"), Kind: task.Report, Narrative: "Đã làm.", Attachments: []int64{file.ID}}); err != nil {
		t.Fatal(err)
	}
	// An auditor has no reading post of their own: what they read as a substitute they read for the holder.
	s.colleague("kiem.so@dondoc.example", "auditor", "so")
	if _, err := s.name(s.who(watcherSo), watcherSo, "supervisor", "kiem.so@dondoc.example", february(2), february(4)); err != nil {
		t.Fatal(err)
	}
	for _, reader := range []string{"kiem.so@dondoc.example", watcherSo} {
		if _, _, err := s.store.OpenAttachment(t.Context(), s.who(reader), file.ID); err != nil {
			t.Fatal(err)
		}
	}
	s.want("both names", s.strings(`SELECT u.email || COALESCE(' for ' || f.email, '') FROM audit h JOIN users u ON u.id = h.actor_id
		LEFT JOIN users f ON f.id = h.stood_in_for WHERE h.action = 'task.file_downloaded' ORDER BY h.id`), "kiem.so@dondoc.example for "+watcherSo, watcherSo)
}

// Whoever has chosen the post that reviews still finds nothing of their own agency to review.
func TestTheListToReviewHoldsNothingOfOnesOwn(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-02 09:00")
	s.exec(`INSERT INTO memberships (user_id, agency_id, role, valid_from_on) VALUES ($1, $2, 'supervisor', '2026-01-01')`, s.user(twoD1), s.agency("so"))
	s.send("d1")
	s.send("d2")
	actor := s.who(twoD1)
	for _, post := range append([]policy.Post{{}}, actor.Posts...) {
		page, err := s.store.ListTasks(t.Context(), actor.Acting(post.ID), task.Filter{ToReview: true})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"d2"}
		if post.Role == policy.FocalPoint {
			want = nil
		}
		got := []string{}
		for _, one := range page.Tasks {
			got = append(got, one.AgencyCode)
		}
		s.want("to review as "+string(post.Role), got, want...)
	}
}
