package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

// OpenWork shows what a person whom the actor administers has in hand, before
// they leave. Administrators see codes and days, nothing of what was written.
func (a *Accounts) OpenWork(ctx context.Context, actor policy.Actor, userID int64) (account.OpenWork, error) {
	now, err := a.business.Now(ctx)
	if err != nil {
		return account.OpenWork{}, fmt.Errorf("business clock: %w", err)
	}
	if !policy.ManagePeople(actor) {
		return account.OpenWork{}, notAdministrator()
	}
	var work account.OpenWork
	err = a.snapshot(ctx, func(tx *sqlx.Tx) error {
		person, err := findPerson(ctx, tx, actor, userID, "")
		if err != nil {
			return err
		}
		work, err = openWork(ctx, tx, person, now)
		return err
	})
	return work, err
}

// Deactivate closes the account of somebody who leaves, at once. Tasks in their
// hands go to a colleague or back to the agency's other people; substitutions
// end; notices that wait go to who is there; sessions, links and calendar feeds
// end. Posts stay written down, so that the account can be opened again. Faults:
// Invalid where there are tasks and nobody was named to see to them; Conflict
// for the last administrator, for oneself, and for whoever also works elsewhere.
func (a *Accounts) Deactivate(ctx context.Context, actor policy.Actor, in account.LeaveInput) (account.Left, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return account.Left{}, err
	}
	return act(ctx, a.Store, actor, func(tx *sqlx.Tx, now time.Time) (account.Left, error) {
		if err := holdAdministrators(ctx, tx); err != nil {
			return account.Left{}, err
		}
		// No messages are composed while waiting notices change their reader.
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lockCompose); err != nil {
			return account.Left{}, fmt.Errorf("wait for composer: %w", err)
		}
		person, err := lockLeaver(ctx, tx, actor, in, now)
		if err != nil {
			return account.Left{}, err
		}
		work, err := openWork(ctx, tx, person, now)
		if err != nil {
			return account.Left{}, err
		}
		if err := a.handOn(ctx, tx, actor, in, work, now); err != nil {
			return account.Left{}, err
		}
		left := account.Left{UserID: in.UserID, Version: person.Version + 1, Tasks: len(work.Tasks), Substitutions: len(work.Substitutions)}
		ended := make([]int64, len(work.Substitutions))
		for i, sub := range work.Substitutions {
			ended[i] = sub.ID
		}
		if err := a.endSubstitutions(ctx, tx, actor, now, ended); err != nil {
			return account.Left{}, err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE users SET active = false, version = version + 1 WHERE id = $1`, in.UserID); err != nil {
			return account.Left{}, fmt.Errorf("close account: %w", err)
		}
		if left.Notices, err = readdressed(ctx, tx, in.UserID, now); err != nil {
			return account.Left{}, err
		}
		if err := a.lockOut(ctx, tx, actor, in.UserID, now); err != nil {
			return account.Left{}, err
		}
		if err := a.revokeFeeds(ctx, tx, actor, now, in.UserID, 0); err != nil {
			return account.Left{}, err
		}
		if err := a.record(ctx, tx, actor, now, change{
			Action: "user.deactivated", Entity: "user", EntityID: in.UserID,
			After: map[string]any{"tasks": left.Tasks, "to_user_id": in.ToUser, "notices": left.Notices, "substitutions": left.Substitutions},
		}); err != nil {
			return account.Left{}, err
		}
		return left, nudge(ctx, tx, "delivery:mail", "user.deactivated", now)
	})
}

// lockLeaver locks whoever leaves and whoever takes over, in the order of their
// ids, and refuses who may not be let go.
func lockLeaver(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, in account.LeaveInput, now time.Time) (personRow, error) {
	if !policy.ManagePeople(actor) {
		return personRow{}, notAdministrator()
	}
	if _, err := tx.ExecContext(ctx, `SELECT 1 FROM users WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE`, pq.Array([]int64{in.UserID, in.ToUser})); err != nil {
		return personRow{}, fmt.Errorf("lock people: %w", err)
	}
	person, err := lockPerson(ctx, tx, actor, in.UserID, in.Version)
	if err != nil {
		return person, err
	}
	if !person.Active {
		return person, closedAccount()
	}
	if in.UserID == actor.UserID {
		return person, fault.New(fault.Conflict, "person.self",
			"Không tự đóng tài khoản của mình. Nhờ một quản trị khác.", "Nobody closes their own account. Ask another administrator.")
	}
	if err := wholly(ctx, tx, actor, in.UserID, now); err != nil {
		return person, err
	}
	var administers bool
	if err := tx.GetContext(ctx, &administers, `
		SELECT EXISTS (SELECT 1 FROM memberships WHERE user_id = $2 AND role = 'administrator' AND valid_to_on >= `+businessDay+`)`, now, in.UserID); err != nil {
		return person, fmt.Errorf("look for administrator's post: %w", err)
	}
	if administers {
		return person, keepAdministrator(ctx, tx, now, in.UserID, 0)
	}
	return person, nil
}

// handOn gives the tasks in somebody's hands to a colleague, or leaves them to
// the agency's other people.
func (a *Accounts) handOn(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, in account.LeaveInput, work account.OpenWork, now time.Time) error {
	if len(work.Tasks) == 0 {
		return nil
	}
	if in.ToUser == 0 && !in.LeaveToAgency {
		return fault.New(fault.Invalid, "leave.open_work",
			"Người này còn %d việc đang được giao. Chọn người nhận, hoặc để lại cho đầu mối khác của đơn vị.",
			"This person has %d tasks in hand. Name who takes over, or leave them to the agency's other people.", len(work.Tasks)).At("to_user_id")
	}
	tasks, agencies := make([]int64, len(work.Tasks)), make([]int64, len(work.Tasks))
	for i, t := range work.Tasks {
		tasks[i], agencies[i] = t.TaskID, t.AgencyID
	}
	if in.ToUser == in.UserID {
		return fault.New(fault.Invalid, "leave.self", "Người nghỉ không tự nhận lại việc.", "Whoever leaves cannot take over.").At("to_user_id")
	}
	if in.ToUser != 0 {
		if err := checkHands(ctx, tx, in.ToUser, agencies, now); err != nil {
			if f := fault.Of(err); f != nil {
				return f.At("to_user_id")
			}
			return err
		}
	}
	var running []int64
	if err := tx.SelectContext(ctx, &running, `
		SELECT id FROM handovers WHERE user_id = $1 AND ended_at IS NULL ORDER BY id FOR UPDATE`, in.UserID); err != nil {
		return fmt.Errorf("lock handovers: %w", err)
	}
	if err := a.endHandovers(ctx, tx, actor, running, in.Reason, now); err != nil {
		return err
	}
	if in.ToUser == 0 {
		return nil
	}
	return a.handOver(ctx, tx, actor, tasks, in.ToUser, in.Reason, now)
}

const workTaskColumns = `t.id AS task_id, t.agency_id, a.name AS agency_name, d.code AS duty_code, p.code AS plan_code, r.period_key, ` + effectiveDue + ` AS due_at, p.time_zone`

const workTaskTables = `JOIN tasks t ON t.id = w.task_id AND ` + owed + ` AND t.closed_at IS NULL
	JOIN agencies a ON a.id = t.agency_id JOIN duties d ON d.id = t.duty_id JOIN plans p ON p.id = t.plan_id AND p.state <> 'closed' JOIN rounds r ON r.id = t.round_id`

type workTaskRow struct {
	TaskID     int64     `db:"task_id"`
	AgencyID   int64     `db:"agency_id"`
	AgencyName string    `db:"agency_name"`
	DutyCode   string    `db:"duty_code"`
	PlanCode   string    `db:"plan_code"`
	PeriodKey  string    `db:"period_key"`
	DueAt      time.Time `db:"due_at"`
	TimeZone   string    `db:"time_zone"`
}

func workTasks(ctx context.Context, tx *sqlx.Tx, query string, userID int64) ([]account.WorkTask, error) {
	var rows []workTaskRow
	if err := tx.SelectContext(ctx, &rows, query, userID); err != nil {
		return nil, fmt.Errorf("read open work: %w", err)
	}
	tasks := make([]account.WorkTask, len(rows))
	for i, r := range rows {
		tasks[i] = account.WorkTask(r)
		tasks[i].DueAt = r.DueAt.UTC()
	}
	return tasks, nil
}

func openWork(ctx context.Context, tx *sqlx.Tx, person personRow, now time.Time) (account.OpenWork, error) {
	work := account.OpenWork{UserID: person.ID, Name: person.Name, Version: person.Version}
	var err error
	if work.Tasks, err = workTasks(ctx, tx, `SELECT `+workTaskColumns+` FROM handovers w `+workTaskTables+`
		WHERE w.user_id = $1 AND w.ended_at IS NULL ORDER BY due_at, t.id`, person.ID); err != nil {
		return work, err
	}
	if work.Drafts, err = workTasks(ctx, tx, `SELECT `+workTaskColumns+` FROM task_drafts w `+workTaskTables+`
		WHERE w.saved_by = $1 ORDER BY due_at, t.id`, person.ID); err != nil {
		return work, err
	}
	if work.Posts, err = workPosts(ctx, tx, person.ID, now); err != nil {
		return work, err
	}
	if work.Requests, err = workRequests(ctx, tx, work.Posts); err != nil {
		return work, err
	}
	var rows []substitutionRow
	if err := tx.SelectContext(ctx, &rows, selectSubstitution+`
		WHERE (s.user_id = $2 OR s.substitute_id = $2) AND s.revoked_at IS NULL AND s.to_on >= `+businessDay+` ORDER BY s.id`, now, person.ID); err != nil {
		return work, fmt.Errorf("read substitutions: %w", err)
	}
	work.Substitutions = []account.Substitution{}
	for _, row := range rows {
		work.Substitutions = append(work.Substitutions, row.substitution())
	}
	return work, nil
}

func workPosts(ctx context.Context, tx *sqlx.Tx, userID int64, now time.Time) ([]account.WorkPost, error) {
	var rows []struct {
		AgencyID   int64       `db:"agency_id"`
		AgencyName string      `db:"agency_name"`
		Role       policy.Role `db:"role"`
		Others     int         `db:"others"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT m.agency_id, a.name AS agency_name, m.role, (
			SELECT count(DISTINCT o.user_id) FROM memberships o JOIN users u ON u.id = o.user_id AND u.active
			WHERE o.agency_id = m.agency_id AND o.role = m.role AND o.user_id <> $2 AND `+businessDay+` BETWEEN o.valid_from_on AND o.valid_to_on) AS others
		FROM memberships m JOIN agencies a ON a.id = m.agency_id
		WHERE m.user_id = $2 AND m.substitution_id IS NULL AND `+businessDay+` BETWEEN m.valid_from_on AND m.valid_to_on
		GROUP BY m.agency_id, a.name, a.position, m.role ORDER BY a.position, m.agency_id, m.role`, now, userID); err != nil {
		return nil, fmt.Errorf("read posts: %w", err)
	}
	posts := make([]account.WorkPost, len(rows))
	for i, r := range rows {
		posts[i] = account.WorkPost(r)
	}
	return posts, nil
}

// workRequests lists what waits for an answer that nobody else could give: the
// person is the only one in the roles that answer.
func workRequests(ctx context.Context, tx *sqlx.Tx, posts []account.WorkPost) ([]account.WorkRequest, error) {
	alone, manned := policy.Actor{}, policy.Actor{}
	for _, p := range posts {
		post := policy.Post{AgencyID: p.AgencyID, Role: p.Role}
		if p.Others == 0 {
			alone.Posts = append(alone.Posts, post)
		} else {
			manned.Posts = append(manned.Posts, post)
		}
	}
	kinds, again, agencies := policy.Answering(alone)
	coveredKinds, coveredAgain, coveredAgencies := policy.Answering(manned)
	requests := []account.WorkRequest{}
	if len(kinds) == 0 {
		return requests, nil
	}
	var rows []struct {
		RequestID  int64     `db:"request_id"`
		Kind       string    `db:"kind"`
		AgencyID   int64     `db:"agency_id"`
		AgencyName string    `db:"agency_name"`
		DueAt      time.Time `db:"due_at"`
		TimeZone   string    `db:"time_zone"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT q.id AS request_id, q.kind, q.to_agency_id AS agency_id, a.name AS agency_name, q.due_at, p.time_zone
		FROM requests q JOIN agencies a ON a.id = q.to_agency_id JOIN plans p ON p.id = q.plan_id
		WHERE q.settled_at IS NULL AND q.state IN ('asked', 'accepted')
			AND (q.kind, q.resubmission, q.to_agency_id) IN (SELECT f.kind, f.again, f.agency FROM unnest($1::text[], $2::boolean[], $3::bigint[]) AS f (kind, again, agency))
			AND (q.kind, q.resubmission, q.to_agency_id) NOT IN (SELECT f.kind, f.again, f.agency FROM unnest($4::text[], $5::boolean[], $6::bigint[]) AS f (kind, again, agency))
		ORDER BY q.due_at, q.id`,
		pq.Array(kinds), pq.Array(again), pq.Array(agencies), pq.Array(coveredKinds), pq.Array(coveredAgain), pq.Array(coveredAgencies)); err != nil {
		return nil, fmt.Errorf("read requests: %w", err)
	}
	for _, r := range rows {
		r.DueAt = r.DueAt.UTC()
		requests = append(requests, account.WorkRequest(r))
	}
	return requests, nil
}
