package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Pages go out compressed; streams, which have to arrive line by line, and files that
// are packed already pass as they are.
func TestPagesArePacked(t *testing.T) {
	for kind, want := range map[string]string{
		"text/html; charset=utf-8": "gzip", "text/css; charset=utf-8": "gzip", "application/json": "gzip",
		"text/event-stream": "", "application/pdf": "", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "",
	} {
		handler := packed(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			_, _ = w.Write([]byte(strings.Repeat("Báo cáo ", 1000)))
		}))
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		request.Header.Set("Accept-Encoding", "gzip")
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		if got := answer.Header().Get("Content-Encoding"); got != want {
			t.Errorf("%s goes out as %q, want %q", kind, got, want)
		}
	}
}
