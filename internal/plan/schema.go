package plan

import (
	"bytes"
	"encoding/json"
)

// SchemaID is the identity of the published schema; editors find it by this name.
const SchemaID = "https://dondoc.example/schema/plan-1.schema.json"

// Schema returns the JSON Schema (2020-12) of the plan file, indented, with a
// final newline. It is made from the same table that Read checks files with;
// docs/schema/plan-1.schema.json is a copy for editors.
func Schema() []byte {
	s := &schemaWriter{defs: map[string]any{}}
	root := s.object(fileShape)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = SchemaID
	root["title"] = "Đôn Đốc plan file, format 1"
	root["description"] = "An issued document that assigns duties, written as YAML. Keys that are absent take the defaults named here; what the document does not say is listed under configured."
	root["properties"].(map[string]any)["format"] = map[string]any{"const": FormatVersion, "description": fileShape.lookup("format").about}
	root["$defs"] = s.defs
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		// Maps of strings, numbers and booleans always encode.
		panic(err)
	}
	return out.Bytes()
}

type schemaWriter struct{ defs map[string]any }

func (w *schemaWriter) of(s *shape) map[string]any {
	if s.name != "" {
		if _, done := w.defs[s.name]; !done {
			w.defs[s.name] = map[string]any{} // before its fields, which may refer to it
			w.defs[s.name] = w.object(s)
		}
		return map[string]any{"$ref": "#/$defs/" + s.name}
	}
	if s.plain != nil {
		bare := *s
		bare.plain = nil
		return map[string]any{"anyOf": []any{w.of(s.plain), w.of(&bare)}}
	}
	switch s.kind {
	case kindObject:
		return w.object(s)
	case kindMap:
		return map[string]any{"type": "object", "additionalProperties": w.of(s.item)}
	case kindList:
		item := w.of(s.item)
		items := map[string]any{"type": "array", "items": item}
		if s.single {
			return map[string]any{"anyOf": []any{item, items}}
		}
		return items
	}
	return scalarSchema(s)
}

func (w *schemaWriter) object(s *shape) map[string]any {
	properties := map[string]any{}
	var required []string
	for _, f := range s.fields {
		p := w.of(f.shape)
		p["description"] = f.about
		properties[f.key] = p
		if f.required {
			required = append(required, f.key)
		}
	}
	o := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

func scalarSchema(s *shape) map[string]any {
	switch s.kind {
	case kindEnum:
		return map[string]any{"enum": s.values}
	case kindInt:
		return map[string]any{"type": "integer", "minimum": s.min, "maximum": s.most()}
	case kindBool:
		return map[string]any{"type": "boolean"}
	case kindText:
		// YAML reads an unquoted 75 as a number; here it is text all the same.
		return map[string]any{"type": []string{"string", "number"}, "pattern": `\S`}
	case kindDecimal:
		return map[string]any{"type": []string{"string", "number"}, "pattern": decimalPattern}
	case kindCode, kindDutyCode:
		return map[string]any{"type": []string{"string", "number"}, "pattern": lexicals[s.kind].pattern.String()}
	case kindDate:
		return map[string]any{"type": "string", "pattern": datePattern, "format": "date"}
	}
	return map[string]any{"type": "string", "pattern": lexicals[s.kind].pattern.String()}
}
