package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/audit"
	"dondoc/internal/clock"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
)

// trail is an audit trail with a key and a heads log of its own.
type trail struct {
	t      *testing.T
	db     *sqlx.DB
	key    []byte
	path   string
	sealer *postgres.Sealer
}

func newTrail(t *testing.T) *trail {
	t.Helper()
	return trailOf(t, postgrestest.New(t))
}

// trailOf seals the trail of a database that others write to.
func trailOf(t *testing.T, db *sqlx.DB) *trail {
	t.Helper()
	folder := t.TempDir()
	key, err := audit.EnsureKey(filepath.Join(folder, "audit.key"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "heads.log")
	heads, err := audit.OpenHeadLog(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := heads.Close(); err != nil {
			t.Error(err)
		}
	})
	return &trail{t: t, db: db, key: key, path: path, sealer: postgres.NewSealer(db, clock.SystemWall, heads)}
}

const insertAudit = `INSERT INTO audit (at, recorded_at, action, entity, entity_id, before, after)
	VALUES ('2026-06-18 01:02:03.456789+0', '2026-06-18 01:02:04+0', 'task.submitted', 'task', $1, '{"state": "open"}', '{"b": 1.50, "a": "Đã gửi"}')`

func (a *trail) insert(n int) {
	a.t.Helper()
	for i := range n {
		if _, err := a.db.ExecContext(a.t.Context(), insertAudit, i+1); err != nil {
			a.t.Fatal(err)
		}
	}
}

// sealAll seals in batches until nothing is left and returns how many rows it sealed.
func (a *trail) sealAll(batch int) int {
	a.t.Helper()
	total := 0
	for {
		n, err := a.sealer.Seal(a.t.Context(), a.key, batch)
		if err != nil {
			a.t.Fatal(err)
		}
		if n == 0 {
			return total
		}
		total += n
	}
}

// awaitSealable waits until n rows may be sealed at once: a transaction in any
// database of the server holds the boundary back for a moment, and a batch cut
// short by it would log other heads than a test expects.
func (a *trail) awaitSealable(n int) {
	a.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		var ready int
		if err := a.db.GetContext(a.t.Context(), &ready, `
			SELECT count(*) FROM audit WHERE seal_number IS NULL AND transaction < pg_snapshot_xmin(pg_current_snapshot())`); err != nil {
			a.t.Fatal(err)
		}
		if ready >= n {
			return
		}
		if time.Now().After(deadline) {
			a.t.Fatalf("%d of %d rows can be sealed", ready, n)
		}
	}
}

// sealOwn seals until at least n rows are sealed: a transaction elsewhere on
// the server may hold the boundary back for a moment.
func (a *trail) sealOwn(n, batch int) {
	a.t.Helper()
	deadline := time.After(20 * time.Second)
	for sealed := 0; sealed < n; {
		sealed += a.sealAll(batch)
		select {
		case <-deadline:
			a.t.Fatalf("sealed %d of %d rows", sealed, n)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (a *trail) verify() audit.Report {
	a.t.Helper()
	heads, err := os.ReadFile(a.path)
	if err != nil {
		a.t.Fatal(err)
	}
	report, err := a.sealer.Verify(a.t.Context(), a.key, bytes.NewReader(heads))
	if err != nil {
		a.t.Fatal(err)
	}
	return report
}

// tamper changes the trail as a superuser can: past the trigger.
func (a *trail) tamper(statements ...string) {
	a.t.Helper()
	all := append([]string{`ALTER TABLE audit DISABLE TRIGGER ALL`, `ALTER TABLE audit DROP CONSTRAINT audit_seal_number_key`}, statements...)
	for _, statement := range append(all, `ALTER TABLE audit ENABLE TRIGGER ALL`) {
		if _, err := a.db.ExecContext(a.t.Context(), statement); err != nil {
			a.t.Fatalf("%s: %v", statement, err)
		}
	}
}

func TestTamperingIsNamed(t *testing.T) {
	const swap = `UPDATE audit SET seal_number = CASE seal_number WHEN %[1]d THEN %[2]d ELSE %[1]d END WHERE seal_number IN (%[1]d, %[2]d)`
	const swapWithMAC = `UPDATE audit a SET seal_number = b.seal_number, seal_mac = b.seal_mac FROM audit b
		WHERE (a.seal_number, b.seal_number) IN ((%[1]d, %[2]d), (%[2]d, %[1]d))`
	for _, c := range []struct {
		name       string
		statements []string
		want       audit.Report // of its findings
	}{
		{"nothing", nil, audit.Report{Rows: 20, Last: 20}},
		{"a figure altered", []string{`UPDATE audit SET after = '{"b": 2, "a": "Đã gửi"}' WHERE seal_number = 8`}, audit.Report{Rows: 20, Last: 20, Altered: []int64{8}}},
		{"an actor erased and a time moved", []string{`UPDATE audit SET at = at - interval '1 microsecond' WHERE seal_number = 1`, `UPDATE audit SET before = NULL WHERE seal_number = 20`},
			audit.Report{Rows: 20, Last: 20, Altered: []int64{1, 20}}},
		{"a MAC altered", []string{`UPDATE audit SET seal_mac = sha256('x') WHERE seal_number = 9`}, audit.Report{Rows: 20, Last: 20, Altered: []int64{9}}},
		{"a row removed behind a logged head", []string{`DELETE FROM audit WHERE seal_number = 7`},
			audit.Report{Rows: 19, Last: 20, Removed: []audit.Range{{From: 7, To: 7}}}},
		{"rows removed between logged heads", []string{`DELETE FROM audit WHERE seal_number IN (1, 4, 5)`},
			audit.Report{Rows: 17, Last: 20, Removed: []audit.Range{{From: 1, To: 1}, {From: 4, To: 5}}, Unproven: []int64{2, 6}}},
		{"two rows exchanged", []string{fmt.Sprintf(swap, 4, 11)},
			audit.Report{Rows: 20, Last: 20, Moved: []audit.Move{{ID: 11, Found: 4, Belongs: 11}, {ID: 4, Found: 11, Belongs: 4}}}},
		{"two rows exchanged under their MACs", []string{fmt.Sprintf(swapWithMAC, 4, 11)},
			audit.Report{Rows: 20, Last: 20, Moved: []audit.Move{{ID: 11, Found: 4, Belongs: 11}, {ID: 4, Found: 11, Belongs: 4}}}},
		{"two neighbours exchanged", []string{fmt.Sprintf(swap, 4, 5)},
			audit.Report{Rows: 20, Last: 20, Moved: []audit.Move{{ID: 5, Found: 4, Belongs: 5}, {ID: 4, Found: 5, Belongs: 4}}}},
		{"the tail cut off", []string{`DELETE FROM audit WHERE seal_number > 15`}, audit.Report{Rows: 15, Last: 15, CutTail: &audit.Range{From: 16, To: 20}}},
		{"everything removed", []string{`TRUNCATE audit`}, audit.Report{CutTail: &audit.Range{From: 1, To: 20}}},
		{"a row taken out of the chain", []string{`UPDATE audit SET seal_number = NULL, seal_mac = NULL WHERE seal_number = 7`},
			audit.Report{Rows: 19, Last: 20, Unsealed: 1, Removed: []audit.Range{{From: 7, To: 7}}}},
		{"a row put in twice", []string{`INSERT INTO audit (at, recorded_at, action, entity, entity_id, transaction, seal_number, seal_mac)
			SELECT at, recorded_at, action, entity, 99, transaction, seal_number, seal_mac FROM audit WHERE seal_number = 6`},
			audit.Report{Rows: 21, Last: 20, Altered: []int64{6}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newTrail(t)
			a.insert(20)
			a.awaitSealable(20)
			a.sealOwn(20, 7) // heads 7, 14 and 20 are logged
			if len(c.statements) > 0 {
				a.tamper(c.statements...)
			}
			got := a.verify()
			intact := len(c.statements) == 0
			if got.Intact() != intact || got.LoggedHead != 20 {
				t.Errorf("intact %v, logged head %d", got.Intact(), got.LoggedHead)
			}
			if !intact && len(got.Lines("en")) < 2 {
				t.Error("findings without words")
			}
			got.LoggedHead = 0
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("\n got %+v\nwant %+v", got, c.want)
			}
		})
	}
}

// Rows are sealed in the order of their transactions, also where the
// transactions' numbers gain a digit.
func TestTransactionsAreSealedInTheirOrder(t *testing.T) {
	a := newTrail(t)
	for _, transaction := range []int{8, 9, 10, 11, 99, 100, 101} {
		if _, err := a.db.ExecContext(t.Context(), `INSERT INTO audit (at, recorded_at, action, entity, entity_id, transaction)
			VALUES (now(), now(), 'task.submitted', 'task', 1, $1::text::xid8)`, transaction); err != nil {
			t.Fatal(err)
		}
	}
	a.sealOwn(7, 3)
	var order []string
	if err := a.db.SelectContext(t.Context(), &order, `SELECT a.transaction::text FROM audit a ORDER BY seal_number`); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(order, " "); got != "8 9 10 11 99 100 101" {
		t.Errorf("sealed in the order %s", got)
	}
}

// Whoever has the key and makes the chain anew still disagrees with the log.
func TestAChainMadeAnewDisagreesWithTheLog(t *testing.T) {
	a := newTrail(t)
	a.insert(10)
	a.awaitSealable(10)
	a.sealOwn(10, 5)
	a.tamper(`UPDATE audit SET entity_id = 77 WHERE seal_number = 3`, `UPDATE audit SET seal_number = NULL, seal_mac = NULL`)
	forger := postgres.NewSealer(a.db, clock.SystemWall, discard{})
	for sealed := 0; sealed < 10; {
		n, err := forger.Seal(t.Context(), a.key, 10)
		if err != nil {
			t.Fatal(err)
		}
		sealed += n
	}
	if got := a.verify(); !reflect.DeepEqual(got.Rewritten, []int64{5, 10}) || len(got.Altered) != 0 || got.Intact() {
		t.Errorf("%+v", got)
	}
}

type discard struct{}

func (discard) Append(audit.Head) error { return nil }

func TestAnotherKeyProvesNothing(t *testing.T) {
	a := newTrail(t)
	a.insert(3)
	a.sealOwn(3, 10)
	a.key = bytes.Repeat([]byte{1}, audit.KeySize)
	if got := a.verify(); len(got.Altered) != 3 {
		t.Errorf("%+v", got)
	}
}

func TestTheTrailRefusesChanges(t *testing.T) {
	a := newTrail(t)
	a.insert(2)
	a.sealOwn(2, 10)
	for _, statement := range []string{
		`UPDATE audit SET entity_id = 5`, `DELETE FROM audit`, `TRUNCATE audit`,
		`UPDATE audit SET seal_number = seal_number + 1`, `UPDATE audit SET seal_number = NULL, seal_mac = NULL`,
	} {
		if _, err := a.db.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func TestNothingIsSealedAboveARunningTransaction(t *testing.T) {
	a := newTrail(t)
	a.insert(1)
	held, err := a.db.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := held.ExecContext(t.Context(), insertAudit, 1000); err != nil {
		t.Fatal(err)
	}
	a.insert(5) // committed, but above the transaction that is still running
	a.sealOwn(1, 10)
	for range 3 {
		if n := a.sealAll(10); n != 0 {
			t.Fatalf("sealed %d rows above a running transaction", n)
		}
	}
	if got := a.verify(); got.Rows != 1 || got.Unsealed != 5 || !got.Intact() {
		t.Errorf("while it runs: %+v", got)
	}
	if err := held.Commit(); err != nil {
		t.Fatal(err)
	}
	a.sealOwn(6, 10)
	var order []int64
	if err := a.db.SelectContext(t.Context(), &order, `SELECT entity_id FROM audit ORDER BY seal_number`); err != nil {
		t.Fatal(err)
	}
	if want := []int64{1, 1000, 1, 2, 3, 4, 5}; !reflect.DeepEqual(order, want) {
		t.Errorf("sealed in the order %v, want %v", order, want)
	}
	if got := a.verify(); got.Rows != 7 || got.Unsealed != 0 || !got.Intact() {
		t.Errorf("afterwards: %+v", got)
	}
}

// Writers, some of which roll back, and sealers in two processes at once.
func TestSealingBesideWriters(t *testing.T) {
	a := newTrail(t)
	otherLog, err := audit.OpenHeadLog(a.path) // the same file, opened by another process
	if err != nil {
		t.Fatal(err)
	}
	defer otherLog.Close() //nolint:errcheck // a test's file
	sealers := []*postgres.Sealer{a.sealer, postgres.NewSealer(a.db, clock.SystemWall, otherLog)}
	var writers, sealing sync.WaitGroup
	for w := range 8 {
		writers.Go(func() {
			for i := range 40 {
				tx, err := a.db.BeginTxx(t.Context(), nil)
				if err != nil {
					t.Error(err)
					return
				}
				_, err = tx.ExecContext(t.Context(), insertAudit, w*1000+i)
				if i%5 == 0 {
					err = errors.Join(err, tx.Rollback())
				} else {
					err = errors.Join(err, tx.Commit())
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	ctx, stop := context.WithCancel(t.Context())
	for _, sealer := range sealers {
		sealing.Go(func() {
			for ctx.Err() == nil {
				if _, err := sealer.Seal(ctx, a.key, 13); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	writers.Wait()
	stop()
	sealing.Wait()
	var left int
	if err := a.db.GetContext(t.Context(), &left, `SELECT count(*) FROM audit WHERE seal_number IS NULL`); err != nil {
		t.Fatal(err)
	}
	a.sealOwn(left, 100)
	if got := a.verify(); got.Rows != 8*32 || got.Last != 8*32 || got.Unsealed != 0 || !got.Intact() || got.UncheckedHeads != 0 {
		t.Errorf("%+v", got)
	}
}

// A row from the server that the database was restored from bears a
// transaction number that this server has not reached.
func TestRowsOfARestoredDatabaseAreSealed(t *testing.T) {
	a := newTrail(t)
	a.insert(2)
	if _, err := a.db.ExecContext(t.Context(), `
		INSERT INTO audit (at, recorded_at, action, entity, entity_id, transaction)
		VALUES ('2026-01-01', '2026-01-01', 'task.submitted', 'task', 7, '900000000000')`); err != nil {
		t.Fatal(err)
	}
	a.sealOwn(3, 10)
	if got := a.verify(); got.Rows != 3 || !got.Intact() {
		t.Errorf("%+v", got)
	}
}

func TestSealerRunsAndLogsTheHeadThatACrashLeftOut(t *testing.T) {
	a := newTrail(t)
	a.insert(3)
	forgetful := postgres.NewSealer(a.db, clock.SystemWall, discard{}) // dies between commit and log
	for sealed := 0; sealed < 3; {
		n, err := forgetful.Seal(t.Context(), a.key, 10)
		if err != nil {
			t.Fatal(err)
		}
		sealed += n
	}
	ticks := make(chan time.Time)
	done := make(chan struct{})
	var log bytes.Buffer
	go func() {
		defer close(done)
		a.sealer.RunSealer(t.Context(), a.key, ticks, slog.New(slog.NewTextHandler(&log, nil)))
	}()
	ticks <- time.Time{} // the first turn is over
	if got := a.verify(); got.LoggedHead != 3 {
		t.Errorf("the head is not logged: %+v", got)
	}
	a.insert(4)
	deadline := time.Now().Add(20 * time.Second)
	for a.verify().Rows < 7 && time.Now().Before(deadline) {
		ticks <- time.Time{}
	}
	close(ticks)
	<-done
	if got := a.verify(); got.Rows != 7 || got.LoggedHead != 7 || !got.Intact() || log.Len() != 0 {
		t.Errorf("%+v, log %s", got, log.String())
	}
}
