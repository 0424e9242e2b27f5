package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/account"
	"dondoc/internal/audit"
	"dondoc/internal/calendar"
	"dondoc/internal/policy"
)

// Trails are the audit trail and the decisions that open it to auditors.
type Trails interface {
	ListAudit(ctx context.Context, actor policy.Actor, f audit.EntryFilter) (audit.EntryPage, error)
	OpenMandate(ctx context.Context, actor policy.Actor, in account.MandateInput) (account.Mandate, error)
	ListMandates(ctx context.Context, actor policy.Actor) ([]account.Mandate, error)
	RevokeMandate(ctx context.Context, actor policy.Actor, id int64) error
}

const (
	trailAddress    = adminHome + "/nhat-ky"
	mandatesAddress = adminHome + "/kiem-tra"
)

func (p *pages) trailPages(site *gin.RouterGroup) {
	site.GET(trailAddress, p.page(p.signedIn(p.trailPage)))
	site.GET(mandatesAddress, p.page(p.signedIn(p.mandatesPage)))
	p.forms(site, mandatesAddress, p.openMandate, func(c *gin.Context, actor policy.Actor, form url.Values) error {
		return p.showMandates(c, actor, form, formErrors{}, http.StatusOK)
	})
	site.POST(mandatesAddress+"/:id/thu-hoi", p.page(p.signedIn(p.revokeMandate)))
}

// trailView is the audit trail in words, the newest first.
type trailView struct {
	adminFrame
	Errors    formErrors
	Entities  []option
	From, To  string
	About     string // the number of what is looked at; empty: anything
	Entries   []trailLine
	More      string
	Export    string
	Narrowing bool
}

type trailLine struct {
	At, Who, What, About string
	Address              string // of what it is about; empty: no page
	// Same and Own narrow the trail to acts of this kind, and to this person's.
	Same, Own string
	Changes   []changeLine
	Sealed    string
}

// entities are what entries are about, in the order of the filter.
var entities = []string{"task", "round", "plan", "document", "user", "audit_mandate", "rates"}

func (p *pages) trailPage(c *gin.Context, actor policy.Actor) error {
	if !policy.ReadAudit(actor) {
		return notFound()
	}
	view := trailView{adminFrame: p.adminFrame(c, actor, "admin.trail"), From: c.Query("tu"), To: c.Query("den"), About: c.Query("so")}
	l := view.lexicon()
	f := audit.EntryFilter{Entity: c.Query("loai"), Action: c.Query("hanh-dong"), Cursor: c.Query("tiep"), Limit: 50}
	if !slices.Contains(entities, f.Entity) {
		f.Entity = ""
	}
	f.EntityID, _ = strconv.ParseInt(view.About, 10, 64)
	f.ActorID, _ = strconv.ParseInt(c.Query("nguoi"), 10, 64)
	view.Entities = []option{{Title: l.say("board.any")}}
	for _, e := range entities {
		view.Entities = append(view.Entities, option{Value: e, Title: l.say("trail.entity." + e), Chosen: e == f.Entity})
	}
	status := http.StatusOK
	var first, last calendar.Date
	for name, into := range map[string]*calendar.Date{"tu": &first, "den": &last} {
		day, err := typedDate(c.Query(name), name)
		if f, other := formFault(err); other != nil {
			return other
		} else if f != nil {
			view.Errors, status = errorsOf(f, l), http.StatusUnprocessableEntity
		}
		*into = day
	}
	if !first.IsZero() {
		f.From = first.At(0, 0, p.zone)
	}
	if !last.IsZero() {
		f.To = last.AddDays(1).At(0, 0, p.zone)
	}
	view.Narrowing = f.Entity != "" || f.EntityID != 0 || f.ActorID != 0 || f.Action != "" || !first.IsZero() || !last.IsZero()
	page, err := p.service.ListAudit(c.Request.Context(), actor, f)
	if err != nil {
		return err
	}
	for _, e := range page.Entries {
		view.Entries = append(view.Entries, l.trailLine(e, p.zone))
	}
	if page.Next != "" {
		query := c.Request.URL.Query()
		query.Set("tiep", page.Next)
		view.More = trailAddress + "?" + query.Encode()
	}
	export := url.Values{}
	if f.Entity != "" {
		export.Set("entity", f.Entity)
	}
	if f.EntityID != 0 {
		export.Set("entity_id", formatID(f.EntityID))
	}
	if f.ActorID != 0 {
		export.Set("actor", formatID(f.ActorID))
	}
	if f.Action != "" {
		export.Set("action", f.Action)
	}
	for name, at := range map[string]time.Time{"from": f.From, "to": f.To} {
		if !at.IsZero() {
			export.Set(name, at.UTC().Format(time.RFC3339))
		}
	}
	view.Export = "/api/v1/exports/audit.xlsx?" + export.Encode()
	return p.render.write(c, status, "trail", l, view)
}

// trailLine says what happened: in the words of the courses of tasks where they
// have any, else by the name of the action.
func (l lexicon) trailLine(e audit.Entry, zone *time.Location) trailLine {
	line := trailLine{At: moment(e.At, zone), Who: e.ActorName, About: l.sayOr("trail.entity."+e.Entity, "trail.entity.other") + " " + formatID(e.EntityID)}
	if e.ActorID == 0 {
		line.Who = l.say("trail.system")
	}
	if e.StoodInName != "" {
		line.Who = l.say("posts.for", line.Who, e.StoodInName)
	}
	if e.OnBehalfName != "" {
		line.Who += " · " + e.OnBehalfName
	}
	line.What = e.Action
	for _, key := range []string{"event." + e.Action, "trail.action." + e.Action} {
		if words := l.sayOr(key, "event.other"); words != l.say("event.other") {
			line.What = words
			break
		}
	}
	switch e.Entity {
	case "task":
		line.Address = taskAddress(e.EntityID)
	case "plan":
		line.Address = planAddress(e.EntityID)
	}
	line.Same = trailAddress + "?hanh-dong=" + url.QueryEscape(e.Action)
	if e.ActorID != 0 {
		line.Own = trailAddress + "?nguoi=" + formatID(e.ActorID)
	}
	line.Changes = trailChanges(e)
	if e.SealNumber > 0 {
		line.Sealed = l.say("trail.sealed", e.SealNumber)
	}
	return line
}

// trailChanges are the facts before and after, as they are kept: free text stands
// in the trail as a hash alone.
func trailChanges(e audit.Entry) []changeLine {
	before, after := factsOf(e.Before), factsOf(e.After)
	names := map[string]bool{}
	for name := range before {
		names[name] = true
	}
	for name := range after {
		names[name] = true
	}
	var lines []changeLine
	for name := range names {
		if before[name] != after[name] {
			lines = append(lines, changeLine{name, before[name], after[name]})
		}
	}
	slices.SortFunc(lines, func(a, b changeLine) int { return strings.Compare(a.Field, b.Field) })
	return lines
}

// factShown bounds one fact on the page, in characters.
const factShown = 120

func factsOf(text string) map[string]string {
	var raw map[string]any
	if text == "" || json.Unmarshal([]byte(text), &raw) != nil {
		return nil
	}
	facts := map[string]string{}
	for name, value := range raw {
		written := fmt.Sprint(value)
		if _, plain := value.(string); !plain {
			if encoded, err := json.Marshal(value); err == nil {
				written = string(encoded)
			}
		}
		if runes := []rune(written); len(runes) > factShown {
			written = string(runes[:factShown]) + "…"
		}
		facts[name] = written
	}
	return facts
}

// mandatesView lists decisions that open plans to auditors, and opens more.
type mandatesView struct {
	adminFrame
	Errors   formErrors
	Mandates []mandateLine
	Form     *actForm
	Plans    []option
}

type mandateLine struct {
	Title, Facts, Plans, State string
	Revoke, Key                string
}

func (p *pages) mandatesPage(c *gin.Context, actor policy.Actor) error {
	return p.showMandates(c, actor, nil, formErrors{}, http.StatusOK)
}

func (p *pages) showMandates(c *gin.Context, actor policy.Actor, form url.Values, e formErrors, status int) error {
	if !policy.SeeMandates(actor) {
		return notFound()
	}
	view := mandatesView{adminFrame: p.adminFrame(c, actor, "admin.mandates"), Errors: e}
	l := view.lexicon()
	mandates, err := p.service.ListMandates(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	for _, m := range mandates {
		line := mandateLine{
			Title: m.Name + " · " + m.Email, Facts: l.say("mandate.facts", m.DecisionNumber, m.DecidedOn.VN(), m.IssuedBy),
			State: l.say("people.between", m.From.VN(), m.To.VN()),
		}
		for i, one := range m.Plans {
			if i > 0 {
				line.Plans += "; "
			}
			line.Plans += one.Title
		}
		switch {
		case m.RevokedAt != nil:
			line.State += " · " + l.say("mandate.revoked", moment(*m.RevokedAt, p.zone))
		case actor.Has(policy.PlanAuthority):
			line.Revoke, line.Key = mandatesAddress+"/"+formatID(m.ID)+"/thu-hoi", randomHex(16)
		}
		view.Mandates = append(view.Mandates, line)
	}
	if actor.Has(policy.PlanAuthority) {
		if err := p.addMandateForm(c, actor, l, form, e, &view); err != nil {
			return err
		}
	}
	return p.render.write(c, status, "mandates", l, view)
}

func (p *pages) addMandateForm(c *gin.Context, actor policy.Actor, l lexicon, form url.Values, e formErrors, view *mandatesView) error {
	plans, err := p.service.ListPlans(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	for _, r := range plans {
		if policy.ManagePlan(actor, r.IssuerID) {
			view.Plans = append(view.Plans, option{Value: formatID(r.ID), Title: r.Title, Chosen: slices.Contains(form["plans"], formatID(r.ID))})
		}
	}
	one := actForm{
		Action: mandatesAddress, Title: l.say("mandate.new"), Hint: l.say("mandate.hint"), Button: l.say("mandate.open"),
		Fields: []field{
			{Name: "email", Label: l.say("mandate.who"), Hint: l.say("mandate.who_hint"), Limit: 254},
			{Name: "decision_number", Label: l.say("mandate.number"), Limit: 200}, {Name: "decided_on", Label: l.say("amend.on"), Kind: "date"},
			{Name: "issued_by", Label: l.say("mandate.issuer"), Limit: 200},
			{Name: "plans", Label: l.say("mandate.plans"), Kind: "many", Options: view.Plans},
			{Name: "from", Label: l.say("people.from"), Kind: "date"}, {Name: "to", Label: l.say("people.to"), Kind: "date"},
		},
	}
	if form != nil {
		one = one.with(form, e)
	}
	one = one.lay()
	view.Form = &one
	return nil
}

func (p *pages) openMandate(c *gin.Context, actor policy.Actor, form url.Values) error {
	if !policy.SeeMandates(actor) {
		return notFound()
	}
	in, err := mandateIn(form)
	if err == nil {
		_, err = p.service.OpenMandate(keyed(c, form), actor, in)
	}
	if err == nil {
		c.Redirect(http.StatusSeeOther, mandatesAddress+"?da=kiem-tra")
		return nil
	}
	f, err := formFault(err)
	if err != nil {
		return err
	}
	return p.showMandates(c, actor, form, errorsOf(f, lexicon{language(p.languageOf(c))}), statusOf(f))
}

func mandateIn(form url.Values) (account.MandateInput, error) {
	in := account.MandateInput{Email: form.Get("email"), DecisionNumber: form.Get("decision_number"), IssuedBy: form.Get("issued_by")}
	for _, text := range form["plans"] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return in, notFound()
		}
		in.Plans = append(in.Plans, id)
	}
	for _, day := range []struct {
		name string
		into *calendar.Date
	}{{"decided_on", &in.DecidedOn}, {"from", &in.From}, {"to", &in.To}} {
		var err error
		if *day.into, err = neededDate(form.Get(day.name), day.name); err != nil {
			return in, err
		}
	}
	return in, nil
}

func (p *pages) revokeMandate(c *gin.Context, actor policy.Actor) error {
	if err := readForm(c); err != nil {
		return err
	}
	id, err := taskID(c)
	if err != nil {
		return err
	}
	if err := p.service.RevokeMandate(keyed(c, c.Request.PostForm), actor, id); err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, mandatesAddress+"?da=thu-hoi")
	return nil
}
