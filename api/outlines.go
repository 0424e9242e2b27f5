package api

import (
	"context"

	"dondoc/internal/fault"
	"dondoc/internal/geo"
	"dondoc/internal/policy"
)

func (s *server) outlineRoutes() {
	handle(s, get("/outlines", "list-outlines", "Outlines of the agencies of today as GeoJSON, for maps"), s.outlines)
	handle(s, put("/outlines", "load-outlines", "Keep outlines of agencies that the administrator administers, in place of what they had", may(policy.ManageAgencies), upload), s.loadOutlines)
}

type outlinesInput struct {
	Confirmed bool `header:"Confirmed-Warnings" doc:"true: the person has confirmed that what looks personal (privacy.unconfirmed) is official."`
	Body      struct {
		Source  string `json:"source" minLength:"1" maxLength:"500" doc:"Where the outlines are from and under which licence."`
		GeoJSON string `json:"geojson" minLength:"1" doc:"A FeatureCollection of polygons (RFC 7946) as text; the property code or name says whose outline it is."`
	}
}

// OutlinesLoaded tells what became of a file of outlines.
type OutlinesLoaded struct {
	Matched   int      `json:"matched"`
	Unmatched []string `json:"unmatched" doc:"Units of the file that no agency of today bears."`
	Ambiguous []string `json:"ambiguous" doc:"Names that several agencies bear; give their codes."`
	Without   int      `json:"without" doc:"Agencies of the same levels that have no outline."`
}

func (s *server) loadOutlines(ctx context.Context, in *outlinesInput) (*Answer[OutlinesLoaded], error) {
	shapes, err := geo.Read([]byte(in.Body.GeoJSON))
	var loaded geo.Loaded
	if err == nil {
		loaded, err = s.Service.LoadOutlines(ctx, who(ctx), shapes, in.Body.Source)
	}
	// Here the file is a field of the call.
	if f := fault.Of(err); f != nil && f.Field == "file" {
		return nil, f.At("geojson")
	}
	if err != nil {
		return nil, err
	}
	return &Answer[OutlinesLoaded]{OutlinesLoaded{
		loaded.Matched, append([]string{}, loaded.Unmatched...), append([]string{}, loaded.Ambiguous...), loaded.Without,
	}}, nil
}

// Outlines are a FeatureCollection.
type Outlines struct {
	Type     string    `json:"type" enum:"FeatureCollection"`
	Features []Outline `json:"features"`
}

// Outline is a feature.
type Outline struct {
	Type       string            `json:"type" enum:"Feature"`
	Properties OutlineProperties `json:"properties"`
	Geometry   OutlineGeometry   `json:"geometry"`
}

// OutlineProperties say whose outline it is.
type OutlineProperties struct {
	AgencyID int64  `json:"agency_id"`
	Code     string `json:"code"`
	Name     string `json:"name"`
	Source   string `json:"source"`
}

// OutlineGeometry is a polygon; what lies in an odd number of its rings is inside.
type OutlineGeometry struct {
	Type        string        `json:"type" enum:"Polygon"`
	Coordinates [][]geo.Point `json:"coordinates"`
}

func (s *server) outlines(ctx context.Context, _ *None) (*Answer[Outlines], error) {
	found, err := s.Service.Outlines(ctx, who(ctx))
	if err != nil {
		return nil, err
	}
	view := Outlines{Type: "FeatureCollection", Features: make([]Outline, len(found))}
	for i, o := range found {
		view.Features[i] = Outline{"Feature", OutlineProperties{o.AgencyID, o.Code, o.Name, o.Source}, OutlineGeometry{"Polygon", o.Rings}}
	}
	return &Answer[Outlines]{view}, nil
}
