package task

import (
	"slices"
	"strings"

	"dondoc/internal/fault"
	"dondoc/internal/indicator"
	"dondoc/internal/plan"
)

// Rules are what a duty asks of a report.
type Rules struct {
	Result plan.Result
	// ResultRequired: a report that lacks what counts as the result is refused.
	ResultRequired bool
	// Secret: the report itself goes by the classified route; here only the number
	// and date of its document are kept.
	Secret bool
	Fields []Field
	// StandingSections: the agency's standing duties are among the sections.
	StandingSections bool
	// Rules hold figures against each other; a report that breaks one is refused.
	Rules []indicator.Rule
	// Sections are the parts of the text that the duty's form asks for; none: one
	// text without rules of its own.
	Sections []Section
	// ScoreSheet is the code of the sheet that the unit fills in; empty: none.
	ScoreSheet string
}

// SentClassified is what stands for the content of a secret duty's report.
const SentClassified = "Đã gửi theo đường văn bản mật."

func (r Rules) wantsDocument() bool {
	return r.ResultRequired && (r.Result == plan.ResultDocument || r.Result == plan.ResultBoth)
}

func (r Rules) wantsFigures() bool {
	return r.ResultRequired && (r.Result == plan.ResultFigures || r.Result == plan.ResultBoth) && len(r.Fields) > 0
}

// NeedsScan reports whether a report needs an image of its signed document.
func (r Rules) NeedsScan() bool { return r.wantsDocument() && !r.Secret }

// Strangers are the figures that the duty does not ask for.
func (r Rules) Strangers(figures []Figure) []Figure {
	return slices.DeleteFunc(slices.Clone(figures), func(g Figure) bool {
		return slices.ContainsFunc(r.Fields, func(f Field) bool { return f.Indicator == g.Indicator })
	})
}

// Check holds a report against the rules, and names everything that is missing
// or out of bounds at once. scans is how many images of signed documents go with
// it; elsewhere says that the original can be seen at a place that is named, as
// with what is recorded for another agency. A nil return is held to none of it.
func (r Rules) Check(c Content, scans int, elsewhere bool) error {
	if c.Kind == NilReturn {
		return nil
	}
	if r.Secret {
		return unfinished(checkSecret(c))
	}
	var faults []*fault.Fault
	if f := fault.Of(CheckFigures(c.Figures, r.Fields)); f != nil {
		faults = append(faults, f.Details...)
	}
	faults = append(faults, CheckRequired(c.Figures, r.Fields)...)
	if r.wantsFigures() && !hasFigures(c.Figures) && len(CheckRequired(c.Figures, r.Fields)) == 0 {
		faults = append(faults, fault.New(fault.Invalid, "result.figures",
			"Nhiệm vụ này tính kết quả bằng số liệu. Ghi số liệu; nếu không có thì ghi 0.",
			"Figures are the result of this duty. Give them; 0 if there is none.").At("figures."+r.Fields[0].Indicator))
	}
	faults = append(faults, r.checkRules(c)...)
	faults = append(faults, r.checkNarrative(c)...)
	if r.wantsDocument() {
		faults = append(faults, checkDocument(c, scans, elsewhere)...)
	}
	return unfinished(faults)
}

func (r Rules) checkNarrative(c Content) []*fault.Fault {
	if r.ResultRequired && r.Result == plan.ResultReport && strings.TrimSpace(c.Narrative) == "" {
		return []*fault.Fault{fault.New(fault.Invalid, "result.narrative",
			"Nhiệm vụ này tính kết quả bằng báo cáo. Ghi tình hình, kết quả.", "A text is the result of this duty. Write it.").At("narrative")}
	}
	return r.checkSections(c.Narrative)
}

func checkDocument(c Content, scans int, elsewhere bool) []*fault.Fault {
	var faults []*fault.Fault
	missing := func(field, vi, en string) {
		faults = append(faults, fault.New(fault.Invalid, "result.document", "%[1]s", "%[2]s", vi, en).At(field))
	}
	if c.DocumentNumber == "" {
		missing("document_number", "Nhiệm vụ này tính kết quả bằng văn bản đã ký. Ghi số văn bản.", "A signed document is the result of this duty. Give its number.")
	}
	if c.DocumentOn.IsZero() {
		missing("document_on", "Ghi ngày ký văn bản.", "Give the date of the signed document.")
	}
	if c.SignatoryTitle == "" {
		missing("signatory_title", "Ghi chức vụ người ký.", "Give the title of whoever signed it.")
	}
	if scans == 0 && !elsewhere {
		missing("attachments", "Kèm bản quét, bản chụp hoặc bản ký số của văn bản.", "Attach a scan or the digitally signed file of the document.")
	}
	return faults
}

// CheckDraft holds what is being written against the rules: it may be unfinished,
// but nothing classified is kept, not even while it is written.
func (r Rules) CheckDraft(c Content) error {
	if !r.Secret {
		named := slices.Clone(c.Figures)
		for _, e := range c.Explanations {
			named = append(named, Figure{Indicator: e.Indicator})
		}
		return CheckFigures(r.Strangers(named), r.Fields)
	}
	return unfinished(classified(c))
}

// checkSecret admits the number and date of a document and nothing else.
func checkSecret(c Content) []*fault.Fault {
	faults := classified(c)
	if c.DocumentNumber == "" {
		faults = append(faults, fault.New(fault.Invalid, "secret.number", "Ghi số văn bản đã gửi theo đường văn bản mật.", "Give the number of the document that went by the classified route.").At("document_number"))
	}
	if c.DocumentOn.IsZero() {
		faults = append(faults, fault.New(fault.Invalid, "secret.date", "Ghi ngày của văn bản.", "Give the document's date.").At("document_on"))
	}
	return faults
}

// classified names what may be the content of a secret duty's report.
func classified(c Content) []*fault.Fault {
	var faults []*fault.Fault
	refuse := func(field string, present bool) {
		if present {
			faults = append(faults, fault.New(fault.Invalid, "secret.content",
				"Nhiệm vụ này báo cáo theo đường văn bản mật. Không nhập tài liệu mật: ở đây chỉ ghi số và ngày văn bản.",
				"This duty is reported by the classified route. Enter no classified content: give the document's number and date only.").At(field))
		}
	}
	refuse("narrative", c.Narrative != "" && c.Narrative != SentClassified)
	refuse("signatory_title", c.SignatoryTitle != "")
	refuse("attachments", len(c.Attachments) > 0)
	for _, figure := range c.Figures {
		refuse("figures."+figure.Indicator, figure.Value != "")
	}
	for _, e := range c.Explanations {
		refuse("explanations."+e.Indicator, true)
	}
	return faults
}
