package api

import (
	"context"
	"net/http"
	"time"

	"dondoc/internal/account"
)

func (s *server) substitutionRoutes() {
	handle(s, get("/agencies/{id}/colleagues", "list-colleagues", "Who works at the reader's own agency"), s.listColleagues)
	handle(s, get("/substitutions", "list-substitutions", "Substitutions that concern the reader, or that the reader may end; the newest first"), s.listSubstitutions)
	handle(s, post("/substitutions", "name-substitute",
		"Let a colleague stand in for the holder of a post on certain days: by the holder, the agency's head, or an administrator", answers(http.StatusCreated)), s.nameSubstitute)
	handle(s, post("/substitutions/{id}/revocation", "revoke-substitution", "End a substitution now"), s.revokeSubstitution)
}

// Colleague is somebody who works at the reader's agency.
type Colleague struct {
	PersonRef
	Phone string   `json:"phone,omitempty"`
	Roles []string `json:"roles"`
	For   []string `json:"for,omitempty" doc:"For whom the person stands in here today."`
}

func (s *server) listColleagues(ctx context.Context, in *ID) (*Answer[List[Colleague]], error) {
	colleagues, err := s.Service.ListColleagues(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[List[Colleague]]{listOf(colleagues, "", func(c account.Colleague) Colleague {
		view := Colleague{PersonRef: PersonRef{c.ID, c.Name}, Phone: c.Phone, Roles: []string{}, For: c.For}
		for _, role := range c.Roles {
			view.Roles = append(view.Roles, string(role))
		}
		return view
	})}, nil
}

// Substitution is one person standing in for another in one post.
type Substitution struct {
	ID         int64      `json:"id"`
	Holder     PersonRef  `json:"holder"`
	Substitute PersonRef  `json:"substitute"`
	Agency     AgencyRef  `json:"agency"`
	Role       string     `json:"role" enum:"focal_point,head,supervisor,plan_authority,auditor,administrator"`
	From       string     `json:"from" format:"date"`
	To         string     `json:"to" format:"date" doc:"The last day, as it was named."`
	Reason     string     `json:"reason,omitempty"`
	NamedBy    string     `json:"named_by"`
	NamedAt    time.Time  `json:"named_at"`
	RevokedAt  *time.Time `json:"revoked_at,omitempty"`
	Running    bool       `json:"running" doc:"It gives the post today."`
}

func substitutionOf(s account.Substitution) Substitution {
	return Substitution{
		ID: s.ID, Holder: PersonRef(s.Holder), Substitute: PersonRef(s.Substitute), Agency: AgencyRef{ID: s.AgencyID, Name: s.AgencyName},
		Role: string(s.Role), From: s.From.String(), To: s.To.String(), Reason: s.Reason, NamedBy: s.NamedByName,
		NamedAt: s.NamedAt.UTC(), RevokedAt: utc(s.RevokedAt), Running: s.Running,
	}
}

func (s *server) listSubstitutions(ctx context.Context, in *Paged) (*Answer[List[Substitution]], error) {
	page, err := s.Service.ListSubstitutions(ctx, who(ctx), in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &Answer[List[Substitution]]{listOf(page.Substitutions, page.Next, substitutionOf)}, nil
}

type substituteInput struct {
	Keyed
	Body struct {
		PostID       int64  `json:"post_id" minimum:"1" doc:"The holder's own post, as /me or /people lists it."`
		SubstituteID int64  `json:"substitute_id" minimum:"1"`
		From         string `json:"from" format:"date" doc:"The first day, in Viet Nam; today or later."`
		To           string `json:"to" format:"date" doc:"The last day; the substitution ends by itself at its end."`
		Reason       string `json:"reason,omitempty"`
	}
}

func (s *server) nameSubstitute(ctx context.Context, in *substituteInput) (*Answer[Substitution], error) {
	from, err := parseDay("from", in.Body.From)
	if err != nil {
		return nil, err
	}
	to, err := parseDay("to", in.Body.To)
	if err != nil {
		return nil, err
	}
	named, err := s.Service.NameSubstitute(ctx, who(ctx), account.SubstituteInput{
		PostID: in.Body.PostID, SubstituteID: in.Body.SubstituteID, From: from, To: to, Reason: in.Body.Reason,
	})
	if err != nil {
		return nil, err
	}
	return &Answer[Substitution]{substitutionOf(named)}, nil
}

type revokeInput struct {
	Keyed
	ID
}

func (s *server) revokeSubstitution(ctx context.Context, in *revokeInput) (*Answer[Substitution], error) {
	ended, err := s.Service.RevokeSubstitution(ctx, who(ctx), in.ID.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[Substitution]{substitutionOf(ended)}, nil
}
