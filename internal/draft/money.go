package draft

import (
	"regexp"
	"strings"
)

// sum is money with its words in brackets.
var sum = regexp.MustCompile(figure + `\s?(tỷ|triệu|nghìn|ngàn)?\s?đồng(?:[\s.,]*\((?:bằng chữ\s*:?\s*)?([^)\d]{6,200}?đồng[^)]*)\))?`)

// moneyIn reads what a text of means says.
func moneyIn(item Item) Money {
	m := Money{Section: cite(item), Text: item.Text, Mark: Mark{item.Line, 0.85, "means"}}
	folded := fold(item.Text)
	at := sum.FindStringSubmatchIndex(folded)
	if at == nil {
		return m
	}
	scale := 1.0
	if at[4] >= 0 {
		scale = scales[folded[at[4]:at[5]]]
	}
	amount := number(folded[at[2]:at[3]]) * scale
	m.Amount, m.Rule, m.Confidence = &amount, "sum", 0.97
	if at[6] >= 0 {
		m.InWords = Written(strings.TrimSpace(item.Text[at[6]:at[7]]))
		if said, ok := inWords(string(m.InWords)); ok {
			agree := said == amount
			m.WordsAgree = &agree
		}
	}
	return m
}

func cite(item Item) string {
	if item.Letter != "" && item.Section != "" {
		return item.Section + "." + item.Letter
	}
	return item.Section + item.Letter
}

var digits = map[string]float64{
	"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}

// inWords reads a sum in words: "bảy tỷ, một trăm hai mươi mốt triệu, không trăm bốn mươi nghìn đồng".
func inWords(text string) (float64, bool) {
	total, group, last := 0.0, 0.0, -1.0
	for _, word := range strings.FieldsFunc(fold(text), func(r rune) bool { return strings.ContainsRune(" ,.()/", r) }) {
		if n, ok := digits[word]; ok {
			if last >= 0 {
				group += last
			}
			last = n
			continue
		}
		switch word {
		case "trăm":
			group, last = group+max(last, 0)*100, -1
		case "mươi":
			group, last = group+max(last, 0)*10, -1
		case "mười":
			group, last = group+10, -1
		case "linh", "lẻ", "chẵn", "và", "đồng", "việt", "nam":
		case "tỷ", "tỉ":
			total, group, last = (total+group+max(last, 0))*1e9, 0, -1
		case "triệu":
			total, group, last = total+(group+max(last, 0))*1e6, 0, -1
		case "nghìn", "ngàn":
			total, group, last = total+(group+max(last, 0))*1e3, 0, -1
		default:
			return 0, false
		}
	}
	return total + group + max(last, 0), true
}
