package task

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
)

// Content is what a version of a result says.
type Content struct {
	Kind      Kind
	Narrative string
	Figures   []Figure
	// Explanations answer what is asked about single figures, at most one each.
	Explanations   []Explanation
	DocumentNumber string
	DocumentOn     calendar.Date
	SignatoryTitle string
	// Attachments are the numbers of its files, in their order. A draft has none of
	// its own: files lie beside it until they are sent.
	Attachments []int64
}

// Content returns what is sent in.
func (in SubmitInput) Content() Content {
	return Content{in.Kind, in.Narrative, in.Figures, in.Explanations, in.DocumentNumber, in.DocumentOn, in.SignatoryTitle, in.Attachments}
}

// Content returns what the version says.
func (b Submission) Content() Content {
	return Content{b.Kind, b.Narrative, b.Figures, b.Explanations, b.DocumentNumber, b.DocumentOn, b.SignatoryTitle, attachmentIDs(b.Attachments)}
}

// Submission returns the content as a submission of the task.
func (c Content) Submission(taskID int64, version int) SubmitInput {
	return SubmitInput{
		TaskID: taskID, Version: version, Kind: c.Kind, Narrative: c.Narrative, Figures: c.Figures, Explanations: c.Explanations,
		DocumentNumber: c.DocumentNumber, DocumentOn: c.DocumentOn, SignatoryTitle: c.SignatoryTitle, Attachments: c.Attachments,
	}
}

// Draft is what an agency's people are still writing; one per task, shared by
// them. Version is the draft's own, 0 where nothing has been saved yet.
type Draft struct {
	TaskID int64
	Content
	Version     int
	SavedAt     time.Time
	SavedBy     int64
	SavedByName string
}

// DraftInput saves a draft over the version that the person had seen.
type DraftInput struct {
	TaskID  int64
	Version int // of the draft; 0 where there was none
	Content
}

// Clean brings a draft into the form that is stored: as typed, however
// unfinished, but nothing that could not be submitted for its characters or length.
func (in DraftInput) Clean() (DraftInput, error) {
	content, faults := in.Content.tidy(typedText)
	in.Content = content
	if len(faults) > 0 {
		return in, fault.New(fault.Invalid, "draft.invalid",
			"Chưa lưu được. Có %d chỗ cần sửa.", "Not saved. %d places need mending.", len(faults)).With(faults...)
	}
	return in, nil
}

// tidy brings every text into the form that is stored and names what cannot be
// content at all, finished or not.
func (c Content) tidy(clean func(s string, limit int) (string, *fault.Fault)) (Content, []*fault.Fault) {
	var faults []*fault.Fault
	text := func(field, value string, limit int) string {
		cleaned, f := clean(value, limit)
		if f != nil {
			faults = append(faults, f.At(field))
		}
		return cleaned
	}
	c.Narrative = text("narrative", c.Narrative, maxNarrative)
	c.DocumentNumber = text("document_number", c.DocumentNumber, maxShort)
	c.SignatoryTitle = text("signatory_title", c.SignatoryTitle, maxShort)
	if c.Kind != Report && c.Kind != NilReturn {
		faults = append(faults, fault.New(fault.Invalid, "submission.kind",
			"Chọn “Có phát sinh” hoặc “Không phát sinh”.", "Choose a report or a nil return.").At("kind"))
	}
	if len(c.Figures) > maxFigures {
		faults = append(faults, fault.New(fault.Invalid, "submission.figures",
			"Có quá nhiều số liệu (tối đa %d).", "Too many figures (at most %d).", maxFigures).At("figures"))
		c.Figures = nil
	}
	c.Figures = slices.Clone(c.Figures)
	for i := range c.Figures {
		value := c.Figures[i].Value
		if decimal.MatchString(strings.TrimSpace(value)) {
			// Whether so many digits are a sum of money is known to the field: see CheckFigures.
			c.Figures[i].Value = strings.TrimSpace(value)
			continue
		}
		c.Figures[i].Value = text("figures."+c.Figures[i].Indicator, value, maxShort)
	}
	explained, more := tidyExplanations(c.Explanations, clean)
	c.Explanations = explained
	return c, slices.Concat(faults, more, checkAttachmentList(c.Attachments))
}

// Differences names the fields in which two contents differ, figures and their
// explanations each by itself ("figures.vu").
func (c Content) Differences(d Content) []string {
	fields := []string{}
	differ := func(field string, different bool) {
		if different {
			fields = append(fields, field)
		}
	}
	differ("kind", c.Kind != d.Kind)
	differ("narrative", c.Narrative != d.Narrative)
	ours, theirs := valuesOf(c.Figures), valuesOf(d.Figures)
	for _, indicator := range indicatorsOf(c.Figures, d.Figures) {
		differ("figures."+indicator, ours[indicator] != theirs[indicator])
	}
	for _, indicator := range explainedIn(c.Explanations, d.Explanations) {
		differ("explanations."+indicator, Explained(c.Explanations, indicator) != Explained(d.Explanations, indicator))
	}
	differ("document_number", c.DocumentNumber != d.DocumentNumber)
	differ("document_on", c.DocumentOn != d.DocumentOn)
	differ("signatory_title", c.SignatoryTitle != d.SignatoryTitle)
	differ("attachments", !slices.Equal(c.Attachments, d.Attachments))
	return fields
}

func valuesOf(figures []Figure) map[string]string {
	values := make(map[string]string, len(figures))
	for _, f := range figures {
		values[f.Indicator] = f.Value
	}
	return values
}

// indicatorsOf lists the indicators of both, each once, in the order of b and
// then of a.
func indicatorsOf(a, b []Figure) []string {
	var codes []string
	for _, f := range slices.Concat(b, a) {
		if !slices.Contains(codes, f.Indicator) {
			codes = append(codes, f.Indicator)
		}
	}
	return codes
}

// WithdrawInput takes back the submission that waits.
type WithdrawInput struct {
	TaskID  int64
	Version int
	Reason  string // may be empty
}

// Clean brings the reason into the form that is stored.
func (in WithdrawInput) Clean() (WithdrawInput, error) {
	reason, f := cleanText(in.Reason, maxReason)
	if f != nil {
		return in, f.At("reason")
	}
	in.Reason = reason
	return in, nil
}

// Preparation is a result that waits for the head's approval, or did.
type Preparation struct {
	ID, TaskID int64
	Content
	PreparedAt     time.Time
	PreparedBy     int64
	PreparedByName string
}

// PreparationDecision is what becomes of a preparation.
type PreparationDecision string

const (
	Approve  PreparationDecision = "approve"   // duyệt, gửi đi: by the head
	GiveBack PreparationDecision = "give_back" // chuyển lại đầu mối: by the head, with a reason
	TakeBack PreparationDecision = "take_back" // rút lại: by the focal points
)

// PreparationInput decides on what waits for the head.
type PreparationInput struct {
	TaskID   int64
	Version  int // of the task
	Decision PreparationDecision
	Reason   string // needed to give back
}

// Clean brings a decision into the form that is stored.
func (in PreparationInput) Clean() (PreparationInput, error) {
	reason, f := cleanText(in.Reason, maxReason)
	if f != nil {
		return in, f.At("reason")
	}
	in.Reason = reason
	switch in.Decision {
	case Approve, TakeBack:
	case GiveBack:
		if in.Reason == "" {
			return in, fault.New(fault.Invalid, "preparation.reason",
				"Ghi rõ lý do chuyển lại để đầu mối biết cần sửa gì.", "Give the reason, so that the focal point knows what to mend.").At("reason")
		}
	default:
		return in, fault.New(fault.Invalid, "preparation.decision",
			"Chọn duyệt, chuyển lại hoặc rút lại.", "Choose approve, give_back or take_back.").At("decision")
	}
	return in, nil
}

// Channel is the way by which a recorded result came.
type Channel string

const (
	ChannelPaper    Channel = "paper"           // văn bản giấy
	ChannelDocument Channel = "document_system" // trục liên thông văn bản
	ChannelEmail    Channel = "email"
	ChannelFax      Channel = "fax"
	ChannelPhone    Channel = "phone"
	ChannelOther    Channel = "other"
)

// Channels are all channels, in the order in which people are shown them.
var Channels = []Channel{ChannelPaper, ChannelDocument, ChannelEmail, ChannelFax, ChannelPhone, ChannelOther}

// RecordInput is a result that came outside of the system and is recorded for
// the agency that sent it ("ghi nhận thay").
type RecordInput struct {
	TaskID  int64
	Version int
	Content
	ReceivedAt time.Time
	Channel    Channel
	// Evidence tells where the original can be seen; needed unless the content
	// names the document's number.
	Evidence string
}

// Clean brings a record into the form that is stored and names every fault at once.
func (in RecordInput) Clean() (RecordInput, error) {
	var faults []*fault.Fault
	evidence, f := cleanText(in.Evidence, maxReason)
	if f != nil {
		faults = append(faults, f.At("evidence"))
	}
	in.Evidence = evidence
	content, err := in.Content.Submission(in.TaskID, in.Version).Clean()
	if err != nil {
		faults = append(faults, fault.Of(err).Details...)
	}
	in.Content = content.Content()
	if !slices.Contains(Channels, in.Channel) {
		faults = append(faults, fault.New(fault.Invalid, "record.channel",
			"Chọn hình thức đã nhận.", "Choose the way by which it came.").At("channel"))
	}
	if in.ReceivedAt.IsZero() {
		faults = append(faults, fault.New(fault.Invalid, "record.received_at",
			"Ghi thời điểm đã nhận.", "Give the time at which it was received.").At("received_at"))
	}
	if in.Evidence == "" && in.DocumentNumber == "" && f == nil {
		faults = append(faults, fault.New(fault.Invalid, "record.evidence",
			"Ghi số văn bản, hoặc nơi lưu bản đã nhận.", "Give the document's number, or where the original is kept.").At("evidence"))
	}
	if len(faults) > 0 {
		return in, fault.New(fault.Invalid, "record.invalid",
			"Chưa ghi nhận được. Có %d chỗ cần sửa.", "Not recorded. %d places need mending.", len(faults)).With(faults...)
	}
	return in, nil
}

// Newest returns the newest submission that was not withdrawn, corrections apart,
// nil where there is none.
func (d Detail) Newest() *Submission {
	standing := slices.DeleteFunc(slices.Clone(d.Submissions), func(b Submission) bool { return b.WithdrawnAt != nil || b.Correction != nil })
	if len(standing) == 0 {
		return nil
	}
	newest := slices.MaxFunc(standing, func(a, b Submission) int { return cmp.Compare(a.Number, b.Number) })
	return &newest
}

// WaitingCorrection returns the correction that waits for its decision, nil where there is none.
func (d Detail) WaitingCorrection() *Correction {
	for _, b := range d.Submissions {
		if b.Correction != nil && b.Correction.Outcome == CorrectionWaits {
			return b.Correction
		}
	}
	return nil
}
