package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/agency"
	"dondoc/internal/policy"
)

// AgencyHistory tells everyone who is signed in what an agency was before and
// what became of it; it is part of the directory and holds nothing of duties.
func (s *Store) AgencyHistory(ctx context.Context, actor policy.Actor, id int64) (agency.History, error) {
	history := agency.History{AgencyID: id}
	if actor.UserID == 0 {
		return history, signInFirst()
	}
	var kin []struct {
		Before bool      `db:"before"`
		ID     int64     `db:"id"`
		Code   string    `db:"code"`
		Name   string    `db:"name"`
		On     time.Time `db:"effective_on"`
		Basis  string    `db:"legal_basis"`
		Main   bool      `db:"main"`
		Ended  bool      `db:"ended"`
	}
	var events []struct {
		ReorganisationID int64     `db:"reorganisation_id"`
		Kind             string    `db:"kind"`
		On               time.Time `db:"effective_on"`
		Basis            string    `db:"legal_basis"`
		Name             string    `db:"name_before"`
		Level            string    `db:"level_before"`
		Parent           string    `db:"parent"`
	}
	err := s.snapshot(ctx, func(tx *sqlx.Tx) error {
		var known bool
		err := tx.GetContext(ctx, &known, `SELECT true FROM agencies WHERE id = $1`, id)
		if errors.Is(err, sql.ErrNoRows) {
			return notFound()
		}
		if err != nil {
			return fmt.Errorf("read agency: %w", err)
		}
		if err := tx.SelectContext(ctx, &kin, `
			SELECT x.successor_id = $1 AS before, a.id, a.code, a.name, x.effective_on, x.legal_basis, x.main, a.valid_to_on < '9999-12-31' AS ended
			FROM agency_successions x JOIN agencies a ON a.id = CASE WHEN x.successor_id = $1 THEN x.predecessor_id ELSE x.successor_id END
			WHERE x.successor_id = $1 OR x.predecessor_id = $1 ORDER BY x.effective_on, x.main DESC, a.position, a.id`, id); err != nil {
			return fmt.Errorf("read successions: %w", err)
		}
		if err := tx.SelectContext(ctx, &events, `
			SELECT c.reorganisation_id, c.kind, c.effective_on, c.legal_basis, c.name_before, c.level_before, COALESCE(p.name, '') AS parent
			FROM agency_changes c LEFT JOIN agencies p ON p.id = c.parent_before_id WHERE c.agency_id = $1 ORDER BY c.effective_on, c.id`, id); err != nil {
			return fmt.Errorf("read changes of agency: %w", err)
		}
		return nil
	})
	for _, k := range kin {
		one := agency.Kin{ID: k.ID, Code: k.Code, Name: k.Name, On: civil(k.On), Basis: k.Basis, Main: k.Main, Ended: k.Ended}
		if k.Before {
			history.Predecessors = append(history.Predecessors, one)
		} else {
			history.Successors = append(history.Successors, one)
		}
	}
	for _, e := range events {
		history.Changes = append(history.Changes, agency.Event{
			ReorganisationID: e.ReorganisationID, Kind: e.Kind, On: civil(e.On), Basis: e.Basis, NameBefore: e.Name, LevelBefore: e.Level, Parent: e.Parent,
		})
	}
	return history, err
}

// lineage are the ids of an agency and of all that ended and that it followed.
const lineage = `
	WITH RECURSIVE line AS (
		SELECT $1::bigint AS id
		UNION
		SELECT x.predecessor_id FROM line JOIN agency_successions x ON x.successor_id = line.id
		JOIN agencies e ON e.id = x.predecessor_id AND e.valid_to_on < x.effective_on
	) SELECT id FROM line`

// TaskSuccessions tells what reorganisations did to a task, and which tasks it
// stands for since, the earliest first. A task that the actor may not see is not found.
func (s *Store) TaskSuccessions(ctx context.Context, actor policy.Actor, taskID int64) ([]agency.TaskHeir, error) {
	var rows []struct {
		TaskID           int64          `db:"task_id"`
		ReorganisationID int64          `db:"reorganisation_id"`
		Basis            string         `db:"legal_basis"`
		On               time.Time      `db:"effective_on"`
		Outcome          agency.Outcome `db:"outcome"`
		FromID           int64          `db:"from_id"`
		FromCode         string         `db:"from_code"`
		FromName         string         `db:"from_name"`
		ToID             int64          `db:"to_id"`
		ToCode           string         `db:"to_code"`
		ToName           string         `db:"to_name"`
		Into             int64          `db:"into_task_id"`
	}
	err := s.snapshot(ctx, func(tx *sqlx.Tx) error {
		var t lockedTask
		err := tx.GetContext(ctx, &t, lockedTasks+` WHERE t.id = $1`, taskID)
		if errors.Is(err, sql.ErrNoRows) || err == nil && !policy.SeeTask(actor, t.relation()) {
			return notFound()
		}
		if err != nil {
			return fmt.Errorf("find task: %w", err)
		}
		if err := tx.SelectContext(ctx, &rows, `
			SELECT x.task_id, x.reorganisation_id, r.legal_basis, r.effective_on, x.outcome, f.id AS from_id, f.code AS from_code, f.name AS from_name,
				COALESCE(h.id, 0) AS to_id, COALESCE(h.code, '') AS to_code, COALESCE(h.name, '') AS to_name, COALESCE(x.into_task_id, 0) AS into_task_id
			FROM task_successions x JOIN reorganisations r ON r.id = x.reorganisation_id
			JOIN agencies f ON f.id = x.from_agency_id LEFT JOIN agencies h ON h.id = x.to_agency_id
			WHERE x.task_id = $1 OR x.into_task_id = $1 ORDER BY x.id`, taskID); err != nil {
			return fmt.Errorf("read successions of task: %w", err)
		}
		return nil
	})
	list := make([]agency.TaskHeir, len(rows))
	for i, r := range rows {
		list[i] = agency.TaskHeir{
			TaskID: r.TaskID, ReorganisationID: r.ReorganisationID, Basis: r.Basis, On: civil(r.On), Outcome: r.Outcome, IntoTaskID: r.Into,
			From: agency.Kin{ID: r.FromID, Code: r.FromCode, Name: r.FromName}, To: agency.Kin{ID: r.ToID, Code: r.ToCode, Name: r.ToName},
		}
	}
	return list, err
}
