package api

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"dondoc/internal/attachment"
	"dondoc/internal/clock"
)

// Base is the path that all calls share.
const Base = "/api/v1"

// DocumentPath is where the OpenAPI document is served.
const DocumentPath = "/api/openapi.json"

// Options are what the API is built from; every field without a default is required.
type Options struct {
	Service  Service
	Accounts Accounts
	// Feeds are the calendar feeds; nil: there are none, not even their routes.
	Feeds Feeds
	Wall  clock.Wall
	Log   *slog.Logger
	// BaseURL is the configured address; https makes cookies Secure.
	BaseURL string
	// Version of the product, for the OpenAPI document.
	Version string
	// Database reports whether Postgres answers, Temporal whether Temporal does.
	Database, Temporal func(ctx context.Context) error
	// FileLimit is how many bytes one file may have; default attachment.DefaultLimit.
	FileLimit int
	// MetricsToken, if set, must be given as bearer token to read /metrics.
	MetricsToken string
	// TrustedProxies are the addresses (CIDR) whose X-Forwarded-For is
	// believed. Default: none.
	TrustedProxies []string
	// Registry receives the metrics; default: a new one with Go's own.
	Registry *prometheus.Registry
	// Protection refuses cross-origin requests; share it with the pages.
	// Default: NewProtection(BaseURL).
	Protection *http.CrossOriginProtection
}

// server holds what the handlers share.
type server struct {
	Options
	secure  bool
	metrics *metrics
	huma    huma.API
}

// New returns an engine that serves the API alone; see NewEngine and Mount.
func New(o Options) (*gin.Engine, error) {
	engine, err := NewEngine(&o)
	if err != nil {
		return nil, err
	}
	return engine, Mount(engine, o)
}

// NewProtection refuses what another site's page sends, and knows the
// configured address where a proxy changes the Host header.
func NewProtection(baseURL string) (*http.CrossOriginProtection, error) {
	protection := http.NewCrossOriginProtection()
	if err := protection.AddTrustedOrigin(strings.TrimRight(baseURL, "/")); err != nil {
		return nil, fmt.Errorf("base address: %w", err)
	}
	return protection, nil
}

// NewEngine returns an engine with what API and pages share: request numbers,
// the access log, metrics, the answer to a panic. It fills in the defaults.
func NewEngine(o *Options) (*gin.Engine, error) {
	if o.Protection == nil {
		var err error
		if o.Protection, err = NewProtection(o.BaseURL); err != nil {
			return nil, err
		}
	}
	if o.Registry == nil {
		o.Registry = newRegistry()
	}
	gin.SetMode(gin.ReleaseMode) // debug mode prints to standard output
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	if err := engine.SetTrustedProxies(o.TrustedProxies); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	m, err := newMetrics(o.Registry)
	if err != nil {
		return nil, err
	}
	edge := &server{Options: *o, metrics: m, secure: secure(o.BaseURL)}
	engine.Use(edge.number, edge.log, edge.recovered, edge.nowhere)
	return engine, nil
}

func secure(baseURL string) bool { return strings.HasPrefix(baseURL, "https://") }

// Mount puts the API on an engine that NewEngine made with the same options.
func Mount(engine *gin.Engine, o Options) error {
	installProblems()
	if o.FileLimit == 0 {
		o.FileLimit = attachment.DefaultLimit
	}
	s := &server{Options: o, secure: secure(o.BaseURL)}
	if err := o.Registry.Register(newBacklog(o.Service, o.Log)); err != nil {
		return fmt.Errorf("register backlog metrics: %w", err)
	}
	group := engine.Group("", s.headers, s.sameOrigin, s.identify, s.plainAddress)
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Đôn Đốc", Version: o.Version,
				Description: "Instants are RFC 3339 in UTC; days (…_on) are in the plan's time zone. Every POST needs an " +
					"Idempotency-Key: repeated with the same request it gets the first answer. Errors are problem details " +
					"(RFC 9457) in the reader's language, with a stable code.",
			},
			Servers: []*huma.Server{{URL: strings.TrimRight(o.BaseURL, "/")}},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					sessionScheme: {Type: "apiKey", In: "cookie", Name: "dondoc_session"},
					tokenScheme: {Type: "http", Scheme: "bearer",
						Description: "An API token (ddt_…) of a person, good for the scope that a call names. Calls that name none are for people who signed in."},
				},
			},
		},
		Formats:                      map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	}
	s.huma = humagin.NewWithGroup(engine, group, config)
	s.routes()
	document, err := json.Marshal(s.huma.OpenAPI())
	if err != nil {
		return fmt.Errorf("write OpenAPI document: %w", err)
	}
	group.GET(DocumentPath, func(c *gin.Context) { c.Data(http.StatusOK, "application/openapi+json", document) })
	engine.GET("/metrics", s.serveMetrics())
	return nil
}

func (s *server) routes() {
	s.sessionRoutes()
	s.securityRoutes()
	s.tokenRoutes()
	s.factorRoutes()
	s.mandateRoutes()
	s.peopleRoutes()
	s.deliveryRoutes()
	s.templateRoutes()
	s.outlineRoutes()
	s.ownRoutes()
	s.substitutionRoutes()
	s.handsRoutes()
	s.planRoutes()
	s.amendmentRoutes()
	s.planAroundRoutes()
	s.previewRoutes()
	s.calendarRoutes()
	s.agencyRoutes()
	s.reorganisationRoutes()
	s.taskRoutes()
	s.submissionRoutes()
	s.attachmentRoutes()
	s.consolidationRoutes()
	s.targetRoutes()
	s.searchRoutes()
	s.planCalendarRoutes()
	s.matrixRoutes()
	s.leadersRoutes()
	s.scoreRoutes()
	s.reportFormRoutes()
	s.sheetRoutes()
	s.paperRoutes()
	s.rateRoutes()
	s.exportRoutes()
	s.supervisionRoutes()
	s.correctionRoutes()
	s.requestRoutes()
	s.noticeRoutes()
	if s.Feeds != nil {
		s.feedRoutes()
	}
	s.healthRoutes()
}

// Server returns an HTTP server with the time limits that keep slow or idle
// clients from holding connections.
func Server(address string, handler http.Handler) *http.Server {
	return &http.Server{
		Addr: address, Handler: handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
}
