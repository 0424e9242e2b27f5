package audit

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"dondoc/internal/sheet"
)

// Exporter writes entries one by one.
type Exporter interface {
	Write(Entry) error
	Close() error
}

// NewExporter writes "csv" or "jsonl" (one JSON object a line).
func NewExporter(w io.Writer, format string) (Exporter, error) {
	switch format {
	case "csv":
		return csvExporter{sheet.New(w, "id", "at", "recorded_at", "actor_id", "actor", "on_behalf_of", "on_behalf_name", "stood_in_for", "stood_in_name",
			"action", "entity", "entity_id", "before", "after", "seal_number")}, nil
	case "jsonl":
		return jsonExporter{json.NewEncoder(w)}, nil
	}
	return nil, fmt.Errorf("the format is csv or jsonl, not %q", format)
}

type csvExporter struct{ out *sheet.Writer }

func (e csvExporter) Write(r Entry) error {
	number := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	e.out.Line(number(r.ID), r.At.UTC().Format(time.RFC3339Nano), r.RecordedAt.UTC().Format(time.RFC3339Nano), number(r.ActorID), r.ActorName,
		number(r.OnBehalfOf), r.OnBehalfName, number(r.StoodInFor), r.StoodInName, r.Action, r.Entity, number(r.EntityID), r.Before, r.After, number(r.SealNumber))
	return nil
}

func (e csvExporter) Close() error { return e.out.Close() }

type jsonExporter struct{ out *json.Encoder }

// jsonEntry leaves out what is not there.
type jsonEntry struct {
	ID           int64           `json:"id"`
	At           time.Time       `json:"at"`
	RecordedAt   time.Time       `json:"recorded_at"`
	ActorID      int64           `json:"actor_id,omitempty"`
	Actor        string          `json:"actor,omitempty"`
	OnBehalfOf   int64           `json:"on_behalf_of,omitempty"`
	OnBehalfName string          `json:"on_behalf_name,omitempty"`
	StoodInFor   int64           `json:"stood_in_for,omitempty"`
	StoodInName  string          `json:"stood_in_name,omitempty"`
	Action       string          `json:"action"`
	Entity       string          `json:"entity"`
	EntityID     int64           `json:"entity_id"`
	Before       json.RawMessage `json:"before,omitempty"`
	After        json.RawMessage `json:"after,omitempty"`
	SealNumber   int64           `json:"seal_number,omitempty"`
}

func (e jsonExporter) Write(r Entry) error {
	return e.out.Encode(jsonEntry{
		ID: r.ID, At: r.At.UTC(), RecordedAt: r.RecordedAt.UTC(), ActorID: r.ActorID, Actor: r.ActorName, OnBehalfOf: r.OnBehalfOf,
		OnBehalfName: r.OnBehalfName, StoodInFor: r.StoodInFor, StoodInName: r.StoodInName, Action: r.Action, Entity: r.Entity, EntityID: r.EntityID,
		Before: json.RawMessage(r.Before), After: json.RawMessage(r.After), SealNumber: r.SealNumber,
	})
}

func (e jsonExporter) Close() error { return nil }
