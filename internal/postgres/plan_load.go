package postgres

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

// LoadPlan keeps a checked plan file as a draft: its agencies, duties and
// assignments, and the source as it was written. A draft that is loaded again
// gets a new version; a plan that is followed already is refused here. The zero
// actor is the system (first installation); anyone else must be plan authority
// of the issuing agency.
func (s *Store) LoadPlan(ctx context.Context, actor policy.Actor, p *plan.Plan, source []byte) (plan.Record, error) {
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (plan.Record, error) {
		if err := s.checkLoader(ctx, tx, actor, p); err != nil {
			return plan.Record{}, err
		}
		if err := upsertAgencies(ctx, tx, p.Agencies); err != nil {
			return plan.Record{}, err
		}
		planID, number, err := upsertPlan(ctx, tx, p)
		if err != nil {
			return plan.Record{}, err
		}
		sum := sha256.Sum256(source)
		if err := keepVersion(ctx, tx, actor, planID, number, p, source, now); err != nil {
			return plan.Record{}, err
		}
		if err := upsertDuties(ctx, tx, planID, number, p.Duties); err != nil {
			return plan.Record{}, err
		}
		if err := s.linkAsWritten(ctx, tx, actor, planID, p, now); err != nil {
			return plan.Record{}, err
		}
		if err := s.record(ctx, tx, actor, now, change{
			Action: "plan.loaded", Entity: "plan", EntityID: planID,
			After: map[string]any{"code": p.Code, "version": number, "sha256": fmt.Sprintf("%x", sum), "duties": len(p.Duties)},
		}); err != nil {
			return plan.Record{}, err
		}
		return planRecord(ctx, tx, planID)
	})
}

// keepVersion keeps what was loaded: the text with the files that it names, and
// the plan as it was understood.
func keepVersion(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, planID int64, number int, p *plan.Plan, source []byte, now time.Time) error {
	understood := *p
	understood.Files = nil // every reading of a duty would have to pass over them
	document, err := json.Marshal(understood)
	if err != nil {
		return fmt.Errorf("encode plan: %w", err)
	}
	named := p.Files
	if named == nil {
		named = map[string]string{}
	}
	files, err := json.Marshal(named)
	if err != nil {
		return fmt.Errorf("encode files: %w", err)
	}
	sum := sha256.Sum256(source)
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO plan_versions (plan_id, number, source, sha256, document, files, loaded_at, loaded_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, NULLIF($8, 0))`,
		planID, number, string(source), sum[:], document, string(files), now, actor.UserID); err != nil {
		return fmt.Errorf("keep plan version: %w", err)
	}
	return nil
}

func (s *Store) checkLoader(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, p *plan.Plan) error {
	if actor.UserID == 0 {
		return nil
	}
	var issuer int64
	err := tx.GetContext(ctx, &issuer, `SELECT id FROM agencies WHERE code = $1`, p.Issuer)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("find issuer: %w", err)
	}
	if err != nil || !policy.ManagePlan(actor, issuer) {
		return fault.New(fault.Forbidden, "plan.not_issuer",
			"Chỉ cơ quan ban hành (%s) được nạp văn bản này.", "Only the issuing agency (%s) may load this plan.", p.Issuer)
	}
	return nil
}

// upsertAgencies adds the agencies that the system does not know yet; those it
// knows stay as their administrators keep them.
func upsertAgencies(ctx context.Context, tx *sqlx.Tx, agencies []plan.Agency) error {
	n := len(agencies)
	codes, names, shorts, levels, parents := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	officials, mailboxes, phones, aliases := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	from, to, positions := make([]string, n), make([]string, n), make([]int64, n)
	for i, a := range agencies {
		encoded, err := json.Marshal(append([]string{}, a.Aliases...))
		if err != nil {
			return fmt.Errorf("encode aliases: %w", err)
		}
		codes[i], names[i], shorts[i], levels[i], parents[i] = a.Code, a.Name, a.ShortName, a.Level, a.Parent
		officials[i], mailboxes[i], phones[i], aliases[i] = a.OfficialID, a.Mailbox, a.Phone, string(encoded)
		from[i], to[i], positions[i] = a.ValidFrom.String(), a.ValidTo.String(), int64(i)
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO agencies (code, name, short_name, level, official_id, mailbox, phone, aliases, valid_from_on, valid_to_on, position)
		SELECT code, name, short_name, level, official_id, mailbox, phone,
			ARRAY(SELECT jsonb_array_elements_text(aliases::jsonb)),
			COALESCE(NULLIF(valid_from, '')::date, '0001-01-01'), COALESCE(NULLIF(valid_to, '')::date, '9999-12-31'), position
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::int[])
			AS f (code, name, short_name, level, official_id, mailbox, phone, aliases, valid_from, valid_to, position)
		ON CONFLICT (code) DO NOTHING`,
		pq.Array(codes), pq.Array(names), pq.Array(shorts), pq.Array(levels), pq.Array(officials), pq.Array(mailboxes),
		pq.Array(phones), pq.Array(aliases), pq.Array(from), pq.Array(to), pq.Array(positions)); err != nil {
		return fmt.Errorf("keep agencies: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE agencies a SET parent_id = p.id
		FROM unnest($1::text[], $2::text[]) AS f (code, parent) JOIN agencies p ON p.code = f.parent
		WHERE a.code = f.code AND a.parent_id IS NULL`, pq.Array(codes), pq.Array(parents)); err != nil {
		return fmt.Errorf("link agencies: %w", err)
	}
	return nil
}

func upsertPlan(ctx context.Context, tx *sqlx.Tx, p *plan.Plan) (id int64, number int, err error) {
	var known struct {
		ID    int64      `db:"id"`
		State plan.State `db:"state"`
	}
	err = tx.GetContext(ctx, &known, `SELECT id, state FROM plans WHERE code = $1 FOR UPDATE`, p.Code)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = tx.GetContext(ctx, &id, `
			INSERT INTO plans (code, title, number, issuer_id, standing_id, valid_from_on, valid_to_on, time_zone, current_version)
			SELECT $1, $2, $3, i.id, s.id, $6, $7, $8, 1
			FROM agencies i LEFT JOIN agencies s ON s.code = $5 WHERE i.code = $4
			RETURNING id`,
			p.Code, p.Document.Title, p.Document.Number, p.Issuer, p.Standing, p.ValidFrom.String(), p.ValidTo.String(), p.TimeZone)
		if err != nil {
			return 0, 0, fmt.Errorf("keep plan: %w", err)
		}
		return id, 1, nil
	case err != nil:
		return 0, 0, fmt.Errorf("find plan: %w", err)
	case known.State != plan.Draft:
		return 0, 0, fault.New(fault.Conflict, "plan.followed",
			"Văn bản này đang được theo dõi; nạp lại chỉ dùng cho bản nháp.",
			"This plan is followed already; only a draft can be loaded again.").At("code")
	}
	err = tx.GetContext(ctx, &number, `
		UPDATE plans SET title = $2, number = $3, valid_from_on = $4, valid_to_on = $5, time_zone = $6,
			issuer_id = (SELECT id FROM agencies WHERE code = $7), standing_id = (SELECT id FROM agencies WHERE code = $8),
			current_version = current_version + 1, version = version + 1
		WHERE id = $1 RETURNING current_version`,
		known.ID, p.Document.Title, p.Document.Number, p.ValidFrom.String(), p.ValidTo.String(), p.TimeZone, p.Issuer, p.Standing)
	if err != nil {
		return 0, 0, fmt.Errorf("renew draft: %w", err)
	}
	return known.ID, number, nil
}

// scheduledByItself reports whether the calendar opens rounds for the duty.
func scheduledByItself(d plan.Duty) bool {
	return d.CoveredBy == "" && slices.ContainsFunc(d.Schedule.Cadences, calendar.Cadence.MakesRounds)
}

func upsertDuties(ctx context.Context, tx *sqlx.Tx, planID int64, number int, duties []plan.Duty) error {
	for i, d := range duties {
		// Who owes it stands in assignments; here it would make every read of a
		// duty of 11,000 communes unpack half a megabyte.
		core := d
		core.Assignments = nil
		definition, err := json.Marshal(core)
		if err != nil {
			return fmt.Errorf("encode duty %s: %w", d.Code, err)
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO duties (plan_id, code, parent_id, position, title, text, mode, scheduled, review, nil_return, definition, since_version)
			VALUES ($1, $2, (SELECT id FROM duties WHERE plan_id = $1 AND code = NULLIF($3, '')), $4, $5, $6, $7, $8, $9, $10, $11, $12)
			ON CONFLICT (plan_id, code) DO UPDATE SET parent_id = excluded.parent_id, position = excluded.position,
				title = excluded.title, text = excluded.text, mode = excluded.mode, scheduled = excluded.scheduled,
				review = excluded.review, nil_return = excluded.nil_return, definition = excluded.definition, retired_version = NULL`,
			planID, d.Code, d.Parent, i, d.Title, d.Text, d.Mode, scheduledByItself(d), d.Review.Mode, d.NilReturn, definition, number); err != nil {
			return fmt.Errorf("keep duty %s: %w", d.Code, err)
		}
	}
	codes := make([]string, len(duties))
	for i, d := range duties {
		codes[i] = d.Code
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE duties SET retired_version = $2 WHERE plan_id = $1 AND retired_version IS NULL AND code <> ALL ($3)`,
		planID, number, pq.Array(codes)); err != nil {
		return fmt.Errorf("retire duties: %w", err)
	}
	return replaceAssignments(ctx, tx, planID, duties)
}

// replaceAssignments binds agencies to duties; who receives and who reviews a
// result is resolved here, once, from the tree; so is who passes it on, which
// neither its sender nor its reviewer does.
func replaceAssignments(ctx context.Context, tx *sqlx.Tx, planID int64, duties []plan.Duty) error {
	if _, err := tx.ExecContext(ctx, `
		DELETE FROM assignments USING duties d WHERE d.id = duty_id AND d.plan_id = $1`, planID); err != nil {
		return fmt.Errorf("clear assignments: %w", err)
	}
	var duty, agency, role, recipient, reviewer, through []string
	var toParent []bool
	for _, d := range duties {
		for _, a := range d.Assignments {
			duty, agency, role = append(duty, d.Code), append(agency, a.Agency), append(role, string(a.Role))
			recipient, reviewer, toParent = append(recipient, d.Recipient.Agency), append(reviewer, d.Recipient.Reviewer), append(toParent, d.Recipient.Parent)
			through = append(through, d.PassedOnBy())
		}
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO assignments (duty_id, agency_id, role, recipient_id, reviewer_id, through_id)
		SELECT d.id, a.id, f.role, x.recipient_id, x.reviewer_id, NULLIF(NULLIF(h.id, a.id), x.reviewer_id)
		FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bool[], $8::text[])
			AS f (duty, agency, role, recipient, reviewer, to_parent, through)
		JOIN duties d ON d.plan_id = $1 AND d.code = f.duty
		JOIN agencies a ON a.code = f.agency
		LEFT JOIN agencies r ON r.code = f.recipient
		LEFT JOIN agencies v ON v.code = f.reviewer
		LEFT JOIN agencies h ON h.code = f.through
		CROSS JOIN LATERAL (SELECT CASE WHEN f.to_parent THEN a.parent_id ELSE r.id END AS recipient_id,
			COALESCE(v.id, CASE WHEN f.to_parent THEN a.parent_id ELSE r.id END) AS reviewer_id) AS x`,
		planID, pq.Array(duty), pq.Array(agency), pq.Array(role), pq.Array(recipient), pq.Array(reviewer), pq.Array(toParent), pq.Array(through)); err != nil {
		return fmt.Errorf("keep assignments: %w", err)
	}
	return nil
}
