package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/deploy/local/datadir"
	"dondoc/deploy/local/stack"
	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/notice/mailbox"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
)

// rate lets a night pass in some tenths of a second.
const rate = 600_000

const password = "câu mật khẩu của buổi diễn tập"

// world is everything that a rehearsal runs: Postgres, Temporal, worker and
// API as processes of their own, and a mail server here.
type world struct {
	t        *testing.T
	province *province
	stack    *stack.Stack
	mail     *mailbox.Server
	db       *sqlx.DB
	worker   *stack.Process
	api      *stack.Process
	people   *people
	driver   *Driver
}

// newWorld starts all but the worker and loads the plan as a draft; everything
// is stopped when the test ends, however it ends.
func newWorld(t *testing.T, from time.Time) *world {
	t.Helper()
	begin := time.Now()
	ctx := t.Context()
	binary, err := stack.Build(ctx)
	must(t, err)
	built := time.Since(begin)
	w := &world{t: t, province: theProvince(t)}
	w.stack, err = stack.New(stack.Options{Binary: binary, Rehearsal: true})
	must(t, err)
	t.Cleanup(w.close)
	must(t, w.stack.StartPostgres(ctx))
	temporal := make(chan error, 1)
	go func() { temporal <- w.stack.Temporal.Start(ctx) }()
	w.db, err = postgres.Open(ctx, w.stack.DatabaseURL(stack.BusinessDatabase), 8)
	must(t, err)
	must(t, postgres.Migrate(ctx, w.db))
	w.driver = &Driver{DB: w.db, Rate: rate, Patience: 2 * time.Minute}
	must(t, w.driver.SetClock(ctx, from))
	w.load(ctx)
	w.mail, err = mailbox.Start(context.WithoutCancel(ctx), mailbox.Options{SMTPAddress: "127.0.0.1:0", Dir: w.stack.Path("mail")})
	must(t, err)
	must(t, <-temporal)
	w.programs()
	must(t, w.api.Start(ctx))
	w.driver.People = w.people
	w.note("building took %s, starting %s", built.Round(time.Millisecond), (time.Since(begin) - built).Round(time.Millisecond))
	return w
}

// load keeps Đồng Nai's plan, moved by ten years, and the people.
func (w *world) load(ctx context.Context) {
	w.t.Helper()
	p, source := thePlan(w.t)
	hasher, err := account.NewHasher(account.Cost{MemoryKiB: 64, Passes: 1, Threads: 1}, 1)
	must(w.t, err)
	hash, err := hasher.Hash(ctx, password)
	must(w.t, err)
	var people []postgres.Person
	for _, who := range w.province.people {
		for _, held := range who.posts {
			people = append(people, postgres.Person{Email: who.email, Name: who.name, AgencyCode: held.agency, Role: held.role})
		}
	}
	store := postgres.New(w.db, w.driver.clock(), clock.SystemWall, nil)
	_, err = store.LoadPlan(ctx, policy.Actor{}, p, source)
	must(w.t, err)
	must(w.t, store.AddPeople(ctx, people, hash, calendar.NewDate(2025, 1, 1), mailDomain))
}

// programs describes worker and API.
func (w *world) programs() {
	port, err := datadir.FreePort(nil)
	must(w.t, err)
	listen := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	env := []string{
		"DONDOC_LISTEN=" + listen, "DONDOC_BASE_URL=http://" + listen,
		"DONDOC_SMTP_ADDRESS=" + w.mail.Addr().String(), "DONDOC_SMTP_TLS=none", "DONDOC_SMTP_SENDERS=4", "DONDOC_SMTP_TIMEOUT=2s", "DONDOC_SMTP_TIMEOUT=3s",
		"DONDOC_AUDIT_KEY_FILE=" + w.stack.Path("audit.key"), "DONDOC_AUDIT_LOG=" + w.stack.Path("audit-heads.log"),
		"DONDOC_FILES=" + w.stack.Path("files"),
		"DONDOC_SPREAD=0s", "DONDOC_LOG_LEVEL=info", "DONDOC_DATABASE_CONNECTIONS=16",
	}
	must(w.t, os.WriteFile(w.stack.Path("audit.key"), []byte("32 bytes that seal a rehearsal.."), 0o600))
	w.worker = w.stack.Program("worker", env, "worker")
	w.api = w.stack.Program("api", env, "api")
	w.people = newPeople("http://"+listen, password, w.db)
	w.api.Ready = w.people.ready
}

// activate has the plan authority follow the plan, over HTTP.
func (w *world) activate() {
	w.t.Helper()
	must(w.t, w.people.activate(w.t.Context(), planAuthorityAddress, 1))
}

// play runs the driver over a stretch and fails the test with what is not done.
func (w *world) play(run Run) {
	w.t.Helper()
	begin := time.Now()
	err := w.driver.Play(w.t.Context(), w.province.script(run), run.Until)
	if err != nil {
		w.t.Fatalf("%v\nworker: %s\ntemporal: %s", err, w.tail("worker.log"), w.tail("temporal-server.log"))
	}
	w.note("%s to %s: %d instants in %s", clockText(run.From), clockText(run.Until), w.driver.Instants, time.Since(begin).Round(time.Millisecond))
}

// hold compares database, mails and official statuses with what is expected.
func (w *world) hold(run Run) {
	w.t.Helper()
	ctx := w.t.Context()
	expected := Expect(w.province, run)
	book := expected.Book()
	recorded, err := Recorded(ctx, w.db)
	must(w.t, err)
	if len(run.Outages) > 0 {
		// After an outage what waits may go out before what is only then recorded.
		recorded.mergeMessages()
	}
	w.report("database", book.Differences(recorded, 20))
	letters, repeated, err := expected.Letters(ctx, w.db, w.mail)
	must(w.t, err)
	w.report("mails", letters[:min(20, len(letters))])
	statuses, err := w.people.statuses(ctx, planAuthorityAddress)
	must(w.t, err)
	w.report("API", expected.Statuses(run.Until).Differences(statuses, 20))
	w.note("%d rounds, %d tasks, %d steps, %d acts, %d notices in %d mails; %d mails came twice; %d acts were repeated",
		len(book["rounds"]), len(book["tasks"]), len(book["steps"]), len(book["acts"]), len(book["notices"]), len(book["messages"]),
		repeated, w.people.again)
}

func (w *world) report(what string, differences []string) {
	w.t.Helper()
	for _, d := range differences {
		w.t.Errorf("%s: %s", what, d)
	}
}

func (w *world) tail(name string) string {
	raw, err := os.ReadFile(w.stack.Path(name))
	if err != nil {
		return err.Error()
	}
	return string(raw[max(0, len(raw)-3000):])
}

func (w *world) close() {
	var failures []error
	if w.api != nil {
		failures = append(failures, w.api.Kill())
	}
	if w.worker != nil {
		failures = append(failures, w.worker.Kill())
	}
	if w.mail != nil {
		failures = append(failures, w.mail.Close())
	}
	if w.db != nil {
		failures = append(failures, w.db.Close())
	}
	// For looking into a failure: the folder named so keeps the processes' logs.
	if keep := os.Getenv("DONDOC_KEEP_LOGS"); keep != "" {
		for _, name := range []string{"worker.log", "api.log", "temporal.log", "temporal-server.log", "postgres.log"} {
			if raw, err := os.ReadFile(w.stack.Path(name)); err == nil {
				failures = append(failures, os.WriteFile(filepath.Join(keep, strings.ReplaceAll(w.t.Name(), "/", "-")+"-"+name), raw, 0o600))
			}
		}
	}
	failures = append(failures, w.stack.Close())
	if err := errors.Join(failures...); err != nil {
		w.t.Error(fmt.Errorf("stop: %w", err))
	}
}

// note tells a run time or a size, in the log and, where `make test` has made
// the folder, in test-artifacts/rehearsal.txt: a test that passes shows no log.
func (w *world) note(format string, args ...any) {
	w.t.Helper()
	w.t.Logf(format, args...)
	file, err := os.OpenFile(filepath.Join("..", "..", "..", "test-artifacts", "rehearsal.txt"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	must(w.t, err)
	_, err = fmt.Fprintf(file, "%s %s: "+format+"\n", append([]any{clock.SystemWall().Format(time.DateTime), w.t.Name()}, args...)...)
	must(w.t, errors.Join(err, file.Close()))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
