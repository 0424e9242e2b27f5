// Package measure compares drafts with readings by hand: what was found of what is there (recall), and what is there of
// what was found (precision), for each kind of item.
package measure

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"dondoc/internal/draft"
)

// Reading is a document as a person read it, in the shape of the draft's JSON.
type Reading struct {
	Plan struct {
		Title     string  `json:"title"`
		Number    *string `json:"number"`
		IssuedOn  *string `json:"issued_on"`
		Issuer    *string `json:"issuer"`
		Level     *string `json:"level"`
		Territory *string `json:"territory"`
		ValidFrom *string `json:"valid_from"`
		ValidTo   *string `json:"valid_to"`
	} `json:"plan"`
	LegalBases []struct {
		Number string  `json:"number"`
		Date   *string `json:"date"`
	} `json:"legal_bases"`
	Targets []struct {
		Text   string   `json:"text"`
		Number *float64 `json:"number"`
	} `json:"targets"`
	Agencies []struct {
		Names   []string `json:"names"`
		Section string   `json:"section"`
		Mode    string   `json:"mode"`
		Duties  []Duty   `json:"duties"`
	} `json:"agencies"`
	Reporting []struct {
		To       []string `json:"to"`
		Cadences []string `json:"cadences"`
		Quote    string   `json:"quote"`
		Line     *int     `json:"line"`
	} `json:"reporting"`
	AnnexTasks []struct {
		Number       string   `json:"number"`
		Text         string   `json:"text"`
		Lead         []string `json:"lead"`
		Coordinating []string `json:"coordinating"`
		Due          *string  `json:"due"`
		Product      *string  `json:"product"`
	} `json:"annex_tasks"`
}

// Duty is a duty of a reading.
type Duty struct {
	Text     string   `json:"text"`
	Role     string   `json:"role"`
	Partners []string `json:"partners"`
	Cadences []string `json:"cadences"`
	Due      []string `json:"due"`
	Children []Duty   `json:"children"`
}

// Score is how one kind of item was read.
type Score struct {
	Kind string
	// Right are found and there; Wanted are there; Found were found.
	Right, Wanted, Found int
	// Missed and Invented say which.
	Missed, Invented []string
}

// Precision is the part of what was found that is there; 1 where nothing was found.
func (s Score) Precision() float64 { return part(s.Right, s.Found) }

// Recall is the part of what is there that was found; 1 where nothing is there.
func (s Score) Recall() float64 { return part(s.Right, s.Wanted) }

func part(of, all int) float64 {
	if all == 0 {
		return 1
	}
	return float64(of) / float64(all)
}

// Compare scores a draft against a reading.
func Compare(want Reading, got draft.Draft) []Score {
	return []Score{
		facts(want, got), agencies(want, got), duties(want, got), partners(want, got), cadences(want, got), dues(want, got), targets(want, got), reporting(want, got), recipients(want, got), legal(want, got), annex(want, got),
	}
}

// score compares two lists of keys, each key as often as it stands there.
func score(kind string, want, got []string) Score {
	s := Score{Kind: kind, Wanted: len(want), Found: len(got)}
	left := map[string]int{}
	for _, w := range want {
		left[w]++
	}
	for _, g := range got {
		if left[g] > 0 {
			left[g]--
			s.Right++
			continue
		}
		s.Invented = append(s.Invented, g)
	}
	for _, w := range want {
		if left[w] > 0 {
			left[w]--
			s.Missed = append(s.Missed, w)
		}
	}
	return s
}

// same writes a text so that spelling and blanks make no difference.
func same(s string) string {
	s = strings.ToLower(norm.NFC.String(strings.Join(strings.Fields(s), " ")))
	s = strings.NewReplacer("ủy ban nhân dân", "ubnd", "uỷ ban nhân dân", "ubnd", "uỷ", "ủy", "hoà", "hòa", " – ", " ", " - ", " ", "–", "-").Replace(s)
	return strings.Trim(s, " .;:/")
}

// exact keeps a text but for runs of blanks.
func exact(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }

func all(list []string) string {
	out := make([]string, len(list))
	for i, one := range list {
		out[i] = same(one)
	}
	slices.Sort(out)
	return strings.Join(out, " + ")
}

func or(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func facts(want Reading, got draft.Draft) Score {
	p, q := want.Plan, got.Plan
	var w, g []string
	for _, one := range []struct{ name, want, got string }{
		{"title", same(p.Title), same(q.Title)}, {"number", or(p.Number), string(q.Number)}, {"issued_on", or(p.IssuedOn), string(q.IssuedOn)}, {"issuer", same(or(p.Issuer)), same(string(q.Issuer))},
		{"territory", same(or(p.Territory)), same(string(q.Territory))}, {"level", or(p.Level), string(q.Level)}, {"valid_from", or(p.ValidFrom), string(q.ValidFrom)}, {"valid_to", or(p.ValidTo), string(q.ValidTo)},
	} {
		if one.want != "" {
			w = append(w, one.name+": "+one.want)
		}
		if one.got != "" {
			g = append(g, one.name+": "+one.got)
		}
	}
	return score("facts", w, g)
}

func agencies(want Reading, got draft.Draft) Score {
	var w, g []string
	for _, a := range want.Agencies {
		for _, name := range a.Names {
			w = append(w, a.Section+" | "+same(name)+" | "+a.Mode)
		}
	}
	for _, a := range got.Agencies {
		for _, name := range a.Names {
			g = append(g, a.Section+" | "+same(name)+" | "+string(a.Mode))
		}
	}
	return score("agencies", w, g)
}

// flat are the duties with those nested in them.
func flat(list []Duty) []Duty {
	var out []Duty
	for _, d := range list {
		out = append(append(out, d), flat(d.Children)...)
	}
	return out
}

func flatDraft(list []draft.Duty) []Duty {
	var out []Duty
	for _, d := range list {
		out = append(out, Duty{Text: d.Text, Role: string(d.Role), Partners: d.Partners, Cadences: d.Cadences, Due: d.Due})
		out = append(out, flatDraft(d.Children)...)
	}
	return out
}

func wanted(r Reading) []Duty {
	var out []Duty
	for _, a := range r.Agencies {
		out = append(out, flat(a.Duties)...)
	}
	return out
}

func found(d draft.Draft) []Duty {
	var out []Duty
	for _, a := range d.Agencies {
		out = append(out, flatDraft(a.Duties)...)
	}
	return out
}

func duties(want Reading, got draft.Draft) Score {
	var w, g []string
	for _, d := range wanted(want) {
		w = append(w, d.Role+" | "+exact(d.Text))
	}
	for _, d := range found(got) {
		g = append(g, d.Role+" | "+exact(d.Text))
	}
	return score("duties", w, g)
}

// each compares what belongs to duties, over the duties that both have.
func each(kind string, want Reading, got draft.Draft, of func(Duty) []string) Score {
	var w, g []string
	there, here := map[string]bool{}, map[string]bool{}
	for _, d := range wanted(want) {
		there[exact(d.Text)] = true
	}
	for _, d := range found(got) {
		here[exact(d.Text)] = true
	}
	for _, d := range wanted(want) {
		if here[exact(d.Text)] {
			for _, one := range of(d) {
				w = append(w, one+" | "+exact(d.Text))
			}
		}
	}
	for _, d := range found(got) {
		if there[exact(d.Text)] {
			for _, one := range of(d) {
				g = append(g, one+" | "+exact(d.Text))
			}
		}
	}
	return score(kind, w, g)
}

func partners(want Reading, got draft.Draft) Score {
	return each("partners", want, got, func(d Duty) []string {
		var out []string
		for _, p := range d.Partners {
			out = append(out, same(p))
		}
		return out
	})
}

func cadences(want Reading, got draft.Draft) Score {
	return each("cadences", want, got, func(d Duty) []string {
		return slices.DeleteFunc(slices.Clone(d.Cadences), func(c string) bool { return c == draft.Once })
	})
}

func dues(want Reading, got draft.Draft) Score {
	return each("due times", want, got, func(d Duty) []string { return d.Due })
}

func targets(want Reading, got draft.Draft) Score {
	key := func(text string, n *float64) string {
		if n == nil {
			return "– | " + exact(text)
		}
		return fmt.Sprintf("%g | %s", *n, exact(text))
	}
	var w, g []string
	for _, t := range want.Targets {
		w = append(w, key(t.Text, t.Number))
	}
	for _, t := range got.Targets {
		g = append(g, key(t.Text, t.Number))
	}
	return score("targets", w, g)
}

func reporting(want Reading, got draft.Draft) Score {
	numbered := false
	for _, r := range want.Reporting {
		numbered = numbered || r.Line != nil
	}
	key := func(line int, quote string, cadences []string) string {
		cadences = slices.Clone(cadences)
		slices.Sort(cadences)
		at := fmt.Sprint(line)
		if !numbered {
			at = exact(quote)
		}
		return at + " | " + strings.Join(slices.DeleteFunc(cadences, func(c string) bool { return c == draft.Once }), " ")
	}
	var w, g []string
	for _, r := range want.Reporting {
		line := 0
		if r.Line != nil {
			line = *r.Line
		}
		w = append(w, key(line, r.Quote, r.Cadences))
	}
	for _, r := range got.Reporting {
		g = append(g, key(r.Line, r.Quote, r.Cadences))
	}
	return score("reporting", w, g)
}

// recipients compares to whom reports go, name by name; remarks in brackets and the plan's own territory tell nothing.
func recipients(want Reading, got draft.Draft) Score {
	place := " " + same(or(want.Plan.Territory))
	key := func(line *int, quote, to string) string {
		to, _, _ = strings.Cut(to, " (")
		at := exact(quote)
		if line != nil {
			at = fmt.Sprint(*line)
		}
		return at + " | " + strings.TrimSuffix(same(to), place)
	}
	numbered := false
	var w, g []string
	for _, r := range want.Reporting {
		numbered = numbered || r.Line != nil
		for _, to := range r.To {
			w = append(w, key(r.Line, r.Quote, to))
		}
	}
	for _, r := range got.Reporting {
		line := &r.Line
		if !numbered {
			line = nil
		}
		for _, to := range r.To {
			g = append(g, key(line, r.Quote, to))
		}
	}
	return score("recipients", w, g)
}

func legal(want Reading, got draft.Draft) Score {
	var w, g []string
	for _, l := range want.LegalBases {
		w = append(w, same(l.Number)+" "+or(l.Date))
	}
	for _, l := range got.LegalBases {
		g = append(g, same(l.Number)+" "+string(l.Date))
	}
	return score("legal bases", w, g)
}

func annex(want Reading, got draft.Draft) Score {
	var w, g []string
	for _, t := range want.AnnexTasks {
		w = append(w, t.Number+" | "+same(t.Text)+" | "+all(t.Lead)+" | "+all(t.Coordinating)+" | "+or(t.Due)+" | "+same(or(t.Product)))
	}
	for _, t := range got.AnnexTasks {
		due := string(t.DueOn)
		if due == "" && len(t.Cadences) > 0 {
			due = strings.Join(t.Cadences, " ")
		}
		g = append(g, t.Number+" | "+same(t.Text)+" | "+all(t.Lead)+" | "+all(t.Coordinating)+" | "+due+" | "+same(string(t.Product)))
	}
	return score("annex tasks", w, g)
}
