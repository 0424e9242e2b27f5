package api

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"dondoc/internal/audit"
)

// AuditEntry is a row of the audit trail. Free text is in it as hashes only.
type AuditEntry struct {
	ID         int64          `json:"id"`
	At         time.Time      `json:"at" doc:"By the business clock."`
	RecordedAt time.Time      `json:"recorded_at" doc:"By the wall clock."`
	Actor      *PersonRef     `json:"actor,omitempty" doc:"Absent: the system itself."`
	OnBehalfOf *AgencyRef     `json:"on_behalf_of,omitempty"`
	StoodInFor *PersonRef     `json:"stood_in_for,omitempty" doc:"The person for whom the actor stood in as a substitute."`
	Action     string         `json:"action"`
	Entity     string         `json:"entity"`
	EntityID   int64          `json:"entity_id"`
	Before     map[string]any `json:"before,omitempty"`
	After      map[string]any `json:"after,omitempty"`
	SealNumber int64          `json:"seal_number,omitempty" doc:"Its place in the chain; absent while it is not sealed."`
}

// PersonRef names a person.
type PersonRef struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

type auditInput struct {
	Paged
	AuditQuery
}

func (s *server) listAudit(ctx context.Context, in *auditInput) (*Answer[List[AuditEntry]], error) {
	page, err := s.Service.ListAudit(ctx, who(ctx), audit.EntryFilter{
		Entity: in.Entity, EntityID: in.EntityID, ActorID: in.Actor, Action: in.Action, From: in.From.UTC(), To: in.To.UTC(),
		Limit: in.Limit, Cursor: in.Cursor,
	})
	if err != nil {
		return nil, err
	}
	list := List[AuditEntry]{Items: make([]AuditEntry, 0, len(page.Entries)), NextCursor: page.Next}
	for _, e := range page.Entries {
		entry, err := auditEntryOf(e)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, entry)
	}
	return &Answer[List[AuditEntry]]{list}, nil
}

func auditEntryOf(e audit.Entry) (AuditEntry, error) {
	view := AuditEntry{
		ID: e.ID, At: e.At.UTC(), RecordedAt: e.RecordedAt.UTC(), Action: e.Action, Entity: e.Entity, EntityID: e.EntityID, SealNumber: e.SealNumber,
	}
	if e.ActorID != 0 {
		view.Actor = &PersonRef{e.ActorID, e.ActorName}
	}
	if e.StoodInFor != 0 {
		view.StoodInFor = &PersonRef{e.StoodInFor, e.StoodInName}
	}
	if e.OnBehalfOf != 0 {
		view.OnBehalfOf = &AgencyRef{ID: e.OnBehalfOf, Name: e.OnBehalfName}
	}
	var err error
	if view.Before, err = auditFacts(e.ID, e.Before); err != nil {
		return view, err
	}
	view.After, err = auditFacts(e.ID, e.After)
	return view, err
}

func auditFacts(row int64, text string) (facts map[string]any, err error) {
	if text == "" {
		return facts, nil
	}
	if err := json.Unmarshal([]byte(text), &facts); err != nil {
		return nil, fmt.Errorf("audit row %d: %w", row, err)
	}
	return facts, nil
}
