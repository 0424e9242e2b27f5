package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

const helpAddress = "/huong-dan"

// helpPages are the guides; everybody may read them, also before signing in.
func (p *pages) helpPages(site *gin.RouterGroup) {
	site.GET(helpAddress, p.page(p.helpStart))
	site.GET(helpAddress+"/:guide", p.page(p.helpGuide))
}

// helpView lists the guides, the reader's own first, and what the forms mean.
type helpView struct {
	frame
	Own, Other []guideLink
	Signs      []guideSign
	Rules      []guideRule
}

type guideLink struct{ Address, Title, Lead string }

// guideSign is a form with what it says.
type guideSign struct {
	Glyph glyph
	Text  string
}

// guideRule is a question about a rule with its answer.
type guideRule struct{ Question, Answer string }

// guideView is one guide.
type guideView struct {
	frame
	Lead   string
	Steps  []guideStepView
	Others []guideLink
}

type guideStepView struct {
	Title         string
	Texts         []string
	Picture, Alt  string
	Phone         bool
	Width, Height int
}

// reader remembers who is signed in, where somebody is; it refuses nobody.
func (p *pages) reader(c *gin.Context) (policy.Actor, error) {
	actor, err := p.actor(c)
	if fault.Is(err, fault.Unauthenticated) {
		return policy.Actor{}, nil
	}
	return actor, err
}

func (p *pages) helpStart(c *gin.Context) error {
	actor, err := p.reader(c)
	if err != nil {
		return err
	}
	view := helpView{frame: p.frameFor(c, "")}
	view.Styles = []string{"help.css"}
	l := view.lexicon()
	view.Title = l.say("help.title")
	for _, g := range guides {
		link := l.guideLink(g)
		if g.isFor(actor) {
			view.Own = append(view.Own, link)
		} else {
			view.Other = append(view.Other, link)
		}
	}
	for _, form := range []string{"ring", "half-circle", "circle", "diamond", "lozenge", "return-ring", "dash", "dot"} {
		text := l.say("help.sign." + form)
		view.Signs = append(view.Signs, guideSign{glyph{Form: form, Label: text, Silent: true}, text})
	}
	for n := 1; l.has("help.rule." + strconv.Itoa(n)); n++ {
		key := "help.rule." + strconv.Itoa(n)
		view.Rules = append(view.Rules, guideRule{l.say(key), l.say(key + ".text")})
	}
	return p.render.write(c, http.StatusOK, "help", l, view)
}

func (p *pages) helpGuide(c *gin.Context) error {
	if _, err := p.reader(c); err != nil {
		return err
	}
	at := slices.IndexFunc(guides, func(g guide) bool { return g.Slug == c.Param("guide") })
	if at < 0 {
		return notFound()
	}
	g := guides[at]
	view := guideView{frame: p.frameFor(c, "")}
	view.Styles = []string{"help.css"}
	l := view.lexicon()
	stem := "help." + g.Slug
	view.Title, view.Lead = l.say(stem), l.say(stem+".lead")
	for i, s := range g.steps {
		key := stem + "." + strconv.Itoa(i+1)
		step := guideStepView{Title: l.say(key), Texts: strings.Split(l.say(key+".text"), "\n"), Phone: s.phone}
		if s.picture != "" {
			step.Picture, step.Alt = view.Static+"/"+s.file(l.code), l.say(key+".alt")
			step.Width, step.Height = deskPicture, deskPictureHeight
			if s.phone {
				step.Width, step.Height = phonePicture, phonePictureHeight
			}
		}
		view.Steps = append(view.Steps, step)
	}
	for i, other := range guides {
		if i != at {
			view.Others = append(view.Others, l.guideLink(other))
		}
	}
	return p.render.write(c, http.StatusOK, "guide", l, view)
}

func (l lexicon) guideLink(g guide) guideLink {
	return guideLink{helpAddress + "/" + g.Slug, l.say("help." + g.Slug), l.say("help." + g.Slug + ".lead")}
}

// isFor reports whether a guide is about what the reader does.
func (g guide) isFor(actor policy.Actor) bool {
	if g.role == "" {
		return actor.Has(policy.Head) || actor.Has(policy.PlanAuthority)
	}
	return actor.Has(g.role) || g.role == policy.Auditor && policy.Audits(actor)
}

// has reports whether there are words for a key.
func (l lexicon) has(key string) bool {
	_, ok := catalogues[l.code][key]
	return ok
}
