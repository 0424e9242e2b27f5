package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

const noticesShown = 50

// noticesView lists what a person was told, newest first.
type noticesView struct {
	frame
	Unread int
	Items  []noticeLine
	More   string
}

type noticeLine struct {
	ID                    int64
	Address               string // of the request or the task; empty for a digest
	Title, About, Created string
	Late, Unread          bool
}

func (p *pages) notices(c *gin.Context, actor policy.Actor) error {
	now, err := p.now(c)
	if err != nil {
		return err
	}
	page, err := p.service.ListNotices(c.Request.Context(), actor, noticesShown, c.Query("tiep"))
	if err != nil {
		return err
	}
	view := noticesView{frame: p.frameFor(c, ""), Unread: page.Unread}
	l := view.lexicon()
	view.Title = l.say("notices.title")
	for _, item := range page.Items {
		view.Items = append(view.Items, p.noticeLine(l, item, now))
	}
	if page.Next != "" {
		view.More = "/thong-bao?tiep=" + url.QueryEscape(page.Next)
	}
	return p.render.write(c, http.StatusOK, "notices", l, view)
}

func (p *pages) noticeLine(l lexicon, item notice.Item, now time.Time) noticeLine {
	zone := p.zoneOf(item.TimeZone)
	line := noticeLine{
		ID: item.NotificationID, Unread: item.ReadAt == nil, Created: moment(item.CreatedAt, zone),
		Title: l.noticeTitle(item),
	}
	if item.Role != "" {
		line.About = l.sayOr("role."+item.Role, "role.other") + " · " + item.AgencyName
	}
	if item.TaskID == 0 {
		return line
	}
	line.Address = item.Path()
	if item.Kind == notice.UrgingDraft {
		line.Address += "#van-ban"
	}
	line.About = item.AgencyName + " · " + l.say("task.duty", item.DutyCode)
	if item.DutyTitle != "" {
		line.About += " · " + item.DutyTitle
	}
	if item.PeriodKey != "" && item.PeriodKey != "once" {
		line.About += ", " + l.period(item.PeriodKey)
	}
	if item.Kind != notice.Accepted && item.Kind != notice.Receipt && !item.DueAt.IsZero() {
		line.About += " · " + l.say("task.due", l.untilFrom(item.DueAt, now, zone))
	}
	line.Late = item.Kind == notice.Overdue || item.Kind == notice.Escalation
	return line
}

// noticeTitle words a notice; softer where the duty is a request.
func (l lexicon) noticeTitle(item notice.Item) string {
	key := "notice." + string(item.Kind)
	if item.Requested {
		if _, ok := catalogues[l.code][key+".requested"]; ok {
			key += ".requested"
		}
	}
	return l.sayOr(key, "notice.other")
}

func (p *pages) readNotice(c *gin.Context, actor policy.Actor) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || id <= 0 {
		return notFound()
	}
	if err := p.service.MarkNoticeRead(c.Request.Context(), actor, id); err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, "/thong-bao")
	return nil
}
