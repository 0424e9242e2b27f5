package rehearsal

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// Recorded writes down what the database holds, in the lines of Expected.Book.
func Recorded(ctx context.Context, db *sqlx.DB) (Book, error) {
	b := Book{}
	for _, read := range []func(context.Context, *sqlx.DB, Book) error{
		readRounds, readTasks, readSteps, readActs, readNotices, readMessages, readTrail,
	} {
		if err := read(ctx, db, b); err != nil {
			return nil, err
		}
	}
	b.sort()
	return b, nil
}

func readRounds(ctx context.Context, db *sqlx.DB, b Book) error {
	var rows []struct {
		Duty     string       `db:"duty"`
		Key      string       `db:"period_key"`
		Cadences string       `db:"cadences"`
		From     string       `db:"from_on"`
		To       string       `db:"to_on"`
		OpensAt  time.Time    `db:"opens_at"`
		DueAt    time.Time    `db:"due_at"`
		ClosesAt time.Time    `db:"closes_at"`
		State    string       `db:"state"`
		OpenedAt sql.NullTime `db:"opened_at"`
		ClosedAt sql.NullTime `db:"closed_at"`
	}
	if err := db.SelectContext(ctx, &rows, `
		SELECT d.code AS duty, r.period_key, array_to_string(r.cadences, ',') AS cadences, r.window_from_on::text AS from_on,
			r.window_to_on::text AS to_on, r.opens_at, r.due_at, r.closes_at, r.state, r.opened_at, r.closed_at
		FROM rounds r JOIN duties d ON d.id = r.duty_id`); err != nil {
		return fmt.Errorf("read rounds: %w", err)
	}
	for _, r := range rows {
		b.write("rounds", "%s %s [%s] %s..%s opens %s due %s closes %s %s opened %s closed %s", r.Duty, r.Key, r.Cadences, r.From, r.To,
			clockText(r.OpensAt), clockText(r.DueAt), clockText(r.ClosesAt), r.State, clockText(r.OpenedAt.Time), clockText(r.ClosedAt.Time))
	}
	return nil
}

// taskNames joins a task to what it is called here.
const taskNames = `JOIN duties d ON d.id = t.duty_id JOIN rounds r ON r.id = t.round_id JOIN agencies a ON a.id = t.agency_id`

func readTasks(ctx context.Context, db *sqlx.DB, b Book) error {
	var rows []struct {
		Duty        string       `db:"duty"`
		Key         string       `db:"period_key"`
		Owner       string       `db:"owner"`
		State       string       `db:"state"`
		DueAt       time.Time    `db:"due_at"`
		ResubmitAt  sql.NullTime `db:"resubmit_due_at"`
		FirstAt     sql.NullTime `db:"first_submitted_at"`
		SubmittedAt sql.NullTime `db:"submitted_at"`
		SettledAt   sql.NullTime `db:"settled_at"`
		ClosedAt    sql.NullTime `db:"closed_at"`
		Submissions int          `db:"submissions"`
		DueVersion  int          `db:"due_version"`
		Recipient   string       `db:"recipient"`
		Reviewer    string       `db:"reviewer"`
	}
	if err := db.SelectContext(ctx, &rows, `
		SELECT d.code AS duty, r.period_key, a.code AS owner, t.state, t.due_at, t.resubmit_due_at, t.first_submitted_at, t.submitted_at,
			t.settled_at, t.closed_at, t.submissions, t.due_version, c.code AS recipient, v.code AS reviewer
		FROM tasks t `+taskNames+` JOIN agencies c ON c.id = t.recipient_id JOIN agencies v ON v.id = t.reviewer_id`); err != nil {
		return fmt.Errorf("read tasks: %w", err)
	}
	for _, t := range rows {
		b.write("tasks", "%s %s %s %s due %s resubmit %s first %s submitted %s settled %s closed %s submissions %d due version %d to %s reviewed by %s",
			t.Duty, t.Key, t.Owner, t.State, clockText(t.DueAt), clockText(t.ResubmitAt.Time), clockText(t.FirstAt.Time), clockText(t.SubmittedAt.Time),
			clockText(t.SettledAt.Time), clockText(t.ClosedAt.Time), t.Submissions, t.DueVersion, t.Recipient, t.Reviewer)
	}
	return nil
}

func readSteps(ctx context.Context, db *sqlx.DB, b Book) error {
	var rows []struct {
		Duty    string       `db:"duty"`
		Key     string       `db:"period_key"`
		Owner   string       `db:"owner"`
		Code    string       `db:"code"`
		Version int          `db:"due_version"`
		At      time.Time    `db:"at"`
		State   string       `db:"state"`
		RunAt   sql.NullTime `db:"run_at"`
	}
	if err := db.SelectContext(ctx, &rows, `
		SELECT d.code AS duty, r.period_key, a.code AS owner, s.code, s.due_version, s.at, s.state, s.run_at
		FROM steps s JOIN tasks t ON t.id = s.task_id `+taskNames); err != nil {
		return fmt.Errorf("read steps: %w", err)
	}
	for _, s := range rows {
		b.write("steps", "%s %s %s %s v%d at %s %s %s", s.Duty, s.Key, s.Owner, s.Code, s.Version, clockText(s.At), s.State, clockText(s.RunAt.Time))
	}
	return nil
}

func readActs(ctx context.Context, db *sqlx.DB, b Book) error {
	var rows []struct {
		Duty  string    `db:"duty"`
		Key   string    `db:"period_key"`
		Owner string    `db:"owner"`
		At    time.Time `db:"at"`
		Deed  string    `db:"deed"`
		Who   string    `db:"email"`
	}
	if err := db.SelectContext(ctx, &rows, `
		SELECT d.code AS duty, r.period_key, a.code AS owner, x.at, x.deed, u.email
		FROM (SELECT task_id, submitted_at AS at, kind AS deed, submitted_by AS by FROM submissions
			UNION ALL SELECT task_id, decided_at, decision, decided_by FROM reviews) AS x
		JOIN tasks t ON t.id = x.task_id `+taskNames+` JOIN users u ON u.id = x.by`); err != nil {
		return fmt.Errorf("read acts: %w", err)
	}
	for _, x := range rows {
		b.write("acts", "%s %s %s %s %s by %s", x.Duty, x.Key, x.Owner, clockText(x.At), x.Deed, x.Who)
	}
	return nil
}

// noticeRow is a notice with its message.
type noticeRow struct {
	Recipient  string         `db:"recipient"`
	Kind       string         `db:"kind"`
	Cause      string         `db:"cause"`
	StepCode   sql.NullString `db:"step_code"`
	Version    int            `db:"due_version"`
	Duty       sql.NullString `db:"duty"`
	Key        sql.NullString `db:"period_key"`
	Owner      sql.NullString `db:"owner"`
	CreatedAt  time.Time      `db:"created_at"`
	DeliverAt  time.Time      `db:"deliver_at"`
	DroppedAt  sql.NullTime   `db:"dropped_at"`
	Message    sql.NullInt64  `db:"message_id"`
	MessageFor sql.NullString `db:"address"`
	State      sql.NullString `db:"state"`
	HandedAt   sql.NullTime   `db:"handed_over_at"`
}

const allNotices = `
	SELECT COALESCE(u.email, m.mailbox) AS recipient, n.kind, n.cause, s.code AS step_code, COALESCE(s.due_version, 0) AS due_version,
		d.code AS duty, r.period_key, a.code AS owner, n.created_at, n.deliver_at, n.dropped_at, n.message_id,
		x.address, x.state, x.handed_over_at
	FROM notifications n
	LEFT JOIN users u ON u.id = n.user_id
	LEFT JOIN agencies m ON m.id = n.mailbox_agency_id
	LEFT JOIN steps s ON s.id = n.step_id
	LEFT JOIN tasks t ON t.id = n.task_id
	LEFT JOIN duties d ON d.id = t.duty_id
	LEFT JOIN rounds r ON r.id = t.round_id
	LEFT JOIN agencies a ON a.id = t.agency_id
	LEFT JOIN messages x ON x.id = n.message_id`

func (n noticeRow) subject() string {
	if !n.Duty.Valid {
		return n.Kind
	}
	cause := n.Cause[strings.LastIndex(n.Cause, ":")+1:]
	if n.StepCode.Valid {
		cause = fmt.Sprintf("%s v%d", n.StepCode.String, n.Version)
	}
	return subjectLine(n.Kind, cause, n.Duty.String, n.Key.String, n.Owner.String)
}

func (n noticeRow) fate() string {
	switch {
	case n.DroppedAt.Valid:
		return "left out " + clockText(n.DroppedAt.Time)
	case !n.Message.Valid:
		return "waiting"
	case n.State.String == "sent":
		return "handed over " + clockText(n.HandedAt.Time)
	default:
		return "message " + n.State.String
	}
}

func readNotices(ctx context.Context, db *sqlx.DB, b Book) error {
	var rows []noticeRow
	if err := db.SelectContext(ctx, &rows, allNotices); err != nil {
		return fmt.Errorf("read notices: %w", err)
	}
	for _, n := range rows {
		b.write("notices", "%s %s created %s deliver %s %s", n.Recipient, n.subject(), clockText(n.CreatedAt), clockText(n.DeliverAt), n.fate())
	}
	return nil
}

func readMessages(ctx context.Context, db *sqlx.DB, b Book) error {
	var rows []noticeRow
	if err := db.SelectContext(ctx, &rows, allNotices+` WHERE n.dropped_at IS NULL AND x.state = 'sent'`); err != nil {
		return fmt.Errorf("read messages: %w", err)
	}
	at, subjects := map[int64]string{}, map[int64][]string{}
	for _, n := range rows {
		at[n.Message.Int64] = clockText(n.HandedAt.Time) + " " + n.MessageFor.String
		subjects[n.Message.Int64] = append(subjects[n.Message.Int64], n.subject())
	}
	for id, line := range at {
		slices.Sort(subjects[id])
		b.write("messages", "%s: %s", line, strings.Join(subjects[id], ", "))
	}
	return nil
}

// readTrail counts what the audit trail says was done; reading is no deed.
func readTrail(ctx context.Context, db *sqlx.DB, b Book) error {
	var rows []struct {
		Action string `db:"action"`
		Count  int    `db:"count"`
	}
	if err := db.SelectContext(ctx, &rows, `SELECT action, count(*) FROM audit
		WHERE (action LIKE 'round.%' OR action LIKE 'task.%' OR action LIKE 'plan.%' OR action LIKE 'digest.%')
			AND action NOT IN ('task.viewed', 'task.downloaded', 'plan.downloaded') GROUP BY action`); err != nil {
		return fmt.Errorf("read audit trail: %w", err)
	}
	for _, r := range rows {
		b.write("audit", "%s %d", r.Action, r.Count)
	}
	return nil
}
