package indicator

import (
	"math/big"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"golang.org/x/text/unicode/norm"

	"dondoc/internal/fault"
)

// numerals are the words of the digits; some change their form behind others.
var numerals = map[string]int64{
	"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5,
	"sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}

// scales part a number from the greatest down; each may stand once in what is
// left of a greater one.
var scales = []struct {
	words []string
	value int64
}{
	{[]string{"tỷ", "tỉ"}, 1_000_000_000},
	{[]string{"triệu"}, 1_000_000},
	{[]string{"nghìn", "ngàn"}, 1_000},
}

// ReadWords reads a whole number written in Vietnamese words ("bảy tỷ một trăm
// hai mươi mốt triệu không trăm bốn mươi nghìn đồng"). Case, commas, a trailing
// "đồng" and "chẵn" do not matter. What is no such number is an error.
func ReadWords(words string) (decimal.Decimal, error) {
	tokens := strings.Fields(strings.NewReplacer(",", " ", ".", " ", "(", " ", ")", " ").Replace(strings.ToLower(norm.NFC.String(words))))
	for len(tokens) > 0 && slices.Contains([]string{"đồng", "chẵn"}, tokens[len(tokens)-1]) {
		tokens = tokens[:len(tokens)-1]
	}
	n, ok := wordNumber(tokens, 0)
	if !ok {
		return decimal.Decimal{}, fault.New(fault.Invalid, "number.words", "không đọc được “%s” thành số; viết như “hai tỷ không trăm linh năm triệu đồng”",
			"%q is not readable as a number; write it like “hai tỷ không trăm linh năm triệu đồng”", words)
	}
	return decimal.NewFromBigInt(n, 0), nil
}

// wordNumber reads tokens that hold no scale above the given one, except that
// billions themselves are counted with all scales ("nghìn tỷ").
func wordNumber(tokens []string, scale int) (*big.Int, bool) {
	if len(tokens) == 0 {
		return nil, false
	}
	if scale == len(scales) {
		return wordHundreds(tokens)
	}
	at := -1
	for i, token := range tokens {
		if slices.Contains(scales[scale].words, token) {
			at = i // the last one: what stands before it is counted in it
		}
	}
	if at < 0 {
		return wordNumber(tokens, scale+1)
	}
	next := len(scales) // "hai nghìn triệu" is no number as documents write it
	if scale == 0 {
		next = 0
	}
	many, ok := wordNumber(tokens[:at], next)
	if !ok {
		return nil, false
	}
	total := new(big.Int).Mul(many, big.NewInt(scales[scale].value))
	if at == len(tokens)-1 {
		return total, true
	}
	rest, ok := wordNumber(tokens[at+1:], scale+1)
	// "hai triệu ba triệu" is none: what follows must be smaller.
	if !ok || rest.Cmp(big.NewInt(scales[scale].value)) >= 0 {
		return nil, false
	}
	return total.Add(total, rest), true
}

// wordHundreds reads up to "chín trăm chín mươi chín".
func wordHundreds(tokens []string) (*big.Int, bool) {
	var total int64
	if len(tokens) >= 2 && tokens[1] == "trăm" {
		hundreds, ok := numerals[tokens[0]]
		if !ok {
			return nil, false
		}
		total, tokens = hundreds*100, tokens[2:]
		if len(tokens) == 0 {
			return big.NewInt(total), true
		}
		if tokens[0] == "linh" || tokens[0] == "lẻ" {
			if len(tokens) != 2 {
				return nil, false
			}
			tokens = tokens[1:]
		} else if len(tokens) == 1 && tokens[0] != "mười" {
			return nil, false // "một trăm hai" is said, and means 120 or 102
		}
	}
	tens, ok := wordTens(tokens)
	if !ok {
		return nil, false
	}
	return big.NewInt(total + tens), true
}

func wordTens(tokens []string) (int64, bool) {
	switch {
	case len(tokens) == 1 && tokens[0] == "mười":
		return 10, true
	case len(tokens) == 1:
		n, ok := numerals[tokens[0]]
		return n, ok
	case len(tokens) == 2 && tokens[0] == "mười":
		n, ok := numerals[tokens[1]]
		return 10 + n, ok && n > 0
	case len(tokens) >= 2 && len(tokens) <= 3 && tokens[1] == "mươi":
		tens, ok := numerals[tokens[0]]
		if !ok || tens < 2 {
			return 0, false
		}
		if len(tokens) == 2 {
			return tens * 10, true
		}
		n, ok := numerals[tokens[2]]
		return tens*10 + n, ok && n > 0
	case len(tokens) == 2: // "hai mốt", "bốn lăm"
		tens, ok := numerals[tokens[0]]
		n, also := numerals[tokens[1]]
		return tens*10 + n, ok && also && tens > 1 && slices.Contains([]string{"mốt", "tư", "lăm", "nhăm"}, tokens[1])
	}
	return 0, false
}

// Words writes a whole number below 10^18 in Vietnamese words, as documents
// write amounts; nothing for any other.
func Words(n decimal.Decimal) string {
	if !n.IsInteger() || n.IsNegative() || n.GreaterThanOrEqual(decimal.New(1, 18)) {
		return ""
	}
	return strings.Join(say(n.IntPart(), false), " ")
}

// say writes n; inside of a greater number the missing hundreds are said.
func say(n int64, inside bool) []string {
	if n >= 1_000 {
		for i, s := range scales {
			if n < s.value {
				continue
			}
			words := append(say(n/s.value, inside && i > 0), s.words[0])
			if n%s.value > 0 {
				words = append(words, say(n%s.value, true)...)
			}
			return words
		}
	}
	return sayHundreds(int(n), inside)
}

var digitWords = []string{"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"}

func sayHundreds(n int, inside bool) []string {
	var words []string
	if n >= 100 || inside {
		words = append(words, digitWords[n/100], "trăm")
	}
	tens, ones := n%100/10, n%10
	switch {
	case tens == 0 && ones == 0 && len(words) > 0:
		return words
	case tens == 0 && len(words) > 0:
		return append(words, "linh", digitWords[ones])
	case tens == 0:
		return append(words, digitWords[ones])
	case tens == 1:
		words = append(words, "mười")
	default:
		words = append(words, digitWords[tens], "mươi")
	}
	switch {
	case ones == 0:
	case ones == 1 && tens > 1:
		words = append(words, "mốt")
	case ones == 5:
		words = append(words, "lăm")
	default:
		words = append(words, digitWords[ones])
	}
	return words
}

// CheckAmount holds an amount of money in digits, as stored, against the words beside it.
func CheckAmount(amount, words string) error {
	said, err := ReadWords(words)
	if err != nil {
		return err
	}
	n, ok := number(amount)
	if ok && n.Equal(said) {
		return nil
	}
	return fault.New(fault.Invalid, "amount.words", "số tiền %[1]s không khớp với chữ “%[2]s” (%[3]s)", "the amount %[1]s is not what the words “%[2]s” say (%[3]s)",
		amount, words, said.String())
}
