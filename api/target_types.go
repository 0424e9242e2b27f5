package api

import (
	"time"

	"github.com/shopspring/decimal"

	"dondoc/internal/indicator"
	"dondoc/internal/target"
)

// PlanTargets are the targets of a plan with where they stand.
type PlanTargets struct {
	Plan    PlanRef  `json:"plan"`
	On      string   `json:"on" format:"date" doc:"The business day that they are judged on."`
	Manages bool     `json:"manages" doc:"You may split targets and enter baselines."`
	Targets []Target `json:"targets"`
}

// Target is what the plan aims at.
type Target struct {
	Code       string          `json:"code"`
	Reference  string          `json:"reference,omitempty"`
	Text       string          `json:"text"`
	Due        string          `json:"due" format:"date"`
	Cadence    string          `json:"cadence,omitempty"`
	Duty       string          `json:"duty,omitempty" doc:"Code of the duty in whose text it stands."`
	Owners     []TargetOwner   `json:"owners" doc:"Who answers for it."`
	Configured []string        `json:"configured" doc:"What the document does not say and the plan authority set."`
	Measures   []TargetMeasure `json:"measures"`
}

// TargetOwner is an agency, or a group of agencies.
type TargetOwner struct {
	ID   int64  `json:"id,omitempty" doc:"Left out: a group."`
	Code string `json:"code" doc:"Of a group with @ before it."`
	Name string `json:"name"`
}

// Outlook is where a figure stands and where it goes.
type Outlook struct {
	Actual   string `json:"actual" doc:"Decimal text; empty where nothing is known or it is hidden."`
	Done     string `json:"done_percent" doc:"Share of the aim; empty where it cannot be said."`
	Forecast string `json:"forecast" doc:"At the end, at the pace until now; empty where it cannot be said."`
	Light    string `json:"light" enum:"green,amber,red,unclear"`
	Rule     string `json:"rule" doc:"Why the light is what it is, in your language."`
	Hidden   bool   `json:"hidden,omitempty" doc:"Fewer than five persons, and you are outside of the reporting chain."`
}

// TargetMeasure is one figure of a target.
type TargetMeasure struct {
	Number    int                `json:"number" doc:"Its place in the target, from 1."`
	Kind      string             `json:"kind" enum:"percent,count,money,percent_reduction,maintain,at_least,qualitative"`
	Aim       string             `json:"aim" doc:"Decimal text; empty for an aim in words."`
	Unit      string             `json:"unit,omitempty"`
	Measure   string             `json:"measure,omitempty" doc:"What is measured, as written."`
	Soft      bool               `json:"soft,omitempty" doc:"The document says phấn đấu."`
	Indicator string             `json:"indicator,omitempty"`
	Name      string             `json:"indicator_name,omitempty"`
	Class     *TargetClass       `json:"class,omitempty" doc:"The share of the units in this class of a score sheet is aimed at."`
	Outlook   Outlook            `json:"outlook"`
	Readings  []TargetReading    `json:"readings" doc:"The points of a chart, in order of time."`
	Years     []TargetYear       `json:"years"`
	Parts     []TargetPart       `json:"parts" doc:"The units that it is made of, as far as you may see them."`
	Feeds     []TargetFeed       `json:"feeds" doc:"Duties whose reports give the figure."`
	Baseline  *TargetBaseline    `json:"baseline,omitempty"`
	Warnings  []TargetWarning    `json:"warnings"`
	Split     []TargetPartWanted `json:"split" doc:"Its parts by agency, by year or both, as they hold now."`
}

// TargetClass is a class of a score sheet.
type TargetClass struct {
	Sheet string `json:"sheet"`
	Class string `json:"class"`
}

// TargetReading is a figure as it was known on a day.
type TargetReading struct {
	On    string `json:"on" format:"date"`
	Value string `json:"value"`
}

// TargetYear is one year's part.
type TargetYear struct {
	Year    int     `json:"year"`
	Aim     string  `json:"aim"`
	Outlook Outlook `json:"outlook"`
}

// TargetPart is one unit's part.
type TargetPart struct {
	Agency  AgencyRef    `json:"agency"`
	Aim     string       `json:"aim" doc:"Empty where no part was split off for it."`
	Outlook Outlook      `json:"outlook"`
	Years   []TargetYear `json:"years"`
	Tasks   []int64      `json:"tasks" doc:"The results in its figure."`
	Opens   bool         `json:"opens" doc:"There are units below it: ask for the target with under."`
}

// TargetFeed is a duty whose reports give a figure.
type TargetFeed struct {
	DutyID int64  `json:"duty_id"`
	Code   string `json:"code"`
	Title  string `json:"title"`
}

// TargetBaseline is the level that a reduction starts from.
type TargetBaseline struct {
	Value     string     `json:"value"`
	Source    string     `json:"source,omitempty" doc:"Left out where the plan file gives it."`
	CountedOn string     `json:"counted_on,omitempty" format:"date"`
	EnteredAt *time.Time `json:"entered_at,omitempty"`
	EnteredBy string     `json:"entered_by,omitempty"`
}

// TargetWarning is something that a person has to see to.
type TargetWarning struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// TargetPartWanted is a part of a measure.
type TargetPartWanted struct {
	AgencyID int64  `json:"agency_id,omitempty" minimum:"1" doc:"Left out: of all agencies."`
	Year     int    `json:"year,omitempty" minimum:"1900" maximum:"2200" doc:"Left out: of the whole span."`
	Aim      string `json:"aim" minLength:"1" maxLength:"40" example:"1600"`
}

func numberOf(n *decimal.Decimal) string {
	if n == nil {
		return ""
	}
	return n.String()
}

func outlookOf(o indicator.Outlook, hidden bool, language string) Outlook {
	view := Outlook{Actual: numberOf(o.Actual), Done: numberOf(o.Done), Forecast: numberOf(o.Forecast), Light: string(o.Light), Rule: o.RuleVI, Hidden: hidden}
	if language == "en" {
		view.Rule = o.RuleEN
	}
	if hidden {
		view.Actual = indicator.Hidden
	}
	return view
}

func planTargetsOf(v target.View, language string) PlanTargets {
	view := PlanTargets{Plan: PlanRef{ID: v.PlanID, Code: v.PlanCode, Title: v.PlanTitle}, On: v.On.String(), Manages: v.Manages, Targets: make([]Target, len(v.Targets))}
	for i, t := range v.Targets {
		one := Target{
			Code: t.Code, Reference: t.Reference, Text: t.Text, Due: t.Due.String(), Cadence: string(t.Cadence), Duty: t.DutyCode,
			Owners: make([]TargetOwner, len(t.Owners)), Configured: append([]string{}, t.Configured...), Measures: make([]TargetMeasure, len(t.Measures)),
		}
		for j, a := range t.Owners {
			one.Owners[j] = TargetOwner{ID: a.ID, Code: a.Code, Name: a.Name}
		}
		for j, m := range t.Measures {
			one.Measures[j] = targetMeasureOf(m, language)
		}
		view.Targets[i] = one
	}
	return view
}

func targetMeasureOf(m target.Measured, language string) TargetMeasure {
	view := TargetMeasure{
		Number: m.Number, Kind: string(m.Kind), Aim: numberOf(m.Aim), Unit: m.Unit, Measure: m.Name, Soft: m.Soft, Indicator: m.Indicator, Name: m.Definition.Name,
		Outlook: outlookOf(m.Outlook, m.Hidden, language), Years: targetYearsOf(m.Years, language),
		Readings: make([]TargetReading, len(m.Readings)), Parts: make([]TargetPart, len(m.Parts)), Feeds: make([]TargetFeed, len(m.Feeds)),
		Warnings: make([]TargetWarning, len(m.Warnings)), Split: make([]TargetPartWanted, len(m.Aims)),
	}
	if m.Class.Sheet != "" {
		view.Class = &TargetClass{m.Class.Sheet, m.Class.Class}
	}
	if b := m.Measure.Baseline; b != nil {
		view.Baseline = &TargetBaseline{Value: b.Value.String(), Source: b.Source, CountedOn: b.On.String(), EnteredBy: b.ByName}
		if !b.At.IsZero() {
			view.Baseline.EnteredAt = &b.At
		}
	}
	for i, r := range m.Readings {
		view.Readings[i] = TargetReading{r.On.String(), r.Value.String()}
	}
	for i, p := range m.Parts {
		view.Parts[i] = TargetPart{
			Agency: AgencyRef{ID: p.Agency.ID, Code: p.Agency.Code, Name: p.Agency.Name}, Aim: numberOf(p.Aim),
			Outlook: outlookOf(p.Outlook, p.Hidden, language), Years: targetYearsOf(p.Years, language), Tasks: append([]int64{}, p.Tasks...), Opens: p.Opens,
		}
	}
	for i, f := range m.Feeds {
		view.Feeds[i] = TargetFeed{f.DutyID, f.Code, f.Title}
	}
	for i, w := range m.Warnings {
		view.Warnings[i] = TargetWarning{w.Code, w.VI}
		if language == "en" {
			view.Warnings[i].Detail = w.EN
		}
	}
	for i, a := range m.Aims {
		view.Split[i] = TargetPartWanted{a.AgencyID, a.Year, a.Aim.String()}
	}
	return view
}

func targetYearsOf(years []target.YearOutlook, language string) []TargetYear {
	list := make([]TargetYear, len(years))
	for i, y := range years {
		list[i] = TargetYear{y.Year, y.Aim.String(), outlookOf(y.Outlook, y.Hidden, language)}
	}
	return list
}
