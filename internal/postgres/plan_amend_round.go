package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/task"
	"dondoc/internal/timetable"
)

// roundWork is what an amendment does to one open round.
type roundWork struct {
	effect amendment.RoundEffect
	pair   int // among the duties
	row    roundRow
	// period is the round's under the new schedule; there is none any more where
	// exists is false.
	period    calendar.Period
	exists    bool
	plans     []taskPlan // of the tasks that open
	cancelled []int64
	rerouted  []rerouted
	moves     []dueMove
	// waiting are tasks with something that waits for a decision whose rules changed.
	waiting []int64
}

// rerouted is a task whose result goes elsewhere.
type rerouted struct {
	ID        int64  `json:"id"`
	Recipient string `json:"recipient"`
	Reviewer  string `json:"reviewer"`
	Through   string `json:"through"`
}

// scheduledWork is what it does to a round that has not opened.
type scheduledWork struct {
	effect amendment.ScheduledEffect
	dutyID int64
	round  timetable.Round
}

type amendedRound struct {
	liveRound
	Begun bool `db:"begun"`
}

type amendedTask struct {
	liveTask
	Submissions int    `db:"submissions"`
	Closed      bool   `db:"closed"`
	Recipient   string `db:"recipient"`
	Reviewer    string `db:"reviewer"`
	Through     string `db:"through"`
	// Held: it waits for the agency that passes it on.
	Held bool `db:"held"`
	// Correcting: a correction of it waits for its decision.
	Correcting bool `db:"correcting"`
}

// live reports whether the task may still change: not settled, and its round not over for it.
func (t amendedTask) live() bool {
	return !t.Closed && (t.State.Owed() || t.State == task.StateSubmitted)
}

// rounds finds what happens to every live round of the duties that change.
func (a *amending) rounds(ctx context.Context, tx *sqlx.Tx, hold bool) error {
	of := map[int64]int{}
	var ids, reviewed []int64
	for i, pair := range a.duties {
		if pair.id == 0 {
			continue
		}
		of[pair.id] = i
		ids = append(ids, pair.id)
		if pair.reviewChanged() {
			reviewed = append(reviewed, pair.id)
		}
	}
	lockRounds, lockTasks := "", ""
	if hold {
		lockRounds, lockTasks = " FOR NO KEY UPDATE OF r", " FOR NO KEY UPDATE OF t"
	}
	var live []amendedRound
	if err := tx.SelectContext(ctx, &live, `
		SELECT r.id, r.duty_id, r.period_key, r.cadences, r.window_from_on, r.window_to_on, r.state, r.opens_at, r.due_at, r.closes_at,
			p.code AS plan_code, d.code AS duty_code, COALESCE(NULLIF(r.title, ''), d.title) AS duty_title, p.time_zone,
			EXISTS (SELECT 1 FROM tasks t WHERE t.round_id = r.id) AS begun
		FROM rounds r JOIN duties d ON d.id = r.duty_id JOIN plans p ON p.id = r.plan_id
		WHERE r.duty_id = ANY ($1) AND (r.state <> 'closed' OR r.duty_id = ANY ($2)
			AND EXISTS (SELECT 1 FROM tasks t LEFT JOIN corrections k ON k.task_id = t.id AND k.outcome = 'waiting'
				WHERE t.round_id = r.id AND (t.state = 'submitted' OR k.id IS NOT NULL)))
		ORDER BY r.id`+lockRounds, pq.Array(ids), pq.Array(reviewed)); err != nil {
		return fmt.Errorf("list live rounds: %w", err)
	}
	for _, r := range live {
		pair := a.duties[of[r.DutyID]]
		if r.State == "scheduled" {
			if r.Begun {
				return fault.New(fault.Conflict, "amendment.opening",
					"Kỳ %[1]s của nhiệm vụ %[2]s đang mở; thử lại sau ít phút.", "The round %[1]s of %[2]s is being opened; try again in a few minutes.", r.Key, pair.code)
			}
			if err := a.scheduledRound(r, pair); err != nil {
				return fmt.Errorf("round %d: %w", r.ID, err)
			}
			continue
		}
		var tasks []amendedTask
		if err := tx.SelectContext(ctx, &tasks, `
			SELECT t.id, t.agency_id, a.code AS agency_code, a.level, t.state, t.due_at, t.derivation, t.resubmit_due_at, t.resubmit_derivation,
				t.submissions, t.closed_at IS NOT NULL AS closed, COALESCE(c.code, '') AS recipient, COALESCE(v.code, '') AS reviewer,
				COALESCE(h.code, '') AS through, `+held+` AS held, EXISTS (SELECT 1 FROM corrections k WHERE k.task_id = t.id AND k.outcome = 'waiting') AS correcting
			FROM tasks t JOIN agencies a ON a.id = t.agency_id
			LEFT JOIN agencies c ON c.id = t.recipient_id LEFT JOIN agencies v ON v.id = t.reviewer_id LEFT JOIN agencies h ON h.id = t.through_id
			WHERE t.round_id = $1 ORDER BY t.id`+lockTasks, r.ID); err != nil {
			return fmt.Errorf("list tasks: %w", err)
		}
		if err := a.openRound(r, of[r.DutyID], tasks); err != nil {
			return fmt.Errorf("round %d: %w", r.ID, err)
		}
	}
	return nil
}

// matching finds the period of a round under the new schedule.
func (p dutyPair) matching(old calendar.Period) (calendar.Period, bool, error) {
	if !p.retired && old.Cadence.OpenedByHand() {
		return old, true, nil // a person's own period
	}
	if p.retired || p.after.Definition.CoveredBy != "" {
		return old, false, nil
	}
	stream := p.after.StreamOf(old).Definition.Schedule
	if !slices.Contains(stream.Cadences, old.Cadence) {
		return old, false, nil
	}
	from, to := old.Start, old.End.AddDays(400)
	if old.Cadence == calendar.Once { // its day may move anywhere
		from, to = calendar.Date{}, calendar.Date{}
	}
	periods, err := calendar.Periods(stream, p.after.Validity, from, to)
	if err != nil {
		return old, false, err
	}
	for _, period := range periods {
		if period.Key == old.Key {
			return period, true, nil
		}
	}
	return old, false, nil
}

func (a *amending) scheduledRound(r amendedRound, pair dutyPair) error {
	work := scheduledWork{dutyID: r.DutyID, effect: amendment.ScheduledEffect{Dropped: true, RoundMove: timetable.RoundMove{
		PlanCode: r.PlanCode, DutyCode: pair.code, DutyTitle: pair.title, PeriodKey: r.Key, TimeZone: r.TimeZone, RoundID: r.ID,
		OpensFrom: r.OpensAt.UTC(), OpensTo: r.OpensAt.UTC(), DueFrom: r.DueAt.UTC(), DueTo: r.DueAt.UTC(),
	}}}
	period, exists, err := pair.matching(r.period())
	if err != nil {
		return err
	}
	if exists && len(pair.owes) > 0 {
		work.round, err = pair.after.StreamOf(period).Round(period)
		switch {
		case dueBeforeStart(err):
		case err != nil:
			return err
		case !work.round.DueAt.After(a.over): // nothing moves into the past
			return nil
		case work.round.OpensAt.Equal(r.OpensAt) && work.round.DueAt.Equal(r.DueAt) && work.round.ClosesAt.Equal(r.ClosesAt) && sameText(period, r.period()):
			return nil
		default:
			work.effect.Dropped = false
			work.effect.OpensTo, work.effect.DueTo = work.round.OpensAt.UTC(), work.round.DueAt.UTC()
		}
	}
	a.scheduled = append(a.scheduled, work)
	a.effect.Scheduled = append(a.effect.Scheduled, work.effect)
	return nil
}

func (a *amending) openRound(r amendedRound, index int, tasks []amendedTask) error {
	pair := a.duties[index]
	w := roundWork{pair: index, row: r.roundRow, effect: amendment.RoundEffect{
		RoundID: r.ID, DutyCode: pair.code, DutyTitle: pair.title, PeriodKey: r.Key,
		ClosesFrom: r.ClosesAt.UTC(), ClosesTo: r.ClosesAt.UTC(),
	}}
	w.review(pair, tasks)
	if r.State == "open" {
		var err error
		if w.period, w.exists, err = pair.matching(r.period()); err != nil {
			return err
		}
		has := map[string]amendedTask{}
		for _, t := range tasks {
			has[t.AgencyCode] = t
			if err := a.task(&w, pair, t); err != nil {
				return fmt.Errorf("task %d: %w", t.ID, err)
			}
		}
		if err := a.gained(&w, pair, has); err != nil {
			return err
		}
		if err := w.closing(pair); err != nil {
			return err
		}
		w.ends(pair, tasks)
	}
	if w.effect.Empty() && len(w.waiting) == 0 && (!w.exists || sameText(w.period, r.period())) {
		return nil
	}
	a.open = append(a.open, w)
	a.effect.Add(w.effect)
	return nil
}

// task decides about one task of an open round.
func (a *amending) task(w *roundWork, pair dutyPair, t amendedTask) error {
	to, owes := pair.owes[t.AgencyCode]
	from, owed := pair.owed[t.AgencyCode]
	switch {
	case !owes && !owed, owes && !owed:
		return nil // settled by an earlier change, or gained: see there
	case !owes && t.Submissions > 0 && t.State != task.StateCancelled:
		w.effect.Kept = append(w.effect.Kept, t.AgencyCode)
		return nil
	case !owes && t.live():
		w.effect.Cancelled = append(w.effect.Cancelled, t.AgencyCode)
		w.cancelled = append(w.cancelled, t.ID)
		return nil
	case !owes || !t.live():
		return nil
	}
	// What is on its way goes its way: who passes it on stays.
	if from != to && (t.Recipient != to.recipient || t.Reviewer != to.reviewer || t.Through != to.through && t.State.Owed()) {
		w.effect.Rerouted = append(w.effect.Rerouted, t.AgencyCode)
		w.rerouted = append(w.rerouted, rerouted{t.ID, to.recipient, to.reviewer, to.through})
	}
	if t.State == task.StateSubmitted {
		return nil // what was sent is measured by the date that it was sent for
	}
	return a.dates(w, pair, t)
}

// gained opens tasks for those who owe the duty only now.
func (a *amending) gained(w *roundWork, pair dutyPair, has map[string]amendedTask) error {
	if !w.exists || pair.retired || w.period.Cadence.OpenedByHand() {
		return nil // whoever asked for it chose the agencies; or it is the last of its kind
	}
	kinds := map[timetable.Kind]bool{}
	for _, code := range slices.Sorted(maps.Keys(pair.owes)) {
		agency := a.agencies[code]
		if _, owed := pair.owed[code]; owed || !agency.ValidFrom.IsZero() && a.today.Before(agency.ValidFrom) || !agency.ValidTo.IsZero() && a.today.After(agency.ValidTo) {
			continue
		}
		if t, exists := has[code]; exists {
			if t.State == task.StateCancelled || t.State == task.StateWaived {
				w.effect.Later = append(w.effect.Later, code)
			}
			continue
		}
		kind := a.kind(code)
		opened, err := pair.after.Task(w.period, a.now, kind)
		if dueBeforeStart(err) || err == nil && !opened.Due.At.After(a.over) {
			w.effect.Later = append(w.effect.Later, code)
			continue
		}
		if err != nil {
			return err
		}
		w.effect.Opened = append(w.effect.Opened, code)
		if kinds[kind] {
			continue
		}
		kinds[kind] = true
		derivation, err := json.Marshal(opened.Due.Derivation)
		if err != nil {
			return fmt.Errorf("encode derivation: %w", err)
		}
		w.plans = append(w.plans, taskPlan{Level: kind.Level, Calendar: kind.Calendar, DueAt: opened.Due.At.UTC(), Derivation: derivation, Steps: stepPlans(opened.Steps)})
	}
	return nil
}
