package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/audit"
	"dondoc/internal/clock"
)

// sealerLock keeps all sealers but one out, in whichever process they run.
const sealerLock = 7203141

// HeadWriter takes the chain's head to a place outside the database;
// audit.HeadLog is one.
type HeadWriter interface {
	Append(audit.Head) error
}

// Sealer chains the committed rows of the audit trail and verifies the chain.
type Sealer struct {
	db    *sqlx.DB
	wall  clock.Wall
	heads HeadWriter
}

// NewSealer seals with heads going to the given log.
func NewSealer(db *sqlx.DB, wall clock.Wall, heads HeadWriter) *Sealer {
	return &Sealer{db: db, wall: wall, heads: heads}
}

// auditRow is a row of the trail; jsonb comes as Postgres writes it.
type auditRow struct {
	ID          int64         `db:"id"`
	At          time.Time     `db:"at"`
	RecordedAt  time.Time     `db:"recorded_at"`
	ActorID     *int64        `db:"actor_id"`
	OnBehalfOf  *int64        `db:"on_behalf_of"`
	StoodInFor  *int64        `db:"stood_in_for"`
	Action      string        `db:"action"`
	Entity      string        `db:"entity"`
	EntityID    int64         `db:"entity_id"`
	Before      *string       `db:"before"`
	After       *string       `db:"after"`
	Transaction string        `db:"transaction"`
	Number      sql.NullInt64 `db:"seal_number"`
	MAC         []byte        `db:"seal_mac"`
}

const auditColumns = `id, at, recorded_at, actor_id, on_behalf_of, stood_in_for, action, entity, entity_id,
	before::text AS before, after::text AS after, transaction::text AS transaction, seal_number, seal_mac`

func (r auditRow) row() (audit.Row, error) {
	transaction, err := strconv.ParseUint(r.Transaction, 10, 64)
	if err != nil {
		return audit.Row{}, fmt.Errorf("audit row %d: %w", r.ID, err)
	}
	return audit.Row{
		ID: r.ID, At: r.At, RecordedAt: r.RecordedAt, ActorID: r.ActorID, OnBehalfOf: r.OnBehalfOf, StoodInFor: r.StoodInFor, Action: r.Action,
		Entity: r.Entity, EntityID: r.EntityID, Before: r.Before, After: r.After, Transaction: transaction,
	}, nil
}

// unsealedRows takes rows below the oldest running transaction only: above it,
// a row with a lower number could still be committed. A number that no
// transaction of this server has reached comes from the server that the
// database was restored from, where it was committed long ago. The order names
// the table's column: the selected one of the same name is text, in which 10000
// comes before 9999.
const unsealedRows = `
	SELECT ` + auditColumns + ` FROM audit
	WHERE seal_number IS NULL AND (transaction < pg_snapshot_xmin(pg_current_snapshot())
		OR transaction >= pg_snapshot_xmax(pg_current_snapshot()))
	ORDER BY audit.transaction, id LIMIT $1`

// Seal chains up to limit committed rows in the order of their transactions
// and logs the new head after the commit. It returns how many it sealed; zero
// also while another sealer is at work.
func (s *Sealer) Seal(ctx context.Context, key []byte, limit int) (int, error) {
	tx, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("begin sealing: %w", err)
	}
	head, sealed, err := s.seal(ctx, tx, key, limit)
	if err != nil || sealed == 0 {
		if rollback := tx.Rollback(); rollback != nil && !errors.Is(rollback, sql.ErrTxDone) {
			err = errors.Join(err, rollback)
		}
		return 0, err
	}
	if err := tx.Commit(); err != nil {
		return 0, fmt.Errorf("commit sealing: %w", err)
	}
	return sealed, s.heads.Append(head)
}

func (s *Sealer) seal(ctx context.Context, tx *sqlx.Tx, key []byte, limit int) (audit.Head, int, error) {
	var alone bool
	if err := tx.GetContext(ctx, &alone, `SELECT pg_try_advisory_xact_lock($1)`, sealerLock); err != nil {
		return audit.Head{}, 0, fmt.Errorf("sealer's lock: %w", err)
	}
	if !alone {
		return audit.Head{}, 0, nil
	}
	head, err := chainHead(ctx, tx)
	if err != nil {
		return audit.Head{}, 0, err
	}
	var rows []auditRow
	if err := tx.SelectContext(ctx, &rows, unsealedRows, limit); err != nil {
		return audit.Head{}, 0, fmt.Errorf("read unsealed rows: %w", err)
	}
	if len(rows) == 0 {
		return audit.Head{}, 0, nil
	}
	ids, numbers, macs := make([]int64, len(rows)), make([]int64, len(rows)), make([][]byte, len(rows))
	for i, r := range rows {
		row, err := r.row()
		if err != nil {
			return audit.Head{}, 0, err
		}
		head.Number++
		head.MAC = audit.Seal(key, head.MAC, row, head.Number)
		ids[i], numbers[i], macs[i] = r.ID, head.Number, head.MAC
	}
	result, err := tx.ExecContext(ctx, `
		UPDATE audit a SET seal_number = f.number, seal_mac = f.mac
		FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) AS f (id, number, mac)
		WHERE a.id = f.id AND a.seal_number IS NULL`, pq.Array(ids), pq.Array(numbers), pq.Array(macs))
	if err != nil {
		return audit.Head{}, 0, fmt.Errorf("seal rows: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || int(n) != len(rows) {
		return audit.Head{}, 0, errors.Join(fmt.Errorf("sealed %d rows instead of %d", n, len(rows)), err)
	}
	head.At = s.wall()
	return head, len(rows), nil
}

// chainHead is the last sealed row; before the first, number zero and Genesis.
func chainHead(ctx context.Context, q sqlx.QueryerContext) (audit.Head, error) {
	var row struct {
		Number int64  `db:"seal_number"`
		MAC    []byte `db:"seal_mac"`
	}
	err := sqlx.GetContext(ctx, q, &row, `
		SELECT seal_number, seal_mac FROM audit WHERE seal_number IS NOT NULL ORDER BY seal_number DESC LIMIT 1`)
	if errors.Is(err, sql.ErrNoRows) {
		return audit.Head{MAC: audit.Genesis()}, nil
	}
	if err != nil {
		return audit.Head{}, fmt.Errorf("read chain's head: %w", err)
	}
	return audit.Head{Number: row.Number, MAC: row.MAC}, nil
}

// sealBatch is how many rows one transaction seals.
const sealBatch = 1000

// RunSealer seals whatever there is at each tick until the context ends or
// the ticks do. The first turn logs the present head again, in case a crash came
// between a commit and its log line. A failed turn is logged; the next tick tries again.
func (s *Sealer) RunSealer(ctx context.Context, key []byte, ticks <-chan time.Time, log *slog.Logger) {
	logged := false
	for {
		if err := s.turn(ctx, key, &logged); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "audit trail not sealed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case _, more := <-ticks:
			if !more {
				return
			}
		}
	}
}

func (s *Sealer) turn(ctx context.Context, key []byte, logged *bool) error {
	if !*logged {
		if err := s.logHead(ctx); err != nil {
			return err
		}
		*logged = true
	}
	for {
		sealed, err := s.Seal(ctx, key, sealBatch)
		if err != nil {
			*logged = false // the log may lack the head that was just committed
			return err
		}
		if sealed < sealBatch {
			return nil
		}
	}
}

func (s *Sealer) logHead(ctx context.Context) error {
	head, err := chainHead(ctx, s.db)
	if err != nil || head.Number == 0 {
		return err
	}
	head.At = s.wall()
	return s.heads.Append(head)
}

// Verify holds every sealed row against the chain and the chain against the
// log of heads, row by row as they stream, in one view of the database.
func (s *Sealer) Verify(ctx context.Context, key []byte, heads io.Reader) (audit.Report, error) {
	tx, err := s.db.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return audit.Report{}, fmt.Errorf("begin verifying: %w", err)
	}
	verifier := audit.NewVerifier(key, heads)
	unsealed, err := streamSealed(ctx, tx, verifier)
	if rollback := tx.Rollback(); rollback != nil && !errors.Is(rollback, sql.ErrTxDone) {
		err = errors.Join(err, rollback)
	}
	if err != nil {
		return audit.Report{}, err
	}
	report, err := verifier.Finish(func() (int64, error) {
		head, err := chainHead(ctx, s.db)
		return head.Number, err
	})
	report.Unsealed = unsealed
	return report, err
}

func streamSealed(ctx context.Context, tx *sqlx.Tx, verifier *audit.Verifier) (unsealed int64, err error) {
	if err := tx.GetContext(ctx, &unsealed, `SELECT count(*) FROM audit WHERE seal_number IS NULL`); err != nil {
		return 0, fmt.Errorf("count unsealed rows: %w", err)
	}
	rows, err := tx.QueryxContext(ctx, `
		SELECT `+auditColumns+` FROM audit WHERE seal_number IS NOT NULL ORDER BY seal_number`)
	if err != nil {
		return 0, fmt.Errorf("read sealed rows: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r auditRow
		if err := rows.StructScan(&r); err != nil {
			return 0, fmt.Errorf("read sealed row: %w", err)
		}
		row, err := r.row()
		if err != nil {
			return 0, err
		}
		if err := verifier.Add(audit.Sealed{Row: row, Number: r.Number.Int64, MAC: r.MAC}); err != nil {
			return 0, err
		}
	}
	return unsealed, rows.Err()
}
