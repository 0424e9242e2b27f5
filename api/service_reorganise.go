package api

import (
	"context"

	"dondoc/internal/agency"
	"dondoc/internal/policy"
)

// ReorganisationService is what administrators do to agencies, what everybody
// may know of it, and what plan authorities decide about old figures.
type ReorganisationService interface {
	PreviewReorganisation(ctx context.Context, actor policy.Actor, file *agency.Reorganisation, source []byte) (agency.Effect, error)
	Reorganise(ctx context.Context, actor policy.Actor, file *agency.Reorganisation, source []byte, digest string) (agency.Effect, error)
	ListReorganisations(ctx context.Context, actor policy.Actor) ([]agency.Record, error)
	WithdrawReorganisation(ctx context.Context, actor policy.Actor, id int64) (agency.Record, error)
	AgencyHistory(ctx context.Context, actor policy.Actor, id int64) (agency.History, error)
	TaskSuccessions(ctx context.Context, actor policy.Actor, taskID int64) ([]agency.TaskHeir, error)
	Apportion(ctx context.Context, actor policy.Actor, in agency.ApportionInput) (agency.Apportionment, error)
	Apportionments(ctx context.Context, actor policy.Actor, planID int64) ([]agency.Apportionment, error)
}
