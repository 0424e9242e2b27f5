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
