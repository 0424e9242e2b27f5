package plan

import "strings"

// consolidation reads how a duty sums others up, which only makes sense where it does.
func (r *reader) consolidation(v view, d *Duty) {
	for _, key := range []string{"consolidate_when", "consolidation_notices"} {
		if v.has(key) && !v.has("consolidates") {
			r.fail(v.node(key), v.at(key), "duty.consolidates_nothing",
				"%s chỉ dùng cho nhiệm vụ có consolidates; nhiệm vụ %s không tổng hợp nhiệm vụ nào", "%s needs consolidates; the duty %s sums up nothing", key, d.Code)
		}
	}
	d.ConsolidateWhen, d.ConsolidationNotices = ConsolidateWhen(v.text("consolidate_when")), v.yes("consolidation_notices")
}

// checkConsolidated finds duties that sum each other up in a circle, directly or
// through others.
func (r *reader) checkConsolidated() {
	sums := make(map[string][]string, len(r.plan.Duties))
	for _, d := range r.plan.Duties {
		sums[d.Code] = d.Consolidates
	}
	for _, def := range r.dutyDefs {
		if way := back(sums, def.code); way != nil {
			r.fail(def.v.node("consolidates"), def.v.at("consolidates"), "duty.consolidates_cycle",
				"các nhiệm vụ tổng hợp lẫn nhau thành vòng: %s; bỏ một tham chiếu", "duties sum each other up in a circle: %s; take one reference out", clipLong(strings.Join(way, " → ")))
		}
	}
}

// back is a way from a duty through what it sums up to itself again; nil: there is none.
func back(sums map[string][]string, from string) []string {
	seen := map[string]bool{}
	var walk func(code string, way []string) []string
	walk = func(code string, way []string) []string {
		for _, next := range sums[code] {
			if next == from {
				return append(way, next)
			}
			if seen[next] {
				continue
			}
			seen[next] = true
			if found := walk(next, append(way[:len(way):len(way)], next)); found != nil {
				return found
			}
		}
		return nil
	}
	return walk(from, []string{from})
}
