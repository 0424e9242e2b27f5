package draft

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// PlanFile writes a draft as a plan file with comments that say where each thing stands in the document and how sure it
// is. What the document leaves out stays out: `plan check` then names the place where a person has to decide.
func PlanFile(d Draft, names *Names) ([]byte, error) {
	w := writer{d: d, names: names, codes: map[string]string{}, used: map[string]bool{}}
	root := w.file()
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(&yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{root}}); err != nil {
		return nil, fmt.Errorf("write plan file: %w", err)
	}
	if err := e.Close(); err != nil {
		return nil, fmt.Errorf("write plan file: %w", err)
	}
	return out.Bytes(), nil
}

type writer struct {
	d        Draft
	names    *Names
	codes    map[string]string // of agencies and groups, by spelling
	used     map[string]bool
	agencies []*yaml.Node
	groups   []*yaml.Node
	issuer   string
}

// pairs of keys and values become a mapping; empty values are left out.
func object(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(pairs); i += 2 {
		var value *yaml.Node
		switch v := pairs[i+1].(type) {
		case *yaml.Node:
			value = v
		case string:
			if v != "" {
				value = scalar(v)
			}
		case Written:
			if v != "" {
				value = scalar(string(v))
			}
		case int:
			if v != 0 {
				value = plainScalar(strconv.Itoa(v))
			}
		case bool:
			if v {
				value = plainScalar("true")
			}
		case []string:
			value = flow(v)
		case []*yaml.Node:
			if len(v) > 0 {
				value = &yaml.Node{Kind: yaml.SequenceNode, Content: v}
			}
		}
		if value != nil {
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: pairs[i].(string)}, value)
		}
	}
	return n
}

func scalar(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	if strings.Contains(s, "\n") {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

func plainScalar(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }

func flow(list []string) *yaml.Node {
	if len(list) == 0 {
		return nil
	}
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, s := range list {
		n.Content = append(n.Content, scalar(s))
	}
	return n
}

// from says where something comes from.
func from(m Mark) string {
	return fmt.Sprintf("dòng %d · %s · %.0f%%", m.Line, m.Rule, 100*m.Confidence)
}

func (w *writer) file() *yaml.Node {
	f := w.d.Plan
	title := f.Title
	if title == "" {
		title = "CHƯA RÕ TÊN VĂN BẢN"
	}
	kind := f.Type
	if kind == "" {
		kind = "Văn bản"
	}
	document := object("type", kind, "title", squeeze(title), "number", f.Number, "issued_on", date(f.IssuedOn), "level", level(string(f.Level)), "territory", f.Territory)
	issuer := string(f.Issuer)
	if issuer == "" {
		issuer = "CƠ QUAN BAN HÀNH"
	}
	issuer, _, _ = strings.Cut(issuer, ";")
	w.issuer = w.agency(issuer, "")
	duties := w.duties()
	validFrom, validTo := date(f.ValidFrom), date(f.ValidTo)
	for _, day := range []**yaml.Node{&validFrom, &validTo} {
		if *day == nil {
			*day = plainScalar("")
			(*day).LineComment = "văn bản không nêu: điền ngày"
		}
	}
	var defaults *yaml.Node
	if f.DueDays > 0 {
		defaults = object("due", object("other", object("working_days", f.DueDays)), "configured", []string{"due"})
	}
	root := object(
		"format", 1, "code", w.planCode(), "document", document, "issuer", w.issuer, "valid_from", validFrom, "valid_to", validTo, "defaults", defaults,
		"legal_bases", w.bases(), "purposes", w.items(w.d.Purposes, "P"), "content", w.items(w.d.Content, "C"), "agencies", w.agencies, "groups", w.groups,
		"targets", w.targets(), "duties", duties, "reporting", w.reporting(), "budget", w.budget(),
	)
	root.HeadComment = w.head()
	return root
}

func (w *writer) head() string {
	lines := []string{
		"Bản nháp lập từ văn bản đã ban hành. Mỗi mục ghi dòng của văn bản, quy tắc đã dùng và độ chắc chắn.",
		"Điều gì văn bản không nói thì để trống; `dondoc plan check` chỉ ra chỗ còn phải điền.",
	}
	if len(w.d.Unresolved) > 0 {
		lines = append(lines, "", "Chưa rõ:")
		for _, u := range w.d.Unresolved {
			text := []rune(u.Text)
			if len(text) > 90 {
				text = append(text[:90], '…')
			}
			lines = append(lines, fmt.Sprintf("  dòng %d (%s): %s", u.Line, u.Why, string(text)))
		}
	}
	return strings.Join(lines, "\n")
}

func (w *writer) planCode() string {
	code := codeOf(w.d.Plan.Type + " " + string(w.d.Plan.Territory))
	if n := string(w.d.Plan.Number); n != "" {
		code = codeOf(n + " " + string(w.d.Plan.Territory))
	}
	if year := string(w.d.Plan.ValidFrom); len(year) >= 4 {
		code += "-" + year[:4]
	}
	if code == "" || code[0] >= '0' && code[0] <= '9' {
		code = "kh-" + code
	}
	return strings.Trim(code, "-")
}

func level(l string) string {
	if l == "" {
		return "province"
	}
	return l
}

// date is a day as the file has it; nil where there is none.
func date(w Written) *yaml.Node {
	if len(w) != len("2006-01-02") || w[0] == '-' {
		return nil
	}
	return plainScalar(string(w))
}

// agency answers the code of an agency, and lists it once.
func (w *writer) agency(name, parent string) string {
	key := spelling(name)
	if code, ok := w.codes[key]; ok {
		return code
	}
	unit, sure, found := w.names.Find(name, string(w.d.Plan.Territory))
	if first := len(w.agencies) == 0; first && !found && w.names != nil && w.names.Issuer.Code != "" {
		unit, sure, found = w.names.Issuer, 0.5, true
	}
	var node *yaml.Node
	if found {
		w.codes[key] = unit.Code
		if w.used[unit.Code] {
			return unit.Code
		}
		node = object("code", unit.Code, "name", unit.Name, "level", unit.Level, "parent", unit.Parent, "aliases", alias(name, unit.Name))
		if unit.Parent != "" && !w.used[unit.Parent] {
			node = object("code", unit.Code, "name", unit.Name, "level", unit.Level, "aliases", alias(name, unit.Name))
		}
		if sure < 1 {
			node.HeadComment = fmt.Sprintf("văn bản viết: %s (%.0f%%)", name, 100*sure)
		}
		w.used[unit.Code] = true
		w.agencies = append(w.agencies, node)
		return unit.Code
	}
	code := codeOf(name)
	if code == "" {
		code = "don-vi"
	}
	for base, i := code, 2; w.used[code]; i++ {
		code = base + "-" + strconv.Itoa(i)
	}
	w.codes[key], w.used[code] = code, true
	at := levelGuess(name)
	if parent == "" && len(w.agencies) == 0 {
		at = level(string(w.d.Plan.Level))
	}
	node = object("code", code, "name", name, "level", at, "parent", parent)
	w.agencies = append(w.agencies, node)
	return code
}

func alias(written, name string) []string {
	if spelling(written) == spelling(name) {
		return nil
	}
	return []string{written}
}

// reference answers how a name is referred to: an agency, or a group where it is a class.
func (w *writer) reference(name string) string {
	if !classed([]string{name}) {
		return w.agency(name, w.issuer)
	}
	key := "@" + spelling(name)
	if code, ok := w.codes[key]; ok {
		return "@" + code
	}
	code := codeOf(name)
	for base, i := code, 2; w.used["@"+code]; i++ {
		code = base + "-" + strconv.Itoa(i)
	}
	w.codes[key], w.used["@"+code] = code, true
	levels := classLevels(name)
	level, under := "", w.issuer
	members := w.members(levels)
	switch {
	case len(members) > 0:
		under = ""
	case len(levels) > 0:
		level = levels[0]
	}
	node := object("code", code, "name", name, "list", members, "under", under, "level", level)
	node.HeadComment = "văn bản chỉ nêu chung: kiểm tra nhóm này gồm những ai"
	w.groups = append(w.groups, node)
	return "@" + code
}

// members lists the agencies of the tree that a class means.
func (w *writer) members(levels []string) []string {
	var codes []string
	for _, level := range levels {
		for _, u := range w.names.At(level) {
			if u.Code == w.issuer {
				continue
			}
			if !w.used[u.Code] {
				node := object("code", u.Code, "name", u.Name, "level", u.Level)
				w.used[u.Code] = true
				w.codes[spelling(u.Name)] = u.Code
				w.agencies = append(w.agencies, node)
			}
			codes = append(codes, u.Code)
		}
	}
	return codes
}

func (w *writer) bases() []*yaml.Node {
	var out []*yaml.Node
	for _, b := range w.d.LegalBases {
		kind := "reference"
		if b.Basis {
			kind = "basis"
		}
		one := object("number", b.Number, "date", date(b.Date), "issuer", b.Issuer, "subject", squeezed(b.Subject), "kind", kind, "lines", numbersOf(b.Line))
		if !strings.ContainsAny(b.Number, "/-") || !strings.ContainsAny(b.Number, "0123456789") {
			one = object("name", b.Number, "date", date(b.Date), "kind", kind, "lines", numbersOf(b.Line))
		}
		if b.AsWritten != b.Number {
			one.HeadComment = "văn bản viết: " + b.AsWritten
		}
		out = append(out, one)
	}
	return out
}

func squeezed(w Written) string { return squeeze(string(w)) }

func numbersOf(line int) *yaml.Node {
	if line == 0 {
		return nil
	}
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	n.Content = append(n.Content, plainScalar(strconv.Itoa(line)))
	return n
}

func (w *writer) items(list []Item, prefix string) []*yaml.Node {
	var out []*yaml.Node
	for i, item := range list {
		out = append(out, object("code", prefix+strconv.Itoa(i+1), "reference", cite(item), "text", squeeze(item.Text), "line", item.Line))
	}
	return out
}

var planKinds = map[TargetKind]string{Percent: "percent", Reduction: "percent_reduction", Count: "count", PerPeriod: "at_least", Amount: "money", Qualitative: "qualitative"}

func (w *writer) targets() []*yaml.Node {
	var out []*yaml.Node
	for i := 0; i < len(w.d.Targets); {
		t := w.d.Targets[i]
		var measures []*yaml.Node
		for ; i < len(w.d.Targets) && w.d.Targets[i].Line == t.Line && w.d.Targets[i].Text == t.Text; i++ {
			one := w.d.Targets[i]
			kind := planKinds[one.Kind]
			if one.Maintain && one.Kind == Percent {
				kind = "maintain"
			}
			number := (*yaml.Node)(nil)
			if one.Number != nil {
				number = plainScalar(strconv.FormatFloat(*one.Number, 'f', -1, 64))
			}
			measures = append(measures, object("kind", kind, "number", number, "unit", strings.TrimSpace(strings.TrimPrefix(one.Unit, "%"))))
		}
		node := object("code", fmt.Sprintf("CT%d", len(out)+1), "reference", cite(Item{Section: t.Section, Letter: t.Letter}), "text", squeeze(t.Text), "line", t.Line, "measures", measures, "due", date(t.Due))
		node.HeadComment = from(t.Mark)
		out = append(out, node)
	}
	return out
}

var planRoles = map[Role]string{Lead: "lead", Coordinate: "coordinating", Member: "member", Implement: "implementing"}

// planned are the cadences that a plan file knows.
var planned = []string{Weekly, Monthly, Quarterly, HalfYear, NineMonth, Yearly, AdHoc, Flash, Continuous, Event}

func (w *writer) duties() []*yaml.Node {
	var out []*yaml.Node
	taken := map[string]int{}
	for _, a := range w.d.Agencies {
		refs := make([]string, len(a.Names))
		for i, name := range a.Names {
			refs[i] = w.reference(name)
		}
		for _, duty := range a.Duties {
			out = append(out, w.duty(duty, refs, a.Mode, taken))
		}
	}
	for _, c := range w.d.Common {
		refs := make([]string, len(c.Who))
		for i, name := range c.Who {
			refs[i] = w.reference(name)
		}
		out = append(out, w.duty(c.Duty, refs, Assigned, taken))
	}
	for _, t := range w.d.AnnexTasks {
		if len(t.Lead) == 0 {
			continue
		}
		refs := make([]string, len(t.Lead))
		for i, name := range t.Lead {
			refs[i] = w.reference(name)
		}
		out = append(out, w.duty(t.duty(), refs, Assigned, taken))
	}
	return out
}

func (w *writer) duty(d Duty, refs []string, mode Mode, taken map[string]int) *yaml.Node {
	code := dutyCode(cite(Item{Section: d.Section, Letter: d.Letter}), taken)
	var notes []string
	notes = append(notes, from(d.Mark))
	var cadences []string
	for _, c := range d.Cadences {
		switch {
		case slices.Contains(planned, c):
			cadences = append(cadences, c)
		case c == Unspecified:
			notes = append(notes, `văn bản chỉ nói "định kỳ": đặt kỳ ở cadences`)
		case c == Daily:
			notes = append(notes, "văn bản nói hằng ngày")
			cadences = append(cadences, Continuous)
		}
	}
	var dueOn *yaml.Node
	due := (*yaml.Node)(nil)
	for _, one := range d.Due {
		switch {
		case len(one) == len("2006-01-02") && one[0] != '-' && len(cadences) == 0 && dueOn == nil:
			dueOn = plainScalar(one)
		case strings.HasPrefix(one, "---") && due == nil && len(cadences) > 0:
			day, _ := strconv.Atoi(one[3:])
			due = object("other", object("day", day, "before_end", true))
		case strings.HasPrefix(one, "--") && due == nil && slices.Equal(cadences, []string{Yearly}):
			rule := object("before_end", true)
			rule.Content = append([]*yaml.Node{{Kind: yaml.ScalarNode, Value: "month_day"}, {Kind: yaml.ScalarNode, Value: one[2:], Style: yaml.DoubleQuotedStyle}}, rule.Content...)
			due = object("other", rule)
		default:
			notes = append(notes, "hạn trong văn bản: "+one)
		}
	}
	notes = append(notes, d.Doubts...)
	var words, configured []string
	if len(cadences) > 0 {
		if words = scheduleWords(d.Text); !slices.Equal(d.Cadences, cadencesIn(d.Text)) || len(words) == 0 {
			words, configured = nil, []string{"cadence"}
		}
	}
	owed := ""
	if (d.Role == Coordinate || d.Role == Member) && slices.ContainsFunc(cadences, scheduled) {
		// A report that is due needs somebody who owes it: whoever it is given to.
		owed, configured = "implementing", append(configured, "role")
	}
	modeWord := ""
	if mode == Requested {
		modeWord = "requested"
	}
	var nested []*yaml.Node
	for _, child := range d.Children {
		nested = append(nested, w.nested(child, code, refs, taken))
	}
	node := object(
		"code", code, "text", squeeze(d.Text), "line", d.Line, "product", squeezed(d.Product), "mode", modeWord, "agencies", refs, "roles", planRoles[d.Role], "owed_as", owed,
		"partners", d.Partners, "cadences", cadences, "schedule_words", words, "configured", configured, "due_on", dueOn, "due", due, "duties", nested,
	)
	node.HeadComment = strings.Join(notes, "\n")
	return node
}

// nested is a duty of the level below: whom its duty directs, else the same agencies.
func (w *writer) nested(d Duty, above string, refs []string, taken map[string]int) *yaml.Node {
	d.Section, d.Letter = above, ""
	n := taken[above]
	taken[above] = n + 1
	return w.duty(Duty{Section: fmt.Sprintf("%s.%d", above, n), Text: d.Text, Role: d.Role, Partners: d.Partners, Cadences: d.Cadences, Due: d.Due, Children: d.Children, Mark: d.Mark}, refs, Assigned, taken)
}

// dutyCode keeps the document's numbering; what has the same is counted on.
func dutyCode(place string, taken map[string]int) string {
	place = strings.NewReplacer("Điều ", "D", "Thứ ", "T", " ", "-", "(", "", ")", "").Replace(place)
	if place == "" {
		place = "N"
	}
	taken[place]++
	if n := taken[place]; n > 1 {
		return fmt.Sprintf("%s.%d", place, n)
	}
	return place
}

func (w *writer) reporting() []*yaml.Node {
	var out []*yaml.Node
	for _, r := range w.d.Reporting {
		var cadences []string
		unspecified := false
		for _, c := range r.Cadences {
			if slices.Contains(planned, c) {
				cadences = append(cadences, c)
			}
			unspecified = unspecified || c == Unspecified
		}
		who := r.From
		if len(who) == 0 {
			who = []string{"các cơ quan, đơn vị"}
		}
		node := object("code", fmt.Sprintf("R%d", len(out)+1), "line", r.Line, "from", who, "to", r.To, "through", r.Via, "cadences", cadences, "unspecified", unspecified)
		node.HeadComment = from(r.Mark)
		out = append(out, node)
	}
	return out
}

func (w *writer) budget() []*yaml.Node {
	var out []*yaml.Node
	for _, m := range w.d.Budget {
		amount := (*yaml.Node)(nil)
		if m.Amount != nil {
			amount = plainScalar(strconv.FormatFloat(*m.Amount, 'f', -1, 64))
		}
		node := object("code", fmt.Sprintf("B%d", len(out)+1), "reference", m.Section, "line", m.Line, "text", squeeze(m.Text), "amount", amount, "in_words", squeezed(m.InWords))
		if m.WordsAgree != nil && !*m.WordsAgree {
			node.HeadComment = "số tiền bằng chữ khác bằng số: kiểm tra"
		}
		out = append(out, node)
	}
	return out
}
