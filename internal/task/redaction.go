package task

import (
	"strings"
	"time"
	"unicode/utf8"

	"dondoc/internal/fault"
)

// Redacted stands where something was taken out.
const Redacted = "[đã lược bỏ thông tin cá nhân]"

// leastPassage is how many characters a passage has that is looked for
// everywhere around the task: shorter ones would be found in other words.
const leastPassage = 4

// RedactInput takes personal data out of a submission and out of everything
// around its task that repeats it.
type RedactInput struct {
	SubmissionID int64
	// Field is narrative, document_number, signatory_title, evidence,
	// withdraw_reason, figures.<indicator> or explanations.<indicator>; empty where a file is taken out, or
	// where a passage is taken out wherever it stands.
	Field string
	// Passage is what is taken out; empty: the whole field.
	Passage string
	// AttachmentID is the file that is taken out.
	AttachmentID int64
	Reason       string // mandatory; must not repeat what is taken out
}

// Redaction tells what was taken out of a submission, not what it said.
type Redaction struct {
	ID           int64
	SubmissionID int64
	Field        string
	AttachmentID int64
	Reason       string
	// Places is the number of texts and files from which it was taken.
	Places         int
	RedactedAt     time.Time
	RedactedByName string
}

// Findable reports whether a passage is long enough to be looked for everywhere.
func Findable(passage string) bool { return utf8.RuneCountInString(passage) >= leastPassage }

// redactable are the texts of a submission, besides its figures.
var redactable = map[string]bool{"narrative": true, "document_number": true, "signatory_title": true, "evidence": true, "withdraw_reason": true}

// FigureField takes a field "figures.<indicator>" or "explanations.<indicator>" apart.
func FigureField(field string) (column, indicator string, ok bool) {
	column, indicator, ok = strings.Cut(field, ".")
	return column, indicator, ok && indicator != "" && (column == "figures" || column == "explanations")
}

// Clean brings a redaction into the form that is looked for. The passage is no
// text of its own and goes through no guard: it is what the guard let slip.
func (in RedactInput) Clean() (RedactInput, error) {
	refuse := func(code, field, vi, en string, args ...any) (RedactInput, error) {
		return in, fault.New(fault.Invalid, code, vi, en, args...).At(field)
	}
	passage, f := typedText(in.Passage, maxNarrative)
	if f != nil {
		return in, f.At("passage")
	}
	in.Passage = strings.TrimSpace(passage)
	if in.Reason, f = cleanText(in.Reason, maxReason); f != nil {
		return in, f.At("reason")
	}
	_, _, figure := FigureField(in.Field)
	switch {
	case in.Reason == "":
		return refuse("redaction.reason", "reason", "Ghi rõ lý do lược bỏ.", "Give the reason for the redaction.")
	case in.AttachmentID != 0 && (in.Field != "" || in.Passage != ""):
		return refuse("redaction.one", "attachment_id", "Lược bỏ tệp, hoặc chữ, không cùng lúc cả hai.", "Redact a file or a text, not both at once.")
	case in.AttachmentID == 0 && in.Field == "" && in.Passage == "":
		return refuse("redaction.nothing", "field", "Chọn trường, đoạn chữ hoặc tệp cần lược bỏ.", "Name the field, the passage or the file to take out.")
	case in.Field != "" && !redactable[in.Field] && !figure:
		return refuse("redaction.field", "field", "Không có trường %q.", "There is no field %q.", in.Field)
	case in.Passage != "" && !Findable(in.Passage):
		return refuse("redaction.short", "passage", "Đoạn cần lược bỏ phải dài ít nhất %d ký tự; nếu ngắn hơn thì lược bỏ cả trường.",
			"A passage has at least %d characters; redact the whole field instead.", leastPassage)
	case in.Passage != "" && strings.Contains(Redacted, in.Passage):
		return refuse("redaction.mark", "passage", "Đoạn này là chữ thay cho phần đã lược bỏ.", "This is the mark of what was taken out.")
	case in.Passage != "" && strings.Contains(in.Reason, in.Passage):
		return refuse("redaction.repeats", "reason", "Lý do không được nhắc lại phần cần lược bỏ.", "The reason must not repeat what is taken out.")
	}
	return in, nil
}
