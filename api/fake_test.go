package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dondoc/api"
	"dondoc/internal/account"
	"dondoc/internal/agency"
	"dondoc/internal/calendar"
	"dondoc/internal/calendar/vietnam"
	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
	"dondoc/internal/timetable"
)

// Numbers with a meaning to the fake: a thing of another agency, one that has
// changed, one that is read but not to be acted on, one that breaks.
const (
	own       = 1
	foreign   = 404
	changed   = 409
	forbidden = 403
	broken    = 500
	panicking = 501
)

var (
	errNotFound = fault.New(fault.NotFound, "not_found", "Không tìm thấy.", "Not found.")
	errChanged  = fault.New(fault.Conflict, "task.changed", "Việc này đã thay đổi.", "The task has changed.")
	errNotYours = fault.New(fault.Forbidden, "task.not_yours", "Không phải việc của đơn vị.", "Not your agency's.")
	errBroken   = errors.New("relation secret_table does not exist")
)

// fake stands for the store where a test is about the HTTP side.
type fake struct {
	mu    sync.Mutex
	calls []string
	// Of the last call: the hash of its request, and whether it confirms its warnings.
	key       string
	confirmed bool
}

func (f *fake) note(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, fmt.Sprintf(format, args...))
}

func (f *fake) last() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.calls) == 0 {
		return ""
	}
	return f.calls[len(f.calls)-1]
}

func outcome(id int64) error {
	switch id {
	case foreign:
		return errNotFound
	case changed:
		return errChanged
	case forbidden:
		return errNotYours
	case broken:
		return errBroken
	case panicking:
		panic("a bug")
	}
	return nil
}

var due = time.Date(2026, 3, 18, 17, 0, 0, 0, time.UTC) // the end of 18 March in Viet Nam

func sampleTask(id int64) task.Task {
	opened := time.Date(2026, 2, 25, 1, 0, 0, 0, time.UTC)
	return task.Task{
		ID: id, RoundID: 3, DutyID: 5, PlanID: 2, AgencyID: 11, RecipientID: 12, ReviewerID: 12, AgencyCode: "H1", AgencyName: "UBND huyện",
		AgencyLevel: "district", RecipientName: "Sở", ReviewerName: "Sở", PlanCode: "KH", PlanTitle: "Kế hoạch", TimeZone: "Asia/Ho_Chi_Minh",
		DutyCode: "IV.1", DutyTitle: "Báo cáo", DutyText: "Báo cáo hằng quý.", Mode: "assigned", Review: "required", PeriodKey: "2026-Q1",
		WindowFrom: calendar.NewDate(2025, 12, 15), WindowTo: calendar.NewDate(2026, 3, 14), State: task.StateOpen, Status: task.NotDoneInTime,
		DueAt: due, OriginalDueAt: due, EffectiveDueAt: due, DueVersion: 1, OpenedAt: &opened, Version: 4,
		Derivation: calendar.Derivation{Notes: []calendar.Note{{Kind: "window_end", Date: calendar.NewDate(2026, 3, 14)}, {Kind: "plus_working_days", N: 3}}},
	}
}

func (f *fake) ListTasks(_ context.Context, a policy.Actor, filter task.Filter) (task.Page, error) {
	f.note("ListTasks %+v", filter)
	if filter.Cursor == "broken" {
		return task.Page{}, fault.New(fault.Invalid, "cursor.invalid", "Dấu trang không hợp lệ.", "The cursor is not valid.").At("cursor")
	}
	return task.Page{Tasks: []task.Task{sampleTask(own)}, Next: "more"}, outcome(filter.PlanID)
}

func (f *fake) TaskDetail(_ context.Context, _ policy.Actor, id int64) (task.Detail, error) {
	if err := outcome(id); err != nil && id != changed && id != forbidden {
		return task.Detail{}, err
	}
	decided := due.Add(time.Hour)
	return task.Detail{
		Task: sampleTask(id), Fields: []task.Field{{Indicator: "so_luot", Name: "Số lượt", UnitName: "lượt", Kind: "count"}},
		Submissions: []task.Submission{{
			ID: 8, TaskID: id, Number: 1, Kind: task.Report, Narrative: "Đã làm.", Figures: []task.Figure{{Indicator: "so_luot", Value: "12"}},
			SubmittedAt: due, SubmittedByName: "Đầu mối", Review: &task.Review{ID: 9, Decision: task.Return, Reason: "Thiếu số liệu", DecidedAt: decided, DecidedByName: "Chuyên viên"},
		}},
		Steps:   []task.Step{{ID: 1, Code: "opening", Kind: "opening", At: due, Audience: []string{"focal_point"}, State: "done", RunAt: &decided, Recipients: 2}},
		History: []task.Event{{At: due, Action: "task.opened"}}, MaySubmit: true,
	}, nil
}

func (f *fake) Submit(ctx context.Context, a policy.Actor, in task.SubmitInput) (task.Receipt, error) {
	f.confirmed = privacy.Confirmed(ctx)
	f.note("Submit %d %+v", a.UserID, in)
	if _, err := in.Clean(); err != nil {
		return task.Receipt{}, err
	}
	if len(in.Figures) > 0 && in.Figures[0].Indicator == "giam" && task.Explained(in.Explanations, "giam") == "" {
		return task.Receipt{}, fault.New(fault.Invalid, task.Unexplained, "Chưa gửi được.", "Not sent.").With(
			fault.New(fault.Invalid, "figure.fell", "Giảm hơn một nửa.", "Fell by more than half.").At("explanations.giam"))
	}
	t := sampleTask(in.TaskID)
	t.State, t.Status, t.Version = task.StateSubmitted, task.Waiting, 5
	return task.Receipt{Task: t, SubmissionID: 8, Number: 1}, outcome(in.TaskID)
}

func (f *fake) Review(_ context.Context, a policy.Actor, in task.ReviewInput) (task.Receipt, error) {
	f.note("Review %d %+v", a.UserID, in)
	t := sampleTask(in.TaskID)
	t.State, t.Version = task.StateAccepted, 6
	return task.Receipt{Task: t, SubmissionID: 8, Number: 1}, outcome(in.TaskID)
}

func (f *fake) Board(_ context.Context, _ policy.Actor, filter task.BoardFilter) (task.Board, error) {
	f.note("Board %+v", filter)
	return task.Board{Counts: task.Counts{NotDoneOverdue: 1}, Overdue: []task.Overdue{{Task: sampleTask(own), StepsTaken: 1, NextStep: "escalation", NextStepAt: &due}}, At: due}, nil
}

func samplePlan(id int64) plan.Record {
	return plan.Record{ID: id, Code: "KH", Title: "Kế hoạch", IssuerID: 10, IssuerName: "UBND tỉnh", State: plan.Active, ValidFrom: calendar.NewDate(2026, 1, 1), ValidTo: calendar.NewDate(2030, 12, 31), TimeZone: "Asia/Ho_Chi_Minh", Version: 3}
}

func (f *fake) ListPlans(context.Context, policy.Actor) ([]plan.Record, error) {
	return []plan.Record{samplePlan(own)}, nil
}

func (f *fake) FindPlan(_ context.Context, _ policy.Actor, id int64) (plan.Record, error) {
	if id == changed || id == forbidden {
		return samplePlan(id), nil
	}
	return samplePlan(id), outcome(id)
}

func (f *fake) ListDuties(_ context.Context, _ policy.Actor, id int64) ([]plan.DutyRecord, error) {
	return []plan.DutyRecord{{ID: 5, PlanID: id, Code: "IV.1", Title: "Báo cáo", Text: "Báo cáo hằng quý.", Mode: plan.Assigned, Scheduled: true, Cadences: []calendar.Cadence{calendar.Quarterly}, Review: plan.ReviewRequired, Owners: []plan.AssignmentRecord{{AgencyID: 11, AgencyCode: "H1", AgencyName: "UBND huyện", Role: plan.Implementing}}}}, outcome(id)
}

func (f *fake) ListRounds(_ context.Context, _ policy.Actor, planID, dutyID int64, limit int, cursor string) ([]task.Round, string, error) {
	f.note("ListRounds %d %d %d %q", planID, dutyID, limit, cursor)
	return []task.Round{{ID: 3, DutyID: 5, PlanID: planID, DutyCode: "IV.1", DutyTitle: "Báo cáo", PeriodKey: "2026-Q1", Cadences: []string{"quarterly"}, WindowFrom: calendar.NewDate(2025, 12, 15), WindowTo: calendar.NewDate(2026, 3, 14), State: "open", OpensAt: due.Add(-time.Hour), DueAt: due, ClosesAt: due.Add(time.Hour), Tasks: 11, Version: 1}}, "", nil
}

func (f *fake) LoadPlan(_ context.Context, a policy.Actor, p *plan.Plan, source []byte) (plan.Record, error) {
	f.note("LoadPlan %d %s %d bytes", a.UserID, p.Code, len(source))
	return samplePlan(own), nil
}

func (f *fake) ActivatePlan(_ context.Context, _ policy.Actor, id int64, version int, from calendar.Date) (plan.Record, error) {
	f.note("ActivatePlan %d v%d %s", id, version, from)
	return samplePlan(id), outcome(id)
}

func (f *fake) SuspendPlan(_ context.Context, _ policy.Actor, id int64, version int) (plan.Record, error) {
	f.note("SuspendPlan %d v%d", id, version)
	return samplePlan(id), outcome(id)
}

func (f *fake) ResumePlan(_ context.Context, _ policy.Actor, id int64, version int) (plan.Record, error) {
	f.note("ResumePlan %d v%d", id, version)
	return samplePlan(id), outcome(id)
}

func (f *fake) ListAgencies(_ context.Context, _ policy.Actor, filter agency.Filter) (agency.Page, error) {
	f.note("ListAgencies %+v", filter)
	return agency.Page{Agencies: []agency.Agency{{ID: 11, Code: "H1", Name: "UBND huyện", Level: "district", ParentID: 10, ParentCode: "T", Version: 1}}}, nil
}

func (f *fake) FindAgency(_ context.Context, _ policy.Actor, id int64) (agency.Agency, error) {
	return agency.Agency{ID: id, Code: "H1", Name: "UBND huyện", Level: "district", Version: 2}, outcome(id)
}

func (f *fake) ListNotices(_ context.Context, _ policy.Actor, limit int, cursor string) (notice.Page, error) {
	f.note("ListNotices %d %q", limit, cursor)
	return notice.Page{Items: []notice.Item{{NotificationID: 7, Kind: notice.Reminder, TaskID: own, DutyCode: "IV.1", PeriodKey: "2026-Q1", DueAt: due, TimeZone: "Asia/Ho_Chi_Minh", CreatedAt: due}}, Unread: 1}, nil
}

func (f *fake) MarkNoticeRead(_ context.Context, _ policy.Actor, id int64) error {
	f.note("MarkNoticeRead %d", id)
	return outcome(id)
}

func (f *fake) Backlog(context.Context) (time.Duration, time.Duration, int, error) {
	return 90 * time.Second, 2 * time.Minute, 17, nil
}

// roles are who holds the sessions of the fake: the token is the role's name.
var roles = map[string]policy.Actor{
	"focal_point":    {UserID: 21, Name: "Đầu mối UBND huyện", Language: "vi", Posts: []policy.Post{{AgencyID: 11, AgencyCode: "H1", AgencyName: "UBND huyện", Role: policy.FocalPoint}}},
	"supervisor":     {UserID: 22, Name: "Chuyên viên theo dõi", Language: "en", Posts: []policy.Post{{AgencyID: 12, Role: policy.Supervisor}}},
	"plan_authority": {UserID: 23, Name: "Cơ quan thường trực", Language: "en", Posts: []policy.Post{{AgencyID: 10, Role: policy.PlanAuthority}}},
	"administrator":  {UserID: 24, Name: "Quản trị hệ thống", Language: "en", Posts: []policy.Post{{AgencyID: 10, Role: policy.Administrator}}},
	"auditor":        {UserID: 25, Name: "Người kiểm tra", Language: "en", Posts: []policy.Post{{AgencyID: 10, Role: policy.Auditor}}, Mandates: []policy.Mandate{{ID: 4, PlanID: 1, Decision: "12/QĐ-TTr"}}},
	"head":           {UserID: 26, Name: "Thủ trưởng", Language: "vi", Posts: []policy.Post{{AgencyID: 11, Role: policy.Head}}},
	"nobody":         {UserID: 27, Name: "Không giữ vai trò", Language: "en"},
}

func (f *fake) SignIn(_ context.Context, email, password string) (string, policy.Actor, error) {
	if password != "mưa rơi trên mái ngói" {
		return "", policy.Actor{}, fault.New(fault.Unauthenticated, "session.refused", "Địa chỉ thư hoặc mật khẩu không đúng.", "The e-mail address or the password is wrong.")
	}
	if email == "hai.buoc@dondoc.example" {
		return "", policy.Actor{}, errSecondStep
	}
	if email == "busy@dondoc.example" {
		return "", policy.Actor{}, &account.TooMany{Wait: 29500 * time.Millisecond}
	}
	return "focal_point", roles["focal_point"], nil
}

func (f *fake) SignOut(_ context.Context, token string) error {
	f.note("SignOut %s", token)
	return nil
}

func (f *fake) ActorOf(_ context.Context, token string) (policy.Actor, error) {
	if token == "broken" {
		return policy.Actor{}, errBroken
	}
	actor, ok := roles[token]
	if !ok {
		return actor, fault.New(fault.Unauthenticated, "session.none", "Hết phiên.", "The session has ended.")
	}
	return actor, nil
}

func (f *fake) RequestReset(_ context.Context, email string) error {
	f.note("RequestReset %s", email)
	return nil
}

func (f *fake) TakeUp(_ context.Context, token, _ string) error {
	if token == "spent" {
		return fault.New(fault.Invalid, "account_link.spent", "Đường dẫn không còn dùng được.", "This link cannot be used any more.").At("token")
	}
	return nil
}

func (f *fake) Invite(_ context.Context, a policy.Actor, id int64) (account.Sent, error) {
	f.note("Invite %d by %d", id, a.UserID)
	return account.Sent{Email: "a@dondoc.example", ExpiresAt: due}, outcome(id)
}

func (f *fake) AdminReset(_ context.Context, a policy.Actor, id int64) (account.Sent, error) {
	f.note("AdminReset %d by %d", id, a.UserID)
	return account.Sent{Email: "a@dondoc.example", ExpiresAt: due}, outcome(id)
}

func (f *fake) ListPeople(_ context.Context, _ policy.Actor, filter account.Filter) (account.Page, error) {
	f.note("ListPeople %+v", filter)
	return account.Page{People: []account.Person{{ID: 30, Email: "a@dondoc.example", Name: "Đầu mối", Language: "vi", Active: true, Posts: []account.Post{{AgencyID: 11, AgencyCode: "H1", AgencyName: "UBND huyện", Role: policy.FocalPoint, ValidFrom: calendar.NewDate(2026, 1, 1)}}, Version: 1}}, Next: "more"}, nil
}

func (f *fake) ImportPeople(_ context.Context, _ policy.Actor, rows []account.Row, dryRun bool) (account.Report, error) {
	f.note("ImportPeople %d rows, dry run %v", len(rows), dryRun)
	return account.Report{DryRun: dryRun, New: 1, Lines: []account.Line{{Line: 2, Email: rows[0].Email, Outcome: account.New}}}, nil
}

// site is an API on the fake.
type site struct {
	t       testing.TB
	fake    *fake
	handler http.Handler
	log     *bytes.Buffer
	away    map[string]error
}

func newSite(t testing.TB, change ...func(*api.Options)) *site {
	t.Helper()
	s := &site{t: t, fake: &fake{}, log: &bytes.Buffer{}, away: map[string]error{}}
	o := api.Options{
		Service: s.fake, Accounts: s.fake, Feeds: s.fake, Wall: clock.SystemWall, BaseURL: "https://dondoc.example", Version: "test",
		Log:      slog.New(slog.NewTextHandler(s.log, nil)),
		Database: func(context.Context) error { return s.away["postgres"] },
		Temporal: func(context.Context) error { return s.away["temporal"] },
	}
	for _, c := range change {
		c(&o)
	}
	engine, err := api.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.handler = engine
	return s
}

// request is one call; as is the role whose session it bears.
type request struct {
	method, path, as, body string
	headers                map[string]string
}

var keys atomic.Int64

type response struct {
	status int
	header http.Header
	text   string
}

func (s *site) do(r request) response {
	s.t.Helper()
	req := httptest.NewRequest(r.method, "https://dondoc.example"+r.path, strings.NewReader(r.body))
	if r.as != "" {
		req.AddCookie(&http.Cookie{Name: "dondoc_session", Value: r.as})
	}
	if r.method == http.MethodPost {
		req.Header.Set("Idempotency-Key", fmt.Sprintf("a-new-key-%d", keys.Add(1)))
	}
	if r.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range r.headers {
		req.Header.Del(name)
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, req)
	return response{w.Code, w.Header(), w.Body.String()}
}

// problem reads a problem and checks that it is one.
func (s *site) problem(r response) api.Problem {
	s.t.Helper()
	var p api.Problem
	if err := json.Unmarshal([]byte(r.text), &p); err != nil {
		s.t.Fatalf("%d %s is no problem: %v", r.status, r.text, err)
	}
	if r.header.Get("Content-Type") != "application/problem+json" || p.Status != r.status || p.Code == "" || p.Detail == "" || p.Title == "" {
		s.t.Errorf("not a whole problem: %d %s %s", r.status, r.header.Get("Content-Type"), r.text)
	}
	return p
}

func (f *fake) CalendarYear(_ context.Context, year int) ([]vietnam.Day, error) {
	f.note("CalendarYear %d", year)
	return []vietnam.Day{{Date: calendar.Date{Year: year, Month: 1, Day: 1}, Kind: "holiday", NameVI: "Tết Dương lịch", NameEN: "New Year's Day", Status: "decreed", LegalBasis: "Bộ luật Lao động 2019 Đ.112"}}, nil
}

func (f *fake) ListCalendarChanges(context.Context, policy.Actor) ([]timetable.AppliedChange, error) {
	f.note("ListCalendarChanges")
	return []timetable.AppliedChange{{Change: timetable.Change{Kind: timetable.Days, Name: "2027.csv"}, ID: 3, AppliedAt: due}}, nil
}

func (f *fake) PreviewCalendarChange(_ context.Context, _ policy.Actor, c timetable.Change) (timetable.Effect, error) {
	f.note("PreviewCalendarChange %s %s %s", c.Kind, c.From.UTC().Format(time.RFC3339), c.Reason)
	return f.effect(0), nil
}

func (f *fake) ApplyCalendarChange(_ context.Context, _ policy.Actor, c timetable.Change) (timetable.Effect, error) {
	f.note("ApplyCalendarChange %s %s %s", c.Kind, c.Agency, c.Source)
	return f.effect(4), nil
}

func (f *fake) effect(id int64) timetable.Effect {
	return timetable.Effect{ChangeID: id, Tasks: 1, Agencies: 1, People: 2, Moves: []timetable.Move{{
		PlanCode: "ke-hoach", DutyCode: "V.2", PeriodKey: "2026-Q1", DueFrom: due, DueTo: due.AddDate(0, 0, 1), Tasks: []int64{1}, Agencies: []string{"so-a"},
		Derivation: calendar.Derivation{Notes: []calendar.Note{{Kind: "window_end", Date: calendar.Date{Year: 2026, Month: 3, Day: 14}}}},
	}}}
}
