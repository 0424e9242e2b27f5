package postgres_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// ratedTask is a task as the test reads it past the store.
type ratedTask struct {
	plainTask
	DutyID    int64      `db:"duty_id"`
	Level     string     `db:"level"`
	Code      string     `db:"code"`
	Period    string     `db:"period_key"`
	Mode      string     `db:"mode"`
	Original  time.Time  `db:"original_due_at"`
	Submitted *time.Time `db:"submitted_at"`
	Settled   *time.Time `db:"settled_at"`
	Suspended *time.Time `db:"suspended_at"`
}

func (r ratedTask) rate() task.RateFacts {
	f := task.RateFacts{
		State: r.State, ReviewRequired: r.Review != "none", DueAt: r.Due, OriginalDueAt: r.Original, ResubmitDueAt: r.Resubmit,
		FirstSubmittedAt: r.First, SubmittedAt: r.Submitted, SettledAt: r.Settled,
	}
	if r.PlanState == "suspended" {
		f.SuspendedAt = r.Suspended
	}
	return f
}

func (r ratedTask) relation() policy.Task {
	return policy.Task{AgencyID: r.AgencyID, RecipientID: r.RecipientID, ReviewerID: r.ReviewerID, IssuerID: r.IssuerID, PlanID: r.PlanID}
}

func ratedTasks(ctx context.Context, db *sqlx.DB) (all []ratedTask, err error) {
	err = db.SelectContext(ctx, &all, `
		SELECT t.id, t.agency_id, COALESCE(t.recipient_id, 0) AS recipient_id, COALESCE(t.reviewer_id, 0) AS reviewer_id, p.issuer_id,
			t.state, d.review, t.due_at, t.resubmit_due_at, t.first_submitted_at, p.state AS plan_state, t.plan_id, t.duty_id, a.level, a.code,
			r.period_key, d.mode, t.original_due_at, t.submitted_at, t.settled_at, p.suspended_at
		FROM tasks t JOIN plans p ON p.id = t.plan_id JOIN duties d ON d.id = t.duty_id JOIN rounds r ON r.id = t.round_id
		JOIN agencies a ON a.id = t.agency_id ORDER BY t.id`)
	return all, err
}

// drawTasks gives tasks states and times around each other.
func drawTasks(t *rapid.T, ids []int64) string {
	type row struct {
		ID        int64      `json:"id"`
		State     task.State `json:"state"`
		Due       time.Time  `json:"due_at"`
		Original  time.Time  `json:"original_due_at"`
		Resubmit  *time.Time `json:"resubmit_due_at"`
		First     *time.Time `json:"first_submitted_at"`
		Submitted *time.Time `json:"submitted_at"`
		Settled   *time.Time `json:"settled_at"`
	}
	base := time.Date(2026, 6, 1, 17, 0, 0, 0, time.UTC) // the end of a day in Viet Nam
	moment := func(name string) time.Time {
		return base.Add(time.Duration(rapid.IntRange(-20, 20).Draw(t, name)) * 12 * time.Hour)
	}
	rows := make([]row, 0, len(ids))
	for _, id := range ids {
		r := row{ID: id, Due: moment("due"), State: rapid.SampledFrom([]task.State{
			task.StateScheduled, task.StateOpen, task.StateOpen, task.StatePrepared, task.StateSubmitted, task.StateSubmitted,
			task.StateReturned, task.StateReturned, task.StateAccepted, task.StateAccepted, task.StateWaived, task.StateCancelled,
		}).Draw(t, "state")}
		r.Original = r.Due
		if rapid.IntRange(0, 3).Draw(t, "extended") == 0 {
			r.Original = moment("original")
		}
		sent := moment("sent")
		switch r.State {
		case task.StateSubmitted, task.StateAccepted, task.StateReturned, task.StateWaived:
			r.Submitted = &sent
			if rapid.IntRange(0, 4).Draw(t, "valid") > 0 {
				first := sent.Add(-time.Duration(rapid.IntRange(0, 2).Draw(t, "earlier")) * 36 * time.Hour)
				r.First = &first
			}
		}
		if r.State == task.StateReturned || rapid.IntRange(0, 9).Draw(t, "once returned") == 0 {
			again := moment("resubmit")
			r.Resubmit = &again
		}
		switch r.State {
		case task.StateAccepted, task.StateWaived, task.StateCancelled:
			settled := sent.Add(time.Duration(rapid.IntRange(0, 10).Draw(t, "settled")) * 12 * time.Hour)
			r.Settled = &settled
		}
		rows = append(rows, r)
	}
	encoded, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

const putTasks = `
	UPDATE tasks t SET state = f.state, due_at = f.due_at, original_due_at = f.original_due_at, resubmit_due_at = f.resubmit_due_at,
		first_submitted_at = f.first_submitted_at, submitted_at = f.submitted_at, settled_at = f.settled_at
	FROM jsonb_to_recordset($1::jsonb) AS f (id bigint, state text, due_at timestamptz, original_due_at timestamptz, resubmit_due_at timestamptz,
		first_submitted_at timestamptz, submitted_at timestamptz, settled_at timestamptz)
	WHERE t.id = f.id`

// wants says whether the filters of rates leave a task, by one kind of due times.
func wants(f task.RateFilter, below []int64, r ratedTask, against task.Against) bool {
	due := r.Due
	if against == task.AgainstOriginal {
		due = r.Original
	}
	day := calendar.DueDay(due, hanoi)
	return (f.PlanID == 0 || r.PlanID == f.PlanID) && (f.DutyID == 0 || r.DutyID == f.DutyID) &&
		(f.UnderAgency == 0 || slices.Contains(below, r.AgencyID)) && (f.Level == "" || r.Level == f.Level) &&
		(f.Period == "" || r.Period == f.Period) && (f.Mode == "" || r.Mode == f.Mode) &&
		(f.DueFrom.IsZero() || !day.Before(f.DueFrom)) && (f.DueTo.IsZero() || !day.After(f.DueTo))
}

func keyOf(r ratedTask, by task.Grouping) string {
	switch by {
	case task.ByAgency:
		return fmt.Sprint(r.AgencyID)
	case task.ByDuty:
		return fmt.Sprint(r.DutyID)
	case task.ByPlan:
		return fmt.Sprint(r.PlanID)
	case task.ByPeriod:
		return r.Period
	}
	return r.Level
}
