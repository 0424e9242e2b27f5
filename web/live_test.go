package web

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"
)

// stream opens the stream of changes; next answers its next event, empty at the end.
func stream(t *testing.T, s *site, token string) (answer *http.Response, next func() string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/su-kien", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.AddCookie(&http.Cookie{Name: SessionCookie, Value: token})
	answer, err = http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	lines := bufio.NewScanner(answer.Body)
	return answer, func() string {
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
	if answer, _ := stream(t, s, "commune"); answer.StatusCode != http.StatusNoContent {
		t.Errorf("a focal point gets %d", answer.StatusCode)
	}
	answer, next := stream(t, s, "district")
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %s", answer.StatusCode, answer.Header)
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
		if answer, _ := stream(t, s, "district"); answer.StatusCode != http.StatusOK {
			t.Fatalf("%d", answer.StatusCode)
		}
	}
	if answer, _ := stream(t, s, "district"); answer.StatusCode != http.StatusNoContent {
		t.Errorf("one more gets %d", answer.StatusCode)
	}
	if answer, _ := stream(t, s, "department"); answer.StatusCode != http.StatusOK {
		t.Errorf("somebody else gets %d", answer.StatusCode)
	}
}
