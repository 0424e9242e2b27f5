package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"dondoc/internal/browsertest"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// urged are the pushes of a test; the tasks of refuse cannot be urged for.
type urged struct {
	urges  []task.UrgeInput
	refuse []int64
}

func (u *urged) Urge(_ context.Context, _ policy.Actor, in task.UrgeInput) (task.UrgeReceipt, error) {
	in, err := in.Clean(at("2026-06-16 08:00"))
	if err != nil {
		return task.UrgeReceipt{}, err
	}
	u.urges = append(u.urges, in)
	var receipt task.UrgeReceipt
	for _, id := range in.TaskIDs {
		o := task.Outcome{TaskID: id}
		if slices.Contains(u.refuse, id) {
			o.Fault = fault.New(fault.Conflict, "urging.not_owed", "Việc này không còn phải gửi, không cần đôn đốc.", "Nothing is owed for this task any more.")
		}
		receipt.Outcomes = append(receipt.Outcomes, o)
	}
	return receipt, nil
}

func TestASupervisorUrgesForWhatWasTicked(t *testing.T) {
	f := sample()
	s := newSite(t, f).as("district")
	page := s.get("/don-doc?viec=12&viec=13&cach=message")
	for _, want := range []string{"2 việc", "UBND xã Phước Thái", "IV.15.i.3", "Đề nghị đơn vị khẩn trương", "4 ngày", `tel:0251`} {
		if !strings.Contains(page.text, want) {
			t.Errorf("what will be sent does not show %q", want)
		}
	}
	done := s.post("/don-doc", url.Values{"viec": {"12", "13"}, "cach": {"message"}, "message": {"Gửi trong ngày."}})
	if done.status != http.StatusSeeOther || len(f.urges) != 1 || !slices.Equal(f.urges[0].TaskIDs, []int64{12, 13}) || f.urges[0].Message != "Gửi trong ngày." {
		t.Fatalf("%d, %+v", done.status, f.urges)
	}
	if after := s.get(done.location); !strings.Contains(after.text, "Đã gửi đôn đốc.") {
		t.Error("nothing says that it was done")
	}
	// A call, with what was promised; a day that is none is led to.
	wrong := s.post("/don-doc", url.Values{"viec": {"13"}, "cach": {"phone"}, "with_whom": {"Văn phòng UBND xã"}, "promised_on": {"mai"}})
	if wrong.status != http.StatusUnprocessableEntity || !strings.Contains(wrong.text, `value="Văn phòng UBND xã"`) || !strings.Contains(wrong.text, `href="#o-promised_on"`) {
		t.Errorf("%d: the form does not come back as typed", wrong.status)
	}
	s.post("/don-doc", url.Values{"viec": {"13"}, "cach": {"phone"}, "with_whom": {"Văn phòng UBND xã"}, "promised_on": {"17/6/2026"}})
	if last := f.urges[len(f.urges)-1]; last.Kind != task.UrgePhone || last.PromisedOn != on("2026-06-17") {
		t.Errorf("noted %+v", last)
	}
	// What is left out is named, with the reason.
	f.refuse = []int64{13}
	if some := s.post("/don-doc", url.Values{"viec": {"12", "13"}, "cach": {"message"}, "message": {"Gửi."}}); !strings.Contains(some.text, "Xong 1 việc.") || !strings.Contains(some.text, "không còn phải gửi") {
		t.Error("the page does not tell what was left out")
	} else if strings.Contains(some.text, `name="viec" value="12"`) || !strings.Contains(some.text, `name="viec" value="13"`) {
		t.Error("pressing the button again would urge a second time for what is done")
	}
	if demanded := s.post("/don-doc", url.Values{"viec": {"12", "13"}, "cach": {"explanation"}, "message": {"Vì sao chưa gửi?"}}); demanded.status != http.StatusSeeOther {
		t.Errorf("the demand answers %d", demanded.status)
	}
	if s.as("commune").get("/don-doc?viec=12").status != http.StatusNotFound {
		t.Error("a focal point may urge")
	}
	if s.get("/don-doc").status == http.StatusOK {
		t.Error("urges for nothing")
	}
}

// What was typed survives an expired session.
func TestUrgingSurvivesAnExpiredSession(t *testing.T) {
	s := newSite(t, sample())
	met := s.post("/don-doc", url.Values{"viec": {"13"}, "cach": {"phone"}, "with_whom": {"Văn phòng UBND xã"}})
	if met.status != http.StatusUnauthorized || !strings.Contains(met.text, "Văn phòng UBND xã") {
		t.Errorf("%d", met.status)
	}
}

func TestUrgingInABrowser(t *testing.T) {
	s := newSite(t, sample())
	b := browsertest.Start(t, 2*time.Minute)
	for _, width := range []int64{360, 1440} {
		look(t, b, width, "don-doc", s.url+"/don-doc?viec=12&viec=13", "district")
		look(t, b, width, "don-doc-zalo", s.url+"/don-doc?viec=12&viec=13&cach=zalo", "district")
	}
	b.Open(s.url + "/don-doc?viec=13&cach=zalo")
	b.Do(chromedp.Click(chromedp.CSS(".paste + button")), chromedp.Poll[chromedp.Void](`document.querySelector('.paste + button').innerText === 'Đã sao chép'`))
	for _, v := range append(b.Axe(), b.Troubles()...) {
		t.Error(v)
	}
	// From the board: tick with X, urge with D.
	b.Open(s.url + "/theo-doi")
	b.Do(chromedp.KeyEvent("j"), chromedp.KeyEvent("x"), chromedp.KeyEvent("d"))
	arrives(t, b, "/don-doc?viec=")
}
