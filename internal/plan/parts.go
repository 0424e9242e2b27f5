package plan

import (
	"math/big"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/indicator"
)

func (r *reader) readIndicators(indicators []view) {
	for _, v := range indicators {
		r.unique(r.indicators, v, nounIndicator.vi, nounIndicator.en)
	}
	for _, v := range indicators {
		i := Indicator{
			Code: v.text("code"), Name: v.text("name"), Unit: v.text("unit"), UnitName: v.text("unit_name"),
			Aggregation: v.textOr("aggregation", "sum"), Numerator: r.indicatorRef(v, "numerator"), Denominator: r.indicatorRef(v, "denominator"),
			Direction: v.text("direction"), Disaggregate: v.texts("disaggregate"), Cumulative: v.yes("cumulative"),
			CountOnly: v.yes("count_only"), Baseline: v.text("baseline"), Source: v.text("source"),
			Required: v.yes("required"), Integer: v.yes("integer"), Min: v.text("min"), Max: v.text("max"), Steady: v.text("swing") == "false",
		}
		r.checkBounds(v, i)
		parts := v.has("numerator") && v.has("denominator")
		if i.Aggregation == "ratio" && !parts {
			r.fail(v.node("aggregation"), v.at("aggregation"), "indicator.ratio", "chỉ tiêu tỷ lệ cần numerator và denominator", "a ratio needs numerator and denominator")
		}
		r.plan.Indicators = append(r.plan.Indicators, r.breakdown(v, i)...)
	}
}

// checkBounds refuses bounds that no figure keeps, or that a text cannot keep.
func (r *reader) checkBounds(v view, i Indicator) {
	for _, key := range []string{"integer", "min", "max"} {
		if i.Unit == "text" && v.has(key) {
			r.fail(v.node(key), v.at(key), "indicator.text_bound", "chỉ tiêu bằng chữ (unit: text) không có %[1]s", "an indicator in words (unit: text) has no %[1]s", key)
		}
	}
	least, hasLeast := new(big.Rat).SetString(i.Min)
	most, hasMost := new(big.Rat).SetString(i.Max)
	if hasLeast && hasMost && least.Cmp(most) > 0 {
		r.fail(v.node("max"), v.at("max"), "indicator.bounds", "max (%[2]s) phải từ min (%[1]s) trở lên", "max (%[2]s) must not be below min (%[1]s)", i.Min, i.Max)
	}
}

func (r *reader) readBodies(bodies []view) {
	for _, v := range bodies {
		r.unique(r.bodies, v, nounBody.vi, nounBody.en)
		r.plan.Bodies = append(r.plan.Bodies, Body{
			Code: v.text("code"), Name: v.text("name"), Aliases: v.texts("aliases"), Levels: v.texts("levels"),
			Lead: r.unitRefs(v, "lead"), Members: r.unitRefs(v, "members"), Basis: v.text("basis"), Lines: v.numbers("lines"),
			EstablishedBy: r.dutyRef(v, "established_by"),
		})
	}
}

func (r *reader) readReporting(reporting []view) {
	codes := index{}
	for _, v := range reporting {
		r.unique(codes, v, "nghĩa vụ báo cáo", "reporting obligation")
		r.plan.Reporting = append(r.plan.Reporting, Reporting{
			Code: v.text("code"), Line: v.number("line", 0), Kind: v.text("kind"), From: v.texts("from"), To: v.texts("to"),
			Through: v.text("through"), Onward: v.texts("onward"), Consolidates: v.text("consolidated_by"),
			Cadences: as[calendar.Cadence](v.texts("cadences")), CadenceWords: v.texts("cadence_words"),
			FulfilledBy: r.dutyRef(v, "fulfilled_by"), Configured: v.texts("configured"), Unspecified: v.yes("unspecified"),
		})
	}
}

func (r *reader) readBudget(budget []view) {
	codes := index{}
	for _, v := range budget {
		r.unique(codes, v, "dòng kinh phí", "budget line")
		r.checkAmount(v)
		r.plan.Budget = append(r.plan.Budget, BudgetLine{
			Code: v.text("code"), Reference: v.text("reference"), Line: v.number("line", 0), Text: v.text("text"),
			Holder: v.texts("holder"), Amount: v.text("amount"), InWords: v.text("in_words"), Period: v.text("period"),
			Cadence: calendar.Cadence(v.text("cadence")), Annex: v.text("annex"), SubmitTo: v.text("submit_to"),
			Approver: v.text("approver"), Duty: r.dutyRef(v, "duty"),
		})
	}
}

// checkAmount holds an amount against its words. A warning: the document itself
// may contradict itself, and says so to whoever compares.
func (r *reader) checkAmount(v view) {
	if !v.has("amount") || !v.has("in_words") {
		return
	}
	if f := fault.Of(indicator.CheckAmount(v.text("amount"), v.text("in_words"))); f != nil {
		r.warn(v.node("in_words"), v.at("in_words"), f.Code, f.VI, f.EN)
	}
}
