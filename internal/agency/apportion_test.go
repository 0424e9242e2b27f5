package agency_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"dondoc/internal/agency"
	"dondoc/internal/fault"
)

func TestSharesMakeTheWhole(t *testing.T) {
	for _, c := range []struct {
		name     string
		percents []string
		code     string
	}{
		{"one takes all", []string{"100"}, ""},
		{"decimals", []string{"33.3333", "33.3333", "33.3334"}, ""},
		{"nobody", nil, "apportion.shares"},
		{"less", []string{"33.3333", "33.3333", "33.3333"}, "apportion.sum"},
		{"more", []string{"60", "40.0001"}, "apportion.sum"},
		{"nothing for one", []string{"100", "0"}, "apportion.percent"},
		{"less than nothing", []string{"110", "-10"}, "apportion.percent"},
		{"too fine", []string{"99.99999", "0.00001"}, "apportion.percent"},
		{"a fraction", []string{"100/1"}, "apportion.percent"},
		{"an exponent", []string{"1e2"}, "apportion.percent"},
		{"hexadecimal", []string{"0x64"}, "apportion.percent"},
		{"words", []string{"tất cả"}, "apportion.percent"},
	} {
		var in agency.ApportionInput
		for i, p := range c.percents {
			in.Shares = append(in.Shares, agency.Share{SuccessorID: int64(i + 1), Percent: p})
		}
		got := ""
		if f := fault.Of(in.Whole()); f != nil {
			got = f.Code
		}
		if got != c.code {
			t.Errorf("%s: %q, want %q", c.name, got, c.code)
		}
	}
	twice := agency.ApportionInput{Shares: []agency.Share{{SuccessorID: 1, Percent: "50"}, {SuccessorID: 1, Percent: "50"}}}
	if f := fault.Of(twice.Whole()); f == nil || f.Code != "apportion.twice" {
		t.Errorf("one successor twice: %v", f)
	}
}

func TestWhoTakesOverFromItselfGoesOn(t *testing.T) {
	named := func(codes ...string) (list []agency.Named) {
		for _, c := range codes {
			list = append(list, agency.Named{Code: c})
		}
		return list
	}
	for _, c := range []struct {
		name   string
		change agency.Change
		ends   bool
	}{
		{"merged into another", agency.Change{Act: agency.Merge, Agencies: named("a", "b"), Into: named("c")}, true},
		{"takes the others in", agency.Change{Act: agency.Merge, Agencies: named("a", "b"), Into: named("a")}, false},
		{"goes on with less", agency.Change{Act: agency.Divide, Agencies: named("a"), Into: named("a", "b")}, false},
		{"parted for good", agency.Change{Act: agency.Divide, Agencies: named("a"), Into: named("b", "c")}, true},
		{"dissolved", agency.Change{Act: agency.Dissolve, Agencies: named("a")}, true},
		{"renamed", agency.Change{Act: agency.Rename, Agencies: named("a")}, false},
	} {
		if got := c.change.Ends("a"); got != c.ends {
			t.Errorf("%s: ends %t, want %t", c.name, got, c.ends)
		}
	}
}

func TestPortionsStayWholeAndAddUp(t *testing.T) {
	shares := func(percents ...string) []agency.Share {
		list := make([]agency.Share, len(percents))
		for i, p := range percents {
			list[i] = agency.Share{SuccessorID: int64(i + 1), Percent: p}
		}
		return list
	}
	for _, c := range []struct {
		total  string
		shares []agency.Share
		want   string
	}{
		{"10", shares("62.5", "37.5"), "[6 4]"}, // 6.25 and 3.75
		{"7", shares("50", "50"), "[4 3]"},
		{"1", shares("33.3333", "33.3333", "33.3334"), "[0 0 1]"},
		{"12.5", shares("50", "50"), "[6.3 6.2]"},
		{"0", shares("50", "50"), "[0 0]"},
		{"9", shares("100"), "[9]"},
	} {
		if got := fmt.Sprint(agency.Portions(decimal.RequireFromString(c.total), c.shares)); got != c.want {
			t.Errorf("%s is divided into %s, want %s", c.total, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		left, percents := 1_000_000, []string{}
		for left > 0 && len(percents) < 6 {
			part := rapid.IntRange(1, left).Draw(t, "share")
			percents = append(percents, decimal.New(int64(part), -4).String())
			left -= part
		}
		if left > 0 {
			percents = append(percents, decimal.New(int64(left), -4).String())
		}
		total := decimal.New(rapid.Int64Range(0, 1_000_000).Draw(t, "total"), int32(-rapid.IntRange(0, 2).Draw(t, "places")))
		sum := decimal.Zero
		for i, part := range agency.Portions(total, shares(percents...)) {
			exact := total.Mul(decimal.RequireFromString(percents[i])).Shift(-2)
			if part.IsNegative() || part.Sub(exact).Abs().GreaterThanOrEqual(decimal.New(1, total.Exponent())) {
				t.Fatalf("%s of %s is %s", percents[i], total, part)
			}
			sum = sum.Add(part)
		}
		if !sum.Equal(total) {
			t.Fatalf("the parts of %s add up to %s", total, sum)
		}
	})
}
