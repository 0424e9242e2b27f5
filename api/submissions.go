package api

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"dondoc/internal/policy"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
)

func (s *server) submissionRoutes() {
	handle(s, get("/tasks/{id}/submissions/compare", "compare-submissions", "Two versions of the result side by side", may(policy.SeePlans)), s.compareSubmissions)
	handle(s, post("/tasks/{id}/withdrawals", "withdraw", "Take back the submission that waits for review", may(policy.SeePlans), answers(http.StatusCreated)), s.withdraw)
	handle(s, post("/tasks/{id}/recordings", "record-submission", "Record, for the agency, a result received outside of the system (ghi nhận thay)", may(policy.SeePlans), answers(http.StatusCreated)), s.record)
	handle(s, get("/tasks/{id}/draft", "get-draft", "What the agency's people are still writing; nobody else finds it", may(policy.SeePlans)), s.getDraft)
	handle(s, put("/tasks/{id}/draft", "save-draft", "Save what is being written, as typed; the same again changes nothing", may(policy.SeePlans)), s.saveDraft)
	handle(s, get("/tasks/{id}/preparation", "get-preparation", "What waits for the head's approval; nobody outside of the agency finds it", may(policy.SeePlans)), s.getPreparation)
	handle(s, post("/tasks/{id}/preparation/decisions", "decide-preparation", "Approve what was prepared, give it back or take it back", may(policy.SeePlans), answers(http.StatusCreated)), s.decidePreparation)
	handle(s, post("/agencies/{id}/two-signatures", "set-two-signatures", "Whether what a focal point sends in waits for the head", may(policy.ManageAgencies)), s.setTwoSignatures)
}

// Content is what a version of a result says.
type Content struct {
	Kind           string            `json:"kind" enum:"report,nil" doc:"nil: nothing to report (không phát sinh)."`
	Narrative      string            `json:"narrative,omitempty"`
	Figures        []Figure          `json:"figures,omitempty"`
	Explanations   map[string]string `json:"explanations,omitempty" maxProperties:"500" doc:"By indicator: why a figure is far from that of the period before, or more than its parts. A result that leaves such a question open is refused with figures.unexplained; of others nothing is kept."`
	DocumentNumber string            `json:"document_number,omitempty"`
	DocumentOn     string            `json:"document_on,omitempty" format:"date" doc:"From 1990 to a year after today."`
	SignatoryTitle string            `json:"signatory_title,omitempty"`
}

func (c Content) content() (task.Content, error) {
	content := task.Content{
		Kind: task.Kind(c.Kind), Narrative: c.Narrative, DocumentNumber: c.DocumentNumber, SignatoryTitle: c.SignatoryTitle,
	}
	for _, f := range c.Figures {
		content.Figures = append(content.Figures, task.Figure(f))
	}
	content.Explanations = explanationsIn(c.Explanations)
	if c.DocumentOn == "" {
		return content, nil
	}
	var err error
	content.DocumentOn, err = parseDay("document_on", c.DocumentOn)
	return content, err
}

func contentOf(c task.Content) Content {
	view := Content{
		Kind: string(c.Kind), Narrative: c.Narrative, Figures: make([]Figure, len(c.Figures)),
		DocumentNumber: c.DocumentNumber, DocumentOn: c.DocumentOn.String(), SignatoryTitle: c.SignatoryTitle,
	}
	for i, f := range c.Figures {
		view.Figures[i] = Figure(f)
	}
	view.Explanations = explanationsOf(c.Explanations)
	return view
}

func explanationsIn(texts map[string]string) []task.Explanation {
	var list []task.Explanation
	for _, code := range slices.Sorted(maps.Keys(texts)) {
		list = append(list, task.Explanation{Indicator: code, Text: texts[code]})
	}
	return list
}

func explanationsOf(list []task.Explanation) map[string]string {
	if len(list) == 0 {
		return nil
	}
	texts := make(map[string]string, len(list))
	for _, e := range list {
		texts[e.Indicator] = e.Text
	}
	return texts
}

type withdrawInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Version int    `json:"version,omitempty" minimum:"1" doc:"Of the task as it was read."`
		Reason  string `json:"reason,omitempty"`
	}
}

func (s *server) withdraw(ctx context.Context, in *withdrawInput) (*Answer[Receipt], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, false)
	if err != nil {
		return nil, err
	}
	receipt, err := s.Service.Withdraw(ctx, who(ctx), task.WithdrawInput{TaskID: in.ID.ID, Version: version, Reason: in.Body.Reason})
	return s.receipt(ctx, in.ID.ID, receipt, err)
}

type recordInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Content
		Version     int       `json:"version,omitempty" minimum:"1" doc:"Of the task as it was read."`
		ReceivedAt  time.Time `json:"received_at" doc:"Counts as the time of submission; not before the round opened, not after now."`
		Attachments []int64   `json:"attachments,omitempty" doc:"Numbers of the files that the recorder has put beside the task, in their order."`
		Channel     string    `json:"channel" enum:"paper,document_system,email,fax,phone,other"`
		Evidence    string    `json:"evidence,omitempty" doc:"Where the original is kept; needed unless document_number is given."`
	}
}

func (s *server) record(ctx context.Context, in *recordInput) (*Answer[Receipt], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, false)
	if err != nil {
		return nil, err
	}
	content, err := in.Body.content()
	if err != nil {
		return nil, err
	}
	content.Attachments = in.Body.Attachments
	receipt, err := s.Service.RecordSubmission(ctx, who(ctx), task.RecordInput{
		TaskID: in.ID.ID, Version: version, Content: content, ReceivedAt: in.Body.ReceivedAt.UTC(),
		Channel: task.Channel(in.Body.Channel), Evidence: in.Body.Evidence,
	})
	return s.receipt(ctx, in.ID.ID, receipt, err)
}

// Draft is what an agency's people are still writing.
type Draft struct {
	Content
	Version int       `json:"version" doc:"Of the draft; give it when saving over it."`
	SavedAt time.Time `json:"saved_at"`
	SavedBy string    `json:"saved_by"`
	// Warnings name what could not be sent as it stands.
	Warnings []ProblemEntry `json:"warnings,omitempty" doc:"Personal data and marks of secrecy in it: a draft is kept as typed, but would be refused or have to be confirmed when it is sent."`
}

func draftOf(d task.Draft, language string) Draft {
	view := Draft{Content: contentOf(d.Content), Version: d.Version, SavedAt: d.SavedAt.UTC(), SavedBy: d.SavedByName}
	for _, f := range privacy.Warnings(d.Texts()...) {
		view.Warnings = append(view.Warnings, ProblemEntry{Code: f.Code, Field: f.Field, Detail: f.Message(language), Severity: "warning", Line: f.Line, Column: f.Column})
	}
	return view
}

func (s *server) getDraft(ctx context.Context, in *ID) (*versioned[Draft], error) {
	draft, err := s.Service.FindDraft(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &versioned[Draft]{ETag: etag(draft.Version), Body: draftOf(draft, reader(ctx))}, nil
}

type saveDraftInput struct {
	Versioned
	ID
	Body struct {
		Content
		Version int `json:"version,omitempty" minimum:"1" doc:"Of the draft as it was read; left out where there was none."`
	}
}

func (s *server) saveDraft(ctx context.Context, in *saveDraftInput) (*versioned[Draft], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, false)
	if err != nil {
		return nil, err
	}
	content, err := in.Body.content()
	if err != nil {
		return nil, err
	}
	draft, err := s.Service.SaveDraft(ctx, who(ctx), task.DraftInput{TaskID: in.ID.ID, Version: version, Content: content})
	if err := s.withTask(ctx, in.ID.ID, err); err != nil {
		return nil, err
	}
	return &versioned[Draft]{ETag: etag(draft.Version), Body: draftOf(draft, reader(ctx))}, nil
}

// Preparation is what waits for the head.
type Preparation struct {
	ID int64 `json:"id"`
	Content
	PreparedAt time.Time `json:"prepared_at"`
	PreparedBy string    `json:"prepared_by"`
	// Attachments are listed, with their names, beside the task.
	Attachments []int64 `json:"attachments,omitempty" doc:"Numbers of its files."`
}

func (s *server) getPreparation(ctx context.Context, in *ID) (*Answer[Preparation], error) {
	p, err := s.Service.FindPreparation(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[Preparation]{Preparation{p.ID, contentOf(p.Content), p.PreparedAt.UTC(), p.PreparedByName, p.Attachments}}, nil
}

type decidePreparationInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Version  int    `json:"version,omitempty" minimum:"1" doc:"Of the task as it was read; needed here or as If-Match."`
		Decision string `json:"decision" enum:"approve,give_back,take_back" doc:"approve and give_back are the head's; take_back also the focal points'."`
		Reason   string `json:"reason,omitempty" doc:"Needed to give back."`
	}
}

func (s *server) decidePreparation(ctx context.Context, in *decidePreparationInput) (*Answer[Receipt], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, true)
	if err != nil {
		return nil, err
	}
	receipt, err := s.Service.DecidePreparation(ctx, who(ctx), task.PreparationInput{
		TaskID: in.ID.ID, Version: version, Decision: task.PreparationDecision(in.Body.Decision), Reason: in.Body.Reason,
	})
	return s.receipt(ctx, in.ID.ID, receipt, err)
}

type twoSignaturesInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Version  int  `json:"version,omitempty" minimum:"1" doc:"Of the agency as it was read."`
		Required bool `json:"required" doc:"Taken only where the agency has a head with an account."`
	}
}

func (s *server) setTwoSignatures(ctx context.Context, in *twoSignaturesInput) (*versioned[Agency], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, false)
	if err != nil {
		return nil, err
	}
	changed, err := s.Service.SetTwoSignatures(ctx, who(ctx), in.ID.ID, version, in.Body.Required)
	if err != nil {
		return nil, err
	}
	return &versioned[Agency]{ETag: etag(changed.Version), Body: agencyOf(changed)}, nil
}

type compareInput struct {
	ID
	From int `query:"from" required:"true" minimum:"1" doc:"Number of the older version."`
	To   int `query:"to" required:"true" minimum:"1"`
}

// Comparison shows two versions of a result side by side.
type Comparison struct {
	From      Submission     `json:"from"`
	To        Submission     `json:"to"`
	Figures   []FigureChange `json:"figures" doc:"In the order of the duty's fields."`
	Narrative []TextPiece    `json:"narrative" doc:"The text of \"to\", with what it left out of \"from\" in its place. Differences of blanks alone are not shown."`
	Facts     []FactChange   `json:"facts" doc:"Kind and facts of the signed document."`
}

// FigureChange is one figure in both versions.
type FigureChange struct {
	Field
	Old         string `json:"old,omitempty"`
	New         string `json:"new,omitempty"`
	Changed     bool   `json:"changed"`
	Difference  string `json:"difference,omitempty" doc:"New minus old; absent where one of them is no number."`
	Explanation string `json:"explanation,omitempty" doc:"What the newer version says of it."`
}

// FactChange is one fact in both versions.
type FactChange struct {
	Field   string `json:"field" enum:"kind,document_number,document_on,signatory_title"`
	Old     string `json:"old,omitempty"`
	New     string `json:"new,omitempty"`
	Changed bool   `json:"changed"`
}

// TextPiece is a run of text.
type TextPiece struct {
	Change string `json:"change" enum:"same,removed,added"`
	Text   string `json:"text"`
}

func piecesOf(pieces []task.Piece) []TextPiece {
	view := make([]TextPiece, len(pieces))
	for i, p := range pieces {
		view[i] = TextPiece{string(p.Change), p.Text}
	}
	return view
}

func (s *server) compareSubmissions(ctx context.Context, in *compareInput) (*Answer[Comparison], error) {
	c, err := s.Service.CompareSubmissions(ctx, who(ctx), in.ID.ID, in.From, in.To)
	if err != nil {
		return nil, err
	}
	view := Comparison{
		From: submissionOf(c.From), To: submissionOf(c.To), Figures: make([]FigureChange, len(c.Figures)),
		Narrative: piecesOf(c.Narrative), Facts: make([]FactChange, len(c.Facts)),
	}
	for i, f := range c.Figures {
		view.Figures[i] = FigureChange{
			fieldOf(f.Field), f.Old, f.New, f.Changed, f.Difference, f.Explanation,
		}
	}
	for i, f := range c.Facts {
		view.Facts[i] = FactChange(f)
	}
	return &Answer[Comparison]{view}, nil
}
