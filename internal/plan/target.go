package plan

import (
	"slices"
	"strconv"

	"github.com/shopspring/decimal"
	"go.yaml.in/yaml/v3"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
)

// qualitative is the kind of a measure that has no number.
const qualitative = "qualitative"

// Target is what the plan aims at: numbers, or words where it gives none.
type Target struct {
	Code      string
	Reference string
	Text      string
	Line      int
	Measures  []Measure
	Owners    []string // agency codes, or "@" and a group code; configured where the document only implies them
	Due       calendar.Date
	Cadence   calendar.Cadence
	Duty      string // duty code, where the number stands in a duty's text
	// Configured names what the plan authority set: owners, due.
	Configured []string
}

// Measure is one figure of a target, or one aim in words.
type Measure struct {
	Kind      string // percent, count, money, percent_reduction, maintain, at_least, qualitative
	Number    string // decimal, no grouping; empty where qualitative
	Unit      string
	Measure   string // what is measured, as written
	Indicator string
	Baseline  string // reduction: empty until a person enters it
	Soft      bool   // "phấn đấu"
	// ByYear are the aims of single years, in their order.
	ByYear []YearAim
	// Split are the parts of single agencies, in the file's order.
	Split []UnitAim
	// From are the duties whose reports the figures come from; none: all that ask for them.
	From []string
	// Class, where the measure is the share of a class of a score sheet.
	Class ClassShare
}

// YearAim is the aim of one calendar year, in decimal text.
type YearAim struct {
	Year int
	Aim  string
}

// UnitAim is the part of one agency, by its code, in decimal text.
type UnitAim struct {
	Agency string
	Aim    string
}

// ClassShare names a class of a score sheet, by their codes; the zero one names none.
type ClassShare struct{ Sheet, Class string }

var targetShape = object(
	field{"code", scalar(kindDutyCode), true, "Code, unique among targets."},
	field{"reference", text(), false, "Place in the document."},
	field{"text", text(), true, "Verbatim text."},
	field{"line", integer(1), false, aboutLine},
	field{"measures", list(object(
		field{"kind", enum("percent", "count", "money", "percent_reduction", "maintain", "at_least", qualitative), true, "Kind of number, or qualitative for what the document puts in words only."},
		field{"number", scalar(kindDecimal), false, "The number; all kinds but qualitative need it."},
		field{"unit", text(), false, "What it counts, as written."},
		field{"measure", text(), false, "What is measured, as written."},
		field{"indicator", scalar(kindCode), false, "Indicator that measures it."},
		field{"baseline", text(), false, "For a reduction: the starting value, left out until somebody enters it."},
		field{"soft", scalar(kindBool), false, "The document says \"phấn đấu\"."},
		field{"by_year", mapping(scalar(kindDecimal)), false, "Aim of each year: {2016: 30, 2017: 30}. What comes together (count, money) adds up to the number."},
		field{"split", mapping(scalar(kindDecimal)), false, "Part of each agency of a count or an amount: {d1: 5000, d2: 3000}; the parts add up to the number. A share in percent is not split, it holds for each."},
		field{"from", dutyCodes, false, "Duties whose reports the figures come from; default all that ask for the indicator, the highest consolidating level of each chain."},
		field{"class", object(
			field{"sheet", scalar(kindCode), true, "Score sheet."},
			field{"class", scalar(kindCode), true, "Class of that sheet."},
		), false, "For percent and maintain: the share of the units that are in this class of a score sheet; instead of an indicator."},
	)), true, "What is aimed at: figures, or words without one."},
	field{"owners", refs, false, "Who answers for it."},
	field{"due", scalar(kindDate), false, "By when; default the plan's last day."},
	field{"cadence", cadenceNames, false, "How often it is looked at."},
	field{"duty", scalar(kindDutyCode), false, "Duty in whose text the number stands."},
	field{"configured", configured, false, "What the document does not say."},
)

func (r *reader) readTargets(targets []view) {
	codes := index{}
	for _, v := range targets {
		r.unique(codes, v, "chỉ tiêu", "target")
		t := Target{
			Code: v.text("code"), Reference: v.textOr("reference", v.text("code")), Text: v.text("text"), Line: v.number("line", 0),
			Owners: r.unitRefs(v, "owners"), Due: v.date("due"), Cadence: calendar.Cadence(v.text("cadence")),
			Duty: r.dutyRef(v, "duty"), Configured: v.texts("configured"),
		}
		if t.Due.IsZero() {
			t.Due = r.plan.ValidTo
		}
		for _, m := range v.views("measures") {
			r.checkNumber(m)
			t.Measures = append(t.Measures, Measure{
				Kind: m.text("kind"), Number: m.text("number"), Unit: m.text("unit"), Measure: m.text("measure"),
				Indicator: r.indicatorRef(m, "indicator"), Baseline: m.text("baseline"), Soft: m.yes("soft"),
				ByYear: r.byYear(m), Split: r.split(m), From: r.dutyRefs(m, "from"), Class: r.classShare(m),
			})
		}
		if n := v.good("measures"); n != nil && len(n.Content) == 0 {
			r.fail(n, v.at("measures"), "target.empty", "chỉ tiêu %q chưa có con số nào; mục tiêu bằng lời thì ghi kind: qualitative", "the target %q has no figure; write kind: qualitative for one in words", t.Code)
		}
		r.plan.Targets = append(r.plan.Targets, t)
	}
}

// checkNumber tells a forgotten number from an aim that has none.
func (r *reader) checkNumber(m view) {
	switch kind := m.text("kind"); {
	case kind == "":
	case kind == qualitative && m.has("number"):
		r.fail(m.node("number"), m.at("number"), "target.number", "mục tiêu bằng lời (qualitative) không có con số; bỏ number hoặc chọn kind khác", "a qualitative measure has no number; take it out or choose another kind")
	case kind != qualitative && !m.has("number"):
		r.fail(m.n, m.path, "target.number", "%[1]s cần number: con số của mục tiêu; văn bản chỉ nói bằng lời thì ghi kind: qualitative", "%[1]s needs number: the figure aimed at; where the document has words only, write kind: qualitative", kind)
	}
}

// adds reports whether parts of a measure of this kind add up to the whole.
func adds(kind string) bool { return kind == "count" || kind == "money" }

func (r *reader) byYear(m view) []YearAim {
	var aims []YearAim
	var parts []indicator.Split
	m.view("by_year").each(func(key string, node *yaml.Node, _ view) {
		year, err := strconv.Atoi(key)
		if err != nil || year < r.plan.ValidFrom.Year || year > r.plan.ValidTo.Year {
			r.fail(node, m.at("by_year"), "target.year", "%[1]q không phải năm trong thời hạn của văn bản (%[2]d - %[3]d)", "%[1]q is no year of the plan (%[2]d to %[3]d)", clip(key), r.plan.ValidFrom.Year, r.plan.ValidTo.Year)
			return
		}
		aim := m.view("by_year").text(key)
		aims = append(aims, YearAim{year, aim})
		parts = append(parts, part(key, aim))
	})
	slices.SortFunc(aims, func(a, b YearAim) int { return a.Year - b.Year })
	if adds(m.text("kind")) {
		r.checkParts(m, "by_year", parts)
	}
	return aims
}

func (r *reader) split(m view) []UnitAim {
	if m.has("split") && !adds(m.text("kind")) {
		r.fail(m.node("split"), m.at("split"), "target.split_percent", "chỉ chia số lượng (count) và số tiền (money); tỷ lệ phần trăm áp dụng cho từng đơn vị", "only counts and money are split; a share in percent holds for each unit")
		return nil
	}
	var aims []UnitAim
	var parts []indicator.Split
	m.view("split").each(func(key string, node *yaml.Node, _ view) {
		if !r.known(r.agencies, node, m.at("split"), key, nounAgency) {
			return
		}
		aim := m.view("split").text(key)
		aims = append(aims, UnitAim{key, aim})
		parts = append(parts, part(key, aim))
	})
	r.checkParts(m, "split", parts)
	return aims
}

func part(unit, aim string) indicator.Split {
	n, err := decimal.NewFromString(aim)
	if err != nil {
		n = decimal.Zero // the shape has recorded what is wrong with it
	}
	return indicator.Split{Unit: unit, Aim: n}
}

// checkParts holds parts against the number that they are parts of.
func (r *reader) checkParts(m view, key string, parts []indicator.Split) {
	whole, err := decimal.NewFromString(m.text("number"))
	if err != nil || len(parts) == 0 {
		return
	}
	if f := indicator.SplitFault(whole, parts); f != nil {
		r.fail(m.node(key), m.at(key), f.Code, "%[1]s", "%[2]s", f.VI, f.EN)
	}
}

// classShare reads the class whose share is aimed at; the sheets are read later.
func (r *reader) classShare(m view) ClassShare {
	v := m.view("class")
	c := ClassShare{v.text("sheet"), v.text("class")}
	if v.n == nil {
		return c
	}
	if kind := m.text("kind"); kind != "percent" && kind != "maintain" {
		r.fail(m.node("class"), m.at("class"), "target.class_kind", "class chỉ dùng với kind: percent hoặc maintain", "class goes with kind: percent or maintain only")
	}
	if m.has("indicator") {
		r.fail(m.node("indicator"), m.at("indicator"), "target.class_indicator", "mục tiêu đo bằng xếp loại (class) thì không có indicator", "a measure has a class or an indicator, not both")
	}
	r.later = append(r.later, func() {
		if r.known(r.sheets, v.node("sheet"), v.at("sheet"), c.Sheet, nounSheet) {
			r.known(r.classes[c.Sheet], v.node("class"), v.at("class"), c.Class, nounClass)
		}
	})
	return c
}
