package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dondoc/internal/account"
	"dondoc/internal/agency"
	national "dondoc/internal/calendar/vietnam"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

// startView says what deserves an administrator's attention, each with where it is
// put right.
type startView struct {
	adminFrame
	Matters []matter
}

type matter struct {
	Title, Hint, Address string
	Quiet                bool // nothing is to be done
}

// uninvited is how many people are looked at for invitations that nobody took up.
const uninvited = 200

// adminStart is where people land who administer; others are led to the part that
// is theirs.
func (p *pages) adminStart(c *gin.Context, actor policy.Actor) error {
	if !policy.ManagePeople(actor) {
		for _, e := range adminEntries {
			if e.may(actor) {
				c.Redirect(http.StatusSeeOther, e.address)
				return nil
			}
		}
		return notFound()
	}
	ctx := c.Request.Context()
	view := startView{adminFrame: p.adminFrame(c, actor, "admin.title")}
	l, today, err := p.today(c, view.frame)
	if err != nil {
		return err
	}
	add := func(key string, count int, address string) {
		m := matter{Title: l.count(key, count), Hint: l.say(key + ".hint"), Address: address}
		if count == 0 {
			m.Title, m.Quiet = l.say(key+".none"), true
		}
		view.Matters = append(view.Matters, m)
	}
	vacant, err := p.service.ListAgencies(ctx, actor, agency.Filter{Vacant: true, Limit: uninvited})
	if err != nil {
		return err
	}
	add("start.vacant", len(vacant.Agencies), unitsAddress+"?trong=1")
	posted, err := p.service.Deliveries(ctx, actor, notice.DeliveryFilter{Limit: 1})
	if err != nil {
		return err
	}
	add("start.failed", posted.Counts[notice.DeliveryFailed], deliveriesAddress+"?trang-thai=failed")
	words, err := p.accounts.NoticeTemplates(ctx, actor)
	if err != nil {
		return err
	}
	broken := 0
	for _, k := range words.Templates {
		if k.Broken != nil {
			broken++
		}
	}
	add("start.templates", broken, templatesAddress)
	people, err := p.accounts.ListPeople(ctx, actor, account.Filter{Waiting: true, Limit: uninvited})
	if err != nil {
		return err
	}
	add("start.invited", len(people.People), peopleAddress+"?cho=1")
	days, err := p.service.CalendarYear(ctx, today.Year+1)
	if err != nil {
		return err
	}
	provisional := 0
	for _, d := range days {
		if d.Status == national.Provisional {
			provisional++
		}
	}
	add("start.provisional", provisional, daysAddress+"?nam="+formatID(int64(today.Year+1)))
	return p.render.write(c, http.StatusOK, "admin_start", l, view)
}
