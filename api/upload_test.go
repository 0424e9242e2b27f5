package api_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"testing"
)

// planSource is the smallest plan that stands.
const planSource = "testdata/small.yaml"

var planCall = mustPlanCall()

func mustPlanCall() string {
	source, err := os.ReadFile(planSource)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"source": %s}`, strconv.Quote(string(source)))
}

func TestPlanProblemsComeAllAtOnceWithTheirPlaces(t *testing.T) {
	s := newSite(t)
	body := `{"name": "xau.yaml", "source": "format: 1\ncode: xau\nkhoa_la: 1\n"}`
	got := s.do(request{method: "POST", path: "/api/v1/plans", as: "plan_authority", body: body})
	p := s.problem(got)
	if got.status != 422 || p.Code != "plan.problems" || len(p.Errors) < 2 {
		t.Fatalf("%d %s", got.status, got.text)
	}
	found := false
	for _, e := range p.Errors {
		found = found || e.Code == "key.unknown" && e.File == "xau.yaml" && e.Line == 3 && e.Column == 1 && e.Severity == "error" && e.Detail != ""
	}
	if !found || s.fake.last() != "" {
		t.Errorf("%s; called %q", got.text, s.fake.last())
	}
	check := s.do(request{method: "POST", path: "/api/v1/plans/check", as: "plan_authority", body: body})
	if check.status != 200 || !strings.Contains(check.text, `"valid":false`) || !strings.Contains(check.text, `"line":3`) {
		t.Errorf("check: %d %s", check.status, check.text)
	}
}

func TestAPlanMayComeAsAForm(t *testing.T) {
	s := newSite(t)
	source, err := os.ReadFile(planSource)
	if err != nil {
		t.Fatal(err)
	}
	form := func(parts ...[3]string) request {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for _, p := range parts {
			part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name=%q; filename=%q`, p[0], p[1])}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := part.Write([]byte(p[2])); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return request{method: "POST", path: "/api/v1/plans", as: "plan_authority", body: body.String(), headers: map[string]string{"Content-Type": w.FormDataContentType()}}
	}
	if got := s.do(form([3]string{"source", "nho.yaml", string(source)}, [3]string{"files", "units/a.yaml", "x"})); got.status != 201 || !strings.HasPrefix(s.fake.last(), fmt.Sprintf("LoadPlan 23 small %d bytes", len(source))) {
		t.Errorf("%d %s, called %q", got.status, got.text, s.fake.last())
	}
	if got := s.do(form([3]string{"source", "xau.yaml", "format: 1\n"})); got.status != 422 || s.problem(got).Errors[0].File != "xau.yaml" {
		t.Errorf("%d %s", got.status, got.text)
	}
	for name, call := range map[string]request{
		"an unknown part": form([3]string{"sauce", "nho.yaml", "x"}),
		"no boundary":     {method: "POST", path: "/api/v1/plans", as: "plan_authority", body: "x", headers: map[string]string{"Content-Type": "multipart/form-data"}},
		"cut off":         {method: "POST", path: "/api/v1/plans", as: "plan_authority", body: "--x\r\nContent", headers: map[string]string{"Content-Type": "multipart/form-data; boundary=x"}},
	} {
		if got := s.do(call); got.status != 422 || s.problem(got).Code != "form.invalid" {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
	}
}

func TestPeopleProblemsComeAllAtOnceWithTheirPlaces(t *testing.T) {
	s := newSite(t)
	got := s.do(request{method: "POST", path: "/api/v1/people/import", as: "administrator", headers: asCSV,
		body: "email,agency_code,role\nx,H1,head\na@dondoc.example,H1,chief\n"})
	p := s.problem(got)
	if got.status != 422 || p.Code != "people.problems" || len(p.Errors) != 2 || p.Errors[0].Line != 2 || p.Errors[1].Line != 3 || p.Errors[1].Column != 21 || s.fake.last() != "" {
		t.Errorf("%d %s", got.status, got.text)
	}
}
