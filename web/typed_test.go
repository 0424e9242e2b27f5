package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
)

var keptInput = regexp.MustCompile(`<input type="hidden" name="(bieu_mau|giu\.[^"]+)" value="([^"]*)">`)

// signsInAgain posts a form without a session, signs in with what the page kept, and
// answers the page that follows.
func signsInAgain(t *testing.T, s *site, token, path string, form url.Values) body {
	t.Helper()
	s.passwords["lai@dondoc.example"] = token
	met := s.as("").post(path, form)
	if met.status != http.StatusUnauthorized {
		t.Errorf("%s without a session answers %d", path, met.status)
	}
	again := url.Values{"email": {"lai@dondoc.example"}, "password": {"một câu đủ dài"}}
	for _, found := range keptInput.FindAllStringSubmatch(met.text, -1) {
		again.Add(html.UnescapeString(found[1]), html.UnescapeString(found[2]))
	}
	return s.post("/dang-nhap", again)
}

// Whoever typed for a quarter of an hour loses none of it to an expired session:
// after signing in the form stands there as it was sent, and nothing was done yet.
func TestEveryFormSurvivesAnExpiredSession(t *testing.T) {
	planned := func(state plan.State) func(*testing.T) *fake {
		return func(t *testing.T) *fake {
			f, _ := authority(t)
			f.duties = []plan.DutyRecord{{ID: 5, PlanID: 1, Code: "IV.2.e", Title: "Báo cáo nhanh", Cadences: []calendar.Cadence{calendar.AdHoc}}}
			return inState(f, state)
		}
	}
	administered := func(*testing.T) *fake { return office() }
	around := func(*testing.T) *fake { return supervised() }
	asked := func(*testing.T) *fake { return asking() }
	plain := func(*testing.T) *fake { return sample() }
	const words = `Đã viết "rất lâu"`
	for _, one := range []struct {
		fake        func(*testing.T) *fake
		token, path string
		form        url.Values
	}{
		{administered, "admin", "/quan-tri/nguoi-dung", url.Values{"name": {words}, "role": {"head"}}},
		{administered, "admin", "/quan-tri/nguoi-dung/nhap", url.Values{"list": {words}}},
		{administered, "admin", "/quan-tri/nguoi-dung/71/sua", url.Values{"name": {words}}},
		{administered, "admin", "/quan-tri/nguoi-dung/71/cap", url.Values{"agency": {words}}},
		{administered, "admin", "/quan-tri/nguoi-dung/71/thoi", url.Values{"post_id": {"91"}, "last_on": {words}}},
		{administered, "admin", "/quan-tri/nguoi-dung/71/nghi", url.Values{"reason": {words}}},
		{administered, "admin", "/quan-tri/don-vi/" + formatID(sample().agencies[0].ID) + "/the-thuc", url.Values{"collective": {words}}},
		{administered, "admin", "/quan-tri/sap-xep", url.Values{"act": {"rename"}, "name": {words}}},
		{administered, "admin", "/quan-tri/sap-xep", url.Values{"source": {words}}},
		{administered, "admin", "/quan-tri/lich-lam-viec", url.Values{"what": {"gian-doan"}, "reason": {words}}},
		{administered, "admin", "/quan-tri/mau-thong-bao/overdue/vi", url.Values{"lead": {words}}},
		{administered, "admin", "/quan-tri/ban-do", url.Values{"source": {words}}},
		{planned(plan.Active), "authority", "/quan-tri/kiem-tra", url.Values{"decision_number": {words}}},
		{planned(plan.Active), "authority", "/van-ban/nap", url.Values{"source": {words}}},
		{planned(plan.Active), "authority", "/van-ban/1/sua-doi", url.Values{"basis.number": {words}}},
		{planned(plan.Active), "authority", "/van-ban/1/sua-doi", url.Values{"source": {words}}},
		{planned(plan.Active), "authority", "/van-ban/1/buoc-nhac/periodic", url.Values{"rows": {"1"}, "s.0.time": {words}}},
		{planned(plan.Active), "authority", "/van-ban/1/theo-doi/ket-thuc", url.Values{"note": {words}}},
		{planned(plan.Draft), "authority", "/van-ban/1/theo-doi/bat-dau", url.Values{"follow_from": {words}}},
		{planned(plan.Active), "authority", "/van-ban/1/mo-ky", url.Values{"duty": {"5"}, "title": {words}}},
		{around, "commune", "/viec/12/them/chuyen-lai", url.Values{"reason": {words}}},
		{plain, "district", "/don-doc", url.Values{"viec": {"13"}, "cach": {"phone"}, "with_whom": {words}}},
		{plain, "commune", "/viec/12/bao-cao", url.Values{"narrative": {words}}},
		{asked, "commune", "/viec/12/gia-han", url.Values{"text": {words}}},
		{asked, "commune", "/de-nghi/33/tra-loi", url.Values{"text": {words}}},
	} {
		t.Run(one.token+one.path, func(t *testing.T) {
			s := newSite(t, one.fake(t))
			got := signsInAgain(t, s, one.token, one.path, one.form)
			if got.status != http.StatusOK || !strings.Contains(got.text, html.EscapeString(words)) {
				t.Errorf("after signing in: %d %s, and what was typed is not there", got.status, got.location)
			}
			if !strings.Contains(got.text, "Chưa gửi") && !strings.Contains(got.text, "chưa gửi") {
				t.Error("the page does not say that nothing was sent yet")
			}
			if got := len(s.submitted) + len(s.urges) + len(s.loaded) + len(s.byHand) + len(s.calendars); got != 0 {
				t.Errorf("%d acts without a word", got)
			}
		})
	}
}
