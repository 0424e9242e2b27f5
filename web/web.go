package web

import (
	"context"
	"embed"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/agency"
	"dondoc/internal/attachment"
	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/feed"
	"dondoc/internal/form"
	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

//go:embed templates static
var assets embed.FS

// Service answers and acts for the person who is signed in; whatever that
// person may not see is fault.NotFound.
type Service interface {
	ListTasks(ctx context.Context, actor policy.Actor, f task.Filter) (task.Page, error)
	TaskDetail(ctx context.Context, actor policy.Actor, id int64) (task.Detail, error)
	Board(ctx context.Context, actor policy.Actor, f task.BoardFilter) (task.Board, error)
	ListPlans(ctx context.Context, actor policy.Actor) ([]plan.Record, error)
	ListDuties(ctx context.Context, actor policy.Actor, planID int64) ([]plan.DutyRecord, error)
	ListAgencies(ctx context.Context, actor policy.Actor, f agency.Filter) (agency.Page, error)
	ListNotices(ctx context.Context, actor policy.Actor, limit int, cursor string) (notice.Page, error)
	MarkNoticeRead(ctx context.Context, actor policy.Actor, id int64) error
	FilledForm(ctx context.Context, actor policy.Actor, taskID int64) (form.Filled, error)
	Submit(ctx context.Context, actor policy.Actor, in task.SubmitInput) (task.Receipt, error)
	Review(ctx context.Context, actor policy.Actor, in task.ReviewInput) (task.Receipt, error)
	Requests
	Corrections
	Consolidations
	People
	Attachments
	Papers
	Sheets
	Targets
	Scores
	Plans
	PlanCalendars
	Drafts
	Urges
	Reviews
	Matrices
	BoardChoices
	Changes
	Searches
	Leaders
	ManagedAgencies
	PlanLives
	WorkingCalendars
	Trails
	Posted
	TaskActs
	RoundsByHand
	Maps
	IssuedDocuments
}

// Accounts signs people in and out. ActorOf and SignIn answer
// fault.Unauthenticated for what opens nothing.
type Accounts interface {
	SignIn(ctx context.Context, email, password string) (token string, actor policy.Actor, err error)
	SignOut(ctx context.Context, token string) error
	ActorOf(ctx context.Context, token string) (policy.Actor, error)
	RequestReset(ctx context.Context, email string) error
	TakeUp(ctx context.Context, linkToken, newPassword string) error
	Security
	ManagedPeople
	NoticeWords
}

// Feeds makes and ends a person's calendar feeds.
type Feeds interface {
	CreateFeed(ctx context.Context, actor policy.Actor, wanted feed.Wanted) (feed.Created, error)
	ListFeeds(ctx context.Context, actor policy.Actor) ([]feed.Feed, error)
	RevokeFeed(ctx context.Context, actor policy.Actor, id int64) error
}

// Options are what the pages are built from; every field without a default is required.
type Options struct {
	Service  Service
	Accounts Accounts
	// Feeds are the calendar feeds; nil: there are none, and no page for them.
	Feeds Feeds
	// Provider vouches for people beside passwords; nil: none does. ProviderName
	// is what people call their account there.
	Provider     Provider
	ProviderName string
	Business     clock.Business
	// Wall tells until when a new API token lives. Default: the machine's clock.
	Wall clock.Wall
	// Calendar names days off and counts the working days that are left.
	Calendar calendar.WorkingCalendar
	// Zone is where times without a plan are shown; default Asia/Ho_Chi_Minh.
	Zone *time.Location
	// BannerVI and BannerEN stand above every page; empty: no banner. An empty
	// English one shows the Vietnamese.
	BannerVI, BannerEN string
	// Secure marks cookies for HTTPS alone: set it when the configured address is https.
	Secure bool
	// SessionAge is how long the browser keeps the session cookie; zero: until it
	// is closed. The server's own limit decides in any case.
	SessionAge time.Duration
	// Protection refuses cross-origin posts; share it with the API. Default: a new one.
	Protection *http.CrossOriginProtection
	// FileLimit is how many bytes one file may have; default attachment.DefaultLimit.
	FileLimit int
	// Stopping ends the event streams when it is closed, so that the server can stop.
	// Nil: they end with their readers.
	Stopping <-chan struct{}
	// Log receives unexpected errors, once and in full. Default: slog.Default().
	Log *slog.Logger
}

// pages holds what the handlers share.
type pages struct {
	service  Service
	accounts Accounts
	feeds    Feeds
	provider Provider
	// providerName is empty where there is no provider.
	providerName string
	business     clock.Business
	wall         clock.Wall
	calendar     calendar.WorkingCalendar
	zone         *time.Location
	banner       map[string]string
	secure       bool
	sessionAge   time.Duration
	fileLimit    int
	protection   *http.CrossOriginProtection
	log          *slog.Logger
	render       *renderer
	watch        *watch
	stopping     <-chan struct{}
	typedForms   []typedForm
}

// Mount puts the pages on the engine, with the answer for addresses that lead
// nowhere. It fails only where the embedded templates are broken.
func Mount(engine *gin.Engine, o Options) error {
	p, err := newPages(o)
	if err != nil {
		return err
	}
	engine.NoRoute(p.noRoute)
	if err := p.static(engine); err != nil {
		return err
	}
	site := engine.Group("/", p.recovered, p.headers, p.sameOrigin)

	site.GET("/", p.page(p.home))
	site.GET("/dang-nhap", p.page(p.signInForm))
	site.POST("/dang-nhap", p.page(p.signIn))
	site.POST("/dang-nhap/ma", p.page(p.finishSignIn))
	if p.provider != nil {
		site.GET(providerStart, p.page(p.toProvider))
		site.GET(ProviderReturn, p.page(p.fromProvider))
	}
	site.POST("/dang-xuat", p.page(p.signOut))
	site.POST("/ngon-ngu", p.page(p.chooseLanguage))
	site.GET("/dat-lai-mat-khau", p.page(p.resetForm))
	site.POST("/dat-lai-mat-khau", p.page(p.requestReset))
	site.GET("/lien-ket/:token", p.page(p.linkForm))
	site.POST("/lien-ket/:token", p.page(p.takeUp))

	p.securityPages(site)
	p.sheetPages(site)

	site.GET("/viec", p.page(p.signedIn(p.myTasks)))
	site.GET("/viec/:id", p.page(p.signedIn(p.taskPage)))
	// An expired session must not lose what was typed: forms with words in them
	// look for the session themselves.
	site.POST("/viec/:id/bao-cao", p.page(p.submit))
	site.POST("/viec/:id/tep", p.page(p.typed(p.upload)))
	site.POST("/viec/:id/ban-nhap", p.page(p.saveDraft))
	site.GET("/tep/:id", p.page(p.signedIn(p.download)))
	site.POST("/viec/:id/xac-nhan", p.page(p.review))
	site.POST("/viec/:id/gia-han", p.page(p.askExtension))
	site.POST("/viec/:id/chuyen", p.page(p.forward))
	site.POST("/viec/:id/dinh-chinh", p.page(p.correct))
	site.POST("/viec/:id/dinh-chinh/:correction/:act", p.page(p.actOnCorrection))
	site.POST("/viec/:id/ghi-chu", p.page(p.note))
	site.GET("/viec/:id/cham-diem", p.page(p.signedIn(p.scores)))
	site.POST("/viec/:id/cham-diem", p.page(p.signedIn(p.saveScores)))
	site.GET("/viec/:id/tong-hop", p.page(p.signedIn(p.consolidationPage)))
	site.POST("/viec/:id/tong-hop/lay-so-lieu", p.page(p.takeOver))
	site.POST("/viec/:id/tong-hop/gop-y/:input", p.page(p.comment))
	site.GET("/de-nghi", p.page(p.signedIn(p.requestsPage)))
	site.GET("/de-nghi/:id", p.page(p.signedIn(p.requestPage)))
	p.forms(site, "/de-nghi/:id/:act", p.actOnRequest, p.reopenRequest)
	site.GET("/theo-doi", p.page(p.signedIn(p.board)))
	site.GET("/su-kien", p.events)
	p.urgePages(site)
	p.reviewPages(site)
	p.taskActPages(site)
	p.byHandPages(site)
	p.mapPages(site)
	p.paperPages(site)
	p.planPages(site)
	p.planCalendarPages(site)
	p.issuedPages(site)
	p.planLifePages(site)
	p.leaderPages(site)
	p.helpPages(site)
	p.adminPages(site)
	site.GET("/tim", p.page(p.signedIn(p.search)))
	site.GET("/van-ban/:id/muc-tieu", p.page(p.signedIn(p.targets)))
	site.GET("/van-ban/:id/muc-tieu/:code", p.page(p.signedIn(p.targets)))
	site.GET("/thong-bao", p.page(p.signedIn(p.notices)))
	site.POST("/thong-bao/:id/da-doc", p.page(p.signedIn(p.readNotice)))
	site.POST("/vi-tri", p.page(p.signedIn(p.choosePost)))
	site.GET("/cai-dat", p.page(p.signedIn(p.settings)))
	site.POST("/cai-dat", p.page(p.signedIn(p.saveSettings)))
	site.POST("/cai-dat/thay-the", p.page(p.signedIn(p.nameSubstitute)))
	site.POST("/cai-dat/thay-the/:id/thu-hoi", p.page(p.signedIn(p.revokeSubstitute)))
	if p.feeds != nil {
		site.GET("/lich", p.page(p.signedIn(p.feedsPage)))
		site.POST("/lich", p.page(p.signedIn(p.createFeed)))
		site.POST("/lich/:id/thu-hoi", p.page(p.signedIn(p.revokeFeed)))
	}
	return nil
}

func newPages(o Options) (*pages, error) {
	p := &pages{
		service: o.Service, accounts: o.Accounts, feeds: o.Feeds, business: o.Business, calendar: o.Calendar,
		provider: o.Provider, wall: o.Wall, zone: o.Zone, secure: o.Secure, sessionAge: o.SessionAge, protection: o.Protection, log: o.Log, fileLimit: o.FileLimit,
		banner: map[string]string{"vi": o.BannerVI, "en": o.BannerEN},
	}
	if o.BannerEN == "" {
		p.banner["en"] = o.BannerVI
	}
	if p.provider != nil {
		p.providerName = o.ProviderName
	}
	if p.wall == nil {
		p.wall = clock.SystemWall
	}
	if p.zone == nil {
		zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
		if err != nil {
			return nil, fmt.Errorf("default zone of the pages: %w", err)
		}
		p.zone = zone
	}
	if p.protection == nil {
		p.protection = http.NewCrossOriginProtection()
	}
	if p.fileLimit == 0 {
		p.fileLimit = attachment.DefaultLimit
	}
	if p.log == nil {
		p.log = slog.Default()
	}
	p.stopping = o.Stopping
	p.watch = &watch{changes: o.Service, streams: map[chan struct{}]int64{}, fail: func(err error) { p.log.Error("watch for changes", "error", err) }}
	var err error
	if p.render, err = newRenderer(); err != nil {
		return nil, err
	}
	return p, nil
}

// home leads everyone to the page that their role works on.
func (p *pages) home(c *gin.Context) error {
	actor, err := p.actor(c)
	if err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, homeOf(actor))
	return nil
}

func homeOf(actor policy.Actor) string {
	switch {
	case actor.Has(policy.Supervisor), actor.Has(policy.PlanAuthority), policy.Audits(actor):
		return "/theo-doi"
	case actor.Has(policy.FocalPoint), actor.Has(policy.Head):
		return "/viec"
	case administers(actor):
		return adminHome
	default:
		return "/thong-bao"
	}
}
