package form

import (
	"github.com/shopspring/decimal"

	"dondoc/internal/indicator"
)

// Inherited are the reports of a unit that ended, a part of whose cumulative
// figures counts for this one because a person decided so.
type Inherited struct {
	History []Reported
	// Portion is this unit's part of the old unit's total; false: it stays with the old unit.
	Portion func(code string, total decimal.Decimal) (decimal.Decimal, bool)
}

// inherited adds to what the unit reported itself its parts of what came together
// before it was there. Only what happened is handed on: a level is told anew by
// whoever has the area now, and a figure that covers the year so far holds what its
// sender put into it.
func (k Known) inherited(d indicator.Definition, own indicator.Total, over func(Known) indicator.Total) indicator.Total {
	if d.Aggregation != indicator.Sum && d.Aggregation != "" || d.Cumulative {
		return own
	}
	for _, old := range k.Inherited {
		theirs, ok := d.Value(over(Known{Now: Reported{Key: k.Now.Key, From: k.Now.From, To: k.Now.To}, History: old.History}))
		if !ok {
			continue
		}
		if part, ok := old.Portion(d.Code, theirs); ok {
			own = own.Add(indicator.Of(part))
		}
	}
	return own
}
