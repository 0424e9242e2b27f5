package web

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
)

// submitForm is the form of a result with what was typed into it.
type submitForm struct {
	Key     string
	AsksNil bool
	Kind    task.Kind
	Window  string
	Figures []figureInput
	// Groups are the figures under the headings of the duty's form.
	Groups         []figureGroup
	Explanations   map[string]string
	Narrative      string
	DocumentNumber string
	DocumentOn     string
	SignatoryTitle string
	Errors         formErrors
	Kept           bool // what was typed came through a sign-in
	Again          bool // mends a returned result
	SendTo         string
	// Correcting: it replaces what is done, for the reason given.
	Correcting bool
	Reason     string
	// Secret: only the number and date of a document are asked for.
	Secret bool
	// Heading and Hint are those of the duty's form, empty where it has none;
	// Sections are its parts where it has several.
	Heading, Hint string
	Sections      []sectionInput
	// Files lie beside the task; Declared is ticked already.
	TakesFiles, NeedsScan, Declared bool
	Files                           []fileView
	FileLimit                       string // in megabytes
	Accept                          string // what a browser offers to choose
	// DraftKey names what a device keeps of this form; empty: nothing is kept.
	// DraftVersion is the draft's that the form was filled from, DraftNote says whose.
	DraftKey, DraftNote string
	DraftVersion        int
	// Section numbers of the form's parts; 0: left out.
	NilNumber, FiguresNumber, NarrativeNumber, DocumentNumberNumber, FilesNumber int
}

// sectionInput is one of several texts that a form asks for.
type sectionInput struct {
	task.Section
	Name, ID, Text, Rule string
	// Above are headings of the outline that have no text of their own.
	Above []string
}

// figureInput is one figure asked for.
type figureInput struct {
	Field    task.Field
	Name, ID string // of the input
	Value    string
	Previous string // what was sent before, for comparison
	Error    string
	Text     bool
	Rule     string // what is taken: "bắt buộc, từ 0 đến 100"
	// Ordinal stands before the name: "1", "2.1". Part: it is a part of the one above.
	Ordinal string
	Part    bool
	// Computed is worked out from others and not typed; Value is what it is now.
	Computed bool
	// Beside is what is known of other periods; Source says where the value comes
	// from that nobody has typed here.
	Beside []string
	Source string
	// Question is what must be explained, in the field AskName; Answer what was written there.
	Question, AskName, AskID, Answer string
}

// reviewForm is the form of a decision.
type reviewForm struct {
	Key, Decision, Reason, ResubmitOn string
	// Then leads on after the decision: the number of another task that waits, or any
	// other word for the list of them; empty: to the task.
	Then   string
	Errors formErrors
}

// formErrors are what keeps a form from being taken in.
type formErrors struct {
	Summary string
	// Unsure: a confirmation settles them.
	Unsure  bool
	Links   []errorLink
	byField map[string]string
}

// errorLink leads from the summary to the field; Field is empty where none is to blame.
type errorLink struct{ Field, Message string }

// Any reports whether something keeps the form back.
func (e formErrors) Any() bool { return e.Summary != "" }

// At is the sentence for a field; empty if it is in order.
func (e formErrors) At(field string) string { return e.byField[field] }

// errorsOf lays out a fault for a form whose fields are named like the fault's.
func errorsOf(f *fault.Fault, l lexicon) formErrors {
	e := formErrors{byField: map[string]string{}}
	parts := f.Details
	if len(parts) == 0 {
		parts = []*fault.Fault{f}
	}
	for _, part := range parts {
		message := part.Message(l.code)
		e.Links = append(e.Links, errorLink{part.Field, message})
		if _, taken := e.byField[part.Field]; !taken && part.Field != "" {
			e.byField[part.Field] = message
		}
	}
	e.Summary = l.count("form.errors", len(e.Links))
	e.Unsure = f.Code == privacy.Unsure
	if f.Kind == fault.Conflict {
		e.Summary = l.say("fail.conflict")
	}
	return e
}

const figurePrefix = "figures."

func (p *pages) blankSubmit(l lexicon, d task.Detail, nilReturn bool) submitForm {
	f := submitForm{Kind: task.Report}
	if nilReturn && d.Task.NilReturn {
		f.Kind = task.NilReturn
	}
	var last task.Submission
	if d.Task.State == task.StateReturned && len(d.Submissions) > 0 {
		// Mending starts from what was sent.
		last = d.Submissions[0]
		f.Kind, f.Narrative = last.Kind, last.Narrative
		f.DocumentNumber, f.SignatoryTitle = last.DocumentNumber, last.SignatoryTitle
		if !last.DocumentOn.IsZero() {
			f.DocumentOn = last.DocumentOn.VN()
		}
	}
	values := l.typedFigures(last.Figures, d.Fields)
	f.Explanations = answersOf(last.Explanations)
	return p.layOut(l, f, d, values)
}

// typedSubmit is the form as a person filled it in.
func (p *pages) typedSubmit(l lexicon, d task.Detail, form url.Values, e formErrors) submitForm {
	f := submitForm{
		Kind: task.Kind(form.Get("kind")), Narrative: form.Get("narrative"), DocumentNumber: form.Get("document_number"),
		DocumentOn: form.Get("document_on"), SignatoryTitle: form.Get("signatory_title"), Errors: e,
	}
	values := map[string]string{}
	if len(d.Rules.Sections) > 1 {
		f.Narrative = sectionsIn(form, d.Rules.Sections)
	}
	for name := range form {
		if code, ok := strings.CutPrefix(name, figurePrefix); ok {
			values[code] = form.Get(name)
		}
	}
	f.Explanations = answersOf(explanationsIn(form))
	return p.layOut(l, f, d, values)
}

// layOut numbers the parts of the form and puts the figures in the duty's order.
func (p *pages) layOut(l lexicon, f submitForm, d task.Detail, values map[string]string) submitForm {
	f.Key = randomHex(16)
	f.AsksNil = d.Task.NilReturn
	f.Again = d.Task.State == task.StateReturned
	f.SendTo = d.Task.RecipientName
	if !d.Task.WindowFrom.IsZero() && !d.Task.WindowTo.IsZero() && d.Task.PeriodKey != "once" && !calendar.IsByHandKey(d.Task.PeriodKey) {
		f.Window = l.say("form.window", d.Task.WindowFrom.VN(), d.Task.WindowTo.VN())
	}
	sent := map[string]string{}
	if len(d.Submissions) > 0 {
		for _, figure := range d.Submissions[0].Figures {
			sent[figure.Indicator] = l.decimal(figure.Value)
		}
	}
	number := 0
	next := func(present bool) int {
		if !present {
			return 0
		}
		number++
		return number
	}
	f.NilNumber = next(f.AsksNil)
	f.Secret = d.Rules.Secret
	f.FiguresNumber = next(len(d.Fields) > 0)
	f.NarrativeNumber = next(!f.Secret)
	f.DocumentNumberNumber = next(true)
	f.FilesNumber = next(!f.Secret)
	l.sections(&f, d.Rules.Sections)
	for i, field := range d.Fields {
		name, ask := figurePrefix+field.Indicator, askPrefix+field.Indicator
		f.Figures = append(f.Figures, figureInput{
			Field: field, Name: name, ID: fieldID(name), Ordinal: strconv.Itoa(i + 1), Value: values[field.Indicator],
			Previous: sent[field.Indicator], Error: f.Errors.At(name), Text: field.Kind == "text",
			Rule: l.ruleOf(field), Part: field.Total != "", Computed: field.Numerator != "",
			Question: f.Errors.At(ask), AskName: ask, AskID: fieldID(ask), Answer: f.Explanations[field.Indicator],
		})
	}
	f.Groups = []figureGroup{{Figures: f.Figures}}
	return f
}

// fieldID is the anchor of a field, for the links of the error summary.
func fieldID(name string) string { return "o-" + name }

// ID is the anchor of the link's field.
func (e errorLink) ID() string { return fieldID(e.Field) }

// submitInput reads a posted form. The faults name every field that cannot be
// read or that the domain would refuse, all at once.
func submitInput(d task.Detail, form url.Values) (task.SubmitInput, error) {
	in := task.SubmitInput{
		TaskID: d.Task.ID, Kind: task.Kind(form.Get("kind")), Narrative: form.Get("narrative"),
		DocumentNumber: form.Get("document_number"), SignatoryTitle: form.Get("signatory_title"),
	}
	in.Attachments = attachmentsIn(form)
	if len(d.Rules.Sections) > 1 {
		in.Narrative = sectionsIn(form, d.Rules.Sections)
	}
	if !d.Task.NilReturn {
		in.Kind = task.Report // the form has not asked
	}
	in.Explanations = explanationsIn(form)
	var faults []*fault.Fault
	for _, field := range d.Fields {
		value, f := readFigure(field, form.Get(figurePrefix+field.Indicator))
		if f != nil {
			faults = append(faults, f)
			continue
		}
		in.Figures = append(in.Figures, task.Figure{Indicator: field.Indicator, Value: value})
	}
	collect := func(err error) {
		f := fault.Of(err)
		switch {
		case f == nil:
		case len(f.Details) > 0:
			faults = append(faults, f.Details...)
		default:
			faults = append(faults, f)
		}
	}
	cleaned, err := in.Clean()
	collect(err)
	if err == nil {
		in = cleaned
	}
	collect(task.CheckFigures(in.Figures, d.Fields))
	on, err := typedDate(form.Get("document_on"), "document_on")
	collect(err)
	in.DocumentOn = on
	if len(faults) == 0 {
		return in, nil
	}
	return in, fault.New(fault.Invalid, "submission.invalid", "Chưa gửi được.", "Not sent.").With(faults...)
}

// typedDate reads a day as people write it, 16/06/2026, or in ISO 8601; empty is no day.
func typedDate(typed, field string) (calendar.Date, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return calendar.Date{}, nil
	}
	for _, layout := range []string{"2/1/2006", "2-1-2006", "2.1.2006", time.DateOnly} {
		if t, err := time.Parse(layout, typed); err == nil {
			return calendar.DateOf(t, time.UTC), nil
		}
	}
	return calendar.Date{}, fault.New(fault.Invalid, "date.form",
		"Ghi ngày theo dạng ngày/tháng/năm, ví dụ 16/06/2026.", "Give the day as day/month/year, such as 16/06/2026.").At(field)
}

func blankReview() reviewForm { return reviewForm{Key: randomHex(16)} }

func typedReview(form url.Values, e formErrors) reviewForm {
	return reviewForm{
		Key: randomHex(16), Decision: form.Get("decision"), Reason: form.Get("reason"), ResubmitOn: form.Get("resubmit_on"), Then: form.Get("tiep"), Errors: e,
	}
}
