package api

import (
	"context"

	"dondoc/internal/policy"
	"dondoc/internal/request"
)

// RequestService takes and answers what people ask of other bodies about tasks.
type RequestService interface {
	AskRequest(ctx context.Context, actor policy.Actor, in request.AskInput) (request.Receipt, error)
	ListRequests(ctx context.Context, actor policy.Actor, f request.Filter) (request.Page, error)
	FindRequest(ctx context.Context, actor policy.Actor, id int64) (request.Detail, error)
	OpineOnRequest(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error)
	DecideRequest(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error)
	AnswerRequest(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error)
	PassOnRequest(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error)
	WithdrawRequest(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error)
	TakeBackWaiver(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error)
}
