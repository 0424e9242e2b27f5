package task_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/fault"
	"dondoc/internal/task"
)

var due = time.Date(2026, 3, 18, 17, 0, 0, 0, time.UTC)

func at(d time.Duration) *time.Time { t := due.Add(d); return &t }

func TestOfficialStatus(t *testing.T) {
	const before, after = -time.Hour, time.Hour
	for name, c := range map[string]struct {
		facts task.Facts
		now   time.Duration
		want  task.Status
	}{
		"open in time":                        {task.Facts{State: task.StateOpen}, before, task.NotDoneInTime},
		"open at the due instant itself":      {task.Facts{State: task.StateOpen}, 0, task.NotDoneInTime},
		"open past due":                       {task.Facts{State: task.StateOpen}, after, task.NotDoneOverdue},
		"submitted at the due instant, done":  {task.Facts{State: task.StateSubmitted, FirstSubmittedAt: at(0)}, after, task.DoneOnTime},
		"submitted late, done":                {task.Facts{State: task.StateSubmitted, FirstSubmittedAt: at(1)}, after, task.DoneLate},
		"submitted in time, waits":            {task.Facts{State: task.StateSubmitted, ReviewRequired: true, FirstSubmittedAt: at(before)}, after, task.Waiting},
		"submitted late, waits":               {task.Facts{State: task.StateSubmitted, ReviewRequired: true, FirstSubmittedAt: at(after)}, 2 * after, task.WaitingLate},
		"accepted, first version in time":     {task.Facts{State: task.StateAccepted, ReviewRequired: true, FirstSubmittedAt: at(before)}, after, task.DoneOnTime},
		"returned, new time not yet come":     {task.Facts{State: task.StateReturned, ResubmitDueAt: at(72 * after), FirstSubmittedAt: at(before)}, after, task.NotDoneInTime},
		"returned, new time passed":           {task.Facts{State: task.StateReturned, ResubmitDueAt: at(after), FirstSubmittedAt: at(before)}, 2 * after, task.NotDoneOverdue},
		"mended, waits for the head":          {task.Facts{State: task.StatePrepared, ResubmitDueAt: at(72 * after), FirstSubmittedAt: at(before)}, after, task.NotDoneInTime},
		"mended, waits for the head too long": {task.Facts{State: task.StatePrepared, ResubmitDueAt: at(after), FirstSubmittedAt: at(before)}, 2 * after, task.NotDoneOverdue},
		"prepared past due":                   {task.Facts{State: task.StatePrepared}, after, task.NotDoneOverdue},
		"waived long past due is not overdue": {task.Facts{State: task.StateWaived}, 999 * after, task.NotExpected},
		"not opened":                          {task.Facts{State: task.StateScheduled}, before, task.NotOpen},
	} {
		c.facts.DueAt = due
		if got := c.facts.StatusAt(due.Add(c.now)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestMovesThatAreRefused(t *testing.T) {
	for _, move := range [][2]task.State{
		{task.StateOpen, task.StateAccepted}, {task.StateOpen, task.StateReturned}, {task.StateAccepted, task.StateSubmitted},
		{task.StateWaived, task.StateSubmitted}, {task.StateCancelled, task.StateOpen}, {task.StateScheduled, task.StateSubmitted},
	} {
		err := task.CheckMove(move[0], move[1])
		f := fault.Of(err)
		if f == nil || f.Kind != fault.Conflict || f.VI == "" || f.EN == "" {
			t.Errorf("%s to %s: %v", move[0], move[1], err)
		}
	}
}

// Only reopening leads out of "accepted", and nothing out of "cancelled".
func TestWalksKeepTheLifecycle(t *testing.T) {
	states := []task.State{
		task.StateScheduled, task.StateOpen, task.StatePrepared, task.StateSubmitted,
		task.StateReturned, task.StateAccepted, task.StateWaived, task.StateCancelled,
	}
	rapid.Check(t, func(t *rapid.T) {
		state, submitted := task.StateScheduled, false
		for range 30 {
			next := rapid.SampledFrom(states).Draw(t, "next")
			if task.CheckMove(state, next) != nil {
				continue
			}
			if next == task.StateAccepted && !submitted {
				t.Fatalf("accepted without a submission, from %s", state)
			}
			if state == task.StateCancelled {
				t.Fatal("a cancelled task moved")
			}
			submitted = submitted || next == task.StateSubmitted
			state = next
		}
	})
}

func TestSubmissionsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		in   task.SubmitInput
		code string
	}{
		"empty":               {task.SubmitInput{Kind: task.Report}, "submission.empty"},
		"no kind":             {task.SubmitInput{Narrative: "x"}, "submission.kind"},
		"nil with text":       {task.SubmitInput{Kind: task.NilReturn, Narrative: "x"}, "submission.nil_with_content"},
		"NUL":                 {task.SubmitInput{Kind: task.Report, Narrative: "a\x00b"}, "text.control"},
		"bidi override":       {task.SubmitInput{Kind: task.Report, Narrative: "a\u202eb"}, "text.control"},
		"not UTF-8":           {task.SubmitInput{Kind: task.Report, Narrative: "a\xffb"}, "text.encoding"},
		"ten megabytes":       {task.SubmitInput{Kind: task.Report, Narrative: strings.Repeat("ă", 5<<20)}, "text.long"},
		"long signatory":      {task.SubmitInput{Kind: task.Report, Narrative: "x", SignatoryTitle: strings.Repeat("x", 201)}, "text.long"},
		"blank is still none": {task.SubmitInput{Kind: task.Report, Narrative: " \n\t "}, "submission.empty"},
	} {
		_, err := c.in.Clean()
		f := fault.Of(err)
		if f == nil || len(f.Details) == 0 || f.Details[0].Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTextIsStoredComposed(t *testing.T) {
	in, err := task.SubmitInput{Kind: task.Report, Narrative: "  Đa\u0303 ho\u0323p\r\nxong "}.Clean()
	if err != nil || in.Narrative != "Đã họp\nxong" {
		t.Errorf("%q, %v", in.Narrative, err)
	}
}

func TestReturnNeedsAReason(t *testing.T) {
	for _, decision := range []task.Decision{task.Return, task.Invalid} {
		if _, err := (task.ReviewInput{Decision: decision, Reason: "  "}).Clean(); fault.Of(err) == nil || fault.Of(err).Field != "reason" {
			t.Errorf("%s: %v", decision, err)
		}
	}
	if _, err := (task.ReviewInput{Decision: task.Accept}).Clean(); err != nil {
		t.Error(err)
	}
}
