package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"dondoc/internal/browsertest"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// accepted are the results that a test confirmed at once; odd ones are refused.
type accepted struct{ accepts []task.AcceptItem }

func (a *accepted) AcceptMany(_ context.Context, _ policy.Actor, items []task.AcceptItem) ([]task.Outcome, error) {
	var outcomes []task.Outcome
	for _, item := range items {
		a.accepts = append(a.accepts, item)
		o := task.Outcome{TaskID: item.TaskID}
		if item.Version != 3 {
			o.Fault = fault.New(fault.Conflict, "task.changed", "Báo cáo đã được gửi lại.", "The report was sent again.")
		}
		outcomes = append(outcomes, o)
	}
	return outcomes, nil
}

// reviewing has a commune's report that was sent twice, and the month before.
func reviewing() *fake {
	f := sample()
	d := f.details[17]
	d.Fields = []task.Field{{Indicator: "KT", Name: "Cơ sở được kiểm tra", UnitName: "lượt", Kind: "count"}}
	d.Task.WindowFrom, d.Task.WindowTo = on("2026-04-15"), on("2026-05-14")
	d.Submissions = []task.Submission{
		{Number: 2, Kind: task.Report, SubmittedAt: at("2026-06-15 16:20"), Narrative: "Đã kiểm tra 18 cơ sở.", Figures: []task.Figure{{Indicator: "KT", Value: "18"}},
			Explanations: []task.Explanation{{Indicator: "KT", Text: "Tăng do đợt cao điểm."}}},
		{Number: 1, Kind: task.Report, SubmittedAt: at("2026-06-12 09:00"), Narrative: "Đã kiểm tra 15 cơ sở.", Figures: []task.Figure{{Indicator: "KT", Value: "15"}}},
	}
	f.details[17] = d
	for i := range f.tasks {
		if f.tasks[i].ID == 17 {
			f.tasks[i] = d.Task
		}
		if f.tasks[i].ID == 15 {
			f.tasks[i].WindowTo = on("2026-04-14")
			f.details[15] = task.Detail{Task: f.tasks[i], Fields: d.Fields, Submissions: []task.Submission{
				{Number: 1, Kind: task.Report, SubmittedAt: at("2026-04-17 10:00"), Narrative: "Tháng trước kiểm tra 7 cơ sở.", Figures: []task.Figure{{Indicator: "KT", Value: "7"}}}}}
		}
	}
	return f
}

func TestAResultIsReviewedBesideWhatWasSentBefore(t *testing.T) {
	f := reviewing()
	s := newSite(t, f).as("district")
	if queue := s.get("/xac-nhan"); !strings.Contains(queue.text, `href="/xac-nhan/17"`) {
		t.Fatal("what waits is not in the queue")
	}
	page := s.get("/xac-nhan/17")
	for _, want := range []string{"Lần gửi 1", "<b class=\"d\">18</b>", ">15</td>", ">7</td>", ">&#43;11</td>", "Tăng do đợt cao điểm.", "<del>15 </del>", "<ins>18 </ins>", "Tháng trước kiểm tra 7 cơ sở.", `name="tiep" value="xong"`} {
		if !strings.Contains(page.text, want) {
			t.Errorf("%q is not beside the result", want)
		}
	}
	done := s.post("/viec/17/xac-nhan", url.Values{"decision": {"accept"}, "version": {"3"}, "tiep": {"xong"}})
	if done.status != http.StatusSeeOther || done.location != "/xac-nhan?da=1" || len(f.reviewed) != 1 {
		t.Errorf("%d to %s", done.status, done.location)
	}
	if again := s.post("/viec/17/xac-nhan", url.Values{"decision": {"accept"}, "tiep": {"//elsewhere.example"}}); again.location != "/xac-nhan?da=1" {
		t.Errorf("leads to %s", again.location)
	}
	if s.as("commune").get("/xac-nhan").status != http.StatusNotFound {
		t.Error("a focal point has a queue of reviews")
	}
}

func TestManyAreConfirmedAtOnce(t *testing.T) {
	f := reviewing()
	s := newSite(t, f).as("district")
	page := s.post("/xac-nhan", url.Values{"viec": {"17", "18"}, "version.17": {"3"}, "version.18": {"2"}})
	if len(f.accepts) != 2 || f.accepts[0] != (task.AcceptItem{TaskID: 17, Version: 3}) {
		t.Errorf("confirmed %+v", f.accepts)
	}
	for _, want := range []string{"Đã xác nhận 1 báo cáo.", "Báo cáo đã được gửi lại."} {
		if !strings.Contains(page.text, want) {
			t.Errorf("%q is not said", want)
		}
	}
	if s.post("/xac-nhan", url.Values{}).status == http.StatusOK {
		t.Error("confirms nothing")
	}
}

func TestReviewingInABrowser(t *testing.T) {
	s := newSite(t, reviewing())
	b := browsertest.Start(t, 2*time.Minute)
	for _, width := range []int64{360, 1440} {
		look(t, b, width, "xac-nhan", s.url+"/xac-nhan", "district")
		look(t, b, width, "xac-nhan-17", s.url+"/xac-nhan/17", "district")
	}
	b.Open(s.url + "/xac-nhan")
	for _, v := range b.Axe() {
		t.Error(v)
	}
	b.Do(chromedp.KeyEvent("j"), chromedp.KeyEvent("\r"))
	arrives(t, b, "/xac-nhan/17")
	b.Do(chromedp.WaitVisible(chromedp.CSS("#quyet-dinh")), chromedp.KeyEvent("r"))
	if at := browsertest.Ask[string](b, `document.activeElement.id + ' ' + document.querySelector('input[name=decision]:checked').value`); at != "o-reason return" {
		t.Errorf("R leads to %q", at)
	}
	for _, v := range append(b.Axe(), b.Troubles()...) {
		t.Error(v)
	}
}
