package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

// Posted follows messages on their way.
type Posted interface {
	Deliveries(ctx context.Context, actor policy.Actor, f notice.DeliveryFilter) (notice.Deliveries, error)
	RetryDelivery(ctx context.Context, actor policy.Actor, id int64) (int, error)
}

const deliveriesAddress = adminHome + "/gui-tin"

func (p *pages) deliveryPages(site *gin.RouterGroup) {
	site.GET(deliveriesAddress, p.page(p.signedIn(p.deliveriesPage)))
	site.POST(deliveriesAddress+"/:id/gui-lai", p.page(p.signedIn(p.retryDelivery)))
}

// deliveriesView tells what waits, what went and what was refused.
type deliveriesView struct {
	adminFrame
	Query   string
	States  []menuItem
	Backlog []factLine
	Lines   []deliveryLine
	More    string
	Key     string
	All     bool // some can be tried again at once
}

type deliveryLine struct {
	Recipient, Address, What, State, When, Reason string
	Failed                                        bool
	Retry                                         string // address; empty: it cannot be tried again
	Person                                        string // where an account's message is sent anew
	Key                                           string
}

var deliveryStates = []notice.DeliveryState{"", notice.DeliveryPending, notice.DeliveryFailed, notice.DeliverySent, notice.DeliveryDropped}

func (p *pages) deliveriesPage(c *gin.Context, actor policy.Actor) error {
	f := notice.DeliveryFilter{State: notice.DeliveryState(c.Query("trang-thai")), Query: c.Query("q"), Cursor: c.Query("tiep")}
	page, err := p.service.Deliveries(c.Request.Context(), actor, f)
	if err != nil {
		return err
	}
	view := deliveriesView{adminFrame: p.adminFrame(c, actor, "admin.deliveries"), Query: f.Query, Key: randomHex(16)}
	l := view.lexicon()
	for _, state := range deliveryStates {
		title := l.say("delivery.any")
		if state != "" {
			title = l.say("delivery.state."+string(state)) + " " + l.integer(page.Counts[state])
		}
		address := deliveriesAddress
		if state != "" {
			address += "?trang-thai=" + string(state)
		}
		view.States = append(view.States, menuItem{title, address, state == f.State})
	}
	view.Backlog = []factLine{
		{l.say("delivery.uncomposed"), l.integer(page.Uncomposed)}, {l.say("delivery.outbox"), l.age(page.OutboxAge)}, {l.say("delivery.steps"), l.age(page.StepLateness)},
	}
	for _, d := range page.Messages {
		view.Lines = append(view.Lines, l.deliveryLine(d, p.zone))
	}
	view.All = page.Counts[notice.DeliveryFailed] > 0
	if page.Next != "" {
		query := c.Request.URL.Query()
		query.Set("tiep", page.Next)
		view.More = deliveriesAddress + "?" + query.Encode()
	}
	return p.render.write(c, http.StatusOK, "deliveries", l, view)
}

// age is how far something is behind, in words.
func (l lexicon) age(d time.Duration) string {
	if d < time.Minute {
		return l.say("delivery.current")
	}
	if d < time.Hour {
		return l.count("delivery.minutes", int(d/time.Minute))
	}
	return l.count("delivery.hours", int(d/time.Hour))
}

func (l lexicon) deliveryLine(d notice.Delivery, zone *time.Location) deliveryLine {
	line := deliveryLine{
		Recipient: d.Recipient, Address: d.Address, State: l.sayOr("delivery.state."+string(d.State), "delivery.any"), Reason: d.Reason,
		When: moment(d.ComposedAt, zone), Failed: d.State == notice.DeliveryFailed, Key: randomHex(16),
	}
	if d.HandedOverAt != nil {
		line.When = moment(*d.HandedOverAt, zone)
	}
	switch {
	case d.Account:
		line.What = l.say("delivery.account")
		if line.Failed {
			line.Person = peopleAddress + "/" + formatID(d.UserID)
		}
	default:
		line.What = l.count("delivery.notices", d.Notices)
	}
	if d.Attempts > 1 && d.State != notice.DeliverySent {
		line.State += ", " + l.say("delivery.attempts", d.Attempts)
	}
	if d.NextTryAt != nil {
		line.State += ", " + l.say("delivery.next", moment(*d.NextTryAt, zone))
	}
	if d.Retriable() {
		line.Retry = deliveriesAddress + "/" + formatID(d.ID) + "/gui-lai"
	}
	return line
}

// retryDelivery tries one message again, or all (number 0).
func (p *pages) retryDelivery(c *gin.Context, actor policy.Actor) error {
	if err := readForm(c); err != nil {
		return err
	}
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || id < 0 {
		return notFound()
	}
	if _, err := p.service.RetryDelivery(keyed(c, c.Request.PostForm), actor, id); err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, deliveriesAddress+"?da=gui-lai")
	return nil
}
