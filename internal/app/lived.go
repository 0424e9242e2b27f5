package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/task"
)

const (
	// livedMonths is how long the sample's plan has been followed, at least.
	livedMonths = 5
	// toldDays is how far back notices are still to be sent: what a first start
	// finds in the mailbox.
	toldDays = 2
)

// lived plays the months behind today as an office knows them: most units are on
// time, some late, a few silent; what is late is called after and explained.
type lived struct {
	*past
	sums map[int64]bool // by duty: its results sum up others
	// said are the acts that are done once for a task.
	said map[string]bool
	// asked waits for a decision or an answer.
	asked     []asking
	reviewers map[int64]policy.Actor // by agency
}

// followedFrom is the day from which the sample's plan is followed: the first of
// a month some time back, never before the newest act on agencies.
func followedFrom(p *plan.Plan, today calendar.Date) calendar.Date {
	from := calendar.DateOf(calendar.NewDate(today.Year, today.Month, 1).In(time.UTC).AddDate(0, -livedMonths, 0), time.UTC)
	for _, earliest := range []calendar.Date{p.ValidFrom, calendar.NewDate(2026, 5, 4)} {
		if from.Before(earliest) {
			from = earliest
		}
	}
	if latest := today.AddDays(-sampleFollowsBack); latest.Before(from) {
		return latest
	}
	return from
}

// playPresent follows the plan and plays what came of it up to now. Interrupted,
// it is taken up where it stopped: the plan's activation waits to be told until all is played.
func (r *runtime) playPresent(ctx context.Context, p *plan.Plan, source []byte, hash string, now time.Time, say func(string)) (record plan.Record, err error) {
	zone, err := p.Zone()
	if err != nil {
		return record, err
	}
	db, err := postgres.Open(ctx, withoutWaiting(r.config.DatabaseURL), 2)
	if err != nil {
		return record, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	from := followedFrom(p, calendar.DateOf(now, zone))
	at := &pastClock{at: from.In(zone).Add(7 * time.Hour).UTC()}
	store := postgres.New(db, at, clock.SystemWall, nil)
	last, err := store.LastAct(ctx)
	if err != nil {
		return record, err
	}
	if last.After(at.at) {
		at.at = last
	}
	if record, err = r.follow(ctx, store, p, source, hash, from); err != nil {
		return record, err
	}
	authority, err := store.ActorAt(ctx, record.IssuerID, policy.PlanAuthority)
	if err != nil {
		return record, err
	}
	played := &lived{
		past: &past{store: store, clock: at, zone: zone, plan: record.ID, authority: authority},
		sums: map[int64]bool{}, said: map[string]bool{}, reviewers: map[int64]policy.Actor{},
	}
	played.sends, played.decides = played.sendPlausibly, played.decidePlausibly
	if err := played.look(ctx); err != nil {
		return record, err
	}
	return record, played.upTo(ctx, now, say)
}

// follow loads and activates the plan, as far as that is not done yet.
func (r *runtime) follow(ctx context.Context, store *postgres.Store, p *plan.Plan, source []byte, hash string, from calendar.Date) (plan.Record, error) {
	id, err := store.PlanID(ctx, p.Code)
	if err == nil {
		record, err := store.PlanRecord(ctx, id)
		if err != nil || record.State != plan.Draft {
			return record, err
		}
	}
	record, err := store.LoadPlan(ctx, policy.Actor{}, p, source)
	if err != nil {
		return record, err
	}
	people, err := newcomers(ctx, store, p)
	if err != nil {
		return record, err
	}
	if err := store.AddPeople(ctx, people, hash, p.ValidFrom.AddDays(-31), mailDomain); err != nil {
		return record, err
	}
	return store.ActivatePlan(ctx, policy.Actor{}, record.ID, record.Version, from)
}

// upTo plays month by month and says so. Only notices of the last days are left
// to be sent; nobody is told of what was only played.
func (l *lived) upTo(ctx context.Context, now time.Time, say func(string)) error {
	quiet := now.AddDate(0, 0, -toldDays)
	for l.clock.at.Before(quiet) {
		day := calendar.DateOf(l.clock.at, l.zone)
		next := calendar.NewDate(day.Year, day.Month, 1).In(l.zone).AddDate(0, 1, 0).UTC()
		if quiet.Before(next) {
			next = quiet
		}
		say(fmt.Sprintf("playing %02d/%d", int(day.Month), day.Year))
		if err := l.until(ctx, next); err != nil {
			return err
		}
		if err := l.store.DropNotices(ctx); err != nil {
			return err
		}
	}
	if err := l.until(ctx, now); err != nil {
		return err
	}
	return l.store.ForgetNudges(ctx)
}

// once reports, the first time only, that an act on a task is to be done.
func (l *lived) once(act string, t task.Task) bool {
	key := fmt.Sprintf("%s %d", act, t.ID)
	if l.said[key] {
		return false
	}
	l.said[key] = true
	return true
}

// refused: the act was not the actor's to do at that moment, as happens where
// somebody else was quicker. Whatever else fails ends the play.
func refused(err error) bool {
	return fault.Is(err, fault.Conflict) || fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid)
}
