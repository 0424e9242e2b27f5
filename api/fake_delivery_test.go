package api_test

import (
	"context"

	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

func (f *fake) Deliveries(_ context.Context, _ policy.Actor, q notice.DeliveryFilter) (notice.Deliveries, error) {
	f.note("Deliveries %+v", q)
	return notice.Deliveries{
		Messages: []notice.Delivery{{ID: 5, Recipient: "Đầu mối", Address: "cu@example.vn", State: notice.DeliveryFailed, Notices: 2, ComposedAt: due, Attempts: 6, Reason: "550"}},
		Next:     "more", Counts: map[notice.DeliveryState]int{notice.DeliveryFailed: 1, notice.DeliverySent: 7}, Uncomposed: 3,
	}, nil
}

func (f *fake) RetryDelivery(_ context.Context, _ policy.Actor, id int64) (int, error) {
	f.note("RetryDelivery %d", id)
	return 1, outcome(id)
}
