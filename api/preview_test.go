package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"os"
	"strings"
	"testing"

	"dondoc/api"
	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/preview"
	"dondoc/internal/timetable"
)

// previewCall is the smallest plan with a range.
var previewCall = strings.Replace(planCall, `{"source"`, `{"from": "2026-01-01", "to": "2026-03-31", "threshold": 2, "source"`, 1)

func (f *fake) PreviewPlan(_ context.Context, _ policy.Actor, id int64, w preview.Wanted) (preview.Preview, error) {
	f.note("PreviewPlan %d %s %s %s %d", id, w.From, w.To, w.Agency, w.Threshold)
	if err := outcome(id); err != nil {
		return preview.Preview{}, err
	}
	source, err := os.ReadFile(planSource)
	if err != nil {
		return preview.Preview{}, err
	}
	p, _ := plan.Read(planSource, source, nil)
	return futureOf(p, w)
}

func (f *fake) PreviewPlanFile(_ context.Context, a policy.Actor, p *plan.Plan, w preview.Wanted) (preview.Preview, error) {
	f.note("PreviewPlanFile %d %s %s %s %s %d", a.UserID, p.Code, w.From, w.To, w.Agency, w.Threshold)
	return futureOf(p, w)
}

func futureOf(p *plan.Plan, w preview.Wanted) (preview.Preview, error) {
	return preview.Compute(p, timetable.Calendars{National: calendar.WeekCalendar{}}, preview.Options{
		Wanted: w, Provisional: func(year int) bool { return year > 2026 },
	})
}

func TestAPreviewTellsTheFuture(t *testing.T) {
	s := newSite(t)
	got := s.do(request{method: "GET", path: "/api/v1/plans/1/preview?from=2026-02-01&to=2027-01-31&threshold=1", as: "supervisor"})
	var view api.PlanPreview
	if err := json.Unmarshal([]byte(got.text), &view); err != nil || got.status != 200 {
		t.Fatalf("%d %s: %v", got.status, got.text, err)
	}
	first := view.Rounds[0]
	if len(view.Rounds) != 12 || first.DutyCode != "I.1" || first.Period.Label != "January 2026" || first.Tasks[0].Agencies != 1 || first.Tasks[0].DueOn != "2026-02-06" ||
		first.Tasks[0].Derivation != "Data closed 31/01/2026 (Saturday) · + 5 working days · end of 06/02/2026" || first.Tasks[0].Steps[0].Code != "opening" {
		t.Errorf("rounds: %+v", first)
	}
	if len(view.Classes) != 2 || view.Classes[0].Name != "UBND tỉnh" || len(view.Classes[0].Roles) != 2 || view.Classes[1].Due != 12 || len(view.Classes[1].TooMuch) != 12 {
		t.Errorf("classes: %+v", view.Classes)
	}
	if len(view.Days) == 0 || len(view.Notes) < 2 || view.Notes[0].Code != "calendar.provisional" || !strings.Contains(view.Notes[0].Detail, "2027") {
		t.Errorf("days %d, notes %+v", len(view.Days), view.Notes)
	}
	// The same in the words of a reader who reads Vietnamese.
	if got := s.do(request{method: "GET", path: "/api/v1/plans/1/preview", as: "head"}); !strings.Contains(got.text, "Chốt số liệu 31/01/2026 (Thứ Bảy)") {
		t.Errorf("%s", got.text)
	}
}

func TestRefusedPreviews(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		call   request
		status int
		code   string
	}{
		{request{method: "GET", path: "/api/v1/plans/404/preview", as: "head"}, 404, "not_found"},
		{request{method: "GET", path: "/api/v1/plans/1/preview?agency=nowhere", as: "head"}, 404, "preview.agency"},
		{request{method: "GET", path: "/api/v1/plans/1/preview?from=2026-02-30", as: "head"}, 422, "request.invalid"},
		{request{method: "GET", path: "/api/v1/plans/1/preview?from=2026-02-01&to=2026-01-01", as: "head"}, 422, "preview.range"},
		{request{method: "GET", path: "/api/v1/plans/1/preview?from=2026-02-01&to=2036-02-02", as: "head"}, 422, "preview.range_length"},
		{request{method: "GET", path: "/api/v1/plans/1/preview?format=pdf", as: "head"}, 422, "request.invalid"},
		{request{method: "GET", path: "/api/v1/plans/1/preview?threshold=0", as: "head"}, 422, "request.invalid"},
		{request{method: "POST", path: "/api/v1/plans/preview", as: "plan_authority", body: `{"source": "format: 1\n"}`}, 422, "plan.problems"},
		{request{method: "POST", path: "/api/v1/plans/preview", as: "plan_authority", body: strings.Replace(previewCall, `"from"`, `"since"`, 1)}, 422, "request.invalid"},
		{request{method: "POST", path: "/api/v1/plans/check", as: "plan_authority", body: previewCall}, 422, "request.invalid"},
	} {
		got := s.do(c.call)
		if got.status != c.status || s.problem(got).Code != c.code {
			t.Errorf("%s %s: %d %s, want %d %s", c.call.method, c.call.path, got.status, got.text, c.status, c.code)
		}
	}
}

func TestAPreviewMayComeAsAForm(t *testing.T) {
	s := newSite(t)
	source, err := os.ReadFile(planSource)
	if err != nil {
		t.Fatal(err)
	}
	send := func(path string, parts ...[2]string) response {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for _, p := range parts {
			part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name=%q`, p[0])}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := part.Write([]byte(p[1])); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return s.do(request{method: "POST", path: path, as: "plan_authority", body: body.String(), headers: map[string]string{"Content-Type": w.FormDataContentType()}})
	}
	parts := [][2]string{{"source", string(source)}, {"from", "2026-01-01"}, {"to", "2026-06-30"}, {"agency", "so-a"}, {"threshold", "3"}}
	if got := send("/api/v1/plans/preview", parts...); got.status != 200 || s.fake.last() != "PreviewPlanFile 23 small 2026-01-01 2026-06-30 so-a 3" {
		t.Errorf("%d %s, called %q", got.status, got.text, s.fake.last())
	}
	if got := send("/api/v1/plans/check", parts...); got.status != 422 {
		t.Errorf("a check with a range: %d %s", got.status, got.text)
	}
	if got := send("/api/v1/plans/preview", parts[0], [2]string{"threshold", "many"}); got.status != 422 || s.problem(got).Code != "form.invalid" {
		t.Errorf("a threshold that is no number: %d %s", got.status, got.text)
	}
}
