package agency

import (
	"math/big"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"dondoc/internal/fault"
)

// Share is the part of an old unit's figures that counts for a successor.
type Share struct {
	SuccessorID   int64
	SuccessorName string
	// Percent is decimal text with at most four places, above 0 and at most 100.
	Percent string
}

// ApportionInput is a person's decision on an old unit's cumulative figures.
type ApportionInput struct {
	PlanID, AgencyID int64
	// Indicator is a code; empty: all that have no decision of their own.
	Indicator string
	Reason    string
	Shares    []Share
}

// Apportionment is such a decision as it stands.
type Apportionment struct {
	ID            int64
	AgencyID      int64
	AgencyName    string
	Indicator     string
	Reason        string
	DecidedAt     time.Time
	DecidedByName string
	Shares        []Share
}

// Whole checks that the shares name each successor once and make up the whole.
func (in ApportionInput) Whole() error {
	if len(in.Shares) == 0 {
		return fault.New(fault.Invalid, "apportion.shares", "Cần ít nhất một đơn vị kế thừa.", "At least one successor is needed.").At("shares")
	}
	sum, seen := new(big.Rat), map[int64]bool{}
	for _, s := range in.Shares {
		part, ok := new(big.Rat).SetString(s.Percent)
		_, places, _ := strings.Cut(s.Percent, ".")
		if !ok || strings.ContainsAny(s.Percent, "/eE_xXpP") || len(places) > 4 || part.Sign() <= 0 || part.Cmp(big.NewRat(100, 1)) > 0 {
			return fault.New(fault.Invalid, "apportion.percent",
				"Tỷ lệ “%s” không hợp lệ: viết số lớn hơn 0, không quá 100, tối đa 4 chữ số thập phân, ví dụ 62.5.",
				"The percentage “%s” is not valid: write a number above 0 and up to 100 with at most 4 decimals, such as 62.5.", s.Percent).At("shares")
		}
		if seen[s.SuccessorID] {
			return fault.New(fault.Invalid, "apportion.twice", "Một đơn vị được ghi hai lần.", "A successor is named twice.").At("shares")
		}
		seen[s.SuccessorID] = true
		sum.Add(sum, part)
	}
	if sum.Cmp(big.NewRat(100, 1)) != 0 {
		return fault.New(fault.Invalid, "apportion.sum",
			"Các tỷ lệ cộng lại là %s, phải bằng 100.", "The percentages add up to %s; they must make 100.", sum.FloatString(4)).At("shares")
	}
	return nil
}

// Portions divides a total by the shares into parts that add up to it exactly and
// are no finer than it is: cases stay whole. What rounding down leaves goes, unit
// by unit, to the largest remainders, of equal ones to the first. Shares must be Whole.
func Portions(total decimal.Decimal, shares []Share) []decimal.Decimal {
	places := max(-total.Exponent(), 0)
	parts, rest := make([]decimal.Decimal, len(shares)), make([]decimal.Decimal, len(shares))
	left := total
	for i, s := range shares {
		exact := total.Mul(decimal.RequireFromString(s.Percent)).Shift(-2)
		parts[i] = exact.RoundFloor(places)
		rest[i] = exact.Sub(parts[i])
		left = left.Sub(parts[i])
	}
	unit := decimal.New(1, -places)
	for left.IsPositive() {
		largest := 0
		for i := range rest {
			if rest[i].GreaterThan(rest[largest]) {
				largest = i
			}
		}
		parts[largest], rest[largest] = parts[largest].Add(unit), decimal.Zero
		left = left.Sub(unit)
	}
	return parts
}
