package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/document"
	"dondoc/internal/fault"
	"dondoc/internal/paper"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// maxPaperLines is how many rows a table of a document may have: more are for a spreadsheet.
const maxPaperLines = 2_000

func paperTooLong() error {
	return fault.New(fault.Invalid, "paper.too_long",
		"Nhiều hơn %d dòng, quá dài cho một văn bản. Thu hẹp phạm vi hoặc xuất bảng tính.",
		"More than %d lines are too much for a document. Narrow what is asked for, or export a sheet.", maxPaperLines)
}

// annexHead is what all annexes of a plan begin with: the plan as the actor sees
// it, and the agency in whose post the actor reads.
func (s *Store) annexHead(ctx context.Context, actor policy.Actor, planID int64) (record plan.Record, head paper.Letterhead, zone *time.Location, err error) {
	if record, err = s.FindPlan(ctx, actor, planID); err != nil {
		return record, head, nil, err
	}
	if zone, err = calendar.Zone(record.TimeZone); err != nil {
		return record, head, nil, fmt.Errorf("plan zone: %w", err)
	}
	by := actor.Reading()
	if by == 0 {
		by = record.IssuerID
	}
	head, err = letterheadOf(ctx, s.db, by)
	return record, head, zone, err
}

// SummaryAnnex counts the official figures of a plan by agency, over exactly the
// tasks that the actor may see. The export is logged.
func (s *Store) SummaryAnnex(ctx context.Context, actor policy.Actor, f task.RateFilter, against task.Against) (document.Summary, error) {
	record, head, zone, err := s.annexHead(ctx, actor, f.PlanID)
	if err != nil {
		return document.Summary{}, err
	}
	f.GroupBy, f.Cursor = task.ByAgency, ""
	page, err := s.rates(ctx, actor, f, maxPaperLines)
	if err != nil {
		return document.Summary{}, err
	}
	if page.Next != "" {
		return document.Summary{}, paperTooLong()
	}
	annex := document.Summary{Letterhead: head, PlanTitle: record.Title, PeriodKey: f.Period, At: page.At, Zone: zone, Against: against}
	places, err := s.positions(ctx, page.Rates)
	if err != nil {
		return document.Summary{}, err
	}
	slices.SortStableFunc(page.Rates, func(a, b task.Rate) int { return places[a.ID] - places[b.ID] })
	for _, r := range page.Rates {
		tally := r.Present
		if against == task.AgainstOriginal {
			tally = r.Original
		}
		annex.Lines = append(annex.Lines, document.SummaryLine{Agency: r.Name, Tally: tally})
	}
	return annex, s.recordExport(ctx, actor, "annex_summary", f.PlanID, len(annex.Lines), asked{
		"under": f.UnderAgency, "due_from": f.DueFrom, "due_to": f.DueTo, "at": page.At, "against": string(against),
	})
}

// positions are the places of agencies in the order of the tree.
func (s *Store) positions(ctx context.Context, rates []task.Rate) (map[int64]int, error) {
	ids := make([]int64, len(rates))
	for i, r := range rates {
		ids[i] = r.ID
	}
	var ordered []int64
	if err := s.db.SelectContext(ctx, &ordered, `SELECT id FROM agencies WHERE id = ANY ($1) ORDER BY position, id`, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("order agencies: %w", err)
	}
	places := make(map[int64]int, len(ordered))
	for i, id := range ordered {
		places[id] = i
	}
	return places, nil
}

// OverdueAnnex lists the overdue tasks of a plan that the actor may see, the
// longest overdue first, with what their agencies gave as reasons. under: owed
// by this agency or one below it; 0: by any. The export is logged.
func (s *Store) OverdueAnnex(ctx context.Context, actor policy.Actor, planID, under int64) (document.OverdueAnnex, error) {
	record, head, zone, err := s.annexHead(ctx, actor, planID)
	if err != nil {
		return document.OverdueAnnex{}, err
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return document.OverdueAnnex{}, fmt.Errorf("business clock: %w", err)
	}
	page, err := s.listTasks(ctx, actor, task.Filter{PlanID: planID, UnderAgency: under, Overdue: true}, maxPaperLines)
	if err != nil {
		return document.OverdueAnnex{}, err
	}
	if page.Next != "" {
		return document.OverdueAnnex{}, paperTooLong()
	}
	annex := document.OverdueAnnex{Letterhead: head, PlanTitle: record.Title, At: now.UTC(), Zone: zone}
	if annex.Overdue, err = s.overdueLines(ctx, actor, page.Tasks, record, zone); err != nil {
		return document.OverdueAnnex{}, err
	}
	return annex, s.recordExport(ctx, actor, "annex_overdue", planID, len(page.Tasks), asked{"under": under})
}

// ContactList gives the focal points of the agencies whose results under a plan
// the actor's agencies follow: names and posts of accounts, and of the agency its
// mailbox and telephone. The export is logged.
func (s *Store) ContactList(ctx context.Context, actor policy.Actor, planID int64) (document.Contacts, error) {
	record, head, zone, err := s.annexHead(ctx, actor, planID)
	if err != nil {
		return document.Contacts{}, err
	}
	if !policy.SeesContacts(actor) {
		return document.Contacts{}, fault.New(fault.Forbidden, "contacts.not_yours",
			"Danh sách đầu mối dành cho người theo dõi và cơ quan ban hành.", "The list of focal points is for supervisors and plan authorities.")
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return document.Contacts{}, fmt.Errorf("business clock: %w", err)
	}
	list := document.Contacts{Letterhead: head, PlanTitle: record.Title, At: now.UTC(), Zone: zone}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) (err error) {
		list.Contacts, err = contactsOf(ctx, tx, actor, planID, now)
		return err
	})
	if err != nil {
		return document.Contacts{}, err
	}
	return list, s.recordExport(ctx, actor, "focal_points", planID, len(list.Contacts), asked{})
}

func contactsOf(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, planID int64, now time.Time) ([]document.Contact, error) {
	var rows []struct {
		Name    string         `db:"name"`
		Mailbox string         `db:"mailbox"`
		Phone   string         `db:"phone"`
		People  pq.StringArray `db:"people"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT a.name, a.mailbox, a.phone, ARRAY(
			SELECT u.name FROM memberships m JOIN users u ON u.id = m.user_id AND u.active
			WHERE m.agency_id = a.id AND m.role = 'focal_point' AND m.substitution_id IS NULL AND `+businessDay+` BETWEEN m.valid_from_on AND m.valid_to_on
			GROUP BY u.id, u.name ORDER BY u.name, u.id) AS people
		FROM agencies a
		WHERE a.valid_to_on >= `+businessDay+` AND EXISTS (
			SELECT 1 FROM assignments s JOIN duties d ON d.id = s.duty_id JOIN plans p ON p.id = d.plan_id
			WHERE p.id = $2 AND s.agency_id = a.id AND s.role IN ('lead', 'implementing')
				AND (s.reviewer_id = ANY ($3) OR p.issuer_id = ANY ($4)))
		ORDER BY a.position, a.id LIMIT $5`,
		now, planID, pq.Array(actor.At(policy.Supervisor)), pq.Array(actor.At(policy.PlanAuthority)), maxPaperLines+1); err != nil {
		return nil, fmt.Errorf("list focal points: %w", err)
	}
	if len(rows) > maxPaperLines {
		return nil, paperTooLong()
	}
	contacts := make([]document.Contact, len(rows))
	for i, r := range rows {
		contacts[i] = document.Contact{Agency: r.Name, Mailbox: r.Mailbox, Phone: r.Phone, People: r.People}
	}
	return contacts, nil
}
