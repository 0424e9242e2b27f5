package plan

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"dondoc/internal/calendar"
)

// WithPolicy puts a policy of steps into a plan file, in the place of the one with its
// code or behind the others. The rest of the file stays as it was written, comments
// included; a file in another layout than the usual one is written anew with the same
// content. What the policy says is not judged: Read does that. An error means that the
// file cannot be read.
func WithPolicy(source []byte, p Policy) ([]byte, error) {
	document, err := parseYAML(source)
	if err != nil {
		return nil, fmt.Errorf("read plan file: %w", err)
	}
	if document == nil || len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("read plan file: it holds no keys")
	}
	written := policyNode(p)
	edited := insertPolicy(source, document.Content[0], p.Code, written)
	putPolicy(document.Content[0], p.Code, written)
	if edited != nil {
		if again, err := parseYAML(edited); err == nil && sameContent(again, document) {
			return edited, nil
		}
	}
	return encodeYAML(document)
}

// insertPolicy does so line by line; nil where the layout is not the usual one.
func insertPolicy(source []byte, root *yaml.Node, code string, written *yaml.Node) []byte {
	if root.Style&yaml.FlowStyle != 0 {
		return nil
	}
	text := strings.TrimSuffix(string(source), "\n")
	lines := strings.Split(text, "\n")
	policies := under(root, "policies")
	if policies == nil {
		return laid(lines, len(lines), len(lines), "policies:", itemLines(written, "  "))
	}
	if policies.Kind != yaml.SequenceNode || policies.Style&yaml.FlowStyle != 0 || len(policies.Content) == 0 {
		return nil
	}
	at := slices.IndexFunc(policies.Content, func(n *yaml.Node) bool { return policyCode(n) == code })
	from, upTo := 0, 0
	if at < 0 {
		upTo = lastLine(policies)
		from = upTo
		at = len(policies.Content) - 1
	} else {
		from, upTo = policies.Content[at].Line-1, lastLine(policies.Content[at])
	}
	head := lines[policies.Content[at].Line-1]
	indent := head[:len(head)-len(strings.TrimLeft(head, " "))]
	if !strings.HasPrefix(head[len(indent):], "- ") {
		return nil
	}
	return laid(lines, from, upTo, "", itemLines(written, indent))
}

// laid puts lines in the place of those from one to before another.
func laid(lines []string, from, upTo int, heading string, item []string) []byte {
	all := slices.Clone(lines[:from])
	if heading != "" {
		all = append(all, "", heading)
	}
	all = append(append(all, item...), lines[upTo:]...)
	return []byte(strings.Join(all, "\n") + "\n")
}

func itemLines(written *yaml.Node, indent string) []string {
	text, err := encodeYAML(&yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{written}})
	if err != nil {
		return nil
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for i := range lines {
		lines[i] = indent + lines[i]
	}
	return lines
}

// putPolicy does the same to what was read of the file.
func putPolicy(root *yaml.Node, code string, written *yaml.Node) {
	policies := under(root, "policies")
	if policies == nil {
		policies = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		root.Content = append(root.Content, word("policies"), policies)
	}
	for i, n := range policies.Content {
		if policyCode(n) == code {
			policies.Content[i] = written
			return
		}
	}
	policies.Content = append(policies.Content, written)
}

func policyNode(p Policy) *yaml.Node {
	steps := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, s := range p.Steps {
		steps.Content = append(steps.Content, stepNode(s))
	}
	return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{word("code"), word(p.Code), word("name"), word(p.Name), word("steps"), steps}}
}

// stepNode leaves out what goes without saying.
func stepNode(s calendar.StepRule) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	put := func(key string, value *yaml.Node) { n.Content = append(n.Content, word(key), value) }
	put("code", word(s.Code))
	put("kind", word(s.Kind))
	put("anchor", word(string(s.Anchor)))
	if s.Offset != 0 {
		put("offset", numeral(s.Offset))
	}
	if s.Unit != calendar.WorkingDays && s.Unit != "" {
		put("unit", word(string(s.Unit)))
	}
	if s.TimeOfDay != "" && s.Unit != calendar.Hours {
		time := word(s.TimeOfDay)
		time.Style = yaml.DoubleQuotedStyle
		put("time", time)
	}
	if s.Cron != "" {
		put("cron", word(s.Cron))
	}
	audience := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle}
	for _, a := range s.Audience {
		audience.Content = append(audience.Content, word(string(a)))
	}
	put("audience", audience)
	if s.Severity != 0 {
		put("severity", numeral(s.Severity))
	}
	if s.Digest {
		put("digest", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"})
	}
	return n
}

func word(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }

func numeral(n int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(n)}
}

func under(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

func policyCode(n *yaml.Node) string {
	if n.Kind != yaml.MappingNode {
		return ""
	}
	if code := under(n, "code"); code != nil {
		return clean(code.Value)
	}
	return ""
}

// lastLine is the line on which the last value below a node begins, from 1.
func lastLine(n *yaml.Node) int {
	last := n.Line
	for _, c := range n.Content {
		last = max(last, lastLine(c))
	}
	return last
}

func sameContent(a, b *yaml.Node) bool {
	var x, y any
	return a != nil && a.Decode(&x) == nil && b.Decode(&y) == nil && reflect.DeepEqual(x, y)
}

func encodeYAML(n *yaml.Node) ([]byte, error) {
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(n); err != nil {
		return nil, fmt.Errorf("write plan file: %w", err)
	}
	return out.Bytes(), e.Close()
}
