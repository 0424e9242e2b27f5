package plan

import (
	"dondoc/internal/agency"
)

// agree checks that the acts of a file do not contradict each other.
func (r *reader) agree(x *agency.Reorganisation) {
	founded := map[string]agency.Place{}
	for _, a := range x.Founded {
		if first, twice := founded[a.Code]; twice {
			r.failAt(a.At, "code.duplicate", "mã %q đã có ở dòng %d", "the code %q is on line %d already", a.Code, first.Line)
		}
		founded[a.Code] = a.At
	}
	ended := map[string]agency.Place{}
	for _, c := range x.Changes {
		seen := map[string]bool{}
		for _, a := range c.Agencies {
			if _, isNew := founded[a.Code]; isNew {
				r.failAt(a.At, "change.new", "%q được lập mới trong chính tệp này; viết đúng ngay ở agencies", "%q is founded by this very file; write it as it shall be under agencies", a.Code)
			}
			if seen[a.Code] {
				r.failAt(a.At, "change.twice", "%q ghi hai lần trong mục này", "%q is named twice in this item", a.Code)
			}
			seen[a.Code] = true
			if !c.Ends(a.Code) {
				continue
			}
			if first, twice := ended[a.Code]; twice {
				r.failAt(a.At, "change.ended", "%q đã kết thúc ở dòng %d; một đơn vị chỉ kết thúc một lần", "%q ends on line %d already; an agency ends once", a.Code, first.Line)
				continue
			}
			ended[a.Code] = a.At
		}
	}
	for _, a := range x.Founded {
		r.living(ended, agency.Named{Code: a.Parent, At: a.ParentAt})
	}
	for _, c := range x.Changes {
		r.goesOn(c, ended)
	}
}

// goesOn checks that what a change names goes on to exist.
func (r *reader) goesOn(c agency.Change, ended map[string]agency.Place) {
	if c.Act != agency.Merge && c.Act != agency.Divide && c.Act != agency.Dissolve {
		for _, a := range c.Agencies {
			r.living(ended, a)
		}
	}
	heirs := map[string]bool{}
	for _, heir := range c.Into {
		r.living(ended, heir)
		if heirs[heir.Code] {
			r.failAt(heir.At, "change.twice", "%q ghi hai lần trong mục này", "%q is named twice in this item", heir.Code)
		}
		heirs[heir.Code] = true
	}
	r.living(ended, c.Parent)
	if c.Posts.Code != agency.NoPosts {
		r.living(ended, c.Posts)
	}
	type key struct{ plan, duty string }
	duties := map[key]bool{}
	for _, d := range c.Duties {
		r.living(ended, d.Successor)
		k := key{d.Plan.Code, d.Duty.Code}
		if duties[k] {
			r.failAt(d.Duty.At, "change.duty", "nhiệm vụ %q đã có đơn vị kế thừa trong mục này", "the duty %q has a successor in this item already", d.Duty.Code)
		}
		duties[k] = true
	}
}

// living refuses an agency that the same file ends.
func (r *reader) living(ended map[string]agency.Place, a agency.Named) {
	if at, gone := ended[a.Code]; gone && a.Code != "" {
		r.failAt(a.At, "change.successor", "%q kết thúc ở dòng %d của tệp này; chọn đơn vị còn hoạt động", "%q ends on line %d of this file; choose an agency that goes on", a.Code, at.Line)
	}
}

func (r *reader) failAt(at agency.Place, code, vi, en string, args ...any) {
	r.report(SeverityError, place{r.name, at.Line, at.Column}, at.Field, code, vi, en, args...)
}
