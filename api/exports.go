package api

import (
	"bytes"
	"context"
	"time"

	"dondoc/internal/agency"
	"dondoc/internal/audit"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/sheet"
	"dondoc/internal/target"
	"dondoc/internal/task"
	"dondoc/internal/workbook"
)

func (s *server) exportRoutes() {
	exports(s, "rates", "Rates", policy.SeePlans, s.ratesTable)
	exports(s, "tasks", "A list of tasks", policy.SeePlans, s.tasksTable)
	exports(s, "coverage", "The units of coverage", policy.SeePlans, s.coverageTable)
	exports(s, "overdue", "The overdue tasks of the board", policy.SeeBoard, s.overdueTable)
	exports(s, "plans", "The plans that the reader sees", policy.SeePlans, s.plansTable)
	exports(s, "agencies", "Agencies", policy.SeePlans, s.agenciesTable)
	exports(s, "targets", "Where the targets of a plan stand", policy.SeePlans, s.targetsTable)
	exports(s, "focal-points", "The focal points of the agencies that the reader follows", policy.SeesContacts, s.contactsTable)
	exports(s, "requests", "Requests that the reader may see", policy.SeePlans, s.requestsTable)
	exports(s, "audit", "What of the audit trail the reader may see", policy.ReadAudit, s.auditTable)
}

// exports offers a list as CSV and as an Excel workbook.
func exports[I any](s *server, name, what string, rule func(policy.Actor) bool, table func(context.Context, *I) (sheet.Table, error)) {
	handle(s, get("/exports/"+name+".csv", "export-"+name, what+" as CSV; the export is logged", may(rule), slow), func(ctx context.Context, in *I) (*file, error) {
		t, err := table(ctx, in)
		if err != nil {
			return nil, err
		}
		return sheetFile(name+".csv", t.WriteCSV)
	})
	handle(s, get("/exports/"+name+".xlsx", "export-"+name+"-xlsx", what+" as an Excel workbook; the export is logged", may(rule), slow), func(ctx context.Context, in *I) (*file, error) {
		t, err := table(ctx, in)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := workbook.WriteTable(&b, t); err != nil {
			return nil, err
		}
		return &file{ContentType: workbook.MediaType, ContentDisposition: `attachment; filename="` + name + `.xlsx"`, Body: b.Bytes()}, nil
	})
}

func (s *server) ratesTable(ctx context.Context, in *RateQuery) (sheet.Table, error) {
	filter, err := in.filter()
	if err != nil {
		return sheet.Table{}, err
	}
	page, err := s.Service.ExportRates(ctx, who(ctx), filter)
	return task.RatesTable(filter.GroupBy, page.Rates, reader(ctx)), err
}

func (s *server) tasksTable(ctx context.Context, in *TaskQuery) (sheet.Table, error) {
	filter, err := in.filter()
	if err != nil {
		return sheet.Table{}, err
	}
	tasks, err := s.Service.ExportTasks(ctx, who(ctx), filter)
	if err != nil {
		return sheet.Table{}, err
	}
	return task.TasksTable(tasks, reader(ctx))
}

func (s *server) coverageTable(ctx context.Context, in *exportCoverageInput) (sheet.Table, error) {
	units, zone, err := s.Service.ExportCoverage(ctx, who(ctx), in.Plan, in.filter())
	if err != nil {
		return sheet.Table{}, err
	}
	return plan.CoverageTable(units, zone, reader(ctx)), nil
}

// OverdueQuery narrows the overdue tasks of the board.
type OverdueQuery struct {
	Plan  int64 `query:"plan" minimum:"1"`
	Duty  int64 `query:"duty" minimum:"1"`
	Under int64 `query:"under" minimum:"1" doc:"Only this agency and those below it."`
	ByLevelAndWay
}

func (s *server) overdueTable(ctx context.Context, in *OverdueQuery) (sheet.Table, error) {
	lines, err := s.Service.ExportOverdue(ctx, who(ctx), task.BoardFilter{PlanID: in.Plan, DutyID: in.Duty, UnderAgency: in.Under, Level: in.Level, Way: task.Way(in.Way)})
	if err != nil {
		return sheet.Table{}, err
	}
	return task.OverdueTable(lines, reader(ctx))
}

func (s *server) plansTable(ctx context.Context, _ *None) (sheet.Table, error) {
	plans, err := s.Service.ExportPlans(ctx, who(ctx))
	return plan.Table(plans, reader(ctx)), err
}

// AgencyQuery narrows a list of agencies.
type AgencyQuery struct {
	Level  string `query:"level" maxLength:"60"`
	Parent int64  `query:"parent" minimum:"1" doc:"Only children of this agency."`
	Query  string `query:"q" maxLength:"200" doc:"In name or code."`
	Ended  bool   `query:"ended" doc:"Agencies that have ended too; left out otherwise."`
}

func (s *server) agenciesTable(ctx context.Context, in *AgencyQuery) (sheet.Table, error) {
	agencies, err := s.Service.ExportAgencies(ctx, who(ctx), agency.Filter{Level: in.Level, ParentID: in.Parent, Query: in.Query, Ended: in.Ended})
	return agency.Table(agencies, reader(ctx)), err
}

// PlanQuery names a plan.
type PlanQuery struct {
	Plan int64 `query:"plan" required:"true" minimum:"1"`
}

func (s *server) targetsTable(ctx context.Context, in *PlanQuery) (sheet.Table, error) {
	view, err := s.Service.ExportTargets(ctx, who(ctx), in.Plan)
	return target.Table(view, reader(ctx)), err
}

func (s *server) contactsTable(ctx context.Context, in *PlanQuery) (sheet.Table, error) {
	list, err := s.Service.ContactList(ctx, who(ctx), in.Plan)
	return list.Table(reader(ctx)), err
}

// RequestQuery narrows a list of requests.
type RequestQuery struct {
	Task     int64  `query:"task" minimum:"1"`
	Kind     string `query:"kind" enum:"extension,waiver,explanation,obstacle,contribution,help"`
	Mine     bool   `query:"mine" doc:"Asked by agencies where the reader is focal point, head or supervisor."`
	ToDecide bool   `query:"to_decide" doc:"Waiting for the reader."`
	Open     bool   `query:"open" doc:"Not settled."`
}

func (s *server) requestsTable(ctx context.Context, in *RequestQuery) (sheet.Table, error) {
	requests, err := s.Service.ExportRequests(ctx, who(ctx), request.Filter{TaskID: in.Task, Kind: request.Kind(in.Kind), Mine: in.Mine, ToDecide: in.ToDecide, Open: in.Open})
	if err != nil {
		return sheet.Table{}, err
	}
	return request.Table(requests, reader(ctx))
}

// AuditQuery narrows the audit trail.
type AuditQuery struct {
	Entity   string    `query:"entity" enum:"task,round,plan,user,rates,audit_mandate"`
	EntityID int64     `query:"entity_id" minimum:"1"`
	Actor    int64     `query:"actor" minimum:"1" doc:"The person's number."`
	Action   string    `query:"action" maxLength:"60" doc:"Such as task.submitted or rates.exported."`
	From     time.Time `query:"from" doc:"At or after this instant."`
	To       time.Time `query:"to" doc:"Before this instant."`
}

func (s *server) auditTable(ctx context.Context, in *AuditQuery) (sheet.Table, error) {
	entries, err := s.Service.ExportEntries(ctx, who(ctx), audit.EntryFilter{
		Entity: in.Entity, EntityID: in.EntityID, ActorID: in.Actor, Action: in.Action, From: in.From.UTC(), To: in.To.UTC(),
	})
	return audit.Table(entries, reader(ctx)), err
}
