package api_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"dondoc/internal/policy"
)

// eachCall reaches the state of every walk with a JSON body and gives the good
// call, its schema and somebody who may make it.
func (w *walker) eachCall(do func(name string, good request, schema map[string]any, kept string)) {
	w.t.Helper()
	d := document(w.t)
	operations, allowed := d.operations(w.t), allowedActors(w.t)
	byState := map[string][]walk{}
	for _, c := range walks {
		byState[c.from] = append(byState[c.from], c)
	}
	for _, state := range slices.Sorted(maps.Keys(byState)) {
		w.mark("state")
		w.clock.move(time.Date(2026, 2, 5, 1, 0, 0, 0, time.UTC))
		w.things = map[string]string{}
		w.reach(state)
		kept := w.digest()
		for _, c := range byState[state] {
			op, _, _ := strings.Cut(c.call, " #")
			method, _, _ := strings.Cut(op, " ")
			as := allowed[c.call]
			if c.outsider != "" {
				as = c.outsider
			}
			good := request{method: method, path: w.fill(walkPath(c.call)), body: w.fill(c.body), headers: c.headers, as: w.tokens[as]}
			do(c.call, good, operations[op], kept)
		}
		w.back("state")
	}
}

// Characters that turn the direction of writing, or that nobody sees, are in no
// text that is kept, whatever the field.
func TestNoTextThatDeceivesIsKept(t *testing.T) {
	w := newWalker(t)
	draw := &drawer{document: document(t)}
	fields := 0
	w.eachCall(func(name string, good request, op map[string]any, kept string) {
		schema := schemaOf(op)
		if schema == nil {
			return
		}
		properties, _ := draw.resolve(schema)["properties"].(map[string]any)
		for _, property := range slices.Sorted(maps.Keys(properties)) {
			place := draw.resolve(properties[property].(map[string]any))
			for _, text := range []string{"a\u202eb", "a\x01b", "a\u0085b"} {
				var value any = text
				switch items, _ := place["items"].(map[string]any); {
				case property == "source": // the text goes where the file has one
					value = strings.NewReplacer("đi qua", text, "truyền thống", text).Replace(sourceIn(t, good.body))
				case place["type"] == "string" && place["enum"] == nil && place["format"] == nil:
				case items != nil && draw.resolve(items)["type"] == "object":
					element := draw.sample(items).(map[string]any)
					for key, inner := range element {
						if _, ok := inner.(string); ok {
							element[key] = text
						}
					}
					value = []any{element}
				default:
					continue
				}
				fields++
				var body map[string]any
				if good.body == "" {
					good.body = "{}"
				}
				if err := json.Unmarshal([]byte(good.body), &body); err != nil {
					t.Fatal(err)
				}
				body[property] = value
				encoded, err := json.Marshal(body)
				if err != nil {
					t.Fatal(err)
				}
				call := good
				call.body = string(encoded)
				w.mark("call")
				before := w.written()
				got := w.do(call)
				if where := w.deceived(before); where != "" {
					t.Errorf("%s with %q as %s: %d, kept in %s", name, text, property, got.status, where)
				}
				w.back("call")
			}
		}
	})
	for _, text := range []string{"a\u202eb", "a\x01b"} {
		got := w.do(request{method: "POST", path: "/api/v1/people/import", as: w.tokens[email(policy.Administrator, "tinh")], headers: asCSV,
			body: "email,name,agency_code,role\nmoi@dondoc.example,Người " + text + ",xa,focal_point\n"})
		if p := w.problem(got); got.status != 422 || p.Errors[0].Line != 2 || p.Errors[0].Column != 27 {
			t.Errorf("people: %d %s", got.status, got.text)
		}
	}
	if fields < 100 {
		t.Errorf("only %d texts were tried", fields)
	}
	// What looks for such characters finds one.
	w.mark("planted")
	before, kept := w.written(), w.digest()
	w.run(`UPDATE agencies SET short_name = E'a\u202eb' WHERE code = 'xa'`)
	if w.deceived(before) != "agencies" || changedTables(kept, w.left(before, kept)) == "" {
		t.Error("what is planted is not found")
	}
	w.back("planted")
}

// sourceIn is the file in the body of a call.
func sourceIn(t *testing.T, body string) string {
	t.Helper()
	var call struct {
		Source string `json:"source"`
	}
	if err := json.Unmarshal([]byte(body), &call); err != nil {
		t.Fatal(err)
	}
	return call.Source
}

// Texts that mean something to a database or a page are kept and shown as they
// are, but for the one form in which the same letters are always written.
func TestTextIsKeptAndShownAsText(t *testing.T) {
	w := newWalker(t)
	w.clock.move(time.Date(2026, 2, 5, 1, 0, 0, 0, time.UTC))
	w.reach("open")
	const sent = "'; DROP TABLE tasks; -- <script>alert(1)</script> {{.}} %s \\ De\u0323\u0302n no\u031b\u0300i"
	const kept = "'; DROP TABLE tasks; -- <script>alert(1)</script> {{.}} %s \\ Dện nời"
	body, err := json.Marshal(map[string]any{"kind": "report", "narrative": sent, "document_number": sent[:20], "signatory_title": "<b>Chủ tịch</b>"})
	if err != nil {
		t.Fatal(err)
	}
	w.by(policy.FocalPoint, "xa", 201, "POST", "/tasks/{task}/submissions", string(body))
	seen := first(w.by(policy.Supervisor, "so", 200, "GET", "/tasks/{task}/submissions", ""))
	if seen["narrative"] != kept || seen["signatory_title"] != "<b>Chủ tịch</b>" {
		t.Errorf("kept %q", seen)
	}
	if n := w.count(`SELECT count(*) FROM submissions WHERE narrative = $1`, kept); n != 1 {
		t.Errorf("%d results hold the text", n)
	}
	page := w.do(request{method: "GET", path: w.fill("/viec/{task}"), as: w.tokens[email(policy.Supervisor, "so")]})
	if page.status != 200 || strings.Contains(page.text, "<script>") || strings.Contains(page.text, "<b>Chủ") || !strings.Contains(page.text, "&lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Errorf("%d %s", page.status, page.text)
	}
}
