package postgres

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/filestore"
)

const (
	// keepUnsent is how long a file that nobody sent stays after nothing is owed
	// any more: a withdrawal or a reopening may still want it.
	keepUnsent = 7 * 24 * time.Hour
	// keepStray is how old bytes without a row must be to be removed: younger ones
	// may belong to an upload that is not committed yet.
	keepStray = time.Hour
	// sweptAtOnce bounds how much one sweep does.
	sweptAtOnce = 500
)

// SweepFiles removes files that were put beside a task and never sent, once the
// task owes nothing, and bytes that no row refers to. It returns how many.
func (s *Store) SweepFiles(ctx context.Context) (int, error) {
	if s.files.store == nil {
		return 0, nil
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return 0, fmt.Errorf("business clock: %w", err)
	}
	var sums [][]byte
	if err := s.transact(ctx, func(tx *sqlx.Tx) error {
		return tx.SelectContext(ctx, &sums, `
			WITH unsent AS (
				SELECT a.id FROM attachments a JOIN tasks t ON t.id = a.task_id
				WHERE GREATEST(a.uploaded_at, COALESCE(t.closed_at, t.settled_at, t.submitted_at, a.uploaded_at)) < $1 AND a.redacted_at IS NULL
					AND (t.state NOT IN ('open', 'returned', 'prepared') OR t.closed_at IS NOT NULL)
					AND NOT EXISTS (SELECT 1 FROM submission_attachments l WHERE l.attachment_id = a.id)
					AND NOT EXISTS (SELECT 1 FROM preparation_attachments l WHERE l.attachment_id = a.id)
				ORDER BY a.id LIMIT $2 FOR UPDATE OF t SKIP LOCKED
			)
			DELETE FROM attachments a USING unsent WHERE a.id = unsent.id RETURNING a.sha256`, now.Add(-keepUnsent), sweptAtOnce)
	}); err != nil {
		return 0, fmt.Errorf("sweep attachments: %w", err)
	}
	for _, sum := range sums {
		if err := s.dropUnreferenced(ctx, filestore.Sum(sum)); err != nil {
			return len(sums), err
		}
	}
	strays, err := s.sweepStrays(ctx)
	return len(sums) + strays, err
}

// sweepStrays removes what processes that were killed left in the folder.
func (s *Store) sweepStrays(ctx context.Context) (int, error) {
	before := s.wall().Add(-keepStray)
	unfinished, err := s.files.store.Incomplete()
	if err != nil {
		return 0, err
	}
	n := 0
	for _, file := range unfinished {
		if file.ModTime().Before(before) {
			if err := s.files.store.Discard(file); err != nil {
				return n, err
			}
			n++
		}
	}
	known, err := s.knownSums(ctx)
	if err != nil {
		return n, err
	}
	var strays []filestore.Sum
	if err := s.files.store.Each(func(sum filestore.Sum, info fs.FileInfo) error {
		if !known[sum] && info.ModTime().Before(before) {
			strays = append(strays, sum)
		}
		return ctx.Err()
	}); err != nil {
		return n, err
	}
	for _, sum := range strays {
		if err := s.dropUnreferenced(ctx, sum); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func (s *Store) knownSums(ctx context.Context) (map[filestore.Sum]bool, error) {
	var sums [][]byte
	if err := s.db.SelectContext(ctx, &sums, `SELECT DISTINCT sha256 FROM attachments WHERE redacted_at IS NULL`); err != nil {
		return nil, fmt.Errorf("read sums: %w", err)
	}
	known := make(map[filestore.Sum]bool, len(sums))
	for _, sum := range sums {
		known[filestore.Sum(sum)] = true
	}
	return known, nil
}

// DamagedFile is a file whose bytes are not what they were.
type DamagedFile struct {
	SHA256 string
	// Missing: there are no bytes; otherwise they were altered.
	Missing bool
	// Attachments and Tasks are the numbers of the rows that refer to it.
	Attachments, Tasks []int64
}

// FilesReport says how the folder of files stands against the rows.
type FilesReport struct {
	Checked int
	Damaged []DamagedFile // by the first attachment
	// Strays are bytes that no row refers to; the next sweep removes them.
	Strays int
}

// VerifyFiles reads every file that a row refers to and holds it against its sum.
func (s *Store) VerifyFiles(ctx context.Context) (FilesReport, error) {
	var report FilesReport
	var rows []struct {
		ID     int64  `db:"id"`
		TaskID int64  `db:"task_id"`
		SHA256 []byte `db:"sha256"`
	}
	if err := s.db.SelectContext(ctx, &rows, `SELECT id, task_id, sha256 FROM attachments WHERE redacted_at IS NULL ORDER BY id`); err != nil {
		return report, fmt.Errorf("read attachments: %w", err)
	}
	place := map[filestore.Sum]int{} // in Damaged; -1: whole
	for _, r := range rows {
		sum := filestore.Sum(r.SHA256)
		i, seen := place[sum]
		if !seen {
			report.Checked++
			_, err := s.files.store.Get(sum)
			switch {
			case err == nil:
				i = -1
			case errors.Is(err, filestore.ErrMissing), errors.Is(err, filestore.ErrAltered):
				i = len(report.Damaged)
				report.Damaged = append(report.Damaged, DamagedFile{SHA256: hex.EncodeToString(r.SHA256), Missing: errors.Is(err, filestore.ErrMissing)})
			default:
				return report, err
			}
			place[sum] = i
		}
		if i >= 0 {
			d := &report.Damaged[i]
			d.Attachments, d.Tasks = append(d.Attachments, r.ID), append(d.Tasks, r.TaskID)
		}
		if err := ctx.Err(); err != nil {
			return report, err
		}
	}
	err := s.files.store.Each(func(sum filestore.Sum, _ fs.FileInfo) error {
		if _, known := place[sum]; !known {
			report.Strays++
		}
		return ctx.Err()
	})
	return report, err
}
