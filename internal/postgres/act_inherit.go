package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

// inherit gives a task that is about to be owed again to the agencies of today: one
// of an agency that has ended to who takes its duty over, and its result to who
// receives and reviews it now (see reroute). Faults: Conflict where nobody takes over, or where the successor has
// a task of its own in that round: nobody owes one thing twice.
func (s *Store) inherit(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t *lockedTask, now time.Time) error {
	var line struct {
		ID    int64 `db:"id"`
		Ended bool  `db:"ended"`
		Taken bool  `db:"taken"`
	}
	err := tx.GetContext(ctx, &line, `
		WITH RECURSIVE line AS (
			SELECT a.id, 0 AS depth FROM agencies a WHERE a.id = $1 AND a.valid_to_on < $3::date
			UNION ALL
			SELECT agency_heir(line.id, $2), depth + 1 FROM line JOIN agencies a ON a.id = line.id AND a.valid_to_on < $3::date
			WHERE agency_heir(line.id, $2) IS NOT NULL AND depth < 50
		)
		SELECT l.id, a.valid_to_on < $3::date AS ended, EXISTS (SELECT 1 FROM tasks x WHERE x.round_id = $4 AND x.agency_id = l.id) AS taken
		FROM line l JOIN agencies a ON a.id = l.id ORDER BY depth DESC LIMIT 1`,
		t.AgencyID, t.DutyID, businessToday(now).String(), t.RoundID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return s.reroute(ctx, tx, actor, t, false, now) // the agency lives
	case err != nil:
		return fmt.Errorf("find successor: %w", err)
	case line.Ended:
		return fault.New(fault.Conflict, "agency.no_successor",
			"Đơn vị đã kết thúc và không có đơn vị tiếp nhận, nên không ai gửi lại được.",
			"The agency has ended and nobody took over, so nobody could send again.")
	case line.Taken:
		return fault.New(fault.Conflict, "agency.successor_owes",
			"Đơn vị đã kết thúc; đơn vị tiếp nhận có việc của chính mình trong kỳ này: hãy trả lại hoặc mở lại việc đó.",
			"The agency has ended and its successor has a task of its own in this round: return or reopen that one.")
	}
	if _, err := tx.ExecContext(ctx, `UPDATE tasks SET agency_id = $2 WHERE id = $1 AND agency_id = $3`, t.ID, line.ID, t.AgencyID); err != nil {
		return fmt.Errorf("move task: %w", err)
	}
	if err := s.record(ctx, tx, actor, now, change{
		Action: "task.succeeded", Entity: "task", EntityID: t.ID, Before: map[string]any{"agency": t.AgencyID}, After: map[string]any{"agency": line.ID},
	}); err != nil {
		return err
	}
	t.AgencyID = line.ID
	return s.reroute(ctx, tx, actor, t, true, now)
}
