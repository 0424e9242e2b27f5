// Package postgrestest gives each test a migrated database of its own on a
// real server, cloned from a template so that it costs milliseconds.
package postgrestest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/clock"
	"dondoc/internal/postgres"
	"dondoc/migrations"
)

const variable = "DONDOC_TEST_DATABASE_URL"

var (
	once     sync.Once
	admin    *sqlx.DB // for the statements around databases, kept until the process ends
	template string
	failed   error
	counter  atomic.Int64
)

// To drop a database Postgres writes out everything that is dirty in all of
// them, which takes longer than many a test. So ended databases gather, and so
// many go at once beside the tests: the first has to wait, the others hardly.
const dropped = 16

var ended struct {
	sync.Mutex
	names    []string
	dropping bool
	failed   error
}

// New returns a pool on a fresh, migrated, empty database that is dropped after
// the test. The server comes from DONDOC_TEST_DATABASE_URL; without it
// the test fails, because a skipped test proves nothing.
func New(t testing.TB) *sqlx.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), URL(t), 24)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// Throwaway is New for tests that go through many databases: drop ends the
// database when its turn is over, not when the test is.
func Throwaway(t testing.TB) (db *sqlx.DB, drop func()) {
	t.Helper()
	address, remove := create(t)
	db, err := postgres.Open(t.Context(), address, 4)
	if err != nil {
		remove()
		t.Fatal(err)
	}
	return db, func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		remove()
	}
}

// URL creates the database as New does and returns its address.
func URL(t testing.TB) string {
	t.Helper()
	address, remove := create(t)
	t.Cleanup(remove)
	return address
}

func create(t testing.TB) (address string, remove func()) {
	t.Helper()
	server := os.Getenv(variable)
	if server == "" {
		t.Fatalf("%s is not set; run the tests through `make test`", variable)
	}
	ctx := context.Background()
	once.Do(func() {
		if admin, failed = postgres.Open(ctx, server, 3); failed == nil {
			failed = makeTemplate(ctx, admin, server)
		}
	})
	if err := firstOf(failed, notDropped()); err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("t_%d_%d_%d", os.Getpid(), clock.SystemWall().UnixNano(), counter.Add(1))
	if err := locked(ctx, admin, `CREATE DATABASE `+name+` TEMPLATE `+template); err != nil {
		t.Fatal(err)
	}
	return withDatabase(server, name), func() { drop(name) }
}

// drop lets a database go, sooner or later: the last ones of a process stay
// until the server of the tests is thrown away.
func drop(name string) {
	ended.Lock()
	defer ended.Unlock()
	ended.names = append(ended.names, name)
	if len(ended.names) < dropped || ended.dropping {
		return
	}
	names := ended.names
	ended.names, ended.dropping = nil, true
	go func() {
		var err error
		for _, name := range names {
			_, failed := admin.ExecContext(context.Background(), `DROP DATABASE `+name+` WITH (FORCE)`)
			err = firstOf(err, failed)
		}
		ended.Lock()
		defer ended.Unlock()
		ended.dropping, ended.failed = false, firstOf(ended.failed, err)
	}()
}

func notDropped() error {
	ended.Lock()
	defer ended.Unlock()
	return ended.failed
}

// locked runs a statement that several test processes may not run at once.
func locked(ctx context.Context, admin *sqlx.DB, statement string) (err error) {
	conn, err := admin.Connx(ctx)
	if err != nil {
		return err
	}
	defer func() { err = firstOf(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock(720314)`); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, statement)
	_, unlock := conn.ExecContext(ctx, `SELECT pg_advisory_unlock(720314)`)
	return firstOf(err, unlock)
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// makeTemplate builds one template per content of the migrations.
func makeTemplate(ctx context.Context, admin *sqlx.DB, server string) error {
	sum := sha256.New()
	if err := fs.WalkDir(migrations.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(migrations.Files, path)
		if err != nil {
			return err
		}
		_, err = sum.Write(content)
		return err
	}); err != nil {
		return err
	}
	template = "template_" + hex.EncodeToString(sum.Sum(nil))[:16]
	conn, err := admin.Connx(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // a test's connection; the statements were checked
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock(720314)`); err != nil {
		return err
	}
	defer conn.ExecContext(ctx, `SELECT pg_advisory_unlock(720314)`) //nolint:errcheck // released with the connection otherwise
	var present bool
	if err := conn.GetContext(ctx, &present, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, template); err != nil || present {
		return err
	}
	building := template + "_building"
	for _, statement := range []string{`DROP DATABASE IF EXISTS ` + building + ` WITH (FORCE)`, `CREATE DATABASE ` + building} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	db, err := postgres.Open(ctx, withDatabase(server, building), 2)
	if err != nil {
		return err
	}
	if err := firstOf(postgres.Migrate(ctx, db), db.Close()); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, `ALTER DATABASE `+building+` RENAME TO `+template)
	return err
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + name
	return u.String()
}
