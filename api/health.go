package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// probePatience is how long a part may take to answer before it counts as away.
const probePatience = 2 * time.Second

func (s *server) healthRoutes() {
	handle(s, operation("/healthz", "healthz", "Whether the process is alive"), s.healthz)
	handle(s, operation("/readyz", "readyz", "Whether the process can serve: degraded while Temporal is away, 503 while Postgres is"), s.readyz)
}

// operation is a call outside of Base, open to whoever watches over the process.
func operation(path, id, summary string) route {
	r := get("", id, summary, public)
	r.Path, r.Tags = path, []string{"operation"}
	return r
}

// Health tells how the process is.
type Health struct {
	Status   string `json:"status" enum:"ok,ready,degraded,unavailable"`
	Postgres string `json:"postgres,omitempty" enum:"up,away"`
	Temporal string `json:"temporal,omitempty" enum:"up,away"`
}

func (s *server) healthz(context.Context, *None) (*Answer[Health], error) {
	return &Answer[Health]{Health{Status: "ok"}}, nil
}

type readiness struct {
	Status int
	Body   Health
}

func (s *server) readyz(ctx context.Context, _ *None) (*readiness, error) {
	ctx, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	away := make(chan error, 1)
	go func() { away <- s.Temporal(ctx) }()
	databaseErr, temporalErr := s.Database(ctx), <-away
	answer := readiness{Status: http.StatusOK, Body: Health{Status: "ready", Postgres: "up", Temporal: "up"}}
	if temporalErr != nil {
		s.Log.WarnContext(ctx, "temporal is away", "error", temporalErr)
		answer.Body.Status, answer.Body.Temporal = "degraded", "away"
	}
	if databaseErr != nil {
		s.Log.ErrorContext(ctx, "postgres is away", "error", databaseErr)
		answer.Status, answer.Body.Status, answer.Body.Postgres = http.StatusServiceUnavailable, "unavailable", "away"
	}
	return &answer, nil
}

var _ huma.StatusError = (*Problem)(nil)
