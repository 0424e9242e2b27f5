package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/request"
)

// planExtension: asked before the result is due, of whoever set that date.
func (s *Store) planExtension(ctx context.Context, tx *sqlx.Tx, a askContext) ([]asking, []request.Warning, error) {
	if err := a.stillOwed(); err != nil {
		return nil, nil, err
	}
	if !a.now.Before(a.dates.DueAt) {
		return nil, nil, fault.New(fault.Conflict, "request.after_due",
			"Đã quá hạn từ hết ngày %s; chỉ đề nghị gia hạn được trước hạn.",
			"The result was due by the end of %s; an extension can be asked for before that only.", calendar.DueDay(a.dates.DueAt, a.zone).VN())
	}
	if err := a.checkLater(a.in.ProposedOn, "proposed_on"); err != nil {
		return nil, nil, err
	}
	var granted int
	if err := tx.GetContext(ctx, &granted, `
		SELECT count(*) FROM requests WHERE task_id = $1 AND kind = 'extension' AND state = 'granted'`, a.t.ID); err != nil {
		return nil, nil, fmt.Errorf("count extensions: %w", err)
	}
	if granted >= request.MaxExtensions {
		return nil, nil, fault.New(fault.Conflict, "request.limit",
			"Việc này đã được gia hạn %d lần, không đề nghị thêm được.", "This task has been extended %d times; no more can be asked for.", granted)
	}
	one := asking{from: a.t.AgencyID, to: a.t.IssuerID, resubmission: a.t.resending(), text: a.in.Text, proposedOn: a.in.ProposedOn}
	if one.resubmission && a.t.ReviewerID != 0 {
		one.to = a.t.ReviewerID
	}
	// One that was asked about a date that does not count any more stands in nobody's way.
	if err := s.closeMoot(ctx, tx, a.t.ID, 0, a.now); err != nil {
		return nil, nil, err
	}
	one.due.At = a.dates.DueAt.UTC()
	if err := json.Unmarshal(a.dates.Derivation, &one.due.Derivation); err != nil {
		return nil, nil, fmt.Errorf("read derivation: %w", err)
	}
	return []asking{one}, a.offDay(one.proposedOn), nil
}

// stillOwed: what is asked about must be owed by the unit, in a round that is open.
func (a askContext) stillOwed() error {
	if a.t.ClosedAt.Valid {
		return fault.New(fault.Conflict, "task.closed",
			"Kỳ báo cáo đã khóa. Đề nghị cơ quan theo dõi mở lại.", "The round is closed. Ask the supervising agency to reopen it.")
	}
	if !a.t.State.Owed() {
		return request.Moot()
	}
	return nil
}

// checkLater: a new day must come after the present due day, within a year.
func (a askContext) checkLater(day calendar.Date, field string) error {
	return laterThan(day, a.dates.DueAt, a.zone, field)
}

func laterThan(day calendar.Date, due time.Time, zone *time.Location, field string) error {
	present := calendar.DueDay(due, zone)
	if !day.After(present) || day.Sub(present) > 366 {
		return fault.New(fault.Invalid, "request.not_later",
			"Ngày mới phải sau hạn hiện nay (%s) và trong vòng một năm.", "The new day must be after the present due day (%s) and within a year.",
			present.VN()).At(field)
	}
	return nil
}

// offDay warns of a day on which the unit does not work.
func (a askContext) offDay(day calendar.Date) []request.Warning {
	w := a.known.of(a.t.AgencyID)
	if w.IsWorking(day) {
		return nil
	}
	vi, en := w.DayOff(day)
	return []request.Warning{{
		Code: "request.day_off",
		VI:   fmt.Sprintf("%s không phải ngày làm việc (%s).", day.VN(), vi),
		EN:   fmt.Sprintf("%s is no working day (%s).", day.VN(), en),
	}}
}

// closeMoot closes the task's open requests that have become needless, but for
// the one named: their dates were set anew, or the result is owed no more.
func (s *Store) closeMoot(ctx context.Context, tx *sqlx.Tx, taskID, except int64, now time.Time) error {
	var ids []int64
	if err := tx.SelectContext(ctx, &ids, `
		SELECT id FROM requests WHERE task_id = $1 AND id <> $2 AND settled_at IS NULL AND kind IN ('extension', 'waiver')
		ORDER BY id FOR UPDATE`, taskID, except); err != nil {
		return fmt.Errorf("find open requests: %w", err)
	}
	for _, id := range ids {
		row, err := readRequest(ctx, tx, id)
		if err != nil {
			return err
		}
		if !row.moot() {
			continue
		}
		if err := s.moveRequest(ctx, tx, systemActor, row, requestMove{to: request.Closed, settled: true}, now); err != nil {
			return err
		}
	}
	return nil
}

// grantExtension moves the due time to the end of the day granted. The original
// one stays; the new ladder replaces what is pending of the old.
func (s *Store) grantExtension(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, row requestRow, t lockedTask, in request.Act, now time.Time) ([]request.Warning, error) {
	d, err := s.readDuty(ctx, tx, t.DutyID)
	if err != nil {
		return nil, err
	}
	on := civil(row.ProposedOn.Time)
	if !in.On.IsZero() {
		on = in.On
	}
	if err := laterThan(on, row.TaskDue, d.Zone, "on"); err != nil {
		return nil, err
	}
	due, err := extendedTo(row, on, d)
	if err != nil {
		return nil, err
	}
	steps, err := d.ladderAfter(t, due.At, now)
	if err != nil {
		return nil, err
	}
	if err := s.moveTasks(ctx, tx, dueMove{
		tasks: []int64{t.ID}, resubmission: row.Resubmission, from: row.TaskDue, to: due.At, derivation: due.Derivation, steps: steps,
	}, now); err != nil {
		return nil, err
	}
	if err := s.lastLonger(ctx, tx, t.RoundID, "task.extended", now); err != nil {
		return nil, err
	}
	move := requestMove{
		to: request.Granted, settled: true, grantedOn: sql.NullTime{Time: on.In(time.UTC), Valid: true}, agency: row.ToAgencyID, text: in.Text,
	}
	if err := s.moveRequest(ctx, tx, actor, row, move, now); err != nil {
		return nil, err
	}
	a := askContext{t: t, known: d.calendars}
	return a.offDay(on), tellAsker(ctx, tx, row, notice.RequestDecided, "decided", now)
}

// extendedTo is the end of a day, derived from the due time so far by who decided.
func extendedTo(row requestRow, on calendar.Date, d dutyContext) (calendar.DueTime, error) {
	var derivation calendar.Derivation
	if err := json.Unmarshal(row.TaskDerived, &derivation); err != nil {
		return calendar.DueTime{}, fmt.Errorf("read derivation: %w", err)
	}
	due := calendar.DueTime{
		At:         on.AddDays(1).In(d.Zone).UTC(),
		Derivation: derivation.With(calendar.Note{Kind: "extended", Date: on, VI: row.ToName, EN: row.ToName}),
	}
	due = calendar.MoveOutOf(due, d.Outages, d.calendars.of(row.AgencyID), d.Zone)
	due.At = due.At.UTC()
	return due, nil
}

// ladderAfter compiles the steps around a due time, without what is over.
func (d dutyContext) ladderAfter(t lockedTask, due, now time.Time) ([]stepPlan, error) {
	steps, err := d.ladderFrom(t, due, now)
	return slices.DeleteFunc(steps, func(s stepPlan) bool { return !s.At.After(now) }), err
}

// lastLonger lets an open round last as long as its tasks are due, and its
// workflow look again.
func (s *Store) lastLonger(ctx context.Context, tx *sqlx.Tx, roundID int64, why string, now time.Time) error {
	if _, err := tx.ExecContext(ctx, moveOpenRounds, pq.Array([]int64{roundID})); err != nil {
		return fmt.Errorf("move round: %w", err)
	}
	return nudge(ctx, tx, fmt.Sprintf("round:%d", roundID), why, now)
}
