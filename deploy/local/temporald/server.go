package temporald

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
	"google.golang.org/protobuf/types/known/durationpb"
	"log/slog"

	"dondoc/deploy/local/datadir"
)

// Retention is how long closed workflows are kept; Postgres has the facts, so
// this is only for looking into what happened.
const Retention = 3 * 24 * time.Hour

// readyWait bounds how long a start may take.
const readyWait = 2 * time.Minute

// RehearsalVar names the environment variable that, set to 1, makes timers precise.
const RehearsalVar = "DONDOC_REHEARSAL"

// Options say how the embedded server is run.
type Options struct {
	// DatabaseURL names any database of the PostgreSQL that holds Temporal's two.
	DatabaseURL string
	// Port of the frontend on 127.0.0.1.
	Port int
	// Namespace is registered if it is missing.
	Namespace string
	// LogFile receives warnings and errors, as JSON lines.
	LogFile string
	// Rehearsal makes timers fire within some 20 ms instead of a second.
	Rehearsal bool
}

// Server is a running embedded server.
type Server struct {
	opts   Options
	server temporal.Server
}

// Start makes or upgrades the schema, starts the server and returns when it
// serves the namespace.
func Start(ctx context.Context, opts Options) (*Server, error) {
	logger, err := openLogger(opts.LogFile)
	if err != nil {
		return nil, err
	}
	if err := Migrate(ctx, opts.DatabaseURL, logger); err != nil {
		return nil, err
	}
	conf, hosts, err := serverConfig(opts)
	if err != nil {
		return nil, err
	}
	server, err := build(ctx, opts, conf, hosts, logger)
	if err != nil {
		return nil, err
	}
	if err := server.Start(); err != nil {
		return nil, fmt.Errorf("start the Temporal server: %w; see %s", err, opts.LogFile)
	}
	s := &Server{opts: opts, server: server}
	if err := s.awaitReady(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%w; see %s", err, opts.LogFile), server.Stop())
	}
	return s, nil
}

// build makes the server under the schema's lock: while it is built it writes
// who the cluster is, and fails if another process that starts at the same
// time has written it in between.
func build(ctx context.Context, opts Options, conf *config.Config, hosts map[primitives.ServiceName]static.Hosts, logger log.Logger) (_ temporal.Server, err error) {
	dsn, err := withDatabase(opts.DatabaseURL, MainDatabase)
	if err != nil {
		return nil, err
	}
	_, unlock, err := lockSchema(ctx, dsn)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	server, err := temporal.NewServer(
		temporal.WithConfig(conf),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts),
		temporal.WithLogger(logger),
		temporal.WithDynamicConfigClient(dynamicConfig(opts.Rehearsal)),
		temporal.WithCustomMetricsHandler(metrics.NoopMetricsHandler),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return authorization.NewNoopClaimMapper() }),
	)
	if err != nil {
		return nil, fmt.Errorf("build the Temporal server: %w", err)
	}
	return server, nil
}

// openLogger returns a logger of warnings and errors into the file. The file
// is made here so that only its owner can read it.
func openLogger(path string) (log.Logger, error) {
	file, err := datadir.OpenLog(path)
	if err != nil {
		return nil, err
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("log: %w", err)
	}
	return log.NewZapLogger(log.BuildZapLogger(log.Config{Level: "warn", OutputFile: path})), nil
}

// Address returns host and port of the frontend.
func (s *Server) Address() string {
	return net.JoinHostPort(loopback, strconv.Itoa(s.opts.Port))
}

// Stop ends the server; clients and workers should have gone before.
func (s *Server) Stop() error {
	if err := s.server.Stop(); err != nil {
		return fmt.Errorf("stop the Temporal server: %w", err)
	}
	return nil
}

// awaitReady waits until the frontend is healthy and serves the namespace.
func (s *Server) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWait)
	defer cancel()
	// The SDK would tell of every attempt before the server listens.
	quiet := sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))
	c, err := client.NewLazyClient(client.Options{HostPort: s.Address(), Namespace: s.opts.Namespace, Logger: quiet})
	if err != nil {
		return fmt.Errorf("Temporal client: %w", err)
	}
	defer c.Close()
	if err := retry(ctx, func() error {
		_, err := c.CheckHealth(ctx, &client.CheckHealthRequest{})
		return err
	}); err != nil {
		return fmt.Errorf("the Temporal server does not answer: %w", err)
	}
	if err := retry(ctx, func() error { return s.register(ctx, c.WorkflowService()) }); err != nil {
		return fmt.Errorf("register Temporal namespace %s: %w", s.opts.Namespace, err)
	}
	// Each service learns of a new namespace a little later; ask one that the
	// history and matching services answer.
	if err := retry(ctx, func() error {
		_, err := c.DescribeTaskQueue(ctx, "readiness", enumspb.TASK_QUEUE_TYPE_WORKFLOW)
		return err
	}); err != nil {
		return fmt.Errorf("Temporal namespace %s is not served: %w", s.opts.Namespace, err)
	}
	return nil
}

func (s *Server) register(ctx context.Context, service workflowservice.WorkflowServiceClient) error {
	_, err := service.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: s.opts.Namespace})
	var missing *serviceerror.NamespaceNotFound
	if err == nil || !errors.As(err, &missing) {
		return err
	}
	_, err = service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace:                        s.opts.Namespace,
		Description:                      "Đôn Đốc",
		WorkflowExecutionRetentionPeriod: durationpb.New(Retention),
	})
	var exists *serviceerror.NamespaceAlreadyExists
	if errors.As(err, &exists) {
		return nil
	}
	return err
}

// retry repeats act every 50 ms until it succeeds or the context ends.
func retry(ctx context.Context, act func() error) error {
	for {
		err := act()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Rehearsal reports whether the environment asks for a rehearsal's timers.
func Rehearsal() bool { return os.Getenv(RehearsalVar) == "1" }
