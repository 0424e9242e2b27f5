package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/draft"
	"dondoc/internal/fault"
	"dondoc/internal/issued"
	"dondoc/internal/policy"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
)

type documentRow struct {
	ID        int64          `db:"id"`
	AgencyID  int64          `db:"agency_id"`
	FileName  string         `db:"file_name"`
	Lines     []byte         `db:"lines"`
	Draft     []byte         `db:"draft"`
	Version   int            `db:"version"`
	State     string         `db:"state"`
	PlanID    sql.NullInt64  `db:"plan_id"`
	CreatedAt time.Time      `db:"created_at"`
	ChangedAt time.Time      `db:"changed_at"`
	CreatedBy sql.NullString `db:"created_by_name"`
}

func (r documentRow) document() (draft.Document, error) {
	d := draft.Document{
		ID: r.ID, AgencyID: r.AgencyID, FileName: r.FileName, Version: r.Version, State: draft.State(r.State), PlanID: r.PlanID.Int64,
		CreatedAt: r.CreatedAt, ChangedAt: r.ChangedAt, CreatedByName: r.CreatedBy.String,
	}
	if r.Lines != nil {
		if err := json.Unmarshal(r.Lines, &d.Lines); err != nil {
			return d, fmt.Errorf("read lines: %w", err)
		}
	}
	if err := json.Unmarshal(r.Draft, &d.Draft); err != nil {
		return d, fmt.Errorf("read draft: %w", err)
	}
	return d, nil
}

const selectDocument = `SELECT d.id, d.agency_id, d.file_name, d.lines, d.draft, d.version, d.state, d.plan_id, d.created_at, d.changed_at, u.name AS created_by_name
	FROM documents d JOIN users u ON u.id = d.created_by `

// KeepDocument keeps a document and what was read of it, to be checked. What may not be kept (identity numbers, tables
// of persons, secrets) refuses the document and names the line.
func (s *Store) KeepDocument(ctx context.Context, actor policy.Actor, name string, doc issued.Document) (draft.Document, error) {
	at := actor.At(policy.PlanAuthority)
	if !policy.LoadPlan(actor) || len(at) == 0 {
		return draft.Document{}, notFound()
	}
	shown := draft.Shown(doc)
	for _, line := range shown {
		if f := privacy.Refuse(line.Text); f != nil {
			f.Line = line.Number
			return draft.Document{}, f.At("file")
		}
	}
	lines, err := json.Marshal(shown)
	if err != nil {
		return draft.Document{}, fmt.Errorf("encode lines: %w", err)
	}
	read, err := json.Marshal(draft.Read(doc))
	if err != nil {
		return draft.Document{}, fmt.Errorf("encode draft: %w", err)
	}
	name, f := task.CleanText(name, 200)
	if f != nil {
		return draft.Document{}, f.At("file")
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (draft.Document, error) {
		var id int64
		if err := tx.GetContext(ctx, &id, `INSERT INTO documents (agency_id, file_name, lines, draft, created_by, created_at, changed_at)
			VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id`, at[0], name, lines, read, actor.UserID, now); err != nil {
			return draft.Document{}, fmt.Errorf("keep document: %w", err)
		}
		if err := s.record(ctx, tx, actor, now, change{Action: "document.read", Entity: "document", EntityID: id, After: map[string]any{"file": name, "lines": len(shown)}}); err != nil {
			return draft.Document{}, err
		}
		return documentIn(ctx, tx, actor, id, false)
	})
}

// documentIn finds a document that the actor may work on; it is locked where it is to be changed.
func documentIn(ctx context.Context, q sqlx.QueryerContext, actor policy.Actor, id int64, lock bool) (draft.Document, error) {
	query := selectDocument + `WHERE d.id = $1 AND d.agency_id = ANY ($2) AND d.state <> 'dropped'`
	if lock {
		query += ` FOR UPDATE OF d`
	}
	var row documentRow
	err := sqlx.GetContext(ctx, q, &row, query, id, pq.Array(actor.At(policy.PlanAuthority)))
	if errors.Is(err, sql.ErrNoRows) {
		return draft.Document{}, notFound()
	}
	if err != nil {
		return draft.Document{}, fmt.Errorf("find document: %w", err)
	}
	return row.document()
}

// FindDocument answers a document with its lines and its draft.
func (s *Store) FindDocument(ctx context.Context, actor policy.Actor, id int64) (draft.Document, error) {
	return documentIn(ctx, s.db, actor, id, false)
}

// OpenDocuments lists those that are being checked, the latest first, without their lines.
func (s *Store) OpenDocuments(ctx context.Context, actor policy.Actor) ([]draft.Document, error) {
	if !policy.LoadPlan(actor) {
		return nil, notFound()
	}
	var rows []documentRow
	if err := s.db.SelectContext(ctx, &rows, strings.Replace(selectDocument, "d.lines", "NULL AS lines", 1)+`
		WHERE d.agency_id = ANY ($1) AND d.state = 'open' ORDER BY d.id DESC LIMIT 50`, pq.Array(actor.At(policy.PlanAuthority))); err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	var out []draft.Document
	for _, row := range rows {
		d, err := row.document()
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// EditDocument carries out an edit on the version that it was made from. Names that a person gives agencies of the tree
// are learned for the next document.
func (s *Store) EditDocument(ctx context.Context, actor policy.Actor, id int64, version int, e draft.Edit) (draft.Document, error) {
	if f := privacy.Refuse(strings.Join(append(append([]string{e.Text}, e.Names...), e.Partners...), "\n")); f != nil {
		return draft.Document{}, f.At("text")
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (draft.Document, error) {
		d, err := documentIn(ctx, tx, actor, id, true)
		if err != nil {
			return d, err
		}
		if d.Version != version || d.State != draft.Open {
			return d, fault.New(fault.Conflict, "document.changed", "Người khác vừa sửa bản nháp này. Trang đã hiện bản mới nhất, hãy làm lại.",
				"Somebody else has just changed this draft. The page shows the latest; do it again.")
		}
		edited, err := d.Draft.Apply(e)
		if err != nil {
			return d, err
		}
		if e.Act == draft.Address && e.Assignment < len(d.Draft.Agencies) {
			if err := learn(ctx, tx, actor, now, d.AgencyID, d.Draft.Agencies[e.Assignment].Names, edited.Agencies[e.Assignment].Names); err != nil {
				return d, err
			}
		}
		encoded, err := json.Marshal(edited)
		if err != nil {
			return d, fmt.Errorf("encode draft: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE documents SET draft = $2, version = version + 1, changed_at = $3 WHERE id = $1`, id, encoded, now); err != nil {
			return d, fmt.Errorf("keep draft: %w", err)
		}
		if err := s.record(ctx, tx, actor, now, change{Action: "document.edited", Entity: "document", EntityID: id, After: map[string]any{"act": string(e.Act), "version": version + 1}}); err != nil {
			return d, err
		}
		return documentIn(ctx, tx, actor, id, false)
	})
}

// learn remembers which agency of the tree is meant by a name that a person put right: one name for one.
func learn(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, now time.Time, issuer int64, before, after []string) error {
	if len(before) != len(after) {
		return nil
	}
	for i := range before {
		if before[i] == after[i] {
			continue
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO learned_names (issuer_id, name, agency_id, learned_by, learned_at)
			SELECT $1, $2, a.id, $4, $5 FROM agencies a WHERE a.id = (SELECT min(id) FROM agencies WHERE fold(name) = fold($3) OR fold(short_name) = fold($3) OR code = $3 HAVING count(*) = 1)
			ON CONFLICT (issuer_id, name) DO UPDATE SET agency_id = excluded.agency_id, learned_by = excluded.learned_by, learned_at = excluded.learned_at`,
			issuer, before[i], after[i], actor.UserID, now); err != nil {
			return fmt.Errorf("learn name: %w", err)
		}
	}
	return nil
}

// DropDocument gives a document up; what was learned from it stays.
func (s *Store) DropDocument(ctx context.Context, actor policy.Actor, id int64) error {
	_, err := act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (struct{}, error) {
		if _, err := documentIn(ctx, tx, actor, id, true); err != nil {
			return struct{}{}, err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE documents SET state = 'dropped', lines = '[]', changed_at = $2 WHERE id = $1`, id, now); err != nil {
			return struct{}{}, fmt.Errorf("drop document: %w", err)
		}
		return struct{}{}, s.record(ctx, tx, actor, now, change{Action: "document.dropped", Entity: "document", EntityID: id})
	})
	return err
}

// DocumentLoaded notes which plan a document became.
func (s *Store) DocumentLoaded(ctx context.Context, actor policy.Actor, id, planID int64) error {
	_, err := act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (struct{}, error) {
		if _, err := documentIn(ctx, tx, actor, id, true); err != nil {
			return struct{}{}, err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE documents SET state = 'loaded', plan_id = $2, changed_at = $3 WHERE id = $1`, id, planID, now); err != nil {
			return struct{}{}, fmt.Errorf("note plan: %w", err)
		}
		return struct{}{}, s.record(ctx, tx, actor, now, change{Action: "document.loaded", Entity: "document", EntityID: id, After: map[string]any{"plan": planID}})
	})
	return err
}

// AgencyNames are the names by which a document of an agency may mean those of its tree.
func (s *Store) AgencyNames(ctx context.Context, actor policy.Actor, issuer int64) (*draft.Names, error) {
	if !policy.ManagePlan(actor, issuer) {
		return nil, notFound()
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return nil, fmt.Errorf("business clock: %w", err)
	}
	var rows []struct {
		ID      int64          `db:"id"`
		Code    string         `db:"code"`
		Name    string         `db:"name"`
		Short   string         `db:"short_name"`
		Level   string         `db:"level"`
		Parent  sql.NullString `db:"parent"`
		Aliases pq.StringArray `db:"aliases"`
	}
	if err := s.db.SelectContext(ctx, &rows, administered+`
		SELECT a.id, a.code, a.name, a.short_name, a.level, p.code AS parent, a.aliases FROM agencies a LEFT JOIN agencies p ON p.id = a.parent_id
		WHERE (a.id IN (SELECT id FROM administered) OR a.parent_id IS NULL) AND $3::date BETWEEN a.valid_from_on AND a.valid_to_on ORDER BY a.position, a.id`,
		pq.Array([]int64{issuer}), false, businessToday(now).String()); err != nil {
		return nil, fmt.Errorf("list names: %w", err)
	}
	var tree []draft.Unit
	var own draft.Unit
	for _, r := range rows {
		u := draft.Unit{Code: r.Code, Name: r.Name, ShortName: r.Short, Level: r.Level, Parent: r.Parent.String, Aliases: r.Aliases}
		if r.ID == issuer {
			own = u
		}
		tree = append(tree, u)
	}
	var taught []struct {
		Name string `db:"name"`
		Code string `db:"code"`
	}
	if err := s.db.SelectContext(ctx, &taught, `SELECT l.name, a.code FROM learned_names l JOIN agencies a ON a.id = l.agency_id WHERE l.issuer_id = $1`, issuer); err != nil {
		return nil, fmt.Errorf("list learned names: %w", err)
	}
	learned := map[string]string{}
	for _, one := range taught {
		learned[one.Name] = one.Code
	}
	names := draft.NewNames(tree, learned)
	names.Issuer = own
	return names, nil
}
