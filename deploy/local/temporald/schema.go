package temporald

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"sync"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	v12 "go.temporal.io/server/schema/postgresql/v12"
	"go.temporal.io/server/tools/common/schema"
	sqltool "go.temporal.io/server/tools/sql"
)

// Names of Temporal's two databases, beside the business one.
const (
	MainDatabase       = "temporal"
	VisibilityDatabase = "temporal_visibility"
)

// schemaLock is the advisory lock under which a database's schema is made or
// changed, so that two processes that start at once do it once.
const schemaLock = 0x646f6e646f63 // "dondoc"

// schemas lists each database with the embedded folder of its schema and the
// version that this server needs.
var schemas = []struct{ database, folder, version string }{
	{MainDatabase, "postgresql/v12/temporal", v12.Version},
	{VisibilityDatabase, "postgresql/v12/visibility", v12.VisibilityVersion},
}

// Migrate makes or upgrades the schemas of Temporal's two databases with the
// server's own tool code. The databases must exist; dsn names any database of
// the same PostgreSQL.
func Migrate(ctx context.Context, dsn string, logger log.Logger) error {
	for _, s := range schemas {
		address, err := withDatabase(dsn, s.database)
		if err != nil {
			return err
		}
		if err := migrate(ctx, address, s.database, s.folder, s.version, logger); err != nil {
			return fmt.Errorf("schema of database %s: %w", s.database, err)
		}
	}
	return nil
}

func migrate(ctx context.Context, dsn, database, folder, version string, logger log.Logger) (err error) {
	locked, unlock, err := lockSchema(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	current, err := schemaVersion(ctx, locked, database)
	if err != nil {
		return err
	}
	switch current {
	case version:
	case "":
		err = setUp(ctx, dsn, database, folder, version, logger)
	default:
		err = upgrade(dsn, database, folder, logger)
	}
	return err
}

// lockSchema waits for the advisory lock of the database that dsn names. The
// lock belongs to the one connection that is returned, and ends with it when
// unlock is called or the process dies.
func lockSchema(ctx context.Context, dsn string) (_ *sql.Conn, unlock func() error, err error) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return nil, nil, err
	}
	locked, err := db.Conn(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	if _, err := locked.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, schemaLock); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("lock: %w", err), locked.Close(), db.Close())
	}
	// Closing the pool ends the session, and with it the lock.
	return locked, func() error { return errors.Join(locked.Close(), db.Close()) }, nil
}

// schemaVersion returns the recorded version, "" if the schema was never completed.
func schemaVersion(ctx context.Context, conn *sql.Conn, database string) (string, error) {
	var exists bool
	if err := conn.QueryRowContext(ctx, `SELECT to_regclass('schema_version') IS NOT NULL`).Scan(&exists); err != nil {
		return "", fmt.Errorf("look for the schema: %w", err)
	}
	if !exists {
		return "", nil
	}
	var version string
	err := conn.QueryRowContext(ctx, `SELECT curr_version FROM schema_version WHERE version_partition = 0 AND db_name = $1`, database).Scan(&version)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read the schema's version: %w", err)
	}
	return version, nil
}

// setUp makes the whole schema in one transaction: the tool's scripts cannot
// be repeated after a half-done run (they create functions and insert rows),
// so a kill must leave nothing.
func setUp(ctx context.Context, dsn, database, folder, version string, logger log.Logger) (err error) {
	connector, err := pq.NewConnector(dsn)
	if err != nil {
		return err
	}
	db := sqlx.NewDb(sql.OpenDB(&once{Connector: connector}), "postgres")
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, `BEGIN`); err != nil {
		return err
	}
	tool, err := sqltool.NewConnection(&config.SQL{
		PluginName: postgresql.PluginName, DatabaseName: database,
		Connect: func(*config.SQL) (*sqlx.DB, error) { return db, nil },
	}, logger)
	if err != nil {
		return err
	}
	task := schema.NewSetupSchemaTask(tool, &schema.SetupConfig{SchemaName: folder, InitialVersion: version}, logger)
	if err := task.Run(); err != nil {
		return err // closing the connection rolls back
	}
	_, err = db.ExecContext(ctx, `COMMIT`)
	return err
}

// upgrade runs the scripts of the versions in between. Some of them build
// indexes concurrently, which no transaction allows; the tool passes over what
// an interrupted upgrade has already made.
func upgrade(dsn, database, folder string, logger log.Logger) error {
	store, err := storeConfig(dsn, database, 1)
	if err != nil {
		return err
	}
	tool, err := sqltool.NewConnection(store, logger)
	if err != nil {
		return err
	}
	defer tool.Close()
	return schema.NewUpdateSchemaTask(tool, &schema.UpdateConfig{SchemaName: folder}, logger).Run()
}

// once hands out a single connection: when a transaction's connection is lost,
// what follows must fail instead of running outside of it.
type once struct {
	driver.Connector
	mu   sync.Mutex
	used bool
}

func (o *once) Connect(ctx context.Context) (driver.Conn, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.used {
		return nil, errors.New("the connection of the schema's transaction was lost")
	}
	o.used = true
	return o.Connector.Connect(ctx)
}

// storeConfig describes one of Temporal's databases to the server.
func storeConfig(dsn, database string, connections int) (*config.SQL, error) {
	address, err := url.Parse(dsn)
	if err != nil || address.Host == "" {
		return nil, fmt.Errorf("the database address is no URL of the form postgres://user:password@host:port/name")
	}
	password, _ := address.User.Password()
	return &config.SQL{
		PluginName: postgresql.PluginNamePGX, DatabaseName: database,
		ConnectAddr: address.Host, ConnectProtocol: "tcp",
		User: address.User.Username(), Password: password,
		MaxConns: connections, MaxIdleConns: connections,
	}, nil
}

func withDatabase(dsn, database string) (string, error) {
	address, err := url.Parse(dsn)
	if err != nil || address.Host == "" {
		return "", fmt.Errorf("the database address is no URL of the form postgres://user:password@host:port/name")
	}
	address.Path = "/" + database
	return address.String(), nil
}
