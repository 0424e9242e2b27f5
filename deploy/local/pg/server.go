package pg

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"dondoc/deploy/local/datadir"
)

const (
	// dataName is the data directory below the place, halfMadeName the same
	// while initdb works on it.
	dataName     = "data"
	halfMadeName = "data.half-made"
	// Superuser owns the databases.
	Superuser = "dondoc"
	// readyWait bounds how long a start may take, recovery after a crash included.
	readyWait = 2 * time.Minute
)

// Options say how a private PostgreSQL is run.
type Options struct {
	Place Place
	// Port on 127.0.0.1.
	Port int
	// Password of Superuser; kept by the caller, it must stay the same for the same place.
	Password string
	// LogFile receives what the server prints.
	LogFile string
	// ThrowAway does without waiting for the disk, for test databases only:
	// what was committed survives kill -9, but not a crash of the machine.
	ThrowAway bool
	// KeepAlive starts the server again when it dies unasked.
	KeepAlive bool
	// Report receives one sentence per noteworthy event; nil drops them.
	Report func(string)
}

// Server is a running private PostgreSQL.
type Server struct {
	opts     Options
	binaries Binaries
	lock     *os.File

	mu       sync.Mutex
	current  *postmaster
	stopping bool
	err      error
	done     chan struct{}
}

// Start makes the database files where they are missing, stops what an earlier
// run left behind, starts the server and returns when it answers.
func Start(ctx context.Context, opts Options) (*Server, error) {
	if opts.Report == nil {
		opts.Report = func(string) {}
	}
	if opts.Password == "" || opts.Port == 0 || opts.Place.Dir == "" {
		return nil, errors.New("start PostgreSQL: place, port and password are needed")
	}
	// The lock keeps a second supervisor, say of a copied data folder, from
	// stopping our server as an orphan.
	lock, err := datadir.Lock(filepath.Join(opts.Place.Dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", opts.Place.Dir, err)
	}
	s := &Server{opts: opts, lock: lock, done: make(chan struct{})}
	if err := s.prepareAndLaunch(ctx); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	go s.watch(s.current) //nolint:contextcheck // it outlives the start
	return s, nil
}

func (s *Server) prepareAndLaunch(ctx context.Context) error {
	if err := clearLeftovers(ctx, s.opts.Place, s.opts.Report); err != nil {
		return err
	}
	major, err := dataMajor(s.dataDir())
	if err != nil {
		return err
	}
	if s.binaries, err = Find(major); err != nil {
		return err
	}
	if major == 0 {
		if err := s.initdb(ctx); err != nil {
			return err
		}
	}
	current, err := s.launch(ctx)
	if err != nil {
		return err
	}
	s.current = current
	return nil
}

func (s *Server) dataDir() string { return filepath.Join(s.opts.Place.Dir, dataName) }

// Major returns the main version of the running PostgreSQL.
func (s *Server) Major() int { return s.binaries.Major }

// Address returns host and port.
func (s *Server) Address() string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.opts.Port))
}

// DSN returns the connection URL of a database, password included.
func (s *Server) DSN(database string) string {
	dsn := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(Superuser, s.opts.Password),
		Host:     s.Address(),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return dsn.String()
}

// PID returns the process number of the postmaster.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current.pid
}

// Done is closed when the server has stopped and is not started again.
func (s *Server) Done() <-chan struct{} { return s.done }

// Err tells, after Done, why the server stopped unasked; nil after Stop.
func (s *Server) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Stop shuts the server down fast (open transactions are rolled back, all that
// was committed is kept) and waits for it; when the context ends first, at
// once, with recovery at the next start.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	s.stopping = true
	current := s.current
	s.mu.Unlock()
	if err := current.signal(syscall.SIGINT); err != nil {
		return err
	}
	select {
	case <-s.done:
	case <-ctx.Done():
		if err := current.signal(syscall.SIGQUIT); err != nil {
			return err
		}
		<-s.done
	}
	return nil
}

// Kill ends the postmaster as kill -9 does, for tests of recovery.
func (s *Server) Kill() error {
	s.mu.Lock()
	s.stopping = !s.opts.KeepAlive
	current := s.current
	s.mu.Unlock()
	if err := current.signal(syscall.SIGKILL); err != nil {
		return err
	}
	<-current.exited
	if !s.opts.KeepAlive {
		<-s.done
	}
	return nil
}

// watch waits for the postmaster's end and, where asked to, starts it again.
func (s *Server) watch(current *postmaster) {
	defer close(s.done)
	defer s.lock.Close()
	var recent []time.Time
	for {
		<-current.exited
		s.mu.Lock()
		stopping := s.stopping
		s.mu.Unlock()
		if stopping {
			return
		}
		cause := fmt.Errorf("PostgreSQL ended unasked (%s); see %s", current.how(), s.opts.LogFile)
		now := time.Now()
		recent = append(recent, now)
		for now.Sub(recent[0]) > time.Minute {
			recent = recent[1:]
		}
		if !s.opts.KeepAlive || len(recent) > 5 {
			s.fail(cause)
			return
		}
		s.opts.Report(cause.Error() + "; starting it again")
		next, err := s.relaunch()
		if err != nil {
			s.fail(errors.Join(cause, err))
			return
		}
		if next == nil {
			return
		}
		current = next
	}
}

// relaunch starts the postmaster again; nil without error if a stop was asked for meanwhile.
func (s *Server) relaunch() (*postmaster, error) {
	ctx, cancel := context.WithTimeout(context.Background(), readyWait)
	defer cancel()
	if err := clearLeftovers(ctx, s.opts.Place, s.opts.Report); err != nil {
		return nil, err
	}
	next, err := s.launch(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	stopping := s.stopping
	s.current = next
	s.mu.Unlock()
	if !stopping {
		return next, nil
	}
	if err := next.signal(syscall.SIGINT); err != nil {
		return nil, err
	}
	<-next.exited
	return nil, nil
}

func (s *Server) fail(err error) {
	s.mu.Lock()
	s.err = err
	s.mu.Unlock()
}
