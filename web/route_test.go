package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// passed is what the fake was asked to do with results on their way.
type passed struct {
	forwards    []task.ForwardInput
	corrections []task.CorrectInput
	decisions   []task.CorrectionAct
	noted       []task.NoteInput
	notes       []task.Note
	waiting     []task.Correction
	routeErr    error
}

func (f *fake) Forward(_ context.Context, _ policy.Actor, in task.ForwardInput) (task.Receipt, error) {
	in, err := in.Clean()
	if err == nil {
		f.forwards = append(f.forwards, in)
		err = f.routeErr
	}
	return task.Receipt{}, err
}

func (f *fake) Correct(_ context.Context, _ policy.Actor, in task.CorrectInput) (task.Correction, error) {
	in, err := in.Clean()
	if err == nil {
		f.corrections = append(f.corrections, in)
		err = f.routeErr
	}
	return task.Correction{}, err
}

func (f *fake) DecideCorrection(_ context.Context, _ policy.Actor, in task.CorrectionAct) (task.Correction, error) {
	in, err := in.Clean()
	if err == nil {
		f.decisions = append(f.decisions, in)
		err = f.routeErr
	}
	return task.Correction{}, err
}

func (f *fake) ListCorrections(context.Context, policy.Actor, int, string) (task.CorrectionPage, error) {
	return task.CorrectionPage{Corrections: f.waiting}, nil
}

func (f *fake) NoteTask(_ context.Context, _ policy.Actor, in task.NoteInput) (task.Note, error) {
	in, err := in.Clean()
	if err == nil {
		f.noted = append(f.noted, in)
	}
	return task.Note{}, err
}

func (f *fake) TaskNotes(context.Context, policy.Actor, int64) ([]task.Note, error) {
	return f.notes, nil
}

// onItsWay is the sample where the district passes task 13 on to another reviewer.
func onItsWay(t *testing.T) *fake {
	t.Helper()
	f := sample()
	d, ok := f.details[13]
	if !ok {
		t.Fatal("the sample has no task 13")
	}
	sent := at("2026-06-10 09:12")
	d.Task.State, d.Task.Held, d.Task.ThroughID, d.Task.ThroughName = task.StateSubmitted, true, d.Task.ReviewerID, "Chi cục Phòng, chống tệ nạn"
	d.Task.ReviewerID, d.Task.ReviewerName, d.Task.SubmittedAt = 900, "Sở", &sent
	d.Submissions = []task.Submission{{ID: 1, Number: 1, Kind: task.Report, Narrative: "Đã làm.", SubmittedAt: sent, SubmittedByName: "Đầu mối"}}
	d.MayForward, d.MaySendBack = true, true
	f.details[13] = d
	return f
}

func TestThePageOfAResultOnItsWay(t *testing.T) {
	f := onItsWay(t)
	page := newSite(t, f).as("district").get("/viec/13")
	page.shows(t, "qua Chi cục Phòng, chống tệ nạn", "Đã gửi, chờ Chi cục Phòng, chống tệ nạn chuyển", "Báo cáo lần 1 đi qua cơ quan",
		"Chuyển đến nơi nhận", "Trả lại đơn vị gửi")
	d := f.details[13]
	d.Task.Held, d.MayForward, d.MaySendBack = false, false, false
	d.Submissions[0].Forwarded = &task.Forwarding{At: at("2026-06-11 15:40"), AgencyName: "Chi cục", ByName: "Chuyên viên", Remark: "Đã đối chiếu."}
	f.details[13] = d
	page = newSite(t, f).as("district").get("/viec/13")
	page.shows(t, "10/06/2026, 09:12 · Đầu mối · Chi cục chuyển 11/06/2026, 15:40", "Ý kiến khi chuyển: Đã đối chiếu.")
	page.lacks(t, "Chuyển đến nơi nhận")
}

func TestPassingOnFromThePage(t *testing.T) {
	s := newSite(t, onItsWay(t)).as("district")
	form := url.Values{"decision": {"send_back"}, "text": {"Thiếu biểu 02"}, "resubmit_on": {"22/06/2026"}, "version": {"4"}, "idempotency_key": {formKey}}
	if got := s.post("/viec/13/chuyen", form); got.status != http.StatusSeeOther || got.location != "/viec/13?da=chuyen" {
		t.Fatalf("%d to %q\n%s", got.status, got.location, readable(got.text))
	}
	if in := s.forwards[0]; in.TaskID != 13 || in.Version != 4 || in.Decision != task.SendBack || in.Remark != "Thiếu biểu 02" || in.ResubmitOn != on("2026-06-22") {
		t.Errorf("%+v", in)
	}
	form.Set("decision", "forward")
	s.post("/viec/13/chuyen", form)
	if in := s.forwards[1]; in.Decision != task.Forward || !in.ResubmitOn.IsZero() {
		t.Errorf("a day that was left beside passing on: %+v", in)
	}
	form.Set("decision", "send_back")
	form.Set("text", " ")
	got := s.post("/viec/13/chuyen", form)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.text, `href="#o-chuyen-text"`) || !strings.Contains(got.text, `value="22/06/2026"`) {
		t.Errorf("%d\n%s", got.status, readable(got.text))
	}
	got.shows(t, "Ghi rõ lý do trả lại để đơn vị biết cần bổ sung gì.")

	// Somebody else was faster: what was typed is there to be kept.
	s.routeErr = fault.New(fault.Conflict, "forwarding.done", "Bản báo cáo này đã được chuyển.", "Passed on already.")
	d := s.details[13]
	d.MayForward, d.MaySendBack = false, false
	s.details[13] = d
	form.Set("text", "Thiếu biểu 02, cột 3")
	got = s.post("/viec/13/chuyen", form)
	got.shows(t, "Bản báo cáo này đã được chuyển.", "Nội dung đã nhập, chưa gửi", "Thiếu biểu 02, cột 3")
}

// corrigible is the sample where task 13 was accepted and may be corrected.
func corrigible(t *testing.T) *fake {
	f := onItsWay(t)
	d := f.details[13]
	d.Task.Held, d.Task.State, d.MayForward, d.MaySendBack = false, task.StateAccepted, false, false
	d.InForce, d.MayCorrect = 1, true
	f.details[13] = d
	return f
}

func TestCorrectingFromThePage(t *testing.T) {
	f := corrigible(t)
	s := newSite(t, f).as("commune")
	page := s.get("/viec/13")
	page.shows(t, "Báo cáo đính chính, thay thế", "Viết bản đính chính", "Lý do đính chính", "Đã làm.")
	if !strings.Contains(page.text, `action="/viec/13/dinh-chinh"`) || strings.Contains(page.text, `action="/viec/13/bao-cao"`) {
		t.Error("the form does something else")
	}
	form := report()
	form.Set("reason", "Cộng sót một ấp")
	for name := range form {
		if strings.HasPrefix(name, figurePrefix) {
			form.Del(name)
		}
	}
	if got := s.post("/viec/13/dinh-chinh", form); got.status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", got.status, readable(got.text))
	}
	if in := s.corrections[0]; in.TaskID != 13 || in.Reason != "Cộng sót một ấp" || in.Narrative != "Đã tuyên truyền." || in.DocumentOn != on("2026-06-16") {
		t.Errorf("%+v", in)
	}
	form.Del("reason")
	form.Set("document_on", "hôm qua")
	got := s.post("/viec/13/dinh-chinh", form)
	if got.status != http.StatusUnprocessableEntity || len(s.corrections) != 1 {
		t.Errorf("%d, %d corrections", got.status, len(s.corrections))
	}
	got.shows(t, "Ghi rõ lý do đính chính.", "Ghi ngày theo dạng ngày/tháng/năm", "Đã tuyên truyền.")
	if strings.Count(got.text, `name="narrative"`) != 1 || !strings.Contains(got.text, "<details class=\"ask\" open>") {
		t.Error("the form is not shown again as it was")
	}
}

func TestDecidingOnACorrectionFromThePage(t *testing.T) {
	f := corrigible(t)
	d := f.details[13]
	k := task.Correction{ID: 7, TaskID: 13, Number: 2, Replaces: 1, Reason: "Cộng sót", Outcome: task.CorrectionWaits, CorrectedAt: at("2026-06-15 10:00")}
	d.MayCorrect, d.MayDecideCorrection, d.MayTakeBackCorrection = false, true, true
	d.Submissions = append([]task.Submission{{ID: 2, Number: 2, Kind: task.Report, Narrative: "Số đúng.", SubmittedAt: k.CorrectedAt, Correction: &k}}, d.Submissions...)
	d.Steps = []task.Step{{Code: "correction_reminder", Kind: "correction_reminder", At: at("2026-06-17 08:00"), State: "pending"}}
	f.details[13] = d
	s := newSite(t, f).as("district")
	s.get("/viec/13").shows(t, "Bản đính chính (lần 2) chờ quyết định. Cho đến lúc ấy, lần 1 vẫn có hiệu lực.", "Lần 2, đính chính lần 1", "“Cộng sót”", "Chờ quyết định",
		"Đang có hiệu lực", "Lần 2 có hiệu lực, thay lần 1", "Nhắc nơi nhận quyết định bản đính chính Sẽ gửi 17/06/2026, 08:00")
	form := url.Values{"decision": {"refuse"}, "text": {"Thiếu căn cứ"}, "idempotency_key": {formKey}}
	if got := s.post("/viec/13/dinh-chinh/7/quyet-dinh", form); got.status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", got.status, readable(got.text))
	}
	if in := s.decisions[0]; in != (task.CorrectionAct{CorrectionID: 7, Decision: task.RefuseCorrection, Answer: "Thiếu căn cứ"}) {
		t.Errorf("%+v", in)
	}
	if got := s.post("/viec/13/dinh-chinh/7/rut", url.Values{"idempotency_key": {formKey}}); got.status != http.StatusSeeOther || s.decisions[1].Decision != task.TakeBackCorrection {
		t.Errorf("%d, %+v", got.status, s.decisions)
	}
	form.Del("text")
	s.post("/viec/13/dinh-chinh/7/quyet-dinh", form).shows(t, "Ghi rõ lý do không chấp nhận.")
	for _, address := range []string{"/viec/13/dinh-chinh/8/quyet-dinh", "/viec/13/dinh-chinh/7/xoa", "/viec/13/dinh-chinh/x/rut"} {
		if got := s.post(address, form); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", address, got.status)
		}
	}
}

func TestNotesAreShownToSupervisorsAlone(t *testing.T) {
	f := sample()
	f.notes = []task.Note{{ID: 1, AgencyName: "UBND huyện Long Thành", Text: "Hay gửi thiếu biểu", NotedAt: time.Date(2026, 6, 1, 3, 0, 0, 0, time.UTC), NotedByName: "Chuyên viên"}}
	s := newSite(t, f)
	s.as("district").get("/viec/13").shows(t, "Ghi chú của người theo dõi", "Hay gửi thiếu biểu", "UBND huyện Long Thành 01/06/2026, 10:00 · Chuyên viên")
	if got := s.post("/viec/13/ghi-chu", url.Values{"text": {"Gọi lại thứ Hai"}, "idempotency_key": {formKey}}); got.status != http.StatusSeeOther || s.noted[0].Text != "Gọi lại thứ Hai" {
		t.Errorf("%d, %+v", got.status, s.noted)
	}
	s.post("/viec/13/ghi-chu", url.Values{"text": {" "}}).shows(t, "Ghi nội dung ghi chú.")
	s.as("commune").get("/viec/13").lacks(t, "Hay gửi thiếu biểu", "Ghi chú của người theo dõi")
}

func TestMyTasksListWhatWaitsToBePassedOn(t *testing.T) {
	f := sample()
	f.tasks = []task.Task{onItsWay(t).details[13].Task}
	f.waiting = []task.Correction{{ID: 7, TaskID: 13, AgencyName: "UBND xã Phước Thái", DutyCode: "IV.15", DutyTitle: "Báo cáo tình hình", CorrectedAt: at("2026-06-15 10:00")}}
	s := newSite(t, f)
	s.as("district").get("/viec").shows(t, "Chờ chuyển", "Bản đính chính chờ quyết định", "Nhiệm vụ IV.15 · Báo cáo tình hình")
	s.as("commune").get("/viec").lacks(t, "Chờ chuyển", "Bản đính chính chờ quyết định")
}
