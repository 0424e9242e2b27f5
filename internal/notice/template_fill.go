package notice

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// digestTemplate are the words of the weekly digest.
const digestTemplate = TemplateKind(Digest)

// Own are an administrator's words, in place of the standard ones.
type Own map[TemplateKey]Template

// TemplateKey is which words.
type TemplateKey struct {
	Kind     TemplateKind
	Language string
}

// Key is which words these are.
func (t Template) Key() TemplateKey { return TemplateKey{t.Kind, t.Language} }

// OwnOf takes what is kept and can be used. What cannot (an earlier version of the
// system took it, or somebody wrote past the rules) is told and left out, so that
// the standard words go.
func OwnOf(kept []Template) (Own, []error) {
	own := Own{}
	var broken []error
	for _, t := range kept {
		clean, err := t.Clean()
		if err != nil {
			broken = append(broken, fmt.Errorf("words of %s in %s: %w", t.Kind, t.Language, err))
			continue
		}
		own[t.Key()] = clean
	}
	return own, broken
}

// Standard are the words that the system brings; false: there is no such kind.
func Standard(kind TemplateKind, language string) (Template, bool) {
	t := Template{Kind: kind, Language: language}
	for _, p := range allParts {
		for _, requested := range []bool{false, true} {
			if p.template(requested) != kind {
				continue
			}
			words := p.words(requested)
			t.Subject, t.Lead = counted(say(language, words.subjectVI, words.subjectEN)), words.heading(language)
			if language == "en" {
				t.SubjectOne = counted(words.subjectOne)
			}
			return t, true
		}
	}
	if kind == digestTemplate {
		t.Subject = say(language, "tổng hợp tuần", "weekly digest")
		t.Lead = say(language, "Tổng hợp tuần, ngày {day}", "Weekly digest, {day}")
		return t, true
	}
	words, known := accountMail[AccountKind(kind)]
	if known {
		t.Subject, t.Lead, t.Closing = of(language, words.subject), of(language, words.lead), of(language, words.closing)
	}
	return t, known
}

func counted(format string) string { return strings.Replace(format, "%d", "{count}", 1) }

func of(language string, words [2]string) string { return say(language, words[0], words[1]) }

// template names the words of a section.
func (p part) template(requested bool) TemplateKind {
	if requested && p.begged.headingVI != "" {
		return TemplateKind(p.kinds[0]) + requestedSuffix
	}
	return TemplateKind(p.kinds[0])
}

// template are the words in force.
func (w Words) template(kind TemplateKind, language string) Template {
	if own, has := w.Own[TemplateKey{kind, language}]; has {
		return own
	}
	standard, _ := Standard(kind, language)
	return standard
}

var braced = regexp.MustCompile(`\{[^{}\n]*\}`)

// fill puts values in; what they hold is never looked through again.
func fill(text string, values map[string]string) string {
	return braced.ReplaceAllStringFunc(text, func(name string) string {
		return strings.Join(strings.Fields(values[name[1:len(name)-1]]), " ")
	})
}

// lines are the lines of a text without the empty ones.
func lines(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return strings.TrimSpace(line) == "" })
}

// filled are the words of one section, filled in.
type filled struct {
	subject, heading string
	lead, closing    []string
}

func (t Template) fill(values map[string]string, one bool) filled {
	f := filled{subject: fill(t.Subject, values), closing: lines(fill(t.Closing, values))}
	if one && t.SubjectOne != "" {
		f.subject = fill(t.SubjectOne, values)
	}
	if f.lead = lines(fill(t.Lead, values)); len(f.lead) > 0 {
		f.heading, f.lead = f.lead[0], f.lead[1:]
	}
	return f
}

// sectionValues are what the words of a section may be filled in with.
func sectionValues(language, recipient string, t Template, items []Item) (map[string]string, error) {
	values := map[string]string{
		"count": strconv.Itoa(len(items)), "recipient": recipient, "agency": agencies(language, items),
	}
	if !strings.Contains(t.Subject+t.SubjectOne+t.Lead+t.Closing, "{due}") {
		return values, nil
	}
	first := items[0]
	for _, item := range items[1:] {
		if item.DueAt.Before(first.DueAt) {
			first = item
		}
	}
	zone, err := time.LoadLocation(first.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("time zone of notice %d: %w", first.NotificationID, err)
	}
	values["due"] = dueWords(language, first.DueAt, zone)
	return values, nil
}

// agencies names the agency that the items are about, and of several the first and
// how many others there are.
func agencies(language string, items []Item) string {
	var names []string
	for _, item := range items {
		if item.AgencyName != "" && !slices.Contains(names, item.AgencyName) {
			names = append(names, item.AgencyName)
		}
	}
	switch others := len(names) - 1; {
	case others < 0:
		return say(language, "cơ quan, đơn vị", "the agency")
	case others == 0:
		return names[0]
	default:
		return names[0] + say(language, fmt.Sprintf(" và %d đơn vị khác", others), fmt.Sprintf(" and %d more", others))
	}
}
