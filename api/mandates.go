package api

import (
	"context"
	"net/http"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/policy"
)

func (s *server) mandateRoutes() {
	handle(s, get("/audit-mandates", "list-audit-mandates",
		"Decisions that open plans to auditors: those over the reader's plans, and the reader's own", may(policy.SeeMandates)), s.listMandates)
	handle(s, post("/audit-mandates", "open-audit-mandate",
		"Take up a decision that opens plans to an auditor for a time", may(policy.LoadPlan), answers(http.StatusCreated)), s.openMandate)
	handle(s, del("/audit-mandates/{id}", "revoke-audit-mandate", "End what a decision opened, at once", may(policy.LoadPlan), answers(http.StatusNoContent)), s.revokeMandate)
}

// Mandate is a decision that opens plans to an auditor.
type Mandate struct {
	ID             int64      `json:"id"`
	Auditor        PersonRef  `json:"auditor"`
	Email          string     `json:"email"`
	DecisionNumber string     `json:"decision_number"`
	DecidedOn      string     `json:"decided_on" format:"date"`
	IssuedBy       string     `json:"issued_by"`
	Plans          []PlanRef  `json:"plans"`
	From           string     `json:"from" format:"date"`
	To             string     `json:"to" format:"date" doc:"The last day on which it opens anything."`
	OpenedBy       string     `json:"opened_by"`
	OpenedAt       time.Time  `json:"opened_at"`
	RevokedAt      *time.Time `json:"revoked_at,omitempty"`
	Open           bool       `json:"open" doc:"It opens its plans today."`
}

func mandateOf(m account.Mandate) Mandate {
	view := Mandate{
		ID: m.ID, Auditor: PersonRef{m.UserID, m.Name}, Email: m.Email, DecisionNumber: m.DecisionNumber, DecidedOn: m.DecidedOn.String(),
		IssuedBy: m.IssuedBy, Plans: make([]PlanRef, len(m.Plans)), From: m.From.String(), To: m.To.String(),
		OpenedBy: m.OpenedBy, OpenedAt: m.OpenedAt.UTC(), RevokedAt: utc(m.RevokedAt), Open: m.Open,
	}
	for i, p := range m.Plans {
		view.Plans[i] = PlanRef{p.ID, p.Code, p.Title}
	}
	return view
}

func (s *server) listMandates(ctx context.Context, _ *None) (*Answer[List[Mandate]], error) {
	all, err := s.Service.ListMandates(ctx, who(ctx))
	if err != nil {
		return nil, err
	}
	return &Answer[List[Mandate]]{listOf(all, "", mandateOf)}, nil
}

type openMandateInput struct {
	Keyed
	Body struct {
		Email          string  `json:"email" minLength:"1" maxLength:"254" doc:"Of an account that is auditor at that time."`
		DecisionNumber string  `json:"decision_number" minLength:"1" maxLength:"400"`
		DecidedOn      string  `json:"decided_on" format:"date"`
		IssuedBy       string  `json:"issued_by" minLength:"1" maxLength:"1200" doc:"Who issued the decision."`
		Plans          []int64 `json:"plans" minItems:"1" maxItems:"50" doc:"All of them issued by agencies where the caller is plan authority."`
		From           string  `json:"from" format:"date"`
		To             string  `json:"to" format:"date" doc:"The last day; at most two years after the first."`
	}
}

func (s *server) openMandate(ctx context.Context, in *openMandateInput) (*Answer[Mandate], error) {
	wanted := account.MandateInput{
		Email: in.Body.Email, DecisionNumber: in.Body.DecisionNumber, IssuedBy: in.Body.IssuedBy, Plans: in.Body.Plans,
	}
	var err error
	if wanted.DecidedOn, err = parseDay("decided_on", in.Body.DecidedOn); err != nil {
		return nil, err
	}
	if wanted.From, err = parseDay("from", in.Body.From); err != nil {
		return nil, err
	}
	if wanted.To, err = parseDay("to", in.Body.To); err != nil {
		return nil, err
	}
	opened, err := s.Service.OpenMandate(ctx, who(ctx), wanted)
	if err != nil {
		return nil, err
	}
	return &Answer[Mandate]{mandateOf(opened)}, nil
}

func (s *server) revokeMandate(ctx context.Context, in *ID) (*Empty, error) {
	return &Empty{}, s.Service.RevokeMandate(ctx, who(ctx), in.ID)
}
