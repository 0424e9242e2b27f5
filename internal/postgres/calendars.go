package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/calendar/vietnam"
	"dondoc/internal/policy"
	"dondoc/internal/timetable"
)

// calendars are the working calendars as they stand after a change, and which
// agency lives by which.
type calendars struct {
	timetable.Calendars
	outages []calendar.Outage
	// keyOf has the agencies that do not live by the country's calendar, territoryOf
	// the keys of what lies below them.
	keyOf, territoryOf map[int64]string
}

// exceptions lists the agencies with calendars of their own and the keys of these.
func (c calendars) exceptions() (agencies []int64, keys []string) {
	agencies = slices.Sorted(maps.Keys(c.keyOf))
	keys = make([]string, len(agencies))
	for i, id := range agencies {
		keys[i] = c.keyOf[id]
	}
	return agencies, keys
}

// of is the calendar that an agency lives by.
func (c calendars) of(agencyID int64) calendar.WorkingCalendar { return c.Of(c.keyOf[agencyID]) }

// calendarChange is a row of calendar_changes.
type calendarChange struct {
	ID         int64         `db:"id"`
	Kind       string        `db:"kind"`
	AgencyID   sql.NullInt64 `db:"agency_id"`
	Territory  bool          `db:"territory"`
	Name       string        `db:"name"`
	Source     string        `db:"source"`
	FromAt     sql.NullTime  `db:"from_at"`
	ToAt       sql.NullTime  `db:"to_at"`
	Reason     string        `db:"reason"`
	LegalBasis string        `db:"legal_basis"`
}

// changeCache keeps the changes that were read last, with the country's
// calendar: they change a few times a year and are needed at every step.
type changeCache struct {
	mu       sync.Mutex
	read     bool
	last     int64
	changes  []calendarChange
	national vietnam.Calendar
}

// holdCalendar keeps the calendars from changing until the transaction ends, so
// that nobody writes what was computed under the calendar of before. Whoever
// changes them locks rounds and tasks afterwards: hold it before these are locked.
func holdCalendar(ctx context.Context, tx *sqlx.Tx) error {
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock_shared($1)`, lockCalendar); err != nil {
		return fmt.Errorf("hold calendar: %w", err)
	}
	return nil
}

// readCalendars reads the calendars as they stand, and holds them.
func (s *Store) readCalendars(ctx context.Context, tx *sqlx.Tx) (calendars, error) {
	if err := holdCalendar(ctx, tx); err != nil {
		return calendars{}, err
	}
	var last int64
	if err := tx.GetContext(ctx, &last, `SELECT COALESCE(max(id), 0) FROM calendar_changes`); err != nil {
		return calendars{}, fmt.Errorf("read calendar changes: %w", err)
	}
	return s.calendarsUpTo(ctx, tx, last)
}

// calendarsUpTo are the calendars after the change that the transaction knows
// to be the newest.
func (s *Store) calendarsUpTo(ctx context.Context, tx *sqlx.Tx, last int64) (calendars, error) {
	changes, national, err := s.changesUpTo(ctx, tx, last)
	if err != nil {
		return calendars{}, err
	}
	return buildCalendars(ctx, tx, changes, national)
}

// changesUpTo returns all changes, of which last is the newest, from the cache
// if it has them.
func (s *Store) changesUpTo(ctx context.Context, tx *sqlx.Tx, last int64) ([]calendarChange, vietnam.Calendar, error) {
	c := &s.changes
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.read && c.last == last {
		return c.changes, c.national, nil
	}
	var changes []calendarChange
	if err := tx.SelectContext(ctx, &changes, `
		SELECT id, kind, agency_id, territory, name, source, from_at, to_at, reason, legal_basis FROM calendar_changes ORDER BY id`); err != nil {
		return nil, c.national, fmt.Errorf("read calendar changes: %w", err)
	}
	national, err := nationalCalendar(changes)
	if err != nil {
		return nil, national, err
	}
	c.read, c.last, c.changes, c.national = true, last, changes, national
	return changes, national, nil
}

// nationalCalendar lays the loaded files over the calendar that the program ships.
func nationalCalendar(changes []calendarChange) (vietnam.Calendar, error) {
	national := vietnam.National()
	for _, change := range changes {
		if change.Kind != "days" || change.AgencyID.Valid {
			continue
		}
		file, err := change.file()
		if err != nil {
			return national, err
		}
		national = national.With(file)
	}
	return national, nil
}

func (c calendarChange) file() (vietnam.File, error) {
	file, problems := vietnam.ReadFile(c.Name, []byte(c.Source))
	if len(problems) > 0 {
		return file, fmt.Errorf("calendar change %d: %w", c.ID, problems.Fault())
	}
	return file, nil
}

// agencyScope is a set of days that some agencies add to the country's.
type agencyScope struct {
	agency    int64
	territory bool
}

func (s agencyScope) key() string {
	if s.territory {
		return "t" + strconv.FormatInt(s.agency, 10)
	}
	return "a" + strconv.FormatInt(s.agency, 10)
}

// buildCalendars lays the days of territories and agencies over the country's.
func buildCalendars(ctx context.Context, tx *sqlx.Tx, changes []calendarChange, national vietnam.Calendar) (calendars, error) {
	known := calendars{Calendars: timetable.Calendars{National: national}}
	files := map[agencyScope][]vietnam.File{}
	for _, change := range changes {
		switch {
		case change.Kind == "outage":
			known.outages = append(known.outages, outageOf(change.FromAt.Time, change.ToAt.Time, change.Reason))
		case change.AgencyID.Valid:
			file, err := change.file()
			if err != nil {
				return known, err
			}
			scope := agencyScope{change.AgencyID.Int64, change.Territory}
			files[scope] = append(files[scope], file)
		}
	}
	if len(files) == 0 {
		return known, nil
	}
	scopes, err := scopesOfAgencies(ctx, tx, files)
	if err != nil {
		return known, err
	}
	known.keyOf, known.territoryOf, known.Own = map[int64]string{}, map[int64]string{}, map[string]calendar.WorkingCalendar{}
	lay := func(list []agencyScope) string {
		keys := make([]string, len(list))
		for i, scope := range list {
			keys[i] = scope.key()
		}
		key := strings.Join(keys, "+")
		if _, made := known.Own[key]; made || key == "" {
			return key
		}
		own := national
		for _, scope := range list {
			own = own.With(files[scope]...)
		}
		known.Own[key] = own
		return key
	}
	for agency, list := range scopes {
		known.keyOf[agency] = lay(list)
		if last := len(list) - 1; !list[last].territory {
			list = list[:last]
		}
		known.territoryOf[agency] = lay(list)
	}
	return known, nil
}

// scopesOfAgencies lists for each agency the scopes that hold it, from the top
// of the tree down, an agency's own after its territory's.
func scopesOfAgencies(ctx context.Context, tx *sqlx.Tx, files map[agencyScope][]vietnam.File) (map[int64][]agencyScope, error) {
	var tree []struct {
		ID     int64 `db:"id"`
		Parent int64 `db:"parent_id"`
	}
	if err := tx.SelectContext(ctx, &tree, `SELECT id, COALESCE(parent_id, 0) AS parent_id FROM agencies`); err != nil {
		return nil, fmt.Errorf("read agency tree: %w", err)
	}
	parents := make(map[int64]int64, len(tree))
	for _, node := range tree {
		parents[node.ID] = node.Parent
	}
	scopes := map[int64][]agencyScope{}
	for id := range parents {
		var list []agencyScope
		if _, ok := files[agencyScope{id, false}]; ok {
			list = append(list, agencyScope{id, false})
		}
		for at := id; at != 0; at = parents[at] {
			if _, ok := files[agencyScope{at, true}]; ok {
				list = append(list, agencyScope{at, true})
			}
		}
		if len(list) > 0 {
			slices.Reverse(list)
			scopes[id] = list
		}
	}
	return scopes, nil
}

// WorkingCalendar is the country's calendar as it stands.
func (s *Store) WorkingCalendar(ctx context.Context) (vietnam.Calendar, error) {
	var national vietnam.Calendar
	err := s.snapshot(ctx, func(tx *sqlx.Tx) error {
		var last int64
		if err := tx.GetContext(ctx, &last, `SELECT COALESCE(max(id), 0) FROM calendar_changes`); err != nil {
			return fmt.Errorf("read calendar changes: %w", err)
		}
		var err error
		_, national, err = s.changesUpTo(ctx, tx, last)
		return err
	})
	return national, err
}

// outageOf is the outage that a change declares.
func outageOf(from, to time.Time, reason string) calendar.Outage {
	return calendar.Outage{From: from.UTC(), To: to.UTC(), VI: reason, EN: reason}
}

// CalendarYear lists a year's days that differ from an ordinary week, as they
// hold for the whole country. Faults: Invalid for a year without a calendar.
func (s *Store) CalendarYear(ctx context.Context, year int) ([]vietnam.Day, error) {
	national, err := s.WorkingCalendar(ctx)
	if err != nil {
		return nil, err
	}
	return national.Year(year)
}

// ListCalendarChanges lists what was loaded into the calendars, newest first.
func (s *Store) ListCalendarChanges(ctx context.Context, actor policy.Actor) ([]timetable.AppliedChange, error) {
	if !policy.ManageCalendar(actor) {
		return nil, notFound()
	}
	var rows []struct {
		calendarChange
		Agency    string    `db:"agency"`
		AppliedAt time.Time `db:"applied_at"`
		AppliedBy string    `db:"applied_by"`
	}
	if err := s.db.SelectContext(ctx, &rows, `
		SELECT c.id, c.kind, c.agency_id, c.territory, c.name, c.source, c.from_at, c.to_at, c.reason, c.legal_basis,
			COALESCE(a.code, '') AS agency, c.applied_at, COALESCE(u.name, '') AS applied_by
		FROM calendar_changes c LEFT JOIN agencies a ON a.id = c.agency_id LEFT JOIN users u ON u.id = c.applied_by
		ORDER BY c.id DESC`); err != nil {
		return nil, fmt.Errorf("list calendar changes: %w", err)
	}
	list := make([]timetable.AppliedChange, len(rows))
	for i, r := range rows {
		list[i] = timetable.AppliedChange{ID: r.ID, AppliedAt: r.AppliedAt.UTC(), AppliedBy: r.AppliedBy, Change: timetable.Change{
			Kind: timetable.ChangeKind(r.Kind), Agency: r.Agency, Territory: r.Territory, Name: r.Name, Source: r.Source,
			Reason: r.Reason, LegalBasis: r.LegalBasis,
		}}
		if r.FromAt.Valid {
			list[i].From, list[i].To = r.FromAt.Time.UTC(), r.ToAt.Time.UTC()
		}
	}
	return list, nil
}
