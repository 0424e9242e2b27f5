package postgres

import (
	"context"
	"fmt"
	"sync"

	"github.com/jmoiron/sqlx"
)

// preparedStatements keeps the statements of the hottest paths prepared: their
// planning costs more than their running. database/sql prepares them again on
// every connection that needs them, also after a server restart.
type preparedStatements struct {
	mu   sync.Mutex
	made map[string]*sqlx.Stmt
}

// prepared returns the statement for use outside a transaction; inside one, pass it to tx.StmtxContext.
func (s *Store) prepared(ctx context.Context, query string) (*sqlx.Stmt, error) {
	s.statements.mu.Lock()
	defer s.statements.mu.Unlock()
	if statement, ok := s.statements.made[query]; ok {
		return statement, nil
	}
	statement, err := s.db.PreparexContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	if s.statements.made == nil {
		s.statements.made = map[string]*sqlx.Stmt{}
	}
	s.statements.made[query] = statement
	return statement, nil
}

// preparedIn returns the statement bound to the transaction.
func (s *Store) preparedIn(ctx context.Context, tx *sqlx.Tx, query string) (*sqlx.Stmt, error) {
	statement, err := s.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	return tx.StmtxContext(ctx, statement), nil
}
