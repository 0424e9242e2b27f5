package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/policy"
)

// ManagedPeople are the accounts that an administrator looks after.
type ManagedPeople interface {
	ListPeople(ctx context.Context, actor policy.Actor, f account.Filter) (account.Page, error)
	ImportPeople(ctx context.Context, actor policy.Actor, rows []account.Row, dryRun bool) (account.Report, error)
	Invite(ctx context.Context, actor policy.Actor, userID int64) (account.Sent, error)
	AdminReset(ctx context.Context, actor policy.Actor, userID int64) (account.Sent, error)
	EndSessionsOf(ctx context.Context, actor policy.Actor, userID int64) (int, error)
	ResetFactor(ctx context.Context, actor policy.Actor, userID int64) error
	EditPerson(ctx context.Context, actor policy.Actor, in account.EditInput) (account.Person, error)
	GrantPost(ctx context.Context, actor policy.Actor, in account.GrantInput) (account.Person, error)
	EndPost(ctx context.Context, actor policy.Actor, in account.EndInput) (account.Person, error)
	OpenWork(ctx context.Context, actor policy.Actor, userID int64) (account.OpenWork, error)
	Deactivate(ctx context.Context, actor policy.Actor, in account.LeaveInput) (account.Left, error)
	Reactivate(ctx context.Context, actor policy.Actor, userID int64, version int) (account.Person, error)
}

const peopleAddress = adminHome + "/nguoi-dung"

// grantable are the roles in the order of the form.
var grantable = []policy.Role{policy.FocalPoint, policy.Head, policy.Supervisor, policy.PlanAuthority, policy.Auditor, policy.Administrator}

func (p *pages) peoplePages(site *gin.RouterGroup) {
	site.GET(peopleAddress, p.page(p.signedIn(p.peoplePage)))
	p.forms(site, peopleAddress, p.addPerson, func(c *gin.Context, actor policy.Actor, form url.Values) error {
		return p.showNewPerson(c, actor, form, formErrors{}, http.StatusOK)
	})
	site.GET(peopleAddress+"/moi", p.page(p.signedIn(p.newPersonPage)))
	site.GET(peopleAddress+"/nhap", p.page(p.signedIn(p.importPage)))
	site.GET(peopleAddress+"/mau.csv", p.page(p.signedIn(p.importTemplate)))
	p.forms(site, peopleAddress+"/nhap", p.importList, func(c *gin.Context, actor policy.Actor, form url.Values) error {
		return p.showImport(c, actor, form, form.Get("list"), nil, nil, http.StatusOK)
	})
	site.GET(peopleAddress+"/:id", p.page(p.signedIn(p.personPage)))
	site.GET(peopleAddress+"/:id/nghi", p.page(p.signedIn(p.leavePage)))
	p.forms(site, peopleAddress+"/:id/:act", p.actOnPerson, func(c *gin.Context, actor policy.Actor, form url.Values) error {
		return p.showActOnPerson(c, actor, form, formErrors{}, http.StatusOK)
	})
}

// peopleView lists accounts.
type peopleView struct {
	adminFrame
	Query  string
	Agency string // the name of the agency whose people are listed; empty: all
	Unit   int64
	People []personLine
	More   string
}

type personLine struct {
	Address, Name, Email, State string
	Posts                       []string
	Glyph                       string // "", "invited", "closed"
}

func (p *pages) peoplePage(c *gin.Context, actor policy.Actor) error {
	view := peopleView{adminFrame: p.adminFrame(c, actor, "admin.people"), Query: c.Query("q")}
	view.Unit, _ = strconv.ParseInt(c.Query("don-vi"), 10, 64)
	page, err := p.accounts.ListPeople(c.Request.Context(), actor, account.Filter{Query: view.Query, AgencyID: view.Unit, Waiting: c.Query("cho") != "", Cursor: c.Query("tiep")})
	if err != nil {
		return err
	}
	if view.Unit > 0 {
		unit, err := p.service.FindAgency(c.Request.Context(), actor, view.Unit)
		if err != nil {
			return err
		}
		view.Agency = unit.Name
	}
	l, today, err := p.today(c, view.frame)
	if err != nil {
		return err
	}
	for _, one := range page.People {
		view.People = append(view.People, l.personLine(one, today))
	}
	if page.Next != "" {
		view.More = peopleAddress + "?" + url.Values{"q": {view.Query}, "don-vi": {c.Query("don-vi")}, "cho": {c.Query("cho")}, "tiep": {page.Next}}.Encode()
	}
	return p.render.write(c, http.StatusOK, "people", l, view)
}

// today is the day on which the page is shown, and its words.
func (p *pages) today(c *gin.Context, f frame) (lexicon, calendar.Date, error) {
	now, err := p.now(c)
	return f.lexicon(), calendar.DateOf(now, p.zone), err
}

func (l lexicon) personLine(one account.Person, today calendar.Date) personLine {
	line := personLine{Address: peopleAddress + "/" + strconv.FormatInt(one.ID, 10), Name: one.Name, Email: one.Email}
	line.State, line.Glyph = l.accountState(one)
	for _, post := range one.Posts {
		if post.ValidTo.IsZero() || !post.ValidTo.Before(today) {
			if title := l.sayOr("role."+string(post.Role), "role.other") + " · " + post.AgencyName; !slices.Contains(line.Posts, title) {
				line.Posts = append(line.Posts, title)
			}
		}
	}
	return line
}

// accountState says whether somebody can sign in, and why not.
func (l lexicon) accountState(one account.Person) (words, kind string) {
	switch {
	case !one.Active:
		return l.say("people.closed"), "closed"
	case one.SignedUp:
		return l.say("people.active"), ""
	case one.InvitedUntil != nil:
		return l.say("people.invited", one.InvitedUntil.Format("02/01/2006")), "invited"
	default:
		return l.say("people.uninvited"), "invited"
	}
}

// personView is one account with what can be done to it.
type personView struct {
	adminFrame
	Person  personLine
	Held    []postLine
	Facts   actForm
	Grant   actForm
	Buttons []actButton
	Leave   string
	Errors  formErrors
}

type postLine struct {
	Title, Days string
	End         actForm
	Ends        bool
}

// actButton is an act without anything to fill in.
type actButton struct{ Action, Title, Hint, Key string }

func (p *pages) personPage(c *gin.Context, actor policy.Actor) error {
	return p.showPerson(c, actor, "", nil, formErrors{}, http.StatusOK)
}

// findPerson answers one account that the administrator looks after.
func (p *pages) findPerson(c *gin.Context, actor policy.Actor) (account.Person, error) {
	id, err := taskID(c)
	if err != nil {
		return account.Person{}, err
	}
	page, err := p.accounts.ListPeople(c.Request.Context(), actor, account.Filter{UserID: id, Limit: 1})
	if err != nil {
		return account.Person{}, err
	}
	if len(page.People) == 0 {
		return account.Person{}, notFound()
	}
	return page.People[0], nil
}

// showPerson lays the page out; of the form that was sent it keeps what was typed.
func (p *pages) showPerson(c *gin.Context, actor policy.Actor, sent string, form url.Values, e formErrors, status int) error {
	one, err := p.findPerson(c, actor)
	if err != nil {
		return err
	}
	view := personView{adminFrame: p.adminFrame(c, actor, "admin.people"), Errors: e}
	l, today, err := p.today(c, view.frame)
	if err != nil {
		return err
	}
	view.Title, view.Person = one.Name, l.personLine(one, today)
	at := view.Person.Address
	view.Facts = l.factsForm(one, at)
	view.Grant = l.grantForm(at)
	switch sent {
	case "sua":
		view.Facts = view.Facts.with(form, e)
	case "cap":
		view.Grant = view.Grant.with(form, e)
	}
	view.Facts, view.Grant = view.Facts.lay(), view.Grant.lay()
	for _, post := range one.Posts {
		line := l.postLine(post, at, today)
		if sent == "thoi" && form.Get("post_id") == strconv.FormatInt(post.ID, 10) {
			line.End = line.End.with(form, e)
		}
		line.End = line.End.lay()
		view.Held = append(view.Held, line)
	}
	view.Buttons = l.personButtons(one, at)
	if one.Active && one.ID != actor.UserID {
		view.Leave = at + "/nghi"
	}
	return p.render.write(c, status, "person", l, view)
}

func (l lexicon) factsForm(one account.Person, at string) actForm {
	return actForm{
		Action: at + "/sua", Title: l.say("people.facts"), Button: l.say("people.save"), Version: one.Version, Name: "sua",
		Fields: []field{
			{Name: "name", Label: l.say("people.name"), Hint: l.say("people.name_hint"), Value: one.Name, Limit: 200},
			{Name: "email", Label: l.say("people.email"), Hint: l.say("people.email_hint"), Value: one.Email, Limit: 254},
			{Name: "phone", Label: l.say("people.phone"), Value: one.Phone, Limit: 40},
		},
	}
}

func (l lexicon) roleOptions() []option {
	var options []option
	for _, r := range grantable {
		options = append(options, option{Value: string(r), Title: l.say("role." + string(r))})
	}
	return options
}

func (l lexicon) grantForm(at string) actForm {
	return actForm{
		Action: at + "/cap", Title: l.say("people.grant"), Hint: l.say("people.grant_hint"), Button: l.say("people.grant_submit"), Name: "cap",
		Fields: []field{
			{Name: "agency", Label: l.say("people.agency"), Hint: l.say("people.agency_hint"), Limit: 200},
			{Name: "role", Label: l.say("people.role"), Kind: "list", Options: l.roleOptions()},
			{Name: "from", Label: l.say("people.from"), Kind: "date"}, {Name: "to", Label: l.say("people.to"), Kind: "date"},
		},
	}
}

func (l lexicon) postLine(post account.Post, at string, today calendar.Date) postLine {
	id := strconv.FormatInt(post.ID, 10)
	line := postLine{Title: l.sayOr("role."+string(post.Role), "role.other") + " · " + post.AgencyName}
	if post.ForName != "" {
		line.Title = l.say("posts.for", line.Title, post.ForName)
	}
	line.Days = l.say("people.since", post.ValidFrom.VN())
	if !post.ValidTo.IsZero() {
		line.Days = l.say("people.between", post.ValidFrom.VN(), post.ValidTo.VN())
	}
	line.Ends = post.ForName == "" && (post.ValidTo.IsZero() || post.ValidTo.After(today))
	line.End = actForm{
		Action: at + "/thoi", Title: l.say("people.end"), Hint: l.say("people.end_hint"), Button: l.say("people.end_submit"), Name: "thoi" + id,
		Hidden: []keptField{{"post_id", id}}, Fields: []field{{Name: "last_on", Label: l.say("people.last_on"), Kind: "date", Value: today.VN()}},
	}
	return line
}

func (l lexicon) personButtons(one account.Person, at string) []actButton {
	var buttons []actButton
	add := func(act string) {
		buttons = append(buttons, actButton{Action: at + "/" + act, Title: l.say("people.act." + act), Hint: l.say("people.hint." + act), Key: randomHex(16)})
	}
	switch {
	case !one.Active:
		add("mo-lai")
	case !one.SignedUp:
		add("moi")
	default:
		add("mat-khau")
		add("phien")
		add("hai-buoc")
	}
	return buttons
}
