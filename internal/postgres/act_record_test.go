package postgres_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	instant, err := time.ParseInLocation("2006-01-02 15:04", s, hanoi)
	if err != nil {
		t.Fatal(err)
	}
	return instant.UTC()
}

func paper(id int64, received time.Time) task.RecordInput {
	return task.RecordInput{TaskID: id, ReceivedAt: received, Channel: task.ChannelPaper, Evidence: "Văn thư, số đến 120",
		Content: task.Content{Kind: task.Report, DocumentNumber: "15/BC-UBND", DocumentOn: calendar.NewDate(2026, 2, 4), Figures: []task.Figure{{Indicator: "vu", Value: "3"}}}}
}

func TestARecordedResultCountsFromWhenItWasReceived(t *testing.T) {
	w, _ := opened(t, nil)
	id, supervisor := w.taskOf("d1"), w.actor(watcherSo)
	if _, err := w.save(focalD1, 0, writing("của đơn vị", "")); err != nil {
		t.Fatal(err)
	}
	w.clock.set(t, "2026-02-09 09:00") // two working days late
	for name, c := range map[string]struct {
		in    task.RecordInput
		field string
	}{
		"before the round opened": {paper(id, at(t, "2026-01-15 07:59")), "received_at"},
		"after now":               {paper(id, at(t, "2026-02-09 09:01")), "received_at"},
		"a date of another life": {func() task.RecordInput {
			in := paper(id, at(t, "2026-02-05 15:00"))
			in.DocumentOn.Year = 206
			return in
		}(), "document_on"},
	} {
		_, err := w.store.RecordSubmission(t.Context(), supervisor, c.in)
		if f := fault.Of(err); f == nil || f.Kind != fault.Invalid || f.Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	bare := paper(id, at(t, "2026-02-05 15:00"))
	bare.Evidence, bare.DocumentNumber, bare.Channel = "", "", ""
	_, err := w.store.RecordSubmission(t.Context(), supervisor, bare)
	if f := fault.Of(err); f == nil || len(f.Details) != 2 || f.Details[0].Field != "channel" || f.Details[1].Field != "evidence" {
		t.Errorf("without evidence: %v", err)
	}
	_, err = w.store.RecordSubmission(t.Context(), w.actor(focalD1), paper(id, at(t, "2026-02-05 15:00")))
	w.refused(err, "task.not_reviewer")
	_, err = w.store.RecordSubmission(t.Context(), w.actor("focal_point.d2@dondoc.example"), paper(id, at(t, "2026-02-05 15:00")))
	w.refused(err, "not_found")

	receipt, err := w.store.RecordSubmission(t.Context(), supervisor, paper(id, at(t, "2026-02-05 15:00")))
	if err != nil || receipt.Task.Status != task.Waiting || receipt.Number != 1 {
		t.Fatalf("received in time: %+v, %v", receipt, err)
	}
	d := w.detail(focalD1, "d1")
	b := d.Submissions[0]
	if !b.SubmittedAt.Equal(at(t, "2026-02-05 15:00")) || b.SubmittedByName != watcherSo || b.Recorded == nil || b.Recorded.OnBehalfOfName != "UBND huyện Một" ||
		!b.Recorded.At.Equal(at(t, "2026-02-09 09:00")) || b.Recorded.Channel != task.ChannelPaper || b.Recorded.Evidence != "Văn thư, số đến 120" {
		t.Errorf("%+v", b)
	}
	if last := d.History[len(d.History)-1]; last.Action != "task.recorded" || last.Actor != watcherSo || last.Note != "UBND huyện Một" {
		t.Errorf("both names in the history: %+v", last)
	}
	w.want("the agency is told, whatever comes next", w.strings(`SELECT COALESCE(u.email, 'mailbox') || ' ' || standing FROM notifications n LEFT JOIN users u ON u.id = n.user_id
		WHERE kind = 'recorded' ORDER BY 1`), focalD1+" true", "mailbox true")
	// The reviewer's days count from the recording, not from the paper.
	w.want("review", w.pendingSubmitted(), "review_reminder 02-11 08:00", "review_overdue 02-13 08:00")
	w.want("the agency's draft is its own", w.strings(`SELECT narrative FROM task_drafts`), "của đơn vị")
	_, err = w.store.Withdraw(t.Context(), w.actor(focalD1), task.WithdrawInput{TaskID: id})
	w.refused(err, "withdraw.recorded")
	_, err = w.store.RecordSubmission(t.Context(), supervisor, paper(id, at(t, "2026-02-05 15:00")))
	w.refused(err, "task.already_submitted")
}

func TestARecordedResultOvertakesWhatWaitsForTheHead(t *testing.T) {
	w, _ := opened(t, nil)
	if _, err := w.twoSignatures("d1", true); err != nil {
		t.Fatal(err)
	}
	w.clock.set(t, "2026-02-05 16:00")
	w.submit(focalD1, "d1", "Chờ duyệt")
	if !w.detail(watcherSo, "d1").MayRecord {
		t.Error("recording is not offered")
	}
	if _, err := w.store.RecordSubmission(t.Context(), w.actor(watcherSo), paper(w.taskOf("d1"), at(t, "2026-02-05 15:00"))); err != nil {
		t.Fatal(err)
	}
	_, err := w.decide(headD1, task.Approve)
	w.refused(err, "task.not_prepared")
	w.want("outcome", w.strings(`SELECT outcome FROM preparations`), "superseded")
}

func TestCompareTwoVersions(t *testing.T) {
	w, _ := opened(t, nil)
	w.clock.set(t, "2026-02-03 10:00")
	w.submit(focalD1, "d1", "Đã họp 3 lần")
	w.withdraw(focalD1, "d1")
	w.submit(focalD1, "d1", "Đã họp 4 lần")
	c, err := w.store.CompareSubmissions(t.Context(), w.actor(watcherSo), w.taskOf("d1"), 1, 2)
	if err != nil || len(c.Narrative) != 4 || c.From.WithdrawnAt == nil || c.To.Number != 2 {
		t.Errorf("%+v, %v", c, err)
	}
	_, err = w.store.CompareSubmissions(t.Context(), w.actor(watcherSo), w.taskOf("d1"), 1, 3)
	if f := fault.Of(err); f == nil || f.Code != "submission.no_version" || f.Field != "to" {
		t.Errorf("%v", err)
	}
	_, err = w.store.CompareSubmissions(t.Context(), w.actor("focal_point.d2@dondoc.example"), w.taskOf("d1"), 1, 2)
	w.refused(err, "not_found")
}

func TestADossierTellsWhatWasWithdrawnAndRecorded(t *testing.T) {
	w, _ := opened(t, nil)
	if _, err := w.twoSignatures("d1", true); err != nil {
		t.Fatal(err)
	}
	w.clock.set(t, "2026-02-03 10:00")
	w.submit(focalD1, "d1", "Đã họp 3 lần")
	if _, err := w.decide(headD1, task.Approve); err != nil {
		t.Fatal(err)
	}
	w.withdraw(headD1, "d1")
	if _, err := w.store.RecordSubmission(t.Context(), w.actor(watcherSo), paper(w.taskOf("d1"), at(t, "2026-02-03 09:00"))); err != nil {
		t.Fatal(err)
	}
	files := unzipped(t, w.archive(w.actor(watcherSo), w.taskOf("d1")))
	for name, pieces := range map[string][]string{
		"submissions/001.json": {`"withdrawn_by": "head.d1@`, `"withdraw_reason": "Nhầm biểu"`, `"prepared_by": "focal_point.d1@`},
		"submissions/001.txt":  {"Đã rút lại lúc 10:00 03/02/2026, không tính. Nhầm biểu", "Người soạn: focal_point"},
		"submissions/002.json": {`"on_behalf_of": "UBND huyện Một"`, `"channel": "paper"`, `"evidence": "Văn thư, số đến 120"`},
		"submissions/002.txt":  {"Ghi nhận thay: UBND huyện Một, lúc 10:00 03/02/2026", "Căn cứ: Văn thư, số đến 120"},
		"summary.txt":          {"rút lại lần 1", "ghi nhận thay lần 2"},
	} {
		for _, piece := range pieces {
			if !strings.Contains(files[name], piece) {
				t.Errorf("%s lacks %s:\n%s", name, piece, files[name])
			}
		}
	}
}

func TestADocumentsDateMustBeOfOurTime(t *testing.T) {
	w, _ := opened(t, nil)
	_, err := w.store.Submit(t.Context(), w.actor(focalD1), task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.Report, Narrative: "x", DocumentOn: calendar.NewDate(2027, 6, 1)})
	w.refused(err, "date.far")
}

// Fifty people act on one task at once: of each kind of act exactly one wins,
// and everybody else reads how things stand.
func TestOfFiftyPeopleOneWinsEachMove(t *testing.T) {
	w, _ := opened(t, nil)
	if _, err := w.twoSignatures("d1", true); err != nil {
		t.Fatal(err)
	}
	w.clock.set(t, "2026-02-03 10:00")
	id := w.taskOf("d1")
	focal, head, supervisor := w.actor(focalD1), w.actor(headD1), w.actor(watcherSo)
	race := func(what string, acts ...func() error) {
		t.Helper()
		var wait sync.WaitGroup
		errs := make([]error, 50)
		start := make(chan struct{})
		for i := range errs {
			wait.Go(func() {
				<-start
				errs[i] = acts[i%len(acts)]()
			})
		}
		close(start)
		wait.Wait()
		won := 0
		for _, err := range errs {
			f := fault.Of(err)
			switch {
			case err == nil:
				won++
			case f == nil || f.Kind != fault.Conflict || f.VI == "" || f.EN == "":
				t.Errorf("%s: %v", what, err)
			}
		}
		if won != 1 {
			t.Errorf("%s: %d won", what, won)
		}
	}
	version := func() int {
		var v int
		if err := w.db.GetContext(t.Context(), &v, `SELECT version FROM tasks WHERE id = $1`, id); err != nil {
			t.Fatal(err)
		}
		return v
	}
	submit := func(a policy.Actor) func() error {
		return func() error {
			_, err := w.store.Submit(t.Context(), a, task.SubmitInput{TaskID: id, Kind: task.Report, Narrative: a.Name})
			return err
		}
	}
	decide := func(a policy.Actor, v int, d task.PreparationDecision) func() error {
		return func() error {
			_, err := w.store.DecidePreparation(t.Context(), a, task.PreparationInput{TaskID: id, Version: v, Decision: d, Reason: "x"})
			return err
		}
	}
	review := func(v int, d task.Decision) func() error {
		return func() error {
			_, err := w.store.Review(t.Context(), supervisor, task.ReviewInput{TaskID: id, Version: v, Decision: d, Reason: "x"})
			return err
		}
	}
	withdraw := func(a policy.Actor, v int) func() error {
		return func() error {
			_, err := w.store.Withdraw(t.Context(), a, task.WithdrawInput{TaskID: id, Version: v})
			return err
		}
	}
	record := func(v int) func() error {
		return func() error {
			in := paper(id, at(t, "2026-02-03 09:00"))
			in.Version = v
			_, err := w.store.RecordSubmission(t.Context(), supervisor, in)
			return err
		}
	}
	race("submitting", submit(focal))
	w.want("state", w.strings(`SELECT state FROM tasks WHERE id = $1`, id), "prepared")
	v := version()
	race("deciding on what waits for the head", decide(head, v, task.GiveBack), decide(focal, v, task.TakeBack))
	w.want("state", w.strings(`SELECT state FROM tasks WHERE id = $1`, id), "open")
	race("submitting, by focal points and the head", submit(focal), submit(head))
	if w.strings(`SELECT state FROM tasks WHERE id = $1`, id)[0] == "prepared" {
		race("approving", decide(head, version(), task.Approve))
	}
	w.want("state", w.strings(`SELECT state FROM tasks WHERE id = $1`, id), "submitted")
	v = version()
	race("withdrawing against reviewing", withdraw(head, v), review(v, task.Return), review(v, task.Accept))
	state := w.strings(`SELECT state FROM tasks WHERE id = $1`, id)[0]
	if state != "accepted" {
		v = version()
		race("recording against submitting", record(v), func() error {
			_, err := w.store.Submit(t.Context(), head, task.SubmitInput{TaskID: id, Version: v, Kind: task.Report, Narrative: "x"})
			return err
		})
	}
	w.want("one version of a submission per number", w.strings(`SELECT number::text FROM submissions WHERE task_id = $1 GROUP BY number HAVING count(*) > 1`, id))
	w.want("submissions counted", w.strings(`SELECT (t.submissions = (SELECT count(*) FROM submissions b WHERE b.task_id = t.id))::text FROM tasks t WHERE id = $1`, id), "true")
}
