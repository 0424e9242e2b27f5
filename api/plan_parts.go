package api

import (
	"context"

	"dondoc/internal/plan"
)

// PlanBody is an interagency team.
type PlanBody struct {
	Code      string        `json:"code"`
	Name      string        `json:"name"`
	Aliases   []string      `json:"aliases"`
	Levels    []string      `json:"levels" doc:"At which it exists, as the plan says."`
	Basis     string        `json:"basis,omitempty"`
	Members   []BodyMember  `json:"members"`
	Duty      string        `json:"established_by,omitempty" doc:"Code of the duty whose result is the decision that sets it up."`
	DutyTitle string        `json:"established_by_title,omitempty"`
	PerLevel  []BodyByLevel `json:"per_level" doc:"Where many units set up one each. Only units that the reader sees are counted."`
	Units     []BodyOfUnit  `json:"units"`
}

// BodyMember is an agency's part in a body.
type BodyMember struct {
	Agency string   `json:"agency" doc:"Code."`
	Name   string   `json:"name"`
	Role   string   `json:"role" enum:"lead,member"`
	Duties []string `json:"duties" doc:"Codes of the duties that make it a member; none: the body's own list names it."`
}

// BodyByLevel counts the bodies of one level.
type BodyByLevel struct {
	Level       string `json:"level"`
	Units       int    `json:"units"`
	Established int    `json:"established" doc:"Of so many the decision is in."`
}

// BodyOfUnit is a unit that sets up a body.
type BodyOfUnit struct {
	Agency         AgencyRef `json:"agency"`
	Level          string    `json:"level"`
	Established    bool      `json:"established"`
	TaskID         int64     `json:"task_id,omitempty"`
	TaskState      string    `json:"task_state,omitempty"`
	DocumentNumber string    `json:"document_number,omitempty"`
	DocumentOn     string    `json:"document_on,omitempty" format:"date"`
}

func (s *server) planBodies(ctx context.Context, in *ID) (*Answer[List[PlanBody]], error) {
	bodies, err := s.Service.PlanBodies(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[List[PlanBody]]{listOf(bodies, "", func(b plan.BodyRecord) PlanBody {
		view := PlanBody{
			Code: b.Code, Name: b.Name, Aliases: append([]string{}, b.Aliases...), Levels: append([]string{}, b.Levels...), Basis: b.Basis,
			Members: make([]BodyMember, len(b.Parts)), Duty: b.Duty, DutyTitle: b.DutyTitle,
			PerLevel: make([]BodyByLevel, len(b.PerLevel)), Units: make([]BodyOfUnit, len(b.Units)),
		}
		for i, p := range b.Parts {
			view.Members[i] = BodyMember{p.Agency, p.AgencyName, string(p.Role), append([]string{}, p.Duties...)}
		}
		for i, l := range b.PerLevel {
			view.PerLevel[i] = BodyByLevel{l.Level, l.Units, l.Established}
		}
		for i, u := range b.Units {
			view.Units[i] = BodyOfUnit{AgencyRef{u.AgencyID, u.AgencyCode, u.AgencyName}, u.Level, u.Established, u.TaskID, u.TaskState, u.DocumentNumber, u.DocumentOn.String()}
		}
		return view
	})}, nil
}

// PlanTemplate is a report that is ready to be asked for: give its code and its duty to open a round.
type PlanTemplate struct {
	Code      string   `json:"code"`
	Title     string   `json:"title"`
	Text      string   `json:"text,omitempty" doc:"Absent: the duty's own text."`
	DutyID    int64    `json:"duty_id"`
	DutyCode  string   `json:"duty_code"`
	DutyTitle string   `json:"duty_title"`
	Cadence   string   `json:"cadence,omitempty" enum:"ad_hoc,flash,event"`
	AgencyIDs []int64  `json:"agency_ids" doc:"None: everyone who owes the duty."`
	Due       *HandDue `json:"due,omitempty" doc:"Absent: the duty's own rule."`
}

func (s *server) planTemplates(ctx context.Context, in *ID) (*Answer[List[PlanTemplate]], error) {
	templates, err := s.Service.PlanTemplates(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[List[PlanTemplate]]{listOf(templates, "", func(t plan.TemplateRecord) PlanTemplate {
		view := PlanTemplate{
			Code: t.Code, Title: t.Title, Text: t.Text, DutyID: t.DutyID, DutyCode: t.Duty, DutyTitle: t.DutyTitle, Cadence: string(t.Cadence),
			AgencyIDs: append([]int64{}, t.AgencyIDs...),
		}
		if t.Due.WorkingDays+t.Due.CalendarDays+t.Due.Hours > 0 {
			view.Due = &HandDue{WorkingDays: t.Due.WorkingDays, CalendarDays: t.Due.CalendarDays, Hours: t.Due.Hours, RoundTheClock: t.Due.RoundTheClock}
		}
		return view
	})}, nil
}

// PlanContent is a paragraph of the plan that names nobody.
type PlanContent struct {
	Code      string         `json:"code"`
	Kind      string         `json:"kind" enum:"purpose,content" doc:"purpose: what the document wants; content: what is to be done."`
	Reference string         `json:"reference,omitempty" doc:"Its place in the document."`
	Text      string         `json:"text"`
	Owned     bool           `json:"owned" doc:"A duty carries it out."`
	Duties    []RealisedDuty `json:"duties"`
}

// RealisedDuty is a duty that carries out a paragraph.
type RealisedDuty struct {
	Code  string `json:"code"`
	Title string `json:"title"`
}

func (s *server) planContent(ctx context.Context, in *ID) (*Answer[List[PlanContent]], error) {
	records, err := s.Service.PlanContent(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[List[PlanContent]]{listOf(records, "", func(c plan.ContentRecord) PlanContent {
		view := PlanContent{Code: c.Code, Kind: "content", Reference: c.Reference, Text: c.Text, Owned: len(c.Duties) > 0, Duties: make([]RealisedDuty, len(c.Duties))}
		if c.Purpose {
			view.Kind = "purpose"
		}
		for i, d := range c.Duties {
			view.Duties[i] = RealisedDuty(d)
		}
		return view
	})}, nil
}
