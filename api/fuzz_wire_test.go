package api_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dondoc/api"
	"dondoc/internal/policy"
)

// What is far larger than anything that a person sends is refused with its
// limit, and leaves nothing.
func TestWhatIsFarTooLargeIsRefused(t *testing.T) {
	w := newWalker(t)
	w.reach("open")
	var bomb bytes.Buffer
	packer := gzip.NewWriter(&bomb)
	if _, err := packer.Write([]byte(`{"kind": "report", "narrative": "` + strings.Repeat("a", 50<<20) + `"}`)); err != nil {
		t.Fatal(err)
	}
	if err := packer.Close(); err != nil {
		t.Fatal(err)
	}
	report := func(narrative string) []byte { return []byte(`{"kind": "report", "narrative": "` + narrative + `"}`) }
	kept := w.digest()
	for _, c := range []struct {
		name, path, contentType, encoding string
		as                                policy.Role
		agency                            string
		body                              []byte
		status                            int
		code, field                       string
	}{
		{"a narrative of 10 MB", "/tasks/{task}/submissions", "", "", policy.FocalPoint, "xa", report(strings.Repeat("a", 10<<20)), 413, "request.too_large", ""},
		{"a narrative beyond its limit", "/tasks/{task}/submissions", "", "", policy.FocalPoint, "xa", report(strings.Repeat("ệ", 60_000)), 422, "submission.invalid", "narrative"},
		{"a packed bomb", "/tasks/{task}/submissions", "", "gzip", policy.FocalPoint, "xa", bomb.Bytes(), 415, "request.packed", ""},
		{"a plan of 10 MB", "/plans", "", "", policy.PlanAuthority, "ban", []byte(`{"source": "` + strings.Repeat("a", 10<<20) + `"}`), 413, "request.too_large", ""},
		{"a plan of nothing but brackets", "/plans", "", "", policy.PlanAuthority, "ban", []byte(`{"source": "` + strings.Repeat("[", 1<<20) + `"}`), 422, "plan.problems", ""},
		{"a list of people of 10 MB", "/people/import", "text/csv", "", policy.Administrator, "xa", bytes.Repeat([]byte("a,b\n"), 3<<20), 413, "request.too_large", ""},
		{"one line of a list", "/people/import", "text/csv", "", policy.Administrator, "xa", bytes.Repeat([]byte("a,"), 400_000), 422, "people.problems", ""},
		{"one line of a calendar", "/calendar-changes", "", "", policy.Administrator, "xa", []byte(`{"kind": "days", "agency": "xa", "source": "` + strings.Repeat("a,", 2_500_000) + `"}`), 422, "calendar.file", ""},
		{"one line of units", "/plans", "", "", policy.PlanAuthority, "ban", []byte(`{"source": "format: 1\nunits: [a.csv]\n", "files": {"a.csv": "` + strings.Repeat("a,", 2_500_000) + `"}}`), 422, "plan.problems", ""},
		{"very many faults of a list", "/people/import", "text/csv", "", policy.Administrator, "xa", []byte("email,name,agency_code,role\n" + strings.Repeat("a,b,c,d\n", 19_000)), 422, "people.problems", ""},
		{"very many faults of a calendar", "/calendar-changes", "", "", policy.Administrator, "xa", []byte(`{"kind": "days", "agency": "xa", "source": "date,kind,name,legal_basis,source\n` + strings.Repeat(`x,y,z,,\n`, 100_000) + `"}`), 422, "calendar.file", ""},
		{"very many faults of a plan", "/plans", "", "", policy.PlanAuthority, "ban", []byte(`{"source": "` + strings.Repeat(`x: 1\n`, 200_000) + `"}`), 422, "plan.problems", ""},
		{"a form of 10 MB", "/plans", "multipart/form-data; boundary=x", "", policy.PlanAuthority, "ban", []byte("--x\r\nContent-Disposition: form-data; name=\"source\"\r\n\r\n" + strings.Repeat("a", 10<<20) + "\r\n--x--\r\n"), 413, "request.too_large", ""},
		{"a form of very many parts", "/plans", "multipart/form-data; boundary=x", "", policy.PlanAuthority, "ban", []byte(strings.Repeat("--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a\"\r\n\r\n\r\n", 60_000) + "--x--\r\n"), 422, "", ""},
		{"nesting without end", "/tasks/{task}/submissions", "", "", policy.FocalPoint, "xa", []byte(`{"figures": ` + strings.Repeat("[", 400_000)), 422, "value.deep", ""},
		{"very many figures", "/tasks/{task}/submissions", "", "", policy.FocalPoint, "xa", []byte(`{"kind": "report", "figures": [` + strings.Repeat(`{"indicator": "a", "value": "1"},`, 20_000) + `{"indicator": "a", "value": "1"}]}`), 422, "submission.invalid", "figures"},
	} {
		header := map[string]string{"Content-Type": "application/json", "Content-Encoding": c.encoding}
		if c.contentType != "" {
			header["Content-Type"] = c.contentType
		}
		got := w.send(hostile{method: "POST", path: api.Base + w.fill(c.path), header: header, body: c.body}, w.tokens[email(c.as, c.agency)], "vi")
		p := w.problem(got)
		named := c.field == ""
		for _, e := range p.Errors {
			named = named || e.Field == c.field
		}
		if got.status != c.status || c.code != "" && p.Code != c.code || !named || w.digest() != kept {
			t.Errorf("%s: %d %.400s", c.name, got.status, got.text)
		}
		if len(got.text) > 300_000 {
			t.Errorf("%s: the answer has %d bytes", c.name, len(got.text))
		}
	}
}

// What is no proper HTTP is refused by the server of the product, and the next
// caller is served as before.
func TestQuirksOfHTTP(t *testing.T) {
	w := newWalker(t)
	server := httptest.NewUnstartedServer(w.handler)
	limits := api.Server("", w.handler)
	server.Config.ReadHeaderTimeout, server.Config.MaxHeaderBytes = limits.ReadHeaderTimeout, limits.MaxHeaderBytes
	server.Start()
	defer server.Close()
	cookie := "Cookie: dondoc_session=" + w.tokens[email(policy.FocalPoint, "xa")] + "\r\n"
	const host, json = "Host: dondoc.example\r\n", "Content-Type: application/json\r\nIdempotency-Key: 12345678\r\n"
	for _, c := range []struct{ name, sent string }{
		{"no host", "GET /api/v1/me HTTP/1.1\r\n" + cookie + "\r\n"},
		{"two hosts", "GET /api/v1/me HTTP/1.1\r\n" + host + "Host: evil.example\r\n" + cookie + "\r\n"},
		{"a whole address", "GET http://evil.example/api/v1/me HTTP/1.1\r\n" + host + cookie + "\r\n"},
		{"an old version", "GET /api/v1/me HTTP/1.0\r\n" + cookie + "\r\n"},
		{"no such version", "GET /api/v1/me HTTP/9.9\r\n" + host + "\r\n"},
		{"a made-up method", "BREW /api/v1/me HTTP/1.1\r\n" + host + cookie + "\r\n"},
		{"a method in small letters", "get /api/v1/me HTTP/1.1\r\n" + host + cookie + "\r\n"},
		{"a star", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n"},
		{"two slashes", "GET //api//v1//me HTTP/1.1\r\n" + host + cookie + "\r\n"},
		{"steps upwards", "GET /api/v1/../../../etc/passwd HTTP/1.1\r\n" + host + cookie + "\r\n"},
		{"hidden steps upwards", "GET /static/%2e%2e/%2e%2e/go.mod HTTP/1.1\r\n" + host + "\r\n"},
		{"a broken escape", "GET /api/v1/tasks/%zz HTTP/1.1\r\n" + host + cookie + "\r\n"},
		{"a blank in the address", "GET /api/v1/ta sks HTTP/1.1\r\n" + host + cookie + "\r\n"},
		{"NUL in a header", "GET /api/v1/me HTTP/1.1\r\n" + host + "X: a\x00b\r\n" + cookie + "\r\n"},
		{"a header without end", "GET /api/v1/me HTTP/1.1\r\n" + host + "X: " + strings.Repeat("a", 200_000) + "\r\n\r\n"},
		{"very many headers", "GET /api/v1/me HTTP/1.1\r\n" + host + strings.Repeat("X: a\r\n", 20_000) + "\r\n"},
		{"a folded header", "GET /api/v1/me HTTP/1.1\r\n" + host + cookie + "X: a\r\n b\r\n\r\n"},
		{"two lengths", "POST /api/v1/feeds HTTP/1.1\r\n" + host + cookie + json + "Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}"},
		{"a negative length", "POST /api/v1/feeds HTTP/1.1\r\n" + host + cookie + json + "Content-Length: -1\r\n\r\n{}"},
		{"length and chunks", "POST /api/v1/feeds HTTP/1.1\r\n" + host + cookie + json + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
		{"a broken chunk", "POST /api/v1/feeds HTTP/1.1\r\n" + host + cookie + json + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"},
		{"another transfer coding", "POST /api/v1/feeds HTTP/1.1\r\n" + host + cookie + json + "Transfer-Encoding: gzip\r\n\r\n{}"},
		{"a body with a reading call", "GET /api/v1/me HTTP/1.1\r\n" + host + cookie + "Content-Length: 2\r\n\r\n{}"},
		{"an expectation", "POST /api/v1/feeds HTTP/1.1\r\n" + host + cookie + json + "Expect: 200-maybe\r\nContent-Length: 2\r\n\r\n{}"},
		{"no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"},
		{"an upgrade", "GET /api/v1/me HTTP/1.1\r\n" + host + cookie + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"},
	} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		// A server that has read enough may close while the rest is written: what it answered counts.
		_, _ = conn.Write([]byte(c.sent))
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else {
			if answer.StatusCode >= 500 && answer.StatusCode != http.StatusNotImplemented && answer.StatusCode != http.StatusHTTPVersionNotSupported {
				t.Errorf("%s: %s", c.name, answer.Status)
			}
			_ = answer.Body.Close() // the server may have gone in the middle of it
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		if got := w.do(request{method: "GET", path: "/api/v1/me", as: w.tokens[email(policy.FocalPoint, "xa")]}); got.status != 200 {
			t.Errorf("after %s: %d", c.name, got.status)
		}
	}
}
