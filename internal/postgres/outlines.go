package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/fault"
	"dondoc/internal/geo"
	"dondoc/internal/policy"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
)

// finest is how near two points of an outline may lie, in degrees: about fifty
// metres, finer than any screen shows of a province.
const finest = 0.0005

type outlinedAgency struct {
	ID         int64  `db:"id"`
	Code       string `db:"code"`
	OfficialID string `db:"official_id"`
	Folded     string `db:"folded"`
	Level      string `db:"level"`
}

// LoadOutlines keeps the outlines of agencies that the actor administers, in place
// of what they had, and tells which of the file's units were not found. A unit is
// found by the agency's code, its official identifier, the number that ends its
// code, or its name without accents where only one bears it.
func (s *Store) LoadOutlines(ctx context.Context, actor policy.Actor, shapes []geo.Shape, source string) (geo.Loaded, error) {
	if !policy.ManageAgencies(actor) {
		return geo.Loaded{}, notFound()
	}
	source, f := task.CleanText(source, 500)
	if f != nil {
		return geo.Loaded{}, f.At("source")
	}
	if source == "" {
		return geo.Loaded{}, fault.New(fault.Invalid, "outlines.source", "Ghi nguồn và giấy phép của đường ranh (tối đa 500 ký tự).",
			"Say where the outlines are from and under which licence (at most 500 characters).").At("source")
	}
	if err := privacy.Unconfirmed(ctx, privacy.Text{Field: "source", Text: source}); err != nil {
		return geo.Loaded{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (geo.Loaded, error) {
		var agencies []outlinedAgency
		if err := tx.SelectContext(ctx, &agencies, administered+`
			SELECT id, code, official_id, level, regexp_replace(fold(name), '^ubnd ', '') AS folded FROM agencies
			WHERE id IN (SELECT id FROM administered) AND $3::date BETWEEN valid_from_on AND valid_to_on ORDER BY id`,
			pq.Array(actor.At(policy.Administrator)), false, businessToday(now).String()); err != nil {
			return geo.Loaded{}, fmt.Errorf("list agencies: %w", err)
		}
		folded, err := foldNames(ctx, tx, shapes)
		if err != nil {
			return geo.Loaded{}, err
		}
		loaded, found := match(shapes, folded, agencies)
		if loaded.Matched == 0 {
			return loaded, fault.New(fault.Invalid, "outlines.none", "Không đơn vị nào trong tệp khớp với cây đơn vị. Thêm thuộc tính code bằng mã đơn vị.",
				"No unit of the file is in the tree of agencies. Add the property code with the agency's code.").At("file")
		}
		for _, id := range slices.Sorted(maps.Keys(found)) {
			rings, err := json.Marshal(geo.Simplify(found[id].Rings, finest))
			if err != nil {
				return loaded, fmt.Errorf("encode outline: %w", err)
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO outlines (agency_id, rings, source, loaded_at) VALUES ($1, $2, $3, $4)
				ON CONFLICT (agency_id) DO UPDATE SET rings = excluded.rings, source = excluded.source, loaded_at = excluded.loaded_at`, id, rings, source, now); err != nil {
				return loaded, fmt.Errorf("keep outline: %w", err)
			}
		}
		return loaded, s.record(ctx, tx, actor, now, change{
			Action: "agency.outlines_loaded", Entity: "agency", EntityID: actor.At(policy.Administrator)[0],
			After: map[string]any{"outlines": loaded.Matched, "source": source},
		})
	})
}

// foldNames writes the names of the file without accents, as the database folds them.
func foldNames(ctx context.Context, tx *sqlx.Tx, shapes []geo.Shape) ([]string, error) {
	names := make([]string, len(shapes))
	for i, shape := range shapes {
		names[i] = shape.Name
	}
	var folded []string
	if err := tx.SelectContext(ctx, &folded, `SELECT regexp_replace(fold(n), '^ubnd ', '') FROM unnest($1::text[]) WITH ORDINALITY AS x (n, at) ORDER BY at`, pq.Array(names)); err != nil {
		return nil, fmt.Errorf("fold names: %w", err)
	}
	return folded, nil
}

// match finds whose outlines they are.
func match(shapes []geo.Shape, folded []string, agencies []outlinedAgency) (geo.Loaded, map[int64]geo.Shape) {
	byKey, byName := map[string][]outlinedAgency{}, map[string][]outlinedAgency{}
	for _, a := range agencies {
		_, number, _ := strings.Cut(a.Code, "-")
		ids := []string{a.Code, a.OfficialID, number}
		slices.Sort(ids) // one agency may bear the same number twice
		for _, id := range slices.Compact(ids) {
			if id != "" {
				byKey[id] = append(byKey[id], a)
			}
		}
		byName[a.Folded] = append(byName[a.Folded], a)
	}
	var loaded geo.Loaded
	found, levels := map[int64]geo.Shape{}, map[string]bool{}
	for i, shape := range shapes {
		title := shape.Name
		if title == "" {
			title = shape.Key
		}
		those := byKey[shape.Key]
		if shape.Key == "" || len(those) == 0 {
			those = nil
			if shape.Name != "" {
				those = byName[folded[i]]
			}
		}
		switch len(those) {
		case 0:
			loaded.Unmatched = append(loaded.Unmatched, title)
		case 1:
			// Files give islands as units of their own: together they are the outline.
			whole := found[those[0].ID]
			whole.Rings = append(whole.Rings, shape.Rings...)
			found[those[0].ID], levels[those[0].Level] = whole, true
		default:
			loaded.Ambiguous = append(loaded.Ambiguous, title)
		}
	}
	loaded.Matched = len(found)
	for _, a := range agencies {
		if _, has := found[a.ID]; levels[a.Level] && !has {
			loaded.Without++
		}
	}
	return loaded, found
}

// Outlines gives the outlines of the agencies of today to everyone who is signed
// in: they are of the directory and hold nothing of duties.
func (s *Store) Outlines(ctx context.Context, actor policy.Actor) ([]geo.Outline, error) {
	if actor.UserID == 0 {
		return nil, signInFirst()
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return nil, fmt.Errorf("business clock: %w", err)
	}
	var rows []struct {
		AgencyID int64  `db:"agency_id"`
		ParentID int64  `db:"parent_id"`
		Code     string `db:"code"`
		Name     string `db:"name"`
		Rings    []byte `db:"rings"`
		Source   string `db:"source"`
	}
	if err := s.db.SelectContext(ctx, &rows, `
		SELECT o.agency_id, COALESCE(a.parent_id, 0) AS parent_id, a.code, a.name, o.rings, o.source
		FROM outlines o JOIN agencies a ON a.id = o.agency_id
		WHERE $1::date BETWEEN a.valid_from_on AND a.valid_to_on ORDER BY a.position, a.id`, businessToday(now).String()); err != nil {
		return nil, fmt.Errorf("read outlines: %w", err)
	}
	outlines := make([]geo.Outline, len(rows))
	for i, r := range rows {
		outlines[i] = geo.Outline{AgencyID: r.AgencyID, ParentID: r.ParentID, Code: r.Code, Name: r.Name, Source: r.Source}
		if err := json.Unmarshal(r.Rings, &outlines[i].Rings); err != nil {
			return nil, fmt.Errorf("outline of agency %d: %w", r.AgencyID, err)
		}
	}
	return outlines, nil
}
