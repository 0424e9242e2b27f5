package pg

import (
	"context"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dondoc/deploy/local/datadir"
)

// tempDir is a folder that other users may pass through, unlike t.TempDir.
func tempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "dondoc-pg-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// options returns the settings of a fresh private server in a folder of the test.
func options(t *testing.T) Options {
	t.Helper()
	dir := tempDir(t)
	place, err := At(filepath.Join(dir, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	port, err := datadir.FreePort(nil)
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Place: place, Port: port, Password: "only-for-this-test", ThrowAway: true,
		LogFile: filepath.Join(dir, "postgres.log"),
		Report:  func(s string) { t.Log(s) },
	}
}

func start(t *testing.T, opts Options) *Server {
	t.Helper()
	server, err := Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := server.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return server
}

func execSQL(t *testing.T, server *Server, statement string) {
	t.Helper()
	db, err := sql.Open("postgres", server.DSN("dondoc"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func rows(t *testing.T, server *Server, table string) (n int) {
	t.Helper()
	db, err := sql.Open("postgres", server.DSN("dondoc"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDataSurviveStopKillAndOrphan(t *testing.T) {
	opts := options(t)
	first := start(t, opts)
	if err := first.EnsureDatabases(t.Context(), "dondoc", "temporal"); err != nil {
		t.Fatal(err)
	}
	if err := first.EnsureDatabases(t.Context(), "dondoc"); err != nil {
		t.Fatalf("asking again for a database that exists: %v", err)
	}
	execSQL(t, first, `CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)`)
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := first.Err(); err != nil {
		t.Fatalf("a stop that was asked for is no failure: %v", err)
	}

	second := start(t, opts)
	execSQL(t, second, `INSERT INTO kept VALUES (2)`)
	if err := second.Kill(); err != nil {
		t.Fatal(err)
	}

	// A pid file whose number meanwhile belongs to another program.
	pidFile := filepath.Join(opts.Place.Dir, dataName, "postmaster.pid")
	if err := os.WriteFile(pidFile, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	third := start(t, opts)
	if got := rows(t, third, "kept"); got != 2 {
		t.Fatalf("after kill -9: %d rows, want 2", got)
	}
	if err := third.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}

	orphan := launchUnsupervised(t, third)
	var said []string
	opts.Report = func(s string) { said = append(said, s) }
	fourth := start(t, opts)
	if got := rows(t, fourth, "kept"); got != 2 {
		t.Fatalf("after an orphan: %d rows, want 2", got)
	}
	if fourth.PID() == orphan {
		t.Fatal("the orphan is still the server")
	}
	if len(said) == 0 || !strings.Contains(said[0], strconv.Itoa(orphan)) {
		t.Fatalf("nothing was said about the orphan: %q", said)
	}
}

// launchUnsupervised starts the server as a process that nobody looks after,
// as it is after its supervisor was killed and the kernel's signal was missed.
func launchUnsupervised(t *testing.T, like *Server) int {
	t.Helper()
	args, err := like.arguments()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(like.binaries.Dir, "postgres"), args...)
	cmd.Dir, cmd.Env = like.opts.Place.Dir, environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: like.opts.Place.account.credential, Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = cmd.Wait() }() // reaps it; how it ends is the test's question
	deadline := time.Now().Add(20 * time.Second)
	for like.ping(t.Context()) != nil {
		if time.Now().After(deadline) {
			t.Fatal("the orphan did not come up")
		}
		time.Sleep(20 * time.Millisecond)
	}
	return cmd.Process.Pid
}

func TestKeepAliveStartsAgain(t *testing.T) {
	opts := options(t)
	opts.KeepAlive = true
	server := start(t, opts)
	before := server.PID()
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(30 * time.Second)
	for server.PID() == before || server.ping(t.Context()) != nil {
		if time.Now().After(deadline) {
			t.Fatal("the server did not come back")
		}
		time.Sleep(20 * time.Millisecond)
	}
	select {
	case <-server.Done():
		t.Fatal("given up although the server is back")
	default:
	}
}

func TestUnaskedEndIsReported(t *testing.T) {
	server := start(t, options(t))
	if err := syscall.Kill(server.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-server.Done()
	if server.Err() == nil {
		t.Fatal("no error after the server was killed by someone else")
	}
}

func TestSecondSupervisorIsRefused(t *testing.T) {
	opts := options(t)
	server := start(t, opts)
	before := server.PID()
	if second, err := Start(t.Context(), opts); err == nil {
		t.Cleanup(func() { _ = second.Stop(context.Background()) })
		t.Fatal("two supervisors on one place")
	}
	if server.PID() != before || server.ping(t.Context()) != nil {
		t.Fatal("the refused start disturbed the running server")
	}
}

func TestInterruptedInitdbLeavesNothingBehind(t *testing.T) {
	opts := options(t)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	if server, err := Start(ctx, opts); err == nil {
		t.Cleanup(func() { _ = server.Stop(context.Background()) })
		t.Fatal("a database was made in 60 ms: nothing was interrupted; shorten the time")
	}
	server := start(t, opts)
	if err := server.EnsureDatabases(t.Context(), "dondoc"); err != nil {
		t.Fatal(err)
	}
}

func TestPasswordIsAskedFor(t *testing.T) {
	opts := options(t)
	start(t, opts)
	db, err := sql.Open("postgres", (&Server{opts: Options{Port: opts.Port, Password: "guessed"}}).DSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.PingContext(t.Context()); err == nil {
		t.Fatal("a wrong password was let in")
	}
}

func TestMissingVersionSaysWhatToInstall(t *testing.T) {
	_, err := Find(99)
	if err == nil || !strings.Contains(err.Error(), "postgresql-99") {
		t.Fatalf("got %v", err)
	}
}
