package api_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"

	"dondoc/api"
)

const onePDF = "%PDF-1.7\n<< >>\n%%EOF\n"

// part is one of a form; file names it where it is one.
type part struct{ name, file, content string }

func formBody(boundary string, parts ...part) (body, contentType string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary(boundary); err != nil {
		panic(err)
	}
	for _, p := range parts {
		disposition := fmt.Sprintf(`form-data; name="%s"`, p.name)
		if p.file != "" {
			disposition += fmt.Sprintf(`; filename="%s"`, p.file)
		}
		into, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {disposition}})
		if err == nil {
			_, err = io.WriteString(into, p.content)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.String(), w.FormDataContentType()
}

func uploadOf(id int, parts ...part) request {
	body, contentType := formBody("ranhgioi", parts...)
	return request{method: "POST", path: fmt.Sprintf("/api/v1/tasks/%d/attachments", id), body: body, headers: map[string]string{"Content-Type": contentType}}
}

func init() {
	calls = append(calls, []submissionCall{
		{uploadOf(own, part{"file", "Báo cáo.pdf", onePDF}, part{"declared", "", "true"}), everyReader, 201,
			[]string{`"id":31`, `"name":"Báo cáo.pdf"`, `"submitted":false`}, `AddAttachment |to 1 "Báo cáo.pdf" 21 bytes declared true`},
		{request{method: "GET", path: "/api/v1/tasks/1/attachments"}, everyReader, 200, []string{`"items":[{"id":31`, `"media_type":"application/pdf"`, `"scan":true`}, ""},
		{request{method: "GET", path: "/api/v1/attachments/1"}, everyReader, 200, nil, "OpenAttachment 1"},
		{request{method: "DELETE", path: "/api/v1/attachments/1"}, everyReader, 204, nil, "RemoveAttachment 1 by"},
		{request{method: "POST", path: "/api/v1/submissions/1/redactions", body: `{"field": "narrative", "passage": "Nguyễn Thị Hoa", "reason": "Có họ tên"}`}, "plan_authority", 201,
			[]string{`"id":4`, `"places":3`, `"reason":"Có họ tên"`}, "Redact |Field:narrative Passage:Nguyễn Thị Hoa AttachmentID:0 Reason:Có họ tên"},
	}...)
}

func TestADownloadIsByteForByteAndNeverShown(t *testing.T) {
	s := newSite(t)
	got := s.do(request{method: "GET", path: "/api/v1/attachments/1", as: "focal_point"})
	if got.text != "%PDF-1.7\x00" || got.header.Get("Content-Type") != "application/pdf" || got.header.Get("X-Content-Type-Options") != "nosniff" ||
		got.header.Get("Content-Disposition") != "attachment; filename*=utf-8''B%C3%A1o%20c%C3%A1o%20qu%C3%BD%20I.pdf" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%q %v", got.text, got.header)
	}
	if got := s.do(request{method: "GET", path: fmt.Sprintf("/api/v1/attachments/%d", foreign), as: "focal_point"}); got.status != 404 || s.problem(got).Code != "not_found" {
		t.Errorf("a foreign file: %d", got.status)
	}
}

func TestFormsThatAreNoFile(t *testing.T) {
	s := newSite(t)
	pdf := part{"file", "a.pdf", onePDF}
	declared := part{"declared", "", "true"}
	whole := uploadOf(own, pdf, declared)
	cut := whole
	cut.body = cut.body[:len(cut.body)-30]
	inHead := whole
	inHead.body = inHead.body[:40]
	asJSON := request{method: "POST", path: whole.path, body: `{"file": "x"}`}
	noBoundary := whole
	noBoundary.headers = map[string]string{"Content-Type": "multipart/form-data"}
	encoded := uploadOf(own, declared)
	encoded.body = strings.Replace(encoded.body, `form-data; name="declared"`, `form-data; name="file"; filename*=UTF-8''a%00b.pdf`, 1)
	for name, c := range map[string]struct {
		request
		status int
		code   string
	}{
		"a foreign task":         {uploadOf(foreign, pdf, declared), 404, "not_found"},
		"a task of others":       {uploadOf(forbidden, pdf, declared), 403, "task.not_yours"},
		"no file":                {uploadOf(own, declared), 422, "form.invalid"},
		"an unknown part":        {uploadOf(own, pdf, part{"ghi_chu", "", "x"}), 422, "form.invalid"},
		"two files":              {uploadOf(own, pdf, pdf), 422, "form.invalid"},
		"declared otherwise":     {uploadOf(own, pdf, part{"declared", "", "có"}), 422, "form.invalid"},
		"cut off":                {cut, 422, "form.invalid"},
		"cut off in a head":      {inHead, 422, "form.invalid"},
		"no boundary":            {noBoundary, 422, "form.invalid"},
		"JSON":                   {asJSON, 415, "request.media_type"},
		"undeclared":             {uploadOf(own, pdf), 422, "attachment.declaration"},
		"no name":                {uploadOf(own, part{"file", "", onePDF}, declared), 422, "attachment.name"},
		"a path":                 {uploadOf(own, part{"file", "../../etc/a.pdf", onePDF}, declared), 422, "attachment.name"},
		"a path of Windows":      {uploadOf(own, part{"file", `C:\\a.pdf`, onePDF}, declared), 422, "attachment.name"},
		"NUL in the name":        {encoded, 422, "text.control"},
		"an executable":          {uploadOf(own, part{"file", "a.pdf", "MZ\x90\x00"}, declared), 422, "attachment.disguised"},
		"empty":                  {uploadOf(own, part{"file", "a.pdf", ""}, declared), 422, "attachment.empty"},
		"a file over the limit":  {uploadOf(own, part{"file", "a.pdf", onePDF + strings.Repeat("x", 1<<20)}, declared), 422, "attachment.too_large"},
		"a body over all limits": {uploadOf(own, part{"file", "a.pdf", onePDF + strings.Repeat("x", 21<<20)}, declared), 413, "request.too_large"},
	} {
		call := c.request
		call.as = "focal_point"
		got := s.do(call)
		if p := s.problem(got); got.status != c.status || p.Code != c.code || p.Detail == "" {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
	}
}

// A connection that ends early is no file, whatever came until then.
func TestATruncatedUploadStoresNothing(t *testing.T) {
	s := newSite(t)
	server := httptest.NewServer(s.handler)
	defer server.Close()
	whole := uploadOf(own, part{"file", "a.pdf", onePDF}, part{"declared", "", "true"})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+whole.path, io.MultiReader(strings.NewReader(whole.body[:50]), failing{}))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", whole.headers["Content-Type"])
	request.Header.Set("Idempotency-Key", "khoa-cat-ngang")
	request.AddCookie(&http.Cookie{Name: "dondoc_session", Value: "focal_point"})
	request.ContentLength = int64(len(whole.body))
	if response, err := http.DefaultClient.Do(request); err == nil {
		response.Body.Close()
		t.Errorf("answered %d", response.StatusCode)
	}
	if last := s.fake.last(); last != "" {
		t.Errorf("the service was asked: %s", last)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestARepeatedFormIsTheSameRequestWhateverItsBoundary(t *testing.T) {
	s := newSite(t)
	seen := map[string]bool{}
	for _, boundary := range []string{"mot", "hai"} {
		body, contentType := formBody(boundary, part{"file", "a.pdf", onePDF}, part{"declared", "", "true"})
		s.do(request{method: "POST", path: "/api/v1/tasks/1/attachments", as: "focal_point", body: body, headers: map[string]string{"Content-Type": contentType, "Idempotency-Key": "khoa-bieu-mau"}})
		seen[s.fake.key] = true
	}
	body, contentType := formBody("ba", part{"file", "b.pdf", onePDF}, part{"declared", "", "true"})
	s.do(request{method: "POST", path: "/api/v1/tasks/1/attachments", as: "focal_point", body: body, headers: map[string]string{"Content-Type": contentType, "Idempotency-Key": "khoa-bieu-mau"}})
	if seen[s.fake.key] || len(seen) != 1 || seen[""] {
		t.Errorf("%d requests of one form; another file %v", len(seen), !seen[s.fake.key])
	}
}

func TestWarningsOfADraftAndTheirConfirmation(t *testing.T) {
	s := newSite(t)
	got := s.do(request{method: "PUT", path: "/api/v1/tasks/1/draft", as: "focal_point", body: `{"kind": "report", "narrative": "một\nCCCD 075203001234, gọi 0912 345 678"}`})
	for _, piece := range []string{`"warnings":[{"code":"privacy.identity","field":"narrative"`, `"line":2,"column":6`, `"code":"privacy.phone"`, `CCCD 075203001234`} {
		if got.status != 200 || !strings.Contains(got.text, piece) {
			t.Errorf("lacks %s: %d %s", piece, got.status, got.text)
		}
	}
	for header, confirmed := range map[string]bool{"": false, "false": false, "true": true} {
		r := request{method: "POST", path: "/api/v1/tasks/1/submissions", as: "focal_point", body: `{"kind": "report", "narrative": "Gọi 0912 345 678"}`, headers: map[string]string{}}
		if header != "" {
			r.headers["Confirmed-Warnings"] = header
		}
		if s.do(r); s.fake.confirmed != confirmed {
			t.Errorf("%q: confirmed %v", header, s.fake.confirmed)
		}
	}
	got = s.do(request{method: "POST", path: "/api/v1/tasks/1/submissions", as: "focal_point", body: `{"kind": "report"}`, headers: map[string]string{"Confirmed-Warnings": "có"}})
	if got.status != 422 {
		t.Errorf("a confirmation that is none: %d", got.status)
	}
}

func TestRedactionsThatCannotBe(t *testing.T) {
	s := newSite(t)
	for body, code := range map[string]string{
		`{"field": "narrative"}`:                                      "request.invalid",
		`{"field": "narrative", "reason": "  "}`:                      "redaction.reason",
		`{"reason": "x"}`:                                             "redaction.nothing",
		`{"field": "narrative", "passage": "ab", "reason": "x"}`:      "redaction.short",
		`{"passage": "Nguyễn Hoa", "reason": "xóa Nguyễn Hoa"}`:       "redaction.repeats",
		`{"field": "narrative", "reason": "có số CCCD 075203001234"}`: "privacy.identity",
		`{"attachment_id": 3, "field": "narrative", "reason": "x"}`:   "redaction.one",
		`{"field": "narrative", "reason": "x", "khac": 1}`:            "request.invalid",
	} {
		got := s.do(request{method: "POST", path: "/api/v1/submissions/1/redactions", as: "plan_authority", body: body})
		if p := s.problem(got); got.status != 422 || p.Code != code {
			t.Errorf("%s: %d %s", body, got.status, got.text)
		}
	}
	got := s.do(request{method: "POST", path: api.Base + "/submissions/404/redactions", as: "plan_authority", body: `{"field": "narrative", "reason": "x"}`})
	if s.problem(got); got.status != 404 {
		t.Errorf("foreign: %d", got.status)
	}
}
