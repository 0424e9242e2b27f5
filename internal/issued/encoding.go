package issued

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// legacy is an encoding of Vietnamese from before Unicode, as its bytes look when they are taken for Latin letters.
type legacy struct {
	name   string
	decode func(string) string
}

// tcvn3 are the small letters of TCVN 5712:1993 (VN3, "ABC") in the order of the Unicode letters of viet; fonts whose
// names end in H show the same bytes as capitals.
var tcvn3 = pairs(
	"µ", "à", "¸", "á", "¶", "ả", "·", "ã", "¹", "ạ", "¨", "ă", "»", "ằ", "¾", "ắ", "¼", "ẳ", "½", "ẵ", "Æ", "ặ", "©", "â", "Ç", "ầ", "Ê", "ấ", "È", "ẩ", "É", "ẫ", "Ë", "ậ", "®", "đ",
	"Ì", "è", "Ð", "é", "Î", "ẻ", "Ï", "ẽ", "Ñ", "ẹ", "ª", "ê", "Ò", "ề", "Õ", "ế", "Ó", "ể", "Ô", "ễ", "Ö", "ệ", "×", "ì", "Ý", "í", "Ø", "ỉ", "Ü", "ĩ", "Þ", "ị",
	"ß", "ò", "ã", "ó", "á", "ỏ", "â", "õ", "ä", "ọ", "«", "ô", "å", "ồ", "è", "ố", "æ", "ổ", "ç", "ỗ", "é", "ộ", "¬", "ơ", "ê", "ờ", "í", "ớ", "ë", "ở", "ì", "ỡ", "î", "ợ",
	"ï", "ù", "ó", "ú", "ñ", "ủ", "ò", "ũ", "ô", "ụ", "\u00ad", "ư", "õ", "ừ", "ø", "ứ", "ö", "ử", "÷", "ữ", "ù", "ự", "ú", "ỳ", "ý", "ý", "û", "ỷ", "ü", "ỹ", "þ", "ỵ",
	"¡", "Ă", "¢", "Â", "§", "Đ", "£", "Ê", "¤", "Ô", "¥", "Ơ", "¦", "Ư",
)

// vni marks tones by a second letter after the vowel.
var vni = pairs(
	"aø", "à", "aù", "á", "aû", "ả", "aõ", "ã", "aï", "ạ", "aê", "ă", "aè", "ằ", "aé", "ắ", "aú", "ẳ", "aü", "ẵ", "aë", "ặ", "aâ", "â", "aà", "ầ", "aá", "ấ", "aå", "ẩ", "aã", "ẫ", "aä", "ậ",
	"ñ", "đ", "eø", "è", "eù", "é", "eû", "ẻ", "eõ", "ẽ", "eï", "ẹ", "eâ", "ê", "eà", "ề", "eá", "ế", "eå", "ể", "eã", "ễ", "eä", "ệ", "ì", "ì", "í", "í", "æ", "ỉ", "ó", "ĩ", "ò", "ị",
	"oø", "ò", "où", "ó", "oû", "ỏ", "oõ", "õ", "oï", "ọ", "oâ", "ô", "oà", "ồ", "oá", "ố", "oå", "ổ", "oã", "ỗ", "oä", "ộ", "ô", "ơ", "ôø", "ờ", "ôù", "ớ", "ôû", "ở", "ôõ", "ỡ", "ôï", "ợ",
	"uø", "ù", "uù", "ú", "uû", "ủ", "uõ", "ũ", "uï", "ụ", "ö", "ư", "öø", "ừ", "öù", "ứ", "öû", "ử", "öõ", "ữ", "öï", "ự", "yø", "ỳ", "yù", "ý", "yû", "ỷ", "yõ", "ỹ", "î", "ỵ",
	"AØ", "À", "AÙ", "Á", "AÛ", "Ả", "AÕ", "Ã", "AÏ", "Ạ", "AÊ", "Ă", "AÈ", "Ằ", "AÉ", "Ắ", "AÚ", "Ẳ", "AÜ", "Ẵ", "AË", "Ặ", "AÂ", "Â", "AÀ", "Ầ", "AÁ", "Ấ", "AÅ", "Ẩ", "AÃ", "Ẫ", "AÄ", "Ậ",
	"Ñ", "Đ", "EØ", "È", "EÙ", "É", "EÛ", "Ẻ", "EÕ", "Ẽ", "EÏ", "Ẹ", "EÂ", "Ê", "EÀ", "Ề", "EÁ", "Ế", "EÅ", "Ể", "EÃ", "Ễ", "EÄ", "Ệ", "Ì", "Ì", "Í", "Í", "Æ", "Ỉ", "Ó", "Ĩ", "Ò", "Ị",
	"OØ", "Ò", "OÙ", "Ó", "OÛ", "Ỏ", "OÕ", "Õ", "OÏ", "Ọ", "OÂ", "Ô", "OÀ", "Ồ", "OÁ", "Ố", "OÅ", "Ổ", "OÃ", "Ỗ", "OÄ", "Ộ", "Ô", "Ơ", "ÔØ", "Ờ", "ÔÙ", "Ớ", "ÔÛ", "Ở", "ÔÕ", "Ỡ", "ÔÏ", "Ợ",
	"UØ", "Ù", "UÙ", "Ú", "UÛ", "Ủ", "UÕ", "Ũ", "UÏ", "Ụ", "Ö", "Ư", "ÖØ", "Ừ", "ÖÙ", "Ứ", "ÖÛ", "Ử", "ÖÕ", "Ữ", "ÖÏ", "Ự", "YØ", "Ỳ", "YÙ", "Ý", "YÛ", "Ỷ", "YÕ", "Ỹ", "Î", "Ỵ",
)

func pairs(list ...string) map[string]string {
	m := make(map[string]string, len(list)/2)
	for i := 0; i+1 < len(list); i += 2 {
		m[list[i]] = list[i+1]
	}
	return m
}

var encodings = []*legacy{
	{"TCVN3 (ABC)", func(s string) string { return replace(s, tcvn3, 1) }},
	{"VNI", func(s string) string { return replace(s, vni, 2) }},
}

// replace turns letters of an old encoding into Unicode, the longest first.
func replace(s string, table map[string]string, longest int) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		end, n := i, 0
		for n < longest && end < len(s) {
			_, size := utf8.DecodeRuneInString(s[end:])
			end += size
			n++
		}
		for ; end > i; n-- {
			if to, ok := table[s[i:end]]; ok {
				b.WriteString(to)
				break
			}
			if n == 1 {
				b.WriteString(s[i:end])
				break
			}
			_, size := utf8.DecodeLastRuneInString(s[i:end])
			end -= size
		}
		i = end
	}
	return b.String()
}

// sampled is how many bytes tell the encoding.
const sampled = 20_000

// modern reports whether a line has letters that Unicode alone has: no byte of an old encoding looks like them. Where
// offices paste old texts into new ones, a document has lines of both kinds.
func modern(l Line) bool {
	has := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool {
			return r >= 0x1EA0 && r <= 0x1EF9 || strings.ContainsRune("ăĂđĐĩĨũŨơƠưƯ", r)
		})
	}
	return has(l.Text) || slices.ContainsFunc(l.Cells, has)
}

// recognise tells which old encoding a document, or a part of it, is in; nil: it is in Unicode. Words decide: what reads
// as Vietnamese only after decoding is in that encoding.
func recognise(all []Line) *legacy {
	var b strings.Builder
	for _, l := range all {
		if modern(l) {
			continue
		}
		for _, part := range append([]string{l.Text}, l.Cells...) {
			b.WriteString(part[:min(len(part), sampled)])
			b.WriteByte('\n')
		}
		if b.Len() > sampled {
			break
		}
	}
	text := b.String()
	best, as := score(text), (*legacy)(nil)
	for _, one := range encodings {
		if s := score(one.decode(text)); s > best+best/2+2 {
			best, as = s, one
		}
	}
	return as
}

// common are words that every official text holds, with letters that no other language writes so.
var common = []string{
	"việc", "thực", "hiện", "của", "về", "và", "các", "ngày", "tháng", "năm", "kế", "hoạch", "tổ", "chức", "công", "tác", "nhân", "dân", "được", "với", "trên", "địa", "bàn", "phòng", "chống", "định", "số", "những",
	"chính", "quyền", "xã", "hội", "tỉnh", "huyện", "sở", "cộng", "hòa", "chủ", "nghĩa", "độc", "lập", "tự", "hạnh", "phúc", "ủy", "ban", "quyết", "đề", "nghị", "báo", "cáo", "kết", "quả",
}

var commonWords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range common {
		if !ascii(w) {
			m[w] = true
		}
	}
	return m
}()

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func score(text string) int {
	n := 0
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" \n\t,.;:()“”\"-/", r) }) {
		if commonWords[word] {
			n++
		}
	}
	return n
}

// vietnamese reports whether a text reads as Vietnamese.
func vietnamese(text string) bool {
	return score(clean(text[:min(len(text), sampled)])) >= 3
}
