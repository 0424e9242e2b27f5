package audit_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/audit"
)

func text(s string) *string { return &s }
func number(n int64) *int64 { return &n }

// No two different rows may give the same MAC, however their texts are cut.
func TestEveryPartOfARowCounts(t *testing.T) {
	at := time.Date(2026, 6, 18, 1, 2, 3, 4000, time.UTC)
	base := audit.Row{ID: 1, At: at, RecordedAt: at, Action: "ab", Entity: "c", EntityID: 2, Transaction: 3}
	seen := map[string]string{}
	add := func(name string, previous []byte, number int64, change func(*audit.Row)) {
		r := base
		change(&r)
		mac := string(audit.Seal([]byte("key"), previous, r, number))
		if other, ok := seen[mac]; ok {
			t.Errorf("%s and %s give the same MAC", name, other)
		}
		seen[mac] = name
	}
	same := func(*audit.Row) {}
	add("base", audit.Genesis(), 1, same)
	add("number", audit.Genesis(), 2, same)
	add("previous", bytes.Repeat([]byte{1}, audit.MACSize), 1, same)
	for name, change := range map[string]func(*audit.Row){
		"id":              func(r *audit.Row) { r.ID = 9 },
		"at":              func(r *audit.Row) { r.At = at.Add(time.Microsecond) },
		"recorded":        func(r *audit.Row) { r.RecordedAt = at.Add(-time.Microsecond) },
		"actor":           func(r *audit.Row) { r.ActorID = number(0) },
		"on behalf":       func(r *audit.Row) { r.OnBehalfOf = number(0) },
		"boundary":        func(r *audit.Row) { r.Action, r.Entity = "a", "bc" },
		"entity id":       func(r *audit.Row) { r.EntityID = 3 },
		"before":          func(r *audit.Row) { r.Before = text("") },
		"after":           func(r *audit.Row) { r.After = text("") },
		"before or after": func(r *audit.Row) { r.Before, r.After = text("x"), nil },
		"after or before": func(r *audit.Row) { r.Before, r.After = nil, text("x") },
		"transaction":     func(r *audit.Row) { r.Transaction = 4 },
	} {
		add(name, audit.Genesis(), 1, change)
	}
	if zoned := base; true {
		zoned.At = at.In(time.FixedZone("ICT", 7*3600))
		if !bytes.Equal(audit.Seal([]byte("key"), audit.Genesis(), zoned, 1), audit.Seal([]byte("key"), audit.Genesis(), base, 1)) {
			t.Error("the zone in which an instant is told changes the MAC")
		}
	}
}

func chain(key []byte, n int) ([]audit.Sealed, string) {
	rows, previous, heads := []audit.Sealed{}, audit.Genesis(), ""
	for i := range n {
		r := audit.Row{ID: int64(i + 1), Action: "task.opened", Entity: "task", EntityID: int64(i)}
		previous = audit.Seal(key, previous, r, int64(i+1))
		rows = append(rows, audit.Sealed{Row: r, Number: int64(i + 1), MAC: previous})
		if i%3 == 2 || i == n-1 {
			heads += audit.Head{Number: int64(i + 1), MAC: previous}.String() + "\n"
		}
	}
	return rows, heads
}

func report(t testing.TB, key []byte, rows []audit.Sealed, heads string) audit.Report {
	v := audit.NewVerifier(key, strings.NewReader(heads))
	for _, r := range rows {
		if err := v.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	got, err := v.Finish(func() (int64, error) { return 0, nil })
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// Whatever single thing is done to a chain is found; a chain left alone is not accused.
func TestAnyChangeIsFound(t *testing.T) {
	key := []byte("key")
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(rt, "rows")
		rows, heads := chain(key, n)
		if got := report(t, key, rows, heads); !got.Intact() || got.Last != int64(n) {
			rt.Fatalf("an intact chain is accused: %v", got.Lines("en"))
		}
		i, j := rapid.IntRange(0, n-1).Draw(rt, "i"), rapid.IntRange(0, n-2).Draw(rt, "j")
		if j >= i {
			j++
		}
		switch rapid.SampledFrom([]string{"alter", "remove", "swap", "cut", "mac"}).Draw(rt, "change") {
		case "alter":
			rows[i].EntityID = -1
			if got := report(t, key, rows, heads); len(got.Altered) != 1 || got.Altered[0] != int64(i+1) {
				rt.Fatalf("altered %d: %v", i+1, got.Lines("en"))
			}
		case "mac":
			rows[i].MAC = audit.Genesis()
			if got := report(t, key, rows, heads); len(got.Altered) != 1 || got.Altered[0] != int64(i+1) {
				rt.Fatalf("MAC %d: %v", i+1, got.Lines("en"))
			}
		case "remove":
			rows = append(rows[:i], rows[i+1:]...)
			got := report(t, key, rows, heads)
			if i == n-1 {
				if got.CutTail == nil || *got.CutTail != (audit.Range{From: int64(n), To: int64(n)}) {
					rt.Fatalf("cut %d: %v", n, got.Lines("en"))
				}
			} else if len(got.Removed) != 1 || got.Removed[0] != (audit.Range{From: int64(i + 1), To: int64(i + 1)}) || len(got.Altered) != 0 {
				rt.Fatalf("removed %d: %v", i+1, got.Lines("en"))
			}
		case "swap":
			rows[i].Row, rows[j].Row = rows[j].Row, rows[i].Row
			if got := report(t, key, rows, heads); len(got.Moved) != 2 || len(got.Altered) != 0 {
				rt.Fatalf("swapped %d and %d: %v", i+1, j+1, got.Lines("en"))
			}
		case "cut":
			got := report(t, key, rows[:i], heads)
			if got.CutTail == nil || *got.CutTail != (audit.Range{From: int64(i + 1), To: int64(n)}) {
				rt.Fatalf("cut after %d: %v", i, got.Lines("en"))
			}
		}
	})
}

func TestReportIsBounded(t *testing.T) {
	key := []byte("key")
	rows, heads := chain(key, 5000)
	got := report(t, []byte("another key"), rows, heads)
	if len(got.Altered) != 1000 || got.More != 4000 || got.Intact() {
		t.Errorf("%d named, %d more", len(got.Altered), got.More)
	}
}

func TestRowsSealedMeanwhileAreNoCutTail(t *testing.T) {
	rows, heads := chain([]byte("key"), 9)
	v := audit.NewVerifier([]byte("key"), strings.NewReader(heads))
	for _, r := range rows[:6] {
		if err := v.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := v.Finish(func() (int64, error) { return 9, nil }); err != nil || !got.Intact() {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := v.Finish(func() (int64, error) { return 0, errors.New("away") }); err == nil {
		t.Error("the database's error is lost")
	}
}

func TestTornAndLateLinesOfTheHeadsLog(t *testing.T) {
	rows, heads := chain([]byte("key"), 9)
	lines := strings.SplitAfter(heads, "\n")
	late := "3 ab" + "\n" + lines[1] + lines[0] + lines[0] + lines[2] + lines[2][:20]
	if got := report(t, []byte("key"), rows, late); !got.Intact() || got.UnreadableHeads != 1 || got.LoggedHead != 9 || got.UncheckedHeads != 0 {
		t.Errorf("%+v", got)
	}
	forged := lines[1] + audit.Head{Number: 3, MAC: audit.Genesis()}.String() + "\n"
	if got := report(t, []byte("key"), rows, forged); len(got.Rewritten) != 1 || got.Rewritten[0] != 3 {
		t.Errorf("a late head is not compared: %+v", got)
	}
}

func TestKeyIsMadeOnceAndKeptPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.key")
	if _, err := audit.ReadKey(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing key: %v", err)
	}
	keys := make([][]byte, 8)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			var err error
			if keys[i], err = audit.EnsureKey(path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, key := range keys {
		if !bytes.Equal(key, keys[0]) || len(key) != audit.KeySize || bytes.Equal(key, make([]byte, audit.KeySize)) {
			t.Fatalf("keys differ: %x", keys)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o644); err != nil { //nolint:gosec // the mistake under test
		t.Fatal(err)
	}
	if _, err := audit.ReadKey(path); err == nil {
		t.Error("a key that others may read is taken")
	}
	if err := os.WriteFile(path+"2", []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.EnsureKey(path + "2"); err == nil {
		t.Error("a short key is taken")
	}
}

func TestHeadLogEndsATornLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "heads.log")
	if err := os.WriteFile(path, []byte("1 torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := audit.OpenHeadLog(path)
	if err != nil {
		t.Fatal(err)
	}
	head := audit.Head{Number: 7, MAC: audit.Genesis(), At: time.Date(2026, 6, 18, 1, 2, 3, 4000, time.UTC)}
	if err := errors.Join(log.Append(head), log.Close()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(content), "\n")
	if len(lines) != 3 || lines[0] != "1 torn" || lines[2] != "" {
		t.Fatalf("%q", content)
	}
	if got, err := audit.ParseHead(lines[1]); err != nil || got.String() != head.String() {
		t.Errorf("%v, %v", got, err)
	}
}
