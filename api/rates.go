package api

import (
	"bytes"
	"context"
	"io"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (s *server) rateRoutes() {
	handle(s, get("/rates", "rates", "Reporting and on-time rates and the official figures, against present and original due times", may(policy.SeePlans)), s.rates)
	handle(s, get("/rankings", "rankings", "The agencies of one level by their on-time rate, from five expected tasks on", may(policy.SeeRankings)), s.rankings)
	handle(s, get("/tasks/{id}/dossier.zip", "get-dossier", "Everything known of one task in one archive; the download is logged", may(policy.SeePlans)), s.taskDossier)
	handle(s, get("/plans/{id}/dossier.zip", "get-plan-dossier", "A plan, its duties and an index of those of its tasks that the reader may see; the download is logged", may(policy.SeePlans)), s.planDossier)
	handle(s, get("/audit", "list-audit", "The audit trail, newest first: to auditors on the plans that a decision opens, to plan authorities on their plans", may(policy.ReadAudit)), s.listAudit)
}

// RateQuery are the parameters of rates that narrow what is counted.
type RateQuery struct {
	Plan    int64     `query:"plan" minimum:"1"`
	Duty    int64     `query:"duty" minimum:"1"`
	Under   int64     `query:"under" minimum:"1" doc:"Owed by this agency or one below it."`
	Level   string    `query:"level" maxLength:"60" doc:"Of the owing agency."`
	Period  string    `query:"period" maxLength:"60" doc:"A period's key, such as 2026-Q2."`
	Mode    string    `query:"mode" enum:"assigned,requested"`
	From    string    `query:"from" format:"date" doc:"First due day, in the plan's time zone."`
	To      string    `query:"to" format:"date" doc:"Last due day."`
	At      time.Time `query:"at" doc:"Reporting moment; default now, never later. Figures of a past moment are made of the facts known today that bear an instant up to then."`
	GroupBy string    `query:"group_by" enum:"agency,duty,plan,period,level" default:"agency"`
}

func (q RateQuery) filter() (f task.RateFilter, err error) {
	f = task.RateFilter{
		GroupBy: task.Grouping(q.GroupBy), PlanID: q.Plan, DutyID: q.Duty, UnderAgency: q.Under,
		Level: q.Level, Period: q.Period, Mode: q.Mode, At: q.At.UTC(),
	}
	f.DueFrom, f.DueTo, err = days("from", q.From, "to", q.To)
	return f, err
}

// days reads two days that may be left out.
func days(fromName, from, toName, to string) (first, last calendar.Date, err error) {
	if from != "" {
		if first, err = parseDay(fromName, from); err != nil {
			return first, last, err
		}
	}
	if to != "" {
		last, err = parseDay(toName, to)
	}
	return first, last, err
}

type ratesInput struct {
	Paged
	RateQuery
}

func (s *server) rates(ctx context.Context, in *ratesInput) (*Answer[Rates], error) {
	filter, err := in.filter()
	if err != nil {
		return nil, err
	}
	filter.Limit, filter.Cursor = in.Limit, in.Cursor
	page, err := s.Service.Rates(ctx, who(ctx), filter)
	if err != nil {
		return nil, err
	}
	filter.At = page.At
	return &Answer[Rates]{Rates{
		At: page.At.UTC(), GroupBy: string(filter.GroupBy),
		List: listOf(page.Rates, page.Next, func(r task.Rate) Rate { return rateOf(r, filter, reader(ctx)) }),
	}}, nil
}

type rankingsInput struct {
	Paged
	Level   string    `query:"level" required:"true" maxLength:"60" doc:"Only agencies of one level are compared."`
	Plan    int64     `query:"plan" minimum:"1"`
	Duty    int64     `query:"duty" minimum:"1"`
	Under   int64     `query:"under" minimum:"1" doc:"This agency or one below it."`
	From    string    `query:"from" format:"date" doc:"First due day, in the plan's time zone."`
	To      string    `query:"to" format:"date" doc:"Last due day."`
	At      time.Time `query:"at" doc:"Reporting moment; default now. Give it again with a cursor, so that all pages are of one moment."`
	Against string    `query:"against" enum:"present,original" default:"present" doc:"Due times as they are now, or as they first were."`
	Order   string    `query:"order" enum:"late,on_time" default:"late" doc:"late: those late most often come first."`
}

func (s *server) rankings(ctx context.Context, in *rankingsInput) (*Answer[Rankings], error) {
	from, to, err := days("from", in.From, "to", in.To)
	if err != nil {
		return nil, err
	}
	ranking, err := s.Service.Rankings(ctx, who(ctx), task.RankingFilter{
		Level: in.Level, PlanID: in.Plan, DutyID: in.Duty, UnderAgency: in.Under, DueFrom: from, DueTo: to, At: in.At.UTC(),
		Against: task.Against(in.Against), OnTimeFirst: in.Order == "on_time", Limit: in.Limit, Cursor: in.Cursor,
	})
	if err != nil {
		return nil, err
	}
	narrowed := task.RateFilter{PlanID: in.Plan, DutyID: in.Duty, Mode: "assigned", DueFrom: from, DueTo: to, At: ranking.At}
	return &Answer[Rankings]{Rankings{
		At: ranking.At.UTC(), Title: rankingTitle(in.Order, reader(ctx)), Level: in.Level, Against: in.Against,
		List: listOf(ranking.Ranked, ranking.Next, func(r task.Ranked) Ranked { return rankedOf(r, narrowed, task.Against(in.Against)) }),
	}}, nil
}

// FigureQuery leaves in a list of tasks what one figure of the rates counts.
type FigureQuery struct {
	Figure  string    `query:"figure" enum:"owed,expected,submitted,on_time,late,done_on_time,done_late,not_done_in_time,not_done_overdue,waiting,waiting_late" doc:"Only what this figure of the rates counts; the parameters below go with it."`
	Against string    `query:"against" enum:"present,original" doc:"Default: present."`
	At      time.Time `query:"at" doc:"The figure's reporting moment; default now."`
	Level   string    `query:"level" maxLength:"60"`
	Period  string    `query:"period" maxLength:"60"`
	Mode    string    `query:"mode" enum:"assigned,requested"`
	From    string    `query:"from" format:"date" doc:"First due day, by the due times that the figure is measured by."`
	To      string    `query:"to" format:"date" doc:"Last due day."`
	// Lateness and Opened are of the leaders' figures.
	Lateness string `query:"lateness" enum:"0-5,6-15,16-,soon" doc:"Calendar days after the due day at the reporting moment; soon: due within seven days."`
	Opened   bool   `query:"opened" doc:"Without rounds that opened only after the reporting moment."`
}

func (q FigureQuery) filter() (f task.FigureFilter, err error) {
	if q.Figure == "" {
		if q != (FigureQuery{}) {
			return f, fault.New(fault.Invalid, "rates.figure",
				"Các tham số against, at, level, period, mode, from, to, lateness, opened đi kèm với figure.",
				"The parameters against, at, level, period, mode, from, to, lateness and opened go with a figure.").At("figure")
		}
		return f, nil
	}
	f = task.FigureFilter{
		Cell: task.Cell(q.Figure), Against: task.Against(q.Against), At: q.At.UTC(), Level: q.Level, Period: q.Period, Mode: q.Mode,
	}
	f.Opened = q.Opened
	if late, ok := lateness[q.Lateness]; ok {
		f.Late = &late
	}
	f.DueFrom, f.DueTo, err = days("from", q.From, "to", q.To)
	return f, err
}

// file is an answer that is saved rather than shown.
type file struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition"`
	Body               []byte
}

// sheetFile writes a sheet before anything of it leaves: a sheet is whole or is an error.
func sheetFile(name string, write func(io.Writer) error) (*file, error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return nil, err
	}
	return &file{ContentType: "text/csv; charset=utf-8", ContentDisposition: `attachment; filename="` + name + `"`, Body: b.Bytes()}, nil
}
