package app

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"dondoc/internal/task"
)

// seedOf is the same number for the same things in every play.
func seedOf(parts ...any) uint64 {
	h := fnv.New64a()
	for _, part := range parts {
		fmt.Fprintf(h, "%v\x00", part)
	}
	// What differs in one character is to differ in its remainders too.
	sum := h.Sum64()
	sum = (sum ^ sum>>33) * 0xff51afd7ed558ccd
	return sum ^ sum>>33
}

// plausibleFigures are figures of a unit's own size that move a little from
// period to period and keep to the form's rules.
func plausibleFigures(t task.Task, rules task.Rules) []task.Figure {
	values := map[string]uint64{}
	for _, field := range rules.Fields {
		base := 4 + seedOf(t.AgencyCode, field.Indicator)%12
		if !field.Steady {
			base += seedOf(t.AgencyCode, field.Indicator, t.PeriodKey) % 3
		}
		values[field.Indicator] = base
	}
	for range rules.Rules { // one rule's mending may break another's
		for _, rule := range rules.Rules {
			mend(values, rule.Text)
		}
	}
	share(values, rules.Fields)
	var figures []task.Figure
	for _, field := range rules.Fields {
		if field.Numerator != "" {
			continue // worked out
		}
		figures = append(figures, task.Figure{Indicator: field.Indicator, Value: strconv.FormatUint(values[field.Indicator], 10)})
	}
	return figures
}

// mend makes "part + part <= whole" and its like true: the parts share the whole.
func mend(values map[string]uint64, rule string) {
	left, right, found := strings.Cut(rule, " <= ")
	equal := false
	if !found {
		left, right, equal = strings.Cut(rule, " = ")
	}
	parts := strings.Split(left, " + ")
	whole, known := values[strings.TrimSpace(right)]
	if !known || !found && !equal {
		return
	}
	sum := uint64(0)
	for _, part := range parts {
		sum += values[strings.TrimSpace(part)]
	}
	if sum == whole || found && sum < whole {
		return
	}
	rest := whole
	for i, part := range parts {
		mine := whole / uint64(len(parts))
		if i == len(parts)-1 {
			mine = rest
		}
		values[strings.TrimSpace(part)] = mine
		rest -= mine
	}
}

// share divides every total among the items that are counted out of it.
func share(values map[string]uint64, fields []task.Field) {
	items := map[string][]string{}
	for _, field := range fields {
		if field.Total != "" {
			items[field.Total] = append(items[field.Total], field.Indicator)
		}
	}
	for total, codes := range items {
		mend(values, strings.Join(codes, " + ")+" = "+total)
	}
}
