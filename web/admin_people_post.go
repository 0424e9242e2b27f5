package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/account"
	"dondoc/internal/agency"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

// showActOnPerson shows the page that the act's form stands on.
func (p *pages) showActOnPerson(c *gin.Context, actor policy.Actor, form url.Values, e formErrors, status int) error {
	if act := c.Param("act"); act != "nghi" {
		return p.showPerson(c, actor, act, form, e, status)
	}
	return p.showLeaving(c, actor, form, e, status)
}

// actOnPerson carries out an act of the person's page and shows it again.
func (p *pages) actOnPerson(c *gin.Context, actor policy.Actor, form url.Values) error {
	act := c.Param("act")
	one, err := p.findPerson(c, actor)
	if err != nil {
		return err
	}
	err = p.onPerson(c, actor, one, act, form)
	if err == nil {
		c.Redirect(http.StatusSeeOther, peopleAddress+"/"+c.Param("id")+"?da="+act)
		return nil
	}
	f, err := formFault(err)
	if err != nil {
		return err
	}
	e := errorsOf(f, lexicon{language(p.languageOf(c))})
	return p.showActOnPerson(c, actor, form, e, statusOf(f))
}

func (p *pages) onPerson(c *gin.Context, actor policy.Actor, one account.Person, act string, form url.Values) error {
	ctx := keyed(c, form)
	var err error
	switch act {
	case "sua":
		_, err = p.accounts.EditPerson(ctx, actor, account.EditInput{
			UserID: one.ID, Version: numberIn(form, "version"), Name: form.Get("name"), Phone: form.Get("phone"), Email: form.Get("email"),
		})
	case "cap":
		var in account.GrantInput
		if in, err = p.grantIn(c, actor, one.ID, form); err == nil {
			_, err = p.accounts.GrantPost(ctx, actor, in)
		}
	case "thoi":
		var last calendar.Date
		if last, err = neededDate(form.Get("last_on"), "last_on"); err == nil {
			_, err = p.accounts.EndPost(ctx, actor, account.EndInput{PostID: int64(numberIn(form, "post_id")), LastOn: last})
		}
	case "moi":
		_, err = p.accounts.Invite(ctx, actor, one.ID)
	case "mat-khau":
		_, err = p.accounts.AdminReset(ctx, actor, one.ID)
	case "phien":
		_, err = p.accounts.EndSessionsOf(ctx, actor, one.ID)
	case "hai-buoc":
		err = p.accounts.ResetFactor(ctx, actor, one.ID)
	case "mo-lai":
		_, err = p.accounts.Reactivate(ctx, actor, one.ID, one.Version)
	case "nghi":
		in := account.LeaveInput{UserID: one.ID, Version: numberIn(form, "version"), ToUser: int64(numberIn(form, "to_user")), Reason: form.Get("reason")}
		in.LeaveToAgency = in.ToUser == 0
		_, err = p.accounts.Deactivate(ctx, actor, in)
	default:
		return notFound()
	}
	return err
}

// neededDate reads a day that has to be there.
func neededDate(typed, name string) (calendar.Date, error) {
	day, err := typedDate(typed, name)
	if err == nil && day.IsZero() {
		_, err = typedDate("?", name) // says how a day is written
	}
	return day, err
}

func (p *pages) grantIn(c *gin.Context, actor policy.Actor, userID int64, form url.Values) (account.GrantInput, error) {
	in := account.GrantInput{UserID: userID, Role: policy.Role(form.Get("role"))}
	unit, err := p.namedAgency(c, actor, form.Get("agency"), "agency")
	if err != nil {
		return in, err
	}
	in.AgencyID = unit.ID
	if in.From, err = typedDate(form.Get("from"), "from"); err != nil {
		return in, err
	}
	in.To, err = typedDate(form.Get("to"), "to")
	return in, err
}

// namedAgency finds the agency that somebody typed: by its code, or by a name that
// only one bears.
func (p *pages) namedAgency(c *gin.Context, actor policy.Actor, typed, name string) (agency.Agency, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return agency.Agency{}, fault.New(fault.Invalid, "agency.missing", "Ghi mã hoặc tên đơn vị.", "Give the unit's code or name.").At(name)
	}
	page, err := p.service.ListAgencies(c.Request.Context(), actor, agency.Filter{Query: typed, Limit: 6})
	if err != nil {
		return agency.Agency{}, err
	}
	var names []string
	for _, a := range page.Agencies {
		if a.Code == typed || strings.EqualFold(a.Name, typed) {
			return a, nil
		}
		names = append(names, a.Code+" ("+a.Name+")")
	}
	switch len(page.Agencies) {
	case 1:
		return page.Agencies[0], nil
	case 0:
		return agency.Agency{}, fault.New(fault.Invalid, "agency.unknown", "Không có đơn vị %q.", "There is no unit %q.", typed).At(name)
	default:
		return agency.Agency{}, fault.New(fault.Invalid, "agency.several", "Nhiều đơn vị có tên như vậy; ghi mã của một đơn vị: %s.",
			"Several units are named so; give the code of one: %s.", strings.Join(names, ", ")).At(name)
	}
}

// leaveView shows what somebody who leaves has in hand.
type leaveView struct {
	adminFrame
	Back     string
	Tasks    []string
	Drafts   []string
	Requests []string
	Held     []string
	Form     actForm
}

func (p *pages) leavePage(c *gin.Context, actor policy.Actor) error {
	return p.showLeaving(c, actor, nil, formErrors{}, http.StatusOK)
}

func (p *pages) showLeaving(c *gin.Context, actor policy.Actor, form url.Values, e formErrors, status int) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	work, err := p.accounts.OpenWork(c.Request.Context(), actor, id)
	if err != nil {
		return err
	}
	view := leaveView{adminFrame: p.adminFrame(c, actor, "admin.people"), Back: peopleAddress + "/" + c.Param("id")}
	l := view.lexicon()
	view.Title = l.say("people.leave_of", work.Name)
	for list, from := range map[*[]string][]account.WorkTask{&view.Tasks: work.Tasks, &view.Drafts: work.Drafts} {
		for _, t := range from {
			*list = append(*list, l.say("people.open_task", t.AgencyName, t.DutyCode, l.period(t.PeriodKey), day(t.DueAt, p.zoneOf(t.TimeZone))))
		}
	}
	for _, r := range work.Requests {
		view.Requests = append(view.Requests, l.sayOr("request.kind."+r.Kind, "request.kind.other")+" · "+r.AgencyName+" · "+day(r.DueAt, p.zoneOf(r.TimeZone)))
	}
	heirs := []option{{Value: "0", Title: l.say("people.to_agency"), Chosen: true}}
	for _, post := range work.Posts {
		view.Held = append(view.Held, l.say("people.others", l.sayOr("role."+string(post.Role), "role.other")+" · "+post.AgencyName, l.count("people.count", post.Others)))
		page, err := p.accounts.ListPeople(c.Request.Context(), actor, account.Filter{AgencyID: post.AgencyID})
		if err != nil {
			return err
		}
		heirs = append(heirs, heirOptions(page.People, id, heirs)...)
	}
	view.Form = actForm{
		Action: view.Back + "/nghi", Title: l.say("people.leave"), Hint: l.say("people.leave_hint"), Button: l.say("people.leave_submit"), Version: work.Version,
		Fields: []field{
			{Name: "to_user", Label: l.say("people.heir"), Kind: "list", Options: heirs},
			{Name: "reason", Label: l.say("people.leave_reason"), Hint: l.say("people.leave_reason_hint"), Kind: "lines"},
		},
	}
	if form != nil {
		view.Form = view.Form.with(form, e)
	}
	view.Form = view.Form.lay()
	return p.render.write(c, status, "leave", l, view)
}

// heirOptions are those of the people who can take over and are not offered yet.
func heirOptions(people []account.Person, leaving int64, offered []option) []option {
	var more []option
	for _, one := range people {
		o := option{Value: formatID(one.ID), Title: one.Name}
		known := one.ID == leaving || !one.Active
		for _, other := range offered {
			known = known || other.Value == o.Value
		}
		if !known {
			more = append(more, o)
		}
	}
	return more
}
