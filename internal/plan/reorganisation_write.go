package plan

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"dondoc/internal/agency"
	"dondoc/internal/calendar"
)

// OneChange is a single act on agencies as a form describes it. What needs more,
// such as agencies that begin to exist, comes as a file.
type OneChange struct {
	Act agency.Act
	// Agencies are the codes of those that it happens to; Into those of the
	// successors, the main one first, or of the new superior.
	Agencies, Into []string
	Name           string // the new one, of Rename
	Basis          string // the decision or resolution
	On             calendar.Date
}

// Source writes the file that says the same, to be read by ReadReorganisation:
// what a form cannot say rightly is refused there by the rules of files.
func (c OneChange) Source() ([]byte, error) {
	first := func(list []string) string {
		if len(list) == 0 {
			return ""
		}
		return list[0]
	}
	change := map[string]any{}
	switch c.Act {
	case agency.Rename:
		change["rename"], change["name"] = first(c.Agencies), c.Name
	case agency.Move:
		change["move"], change["parent"] = c.Agencies, first(c.Into)
	case agency.Merge:
		change["merge"], change["into"] = c.Agencies, first(c.Into)
	case agency.Divide:
		change["divide"], change["into"] = first(c.Agencies), c.Into
	case agency.Dissolve:
		change["dissolve"] = first(c.Agencies)
		if len(c.Into) > 0 {
			change["into"] = c.Into[0]
		}
	default:
		return nil, fmt.Errorf("no form describes %q", c.Act)
	}
	source, err := yaml.Marshal(struct {
		Format      int              `yaml:"format"`
		Code        string           `yaml:"code"`
		Basis       string           `yaml:"basis"`
		EffectiveOn yaml.Node        `yaml:"effective_on"`
		Changes     []map[string]any `yaml:"changes"`
	}{
		1, strings.Join([]string{string(c.Act), codeOf(first(c.Agencies)), c.On.String()}, "-"), c.Basis,
		yaml.Node{Kind: yaml.ScalarNode, Value: c.On.String()}, []map[string]any{change},
	})
	if err != nil {
		return nil, fmt.Errorf("write the act on agencies: %w", err)
	}
	return source, nil
}

// codeOf keeps what may stand in a file's code.
func codeOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return -1
	}, strings.ToLower(text))
}
