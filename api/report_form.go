package api

import (
	"context"

	"dondoc/internal/form"
	"dondoc/internal/policy"
)

func (s *server) reportFormRoutes() {
	handle(s, get("/tasks/{id}/form", "get-form", "A report's form with what is known of each figure: the usual table, and what is offered (biểu mẫu)", may(policy.SeePlans)), s.reportForm)
	handle(s, get("/agencies/{id}/past-figures", "list-past-figures", "Figures of periods that no report of the system covers (số liệu các năm trước)", may(policy.SeePlans), scope(policy.TasksRead)), s.pastFigures)
	handle(s, put("/agencies/{id}/past-figures", "enter-past-figures", "Enter such figures, or take them back; what is there in the same words changes nothing", may(policy.SeePlans), scope(policy.TasksWrite)), s.enterPastFigures)
}

// ReportForm is a report form with what is known for one task.
type ReportForm struct {
	TaskID   int64         `json:"task_id"`
	Version  int           `json:"version" doc:"Of the task."`
	Code     string        `json:"code,omitempty" doc:"Of the plan's form; left out where the duty names figures and no form."`
	Name     string        `json:"name,omitempty"`
	Agency   AgencyRef     `json:"agency"`
	Plan     FormSource    `json:"plan"`
	Duty     FormSource    `json:"duty"`
	Period   Period        `json:"period"`
	Sections []FormSection `json:"sections"`
	Rules    []string      `json:"rules" doc:"Hold figures of the form against each other: \"kt-vi-pham <= kt-luot\"."`
}

// FormSource names what a form belongs to.
type FormSource struct {
	Code  string `json:"code"`
	Title string `json:"title"`
}

// FormSection is a heading with rows of figures, a text, or both.
type FormSection struct {
	Heading   string    `json:"heading"`
	Hint      string    `json:"hint,omitempty"`
	Rows      []FormRow `json:"rows"`
	Narrative bool      `json:"narrative" doc:"Whether a text is asked for."`
	Required  bool      `json:"required" doc:"Whether the text is."`
	MaxLength int       `json:"max_length,omitempty" doc:"Of the text, in characters; left out: the limit of all texts."`
	Level     int       `json:"level,omitempty" doc:"Of a heading of an outline (mẫu đề cương), 1 to 3."`
	// LastReported is a period's key.
	LastReported string `json:"last_reported,omitempty" doc:"Key of the newest period in which a standing duty's section said something."`
	Text         string `json:"text,omitempty"`
}

// FormRow is one figure that is asked for, in the usual columns. All figures are
// decimal text, empty where nothing is known.
type FormRow struct {
	Indicator string `json:"indicator"`
	Name      string `json:"name"`
	Kind      string `json:"kind" enum:"count,percent,money,text"`
	UnitName  string `json:"unit_name,omitempty"`
	Ordinal   string `json:"ordinal" doc:"What stands under TT." example:"2.1"`
	Depth     int    `json:"depth" doc:"1 for a part (trong đó) of the row above."`
	Computed  bool   `json:"computed" doc:"Worked out from other rows and never typed."`
	Required  bool   `json:"required"`
	Integer   bool   `json:"integer"`
	Min       string `json:"min,omitempty"`
	Max       string `json:"max,omitempty"`

	YearPlan            string `json:"year_plan" doc:"Kế hoạch năm."`
	InPeriod            string `json:"in_period" doc:"Trong kỳ: to the agency's own people what they are writing, to others what was sent last."`
	YearToDate          string `json:"year_to_date" doc:"Lũy kế năm."`
	PlanToDate          string `json:"plan_to_date" doc:"Lũy kế giai đoạn."`
	YearBefore          string `json:"year_before" doc:"Cùng kỳ năm trước."`
	PercentOfPlan       string `json:"percent_of_plan" doc:"Year to date in percent of the year's plan, two decimals."`
	PercentOfYearBefore string `json:"percent_of_year_before" doc:"In the period in percent of the same period last year, two decimals."`
	Previous            string `json:"previous" doc:"Of the period before this one."`
	PreviousPeriod      string `json:"previous_period,omitempty" example:"2026-M04"`
	Offered             string `json:"offered" doc:"What the same unit reported for the same period elsewhere."`
	OfferedFrom         string `json:"offered_from,omitempty" doc:"Where, in words for a person."`
}

func (s *server) reportForm(ctx context.Context, in *ID) (*Answer[ReportForm], error) {
	filled, err := s.Service.FilledForm(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[ReportForm]{Body: reportFormOf(filled, reader(ctx))}, nil
}

func reportFormOf(f form.Filled, language string) ReportForm {
	view := ReportForm{
		TaskID: f.TaskID, Version: f.Version, Code: f.Code, Name: f.Name, Agency: AgencyRef{f.AgencyID, f.AgencyCode, f.AgencyName},
		Plan: FormSource{f.PlanCode, f.PlanTitle}, Duty: FormSource{f.DutyCode, f.DutyTitle}, Period: periodOf(f.PeriodKey, f.From, f.To, language),
		Sections: make([]FormSection, len(f.Sections)), Rules: make([]string, len(f.Rules)),
	}
	for i, rule := range f.Rules {
		view.Rules[i] = rule.Text
	}
	texts := f.Texts
	for i, s := range f.Sections {
		section := FormSection{Heading: s.Heading, Hint: s.Hint, Narrative: s.Narrative, Required: s.Required, MaxLength: s.MaxLength, Level: s.Level, LastReported: s.LastReported, Rows: make([]FormRow, len(s.Rows))}
		if s.Narrative && len(texts) > 0 {
			section.Text, texts = texts[0], texts[1:]
		}
		for n, row := range s.Rows {
			section.Rows[n] = formRowOf(row, f.Figures[row.Code])
		}
		view.Sections[i] = section
	}
	return view
}

func formRowOf(r form.Row, f form.Figures) FormRow {
	return FormRow{
		Indicator: r.Code, Name: r.Name, Kind: string(r.Unit), UnitName: r.UnitName, Ordinal: r.Ordinal, Depth: r.Depth, Computed: r.Computed,
		Required: r.Required, Integer: r.Integer, Min: r.Min, Max: r.Max,
		YearPlan: f.YearPlan, InPeriod: f.InPeriod, YearToDate: f.YearToDate, PlanToDate: f.PlanToDate, YearBefore: f.YearBefore,
		PercentOfPlan: f.PercentOfPlan, PercentOfYearBefore: f.PercentOfYearBefore,
		Previous: f.Previous, PreviousPeriod: f.PreviousKey, Offered: f.Offered, OfferedFrom: f.OfferedFrom,
	}
}
