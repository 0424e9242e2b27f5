package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Exports hold at most maxExport lines, read exportBatch at a time.
const (
	maxExport   = 20_000
	exportBatch = 2_000
)

func tooLarge() error {
	return fault.New(fault.Invalid, "export.too_large",
		"Nhiều hơn %d dòng; hãy thu hẹp phạm vi rồi xuất từng phần.", "More than %d lines; narrow what is asked for and export it in parts.", maxExport)
}

// ExportRates gives all lines at once, and leaves in the audit trail who took
// them away and what was asked for.
func (s *Store) ExportRates(ctx context.Context, actor policy.Actor, f task.RateFilter) (task.RatePage, error) {
	f.Cursor = ""
	page, err := s.rates(ctx, actor, f, maxExport)
	if err != nil {
		return page, err
	}
	if page.Next != "" {
		return page, tooLarge()
	}
	asked := asked{
		"group_by": string(f.GroupBy), "plan": f.PlanID, "duty": f.DutyID, "under": f.UnderAgency,
		"due_from": f.DueFrom, "due_to": f.DueTo, "at": page.At, "mode": f.Mode,
	}
	if len(page.Rates) > 0 { // what matched something is no free text
		asked["level"], asked["period"] = f.Level, f.Period
	}
	return page, s.recordExport(ctx, actor, "rates", f.PlanID, len(page.Rates), asked)
}

// ExportTasks gives the whole list of tasks at once, likewise.
func (s *Store) ExportTasks(ctx context.Context, actor policy.Actor, f task.Filter) ([]task.Task, error) {
	f.Cursor = ""
	if f.Figure.Cell != "" { // one moment for all batches
		at, err := s.reportingMoment(ctx, f.Figure.At, f.Figure.DueFrom, f.Figure.DueTo)
		if err != nil {
			return nil, err
		}
		f.Figure.At = at
	}
	tasks := []task.Task{}
	for {
		page, err := s.listTasks(ctx, actor, f, exportBatch)
		if err != nil {
			return nil, err
		}
		if tasks = append(tasks, page.Tasks...); len(tasks) > maxExport || len(tasks) == maxExport && page.Next != "" {
			return nil, tooLarge()
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			break
		}
	}
	asked := asked{
		"state": f.State, "plan": f.PlanID, "duty": f.DutyID, "round": f.RoundID, "agency": f.AgencyID, "under": f.UnderAgency,
		"mine": f.Mine, "to_review": f.ToReview, "overdue": f.Overdue, "due_after": f.DueFrom, "due_until": f.DueTo,
		"figure": string(f.Figure.Cell), "against": string(f.Figure.Against), "at": f.Figure.At, "mode": f.Figure.Mode,
		"due_from": f.Figure.DueFrom, "due_to": f.Figure.DueTo,
	}
	if len(tasks) > 0 {
		asked["level"], asked["period"] = f.Figure.Level, f.Figure.Period
	}
	return tasks, s.recordExport(ctx, actor, "tasks", f.PlanID, len(tasks), asked)
}

// asked is a filter as the trail keeps it: what narrowed, and nothing else.
type asked map[string]any

func (a asked) narrowing() asked {
	kept := asked{}
	for name, value := range a {
		switch v := value.(type) {
		case int64:
			if v != 0 {
				kept[name] = v
			}
		case string:
			if v != "" {
				kept[name] = v
			}
		case bool:
			if v {
				kept[name] = v
			}
		case time.Time:
			if !v.IsZero() {
				kept[name] = v
			}
		case calendar.Date:
			if !v.IsZero() {
				kept[name] = v
			}
		case []task.State:
			if len(v) > 0 {
				kept[name] = v
			}
		}
	}
	return kept
}

func (s *Store) recordExport(ctx context.Context, actor policy.Actor, list string, planID int64, lines int, a asked) error {
	now, err := s.business.Now(ctx)
	if err != nil {
		return fmt.Errorf("business clock: %w", err)
	}
	entity := "rates"
	if planID != 0 {
		entity = "plan" // so that the plan's authority reads of it
	}
	return s.transact(ctx, func(tx *sqlx.Tx) error {
		return s.record(ctx, tx, actor.Reader(), now, change{
			Action: exported, Entity: entity, EntityID: planID, OnBehalf: actor.Reading(),
			After: planUnderDecision(actor, planID, map[string]any{"list": list, "lines": lines, "filter": a.narrowing()}),
		})
	})
}
