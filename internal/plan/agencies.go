package plan

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// node is an agency with the places that messages point at.
type node struct {
	agency   Agency
	order    int // of declaration
	parentAt place
	path     string
	children []*node
	rank     int // in the tree's order
}

// tree is the agency tree; its order is each agency before those below it, in
// the order in which they are written.
type tree struct {
	byCode map[string]*node
	all    []*node // as declared, later in the tree's order
}

func (r *reader) readAgencies(v view) {
	r.tree = &tree{byCode: map[string]*node{}}
	for _, a := range v.views("agencies") {
		agency := Agency{
			Code: a.text("code"), Name: a.text("name"), ShortName: a.text("short_name"), Aliases: a.texts("aliases"),
			Level: a.text("level"), Parent: a.text("parent"), OfficialID: a.text("official_id"),
			Mailbox: a.text("mailbox"), Phone: a.text("phone"), ValidFrom: a.date("valid_from"), ValidTo: a.date("valid_to"),
		}
		if agency.Code == "parent" {
			r.fail(a.node("code"), a.at("code"), "code.reserved", "mã parent dành riêng cho recipient: parent; hãy chọn mã khác", "the code parent is reserved for recipient: parent; choose another")
			continue
		}
		if !agency.ValidTo.IsZero() && agency.ValidTo.Before(agency.ValidFrom) {
			r.fail(a.node("valid_to"), a.at("valid_to"), "validity.order", "valid_to (%s) trước valid_from (%s)", "valid_to (%s) is before valid_from (%s)", agency.ValidTo, agency.ValidFrom)
		}
		if r.unique(r.agencies, a, nounAgency.vi, nounAgency.en) {
			r.tree.add(agency, r.at(a.node("parent")), a.at("parent"))
		}
	}
	r.readUnits(v)
	r.hang()
	for _, n := range r.tree.all {
		r.plan.Agencies = append(r.plan.Agencies, n.agency)
	}
}

func (t *tree) add(a Agency, parentAt place, path string) {
	n := &node{agency: a, order: len(t.all), parentAt: parentAt, path: path}
	t.byCode[a.Code] = n
	t.all = append(t.all, n)
}

// hang checks the parents, finds cycles, and brings the agencies into the tree's order.
func (r *reader) hang() {
	t := r.tree
	codes := slices.Sorted(maps.Keys(t.byCode))
	var roots []*node
	for _, n := range t.all {
		parent := n.agency.Parent
		if parent == "" {
			roots = append(roots, n)
			continue
		}
		above, ok := t.byCode[parent]
		if !ok {
			r.report(SeverityError, n.parentAt, n.path, "agency.unknown", "%[1]q: không có cơ quan cấp trên mã này%[2]s", "%[1]q: there is no agency with this code to hang from%[3]s", clip(parent), meantVI(nearest(parent, codes)), meantEN(nearest(parent, codes)))
			n.agency.Parent = ""
			roots = append(roots, n)
			continue
		}
		above.children = append(above.children, n)
	}
	seen := map[*node]bool{}
	ordered := make([]*node, 0, len(t.all))
	for _, n := range roots {
		ordered = t.walk(n, seen, ordered)
	}
	// Whatever no root reaches is in a cycle, or hangs from one.
	for _, n := range t.all {
		if seen[n] {
			continue
		}
		r.cycle(n)
		ordered = t.walk(n, seen, ordered)
	}
	for i, n := range ordered {
		n.rank = i
	}
	t.all = ordered
}

// walk appends a node and all below it, without recursion: the depth of a
// hostile file is not bounded by anything else.
func (t *tree) walk(from *node, seen map[*node]bool, out []*node) []*node {
	stack := []*node{from}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[n] {
			continue
		}
		seen[n] = true
		out = append(out, n)
		for _, c := range slices.Backward(n.children) {
			stack = append(stack, c)
		}
	}
	return out
}

// cycle reports the cycle that an agency is in, at its first member as written.
func (r *reader) cycle(n *node) {
	visited := map[*node]bool{}
	for !visited[n] {
		visited[n] = true
		n = r.tree.byCode[n.agency.Parent]
	}
	first, around := n, n.agency.Code
	for m := r.tree.byCode[n.agency.Parent]; m != n; m = r.tree.byCode[m.agency.Parent] {
		if m.order < first.order {
			first = m
		}
		around += " → " + m.agency.Code
	}
	around += " → " + n.agency.Code
	r.report(SeverityError, first.parentAt, first.path, "agency.cycle", "cây cơ quan đi vòng: %s; hãy sửa parent của một trong các cơ quan này", "the agency tree runs in a circle: %s; correct the parent of one of them", clipLong(around))
}

func clipLong(s string) string {
	if r := []rune(s); len(r) > 300 {
		return string(r[:299]) + "…"
	}
	return s
}

// sorted returns the codes of a set in the tree's order.
func (t *tree) sorted(in map[string]bool) []string {
	var nodes []*node
	for code := range in {
		if n := t.byCode[code]; n != nil {
			nodes = append(nodes, n)
		}
	}
	slices.SortFunc(nodes, func(a, b *node) int { return a.rank - b.rank })
	var out []string
	for _, n := range nodes {
		out = append(out, n.agency.Code)
	}
	return out
}

// below returns the agencies below one: its children, or all its descendants;
// of one level where that is given.
func (t *tree) below(code, level string, deep bool) []string {
	top := t.byCode[code]
	if top == nil {
		return nil
	}
	var out []string
	take := func(n *node) {
		if level == "" || n.agency.Level == level {
			out = append(out, n.agency.Code)
		}
	}
	if !deep {
		for _, c := range top.children {
			take(c)
		}
		return out
	}
	for _, n := range t.walk(top, map[*node]bool{}, nil)[1:] {
		take(n)
	}
	return out
}

// level returns the level of an agency.
func (t *tree) level(code string) string {
	if n := t.byCode[code]; n != nil {
		return n.agency.Level
	}
	return ""
}

// groupDef is a group as written.
type groupDef struct {
	v       view
	members []string
	state   int // 0 untouched, 1 being computed, 2 done
}

func (r *reader) readGroups(groups []view) {
	var order []string
	for _, g := range groups {
		if r.unique(r.groups, g, nounGroup.vi, nounGroup.en) {
			code := g.text("code")
			r.groupDefs[code] = &groupDef{v: g}
			order = append(order, code)
		}
	}
	for _, code := range order {
		g := r.groupDefs[code].v
		r.plan.Groups = append(r.plan.Groups, Group{Code: code, Name: g.text("name"), Members: r.members(code)})
	}
}

// members computes a group; groups may name groups, and sections whose duties
// name groups, but never in a circle.
func (r *reader) members(code string) []string {
	g := r.groupDefs[code]
	if g == nil {
		return nil
	}
	if g.state == 2 {
		return g.members
	}
	v := g.v
	if g.state == 1 {
		r.fail(v.n, v.path, "group.cycle", "nhóm %q tự chứa chính nó qua các nhóm khác; hãy bỏ một tham chiếu", "the group %q contains itself by way of others; take one reference out", code)
		return nil
	}
	g.state = 1
	defer func() { g.state = 2 }()

	before := len(r.problems)
	in := map[string]bool{}
	put := func(codes []string) {
		for _, c := range codes {
			in[c] = true
		}
	}
	level := v.text("level")
	put(r.expand(r.unitRefs(v, "list")))
	if top := r.agencyRef(v, "children_of"); top != "" {
		put(r.tree.below(top, level, false))
	}
	if top := r.agencyRef(v, "under"); top != "" {
		put(r.tree.below(top, level, true))
	}
	for _, n := range v.items("owners_of") {
		put(r.owners(n, v.at("owners_of")))
	}
	defined := v.has("list") || v.has("children_of") || v.has("under") || v.has("owners_of")
	if !defined {
		r.fail(v.n, v.path, "group.undefined", "nhóm %q chưa nói gồm ai; thêm list, children_of, under hoặc owners_of", "the group %q does not say who is in it; add list, children_of, under or owners_of", code)
	}
	for _, c := range r.expand(r.unitRefs(v, "except")) {
		delete(in, c)
	}
	g.members = r.tree.sorted(in)
	if defined && len(g.members) == 0 && len(r.problems) == before {
		r.fail(v.n, v.path, "group.empty", "nhóm %q không có cơ quan nào; kiểm tra level và cơ quan cấp trên", "the group %q has no agency; check level and the agency above", code)
	}
	return g.members
}

// owners returns the agencies that top-level duties of a section are given to.
func (r *reader) owners(section *yaml.Node, path string) []string {
	var refs []string
	prefix := clean(section.Value)
	found := false
	for _, d := range r.dutyDefs {
		if d.parent == "" && (d.code == prefix || len(d.code) > len(prefix) && d.code[:len(prefix)+1] == prefix+".") {
			found = true
			refs = append(refs, r.unitRefs(d.v, "agencies")...)
		}
	}
	if !found {
		r.fail(section, path, "duty.unknown", "không có nhiệm vụ nào thuộc mục %q", "no duty belongs to section %q", clip(prefix))
	}
	return r.expand(refs)
}
