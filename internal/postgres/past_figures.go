package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/fault"
	"dondoc/internal/form"
	"dondoc/internal/indicator"
	"dondoc/internal/policy"
)

// EnterPastFigures keeps figures of an agency's periods that no report of this
// system covers. What is there already in the same words changes nothing; what
// differs becomes another version. Faults: NotFound for an agency that the actor
// does not see, Forbidden for one that is not the actor's to enter for, Conflict
// where a figure is not the one that the person saw.
func (s *Store) EnterPastFigures(ctx context.Context, actor policy.Actor, in form.PastInput) ([]form.Past, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return nil, fmt.Errorf("business clock: %w", err)
	}
	if in, err = clean(ctx, func() (form.PastInput, error) { return in.Clean(businessToday(now)) }); err != nil {
		return nil, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) ([]form.Past, error) {
		over, err := agenciesOver(ctx, tx, in.AgencyID)
		if err != nil {
			return nil, err
		}
		if !policy.SeeFigures(actor, in.AgencyID, over) {
			return nil, notFound()
		}
		if !policy.EnterFigures(actor, in.AgencyID, over) {
			return nil, fault.New(fault.Forbidden, "past.not_yours",
				"Chỉ đầu mối, thủ trưởng của đơn vị hoặc người theo dõi của cơ quan cấp trên được nhập số liệu các năm trước.",
				"Only the agency's focal points and head, or supervisors above it, may enter figures of earlier years.")
		}
		if err := checkPastIndicators(ctx, tx, in); err != nil {
			return nil, err
		}
		return s.enter(ctx, tx, actor, in, now)
	})
}

// agenciesOver are the agencies above an agency and those that review its results.
func agenciesOver(ctx context.Context, tx *sqlx.Tx, agencyID int64) ([]int64, error) {
	var over []int64
	if err := tx.SelectContext(ctx, &over, `
		WITH RECURSIVE above AS (
			SELECT parent_id AS id FROM agencies WHERE id = $1
			UNION SELECT a.parent_id FROM agencies a JOIN above ON a.id = above.id
		)
		SELECT id FROM above WHERE id IS NOT NULL
		UNION SELECT reviewer_id FROM assignments WHERE agency_id = $1 AND reviewer_id IS NOT NULL`, agencyID); err != nil {
		return nil, fmt.Errorf("list agencies above: %w", err)
	}
	return over, nil
}

// checkPastIndicators: each figure is one that some plan asks for and that is a
// number of its own.
func checkPastIndicators(ctx context.Context, tx *sqlx.Tx, in form.PastInput) error {
	codes := make([]string, len(in.Figures))
	for i, e := range in.Figures {
		codes[i] = e.Indicator
	}
	var usable []string
	if err := tx.SelectContext(ctx, &usable, `
		SELECT DISTINCT i ->> 'Code' FROM plans p JOIN plan_versions v ON v.plan_id = p.id AND v.number = p.current_version
		CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(v.document -> 'Indicators') WHEN 'array' THEN v.document -> 'Indicators' ELSE '[]' END) AS i
		WHERE i ->> 'Code' = ANY ($1) AND i ->> 'Unit' <> $2 AND i ->> 'Aggregation' <> $3`,
		pq.Array(codes), string(indicator.Text), string(indicator.Ratio)); err != nil {
		return fmt.Errorf("find indicators: %w", err)
	}
	var faults []*fault.Fault
	for i, code := range codes {
		if !slices.Contains(usable, code) {
			faults = append(faults, fault.New(fault.Invalid, "past.indicator",
				"Không có chỉ tiêu “%s”, hoặc chỉ tiêu ấy không nhập bằng số (tỷ lệ được tính từ các số khác).",
				"There is no indicator %q, or it is not entered as a number (ratios are worked out).", code).At(fmt.Sprintf("figures[%d].indicator", i)))
		}
	}
	if len(faults) > 0 {
		return fault.New(fault.Invalid, "past.invalid", "Chưa nhập được. Có %d chỗ cần sửa.", "Not entered. %d places need mending.", len(faults)).With(faults...)
	}
	return nil
}

// enter writes what is new in one statement, with one row of the trail.
func (s *Store) enter(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, in form.PastInput, now time.Time) ([]form.Past, error) {
	// Two who enter at once would both take the next version for theirs.
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('past_figures:' || $1::bigint, 0))`, in.AgencyID); err != nil {
		return nil, fmt.Errorf("lock past figures: %w", err)
	}
	standing, err := pastFigures(ctx, tx, in.AgencyID, false)
	if err != nil {
		return nil, err
	}
	var fresh []form.PastEntry
	var before, after []map[string]any
	for i, e := range in.Figures {
		old := form.Past{}
		if at := slices.IndexFunc(standing, func(p form.Past) bool { return p.Indicator == e.Indicator && p.From == e.From && p.To == e.To }); at >= 0 {
			old = standing[at]
		}
		if e.Version != nil && *e.Version != old.Version {
			return nil, fault.New(fault.Conflict, "past.changed", "Số liệu này đã được sửa từ lúc mở trang.", "This figure has changed since it was read.").At(fmt.Sprintf("figures[%d].version", i))
		}
		if old.Version > 0 && old.Value == e.Value && old.Source == e.Source || old.Version == 0 && e.Value == "" {
			continue
		}
		version := old.Version + 1
		e.Version = &version
		fresh = append(fresh, e)
		about := e.Indicator + " " + e.From.String() + "/" + e.To.String()
		before = append(before, map[string]any{"figure": about, "version": old.Version, "value": old.Value})
		after = append(after, map[string]any{"figure": about, "version": version, "value": e.Value, "source_sha256": digest(e.Source)})
	}
	if len(fresh) > 0 {
		if err := insertPast(ctx, tx, actor, in.AgencyID, fresh, now); err != nil {
			return nil, err
		}
		if err := s.record(ctx, tx, actor, now, change{
			Action: "figures.entered", Entity: "agency", EntityID: in.AgencyID, OnBehalf: in.AgencyID, Before: before, After: after,
		}); err != nil {
			return nil, err
		}
	}
	return pastFigures(ctx, tx, in.AgencyID, false)
}

func insertPast(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, agencyID int64, fresh []form.PastEntry, now time.Time) error {
	var codes, from, to, versions, values, sources []string
	for _, e := range fresh {
		codes, from, to = append(codes, e.Indicator), append(from, e.From.String()), append(to, e.To.String())
		versions, values, sources = append(versions, fmt.Sprint(*e.Version)), append(values, e.Value), append(sources, e.Source)
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO past_figures (agency_id, indicator, window_from_on, window_to_on, version, value, source, entered_at, entered_by)
		SELECT $1, f.code, f.first::date, f.last::date, f.version::int, f.value, f.source, $2, $3
		FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) AS f (code, first, last, version, value, source)`,
		agencyID, now, actor.UserID, pq.Array(codes), pq.Array(from), pq.Array(to), pq.Array(versions), pq.Array(values), pq.Array(sources)); err != nil {
		return fmt.Errorf("enter past figures: %w", err)
	}
	return nil
}

// PastFigures lists what was entered for an agency, by period and indicator; all
// versions, the newest first, or only those that hold. Faults: NotFound for an
// agency that the actor does not see.
func (s *Store) PastFigures(ctx context.Context, actor policy.Actor, agencyID int64, all bool) ([]form.Past, error) {
	var list []form.Past
	err := s.snapshot(ctx, func(tx *sqlx.Tx) error {
		over, err := agenciesOver(ctx, tx, agencyID)
		if err != nil {
			return err
		}
		if !policy.SeeFigures(actor, agencyID, over) {
			return notFound()
		}
		list, err = pastFigures(ctx, tx, agencyID, all)
		return err
	})
	return list, err
}

func pastFigures(ctx context.Context, tx *sqlx.Tx, agencyID int64, all bool) ([]form.Past, error) {
	source := newestPastFigures
	if all {
		source = `SELECT id, indicator, window_from_on, window_to_on, version, value, source, entered_at, entered_by FROM past_figures WHERE agency_id = $1`
	}
	var rows []struct {
		ID        int64     `db:"id"`
		Indicator string    `db:"indicator"`
		From      time.Time `db:"window_from_on"`
		To        time.Time `db:"window_to_on"`
		Version   int       `db:"version"`
		Value     string    `db:"value"`
		Source    string    `db:"source"`
		At        time.Time `db:"entered_at"`
		By        string    `db:"entered_by_name"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT f.id, f.indicator, f.window_from_on, f.window_to_on, f.version, f.value, f.source, f.entered_at, u.name AS entered_by_name
		FROM (`+source+`) AS f JOIN users u ON u.id = f.entered_by
		ORDER BY f.window_to_on DESC, f.window_from_on, f.indicator, f.version DESC`, agencyID); err != nil {
		return nil, fmt.Errorf("list past figures: %w", err)
	}
	list := make([]form.Past, len(rows))
	for i, r := range rows {
		list[i] = form.Past{
			ID: r.ID, AgencyID: agencyID, Indicator: r.Indicator, From: civil(r.From), To: civil(r.To), Version: r.Version,
			Value: r.Value, Source: r.Source, EnteredAt: r.At.UTC(), EnteredByName: r.By,
		}
	}
	return list, nil
}
