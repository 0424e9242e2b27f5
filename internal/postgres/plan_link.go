package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

// linkAsWritten links a plan to the duty that its file says it discharges. A
// file that says nothing leaves a link that a person made. Faults (Invalid): no
// such plan or duty, a duty whose result is no plan, an issuer that does not owe it.
func (s *Store) linkAsWritten(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, planID int64, p *plan.Plan, now time.Time) error {
	if p.Implements == (plan.Implements{}) {
		return nil
	}
	var dutyID int64
	err := tx.GetContext(ctx, &dutyID, `
		SELECT d.id FROM duties d JOIN plans p ON p.id = d.plan_id
		WHERE p.code = $4 AND d.code = $5 AND d.retired_version IS NULL AND ($6 OR `+visiblePlan+`)`,
		scoped(actor, p.Implements.Plan, p.Implements.Duty, actor.UserID == 0)...)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.Invalid, "link.unknown",
			"Không có nhiệm vụ %[2]s của kế hoạch %[1]s; sửa implements, hoặc bỏ đi rồi liên kết sau.",
			"There is no duty %[2]s of the plan %[1]s; correct implements, or leave it out and link later.", p.Implements.Plan, p.Implements.Duty).At("implements")
	}
	if err != nil {
		return fmt.Errorf("find duty above: %w", err)
	}
	return s.link(ctx, tx, actor, planID, dutyID, "implements", now)
}

// LinkPlan says which duty of the plan above a plan discharges, in the place of
// what was said before. It settles no task: the unit sends its plan as the
// result, as any other. Faults as of linkAsWritten, and as for every act on a plan.
func (s *Store) LinkPlan(ctx context.Context, actor policy.Actor, planID, dutyID int64) (plan.Link, error) {
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (plan.Link, error) {
		if _, err := lockPlan(ctx, tx, actor, planID, 0); err != nil {
			return plan.Link{}, err
		}
		if err := s.link(ctx, tx, actor, planID, dutyID, "duty_id", now); err != nil {
			return plan.Link{}, err
		}
		return readLink(ctx, tx, planID)
	})
}

// UnlinkPlan takes the link back. Fault NotFound where there is none.
func (s *Store) UnlinkPlan(ctx context.Context, actor policy.Actor, planID int64) error {
	_, err := act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (plan.Link, error) {
		if _, err := lockPlan(ctx, tx, actor, planID, 0); err != nil {
			return plan.Link{}, err
		}
		link, err := readLink(ctx, tx, planID)
		if err != nil {
			return link, err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM plan_links WHERE plan_id = $1`, planID); err != nil {
			return link, fmt.Errorf("unlink plan: %w", err)
		}
		return link, s.record(ctx, tx, actor, now, change{
			Action: "plan.unlinked", Entity: "plan", EntityID: planID, Before: map[string]any{"duty": link.DutyID},
		})
	})
	return err
}

// PlanLink reads which duty a plan discharges. Fault NotFound where it is none.
func (s *Store) PlanLink(ctx context.Context, actor policy.Actor, planID int64) (plan.Link, error) {
	if _, err := s.FindPlan(ctx, actor, planID); err != nil {
		return plan.Link{}, err
	}
	return readLink(ctx, s.db, planID)
}

func (s *Store) link(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, planID, dutyID int64, field string, now time.Time) error {
	var above struct {
		PlanID     int64  `db:"plan_id"`
		Definition []byte `db:"definition"`
		Owed       bool   `db:"owed"`
	}
	err := tx.GetContext(ctx, &above, `
		SELECT d.plan_id, d.definition, EXISTS (SELECT 1 FROM assignments s JOIN plans c ON c.id = $5 AND c.issuer_id = s.agency_id
			WHERE s.duty_id = d.id AND s.role IN ('lead', 'implementing')) AS owed
		FROM duties d JOIN plans p ON p.id = d.plan_id WHERE d.id = $4 AND d.retired_version IS NULL AND ($6 OR `+visiblePlan+`)`,
		scoped(actor, dutyID, planID, actor.UserID == 0)...)
	if errors.Is(err, sql.ErrNoRows) {
		return notFound()
	}
	if err != nil {
		return fmt.Errorf("read duty above: %w", err)
	}
	var definition plan.Duty
	if err := json.Unmarshal(above.Definition, &definition); err != nil {
		return fmt.Errorf("duty definition: %w", err)
	}
	refuse := func(vi, en string, args ...any) error {
		return fault.New(fault.Invalid, "link.refused", vi, en, args...).At(field)
	}
	switch {
	case above.PlanID == planID:
		return refuse("Kế hoạch không thể thực hiện nhiệm vụ của chính nó.", "A plan cannot discharge a duty of its own.")
	case !definition.OwnPlan:
		return refuse("Kết quả của nhiệm vụ ấy không phải là ban hành kế hoạch.", "The result of that duty is no plan of the unit's own.")
	case !above.Owed:
		return refuse("Cơ quan ban hành kế hoạch này không được giao nhiệm vụ ấy.", "The issuer of this plan does not owe that duty.")
	}
	result, err := tx.ExecContext(ctx, `
		INSERT INTO plan_links (plan_id, duty_id, linked_at, linked_by) VALUES ($1, $2, $3, NULLIF($4, 0))
		ON CONFLICT (plan_id) DO UPDATE SET duty_id = excluded.duty_id, linked_at = excluded.linked_at, linked_by = excluded.linked_by
		WHERE plan_links.duty_id <> excluded.duty_id`, planID, dutyID, now, actor.UserID)
	if err != nil {
		return fmt.Errorf("link plan: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err // it was linked so already
	}
	return s.record(ctx, tx, actor, now, change{
		Action: "plan.linked", Entity: "plan", EntityID: planID, After: map[string]any{"duty": dutyID},
	})
}

func readLink(ctx context.Context, q sqlx.QueryerContext, planID int64) (plan.Link, error) {
	var row struct {
		PlanID      int64     `db:"plan_id"`
		DutyID      int64     `db:"duty_id"`
		AbovePlanID int64     `db:"above_id"`
		AboveCode   string    `db:"above_code"`
		AboveTitle  string    `db:"above_title"`
		DutyCode    string    `db:"duty_code"`
		DutyTitle   string    `db:"duty_title"`
		LinkedAt    time.Time `db:"linked_at"`
	}
	err := sqlx.GetContext(ctx, q, &row, `
		SELECT l.plan_id, l.duty_id, p.id AS above_id, p.code AS above_code, p.title AS above_title, d.code AS duty_code, d.title AS duty_title, l.linked_at
		FROM plan_links l JOIN duties d ON d.id = l.duty_id JOIN plans p ON p.id = d.plan_id WHERE l.plan_id = $1`, planID)
	if errors.Is(err, sql.ErrNoRows) {
		return plan.Link{}, notFound()
	}
	if err != nil {
		return plan.Link{}, fmt.Errorf("read link: %w", err)
	}
	return plan.Link{
		PlanID: row.PlanID, DutyID: row.DutyID, AbovePlanID: row.AbovePlanID, AboveCode: row.AboveCode, AboveTitle: row.AboveTitle,
		DutyCode: row.DutyCode, DutyTitle: row.DutyTitle, LinkedAt: row.LinkedAt.UTC(),
	}, nil
}
