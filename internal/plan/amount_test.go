package plan_test

import (
	"testing"

	"dondoc/internal/plan"
)

func TestAmountsAreHeldAgainstTheirWords(t *testing.T) {
	for amount, warned := range map[string]bool{
		"{code: B1, text: Kinh phí, amount: 7121040000, in_words: 'bảy tỷ, một trăm hai mươi mốt triệu, không trăm bốn mươi nghìn đồng'}": false,
		"{code: B1, text: Kinh phí, amount: 7121400000, in_words: 'bảy tỷ, một trăm hai mươi mốt triệu, không trăm bốn mươi nghìn đồng'}": true,
		"{code: B1, text: Kinh phí, amount: 7121040000, in_words: 'bảy tỷ rưỡi'}":                                                         true,
		"{code: B1, text: Kinh phí, amount: 7121040000}": false,
	} {
		read, problems := plan.Read("k.yaml", []byte(small+"budget:\n  - "+amount+"\n"), nil)
		found := false
		for _, p := range problems {
			found = found || p.Severity == plan.SeverityWarning && p.Field == "budget[0].in_words" && p.Line > 20 && p.Column > 1
		}
		if read == nil || found != warned {
			t.Errorf("%s: %v", amount, problems)
		}
	}
}
