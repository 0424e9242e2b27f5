package postgres

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

// PreviewAmendment tells what a new version of a followed plan's file changes
// and what that does to its rounds; it changes nothing. Faults: NotFound and
// Forbidden as for every act on a plan, Conflict where the plan is not followed,
// Invalid for what an amendment cannot change.
func (s *Store) PreviewAmendment(ctx context.Context, actor policy.Actor, in amendment.Input) (amendment.Preview, error) {
	var shown amendment.Preview
	if actor.UserID != 0 {
		if _, err := s.FindPlan(ctx, actor, in.PlanID); err != nil {
			return shown, err
		}
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return shown, fmt.Errorf("business clock: %w", err)
	}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		a, err := s.workOutAmendment(ctx, tx, actor, in, now, false)
		if err != nil {
			return err
		}
		shown = amendment.Preview{Difference: a.difference, Effect: a.effect, PlanVersion: a.plan.Version, Digest: a.digest}
		return nil
	})
	return shown, err
}

// ApplyAmendment puts the version in force that was previewed: the plan, its
// duties and who owes them, and everything that it does to live rounds, in one
// transaction with audit; workflows look again, the people concerned are told
// once. Faults beside those of the preview: Conflict where the plan or its tasks
// changed since the preview, or where the file says what is in force already.
func (s *Store) ApplyAmendment(ctx context.Context, actor policy.Actor, in amendment.Input) (amendment.Applied, error) {
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (amendment.Applied, error) {
		a, err := s.workOutAmendment(ctx, tx, actor, in, now, true)
		if err != nil {
			return amendment.Applied{}, err
		}
		if a.difference.Empty() {
			return amendment.Applied{}, amendment.Nothing()
		}
		if a.digest != in.Digest {
			return amendment.Applied{}, amendment.Stale()
		}
		number, err := a.apply(ctx, tx, actor)
		if err != nil {
			return amendment.Applied{}, err
		}
		record, err := planRecord(ctx, tx, in.PlanID)
		return amendment.Applied{Record: record, Number: number, Difference: a.difference, Effect: a.effect}, err
	})
}

// amending is an amendment that is being worked out.
type amending struct {
	store *Store
	in    amendment.Input
	now   time.Time
	// over: what was due by then is over. While the plan is suspended no time
	// passes, so that it is the beginning of the suspension.
	over  time.Time
	today calendar.Date
	plan  followedPlan
	// old has its duties' owners as they are kept, which may differ from the file.
	old, next  *plan.Plan
	calendars  calendars
	agencies   map[string]plan.Agency // of the next version, as the system knows them
	ids        map[string]int64       // of agencies that the system knows
	calendarOf func(code string) string
	duties     []dutyPair
	difference amendment.Difference
	effect     amendment.Effect
	digest     string

	open      []roundWork
	scheduled []scheduledWork
}

type followedPlan struct {
	ID           int64        `db:"id"`
	State        plan.State   `db:"state"`
	IssuerID     int64        `db:"issuer_id"`
	Issuer       string       `db:"issuer"`
	TimeZone     string       `db:"time_zone"`
	Version      int          `db:"version"`
	SuspendedAt  sql.NullTime `db:"suspended_at"`
	FollowedFrom sql.NullTime `db:"followed_from_on"`
	Document     []byte       `db:"document"`
	zone         *time.Location
}

// workOutAmendment finds everything that an amendment does. With hold, the plan,
// its duties, the calendars, live rounds and their tasks are locked in this
// order, which is that of whoever schedules, opens and runs rounds.
func (s *Store) workOutAmendment(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, in amendment.Input, now time.Time, hold bool) (*amending, error) {
	a := &amending{store: s, now: now, next: in.Plan}
	if hold {
		if _, err := lockPlan(ctx, tx, actor, in.PlanID, in.Version); err != nil {
			return nil, err
		}
		if _, err := tx.ExecContext(ctx, `SELECT 1 FROM duties WHERE plan_id = $1 ORDER BY id FOR NO KEY UPDATE`, in.PlanID); err != nil {
			return nil, fmt.Errorf("lock duties: %w", err)
		}
	}
	err := a.readPlan(ctx, tx, actor, in.PlanID)
	if err != nil {
		return nil, err
	}
	if a.in, err = in.Clean(!hold, a.today); err != nil {
		return nil, err
	}
	if err := a.check(); err != nil {
		return nil, err
	}
	around, err := s.surroundings(ctx, tx, a.next)
	if err != nil {
		return nil, err
	}
	a.settle(around)
	if err := a.checkAgencies(ctx, tx); err != nil {
		return nil, err
	}
	if err := a.pairs(ctx, tx); err != nil {
		return nil, err
	}
	if err := a.rounds(ctx, tx, hold); err != nil {
		return nil, err
	}
	if a.effect.People, err = a.people(ctx, tx); err != nil {
		return nil, err
	}
	a.digest, err = amendment.DigestOf(a.plan.ID, a.plan.Version, in.Source, a.difference, a.effect)
	return a, err
}

// readPlan reads the plan in force, refusing whoever may not manage it.
func (a *amending) readPlan(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, id int64) error {
	err := tx.GetContext(ctx, &a.plan, `
		SELECT p.id, p.state, p.issuer_id, i.code AS issuer, p.time_zone, p.version, p.suspended_at, p.followed_from_on, v.document
		FROM plans p JOIN agencies i ON i.id = p.issuer_id
		JOIN plan_versions v ON v.plan_id = p.id AND v.number = p.current_version
		WHERE p.id = $4 AND ($5::boolean OR `+visiblePlan+`)`, scoped(actor, id, actor.UserID == 0)...)
	if errors.Is(err, sql.ErrNoRows) || err == nil && actor.UserID != 0 && !policy.SeePlans(actor) {
		return notFound()
	}
	if err != nil {
		return fmt.Errorf("read plan: %w", err)
	}
	if actor.UserID != 0 && !policy.ManagePlan(actor, a.plan.IssuerID) {
		return fault.New(fault.Forbidden, "plan.not_issuer",
			"Chỉ cơ quan ban hành văn bản được làm việc này.", "Only the agency that issued the plan may do this.")
	}
	a.old = &plan.Plan{}
	if err := json.Unmarshal(a.plan.Document, a.old); err != nil {
		return fmt.Errorf("plan document: %w", err)
	}
	if a.plan.zone, err = calendar.Zone(a.plan.TimeZone); err != nil {
		return fmt.Errorf("plan zone: %w", err)
	}
	a.over, a.today = a.now, calendar.DateOf(a.now, a.plan.zone)
	if a.plan.State == plan.Suspended {
		a.over = a.plan.SuspendedAt.Time
	}
	return nil
}

// check refuses what an amendment cannot do.
func (a *amending) check() error {
	switch {
	case a.plan.State != plan.Active && a.plan.State != plan.Suspended:
		return fault.New(fault.Conflict, "plan.state",
			"Văn bản đang ở trạng thái “%s”: chỉ sửa đổi văn bản đang theo dõi hoặc tạm dừng; bản nháp thì nạp lại.",
			"The plan is %s: only a plan that is followed or suspended is amended; load a draft again instead.", a.plan.State)
	case a.next.Code != a.old.Code:
		return fixed("code", "Tệp có mã %[1]s, văn bản đang theo dõi có mã %[2]s.", "The file's code is %[1]s, the plan's is %[2]s.", a.next.Code, a.old.Code)
	case a.next.TimeZone != a.plan.TimeZone:
		return fixed("time_zone", "Không đổi được múi giờ của văn bản đang theo dõi.", "The time zone of a plan that is followed cannot change.")
	case a.next.ValidTo.Before(a.today):
		return fixed("valid_to", "Ngày cuối đã qua; hãy kết thúc văn bản thay vì sửa đổi.", "The last day has passed; close the plan instead.")
	}
	return nil
}

// fixed refuses what an amendment cannot change.
func fixed(field, vi, en string, args ...any) error {
	return fault.New(fault.Invalid, "amendment.fixed", vi, en, args...).At(field)
}

// settle takes the next version's agencies as the system knows them.
func (a *amending) settle(around surroundings) {
	a.calendars = around.calendars
	a.agencies, a.ids = map[string]plan.Agency{}, map[string]int64{}
	for _, agency := range around.adapt(a.next).Agencies {
		a.agencies[agency.Code] = agency
	}
	for code, row := range around.agencies {
		a.ids[code] = row.ID
	}
	a.calendarOf = around.calendarOf(a.next)
}

// keep writes the version and the plan's own facts; it returns the version's number.
func (a *amending) keep(ctx context.Context, tx *sqlx.Tx, actor policy.Actor) (int, error) {
	p := a.next
	var number int
	if err := tx.GetContext(ctx, &number, `
		UPDATE plans SET title = $2, number = $3, valid_from_on = $4, valid_to_on = $5,
			standing_id = (SELECT id FROM agencies WHERE code = $6), current_version = current_version + 1, version = version + 1
		WHERE id = $1 AND version = $7 RETURNING current_version`,
		a.plan.ID, p.Document.Title, p.Document.Number, p.ValidFrom.String(), p.ValidTo.String(), p.Standing, a.plan.Version); err != nil {
		return 0, fmt.Errorf("amend plan: %w", err)
	}
	if err := keepVersion(ctx, tx, actor, a.plan.ID, number, p, []byte(a.in.Source), a.now); err != nil {
		return 0, err
	}
	counts := map[string]any{
		"opened": a.effect.Opened, "cancelled": a.effect.Cancelled, "kept": a.effect.Kept, "moved": a.effect.Moved, "rerouted": a.effect.Rerouted,
	}
	encoded, err := json.Marshal(counts)
	if err != nil {
		return 0, fmt.Errorf("encode effect: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE plan_versions SET basis_number = $3, basis_on = $4, effect = $5 WHERE plan_id = $1 AND number = $2`,
		a.plan.ID, number, a.in.Basis.Number, a.in.Basis.On.String(), string(encoded)); err != nil {
		return 0, fmt.Errorf("keep basis: %w", err)
	}
	counts["version"], counts["sha256"] = number, fmt.Sprintf("%x", sha256.Sum256([]byte(a.in.Source)))
	counts["basis"], counts["basis_on"] = a.in.Basis.Number, a.in.Basis.On
	counts["duties_added"], counts["duties_retired"], counts["duties_changed"] = len(a.difference.Added), len(a.difference.Retired), len(a.difference.Changed)
	return number, a.store.record(ctx, tx, actor, a.now, change{
		Action: "plan.amended", Entity: "plan", EntityID: a.plan.ID, OnBehalf: a.plan.IssuerID,
		Before: map[string]any{"version": number - 1}, After: counts,
	})
}
