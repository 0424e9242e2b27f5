package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/clock"
	"dondoc/internal/notice"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
)

// post is a database with one open round of a monthly duty, in plain SQL, so
// that every state of a notice can be set up directly.
type post struct {
	t     *testing.T
	db    *sqlx.DB
	store *postgres.Store
	wall  time.Time
	mu    sync.Mutex
	round int64
}

// postMorning is Monday 23 March 2026, 08:00 in Viet Nam.
var postMorning = time.Date(2026, 3, 23, 8, 0, 0, 0, hanoi)

func newPost(t *testing.T) *post {
	t.Helper()
	p := &post{t: t, db: postgrestest.New(t), wall: time.Date(2026, 3, 23, 1, 0, 0, 0, time.UTC)}
	p.store = postgres.New(p.db, clock.Fixed(postMorning), func() time.Time {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.wall
	}, nil)
	p.exec(`INSERT INTO agencies (code, name, level, mailbox) VALUES
		('tinh', 'UBND tỉnh', 'province', ''), ('so', 'Sở', 'department', 'so@dondoc.example'),
		('d1', 'UBND huyện Một', 'district', 'd1@dondoc.example'), ('d2', 'UBND huyện Hai', 'district', '')`)
	p.exec(`INSERT INTO plans (code, title, issuer_id, state, valid_from_on, valid_to_on, time_zone, activated_at)
		SELECT 'ke-hoach', 'Kế hoạch', id, 'active', '2026-01-01', '2026-12-31', 'Asia/Ho_Chi_Minh', '2026-01-01' FROM agencies WHERE code = 'tinh'`)
	p.exec(`INSERT INTO plan_versions (plan_id, number, source, sha256, document, loaded_at) SELECT id, 1, '', '', '{}', '2026-01-01' FROM plans`)
	p.exec(`INSERT INTO duties (plan_id, code, position, title, text, mode, scheduled, review, nil_return, definition, since_version)
		SELECT id, 'IV.15.h', 1, 'Báo cáo', 'Báo cáo', 'assigned', true, 'required', true, '{}', 1 FROM plans`)
	p.round = p.id(`INSERT INTO rounds (duty_id, plan_id, period_key, cadences, window_from_on, window_to_on, state, opens_at, due_at, closes_at, opened_at)
		SELECT id, plan_id, '2026-M02', '{monthly}', '2026-02-01', '2026-02-28', 'open', '2026-02-20', '2026-03-23 17:00Z', '2026-04-30', '2026-02-20'
		FROM duties RETURNING id`)
	return p
}

func (p *post) exec(query string, args ...any) {
	p.t.Helper()
	if _, err := p.db.ExecContext(p.t.Context(), query, args...); err != nil {
		p.t.Fatal(err)
	}
}

func (p *post) id(query string, args ...any) int64 {
	p.t.Helper()
	var id int64
	if err := p.db.GetContext(p.t.Context(), &id, query, args...); err != nil {
		p.t.Fatal(err)
	}
	return id
}

func (p *post) pass(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wall = p.wall.Add(d)
}

func (p *post) person(role, agency string) int64 {
	p.t.Helper()
	return p.id(`WITH u AS (INSERT INTO users (email, name, created_at) VALUES ($1, $1, '2026-01-01') RETURNING id)
		INSERT INTO memberships (user_id, agency_id, role, valid_from_on)
		SELECT u.id, a.id, $2, '2020-01-01' FROM u, agencies a WHERE a.code = $3 RETURNING user_id`,
		role+"."+agency+"@dondoc.example", role, agency)
}

func (p *post) task(agency, state string) int64 {
	p.t.Helper()
	return p.id(`INSERT INTO tasks (round_id, duty_id, plan_id, agency_id, recipient_id, reviewer_id, state, due_at, original_due_at, derivation, submitted_at, submissions)
		SELECT r.id, r.duty_id, r.plan_id, a.id, so.id, so.id, $2, r.due_at, r.due_at, '{}',
			CASE WHEN $2 = 'submitted' THEN timestamptz '2026-03-20' END, CASE WHEN $2 = 'submitted' THEN 1 ELSE 0 END
		FROM rounds r, agencies a, agencies so WHERE r.id = $3 AND a.code = $1 AND so.code = 'so' RETURNING id`, agency, state, p.round)
}

func (p *post) step(task int64, code, kind, state string, at time.Time) int64 {
	p.t.Helper()
	return p.id(`INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, at, audience, severity, state, run_at)
		SELECT $1, $2, $3, $4, 'due', 1, $6::timestamptz, '{focal_point}', 1, $5::text, CASE WHEN $5 = 'pending' THEN NULL ELSE $6::timestamptz END RETURNING id`,
		task, p.round, code, kind, state, at)
}

// remind records the notice of a step that has run, for a person (positive) or a mailbox (negative).
func (p *post) remind(recipient, task int64, kind notice.Kind) int64 {
	p.t.Helper()
	step := p.id(`SELECT COALESCE((SELECT id FROM steps WHERE task_id = $1 AND code = $2), 0)`, task, string(kind))
	if step == 0 {
		step = p.step(task, string(kind), string(kind), "done", postMorning)
	}
	return p.id(`INSERT INTO notifications (user_id, mailbox_agency_id, kind, plan_id, task_id, step_id, cause, created_at, deliver_at)
		SELECT NULLIF(GREATEST($1, 0), 0), NULLIF(GREATEST(-$1, 0), 0), $3, plan_id, id, $4, 'step:' || $4::bigint, $5, $5 FROM tasks WHERE id = $2 RETURNING id`,
		recipient, task, string(kind), step, postMorning)
}

func (p *post) compose() notice.Composition {
	p.t.Helper()
	done, err := p.store.ComposeMessages(p.t.Context(), postMorning, "dondoc.example")
	if err != nil {
		p.t.Fatal(err)
	}
	return done
}

func (p *post) lease(want int) []notice.Lease {
	p.t.Helper()
	leases, err := p.store.LeaseMessages(p.t.Context(), 50, time.Minute)
	if err != nil {
		p.t.Fatal(err)
	}
	if len(leases) != want {
		p.t.Fatalf("%d messages leased, want %d", len(leases), want)
	}
	return leases
}

func (p *post) check(lease notice.Lease) (notice.Handover, bool) {
	p.t.Helper()
	h, called, err := p.store.CheckMessage(p.t.Context(), lease, postMorning)
	if err != nil {
		p.t.Fatal(err)
	}
	return h, called
}

func (p *post) want(what, query, want string) {
	p.t.Helper()
	var lines []string
	if err := p.db.SelectContext(p.t.Context(), &lines, query); err != nil {
		p.t.Fatal(err)
	}
	if got := strings.Join(lines, "; "); got != want {
		p.t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

const messageStates = `SELECT address || ' ' || state FROM messages ORDER BY address`

func kinds(h notice.Handover) string {
	var list []string
	for _, i := range h.Items {
		list = append(list, string(i.Kind))
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func TestOneMorningIsOneMessagePerRecipient(t *testing.T) {
	p := newPost(t)
	d1 := p.task("d1", "open")
	focal, supervisor := p.person("focal_point", "d1"), p.person("supervisor", "so")
	mailbox := -p.id(`SELECT id FROM agencies WHERE code = 'd1'`)
	for _, recipient := range []int64{focal, mailbox} {
		p.remind(recipient, d1, notice.DueToday)
		p.remind(recipient, d1, notice.Reminder)
	}
	p.remind(supervisor, d1, notice.Reminder)
	if done := p.compose(); done.Messages != 3 || done.Held || done.Dropped != 0 {
		t.Errorf("%+v", done)
	}
	p.want("messages", messageStates, "d1@dondoc.example pending; focal_point.d1@dondoc.example pending; supervisor.so@dondoc.example pending")
	p.want("notices per message", `SELECT count(*)::text FROM notifications GROUP BY message_id ORDER BY 1`, "1; 2; 2")
	p.want("Message-IDs", `SELECT DISTINCT message_id ~ '^<[0-9a-f]{32}@dondoc.example>$' FROM messages`, "true")
	if again := p.compose(); again.Messages != 0 {
		t.Errorf("composed again: %+v", again)
	}
	for _, lease := range p.lease(3) {
		h, called := p.check(lease)
		if !called || h.Mailbox != (h.Address == "d1@dondoc.example") {
			t.Errorf("%+v", h)
		}
		if item := h.Items[0]; item.DutyCode != "IV.15.h" || item.PeriodKey != "2026-M02" || item.AgencyName != "UBND huyện Một" || item.PlanCode != "ke-hoach" ||
			!item.DueAt.Equal(time.Date(2026, 3, 24, 0, 0, 0, 0, hanoi)) {
			t.Errorf("facts: %+v", item)
		}
	}
}

func TestEightComposersTakeEachNoticeOnce(t *testing.T) {
	p := newPost(t)
	task := p.task("d1", "open")
	for i := range 40 {
		user := p.id(`WITH u AS (INSERT INTO users (email, name, created_at) VALUES ($1, $1, '2026-01-01') RETURNING id)
			INSERT INTO memberships (user_id, agency_id, role, valid_from_on) SELECT u.id, a.id, 'focal_point', '2020-01-01' FROM u, agencies a WHERE a.code = 'd1' RETURNING user_id`,
			fmt.Sprintf("p%d@dondoc.example", i))
		p.remind(user, task, notice.DueToday)
		p.remind(user, task, notice.Reminder)
	}
	composed := make([]int, 8)
	var group sync.WaitGroup
	for i := range composed {
		group.Go(func() {
			done, err := p.store.ComposeMessages(t.Context(), postMorning, "dondoc.example")
			if err != nil {
				t.Error(err)
			}
			composed[i] = done.Messages
		})
	}
	group.Wait()
	total := 0
	for _, n := range composed {
		total += n
	}
	if total != 40 {
		t.Errorf("%d messages composed: %v", total, composed)
	}
	p.want("messages", `SELECT count(*) || ' ' || count(DISTINCT user_id) FROM messages`, "40 40")
	p.want("notices", `SELECT count(*)::text FROM notifications WHERE message_id IS NULL`, "0")
}

func TestOrdinaryNoticesWaitForStepsOfTheSameMorning(t *testing.T) {
	p := newPost(t)
	d1, d2 := p.task("d1", "open"), p.task("d2", "open")
	focal, other := p.person("focal_point", "d1"), p.person("focal_point", "d2")
	p.remind(focal, d1, notice.DueToday)
	p.exec(`INSERT INTO notifications (user_id, kind, plan_id, task_id, cause, created_at, deliver_at, standing)
		SELECT $1, 'returned', plan_id, id, 'returned:1', $3, $3, true FROM tasks WHERE id = $2`, other, d2, postMorning)
	pending := p.step(d2, "due_today", "due_today", "pending", postMorning)
	if done := p.compose(); done.Messages != 1 || !done.Held {
		t.Errorf("only the return goes at once: %+v", done)
	}
	p.want("messages", messageStates, "focal_point.d2@dondoc.example pending")
	// Ten minutes are the most that a step which does not come may cost.
	late, err := p.store.ComposeMessages(t.Context(), postMorning.Add(10*time.Minute), "dondoc.example")
	if err != nil || late.Messages != 1 || late.Held {
		t.Errorf("%+v, %v", late, err)
	}
	p.remind(focal, d1, notice.Reminder)
	p.exec(`UPDATE plans SET state = 'suspended', suspended_at = $1`, postMorning)
	if done := p.compose(); done.Messages != 1 || done.Held {
		t.Errorf("a suspended plan's steps are not waited for: %+v", done)
	}
	p.exec(`UPDATE plans SET state = 'active', suspended_at = NULL`)
	p.remind(other, d2, notice.Reminder)
	if done := p.compose(); done.Messages != 0 || !done.Held {
		t.Errorf("%+v", done)
	}
	p.exec(`UPDATE steps SET state = 'done', run_at = $2 WHERE id = $1`, pending, postMorning)
	if done := p.compose(); done.Messages != 1 || done.Held {
		t.Errorf("after the step: %+v", done)
	}
}

func TestASettledTasksReminderIsLeftOut(t *testing.T) {
	p := newPost(t)
	d1, d2 := p.task("d1", "open"), p.task("d2", "open")
	both, one := p.person("supervisor", "so"), p.person("focal_point", "d1")
	p.remind(both, d1, notice.DueToday)
	p.remind(both, d2, notice.Reminder)
	p.remind(one, d1, notice.DueToday)
	p.exec(`INSERT INTO notifications (user_id, kind, plan_id, task_id, cause, created_at, deliver_at, standing)
		SELECT $1, 'returned', plan_id, id, 'returned:1', $3, $3, true FROM tasks WHERE id = $2`, both, d1, postMorning)
	p.compose()
	p.exec(`UPDATE tasks SET state = 'submitted', submitted_at = $2, submissions = 1 WHERE id = $1`, d1, postMorning)
	leases := p.lease(2)
	told := map[string]string{}
	for _, lease := range leases {
		if h, called := p.check(lease); called {
			told[h.Address] = kinds(h)
		}
	}
	if len(told) != 1 || told["supervisor.so@dondoc.example"] != "reminder returned" {
		t.Errorf("%v", told)
	}
	p.want("messages", messageStates, "focal_point.d1@dondoc.example dropped; supervisor.so@dondoc.example pending")
	p.want("left out", `SELECT kind || ' ' || count(*) FROM notifications WHERE dropped_at IS NOT NULL GROUP BY kind`, "due_today 2")
}

func TestARetryKeepsItsMessageID(t *testing.T) {
	p := newPost(t)
	p.remind(p.person("focal_point", "d1"), p.task("d1", "open"), notice.Reminder)
	p.compose()
	first := p.lease(1)[0]
	before, _ := p.check(first)
	p.lease(0)
	if err := p.store.MarkSetback(t.Context(), notice.Setback{Lease: first, Reason: "452 mailbox full", NextTryAt: p.wall.Add(10 * time.Second)}); err != nil {
		t.Fatal(err)
	}
	p.pass(9 * time.Second)
	p.lease(0)
	p.pass(time.Second)
	second := p.lease(1)[0]
	if second.Attempts != 2 {
		t.Errorf("attempts: %d", second.Attempts)
	}
	// The second sender dies; its lease runs out.
	p.pass(59 * time.Second)
	p.lease(0)
	p.pass(time.Second)
	third := p.lease(1)[0]
	after, called := p.check(third)
	if !called || after.MessageID != before.MessageID || after.MessageID == "" {
		t.Errorf("%q became %q", before.MessageID, after.MessageID)
	}
	if _, called := p.check(second); called {
		t.Error("a lost lease still hands over")
	}
	if err := p.store.ReleaseMessages(t.Context(), []notice.Lease{third}); err != nil {
		t.Fatal(err)
	}
	fourth := p.lease(1)[0]
	if fourth.Attempts != 3 {
		t.Errorf("an untried lease counted: %d", fourth.Attempts)
	}
	if err := p.store.MarkHandedOver(t.Context(), []notice.HandedOver{{Lease: fourth, Mail: notice.Mail{Subject: "s", Text: "t", HTML: "h"}, At: postMorning}}); err != nil {
		t.Fatal(err)
	}
	p.pass(time.Hour)
	p.lease(0)
	p.want("kept", `SELECT state || ' ' || subject || body_text || body_html || ' ' || (handed_over_at = '2026-03-23 01:00Z') || ' ' || last_error FROM messages`, "sent sth true ")
}

func TestAccountMailIsWipedWhenItHasLeft(t *testing.T) {
	p := newPost(t)
	for i, address := range []string{"a@dondoc.example", "b@dondoc.example"} {
		p.exec(`WITH u AS (INSERT INTO users (email, name, created_at) VALUES ($1, 'Đầu mối', '2026-01-01') RETURNING id)
			INSERT INTO messages (message_id, user_id, address, language, kind, subject, body_text, body_html, composed_at)
			SELECT $2, id, $1, 'vi', 'account', 'Mời', 'liên kết', 'liên kết', '2026-03-23' FROM u`, address, fmt.Sprintf("<%d@dondoc.example>", i))
	}
	leases := p.lease(2)
	h, called := p.check(leases[0])
	if !called || h.Account == nil || h.Account.Text != "liên kết" {
		t.Fatalf("someone without a post can be invited: %+v", h)
	}
	if err := p.store.MarkHandedOver(t.Context(), []notice.HandedOver{{Lease: leases[0], Mail: *h.Account, At: postMorning}}); err != nil {
		t.Fatal(err)
	}
	if err := p.store.MarkSetback(t.Context(), notice.Setback{Lease: leases[1], Reason: "550 no such mailbox", Final: true}); err != nil {
		t.Fatal(err)
	}
	p.want("messages", `SELECT state || ' [' || subject || body_text || body_html || '] ' || last_error FROM messages ORDER BY id`, "sent [] ; failed [] 550 no such mailbox")
}

func TestNextDelivery(t *testing.T) {
	p := newPost(t)
	focal := p.person("focal_point", "d1")
	next := func() notice.Next {
		t.Helper()
		n, err := p.store.NextDelivery(t.Context(), postMorning.Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := next(); n.DeliverAt != nil || n.TryAt != nil {
		t.Errorf("nothing is to come: %+v", n)
	}
	p.remind(focal, p.task("d1", "open"), notice.Reminder)
	if n := next(); n.DeliverAt == nil || !n.DeliverAt.Equal(postMorning) || n.TryAt != nil {
		t.Errorf("%+v", n)
	}
	p.compose()
	if n := next(); n.DeliverAt != nil || n.TryAt == nil || !n.TryAt.Equal(p.wall) {
		t.Errorf("a message waits: %+v", n)
	}
	lease := p.lease(1)[0]
	if n := next(); n.TryAt == nil || !n.TryAt.Equal(lease.Until) {
		t.Errorf("%+v", n)
	}
}
