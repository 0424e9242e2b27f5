package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// PreviewByHand shows a round before it is opened by hand: until when each
// agency would be asked, what it owes in that week, and who is asked the same
// already. Only what the actor sees is counted and named. Faults as of OpenByHand.
func (s *Store) PreviewByHand(ctx context.Context, actor policy.Actor, in task.HandInput) (task.HandPreview, error) {
	in, err := s.fromTemplate(ctx, actor, in)
	if err != nil {
		return task.HandPreview{}, err
	}
	if in, err = in.Clean(true); err != nil {
		return task.HandPreview{}, err
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return task.HandPreview{}, fmt.Errorf("business clock: %w", err)
	}
	var preview task.HandPreview
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		h, err := s.workOut(ctx, tx, actor, in, now)
		if err != nil {
			return err
		}
		preview = task.HandPreview{Cadence: h.period.Cadence, PeriodKey: h.period.Key, TimeZone: h.timeZone, DueAt: h.dueAt.UTC(), Agencies: []task.HandAgency{}}
		load, err := h.load(ctx, tx, actor)
		if err != nil {
			return err
		}
		for _, a := range h.agencies {
			due := h.due[a.kind]
			preview.Agencies = append(preview.Agencies, task.HandAgency{
				ID: a.ID, Code: a.Code, Name: a.Name, DueAt: due.At.UTC(), Derivation: due.Derivation, Load: load[a.ID],
			})
		}
		preview.Similar, err = h.similar(ctx, tx, actor)
		return err
	})
	return preview, err
}

// load counts what each agency owes in the week, Monday to Sunday, of its due time.
func (h handRound) load(ctx context.Context, tx *sqlx.Tx, actor policy.Actor) (map[int64]int, error) {
	from, to := make([]time.Time, len(h.agencies)), make([]time.Time, len(h.agencies))
	for i, a := range h.agencies {
		day := calendar.DueDay(h.due[a.kind].At, h.duty.Zone)
		monday := day.AddDays(-(int(day.Weekday()) + 6) % 7)
		from[i], to[i] = monday.In(h.duty.Zone), monday.AddDays(7).In(h.duty.Zone)
	}
	var rows []struct {
		AgencyID int64 `db:"agency_id"`
		Tasks    int   `db:"tasks"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT f.agency_id, count(*) AS tasks
		FROM unnest($4::bigint[], $5::timestamptz[], $6::timestamptz[]) AS f (agency_id, from_at, to_at)
		JOIN tasks t ON t.agency_id = f.agency_id AND `+owed+` AND t.closed_at IS NULL AND `+effectiveDue+` > f.from_at AND `+effectiveDue+` <= f.to_at
		JOIN plans p ON p.id = t.plan_id AND p.state = 'active'
		WHERE `+visibleTask+` GROUP BY f.agency_id`, scoped(actor, pq.Array(h.ids()), pq.Array(from), pq.Array(to))...); err != nil {
		return nil, fmt.Errorf("count what agencies owe: %w", err)
	}
	load := make(map[int64]int, len(rows))
	for _, r := range rows {
		load[r.AgencyID] = r.Tasks
	}
	return load, nil
}

// similar lists the agencies' tasks of open rounds that are of the same duty or
// ask for the same figures.
func (h handRound) similar(ctx context.Context, tx *sqlx.Tx, actor policy.Actor) ([]task.HandSimilar, error) {
	var rows []struct {
		TaskID     int64          `db:"id"`
		AgencyID   int64          `db:"agency_id"`
		AgencyName string         `db:"agency_name"`
		DutyCode   string         `db:"duty_code"`
		DutyTitle  string         `db:"duty_title"`
		PeriodKey  string         `db:"period_key"`
		State      task.State     `db:"state"`
		DueAt      time.Time      `db:"effective_due_at"`
		SameDuty   bool           `db:"same_duty"`
		Indicators pq.StringArray `db:"indicators"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT * FROM (
			SELECT t.id, t.agency_id, a.name AS agency_name, d.code AS duty_code, COALESCE(NULLIF(r.title, ''), d.title) AS duty_title,
				r.period_key, t.state, `+effectiveDue+` AS effective_due_at, d.id = $5 AS same_duty,
				ARRAY(SELECT i FROM unnest($6::text[]) AS i WHERE d.definition -> 'Indicators' ? i ORDER BY i) AS indicators
			FROM tasks t JOIN rounds r ON r.id = t.round_id AND r.state = 'open' JOIN duties d ON d.id = t.duty_id
			JOIN plans p ON p.id = t.plan_id AND p.state = 'active' JOIN agencies a ON a.id = t.agency_id
			WHERE t.agency_id = ANY ($4) AND t.state NOT IN ('waived', 'cancelled') AND `+visibleTask+`
		) AS x WHERE same_duty OR cardinality(indicators) > 0
		ORDER BY effective_due_at, id LIMIT $7`,
		scoped(actor, pq.Array(h.ids()), h.duty.ID, pq.Array(append([]string{}, h.duty.Definition.Indicators...)), task.SimilarShown)...); err != nil {
		return nil, fmt.Errorf("find who reports the same: %w", err)
	}
	list := make([]task.HandSimilar, len(rows))
	for i, r := range rows {
		list[i] = task.HandSimilar{
			TaskID: r.TaskID, AgencyID: r.AgencyID, AgencyName: r.AgencyName, DutyCode: r.DutyCode, DutyTitle: r.DutyTitle, PeriodKey: r.PeriodKey,
			State: r.State, DueAt: r.DueAt.UTC(), SameDuty: r.SameDuty, Indicators: r.Indicators,
		}
	}
	return list, nil
}
