package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// waiver is asked of the plan authority, who has three working days.
func (a askContext) waiver() ([]asking, []request.Warning, error) {
	if err := a.stillOwed(); err != nil {
		return nil, nil, err
	}
	due, err := a.within(request.DecideWorkingDays, a.t.IssuerID)
	return []asking{{from: a.t.AgencyID, to: a.t.IssuerID, due: due, text: a.in.Text}}, nil, err
}

// waiveAtOnce is the plan authority's own decision: a request that was granted
// the moment it was made, so that its reason stands where the others' do.
func (s *Store) waiveAtOnce(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, in request.AskInput, now time.Time) (request.Receipt, error) {
	zone, err := calendar.Zone(t.TimeZone)
	if err != nil {
		return request.Receipt{}, fmt.Errorf("plan zone: %w", err)
	}
	if err := (askContext{t: t}).waivable(); err != nil {
		return request.Receipt{}, err
	}
	// What the unit asked itself is answered by this decision.
	var asked []int64
	if err := tx.SelectContext(ctx, &asked, `
		SELECT id FROM requests WHERE task_id = $1 AND kind = 'waiver' AND settled_at IS NULL FOR UPDATE`, t.ID); err != nil {
		return request.Receipt{}, fmt.Errorf("find open waiver: %w", err)
	}
	if len(asked) == 0 {
		derivation, err := json.Marshal(calendar.Derivation{Notes: []calendar.Note{{Kind: "submitted", Date: calendar.DateOf(now, zone)}}})
		if err != nil {
			return request.Receipt{}, fmt.Errorf("encode derivation: %w", err)
		}
		asked = make([]int64, 1)
		if err := tx.GetContext(ctx, &asked[0], `
			INSERT INTO requests (kind, task_id, plan_id, from_agency_id, to_agency_id, asked_by, asked_at, text, due_at, derivation)
			VALUES ('waiver', $1, $2, $3, $3, $4, $5, $6, $5, $7) RETURNING id`,
			t.ID, t.PlanID, t.IssuerID, actor.UserID, now, in.Text, string(derivation)); err != nil {
			return request.Receipt{}, fmt.Errorf("keep waiver: %w", err)
		}
	}
	row, err := readRequest(ctx, tx, asked[0])
	if err != nil {
		return request.Receipt{}, err
	}
	if err := s.grantWaiver(ctx, tx, actor, row, t, in.Text, now); err != nil {
		return request.Receipt{}, err
	}
	return requestReceipt(ctx, tx, actor, now, row.ID)
}

// waivable: anything unsettled of an open round may be waived.
func (a askContext) waivable() error {
	if a.t.ClosedAt.Valid {
		return a.stillOwed()
	}
	return task.CheckMove(a.t.State, task.StateWaived)
}

// grantWaiver: the result is not owed for this period. The round may close now.
func (s *Store) grantWaiver(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, row requestRow, t lockedTask, text string, now time.Time) error {
	if err := task.CheckMove(t.State, task.StateWaived); err != nil {
		return err
	}
	result, err := tx.ExecContext(ctx, `
		UPDATE tasks SET state = 'waived', settled_at = $3, version = version + 1 WHERE id = $1 AND state = $2`, t.ID, t.State, now)
	if err != nil {
		return fmt.Errorf("waive: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return errors.Join(fmt.Errorf("task %d was not %s any more", t.ID, t.State), err)
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE steps SET state = 'skipped', run_at = $2 WHERE task_id = $1 AND state = 'pending'`, t.ID, now); err != nil {
		return fmt.Errorf("skip steps: %w", err)
	}
	if t.State == task.StatePrepared {
		if err := supersedePreparation(ctx, tx, actor, t.ID, now); err != nil {
			return err
		}
	}
	move := requestMove{to: request.Granted, settled: true, agency: row.ToAgencyID, text: text, audit: "task.waived"}
	if err := s.moveRequest(ctx, tx, actor, row, move, now); err != nil {
		return err
	}
	if err := s.closeMoot(ctx, tx, t.ID, row.ID, now); err != nil {
		return err
	}
	if err := tellUnit(ctx, tx, row, notice.Waived, "granted", now); err != nil {
		return err
	}
	return nudge(ctx, tx, fmt.Sprintf("round:%d", t.RoundID), "task.waived", now)
}

// supersedePreparation ends what waits for the head: nothing is to be approved
// any more. What was written becomes the draft again, should it be owed later.
func supersedePreparation(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, taskID int64, now time.Time) error {
	var p preparationRow
	if err := tx.GetContext(ctx, &p, waitingPreparation, taskID); err != nil {
		return fmt.Errorf("read preparation: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE preparations SET outcome = 'superseded', decided_at = $2, decided_by = $3 WHERE id = $1 AND outcome = 'waiting'`,
		p.ID, now, actor.UserID); err != nil {
		return fmt.Errorf("end preparation: %w", err)
	}
	return restoreDraft(ctx, tx, `SELECT `+contentColumns+` FROM preparations WHERE id = $4`, taskID, now, p.PreparedBy, p.ID)
}

// TakeBackWaiver: the result is owed again, with the steps that are still to
// come. Where the due time has passed a new one must be given; a round that
// closed meanwhile opens again unless its closing time has come.
func (s *Store) TakeBackWaiver(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error) {
	return s.actOnRequest(ctx, actor, in, true, func(tx *sqlx.Tx, row requestRow, t lockedTask, in request.Act, now time.Time) (request.Receipt, error) {
		if row.Kind != request.Waiver || !policy.WaiveTask(actor, row.relation().Task) {
			return request.Receipt{}, request.Forbidden()
		}
		if row.State != request.Granted {
			return request.Receipt{}, request.Refuse(row.State)
		}
		if t.State != task.StateWaived {
			return request.Receipt{}, task.CheckMove(t.State, task.StateOpen)
		}
		if err := s.inherit(ctx, tx, actor, &t, now); err != nil {
			return request.Receipt{}, err
		}
		row.AgencyID = t.AgencyID
		if err := s.oweAgain(ctx, tx, actor, row, t, in.On, now); err != nil {
			return request.Receipt{}, err
		}
		move := requestMove{to: request.TakenBack, settled: true, agency: row.IssuerID, text: in.Text, audit: "task.waiver_taken_back"}
		if err := s.moveRequest(ctx, tx, actor, row, move, now); err != nil {
			return request.Receipt{}, err
		}
		if err := tellUnit(ctx, tx, row, notice.OwedAgain, "taken_back", now); err != nil {
			return request.Receipt{}, err
		}
		return requestReceipt(ctx, tx, actor, now, row.ID)
	})
}

// oweAgain opens a waived task with its due time, or a later one.
func (s *Store) oweAgain(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, row requestRow, t lockedTask, on calendar.Date, now time.Time) error {
	d, err := s.readDuty(ctx, tx, t.DutyID)
	if err != nil {
		return err
	}
	var round struct {
		State    string    `db:"state"`
		ClosesAt time.Time `db:"closes_at"`
	}
	if err := tx.GetContext(ctx, &round, `SELECT state, closes_at FROM rounds WHERE id = $1`, t.RoundID); err != nil {
		return fmt.Errorf("read round: %w", err)
	}
	if now.After(round.ClosesAt) {
		return fault.New(fault.Conflict, "round.over",
			"Kỳ báo cáo đã qua thời điểm khóa, không thu hồi được nữa.", "The round's closing time has passed; this cannot be taken back any more.")
	}
	due := calendar.DueTime{At: t.DueAt.UTC()}
	if err := json.Unmarshal(row.TaskDerived, &due.Derivation); err != nil {
		return fmt.Errorf("read derivation: %w", err)
	}
	switch {
	case on.IsZero() && !now.Before(due.At):
		return fault.New(fault.Invalid, "request.needs_day",
			"Hạn cũ đã qua: ấn định hạn mới.", "The due time has passed: set a new due day.").At("on")
	case !on.IsZero():
		if err := laterThan(on, t.DueAt, d.Zone, "on"); err != nil {
			return err
		}
		if !on.After(calendar.DateOf(now, d.Zone)) {
			return fault.New(fault.Invalid, "request.day_past", "Hạn mới phải sau hôm nay.", "The new due day must be after today.").At("on")
		}
		if due, err = extendedTo(row, on, d); err != nil {
			return err
		}
	}
	steps, err := d.ladderAfter(t, due.At, now)
	if err != nil {
		return err
	}
	if err := reopenTask(ctx, tx, t, due, steps); err != nil {
		return err
	}
	if round.State == "closed" {
		if err := s.reopenRound(ctx, tx, actor, t, now); err != nil {
			return err
		}
	}
	return s.lastLonger(ctx, tx, t.RoundID, "task.owed_again", now)
}

func reopenTask(ctx context.Context, tx *sqlx.Tx, t lockedTask, due calendar.DueTime, steps []stepPlan) error {
	derivation, err := json.Marshal(due.Derivation)
	if err != nil {
		return fmt.Errorf("encode derivation: %w", err)
	}
	encoded, err := json.Marshal(append([]stepPlan{}, steps...))
	if err != nil {
		return fmt.Errorf("encode steps: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		WITH moved AS (
			UPDATE tasks SET state = 'open', settled_at = NULL, due_at = $2, derivation = $3, resubmit_due_at = NULL, resubmit_derivation = NULL,
				due_version = due_version + 1, version = version + 1
			WHERE id = $1 AND state = 'waived' RETURNING id, round_id, due_version
		)
		INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, occurrence, at, audience, severity, digest, cron, derivation)
		SELECT moved.id, moved.round_id, f.code, f.kind, f.anchor, moved.due_version, f.occurrence, f.at, f.audience, f.severity, f.digest, f.cron, f.derivation
		FROM moved, jsonb_to_recordset($4::jsonb) AS f (code text, kind text, anchor text, at timestamptz, audience text[],
			severity int, digest bool, cron text, occurrence int, derivation jsonb)`,
		t.ID, due.At, string(derivation), string(encoded)); err != nil {
		return fmt.Errorf("open task again: %w", err)
	}
	return nil
}
