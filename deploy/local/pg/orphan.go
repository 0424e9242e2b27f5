package pg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"dondoc/deploy/local/datadir"
)

// stopSteps is how an orphan is asked to go: a fast shutdown, then an
// immediate one (recovered from at the next start), then without asking.
var stopSteps = []struct {
	signal syscall.Signal
	wait   time.Duration
}{
	{syscall.SIGINT, 30 * time.Second},
	{syscall.SIGQUIT, 10 * time.Second},
	{syscall.SIGKILL, 10 * time.Second},
}

// clearLeftovers stops every PostgreSQL process that still works on the data
// directory and removes what would make the next start believe that one does.
// The caller holds the place's lock, so no live supervisor owns them.
func clearLeftovers(ctx context.Context, place Place, report func(string)) error {
	dataDir := filepath.Join(place.Dir, dataName)
	postmaster := postmasterPID(dataDir)
	halfMade := filepath.Join(place.Dir, halfMadeName)
	for i, step := range stopSteps {
		left, err := processesIn(dataDir, halfMade)
		if err != nil {
			return err
		}
		if len(left) == 0 {
			break
		}
		if i == 0 {
			report(fmt.Sprintf("stopping a PostgreSQL that an earlier run left behind (process %d)", left[0]))
		}
		// The postmaster passes the stop on to its children; where only
		// children are left, each must be told.
		if slices.Contains(left, postmaster) && step.signal != syscall.SIGKILL {
			left = []int{postmaster}
		}
		for _, pid := range left {
			if err := syscall.Kill(pid, step.signal); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("stop the earlier PostgreSQL (process %d): %w", pid, err)
			}
		}
		if err := waitGone(ctx, step.wait, dataDir, halfMade); err != nil {
			return err
		}
	}
	if left, err := processesIn(dataDir, halfMade); err != nil {
		return err
	} else if len(left) > 0 {
		return fmt.Errorf("an earlier PostgreSQL (process %d) cannot be stopped", left[0])
	}
	// Nobody runs, so a pid file is stale; its number may meanwhile belong to
	// some other program, which PostgreSQL would take for a running server.
	if err := os.Remove(filepath.Join(dataDir, "postmaster.pid")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the stale pid file: %w", err)
	}
	if err := os.RemoveAll(halfMade); err != nil {
		return fmt.Errorf("remove half-made database files: %w", err)
	}
	return nil
}

// postmasterPID returns the process that the pid file names, 0 if none.
func postmasterPID(dataDir string) int {
	raw, err := os.ReadFile(filepath.Join(dataDir, "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return 0
	}
	return pid
}

// processesIn returns the PostgreSQL processes whose working directory is one
// of dirs, which is so for every process of the server on that data directory;
// a shell that someone left there is told apart by its program.
func processesIn(dirs ...string) ([]int, error) {
	var resolved []string
	for _, dir := range dirs {
		path, err := filepath.EvalSymlinks(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("PostgreSQL data: %w", err)
		}
		resolved = append(resolved, path)
	}
	if len(resolved) == 0 {
		return nil, nil
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	var pids []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		// Processes of others cannot be read, and are not ours to stop.
		cwd, err := os.Readlink(filepath.Join("/proc", entry.Name(), "cwd"))
		if err != nil || !slices.Contains(resolved, cwd) {
			continue
		}
		name, err := os.ReadFile(filepath.Join("/proc", entry.Name(), "comm"))
		if err == nil && strings.TrimSpace(string(name)) == "postgres" {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

func waitGone(ctx context.Context, limit time.Duration, dirs ...string) error {
	deadline := time.Now().Add(limit)
	for time.Now().Before(deadline) {
		left, err := processesIn(dirs...)
		if err != nil || len(left) == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}

// ClearLeftovers stops what an earlier, killed run has left running in the
// place, as Start does; for callers that first want its port back.
func ClearLeftovers(ctx context.Context, place Place, report func(string)) error {
	lock, err := datadir.Lock(filepath.Join(place.Dir, "lock"))
	if err != nil {
		return fmt.Errorf("%s: %w", place.Dir, err)
	}
	return errors.Join(clearLeftovers(ctx, place, report), lock.Close())
}
