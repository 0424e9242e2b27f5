package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// contentRow is what a version of a result says, as tables keep it.
type contentRow struct {
	Kind           task.Kind    `db:"kind"`
	Narrative      string       `db:"narrative"`
	Figures        []byte       `db:"figures"`
	Explanations   []byte       `db:"explanations"`
	DocumentNumber string       `db:"document_number"`
	DocumentOn     sql.NullTime `db:"document_on"`
	SignatoryTitle string       `db:"signatory_title"`
}

const contentColumns = `kind, narrative, figures, explanations, document_number, document_on, signatory_title`

// content puts the figures in the order of the fields.
func (r contentRow) content(fields []task.Field) (task.Content, error) {
	figures, err := figuresOf(r.Figures, fields)
	if err != nil {
		return task.Content{}, fmt.Errorf("figures: %w", err)
	}
	explanations, err := explanationsOf(r.Explanations)
	if err != nil {
		return task.Content{}, err
	}
	c := task.Content{
		Kind: r.Kind, Narrative: r.Narrative, Figures: figures, Explanations: explanations,
		DocumentNumber: r.DocumentNumber, SignatoryTitle: r.SignatoryTitle,
	}
	if r.DocumentOn.Valid {
		c.DocumentOn = civil(r.DocumentOn.Time)
	}
	return c, nil
}

// encodeFigures turns figures into what is stored; what was left blank is none.
func encodeFigures(list []task.Figure) (map[string]string, string, error) {
	figures := map[string]string{}
	for _, f := range list {
		if f.Value != "" {
			figures[f.Indicator] = f.Value
		}
	}
	encoded, err := json.Marshal(figures)
	if err != nil {
		return nil, "", fmt.Errorf("encode figures: %w", err)
	}
	return figures, string(encoded), nil
}

// explanationsOf puts what is said of figures in the order of the indicators' codes.
func explanationsOf(stored []byte) ([]task.Explanation, error) {
	var texts map[string]string
	if err := unmarshalPresent(stored, &texts); err != nil {
		return nil, fmt.Errorf("explanations: %w", err)
	}
	var list []task.Explanation
	for _, code := range slices.Sorted(maps.Keys(texts)) {
		list = append(list, task.Explanation{Indicator: code, Text: texts[code]})
	}
	return list, nil
}

// encodeExplanations turns what is said of figures into what is stored.
func encodeExplanations(list []task.Explanation) (string, error) {
	texts := make(map[string]string, len(list))
	for _, e := range list {
		texts[e.Indicator] = e.Text
	}
	encoded, err := json.Marshal(texts)
	if err != nil {
		return "", fmt.Errorf("encode explanations: %w", err)
	}
	return string(encoded), nil
}

// contentDigest stands for the free text of a content in the audit trail.
func contentDigest(c task.Content) string {
	texts := []string{c.Narrative, c.DocumentNumber, c.SignatoryTitle, c.DocumentOn.String()}
	for _, e := range c.Explanations {
		texts = append(texts, e.Indicator, e.Text)
	}
	return digest(texts...)
}

// restoreDraft gives the agency's people back what they wrote, to mend it, where
// no draft has taken its place. source is a query of the content for the task
// $1; $2 is the instant, $3 the person, $4 the source's own argument.
func restoreDraft(ctx context.Context, tx *sqlx.Tx, source string, args ...any) error {
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO task_drafts (task_id, `+contentColumns+`, saved_at, saved_by)
		SELECT $1::bigint, `+contentColumns+`, $2, $3 FROM (`+source+`) AS c WHERE kind = 'report'
		ON CONFLICT (task_id) DO NOTHING`, args...); err != nil {
		return fmt.Errorf("restore draft: %w", err)
	}
	return nil
}

// agencyOnly refuses whoever sees the task without belonging to its agency.
func agencyOnly(actor policy.Actor, t lockedTask) error {
	if policy.SubmitTask(actor, t.relation()) {
		return nil
	}
	return fault.New(fault.Forbidden, "task.not_yours",
		"Chỉ đầu mối hoặc thủ trưởng của đơn vị được làm việc này.", "Only the agency's focal points and head may do this.")
}

// tellAgency are the people of an agency who hold a role on a day, and its
// official mailbox: $1 agency, $2 role, $3 instant, $4 zone.
const tellAgency = `
	SELECT DISTINCT m.user_id, NULL::bigint AS mailbox_id FROM memberships m JOIN users u ON u.id = m.user_id AND u.active
	WHERE m.agency_id = $1 AND m.role = $2 AND ($3::timestamptz AT TIME ZONE $4)::date BETWEEN m.valid_from_on AND m.valid_to_on
	UNION ALL
	SELECT NULL, id FROM agencies WHERE id = $1 AND mailbox <> ''`
