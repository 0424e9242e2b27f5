package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/request"
)

// asking is a request about to be made.
type asking struct {
	from, to     int64
	resubmission bool
	due          calendar.DueTime
	group        int64
	text         string
	proposedOn   calendar.Date
}

// AskRequest takes in what somebody asks of another body about a task. A plan
// authority that asks for a waiver has decided on it.
func (s *Store) AskRequest(ctx context.Context, actor policy.Actor, in request.AskInput) (request.Receipt, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return request.Receipt{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (request.Receipt, error) {
		if _, err := s.holdTask(ctx, tx, in.TaskID); err != nil {
			return request.Receipt{}, err
		}
		// Sees what the lock shows: visible or not, changed or not, plan active or not.
		t, err := s.lockForAct(ctx, tx, actor, in.TaskID, in.Version)
		if err != nil {
			return request.Receipt{}, err
		}
		if in.Kind == request.Waiver && policy.WaiveTask(actor, t.relation()) {
			return s.waiveAtOnce(ctx, tx, actor, t, in, now)
		}
		if !policy.AskRequest(actor, in.Kind, t.relation()) {
			return request.Receipt{}, request.Forbidden()
		}
		ask, warnings, err := s.planAsking(ctx, tx, t, in, now)
		if err != nil {
			return request.Receipt{}, err
		}
		ids := make([]int64, 0, len(ask))
		for i, one := range ask {
			if i > 0 {
				one.group = ids[0]
			}
			id, err := s.insertRequest(ctx, tx, actor, t, in.Kind, one, now)
			if err != nil {
				return request.Receipt{}, err
			}
			ids = append(ids, id)
		}
		receipt, err := requestReceipt(ctx, tx, actor, now, ids...)
		receipt.Warnings = warnings
		return receipt, err
	})
}

// planAsking checks whether the kind may be asked now, and says of whom and until when.
func (s *Store) planAsking(ctx context.Context, tx *sqlx.Tx, t lockedTask, in request.AskInput, now time.Time) ([]asking, []request.Warning, error) {
	known, err := s.readCalendars(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	zone, err := calendar.Zone(t.TimeZone)
	if err != nil {
		return nil, nil, fmt.Errorf("plan zone: %w", err)
	}
	a := askContext{t: t, in: in, now: now, known: known, zone: zone}
	if err := tx.GetContext(ctx, &a.dates, `
		SELECT `+effectiveDue+` AS due_at, CASE WHEN `+toResend+` THEN t.resubmit_derivation ELSE t.derivation END AS derivation,
			COALESCE(p.standing_id, 0) AS standing_id
		FROM tasks t JOIN plans p ON p.id = t.plan_id WHERE t.id = $1`, t.ID); err != nil {
		return nil, nil, fmt.Errorf("read due time: %w", err)
	}
	switch in.Kind {
	case request.Extension:
		return s.planExtension(ctx, tx, a)
	case request.Waiver:
		return a.waiver()
	case request.Explanation:
		return a.explanation()
	default:
		return a.addressed(ctx, tx)
	}
}

// askContext is what the rules about asking look at.
type askContext struct {
	t     lockedTask
	in    request.AskInput
	now   time.Time
	known calendars
	zone  *time.Location
	dates struct {
		DueAt      time.Time `db:"due_at"`
		Derivation []byte    `db:"derivation"`
		StandingID int64     `db:"standing_id"`
	}
}

// within is the end of the n-th working day of the body that is asked, or of the day that the asker set.
func (a askContext) within(days int, body int64) (calendar.DueTime, error) {
	today := calendar.DateOf(a.now, a.zone)
	day, notes := a.in.DueOn, []calendar.Note{{Kind: "submitted", Date: today}}
	if day.IsZero() {
		if a.in.WorkingDays != 0 {
			days = a.in.WorkingDays
		}
		var off []calendar.Date
		day, off = calendar.AddWorkingDays(today, days, a.known.of(body))
		notes = append(notes, calendar.Note{Kind: "plus_working_days", N: days, DaysOff: off})
	}
	if !day.After(today) || day.Sub(today) > 366 {
		return calendar.DueTime{}, fault.New(fault.Invalid, "request.due_on",
			"Hạn trả lời phải sau hôm nay và trong vòng một năm.", "The due day must be after today and within a year.").At("due_on")
	}
	notes = append(notes, calendar.Note{Kind: "end_of_day", Date: day})
	return calendar.DueTime{At: day.AddDays(1).In(a.zone).UTC(), Derivation: calendar.Derivation{Notes: notes}}, nil
}

// insertRequest writes a request with its history, steps and notices.
func (s *Store) insertRequest(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, kind request.Kind, a asking, now time.Time) (int64, error) {
	derivation, err := json.Marshal(a.due.Derivation)
	if err != nil {
		return 0, fmt.Errorf("encode derivation: %w", err)
	}
	proposed := sql.NullString{String: a.proposedOn.String(), Valid: !a.proposedOn.IsZero()}
	var id int64
	if err := tx.GetContext(ctx, &id, `
		INSERT INTO requests (group_id, kind, task_id, plan_id, from_agency_id, to_agency_id, asked_by, asked_at, text,
			resubmission, proposed_on, due_at, derivation)
		VALUES (NULLIF($1, 0), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::date, $12, $13) RETURNING id`,
		a.group, kind, t.ID, t.PlanID, a.from, a.to, actor.UserID, now, a.text,
		a.resubmission, proposed, a.due.At, string(derivation)); err != nil {
		return 0, fmt.Errorf("keep request: %w", err)
	}
	if err := addRequestEvent(ctx, tx, id, now, "asked", actor, a.from, "", ""); err != nil {
		return 0, err
	}
	after := map[string]any{"request": id, "to": a.to, "due_at": a.due.At.UTC(), "text_sha256": digest(a.text)}
	if proposed.Valid {
		after["proposed_on"] = proposed.String
	}
	if err := s.record(ctx, tx, actor, now, change{
		Action: fmt.Sprintf("task.%s_asked", kind), Entity: "task", EntityID: t.ID, OnBehalf: a.from, After: after,
	}); err != nil {
		return 0, err
	}
	row, err := readRequest(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	if err := s.planRequestSteps(ctx, tx, row, a.due.At, now); err != nil {
		return 0, err
	}
	if err := tellRequest(ctx, tx, row, requestNotice{
		kind: notice.RequestAsked, agency: row.ToAgencyID, roles: policy.Answerers(kind, a.resubmission), what: "asked",
	}, now); err != nil {
		return 0, err
	}
	if kind.Judged() && !a.resubmission && row.ReviewerID != 0 {
		if err := tellRequest(ctx, tx, row, requestNotice{
			kind: notice.RequestOpinion, agency: row.ReviewerID, roles: []policy.Role{policy.Supervisor}, what: "opinion",
		}, now); err != nil {
			return 0, err
		}
	}
	return id, nudge(ctx, tx, fmt.Sprintf("request:%d", id), "request.asked", now)
}

// planRequestSteps sets the steps around a request's due time: a reminder one
// working day before; then an extension lapses, and of anything else that is
// not answered the body's head is told one working day after.
func (s *Store) planRequestSteps(ctx context.Context, tx *sqlx.Tx, row requestRow, due, now time.Time) error {
	known, err := s.readCalendars(ctx, tx)
	if err != nil {
		return err
	}
	zone, err := calendar.Zone(row.TimeZone)
	if err != nil {
		return fmt.Errorf("plan zone: %w", err)
	}
	w := known.of(row.ToAgencyID)
	day := calendar.DueDay(due, zone)
	before, _ := calendar.AddWorkingDays(day, -1, w)
	after, _ := calendar.AddWorkingDays(day, 1, w)
	last, at := "overdue", after.At(8, 0, zone)
	if row.Kind == request.Extension {
		last, at = "lapse", due
	}
	reminder := before.At(8, 0, zone)
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO request_steps (request_id, code, at)
		SELECT $1, f.code, f.at FROM (VALUES ('reminder', $2::timestamptz, $2::timestamptz > $5::timestamptz), ($3, $4::timestamptz, true)) AS f (code, at, wanted)
		WHERE f.wanted`, row.ID, reminder, last, at, now); err != nil {
		return fmt.Errorf("set steps of request: %w", err)
	}
	return nil
}
