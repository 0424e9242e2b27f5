package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// roundColumns are read from rounds r, duties d and plans p; tasks are those that
// the reader sees.
const roundColumns = `r.id, r.duty_id, r.plan_id, d.code AS duty_code, COALESCE(NULLIF(r.title, ''), d.title) AS duty_title, r.period_key, r.cadences,
		r.window_from_on, r.window_to_on, r.state, r.opens_at, r.due_at, r.closes_at, r.version,
		(SELECT count(*) FROM tasks t WHERE t.round_id = r.id AND ` + visibleTask + `) AS tasks`

type listedRound struct {
	ID         int64          `db:"id"`
	DutyID     int64          `db:"duty_id"`
	PlanID     int64          `db:"plan_id"`
	DutyCode   string         `db:"duty_code"`
	DutyTitle  string         `db:"duty_title"`
	PeriodKey  string         `db:"period_key"`
	Cadences   pq.StringArray `db:"cadences"`
	WindowFrom time.Time      `db:"window_from_on"`
	WindowTo   time.Time      `db:"window_to_on"`
	State      string         `db:"state"`
	OpensAt    time.Time      `db:"opens_at"`
	DueAt      time.Time      `db:"due_at"`
	ClosesAt   time.Time      `db:"closes_at"`
	Version    int            `db:"version"`
	Tasks      int            `db:"tasks"`
}

func (r listedRound) round() task.Round {
	return task.Round{
		ID: r.ID, DutyID: r.DutyID, PlanID: r.PlanID, DutyCode: r.DutyCode, DutyTitle: r.DutyTitle,
		PeriodKey: r.PeriodKey, Cadences: r.Cadences, WindowFrom: civil(r.WindowFrom), WindowTo: civil(r.WindowTo),
		State: r.State, OpensAt: r.OpensAt.UTC(), DueAt: r.DueAt.UTC(), ClosesAt: r.ClosesAt.UTC(),
		Tasks: r.Tasks, Version: r.Version,
	}
}

// A due time at 24:00 is the first instant of the next day, so days end with it.
const roundsBetween = `
	SELECT ` + roundColumns + `
	FROM rounds r JOIN duties d ON d.id = r.duty_id JOIN plans p ON p.id = r.plan_id
	WHERE p.id = $4 AND ` + visiblePlan + ` AND r.dropped_at IS NULL
		AND (r.due_at > $5 AND r.due_at <= $6 OR r.opens_at >= $5 AND r.opens_at < $6)
	ORDER BY r.due_at, d.position, r.id`

// RoundsBetween gives the rounds of a plan that open or fall due on one of these
// days of the plan's zone, by due time.
func (s *Store) RoundsBetween(ctx context.Context, actor policy.Actor, planID int64, from, to calendar.Date) ([]task.Round, error) {
	if days := to.Sub(from); days < 0 || days >= task.MostCalendarDays {
		return nil, fault.New(fault.Invalid, "calendar.range", "Chọn từ ngày đến ngày, không quá một năm.", "Choose from which day to which, a year at most.").At("to")
	}
	record, err := s.FindPlan(ctx, actor, planID)
	if err != nil {
		return nil, err
	}
	zone, err := calendar.Zone(record.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("zone of plan %d: %w", planID, err)
	}
	var rows []listedRound
	if err := s.db.SelectContext(ctx, &rows, roundsBetween, scoped(actor, planID, from.In(zone), to.AddDays(1).In(zone))...); err != nil {
		return nil, fmt.Errorf("read rounds between days: %w", err)
	}
	rounds := make([]task.Round, len(rows))
	for i, r := range rows {
		rounds[i] = r.round()
	}
	return rounds, nil
}
