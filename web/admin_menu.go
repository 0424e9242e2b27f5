package web

import (
	"github.com/gin-gonic/gin"

	"dondoc/internal/policy"
)

// adminHome is where administration begins.
const adminHome = "/quan-tri"

// adminEntry is a part of administration and who may use it.
type adminEntry struct {
	key, address string
	may          func(policy.Actor) bool
}

// adminEntries are the parts of administration in the order of the menu.
var adminEntries = []adminEntry{
	{"admin.people", peopleAddress, policy.ManagePeople},
	{"admin.agencies", unitsAddress, policy.ManageAgencies},
	{"admin.reforms", reformsAddress, policy.ManageAgencies},
	{"admin.calendar", daysAddress, policy.ManageCalendar},
	{"admin.deliveries", deliveriesAddress, policy.ManagePeople},
	{"admin.templates", templatesAddress, policy.SeeNoticeTemplates},
	{"admin.outlines", outlinesAddress, policy.ManageAgencies},
	{"admin.trail", trailAddress, policy.ReadAudit},
	{"admin.mandates", mandatesAddress, policy.SeeMandates},
}

// administers reports whether any part of administration is the person's.
func administers(actor policy.Actor) bool {
	for _, e := range adminEntries {
		if e.may(actor) {
			return true
		}
	}
	return false
}

// adminFrame is a page of administration: its frame and the menu beside it.
type adminFrame struct {
	frame
	Parts []menuItem
	Done  string // what was just done
}

func (p *pages) adminFrame(c *gin.Context, actor policy.Actor, title string) adminFrame {
	v := adminFrame{frame: p.frameFor(c, "")}
	l := v.lexicon()
	v.Title = l.say(title)
	v.Styles = []string{"admin.css"}
	for _, e := range adminEntries {
		if e.may(actor) {
			v.Parts = append(v.Parts, item(l, e.key, e.address, c.Request.URL.Path))
		}
	}
	if done := c.Query("da"); done != "" {
		v.Done = l.sayOr("admin.done."+done, "admin.done.other")
	}
	return v
}
