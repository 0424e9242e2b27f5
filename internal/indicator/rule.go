package indicator

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"

	"dondoc/internal/fault"
)

// Rule holds figures of one report against each other: "kt-vi-pham <= kt-luot",
// "nam + nu = tong". A rule is judged only where all its figures are given.
type Rule struct {
	Text        string
	left, right []term
	op          string
}

type term struct {
	code     string // empty: a constant
	constant decimal.Decimal
	negative bool
}

var (
	comparison = regexp.MustCompile(`\s(<=|>=|=|<|>)\s`)
	code       = regexp.MustCompile(`^[\p{Ll}\p{Lu}][\p{L}\p{N}_.-]*$`)
)

// ParseRule reads a rule: two sides of codes and numbers joined by " + " and
// " - ", with one of <=, >=, =, <, > between them, blanks around each sign
// (codes have hyphens). The error says what is wrong.
func ParseRule(text string) (Rule, error) {
	r := Rule{Text: strings.TrimSpace(text)}
	found := comparison.FindAllStringSubmatchIndex(" "+r.Text+" ", -1)
	if len(found) != 1 {
		return r, fault.New(fault.Invalid, "rule.comparison", "quy tắc “%s” cần đúng một dấu so sánh <=, >=, =, < hoặc >, có dấu cách hai bên",
			"the rule %q needs exactly one of <=, >=, =, <, > with blanks around it", text)
	}
	padded, m := " "+r.Text+" ", found[0]
	r.op = padded[m[2]:m[3]]
	var err error
	if r.left, err = parseSide(padded[:m[0]], text); err != nil {
		return r, err
	}
	r.right, err = parseSide(padded[m[1]:], text)
	return r, err
}

// SumRule is the rule that parts together compare so with their total.
func SumRule(parts []string, comparison, total string) Rule {
	r := Rule{Text: strings.Join(parts, " + ") + " " + comparison + " " + total, op: comparison, right: []term{{code: total}}}
	for _, part := range parts {
		r.left = append(r.left, term{code: part})
	}
	return r
}

func parseSide(side, text string) ([]term, error) {
	var terms []term
	negative, expected := false, true
	for _, token := range strings.Fields(side) {
		if token == "+" || token == "-" {
			if expected {
				return nil, faultySide(side, text)
			}
			negative, expected = token == "-", true
			continue
		}
		t := term{negative: negative}
		if n, err := decimal.NewFromString(token); err == nil {
			t.constant = n
		} else if code.MatchString(token) {
			t.code = token
		} else {
			return nil, faultySide(side, text)
		}
		if !expected {
			return nil, faultySide(side, text)
		}
		terms, expected = append(terms, t), false
	}
	if expected {
		return nil, faultySide(side, text)
	}
	return terms, nil
}

func faultySide(side, text string) error {
	return fault.New(fault.Invalid, "rule.side", "trong quy tắc “%s”, vế “%s” phải là mã chỉ tiêu hoặc số, nối bằng “ + ” hoặc “ - ”",
		"in the rule %q the side %q must be codes or numbers joined by \" + \" or \" - \"", text, strings.TrimSpace(side))
}

// Codes lists the indicators that the rule speaks of.
func (r Rule) Codes() []string {
	var codes []string
	for _, t := range append(append([]term(nil), r.left...), r.right...) {
		if t.code != "" {
			codes = append(codes, t.code)
		}
	}
	return codes
}

// Check returns nil where the rule holds or cannot be judged; else what each
// side is, in the words of the form. Name gives an indicator's name.
func (r Rule) Check(values map[string]string, name func(code string) string) *fault.Fault {
	left, ok := worth(r.left, values)
	right, also := worth(r.right, values)
	if !ok || !also || holds(left.Cmp(right), r.op) {
		return nil
	}
	words := map[string][2]string{
		"<=": {"không được lớn hơn", "must not exceed"}, ">=": {"không được nhỏ hơn", "must not be below"},
		"=": {"phải bằng", "must equal"}, "<": {"phải nhỏ hơn", "must be below"}, ">": {"phải lớn hơn", "must exceed"},
	}[r.op]
	return fault.New(fault.Invalid, "figure.rule", "%[1]s (%[2]s) %[5]s %[3]s (%[4]s).", "%[1]s (%[2]s) %[6]s %[3]s (%[4]s).",
		said(r.left, name), left.String(), said(r.right, name), right.String(), words[0], words[1])
}

func worth(side []term, values map[string]string) (decimal.Decimal, bool) {
	total := decimal.Zero
	for _, t := range side {
		n := t.constant
		if t.code != "" {
			var ok bool
			if n, ok = number(values[t.code]); !ok {
				return total, false
			}
		}
		if t.negative {
			n = n.Neg()
		}
		total = total.Add(n)
	}
	return total, true
}

func holds(order int, op string) bool {
	switch op {
	case "<=":
		return order <= 0
	case ">=":
		return order >= 0
	case "<":
		return order < 0
	case ">":
		return order > 0
	default:
		return order == 0
	}
}

func said(side []term, name func(string) string) string {
	var s strings.Builder
	for i, t := range side {
		if i > 0 {
			s.WriteString(map[bool]string{true: " - ", false: " + "}[t.negative])
		}
		if t.code == "" {
			s.WriteString(t.constant.String())
			continue
		}
		fmt.Fprintf(&s, "“%s”", name(t.code))
	}
	return s.String()
}

// swing is the part of the previous period's figure below which the new one,
// and the multiple above which it, must be explained.
var (
	fell = decimal.RequireFromString("0.5")
	rose = decimal.NewFromInt(3)
	// few is the figure up to which no swing is spoken of: 3 after 1 is no news.
	few = decimal.NewFromInt(10)
)

// Swing tells whether a figure is so far from the previous period's that it must
// be explained; nil: it is not, or there is nothing to compare. It is a warning:
// answered with an explanation, it stands.
func (d Definition) Swing(previous, now string) *fault.Fault {
	before, ok := number(previous)
	after, also := number(now)
	if !ok || !also || d.Cumulative || decimal.Max(before.Abs(), after.Abs()).LessThanOrEqual(few) || before.IsZero() {
		return nil
	}
	switch {
	case after.LessThan(before.Mul(fell)):
		return fault.New(fault.Invalid, "figure.fell", "%s giảm hơn một nửa so với kỳ trước (%s còn %s); ghi rõ lý do.",
			"%s fell by more than half against the previous period (from %s to %s); explain.", d.Name, previous, now)
	case after.GreaterThan(before.Mul(rose)):
		return fault.New(fault.Invalid, "figure.rose", "%s tăng hơn ba lần so với kỳ trước (từ %s lên %s); ghi rõ lý do.",
			"%s more than trebled against the previous period (from %s to %s); explain.", d.Name, previous, now)
	}
	return nil
}
