package paper

import (
	"slices"
	"strings"
	"unicode"

	"dondoc/internal/agency"
)

// Signing says in which right a document is signed (Decree 30/2020/NĐ-CP,
// appendix I, part II.7).
type Signing string

// The rights to sign.
const (
	SignsHead    Signing = "head"    // the head signs
	SignsDeputy  Signing = "deputy"  // KT. (ký thay): a deputy for the head
	SignsOrdered Signing = "ordered" // TL. (thừa lệnh): by the head's order
	SignsMandate Signing = "mandate" // TUQ. (thừa ủy quyền): by the head's written mandate
	SignsActing  Signing = "acting"  // Q. (quyền): whoever acts as the head
)

// Signings are all of them, in the order in which people choose.
var Signings = []Signing{SignsHead, SignsDeputy, SignsOrdered, SignsMandate, SignsActing}

// Letterhead is how an agency's documents begin and end. It holds titles and
// never the name of a person.
type Letterhead struct {
	AgencyID int64
	// Superior is the line of the agency above (cơ quan chủ quản); empty: none.
	Superior string
	// Name is the agency's own line (cơ quan ban hành).
	Name string
	// Abbreviation stands in symbols: "UBND" in "12/BC-UBND".
	Abbreviation string
	// Place is the name of the place (địa danh) before the date.
	Place string
	// Collective is in whose name is signed ("TM."): "Ủy ban nhân dân"; empty:
	// the agency is led by its head alone.
	Collective string
	Signing    Signing
	// Head is the title of the head: "Chủ tịch"; Signer that of who signs, where
	// it is not the head.
	Head, Signer string
	// Set: somebody has set it; else it follows from the agency's name and place
	// in the tree. Version is 0 until then.
	Set     bool
	Version int
}

// Signature are the lines above the place of the signature, in capitals.
func (l Letterhead) Signature() []string {
	var lines []string
	if l.Collective != "" && l.Signing != SignsOrdered && l.Signing != SignsMandate {
		lines = append(lines, "TM. "+l.Collective)
	}
	switch l.Signing {
	case SignsDeputy:
		lines = append(lines, "KT. "+l.Head, l.Signer)
	case SignsOrdered:
		lines = append(lines, "TL. "+l.Head, l.Signer)
	case SignsMandate:
		lines = append(lines, "TUQ. "+l.Head, l.Signer)
	case SignsActing:
		lines = append(lines, "Q. "+l.Head)
	default:
		lines = append(lines, l.Head)
	}
	for i, text := range lines {
		lines[i] = strings.ToUpper(text)
	}
	return lines
}

// FullName is the agency's own line with its abbreviation of people's committees
// written out, as texts name it.
func (l Letterhead) FullName() string { return WrittenOut(l.Name) }

// WrittenOut writes "UBND" at the head of a name in full.
func WrittenOut(name string) string {
	if rest, ok := strings.CutPrefix(name, "UBND "); ok {
		return "Ủy ban nhân dân " + rest
	}
	return name
}

// territories are the kinds of units that a people's committee governs.
var territories = []string{"tỉnh", "thành phố", "huyện", "thị xã", "quận", "xã", "phường", "thị trấn", "đặc khu"}

// committee reports whether the name is that of a people's committee, and of where.
func committee(name string) (place string, ok bool) {
	rest, ok := strings.CutPrefix(WrittenOut(name), "Ủy ban nhân dân ")
	if !ok {
		return "", false
	}
	for _, kind := range territories {
		if rest == kind {
			return "", true // "UBND tỉnh": which one is not said
		}
		if place, ok := strings.CutPrefix(rest, kind+" "); ok {
			return place, true
		}
	}
	return rest, true
}

// led tells by the first words of an agency's name who leads it, and whether the
// agency above it in the tree is also its superior on paper: unions, courts and
// the police follow others than the committee beside them.
var led = []struct {
	begins, collective, head, deputy string
	under                            bool
}{
	{"Ủy ban nhân dân", "Ủy ban nhân dân", "Chủ tịch", "Phó Chủ tịch", false},
	{"Ủy ban Mặt trận", "Ban Thường trực", "Chủ tịch", "Phó Chủ tịch", false},
	{"Mặt trận", "Ban Thường trực", "Chủ tịch", "Phó Chủ tịch", false},
	{"Hội", "Ban Thường vụ", "Chủ tịch", "Phó Chủ tịch", false},
	{"Liên đoàn", "Ban Thường vụ", "Chủ tịch", "Phó Chủ tịch", false},
	{"Tỉnh đoàn", "Ban Thường vụ", "Bí thư", "Phó Bí thư", false},
	{"Thành đoàn", "Ban Thường vụ", "Bí thư", "Phó Bí thư", false},
	{"Đoàn", "Ban Thường vụ", "Bí thư", "Phó Bí thư", false},
	{"Chi cục", "", "Chi cục trưởng", "Phó Chi cục trưởng", true},
	{"Cục", "", "Cục trưởng", "Phó Cục trưởng", false},
	{"Bộ Chỉ huy", "", "Chỉ huy trưởng", "Phó Chỉ huy trưởng", false},
	{"Bộ", "", "Bộ trưởng", "Thứ trưởng", false},
	{"Văn phòng", "", "Chánh Văn phòng", "Phó Chánh Văn phòng", true},
	{"Phòng", "", "Trưởng phòng", "Phó Trưởng phòng", true},
	{"Ban", "", "Trưởng ban", "Phó Trưởng ban", true},
	{"Tòa án", "", "Chánh án", "Phó Chánh án", false},
	{"Viện kiểm sát", "", "Viện trưởng", "Phó Viện trưởng", false},
	{"Thanh tra", "", "Chánh Thanh tra", "Phó Chánh Thanh tra", true},
	{"Trường", "", "Hiệu trưởng", "Phó Hiệu trưởng", true},
	{"Sở", "", "Giám đốc", "Phó Giám đốc", true},
	{"Công an tỉnh", "", "Giám đốc", "Phó Giám đốc", false},
	{"Công an thành phố", "", "Giám đốc", "Phó Giám đốc", false},
	{"Công an", "", "Trưởng Công an", "Phó Trưởng Công an", false},
	{"Đài", "", "Giám đốc", "Phó Giám đốc", true},
	{"Trung tâm", "", "Giám đốc", "Phó Giám đốc", true},
	{"Ngân hàng", "", "Giám đốc", "Phó Giám đốc", false},
}

// DefaultLetterhead follows from an agency's name and from those above it, the
// nearest first. A superior's line may keep usual abbreviations (appendix I, part II.2).
func DefaultLetterhead(a agency.Agency, above []agency.Agency) Letterhead {
	l := Letterhead{AgencyID: a.ID, Name: WrittenOut(a.Name), Abbreviation: abbreviation(a), Signing: SignsHead, Head: "Thủ trưởng đơn vị", Signer: "Phó Thủ trưởng đơn vị"}
	for _, of := range slices.Concat([]agency.Agency{a}, above) {
		if place, ok := committee(of.Name); ok {
			l.Place = place
			break
		}
	}
	for _, by := range led {
		if !begins(l.Name, by.begins) {
			continue
		}
		l.Collective, l.Head, l.Signer = by.collective, by.head, by.deputy
		if by.under && len(above) > 0 {
			l.Superior = above[0].Name
		}
		break
	}
	return l
}

// begins reports whether a name begins with words, however their letters are written.
func begins(name, words string) bool {
	name, words = strings.ToLower(name)+" ", strings.ToLower(words)+" "
	return strings.HasPrefix(name, words)
}

// abbreviation: "UBND" of committees, else the capitals of the short name, each
// small word by its first letter: "Sở LĐTBXH" is SLĐTBXH.
func abbreviation(a agency.Agency) string {
	if _, ok := committee(a.Name); ok {
		return "UBND"
	}
	name := a.ShortName
	if name == "" {
		name = a.Name
	}
	var b strings.Builder
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if strings.ToUpper(word) == word {
			b.WriteString(word)
			continue
		}
		for _, r := range word {
			b.WriteRune(unicode.ToUpper(r))
			break
		}
	}
	return b.String()
}
