package postgres

import (
	"strconv"
	"strings"

	"github.com/lib/pq"
)

// taskQuery puts a list of tasks together: what is not asked for is not in it,
// because a list has up to eight look-ups and each is planned with all conditions.
type taskQuery struct {
	args  []any
	where []string
	// withPlan: a condition needs the task's plan p. tables are what others need besides.
	withPlan bool
	tables   string
}

// arg keeps a value and names its placeholder.
func (q *taskQuery) arg(value any) string {
	q.args = append(q.args, value)
	return "$" + strconv.Itoa(len(q.args))
}

// ids keeps a list of ids. None are an empty array: to a NULL nothing is unequal.
func (q *taskQuery) ids(ids []int64) string {
	return q.arg(pq.Array(append([]int64{}, ids...))) + `::bigint[]`
}

// and adds a condition for every task t of the list.
func (q *taskQuery) and(condition string) { q.where = append(q.where, condition) }

// afterPlace leaves what follows the last row of the page before.
func (q *taskQuery) afterPlace(from place) {
	if from.Set {
		q.and(`(` + effectiveDue + `, t.id) > (` + q.arg(from.At) + `::timestamptz, ` + q.arg(from.ID) + `::bigint)`)
	}
}

// lookUp is one way into a list: the tasks whose column has one of the keys. For
// each key they are read in order from the index that begins with the column.
type lookUp struct {
	column string
	keys   []int64
	// where is a further condition for this way alone; nil: none.
	where func(q *taskQuery) string
	// rounds, where there are any, leave the tasks of these rounds. What a key has
	// in a round is little: it is looked up for each pair of both, and then sorted.
	rounds []int64
}

// fewKeys is how many keys are asked for a whole page each.
const fewKeys = 4

// many reports whether a page of each key would be far more than the page.
func (l lookUp) many() bool { return len(l.keys) > fewKeys && len(l.rounds) == 0 }

// page is the CTE picked (due, id): the first rows of all the ways, each task once.
//
// With many keys a page of each would be read to show one. So each gives a
// sixteenth of it first. The last row that the list can have is then known: as
// many are before it as stand on the page. In the second turn each key is read
// no further than that, which most agencies have nothing up to.
func (q *taskQuery) page(ways []lookUp, limit int) string {
	var first, rest []string
	for _, way := range ways {
		if way.many() {
			first = append(first, q.along(way, limit/16+1, ``))
			rest = append(rest, q.along(way, limit, ` AND (`+effectiveDue+`, t.id) <= ((SELECT due FROM last), (SELECT id FROM last))`))
			continue
		}
		first = append(first, q.along(way, limit, ``))
	}
	rows := strconv.Itoa(limit)
	found, last := `found`, ``
	if len(rest) > 0 {
		found, last = `(SELECT due, id FROM found UNION ALL `+strings.Join(rest, ` UNION ALL `)+`) AS every`, `, last AS MATERIALIZED (
		SELECT due, id FROM (SELECT DISTINCT due, id FROM found UNION ALL SELECT 'infinity', 0 ORDER BY due, id LIMIT `+rows+`) AS least
		ORDER BY due DESC, id DESC LIMIT 1
	)`
	}
	return `found AS MATERIALIZED (` + strings.Join(first, ` UNION ALL `) + `)` + last + `, picked AS MATERIALIZED (
		SELECT DISTINCT due, id FROM ` + found + ` ORDER BY due, id LIMIT ` + rows + `
	)`
}

// along reads one way: for each key the first rows, by effective due time and id.
func (q *taskQuery) along(way lookUp, rows int, further string) string {
	if len(way.rounds) > 0 {
		return `(SELECT ` + effectiveDue + ` AS due, t.id FROM unnest(` + q.ids(way.rounds) + `) AS m (id) CROSS JOIN unnest(` + q.ids(way.keys) + `) AS k (id)
			JOIN ` + q.from(`t.round_id = m.id AND t.`+way.column+` = k.id`) + `
			WHERE true` + q.conditions(way) + `
			ORDER BY due, id LIMIT ` + strconv.Itoa(rows) + `)`
	}
	return `SELECT x.due, x.id FROM unnest(` + q.ids(way.keys) + `) AS k (id) CROSS JOIN LATERAL (
			SELECT ` + effectiveDue + ` AS due, t.id FROM ` + q.from(``) + `
			WHERE t.` + way.column + ` = k.id` + q.conditions(way) + further + `
			ORDER BY ` + effectiveDue + `, t.id LIMIT ` + strconv.Itoa(rows) + `) AS x`
}

// conditions are those of the list and of the way, each after an AND.
func (q *taskQuery) conditions(way lookUp) string {
	all := ``
	if way.where != nil {
		all = ` AND ` + way.where(q)
	}
	for _, condition := range q.where {
		all += ` AND ` + condition
	}
	return all
}

// from are the tables of the conditions; on joins the tasks to what stands before.
func (q *taskQuery) from(on string) string {
	tables := `tasks t`
	if on != "" {
		tables += ` ON ` + on
	}
	if q.withPlan {
		tables += ` JOIN plans p ON p.id = t.plan_id`
	}
	return tables + q.tables
}
