package plan

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// noun names a kind of thing in both languages.
type noun struct{ vi, en string }

var (
	nounAgency    = noun{"cơ quan", "agency"}
	nounGroup     = noun{"nhóm", "group"}
	nounBody      = noun{"tổ liên ngành", "body"}
	nounIndicator = noun{"chỉ tiêu báo cáo", "indicator"}
	nounDuty      = noun{"nhiệm vụ", "duty"}
	nounForm      = noun{"biểu mẫu", "form"}
	nounPolicy    = noun{"chính sách nhắc việc", "policy"}
)

// known reports whether a code is in the index, and records it as unknown otherwise.
func (r *reader) known(codes index, n *yaml.Node, path, code string, what noun) bool {
	if code == "" {
		return false
	}
	if _, ok := codes[code]; ok {
		if what == nounAgency {
			r.mention(code, r.at(n), path)
		}
		return true
	}
	near := nearest(code, slices.Sorted(maps.Keys(codes)))
	if near != "" {
		r.fail(n, path, what.en+".unknown", "không có %[2]s mã %[1]q; có phải ý bạn là %[4]q?", "there is no %[3]s %[1]q; did you mean %[4]q?", clip(code), what.vi, what.en, near)
		return false
	}
	r.fail(n, path, what.en+".unknown", "không có %[2]s mã %[1]q trong tệp; hãy khai báo hoặc sửa mã", "there is no %[3]s %[1]q in the file; declare it or correct the code", clip(code), what.vi, what.en)
	return false
}

// mention keeps where an agency is named: what duties say comes before the rest.
func (r *reader) mention(code string, at place, path string) {
	before, known := r.plan.Named[code]
	if known && (strings.HasPrefix(before.Field, "duties") || !strings.HasPrefix(path, "duties")) {
		return
	}
	if r.plan.Named == nil {
		r.plan.Named = map[string]Place{}
	}
	p := Place{Line: at.line, Column: at.column, Field: path}
	if at.file != r.name {
		p.File = at.file
	}
	r.plan.Named[code] = p
}

// agencyRef returns the agency code under a key, "" where absent or unknown.
func (r *reader) agencyRef(v view, key string) string {
	code := v.text(key)
	if code == "" || !r.known(r.agencies, v.node(key), v.at(key), code, nounAgency) {
		return ""
	}
	return code
}

// single returns the code of a thing under a key, "" where absent or unknown.
func (r *reader) single(codes index, v view, key string, what noun) string {
	code := v.text(key)
	if code == "" || !r.known(codes, v.node(key), v.at(key), code, what) {
		return ""
	}
	return code
}

// several returns the known codes of a list.
func (r *reader) several(codes index, v view, key string, what noun) []string {
	var out []string
	for _, n := range v.items(key) {
		if code := clean(n.Value); r.known(codes, n, v.at(key), code, what) {
			out = append(out, code)
		}
	}
	return out
}

func (r *reader) dutyRef(v view, key string) string    { return r.single(r.duties, v, key, nounDuty) }
func (r *reader) dutyRefs(v view, key string) []string { return r.several(r.duties, v, key, nounDuty) }
func (r *reader) indicatorRef(v view, key string) string {
	return r.single(r.indicators, v, key, nounIndicator)
}
func (r *reader) indicatorRefs(v view, key string) []string {
	return r.several(r.indicators, v, key, nounIndicator)
}

// unitRefs returns the sound references of a list, agencies as "code" and groups
// as "@code".
func (r *reader) unitRefs(v view, key string) []string {
	var out []string
	for _, n := range v.items(key) {
		ref := clean(n.Value)
		if r.unitKnown(n, v.at(key), ref) {
			out = append(out, ref)
		}
	}
	return out
}

func (r *reader) unitKnown(n *yaml.Node, path, ref string) bool {
	if group, ok := strings.CutPrefix(ref, "@"); ok {
		return r.known(r.groups, n, path, group, nounGroup)
	}
	if _, isAgency := r.agencies[ref]; !isAgency {
		if _, isGroup := r.groups[ref]; isGroup {
			r.fail(n, path, "agency.unknown", "%[1]q là một nhóm; viết \"@%[1]s\"", "%[1]q is a group; write \"@%[1]s\"", ref)
			return false
		}
	}
	return r.known(r.agencies, n, path, ref, nounAgency)
}

// expand returns the agencies that references stand for, in the tree's order,
// each once. References that are not known have been recorded already.
func (r *reader) expand(refs []string) []string {
	in := map[string]bool{}
	for _, ref := range refs {
		if group, ok := strings.CutPrefix(ref, "@"); ok {
			for _, a := range r.members(group) {
				in[a] = true
			}
			continue
		}
		in[ref] = true
	}
	return r.tree.sorted(in)
}

// sortedKeys returns a map's keys in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
