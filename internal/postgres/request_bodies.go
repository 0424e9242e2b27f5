package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/request"
)

// explanation is demanded of a unit that is late, or was.
func (a askContext) explanation() ([]asking, []request.Warning, error) {
	late := a.t.State.Owed() && a.now.After(a.dates.DueAt) || a.t.FirstAt.Valid && a.t.FirstAt.Time.After(a.t.DueAt)
	if !late {
		return nil, nil, fault.New(fault.Conflict, "request.not_late",
			"Đơn vị không chậm: chưa đến hạn, hoặc đã gửi đúng hạn.", "The unit is not late: it is not due yet, or was sent in time.")
	}
	due, err := a.within(request.ExplainWorkingDays, a.t.AgencyID)
	return []asking{{from: a.t.ReviewerID, to: a.t.AgencyID, due: due, text: a.in.Text}}, nil, err
}

// coordinating are the agencies that owe a contribution to the duty's lead $2, if it leads.
const coordinating = `
	SELECT c.agency_id FROM assignments c WHERE c.duty_id = $1 AND c.role = 'coordinating'
		AND EXISTS (SELECT 1 FROM assignments l WHERE l.duty_id = $1 AND l.agency_id = $2 AND l.role = 'lead')`

// knownToPlan are the agencies that the plan of duty $1 names, but for $2.
const knownToPlan = `
	SELECT x.agency_id FROM duties o JOIN duties d ON d.plan_id = o.plan_id JOIN plans p ON p.id = o.plan_id
	JOIN assignments s ON s.duty_id = d.id,
		unnest(ARRAY[s.agency_id, s.recipient_id, s.reviewer_id, p.issuer_id, p.standing_id]) AS x (agency_id)
	WHERE o.id = $1 AND x.agency_id <> $2`

// addressed are the kinds whose asker names the bodies; each may be asked of some only.
func (a askContext) addressed(ctx context.Context, tx *sqlx.Tx) ([]asking, []request.Warning, error) {
	var permitted []int64
	switch a.in.Kind {
	case request.Obstacle:
		permitted = []int64{a.t.RecipientID, a.t.ReviewerID, a.dates.StandingID, a.t.IssuerID}
	case request.Contribution:
		if err := tx.SelectContext(ctx, &permitted, coordinating, a.t.DutyID, a.t.AgencyID); err != nil {
			return nil, nil, fmt.Errorf("find coordinating agencies: %w", err)
		}
	default:
		if err := tx.SelectContext(ctx, &permitted, `SELECT DISTINCT agency_id FROM (`+knownToPlan+`) AS k
			WHERE agency_id = ANY ($3)`, a.t.DutyID, a.t.AgencyID, pq.Array(a.in.ToAgencies)); err != nil {
			return nil, nil, fmt.Errorf("find agencies of plan: %w", err)
		}
	}
	var list []asking
	for _, body := range a.in.ToAgencies {
		if body <= 0 || body == a.t.AgencyID || !slices.Contains(permitted, body) {
			return nil, nil, fault.New(fault.Invalid, "request.body",
				"Không hỏi được cơ quan này: vướng mắc gửi cơ quan nhận, xác nhận, thường trực hoặc ban hành; phần phối hợp do đơn vị chủ trì hỏi đơn vị phối hợp; hỗ trợ hỏi cơ quan có trong văn bản.",
				"This body cannot be asked: obstacles go to the recipient, the reviewing, the standing or the issuing agency; the lead asks coordinating agencies for contributions; help is asked of agencies that the plan names.").At("to_agency_ids")
		}
		due, err := a.within(request.PromptWorkingDays, body)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, asking{from: a.t.AgencyID, to: body, due: due, text: a.in.Text})
	}
	return list, nil, nil
}

// nextLevel is the same question to the parent of the body that was asked.
func (s *Store) nextLevel(ctx context.Context, tx *sqlx.Tx, row requestRow, t lockedTask, now time.Time) (asking, error) {
	if row.ToParentID == 0 {
		return asking{}, fault.New(fault.Conflict, "request.no_parent",
			"Cơ quan này không có cấp trên trong hệ thống để chuyển.", "This body has no superior here to pass it on to.")
	}
	known, err := s.readCalendars(ctx, tx)
	if err != nil {
		return asking{}, err
	}
	zone, err := calendar.Zone(row.TimeZone)
	if err != nil {
		return asking{}, fmt.Errorf("plan zone: %w", err)
	}
	due, err := askContext{t: t, now: now, known: known, zone: zone}.within(request.PromptWorkingDays, row.ToParentID)
	return asking{from: row.FromAgencyID, to: row.ToParentID, due: due, group: row.GroupID, text: row.Text}, err
}
