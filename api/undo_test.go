package api_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/postgrestest"
)

// newUndoable is a database of one connection on which nothing is ever
// committed: a transaction of the store's is a savepoint in one that stays open.
// So a test may let the store act, and put everything back in no time.
func newUndoable(t *testing.T) *sqlx.DB {
	t.Helper()
	connector, err := pq.NewConnector(postgrestest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	db := sqlx.NewDb(sql.OpenDB(undoConnector{connector}), "postgres")
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// mark remembers the state of the database under a name, back returns to it;
// the mark stays.
func (r *real) mark(name string) { r.run(`SAVEPOINT ` + name) }
func (r *real) back(name string) { r.run(`ROLLBACK TO SAVEPOINT ` + name) }

func (r *real) run(statement string, args ...any) {
	r.t.Helper()
	if _, err := r.db.ExecContext(r.t.Context(), statement, args...); err != nil {
		r.t.Fatalf("%s: %v", statement, err)
	}
}

type undoConnector struct{ driver.Connector }

func (c undoConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := conn.(fullConn)
	if !ok {
		return nil, errors.Join(errors.New("the driver's connection lacks a method"), conn.Close())
	}
	if _, err := full.ExecContext(ctx, `BEGIN`, nil); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return undoConn{full}, nil
}

// fullConn is what database/sql uses of a connection.
type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type undoConn struct{ fullConn }

// BeginTx sets a savepoint. A wanted isolation makes no difference on one connection.
func (c undoConn) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	_, err := c.ExecContext(ctx, `SAVEPOINT act`, nil)
	return undoTx{c}, err
}

type undoTx struct{ conn undoConn }

func (t undoTx) Commit() error {
	_, err := t.conn.ExecContext(context.Background(), `RELEASE SAVEPOINT act`, nil)
	return err
}

func (t undoTx) Rollback() error {
	_, err := t.conn.ExecContext(context.Background(), `ROLLBACK TO SAVEPOINT act; RELEASE SAVEPOINT act`, nil)
	return err
}
