package app

import (
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"time"

	"go.temporal.io/sdk/worker"

	"dondoc/activities"
	"dondoc/internal/clock"
	"dondoc/internal/config"
	"dondoc/internal/notice"
)

// digestZone is where the weekly digest's expression is evaluated; digests
// span plans and so belong to no plan's zone.
const digestZone = "Asia/Ho_Chi_Minh"

// registerDelivery makes the activities of mail and digest known to the worker.
func (r *runtime) registerDelivery(w worker.Worker) error {
	server, err := mailServer(r.config.SMTP)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(digestZone)
	if err != nil {
		return fmt.Errorf("digest zone: %w", err)
	}
	digest := &activities.Digest{Store: r.store, Clock: r.business, Cron: r.config.DigestCron, Zone: zone}
	w.RegisterActivity(digest)
	w.RegisterActivity(&activities.Delivery{
		Store: r.store, Clock: r.business, Wall: clock.SystemWall, Mail: server, Words: notice.Words{BaseURL: r.config.BaseURL},
		Domain: server.Domain(), Digest: digest, Senders: r.config.SMTP.Senders,
		SendTimeout: server.Timeout, Lease: 3 * server.Timeout,
	})
	return nil
}

// mailServer reads the mail settings and refuses what can never work.
func mailServer(c config.SMTP) (notice.SMTP, error) {
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return notice.SMTP{}, fmt.Errorf("DONDOC_SMTP_FROM=%q: %w", c.From, err)
	}
	host, portText, err := net.SplitHostPort(c.Address)
	if err != nil {
		return notice.SMTP{}, fmt.Errorf("DONDOC_SMTP_ADDRESS=%q: %w", c.Address, err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return notice.SMTP{}, fmt.Errorf("DONDOC_SMTP_ADDRESS=%q: %w", c.Address, err)
	}
	server := notice.SMTP{
		Host: host, Port: port, Username: c.Username, Password: c.Password,
		TLS: notice.TLSPolicy(c.TLS), From: from.Address, FromName: from.Name, Timeout: c.Timeout,
	}
	return server, server.Check()
}
