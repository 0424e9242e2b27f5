package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
)

type roundRow struct {
	ID       int64          `db:"id"`
	DutyID   int64          `db:"duty_id"`
	Key      string         `db:"period_key"`
	Cadences pq.StringArray `db:"cadences"`
	From     time.Time      `db:"window_from_on"`
	To       time.Time      `db:"window_to_on"`
	State    string         `db:"state"`
	OpensAt  time.Time      `db:"opens_at"`
	DueAt    time.Time      `db:"due_at"`
	ClosesAt time.Time      `db:"closes_at"`
}

func (r roundRow) period() calendar.Period {
	p := calendar.Period{Key: r.Key, Start: civil(r.From), End: civil(r.To)}
	for _, c := range r.Cadences {
		p.Cadences = append(p.Cadences, calendar.Cadence(c))
	}
	if len(p.Cadences) > 0 {
		p.Cadence = p.Cadences[len(p.Cadences)-1]
	}
	return p
}

// lockRound leaves the key free: who submits holds the task and refers to the
// round, while who holds the round waits for its tasks.
func lockRound(ctx context.Context, tx *sqlx.Tx, id int64) (roundRow, error) {
	var row roundRow
	err := tx.GetContext(ctx, &row, `
		SELECT id, duty_id, period_key, cadences, window_from_on, window_to_on, state, opens_at, due_at, closes_at
		FROM rounds WHERE id = $1 FOR NO KEY UPDATE`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return row, notFound()
	}
	if err != nil {
		return row, fmt.Errorf("lock round: %w", err)
	}
	return row, nil
}

// openBatch bounds how many tasks one transaction opens.
const openBatch = 4000

// OpenRound opens the tasks of every agency that owes the round's duty, with
// their due times and steps, in batches; progress is told after each so that a
// long one shows life. It is idempotent: a crash between batches goes on where
// it stopped. A round whose time has not come or whose plan is not active stays
// as it is.
func (s *Store) OpenRound(ctx context.Context, roundID int64, progress func(tasks int)) error {
	for {
		opened, done, err := s.openRoundBatch(ctx, roundID)
		if err != nil || done {
			return err
		}
		progress(opened)
	}
}

func (s *Store) openRoundBatch(ctx context.Context, roundID int64) (opened int, done bool, err error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return 0, false, err
	}
	err = s.transact(ctx, func(tx *sqlx.Tx) error {
		if err := holdCalendar(ctx, tx); err != nil {
			return err
		}
		round, err := lockRound(ctx, tx, roundID)
		if err != nil {
			return err
		}
		d, err := s.readDuty(ctx, tx, round.DutyID)
		if err != nil {
			return err
		}
		if round.State != "scheduled" || d.PlanState != plan.Active || now.Before(round.OpensAt) {
			done = true
			return nil
		}
		if opened, err = insertTasks(ctx, tx, d, round, now, s.wall()); err != nil {
			return err
		}
		if opened == openBatch {
			return nil
		}
		done = true
		return s.markOpen(ctx, tx, round, now)
	})
	return opened, done, err
}

// taskPlan is what all tasks of one kind of a round have in common.
type taskPlan struct {
	Level      string          `json:"level"`
	Calendar   string          `json:"calendar"`
	DueAt      time.Time       `json:"due_at"`
	Derivation json.RawMessage `json:"derivation"`
	Steps      []stepPlan      `json:"steps"`
}

type stepPlan struct {
	Code       string    `json:"code"`
	Kind       string    `json:"kind"`
	Anchor     string    `json:"anchor"`
	At         time.Time `json:"at"`
	Audience   []string  `json:"audience"`
	Severity   int       `json:"severity"`
	Digest     bool      `json:"digest"`
	Cron       string    `json:"cron"`
	Occurrence int       `json:"occurrence"`
	// Derivation explains At.
	Derivation calendar.Derivation `json:"derivation"`
}

func stepPlans(times []calendar.StepTime) []stepPlan {
	plans := make([]stepPlan, 0, len(times))
	for _, t := range times {
		p := stepPlan{
			Code: t.Rule.Code, Kind: t.Rule.Kind, Anchor: string(t.Rule.Anchor), At: t.At.UTC(),
			Severity: t.Rule.Severity, Digest: t.Rule.Digest, Cron: t.Rule.Cron, Occurrence: max(t.Occurrence, 1), Audience: []string{}, Derivation: t.Derivation,
		}
		for _, a := range t.Rule.Audience {
			p.Audience = append(p.Audience, string(a))
		}
		plans = append(plans, p)
	}
	return plans
}

// taskPlans is what the round's tasks hold, kind by kind.
func (d dutyContext) taskPlans(round roundRow) ([]taskPlan, error) {
	tasks, err := d.Tasks(round.period(), round.OpensAt)
	if err != nil {
		return nil, err
	}
	plans := make([]taskPlan, 0, len(tasks))
	for _, t := range tasks {
		derivation, err := json.Marshal(t.Due.Derivation)
		if err != nil {
			return nil, fmt.Errorf("encode derivation: %w", err)
		}
		plans = append(plans, taskPlan{
			Level: t.Kind.Level, Calendar: t.Kind.Calendar, DueAt: t.Due.At.UTC(), Derivation: derivation, Steps: stepPlans(t.Steps),
		})
	}
	return plans, nil
}

func insertTasks(ctx context.Context, tx *sqlx.Tx, d dutyContext, round roundRow, now, wall time.Time) (int, error) {
	plans, err := d.taskPlans(round)
	if err != nil {
		return 0, err
	}
	return insertPlanned(ctx, tx, d, round, plans, nil, now, wall)
}

// insertPlanned opens the tasks of those who owe the duty, or of the chosen ones
// among them.
func insertPlanned(ctx context.Context, tx *sqlx.Tx, d dutyContext, round roundRow, plans []taskPlan, chosen []int64, now, wall time.Time) (int, error) {
	encoded, err := json.Marshal(plans)
	if err != nil {
		return 0, fmt.Errorf("encode task plan: %w", err)
	}
	today := calendar.DateOf(now, d.Zone).String()
	agencies, keys := d.calendars.exceptions()
	var opened int
	err = tx.GetContext(ctx, &opened, `
		WITH plan AS (
			SELECT level, calendar, due_at, derivation, steps
			FROM jsonb_to_recordset($4::jsonb) AS f (level text, calendar text, due_at timestamptz, derivation jsonb, steps jsonb)
		), owing AS (
			SELECT s.agency_id, min(s.recipient_id) AS recipient_id, min(s.reviewer_id) AS reviewer_id, min(s.through_id) AS through_id, a.level, COALESCE(x.calendar, '') AS calendar
			FROM assignments s JOIN agencies a ON a.id = s.agency_id
			LEFT JOIN unnest($9::bigint[], $10::text[]) AS x (agency_id, calendar) ON x.agency_id = a.id
			WHERE s.duty_id = $2 AND s.role IN ('lead', 'implementing') AND $5::date BETWEEN a.valid_from_on AND a.valid_to_on
				AND ($11::bigint[] IS NULL OR s.agency_id = ANY ($11::bigint[]))
				AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.round_id = $1 AND t.agency_id = s.agency_id)
			GROUP BY s.agency_id, a.level, x.calendar ORDER BY s.agency_id LIMIT $6
		), opened AS (
			INSERT INTO tasks (round_id, duty_id, plan_id, agency_id, recipient_id, reviewer_id, through_id, state, due_at, original_due_at, derivation, opened_at)
			SELECT $1, $2, $7, o.agency_id, o.recipient_id, o.reviewer_id, o.through_id, 'open', p.due_at, p.due_at, p.derivation, $3
			FROM owing o JOIN plan p ON p.level = o.level AND p.calendar = o.calendar
			RETURNING id, agency_id
		), ladder AS (
			INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, occurrence, at, audience, severity, digest, cron, derivation)
			SELECT t.id, $1, f.code, f.kind, f.anchor, 1, f.occurrence, f.at, f.audience, f.severity, f.digest, f.cron, f.derivation
			FROM opened t JOIN owing o ON o.agency_id = t.agency_id JOIN plan p ON p.level = o.level AND p.calendar = o.calendar,
				jsonb_to_recordset(p.steps) AS f (code text, kind text, anchor text, at timestamptz, audience text[],
					severity int, digest bool, cron text, occurrence int, derivation jsonb)
		), trail AS (
			INSERT INTO audit (at, recorded_at, action, entity, entity_id, after)
			SELECT $3, $8, 'task.opened', 'task', t.id, jsonb_build_object('round', $1::bigint, 'agency', t.agency_id) FROM opened t
		)
		SELECT count(*) FROM opened`,
		round.ID, d.ID, now, string(encoded), today, openBatch, d.PlanID, wall, pq.Array(agencies), pq.Array(keys), arrayOrNull(chosen))
	if err != nil {
		return 0, fmt.Errorf("open tasks: %w", err)
	}
	return opened, nil
}

func (s *Store) markOpen(ctx context.Context, tx *sqlx.Tx, round roundRow, now time.Time) error {
	result, err := tx.ExecContext(ctx, `
		UPDATE rounds SET state = 'open', opened_at = $2, version = version + 1 WHERE id = $1 AND state = 'scheduled'`, round.ID, now)
	if err != nil {
		return fmt.Errorf("mark round open: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return errors.Join(fmt.Errorf("round %d was not scheduled any more", round.ID), err)
	}
	if err := nudgeConsolidations(ctx, tx, round.ID, now); err != nil {
		return err
	}
	return s.record(ctx, tx, systemActor, now, change{
		Action: "round.opened", Entity: "round", EntityID: round.ID, After: map[string]any{"period": round.Key},
	})
}
