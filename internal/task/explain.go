package task

import (
	"cmp"
	"slices"

	"dondoc/internal/fault"
	"dondoc/internal/indicator"
)

// Explanation answers what is asked about a figure: why it fell, rose, or is
// more than its parts.
type Explanation struct{ Indicator, Text string }

// maxExplanation is the length of one explanation, in characters.
const maxExplanation = 1000

// explanationPrefix begins the name of an explanation's field.
const explanationPrefix = "explanations."

// Explained is the explanation of a figure; empty: none.
func Explained(list []Explanation, code string) string {
	for _, e := range list {
		if e.Indicator == code {
			return e.Text
		}
	}
	return ""
}

// tidyExplanations brings explanations into the form that is stored: in the
// order of their codes, without empty ones.
func tidyExplanations(list []Explanation, clean func(string, int) (string, *fault.Fault)) ([]Explanation, []*fault.Fault) {
	if len(list) == 0 {
		return nil, nil
	}
	if len(list) > maxFigures {
		return nil, []*fault.Fault{fault.New(fault.Invalid, "submission.figures",
			"Có quá nhiều giải trình số liệu (tối đa %d).", "Too many explanations (at most %d).", maxFigures).At("explanations")}
	}
	var tidy []Explanation
	var faults []*fault.Fault
	for _, e := range list {
		text, f := clean(e.Text, maxExplanation)
		if f != nil {
			faults = append(faults, f.At(explanationPrefix+e.Indicator))
		}
		if text != "" && Explained(tidy, e.Indicator) == "" {
			tidy = append(tidy, Explanation{e.Indicator, text})
		}
	}
	slices.SortFunc(tidy, func(a, b Explanation) int { return cmp.Compare(a.Indicator, b.Indicator) })
	return tidy, faults
}

// explainedIn lists the figures that either explains, each once.
func explainedIn(a, b []Explanation) []string {
	var codes []string
	for _, e := range slices.Concat(b, a) {
		if !slices.Contains(codes, e.Indicator) {
			codes = append(codes, e.Indicator)
		}
	}
	return codes
}

// Compares reports whether any figure of the report is held against the period before.
func (r Rules) Compares(c Content) bool {
	if c.Kind == NilReturn || r.Secret {
		return false
	}
	given := valuesOf(c.Figures)
	return slices.ContainsFunc(r.Fields, func(f Field) bool { return f.compared() && given[f.Indicator] != "" })
}

// compared: a ratio follows from figures that are.
func (f Field) compared() bool {
	return !f.Steady && !f.Cumulative && f.Numerator == "" && f.Kind != string(indicator.Text)
}

// Questions are what a report's figures must be explained for: that they are far
// from those of the period before, or that a breakdown does not make up its
// total. previous are the figures of that period, by indicator, in the stored
// form. Each fault names the place of its explanation.
func (r Rules) Questions(c Content, previous map[string]string) []*fault.Fault {
	if c.Kind == NilReturn || r.Secret {
		return nil
	}
	given := valuesOf(c.Figures)
	var questions []*fault.Fault
	for _, field := range r.Fields {
		if field.compared() {
			d := indicator.Definition{Name: field.FullName()}
			if f := d.Swing(previous[field.Indicator], given[field.Indicator]); f != nil {
				questions = append(questions, f.At(explanationPrefix+field.Indicator))
			}
		}
		if f := r.shortOf(field, given); f != nil {
			questions = append(questions, f.At(explanationPrefix+field.Indicator))
		}
	}
	return questions
}

// Answered refuses a report that leaves a question about its figures open, and
// returns it with those explanations that answer one.
func (r Rules) Answered(c Content, previous map[string]string) (Content, error) {
	questions := r.Questions(c, previous)
	var open []*fault.Fault
	var kept []Explanation
	for _, e := range c.Explanations {
		if slices.ContainsFunc(questions, func(f *fault.Fault) bool { return f.Field == explanationPrefix+e.Indicator }) {
			kept = append(kept, e)
		}
	}
	c.Explanations = kept
	for _, f := range questions {
		if Explained(kept, f.Field[len(explanationPrefix):]) == "" {
			open = append(open, f)
		}
	}
	if len(open) == 0 {
		return c, nil
	}
	return c, fault.New(fault.Invalid, Unexplained,
		"Chưa gửi được. Có %d số liệu cần giải trình.", "Not sent. %d figures must be explained.", len(open)).With(open...)
}

// Unexplained is the code of the fault that explanations settle.
const Unexplained = "figures.unexplained"

// FullName names a part together with its total.
func (f Field) FullName() string {
	if f.Of == "" {
		return f.Name
	}
	return f.Of + ": " + f.Name
}

// shortOf tells that all parts of a figure are given and come to less than it.
// That they come to more is a broken rule.
func (r Rules) shortOf(total Field, given map[string]string) *fault.Fault {
	rule, ok := r.partsOf(total.Indicator, ">=")
	if !ok {
		return nil
	}
	f := rule.Check(given, r.nameOf)
	if f == nil {
		return nil
	}
	f.Code = "figure.total"
	f.VI = "Các mục “trong đó” chưa đủ tổng số; ghi rõ phần còn lại. " + f.VI
	f.EN = "The parts do not make up their total; say what is left. " + f.EN
	return f
}

// partsOf is the rule that the parts of a figure, if it has any, make up at most
// (<=) or at least (>=) the whole.
func (r Rules) partsOf(total, comparison string) (indicator.Rule, bool) {
	var parts []string
	for _, f := range r.Fields {
		if f.Total == total {
			parts = append(parts, f.Indicator)
		}
	}
	if len(parts) == 0 {
		return indicator.Rule{}, false
	}
	return indicator.SumRule(parts, comparison, total), true
}

func (r Rules) nameOf(code string) string {
	for _, f := range r.Fields {
		if f.Indicator == code {
			return f.FullName()
		}
	}
	return code
}

// checkRules holds the figures against each other.
func (r Rules) checkRules(c Content) []*fault.Fault {
	given := valuesOf(c.Figures)
	rules := slices.Clone(r.Rules)
	for _, f := range r.Fields {
		if rule, ok := r.partsOf(f.Indicator, "<="); ok {
			rules = append(rules, rule)
		}
	}
	var faults []*fault.Fault
	for _, rule := range rules {
		if f := rule.Check(given, r.nameOf); f != nil {
			faults = append(faults, f.At("figures."+rule.Codes()[0])) // a rule speaks of some figure
		}
	}
	return faults
}

// Compute puts what is worked out in its place: a ratio whose figures are both
// given is what they make, whatever was written there.
func (r Rules) Compute(figures []Figure) []Figure {
	given := valuesOf(figures)
	for _, f := range r.Fields {
		if f.Numerator == "" {
			continue
		}
		share := indicator.ShareOf(given[f.Numerator], given[f.Denominator])
		if share == "" {
			continue
		}
		figures = slices.DeleteFunc(slices.Clone(figures), func(g Figure) bool { return g.Indicator == f.Indicator })
		figures = append(figures, Figure{f.Indicator, share})
	}
	return figures
}
