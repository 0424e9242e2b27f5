package api_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
)

// drawer derives hostile calls from a good one and from the document's schemas.
type drawer struct {
	*rand.Rand
	document openAPI
	raw      []string // what stands in the body in the place of its marks
}

// hostile is a call with one thing wrong with it.
type hostile struct {
	method, path, query string // path is decoded, query as sent
	header              map[string]string
	body                []byte
	what                string // what was done to the good call
	// blames is the field that a refusal for its content must name; empty: any or none.
	blames string
}

func pick[T any](d *drawer, of []T) T { return of[d.IntN(len(of))] }

// Texts that a form, a database or a page could stumble over.
var hostileTexts = []string{
	"", " ", "\t\n", "\x00", "a\x00b", "a\x01", "\x7f", "\u0085", "\u202e.fdp", "\u2066x\u2069", "\u200f", "\ufeffx", "\ufffe",
	"Đa\u0323\u0302t", "'; DROP TABLE tasks; --", "<script>alert(1)</script>", "{{.}}", "%s%n%!d", "${jndi:ldap://x}", "../../../etc/passwd",
	"\U0001F469\u200d\U0001F469\u200d\U0001F467", "\U000E0041", "１２３", "٣", "1e309", "NaN", "-1", "0x10", "1,5", "null", "true", "=cmd|' /C calc'!A0",
}

// Values of other types, and numbers and days at the ends of what there is.
var hostileValues = []any{
	nil, true, false, 0, -1, 7, 1.5, math.Copysign(0, -1), 1 << 31, int64(1)<<53 + 1, []any{}, []any{nil}, map[string]any{}, map[string]any{"a": 1}, []any{[]any{[]any{}}},
}

var hostileDays = []string{
	"2026-02-30", "0000-00-00", "0001-01-01", "0000-01-01", "1899-12-31", "9999-12-31", "10000-01-01", "-0001-01-01", "2026-2-3", "03/02/2026", "2026-02-03T00:00:00Z",
}

var hostileMoments = []string{
	"2026-02-05T25:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "2026-02-05T00:00:00+99:99",
	"2026-02-05 00:00:00", "2026-06-30T23:59:60Z", "292277026596-12-04T15:30:08Z", "2026-02-05T00:00:00.999999999999Z", "2026-02-05",
}

// Literals that Go's encoder would not write.
var hostileLiterals = []string{
	"NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e-400", "00", "9223372036854775807", "9223372036854775808", "99999999999999999999999999",
	`"\ud800"`, `"\udc00x"`, `"\u0000"`, "\"\xff\xfe\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "'x'", "undefined", "0x1F", `"\x41"`,
}

// mark puts a literal into the body.
func (d *drawer) mark(literal string) string {
	d.raw = append(d.raw, literal)
	return fmt.Sprintf("@raw%d@", len(d.raw)-1)
}

// value draws something for a place of the given schema.
func (d *drawer) value(schema map[string]any) any {
	switch format, _ := schema["format"].(string); {
	case format == "date" && d.IntN(2) == 0:
		return pick(d, hostileDays)
	case format == "date-time" && d.IntN(2) == 0:
		return pick(d, hostileMoments)
	}
	switch d.IntN(8) {
	case 0:
		return d.mark(pick(d, hostileLiterals))
	case 1, 2:
		return pick(d, hostileValues)
	case 3:
		return strings.Repeat(pick(d, []string{"a", "ệ", "\n", "'", "\U0001F600", "<"}), pick(d, []int{61, 255, 1001, 4001, 70_000}))
	case 4:
		return d.mark(strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000))
	case 5:
		return d.mark("[" + strings.Repeat("1,", 5000) + "1]")
	default:
		return pick(d, hostileTexts)
	}
}

// resolve follows a schema's references.
func (d *drawer) resolve(schema map[string]any) map[string]any {
	for {
		ref, ok := schema["$ref"].(string)
		if !ok {
			return schema
		}
		schema = d.document["components"].(map[string]any)["schemas"].(map[string]any)[ref[strings.LastIndex(ref, "/")+1:]].(map[string]any)
	}
}

// sample is a small value that a schema takes.
func (d *drawer) sample(schema map[string]any) any {
	schema = d.resolve(schema)
	if enum, ok := schema["enum"].([]any); ok {
		return enum[0]
	}
	kind := fmt.Sprint(schema["type"])
	switch {
	case strings.Contains(kind, "object"):
		value := map[string]any{}
		properties, _ := schema["properties"].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			value[name] = d.sample(properties[name].(map[string]any))
		}
		return value
	case strings.Contains(kind, "array"):
		return []any{d.sample(schema["items"].(map[string]any))}
	case strings.Contains(kind, "integer"), strings.Contains(kind, "number"):
		return 1
	case strings.Contains(kind, "boolean"):
		return true
	case schema["format"] == "date":
		return "2026-03-20"
	case schema["format"] == "date-time":
		return "2026-02-05T01:00:00Z"
	}
	return "chữ"
}

// body does something to one place of a JSON body, and returns what.
func (d *drawer) body(good string, schema map[string]any) (body, what, blames string) {
	schema = d.resolve(schema)
	var tree any
	if good == "" || json.Unmarshal([]byte(good), &tree) != nil {
		tree = map[string]any{}
	}
	root, ok := tree.(map[string]any)
	properties, _ := schema["properties"].(map[string]any)
	if !ok || len(properties) == 0 {
		return good, "nothing", ""
	}
	name := pick(d, slices.Sorted(maps.Keys(properties)))
	place := d.resolve(properties[name].(map[string]any))
	switch d.IntN(10) {
	case 0:
		stray := pick(d, []string{"unknown", "Version", "__proto__", "versión", "a\u202eb", strings.Repeat("k", 3000), ""})
		root[stray] = d.value(nil)
		what, blames = fmt.Sprintf("the unknown field %.20q", stray), ""
	case 1:
		delete(root, name)
		what = "without " + name
	case 2, 3:
		inner, ok := d.inside(root, name, place)
		if !ok {
			root[name] = d.value(place)
		}
		what, blames = "a value inside "+name+inner, name
		if !ok {
			what = "a value for " + name
		}
	default:
		root[name] = d.value(place)
		what, blames = "a value for "+name, name
	}
	encoded, err := json.Marshal(root)
	if err != nil {
		panic(err) // strings, numbers, lists and maps only
	}
	body = string(encoded)
	for i, literal := range d.raw {
		body = strings.Replace(body, fmt.Sprintf("%q", fmt.Sprintf("@raw%d@", i)), literal, 1)
		if strings.Contains(literal, "\\") || strings.Contains(literal, "'x'") {
			blames = "" // may break the JSON as a whole
		}
	}
	return body, what, blames
}

// inside puts a value into an element of a list or a property of an object.
func (d *drawer) inside(root map[string]any, name string, schema map[string]any) (string, bool) {
	value := d.sample(schema)
	at := value
	if list, ok := value.([]any); ok {
		items := d.resolve(schema["items"].(map[string]any))
		if _, ok := list[0].(map[string]any); !ok {
			list[0] = d.value(items)
			root[name] = value
			return "[0]", true
		}
		at, schema = list[0], items
	}
	object, ok := at.(map[string]any)
	if !ok || len(object) == 0 {
		return "", false
	}
	properties := schema["properties"].(map[string]any)
	inner := pick(d, slices.Sorted(maps.Keys(object)))
	object[inner] = d.value(d.resolve(properties[inner].(map[string]any)))
	root[name] = value
	return "." + inner, true
}

// text does something to a body that is no JSON, or to the JSON as a text.
func (d *drawer) text(good string) (body, what string) {
	at := 0
	if good != "" {
		at = d.IntN(len(good))
	}
	switch d.IntN(12) {
	case 0:
		return good[:at], "cut off"
	case 1:
		return "", "empty"
	case 2:
		return good + good, "twice"
	case 3:
		return "\ufeff" + good, "with a byte order mark"
	case 4:
		return strings.Repeat("[", 200_000), "deep"
	case 5:
		return strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000), "deep objects"
	case 6:
		return pick(d, []string{"null", "[]", "7", `"x"`, "true", "{}", " ", "\x00", "{]", `{"a":1,}`}), "something else"
	case 7:
		// A key that is there twice.
		if inner, ok := strings.CutPrefix(good, "{"); ok && strings.Contains(good, ":") {
			return "{" + strings.TrimSuffix(inner, "}") + "," + inner, "every key twice"
		}
		return good + "\x00", "a NUL at the end"
	case 8:
		return strings.Repeat(" ", 900_000) + good, "after many blanks"
	default:
		junk := pick(d, append([]string{"\xff", "\xc3", "\r", "\"", ",", "\n,,,\n", "\\"}, hostileTexts...))
		return good[:at] + junk + good[at:], fmt.Sprintf("%.20q at byte %d", junk, at)
	}
}

var hostilePaths = []string{
	"0", "-1", "abc", "1.5", "1e3", "9223372036854775807", "9223372036854775808", "99999999999999999999", "987654321", "\x00", "\xff", "1\x00", "１", " 1", "+1", "0x1", "..", "1;2", "%31", "𝟙", strings.Repeat("9", 5000),
}

// parameter draws what stands in a query for a parameter of the schema.
func (d *drawer) parameter(schema map[string]any) string {
	switch v := d.value(d.resolve(schema)).(type) {
	case string:
		if strings.HasPrefix(v, "@raw") {
			return url.QueryEscape(strings.Trim(pick(d, hostileLiterals), `"`))
		}
		return url.QueryEscape(v)
	default:
		return url.QueryEscape(fmt.Sprint(v))
	}
}

// call derives one hostile call from a good one.
func (d *drawer) call(good request, op map[string]any, template string) hostile {
	d.raw = nil
	path, query, _ := strings.Cut(good.path, "?")
	h := hostile{method: good.method, path: path, query: query, header: map[string]string{}, body: []byte(good.body), what: "nothing"}
	maps.Copy(h.header, good.headers)
	if good.body != "" && h.header["Content-Type"] == "" {
		h.header["Content-Type"] = "application/json"
	}
	parameters, _ := op["parameters"].([]any)
	var inQuery []map[string]any
	for _, p := range parameters {
		if one := p.(map[string]any); one["in"] == "query" {
			inQuery = append(inQuery, one)
		}
	}
	jsonSchema := schemaOf(op)
	choice := d.IntN(20)
	switch {
	case choice < 11 && jsonSchema != nil:
		body, what, blames := d.body(good.body, jsonSchema)
		h.body, h.what, h.blames = []byte(body), what, blames
		h.header["Content-Type"] = "application/json"
	case choice < 13 && good.body != "":
		body, what := d.text(good.body)
		h.body, h.what = []byte(body), "the body "+what
	case choice < 15 && strings.Contains(template, "{"):
		segments, places := strings.Split(path, "/"), strings.Split(template, "/")
		for i, place := range places {
			if strings.HasPrefix(place, "{") && i < len(segments) {
				segments[i] = pick(d, hostilePaths)
				h.what = fmt.Sprintf("%.30q in the address", segments[i])
			}
		}
		h.path = strings.Join(segments, "/")
	case choice < 18 && len(inQuery) > 0:
		one := pick(d, inQuery)
		name := one["name"].(string)
		value := d.parameter(one["schema"].(map[string]any))
		h.query, h.what = join(query, name+"="+value), "the parameter "+name+"="+fmt.Sprintf("%.40s", value)
		if !strings.Contains(query, name+"=") {
			h.blames = name
		}
	default:
		d.quirk(&h)
	}
	return h
}

func join(query, more string) string { return strings.TrimPrefix(query+"&"+more, "&") }

// schemaOf is the schema of a call's JSON body.
func schemaOf(op map[string]any) map[string]any {
	body, _ := op["requestBody"].(map[string]any)
	content, _ := body["content"].(map[string]any)
	media, _ := content["application/json"].(map[string]any)
	schema, _ := media["schema"].(map[string]any)
	return schema
}

// quirk does something to the headers or to the query as a whole.
func (d *drawer) quirk(h *hostile) {
	set := func(name string, values ...string) {
		value := pick(d, values)
		h.header[name] = value
		h.what = fmt.Sprintf("%s: %.40q", name, value)
	}
	switch d.IntN(9) {
	case 0:
		set("Content-Type", "", "text/plain", "application/xml", "application/json; charset=utf-16", "multipart/form-data", "multipart/form-data; boundary=x", "a/b; c", "\xff", strings.Repeat("a", 9000))
	case 1:
		set("If-Match", "*", `""`, `"0"`, `"-1"`, `"99999999999999999999"`, `W/"x"`, `"1", "2"`, "\xff", strings.Repeat("1", 5000))
	case 2:
		set("Idempotency-Key", "", "short", strings.Repeat("k", 201), "khóa-chống-gửi-trùng", "\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8", "12345678\x00", "        ", "'; DROP TABLE --")
		h.blames = ""
	case 3:
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := w.Write(bytes.Repeat([]byte(" "), 8<<20)); err != nil {
			panic(err) // a buffer takes everything
		}
		if err := w.Close(); err != nil {
			panic(err)
		}
		h.header["Content-Encoding"] = pick(d, []string{"gzip", "deflate", "br", "gzip, gzip", "x"})
		h.body, h.what = packed.Bytes(), "packed as "+h.header["Content-Encoding"]
	case 4:
		set("Accept-Language", "", "*", "en;q=x", strings.Repeat("vi,", 5000), "\xff", "zz-ZZ-x-1")
	case 5:
		set("Accept", "text/html", "application/xml", "\xff", "*/*;q=0")
	case 6:
		h.query = join(h.query, pick(d, []string{"unknown=1", "%zz=1", "a=%", "%00=%00", "limit=1&limit=2", ";", "&&&", "=", "cursor=%ff", strings.Repeat("x=1&", 3000)}))
		h.what = fmt.Sprintf("the query %.40q", h.query)
	case 7:
		set("Cookie", "dondoc_session=", "dondoc_session=\xff", "dondoc_session="+strings.Repeat("a", 4000), "=;=;=", "dondoc_session='; --")
	default:
		set("Sec-Fetch-Site", "cross-site", "same-site", "none", "\xff")
	}
}
