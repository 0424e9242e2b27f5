package api

import (
	"context"

	"dondoc/internal/agency"
)

func (s *server) agencyRoutes() {
	handle(s, get("/agencies", "list-agencies", "Agencies"), s.listAgencies)
	handle(s, get("/agencies/{id}", "get-agency", "One agency"), s.getAgency)
}

// Agency is a node of the tree of agencies.
type Agency struct {
	ID            int64      `json:"id"`
	Code          string     `json:"code"`
	Name          string     `json:"name"`
	ShortName     string     `json:"short_name,omitempty"`
	Level         string     `json:"level"`
	Parent        *AgencyRef `json:"parent,omitempty"`
	OfficialID    string     `json:"official_id,omitempty" doc:"Official electronic identifier (mã định danh điện tử)."`
	Mailbox       string     `json:"mailbox,omitempty" doc:"Official mailbox (hộp thư công vụ)."`
	Phone         string     `json:"phone,omitempty"`
	ValidFrom     string     `json:"valid_from,omitempty" format:"date"`
	ValidTo       string     `json:"valid_to,omitempty" format:"date"`
	TwoSignatures bool       `json:"two_signatures" doc:"What a focal point sends in waits for the head's approval."`
	Version       int        `json:"version"`
}

func agencyOf(a agency.Agency) Agency {
	view := Agency{
		ID: a.ID, Code: a.Code, Name: a.Name, ShortName: a.ShortName, Level: a.Level, OfficialID: a.OfficialID,
		Mailbox: a.Mailbox, Phone: a.Phone, ValidFrom: a.ValidFrom.String(), ValidTo: a.ValidTo.String(), TwoSignatures: a.TwoSignatures, Version: a.Version,
	}
	if a.ParentID != 0 {
		view.Parent = &AgencyRef{ID: a.ParentID, Code: a.ParentCode}
	}
	return view
}

type listAgenciesInput struct {
	Paged
	AgencyQuery
	Vacant bool `query:"vacant" doc:"Only agencies that owe duties and have nobody who sends results in; for administrators."`
}

func (s *server) listAgencies(ctx context.Context, in *listAgenciesInput) (*Answer[List[Agency]], error) {
	page, err := s.Service.ListAgencies(ctx, who(ctx), agency.Filter{Level: in.Level, ParentID: in.Parent, Query: in.Query, Ended: in.Ended, Vacant: in.Vacant, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	return &Answer[List[Agency]]{listOf(page.Agencies, page.Next, agencyOf)}, nil
}

func (s *server) getAgency(ctx context.Context, in *ID) (*versioned[Agency], error) {
	found, err := s.Service.FindAgency(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &versioned[Agency]{ETag: etag(found.Version), Body: agencyOf(found)}, nil
}
