package web

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"dondoc/internal/browsertest"
	"dondoc/internal/calendar"
	"dondoc/internal/plan"
)

const periodicSteps = "/van-ban/1/buoc-nhac/periodic"

// sent is what a browser would send of the form of steps as the page has it.
func sent(t *testing.T, page body) url.Values {
	t.Helper()
	form := url.Values{"idempotency_key": {formKey}}
	for _, found := range regexp.MustCompile(`<input[^>]* name="(rows|s\.\d+\.[a-z]+)"[^>]*>`).FindAllStringSubmatch(page.text, -1) {
		value := regexp.MustCompile(` value="([^"]*)"`).FindStringSubmatch(found[0])
		if strings.Contains(found[0], `type="checkbox"`) && !strings.Contains(found[0], " checked") {
			continue
		}
		form.Add(found[1], value[1])
	}
	for _, list := range regexp.MustCompile(`(?s)<select[^>]* name="(s\.[^"]+)"[^>]*>(.*?)</select>`).FindAllStringSubmatch(page.text, -1) {
		chosen := regexp.MustCompile(`<option value="([^"]*)" selected>`).FindStringSubmatch(list[2])
		if chosen == nil {
			t.Fatalf("nothing is chosen in %s", list[1])
		}
		form.Set(list[1], chosen[1])
	}
	return form
}

// policyWritten is a policy of the plan that was looked at last.
func policyWritten(t *testing.T, s *site, code string) plan.Policy {
	t.Helper()
	if len(s.amendLooks) == 0 {
		t.Fatal("nothing was looked at")
	}
	for _, p := range s.amendLooks[len(s.amendLooks)-1].Plan.Policies {
		if p.Code == code {
			return p
		}
	}
	t.Fatalf("no policy %s", code)
	return plan.Policy{}
}

func TestStepsAreChangedByAForm(t *testing.T) {
	f, source := authority(t)
	s := newSite(t, inState(f, plan.Active)).as("authority")
	s.get("/van-ban/1/buoc-nhac").shows(t, "Đổi các bước", "Báo cáo định kỳ", "Dùng cho 2 nhiệm vụ", "Nhắc nơi nhận")
	page := s.get(periodicSteps)
	page.shows(t, "Các bước: Báo cáo định kỳ", "Bước 6", "Người theo dõi nhận dự thảo", "trước hạn", "Thêm một bước")

	// What the page shows, sent back as it is, says what is in force.
	form := sent(t, page)
	if got := s.post(periodicSteps, form); got.status != 200 || !strings.Contains(got.text, "Áp dụng") {
		t.Fatalf("looked: %d", got.status)
	}
	if got, want := policyWritten(t, s, "periodic").Steps, calendar.DefaultPolicies()["periodic"]; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("unchanged, it says %v, want %v", got, want)
	}

	// One row more, which stands on the page and is not looked at yet.
	form.Set("them", "1")
	more := s.post(periodicSteps, form)
	more.shows(t, "Bước 7")
	if len(s.amendLooks) != 1 {
		t.Error("a row more was taken for the change")
	}
	form = sent(t, pageWithout(more, "s.6.kind", "s.6.unit", "s.6.when", "s.6.cron"))
	for key, value := range map[string]string{
		"s.6.kind": "reminder", "s.6.offset": "3", "s.6.unit": "calendar_days", "s.6.when": "before.due", "s.6.time": "17:30", "s.6.severity": "15", "s.6.audience": "head", "s.6.cron": "",
		"s.1.drop": "1", // the day before
		"s.5.cron": "0 8 * * 1",
	} {
		form.Set(key, value)
	}
	got := s.post(periodicSteps, form)
	if got.status != 200 {
		t.Fatalf("changed: %d", got.status)
	}
	got.shows(t, "Áp dụng")
	written := policyWritten(t, s, "periodic")
	if len(written.Steps) != 6 || written.Steps[5].Code != "reminder_3" || written.Steps[5].Offset != -3 || written.Steps[5].Unit != calendar.CalendarDays || written.Steps[5].TimeOfDay != "17:30" ||
		written.Steps[4].Cron != "0 8 * * 1" || written.Steps[1].Code != "due_today" {
		t.Errorf("written: %+v", written)
	}
	// Putting in force takes the same file.
	if typed := s.amendLooks[len(s.amendLooks)-1].Source; !strings.HasPrefix(typed, strings.TrimSuffix(source, "\n")) || !strings.Contains(typed, "reminder_3") {
		t.Errorf("the file became %s", typed)
	}
	if len(s.amends) != 0 {
		t.Error("put in force before it was looked at")
	}
}

// pageWithout leaves out lists in which nothing is chosen yet.
func pageWithout(page body, names ...string) body {
	for _, name := range names {
		page.text = regexp.MustCompile(`(?s)<select[^>]* name="`+regexp.QuoteMeta(name)+`".*?</select>`).ReplaceAllString(page.text, "")
	}
	return page
}

func TestFaultsOfStepsStandAtTheirFields(t *testing.T) {
	f, _ := authority(t)
	s := newSite(t, inState(f, plan.Active)).as("authority")
	base := sent(t, s.get(periodicSteps))
	for _, c := range []struct{ key, value, says string }{
		{"s.2.time", "25:00", "o-s.2.time"},
		{"s.2.offset", "ba", "o-s.2.offset"},
		{"s.2.offset", "-1", "o-s.2.offset"},
		{"s.3.audience", "", "o-s.3.audience"},
		{"s.3.kind", "x", "o-s.3.kind"},
		{"s.4.cron", "61 8 * * 1", "o-s.4.cron"},
		{"s.4.severity", "9999", "o-s.4.severity"},
	} {
		form := url.Values{}
		for key, values := range base {
			form[key] = values
		}
		form.Set("s.0.drop", "1") // the file's rows are not the form's
		form.Set(c.key, c.value)
		if c.value == "" {
			form.Del(c.key)
		}
		got := s.post(periodicSteps, form)
		if got.status != 422 || !strings.Contains(got.text, `href="#`+c.says+`"`) || !strings.Contains(got.text, `id="`+c.says+`"`) {
			t.Errorf("%s = %q: %d, and no way to %s", c.key, c.value, got.status, c.says)
		}
	}
	form := url.Values{"rows": {"6"}, "idempotency_key": {formKey}}
	for i := range 6 {
		form.Set(stepField(i, "drop"), "1")
	}
	if got := s.post(periodicSteps, form); got.status != 422 || !strings.Contains(got.text, "chưa có bước nào") {
		t.Errorf("no step at all: %d", got.status)
	}
	if len(s.amendLooks) != 0 {
		t.Error("a faulty policy was looked at")
	}
}

func TestWhoChangesSteps(t *testing.T) {
	f, source := authority(t)
	s := newSite(t, inState(f, plan.Active))
	for _, token := range []string{"commune", "department", "admin"} {
		if got := s.as(token).get(periodicSteps); got.status != 404 {
			t.Errorf("%s: %d", token, got.status)
		}
		if got := s.as(token).post(periodicSteps, url.Values{"rows": {"0"}}); got.status != 404 {
			t.Errorf("%s posts: %d", token, got.status)
		}
	}
	if got := s.as("authority").get("/van-ban/1/buoc-nhac/khong-co"); got.status != 404 {
		t.Errorf("a policy that is not: %d", got.status)
	}
	// A draft is loaded again with the steps, and nothing is amended.
	f, _ = authority(t)
	s = newSite(t, inState(f, plan.Draft)).as("authority")
	if got := s.post(periodicSteps, sent(t, s.get(periodicSteps))); got.location != "/van-ban/1/xem-truoc?da=nap" || len(s.loaded) != 1 || len(s.amendLooks) != 0 {
		t.Errorf("a draft: %d %s", got.status, got.location)
	}
	// The lists beside the file need not be sent again to amend it.
	f, _ = authority(t)
	f.planSource = strings.Replace(source, "groups:\n", "units:\n  - file: units.csv\ngroups:\n", 1)
	f.planFiles = map[string]string{"units.csv": "code,name,level,parent_code\nso-c,Sở C,department,tinh\n"}
	s = newSite(t, inState(f, plan.Active)).as("authority")
	if got := s.post(periodicSteps, sent(t, s.get(periodicSteps))); got.status != 200 || len(s.amendLooks) != 1 {
		t.Fatalf("with a list beside: %d", got.status)
	}
	if got := s.post("/van-ban/1/sua-doi", url.Values{"source": {s.amendLooks[0].Source}, "digest": {"abc"}, "version": {"7"}, "basis.number": {"1/QĐ"}, "basis.on": {"1/6/2026"}, "idempotency_key": {formKey}}); got.location != "/van-ban/1/sua-doi?da=1" {
		t.Errorf("put in force: %d", got.status)
	}
}

func TestStepsInABrowser(t *testing.T) {
	f, _ := authority(t)
	s := newSite(t, inState(f, plan.Active))
	b := browsertest.Start(t, 3*time.Minute)
	for _, width := range []int64{360, 1440} {
		look(t, b, width, "buoc-nhac-doi", s.url+periodicSteps, "authority")
	}
}
