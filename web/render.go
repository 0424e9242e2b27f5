package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/policy"
)

// renderer holds every page's template in both languages.
type renderer struct {
	pages map[string]*template.Template // "vi/board"
	// static is the folder of the assets; its name changes with their content,
	// so that browsers may keep them for good.
	static string
}

func newRenderer() (*renderer, error) {
	version, err := assetVersion()
	if err != nil {
		return nil, err
	}
	r := &renderer{pages: map[string]*template.Template{}, static: "/static/" + version}
	all, err := fs.Glob(assets, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	// What is no page is a part that pages share.
	var names, parts []string
	for _, name := range all {
		if strings.HasPrefix(path.Base(name), "page_") {
			names = append(names, name)
		} else {
			parts = append(parts, name)
		}
	}
	for code := range catalogues {
		l := lexicon{code}
		for _, name := range names {
			page := strings.TrimSuffix(strings.TrimPrefix(path.Base(name), "page_"), ".html")
			t, err := template.New("layout.html").Funcs(l.funcs()).ParseFS(assets, append(slices.Clone(parts), name)...)
			if err != nil {
				return nil, fmt.Errorf("template %s: %w", page, err)
			}
			r.pages[code+"/"+page] = t
		}
	}
	return r, nil
}

// funcs are what templates may call; all of them answer in one language.
func (l lexicon) funcs() template.FuncMap {
	return template.FuncMap{
		"t":       l.say,
		"n":       l.count,
		"dates":   dates,
		"quoted":  quoted,
		"integer": l.integer,
		"decimal": l.decimal,
		"add":     func(a, b int) int { return a + b },
	}
}

// bodies are what pages were rendered into, to be used again: a board is a megabyte,
// which a new buffer would reach by doubling, each time to be collected.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// largestBody is kept for the next page; what is larger is rare.
const largestBody = 4 << 20

// write renders into memory first: a template that fails leaves no half page.
func (r *renderer) write(c *gin.Context, status int, page string, l lexicon, view any) error {
	t, ok := r.pages[l.code+"/"+page]
	if !ok {
		return fmt.Errorf("no template %q", page)
	}
	body, _ := bodies.Get().(*bytes.Buffer)
	body.Reset()
	defer func() {
		if body.Cap() <= largestBody {
			bodies.Put(body)
		}
	}()
	if err := t.Execute(body, view); err != nil {
		return fmt.Errorf("render %s: %w", page, err)
	}
	c.Data(status, "text/html; charset=utf-8", body.Bytes())
	return nil
}

func assetVersion() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(assets, "static", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := assets.ReadFile(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d ", name, len(content))
		sum.Write(content)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("read assets: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil))[:12], nil
}

// static serves the assets under their versioned address.
func (p *pages) static(engine *gin.Engine) error {
	files, err := fs.Sub(assets, "static")
	if err != nil {
		return fmt.Errorf("assets: %w", err)
	}
	server := http.StripPrefix(p.render.static+"/", http.FileServerFS(files))
	serve := func(c *gin.Context) {
		if name := c.Param("file"); name == "/" || strings.HasSuffix(name, "/") {
			p.noRoute(c) // no listing of folders
			return
		}
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
		c.Header("X-Content-Type-Options", "nosniff")
		server.ServeHTTP(c.Writer, c.Request)
	}
	engine.GET(p.render.static+"/*file", serve)
	engine.HEAD(p.render.static+"/*file", serve)
	return nil
}

// frame is what every page has around its content.
type frame struct {
	Title    string
	Language string
	Static   string
	Banner   string
	Menu     []menuItem
	// Who and Post name the person and what they act as; empty: nobody is signed in.
	Who, Post string
	// Posts are what may be chosen to act in; empty: there is nothing to choose.
	Posts []option
	// Feeds: there is a page for calendar feeds.
	Feeds bool
	// Account are the pages about oneself.
	Account []menuItem
	// Search: the person may search.
	Search bool
	// Styles and Scripts are files below static that this page needs beside those of
	// every page ("board.css"); scripts run in this order.
	Styles, Scripts []string
	// Here is the address to come back to after choosing a language.
	Here string
}

type menuItem struct {
	Title, Address string
	Current        bool
}

func (f frame) lexicon() lexicon { return lexicon{f.Language} }

// SignedIn reports whether the page is somebody's.
func (f frame) SignedIn() bool { return f.Who != "" }

// frameFor builds the frame from the request; an actor that the handler found
// is remembered in the request.
func (p *pages) frameFor(c *gin.Context, title string) frame {
	f := frame{Title: title, Language: language(p.languageOf(c)), Static: p.render.static, Here: "/"}
	f.Banner = p.banner[f.Language]
	if c.Request.Method == http.MethodGet {
		f.Here = c.Request.URL.RequestURI()
	}
	actor, ok := actorIn(c)
	if !ok {
		return f
	}
	l := f.lexicon()
	f.Who = actor.Name
	if len(actor.Posts) > 0 {
		f.Post = l.postTitle(actor.Posts[0], !strings.Contains(actor.Name, actor.Posts[0].AgencyName))
	}
	f.Posts = l.postChoices(actor)
	f.Feeds = p.feeds != nil
	f.Search = policy.SeePlans(actor)
	f.Menu = menuOf(l, actor, c.Request.URL.Path)
	f.Account = p.accountOf(l, c.Request.URL.Path)
	return f
}

// accountOf lists the pages about the person and the program.
func (p *pages) accountOf(l lexicon, here string) []menuItem {
	items := []menuItem{item(l, "menu.notices", "/thong-bao", here)}
	if p.feeds != nil {
		items = append(items, item(l, "menu.feeds", "/lich", here))
	}
	return append(items, item(l, "menu.security", "/bao-mat", here), item(l, "menu.settings", "/cai-dat", here), item(l, "help.title", helpAddress, here))
}

func item(l lexicon, key, address, here string) menuItem {
	return menuItem{l.say(key), address, here == address || strings.HasPrefix(here, address+"/")}
}

func menuOf(l lexicon, actor policy.Actor, here string) []menuItem {
	var items []menuItem
	add := func(key, address string) { items = append(items, item(l, key, address, here)) }
	if policy.SeeBoard(actor) {
		add("menu.board", "/theo-doi")
	}
	if actor.Has(policy.Head) || actor.Has(policy.PlanAuthority) {
		add("menu.leaders", "/lanh-dao")
	}
	if actor.Has(policy.FocalPoint) || actor.Has(policy.Head) || actor.Has(policy.Supervisor) {
		add("menu.tasks", "/viec")
	}
	if actor.Has(policy.Supervisor) {
		add("menu.queue", queueAddress)
	}
	if policy.SeePlans(actor) {
		add("menu.plans", "/van-ban")
	}
	if hasRequests(actor) {
		add("menu.requests", "/de-nghi")
	}
	if administers(actor) {
		add("menu.admin", adminHome)
	}
	return items
}

// now is the business instant that a page shows.
func (p *pages) now(c *gin.Context) (time.Time, error) {
	now, err := p.business.Now(c.Request.Context())
	if err != nil {
		return now, fmt.Errorf("business clock: %w", err)
	}
	return now, nil
}
