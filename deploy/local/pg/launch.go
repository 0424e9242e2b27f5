package pg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"dondoc/deploy/local/datadir"
)

// maxSocketPath is how long the path of a Unix socket may be on Linux.
const maxSocketPath = 107

// postmaster is one life of the server process.
type postmaster struct {
	pid    int
	exited chan struct{}
	err    error // why it ended; set before exited is closed
}

func (p *postmaster) signal(sig syscall.Signal) error {
	select {
	case <-p.exited: // the number may belong to someone else by now
		return nil
	default:
	}
	if err := syscall.Kill(p.pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signal PostgreSQL: %w", err)
	}
	return nil
}

// how tells how the process ended; to be called after exited.
func (p *postmaster) how() string {
	if p.err == nil {
		return "exit status 0"
	}
	return p.err.Error()
}

// environment is what PostgreSQL's programs see: nothing of ours, in particular no PG* variable.
func environment() []string {
	return []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"}
}

// initdb makes the database files beside their place and moves them there when
// they are complete, so that a kill never leaves half of them to be started.
func (s *Server) initdb(ctx context.Context) error {
	place := s.opts.Place
	passwordFile := filepath.Join(place.Dir, "initial-password")
	if err := os.WriteFile(passwordFile, []byte(s.opts.Password+"\n"), 0o600); err != nil {
		return fmt.Errorf("make the database files: %w", err)
	}
	defer os.Remove(passwordFile)
	if err := place.account.own(passwordFile); err != nil {
		return fmt.Errorf("make the database files: %w", err)
	}
	halfMade := filepath.Join(place.Dir, halfMadeName)
	args := []string{
		"--pgdata=" + halfMade, "--username=" + Superuser, "--pwfile=" + passwordFile,
		"--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", "--data-checksums",
	}
	if s.opts.ThrowAway {
		args = append(args, "--no-sync")
	}
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, filepath.Join(s.binaries.Dir, "initdb"), args...)
	cmd.Dir = place.Dir
	cmd.Env = environment()
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: place.account.credential, Setpgid: true, Pdeathsig: syscall.SIGTERM}
	p, err := startBound(cmd)
	if err != nil {
		return fmt.Errorf("make the database files: initdb: %w", err)
	}
	if <-p.exited; p.err != nil {
		return fmt.Errorf("make the database files: initdb: %w: %s", p.err, bytes.TrimSpace(output.Bytes()))
	}
	if err := os.Rename(halfMade, s.dataDir()); err != nil {
		return fmt.Errorf("make the database files: %w", err)
	}
	return nil
}

// arguments are the postmaster's settings, given on its command line so that
// a later version's settings apply to existing data as well.
func (s *Server) arguments() ([]string, error) {
	sockets, err := s.socketDir()
	if err != nil {
		return nil, err
	}
	settings := [][2]string{
		{"listen_addresses", "127.0.0.1"},
		{"port", strconv.Itoa(s.opts.Port)},
		{"unix_socket_directories", sockets},
		{"cluster_name", "dondoc"},
		{"shared_buffers", "128MB"},
		{"max_connections", "120"},
		{"synchronous_commit", "on"},
		{"max_wal_size", "512MB"},
		{"random_page_cost", "1.1"},
		{"jit", "off"}, // compiling costs more than our short statements take
		{"timezone", "UTC"},
		{"log_timezone", "UTC"},
		{"log_destination", "stderr"},
		{"logging_collector", "off"},
		{"log_line_prefix", "%m [%p] %d "},
		{"ssl", "off"},
	}
	if s.opts.ThrowAway {
		settings = append(settings, [][2]string{
			{"fsync", "off"}, {"full_page_writes", "off"},
		}...)
	}
	args := []string{"-D", s.dataDir()}
	for _, setting := range settings {
		args = append(args, "-c", setting[0]+"="+setting[1])
	}
	return args, nil
}

// socketDir returns the folder of the Unix socket, or "" (no socket) where its
// path would be too long for one.
func (s *Server) socketDir() (string, error) {
	dir := filepath.Join(s.opts.Place.Dir, "run")
	if len(dir)+len("/.s.PGSQL.65535") > maxSocketPath {
		return "", nil
	}
	// What a killed server left in it would only confuse the next.
	if err := os.RemoveAll(dir); err != nil {
		return "", fmt.Errorf("PostgreSQL's socket folder: %w", err)
	}
	if err := s.opts.Place.account.ownDir(dir); err != nil {
		return "", fmt.Errorf("PostgreSQL's socket folder: %w", err)
	}
	return dir, nil
}

// launch starts a postmaster and returns when it answers.
func (s *Server) launch(ctx context.Context) (*postmaster, error) {
	args, err := s.arguments()
	if err != nil {
		return nil, err
	}
	output, err := datadir.OpenLog(s.opts.LogFile)
	if err != nil {
		return nil, err
	}
	defer output.Close() // the child has its own copy
	cmd := exec.Command(filepath.Join(s.binaries.Dir, "postgres"), args...)
	cmd.Dir = s.opts.Place.Dir
	cmd.Env = environment()
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential: s.opts.Place.account.credential,
		// A Ctrl-C at the terminal is for us alone: we stop the parts in order.
		Setpgid: true,
		// If we are killed, the kernel tells Postgres to shut down.
		Pdeathsig: syscall.SIGINT,
	}
	p, err := startBound(cmd)
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	if err := s.awaitReady(ctx, p); err != nil {
		if stopErr := p.signal(syscall.SIGQUIT); stopErr != nil {
			return nil, errors.Join(err, stopErr)
		}
		<-p.exited
		return nil, err
	}
	return p, nil
}

// startBound starts the command from a thread that lives as long as the
// command: the parent-death signal is tied to the thread, not to the process.
func startBound(cmd *exec.Cmd) (*postmaster, error) {
	started := make(chan error, 1)
	p := &postmaster{exited: make(chan struct{})}
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with this function
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		p.pid = cmd.Process.Pid
		started <- nil
		p.err = cmd.Wait()
		close(p.exited)
	}()
	return p, <-started
}

func (s *Server) awaitReady(ctx context.Context, p *postmaster) error {
	ctx, cancel := context.WithTimeout(ctx, readyWait)
	defer cancel()
	for {
		err := s.ping(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.exited:
			return fmt.Errorf("PostgreSQL did not start (%s); the last lines of %s: %s", p.how(), s.opts.LogFile, tail(s.opts.LogFile))
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w: %w; see %s", ctx.Err(), err, s.opts.LogFile)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// tail returns the end of a log for an error message.
func tail(path string) string {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(bytes.TrimSpace(raw[max(0, len(raw)-600):]))
}
