package measure

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// gold is the form of the two issued plans' readings, which hold more than a draft does.
type gold struct {
	Plan struct {
		Title     string  `yaml:"title"`
		Number    *string `yaml:"number"`
		IssueDate *string `yaml:"issue_date"`
		Authority string  `yaml:"issuing_authority"`
		Territory string  `yaml:"territory"`
		Level     string  `yaml:"level"`
		Period    struct {
			Start string `yaml:"start"`
			End   string `yaml:"end"`
		} `yaml:"period"`
	} `yaml:"plan"`
	LegalBases []struct {
		AsWritten  string  `yaml:"number_as_written"`
		Normalised string  `yaml:"number_normalised"`
		Date       *string `yaml:"date"`
	} `yaml:"legal_bases"`
	Targets []struct {
		Text       string   `yaml:"text"`
		Number     *float64 `yaml:"number"`
		Indicators []struct {
			Number *float64 `yaml:"number"`
		} `yaml:"indicators"`
	} `yaml:"targets"`
	Agencies []struct {
		Agencies []string   `yaml:"agencies"`
		Mode     string     `yaml:"mode"`
		Duties   []goldDuty `yaml:"duties"`
	} `yaml:"agencies"`
	Reporting []struct {
		Line     int      `yaml:"line"`
		To       []string `yaml:"to"`
		Cadences []string `yaml:"cadences"`
	} `yaml:"reporting_lines"`
}

type goldDuty struct {
	Section  string     `yaml:"section"`
	Text     string     `yaml:"text"`
	Role     string     `yaml:"role"`
	Partners []string   `yaml:"partners"`
	Cadences []string   `yaml:"cadences"`
	Sub      []goldDuty `yaml:"sub_duties"`
}

func (d goldDuty) duty() Duty {
	out := Duty{Text: d.Text, Role: d.Role, Cadences: d.Cadences}
	for _, p := range d.Partners {
		// "(khi được yêu cầu)" is a remark of the reader's.
		name, _, _ := strings.Cut(p, " (")
		out.Partners = append(out.Partners, name)
	}
	for _, sub := range d.Sub {
		out.Children = append(out.Children, sub.duty())
	}
	return out
}

// FromGold reads a reading of an issued plan. Names of agencies lose the territory that the reader added, as drafts
// give them as written.
func FromGold(content []byte) (Reading, error) {
	var g gold
	var r Reading
	if err := yaml.Unmarshal(content, &g); err != nil {
		return r, err
	}
	p := &r.Plan
	p.Title, p.Number, p.IssuedOn, p.Issuer, p.Territory, p.Level = g.Plan.Title, g.Plan.Number, g.Plan.IssueDate, &g.Plan.Authority, &g.Plan.Territory, &g.Plan.Level
	p.ValidFrom, p.ValidTo = &g.Plan.Period.Start, &g.Plan.Period.End
	for _, l := range g.LegalBases {
		number := l.Normalised
		if number == "" {
			number = l.AsWritten
		}
		r.LegalBases = append(r.LegalBases, struct {
			Number string  `json:"number"`
			Date   *string `json:"date"`
		}{number, l.Date})
	}
	for _, t := range g.Targets {
		numbers := []*float64{t.Number}
		if len(t.Indicators) > 0 {
			numbers = nil
			for _, i := range t.Indicators {
				numbers = append(numbers, i.Number)
			}
		}
		for _, n := range numbers {
			r.Targets = append(r.Targets, struct {
				Text   string   `json:"text"`
				Number *float64 `json:"number"`
			}{t.Text, n})
		}
	}
	for _, a := range g.Agencies {
		one := struct {
			Names   []string `json:"names"`
			Section string   `json:"section"`
			Mode    string   `json:"mode"`
			Duties  []Duty   `json:"duties"`
		}{Mode: a.Mode}
		for _, name := range a.Agencies {
			one.Names = append(one.Names, strings.TrimSuffix(name, " "+g.Plan.Territory))
		}
		for _, d := range a.Duties {
			one.Section = d.Section
			one.Duties = append(one.Duties, d.duty())
		}
		r.Agencies = append(r.Agencies, one)
	}
	for _, l := range g.Reporting {
		line := l.Line
		one := struct {
			To       []string `json:"to"`
			Cadences []string `json:"cadences"`
			Quote    string   `json:"quote"`
			Line     *int     `json:"line"`
		}{Cadences: l.Cadences, Line: &line}
		one.To = append(one.To, l.To...)
		r.Reporting = append(r.Reporting, one)
	}
	return r, nil
}
