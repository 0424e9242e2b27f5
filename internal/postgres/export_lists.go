package postgres

import (
	"context"

	"dondoc/internal/agency"
	"dondoc/internal/audit"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/target"
	"dondoc/internal/task"
)

// pageOfExport is how many lines of a list are read at a time.
const pageOfExport = 200

// allPages reads a list to its end, or refuses it where it is too long for one file.
func allPages[T any](read func(cursor string) ([]T, string, error)) ([]T, error) {
	all, cursor := []T{}, ""
	for {
		page, next, err := read(cursor)
		if err != nil {
			return nil, err
		}
		if all = append(all, page...); len(all) > maxExport {
			return nil, tooLarge()
		}
		if cursor = next; cursor == "" {
			return all, nil
		}
	}
}

// ExportOverdue gives the overdue tasks of the board at once, and leaves in the
// audit trail who took them away and what was asked for; as all exports do.
func (s *Store) ExportOverdue(ctx context.Context, actor policy.Actor, f task.BoardFilter) ([]task.Overdue, error) {
	f.Limit = pageOfExport
	lines, err := allPages(func(cursor string) ([]task.Overdue, string, error) {
		f.Cursor = cursor
		board, err := s.Board(ctx, actor, f)
		return board.Overdue, board.Next, err
	})
	if err != nil {
		return nil, err
	}
	narrowed := asked{"plan": f.PlanID, "duty": f.DutyID, "under": f.UnderAgency}
	if f.Way != "" {
		narrowed["way"] = f.Way
	}
	if len(lines) > 0 && f.Level != "" { // what matched something is no free text
		narrowed["level"] = f.Level
	}
	return lines, s.recordExport(ctx, actor, "overdue", f.PlanID, len(lines), narrowed)
}

// ExportPlans gives the plans that the actor sees.
func (s *Store) ExportPlans(ctx context.Context, actor policy.Actor) ([]plan.Record, error) {
	lines, err := s.ListPlans(ctx, actor)
	if err != nil {
		return nil, err
	}
	return lines, s.recordExport(ctx, actor, "plans", 0, len(lines), nil)
}

// ExportAgencies gives the list of agencies.
func (s *Store) ExportAgencies(ctx context.Context, actor policy.Actor, f agency.Filter) ([]agency.Agency, error) {
	f.Limit = pageOfExport
	lines, err := allPages(func(cursor string) ([]agency.Agency, string, error) {
		f.Cursor = cursor
		page, err := s.ListAgencies(ctx, actor, f)
		return page.Agencies, page.Next, err
	})
	if err != nil {
		return nil, err
	}
	narrowed := asked{"parent": f.ParentID, "ended": f.Ended}
	if len(lines) > 0 { // what matched something is no free text
		narrowed["level"] = f.Level
	}
	return lines, s.recordExport(ctx, actor, "agencies", 0, len(lines), narrowed)
}

// ExportTargets gives where the targets of a plan stand.
func (s *Store) ExportTargets(ctx context.Context, actor policy.Actor, planID int64) (target.View, error) {
	view, err := s.PlanTargets(ctx, actor, planID)
	if err != nil {
		return target.View{}, err
	}
	return view, s.recordExport(ctx, actor, "targets", planID, len(view.Targets), nil)
}

// ExportRequests gives the requests that the actor may see.
func (s *Store) ExportRequests(ctx context.Context, actor policy.Actor, f request.Filter) ([]request.Request, error) {
	f.Limit = pageOfExport
	lines, err := allPages(func(cursor string) ([]request.Request, string, error) {
		f.Cursor = cursor
		page, err := s.ListRequests(ctx, actor, f)
		return page.Requests, page.Next, err
	})
	if err != nil {
		return nil, err
	}
	return lines, s.recordExport(ctx, actor, "requests", 0, len(lines), asked{"task": f.TaskID, "kind": string(f.Kind), "mine": f.Mine, "to_decide": f.ToDecide, "open": f.Open})
}

// ExportEntries gives what of the audit trail the actor may read.
func (s *Store) ExportEntries(ctx context.Context, actor policy.Actor, f audit.EntryFilter) ([]audit.Entry, error) {
	f.Limit = pageOfExport
	lines, err := allPages(func(cursor string) ([]audit.Entry, string, error) {
		f.Cursor = cursor
		page, err := s.ListAudit(ctx, actor, f)
		return page.Entries, page.Next, err
	})
	if err != nil {
		return nil, err
	}
	narrowed := asked{"entity": f.Entity, "entity_id": f.EntityID, "actor": f.ActorID, "from": f.From, "to": f.To}
	if len(lines) > 0 {
		narrowed["action"] = f.Action
	}
	return lines, s.recordExport(ctx, actor, "audit", 0, len(lines), narrowed)
}
