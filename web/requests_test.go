package web

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dondoc/internal/fault"
	"dondoc/internal/idempotency"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/request"
)

// asked is what the fake knows of requests and was asked to do with them.
type asked struct {
	requests []request.Detail
	asks     []request.AskInput
	acts     map[string][]request.Act
	actErr   error
}

// asSeen is a request as the real policy shows it to an actor; false: not at all.
func (f *fake) asSeen(actor policy.Actor, d request.Detail) (request.Detail, bool) {
	q := &d.Request
	t := f.details[q.TaskID].Task
	rel := policy.Request{Task: relation(t), Kind: q.Kind, Resubmission: q.Resubmission, FromAgency: q.FromAgencyID, ToAgency: q.ToAgencyID}
	waits, answers := q.State == request.Asked, policy.AnswerRequest(actor, rel)
	q.MaySeeTask = policy.SeeTask(actor, rel.Task)
	q.MayDecide = waits && answers && (q.Kind.Judged() || q.Kind == request.Help) ||
		q.State == request.Answered && q.SettledAt == nil && policy.JudgeExplanation(actor, rel)
	q.MayOpine = waits && policy.OpineOnRequest(actor, rel)
	q.MayAnswer = answers && (waits && q.Kind.Answered() && q.Kind != request.Help || q.Kind == request.Help && q.State == request.Accepted)
	q.MayPassOn = waits && answers && q.Kind == request.Obstacle
	q.MayWithdraw = q.SettledAt == nil && policy.WithdrawRequest(actor, rel)
	q.MayTakeBack = q.Kind == request.Waiver && q.State == request.Granted && policy.WaiveTask(actor, rel.Task)
	return d, policy.SeeRequest(actor, rel)
}

func (f *fake) ListRequests(_ context.Context, actor policy.Actor, q request.Filter) (request.Page, error) {
	var page request.Page
	for _, d := range f.requests {
		seen, ok := f.asSeen(actor, d)
		r := seen.Request
		switch {
		case !ok, q.TaskID != 0 && r.TaskID != q.TaskID, q.Open && r.SettledAt != nil,
			q.ToDecide && !r.MayDecide && !r.MayAnswer,
			q.Mine && !actor.HasAt(r.FromAgencyID, policy.FocalPoint, policy.Head, policy.Supervisor):
			continue
		}
		page.Requests = append(page.Requests, r)
	}
	return page, nil
}

func (f *fake) FindRequest(_ context.Context, actor policy.Actor, id int64) (request.Detail, error) {
	for _, d := range f.requests {
		if seen, ok := f.asSeen(actor, d); ok && d.Request.ID == id {
			return seen, nil
		}
	}
	return request.Detail{}, notFound()
}

func (f *fake) AskRequest(ctx context.Context, _ policy.Actor, in request.AskInput) (request.Receipt, error) {
	if f.actErr != nil {
		return request.Receipt{}, f.actErr
	}
	key, _ := idempotency.From(ctx)
	f.keys, f.asks = append(f.keys, key), append(f.asks, in)
	return request.Receipt{}, nil
}

func (f *fake) acted(ctx context.Context, name string, in request.Act) (request.Receipt, error) {
	if f.actErr != nil {
		return request.Receipt{}, f.actErr
	}
	if f.acts == nil {
		f.acts = map[string][]request.Act{}
	}
	key, _ := idempotency.From(ctx)
	f.keys, f.acts[name] = append(f.keys, key), append(f.acts[name], in)
	return request.Receipt{}, nil
}

func (f *fake) OpineOnRequest(ctx context.Context, _ policy.Actor, in request.Act) (request.Receipt, error) {
	return f.acted(ctx, actOpine, in)
}

func (f *fake) DecideRequest(ctx context.Context, _ policy.Actor, in request.Act) (request.Receipt, error) {
	return f.acted(ctx, actDecide, in)
}

func (f *fake) AnswerRequest(ctx context.Context, _ policy.Actor, in request.Act) (request.Receipt, error) {
	return f.acted(ctx, actAnswer, in)
}

func (f *fake) PassOnRequest(ctx context.Context, _ policy.Actor, in request.Act) (request.Receipt, error) {
	return f.acted(ctx, actPassOn, in)
}

func (f *fake) WithdrawRequest(ctx context.Context, _ policy.Actor, in request.Act) (request.Receipt, error) {
	return f.acted(ctx, actWithdraw, in)
}

func (f *fake) TakeBackWaiver(ctx context.Context, _ policy.Actor, in request.Act) (request.Receipt, error) {
	return f.acted(ctx, actTakeBack, in)
}

const hostileAsk = `<script>alert("x")</script><b>Chờ số liệu</b> của Công an huyện.`

// asking is the sample with requests of the commune about its task 12, one of
// each kind: 31 extension … 36 help, and the authority of the province.
func asking() *fake {
	f := sample()
	f.people["authority"] = policy.Actor{UserID: 7, Name: "Văn phòng UBND tỉnh", Language: "vi",
		Posts: []policy.Post{{AgencyID: province, AgencyName: "UBND tỉnh Đồng Nai", Role: policy.PlanAuthority}}}
	task := f.details[12].Task
	for i, kind := range request.Kinds {
		q := request.Request{
			ID: int64(31 + i), Kind: kind, State: request.Asked, TaskID: 12, PlanID: 1, FromAgencyID: commune, ToAgencyID: province,
			FromAgencyName: "UBND xã Phước Thái", ToAgencyName: "UBND tỉnh Đồng Nai", TaskAgencyName: "UBND xã Phước Thái",
			DutyCode: task.DutyCode, DutyTitle: task.DutyTitle, PeriodKey: task.PeriodKey, TimeZone: task.TimeZone,
			AskedByName: "Đầu mối UBND xã Phước Thái", AskedAt: at("2026-06-15 09:00"), Text: hostileAsk, DueAt: task.DueAt, Derivation: task.Derivation, Version: 4,
		}
		switch kind {
		case request.Extension:
			q.ProposedOn = on("2026-06-27") // a Saturday
		case request.Explanation:
			q.FromAgencyID, q.ToAgencyID, q.FromAgencyName, q.ToAgencyName = district, commune, "UBND huyện Long Thành", "UBND xã Phước Thái"
		case request.Obstacle:
			q.ToAgencyID, q.ToAgencyName = district, "UBND huyện Long Thành"
		case request.Contribution, request.Help:
			q.ToAgencyID, q.ToAgencyName = 101, "UBND xã Tân Hiệp"
		}
		d := request.Detail{Request: q, Events: []request.Event{{At: q.AskedAt, Action: "asked", ActorName: q.AskedByName, Agency: q.FromAgencyName, Text: hostileAsk}}}
		if kind == request.Extension {
			d.Events = append(d.Events, request.Event{At: at("2026-06-15 10:00"), Action: "opinion", ActorName: "Người theo dõi", Agency: "UBND huyện Long Thành", Stance: "for", Text: "Có cơ sở <i>"})
		}
		f.requests = append(f.requests, d)
	}
	return f
}

var formAct = regexp.MustCompile(`action="/de-nghi/\d+/([a-z-]+)"`)

func formsOn(page body) []string {
	var acts []string
	for _, found := range formAct.FindAllStringSubmatch(page.text, -1) {
		acts = append(acts, found[1])
	}
	return acts
}

func TestARequestOffersWhatTheReaderMayDo(t *testing.T) {
	for _, c := range []struct {
		path, token string
		acts        string // empty: none
		status      int
	}{
		{"/de-nghi/31", "authority", actDecide, 200},
		{"/de-nghi/31", "district", actOpine, 200},
		{"/de-nghi/31", "commune", actWithdraw, 200},
		{"/de-nghi/31", "department", "", 200},
		{"/de-nghi/31", "stranger", "", 404},
		{"/de-nghi/31", "admin", "", 404},
		{"/de-nghi/32", "authority", actDecide, 200},
		{"/de-nghi/33", "commune", actAnswer, 200},
		{"/de-nghi/33", "district", actWithdraw, 200},
		{"/de-nghi/34", "district", actAnswer + " " + actPassOn, 200},
		{"/de-nghi/35", "stranger", actAnswer, 200},
		{"/de-nghi/36", "stranger", actDecide, 200},
		{"/de-nghi/99", "authority", "", 404},
		{"/de-nghi/khong", "authority", "", 404},
	} {
		page := newSite(t, asking()).as(c.token).get(c.path)
		if got := strings.Join(formsOn(page), " "); page.status != c.status || got != c.acts {
			t.Errorf("%s for %s: %d with %q, want %d with %q", c.path, c.token, page.status, got, c.status, c.acts)
		}
	}
	f := asking()
	granted := &f.requests[1].Request
	granted.State, granted.SettledAt = request.Granted, ptr(at("2026-06-15 12:00"))
	explained := &f.requests[2].Request
	explained.State = request.Answered
	if got := formsOn(newSite(t, f).as("authority").get("/de-nghi/32")); !slices.Equal(got, []string{actTakeBack}) {
		t.Errorf("of a waiver: %v", got)
	}
	if got := formsOn(newSite(t, f).as("district").get("/de-nghi/33")); !slices.Equal(got, []string{actDecide, actWithdraw}) {
		t.Errorf("of an explanation: %v", got)
	}
}

func TestARequestTellsItsStory(t *testing.T) {
	page := newSite(t, asking()).as("authority").get("/de-nghi/31")
	page.shows(t, "Đề nghị gia hạn", "UBND xã Phước Thái hỏi UBND tỉnh Đồng Nai", `<script>alert("x")</script><b>Chờ số liệu</b> của Công an huyện.`,
		"hết ngày 27/06/2026", "27/06/2026 không phải ngày làm việc", "Hạn trả lời hết ngày mai", "Ý kiến: nên đồng ý", "Có cơ sở <i>", "Chờ trả lời", "IV.15.i.3", "Đầu mối UBND xã Phước Thái, 15/06/2026, 09:00")
	if strings.Contains(page.text, "<script>") || strings.Contains(page.text, "<b>Chờ") {
		t.Error("what was typed is taken for markup")
	}
	if !strings.Contains(page.text, `href="/viec/12"`) || !strings.Contains(page.text, `name="on" value="27/06/2026"`) {
		t.Error("no way to the task, or the day proposed is not offered")
	}
	// Who was asked for help sees the request and not the task.
	page = newSite(t, asking()).as("stranger").get("/de-nghi/36")
	page.shows(t, "Đề nghị hỗ trợ", "IV.15.i.3", "6 tháng", "Nhận lời")
	if strings.Contains(page.text, "/viec/12") {
		t.Error("leads to a task that the reader may not see")
	}
	newSite(t, asking()).as("english").get("/de-nghi/31").shows(t, "Request for more time", "Withdraw the request", "end of tomorrow")
}

func TestDecidingOnARequest(t *testing.T) {
	s := newSite(t, asking()).as("authority")
	key := strings.Repeat("a", 32)
	form := url.Values{"decision": {"grant"}, "on": {"26/6/2026"}, "text": {" Đồng ý "}, "version": {"4"}, "idempotency_key": {key}}
	got := s.post("/de-nghi/31/quyet-dinh", form)
	if got.status != http.StatusSeeOther || got.location != "/de-nghi/31?da=quyet-dinh" {
		t.Fatalf("%d to %q", got.status, got.location)
	}
	want := request.Act{ID: 31, Version: 4, Grant: true, Text: "Đồng ý", On: on("2026-06-26")}
	if acts := s.acts[actDecide]; len(acts) != 1 || acts[0] != want || s.keys[0].Value != key {
		t.Errorf("decided %+v with %+v", acts, s.keys)
	}
	s.get(got.location).shows(t, "Đã ghi nhận")
	// The day that stood in the field goes with a yes only.
	form = url.Values{"decision": {"refuse"}, "on": {"27/06/2026"}, "text": {"Không đủ cơ sở"}, "version": {"4"}}
	if got := s.post("/de-nghi/31/quyet-dinh", form); got.status != http.StatusSeeOther {
		t.Fatalf("refusing: %d", got.status)
	}
	if last := s.acts[actDecide][1]; last.Grant || !last.On.IsZero() {
		t.Errorf("refused with %+v", last)
	}
	s.as("district").post("/de-nghi/31/y-kien", url.Values{"stance": {"against"}, "text": {"Chưa nên"}})
	s.as("district").post("/de-nghi/34/chuyen", url.Values{"text": {"Không thuộc thẩm quyền"}})
	s.as("commune").post("/de-nghi/33/tra-loi", url.Values{"text": {"Đã gửi"}})
	s.as("commune").post("/de-nghi/31/rut", nil)
	for _, act := range []string{actOpine, actPassOn, actAnswer, actWithdraw} {
		if len(s.acts[act]) != 1 {
			t.Errorf("%s: %+v", act, s.acts)
		}
	}
}

func TestWhatKeepsADecisionBackIsSaidAtTheField(t *testing.T) {
	s := newSite(t, asking()).as("authority")
	got := s.post("/de-nghi/31/quyet-dinh", url.Values{"text": {hostileAsk}, "on": {"mai"}})
	got.shows(t, "Chọn một trong hai", hostileAsk)
	if got.status != http.StatusUnprocessableEntity || strings.Contains(got.text, "<script>") || !strings.Contains(got.text, `href="#o-quyet-dinh-decision"`) ||
		!strings.Contains(got.text, `id="o-quyet-dinh-decision"`) || !strings.Contains(got.text, `value="mai"`) {
		t.Errorf("no choice: %d\n%s", got.status, got.text)
	}
	got = s.post("/de-nghi/31/quyet-dinh", url.Values{"decision": {"refuse"}, "text": {" "}})
	got.shows(t, "Ghi rõ lý do hoặc nội dung.")
	if !strings.Contains(got.text, `value="refuse" checked`) {
		t.Error("forgets the choice")
	}
	s.post("/de-nghi/31/quyet-dinh", url.Values{"decision": {"grant"}, "on": {"mai"}}).shows(t, "Ghi ngày theo dạng")
	for _, c := range []struct {
		token, path string
		status      int
	}{{"stranger", "/de-nghi/31/quyet-dinh", 404}, {"authority", "/de-nghi/31/khac", 404}, {"authority", "/de-nghi/99/rut", 404}} {
		if got := s.as(c.token).post(c.path, url.Values{"decision": {"grant"}}); got.status != c.status {
			t.Errorf("%s for %s: %d", c.path, c.token, got.status)
		}
	}
	if len(s.acts) != 0 {
		t.Errorf("acted all the same: %+v", s.acts)
	}
	s.actErr = fault.New(fault.Conflict, "request.changed", "Đã có thay đổi.", "Changed.")
	s.requests[0].Request.State, s.requests[0].Request.SettledAt = request.Withdrawn, ptr(at("2026-06-16 08:00"))
	got = s.as("authority").post("/de-nghi/31/quyet-dinh", url.Values{"decision": {"grant"}, "text": {"Một lời dài"}})
	if got.shows(t, "Đã có thay đổi.", "Đã rút", "Một lời dài"); got.status != http.StatusConflict {
		t.Errorf("conflict: %d", got.status)
	}
}

func TestAnAnswerSurvivesAnExpiredSession(t *testing.T) {
	s := newSite(t, asking()).as("het-han")
	got := s.post("/de-nghi/33/tra-loi", url.Values{"text": {"Lời giải trình dài"}, "version": {"4"}})
	got.shows(t, "Mật khẩu")
	if got.status != http.StatusUnauthorized || !strings.Contains(got.text, `value="/de-nghi/33/tra-loi"`) {
		t.Fatalf("%d\n%s", got.status, got.text)
	}
	got = s.post("/dang-nhap", url.Values{"email": {"daumoi@phuocthai.dondoc.example"}, "password": {"một câu đủ dài"},
		"bieu_mau": {"/de-nghi/33/tra-loi"}, "giu.text": {"Lời giải trình dài"}})
	got.shows(t, "Lời giải trình dài", "Nội dung đã nhập vẫn còn")
	if len(s.acts) != 0 || !slices.Equal(formsOn(got), []string{actAnswer}) {
		t.Errorf("after signing in: %v, %+v", formsOn(got), s.acts)
	}
}

func TestListOfRequests(t *testing.T) {
	page := newSite(t, asking()).as("commune").get("/de-nghi")
	page.shows(t, "Chờ trả lời", "Yêu cầu giải trình", "Đã hỏi, chưa xong", "Đề nghị gia hạn")
	if strings.Count(page.text, `href="/de-nghi/33"`) != 1 || !strings.Contains(page.text, `href="/de-nghi/31"`) {
		t.Error("not what waits and what was asked")
	}
	newSite(t, sample()).as("commune").get("/de-nghi").shows(t, "Không có đề nghị nào chờ trả lời", "Không có đề nghị nào đã gửi")
	if page := newSite(t, asking()).as("admin").get("/thong-bao"); strings.Contains(page.text, `href="/de-nghi"`) {
		t.Error("the menu offers requests to whoever can have none")
	}
	if got := newSite(t, asking()).get("/de-nghi/31"); got.location != "/dang-nhap?tiep=%2Fde-nghi%2F31" {
		t.Errorf("from a mail's link: %q", got.location)
	}
}

func TestAskingForMoreTimeOnTheTasksPage(t *testing.T) {
	f := asking()
	page := newSite(t, f).as("commune").get("/viec/12")
	if page.shows(t, "Yêu cầu giải trình"); strings.Contains(page.text, "/viec/12/gia-han") {
		t.Error("one that waits stands in the way of another")
	}
	f.requests = f.requests[1:]
	s := newSite(t, f)
	for token, want := range map[string]bool{"commune": true, "district": false} {
		if page := s.as(token).get("/viec/12"); strings.Contains(page.text, "/viec/12/gia-han") != want {
			t.Errorf("for %s: %t", token, !want)
		}
	}
	if page := s.as("commune").get("/viec/13"); strings.Contains(page.text, "/viec/13/gia-han") {
		t.Error("offered after the due time")
	}
	got := s.post("/viec/12/gia-han", url.Values{"text": {" "}, "proposed_on": {""}})
	got.shows(t, "Ghi ngày đề nghị gia hạn đến.", "Ghi rõ lý do hoặc nội dung.", "Có 2 chỗ cần sửa")
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.text, `<details class="ask" open>`) || len(s.asks) != 0 {
		t.Errorf("with nothing in it: %d, %+v", got.status, s.asks)
	}
	got = s.post("/viec/12/gia-han", url.Values{"text": {"Chờ số liệu"}, "proposed_on": {"26/06/2026"}, "version": {"3"}})
	if got.location != "/viec/12?da=gia-han" || len(s.asks) != 1 {
		t.Fatalf("%d to %q, %+v", got.status, got.location, s.asks)
	}
	if in := s.asks[0]; in.TaskID != 12 || in.Version != 3 || in.Kind != request.Extension || in.ProposedOn != on("2026-06-26") || in.Text != "Chờ số liệu" {
		t.Errorf("asked %+v", in)
	}
	s.actErr = fault.New(fault.Invalid, "request.not_later", "Ngày phải sau hạn.", "Later.").At("proposed_on")
	got = s.post("/viec/12/gia-han", url.Values{"text": {"Chờ số liệu"}, "proposed_on": {"01/06/2026"}})
	if got.shows(t, "Ngày phải sau hạn."); !strings.Contains(got.text, `href="#o-gia-han-proposed_on"`) || !strings.Contains(got.text, `value="01/06/2026"`) {
		t.Error("the input is lost, or nothing leads to the field")
	}
}

func TestNoticesLeadToTheRequest(t *testing.T) {
	f := asking()
	for i, kind := range []notice.Kind{notice.RequestAsked, notice.OwedAgain} {
		item := f.notices.Items[0]
		item.NotificationID, item.Kind, item.RequestID = int64(20+i), kind, 31
		f.notices.Items = append(f.notices.Items, item)
	}
	page := newSite(t, f).as("commune").get("/thong-bao")
	if n := strings.Count(page.text, `href="/de-nghi/31"`); n != 1 {
		t.Errorf("%d notices lead to the request", n)
	}
}
