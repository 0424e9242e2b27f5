package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/task"
	"dondoc/internal/timetable"
)

// comparison holds what is live against the calendars before and after a change.
type comparison struct {
	store         *Store
	now           time.Time
	outage        bool
	before, after calendars

	moves     []taskMove
	scheduled []scheduledMove
	reviews   []stepMove
}

// taskMove is a group of tasks of one round that move alike.
type taskMove struct {
	timetable.Move
	duty dutyContext
	// steps replace the pending ones where the due time moves; where it does not,
	// they are moved in place.
	steps []stepPlan
}

type scheduledMove struct {
	timetable.RoundMove
	dutyID int64
	round  timetable.Round
}

// stepMove is a pending step that keeps its place in the ladder and gets another time.
type stepMove struct {
	ID         int64               `json:"id"`
	At         time.Time           `json:"at"`
	Derivation calendar.Derivation `json:"derivation"`
	roundID    int64
}

type liveRound struct {
	roundRow
	PlanCode  string `db:"plan_code"`
	DutyCode  string `db:"duty_code"`
	DutyTitle string `db:"duty_title"`
	TimeZone  string `db:"time_zone"`
}

func (c *comparison) rounds(ctx context.Context, tx *sqlx.Tx) error {
	var live []liveRound
	if err := tx.SelectContext(ctx, &live, `
		SELECT r.id, r.duty_id, r.period_key, r.cadences, r.window_from_on, r.window_to_on, r.state, r.opens_at, r.due_at, r.closes_at,
			p.code AS plan_code, d.code AS duty_code, COALESCE(NULLIF(r.title, ''), d.title) AS duty_title, p.time_zone
		FROM rounds r JOIN duties d ON d.id = r.duty_id JOIN plans p ON p.id = r.plan_id
		WHERE r.state <> 'closed' AND p.state IN ('active', 'suspended') ORDER BY r.duty_id, r.id`); err != nil {
		return fmt.Errorf("list live rounds: %w", err)
	}
	var before, after dutyContext
	for _, r := range live {
		var err error
		if r.DutyID != before.ID {
			if before, err = readDutyUnder(ctx, tx, r.DutyID, c.before); err != nil {
				return err
			}
			if after, err = readDutyUnder(ctx, tx, r.DutyID, c.after); err != nil {
				return err
			}
		}
		if r.State == "scheduled" {
			err = c.scheduledRound(r, after)
		} else {
			err = c.openRound(ctx, tx, r, before, after)
		}
		if err != nil {
			return fmt.Errorf("round %d: %w", r.ID, err)
		}
	}
	return nil
}

func (c *comparison) scheduledRound(r liveRound, after dutyContext) error {
	round, err := after.StreamOf(r.period()).Round(r.period())
	if f := fault.Of(err); f != nil && f.Code == calendar.CodeDueBeforeStart {
		return nil
	}
	if err != nil {
		return err
	}
	if round.OpensAt.Equal(r.OpensAt) && round.DueAt.Equal(r.DueAt) && round.ClosesAt.Equal(r.ClosesAt) {
		return nil
	}
	c.scheduled = append(c.scheduled, scheduledMove{timetable.RoundMove{
		PlanCode: r.PlanCode, DutyCode: r.DutyCode, DutyTitle: r.DutyTitle, PeriodKey: r.Key, TimeZone: r.TimeZone, RoundID: r.ID,
		OpensFrom: r.OpensAt.UTC(), OpensTo: round.OpensAt.UTC(), DueFrom: r.DueAt.UTC(), DueTo: round.DueAt.UTC(),
	}, r.DutyID, round})
	return nil
}

type liveTask struct {
	ID                 int64      `db:"id"`
	AgencyID           int64      `db:"agency_id"`
	AgencyCode         string     `db:"agency_code"`
	Level              string     `db:"level"`
	State              task.State `db:"state"`
	DueAt              time.Time  `db:"due_at"`
	Derivation         []byte     `db:"derivation"`
	ResubmitDueAt      *time.Time `db:"resubmit_due_at"`
	ResubmitDerivation []byte     `db:"resubmit_derivation"`
}

func (c *comparison) openRound(ctx context.Context, tx *sqlx.Tx, r liveRound, before, after dutyContext) error {
	var tasks []liveTask
	if err := tx.SelectContext(ctx, &tasks, `
		SELECT t.id, t.agency_id, a.code AS agency_code, a.level, t.state, t.due_at, t.derivation, t.resubmit_due_at, t.resubmit_derivation
		FROM tasks t JOIN agencies a ON a.id = t.agency_id
		WHERE t.round_id = $1 AND t.state IN ('open', 'prepared', 'returned', 'submitted') AND t.closed_at IS NULL ORDER BY t.id`, r.ID); err != nil {
		return fmt.Errorf("list live tasks: %w", err)
	}
	groups := map[string]int{}
	for _, t := range tasks {
		move, err := c.task(r, t, before, after)
		if err != nil {
			return fmt.Errorf("task %d: %w", t.ID, err)
		}
		if move == nil {
			continue
		}
		key := fmt.Sprint(move.Resubmission, move.DueFrom, move.DueTo, t.State == task.StateSubmitted, move.Derivation.Sentence("vi"))
		at, known := groups[key]
		if !known {
			at = len(c.moves)
			groups[key] = at
			c.moves = append(c.moves, *move)
		}
		group := &c.moves[at]
		group.Tasks = append(group.Tasks, t.ID)
		group.Agencies = append(group.Agencies, t.AgencyCode)
	}
	return nil
}

// task computes how one task moves; nil if it does not.
func (c *comparison) task(r liveRound, t liveTask, before, after dutyContext) (*taskMove, error) {
	period := r.period()
	move := &taskMove{duty: after, Move: timetable.Move{
		PlanCode: r.PlanCode, DutyCode: r.DutyCode, DutyTitle: r.DutyTitle, PeriodKey: r.Key, TimeZone: r.TimeZone, RoundID: r.ID,
		Resubmission: t.State.Owed() && t.ResubmitDueAt != nil, DueFrom: t.DueAt.UTC(),
	}}
	w := after.calendars.of(t.AgencyID)
	var old, due calendar.DueTime
	var err error
	if move.Resubmission {
		move.DueFrom = t.ResubmitDueAt.UTC()
		old, due, err = c.resubmission(t, after, w)
	} else {
		old, due, err = c.due(t, period, before, after)
	}
	if err != nil {
		return nil, err
	}
	move.DueTo, move.Derivation = due.At.UTC(), due.Derivation
	// What is over stays, unless nobody could report then; and nothing moves into the past.
	if !c.outage && (!move.DueFrom.After(c.now) || !move.DueTo.After(c.now)) {
		move.DueTo, move.Derivation, due = move.DueFrom, old.Derivation, old
	}
	if t.State != task.StateSubmitted {
		if err := move.compile(period, old.At, due.At, before, w, c.before.of(t.AgencyID), c.now); err != nil {
			return nil, err
		}
	}
	if move.DueTo.Equal(move.DueFrom) && move.Steps == 0 {
		return nil, nil //nolint:nilnil // nothing moves
	}
	return move, nil
}

// due computes the due time before and after; what happened to it since it was
// first computed happens to it again.
func (c *comparison) due(t liveTask, p calendar.Period, before, after dutyContext) (old, due calendar.DueTime, err error) {
	old.At = t.DueAt
	if err := json.Unmarshal(t.Derivation, &old.Derivation); err != nil {
		return old, due, fmt.Errorf("read derivation: %w", err)
	}
	if p.Cadence.OpenedByHand() {
		// A person asked for it by then; only where nobody could send does it move.
		return old, calendar.MoveOutOf(old, after.Outages, c.after.of(t.AgencyID), after.Zone), nil
	}
	computed, err := before.Due(p, timetable.Kind{Level: t.Level, Calendar: c.before.keyOf[t.AgencyID]})
	if err != nil {
		return old, due, err
	}
	tail, known := old.Derivation.Tail(computed.Derivation)
	if !known {
		return old, old, nil
	}
	w := c.after.of(t.AgencyID)
	if due, err = after.Due(p, timetable.Kind{Level: t.Level, Calendar: c.after.keyOf[t.AgencyID]}); err != nil {
		return old, due, err
	}
	if len(tail) > 0 {
		due = calendar.MoveOutOf(calendar.Replay(due, tail, w, after.Zone), after.Outages, w, after.Zone)
	}
	return old, due, nil
}

func (c *comparison) resubmission(t liveTask, after dutyContext, w calendar.WorkingCalendar) (old, due calendar.DueTime, err error) {
	old.At = *t.ResubmitDueAt
	if err := json.Unmarshal(t.ResubmitDerivation, &old.Derivation); err != nil {
		return old, due, fmt.Errorf("read derivation: %w", err)
	}
	due, counted := calendar.ResubmitAgain(old.Derivation, w, after.Zone)
	if !counted {
		due = old
	}
	return old, calendar.MoveOutOf(due, after.Outages, w, after.Zone), nil
}

// compile finds the steps around the due time as they will be, and how many of
// them come at another time than before.
func (m *taskMove) compile(p calendar.Period, oldDue, newDue time.Time, before dutyContext, w, wBefore calendar.WorkingCalendar, now time.Time) error {
	was, err := calendar.Steps(before.Policy(p), calendar.AnchorDue, oldDue, wBefore, before.Zone)
	if err != nil {
		return err
	}
	will, err := calendar.Steps(m.duty.Policy(p), calendar.AnchorDue, newDue, w, m.duty.Zone)
	if err != nil {
		return err
	}
	for _, step := range will {
		i := slices.IndexFunc(was, func(o calendar.StepTime) bool { return o.Rule.Code == step.Rule.Code })
		// What is over was told; what was to come is told at its new time.
		if i >= 0 && !was[i].At.After(now) && newDue.Equal(oldDue) {
			continue
		}
		if i < 0 || !was[i].At.Equal(step.At) {
			m.Steps++
		}
		if step.At.After(now) || newDue.Equal(oldDue) {
			m.steps = append(m.steps, stepPlans([]calendar.StepTime{step})...)
		}
	}
	return nil
}

// waitingForReview finds the reviewers' pending steps whose time moves.
func (c *comparison) waitingForReview(ctx context.Context, tx *sqlx.Tx) error {
	var waiting []struct {
		StepID      int64     `db:"step_id"`
		Code        string    `db:"code"`
		At          time.Time `db:"at"`
		TaskID      int64     `db:"task_id"`
		Anchor      string    `db:"anchor"`
		Since       string    `db:"since"`
		CountedFrom time.Time `db:"counted_from"`
		WhoseDays   int64     `db:"whose_days"`
		RoundID     int64     `db:"round_id"`
		DutyID      int64     `db:"duty_id"`
	}
	// A ladder laid anew (occurrence 2), after a contested decision fell, counts from then and not from the submission.
	if err := tx.SelectContext(ctx, &waiting, `
		SELECT s.id AS step_id, s.code, s.at, s.anchor, t.id AS task_id, t.round_id, t.duty_id,
			CASE WHEN s.anchor = 'correction' THEN 'corrected' WHEN s.anchor = 'submitted' AND f.submission_id IS NOT NULL THEN 'forwarded' ELSE 'submitted' END AS since,
			CASE s.anchor WHEN 'forwarding' THEN t.submitted_at WHEN 'correction' THEN b.submitted_at ELSE COALESCE(f.forwarded_at, t.submitted_at) END AS counted_from,
			COALESCE(CASE s.anchor WHEN 'forwarding' THEN t.through_id ELSE t.reviewer_id END, 0) AS whose_days
		FROM steps s JOIN tasks t ON t.id = s.task_id JOIN submissions b ON b.task_id = t.id AND b.number = s.due_version
		LEFT JOIN forwardings f ON f.submission_id = b.id
		WHERE s.state = 'pending' AND s.anchor IN ('submitted', 'forwarding', 'correction') AND s.occurrence = 1
			AND `+stillCalledFor+` AND s.at > $1 ORDER BY t.duty_id, s.id`, c.now); err != nil {
		return fmt.Errorf("list reviewers' steps: %w", err)
	}
	var duty dutyContext
	for _, s := range waiting {
		var err error
		if s.DutyID != duty.ID {
			if duty, err = readDutyUnder(ctx, tx, s.DutyID, c.after); err != nil {
				return err
			}
		}
		times, err := waitingTimes(s.Anchor, s.Since, duty.Definition, duty.Policies["review"], s.CountedFrom, c.after.of(s.WhoseDays), duty.Zone)
		if err != nil {
			return err
		}
		for _, step := range times {
			if step.Rule.Code == s.Code && !step.At.Equal(s.At) {
				c.reviews = append(c.reviews, stepMove{s.StepID, step.At.UTC(), step.Derivation, s.RoundID})
			}
		}
	}
	return nil
}

// effect sums up the comparison for people.
func (c *comparison) effect(ctx context.Context, tx *sqlx.Tx) (timetable.Effect, error) {
	effect := timetable.Effect{ReviewSteps: len(c.reviews)}
	agencies := map[string]bool{}
	for _, m := range c.moves {
		effect.Moves = append(effect.Moves, m.Move)
		effect.Tasks += len(m.Tasks)
		for _, code := range m.Agencies {
			agencies[code] = true
		}
	}
	for _, r := range c.scheduled {
		effect.Rounds = append(effect.Rounds, r.RoundMove)
	}
	effect.Agencies = len(agencies)
	if err := tx.GetContext(ctx, &effect.People, `
		SELECT count(DISTINCT recipient) FROM (`+dueMovedRecipients+`) AS r`, pq.Array(c.told()), c.now); err != nil {
		return effect, fmt.Errorf("count people concerned: %w", err)
	}
	return effect, nil
}

// told are the tasks of which people are told: those that are owed and whose
// due time moves.
func (c *comparison) told() []int64 {
	ids := []int64{}
	for _, m := range c.moves {
		if !m.DueFrom.Equal(m.DueTo) {
			ids = append(ids, m.Tasks...)
		}
	}
	return ids
}
