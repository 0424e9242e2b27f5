package plan_test

import (
	"strings"
	"testing"

	"dondoc/internal/plan"
)

func TestForwardingIsADefaultOfThePlanAndADutysOwn(t *testing.T) {
	through := func(more string) string {
		return strings.Replace(small, "    recipient: tinh", "    recipient: tinh\n    through: so-b"+more, 1)
	}
	byDefault := func(content string) string {
		return strings.Replace(content, "defaults: {", "defaults: {forwarding: required, forward_within: 2, ", 1)
	}
	for _, c := range []struct {
		name, content string
		want          plan.Forwarding
	}{
		{"shown alone", through(""), plan.Forwarding{}},
		{"a duty's own", through("\n    forwarding: required"), plan.Forwarding{Required: true, WithinWorkingDays: 1}},
		{"with its time", through("\n    forwarding: required\n    forward_within: 3"), plan.Forwarding{Required: true, WithinWorkingDays: 3}},
		{"the plan's", byDefault(through("")), plan.Forwarding{Required: true, WithinWorkingDays: 2}},
		{"the plan's, with the duty's time", byDefault(through("\n    forward_within: 3")), plan.Forwarding{Required: true, WithinWorkingDays: 3}},
		{"the plan's, not the duty's", byDefault(through("\n    forwarding: shown")), plan.Forwarding{}},
		{"the plan's, of a duty that passes nobody", byDefault(small), plan.Forwarding{}},
	} {
		p, problems := plan.Read("small.yaml", []byte(c.content), nil)
		if len(problems) > 0 {
			t.Errorf("%s: %s", c.name, problems)
			continue
		}
		if got := p.Duties[0].Forwarding; got != c.want {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}
