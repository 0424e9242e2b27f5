package web

import (
	"context"
	"net/url"
	"strconv"

	"dondoc/internal/fault"
	"dondoc/internal/idempotency"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// demand asks each unit to explain; every demand is an act of its own, known again
// by the form's key and its task.
func (p *pages) demand(ctx context.Context, actor policy.Actor, ids []int64, form url.Values) ([]task.Outcome, error) {
	var outcomes []task.Outcome
	for _, id := range ids {
		one := ctx
		if key, ok := idempotency.From(ctx); ok {
			one = idempotency.With(ctx, idempotency.Key{Value: key.Value + "-" + strconv.FormatInt(id, 10), RequestHash: key.RequestHash})
		}
		_, err := p.service.AskRequest(one, actor, request.AskInput{TaskID: id, Kind: request.Explanation, Text: form.Get("message")})
		f := fault.Of(err)
		switch {
		case err != nil && f == nil:
			return nil, err
		case f != nil && f.Kind == fault.Invalid && len(outcomes) == 0:
			return nil, f // the text, most likely: the same for all
		}
		outcomes = append(outcomes, task.Outcome{TaskID: id, Fault: f})
	}
	return outcomes, nil
}
