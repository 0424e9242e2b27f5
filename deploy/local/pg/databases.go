package pg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq" // also registers the driver "postgres"
)

// ping asks the server for a trivial answer over a connection of its own.
func (s *Server) ping(ctx context.Context) error {
	db, err := sql.Open("postgres", s.DSN("postgres"))
	if err != nil {
		return err
	}
	return errors.Join(db.PingContext(ctx), db.Close())
}

// EnsureDatabases creates the named databases where they are missing.
func (s *Server) EnsureDatabases(ctx context.Context, names ...string) error {
	db, err := sql.Open("postgres", s.DSN("postgres"))
	if err != nil {
		return fmt.Errorf("create databases: %w", err)
	}
	defer db.Close()
	for _, name := range names {
		var exists bool
		if err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, name).Scan(&exists); err != nil {
			return fmt.Errorf("look for database %s: %w", name, err)
		}
		if exists {
			continue
		}
		_, err := db.ExecContext(ctx, `CREATE DATABASE `+pq.QuoteIdentifier(name))
		var pqErr *pq.Error
		if errors.As(err, &pqErr) && pqErr.Code.Name() == "duplicate_database" {
			continue
		}
		if err != nil {
			return fmt.Errorf("create database %s: %w", name, err)
		}
	}
	return nil
}
