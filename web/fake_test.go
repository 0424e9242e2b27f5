package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/account"
	"dondoc/internal/agency"
	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/feed"
	"dondoc/internal/form"
	"dondoc/internal/idempotency"
	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
)

var vietnam = func() *time.Location {
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		panic(err)
	}
	return zone
}()

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, vietnam)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func on(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// fake stands in for the store: it knows who may see what by the real policy
// and remembers what it was asked to do.
type fake struct {
	unfaked

	people    map[string]policy.Actor // by session token
	passwords map[string]string       // e-mail to token
	tasks     []task.Task
	details   map[int64]task.Detail
	board     task.Board
	leaders   []task.LeadersFilter
	scored    []string
	plans     []plan.Record
	duties    []plan.DutyRecord
	agencies  []agency.Agency
	notices   notice.Page
	submitErr error
	reviewErr error
	listErr   error

	submitted []task.SubmitInput
	reviewed  []task.ReviewInput
	keys      []idempotency.Key
	boards    []task.BoardFilter
	matrix    task.Matrix
	matrices  []task.MatrixFilter
	lists     []task.Filter
	read      []int64
	resets    []string
	takenUp   []string
	signedOut []string
	feeds     []feed.Feed
	wanted    []feed.Wanted
	revoked   []int64
	sheets    sheets
	kept      kept
	confirmed []bool // of each submission
	filled    map[int64]form.Filled
	asked
	changing
	drafted
	urged
	accepted
	guarded
	passed
	summed
	arranged
	papered
	issuedPlans
	checking
	administered
	living
	running
	around
	mapped
	worded
}

func relation(t task.Task) policy.Task {
	return policy.Task{AgencyID: t.AgencyID, RecipientID: t.RecipientID, ReviewerID: t.ReviewerID, IssuerID: t.IssuerID, PlanID: t.PlanID, ThroughID: t.ThroughID}
}

func (f *fake) ListTasks(_ context.Context, actor policy.Actor, q task.Filter) (task.Page, error) {
	f.lists = append(f.lists, q)
	if f.listErr != nil {
		return task.Page{}, f.listErr
	}
	var page task.Page
	for _, t := range f.tasks {
		switch {
		case !policy.SeeTask(actor, relation(t)),
			len(q.State) > 0 && !slices.Contains(q.State, t.State),
			q.Mine && !actor.HasAt(t.AgencyID, policy.FocalPoint, policy.Head),
			q.ToForward && (!t.Held || !policy.SendBackTask(actor, relation(t))),
			q.ToReview && (t.State != task.StateSubmitted || !policy.ReviewTask(actor, relation(t))):
			continue
		}
		page.Tasks = append(page.Tasks, t)
	}
	return page, nil
}

func (f *fake) TaskDetail(_ context.Context, actor policy.Actor, id int64) (task.Detail, error) {
	d, ok := f.details[id]
	if !ok || !policy.SeeTask(actor, relation(d.Task)) {
		return task.Detail{}, notFound()
	}
	d.MaySubmit = policy.SubmitTask(actor, relation(d.Task)) && d.Task.State.Owed() && d.Task.ClosedAt == nil
	d.MayReview = policy.ReviewTask(actor, relation(d.Task)) && d.Task.State == task.StateSubmitted
	return d, nil
}

func (f *fake) Board(_ context.Context, _ policy.Actor, q task.BoardFilter) (task.Board, error) {
	f.boards = append(f.boards, q)
	return f.board, nil
}

func (f *fake) ListPlans(context.Context, policy.Actor) ([]plan.Record, error) { return f.plans, nil }

func (f *fake) ListDuties(context.Context, policy.Actor, int64) ([]plan.DutyRecord, error) {
	return f.duties, nil
}

func (f *fake) ListAgencies(context.Context, policy.Actor, agency.Filter) (agency.Page, error) {
	return agency.Page{Agencies: f.agencies}, nil
}

func (f *fake) ListNotices(context.Context, policy.Actor, int, string) (notice.Page, error) {
	return f.notices, nil
}

func (f *fake) MarkNoticeRead(_ context.Context, _ policy.Actor, id int64) error {
	f.read = append(f.read, id)
	return nil
}

func (f *fake) Submit(ctx context.Context, actor policy.Actor, in task.SubmitInput) (task.Receipt, error) {
	f.tried = append(f.tried, actor.ForID)
	if !policy.SubmitTask(actor, relation(f.details[in.TaskID].Task)) {
		return task.Receipt{}, fault.New(fault.Forbidden, "task.not_yours", "Chỉ đầu mối được gửi.", "Only focal points may submit.")
	}
	if f.submitErr != nil {
		return task.Receipt{}, f.submitErr
	}
	key, _ := idempotency.From(ctx)
	f.keys, f.submitted = append(f.keys, key), append(f.submitted, in)
	f.confirmed = append(f.confirmed, privacy.Confirmed(ctx))
	return task.Receipt{Number: 1}, nil
}

func (f *fake) Review(ctx context.Context, actor policy.Actor, in task.ReviewInput) (task.Receipt, error) {
	if !policy.ReviewTask(actor, relation(f.details[in.TaskID].Task)) {
		return task.Receipt{}, fault.New(fault.Forbidden, "task.not_reviewer", "Chỉ người theo dõi được quyết định.", "Only supervisors may decide.")
	}
	if f.reviewErr != nil {
		return task.Receipt{}, f.reviewErr
	}
	key, _ := idempotency.From(ctx)
	f.keys, f.reviewed = append(f.keys, key), append(f.reviewed, in)
	return task.Receipt{Number: 1}, nil
}

func unauthenticated() error {
	return fault.New(fault.Unauthenticated, "session.unknown", "Địa chỉ thư hoặc mật khẩu không đúng.", "Wrong e-mail address or password.")
}

func (f *fake) SignIn(_ context.Context, email, password string) (string, policy.Actor, error) {
	token, ok := f.passwords[email]
	if !ok || password != "một câu đủ dài" {
		return "", policy.Actor{}, unauthenticated()
	}
	if f.second[email] {
		return "", policy.Actor{}, &account.SecondStep{Challenge: "thu-thach-" + token}
	}
	return token, f.people[token], nil
}

func (f *fake) SignOut(_ context.Context, token string) error {
	f.signedOut = append(f.signedOut, token)
	return nil
}

func (f *fake) ActorOf(_ context.Context, token string) (policy.Actor, error) {
	actor, ok := f.people[token]
	if !ok {
		return actor, unauthenticated()
	}
	return actor, nil
}

func (f *fake) RequestReset(_ context.Context, email string) error {
	f.resets = append(f.resets, email)
	if _, ok := f.passwords[email]; !ok {
		return notFound()
	}
	return nil
}

func (f *fake) TakeUp(_ context.Context, token, password string) error {
	if token != "dung" {
		return fault.New(fault.Invalid, "link.used", "Đường dẫn đã dùng hoặc hết hạn.", "The link was used or has expired.")
	}
	f.takenUp = append(f.takenUp, password)
	return nil
}

// site is the pages on a server, seen by one visitor who follows no redirect.
type site struct {
	*fake
	t      *testing.T
	url    string
	client *http.Client
}

type body struct {
	status   int
	text     string
	location string
	header   http.Header
}

func newSite(t *testing.T, f *fake, change ...func(*Options)) *site {
	t.Helper()
	gin.SetMode(gin.TestMode)
	engine := gin.New()
	o := Options{
		Service: f, Accounts: f, Feeds: f, Business: clock.Fixed(at("2026-06-16 08:02")), Calendar: calendar.WeekCalendar{},
		BannerVI: "Dữ liệu mẫu: kế hoạch giai đoạn 2016 – 2020 dời sang giai đoạn 2026 – 2030, giữ cơ cấu đơn vị cũ. Không phải số liệu thật.",
		BannerEN: "Sample data: the plan of 2016 – 2020 moved to 2026 – 2030, with the agencies of that time. Not real figures.",
		Log:      slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	for _, c := range change {
		c(&o)
	}
	if err := Mount(engine, o); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(engine)
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &site{fake: f, t: t, url: server.URL, client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// as signs the visitor in by the session's token.
func (s *site) as(token string) *site {
	u, err := url.Parse(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	s.client.Jar.SetCookies(u, []*http.Cookie{{Name: SessionCookie, Value: token, Path: "/"}})
	return s
}

func (s *site) do(r *http.Request) body {
	s.t.Helper()
	answer, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return body{answer.StatusCode, string(text), answer.Header.Get("Location"), answer.Header}
}

func (s *site) get(path string) body {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.do(r)
}

func (s *site) post(path string, form url.Values, headers ...string) body {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return s.do(r)
}

// shows fails unless every text stands on the page, as a reader sees it.
func (b body) shows(t *testing.T, texts ...string) {
	t.Helper()
	read := readable(b.text)
	for _, text := range texts {
		if !strings.Contains(read, text) {
			t.Errorf("the page does not show %q\n%s", text, read)
		}
	}
}

func (b body) lacks(t *testing.T, texts ...string) {
	t.Helper()
	read := readable(b.text)
	for _, text := range texts {
		if strings.Contains(read, text) {
			t.Errorf("the page shows %q", text)
		}
	}
}

// unfaked has every method that a test does not fake; calling one fails the test.
type unfaked struct{ Service }
