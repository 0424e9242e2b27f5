package privacy

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	// phoneNumbers are mobile and fixed numbers of Viet Nam (numbering plan of
	// Circular 22/2014/TT-BTTTT and its changes). Short service numbers (111, 1800…, 1900…) are
	// nobody's own.
	phoneNumbers = regexp.MustCompile(`(?:\(?\+84\)?|\b0084|\b84|\b0|\(0)[ .\-]?(?:[35789](?:[ .\-]?\d){8}|2(?:[ .\-)]{0,2}\d){9})`)
	// documents start with a number too: "0912345678/BC-UBND" is none of a telephone.
	documentTail = regexp.MustCompile(`^(?:[/\d]|[.,]\d)`)

	// A name: two to five words with a capital, the first one a family name.
	family = `(?:Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Đoàn|Mai|Trịnh|Trương|Lâm|Tạ|Cao|Chu|Châu|Hà|Tô|Tống|Thái|Kiều|Quách|Lương|Lưu|Phùng|Vương|Đào|Điểu|Thạch|Sơn|Danh|Kim|Triệu|Nông|Giàng|Vàng|Lò|Hứa|La|Từ|Tăng|Văn|Đàm|Khuất|Nghiêm|Viên|Ông|Y|K'|H')`
	word   = `[\p{Lu}][\p{L}']*`
	born   = `(?i:sinh(?: năm| ngày| tháng)?|\bs\.? ?n\b\.?|năm sinh|ngày sinh)`
	year   = `(?:\d{1,2}[/.\-]\d{1,2}[/.\-]|\d{1,2}[/.\-])?(?:19|20)\d\d`

	bornNames = []*regexp.Regexp{
		regexp.MustCompile(`(?:` + word + ` ){1,4}` + word + `[,;:]? ?\(? ?` + born + `[ :]{0,3}` + year),
		regexp.MustCompile(family + `(?: ` + word + `){1,4} ?\( ?` + year + ` ?\)`),
		regexp.MustCompile(`(?i:ông|bà|anh|chị|em|cháu|đối tượng) (?:` + word + ` ){1,4}` + word + `[,;]? ?\(? ?` + year + `\b`),
		regexp.MustCompile(family + `(?: ` + word + `){1,4}[,;|\t]+ *` + year + `\b`),
	}
	// places begin like names: "Hồ Chí Minh (2020)".
	places = regexp.MustCompile(`^(?:Hà (?:Nội|Nam|Giang|Tĩnh|Tiên)|Hồ Chí Minh|Lâm Đồng|Cao (?:Bằng|Lãnh)|Thái (?:Nguyên|Bình)|Kim (?:Động|Bôi|Sơn)|Sơn (?:La|Tây)|Lý Sơn|Châu (?:Đốc|Thành)|Hoàng (?:Sa|Mai)|Vũ Thư|Văn (?:Lâm|Giang|Phòng)|Lâm Hà|Dương Minh Châu)\b`)
)

func phones(text string) []int {
	var at []int
	for _, found := range phoneNumbers.FindAllStringIndex(text, -1) {
		if found[0] > 0 && (isDigit(text[found[0]-1]) || text[found[0]-1] == '/' || joins(text, found[0])) || documentTail.MatchString(text[found[1]:]) {
			continue
		}
		at = append(at, found[0])
	}
	return at
}

// joins: the digits go on to the left, as in a sum of money or an identity number.
func joins(text string, at int) bool {
	return at >= 2 && (text[at-1] == '.' || text[at-1] == ',') && isDigit(text[at-2])
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// before a year of birth stand a name and little else: so many bytes are looked at.
const nameSpan = 160

var anyYear = regexp.MustCompile(`(?:19|20)\d\d`)

// birthYears looks only around years: most texts have few.
func birthYears(text string) []int {
	var at []int
	for _, y := range anyYear.FindAllStringIndex(text, -1) {
		from := max(strings.LastIndexByte(text[:y[0]], '\n')+1, y[0]-nameSpan)
		for from > 0 && !utf8.RuneStart(text[from]) {
			from--
		}
		window := text[from:min(y[1]+2, len(text))]
		for i, pattern := range bornNames {
			for _, found := range pattern.FindAllStringIndex(window, -1) {
				name := from + found[0]
				if i != 0 && places.MatchString(window[found[0]:found[1]]) || official(text[:name]) || contains(at, name) {
					continue
				}
				at = append(at, name)
			}
		}
	}
	return at
}

// official: what is named after somebody is nobody's personal data.
func official(before string) bool {
	before = strings.ToLower(strings.TrimRight(before, " "))
	for _, word := range []string{"đường", "phường", "xã", "huyện", "thị trấn", "trường", "thpt", "thcs", "phố", "bệnh viện", "trung tâm", "quỹ", "giải"} {
		if strings.HasSuffix(before, word) {
			return true
		}
	}
	return false
}
