package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/document"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

// UrgingLetter drafts a letter that urges for tasks, from the agency for which
// the actor may urge for all of them. What is not owed any more is left out.
// Drafting urges nobody: that the letter went is noted as an urging of its own.
// Faults: NotFound for a task that the actor may not see, Forbidden for one that
// is not the actor's to urge, Conflict where nothing is owed.
func (s *Store) UrgingLetter(ctx context.Context, actor policy.Actor, in document.LetterInput) (document.UrgingLetter, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return document.UrgingLetter{}, err
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return document.UrgingLetter{}, fmt.Errorf("business clock: %w", err)
	}
	letter := document.UrgingLetter{Text: in.Text, Made: now.UTC().Truncate(time.Second)}
	var sender int64
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		var rows []taskRow
		if err := tx.SelectContext(ctx, &rows, `
			SELECT `+taskColumns+` FROM `+taskTables+` WHERE `+visibleTask+` AND t.id = ANY ($4)
			ORDER BY a.position, a.id, `+effectiveDue+`, t.id`, scoped(actor, pq.Array(in.TaskIDs))...); err != nil {
			return fmt.Errorf("read tasks: %w", err)
		}
		if len(rows) < len(in.TaskIDs) {
			return notFound()
		}
		var err error
		if sender, err = senderOf(actor, rows); err != nil {
			return err
		}
		if letter.Letterhead, err = letterheadOf(ctx, tx, sender); err != nil {
			return err
		}
		return fillLetter(&letter, rows, now)
	})
	if err != nil {
		return document.UrgingLetter{}, err
	}
	ids := make([]int64, len(letter.Urged))
	for i, u := range letter.Urged {
		ids[i] = u.TaskID
	}
	return letter, s.transact(ctx, func(tx *sqlx.Tx) error {
		return s.record(ctx, tx, actor, now, change{
			Action: "letter.drafted", Entity: "agency", EntityID: sender, OnBehalf: sender,
			After: map[string]any{"tasks": ids, "text_sha256": digest(in.Text)},
		})
	})
}

// senderOf is the agency in whose name the actor urges for all of the tasks: one
// that reviews them, else the one that issued the plan.
func senderOf(actor policy.Actor, rows []taskRow) (int64, error) {
	may := map[int64]int{}
	var order []int64
	for _, row := range rows {
		if !policy.DraftLetter(actor, row.relation()) {
			return 0, fault.New(fault.Forbidden, "urging.not_yours",
				"Chỉ người theo dõi của cơ quan nhận báo cáo hoặc cơ quan ban hành được đôn đốc.",
				"Only supervisors of the reviewing agency and the plan authority may urge.")
		}
		for _, by := range policy.UrgesFor(actor, row.relation()) {
			if may[by]++; may[by] == 1 {
				order = append(order, by)
			}
		}
	}
	for _, by := range order {
		if may[by] == len(rows) {
			return by, nil
		}
	}
	return 0, fault.New(fault.Invalid, "letter.two_senders",
		"Các báo cáo đã chọn thuộc nhiều cơ quan theo dõi khác nhau. Chọn từng nhóm, mỗi văn bản do một cơ quan ký.",
		"The chosen tasks are followed by different agencies. Choose them in parts: one agency signs a letter.").At("task_ids")
}

// fillLetter puts in what is owed, agency by agency.
func fillLetter(letter *document.UrgingLetter, rows []taskRow, now time.Time) error {
	z := zones{}
	for _, row := range rows {
		if !row.State.Owed() {
			continue
		}
		t, err := row.task(now, z)
		if err != nil {
			return err
		}
		zone, err := z.load(row.TimeZone)
		if err != nil {
			return err
		}
		letter.Today = calendar.DateOf(now, zone)
		letter.Urged = append(letter.Urged, document.Urged{
			TaskID: t.ID, Agency: t.AgencyName, PlanTitle: t.PlanTitle, DutyCode: t.DutyCode, DutyTitle: t.DutyTitle, PeriodKey: t.PeriodKey,
			Due: calendar.DueDay(t.EffectiveDueAt, zone), DaysLate: t.DaysLate, Requested: plan.Mode(t.Mode) == plan.Requested,
		})
	}
	if len(letter.Urged) == 0 {
		return fault.New(fault.Conflict, "letter.nothing_owed",
			"Các báo cáo đã chọn không còn phải gửi, không cần đôn đốc.", "Nothing is owed for the chosen tasks any more.")
	}
	return nil
}
