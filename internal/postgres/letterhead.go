package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/agency"
	"dondoc/internal/fault"
	"dondoc/internal/paper"
	"dondoc/internal/policy"
)

// Letterhead gives how an agency's documents begin and end, to everyone who is
// signed in: it is part of the directory.
func (s *Store) Letterhead(ctx context.Context, actor policy.Actor, agencyID int64) (paper.Letterhead, error) {
	if actor.UserID == 0 {
		return paper.Letterhead{}, signInFirst()
	}
	return letterheadOf(ctx, s.db, agencyID)
}

// SetLetterhead keeps it, made over the version that was read. What follows from
// the agency's name and place in the tree is not kept, so that it goes on
// following when they change. Faults: NotFound for an agency whose
// letterhead is not the actor's to set, Conflict for another version.
func (s *Store) SetLetterhead(ctx context.Context, actor policy.Actor, in paper.Letterhead) (paper.Letterhead, error) {
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (paper.Letterhead, error) {
		in, err := clean(ctx, in.Clean)
		if err != nil {
			return paper.Letterhead{}, err
		}
		// The agency's row is held, so that of two at once one fails.
		if _, err := tx.ExecContext(ctx, `SELECT id FROM agencies WHERE id = $1 FOR NO KEY UPDATE`, in.AgencyID); err != nil {
			return paper.Letterhead{}, fmt.Errorf("lock agency: %w", err)
		}
		before, err := letterheadOf(ctx, tx, in.AgencyID)
		if err != nil {
			return paper.Letterhead{}, err
		}
		var below bool
		if err := tx.GetContext(ctx, &below, administered+` SELECT EXISTS (SELECT 1 FROM administered WHERE id = $3)`,
			pq.Array(actor.At(policy.Administrator)), false, in.AgencyID); err != nil {
			return paper.Letterhead{}, fmt.Errorf("look who administers: %w", err)
		}
		if !policy.SetLetterhead(actor, in.AgencyID, below) {
			return paper.Letterhead{}, notFound()
		}
		if in.Version != before.Version {
			return paper.Letterhead{}, fault.New(fault.Conflict, "letterhead.changed",
				"Thể thức văn bản đã đổi từ lúc mở trang. Tải lại rồi làm lại.", "The letterhead has changed since it was read. Reload and try again.")
		}
		if err := keepLetterhead(ctx, tx, actor, in, now); err != nil {
			return paper.Letterhead{}, err
		}
		if err := s.record(ctx, tx, actor, now, change{
			Action: "agency.letterhead", Entity: "agency", EntityID: in.AgencyID,
			After: map[string]any{"signing": in.Signing, "text_sha256": digest(in.Superior, in.Name, in.Abbreviation, in.Place, in.Collective, in.Head, in.Signer)},
		}); err != nil {
			return paper.Letterhead{}, err
		}
		return letterheadOf(ctx, tx, in.AgencyID)
	})
}

// keepLetterhead writes what differs from what follows by itself.
func keepLetterhead(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, in paper.Letterhead, now time.Time) error {
	by, err := derivedLetterhead(ctx, tx, in.AgencyID)
	if err != nil {
		return err
	}
	own := func(text, derived string) any {
		if text == derived {
			return nil
		}
		return text
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO letterheads AS l (agency_id, superior, name, abbreviation, place, collective, signing, head, signer, set_at, set_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULLIF($9, ''), $10, $11)
		ON CONFLICT (agency_id) DO UPDATE SET superior = excluded.superior, name = excluded.name, abbreviation = excluded.abbreviation,
			place = excluded.place, collective = excluded.collective, signing = excluded.signing, head = excluded.head, signer = excluded.signer,
			version = l.version + 1, set_at = excluded.set_at, set_by = excluded.set_by`,
		in.AgencyID, own(in.Superior, by.Superior), own(in.Name, by.Name), own(in.Abbreviation, by.Abbreviation), own(in.Place, by.Place),
		own(in.Collective, by.Collective), in.Signing, own(in.Head, by.Head), own(in.Signer, by.Signer), now, actor.UserID); err != nil {
		return fmt.Errorf("keep letterhead: %w", err)
	}
	return nil
}

// letterheadOf is what was set, over what follows from the agency.
func letterheadOf(ctx context.Context, q sqlx.QueryerContext, agencyID int64) (paper.Letterhead, error) {
	l, err := derivedLetterhead(ctx, q, agencyID)
	if err != nil {
		return l, err
	}
	var row struct {
		Superior     sql.NullString `db:"superior"`
		Name         sql.NullString `db:"name"`
		Abbreviation sql.NullString `db:"abbreviation"`
		Place        sql.NullString `db:"place"`
		Collective   sql.NullString `db:"collective"`
		Signing      paper.Signing  `db:"signing"`
		Head         sql.NullString `db:"head"`
		Signer       sql.NullString `db:"signer"`
		Version      int            `db:"version"`
	}
	err = sqlx.GetContext(ctx, q, &row, `
		SELECT superior, name, abbreviation, place, collective, signing, head, signer, version FROM letterheads WHERE agency_id = $1`, agencyID)
	if errors.Is(err, sql.ErrNoRows) {
		return l, nil
	}
	if err != nil {
		return l, fmt.Errorf("read letterhead: %w", err)
	}
	l.Set, l.Version, l.Signing = true, row.Version, row.Signing
	for _, text := range []struct {
		set  sql.NullString
		into *string
	}{
		{row.Superior, &l.Superior}, {row.Name, &l.Name}, {row.Abbreviation, &l.Abbreviation}, {row.Place, &l.Place},
		{row.Collective, &l.Collective}, {row.Head, &l.Head}, {row.Signer, &l.Signer},
	} {
		if text.set.Valid {
			*text.into = text.set.String
		}
	}
	return l, nil
}

// derivedLetterhead follows from the agency's name and from those above it.
func derivedLetterhead(ctx context.Context, q sqlx.QueryerContext, agencyID int64) (paper.Letterhead, error) {
	var rows []agencyRow
	if err := sqlx.SelectContext(ctx, q, &rows, `
		WITH RECURSIVE line AS (
			SELECT id, parent_id, 0 AS up FROM agencies WHERE id = $1
			UNION ALL
			SELECT a.id, a.parent_id, line.up + 1 FROM line JOIN agencies a ON a.id = line.parent_id
		)`+selectAgency+` JOIN line ON line.id = a.id ORDER BY line.up`, agencyID); err != nil {
		return paper.Letterhead{}, fmt.Errorf("read agency and those above: %w", err)
	}
	if len(rows) == 0 {
		return paper.Letterhead{}, notFound()
	}
	line := make([]agency.Agency, len(rows))
	for i, row := range rows {
		line[i] = row.agency()
	}
	return paper.DefaultLetterhead(line[0], line[1:]), nil
}
