package stack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"dondoc/deploy/local/datadir"
)

// Process is a program of the stack that can be killed and started again.
type Process struct {
	// Name names the log file and messages.
	Name string
	// Path, Args and Env describe the program; Env is added to the test's own.
	Path string
	Args []string
	Env  []string
	// LogFile receives all that it prints.
	LogFile string
	// Ready, if set, tells whether the program works; Start waits for it.
	Ready func(context.Context) error

	mu     sync.Mutex
	cmd    *exec.Cmd
	exited chan struct{}
	err    error
}

// Start starts the program, which must not be running, and waits until it is ready.
func (p *Process) Start(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		return fmt.Errorf("%s is running", p.Name)
	}
	output, err := datadir.OpenLog(p.LogFile)
	if err != nil {
		return err
	}
	defer output.Close()
	cmd := exec.Command(p.Path, p.Args...)
	cmd.Env = append(os.Environ(), p.Env...)
	cmd.Stdout, cmd.Stderr = output, output
	// Its own process group so that Kill takes its children too; and no
	// process outlives a test that was killed itself.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started, exited := make(chan error, 1), make(chan struct{})
	go func() {
		runtime.LockOSThread() // the parent-death signal is tied to this thread
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		started <- nil
		p.err = cmd.Wait()
		close(exited)
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start %s: %w", p.Name, err)
	}
	p.cmd, p.exited = cmd, exited
	if err := p.awaitReady(ctx); err != nil {
		return errors.Join(err, p.end(syscall.SIGKILL))
	}
	return nil
}

// PID returns the process number, 0 if it does not run.
func (p *Process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// Kill ends the program and its children as kill -9 does.
func (p *Process) Kill() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.end(syscall.SIGKILL)
}

// Stop asks the program to end and waits; after 30 s it is killed, which is an error.
func (p *Process) Stop() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.end(syscall.SIGTERM)
}

// end is idempotent; the caller holds the mutex.
func (p *Process) end(signal syscall.Signal) error {
	if p.cmd == nil {
		return nil
	}
	if err := syscall.Kill(-p.cmd.Process.Pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signal %s: %w", p.Name, err)
	}
	var late error
	select {
	case <-p.exited:
	case <-time.After(30 * time.Second):
		late = fmt.Errorf("%s did not stop within 30 s; see %s", p.Name, p.LogFile)
		if err := syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return errors.Join(late, err)
		}
		<-p.exited
	}
	p.cmd = nil
	return late
}

func (p *Process) awaitReady(ctx context.Context) error {
	if p.Ready == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		err := p.Ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.exited:
			return fmt.Errorf("%s ended before it was ready: %w: %s", p.Name, errors.Join(err, p.err), tail(p.LogFile))
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w: %s", p.Name, errors.Join(err, ctx.Err()), tail(p.LogFile))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func tail(path string) string {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(bytes.TrimSpace(raw[max(0, len(raw)-1000):]))
}
