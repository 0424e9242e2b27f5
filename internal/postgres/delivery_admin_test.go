package postgres_test

import (
	"testing"

	"dondoc/internal/fault"
	"dondoc/internal/notice"
)

// What the mail server has refused is seen by who administers the recipient, and
// tried once more at today's address.
func TestAFailedMessageIsTriedOnceMore(t *testing.T) {
	o := newOffice(t)
	admin := o.as("quan.tri@dondoc.example")
	o.exec(`INSERT INTO messages (message_id, user_id, address, language, kind, state, composed_at, attempts, last_error, body_text)
		SELECT 'm1', id, 'cu@example.vn', 'vi', 'notices', 'failed', now(), 5, '550 no such mailbox', 'secret' FROM users WHERE email = $1`, "dau.moi@dondoc.example")
	o.exec(`INSERT INTO messages (message_id, user_id, address, language, kind, state, composed_at)
		SELECT 'm2', id, 'cu@example.vn', 'vi', 'account', 'failed', now() FROM users WHERE email = $1`, "dau.moi@dondoc.example")
	page, err := o.accounts.Deliveries(t.Context(), admin, notice.DeliveryFilter{State: notice.DeliveryFailed})
	if err != nil || len(page.Messages) != 2 || page.Counts[notice.DeliveryFailed] != 2 {
		t.Fatalf("%+v %v", page, err)
	}
	notices := page.Messages[1]
	if !notices.Retriable() || page.Messages[0].Retriable() || notices.Reason != "550 no such mailbox" || notices.Attempts != 5 {
		t.Errorf("%+v", page.Messages)
	}
	if n, err := o.accounts.RetryDelivery(t.Context(), admin, notices.ID); n != 1 || err != nil {
		t.Errorf("retried %d %v", n, err)
	}
	if n := o.count(`SELECT count(*) FROM messages WHERE message_id = 'm1' AND state = 'pending' AND address = 'dau.moi@dondoc.example' AND attempts = 0`); n != 1 {
		t.Error("it does not wait at today's address")
	}
	if n := o.count(`SELECT count(*) FROM audit WHERE action = 'message.retried' AND entity_id = $1`, notices.ID); n != 1 {
		t.Error("the trail does not keep it")
	}
	if _, err := o.accounts.RetryDelivery(t.Context(), admin, page.Messages[0].ID); fault.Of(err) == nil || fault.Of(err).Code != "delivery.not_failed" {
		t.Errorf("an invitation is tried again: %v", err)
	}
	if n, err := o.accounts.RetryDelivery(t.Context(), admin, 0); n != 0 || err != nil {
		t.Errorf("all: %d %v", n, err)
	}
	_, err = o.accounts.Deliveries(t.Context(), o.as("dau.moi@dondoc.example"), notice.DeliveryFilter{})
	wantFault(t, "somebody else reads deliveries", err, fault.Forbidden, "people.not_administrator")
}
