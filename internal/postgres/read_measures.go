package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// measuredDays is the span of decisions where the asker names none, longestSpan
// the longest that may be asked for.
const (
	measuredDays = 90 * 24 * time.Hour
	longestSpan  = 3 * 366 * 24 * time.Hour
)

// span is a number of results of one reviewer and period that were sent on one
// day and decided on another, or wait today.
type span struct {
	ReviewerID int64     `db:"reviewer_id"`
	Code       string    `db:"code"`
	Name       string    `db:"name"`
	PeriodKey  string    `db:"period_key"`
	From       time.Time `db:"from_on"`
	To         time.Time `db:"to_on"`
	Waiting    bool      `db:"waiting"`
	Results    int       `db:"results"`
}

// cameToReviewer is when the submission b of a task t came to who reviews it.
const cameToReviewer = `(CASE WHEN t.through_id IS NULL THEN b.submitted_at
	ELSE COALESCE((SELECT f.forwarded_at FROM forwardings f WHERE f.submission_id = b.id), b.submitted_at) END)`

// reviewSpans are decisions by people between $4 and $5, on results and on
// corrections, and what waits at $6. Grouped by days, so that there are few of them however many results there are.
const reviewSpans = `
	SELECT x.reviewer_id, a.code, a.name, r.period_key, x.from_on, x.to_on, x.waiting, sum(x.results) AS results
	FROM (
		SELECT t.reviewer_id, t.round_id, (` + cameToReviewer + ` AT TIME ZONE p.time_zone)::date AS from_on,
			(w.decided_at AT TIME ZONE p.time_zone)::date AS to_on, false AS waiting, count(*) AS results
		FROM reviews w JOIN submissions b ON b.id = w.submission_id JOIN tasks t ON t.id = w.task_id JOIN plans p ON p.id = t.plan_id
		WHERE w.decided_by IS NOT NULL AND w.intermediary_id IS NULL AND w.decided_at >= $4 AND w.decided_at < $5 AND ` + visibleTask + `
			AND ($7::bigint = 0 OR t.plan_id = $7) AND ($8::bigint = 0 OR t.reviewer_id = $8)
		GROUP BY 1, 2, 3, 4
		UNION ALL
		SELECT t.reviewer_id, t.round_id, (b.submitted_at AT TIME ZONE p.time_zone)::date,
			(COALESCE(k.decided_at, $6) AT TIME ZONE p.time_zone)::date, k.outcome = 'waiting', count(*)
		FROM corrections k JOIN submissions b ON b.id = k.submission_id JOIN tasks t ON t.id = k.task_id JOIN plans p ON p.id = t.plan_id
		WHERE (k.outcome = 'waiting' AND p.state = 'active'
				OR k.outcome IN ('accepted', 'refused') AND k.decided_by IS NOT NULL AND k.decided_at >= $4 AND k.decided_at < $5) AND ` + visibleTask + `
			AND ($7::bigint = 0 OR t.plan_id = $7) AND ($8::bigint = 0 OR t.reviewer_id = $8)
		GROUP BY 1, 2, 3, 4, 5
		UNION ALL
		SELECT t.reviewer_id, t.round_id, (CASE WHEN t.through_id IS NULL THEN t.submitted_at ELSE COALESCE((SELECT f.forwarded_at FROM forwardings f
				JOIN submissions b ON b.id = f.submission_id WHERE b.task_id = t.id AND b.number = t.submissions), t.submitted_at) END AT TIME ZONE p.time_zone)::date, ($6::timestamptz AT TIME ZONE p.time_zone)::date, true, count(*)
		FROM tasks t JOIN plans p ON p.id = t.plan_id JOIN duties d ON d.id = t.duty_id
		WHERE t.state = 'submitted' AND NOT ` + held + ` AND d.review <> 'none' AND p.state = 'active' AND ` + visibleTask + `
			AND ($7::bigint = 0 OR t.plan_id = $7) AND ($8::bigint = 0 OR t.reviewer_id = $8)
		GROUP BY 1, 2, 3, 4
	) AS x JOIN agencies a ON a.id = x.reviewer_id JOIN rounds r ON r.id = x.round_id
	GROUP BY 1, 2, 3, 4, 5, 6, 7`

// ReviewMeasures tells for each reviewing agency and period how long decisions
// took, in working days of that agency, over what the actor may see. What was
// accepted by itself was decided by nobody and is left out.
func (s *Store) ReviewMeasures(ctx context.Context, actor policy.Actor, f task.MeasureFilter) (task.Measures, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return task.Measures{}, fmt.Errorf("business clock: %w", err)
	}
	if f.To.IsZero() {
		f.To = now
	}
	if f.From.IsZero() {
		f.From = f.To.Add(-measuredDays)
	}
	if !f.From.Before(f.To) || f.To.Sub(f.From) > longestSpan {
		return task.Measures{}, fault.New(fault.Invalid, "measures.span",
			"Khoảng thời gian phải có đầu trước cuối và không quá ba năm.", "The span must begin before it ends and last three years at most.").At("from")
	}
	answer := task.Measures{From: f.From.UTC(), To: f.To.UTC(), At: now.UTC()}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		args, err := scopedWide(ctx, tx, actor, f.From, f.To, now, f.PlanID, f.ReviewerID)
		if err != nil {
			return err
		}
		var spans []span
		if err := tx.SelectContext(ctx, &spans, reviewSpans, args...); err != nil {
			return fmt.Errorf("measure reviews: %w", err)
		}
		var last int64
		if err := tx.GetContext(ctx, &last, `SELECT COALESCE(max(id), 0) FROM calendar_changes`); err != nil {
			return fmt.Errorf("read calendar changes: %w", err)
		}
		known, err := s.calendarsUpTo(ctx, tx, last)
		if err != nil {
			return err
		}
		answer.Rows = measure(spans, known)
		return nil
	})
	return answer, err
}

type measured struct {
	task.Measure
	// days counts the decisions by the working days that they took.
	days map[int]int
}

func measure(spans []span, known calendars) []task.Measure {
	type key struct {
		reviewer int64
		period   string
	}
	groups := map[key]*measured{}
	for _, x := range spans {
		k := key{x.ReviewerID, x.PeriodKey}
		g, ok := groups[k]
		if !ok {
			g = &measured{days: map[int]int{}, Measure: task.Measure{
				ReviewerID: x.ReviewerID, ReviewerCode: x.Code, ReviewerName: x.Name, PeriodKey: x.PeriodKey}}
			groups[k] = g
		}
		days := workingDaysBetween(civil(x.From).AddDays(1), civil(x.To).AddDays(1), known.of(x.ReviewerID))
		if x.Waiting {
			g.Waiting += x.Results
			g.LongestWait = max(g.LongestWait, days)
			continue
		}
		g.Decided += x.Results
		g.days[days] += x.Results
	}
	rows := make([]task.Measure, 0, len(groups))
	for _, g := range groups {
		g.Median, g.P90 = quantile(g.days, g.Decided, 50), quantile(g.days, g.Decided, 90)
		rows = append(rows, g.Measure)
	}
	slices.SortFunc(rows, func(a, b task.Measure) int {
		return cmp.Or(cmp.Compare(a.ReviewerName, b.ReviewerName), cmp.Compare(a.ReviewerID, b.ReviewerID), cmp.Compare(a.PeriodKey, b.PeriodKey))
	})
	return rows
}

// quantile is the least number of days within which so many percent of the
// decisions were taken; 0 where there are none.
func quantile(days map[int]int, total, percent int) int {
	lengths := make([]int, 0, len(days))
	for length := range days {
		lengths = append(lengths, length)
	}
	slices.Sort(lengths)
	seen := 0
	for _, length := range lengths {
		if seen += days[length]; seen*100 >= total*percent {
			return length
		}
	}
	return 0
}
