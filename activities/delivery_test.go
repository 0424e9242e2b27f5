package activities_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/activities"
	"dondoc/internal/clock"
	"dondoc/internal/notice"
	"dondoc/internal/notice/mailbox"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/workflows"
)

var (
	ict = time.FixedZone("ICT", 7*3600)
	// Monday 23 March 2026, 08:00 in Viet Nam.
	monday = time.Date(2026, 3, 23, 8, 0, 0, 0, ict)
)

// office is a database with one open round, a mail server and the delivery between them.
type office struct {
	t        testing.TB
	db       *sqlx.DB
	mailbox  *mailbox.Server
	delivery *activities.Delivery
	// ahead moves the wall clock, for leases and retries.
	ahead atomic.Int64
	judge atomic.Pointer[func(string) *mailbox.Refusal]
}

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{t: t, db: postgrestest.New(t)}
	server, err := mailbox.Start(context.Background(), mailbox.Options{SMTPAddress: "127.0.0.1:0", Dir: t.TempDir(), Judge: func(to string) *mailbox.Refusal {
		if judge := o.judge.Load(); judge != nil {
			return (*judge)(to)
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	o.mailbox = server
	wall := func() time.Time { return clock.SystemWall().Add(time.Duration(o.ahead.Load())) }
	o.delivery = &activities.Delivery{
		Store: postgres.New(o.db, clock.Fixed(monday), wall, nil), Clock: clock.Fixed(monday), Wall: wall,
		Mail: notice.SMTP{
			Host: "127.0.0.1", Port: server.Addr().Port, TLS: notice.TLSNone, From: "don-doc@dondoc.example", FromName: "Đôn Đốc", Timeout: 4 * time.Second,
		},
		Words: notice.Words{BaseURL: "https://dondoc.example"}, Domain: "dondoc.example", SendTimeout: 4 * time.Second,
	}
	for _, statement := range []string{
		`INSERT INTO agencies (code, name, level) VALUES ('tinh', 'UBND tỉnh', 'province'), ('d1', 'UBND huyện Một', 'district')`,
		`INSERT INTO plans (code, title, issuer_id, state, valid_from_on, valid_to_on, time_zone, activated_at)
			SELECT 'ke-hoach', 'Kế hoạch', id, 'active', '2026-01-01', '2026-12-31', 'Asia/Ho_Chi_Minh', '2026-01-01' FROM agencies WHERE code = 'tinh'`,
		`INSERT INTO plan_versions (plan_id, number, source, sha256, document, loaded_at) SELECT id, 1, '', '', '{}', '2026-01-01' FROM plans`,
		`INSERT INTO duties (plan_id, code, position, title, text, mode, scheduled, review, nil_return, definition, since_version)
			SELECT id, 'IV.15.h', 1, 'Báo cáo', 'Báo cáo', 'assigned', true, 'required', true, '{}', 1 FROM plans`,
		`INSERT INTO rounds (duty_id, plan_id, period_key, cadences, window_from_on, window_to_on, state, opens_at, due_at, closes_at, opened_at)
			SELECT id, plan_id, '2026-M02', '{monthly}', '2026-02-01', '2026-02-28', 'open', '2026-02-20', '2026-03-23 17:00Z', '2026-04-30', '2026-02-20' FROM duties`,
	} {
		o.exec(statement)
	}
	return o
}

func (o *office) exec(query string, args ...any) {
	o.t.Helper()
	if _, err := o.db.ExecContext(o.t.Context(), query, args...); err != nil {
		o.t.Fatal(err)
	}
}

// remind gives n agencies a task, a focal point p1@…, p2@… and a notice due on Monday morning.
func (o *office) remind(n int) {
	o.t.Helper()
	o.exec(`INSERT INTO agencies (code, name, level) SELECT 'x' || i, 'UBND xã ' || i, 'commune' FROM generate_series(1, $1) AS i`, n)
	o.exec(`INSERT INTO users (email, name, created_at) SELECT 'p' || i || '@dondoc.example', 'Đầu mối xã ' || i, '2026-01-01' FROM generate_series(1, $1) AS i`, n)
	o.exec(`INSERT INTO memberships (user_id, agency_id, role, valid_from_on)
		SELECT u.id, a.id, 'focal_point', '2026-01-01' FROM users u JOIN agencies a ON u.email = 'p' || substr(a.code, 2) || '@dondoc.example'`)
	o.exec(`INSERT INTO tasks (round_id, duty_id, plan_id, agency_id, state, due_at, original_due_at, derivation)
		SELECT r.id, r.duty_id, r.plan_id, a.id, 'open', r.due_at, r.due_at, '{}' FROM rounds r, agencies a WHERE a.level = 'commune' ORDER BY a.id`)
	o.exec(`INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, at, audience, severity, state, run_at)
		SELECT id, round_id, 'due_today', 'due_today', 'due', 1, $1, '{focal_point}', 1, 'done', $1 FROM tasks`, monday)
	o.exec(`INSERT INTO notifications (user_id, kind, plan_id, task_id, step_id, cause, created_at, deliver_at)
		SELECT m.user_id, 'due_today', t.plan_id, t.id, s.id, 'step:' || s.id, $1, $1
		FROM steps s JOIN tasks t ON t.id = s.task_id JOIN memberships m ON m.agency_id = t.agency_id ORDER BY t.id`, monday)
}

func (o *office) deliver(in workflows.DeliverInput) workflows.DeliveryTurn {
	o.t.Helper()
	turn, err := o.delivery.Deliver(o.t.Context(), in)
	if err != nil {
		o.t.Fatal(err)
	}
	return turn
}

func (o *office) refuse(judge func(to string) *mailbox.Refusal) { o.judge.Store(&judge) }

func (o *office) received() map[string]mailbox.Message {
	o.t.Helper()
	list, err := o.mailbox.Messages()
	if err != nil {
		o.t.Fatal(err)
	}
	byAddress := map[string]mailbox.Message{}
	for _, m := range list {
		byAddress[strings.Trim(m.To, "<>")] = m
	}
	if len(byAddress) != len(list) {
		o.t.Errorf("%d mails for %d recipients", len(list), len(byAddress))
	}
	return byAddress
}

func (o *office) want(what, query, want string) {
	o.t.Helper()
	var lines []string
	if err := o.db.SelectContext(o.t.Context(), &lines, query); err != nil {
		o.t.Fatal(err)
	}
	if got := strings.Join(lines, "; "); got != want {
		o.t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

const byState = `SELECT state || ' ' || count(*) FROM messages GROUP BY state ORDER BY state`

func TestEveryMessageArrivesUnderItsStoredID(t *testing.T) {
	o := newOffice(t)
	o.remind(170)
	if turn := o.deliver(workflows.DeliverInput{Outages: 3}); turn.Sent != 170 || turn.Outages != 0 {
		t.Errorf("%+v", turn)
	}
	o.want("states", byState, "sent 170")
	var rows []struct {
		MessageID string `db:"message_id"`
		Address   string `db:"address"`
		Subject   string `db:"subject"`
	}
	if err := o.db.SelectContext(t.Context(), &rows, `SELECT message_id, address, subject FROM messages WHERE handed_over_at = $1`, monday); err != nil {
		t.Fatal(err)
	}
	got := o.received()
	for _, r := range rows {
		if m := got[r.Address]; m.MessageID != r.MessageID || m.Subject != r.Subject || m.Copies != 1 || !m.Date.Equal(monday) {
			t.Errorf("%+v arrived as %+v", r, m)
		}
	}
	if len(rows) != 170 || len(got) != 170 {
		t.Errorf("%d rows, %d mails", len(rows), len(got))
	}
	if turn := o.deliver(workflows.DeliverInput{}); turn.Sent != 0 {
		t.Errorf("sent again: %+v", turn)
	}
}

func TestPoisonStopsNobody(t *testing.T) {
	o := newOffice(t)
	o.remind(120)
	o.refuse(func(to string) *mailbox.Refusal {
		switch to {
		case "p3@dondoc.example":
			return &mailbox.Refusal{Code: 550, Text: "no such mailbox"}
		case "p5@dondoc.example":
			return &mailbox.Refusal{Code: 452, Text: "mailbox full"}
		case "p7@dondoc.example":
			return &mailbox.Refusal{Drop: "rcpt"}
		}
		return nil
	})
	// A message that cannot even be written.
	o.exec(`INSERT INTO plans (code, title, issuer_id, state, valid_from_on, valid_to_on, time_zone, activated_at)
		SELECT 'hong', 'Kế hoạch hỏng', id, 'active', '2026-01-01', '2026-12-31', 'Nowhere/None', '2026-01-01' FROM agencies WHERE code = 'tinh'`)
	o.exec(`UPDATE tasks SET plan_id = (SELECT id FROM plans WHERE code = 'hong') FROM agencies a WHERE a.id = agency_id AND a.code = 'x9'`)
	turn := o.deliver(workflows.DeliverInput{})
	if turn.Sent != 116 || turn.Outages != 0 {
		t.Errorf("%+v", turn)
	}
	if turn.Wait < 8*time.Second || turn.Wait > 10*time.Second {
		t.Errorf("the next try is in %s", turn.Wait)
	}
	o.want("states", byState, "failed 1; pending 3; sent 116")
	o.want("troubled", `SELECT address || ' ' || attempts || ' ' || (last_error <> '') FROM messages WHERE state <> 'sent' ORDER BY address`,
		"p3@dondoc.example 1 true; p5@dondoc.example 1 true; p7@dondoc.example 1 true; p9@dondoc.example 1 true")
	o.refuse(func(string) *mailbox.Refusal { return nil })
	o.ahead.Add(int64(11 * time.Second))
	if turn := o.deliver(workflows.DeliverInput{}); turn.Sent != 2 {
		t.Errorf("after mending: %+v", turn)
	}
	o.want("states", byState, "failed 1; pending 1; sent 118")
}

func TestMailServerAwayCostsNoAttempt(t *testing.T) {
	o := newOffice(t)
	o.remind(60)
	settings := o.delivery.Mail
	o.delivery.Mail = notice.SMTP{Host: "127.0.0.1", Port: 1, TLS: notice.TLSNone, From: "don-doc@dondoc.example", Timeout: time.Second}
	for outages, want := range map[int]time.Duration{0: time.Second, 2: 4 * time.Second, 30: time.Minute} {
		if turn := o.deliver(workflows.DeliverInput{Outages: outages}); turn.Outages != outages+1 || turn.Wait != want || turn.Sent != 0 {
			t.Errorf("%+v", turn)
		}
	}
	o.want("untried", `SELECT DISTINCT state || ' ' || attempts || ' ' || (lease_until_at IS NULL) FROM messages`, "pending 0 true")
	o.delivery.Mail = settings
	if turn := o.deliver(workflows.DeliverInput{Outages: 4}); turn.Sent != 60 || turn.Outages != 0 {
		t.Errorf("%+v", turn)
	}
}

func TestAResultThatComesInBeforeTheHandOverSilencesItsReminder(t *testing.T) {
	o := newOffice(t)
	o.remind(10)
	var once sync.Once
	// While the first mail is being handed over, the last agency submits.
	o.refuse(func(string) *mailbox.Refusal {
		once.Do(func() {
			o.exec(`UPDATE tasks SET state = 'submitted', submitted_at = $1, submissions = 1 FROM agencies a WHERE a.id = agency_id AND a.code = 'x10'`, monday)
		})
		return nil
	})
	if turn := o.deliver(workflows.DeliverInput{}); turn.Sent != 9 {
		t.Errorf("%+v", turn)
	}
	if m, ok := o.received()["p10@dondoc.example"]; ok {
		t.Errorf("reminded after submission: %+v", m)
	}
	o.want("states", byState, "dropped 1; sent 9")
}

func TestALostAcknowledgementRepeatsUnderTheSameID(t *testing.T) {
	o := newOffice(t)
	o.remind(1)
	o.refuse(func(string) *mailbox.Refusal { return &mailbox.Refusal{Drop: "data"} })
	if turn := o.deliver(workflows.DeliverInput{}); turn.Sent != 0 {
		t.Errorf("%+v", turn)
	}
	first := o.received()["p1@dondoc.example"]
	o.refuse(func(string) *mailbox.Refusal { return nil })
	o.ahead.Add(int64(11 * time.Second))
	if turn := o.deliver(workflows.DeliverInput{}); turn.Sent != 1 {
		t.Errorf("%+v", turn)
	}
	if again := o.received()["p1@dondoc.example"]; again.MessageID != first.MessageID || again.Copies != 2 || first.MessageID == "" {
		t.Errorf("%+v, then %+v", first, again)
	}
}

func TestTwoWorkersDeliverEachMessageOnce(t *testing.T) {
	o := newOffice(t)
	o.remind(300)
	sent := make([]int, 3)
	var group sync.WaitGroup
	for i := range sent {
		group.Go(func() {
			turn, err := o.delivery.Deliver(t.Context(), workflows.DeliverInput{})
			if err != nil {
				t.Error(err)
			}
			sent[i] = turn.Sent
		})
	}
	group.Wait()
	if sent[0]+sent[1]+sent[2] != 300 {
		t.Errorf("%v", sent)
	}
	for address, m := range o.received() {
		if m.Copies != 1 {
			t.Errorf("%s: %d copies", address, m.Copies)
		}
	}
}

func TestDigestAndRemindersOfOneMondayAreOneMessage(t *testing.T) {
	o := newOffice(t)
	o.remind(2)
	store, ok := o.delivery.Store.(*postgres.Store)
	if !ok {
		t.Fatal("not the store")
	}
	o.delivery.Digest = &activities.Digest{Store: store, Clock: clock.Fixed(monday), Cron: activities.WeeklyCron, Zone: ict}
	if turn := o.deliver(workflows.DeliverInput{}); turn.Sent != 2 {
		t.Errorf("%+v", turn)
	}
	if m := o.received()["p1@dondoc.example"]; m.Subject != "[Đôn Đốc] 1 việc đến hạn hôm nay, tổng hợp tuần" {
		t.Errorf("%+v", m)
	}
	// The digest's own workflow comes later and finds it done.
	if err := o.delivery.Digest.RecordDigest(t.Context(), monday); err != nil {
		t.Fatal(err)
	}
	if turn := o.deliver(workflows.DeliverInput{}); turn.Sent != 0 {
		t.Errorf("%+v", turn)
	}
}

func TestTheNextLookIsAtTheNextDelivery(t *testing.T) {
	o := newOffice(t)
	o.remind(1)
	o.exec(`UPDATE notifications SET deliver_at = $1`, monday.Add(40*time.Second))
	if turn := o.deliver(workflows.DeliverInput{}); turn.Sent != 0 || turn.Wait != 40*time.Second {
		t.Errorf("%+v", turn)
	}
}

// BenchmarkHandOver hands 10,000 messages of one round to a local mail server.
func BenchmarkHandOver(b *testing.B) {
	for range b.N {
		b.StopTimer()
		o := newOffice(b)
		o.remind(10_000)
		b.StartTimer()
		begun := clock.SystemWall()
		sent := 0
		for sent < 10_000 {
			turn := o.deliver(workflows.DeliverInput{})
			if sent += turn.Sent; turn.Sent == 0 {
				b.Fatalf("%d of 10,000 sent", sent)
			}
		}
		b.ReportMetric(clock.SystemWall().Sub(begun).Seconds(), "s/10000")
		b.StopTimer()
		if got := len(o.received()); got != 10_000 {
			b.Fatal(fmt.Sprint(got, " mails received"))
		}
	}
}
