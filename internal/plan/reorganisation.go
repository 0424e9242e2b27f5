package plan

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"dondoc/internal/agency"
	"dondoc/internal/calendar"
)

// acts are the keys of a change that say what happens, each with the keys that
// may and must stand beside it.
var acts = []struct {
	act       agency.Act
	may, must []string
}{
	{agency.Merge, []string{"into", "posts", "duties", "basis"}, []string{"into"}},
	{agency.Divide, []string{"into", "posts", "duties", "basis"}, []string{"into"}},
	{agency.Dissolve, []string{"into", "posts", "duties", "basis"}, nil},
	{agency.Rename, []string{"name", "short_name", "basis"}, []string{"name"}},
	{agency.Reclassify, []string{"level", "name", "short_name", "basis"}, []string{"level"}},
	{agency.Move, []string{"parent", "basis"}, []string{"parent"}},
}

var reorganisationShape = object(
	field{"format", integer(1), true, "Version of this format: 1."},
	field{"code", scalar(kindCode), true, "Identity of the reorganisation; it is applied once."},
	field{"title", text(), false, "What it is about, in one line."},
	field{"basis", text(), true, "Decision or resolution by which it happens (căn cứ)."},
	field{"effective_on", scalar(kindDate), true, "First day of the new order."},
	field{"agencies", list(object(
		field{"code", scalar(kindCode), true, "Code, unique among all agencies."},
		field{"name", text(), true, "Full name."},
		field{"short_name", text(), false, "Short name for narrow places."},
		field{"level", text(), true, "Level."},
		field{"parent", scalar(kindCode), false, "Code of the agency above."},
		field{"official_id", text(), false, "Official electronic identifier (mã định danh điện tử)."},
		field{"mailbox", text(), false, "Official mailbox (hộp thư công vụ)."},
		field{"phone", text(), false, "Official telephone."},
	)), false, "Agencies that begin to exist on that day."},
	field{"changes", list(object(
		field{"merge", oneOrMore(scalar(kindCode)), false, "Agencies that end; `into` takes over."},
		field{"divide", scalar(kindCode), false, "Agency that is parted; the first of `into` is the main successor. It goes on where `into` names it too."},
		field{"dissolve", oneOrMore(scalar(kindCode)), false, "Agencies that end; `into` says who takes over their functions, if anybody does."},
		field{"rename", scalar(kindCode), false, "Agency that gets another name."},
		field{"reclassify", oneOrMore(scalar(kindCode)), false, "Agencies that get another level."},
		field{"move", oneOrMore(scalar(kindCode)), false, "Agencies that get another superior."},
		field{"into", oneOrMore(scalar(kindCode)), false, "Successors, the main one first."},
		field{"posts", scalar(kindCode), false, "Where people's posts go; default the main successor; none: they end."},
		field{"duties", list(object(
			field{"plan", scalar(kindCode), true, "Plan of the duty."},
			field{"duty", scalar(kindDutyCode), true, "Duty."},
			field{"successor", scalar(kindCode), true, "Who takes it over."},
		)), false, "Who takes over single duties, where functions went to different agencies."},
		field{"name", text(), false, "New name."},
		field{"short_name", text(), false, "New short name."},
		field{"level", text(), false, "New level."},
		field{"parent", scalar(kindCode), false, "New superior."},
		field{"basis", text(), false, "Basis of this change, where it is not the file's."},
	)), true, "What happens to agencies."},
	field{"levels_removed", oneOrMore(text()), false, "Levels of which no agency is left afterwards."},
)

// ReadReorganisation reads a file of acts on agencies. All faults are reported
// at once, each with its line; with an error among them the result is nil. What
// only the system's own agencies can tell is checked where it is applied.
func ReadReorganisation(name string, source []byte) (*agency.Reorganisation, Problems) {
	r := &reader{name: name, bad: map[*yaml.Node]bool{}, plan: &Plan{}}
	if len(bytes.TrimSpace(source)) == 0 {
		r.fail(nil, "", "file.empty", "tệp không có nội dung; xem docs/agencies.md để bắt đầu", "the file is empty; docs/agencies.md shows one")
	} else if root := r.load(source); root != nil {
		if x := r.reorganisation(root); !r.problems.HasErrors() {
			return x, r.problems.sorted(name)
		}
	}
	return nil, r.problems.sorted(name)
}

func (r *reader) reorganisation(root *yaml.Node) *agency.Reorganisation {
	r.check(root, reorganisationShape, "")
	if root.Kind != yaml.MappingNode {
		return nil
	}
	v := view{r, root, ""}
	if v.has("format") && v.number("format", 0) != FormatVersion {
		r.fail(v.node("format"), "format", "format.version", "bản này chỉ đọc format: %d", "only format: %d is understood", FormatVersion)
	}
	x := &agency.Reorganisation{
		Code: v.text("code"), Title: v.text("title"), Basis: v.text("basis"),
		EffectiveOn: v.date("effective_on"), EffectiveAt: r.place(v, "effective_on"),
	}
	if on := x.EffectiveOn; !on.IsZero() && (on.Before(calendar.NewDate(1990, 1, 1)) || on.After(calendar.NewDate(2100, 1, 1))) {
		r.fail(v.node("effective_on"), "effective_on", "date.far", "ngày hiệu lực %s quá xa; kiểm tra lại năm", "the effective day %s is too far away; check the year", on)
	}
	for _, a := range v.views("agencies") {
		x.Founded = append(x.Founded, agency.Founding{
			Code: a.text("code"), Name: a.text("name"), ShortName: a.text("short_name"), Level: a.text("level"), Parent: a.text("parent"),
			OfficialID: a.text("official_id"), Mailbox: a.text("mailbox"), Phone: a.text("phone"),
			At: r.place(a, "code"), ParentAt: r.place(a, "parent"),
		})
	}
	for _, c := range v.views("changes") {
		if change, ok := r.change(c); ok {
			x.Changes = append(x.Changes, change)
		}
	}
	for i, n := range v.items("levels_removed") {
		x.LevelsRemoved = append(x.LevelsRemoved, agency.LevelRemoved{Level: clean(n.Value), At: r.placeOf(n, fmt.Sprintf("levels_removed[%d]", i))})
	}
	r.agree(x)
	return x
}

func (r *reader) place(v view, key string) agency.Place { return r.placeOf(v.node(key), v.at(key)) }

func (r *reader) placeOf(n *yaml.Node, path string) agency.Place {
	at := r.at(n)
	return agency.Place{Field: path, Line: at.line, Column: at.column}
}

// named reads the codes under a key with their places.
func (r *reader) named(v view, key string) []agency.Named {
	var list []agency.Named
	for i, n := range v.items(key) {
		path := v.at(key)
		if v.node(key).Kind == yaml.SequenceNode {
			path = fmt.Sprintf("%s[%d]", path, i)
		}
		list = append(list, agency.Named{Code: clean(n.Value), At: r.placeOf(n, path)})
	}
	return list
}

func (r *reader) oneNamed(v view, key string) agency.Named {
	if code := v.text(key); code != "" {
		return agency.Named{Code: code, At: r.place(v, key)}
	}
	return agency.Named{}
}

// change reads one act and what belongs to it.
func (r *reader) change(v view) (agency.Change, bool) {
	found := -1
	var names []string
	for i, a := range acts {
		names = append(names, string(a.act))
		switch {
		case !v.has(string(a.act)):
		case found < 0:
			found = i
		default:
			r.fail(v.node(string(a.act)), v.at(string(a.act)), "change.two", "mỗi mục chỉ một việc: đã có %s; tách %s thành mục riêng", "one act per item: there is %s already; make %s an item of its own", acts[found].act, a.act)
			return agency.Change{}, false
		}
	}
	if found < 0 {
		r.fail(v.n, v.path, "change.act", "mục này chưa nói việc gì; thêm một trong: %s", "the item does not say what happens; add one of: %s", strings.Join(names, ", "))
		return agency.Change{}, false
	}
	kind := acts[found]
	for _, f := range []string{"into", "posts", "duties", "name", "short_name", "level", "parent"} {
		if v.has(f) && !slices.Contains(kind.may, f) {
			r.fail(v.node(f), v.at(f), "change.key", "%s không đi với %s; bỏ dòng này hoặc tách thành mục riêng", "%s does not go with %s; leave the line out or make it an item of its own", f, kind.act)
		}
	}
	for _, f := range kind.must {
		if !v.has(f) {
			r.fail(v.n, v.at(f), "key.missing", "%[2]s cần có \"%[1]s\"", "%[2]s needs %[1]q", f, kind.act)
		}
	}
	c := agency.Change{
		Act: kind.act, Agencies: r.named(v, string(kind.act)), Into: r.named(v, "into"), Posts: r.oneNamed(v, "posts"),
		Name: v.text("name"), ShortName: v.text("short_name"), Level: v.text("level"), Parent: r.oneNamed(v, "parent"),
		Basis: v.text("basis"), At: r.place(v, string(kind.act)),
	}
	for _, d := range v.views("duties") {
		c.Duties = append(c.Duties, agency.DutyHeir{Plan: r.oneNamed(d, "plan"), Duty: r.oneNamed(d, "duty"), Successor: r.oneNamed(d, "successor")})
	}
	if kind.act == agency.Divide && v.good("into") != nil && len(c.Into) < 2 {
		r.fail(v.node("into"), v.at("into"), "change.divide", "chia cần ít nhất hai đơn vị trong into; nếu chỉ có một thì dùng merge", "dividing needs at least two in into; with one, write merge")
	}
	if (kind.act == agency.Merge || kind.act == agency.Dissolve) && len(c.Into) > 1 {
		r.fail(v.node("into"), v.at("into"), "change.into", "%s chỉ có một đơn vị kế thừa; chia nhiệm vụ thì dùng duties, chia đơn vị thì dùng divide", "%s has one successor; to part the duties write duties, to part the agency write divide", kind.act)
	}
	return c, true
}
