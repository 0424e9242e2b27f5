package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"dondoc/internal/agency"
	"dondoc/internal/plan"
)

// keptChange is a row of agency_changes, and what the audit trail says of it.
type keptChange struct {
	Agency int64          `json:"agency_id"`
	Kind   string         `json:"kind"`
	Basis  string         `json:"legal_basis"`
	Name   string         `json:"name_before"`
	Level  string         `json:"level_before"`
	Parent int64          `json:"parent_before_id"`
	Before map[string]any `json:"before"`
	After  map[string]any `json:"after"`
}

// note keeps what happened to agencies, in history and in the audit trail.
func (r *reorganising) note(ctx context.Context, changes []keptChange) error {
	if len(changes) == 0 {
		return nil
	}
	for i := range changes {
		if changes[i].Basis == "" {
			changes[i].Basis = r.file.Basis
		}
	}
	encoded, err := json.Marshal(changes)
	if err != nil {
		return fmt.Errorf("encode changes: %w", err)
	}
	if _, err := r.tx.ExecContext(ctx, `
		WITH f AS (
			SELECT agency_id, kind, legal_basis, name_before, level_before, parent_before_id, before, after
			FROM jsonb_to_recordset($1::jsonb) AS f (agency_id bigint, kind text, legal_basis text, name_before text, level_before text,
				parent_before_id bigint, before jsonb, after jsonb)
		), kept AS (
			INSERT INTO agency_changes (reorganisation_id, agency_id, kind, effective_on, legal_basis, name_before, level_before, parent_before_id)
			SELECT $2, agency_id, kind, $3, legal_basis, name_before, level_before, NULLIF(parent_before_id, 0) FROM f
		)
		INSERT INTO audit (at, recorded_at, actor_id, action, entity, entity_id, before, after)
		SELECT $4, $5, NULLIF($6::bigint, 0), 'agency.' || kind, 'agency', agency_id, before,
			COALESCE(after, '{}') || jsonb_build_object('reorganisation', $2::bigint) FROM f`,
		string(encoded), r.id, r.file.EffectiveOn.String(), r.now, r.store.wall(), r.actor.UserID); err != nil {
		return fmt.Errorf("keep changes of agencies: %w", err)
	}
	return nil
}

// found lets the new agencies begin.
func (r *reorganising) found(ctx context.Context) error {
	var fresh []plan.Agency
	for _, f := range r.file.Founded {
		if r.known[f.Code] != nil {
			continue
		}
		fresh = append(fresh, plan.Agency{
			Code: f.Code, Name: f.Name, ShortName: f.ShortName, Level: f.Level, Parent: f.Parent, OfficialID: f.OfficialID,
			Mailbox: f.Mailbox, Phone: f.Phone, ValidFrom: r.file.EffectiveOn,
		})
		r.effect.Agencies = append(r.effect.Agencies, agency.Altered{Code: f.Code, Name: f.Name, Kind: "founded"})
	}
	if err := upsertAgencies(ctx, r.tx, fresh); err != nil {
		return err
	}
	codes := make([]string, len(fresh))
	for i, f := range fresh {
		codes[i] = f.Code
	}
	if err := r.know(ctx, codes); err != nil {
		return err
	}
	var changes []keptChange
	var ids, positions []int64
	for _, f := range fresh {
		k := r.known[f.Code]
		r.touched = append(r.touched, k.ID)
		ids, positions = append(ids, k.ID), append(positions, int64(r.positionOf(f.Code)))
		changes = append(changes, keptChange{Agency: k.ID, Kind: "founded", After: map[string]any{"name": k.Name, "level": k.Level}})
	}
	// Beside whom they follow in the tree's order; else at its end.
	if _, err := r.tx.ExecContext(ctx, `
		UPDATE agencies a SET position = CASE WHEN f.position >= 0 THEN f.position ELSE (SELECT max(position) + 1 FROM agencies) END
		FROM unnest($1::bigint[], $2::bigint[]) AS f (id, position) WHERE a.id = f.id`, pq.Array(ids), pq.Array(positions)); err != nil {
		return fmt.Errorf("order agencies: %w", err)
	}
	return r.note(ctx, changes)
}

// positionOf is the place of a new agency's first predecessor in the tree's order; -1: it has none.
func (r *reorganising) positionOf(code string) int {
	for _, c := range r.file.Changes {
		for _, heir := range c.Into {
			if heir.Code == code {
				return r.known[c.Agencies[0].Code].Position
			}
		}
	}
	return -1
}

// change renames, reclassifies and moves.
func (r *reorganising) change(ctx context.Context) error {
	for _, c := range r.file.Changes {
		if c.Act == agency.Merge || c.Act == agency.Divide || c.Act == agency.Dissolve {
			continue
		}
		var ids []int64
		for _, a := range c.Agencies {
			ids = append(ids, r.known[a.Code].ID)
		}
		if c.Act == agency.Move {
			to := make([]int64, len(ids))
			for i := range to {
				to[i] = r.known[c.Parent.Code].ID
			}
			if err := r.hang(ctx, ids, to, c.Basis); err != nil {
				return err
			}
			continue
		}
		var changes []keptChange
		for _, a := range c.Agencies {
			k := r.known[a.Code]
			kept := keptChange{Agency: k.ID, Basis: c.Basis, Name: k.Name, Kind: "renamed", Before: map[string]any{"name": k.Name}, After: map[string]any{"name": c.Name}}
			was := k.Name
			if c.Act == agency.Reclassify {
				kept.Kind, kept.Level, was = "reclassified", k.Level, k.Level
				kept.Before["level"], kept.After["level"] = k.Level, c.Level
			}
			changes = append(changes, kept)
			r.effect.Agencies = append(r.effect.Agencies, agency.Altered{Code: k.Code, Name: cmp.Or(c.Name, k.Name), Kind: kept.Kind, Was: was})
			r.touched = append(r.touched, k.ID)
		}
		if _, err := r.tx.ExecContext(ctx, `
			UPDATE agencies SET name = COALESCE(NULLIF($2, ''), name), level = COALESCE(NULLIF($4, ''), level), version = version + 1,
				-- A short form of the old name would be wrong beside the new one.
				short_name = CASE WHEN $2 <> '' OR $3 <> '' THEN $3 ELSE short_name END
			WHERE id = ANY ($1)`, pq.Array(ids), c.Name, c.ShortName, c.Level); err != nil {
			return fmt.Errorf("change agencies: %w", err)
		}
		if err := r.note(ctx, changes); err != nil {
			return err
		}
	}
	return nil
}

// hang gives agencies other superiors.
func (r *reorganising) hang(ctx context.Context, ids, to []int64, basis string) error {
	if len(ids) == 0 {
		return nil
	}
	var moved []struct {
		ID     int64  `db:"id"`
		Code   string `db:"code"`
		Name   string `db:"name"`
		Was    int64  `db:"was"`
		WasIs  string `db:"was_code"`
		Parent int64  `db:"parent_id"`
	}
	if err := r.tx.SelectContext(ctx, &moved, `
		WITH old AS (
			SELECT a.id, a.code, a.name, COALESCE(a.parent_id, 0) AS was, COALESCE(p.code, '') AS was_code, f.parent_id
			FROM unnest($1::bigint[], $2::bigint[]) AS f (id, parent_id) JOIN agencies a ON a.id = f.id LEFT JOIN agencies p ON p.id = a.parent_id
		), moved AS (
			UPDATE agencies a SET parent_id = old.parent_id, version = version + 1 FROM old WHERE a.id = old.id
		)
		SELECT id, code, name, was, was_code, parent_id FROM old ORDER BY id`, pq.Array(ids), pq.Array(to)); err != nil {
		return fmt.Errorf("move agencies: %w", err)
	}
	changes := make([]keptChange, len(moved))
	for i, m := range moved {
		changes[i] = keptChange{Agency: m.ID, Kind: "moved", Basis: basis, Parent: m.Was, Before: map[string]any{"parent": m.Was}, After: map[string]any{"parent": m.Parent}}
		r.effect.Agencies = append(r.effect.Agencies, agency.Altered{Code: m.Code, Name: m.Name, Kind: "moved", Was: m.WasIs})
		r.touched = append(r.touched, m.ID)
	}
	return r.note(ctx, changes)
}

// end lets agencies end with the day before.
func (r *reorganising) end(ctx context.Context) error {
	kinds := map[agency.Act]string{agency.Merge: "merged", agency.Divide: "divided", agency.Dissolve: "dissolved"}
	var changes []keptChange
	for _, c := range r.file.Changes {
		kind, ends := kinds[c.Act]
		if !ends {
			continue
		}
		var heirs []string
		for _, h := range c.Into {
			heirs = append(heirs, h.Code)
			r.heirs = append(r.heirs, r.known[h.Code].ID)
		}
		for _, a := range c.Agencies {
			k := r.known[a.Code]
			if c.Act == agency.Divide {
				r.parted = append(r.parted, k.ID)
			}
			if c.Ends(a.Code) {
				r.ended = append(r.ended, k.ID)
				r.parted = append(r.parted, k.ID)
			} else if c.Act != agency.Divide {
				continue // takes the others in and is what it was
			}
			changes = append(changes, keptChange{Agency: k.ID, Kind: kind, Basis: c.Basis, After: map[string]any{"successors": heirs}})
			r.effect.Agencies = append(r.effect.Agencies, agency.Altered{Code: k.Code, Name: k.Name, Kind: kind, Successors: heirs})
			if len(heirs) == 0 {
				r.effect.Warn("agency.no_successor", k.Code, "%s kết thúc mà không có đơn vị kế thừa.", "%s ends without a successor.", k.Name)
			}
		}
	}
	slices.Sort(r.parted)
	r.parted = slices.Compact(r.parted)
	if _, err := r.tx.ExecContext(ctx, `
		UPDATE agencies SET valid_to_on = $2::date - 1, version = version + 1 WHERE id = ANY ($1)`, pq.Array(r.ended), r.file.EffectiveOn.String()); err != nil {
		return fmt.Errorf("end agencies: %w", err)
	}
	return r.note(ctx, changes)
}

// succeed keeps who follows whom.
func (r *reorganising) succeed(ctx context.Context) error {
	var from, to []int64
	var basis []string
	var main []bool
	for _, c := range r.file.Changes {
		for _, a := range c.Agencies {
			for i, heir := range c.Into {
				if heir.Code == a.Code {
					continue
				}
				from, to = append(from, r.known[a.Code].ID), append(to, r.known[heir.Code].ID)
				basis, main = append(basis, cmp.Or(c.Basis, r.file.Basis)), append(main, i == 0 && c.Ends(a.Code))
			}
		}
	}
	if _, err := r.tx.ExecContext(ctx, `
		INSERT INTO agency_successions (predecessor_id, successor_id, effective_on, legal_basis, main, reorganisation_id)
		SELECT predecessor, successor, $1::date, basis, main, $2 FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::bool[])
			AS f (predecessor, successor, basis, main)`,
		r.file.EffectiveOn.String(), r.id, pq.Array(from), pq.Array(to), pq.Array(basis), pq.Array(main)); err != nil {
		return fmt.Errorf("keep successions: %w", err)
	}
	return r.succeedDuties(ctx)
}

// succeedDuties keeps who takes over single duties.
func (r *reorganising) succeedDuties(ctx context.Context) error {
	for _, c := range r.file.Changes {
		for _, d := range c.Duties {
			heir := r.known[d.Successor.Code].ID
			r.heirs = append(r.heirs, heir)
			var from []int64
			for _, a := range c.Agencies {
				from = append(from, r.known[a.Code].ID)
			}
			result, err := r.tx.ExecContext(ctx, `
				INSERT INTO duty_successions (predecessor_id, duty_id, successor_id, reorganisation_id)
				SELECT f.id, d.id, $3, $4 FROM unnest($5::bigint[]) AS f (id), duties d JOIN plans p ON p.id = d.plan_id
				WHERE p.code = $1 AND d.code = $2 AND f.id <> $3
				ON CONFLICT (predecessor_id, duty_id) DO UPDATE SET successor_id = excluded.successor_id, reorganisation_id = excluded.reorganisation_id`,
				d.Plan.Code, d.Duty.Code, heir, r.id, pq.Array(from))
			if err != nil {
				return fmt.Errorf("keep successions of duties: %w", err)
			}
			if n, err := result.RowsAffected(); err != nil {
				return err
			} else if n == 0 {
				r.fail(d.Duty.At, "duty.unknown", "văn bản %q không có nhiệm vụ %q, hoặc đơn vị tự kế thừa", "the plan %q has no duty %q, or an agency follows itself", d.Plan.Code, d.Duty.Code)
			}
		}
	}
	return nil
}
