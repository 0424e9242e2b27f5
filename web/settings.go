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
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/session"
)

// People is what a person arranges for themselves.
type People interface {
	ChoosePost(ctx context.Context, actor policy.Actor, token string, postID int64) (policy.Actor, error)
	Preferences(ctx context.Context, actor policy.Actor) (account.Preferences, error)
	SetPreferences(ctx context.Context, actor policy.Actor, in account.Preferences) (account.Preferences, error)
	NameSubstitute(ctx context.Context, actor policy.Actor, in account.SubstituteInput) (account.Substitution, error)
	ListSubstitutions(ctx context.Context, actor policy.Actor, limit int, cursor string) (account.SubstitutionPage, error)
	RevokeSubstitution(ctx context.Context, actor policy.Actor, id int64) (account.Substitution, error)
	ListColleagues(ctx context.Context, actor policy.Actor, agencyID int64) ([]account.Colleague, error)
}

// substitutionsShown is how many substitutions the page lists, the newest first.
const substitutionsShown = 20

// settingsView is the page of a person's own settings.
type settingsView struct {
	frame
	Errors             formErrors
	Done               string
	Version            int
	Languages          []option
	QuietFrom, QuietTo string
	Mail               []option // what goes by mail
	Substitutions      []substitutionLine
	// The form that names a substitute; without colleagues there is none.
	Key              string
	Own, Colleagues  []option
	From, To, Reason string
}

// At is what is wrong with a field of either form.
func (v settingsView) At(field string) string { return v.Errors.At(field) }

type substitutionLine struct {
	ID           int64
	Title, Facts string
	// Open: it runs or is to come, so it can be revoked.
	Open bool
}

var mailWords = map[notice.Group]string{
	notice.GroupOpening: "settings.mail.opening", notice.GroupReminder: "settings.mail.reminder", notice.GroupReview: "settings.mail.review",
	notice.GroupReceipt: "settings.mail.receipt", notice.GroupRequest: "settings.mail.request", notice.GroupCalendar: "settings.mail.calendar",
	notice.GroupDigest: "settings.mail.digest",
}

// postTitle names a post in the header, with whom it is held for.
func (l lexicon) postTitle(p policy.Post, agency bool) string {
	title := l.sayOr("role."+string(p.Role), "role.other")
	if agency {
		title += " · " + p.AgencyName
	}
	if p.ForName != "" {
		title = l.say("posts.for", title, p.ForName)
	}
	return title
}

// postChoices are the posts to choose from in the header: where there are several.
func (l lexicon) postChoices(actor policy.Actor) []option {
	if len(actor.Held) < 2 {
		return nil
	}
	choices := []option{{Value: "0", Title: l.say("posts.all"), Chosen: actor.Chosen == 0}}
	for _, p := range actor.Held {
		choices = append(choices, option{Value: strconv.FormatInt(p.ID, 10), Title: l.postTitle(p, true), Chosen: actor.Chosen == p.ID})
	}
	return choices
}

// choosePost lets the session act in one post, and shows the page again from
// which it was chosen. In the new post that page may not be there: then the home
// page leads on.
func (p *pages) choosePost(c *gin.Context, actor policy.Actor) error {
	if err := readForm(c); err != nil {
		return err
	}
	id, err := strconv.ParseInt(c.Request.PostForm.Get("vi_tri"), 10, 64)
	if err != nil {
		return notFound()
	}
	if _, err := p.service.ChoosePost(c.Request.Context(), actor, session.Token(c.Request), id); err != nil {
		return err
	}
	to := localAddress(c.Request.PostForm.Get("tiep"))
	if to == "" {
		to = "/"
	}
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

func (p *pages) settings(c *gin.Context, actor policy.Actor) error {
	view := settingsView{frame: p.frameFor(c, "")}
	switch l := view.lexicon(); c.Query("da") {
	case "luu":
		view.Done = l.say("settings.saved")
	case "thay-the":
		view.Done = l.say("settings.named")
	case "thu-hoi":
		view.Done = l.say("settings.revoked")
	}
	kept, err := p.service.Preferences(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	view.prefer(kept)
	return p.showSettings(c, actor, http.StatusOK, view)
}

// prefer fills in the form of preferences.
func (v *settingsView) prefer(kept account.Preferences) {
	l := v.lexicon()
	v.Version, v.QuietFrom, v.QuietTo = kept.Version, kept.QuietFrom, kept.QuietTo
	v.Languages = []option{
		{Value: "vi", Title: l.say("language.vi"), Chosen: kept.Language != "en"}, {Value: "en", Title: l.say("language.en"), Chosen: kept.Language == "en"},
	}
	for _, group := range notice.Groups {
		v.Mail = append(v.Mail, option{Value: string(group), Title: l.say(mailWords[group]), Chosen: !slices.Contains(kept.Muted, string(group))})
	}
}

func (p *pages) saveSettings(c *gin.Context, actor policy.Actor) error {
	if err := readForm(c); err != nil {
		return err
	}
	form := c.Request.PostForm
	in := account.Preferences{Language: form.Get("language"), QuietFrom: form.Get("quiet_from"), QuietTo: form.Get("quiet_to"), Version: numberIn(form, "version")}
	for _, group := range notice.Groups {
		if !slices.Contains(form["mail"], string(group)) {
			in.Muted = append(in.Muted, string(group))
		}
	}
	_, err := p.service.SetPreferences(c.Request.Context(), actor, in)
	if err == nil {
		c.Redirect(http.StatusSeeOther, "/cai-dat?da=luu")
		return nil
	}
	view, status, err := p.failedSettings(c, err)
	if err != nil {
		return err
	}
	view.prefer(in)
	return p.showSettings(c, actor, status, view)
}

// failedSettings is the page with what kept a form back; other failures are not the form's.
func (p *pages) failedSettings(c *gin.Context, err error) (settingsView, int, error) {
	view := settingsView{frame: p.frameFor(c, "")}
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return view, 0, err
	}
	view.Errors = errorsOf(f, view.lexicon())
	return view, statusOf(f), nil
}

func (p *pages) nameSubstitute(c *gin.Context, actor policy.Actor) error {
	if err := readForm(c); err != nil {
		return err
	}
	form := c.Request.PostForm
	in, err := substituteIn(form)
	if err == nil {
		_, err = p.service.NameSubstitute(keyed(c, form), actor, in)
	}
	if err == nil {
		c.Redirect(http.StatusSeeOther, "/cai-dat?da=thay-the#thay-the")
		return nil
	}
	view, status, err := p.failedSettings(c, err)
	if err != nil {
		return err
	}
	kept, err := p.service.Preferences(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	view.prefer(kept)
	view.From, view.To, view.Reason = form.Get("from"), form.Get("to"), form.Get("reason")
	return p.showSettings(c, actor, status, view)
}

func substituteIn(form url.Values) (account.SubstituteInput, error) {
	in := account.SubstituteInput{PostID: int64(numberIn(form, "post_id")), SubstituteID: int64(numberIn(form, "substitute_id")), Reason: form.Get("reason")}
	for _, day := range []struct {
		field string
		into  *calendar.Date
	}{{"from", &in.From}, {"to", &in.To}} {
		var err error
		if *day.into, err = typedDate(form.Get(day.field), day.field); err != nil {
			return in, err
		}
		if day.into.IsZero() {
			_, err = typedDate("?", day.field) // says how a day is written
			return in, err
		}
	}
	return in, nil
}

func (p *pages) revokeSubstitute(c *gin.Context, actor policy.Actor) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	if _, err := p.service.RevokeSubstitution(c.Request.Context(), actor, id); err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, "/cai-dat?da=thu-hoi#thay-the")
	return nil
}

// showSettings fills in substitutions, and who may be named.
func (p *pages) showSettings(c *gin.Context, actor policy.Actor, status int, view settingsView) error {
	l := view.lexicon()
	view.Title, view.Key = l.say("settings.title"), randomHex(16)
	now, err := p.now(c)
	if err != nil {
		return err
	}
	page, err := p.service.ListSubstitutions(c.Request.Context(), actor, substitutionsShown, "")
	if err != nil {
		return err
	}
	today := calendar.DateOf(now, p.zone)
	for _, s := range page.Substitutions {
		view.Substitutions = append(view.Substitutions, l.substitutionLine(s, today))
	}
	known := map[int64]bool{actor.UserID: true}
	for _, post := range actor.AllPosts() {
		if post.ForID != 0 || !policy.Substitutable(post.Role) {
			continue
		}
		id := strconv.FormatInt(post.ID, 10)
		view.Own = append(view.Own, option{Value: id, Title: l.postTitle(post, true), Chosen: id == c.Request.PostForm.Get("post_id")})
		if !policy.SeeColleagues(actor, post.AgencyID) {
			continue
		}
		colleagues, err := p.service.ListColleagues(c.Request.Context(), actor, post.AgencyID)
		if err != nil {
			return err
		}
		for _, one := range colleagues {
			if !known[one.ID] {
				known[one.ID] = true
				id := strconv.FormatInt(one.ID, 10)
				view.Colleagues = append(view.Colleagues, option{Value: id, Title: one.Name, Chosen: id == c.Request.PostForm.Get("substitute_id")})
			}
		}
	}
	return p.render.write(c, status, "settings", l, view)
}

func (l lexicon) substitutionLine(s account.Substitution, today calendar.Date) substitutionLine {
	line := substitutionLine{ID: s.ID, Title: l.say("settings.line", s.Substitute.Name, s.Holder.Name), Open: s.RevokedAt == nil && !s.To.Before(today)}
	line.Facts = l.sayOr("role."+string(s.Role), "role.other") + " · " + s.AgencyName + " · " + l.say("settings.days", s.From.VN(), s.To.VN())
	switch {
	case s.RevokedAt != nil:
		line.Facts += " · " + l.say("settings.ended")
	case s.Running:
		line.Facts += " · " + l.say("settings.running")
	}
	return line
}

// numberIn reads a number that a form of ours carries; 0 for anything else.
func numberIn(form url.Values, field string) int {
	n, err := strconv.Atoi(form.Get(field))
	if err != nil || n < 0 {
		return 0
	}
	return n
}
