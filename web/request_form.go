package web

import (
	"net/url"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/request"
)

// What a form on a request does; part of its address.
const (
	actDecide   = "quyet-dinh"
	actOpine    = "y-kien"
	actAnswer   = "tra-loi"
	actPassOn   = "chuyen"
	actWithdraw = "rut"
	actTakeBack = "thu-hoi"
	actExtend   = "gia-han" // on the page of a task
)

// requestForm is one act that the reader may do now, with what was typed into it.
type requestForm struct {
	Act, Action, Key string
	Version          int
	Title, Button    string
	// Choice names the choice that the form asks for; empty: none.
	Choice, Chosen string
	Choices        []requestChoice
	// On names the field of a day; empty: none.
	On, OnLabel, OnHint, Day string
	TextLabel, TextHint      string
	Text                     string
	Filled                   bool // the page's one filled button
	Errors                   formErrors
}

type requestChoice struct{ Value, Title, Hint string }

// At is the sentence for a field of the form.
func (f requestForm) At(field string) string { return f.Errors.At(field) }

// ID is the anchor of a field; a page has several forms with fields of one name.
func (f requestForm) ID(field string) string { return fieldID(f.Act + "-" + field) }

// fill puts in what a person typed, and what stood in the way.
func (f *requestForm) fill(form url.Values, e formErrors) {
	f.Text, f.Errors = form.Get("text"), e
	if f.Choice != "" {
		f.Chosen = form.Get(f.Choice)
	}
	if f.On != "" {
		f.Day = form.Get(f.On)
	}
	f.link()
}

// link leads the errors to this form's fields; what is no field of it stands alone.
func (f *requestForm) link() {
	for i, link := range f.Errors.Links {
		switch link.Field {
		case "":
		case "text", f.On, f.Choice:
			f.Errors.Links[i].Field = f.Act + "-" + link.Field
		default:
			f.Errors.Links[i].Field = ""
		}
	}
}

// requestForms are exactly the acts that the reader may do now.
func requestForms(l lexicon, q request.Request) []requestForm {
	var forms []requestForm
	add := func(may bool, f requestForm) {
		if !may {
			return
		}
		f.Action, f.Key, f.Version = requestAddress(q.ID)+"/"+f.Act, randomHex(16), q.Version
		f.Filled = len(forms) == 0 && f.Act != actWithdraw && f.Act != actTakeBack // undoing is nobody's next step
		forms = append(forms, f)
	}
	if q.MayDecide { // kinds that are not decided have no words for it
		add(true, l.decideForm(q))
	}
	add(q.MayAnswer, requestForm{
		Act: actAnswer, Title: l.say("request.answer"), Button: l.say("request.answer_send"),
		TextLabel: l.say("request.answer_text"), TextHint: l.say("request.text_hint"),
	})
	add(q.MayPassOn, requestForm{
		Act: actPassOn, Title: l.say("request.pass_on"), Button: l.say("request.pass_on_send"),
		TextLabel: l.say("request.reason"), TextHint: l.say("request.pass_on_hint"),
	})
	add(q.MayOpine, requestForm{
		Act: actOpine, Title: l.say("request.opine"), Button: l.say("request.opine_send"), Choice: "stance",
		Choices:   []requestChoice{{"for", l.say("request.opine_for"), ""}, {"against", l.say("request.opine_against"), ""}},
		TextLabel: l.say("request.opine_text"), TextHint: l.say("request.opine_hint"),
	})
	add(q.MayTakeBack, requestForm{
		Act: actTakeBack, Title: l.say("request.take_back"), Button: l.say("request.take_back_send"),
		TextLabel: l.say("request.reason"), TextHint: l.say("request.take_back_hint"),
		On: "on", OnLabel: l.say("request.take_back_on"), OnHint: l.say("request.take_back_on_hint"),
	})
	add(q.MayWithdraw, requestForm{
		Act: actWithdraw, Title: l.say("request.withdraw"), Button: l.say("request.withdraw_send"),
		TextLabel: l.say("request.reason_if_any"), TextHint: l.say("request.withdraw_hint"),
	})
	return forms
}

// decideForm says yes or no in the words of the kind.
func (l lexicon) decideForm(q request.Request) requestForm {
	words := string(q.Kind)
	if q.Kind != request.Help && q.Kind != request.Explanation {
		words = "judged"
	}
	f := requestForm{
		Act: actDecide, Title: l.say("request.decide." + words), Button: l.say("request.decide_send"), Choice: "decision",
		Choices: []requestChoice{
			{"grant", l.say("request.grant." + words), l.say("request.grant_hint." + string(q.Kind))},
			{"refuse", l.say("request.refuse." + words), l.say("request.refuse_hint." + words)},
		},
		TextLabel: l.say("request.reason"), TextHint: l.say("request.decide_hint"),
	}
	if q.Kind == request.Extension {
		f.On, f.OnLabel, f.OnHint, f.Day = "on", l.say("request.grant_on"), l.say("request.grant_on_hint"), q.ProposedOn.VN()
	}
	return f
}

// requestAct reads a posted form; the faults name every field that is not in order.
func requestAct(q request.Request, act string, form url.Values) (request.Act, error) {
	in := request.Act{ID: q.ID, Version: versionIn(form), Text: form.Get("text")}
	var faults []*fault.Fault
	collect := func(err error) {
		if f := fault.Of(err); f != nil {
			faults = append(faults, f)
		}
	}
	needed := act != actWithdraw
	day := act == actTakeBack
	switch act {
	case actDecide:
		in.Grant, needed = form.Get("decision") == "grant", form.Get("decision") == "refuse"
		day = in.Grant && q.Kind == request.Extension
		if !in.Grant && !needed {
			collect(unchosen("decision"))
		}
	case actOpine:
		in.Grant = form.Get("stance") == "for"
		if !in.Grant && form.Get("stance") != "against" {
			collect(unchosen("stance"))
		}
	}
	if day {
		on, err := typedDate(form.Get("on"), "on")
		collect(err)
		in.On = on
	}
	cleaned, err := in.Clean(needed)
	collect(err)
	if len(faults) > 0 {
		return in, fault.New(fault.Invalid, "request.invalid", "Chưa gửi được.", "Not sent.").With(faults...)
	}
	return cleaned, nil
}

func unchosen(field string) error {
	return fault.New(fault.Invalid, "request.unchosen", "Chọn một trong hai.", "Choose one of the two.").At(field)
}

// extendForm asks for more time for a task.
func extendForm(l lexicon, task int64, version int) requestForm {
	return requestForm{
		Act: actExtend, Action: taskAddress(task) + "/" + actExtend, Key: randomHex(16), Version: version,
		Title: l.say("request.extend"), Button: l.say("request.extend_send"),
		TextLabel: l.say("request.reason"), TextHint: l.say("request.text_hint"),
		On: "proposed_on", OnLabel: l.say("request.proposed_on"), OnHint: l.say("request.proposed_on_hint"),
	}
}

// extendInput reads the form of more time.
func extendInput(task int64, form url.Values) (request.AskInput, error) {
	in := request.AskInput{TaskID: task, Version: versionIn(form), Kind: request.Extension, Text: form.Get("text")}
	var faults []*fault.Fault
	on, err := typedDate(form.Get("proposed_on"), "proposed_on")
	if f := fault.Of(err); f != nil {
		faults = append(faults, f)
	} else if on.IsZero() {
		faults = append(faults, fault.New(fault.Invalid, "request.proposed_on",
			"Ghi ngày đề nghị gia hạn đến.", "Give the day to which more time is asked.").At("proposed_on"))
	}
	// Its text is judged even where the day is not in order.
	if in.ProposedOn = on; on.IsZero() {
		in.ProposedOn = calendar.NewDate(2000, 1, 1)
	}
	cleaned, err := in.Clean()
	if f := fault.Of(err); f != nil {
		faults = append(faults, f)
	}
	if len(faults) > 0 {
		return in, fault.New(fault.Invalid, "request.invalid", "Chưa gửi được.", "Not sent.").With(faults...)
	}
	return cleaned, nil
}
