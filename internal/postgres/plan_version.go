package postgres

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/amendment"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

type versionRow struct {
	Number      int          `db:"number"`
	LoadedAt    time.Time    `db:"loaded_at"`
	LoadedBy    string       `db:"loaded_by"`
	SHA256      []byte       `db:"sha256"`
	BasisNumber string       `db:"basis_number"`
	BasisOn     sql.NullTime `db:"basis_on"`
	Current     bool         `db:"current"`
	Duties      int          `db:"duties"`
}

func (r versionRow) version() amendment.Version {
	v := amendment.Version{
		Number: r.Number, LoadedAt: r.LoadedAt.UTC(), LoadedByName: r.LoadedBy, SHA256: hex.EncodeToString(r.SHA256),
		Basis: amendment.Basis{Number: r.BasisNumber}, Current: r.Current, Duties: r.Duties,
	}
	if r.BasisOn.Valid {
		v.Basis.On = civil(r.BasisOn.Time)
	}
	return v
}

const selectVersion = `
	SELECT v.number, v.loaded_at, COALESCE(u.name, '') AS loaded_by, v.sha256, v.basis_number, v.basis_on, v.number = p.current_version AS current,
		COALESCE(jsonb_array_length(NULLIF(v.document -> 'Duties', 'null')), 0) AS duties
	FROM plan_versions v JOIN plans p ON p.id = v.plan_id LEFT JOIN users u ON u.id = v.loaded_by
	WHERE v.plan_id = $1`

// PlanVersions lists the versions of a plan's file, the newest first, to whoever
// may see plans.
func (s *Store) PlanVersions(ctx context.Context, actor policy.Actor, planID int64) ([]amendment.Version, error) {
	if _, err := s.FindPlan(ctx, actor, planID); err != nil {
		return nil, err
	}
	var rows []versionRow
	if err := s.db.SelectContext(ctx, &rows, selectVersion+` ORDER BY v.number DESC`, planID); err != nil {
		return nil, fmt.Errorf("list versions: %w", err)
	}
	versions := make([]amendment.Version, len(rows))
	for i, row := range rows {
		versions[i] = row.version()
	}
	return versions, nil
}

// PlanVersion gives one version with its text. Fault NotFound where there is none.
func (s *Store) PlanVersion(ctx context.Context, actor policy.Actor, planID int64, number int) (amendment.Contents, error) {
	var contents amendment.Contents
	if _, err := s.FindPlan(ctx, actor, planID); err != nil {
		return contents, err
	}
	err := s.snapshot(ctx, func(tx *sqlx.Tx) (err error) {
		if contents.Version, err = readVersion(ctx, tx, planID, number); err != nil {
			return err
		}
		var row struct {
			Source string `db:"source"`
			Files  []byte `db:"files"`
		}
		if err := tx.GetContext(ctx, &row, `SELECT source, files FROM plan_versions WHERE plan_id = $1 AND number = $2`, planID, number); err != nil {
			return fmt.Errorf("read version: %w", err)
		}
		contents.Source = row.Source
		return json.Unmarshal(row.Files, &contents.Files)
	})
	return contents, err
}

// ComparePlanVersions finds what differs between two versions, whichever is the older.
func (s *Store) ComparePlanVersions(ctx context.Context, actor policy.Actor, planID int64, from, to int) (amendment.Comparison, error) {
	var c amendment.Comparison
	if _, err := s.FindPlan(ctx, actor, planID); err != nil {
		return c, err
	}
	err := s.snapshot(ctx, func(tx *sqlx.Tx) (err error) {
		if c.From, err = readVersion(ctx, tx, planID, from); err != nil {
			return err
		}
		if c.To, err = readVersion(ctx, tx, planID, to); err != nil {
			return err
		}
		old, err := understood(ctx, tx, planID, from)
		if err != nil {
			return err
		}
		next, err := understood(ctx, tx, planID, to)
		if err != nil {
			return err
		}
		c.Difference = amendment.Compare(old, next)
		return nil
	})
	return c, err
}

func readVersion(ctx context.Context, tx *sqlx.Tx, planID int64, number int) (amendment.Version, error) {
	var row versionRow
	err := tx.GetContext(ctx, &row, selectVersion+` AND v.number = $2`, planID, number)
	if errors.Is(err, sql.ErrNoRows) {
		return amendment.Version{}, notFound()
	}
	if err != nil {
		return amendment.Version{}, fmt.Errorf("read version: %w", err)
	}
	return row.version(), nil
}

// understood is a version as it was understood when it was loaded.
func understood(ctx context.Context, tx *sqlx.Tx, planID int64, number int) (*plan.Plan, error) {
	var document []byte
	if err := tx.GetContext(ctx, &document, `SELECT document FROM plan_versions WHERE plan_id = $1 AND number = $2`, planID, number); err != nil {
		return nil, fmt.Errorf("read version: %w", err)
	}
	p := &plan.Plan{}
	if err := json.Unmarshal(document, p); err != nil {
		return nil, fmt.Errorf("plan document: %w", err)
	}
	return p, nil
}
