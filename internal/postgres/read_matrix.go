package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// levelOrder ranks agencies as a plan's distribution list does; other levels
// follow, each together.
const levelOrder = `COALESCE(array_position('{government,ministry,province,department,sub_department,union,judiciary,district,district_office,commune}'::text[], a.level), 99), a.level, a.position, a.id`

// matrixRound is a round with what the status of its tasks depends on.
type matrixRound struct {
	ID        int64      `db:"id"`
	PeriodKey string     `db:"period_key"`
	DueAt     time.Time  `db:"due_at"`
	Opened    bool       `db:"opened"`
	Review    string     `db:"review"`
	PlanState plan.State `db:"plan_state"`
	TimeZone  string     `db:"time_zone"`
	Year      int        `db:"year"`
}

type matrixTask struct {
	ID               int64        `db:"id"`
	RoundID          int64        `db:"round_id"`
	AgencyID         int64        `db:"agency_id"`
	State            task.State   `db:"state"`
	DueAt            time.Time    `db:"due_at"`
	ResubmitDueAt    sql.NullTime `db:"resubmit_due_at"`
	FirstSubmittedAt sql.NullTime `db:"first_submitted_at"`
}

func (t matrixTask) facts(review string) task.Facts {
	return task.Facts{
		State: t.State, ReviewRequired: reviewRequired(review), DueAt: t.DueAt.UTC(),
		ResubmitDueAt: instant(t.ResubmitDueAt), FirstSubmittedAt: instant(t.FirstSubmittedAt),
	}
}

// Matrix shows a plan's tasks, as far as the actor sees them, as agencies ×
// periods. A plan that the actor does not see is fault.NotFound.
func (s *Store) Matrix(ctx context.Context, actor policy.Actor, f task.MatrixFilter) (task.Matrix, error) {
	skip, err := skipped("matrix", f.Cursor)
	if err != nil {
		return task.Matrix{}, err
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return task.Matrix{}, fmt.Errorf("business clock: %w", err)
	}
	m := &matrixRead{f: f, now: now, limit: limitOf(f.Limit), matrix: task.Matrix{At: now.UTC()}}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		reach, err := reachOf(ctx, tx, actor)
		if err != nil {
			return err
		}
		if !slices.Contains(reach.whole, f.PlanID) {
			err = seePlan(ctx, tx, actor, f.PlanID)
		}
		if err != nil {
			return err
		}
		if err := m.columns(ctx, tx); err != nil {
			return err
		}
		if err := m.rows(ctx, tx, reach, skip); err != nil {
			return err
		}
		if err := m.cells(ctx, tx, reach); err != nil {
			return err
		}
		return m.below(ctx, tx, reach)
	})
	return m.matrix, err
}

// skipped reads how many rows the pages before had.
func skipped(list, cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	key, _, err := decodeCursor(list, cursor)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(key)
	if err != nil || n < 0 {
		return 0, refusedCursor()
	}
	return n, nil
}

// matrixRead puts a matrix together in one view of the database.
type matrixRead struct {
	f        task.MatrixFilter
	now      time.Time
	limit    int
	matrix   task.Matrix
	rounds   map[int64]matrixRound
	column   map[int64]int // of a round
	roundIDs []int64
	row      map[int64]int // of an agency
	agencies []int64
}

func (m *matrixRead) columns(ctx context.Context, tx *sqlx.Tx) error {
	var all []matrixRound
	if err := tx.SelectContext(ctx, &all, `
		SELECT r.id, r.period_key, r.due_at, r.state <> 'scheduled' AS opened, d.review, p.state AS plan_state, p.time_zone,
			extract(year FROM r.window_to_on)::int AS year
		FROM rounds r JOIN duties d ON d.id = r.duty_id JOIN plans p ON p.id = r.plan_id
		WHERE r.plan_id = $1 AND ($2::bigint = 0 OR r.duty_id = $2) AND r.dropped_at IS NULL
		ORDER BY r.due_at, r.id`, m.f.PlanID, m.f.DutyID); err != nil {
		return fmt.Errorf("read rounds: %w", err)
	}
	for _, r := range all {
		m.matrix.Years = append(m.matrix.Years, r.Year)
	}
	slices.Sort(m.matrix.Years)
	m.matrix.Years = slices.Compact(m.matrix.Years)
	if m.matrix.Year = m.f.Year; m.matrix.Year == 0 {
		m.matrix.Year = m.nearestYear(all)
	}
	all = slices.DeleteFunc(all, func(r matrixRound) bool { return r.Year != m.matrix.Year })
	place := map[string]int{}
	for _, r := range all {
		if _, there := place[r.PeriodKey]; !there {
			place[r.PeriodKey] = len(m.matrix.Columns)
			m.matrix.Columns = append(m.matrix.Columns, task.MatrixColumn{PeriodKey: r.PeriodKey, DueAt: r.DueAt.UTC()})
		}
	}
	dropped := max(len(m.matrix.Columns)-task.MatrixColumns, 0)
	m.matrix.Columns = m.matrix.Columns[dropped:]
	m.rounds, m.column = map[int64]matrixRound{}, map[int64]int{}
	for _, r := range all {
		if at := place[r.PeriodKey] - dropped; at >= 0 {
			m.rounds[r.ID], m.column[r.ID] = r, at
			m.roundIDs = append(m.roundIDs, r.ID)
		}
	}
	m.markCurrent()
	return nil
}

// nearestYear is this year or, where the plan has no period in it, the last before
// it or else the first after it.
func (m *matrixRead) nearestYear(all []matrixRound) int {
	if len(all) == 0 {
		return m.now.Year()
	}
	zone, err := zones{}.load(all[0].TimeZone)
	if err != nil {
		zone = time.UTC
	}
	today, found := calendar.DateOf(m.now, zone).Year, m.matrix.Years[0]
	for _, year := range m.matrix.Years {
		if year <= today {
			found = year
		}
	}
	return found
}

func (m *matrixRead) markCurrent() {
	current := -1
	for _, id := range m.roundIDs { // by due time
		r := m.rounds[id]
		if !r.Opened {
			continue
		}
		if current = m.column[id]; !r.DueAt.Before(m.now) {
			break
		}
	}
	if current >= 0 {
		m.matrix.Columns[current].Current = true
	}
}

// rows picks the agencies: in their order they are tried until the page is full,
// because to find all that owe anything every task would be read.
func (m *matrixRead) rows(ctx context.Context, tx *sqlx.Tx, r reach, skip int) error {
	narrowedTo, err := under(ctx, tx, m.f.UnderAgency)
	if err != nil || len(m.roundIDs) == 0 {
		return err
	}
	q := &taskQuery{}
	rounds, with, from, where := q.ids(m.roundIDs), ``, `agencies a`, ``
	if narrowedTo != nil {
		where = ` WHERE a.id = ANY (` + q.ids(narrowedTo) + `)`
	}
	owes := `SELECT 1 FROM tasks t WHERE t.agency_id = a.id AND t.round_id = ANY (` + rounds + `) LIMIT 1`
	if !slices.Contains(r.whole, m.f.PlanID) {
		with = q.handled(rounds, r)
		from = `(SELECT id FROM handled UNION SELECT unnest(` + q.ids(r.below) + `)) AS seen (id) JOIN agencies a ON a.id = seen.id`
		owes = `SELECT 1 FROM handled h WHERE h.id = a.id UNION ALL (` + owes + `) LIMIT 1`
	}
	var found []struct {
		ID    int64  `db:"id"`
		Name  string `db:"name"`
		Level string `db:"level"`
	}
	query := with + `SELECT a.id, a.name, a.level FROM (SELECT a.* FROM ` + from + where + ` ORDER BY ` + levelOrder + `) AS a
		CROSS JOIN LATERAL (` + owes + `) AS owes LIMIT ` + q.arg(m.limit+1) + ` OFFSET ` + q.arg(skip)
	if err := tx.SelectContext(ctx, &found, query, q.args...); err != nil {
		return fmt.Errorf("read agencies of matrix: %w", err)
	}
	if len(found) > m.limit {
		found = found[:m.limit]
		m.matrix.Next = encodeCursor("matrix", strconv.Itoa(skip+m.limit), 0)
	}
	m.row = map[int64]int{}
	for i, a := range found {
		m.row[a.ID] = i
		m.agencies = append(m.agencies, a.ID)
		m.matrix.Rows = append(m.matrix.Rows, task.MatrixRow{AgencyID: a.ID, Agency: a.Name, Level: a.Level, Cells: make([]task.MatrixCell, len(m.matrix.Columns))})
	}
	return nil
}

// handled are the agencies whose results the actor's agencies review, receive or
// pass on; without any the query needs none of them.
func (q *taskQuery) handled(rounds string, r reach) string {
	parts := []string{`SELECT NULL::bigint WHERE false`}
	for _, way := range some(r.handled("reviewer_id"), r.handled("recipient_id"), r.handled("through_id")) {
		parts = append(parts, `SELECT DISTINCT t.agency_id FROM unnest(`+rounds+`) AS m (id) CROSS JOIN unnest(`+q.ids(way.keys)+`) AS k (id)
			JOIN tasks t ON t.round_id = m.id AND t.`+way.column+` = k.id WHERE true`+q.conditions(way))
	}
	return `WITH handled (id) AS MATERIALIZED (` + strings.Join(parts, ` UNION `) + `) `
}

func (m *matrixRead) cells(ctx context.Context, tx *sqlx.Tx, r reach) (err error) {
	if len(m.agencies) == 0 {
		return nil
	}
	q := &taskQuery{}
	query := `SELECT t.id, t.round_id, t.agency_id, t.state, t.due_at, t.resubmit_due_at, t.first_submitted_at
		FROM unnest(` + q.ids(m.roundIDs) + `) AS m (id) CROSS JOIN unnest(` + q.ids(m.agencies) + `) AS k (id)
		JOIN tasks t ON t.round_id = m.id AND t.agency_id = k.id WHERE ` + r.seen(q)
	rows, err := tx.QueryContext(ctx, query, q.args...)
	if err != nil {
		return fmt.Errorf("read tasks of matrix: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	zone, t := zones{}, matrixTask{}
	for rows.Next() {
		if err := rows.Scan(&t.ID, &t.RoundID, &t.AgencyID, &t.State, &t.DueAt, &t.ResubmitDueAt, &t.FirstSubmittedAt); err != nil {
			return fmt.Errorf("read task of matrix: %w", err)
		}
		if err := m.add(t, zone); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read tasks of matrix: %w", err)
	}
	return nil
}

// add puts a task into its cell.
func (m *matrixRead) add(t matrixTask, zone zones) error {
	round := m.rounds[t.RoundID]
	z, err := zone.load(round.TimeZone)
	if err != nil {
		return err
	}
	facts := t.facts(round.Review)
	status := statusAt(facts, round.PlanState, m.now)
	m.matrix.Rows[m.row[t.AgencyID]].Cells[m.column[t.RoundID]].Add(task.MatrixCell{
		TaskID: t.ID, State: t.State, Status: status, DueAt: facts.EffectiveDue(), DaysLate: daysLate(facts, status, m.now, z),
	})
	return nil
}

// below counts what others owe the agencies in the current period.
func (m *matrixRead) below(ctx context.Context, tx *sqlx.Tx, r reach) error {
	at := slices.IndexFunc(m.matrix.Columns, func(c task.MatrixColumn) bool { return c.Current })
	if at < 0 || len(m.agencies) == 0 {
		return nil
	}
	q := &taskQuery{}
	// All duties count: what the level below reports on is seldom the duty chosen.
	rounds := `ARRAY(SELECT id FROM rounds WHERE plan_id = ` + q.arg(m.f.PlanID) + ` AND period_key = ` + q.arg(m.matrix.Columns[at].PeriodKey) + ` AND dropped_at IS NULL AND state <> 'scheduled')`
	query := `SELECT k.id, o.owed, o.given FROM unnest(` + q.ids(m.agencies) + `) AS k (id) CROSS JOIN LATERAL (
			SELECT count(*) AS owed, count(*) FILTER (WHERE t.submitted_at IS NOT NULL) AS given
			FROM tasks t WHERE t.round_id = ANY (` + rounds + `) AND t.reviewer_id = k.id
				AND t.agency_id <> t.reviewer_id AND t.state NOT IN ('scheduled', 'waived', 'cancelled') AND ` + r.seen(q) + `) AS o
		WHERE o.owed > 0`
	var found []struct {
		ID    int64 `db:"id"`
		Owed  int   `db:"owed"`
		Given int   `db:"given"`
	}
	if err := tx.SelectContext(ctx, &found, query, q.args...); err != nil {
		return fmt.Errorf("count what is owed below: %w", err)
	}
	for _, b := range found {
		row := &m.matrix.Rows[m.row[b.ID]]
		row.Below, row.Given = b.Owed, b.Given
	}
	return nil
}
