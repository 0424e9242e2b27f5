package plan

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"

	"dondoc/internal/calendar"
)

// view reads a checked mapping node. What is absent or faulty reads as the zero
// value, so that one fault does not hide the next.
type view struct {
	r    *reader
	n    *yaml.Node
	path string
}

// has reports whether the key is written, faulty or not.
func (v view) has(key string) bool { return v.raw(key) != nil }

// node returns the value's node, or the view's own where the key is absent, to
// have a place to point at.
func (v view) node(key string) *yaml.Node {
	if n := v.raw(key); n != nil {
		return n
	}
	return v.n
}

// at returns the path of a key.
func (v view) at(key string) string { return join2(v.path, key) }

func (v view) raw(key string) *yaml.Node {
	if v.n == nil || v.n.Kind != yaml.MappingNode || v.r.bad[v.n] {
		return nil
	}
	for i := 0; i+1 < len(v.n.Content); i += 2 {
		if v.n.Content[i].Value == key {
			return v.n.Content[i+1]
		}
	}
	return nil
}

// good returns the value's node if it is sound.
func (v view) good(key string) *yaml.Node {
	n := v.raw(key)
	if n == nil || v.r.bad[n] {
		return nil
	}
	return n
}

// text returns a scalar in Unicode normal form C, without outer blanks.
func (v view) text(key string) string {
	n := v.good(key)
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return clean(n.Value)
}

// textOr returns the scalar, or what holds where it is absent.
func (v view) textOr(key, otherwise string) string {
	if s := v.text(key); s != "" {
		return s
	}
	return otherwise
}

func clean(s string) string { return strings.TrimSpace(norm.NFC.String(s)) }

func (v view) number(key string, otherwise int) int {
	if s := v.text(key); s != "" {
		if n, err := strconv.Atoi(s); err == nil {
			return n
		}
	}
	return otherwise
}

func (v view) yes(key string) bool { return v.text(key) == "true" }

func (v view) date(key string) calendar.Date {
	d, err := calendar.ParseDate(v.text(key))
	if err != nil {
		return calendar.Date{}
	}
	return d
}

// items returns the nodes of a list; a single value is a list of one.
func (v view) items(key string) []*yaml.Node {
	n := v.good(key)
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		return []*yaml.Node{n}
	}
	sound := make([]*yaml.Node, 0, len(n.Content))
	for _, c := range n.Content {
		if !v.r.bad[c] {
			sound = append(sound, c)
		}
	}
	return sound
}

// texts returns the scalars of a list.
func (v view) texts(key string) []string {
	var out []string
	for _, n := range v.items(key) {
		if n.Kind == yaml.ScalarNode {
			out = append(out, clean(n.Value))
		}
	}
	return out
}

// numbers returns the whole numbers of a list.
func (v view) numbers(key string) []int {
	var out []int
	for _, s := range v.texts(key) {
		if n, err := strconv.Atoi(s); err == nil {
			out = append(out, n)
		}
	}
	return out
}

// views returns the mappings of a list.
func (v view) views(key string) []view {
	var out []view
	n := v.good(key)
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	for i, c := range n.Content {
		if c.Kind == yaml.MappingNode && !v.r.bad[c] {
			out = append(out, view{v.r, c, fmt.Sprintf("%s[%d]", v.at(key), i)})
		}
	}
	return out
}

// view returns the mapping under a key; a view of nothing where it is absent.
func (v view) view(key string) view {
	n := v.good(key)
	if n == nil || n.Kind != yaml.MappingNode {
		return view{r: v.r, path: v.at(key)}
	}
	return view{v.r, n, v.at(key)}
}

// each calls visit for every sound pair of a mapping with free keys.
func (v view) each(visit func(key string, node *yaml.Node, value view)) {
	if v.n == nil || v.n.Kind != yaml.MappingNode || v.r.bad[v.n] {
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(v.n.Content); i += 2 {
		key, value := v.n.Content[i], v.n.Content[i+1]
		if v.r.bad[value] || seen[key.Value] {
			continue
		}
		seen[key.Value] = true
		visit(clean(key.Value), key, view{v.r, value, v.at(key.Value)})
	}
}

// as turns texts into a typed list.
func as[T ~string](in []string) []T {
	var out []T
	for _, s := range in {
		out = append(out, T(s))
	}
	return out
}
