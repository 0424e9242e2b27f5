package web

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"
)

// stream opens the stream of changes and answers its status and type; next answers
// its next event, empty at the end.
func stream(t *testing.T, s *site, token string) (status int, kind string, next func() string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/su-kien", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.AddCookie(&http.Cookie{Name: SessionCookie, Value: token})
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	lines := bufio.NewScanner(answer.Body)
	return answer.StatusCode, answer.Header.Get("Content-Type"), func() string {
		for lines.Scan() {
			if event, found := strings.CutPrefix(lines.Text(), "event: "); found {
				return event
			}
		}
		return ""
	}
}

// Whoever sees the board is told of changes; others are not, and the stream ends
// when the server stops.
func TestTheStreamTellsOfChanges(t *testing.T) {
	f, stopping := sample(), make(chan struct{})
	s := newSite(t, f, func(o *Options) { o.Stopping = stopping })
	if status, _, _ := stream(t, s, "commune"); status != http.StatusNoContent {
		t.Errorf("a focal point gets %d", status)
	}
	status, kind, next := stream(t, s, "district")
	if status != http.StatusOK || kind != "text/event-stream" {
		t.Fatalf("%d %s", status, kind)
	}
	if event := next(); event != "here" {
		t.Fatalf("begins with %q", event)
	}
	time.Sleep(2 * changesEvery) // for the first look
	f.changes.Add(1)
	if event := next(); event != "changed" {
		t.Errorf("a change tells %q", event)
	}
	close(stopping)
	if event := next(); event != "" {
		t.Errorf("after the end comes %q", event)
	}
}

// One person's forgotten windows do not use the server up.
func TestAPersonHasOnlySoManyStreams(t *testing.T) {
	s := newSite(t, sample())
	for range streamsPerPerson {
		if status, _, _ := stream(t, s, "district"); status != http.StatusOK {
			t.Fatalf("%d", status)
		}
	}
	if status, _, _ := stream(t, s, "district"); status != http.StatusNoContent {
		t.Errorf("one more gets %d", status)
	}
	if status, _, _ := stream(t, s, "department"); status != http.StatusOK {
		t.Errorf("somebody else gets %d", status)
	}
}
