package draft

import (
	"slices"
	"strconv"
	"strings"

	"dondoc/internal/fault"
)

// Act is what a person does to a draft while checking it.
type Act string

// The acts.
const (
	Accept  Act = "accept"  // a duty is right as it is
	Correct Act = "correct" // text, role, cadences, due times, partners of a duty
	Drop    Act = "drop"    // a duty is none
	Merge   Act = "merge"   // a duty belongs to the one before it
	Split   Act = "split"   // a duty is several: one a line of Text
	Address Act = "address" // who an assignment is given to
	Assign  Act = "assign"  // an unclear line is a duty of somebody
	Dismiss Act = "dismiss" // an unclear line is clear
	Settle  Act = "settle"  // facts of the document
	All     Act = "all"     // all duties of an assignment are right
	Adopt   Act = "adopt"   // a task of an annex, or a duty of everybody, stands among the duties of agencies, to be corrected there
)

// Part is where an item stands that is no duty of named agencies.
type Part string

// The parts.
const (
	InAnnex   Part = "annex"
	ForCommon Part = "common"
)

// Edit is one act with what it needs. Places count from 0.
type Edit struct {
	Act              Act
	Assignment, Duty int
	// Part is set where Duty counts in another part than the assignments.
	Part          Part
	Text          string
	Role          Role
	Cadences      []string
	Due, Partners []string
	Names         []string
	Requested     bool
	Line          int
	Facts         Facts
}

func invalid(field, code, vi, en string) error {
	return fault.New(fault.Invalid, "draft."+code, "%[1]s", "%[2]s", vi, en).At(field)
}

func gone() error {
	return fault.New(fault.Conflict, "draft.changed", "Bản nháp đã đổi. Xem lại rồi làm tiếp.", "The draft has changed. Look at it again.")
}

// Apply carries out an edit. What a person has touched is certain and says so; the draft that was read stays as it was.
func (d Draft) Apply(e Edit) (Draft, error) {
	out := d.clone()
	switch e.Act {
	case Settle:
		return out, out.settle(e.Facts)
	case Dismiss, Assign:
		return out, out.resolve(e)
	}
	if e.Part != "" {
		if err := out.elsewhere(e); err != nil {
			return d, err
		}
		return out, nil
	}
	if e.Assignment < 0 || e.Assignment >= len(out.Agencies) {
		return d, gone()
	}
	a := &out.Agencies[e.Assignment]
	switch e.Act {
	case Address:
		names := nonEmpty(e.Names)
		if len(names) == 0 {
			return d, invalid("names", "names", "Ghi ít nhất một cơ quan, mỗi dòng một tên.", "Name at least one agency, one a line.")
		}
		a.Names, a.Mode, a.Mark = names, Assigned, checked(a.Mark)
		if e.Requested {
			a.Mode = Requested
		}
		return out, nil
	case All:
		for i := range a.Duties {
			a.Duties[i].accept()
		}
		a.Mark = checked(a.Mark)
		return out, nil
	}
	if e.Duty < 0 || e.Duty >= len(a.Duties) {
		return d, gone()
	}
	duty := &a.Duties[e.Duty]
	switch e.Act {
	case Accept:
		duty.accept()
	case Correct:
		return out, duty.correct(e)
	case Drop:
		out.Unresolved = append(out.Unresolved, Unresolved{duty.Line, duty.Text, WhyDropped})
		a.Duties = slices.Delete(a.Duties, e.Duty, e.Duty+1)
		if len(a.Duties) == 0 {
			out.Agencies = slices.Delete(out.Agencies, e.Assignment, e.Assignment+1)
		}
	case Merge:
		if e.Duty == 0 {
			return d, invalid("duty", "first", "Đây là nhiệm vụ đầu tiên: không có gì trước nó để gộp.", "This is the first duty: there is none before it.")
		}
		before := &a.Duties[e.Duty-1]
		before.Text += " " + duty.Text
		before.Children = append(before.Children, duty.Children...)
		before.Cadences, before.Due, before.Partners = union(before.Cadences, duty.Cadences), union(before.Due, duty.Due), union(before.Partners, duty.Partners)
		before.accept()
		a.Duties = slices.Delete(a.Duties, e.Duty, e.Duty+1)
	case Split:
		parts := nonEmpty(strings.Split(e.Text, "\n"))
		if len(parts) < 2 {
			return d, invalid("text", "split", "Mỗi dòng một nhiệm vụ: xuống dòng ở chỗ cần tách.", "One duty a line: break the line where it is to be split.")
		}
		var made []Duty
		for i, text := range parts {
			one := dutyOf(text, text, duty.Section, duty.Letter, duty.Line, RuleChecked)
			if i == 0 {
				one.Children = duty.Children
			}
			one.accept()
			made = append(made, one)
		}
		a.Duties = slices.Replace(a.Duties, e.Duty, e.Duty+1, made...)
	default:
		return d, gone()
	}
	return out, nil
}

// RuleChecked is the rule of what a person has checked.
const RuleChecked = "checked"

func checked(m Mark) Mark { return Mark{m.Line, 1, RuleChecked} }

func (d *Duty) accept() { d.Mark, d.Split, d.Doubts = checked(d.Mark), nil, nil }

// Checked reports whether a person has looked at a duty.
func (d Duty) Checked() bool { return d.Rule == RuleChecked }

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, one := range b {
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

func (d *Duty) correct(e Edit) error {
	text := squeeze(e.Text)
	switch {
	case text == "":
		return invalid("text", "text", "Ghi nội dung nhiệm vụ.", "Write what the duty is.")
	case len([]rune(text)) > 20_000:
		return invalid("text", "long", "Nội dung dài quá 20.000 ký tự.", "The text is longer than 20,000 characters.")
	case !slices.Contains([]Role{Lead, Coordinate, Member, Implement}, e.Role):
		return invalid("role", "role", "Chọn vai trò.", "Choose a role.")
	}
	for _, c := range e.Cadences {
		if !slices.Contains(cadenceOrder, c) {
			return invalid("cadences", "cadence", "Kỳ báo cáo không hợp lệ.", "There is no such cadence.")
		}
	}
	for _, one := range nonEmpty(e.Due) {
		if !dueForm(one) {
			return invalid("due", "due", "Hạn ghi như 2026-11-15 (một lần), --11-15 (hằng năm), ---20 (hằng tháng), mỗi dòng một hạn.",
				"Write a due time as 2026-11-15 (once), --11-15 (each year) or ---20 (each month), one a line.")
		}
	}
	d.Text, d.Role, d.Cadences, d.Due, d.Partners = text, e.Role, append([]string{}, e.Cadences...), nonEmpty(e.Due), nonEmpty(e.Partners)
	if d.Due == nil {
		d.Due = []string{}
	}
	if d.Partners == nil {
		d.Partners = []string{}
	}
	d.accept()
	return nil
}

// dueForm reports whether a due time is a day, a day of each year or month, or a delay.
func dueForm(s string) bool {
	switch {
	case len(s) == len("2006-01-02") && s[0] != '-':
		parts := strings.Split(s, "-")
		return len(parts) == 3 && isoOf(parts[2], parts[1], parts[0]) == s
	case strings.HasPrefix(s, "---"):
		n, err := strconv.Atoi(s[3:])
		return err == nil && n >= 1 && n <= 31
	case strings.HasPrefix(s, "--") && len(s) == len("--12-31"):
		return isoOf(s[5:], s[2:4], "2024") != ""
	case strings.HasPrefix(s, "P") && len(s) < 8:
		return true
	}
	return false
}

// resolve settles an unclear line.
func (d *Draft) resolve(e Edit) error {
	at := slices.IndexFunc(d.Unresolved, func(u Unresolved) bool { return u.Line == e.Line && (e.Text == "" || u.Text == e.Text) })
	if at < 0 {
		return gone()
	}
	if e.Act == Assign {
		names := nonEmpty(e.Names)
		if len(names) == 0 {
			return invalid("names", "names", "Ghi ít nhất một cơ quan, mỗi dòng một tên.", "Name at least one agency, one a line.")
		}
		u := d.Unresolved[at]
		duty := dutyOf(u.Text, u.Text, "", "", u.Line, RuleChecked)
		duty.accept()
		d.give(names, duty)
	}
	d.Unresolved = slices.Delete(d.Unresolved, at, at+1)
	return nil
}

// give puts a duty behind the others of the same agencies.
func (d *Draft) give(names []string, duty Duty) {
	i := slices.IndexFunc(d.Agencies, func(a Assignment) bool { return among(names, a.Names) && len(names) == len(a.Names) })
	if i < 0 {
		d.Agencies = append(d.Agencies, Assignment{Names: names, Heading: strings.Join(names, ", "), Mode: Assigned, Mark: Mark{duty.Line, 1, RuleChecked}})
		i = len(d.Agencies) - 1
	}
	d.Agencies[i].Duties = append(d.Agencies[i].Duties, duty)
}

// elsewhere adopts or drops a task of an annex, or a duty of everybody.
func (d *Draft) elsewhere(e Edit) error {
	var duty Duty
	var names []string
	switch at := e.Duty; {
	case at >= 0 && e.Part == InAnnex && at < len(d.AnnexTasks):
		duty, names = d.AnnexTasks[at].duty(), d.AnnexTasks[at].Lead
		d.AnnexTasks = slices.Delete(d.AnnexTasks, at, at+1)
	case at >= 0 && e.Part == ForCommon && at < len(d.Common):
		duty, names = d.Common[at].Duty, d.Common[at].Who
		d.Common = slices.Delete(d.Common, at, at+1)
	default:
		return gone()
	}
	switch e.Act {
	case Drop:
		d.Unresolved = append(d.Unresolved, Unresolved{duty.Line, duty.Text, WhyDropped})
		return nil
	case Adopt:
		if names = nonEmpty(names); len(names) == 0 {
			return invalid("names", "nobody", "Dòng này không nêu cơ quan nào. Bỏ khỏi phụ lục, rồi giao ở mục Chưa rõ.", "This row names no agency. Drop it from the annex, then give it to somebody under Unclear.")
		}
		d.give(names, duty)
		return nil
	}
	return gone()
}

// duty is a task of an annex as a duty of whoever leads it.
func (t AnnexTask) duty() Duty {
	d := Duty{
		Section: "PL", Text: t.Text, Role: Lead, Partners: t.Coordinating, Due: []string{}, Product: t.Product, Children: []Duty{}, Mark: t.Mark,
		Cadences: slices.DeleteFunc(slices.Clone(t.Cadences), func(c string) bool { return c == Once }),
	}
	if t.Number != "" {
		d.Section = "PL." + strings.ReplaceAll(t.Number, " ", "")
	}
	if t.DueOn != "" {
		d.Due = []string{string(t.DueOn)}
	}
	return d
}

// levels are those that a document is issued at.
var levels = []string{"government", "ministry", "province", "department", "district", "commune"}

// settle corrects the document's own facts.
func (d *Draft) settle(f Facts) error {
	if f.Title = squeeze(f.Title); f.Title == "" {
		return invalid("title", "title", "Ghi tên văn bản.", "Write the title.")
	}
	if f.Issuer == "" {
		return invalid("issuer", "issuer", "Ghi cơ quan ban hành.", "Name the issuer.")
	}
	if !slices.Contains(levels, string(f.Level)) {
		return invalid("level", "level", "Chọn cấp của cơ quan ban hành.", "Choose the level of the issuer.")
	}
	for _, day := range []struct {
		field string
		value Written
	}{{"issued_on", f.IssuedOn}, {"valid_from", f.ValidFrom}, {"valid_to", f.ValidTo}} {
		if day.value != "" && (len(day.value) != len("2006-01-02") || !dueForm(string(day.value))) {
			return invalid(day.field, "day", "Ghi ngày như 15/11/2026.", "Write the day as 15/11/2026.")
		}
	}
	if f.ValidFrom != "" && f.ValidTo != "" && f.ValidTo < f.ValidFrom {
		return invalid("valid_to", "span", "Ngày hết hạn phải sau ngày bắt đầu.", "The last day has to come after the first.")
	}
	if f.DueDays < 0 || f.DueDays > 60 {
		return invalid("due_days", "due_days", "Ghi từ 0 đến 60 ngày làm việc.", "Write 0 to 60 working days.")
	}
	p := &d.Plan
	p.DueDays = f.DueDays
	p.Title, p.Number, p.IssuedOn, p.Issuer, p.Level, p.Territory, p.ValidFrom, p.ValidTo = f.Title, f.Number, f.IssuedOn, f.Issuer, f.Level, f.Territory, f.ValidFrom, f.ValidTo
	return nil
}

// clone copies what edits change.
func (d Draft) clone() Draft {
	d.Unresolved, d.AnnexTasks, d.Common = slices.Clone(d.Unresolved), slices.Clone(d.AnnexTasks), slices.Clone(d.Common)
	d.Agencies = slices.Clone(d.Agencies)
	for i := range d.Agencies {
		d.Agencies[i].Duties = slices.Clone(d.Agencies[i].Duties)
	}
	return d
}

// Unchecked counts the duties that nobody has looked at.
func (d Draft) Unchecked() (open, all int) {
	for _, a := range d.Agencies {
		for _, duty := range a.Duties {
			if all++; !duty.Checked() {
				open++
			}
		}
	}
	return open, all
}
