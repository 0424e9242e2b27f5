package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/form"
	"dondoc/internal/indicator"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// askPrefix begins the names of the fields in which figures are explained.
const askPrefix = "explanations."

// figureGroup is a section of a form with its figures.
type figureGroup struct {
	Heading, Hint string
	Figures       []figureInput
}

// explanationsIn are the explanations of a posted form.
func explanationsIn(posted url.Values) []task.Explanation {
	var list []task.Explanation
	for name := range posted {
		if code, ok := strings.CutPrefix(name, askPrefix); ok && strings.TrimSpace(posted.Get(name)) != "" {
			list = append(list, task.Explanation{Indicator: code, Text: posted.Get(name)})
		}
	}
	return list
}

func answersOf(list []task.Explanation) map[string]string {
	answers := make(map[string]string, len(list))
	for _, e := range list {
		answers[e.Indicator] = e.Text
	}
	return answers
}

// typedFigures are figures as they can be typed back, by indicator.
func (l lexicon) typedFigures(figures []task.Figure, fields []task.Field) map[string]string {
	values := make(map[string]string, len(figures))
	for _, figure := range figures {
		kind := ""
		if at := slices.IndexFunc(fields, func(f task.Field) bool { return f.Indicator == figure.Indicator }); at >= 0 {
			kind = fields[at].Kind
		}
		values[figure.Indicator] = l.typed(figure.Value, kind)
	}
	return values
}

// readFigure brings what was typed into the stored form. A count that need not
// be whole (a mean) is read like any other number.
func readFigure(field task.Field, typed string) (string, *fault.Fault) {
	unit := indicator.Unit(field.Kind)
	if unit == indicator.Text {
		return typed, nil
	}
	if unit == indicator.Count && !field.Integer {
		unit = indicator.Money
	}
	value, err := indicator.Read(typed, unit)
	if f := fault.Of(err); f != nil {
		f = f.At(figurePrefix + field.Indicator)
		f.VI, f.EN = field.FullName()+": "+f.VI, field.FullName()+": "+f.EN
		return "", f
	}
	return value, nil
}

// addForm puts beside the figures of a form what is known of them: the form's
// headings, earlier periods, and what the unit gave elsewhere. fill also writes
// what is known into fields that are empty.
func (p *pages) addForm(c *gin.Context, actor policy.Actor, d task.Detail, fill bool, f *submitForm) error {
	if len(d.Fields) == 0 && len(d.Rules.Sections) == 0 || !f.Correcting && !d.MaySubmit || f.Correcting && !d.MayCorrect {
		return nil
	}
	filled, err := p.service.FilledForm(c.Request.Context(), actor, d.Task.ID)
	if err != nil {
		return err
	}
	l := lexicon{language(actor.Language)}
	var groups []figureGroup
	placed := map[string]bool{}
	for _, section := range filled.Sections {
		group := figureGroup{Hint: section.Hint}
		if filled.Code != "" {
			group.Heading = section.Heading
		}
		for _, row := range section.Rows {
			at := slices.IndexFunc(f.Figures, func(i figureInput) bool { return i.Field.Indicator == row.Code })
			if at < 0 || placed[row.Code] {
				continue
			}
			placed[row.Code] = true
			input := f.Figures[at]
			input.Ordinal, input.Part, input.Computed = row.Ordinal, row.Depth > 0, row.Computed
			l.around(&input, filled.Figures[row.Code], fill)
			group.Figures = append(group.Figures, input)
		}
		if len(group.Figures) > 0 {
			groups = append(groups, group)
		}
	}
	rest := slices.DeleteFunc(slices.Clone(f.Figures), func(i figureInput) bool { return placed[i.Field.Indicator] })
	if f.Groups = groups; len(rest) > 0 {
		f.Groups = append(f.Groups, figureGroup{Figures: rest})
	}
	addTexts(filled, fill, f)
	return nil
}

// around adds to a figure's field what is known of it.
func (l lexicon) around(input *figureInput, known form.Figures, fill bool) {
	switch {
	case input.Computed:
		input.Value = l.decimal(known.InPeriod)
	case fill && input.Value == "" && known.InPeriod != "":
		input.Value = l.typed(known.InPeriod, input.Field.Kind)
	case fill && input.Value == "" && known.Offered != "":
		input.Value = l.typed(known.Offered, input.Field.Kind)
	}
	if known.Offered != "" && !input.Computed {
		input.Source = l.say("form.offered", l.decimal(known.Offered), known.OfferedFrom)
	}
	tell := func(key, value string) {
		if value != "" {
			input.Beside = append(input.Beside, l.say(key, l.decimal(value)))
		}
	}
	if known.Previous != "" && known.PreviousKey != "" {
		input.Beside = append(input.Beside, l.say("form.period_before", calendar.LabelOf(known.PreviousKey, l.code), l.decimal(known.Previous)))
	} else {
		tell("form.entered_before", known.Previous)
	}
	tell("form.year_before", known.YearBefore)
	tell("form.year_plan", known.YearPlan)
}

// addTexts puts the headings of an outline above the texts below them, and what
// is being written into texts that are empty.
func addTexts(filled form.Filled, fill bool, f *submitForm) {
	var above []string
	n := 0
	for _, s := range filled.Sections {
		if !s.Narrative {
			if s.Level > 0 {
				above = append(above, s.Heading)
			}
			continue
		}
		if n < len(f.Sections) && n < len(filled.Texts) {
			f.Sections[n].Above = above
			if fill && f.Narrative == "" {
				f.Sections[n].Text = filled.Texts[n]
			}
		}
		above, n = nil, n+1
	}
	if fill && f.Narrative == "" && len(f.Sections) == 0 && len(filled.Texts) == 1 {
		f.Narrative = filled.Texts[0]
	}
}
