package plan

import (
	"slices"

	"dondoc/internal/fault"
	"dondoc/internal/indicator"
)

// longestNarrative is how many characters one report's text may have at all.
const longestNarrative = 20000

// deepestHeading is the lowest level of an outline.
const deepestHeading = 3

// breakdown is an indicator, followed by one for each item of the list that it is
// broken down by.
func (r *reader) breakdown(v view, total Indicator) []Indicator {
	items := v.views("breakdown")
	if len(items) == 0 {
		return []Indicator{total}
	}
	adds := total.Aggregation == string(indicator.Sum) || total.Aggregation == string(indicator.Last)
	if total.Unit == string(indicator.Text) || total.Unit == string(indicator.Percent) || !adds {
		r.fail(v.node("breakdown"), v.at("breakdown"), "indicator.breakdown",
			"chỉ số lượng và số tiền cộng được (aggregation: sum hoặc last) mới chia nhỏ theo breakdown", "only counts and money that add up (aggregation: sum or last) have a breakdown")
		return []Indicator{total}
	}
	codes := index{}
	var parts []Indicator
	for _, item := range items {
		if !r.unique(codes, item, "mục", "item") {
			continue
		}
		part := total
		part.Code, part.Name, part.Total = total.Code+"."+item.text("code"), item.text("name"), total.Code
		part.Required, part.Baseline, part.Parts = false, "", nil
		parts, total.Parts = append(parts, part), append(total.Parts, part.Code)
	}
	return append([]Indicator{total}, parts...)
}

func (r *reader) readForms(forms []view) {
	for _, v := range forms {
		r.unique(r.forms, v, nounForm.vi, nounForm.en)
		f := Form{Code: v.text("code"), Name: v.text("name")}
		for _, s := range v.views("sections") {
			f.Sections = append(f.Sections, r.section(s))
		}
		f.Sections = append(f.Sections, r.outline(v.views("outline"), 1)...)
		r.checkHeadings(v, f)
		if n := v.node("sections"); len(f.Sections) == 0 && !r.bad[n] {
			r.fail(n, v.at("sections"), "form.empty", "biểu mẫu %q chưa có mục nào", "the form %q has no section", f.Code)
		}
		f.Rules = r.rules(v, f)
		r.plan.Forms = append(r.plan.Forms, f)
	}
}

func (r *reader) section(v view) FormSection {
	section := FormSection{
		Heading: v.text("heading"), Indicators: r.indicatorRefs(v, "indicators"),
		Narrative: v.yes("narrative"), Required: v.yes("required"), MaxLength: v.number("max_length", 0), Hint: v.text("hint"),
	}
	r.checkLength(v, section)
	if !v.has("indicators") && !v.yes("narrative") {
		r.fail(v.n, v.path, "form.section", "mục %q chưa có gì để điền; thêm indicators hoặc narrative: true", "the section %q has nothing to fill in; add indicators or narrative: true", clip(section.Heading))
	}
	return section
}

// outline lays nested headings out one after the other.
func (r *reader) outline(headings []view, level int) []FormSection {
	var sections []FormSection
	for _, v := range headings {
		if level > deepestHeading {
			r.fail(v.n, v.path, "form.outline", "đề cương lồng quá %d cấp", "the outline nests deeper than %d levels", deepestHeading)
			return nil
		}
		below := v.views("sections")
		section := FormSection{
			Heading: v.text("heading"), Narrative: v.yes("narrative") || len(below) == 0 && !v.has("narrative"),
			Required: v.yes("required"), MaxLength: v.number("max_length", 0), Hint: v.text("hint"), Level: level,
		}
		if !section.Narrative && len(below) == 0 {
			r.fail(v.n, v.path, "form.section", "mục %q chưa có gì để điền; thêm indicators hoặc narrative: true", "the section %q has nothing to fill in; add indicators or narrative: true", clip(section.Heading))
		}
		r.checkLength(v, section)
		sections = append(sections, section)
		sections = append(sections, r.outline(below, level+1)...)
	}
	return sections
}

// checkHeadings: the parts of a text are told apart by their headings.
func (r *reader) checkHeadings(v view, f Form) {
	var seen []string
	for _, s := range f.Sections {
		if s.Narrative && slices.Contains(seen, s.Heading) {
			r.fail(v.n, v.path, "form.heading", "biểu mẫu có hai mục cùng tên %q; mỗi mục cần một tên riêng", "the form has two sections %q; give each a heading of its own", clip(s.Heading))
		}
		if s.Narrative {
			seen = append(seen, s.Heading)
		}
	}
}

func (r *reader) checkLength(v view, s FormSection) {
	switch {
	case v.has("max_length") && !s.Narrative:
		r.fail(v.node("max_length"), v.at("max_length"), "form.length", "max_length chỉ dùng cho mục có narrative: true", "max_length goes with narrative: true only")
	case s.MaxLength > longestNarrative:
		r.fail(v.node("max_length"), v.at("max_length"), "form.length", "max_length nhiều nhất là %[1]d", "max_length is at most %[1]d", longestNarrative)
	}
}

// rules are the form's rules that can be read, over indicators that there are
// and that can be compared.
func (r *reader) rules(v view, f Form) []string {
	var rules []string
	for _, n := range v.items("rules") {
		rule, err := indicator.ParseRule(clean(n.Value))
		if f := fault.Of(err); f != nil {
			r.fail(n, v.at("rules"), f.Code, "%[1]s", "%[2]s", f.VI, f.EN)
			continue
		}
		sound := len(rule.Codes()) > 0
		if !sound {
			r.fail(n, v.at("rules"), "rule.codes", "quy tắc %[1]q không nói đến chỉ tiêu nào", "the rule %[1]q speaks of no indicator", clip(rule.Text))
		}
		for _, code := range rule.Codes() {
			i := slices.IndexFunc(r.plan.Indicators, func(i Indicator) bool { return i.Code == code })
			switch {
			case i < 0:
				sound = r.known(r.figureCodes(), n, v.at("rules"), code, nounIndicator)
			case r.plan.Indicators[i].Unit == string(indicator.Text):
				r.fail(n, v.at("rules"), "rule.text", "chỉ tiêu %[1]q ghi bằng chữ, không so sánh được", "the indicator %[1]q is in words and cannot be compared", code)
				sound = false
			}
		}
		if sound {
			rules = append(rules, rule.Text)
		}
	}
	return rules
}

// figureCodes are the codes of all indicators, items of breakdowns included.
func (r *reader) figureCodes() index {
	codes := index{}
	for _, i := range r.plan.Indicators {
		codes[i.Code] = r.indicators[i.Code]
	}
	return codes
}
