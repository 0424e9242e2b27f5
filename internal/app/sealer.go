package app

import "context"

func (r *runtime) sealer() (func(context.Context), error) {
	return func(ctx context.Context) { <-ctx.Done() }, nil
}
