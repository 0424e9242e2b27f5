package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
	"dondoc/internal/timetable"
)

// handRound is a round that a person wishes to open, worked out.
type handRound struct {
	duty     dutyContext
	issuer   int64
	timeZone string
	period   calendar.Period
	agencies []handAgency
	plans    []taskPlan
	due      map[timetable.Kind]calendar.DueTime
	dueAt    time.Time // the latest
}

type handAgency struct {
	ID         int64  `db:"agency_id"`
	Code       string `db:"code"`
	Name       string `db:"name"`
	Level      string `db:"level"`
	ReviewerID int64  `db:"reviewer_id"`
	kind       timetable.Kind
}

func (h handRound) ids() []int64 {
	ids := make([]int64, len(h.agencies))
	for i, a := range h.agencies {
		ids[i] = a.ID
	}
	return ids
}

// OpenByHand asks chosen agencies for a report that no calendar asks for. The
// round is open at once and goes the way of every round. A flash report is told
// at once, any other in the morning. Faults: NotFound for no such duty, Invalid
// for one whose rounds people do not open, for agencies that do not owe it and
// for due times that cannot be; Forbidden for agencies that are not the actor's to ask.
func (s *Store) OpenByHand(ctx context.Context, actor policy.Actor, in task.HandInput) (task.Round, error) {
	in, err := s.fromTemplate(ctx, actor, in)
	if err != nil {
		return task.Round{}, err
	}
	if in, err = clean(ctx, func() (task.HandInput, error) { return in.Clean(false) }); err != nil {
		return task.Round{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Round, error) {
		// The duty's row serialises those who number its rounds, as it does where the calendar opens them.
		if _, err := tx.ExecContext(ctx, `SELECT 1 FROM duties WHERE id = $1 FOR NO KEY UPDATE`, in.DutyID); err != nil {
			return task.Round{}, fmt.Errorf("lock duty: %w", err)
		}
		h, err := s.workOut(ctx, tx, actor, in, now)
		if err != nil {
			return task.Round{}, err
		}
		return s.openHandRound(ctx, tx, actor, h, in, now)
	})
}

// workOut finds who is asked and until when. Nothing is written.
func (s *Store) workOut(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, in task.HandInput, now time.Time) (handRound, error) {
	var h handRound
	var row struct {
		PlanID   int64  `db:"plan_id"`
		IssuerID int64  `db:"issuer_id"`
		TimeZone string `db:"time_zone"`
		State    string `db:"state"`
	}
	err := tx.GetContext(ctx, &row, `
		SELECT p.id AS plan_id, p.issuer_id, p.time_zone, p.state FROM duties o JOIN plans p ON p.id = o.plan_id
		WHERE o.id = $4 AND `+visiblePlan, scoped(actor, in.DutyID)...)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !policy.SeePlans(actor) {
		return h, notFound()
	}
	if err != nil {
		return h, fmt.Errorf("find duty: %w", err)
	}
	if plan.State(row.State) != plan.Active {
		return h, fault.New(fault.Conflict, "plan.not_active",
			"Văn bản chưa được theo dõi, đang tạm dừng hoặc đã kết thúc.", "The plan is not followed now.")
	}
	h.issuer, h.timeZone = row.IssuerID, row.TimeZone
	if h.duty, err = s.readDuty(ctx, tx, in.DutyID); err != nil {
		return h, err
	}
	if h.duty.Retired {
		return h, notFound()
	}
	cadence, err := h.duty.handCadence(in.Cadence)
	if err != nil {
		return h, err
	}
	today := calendar.DateOf(now, h.duty.Zone)
	h.period = calendar.Period{Cadence: cadence, Cadences: []calendar.Cadence{cadence}, Start: today, End: today}
	if err := h.number(ctx, tx); err != nil {
		return h, err
	}
	if err := h.choose(ctx, tx, actor, in, today); err != nil {
		return h, err
	}
	return h, h.compute(in, now)
}

// handCadence is the cadence whose round is opened.
func (d dutyContext) handCadence(wanted calendar.Cadence) (calendar.Cadence, error) {
	for _, c := range d.Definition.Schedule.Cadences {
		if c.OpenedByHand() && (wanted == "" || wanted == c) {
			return c, nil
		}
	}
	return "", fault.New(fault.Invalid, "round.not_by_hand",
		"Nhiệm vụ này không có báo cáo đột xuất, báo cáo nhanh loại ấy.", "People do not open such rounds of this duty.").At("duty_id")
}

// number gives the round the next key of its day.
func (h *handRound) number(ctx context.Context, tx *sqlx.Tx) error {
	var before int
	if err := tx.GetContext(ctx, &before, `
		SELECT count(*) FROM rounds WHERE duty_id = $1 AND cadences = $2 AND window_from_on = $3`,
		h.duty.ID, pq.Array(cadenceNames(h.period.Cadences)), h.period.Start.String()); err != nil {
		return fmt.Errorf("count rounds of the day: %w", err)
	}
	h.period.Key = calendar.ByHandKey(h.period.Cadence, h.period.Start, before+1)
	return nil
}

// choose finds the agencies that are asked, and refuses those that do not owe
// the duty or are not the actor's to ask.
func (h *handRound) choose(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, in task.HandInput, today calendar.Date) error {
	if err := tx.SelectContext(ctx, &h.agencies, `
		SELECT s.agency_id, a.code, a.name, a.level, COALESCE(min(s.reviewer_id), 0) AS reviewer_id
		FROM assignments s JOIN agencies a ON a.id = s.agency_id
		WHERE s.duty_id = $1 AND s.role IN ('lead', 'implementing') AND $2::date BETWEEN a.valid_from_on AND a.valid_to_on
			AND ($3::bigint[] IS NULL OR s.agency_id = ANY ($3::bigint[]))
		GROUP BY s.agency_id, a.id ORDER BY a.position, a.id`, h.duty.ID, today.String(), arrayOrNull(in.AgencyIDs)); err != nil {
		return fmt.Errorf("find who owes the duty: %w", err)
	}
	if len(h.agencies) < len(in.AgencyIDs) {
		return fault.New(fault.Invalid, "round.agency",
			"Có đơn vị không được giao nhiệm vụ này.", "Some of the agencies do not owe this duty.").At("agency_ids")
	}
	notAsked := func(a handAgency) bool { return !policy.OpenRound(actor, h.issuer, a.ReviewerID) }
	if len(in.AgencyIDs) == 0 {
		h.agencies = slices.DeleteFunc(h.agencies, notAsked)
	}
	if len(h.agencies) == 0 || slices.ContainsFunc(h.agencies, notAsked) {
		return fault.New(fault.Forbidden, "round.not_yours",
			"Chỉ cơ quan ban hành, hoặc người theo dõi của cơ quan nhận báo cáo của các đơn vị ấy, được yêu cầu báo cáo.",
			"Only the plan authority, or supervisors of whoever reviews these agencies' results, may ask them.")
	}
	if len(h.agencies) >= openBatch {
		return fault.New(fault.Invalid, "round.too_many",
			"Một lần yêu cầu được ít hơn %d đơn vị.", "One round opened by hand takes fewer than %d agencies.", openBatch).At("agency_ids")
	}
	for i := range h.agencies {
		a := &h.agencies[i]
		a.kind = timetable.Kind{Level: a.Level, Calendar: h.duty.calendars.keyOf[a.ID]}
	}
	return nil
}

// compute works out due times and ladders, kind by kind.
func (h *handRound) compute(in task.HandInput, now time.Time) error {
	h.due = map[timetable.Kind]calendar.DueTime{}
	for _, a := range h.agencies {
		if _, done := h.due[a.kind]; done {
			continue
		}
		due, err := h.duty.handDue(in, h.period.Cadence, a.kind, now)
		if err != nil {
			return err
		}
		h.due[a.kind] = due
		if due.At.After(h.dueAt) {
			h.dueAt = due.At
		}
		steps, err := h.steps(a.kind, due, now)
		if err != nil {
			return err
		}
		derivation, err := json.Marshal(due.Derivation)
		if err != nil {
			return fmt.Errorf("encode derivation: %w", err)
		}
		h.plans = append(h.plans, taskPlan{Level: a.kind.Level, Calendar: a.kind.Calendar, DueAt: due.At.UTC(), Derivation: derivation, Steps: stepPlans(steps)})
	}
	return nil
}

// handDue is until when a kind of agency is asked to report.
func (d dutyContext) handDue(in task.HandInput, c calendar.Cadence, k timetable.Kind, now time.Time) (calendar.DueTime, error) {
	w := d.Calendars.Of(k.Calendar)
	var due calendar.DueTime
	var err error
	switch {
	case !in.DueAt.IsZero():
		due = d.dueByHand(in.DueAt, now)
	case in.Within != (calendar.DueRule{}):
		due, err = calendar.DueWithin(now, in.Within, nil, w, d.Zone)
	default:
		rule, ok := d.Definition.Due[k.Level]
		if !ok {
			rule = d.Definition.Due[""]
		}
		if rule == (calendar.DueRule{}) {
			return due, fault.New(fault.Invalid, "round.due_missing",
				"Nhiệm vụ này chưa có quy tắc hạn; hãy đặt hạn.", "The duty has no due rule; set a due time.").At("due")
		}
		due, err = d.Definition.DuePlan().Within(now, c, k.Level, nil, w, d.Zone)
	}
	if err != nil {
		return due, err
	}
	due = calendar.MoveOutOf(due, d.Outages, w, d.Zone)
	if !due.At.After(now) || due.At.Sub(now) > 367*24*time.Hour {
		return due, fault.New(fault.Invalid, "round.due_range",
			"Hạn phải sau lúc giao và trong vòng một năm.", "The due time must be after now and within a year.").At("due")
	}
	return due, nil
}

func (d dutyContext) dueByHand(at, now time.Time) calendar.DueTime {
	asked, day := now.In(d.Zone), calendar.DueDay(at, d.Zone)
	last := calendar.Note{Kind: "at_time", Date: day, Time: at.In(d.Zone).Format("15:04")}
	if day.AddDays(1).In(d.Zone).Equal(at) {
		last = calendar.Note{Kind: "end_of_day", Date: day}
	}
	return calendar.DueTime{At: at, Derivation: calendar.Derivation{Notes: []calendar.Note{
		{Kind: "requested", Date: calendar.DateOf(now, d.Zone), Time: asked.Format("15:04")}, last,
	}}}
}

// steps is the duty's ladder from now on. A flash report has no notice of its
// opening in the morning: it is told at once.
func (h *handRound) steps(k timetable.Kind, due calendar.DueTime, now time.Time) ([]calendar.StepTime, error) {
	rules, w := h.duty.Policy(h.period), h.duty.Calendars.Of(k.Calendar)
	var steps []calendar.StepTime
	if h.period.Cadence != calendar.Flash {
		opening, err := calendar.Steps(rules, calendar.AnchorOpening, now, w, h.duty.Zone)
		if err != nil {
			return nil, err
		}
		steps = opening
	}
	around, err := calendar.Steps(rules, calendar.AnchorDue, due.At, w, h.duty.Zone)
	if err != nil {
		return nil, err
	}
	for _, step := range around {
		if step.At.After(now) {
			steps = append(steps, step)
		}
	}
	return steps, nil
}

// openHandRound writes what was worked out.
func (s *Store) openHandRound(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, h handRound, in task.HandInput, now time.Time) (task.Round, error) {
	closes := h.duty.Validity.To.AddDays(1).In(h.duty.Zone)
	if closes.Before(h.dueAt) {
		closes = h.dueAt
	}
	round := roundRow{DutyID: h.duty.ID, Key: h.period.Key, State: "open", OpensAt: now, DueAt: h.dueAt, ClosesAt: closes}
	if err := tx.GetContext(ctx, &round.ID, `
		INSERT INTO rounds (duty_id, plan_id, period_key, cadences, window_from_on, window_to_on, state, opens_at, due_at, closes_at, opened_at, title, text)
		VALUES ($1, $2, $3, $4, $5, $5, 'open', $6, $7, $8, $6, $9, $10) RETURNING id`,
		h.duty.ID, h.duty.PlanID, h.period.Key, pq.Array(cadenceNames(h.period.Cadences)), h.period.Start.String(), now, h.dueAt, closes, in.Title, in.Text); err != nil {
		return task.Round{}, fmt.Errorf("open round by hand: %w", err)
	}
	opened, err := insertPlanned(ctx, tx, h.duty, round, h.plans, h.ids(), now, s.wall())
	if err != nil {
		return task.Round{}, err
	}
	if opened != len(h.agencies) {
		return task.Round{}, fmt.Errorf("opened %d of %d tasks", opened, len(h.agencies))
	}
	onBehalf := h.issuer
	if !actor.HasAt(h.issuer, policy.PlanAuthority) {
		onBehalf = h.agencies[0].ReviewerID
	}
	if err := s.record(ctx, tx, actor, now, change{
		Action: "round.opened", Entity: "round", EntityID: round.ID, OnBehalf: onBehalf,
		After: map[string]any{"period": h.period.Key, "tasks": opened, "due_at": h.dueAt.UTC(), "text_sha256": digest(in.Title, in.Text)},
	}); err != nil {
		return task.Round{}, err
	}
	if h.period.Cadence == calendar.Flash {
		if err := tellFlash(ctx, tx, round.ID, now); err != nil {
			return task.Round{}, err
		}
	}
	title := in.Title
	return task.Round{
		ID: round.ID, DutyID: h.duty.ID, PlanID: h.duty.PlanID, DutyCode: h.duty.Definition.Code, DutyTitle: title, PeriodKey: h.period.Key,
		Cadences: cadenceNames(h.period.Cadences), WindowFrom: h.period.Start, WindowTo: h.period.End, State: "open",
		OpensAt: now.UTC(), DueAt: h.dueAt.UTC(), ClosesAt: closes.UTC(), Tasks: opened, Version: 1, TimeZone: h.timeZone,
	}, nudge(ctx, tx, fmt.Sprintf("round:%d", round.ID), "round.opened", now)
}

// tellFlash tells of a flash report at once: by the next morning it may be overdue.
func tellFlash(ctx context.Context, tx *sqlx.Tx, round int64, now time.Time) error {
	var ids []int64
	if err := tx.SelectContext(ctx, &ids, `SELECT id FROM tasks WHERE round_id = $1`, round); err != nil {
		return fmt.Errorf("list tasks: %w", err)
	}
	if _, err := tellNow(ctx, tx, announcement{
		kind: notice.Opening, cause: fmt.Sprintf("opened:%d", round), tasks: ids, sides: []side{sideUnit},
	}, now); err != nil {
		return err
	}
	return nudge(ctx, tx, "delivery:mail", "round.opened", now)
}
