package api

import (
	"context"

	"dondoc/internal/geo"
	"dondoc/internal/policy"
)

// OutlineService keeps outlines of units for maps.
type OutlineService interface {
	LoadOutlines(ctx context.Context, actor policy.Actor, shapes []geo.Shape, source string) (geo.Loaded, error)
	Outlines(ctx context.Context, actor policy.Actor) ([]geo.Outline, error)
}
