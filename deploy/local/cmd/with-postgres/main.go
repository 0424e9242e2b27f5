// Command with-postgres runs a command beside a throw-away PostgreSQL and
// removes the database afterwards, however the command ended. The command
// finds the address of an empty database in DONDOC_TEST_DATABASE_URL. It exits
// as the command did.
//
//	with-postgres go test ./...
//	with-postgres --durable go test -bench . ./...
//
// With --durable each commit waits for the disk, as outside of tests.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"dondoc/deploy/local/datadir"
	"dondoc/deploy/local/pg"
)

// addressVar is where the command finds the database.
const addressVar = "DONDOC_TEST_DATABASE_URL"

func main() {
	args := os.Args[1:]
	durable := len(args) > 0 && args[0] == "--durable"
	if durable {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: with-postgres [--durable] COMMAND [ARGUMENT]...")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, durable, args[0], args[1:])
	stop()
	var ended *exec.ExitError
	if errors.As(err, &ended) && ended.ExitCode() > 0 {
		os.Exit(ended.ExitCode())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "with-postgres:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, durable bool, name string, args []string) (err error) {
	dir, err := os.MkdirTemp("", "dondoc-test-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	// Postgres runs as another user when we are root and must get through.
	if err := os.Chmod(dir, 0o711); err != nil {
		return err
	}
	place, err := pg.At(filepath.Join(dir, "postgres"))
	if err != nil {
		return err
	}
	port, err := datadir.FreePort(nil)
	if err != nil {
		return err
	}
	server, err := pg.Start(ctx, pg.Options{
		Place: place, Port: port, Password: "throw-away", ThrowAway: !durable,
		LogFile: filepath.Join(dir, "postgres.log"),
		Report:  func(sentence string) { fmt.Fprintln(os.Stderr, "with-postgres:", sentence) },
	})
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
		defer cancel()
		err = errors.Join(err, server.Stop(ctx))
	}()
	if err := server.EnsureDatabases(ctx, "dondoc_test"); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), addressVar+"="+server.DSN("dondoc_test"))
	// A group of its own, so that a stop reaches the command's children too;
	// asked to stop, they get the chance to clean up after themselves.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	return cmd.Run()
}
