package task

import "dondoc/internal/privacy"

// What follows tells, of everything that people send in, which texts are to be
// confirmed where they look personal.

// Texts are the content's free texts, by field.
func (c Content) Texts() []privacy.Text {
	texts := []privacy.Text{{Field: "narrative", Text: c.Narrative}, {Field: "document_number", Text: c.DocumentNumber}, {Field: "signatory_title", Text: c.SignatoryTitle}}
	for _, f := range c.Figures {
		if !decimal.MatchString(f.Value) {
			texts = append(texts, privacy.Text{Field: "figures." + f.Indicator, Text: f.Value})
		}
	}
	for _, e := range c.Explanations {
		texts = append(texts, privacy.Text{Field: "explanations." + e.Indicator, Text: e.Text})
	}
	return texts
}

func (in SubmitInput) Texts() []privacy.Text { return in.Content().Texts() }

func (in RecordInput) Texts() []privacy.Text {
	return append(in.Content.Texts(), privacy.Text{Field: "evidence", Text: in.Evidence})
}

func (in WithdrawInput) Texts() []privacy.Text    { return reasonOf(in.Reason) }
func (in PreparationInput) Texts() []privacy.Text { return reasonOf(in.Reason) }
func (in ReviewInput) Texts() []privacy.Text      { return reasonOf(in.Reason) }
func (in ContestInput) Texts() []privacy.Text     { return reasonOf(in.Reason) }
func (in ReopenInput) Texts() []privacy.Text      { return reasonOf(in.Reason) }
func (in RedactInput) Texts() []privacy.Text      { return reasonOf(in.Reason) }

func (in HandoverInput) Texts() []privacy.Text { return reasonOf(in.Reason) }
func (in HandoverEnd) Texts() []privacy.Text   { return reasonOf(in.Reason) }

func (in CorrectInput) Texts() []privacy.Text {
	return append(in.Content.Texts(), reasonOf(in.Reason)...)
}

func (in CorrectionAct) Texts() []privacy.Text {
	return []privacy.Text{{Field: "answer", Text: in.Answer}}
}

func (in ForwardInput) Texts() []privacy.Text {
	return []privacy.Text{{Field: "remark", Text: in.Remark}}
}

func (in NoteInput) Texts() []privacy.Text { return []privacy.Text{{Field: "text", Text: in.Text}} }

func (in ContestDecision) Texts() []privacy.Text {
	return []privacy.Text{{Field: "answer", Text: in.Answer}}
}

func (in UrgeInput) Texts() []privacy.Text {
	return []privacy.Text{{Field: "message", Text: in.Message}, {Field: "with_whom", Text: in.WithWhom}}
}

func (in HandInput) Texts() []privacy.Text {
	return []privacy.Text{{Field: "title", Text: in.Title}, {Field: "text", Text: in.Text}}
}

func reasonOf(reason string) []privacy.Text {
	return []privacy.Text{{Field: "reason", Text: reason}}
}
