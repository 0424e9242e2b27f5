package api_test

import (
	"context"

	"dondoc/internal/geo"
	"dondoc/internal/policy"
)

func (f *fake) LoadOutlines(_ context.Context, _ policy.Actor, shapes []geo.Shape, source string) (geo.Loaded, error) {
	f.note("LoadOutlines %d %s %s", len(shapes), shapes[0].Key, source)
	return geo.Loaded{Matched: 1, Unmatched: []string{"Nơi khác"}, Without: 4}, nil
}

func (f *fake) Outlines(context.Context, policy.Actor) ([]geo.Outline, error) {
	f.note("Outlines")
	return []geo.Outline{{AgencyID: 11, Code: "H1", Name: "UBND huyện", Source: "CC0", Rings: [][]geo.Point{{{106, 11}, {107, 11}, {107, 12}}}}}, nil
}
