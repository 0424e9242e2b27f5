package api

import (
	"context"
	"time"

	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

func (s *server) deliveryRoutes() {
	handle(s, get("/deliveries", "list-deliveries", "Messages to whom the administrator looks after, the newest first; nothing of what they say", may(policy.ManagePeople)), s.deliveries)
	handle(s, post("/deliveries/retry", "retry-deliveries", "Try all refused messages once more", may(policy.ManagePeople)), s.retryAll)
	handle(s, post("/deliveries/{id}/retry", "retry-delivery", "Try a refused message once more, at the recipient's address of today", may(policy.ManagePeople)), s.retryOne)
}

// Delivery is a message on its way.
type Delivery struct {
	ID           int64      `json:"id"`
	Kind         string     `json:"kind" enum:"notices,account" doc:"account: an invitation or a password link, which is not tried again but sent anew."`
	Recipient    string     `json:"recipient"`
	Address      string     `json:"address"`
	State        string     `json:"state" enum:"pending,sent,dropped,failed"`
	Notices      int        `json:"notices" doc:"How many notices it gathers."`
	ComposedAt   time.Time  `json:"composed_at"`
	HandedOverAt *time.Time `json:"handed_over_at,omitempty"`
	Attempts     int        `json:"attempts"`
	NextTryAt    *time.Time `json:"next_try_at,omitempty"`
	Reason       string     `json:"reason,omitempty" doc:"What the mail server said last."`
}

// DeliveryList is a page of messages with the state of all.
type DeliveryList struct {
	List[Delivery]
	Pending    int `json:"pending"`
	Sent       int `json:"sent"`
	Dropped    int `json:"dropped"`
	Failed     int `json:"failed"`
	Uncomposed int `json:"uncomposed" doc:"Notices whose time has come and that wait to be gathered."`
}

type deliveriesInput struct {
	Paged
	State string `query:"state" enum:"pending,sent,dropped,failed"`
	Query string `query:"q" maxLength:"200" doc:"In the recipient's name or address."`
}

func (s *server) deliveries(ctx context.Context, in *deliveriesInput) (*Answer[DeliveryList], error) {
	page, err := s.Service.Deliveries(ctx, who(ctx), notice.DeliveryFilter{State: notice.DeliveryState(in.State), Query: in.Query, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	return &Answer[DeliveryList]{DeliveryList{
		List: listOf(page.Messages, page.Next, deliveryOf), Pending: page.Counts[notice.DeliveryPending], Sent: page.Counts[notice.DeliverySent],
		Dropped: page.Counts[notice.DeliveryDropped], Failed: page.Counts[notice.DeliveryFailed], Uncomposed: page.Uncomposed,
	}}, nil
}

func deliveryOf(d notice.Delivery) Delivery {
	view := Delivery{
		ID: d.ID, Kind: "notices", Recipient: d.Recipient, Address: d.Address, State: string(d.State), Notices: d.Notices,
		ComposedAt: d.ComposedAt.UTC(), HandedOverAt: utc(d.HandedOverAt), Attempts: d.Attempts, NextTryAt: utc(d.NextTryAt), Reason: d.Reason,
	}
	if d.Account {
		view.Kind = "account"
	}
	return view
}

// Retried tells how many messages are tried again.
type Retried struct {
	Messages int `json:"messages"`
}

func (s *server) retryAll(ctx context.Context, _ *Keyed) (*Answer[Retried], error) {
	n, err := s.Service.RetryDelivery(ctx, who(ctx), 0)
	return &Answer[Retried]{Retried{n}}, err
}

type retryInput struct {
	Keyed
	ID
}

func (s *server) retryOne(ctx context.Context, in *retryInput) (*Answer[Retried], error) {
	n, err := s.Service.RetryDelivery(ctx, who(ctx), in.ID.ID)
	return &Answer[Retried]{Retried{n}}, err
}
