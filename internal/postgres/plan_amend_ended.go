package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/amendment"
)

// checkAgencies refuses a version that gives something to do to agencies that have
// ended: nobody would do it, and what their successors owe would end. The issuer
// is who it is today.
func (a *amending) checkAgencies(ctx context.Context, tx *sqlx.Tx) error {
	var rows []struct {
		Code  string    `db:"code"`
		On    time.Time `db:"valid_to_on"`
		Heirs string    `db:"heirs"`
	}
	// Who took over single duties of this plan is among the heirs.
	if err := tx.SelectContext(ctx, &rows, `
		WITH RECURSIVE line AS (
			SELECT a.id AS root, a.id FROM agencies a WHERE a.code = ANY ($1) AND a.valid_to_on < $2::date
			UNION
			SELECT l.root, x.successor_id FROM line l JOIN agencies e ON e.id = l.id AND e.valid_to_on < $2::date JOIN (
				SELECT predecessor_id, successor_id FROM agency_successions
				UNION ALL
				SELECT o.predecessor_id, o.successor_id FROM duty_successions o JOIN duties d ON d.id = o.duty_id AND d.plan_id = $3
			) AS x ON x.predecessor_id = l.id
		)
		SELECT r.code, r.valid_to_on, COALESCE(string_agg(n.name || ' (' || n.code || ')', ', ' ORDER BY n.position, n.id), '') AS heirs
		FROM line l JOIN agencies r ON r.id = l.root LEFT JOIN agencies n ON n.id = l.id AND n.valid_to_on >= $2::date
		GROUP BY r.id ORDER BY r.position, r.id`, pq.Array(amendment.Takes(a.next)), a.today.String(), a.plan.ID); err != nil {
		return fmt.Errorf("find agencies that have ended: %w", err)
	}
	ended := make([]amendment.Ended, len(rows))
	for i, row := range rows {
		ended[i] = amendment.Ended{Code: row.Code, On: civil(row.On), Heirs: row.Heirs}
	}
	if err := amendment.CheckEnded(a.next, ended); err != nil {
		return err
	}
	if a.next.Issuer != a.plan.Issuer {
		return fixed("issuer", "Không đổi được cơ quan ban hành; hãy kết thúc văn bản này và nạp văn bản thay thế.",
			"The issuer cannot change; close this plan and load the one that replaces it.")
	}
	return nil
}
