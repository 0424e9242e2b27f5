package api

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"dondoc/internal/fault"
)

// metrics are what this process counts of its own requests.
type metrics struct {
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
}

func newRegistry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

func newMetrics(registry *prometheus.Registry) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dondoc_http_requests_total", Help: "Requests by route and status.",
		}, []string{"method", "route", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "dondoc_http_request_duration_seconds", Help: "Time to answer, by route.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"method", "route"}),
	}
	if err := errors.Join(registry.Register(m.requests), registry.Register(m.durations)); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	return m, nil
}

func (m *metrics) observe(method, route string, status int, took time.Duration) {
	if route == "none" {
		method = "any" // anyone can make up methods
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.durations.WithLabelValues(method, route).Observe(took.Seconds())
}

// backlog asks the service at each scrape what the engine has yet to do.
type backlog struct {
	service                             Service
	log                                 *slog.Logger
	outboxAge, stepLateness, deliveries *prometheus.Desc
}

func newBacklog(service Service, log *slog.Logger) *backlog {
	return &backlog{
		service: service, log: log,
		outboxAge:    prometheus.NewDesc("dondoc_outbox_age_seconds", "Age of the oldest nudge that was not relayed, by the business clock.", nil, nil),
		stepLateness: prometheus.NewDesc("dondoc_step_lateness_seconds", "How late the most overdue pending step is, by the business clock.", nil, nil),
		deliveries:   prometheus.NewDesc("dondoc_delivery_backlog", "Notices and mails that ought to have been handed over.", nil, nil),
	}
}

// Describe tells what is measured.
func (b *backlog) Describe(out chan<- *prometheus.Desc) {
	out <- b.outboxAge
	out <- b.stepLateness
	out <- b.deliveries
}

// Collect measures. While the database is away there is nothing to report;
// readiness says so.
func (b *backlog) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	age, lateness, deliveries, err := b.service.Backlog(ctx)
	if err != nil {
		b.log.WarnContext(ctx, "backlog not measured", "error", err)
		return
	}
	out <- prometheus.MustNewConstMetric(b.outboxAge, prometheus.GaugeValue, age.Seconds())
	out <- prometheus.MustNewConstMetric(b.stepLateness, prometheus.GaugeValue, lateness.Seconds())
	out <- prometheus.MustNewConstMetric(b.deliveries, prometheus.GaugeValue, float64(deliveries))
}

func (s *server) serveMetrics() gin.HandlerFunc {
	handler := promhttp.HandlerFor(s.Registry, promhttp.HandlerOpts{})
	return func(c *gin.Context) {
		token, _ := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
		if s.MetricsToken != "" && subtle.ConstantTimeCompare([]byte(token), []byte(s.MetricsToken)) != 1 {
			s.fail(c, fault.New(fault.Unauthenticated, "metrics.token", "Cần mã truy cập.", "A token is needed."))
			return
		}
		handler.ServeHTTP(c.Writer, c.Request)
	}
}
