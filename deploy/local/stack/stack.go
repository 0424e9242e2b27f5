package stack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"go.temporal.io/sdk/client"

	"dondoc/deploy/local/datadir"
	"dondoc/deploy/local/pg"
)

// Namespace is the Temporal namespace of the stack.
const Namespace = "dondoc"

// BusinessDatabase is the name of the business database.
const BusinessDatabase = "dondoc"

// Options say how a stack is made.
type Options struct {
	// Binary is the path of dondoc-local, see Build.
	Binary string
	// Rehearsal makes Temporal's timers precise.
	Rehearsal bool
	// Durable makes Postgres wait for the disk at each commit, as outside of
	// tests. Without it what was committed still survives kill -9.
	Durable bool
	// Report receives one sentence per noteworthy event; nil drops them.
	Report func(string)
}

// Stack is a folder with a PostgreSQL and a Temporal server that a test runs.
type Stack struct {
	opts     Options
	dir      string
	place    pg.Place
	password string
	pgPort   int
	postgres *pg.Server
	// Temporal is the server's process.
	Temporal *Process
	address  string
}

// New makes the folder and chooses the ports, and starts nothing yet.
func New(opts Options) (*Stack, error) {
	dir, err := os.MkdirTemp("", "dondoc-stack-")
	if err != nil {
		return nil, err
	}
	s := &Stack{opts: opts, dir: dir, password: "only-for-this-test"}
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

func (s *Stack) prepare() (err error) {
	// Postgres runs as another user when we are root and must get through.
	if err := os.Chmod(s.dir, 0o711); err != nil {
		return err
	}
	if s.place, err = pg.At(filepath.Join(s.dir, "postgres")); err != nil {
		return err
	}
	if s.pgPort, err = datadir.FreePort(nil); err != nil {
		return err
	}
	temporalPort, err := datadir.FreePort(map[int]bool{s.pgPort: true})
	if err != nil {
		return err
	}
	s.address = net.JoinHostPort("127.0.0.1", strconv.Itoa(temporalPort))
	env := []string{"DONDOC_DATABASE_URL=" + s.DatabaseURL("postgres")}
	if s.opts.Rehearsal {
		env = append(env, "DONDOC_REHEARSAL=1")
	}
	s.Temporal = s.Program("temporal", env,
		"temporal", "--port", strconv.Itoa(temporalPort), "--namespace", Namespace, "--log-file", s.Path("temporal-server.log"))
	s.Temporal.Ready = s.temporalReady
	return nil
}

// Path returns a path in the stack's folder.
func (s *Stack) Path(name string) string { return filepath.Join(s.dir, name) }

// Program describes a subcommand of dondoc-local as a process of its own, with
// the addresses of this stack in its environment; env comes after and may
// override. It is not started and not stopped by Close.
func (s *Stack) Program(name string, env []string, args ...string) *Process {
	return &Process{
		Name: name, Path: s.opts.Binary, Args: args, LogFile: s.Path(name + ".log"),
		Env: append([]string{
			"DONDOC_DATABASE_URL=" + s.DatabaseURL(BusinessDatabase),
			"DONDOC_TEMPORAL_ADDRESS=" + s.address,
			"DONDOC_TEMPORAL_NAMESPACE=" + Namespace,
		}, env...),
	}
}

// DatabaseURL returns the address of a database; it stays the same over restarts.
func (s *Stack) DatabaseURL(database string) string {
	return fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/%s?sslmode=disable", pg.Superuser, s.password, s.pgPort, database)
}

// TemporalAddress returns host and port of Temporal's frontend; it stays the same over restarts.
func (s *Stack) TemporalAddress() string { return s.address }

// Start starts PostgreSQL, makes the databases, and starts Temporal.
func (s *Stack) Start(ctx context.Context) error {
	if err := s.StartPostgres(ctx); err != nil {
		return err
	}
	return s.Temporal.Start(ctx)
}

// StartPostgres starts PostgreSQL, after a stop or a kill too, and makes the
// databases that are missing.
func (s *Stack) StartPostgres(ctx context.Context) error {
	server, err := pg.Start(ctx, pg.Options{
		Place: s.place, Port: s.pgPort, Password: s.password, ThrowAway: !s.opts.Durable,
		LogFile: s.Path("postgres.log"), Report: s.opts.Report,
	})
	if err != nil {
		return err
	}
	s.postgres = server
	return server.EnsureDatabases(ctx, BusinessDatabase, "temporal", "temporal_visibility")
}

// KillPostgres ends PostgreSQL as kill -9 of its postmaster does.
func (s *Stack) KillPostgres() error {
	if s.postgres == nil {
		return nil
	}
	defer func() { s.postgres = nil }()
	return s.postgres.Kill()
}

// StopPostgres shuts PostgreSQL down.
func (s *Stack) StopPostgres() error {
	if s.postgres == nil {
		return nil
	}
	defer func() { s.postgres = nil }()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	return s.postgres.Stop(ctx)
}

// Close stops Temporal and PostgreSQL and removes the folder.
func (s *Stack) Close() error {
	return errors.Join(s.Temporal.Stop(), s.StopPostgres(), os.RemoveAll(s.dir))
}

// temporalReady asks the frontend for the namespace: the process prints that
// it is ready, but a test should see what a client sees.
func (s *Stack) temporalReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	c, err := client.DialContext(ctx, client.Options{HostPort: s.address, Namespace: Namespace, Logger: silent{}})
	if err != nil {
		return err
	}
	defer c.Close()
	// Answered by matching: all services are up and know the namespace.
	_, err = c.DescribeTaskQueue(ctx, "readiness", 1)
	return err
}

// silent drops what the SDK says while the server is not there yet.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
