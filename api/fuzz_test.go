package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"dondoc/api"
	"dondoc/internal/account"
	"dondoc/internal/clock"
	"dondoc/internal/policy"
)

// number reads a setting of the run; see TestNoHostileCallBreaksTheServer.
func number(name string, otherwise uint64) uint64 {
	n, err := strconv.ParseUint(os.Getenv(name), 10, 64)
	if err != nil {
		return otherwise
	}
	return n
}

// Every call of the walk is made with things wrong that are derived from the
// document: DONDOC_FUZZ says how many times each, DONDOC_FUZZ_SEED with which
// seed. Nothing may break the server, every refusal must be one that a person
// can use, and what is refused must leave nothing.
func TestNoHostileCallBreaksTheServer(t *testing.T) {
	w := newWalker(t)
	rounds, seed := number("DONDOC_FUZZ", 6), number("DONDOC_FUZZ_SEED", 1)
	d := document(t)
	w.eachCall(func(name string, good request, op map[string]any, kept string) {
		_, template, _ := strings.Cut(strings.Split(name, " #")[0], " ")
		sum := fnv.New64a()
		fmt.Fprint(sum, name)
		draw := &drawer{Rand: rand.New(rand.NewPCG(seed, sum.Sum64())), document: d}
		for range rounds {
			h := draw.call(good, op, template)
			language := pick(draw, []string{"vi", "en"})
			w.mark("call")
			w.run(`UPDATE users SET language = '` + language + `'`)
			w.store.Throttle = account.NewThrottle(clock.SystemWall)
			before := w.written()
			got := w.send(h, good.as, language)
			w.judge(before, fmt.Sprintf("seed %d, %s with %s", seed, name, h.what), h, got, language, kept)
			w.back("call")
		}
	})
}

// allowedActors are, by call, somebody who may make it, as the table says.
func allowedActors(t *testing.T) map[string]string {
	t.Helper()
	file, err := os.ReadFile(rightsTable)
	if err != nil {
		t.Fatal(err)
	}
	actors := map[string]string{}
	for line := range strings.Lines(string(file)) {
		row := rowForm.FindStringSubmatch(strings.TrimSpace(line))
		if row == nil {
			continue
		}
		for i, group := range strings.Fields(row[2])[:len(policy.Roles)] {
			if place := strings.Index(group, "+"); place >= 0 && actors[row[1]] == "" {
				actors[row[1]] = email(policy.Roles[i], relations[place].agency)
			}
		}
	}
	return actors
}

// send makes a call as it is, however malformed.
func (w *walker) send(h hostile, token, language string) response {
	w.t.Helper()
	req := &http.Request{
		Method: h.method, URL: &url.URL{Path: h.path, RawQuery: h.query}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Host: "dondoc.example", Header: http.Header{}, RemoteAddr: "192.0.2.1:1234", RequestURI: h.path,
		Body: io.NopCloser(bytes.NewReader(h.body)), ContentLength: int64(len(h.body)),
	}
	req.Header.Set("Accept-Language", language)
	if token != "" {
		req.Header.Set("Cookie", "dondoc_session="+token)
	}
	if h.method == http.MethodPost {
		req.Header.Set("Idempotency-Key", fmt.Sprintf("a-new-key-%d", keys.Add(1)))
	}
	for name, value := range h.header {
		req.Header.Set(name, value)
	}
	answer := httptest.NewRecorder()
	w.log.Reset()
	w.handler.ServeHTTP(answer, req.WithContext(w.t.Context()))
	return response{answer.Code, answer.Header(), answer.Body.String()}
}

// insteadOf names what is to blame where a value is in order and may not stand
// without another, or beside it.
var insteadOf = map[string]string{
	"due_at": "due", "document_number": "evidence", "against": "figure", "at": "figure", "level": "figure", "period": "figure", "mode": "figure", "from": "figure", "to": "figure",
}

// What of an implementation must not reach a reader.
var inward = regexp.MustCompile(`(?i)pq:|sql:|goroutine|\.go:\d|\bnil pointer|json: |strconv\.|reflect\.`)

// judge holds an answer to a hostile call; so many rows had been written before it.
func (w *walker) judge(before int64, name string, h hostile, got response, language, kept string) {
	w.t.Helper()
	show := func(format string, args ...any) {
		w.t.Helper()
		w.t.Errorf("%s: %s\n got %d %.700s\n log %.500s\n body %.200q", name, fmt.Sprintf(format, args...), got.status, got.text, w.log.String(), h.body)
	}
	switch {
	case got.status >= 500 || got.status < 200 || got.status == 499:
		show("the server broke")
		return
	case got.status < 400:
		if h.method == http.MethodGet {
			return
		}
		if where := w.deceived(before); where != "" {
			show("characters that deceive a reader are stored in %s", where)
		}
		return
	}
	if left := w.left(before, kept); left != kept {
		show("refused, and yet something is stored in %s", changedTables(kept, left))
	}
	var p api.Problem
	if err := json.Unmarshal([]byte(got.text), &p); err != nil || got.header.Get("Content-Type") != "application/problem+json" ||
		p.Status != got.status || p.Code == "" || p.Detail == "" || p.Title == "" {
		show("not a whole problem")
		return
	}
	if inward.MatchString(got.text) {
		show("it tells what is inside")
	}
	sentences := []string{p.Title, p.Detail}
	named := h.blames == "" || got.status != http.StatusUnprocessableEntity
	for _, e := range p.Errors {
		sentences = append(sentences, e.Detail)
		named = named || e.Field == h.blames || e.Line > 0 || e.Field == insteadOf[h.blames] || strings.HasPrefix(e.Field, h.blames+".") || strings.HasPrefix(e.Field, h.blames+"[")
	}
	if !named {
		show("it does not name %s", h.blames)
	}
	for _, sentence := range sentences {
		if !speaks(language, sentence) {
			show("%q is not in %s", sentence, language)
		}
	}
}

// quoted is what a sentence repeats of the request.
var quoted = regexp.MustCompile(`“[^”]*”|"(?:[^"\\]|\\.)*"`)

// deceived names the tables that hold a control character or one that turns the
// direction of writing, if anything was written since.
func (w *walker) deceived(before int64) string {
	w.t.Helper()
	if w.written() == before {
		return ""
	}
	w.knowTables()
	var names []string
	if err := w.db.SelectContext(w.t.Context(), &names, w.deceivedQuery); err != nil {
		w.t.Fatal(err)
	}
	return strings.Join(names, ", ")
}

// left is the digest after a call; where the call wrote nothing it is what was
// kept, for to read every table costs far more than most calls.
func (w *walker) left(before int64, kept string) string {
	w.t.Helper()
	if w.written() == before {
		return kept
	}
	return w.digest()
}

// written is how many rows have been written so far, by Postgres's own count,
// which also has what was taken back.
func (w *walker) written() (rows int64) {
	w.t.Helper()
	w.knowTables()
	if err := w.db.GetContext(w.t.Context(), &rows, w.writtenQuery); err != nil {
		w.t.Fatal(err)
	}
	return rows
}

// speaks tells a Vietnamese sentence from an English one by its letters.
func speaks(language, sentence string) bool {
	foreign := strings.ContainsFunc(quoted.ReplaceAllString(sentence, ""), func(r rune) bool { return r > 0x7f && unicode.IsLetter(r) })
	return foreign == (language == "vi")
}

// changedTables names the tables whose sums are not the same in both digests.
func changedTables(kept, left string) string {
	sums := strings.Fields(kept)
	return strings.Join(slices.DeleteFunc(strings.Fields(left), func(word string) bool { return slices.Contains(sums, word) }), " ")
}

// digest is a short text that differs where anything is stored; what the mere
// use of a session leaves is left out.
func (w *walker) digest() string {
	w.t.Helper()
	w.knowTables()
	var sum string
	if err := w.db.GetContext(w.t.Context(), &sum, w.digestQuery); err != nil {
		w.t.Fatal(err)
	}
	return sum
}

func (w *walker) knowTables() {
	w.t.Helper()
	if w.digestQuery != "" {
		return
	}
	var tables []string
	if err := w.db.SelectContext(w.t.Context(), &tables, `
		SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('sessions', 'users', 'goose_db_version') ORDER BY 1`); err != nil {
		w.t.Fatal(err)
	}
	parts, holds, writes := make([]string, len(tables)), make([]string, len(tables)), make([]string, len(tables))
	for i, table := range tables {
		holds[i] = `SELECT '` + table + `' FROM ` + table + ` AS x WHERE x::text ~ E'[\\x01-\\x08\\x0e-\\x1f\\x7f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]'`
		parts[i] = `SELECT '` + table + `' AS name, md5(string_agg(x::text, '|' ORDER BY x::text)) AS sum FROM ` + table + ` AS x`
		writes[i] = `('` + table + `'::regclass)`
	}
	w.deceivedQuery = strings.Join(holds, ` UNION `)
	w.writtenQuery = `
		SELECT sum(pg_stat_get_xact_tuples_inserted(x) + pg_stat_get_xact_tuples_updated(x) + pg_stat_get_xact_tuples_deleted(x))
		FROM (VALUES ('users'::regclass), ` + strings.Join(writes, `, `) + `) AS tables (x)`
	// The language of the accounts is the test's own doing.
	parts = append(parts, `SELECT 'users', md5(string_agg(u.email || u.name || u.phone || u.password_hash || u.version, '|' ORDER BY id)) FROM users u`)
	w.digestQuery = `SELECT string_agg(name || ':' || COALESCE(sum, ''), ' ' ORDER BY name) FROM (` + strings.Join(parts, ` UNION ALL `) + `) AS all_tables`
}
