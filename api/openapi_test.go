package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"dondoc/api"
)

type openAPI map[string]any

func document(t *testing.T) openAPI {
	t.Helper()
	got := newSite(t).do(request{method: "GET", path: api.DocumentPath})
	if got.status != 200 || got.header.Get("Content-Type") != "application/openapi+json" {
		t.Fatalf("%d %s", got.status, got.header)
	}
	var d openAPI
	if err := json.Unmarshal([]byte(got.text), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// operations are the document's calls by method and path.
func (d openAPI) operations(t *testing.T) map[string]map[string]any {
	t.Helper()
	all := map[string]map[string]any{}
	for path, item := range d["paths"].(map[string]any) {
		for method, operation := range item.(map[string]any) {
			all[strings.ToUpper(method)+" "+path] = operation.(map[string]any)
		}
	}
	return all
}

var parameter = regexp.MustCompile(`:([a-z_]+)`)

func TestTheDocumentNamesEveryRouteAndNoOther(t *testing.T) {
	s := newSite(t)
	documented := document(t).operations(t)
	served := map[string]bool{}
	for _, r := range s.handler.(*gin.Engine).Routes() {
		name := r.Method + " " + parameter.ReplaceAllString(r.Path, "{$1}")
		served[name] = true
		if _, ok := documented[name]; !ok && r.Path != api.DocumentPath && r.Path != "/metrics" {
			t.Errorf("%s is served and not documented", name)
		}
	}
	for name := range documented {
		if !served[name] {
			t.Errorf("%s is documented and not served", name)
		}
	}
	if len(documented) < 32 {
		t.Errorf("only %d calls are documented", len(documented))
	}
}

func TestTheDocumentIsWhole(t *testing.T) {
	d := document(t)
	if d["openapi"] != "3.1.0" {
		t.Errorf("version %v", d["openapi"])
	}
	seen := map[string]string{}
	for name, op := range d.operations(t) {
		id, _ := op["operationId"].(string)
		if other, twice := seen[id]; twice || id == "" {
			t.Errorf("%s: operation %q is also %s", name, id, other)
		}
		seen[id] = name
		inPath := map[string]bool{}
		key := false
		parameters, _ := op["parameters"].([]any)
		for _, p := range parameters {
			p := p.(map[string]any)
			if p["in"] == "path" {
				inPath[p["name"].(string)] = true
			}
			key = key || p["name"] == "Idempotency-Key" && p["required"] == true
			if p["schema"] == nil {
				t.Errorf("%s: parameter %v has no schema", name, p["name"])
			}
		}
		if strings.HasPrefix(name, "POST ") && !key {
			t.Errorf("%s does not ask for an idempotency key", name)
		}
		for _, p := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(name, -1) {
			if !inPath[p[1]] {
				t.Errorf("%s does not declare {%s}", name, p[1])
			}
		}
		success := false
		for status, r := range op["responses"].(map[string]any) {
			r := r.(map[string]any)
			success = success || strings.HasPrefix(status, "2")
			if r["description"] == nil || r["description"] == "" {
				t.Errorf("%s: answer %s has no description", name, status)
			}
			if content, ok := r["content"].(map[string]any); ok && strings.HasPrefix(status, "4") && content["application/problem+json"] == nil {
				t.Errorf("%s: answer %s is no problem: %v", name, status, content)
			}
		}
		if !success {
			t.Errorf("%s has no answer of success", name)
		}
	}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				target, found := strings.CutPrefix(ref, "#/components/schemas/")
				if schemas := d["components"].(map[string]any)["schemas"].(map[string]any); !found || schemas[target] == nil {
					t.Errorf("%s leads to %s, which is not there", at, ref)
				}
			}
			for key, value := range v {
				walk(at+"/"+key, value)
			}
		case []any:
			for i, value := range v {
				walk(fmt.Sprintf("%s/%d", at, i), value)
			}
		}
	}
	walk("", map[string]any(d))
}

// answerSchema compiles the schema of a call's answer of success.
func answerSchema(t *testing.T, d openAPI, op string, status int) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("openapi.json", map[string]any(d)); err != nil {
		t.Fatal(err)
	}
	method, path, _ := strings.Cut(op, " ")
	escaped := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(path)
	schema, err := compiler.Compile(fmt.Sprintf("openapi.json#/paths/%s/%s/responses/%d/content/application~1json/schema", escaped, strings.ToLower(method), status))
	if err != nil {
		t.Fatalf("%s: %v", op, err)
	}
	return schema
}

func TestAnswersAreWhatTheDocumentSays(t *testing.T) {
	d := document(t)
	for _, c := range calls {
		if c.want == nil || strings.HasSuffix(c.path, ".xlsx") && c.method == http.MethodGet { // a file is not JSON
			continue
		}
		s := newSite(t)
		call := c.request
		call.as = strings.Fields(strings.NewReplacer("all", "head", "public", "").Replace(c.may) + " x")[0]
		got := s.do(call)
		path, _, _ := strings.Cut(c.path, "?")
		schema := answerSchema(t, d, c.method+" "+template(path), c.status)
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(got.text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s %s: %v", c.method, c.path, err)
		}
	}
	problem := newSite(t).do(request{method: "GET", path: "/api/v1/tasks/abc", as: "head"})
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("openapi.json", map[string]any(d)); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("openapi.json#/components/schemas/Problem")
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(problem.text))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("a problem: %v", err)
	}
}
