package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// check holds a node against its shape, records every fault in it and below,
// and remembers faulty nodes so that nothing is read from them.
func (r *reader) check(n *yaml.Node, s *shape, path string) {
	if n.Tag == "!!null" && n.Kind == yaml.ScalarNode {
		r.bad[n] = true
		r.fail(n, path, "value.missing", "%s chưa có giá trị; điền giá trị hoặc bỏ dòng này", "%s has no value; fill it in or leave the line out", last(path))
		return
	}
	if s.plain != nil && n.Kind == yaml.ScalarNode {
		s = s.plain
	}
	switch s.kind {
	case kindObject:
		r.checkObject(n, s, path)
	case kindMap:
		r.checkMap(n, s, path)
	case kindList:
		r.checkList(n, s, path)
	default:
		r.checkScalar(n, s, path)
	}
}

func (r *reader) checkObject(n *yaml.Node, s *shape, path string) {
	if n.Kind != yaml.MappingNode {
		r.wrongType(n, path, "các dòng \"khóa: giá trị\" ("+some(s.keys())+")", "lines of \"key: value\" ("+some(s.keys())+")")
		return
	}
	seen := r.pairs(n, path, func(key, value *yaml.Node) {
		f := s.lookup(key.Value)
		if f == nil {
			r.unknownKey(key, s, join2(path, key.Value))
			return
		}
		r.check(value, f.shape, join2(path, f.key))
	})
	for _, f := range s.fields {
		if f.required && !seen[f.key] {
			r.fail(n, join2(path, f.key), "key.missing", "thiếu \"%[1]s\"; hãy thêm dòng %[1]s: … ", "%[1]q is missing; add a line %[1]s: …", f.key)
		}
	}
}

func (r *reader) checkMap(n *yaml.Node, s *shape, path string) {
	if n.Kind != yaml.MappingNode {
		r.wrongType(n, path, "các dòng \"khóa: giá trị\"", "lines of \"key: value\"")
		return
	}
	r.pairs(n, path, func(key, value *yaml.Node) {
		// The commonest slip: a rule written where levels are expected.
		if s.item == dueRuleShape && dueRuleShape.lookup(key.Value) != nil {
			r.bad[n] = true
			r.fail(key, join2(path, key.Value), "due.level", "%q là phần của quy tắc hạn, cần nằm dưới một cấp; viết %s: {other: {%[1]s: …}}", "%q is part of a due rule and belongs under a level; write %s: {other: {%[1]s: …}}", key.Value, last(path))
			return
		}
		r.check(value, s.item, join2(path, key.Value))
	})
}

// pairs calls visit for each pair whose key is usable and seen for the first time.
func (r *reader) pairs(n *yaml.Node, path string, visit func(key, value *yaml.Node)) map[string]bool {
	seen := make(map[string]bool, len(n.Content)/2)
	first := make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.Value == "" {
			r.fail(key, path, "key.kind", "khóa phải là một từ", "a key must be one word")
			continue
		}
		if r.deceives(key, path) {
			continue
		}
		if seen[key.Value] {
			r.fail(key, join2(path, key.Value), "key.duplicate", "%q đã có ở dòng %d; giữ một dòng, bỏ dòng kia", "%q is already on line %d; keep one of them", key.Value, first[key.Value].Line)
			continue
		}
		seen[key.Value], first[key.Value] = true, key
		visit(key, value)
	}
	return seen
}

func (r *reader) checkList(n *yaml.Node, s *shape, path string) {
	if n.Kind != yaml.SequenceNode {
		if s.single && n.Kind == yaml.ScalarNode {
			r.check(n, s.item, path)
			return
		}
		r.wrongType(n, path, "một danh sách, mỗi mục một dòng bắt đầu bằng \"- \"", "a list, each item on a line that begins with \"- \"")
		return
	}
	for i, item := range n.Content {
		r.check(item, s.item, fmt.Sprintf("%s[%d]", path, i))
	}
}

func (r *reader) checkScalar(n *yaml.Node, s *shape, path string) {
	if n.Kind != yaml.ScalarNode {
		r.wrongType(n, path, "một giá trị đơn", "a single value")
		return
	}
	value := n.Value
	if r.deceives(n, path) {
		r.bad[n] = true
		return
	}
	switch s.kind {
	case kindText:
		if strings.TrimSpace(value) == "" {
			r.bad[n] = true
			r.fail(n, path, "value.missing", "%s đang để trống; điền giá trị hoặc bỏ dòng này", "%s is empty; fill it in or leave the line out", last(path))
		}
	case kindEnum:
		if !slices.Contains(s.values, value) {
			r.bad[n] = true
			r.fail(n, path, "value.enum", "%q không dùng được ở đây%[3]s; chọn một trong: %[2]s", "%q is not one of %[2]s%[4]s", clip(value), strings.Join(s.values, ", "), meantVI(nearest(value, s.values)), meantEN(nearest(value, s.values)))
		}
	case kindInt:
		v, err := strconv.Atoi(value)
		if err != nil || n.Tag != "!!int" {
			r.wrongType(n, path, "một số nguyên", "a whole number")
		} else if v < s.min || v > s.most() {
			r.bad[n] = true
			r.fail(n, path, "value.range", "%d nằm ngoài khoảng cho phép (từ %d đến %d)", "%d is out of range (%d to %d)", v, s.min, s.most())
		}
	case kindBool:
		if value != "true" && value != "false" {
			r.wrongType(n, path, "true hoặc false", "true or false")
		}
	default:
		l := lexicals[s.kind]
		if !l.pattern.MatchString(value) {
			r.bad[n] = true
			r.fail(n, path, "value.form", "%q không đúng dạng: %[2]s", "%q has the wrong form: %[3]s", clip(value), l.vi, l.en)
		} else if !exists(s.kind, value) {
			r.bad[n] = true
			r.fail(n, path, "value.date", "ngày %q không có trong lịch", "there is no day %q in the calendar", value)
		}
	}
}

func (r *reader) wrongType(n *yaml.Node, path, vi, en string) {
	r.bad[n] = true
	what, whatVI := "a single value", "một giá trị đơn"
	switch n.Kind {
	case yaml.MappingNode:
		what, whatVI = "lines of \"key: value\"", "các dòng \"khóa: giá trị\""
	case yaml.SequenceNode:
		what, whatVI = "a list", "một danh sách"
	case yaml.ScalarNode:
		what, whatVI = strconv.Quote(clip(n.Value)), strconv.Quote(clip(n.Value))
	}
	r.fail(n, path, "value.type", "%[1]s phải là %[2]s, ở đây là %[4]s", "%[1]s must be %[3]s, here it is %[5]s", last(path), vi, en, whatVI, what)
}

func (r *reader) unknownKey(key *yaml.Node, s *shape, path string) {
	if near := nearest(key.Value, s.keys()); near != "" {
		r.fail(key, path, "key.unknown", "không có khóa %q; có phải ý bạn là %q?", "there is no key %q; did you mean %q?", clip(key.Value), near)
		return
	}
	r.fail(key, path, "key.unknown", "không có khóa %q ở đây; các khóa dùng được: %s", "there is no key %q here; the keys are: %s", clip(key.Value), strings.Join(s.keys(), ", "))
}

func meantVI(near string) string {
	if near == "" {
		return ""
	}
	return fmt.Sprintf(" (có phải ý bạn là %q?)", near)
}

func meantEN(near string) string {
	if near == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", near)
}

// join2 appends a key to a path.
func join2(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// last returns the last part of a path, for sentences.
func last(path string) string {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		path = path[i+1:]
	}
	if path == "" {
		return "plan"
	}
	return path
}

// clip shortens a value for a message.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return s
}

// some lists the first keys of many.
func some(keys []string) string {
	if len(keys) > 5 {
		return strings.Join(keys[:5], ", ") + ", …"
	}
	return strings.Join(keys, ", ")
}
