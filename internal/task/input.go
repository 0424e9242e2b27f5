package task

import (
	"regexp"

	"dondoc/internal/fault"
)

// Limits of what one submission may carry, in characters.
const (
	maxNarrative = 20000
	maxShort     = 200
	maxFigures   = 500
	maxReason    = 2000
)

// Clean brings a submission into the form that is stored (NFC, no outer
// blanks) and refuses what cannot be one. Every fault is named at once.
func (in SubmitInput) Clean() (SubmitInput, error) {
	content, faults := in.Content().tidy(cleanText)
	in = content.Submission(in.TaskID, in.Version)
	if in.Kind == NilReturn && (in.Narrative != "" || hasFigures(in.Figures)) {
		faults = append(faults, fault.New(fault.Invalid, "submission.nil_with_content",
			"“Không phát sinh” thì không kèm số liệu hay nội dung. Xóa chúng, hoặc chọn “Có phát sinh”.",
			"A nil return carries no figures and no text. Clear them, or choose a report.").At("kind"))
	}
	if in.Kind == Report && in.Narrative == "" && !hasFigures(in.Figures) && in.DocumentNumber == "" {
		faults = append(faults, fault.New(fault.Invalid, "submission.empty",
			"Báo cáo còn trống. Ghi số liệu, kết quả hoặc số văn bản đã ký.",
			"The report is empty. Give figures, results or the signed document's number.").At("narrative"))
	}
	if len(faults) > 0 {
		return in, fault.New(fault.Invalid, "submission.invalid",
			"Chưa gửi được. Có %d chỗ cần sửa.", "Not sent. %d places need mending.", len(faults)).With(faults...)
	}
	return in, nil
}

func hasFigures(figures []Figure) bool {
	for _, f := range figures {
		if f.Value != "" {
			return true
		}
	}
	return false
}

var decimal = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,4})?$`)

// CheckFigures holds the figures against the fields that the duty asks for.
func CheckFigures(figures []Figure, fields []Field) error {
	known := make(map[string]Field, len(fields))
	for _, f := range fields {
		known[f.Indicator] = f
	}
	var faults []*fault.Fault
	for _, figure := range figures {
		field, ok := known[figure.Indicator]
		switch {
		case !ok:
			faults = append(faults, fault.New(fault.Invalid, "figure.unknown",
				"Nhiệm vụ này không hỏi số liệu “%s”.", "This duty asks for no figure %q.", figure.Indicator).At("figures."+figure.Indicator))
		case figure.Value != "" && field.Kind != "text" && !decimal.MatchString(figure.Value):
			faults = append(faults, fault.New(fault.Invalid, "figure.number",
				"%s: ghi bằng chữ số, ví dụ 12 hoặc 12.5; nếu không có thì ghi 0.",
				"%s: give a number such as 12 or 12.5; 0 if there is none.", field.Name).At("figures."+figure.Indicator))
		}
	}
	if len(faults) > 0 {
		return fault.New(fault.Invalid, "submission.invalid",
			"Chưa gửi được. Có %d chỗ cần sửa.", "Not sent. %d places need mending.", len(faults)).With(faults...)
	}
	return nil
}

// Clean brings a decision into the form that is stored; a return needs a reason.
func (in ReviewInput) Clean() (ReviewInput, error) {
	reason, f := cleanText(in.Reason, maxReason)
	if f != nil {
		return in, f.At("reason")
	}
	in.Reason = reason
	switch in.Decision {
	case Accept:
	case Return, Invalid:
		if in.Reason == "" {
			return in, fault.New(fault.Invalid, "review.reason",
				"Ghi rõ lý do trả lại để đơn vị biết cần bổ sung gì.", "Give the reason, so that the unit knows what to mend.").At("reason")
		}
	default:
		return in, fault.New(fault.Invalid, "review.decision",
			"Chọn xác nhận, trả lại để bổ sung, hoặc không hợp lệ.", "Choose accept, return or invalid.").At("decision")
	}
	return in, nil
}
