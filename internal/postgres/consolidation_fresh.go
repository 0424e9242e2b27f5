package postgres

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/consolidation"
	"dondoc/internal/indicator"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// takenRow is the newest taking over with its totals, and what is marked since.
type takenRow struct {
	ID          int64         `db:"id"`
	By          int64         `db:"taken_by"`
	Totals      []byte        `db:"totals"`
	Sent        bool          `db:"sent"` // a version was made of it: it stays as it is
	Rounds      pq.Int64Array `db:"rounds"`
	Inputs      pq.Int64Array `db:"inputs"`
	Submissions pq.Int64Array `db:"submissions"`
	Units       pq.Int64Array `db:"units"` // whose inputs have changed
	Redacted    bool          `db:"redacted"`
}

// freshen brings the figures of a draft that a person took over up to what the
// inputs say now. What the person changed by hand stays, and the text: that is theirs.
func (s *Store) freshen(ctx context.Context, tx *sqlx.Tx, t lockedTask, c *consolidator, windows []consolidation.Window, now time.Time) error {
	var old takenRow
	err := tx.GetContext(ctx, &old, `
		SELECT k.id, k.taken_by, k.totals, s.rounds, s.inputs, s.submissions, m.units, m.redacted,
			EXISTS (SELECT 1 FROM submissions b WHERE b.task_id = k.task_id AND COALESCE(b.recorded_at, b.submitted_at) >= k.taken_at) AS sent
		FROM consolidation_states s JOIN consolidations k ON k.id = s.consolidation_id
		CROSS JOIN LATERAL (
			SELECT array_agg(DISTINCT i.agency_id) AS units, COALESCE(bool_or(m.reason = 'redacted'), false) AS redacted
			FROM consolidation_marks m JOIN tasks i ON i.id = m.input_id WHERE m.task_id = s.task_id AND m.reason <> 'below' AND m.taken_at IS NULL
		) m
		WHERE s.task_id = $1 AND m.units IS NOT NULL AND EXISTS (SELECT 1 FROM task_drafts f WHERE f.task_id = s.task_id)`, t.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read what was taken over: %w", err)
	}
	rules, err := dutyRules(ctx, tx, t.DutyID)
	if err != nil {
		return err
	}
	definitions, err := c.definitions(rules.Fields)
	if err != nil {
		return err
	}
	fresh, before, err := c.freshTotals(ctx, tx, old, definitions, windows, now)
	if err != nil {
		return err
	}
	if err := s.freshenDraft(ctx, tx, t, definitions, rules.Fields, before, fresh.totals, now); err != nil {
		return err
	}
	fresh.task, fresh.by = t.ID, old.By
	if err := s.keepFresh(ctx, tx, old, fresh, roundsOf(windows), now); err != nil {
		return err
	}
	return s.record(ctx, tx, systemActor, now, change{
		Action: "task.consolidation_freshened", Entity: "task", EntityID: t.ID, OnBehalf: t.AgencyID, After: map[string]any{"consolidation": old.ID},
	})
}

// freshTotals works out what the inputs add up to now: from the totals that were
// taken over and the units that have changed, or from all where that does not tell.
func (c *consolidator) freshTotals(ctx context.Context, tx *sqlx.Tx, old takenRow, definitions []indicator.Definition, windows []consolidation.Window, now time.Time) (taken, map[string]indicator.Total, error) {
	var before map[string]indicator.Total
	if err := unmarshalPresent(old.Totals, &before); err != nil {
		return taken{}, nil, fmt.Errorf("totals of consolidation %d: %w", old.ID, err)
	}
	sources := make([]consolidation.Source, len(old.Inputs))
	for i := range sources {
		sources[i] = consolidation.Source{Task: old.Inputs[i], Submission: old.Submissions[i]}
	}
	present, err := c.inputs(ctx, tx, inputScope{windows: windows, units: old.Units, now: now})
	if err != nil {
		return taken{}, nil, err
	}
	changed, err := tasksOf(ctx, tx, old)
	if err != nil {
		return taken{}, nil, err
	}
	rest, counted := []consolidation.Source{}, []consolidation.Source{}
	for _, source := range sources {
		if changed[source.Task] {
			counted = append(counted, source)
		} else {
			rest = append(rest, source)
		}
	}
	then, err := c.countedThen(ctx, tx, counted)
	if err != nil {
		return taken{}, nil, err
	}
	totals, ok, err := consolidation.Adjust(definitions, before, then, present)
	if err != nil {
		return taken{}, nil, err
	}
	// What was taken out of a version cannot be taken out of the totals any more.
	if ok && !old.Redacted {
		sources = append(rest, consolidation.Sources(present)...)
		slices.SortFunc(sources, func(a, b consolidation.Source) int { return cmp.Compare(a.Task, b.Task) })
		return taken{sources: sources, totals: totals}, before, nil
	}
	all, err := c.inputs(ctx, tx, inputScope{windows: windows, now: now})
	if err != nil {
		return taken{}, nil, err
	}
	figures, err := consolidation.Figures(definitions, all)
	return taken{sources: consolidation.Sources(all), totals: consolidation.Totals(definitions, figures)}, before, err
}

// tasksOf are the tasks of the units that have changed, in the rounds that were counted.
func tasksOf(ctx context.Context, tx *sqlx.Tx, old takenRow) (map[int64]bool, error) {
	var ids []int64
	if err := tx.SelectContext(ctx, &ids, `SELECT id FROM tasks WHERE agency_id = ANY ($1) AND round_id = ANY ($2)`, old.Units, old.Rounds); err != nil {
		return nil, fmt.Errorf("list tasks of changed units: %w", err)
	}
	changed := make(map[int64]bool, len(ids))
	for _, id := range ids {
		changed[id] = true
	}
	return changed, nil
}

// freshenDraft puts the fresh figures where the draft still has those that were taken over.
func (s *Store) freshenDraft(ctx context.Context, tx *sqlx.Tx, t lockedTask, definitions []indicator.Definition, fields []task.Field, before, fresh map[string]indicator.Total, now time.Time) error {
	was, err := consolidation.Values(definitions, before)
	if err != nil {
		return err
	}
	is, err := consolidation.Values(definitions, fresh)
	if err != nil {
		return err
	}
	present, err := readDraft(ctx, tx, t.ID, nil)
	if err != nil {
		return err
	}
	values := map[string]string{}
	for _, f := range present.Figures {
		values[f.Indicator] = f.Value
	}
	changed := false
	for _, d := range definitions {
		if values[d.Code] == was[d.Code] && was[d.Code] != is[d.Code] {
			values[d.Code] = is[d.Code]
			changed = true
		}
	}
	if !changed {
		return nil
	}
	draft := task.DraftInput{TaskID: t.ID, Content: present.Content}
	draft.Figures = inOrder(fields, values)
	_, err = writeDraft(ctx, tx, policy.Actor{UserID: present.SavedBy}, draft, now)
	return err
}

// keepFresh keeps what the draft is made of now. A taking over that a version was
// sent from is never overwritten.
func (s *Store) keepFresh(ctx context.Context, tx *sqlx.Tx, old takenRow, fresh taken, rounds []int64, now time.Time) error {
	id := old.ID
	if old.Sent {
		var err error
		if id, err = insertTaken(ctx, tx, fresh, now); err != nil {
			return err
		}
	} else {
		sources, totals, err := fresh.encoded()
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE consolidations SET sources = $2, totals = $3, freshened_at = $4 WHERE id = $1`, id, sources, totals, now); err != nil {
			return fmt.Errorf("keep fresh consolidation: %w", err)
		}
	}
	return keepCounted(ctx, tx, fresh.task, id, rounds, fresh.sources, now)
}
