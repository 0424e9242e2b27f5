package postgres_test

import (
	"fmt"
	"strings"
	"time"

	"dondoc/internal/plan"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// model is what the test believes to be true. It shares no rule with the
// product: rights, working days, statuses and dates are worked out here.
type model struct {
	now      time.Time
	agencies map[string]*agencyModel
	duties   map[int64]*dutyModel
	people   []*person
	plan     planModel
	rounds   []*roundModel
	tasks    []*taskModel
	focus    []*taskModel
	requests []*requestModel
	contests []*contestModel
	views    map[string]bool // who read which result in which hour
	stands   []*substitutionModel
	amends   []*correctionModel
	files    []*fileModel
}

type agencyModel struct {
	id           int64
	code, parent string
	two          bool // two signatures
}

type dutyModel struct {
	plan.Duty
	id int64
}

type planModel struct {
	id        int64
	state     plan.State
	suspended time.Time
}

type roundModel struct {
	id                        int64
	duty                      *dutyModel
	open                      bool
	openedAt, dueAt, closesAt time.Time
}

type taskModel struct {
	id                          int64
	round                       *roundModel
	duty                        *dutyModel
	agency, recipient, reviewer string
	through                     string // who passes results on; empty: nobody
	forwarded                   int    // the newest submission that was passed on
	state                       task.State
	due, original               time.Time
	resubmit                    *time.Time
	closed                      bool
	version, dueVersion         int
	subs                        []*subModel
	prep                        *contentModel // waits for the head
	prepFrom                    task.State
	draft                       *contentModel
	draftVersion, lastDraft     int
	waitsSince                  time.Time // of what is submitted, for whoever has it
	reopened                    bool
	hand                        *handModel
	notes                       []string // the oldest first
}

type contentModel struct {
	kind  task.Kind
	text  string
	files string // their numbers, in their order
	// number is of the signed document: all that is said of a secret result.
	number string
}

type subModel struct {
	contentModel
	at                 time.Time // by which "on time" is judged
	from               task.State
	invalid, withdrawn bool
	recorded, approved bool
	correction         *correctionModel
	by                 *person
	passedOn           *time.Time
	decidedAt          time.Time // when it was declared invalid
	contested          bool
}

type contestModel struct {
	id      int64
	task    *taskModel
	number  int
	decided bool
}

type requestModel struct {
	id           int64
	kind         request.Kind
	state        request.State
	task         *taskModel
	from, to     string
	resubmission bool
	proposed     time.Time // the day
	settled      bool
	version      int
	due          time.Time
}

// GoString is how rapid names a task that it drew.
func (t *taskModel) GoString() string {
	return fmt.Sprintf("task %d (%s of %s, %s, version %d)", t.id, t.duty.Code, t.agency, t.state, t.version)
}

func (q *requestModel) GoString() string {
	return fmt.Sprintf("request %d (%s, %s, of task %d)", q.id, q.kind, q.state, q.task.id)
}

// entry is what every act on a task asks first.
func (m *model) entry(p *person, t *taskModel, version int) string {
	switch {
	case !m.sees(p, t):
		return "not_found"
	case version != 0 && version != t.version:
		return "task.changed"
	case m.plan.state != plan.Active:
		return "plan.not_active"
	}
	return ""
}

// first of the codes that is not empty.
func firstOf(codes ...string) string {
	for _, c := range codes {
		if c != "" {
			return c
		}
	}
	return ""
}

func when(refused bool, code string) string {
	if refused {
		return code
	}
	return ""
}

func (t *taskModel) bump() { t.version++ }
func (t *taskModel) owed() bool {
	return inState(task.StateOpen, task.StatePrepared, task.StateReturned)(t)
}
func (t *taskModel) last() *subModel {
	return t.subs[len(t.subs)-1]
}

// resending: a result that was returned is to come, or waits for the head.
func (t *taskModel) resending() bool {
	return t.state == task.StateReturned || t.state == task.StatePrepared && t.resubmit != nil
}

// effective is the instant after which a result that is owed is overdue.
func (t *taskModel) effective() time.Time {
	if t.resending() {
		return *t.resubmit
	}
	return t.due
}

// awaited is the instant for which the unit is reminded: the day that was set
// with a return or a reopening, whatever state the task has come back to.
func (t *taskModel) awaited() time.Time {
	if t.resubmit != nil {
		return *t.resubmit
	}
	return t.due
}

// firstValid is when the first submission came that counts: not withdrawn, and
// after every one that stands as invalid.
func (t *taskModel) firstValid() *time.Time {
	var first *time.Time
	for _, s := range t.subs {
		switch {
		case s.correction != nil: // never judged by its time
		case s.invalid:
			first = nil
		case !s.withdrawn && (first == nil || s.at.Before(*first)):
			first = &s.at
		}
	}
	return first
}

// status is the official 2 × 2.
func (m *model) status(t *taskModel) task.Status {
	onTime := t.firstValid() != nil && !t.firstValid().After(t.due)
	pick := func(in, late task.Status) task.Status {
		if onTime {
			return in
		}
		return late
	}
	switch {
	case t.state == task.StateWaived || t.state == task.StateCancelled:
		return task.NotExpected
	case t.state == task.StateAccepted, t.state == task.StateSubmitted && t.duty.Review.Mode == plan.ReviewNone:
		return pick(task.DoneOnTime, task.DoneLate)
	case t.state == task.StateSubmitted:
		return pick(task.Waiting, task.WaitingLate)
	case m.now.After(t.effective()) && m.plan.state != plan.Suspended:
		return task.NotDoneOverdue
	}
	return task.NotDoneInTime
}

// Days off of 2026 until August, as decreed, and the Saturday that is worked.
const daysOff = "2026-01-01 2026-01-02 2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-02-20 2026-04-27 2026-04-30 2026-05-01"

func midnight(at time.Time) time.Time {
	y, month, d := at.In(hanoi).Date()
	return time.Date(y, month, d, 0, 0, 0, 0, hanoi)
}

func works(day time.Time) bool {
	on := day.Format(time.DateOnly)
	weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	return on == "2026-01-10" || !weekend && !strings.Contains(daysOff, on)
}

// workingDays is the n-th working day after a day, before it where n is negative.
func workingDays(day time.Time, n int) time.Time {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		if day = day.AddDate(0, 0, step); works(day) {
			n--
		}
	}
	return day
}

// dueDay is the day that a due time belongs to: 24:00 is the end of its day.
func dueDay(at time.Time) time.Time { return midnight(at.Add(-time.Nanosecond)) }

// endOf is the end of a day.
func endOf(day time.Time) time.Time { return day.AddDate(0, 0, 1).UTC() }

// inWorkingDays is the end of the n-th working day after now.
func (m *model) inWorkingDays(n int) *time.Time {
	at := endOf(workingDays(midnight(m.now), n))
	return &at
}
