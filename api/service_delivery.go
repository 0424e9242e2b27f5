package api

import (
	"context"

	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

// DeliveryService follows messages on their way; see notice.Deliveries. Whoever
// administers nobody is refused as fault.Forbidden.
type DeliveryService interface {
	Deliveries(ctx context.Context, actor policy.Actor, f notice.DeliveryFilter) (notice.Deliveries, error)
	RetryDelivery(ctx context.Context, actor policy.Actor, id int64) (int, error)
}
