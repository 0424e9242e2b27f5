package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

// NoticeWords are the words of notices as administrators keep them.
type NoticeWords interface {
	NoticeTemplates(ctx context.Context, actor policy.Actor) (notice.TemplateList, error)
	SetNoticeTemplate(ctx context.Context, actor policy.Actor, in notice.Template) (notice.KeptTemplate, error)
	RestoreNoticeTemplate(
		ctx context.Context, actor policy.Actor, kind notice.TemplateKind, language string, version int,
	) (notice.KeptTemplate, error)
	PreviewNoticeTemplate(ctx context.Context, actor policy.Actor, in notice.Template) (notice.Mail, error)
}

const (
	templatesAddress = adminHome + "/mau-thong-bao"
	templatePath     = templatesAddress + "/:kind/:language"
	// framingPolicy lets the page show a mail in a frame of this server.
	framingPolicy = contentPolicy + "; frame-src 'self'"
	// mailPolicy lets a mail's own styles act and nothing else; its links lead nowhere.
	mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; " +
		"form-action 'none'; frame-ancestors 'self'; sandbox"
)

func (p *pages) templatePages(site *gin.RouterGroup) {
	site.GET(templatesAddress, p.page(p.signedIn(p.templatesPage)))
	site.GET(templatesAddress+"/:kind", p.page(p.signedIn(func(c *gin.Context, actor policy.Actor) error {
		return p.showTemplate(c, actor, nil, formErrors{}, http.StatusOK)
	})))
	p.forms(site, templatePath, p.saveTemplate, func(c *gin.Context, actor policy.Actor, form url.Values) error {
		return p.showTemplate(c, actor, form, formErrors{}, http.StatusOK)
	})
	site.POST(templatePath+"/khoi-phuc", p.page(p.signedIn(p.restoreTemplate)))
	site.GET(templatePath+"/thu", p.page(p.signedIn(p.templateMail)))
}

// templatesView lists the kinds of notices.
type templatesView struct {
	adminFrame
	MayChange bool
	Groups    []templateGroup
}

type templateGroup struct {
	Title string
	Lines []templateLine
}

type templateLine struct {
	Address, Title, Purpose string
	States                  []templateState
}

// templateState is where the words of one language stand.
type templateState struct {
	Language, Title string
	Own, Broken     bool
}

func (p *pages) templatesPage(c *gin.Context, actor policy.Actor) error {
	if !policy.SeeNoticeTemplates(actor) {
		return notFound()
	}
	list, err := p.accounts.NoticeTemplates(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	view := templatesView{adminFrame: p.adminFrame(c, actor, "admin.templates"), MayChange: list.MayChange}
	l := view.lexicon()
	view.Styles = append(view.Styles, "templates.css")
	kept := byKey(list)
	var notices, others templateGroup
	notices.Title, others.Title = l.say("templates.notices"), l.say("templates.others")
	for _, spec := range notice.TemplateSpecs() {
		line := templateLine{
			Address: templatesAddress + "/" + string(spec.Kind), Title: l.templateTitle(spec.Kind), Purpose: l.templatePurpose(spec),
		}
		for _, language := range notice.Languages {
			k := kept[notice.TemplateKey{Kind: spec.Kind, Language: language}]
			state := templateState{
				Language: l.say("language." + language), Title: l.say("templates.standard"), Own: k.Own, Broken: k.Broken != nil,
			}
			switch {
			case state.Broken:
				state.Title = l.say("templates.broken")
			case state.Own:
				state.Title = l.say("templates.own")
			}
			line.States = append(line.States, state)
		}
		if spec.Counts {
			notices.Lines = append(notices.Lines, line)
		} else {
			others.Lines = append(others.Lines, line)
		}
	}
	view.Groups = []templateGroup{notices, others}
	return p.render.write(c, http.StatusOK, "templates", l, view)
}

func byKey(list notice.TemplateList) map[notice.TemplateKey]notice.KeptTemplate {
	kept := make(map[notice.TemplateKey]notice.KeptTemplate, len(list.Templates))
	for _, k := range list.Templates {
		kept[k.Key()] = k
	}
	return kept
}

// templateTitle names a kind by what its standard words say first.
func (l lexicon) templateTitle(kind notice.TemplateKind) string {
	standard, _ := notice.Standard(kind, l.code)
	switch spec, _ := notice.SpecOf(kind); {
	case spec.Counts:
		return standard.Lead
	case spec.Closes:
		return standard.Subject
	default:
		return l.say("notice." + string(kind))
	}
}

// templatePurpose says to whom such a message goes, and when.
func (l lexicon) templatePurpose(spec notice.TemplateSpec) string {
	if spec.Requested {
		return l.say("template.requested")
	}
	return l.say("template.for." + string(spec.Of))
}

// templateView is one kind with its words in both languages, each beside a sample.
type templateView struct {
	adminFrame
	Errors    formErrors
	Purpose   string
	Kin       menuItem // the words for orders, where these are for requests, and the other way round
	MayChange bool
	Places    []placeLine
	Halves    []templateHalf
}

type placeLine struct {
	Name, Meaning string
	Needed        bool
}

// templateHalf is one language.
type templateHalf struct {
	Code, Name, Changed string
	Broken              []string
	Form                actForm
	Words               []factLine // where the reader may not change them
	Restore, Key        string
	Version             int
	Sample              mailSample
}

// mailSample is a message as it would be sent, or what keeps it from being written.
type mailSample struct {
	Subject, Text, Frame string
	Faults               []string
}

func (p *pages) showTemplate(c *gin.Context, actor policy.Actor, form url.Values, e formErrors, status int) error {
	kind := notice.TemplateKind(c.Param("kind"))
	spec, known := notice.SpecOf(kind)
	if !policy.SeeNoticeTemplates(actor) || !known {
		return notFound()
	}
	list, err := p.accounts.NoticeTemplates(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	view := templateView{adminFrame: p.adminFrame(c, actor, "admin.templates"), Errors: e, MayChange: list.MayChange}
	l := view.lexicon()
	view.Title, view.Purpose, view.Kin = l.templateTitle(kind), l.templatePurpose(spec), l.templateKin(spec)
	view.Styles = append(view.Styles, "templates.css")
	view.Scripts = []string{"vendor/idiomorph.min.js", "templates.js"}
	for _, place := range spec.Placeholders {
		meaning := l.say("template.place." + place.Name)
		view.Places = append(view.Places, placeLine{"{" + place.Name + "}", meaning, place.Needed != ""})
	}
	kept := byKey(list)
	for _, language := range notice.Languages {
		k := kept[notice.TemplateKey{Kind: kind, Language: language}]
		var sent typedWords
		if language == c.Param("language") {
			sent = typedWords{form, e, status == http.StatusConflict}
		}
		half, err := p.templateHalf(c, actor, l, spec, k, sent)
		if err != nil {
			return err
		}
		view.Halves = append(view.Halves, half)
	}
	c.Header("Content-Security-Policy", framingPolicy)
	return p.render.write(c, status, "template", l, view)
}

// templateKin leads from the words for orders to those for requests, and back.
func (l lexicon) templateKin(spec notice.TemplateSpec) menuItem {
	if spec.Requested {
		return menuItem{Title: l.say("template.to_orders"), Address: templatesAddress + "/" + string(spec.Of)}
	}
	for _, other := range notice.TemplateSpecs() {
		if other.Requested && other.Of == spec.Kind {
			return menuItem{Title: l.say("template.to_requests"), Address: templatesAddress + "/" + string(other.Kind)}
		}
	}
	return menuItem{}
}

// typedWords are those that were sent, with what keeps them back.
type typedWords struct {
	form   url.Values
	errors formErrors
	// beaten: somebody else's change came first.
	beaten bool
}

func (p *pages) templateHalf(
	c *gin.Context, actor policy.Actor, l lexicon, spec notice.TemplateSpec, k notice.KeptTemplate, sent typedWords,
) (templateHalf, error) {
	half := templateHalf{
		Code: k.Language, Name: l.say("language." + k.Language), Version: k.Version, Key: randomHex(16),
		Changed: l.say("templates.standard"),
	}
	at := templatesAddress + "/" + string(k.Kind) + "/" + k.Language
	if k.ChangedAt != nil {
		key := "template.restored"
		if k.Own {
			key, half.Restore = "template.changed", at+"/khoi-phuc"
		}
		half.Changed = l.say(key, moment(*k.ChangedAt, p.zone), k.ChangedBy)
	}
	shown := k.Template
	if k.Broken != nil {
		half.Broken = l.templateFaults(k.Broken)
	}
	half.Form = l.templateForm(spec, k, at)
	if sent.form != nil {
		shown = templateIn(k.Kind, k.Language, sent.form)
		half.Form = half.Form.with(sent.form, sent.errors)
		if !sent.beaten {
			// Words that were typed over an earlier version are not saved over a later
			// one without a word about it.
			half.Form.Version = shown.Version
		}
	}
	half.Form = half.Form.lay()
	for _, one := range half.Form.Fields {
		half.Words = append(half.Words, factLine{one.Label, one.Value})
	}
	mail, err := p.accounts.PreviewNoticeTemplate(c.Request.Context(), actor, shown)
	if err != nil {
		f, other := formFault(err)
		if other != nil {
			return half, other
		}
		half.Sample.Faults = l.templateFaults(f)
		return half, nil
	}
	half.Sample = mailSample{Subject: mail.Subject, Text: mail.Text, Frame: at + "/thu?mau=" + wordsInAddress(shown)}
	return half, nil
}

// templateFaults are sentences that name their fields.
func (l lexicon) templateFaults(f *fault.Fault) []string {
	var said []string
	for _, one := range f.Details {
		said = append(said, l.sayOr("template."+one.Field, "template.lead")+": "+one.Message(l.code))
	}
	if len(said) == 0 {
		said = []string{f.Message(l.code)}
	}
	return said
}

func (l lexicon) templateForm(spec notice.TemplateSpec, k notice.KeptTemplate, at string) actForm {
	f := actForm{
		Action: at, Title: l.say("template.words"), Button: l.say("people.save"), Filled: true,
		Look: l.say("template.look"), Part: "xem-" + k.Language,
		Version: k.Version, Name: k.Language,
		Fields: []field{{
			Name: "subject", Label: l.say("template.subject"), Hint: l.say("template.subject_hint"), Value: k.Subject,
			Limit: notice.MaxTemplateSubject,
		}},
	}
	if spec.Counts && k.Language == "en" {
		f.Fields = append(f.Fields, field{
			Name: "subject_one", Label: l.say("template.subject_one"), Hint: l.say("template.subject_one_hint"), Value: k.SubjectOne,
			Limit: notice.MaxTemplateSubject,
		})
	}
	closing := l.say("template.closing_hint")
	if spec.Closes {
		closing = l.say("template.closing_needed")
	}
	f.Fields = append(f.Fields,
		field{Name: "lead", Label: l.say("template.lead"), Hint: l.say("template.lead_hint"), Kind: "lines", Value: k.Lead},
		field{Name: "closing", Label: l.say("template.closing"), Hint: closing, Kind: "lines", Value: k.Closing})
	return f
}

func templateIn(kind notice.TemplateKind, language string, form url.Values) notice.Template {
	version, _ := strconv.Atoi(form.Get("version"))
	return notice.Template{
		Kind: kind, Language: language, Version: max(version, 0),
		Subject: form.Get("subject"), SubjectOne: form.Get("subject_one"),
		Lead: form.Get("lead"), Closing: form.Get("closing"),
	}
}

// saveTemplate keeps the words, or only shows a message in them.
func (p *pages) saveTemplate(c *gin.Context, actor policy.Actor, form url.Values) error {
	if !policy.SeeNoticeTemplates(actor) {
		return notFound()
	}
	in := templateIn(notice.TemplateKind(c.Param("kind")), c.Param("language"), form)
	var err error
	if form.Get("xem") != "" {
		_, err = p.accounts.PreviewNoticeTemplate(c.Request.Context(), actor, in)
	} else if _, err = p.accounts.SetNoticeTemplate(keyed(c, form), actor, in); err == nil {
		c.Redirect(http.StatusSeeOther, templatesAddress+"/"+c.Param("kind")+"?da=mau")
		return nil
	}
	if err == nil {
		return p.showTemplate(c, actor, form, formErrors{}, http.StatusOK)
	}
	f, other := formFault(err)
	if other != nil {
		return other
	}
	return p.showTemplate(c, actor, form, errorsOf(f, lexicon{language(p.languageOf(c))}), statusOf(f))
}

func (p *pages) restoreTemplate(c *gin.Context, actor policy.Actor) error {
	if !policy.SeeNoticeTemplates(actor) {
		return notFound()
	}
	if err := readForm(c); err != nil {
		return err
	}
	form := c.Request.PostForm
	version, _ := strconv.Atoi(form.Get("version"))
	kind := notice.TemplateKind(c.Param("kind"))
	_, err := p.accounts.RestoreNoticeTemplate(keyed(c, form), actor, kind, c.Param("language"), version)
	if err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, templatesAddress+"/"+c.Param("kind")+"?da=mau-chuan")
	return nil
}

// wordsInAddress carries words to the frame that shows them; nothing is kept.
func wordsInAddress(t notice.Template) string {
	encoded, err := json.Marshal([]string{t.Subject, t.SubjectOne, t.Lead, t.Closing})
	if err != nil {
		return "" // texts can always be encoded
	}
	return base64.RawURLEncoding.EncodeToString(encoded)
}

// templateMail is the HTML of a message in the words that its address carries. It is
// shown in a frame of ours only: an address that somebody else made up shows nothing.
func (p *pages) templateMail(c *gin.Context, actor policy.Actor) error {
	if at := c.GetHeader("Sec-Fetch-Dest"); !policy.SeeNoticeTemplates(actor) || at != "" && at != "iframe" {
		return notFound()
	}
	var words [4]string
	encoded, err := base64.RawURLEncoding.DecodeString(c.Query("mau"))
	if err != nil || json.Unmarshal(encoded, &words) != nil {
		return notFound()
	}
	mail, err := p.accounts.PreviewNoticeTemplate(c.Request.Context(), actor, notice.Template{
		Kind: notice.TemplateKind(c.Param("kind")), Language: c.Param("language"),
		Subject: words[0], SubjectOne: words[1], Lead: words[2], Closing: words[3],
	})
	if err != nil {
		return err
	}
	c.Header("Content-Security-Policy", mailPolicy)
	// Sandboxed, links to new tabs do nothing.
	shown := strings.Replace(mail.HTML, "<head>", `<head><base target="_blank">`, 1)
	c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(shown))
	return nil
}
