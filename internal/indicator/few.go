package indicator

import "github.com/shopspring/decimal"

// Few is the number of persons from which a count is shown to everybody. A
// smaller one, other than none at all, could point at somebody: outside of the
// reporting chain Hidden stands in its place.
const Few = 5

// Hidden is what is shown instead of a count of fewer than Few persons.
const Hidden = "< 5"

// Points reports whether the figure counts so few persons that it could point at
// somebody. Of a ratio ask its numerator and its denominator.
func (d Definition) Points(value decimal.Decimal) bool {
	return d.CountOnly && value.IsPositive() && value.LessThan(decimal.NewFromInt(Few))
}

// Shown is a figure, in its stored form, as it may leave the system: everywhere
// where figures are shown, inChain tells whether the reader is in the reporting
// chain of what was reported.
func (d Definition) Shown(stored string, inChain bool) string {
	if inChain {
		return stored
	}
	if n, ok := number(stored); ok && d.Points(n) {
		return Hidden
	}
	return stored
}
