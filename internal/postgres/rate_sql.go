package postgres

import (
	"strconv"
	"strings"

	"dondoc/internal/task"
)

// task.RateFacts in SQL, for a task t, its plan p and its duty d. The braces
// name the query's own parameters; rateParameters puts them in.

// rateFacts adds what the figures need to know of a task at the reporting
// moment: f.came is RateFacts.sentAt, g what RateFacts.before leaves of it.
const rateFacts = `
	JOIN duties d ON d.id = t.duty_id
	LEFT JOIN rounds r ON r.id = t.round_id
	LEFT JOIN agencies a ON a.id = t.agency_id
	CROSS JOIN LATERAL (SELECT CASE WHEN t.first_submitted_at IS NULL AND t.state IN ('submitted', 'accepted')
		THEN t.submitted_at ELSE t.first_submitted_at END AS came) f
	CROSS JOIN LATERAL (SELECT
		CASE WHEN f.came <= {at} THEN f.came END AS sent,
		CASE WHEN f.came > {at} AND t.state IN ('submitted', 'accepted', 'returned', 'prepared') THEN 'open'
			WHEN t.state = 'accepted' AND t.settled_at > {at} THEN 'submitted' ELSE t.state END AS state,
		p.state = 'suspended' AND p.suspended_at <= {at} AS suspended) g`

// rateWhere leaves out what no figure counts, and what the filters do not ask for.
const rateWhere = `t.state NOT IN ('waived', 'cancelled', 'scheduled')
	AND ({level} = '' OR a.level = {level})
	AND ({period} = '' OR r.period_key = {period})
	AND ({mode} = '' OR d.mode = {mode})`

// dueColumn is the due time that figures are measured by.
func dueColumn(against task.Against) string {
	if against == task.AgainstOriginal {
		return "t.original_due_at"
	}
	return "t.due_at"
}

// rateRange: the due time lies on the days asked for, in the plan's zone. "The
// end of the day" is the first instant of the next, hence the bounds.
func rateRange(due string) string {
	return `(({from} IS NULL OR ` + due + ` > {from}::timestamp AT TIME ZONE p.time_zone)
		AND ({to} IS NULL OR ` + due + ` <= ({to} + 1)::timestamp AT TIME ZONE p.time_zone))`
}

// rateExpected: due by the reporting moment or submitted earlier; what fell due
// while its plan is suspended is not.
func rateExpected(due string) string {
	return `(` + due + ` <= CASE WHEN g.suspended THEN p.suspended_at ELSE {at} END OR g.sent IS NOT NULL)`
}

func rateOnTime(due string) string { return `COALESCE(g.sent <= ` + due + `, false)` }

// rateStatuses are the official status as numbers, which are quicker to count.
var rateStatuses = map[task.Cell]string{
	task.CellDoneOnTime: "1", task.CellDoneLate: "2", task.CellNotDoneInTime: "3",
	task.CellNotDoneOverdue: "4", task.CellWaiting: "5", task.CellWaitingLate: "6",
}

// rateDue is when a task is due at the reporting moment: what was returned, when
// it is to be sent again.
func rateDue(due string) string {
	return `(CASE WHEN g.state IN ('returned', 'prepared') THEN COALESCE(t.resubmit_due_at, ` + due + `) ELSE ` + due + ` END)`
}

// rateLateness are the calendar days from the due day to the reporting day, in the
// plan's zone. The end of a day belongs to that day.
func rateLateness(due string) string {
	return `(({at} AT TIME ZONE p.time_zone)::date - ((` + rateDue(due) + ` - interval '1 microsecond') AT TIME ZONE p.time_zone)::date)`
}

// rateOpened leaves out what opened after the reporting moment.
const rateOpened = `(r.opens_at IS NULL OR r.opens_at <= {at})`

func rateStatus(due string) string {
	return `(CASE
		WHEN g.state = 'accepted' OR g.state = 'submitted' AND d.review = 'none' THEN CASE WHEN g.sent <= ` + due + ` THEN 1 ELSE 2 END
		WHEN g.state = 'submitted' THEN CASE WHEN g.sent <= ` + due + ` THEN 5 ELSE 6 END
		WHEN ` + rateDue(due) + ` < {at} AND NOT g.suspended THEN 4
		ELSE 3 END)`
}

// rateCell is RateFacts.In as a condition.
func rateCell(cell task.Cell, due string) string {
	switch cell {
	case task.CellExpected:
		return rateExpected(due)
	case task.CellSubmitted:
		return `g.sent IS NOT NULL`
	case task.CellOnTime:
		return rateOnTime(due)
	case task.CellLate:
		return rateExpected(due) + ` AND NOT ` + rateOnTime(due)
	case task.CellOwed:
		return `true`
	}
	return rateStatus(due) + ` = ` + rateStatuses[cell]
}

// rateTally are the columns of a task.Tally over rows that bear, for one kind of
// due times, a status s (0: outside the days asked for), expected e and on time n.
func rateTally(of string) string {
	return strings.ReplaceAll(`count(*) FILTER (WHERE s_# > 0) AS owed_#, count(*) FILTER (WHERE e_#) AS expected_#,
		count(*) FILTER (WHERE s_# > 0 AND submitted) AS submitted_#, count(*) FILTER (WHERE n_#) AS on_time_#,
		count(*) FILTER (WHERE s_# = 1) AS done_on_time_#, count(*) FILTER (WHERE s_# = 2) AS done_late_#,
		count(*) FILTER (WHERE s_# = 3) AS not_done_in_time_#, count(*) FILTER (WHERE s_# = 4) AS not_done_overdue_#,
		count(*) FILTER (WHERE s_# = 5) AS waiting_#, count(*) FILTER (WHERE s_# = 6) AS waiting_late_#`, "#", of)
}

// rateRow are the columns that rateTally counts, for one kind of due times.
func rateRow(of string, against task.Against) string {
	due := dueColumn(against)
	return `CASE WHEN ` + rateRange(due) + ` THEN ` + rateStatus(due) + ` ELSE 0 END AS s_` + of + `,
		` + rateRange(due) + ` AND ` + rateExpected(due) + ` AS e_` + of + `,
		` + rateRange(due) + ` AND ` + rateOnTime(due) + ` AS n_` + of
}

// rateKeys are what a line is about, as a column and with the cursor's type.
var rateKeys = map[task.Grouping][2]string{
	task.ByAgency: {"t.agency_id", "bigint"},
	task.ByDuty:   {"t.duty_id", "bigint"},
	task.ByPlan:   {"t.plan_id", "bigint"},
	task.ByPeriod: {`r.period_key COLLATE "C"`, "text"},
	task.ByLevel:  {`a.level COLLATE "C"`, "text"},
}

// rateRows are the tasks of the rates, each with its figures computed once: the
// OFFSET keeps Postgres from computing them again for every count.
func rateRows(key, more string) string {
	return rateParameters(4, `(
		SELECT `+key+` AS key, g.sent IS NOT NULL AS submitted,
			`+rateRow("present", task.AgainstPresent)+`,
			`+rateRow("original", task.AgainstOriginal)+`
		FROM tasks t JOIN plans p ON p.id = t.plan_id `+rateFacts+`
		WHERE `+visibleTask+` AND `+rateWhere+more+`
			AND ($10::bigint = 0 OR t.plan_id = $10) AND ($11::bigint = 0 OR t.duty_id = $11)
			AND ($12::bigint[] IS NULL OR t.agency_id = ANY ($12::bigint[]))
			AND (`+rateRange("t.due_at")+` OR `+rateRange("t.original_due_at")+`)
		OFFSET 0) x`)
}

// rateParameters numbers the parameters of the rates from first on: the
// reporting moment, level, period, mode, first and last day.
func rateParameters(first int, query string) string {
	pairs := []string{}
	for i, name := range []string{"at:timestamptz", "level:text", "period:text", "mode:text", "from:date", "to:date"} {
		name, kind, _ := strings.Cut(name, ":")
		pairs = append(pairs, "{"+name+"}", "$"+strconv.Itoa(first+i)+"::"+kind)
	}
	return strings.NewReplacer(pairs...).Replace(query)
}

// figureCondition are the tables and the condition that leave a list of tasks
// with what a figure counts.
func figureCondition(cell task.Cell, against task.Against, first int) (tables, condition string) {
	due := dueColumn(against)
	return rateParameters(first, rateFacts),
		rateParameters(first, rateWhere+` AND `+rateRange(due)+` AND (`+rateCell(cell, due)+`)`)
}
