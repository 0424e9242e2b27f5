package indicator_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"dondoc/internal/fault"
	"dondoc/internal/indicator"
)

func TestNumbersAsTheyAreTyped(t *testing.T) {
	for _, c := range []struct {
		typed  string
		unit   indicator.Unit
		stored string
		fault  string
	}{
		{"", indicator.Count, "", ""},
		{"  ", indicator.Count, "", ""},
		{"0", indicator.Count, "0", ""},
		{"007", indicator.Count, "7", ""},
		{"8000", indicator.Count, "8000", ""},
		{"8.000", indicator.Count, "8000", ""},
		{"8.000", indicator.Money, "8000", ""},
		{"8 000", indicator.Count, "8000", ""},
		{"8\u00a0000", indicator.Count, "8000", ""},
		{"7.121.040.000", indicator.Money, "7121040000", ""},
		{"7,121,040,000", indicator.Money, "7121040000", ""},
		{"7.121.040.000 đồng", indicator.Money, "7121040000", ""},
		{"1.234,5", indicator.Money, "1234.5", ""},
		{"1,234.5", indicator.Money, "1234.5", ""},
		{"12,5", indicator.Percent, "12.5", ""},
		{"12.5", indicator.Percent, "12.5", ""},
		{"66,667", indicator.Percent, "66.667", ""},
		{"80%", indicator.Percent, "80", ""},
		{"80 %", indicator.Percent, "80", ""},
		{"0.125", indicator.Percent, "0.125", ""},
		{"-3", indicator.Count, "-3", ""},
		{"−3", indicator.Count, "-3", ""},
		{"-0", indicator.Count, "0", ""},
		{"12,50", indicator.Percent, "12.5", ""},
		// Each of these could be two numbers.
		{"8,000", indicator.Count, "", "figure.ambiguous"},
		{"8,000", indicator.Money, "", "figure.ambiguous"},
		{"66.667", indicator.Percent, "", "figure.ambiguous"},
		{"12,5", indicator.Count, "", "figure.whole"},
		{"80%", indicator.Count, "", "figure.number"},
		{"1.2.3", indicator.Count, "", "figure.number"},
		{"12.34.567", indicator.Count, "", "figure.number"},
		{"nhiều", indicator.Count, "", "figure.number"},
		{"1e9", indicator.Count, "", "figure.number"},
		{"0x10", indicator.Count, "", "figure.number"},
		{"１２", indicator.Count, "", "figure.number"},
		{"--1", indicator.Count, "", "figure.number"},
		{"1234567890123456", indicator.Money, "", "figure.range"},
		{"0,12345", indicator.Percent, "", "figure.range"},
	} {
		stored, err := indicator.Read(c.typed, c.unit)
		f := fault.Of(err)
		if stored != c.stored || (f == nil) != (c.fault == "") || f != nil && f.Code != c.fault {
			t.Errorf("%q as %s: %q, %v; want %q %s", c.typed, c.unit, stored, err, c.stored, c.fault)
		}
	}
}

// What is shown in Vietnamese is read back as the same number.
func TestShownNumbersAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := decimal.New(rapid.Int64Range(-999_999_999_999, 999_999_999_999).Draw(t, "digits"), -rapid.Int32Range(0, 2).Draw(t, "places"))
		shown := indicator.Format(n.String(), "vi")
		read, err := indicator.Read(shown, indicator.Money)
		if err != nil || read != n.String() {
			t.Fatalf("%s shown as %s is read as %q, %v", n, shown, read, err)
		}
	})
}

func TestNumbersInWords(t *testing.T) {
	for words, want := range map[string]string{
		"Bảy tỷ một trăm hai mươi mốt triệu không trăm bốn mươi nghìn đồng": "7121040000",
		"bảy tỉ, một trăm hai mươi mốt triệu, bốn mươi ngàn đồng chẵn":      "7121040000",
		"không đồng":                    "0",
		"mười":                          "10",
		"mười lăm":                      "15",
		"hai mươi":                      "20",
		"hai mươi tư":                   "24",
		"hai mươi nhăm":                 "25",
		"một trăm linh năm":             "105",
		"một trăm lẻ năm":               "105",
		"một nghìn không trăm linh một": "1001",
		"hai nghìn ba trăm tỷ":          "2300000000000",
		"một triệu":                     "1000000",
		"chín trăm chín mươi chín nghìn chín trăm chín mươi chín": "999999",
	} {
		if n, err := indicator.ReadWords(words); err != nil || n.String() != want {
			t.Errorf("%s: %s, %v; want %s", words, n, err, want)
		}
	}
	for _, words := range []string{"", "đồng", "một trăm hai", "hai triệu ba triệu", "ba nghìn hai triệu", "mươi hai", "một mươi", "trăm", "linh năm",
		"hai rưỡi", "năm không", "một hai ba", "mười không", "one hundred", "một nghìn một nghìn"} {
		if n, err := indicator.ReadWords(words); err == nil {
			t.Errorf("%q is read as %s", words, n)
		}
	}
}

func TestEveryNumberIsSaidAndReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := decimal.NewFromInt(rapid.OneOf(rapid.Int64Range(0, 3000), rapid.Int64Range(0, 999_999_999_999_999_999)).Draw(t, "n"))
		words := indicator.Words(n)
		if back, err := indicator.ReadWords(words); err != nil || !back.Equal(n) {
			t.Fatalf("%s is said %q and read back as %s, %v", n, words, back, err)
		}
	})
}

func TestAmountsAgainstTheirWords(t *testing.T) {
	if err := indicator.CheckAmount("7121040000", "bảy tỷ một trăm hai mươi mốt triệu không trăm bốn mươi nghìn đồng"); err != nil {
		t.Error(err)
	}
	f := fault.Of(indicator.CheckAmount("7121400000", "bảy tỷ một trăm hai mươi mốt triệu không trăm bốn mươi nghìn đồng"))
	if f == nil || f.Code != "amount.words" {
		t.Errorf("a transposed digit: %v", f)
	}
}
