package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"dondoc/internal/consolidation"
	"dondoc/internal/form"
)

// consolidatedItem is one figure with what it is made of.
type consolidatedItem struct {
	ID, Code, Name, Unit string
	Previous, Value, Was string
	Change               string // against the period before: "+12"
	From                 string // how many units gave it
	Opens                string // address that opens the figure, or closes it again
	Edited               bool
	Opened               *openedItem
}

type openedItem struct {
	Sentence string
	Levels   []figureView
	// Parts are the largest, Rest those after them.
	Parts, Rest []partLine
	Silent      []partLine
}

// partLine is one version in the tree of a figure.
type partLine struct {
	Address, Agency, Facts, Value, Computed string
	// Bar is the length of the part's bar of barLength; -1: it has none.
	Bar   int
	Parts []partLine
}

// shownParts is how many parts of a figure are listed unfolded where there are many.
const shownParts = 20

// barLength is that of the largest part of a figure.
const barLength = 200

func figureID(code string) string { return "so-" + code }

// consolidatedFigures are the figures of the report beside those of the period
// before, which it names.
func (l lexicon) consolidatedFigures(id int64, v consolidation.View, known map[string]form.Figures) (items []consolidatedItem, previous string) {
	old := map[string]string{}
	for _, change := range v.Changes {
		if change.Old != change.New {
			old[change.Code] = change.Old
		}
	}
	edited := map[string]bool{}
	for _, code := range v.Edited {
		edited[code] = true
	}
	items = make([]consolidatedItem, len(v.Definitions))
	for i, d := range v.Definitions {
		before := known[d.Code]
		item := consolidatedItem{
			ID: figureID(d.Code), Code: d.Code, Name: d.Name, Unit: d.UnitName, Previous: l.decimal(before.Previous), Value: l.decimal(v.Figures[i].Value),
			Change: l.changeOf(before.Previous, v.Figures[i].Value), Edited: edited[d.Code],
		}
		if before.PreviousKey != "" {
			previous = l.period(before.PreviousKey)
		}
		if was, changed := old[d.Code]; changed {
			item.Was = l.say("consolidation.was", l.decimal(was))
		}
		if parts := v.Figures[i].Parts; len(parts) > 0 {
			units := map[int64]bool{}
			for _, part := range parts {
				units[part.Unit] = true
			}
			item.From = l.count("consolidation.units", len(units))
			item.Opens = consolidationAddress(id) + "?chi-tieu=" + url.QueryEscape(d.Code) + "#" + figureID(d.Code)
		}
		items[i] = item
	}
	return items, previous
}

// changeOf is the difference between two stored figures, with its sign; empty
// where one of them is not known or they are the same.
func (l lexicon) changeOf(before, now string) string {
	if !storedDecimal.MatchString(before) || !storedDecimal.MatchString(now) {
		return ""
	}
	difference := decimal.RequireFromString(now).Sub(decimal.RequireFromString(before))
	switch {
	case difference.IsZero():
		return ""
	case difference.IsPositive():
		return "+" + l.decimal(difference.String())
	}
	return "−" + l.decimal(difference.Abs().String())
}

func (l lexicon) openedOf(o consolidation.Opened, missing []consolidation.Gone) *openedItem {
	item := &openedItem{Silent: l.partLines(o.Silent)}
	unit := ""
	if o.Definition.UnitName != "" {
		unit = " " + o.Definition.UnitName
	}
	item.Sentence = l.say("consolidation.made_of", l.decimal(o.Value)+unit, l.count("consolidation.reports", len(o.Parts)))
	if len(missing) > 0 {
		item.Sentence += " " + l.lacks("consolidation.not_in", missing)
	}
	item.Parts = l.partLines(o.Parts)
	if len(item.Parts) > shownParts+shownParts/4 {
		item.Parts, item.Rest = item.Parts[:shownParts], item.Parts[shownParts:]
	}
	for _, level := range o.Levels {
		item.Levels = append(item.Levels, figureView{Name: l.sayOr("level."+level.Level, "level.other"), Unit: l.count("consolidation.units", level.Units), Value: l.decimal(level.Value)})
	}
	return item
}

// partLines are the parts of a figure, the largest first.
func (l lexicon) partLines(nodes []consolidation.Node) []partLine {
	most := decimal.Zero
	for _, n := range nodes {
		if storedDecimal.MatchString(n.Value) {
			most = decimal.Max(most, decimal.RequireFromString(n.Value))
		}
	}
	list := make([]partLine, len(nodes))
	for i, n := range nodes {
		facts := []string{l.period(n.PeriodKey), l.say("submission.title", n.Number)}
		if n.Document != "" {
			facts = append(facts, l.say("submission.document", n.Document))
		}
		list[i] = partLine{
			Address: taskAddress(n.TaskID), Agency: n.AgencyName, Facts: strings.Join(facts, ", "), Value: l.decimal(n.Value), Bar: -1, Parts: l.partLines(n.Parts),
		}
		if most.IsPositive() && storedDecimal.MatchString(n.Value) {
			share := decimal.RequireFromString(n.Value).Mul(decimal.NewFromInt(barLength)).Div(most)
			list[i].Bar = max(0, int(share.IntPart()))
		}
		if n.Edited {
			list[i].Computed = l.say("consolidation.edited", l.decimal(n.Computed))
		}
	}
	slices.SortStableFunc(list, func(a, b partLine) int { return cmp.Compare(b.Bar, a.Bar) })
	return list
}
