package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jmoiron/sqlx"
)

// hot are the statements whose planning costs more than their running; they are
// kept prepared. database/sql prepares them again on every connection that needs
// them, also after a server restart.
var hot = []string{bySession, byID, byToken, openMandates, agenciesBelow, lockTask, keepSubmission, keepAnswer, readHandover}

// statement is a hot statement in use: it is kept for the life of the store, and
// nobody who uses it closes it.
type statement struct{ *sqlx.Stmt }

// preparedStatements keeps the hot statements.
type preparedStatements struct {
	mu   sync.Mutex
	made map[string]*sqlx.Stmt
}

// ready prepares the hot statements once. It takes a connection from the pool,
// so it is called before a transaction begins and never within one: as many
// transactions as there are connections would all wait for one more.
func (s *Store) ready(ctx context.Context) error {
	s.statements.mu.Lock()
	defer s.statements.mu.Unlock()
	if s.statements.made != nil {
		return nil
	}
	made := make(map[string]*sqlx.Stmt, len(hot))
	for _, query := range hot {
		one, err := s.db.PreparexContext(ctx, query) //nolint:sqlclosecheck // kept for the life of the store
		if err != nil {
			err = fmt.Errorf("prepare: %w", err)
			for _, other := range made {
				err = errors.Join(err, other.Close())
			}
			return err
		}
		made[query] = one
	}
	s.statements.made = made
	return nil
}

// prepared returns a hot statement for use outside a transaction.
func (s *Store) prepared(ctx context.Context, query string) (statement, error) {
	if err := s.ready(ctx); err != nil {
		return statement{}, err
	}
	return s.kept(query)
}

// preparedIn returns a hot statement bound to the transaction.
func (s *Store) preparedIn(ctx context.Context, tx *sqlx.Tx, query string) (statement, error) {
	made, err := s.kept(query)
	if err != nil {
		return statement{}, err
	}
	return statement{tx.StmtxContext(ctx, made.Stmt)}, nil
}

func (s *Store) kept(query string) (statement, error) {
	s.statements.mu.Lock()
	defer s.statements.mu.Unlock()
	made, ok := s.statements.made[query]
	if !ok {
		return statement{}, fmt.Errorf("statement is not among the prepared ones: %.60s", query)
	}
	return statement{made}, nil
}
