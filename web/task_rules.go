package web

import (
	"net/url"
	"strconv"
	"strings"

	"dondoc/internal/task"
)

const sectionPrefix = "sections."

// sections lays out the texts that the duty's form asks for.
func (l lexicon) sections(f *submitForm, sections []task.Section) {
	switch len(sections) {
	case 0:
		return
	case 1:
		f.Heading, f.Hint = sections[0].Heading, l.beside(sections[0].Hint, l.ruleOfSection(sections[0]))
		return
	}
	for i, text := range task.SplitSections(f.Narrative, sections) {
		name := sectionPrefix + strconv.Itoa(i)
		f.Sections = append(f.Sections, sectionInput{Section: sections[i], Name: name, ID: fieldID(name), Text: text, Rule: l.ruleOfSection(sections[i])})
	}
}

// sectionsIn is the text of a form with several sections, as it is kept.
func sectionsIn(form url.Values, sections []task.Section) string {
	texts := make([]string, len(sections))
	for i := range sections {
		texts[i] = form.Get(sectionPrefix + strconv.Itoa(i))
	}
	return task.JoinSections(texts, sections)
}

// ruleOf says what a figure has to be.
func (l lexicon) ruleOf(f task.Field) string {
	var rules []string
	if f.Required {
		rules = append(rules, l.say("form.required"))
	}
	if f.Integer {
		rules = append(rules, l.say("form.whole"))
	}
	if f.Min != "" {
		rules = append(rules, l.say("form.at_least", l.decimal(f.Min)))
	}
	if f.Max != "" {
		rules = append(rules, l.say("form.at_most", l.decimal(f.Max)))
	}
	return strings.Join(rules, ", ")
}

func (l lexicon) ruleOfSection(s task.Section) string {
	var rules []string
	if s.Required {
		rules = append(rules, l.say("form.required"))
	}
	if s.MaxLength > 0 {
		rules = append(rules, l.say("form.max_length", l.integer(s.MaxLength)))
	}
	if s.LastReported != "" {
		rules = append(rules, l.say("form.last_reported", l.period(s.LastReported)))
	}
	return strings.Join(rules, ", ")
}

// beside joins a sentence and a rule, each where there is one.
func (l lexicon) beside(hint, rule string) string {
	if hint == "" || rule == "" {
		return capital(hint + rule)
	}
	return strings.TrimSuffix(hint, ".") + " (" + rule + ")."
}
