package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"dondoc/internal/account"
	"dondoc/internal/agency"
	"dondoc/internal/calendar"
	"dondoc/internal/paper"
	"dondoc/internal/policy"
)

// ManagedAgencies are the agencies as an administrator keeps them.
type ManagedAgencies interface {
	FindAgency(ctx context.Context, actor policy.Actor, id int64) (agency.Agency, error)
	AgencyHistory(ctx context.Context, actor policy.Actor, id int64) (agency.History, error)
	SetTwoSignatures(ctx context.Context, actor policy.Actor, agencyID int64, version int, required bool) (agency.Agency, error)
	Letterhead(ctx context.Context, actor policy.Actor, agencyID int64) (paper.Letterhead, error)
	SetLetterhead(ctx context.Context, actor policy.Actor, in paper.Letterhead) (paper.Letterhead, error)
	PreviewReorganisation(ctx context.Context, actor policy.Actor, file *agency.Reorganisation, source []byte) (agency.Effect, error)
	Reorganise(ctx context.Context, actor policy.Actor, file *agency.Reorganisation, source []byte, digest string) (agency.Effect, error)
	ListReorganisations(ctx context.Context, actor policy.Actor) ([]agency.Record, error)
	WithdrawReorganisation(ctx context.Context, actor policy.Actor, id int64) (agency.Record, error)
}

const (
	unitsAddress   = adminHome + "/don-vi"
	reformsAddress = adminHome + "/sap-xep"
)

func (p *pages) adminPages(site *gin.RouterGroup) {
	site.GET(adminHome, p.page(p.signedIn(p.adminStart)))
	p.peoplePages(site)
	site.GET(unitsAddress, p.page(p.signedIn(p.unitsPage)))
	site.GET(unitsAddress+"/:id", p.page(p.signedIn(p.unitPage)))
	p.forms(site, unitsAddress+"/:id/:act", p.actOnUnit, func(c *gin.Context, actor policy.Actor, form url.Values) error {
		return p.showUnit(c, actor, c.Param("act"), form, formErrors{}, http.StatusOK)
	})
	p.reformPages(site)
	p.calendarPages(site)
	p.trailPages(site)
	p.deliveryPages(site)
	p.templatePages(site)
}

// unitsView is one branch of the tree, or what a search found.
type unitsView struct {
	adminFrame
	Query  string
	Vacant bool
	Ended  bool
	Path   []menuItem // from the root to the branch
	Units  []unitLine
	More   string
	Found  bool // a search or the vacant ones: the whole tree is looked at
}

type unitLine struct {
	Address, Below, Name, Code, Level, Note string
}

func (p *pages) unitsPage(c *gin.Context, actor policy.Actor) error {
	if !policy.ManageAgencies(actor) {
		return notFound()
	}
	ctx := c.Request.Context()
	view := unitsView{adminFrame: p.adminFrame(c, actor, "admin.agencies"), Query: c.Query("q"), Vacant: c.Query("trong") != "", Ended: c.Query("het") != ""}
	l, today, err := p.today(c, view.frame)
	if err != nil {
		return err
	}
	f := agency.Filter{Query: view.Query, Vacant: view.Vacant, Ended: view.Ended, Cursor: c.Query("tiep"), Limit: 100}
	view.Found = view.Query != "" || view.Vacant
	f.ParentID, _ = strconv.ParseInt(c.Query("cha"), 10, 64)
	if !view.Found && f.ParentID == 0 {
		roots, err := p.rootUnits(ctx, actor)
		if err != nil {
			return err
		}
		view.Units = l.unitLines(roots, today)
		return p.render.write(c, http.StatusOK, "units", l, view)
	}
	if view.Path, err = p.pathTo(ctx, actor, l, f.ParentID); err != nil {
		return err
	}
	page, err := p.service.ListAgencies(ctx, actor, f)
	if err != nil {
		return err
	}
	view.Units = l.unitLines(page.Agencies, today)
	if page.Next != "" {
		query := c.Request.URL.Query()
		query.Set("tiep", page.Next)
		view.More = unitsAddress + "?" + query.Encode()
	}
	return p.render.write(c, http.StatusOK, "units", l, view)
}

// rootUnits are the agencies that the administrator begins at: those of the posts.
func (p *pages) rootUnits(ctx context.Context, actor policy.Actor) ([]agency.Agency, error) {
	var roots []agency.Agency
	for _, id := range actor.At(policy.Administrator) {
		one, err := p.service.FindAgency(ctx, actor, id)
		if err != nil {
			return nil, err
		}
		roots = append(roots, one)
	}
	return roots, nil
}

// deepest is more levels than any tree of agencies has.
const deepest = 12

// pathTo are the agencies above one, and itself, as links.
func (p *pages) pathTo(ctx context.Context, actor policy.Actor, l lexicon, id int64) ([]menuItem, error) {
	var path []menuItem
	for range deepest {
		if id == 0 {
			break
		}
		one, err := p.service.FindAgency(ctx, actor, id)
		if err != nil {
			return nil, err
		}
		path = append([]menuItem{{one.Name, unitsAddress + "?cha=" + formatID(id), len(path) == 0}}, path...)
		id = one.ParentID
	}
	return append([]menuItem{{l.say("units.top"), unitsAddress, false}}, path...), nil
}

func (l lexicon) unitLines(units []agency.Agency, today calendar.Date) []unitLine {
	var lines []unitLine
	for _, a := range units {
		line := unitLine{
			Address: unitsAddress + "/" + formatID(a.ID), Below: unitsAddress + "?cha=" + formatID(a.ID),
			Name: a.Name, Code: a.Code, Level: l.sayOr("level."+a.Level, "level.other"),
		}
		switch {
		case !a.ValidTo.IsZero() && a.ValidTo.Before(today):
			line.Note = l.say("units.ended", a.ValidTo.VN())
		case a.ValidFrom.After(today):
			line.Note = l.say("units.begins", a.ValidFrom.VN())
		}
		lines = append(lines, line)
	}
	return lines
}

// unitView is one agency with its history and what can be set.
type unitView struct {
	adminFrame
	Errors   formErrors
	Path     []menuItem
	Facts    []factLine
	History  []string
	Kin      []menuItem
	People   []personLine
	All, New string // addresses of its people, and of a form for one more
	Two      actForm
	Head     actForm
	Superior string
	Letter   paper.Letterhead
	Below    []string // the lines above the signature
	Change   string
}

type factLine struct{ Title, Value string }

func (p *pages) unitPage(c *gin.Context, actor policy.Actor) error {
	return p.showUnit(c, actor, "", nil, formErrors{}, http.StatusOK)
}

func (p *pages) showUnit(c *gin.Context, actor policy.Actor, sent string, form url.Values, e formErrors, status int) error {
	if !policy.ManageAgencies(actor) {
		return notFound()
	}
	id, err := taskID(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	one, err := p.service.FindAgency(ctx, actor, id)
	if err != nil {
		return err
	}
	view := unitView{adminFrame: p.adminFrame(c, actor, "admin.agencies"), Errors: e}
	l, today, err := p.today(c, view.frame)
	if err != nil {
		return err
	}
	view.Title = one.Name
	if view.Path, err = p.pathTo(ctx, actor, l, one.ParentID); err != nil {
		return err
	}
	view.Facts = l.unitFacts(one)
	if err := p.addHistory(ctx, actor, l, id, &view); err != nil {
		return err
	}
	if err := p.addUnitPeople(c, actor, l, today, id, &view); err != nil {
		return err
	}
	if view.Letter, err = p.service.Letterhead(ctx, actor, id); err != nil {
		return err
	}
	view.Below = view.Letter.Signature()
	at := unitsAddress + "/" + formatID(id)
	view.Change = reformsAddress + "/moi?don-vi=" + url.QueryEscape(one.Code)
	view.Two, view.Head = l.twoForm(one, at), l.letterForm(view.Letter, at)
	switch sent {
	case "hai-chu-ky":
		view.Two = view.Two.with(form, e)
	case "the-thuc":
		view.Head = view.Head.with(form, e)
	}
	view.Two, view.Head = view.Two.lay(), view.Head.lay()
	return p.render.write(c, status, "unit", l, view)
}

func (l lexicon) unitFacts(a agency.Agency) []factLine {
	facts := []factLine{{l.say("units.code"), a.Code}, {l.say("units.level"), l.sayOr("level."+a.Level, "level.other")}}
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, factLine{l.say(key), value})
		}
	}
	add("units.short", a.ShortName)
	add("units.official", a.OfficialID)
	add("units.mailbox", a.Mailbox)
	add("units.phone", a.Phone)
	if !a.ValidFrom.IsZero() {
		add("units.from", a.ValidFrom.VN())
	}
	if !a.ValidTo.IsZero() {
		add("units.to", a.ValidTo.VN())
	}
	return facts
}

func (p *pages) addHistory(ctx context.Context, actor policy.Actor, l lexicon, id int64, view *unitView) error {
	history, err := p.service.AgencyHistory(ctx, actor, id)
	if err != nil {
		return err
	}
	for _, change := range history.Changes {
		view.History = append(view.History, l.say("units.change", change.On.VN(), l.sayOr("units.kind."+change.Kind, "units.kind.other"), change.Basis))
	}
	for _, kin := range history.Predecessors {
		view.Kin = append(view.Kin, menuItem{Title: l.say("units.from_kin", kin.Name, kin.On.VN(), kin.Basis), Address: unitsAddress + "/" + formatID(kin.ID)})
	}
	for _, kin := range history.Successors {
		view.Kin = append(view.Kin, menuItem{Title: l.say("units.to_kin", kin.Name, kin.On.VN(), kin.Basis), Address: unitsAddress + "/" + formatID(kin.ID)})
	}
	return nil
}

func (l lexicon) twoForm(a agency.Agency, at string) actForm {
	value := ""
	if a.TwoSignatures {
		value = "1"
	}
	return actForm{
		Action: at + "/hai-chu-ky", Title: l.say("units.two"), Button: l.say("people.save"), Version: a.Version, Name: "hai-chu-ky",
		Fields: []field{{Name: "two", Kind: "check", Label: l.say("units.two_label"), Hint: l.say("units.two_hint"), Value: value}},
	}
}

func (l lexicon) letterForm(h paper.Letterhead, at string) actForm {
	var signings []option
	for _, s := range paper.Signings {
		signings = append(signings, option{Value: string(s), Title: l.say("letter.signing." + string(s)), Chosen: s == h.Signing})
	}
	line := func(name, value string) field {
		return field{Name: name, Label: l.say("letter." + name), Value: value, Limit: 200}
	}
	return actForm{
		Action: at + "/the-thuc", Title: l.say("letter.title"), Hint: l.say("letter.hint"), Button: l.say("people.save"), Name: "the-thuc",
		Hidden: []keptField{{"known", strconv.Itoa(h.Version)}},
		Fields: []field{
			line("superior", h.Superior), line("name", h.Name), line("abbreviation", h.Abbreviation), line("place", h.Place), line("collective", h.Collective),
			{Name: "signing", Label: l.say("letter.signing"), Kind: "list", Options: signings}, line("head", h.Head), line("signer", h.Signer),
		},
	}
}

func (p *pages) actOnUnit(c *gin.Context, actor policy.Actor, form url.Values) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	act := c.Param("act")
	ctx := keyed(c, form)
	switch act {
	case "hai-chu-ky":
		_, err = p.service.SetTwoSignatures(ctx, actor, id, numberIn(form, "version"), form.Get("two") != "")
	case "the-thuc":
		_, err = p.service.SetLetterhead(ctx, actor, paper.Letterhead{
			AgencyID: id, Superior: form.Get("superior"), Name: form.Get("name"), Abbreviation: form.Get("abbreviation"), Place: form.Get("place"),
			Collective: form.Get("collective"), Signing: paper.Signing(form.Get("signing")), Head: form.Get("head"), Signer: form.Get("signer"), Version: numberIn(form, "known"),
		})
	default:
		return notFound()
	}
	if err == nil {
		c.Redirect(http.StatusSeeOther, unitsAddress+"/"+formatID(id)+"?da="+act)
		return nil
	}
	f, err := formFault(err)
	if err != nil {
		return err
	}
	return p.showUnit(c, actor, act, form, errorsOf(f, lexicon{language(p.languageOf(c))}), statusOf(f))
}

// unitPeopleShown is how many people an agency's page names.
const unitPeopleShown = 20

func (p *pages) addUnitPeople(c *gin.Context, actor policy.Actor, l lexicon, today calendar.Date, id int64, view *unitView) error {
	if !policy.ManagePeople(actor) {
		return nil
	}
	people, err := p.accounts.ListPeople(c.Request.Context(), actor, account.Filter{AgencyID: id, Limit: unitPeopleShown})
	if err != nil {
		return err
	}
	for _, one := range people.People {
		view.People = append(view.People, l.personLine(one, today))
	}
	view.All, view.New = peopleAddress+"?don-vi="+formatID(id), peopleAddress+"/moi?don-vi="+url.QueryEscape(view.Facts[0].Value)
	return nil
}
