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
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// levelRank is the place of an agency's level in a plan's distribution list;
// levelOrder follows it, other levels come behind, each together.
const levelRank = `COALESCE(array_position('{government,ministry,province,department,sub_department,union,judiciary,district,district_office,commune}'::text[], a.level), 99)`

const levelOrder = levelRank + `, a.level, a.position, a.id`

// matrixRound is a round with what the status of its tasks depends on.
type matrixRound struct {
	ID        int64      `db:"id"`
	PeriodKey string     `db:"period_key"`
	DueAt     time.Time  `db:"due_at"`
	Opened    bool       `db:"opened"`
	Review    string     `db:"review"`
	PlanState plan.State `db:"plan_state"`
	TimeZone  string     `db:"time_zone"`
	IssuerID  int64      `db:"issuer_id"`
	Year      int        `db:"year"`
}

type matrixTask struct {
	ID, RoundID, AgencyID           int64
	State                           task.State
	DueAt                           time.Time
	ResubmitDueAt, FirstSubmittedAt sql.NullTime
	Urge                            bool
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
	m := &matrixRead{actor: actor, f: f, now: now, limit: limitOf(f.Limit), matrix: task.Matrix{At: now.UTC()}}
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
	actor    policy.Actor
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
		SELECT r.id, r.period_key, r.due_at, r.state <> 'scheduled' AS opened, d.review, p.state AS plan_state, p.time_zone, p.issuer_id,
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
	q.comes(m.narrowed())
	rounds := q.ids(m.roundIDs)
	with, from, owes := ``, `a.* FROM agencies a`, `EXISTS (SELECT 1 FROM tasks t WHERE t.agency_id = a.id AND t.round_id = ANY (`+rounds+`)`+q.conditions(lookUp{})+`)`
	if !slices.Contains(r.whole, m.f.PlanID) {
		with = q.handled(rounds, r)
		from = `a.*, seen.handled FROM (SELECT id, bool_or(handled) AS handled FROM (SELECT id, true FROM handled UNION ALL SELECT unnest(` + q.ids(r.below) + `), false) AS o (id, handled) GROUP BY id) AS seen
			JOIN agencies a ON a.id = seen.id`
		owes = `(a.handled OR ` + owes + `)`
	}
	from += ` WHERE true`
	if narrowedTo != nil {
		from += ` AND a.id = ANY (` + q.ids(narrowedTo) + `)`
	}
	if m.f.Level != "" {
		from += ` AND a.level = ` + q.arg(m.f.Level)
	}
	var found []struct {
		ID    int64  `db:"id"`
		Name  string `db:"name"`
		Level string `db:"level"`
	}
	query := with + `SELECT a.id, a.name, a.level FROM (SELECT ` + from + ` ORDER BY ` + levelOrder + `) AS a
		WHERE ` + owes + ` LIMIT ` + q.arg(m.limit+1) + ` OFFSET ` + q.arg(skip)
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

// narrowed is what the matrix is about besides agencies and rounds.
func (m *matrixRead) narrowed() narrowed { return narrowed{}.by(m.actor, "", m.f.Way) }

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

// near is how far apart the ids of two agencies may be to be read in one go: to
// read past the few between them costs less than another look-up.
const near = 4

// runs are ids, put together where they are near each other: from the lows to the
// highs. The agencies of a level came in one file, so that their ids follow each other.
func runs(ids []int64) (lows, highs []int64) {
	for _, id := range slices.Sorted(slices.Values(ids)) {
		if last := len(highs) - 1; last >= 0 && id-highs[last] <= near {
			highs[last] = id
			continue
		}
		lows, highs = append(lows, id), append(highs, id)
	}
	return lows, highs
}

// numbers is an array of bigint; pq.Int64Array makes a slice of every element first.
type numbers []int64

// Scan reads "{1,2,3}".
func (n *numbers) Scan(value any) error {
	*n = (*n)[:0]
	var text string
	switch value := value.(type) {
	case nil:
		return nil
	case []byte:
		text = string(value)
	case string:
		text = value
	default:
		return fmt.Errorf("%T is no array of numbers", value)
	}
	if len(text) < 2 || text[0] != '{' || text[len(text)-1] != '}' {
		return errors.New("no array of numbers")
	}
	if text = text[1 : len(text)-1]; text == "" {
		return nil
	}
	*n = slices.Grow(*n, 1+strings.Count(text, ","))
	for one := range strings.SplitSeq(text, ",") {
		number, err := strconv.ParseInt(one, 10, 64)
		if err != nil {
			return fmt.Errorf("array of numbers: %w", err)
		}
		*n = append(*n, number)
	}
	return nil
}

// matrixCells are the tasks of one round. 5,000 rows of times take longer to write,
// send and read than to find; a due time is mostly the round's, and when something
// was sent matters where it was late.
type matrixCells struct {
	RoundID  int64   `db:"round_id"`
	Agencies numbers `db:"agencies"`
	Tasks    numbers `db:"tasks"`
	Facts    numbers `db:"facts"`
	// The times of those whose facts say that they have one, in microseconds.
	Dues      numbers `db:"dues"`
	Resubmits numbers `db:"resubmits"`
	Lates     numbers `db:"lates"`
}

// What the facts of a task say besides the place of its state among matrixStates.
const (
	factState    = 1<<4 - 1
	factOnTime   = 1 << 4
	factLate     = 1 << 5
	factDue      = 1 << 6
	factResubmit = 1 << 7
	factUrge     = 1 << 8 // by the reader, where it is overdue
)

// matrixStates are numbered from one on, as array_position counts.
var matrixStates = []task.State{
	task.StateScheduled, task.StateOpen, task.StatePrepared, task.StateSubmitted,
	task.StateReturned, task.StateAccepted, task.StateWaived, task.StateCancelled,
}

func (m *matrixRead) cells(ctx context.Context, tx *sqlx.Tx, r reach) error {
	if len(m.agencies) == 0 {
		return nil
	}
	q := &taskQuery{}
	q.comes(m.narrowed())
	reviewed := `true` // in whose name the reader urges, see policy.UrgesFor
	if !m.actor.HasAt(m.rounds[m.roundIDs[0]].IssuerID, policy.PlanAuthority) {
		reviewed = `t.reviewer_id = ANY (` + q.ids(m.actor.At(policy.Supervisor)) + `)`
	}
	lows, highs := runs(m.agencies)
	micros := func(at string) string { return `array_agg((extract(epoch FROM ` + at + `) * 1000000)::bigint)` }
	own, late := `t.due_at <> r.due_at`, `t.first_submitted_at > t.due_at`
	// Every run of agencies is looked up by itself in every round: OFFSET 0 keeps the
	// planner from reading all tasks instead, of which it takes a run to have many.
	query := `SELECT r.id AS round_id, array_agg(t.agency_id) AS agencies, array_agg(t.id) AS tasks,
			array_agg(array_position(` + q.arg(pq.Array(matrixStates)) + `::text[], t.state)
				+ CASE WHEN t.first_submitted_at <= t.due_at THEN ` + strconv.Itoa(factOnTime) + ` WHEN ` + late + ` THEN ` + strconv.Itoa(factLate) + ` ELSE 0 END
				+ CASE WHEN ` + own + ` THEN ` + strconv.Itoa(factDue) + ` ELSE 0 END
				+ CASE WHEN t.resubmit_due_at IS NOT NULL THEN ` + strconv.Itoa(factResubmit) + ` ELSE 0 END
				+ CASE WHEN t.closed_at IS NULL AND ` + reviewed + ` THEN ` + strconv.Itoa(factUrge) + ` ELSE 0 END) AS facts,
			` + micros(`t.due_at`) + ` FILTER (WHERE ` + own + `) AS dues,
			` + micros(`t.resubmit_due_at`) + ` FILTER (WHERE t.resubmit_due_at IS NOT NULL) AS resubmits,
			` + micros(`t.first_submitted_at`) + ` FILTER (WHERE ` + late + `) AS lates
		FROM rounds r CROSS JOIN unnest(` + q.ids(lows) + `, ` + q.ids(highs) + `) AS k (low, high) CROSS JOIN LATERAL (
			SELECT t.* FROM tasks t WHERE t.round_id = r.id AND t.agency_id BETWEEN k.low AND k.high OFFSET 0) AS t
		WHERE r.id = ANY (` + q.ids(m.roundIDs) + `) AND ` + r.seen(q) + q.conditions(lookUp{}) + ` GROUP BY r.id`
	var found []matrixCells
	if err := tx.SelectContext(ctx, &found, query, q.args...); err != nil {
		return fmt.Errorf("read tasks of matrix: %w", err)
	}
	zone := zones{}
	for _, of := range found {
		if err := m.addRound(of, zone); err != nil {
			return err
		}
	}
	return nil
}

// addRound puts the tasks of a round into their cells.
func (m *matrixRead) addRound(of matrixCells, zone zones) error {
	round := m.rounds[of.RoundID]
	next := func(times *numbers) time.Time {
		at := time.UnixMicro((*times)[0]).UTC()
		*times = (*times)[1:]
		return at
	}
	for i, agency := range of.Agencies {
		t := matrixTask{ID: of.Tasks[i], AgencyID: agency, RoundID: of.RoundID, State: matrixStates[of.Facts[i]&factState-1], DueAt: round.DueAt, Urge: of.Facts[i]&factUrge != 0}
		if of.Facts[i]&factDue != 0 {
			t.DueAt = next(&of.Dues)
		}
		if of.Facts[i]&factResubmit != 0 {
			t.ResubmitDueAt = nullTime(next(&of.Resubmits))
		}
		switch {
		case of.Facts[i]&factOnTime != 0:
			t.FirstSubmittedAt = nullTime(t.DueAt) // as good as any time until then
		case of.Facts[i]&factLate != 0:
			t.FirstSubmittedAt = nullTime(next(&of.Lates))
		}
		if _, shown := m.row[agency]; !shown {
			continue // between two that are
		}
		if err := m.add(t, zone); err != nil {
			return err
		}
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
	row := &m.matrix.Rows[m.row[t.AgencyID]]
	if t.Urge && status == task.NotDoneOverdue {
		row.Urge = append(row.Urge, t.ID)
	}
	row.Cells[m.column[t.RoundID]].Add(task.MatrixCell{
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
