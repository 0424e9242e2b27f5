package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/agency"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

// SetTwoSignatures says whether what an agency's focal points send in waits for
// the head. What waits already goes on waiting. An agency that the actor does not
// administer is NotFound.
func (s *Store) SetTwoSignatures(ctx context.Context, actor policy.Actor, id int64, version int, required bool) (agency.Agency, error) {
	if !policy.ManageAgencies(actor) {
		return agency.Agency{}, notFound()
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (agency.Agency, error) {
		var before struct {
			Version int  `db:"version"`
			Two     bool `db:"two_signatures"`
			HasHead bool `db:"has_head"`
		}
		err := tx.GetContext(ctx, &before, administered+`
			SELECT a.version, a.two_signatures, EXISTS (
				SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id AND u.active
				WHERE m.agency_id = a.id AND m.role = 'head'
					AND ($4::timestamptz AT TIME ZONE $5)::date BETWEEN m.valid_from_on AND m.valid_to_on) AS has_head
			FROM agencies a WHERE a.id = $3 AND a.id IN (SELECT id FROM administered) FOR NO KEY UPDATE OF a`,
			pq.Array(actor.At(policy.Administrator)), false, id, now, accountZone)
		if errors.Is(err, sql.ErrNoRows) {
			return agency.Agency{}, notFound()
		}
		if err != nil {
			return agency.Agency{}, fmt.Errorf("lock agency: %w", err)
		}
		if version != 0 && version != before.Version {
			return agency.Agency{}, fault.New(fault.Conflict, "agency.changed",
				"Đơn vị đã thay đổi từ lúc mở trang. Tải lại rồi làm lại.", "The agency has changed since it was read. Reload and try again.")
		}
		if required && !before.HasHead {
			return agency.Agency{}, fault.New(fault.Invalid, "agency.no_head",
				"Đơn vị chưa có tài khoản thủ trưởng, nên không ai duyệt được.", "The agency has no head with an account, so nobody could approve.").At("required")
		}
		if required != before.Two {
			if _, err := tx.ExecContext(ctx, `UPDATE agencies SET two_signatures = $2, version = version + 1 WHERE id = $1`, id, required); err != nil {
				return agency.Agency{}, fmt.Errorf("set two signatures: %w", err)
			}
			if err := s.record(ctx, tx, actor, now, change{
				Action: "agency.two_signatures", Entity: "agency", EntityID: id,
				Before: map[string]any{"two_signatures": before.Two}, After: map[string]any{"two_signatures": required},
			}); err != nil {
				return agency.Agency{}, err
			}
		}
		var row agencyRow
		if err := tx.GetContext(ctx, &row, selectAgency+` WHERE a.id = $1`, id); err != nil {
			return agency.Agency{}, fmt.Errorf("read agency: %w", err)
		}
		return row.agency(), nil
	})
}
