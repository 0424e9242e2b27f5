// Package postgres is the system of record: the interfaces of the domain,
// written in SQL. Every state change is one transaction together with its
// audit row and its outbox row; after the commit the relay is woken.
package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/idempotency"
	"dondoc/internal/policy"
)

// Store answers the domain's questions from Postgres. Its methods are safe for
// concurrent use.
type Store struct {
	db       *sqlx.DB
	business clock.Business
	wall     clock.Wall
	// wake tells the relay that a committed transaction left something in the outbox.
	wake func()
	// SecondFactorFor are the roles whose holders must have a second factor; set
	// it before the first use. Default: none.
	SecondFactorFor []policy.Role

	statements preparedStatements
	changes    changeCache
	views      viewCache
	parts      partsCache
	files      fileKeeping
}

// New returns a store over an open pool. wake may be nil: polling covers it.
func New(db *sqlx.DB, business clock.Business, wall clock.Wall, wake func()) *Store {
	if wake == nil {
		wake = func() {}
	}
	return &Store{db: db, business: business, wall: wall, wake: wake}
}

// DB gives the pool to the parts that work on tables of their own (relay, sealer, clock).
func (s *Store) DB() *sqlx.DB { return s.db }

// Open connects and limits the pool to the given number of connections.
func Open(ctx context.Context, address string, connections int) (*sqlx.DB, error) {
	db, err := sqlx.Open("postgres", withoutJIT(address))
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("reach database: %w", err), db.Close())
	}
	return db, nil
}

// withoutJIT turns just-in-time compilation off, unless the address speaks of
// it: the statements here run for a millisecond, and the planner's guess at a
// recursive walk of the agency tree would have each of them compiled for ten.
func withoutJIT(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return address // key=value form: the driver reads it
	}
	q := u.Query()
	if !q.Has("jit") {
		q.Set("jit", "off")
		u.RawQuery = q.Encode()
	}
	return u.String()
}

// transact runs do in one transaction (read committed) and commits it.
func (s *Store) transact(ctx context.Context, do func(tx *sqlx.Tx) error) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	tx, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := do(tx); err != nil {
		if rollback := tx.Rollback(); rollback != nil && !errors.Is(rollback, sql.ErrTxDone) {
			return errors.Join(err, rollback)
		}
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// act runs a person's act in one transaction, at most once per idempotency key,
// and wakes the relay after the commit. A repeat gets the first answer.
func act[T any](ctx context.Context, s *Store, actor policy.Actor, do func(tx *sqlx.Tx, now time.Time) (T, error)) (T, error) {
	var answer T
	now, err := s.business.Now(ctx)
	if err != nil {
		return answer, fmt.Errorf("business clock: %w", err)
	}
	key, keyed := idempotency.From(ctx)
	err = s.transact(ctx, func(tx *sqlx.Tx) error {
		if err := nameToken(ctx, tx, actor); err != nil {
			return err
		}
		if err := standIn(ctx, tx, actor); err != nil {
			return err
		}
		var err error
		if answer, err = do(tx, now); err != nil {
			return err
		}
		if !keyed {
			return nil
		}
		encoded, err := json.Marshal(answer)
		if err != nil {
			return fmt.Errorf("keep answer: %w", err)
		}
		keep, err := s.preparedIn(ctx, tx, keepAnswer)
		if err != nil {
			return err
		}
		_, err = keep.ExecContext(ctx, actor.UserID, key.Value, key.RequestHash, encoded, s.wall())
		return err
	})
	if err == nil {
		s.wake()
		return answer, nil
	}
	if keyed {
		// The act was refused or collided: perhaps because it was done before.
		first, found, lookupErr := earlierAnswer[T](ctx, s, actor, key)
		if lookupErr != nil {
			return answer, errors.Join(lookupErr, err)
		}
		if found {
			return first, nil
		}
	}
	return answer, translate(err)
}

const keepAnswer = `
	INSERT INTO idempotency_keys (user_id, key, request_hash, status, answer, created_at) VALUES ($1, $2, $3, 200, $4, $5)`

func earlierAnswer[T any](ctx context.Context, s *Store, actor policy.Actor, key idempotency.Key) (T, bool, error) {
	var answer T
	var row struct {
		Hash   []byte `db:"request_hash"`
		Answer []byte `db:"answer"`
	}
	err := s.db.GetContext(ctx, &row, `
		SELECT request_hash, answer FROM idempotency_keys WHERE user_id = $1 AND key = $2`, actor.UserID, key.Value)
	if errors.Is(err, sql.ErrNoRows) {
		return answer, false, nil
	}
	if err != nil {
		return answer, false, fmt.Errorf("read idempotency key: %w", err)
	}
	if string(row.Hash) != string(key.RequestHash) {
		return answer, false, fault.New(fault.Invalid, "idempotency.reused",
			"Khóa chống gửi trùng này đã dùng cho một yêu cầu khác. Hãy dùng khóa mới.",
			"This idempotency key was used for another request. Use a new key.").At("Idempotency-Key")
	}
	if err := json.Unmarshal(row.Answer, &answer); err != nil {
		return answer, false, fmt.Errorf("read kept answer: %w", err)
	}
	return answer, true, nil
}

// nudge leaves a nudge for a workflow in the outbox.
func nudge(ctx context.Context, tx *sqlx.Tx, workflow, kind string, at time.Time) error {
	if _, err := tx.ExecContext(ctx,
		`INSERT INTO outbox (workflow, kind, created_at) VALUES ($1, $2, $3)`, workflow, kind, at); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}

// change is what the audit trail keeps of a state change. Free text never
// appears in Before or After, only its hash.
type change struct {
	Action   string
	Entity   string
	EntityID int64
	OnBehalf int64 // agency; 0: none
	Before   any
	After    any
}

// nameToken has every row that this transaction adds to the trail bear the
// number of the API token by which the actor came; see migration 00011.
func nameToken(ctx context.Context, tx *sqlx.Tx, actor policy.Actor) error {
	if actor.TokenID == 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `SELECT set_config('dondoc.api_token', $1, true)`, strconv.FormatInt(actor.TokenID, 10)); err != nil {
		return fmt.Errorf("name token: %w", err)
	}
	return nil
}

// systemActor acts where no person does: the engine itself.
var systemActor = policy.Actor{}

// record writes the audit row of a change in the transaction that makes it.
// A zero actor is the system itself.
func (s *Store) record(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, now time.Time, c change) error {
	if err := nameToken(ctx, tx, actor); err != nil {
		return err
	}
	before, err := jsonOrNil(c.Before)
	if err != nil {
		return err
	}
	after, err := jsonOrNil(c.After)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, before, after, stood_in_for)
		VALUES ($1, $2, NULLIF($3, 0), NULLIF($4, 0), $5, $6, $7, $8, $9, NULLIF($10::bigint, 0))`,
		now, s.wall(), actor.UserID, c.OnBehalf, c.Action, c.Entity, c.EntityID, before, after, actor.ForID); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

func jsonOrNil(v any) (any, error) {
	if v == nil {
		return nil, nil //nolint:nilnil // SQL NULL
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode for audit: %w", err)
	}
	return string(b), nil
}

// notFound is the answer for what does not exist, or not for this person.
func notFound() error {
	return fault.New(fault.NotFound, "not_found",
		"Không tìm thấy, hoặc tài khoản này không được xem.", "Not found, or not visible to this account.")
}

// translate turns constraint names into faults; unknown errors stay as they are.
func translate(err error) error {
	var pqErr *pq.Error
	if err == nil || !errors.As(err, &pqErr) {
		return err
	}
	if f, ok := constraintFaults[pqErr.Constraint]; ok {
		return f
	}
	return err
}

var constraintFaults = map[string]*fault.Fault{
	"plans_code_key": fault.New(fault.Conflict, "plan.exists",
		"Đã có văn bản với mã này.", "A plan with this code exists already.").At("code"),
	"reorganisations_code_key": fault.New(fault.Conflict, "reorganisation.exists",
		"Đã có lần sắp xếp với mã này.", "A reorganisation with this code was applied or recorded already.").At("code"),
	"agencies_official_id_key": fault.New(fault.Invalid, "agency.official_id",
		"Mã định danh điện tử này đã thuộc về cơ quan khác.", "This official identifier is another agency's already.").At("official_id"),
	"agencies_no_cycle": fault.New(fault.Invalid, "agency.cycle",
		"Cây đơn vị bị vòng: một đơn vị không thể là cấp trên của chính mình.", "The agency tree has a cycle: an agency cannot be its own superior."),
	"users_email_key": fault.New(fault.Conflict, "user.exists",
		"Đã có tài khoản với địa chỉ thư này.", "An account with this e-mail address exists already.").At("email"),
	"calendar_feeds_plan_fkey": fault.New(fault.NotFound, "not_found",
		"Không tìm thấy, hoặc tài khoản này không được xem.", "Not found, or not visible to this account."),
	"contests_review_key": fault.New(fault.Conflict, "contest.twice",
		"Quyết định này đã được khiếu nại.", "This decision has been contested already."),
	"corrections_waiting_key": fault.New(fault.Conflict, "correction.open",
		"Đã có một bản đính chính đang chờ quyết định. Chờ kết quả, hoặc rút bản ấy trước.",
		"A correction waits for its decision already. Wait for it, or take it back first."),
	"requests_one_open_key": fault.New(fault.Conflict, "request.open",
		"Đã có một đề nghị cùng loại đang chờ quyết định cho việc này.", "A request of this kind about this task waits for a decision already."),
	"reviews_submission_key": fault.New(fault.Conflict, "review.decided",
		"Bản báo cáo này đã có quyết định.", "This submission has been decided on already."),
}
