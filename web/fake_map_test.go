package web

import (
	"context"

	"dondoc/internal/fault"
	"dondoc/internal/geo"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// mapped is what the fake knows of outlines.
type mapped struct {
	outlines []geo.Outline
	rates    []task.Rate
	rated    []task.RateFilter
	outlined []string
}

func (f *fake) Outlines(context.Context, policy.Actor) ([]geo.Outline, error) { return f.outlines, nil }

func (f *fake) LoadOutlines(_ context.Context, _ policy.Actor, shapes []geo.Shape, source string) (geo.Loaded, error) {
	if source == "" {
		return geo.Loaded{}, fault.New(fault.Invalid, "outlines.source", "Ghi nguồn.", "Give the source.").At("source")
	}
	f.outlined = append(f.outlined, source)
	return geo.Loaded{Matched: len(shapes), Unmatched: []string{"Nơi <b>khác</b>"}, Without: 2}, nil
}

func (f *fake) Rates(_ context.Context, _ policy.Actor, q task.RateFilter) (task.RatePage, error) {
	f.rated = append(f.rated, q)
	return task.RatePage{At: at("2026-06-16 08:00"), Rates: f.rates}, nil
}
