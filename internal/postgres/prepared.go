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
	// often are lists whose text depends on what is asked for, see selectOften; nil:
	// met, and to be prepared before the next transaction.
	often map[string]*sqlx.Stmt
}

// oftenKept is how many texts of lists are kept prepared: more than there are
// common ways to ask for them.
const oftenKept = 64

// readyOften prepares the lists that were met. Like ready it is called before a
// transaction begins.
func (s *Store) readyOften(ctx context.Context) error {
	s.statements.mu.Lock()
	defer s.statements.mu.Unlock()
	for query, made := range s.statements.often {
		if made != nil {
			continue
		}
		one, err := s.db.PreparexContext(ctx, query) //nolint:sqlclosecheck // kept for the life of the store
		if err != nil {
			return fmt.Errorf("prepare: %w", err)
		}
		s.statements.often[query] = one
	}
	return nil
}

// selectOften runs a list that takes longer to plan than to read. Its text is kept
// prepared from the second time on, and Postgres plans it once for all arguments: not
// for lists that hold every task against long arrays, which only a plan for these
// very arrays looks up by hash.
func (s *Store) selectOften(ctx context.Context, tx *sqlx.Tx, found any, query string, args ...any) error {
	s.statements.mu.Lock()
	made, met := s.statements.often[query]
	if !met && len(s.statements.often) < oftenKept {
		if s.statements.often == nil {
			s.statements.often = map[string]*sqlx.Stmt{}
		}
		s.statements.often[query] = nil
	}
	s.statements.mu.Unlock()
	if made == nil {
		return tx.SelectContext(ctx, found, query, args...)
	}
	one := statement{tx.StmtxContext(ctx, made)} // closed with the transaction
	return one.SelectContext(ctx, found, args...)
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
