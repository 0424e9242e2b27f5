package task

import "dondoc/internal/fault"

// Limits of what one submission may carry, in characters.
const (
	maxNarrative = 20000
	maxShort     = 200
	maxFigures   = 500
	maxReason    = 2000
)

// MaxNarrative bounds every text of a result, in characters.
const MaxNarrative = maxNarrative

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
	if in.Kind == NilReturn && len(in.Attachments) > 0 {
		faults = append(faults, fault.New(fault.Invalid, "submission.nil_with_files",
			"“Không phát sinh” thì không kèm tệp. Bỏ tệp ra, hoặc chọn “Có phát sinh”.",
			"A nil return carries no files. Leave them out, or choose a report.").At("attachments"))
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
