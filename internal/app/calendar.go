package app

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/postgres"
)

// calendarRefresh is how old the calendar may be by which pages count days left.
const calendarRefresh = 10 * time.Second

// shownCalendar is the country's calendar for the pages' words ("3 working days
// left"); due times themselves are computed by the store, which reads the
// calendar in the transaction.
type shownCalendar struct {
	current atomic.Pointer[calendar.WorkingCalendar]
}

func newShownCalendar(ctx context.Context, store *postgres.Store) (*shownCalendar, error) {
	s := &shownCalendar{}
	return s, s.read(ctx, store)
}

func (s *shownCalendar) read(ctx context.Context, store *postgres.Store) error {
	national, err := store.WorkingCalendar(ctx)
	if err != nil {
		return err
	}
	var w calendar.WorkingCalendar = national
	s.current.Store(&w)
	return nil
}

// keep reads the calendar again and again until the context ends.
func (s *shownCalendar) keep(ctx context.Context, store *postgres.Store, log *slog.Logger) {
	ticker := time.NewTicker(calendarRefresh)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := s.read(ctx, store); err != nil && ctx.Err() == nil {
				log.Warn("calendar not read", "error", err)
			}
		}
	}
}

// IsWorking reports whether people work on that day.
func (s *shownCalendar) IsWorking(d calendar.Date) bool { return (*s.current.Load()).IsWorking(d) }

// DayOff names why nobody works on that day.
func (s *shownCalendar) DayOff(d calendar.Date) (vi, en string) { return (*s.current.Load()).DayOff(d) }
