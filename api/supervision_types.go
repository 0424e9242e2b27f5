package api

import (
	"context"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/task"
)

// Contest is a unit's objection to the decision that its result is invalid.
type Contest struct {
	ID           int64      `json:"id"`
	TaskID       int64      `json:"task_id"`
	ReviewID     int64      `json:"review_id"`
	Number       int        `json:"number" doc:"Of the submission that was declared invalid."`
	ReviewReason string     `json:"review_reason" doc:"Why the reviewer declared it invalid."`
	ReviewedAt   time.Time  `json:"reviewed_at"`
	Reason       string     `json:"reason" doc:"Why the unit objects."`
	ContestedAt  time.Time  `json:"contested_at"`
	ContestedBy  string     `json:"contested_by"`
	Outcome      string     `json:"outcome,omitempty" enum:"upheld,overturned" doc:"Absent: not decided yet."`
	Answer       string     `json:"answer,omitempty"`
	DecidedAt    *time.Time `json:"decided_at,omitempty"`
	DecidedBy    string     `json:"decided_by,omitempty"`
}

func contestOf(c task.Contest) Contest {
	return Contest{
		ID: c.ID, TaskID: c.TaskID, ReviewID: c.ReviewID, Number: c.SubmissionNumber, ReviewReason: c.ReviewReason, ReviewedAt: c.ReviewedAt.UTC(),
		Reason: c.Reason, ContestedAt: c.ContestedAt.UTC(), ContestedBy: c.ContestedByName, Outcome: string(c.Outcome), Answer: c.Answer,
		DecidedAt: utc(c.DecidedAt), DecidedBy: c.DecidedByName,
	}
}

// Reopened answers a reopening.
type Reopened struct {
	TaskID        int64      `json:"task_id"`
	State         string     `json:"state"`
	Status        string     `json:"status"`
	ResubmitDueAt *time.Time `json:"resubmit_due_at" doc:"Until when the result is admitted."`
	Version       int        `json:"version" doc:"Of the task after the act."`
}

// Reopening tells when and why a task was owed once more.
type Reopening struct {
	ID         int64     `json:"id"`
	StateFrom  string    `json:"state_from"`
	Reason     string    `json:"reason"`
	DueAt      time.Time `json:"due_at"`
	ReopenedAt time.Time `json:"reopened_at"`
	ReopenedBy string    `json:"reopened_by"`
}

// Urging is a supervisor's own push.
type Urging struct {
	ID         int64     `json:"id"`
	Kind       string    `json:"kind" enum:"message,letter,phone,zalo"`
	Message    string    `json:"message,omitempty"`
	WithWhom   string    `json:"with_whom,omitempty"`
	PromisedOn string    `json:"promised_on,omitempty" format:"date"`
	UrgedAt    time.Time `json:"urged_at" doc:"When it was done."`
	NotedAt    time.Time `json:"noted_at" doc:"When it was noted here."`
	NotedBy    string    `json:"noted_by"`
	Recipients int       `json:"recipients" doc:"People and mailboxes that the message went to."`
}

// Supervision is everything that was done around a task, newest first.
type Supervision struct {
	Contests   []Contest   `json:"contests"`
	Reopenings []Reopening `json:"reopenings"`
	Urgings    []Urging    `json:"urgings"`
	MayContest bool        `json:"may_contest" doc:"What the reader may do now, as the following."`
	MayDecide  bool        `json:"may_decide"`
	MayReopen  bool        `json:"may_reopen"`
	MayUrge    bool        `json:"may_urge"`
}

func supervisionOf(s task.Supervision) Supervision {
	view := Supervision{
		Contests: make([]Contest, len(s.Contests)), Reopenings: make([]Reopening, len(s.Reopenings)), Urgings: make([]Urging, len(s.Urgings)),
		MayContest: s.MayContest, MayDecide: s.MayDecide, MayReopen: s.MayReopen, MayUrge: s.MayUrge,
	}
	for i, c := range s.Contests {
		view.Contests[i] = contestOf(c)
	}
	for i, o := range s.Reopenings {
		view.Reopenings[i] = Reopening{o.ID, string(o.From), o.Reason, o.DueAt.UTC(), o.ReopenedAt.UTC(), o.ReopenedByName}
	}
	for i, g := range s.Urgings {
		view.Urgings[i] = Urging{
			g.ID, string(g.Kind), g.Message, g.WithWhom, g.PromisedOn.String(), g.UrgedAt.UTC(), g.NotedAt.UTC(), g.NotedByName, g.Recipients,
		}
	}
	return view
}

// TaskOutcome says what became of one of the tasks of an act.
type TaskOutcome struct {
	TaskID     int64         `json:"task_id"`
	Done       bool          `json:"done"`
	Version    int           `json:"version,omitempty" doc:"Of the task after the act."`
	Recipients int           `json:"recipients,omitempty" doc:"People and mailboxes that were told at once."`
	Error      *ProblemEntry `json:"error,omitempty" doc:"Why this one was left out."`
}

// Outcomes answers an act on many tasks: one outcome for each, in the order asked.
type Outcomes struct {
	Done     int           `json:"done" doc:"How many of the tasks."`
	UrgingID int64         `json:"urging_id,omitempty"`
	Outcomes []TaskOutcome `json:"outcomes"`
}

func outcomesOf(ctx context.Context, list []task.Outcome) Outcomes {
	view := Outcomes{Outcomes: make([]TaskOutcome, len(list))}
	for i, o := range list {
		view.Outcomes[i] = TaskOutcome{TaskID: o.TaskID, Done: o.Fault == nil, Version: o.Version, Recipients: o.Recipients}
		if o.Fault != nil {
			view.Outcomes[i].Error = &ProblemEntry{Code: o.Fault.Code, Field: o.Fault.Field, Detail: o.Fault.Message(reader(ctx))}
			continue
		}
		view.Done++
	}
	return view
}

// Measure tells how fast an agency decided on the results of one period.
type Measure struct {
	Reviewer    AgencyRef `json:"reviewer"`
	PeriodKey   string    `json:"period_key"`
	PeriodLabel string    `json:"period_label" doc:"In the reader's language."`
	Decided     int       `json:"decided"`
	MedianDays  int       `json:"median_days" doc:"Working days within which half of the decisions were taken; 0 is the day of submission."`
	P90Days     int       `json:"p90_days" doc:"The same for nine tenths of them."`
	Waiting     int       `json:"waiting"`
	LongestWait int       `json:"longest_wait_days" doc:"Working days for which the oldest result waits."`
}

// Measures are the reviewers' figures.
type Measures struct {
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	At    time.Time `json:"at" doc:"The instant of what waits."`
	Items []Measure `json:"items"`
}

func measuresOf(m task.Measures, language string) Measures {
	view := Measures{From: m.From.UTC(), To: m.To.UTC(), At: m.At.UTC(), Items: make([]Measure, len(m.Rows))}
	for i, r := range m.Rows {
		view.Items[i] = Measure{
			AgencyRef{r.ReviewerID, r.ReviewerCode, r.ReviewerName}, r.PeriodKey, calendar.LabelOf(r.PeriodKey, language),
			r.Decided, r.Median, r.P90, r.Waiting, r.LongestWait,
		}
	}
	return view
}
