package draft

import (
	"slices"
	"strings"
	"unicode"
)

// Unit is an agency of the tree that names are matched with.
type Unit struct {
	Code, Name, ShortName, Level, Parent string
	Aliases                              []string
}

// Names finds agencies by the names that documents give them.
type Names struct {
	units  map[string]Unit   // by code
	known  map[string]string // code by spelling
	unsure map[string]bool   // spellings of several agencies
	order  []string
	// Issuer is who issues the document where its own name finds nobody.
	Issuer Unit
}

// NewNames learns the names of a tree. learned are names that people gave agencies in earlier documents, by code.
func NewNames(tree []Unit, learned map[string]string) *Names {
	n := &Names{units: map[string]Unit{}, known: map[string]string{}, unsure: map[string]bool{}}
	for _, u := range tree {
		n.units[u.Code] = u
		n.order = append(n.order, u.Code)
		for _, name := range append([]string{u.Name, u.ShortName}, u.Aliases...) {
			key := spelling(name)
			if key == "" {
				continue
			}
			if other, taken := n.known[key]; taken && other != u.Code {
				n.unsure[key] = true
				continue
			}
			n.known[key] = u.Code
		}
	}
	for name, code := range learned {
		if _, exists := n.units[code]; exists {
			key := spelling(name)
			n.known[key] = code
			delete(n.unsure, key)
		}
	}
	return n
}

// Find answers the agency that a name means and how sure that is; ok is false where none is known. territory is the
// document's own: "Sở Y tế" of a plan of tỉnh Đồng Nai may be listed as "Sở Y tế tỉnh Đồng Nai".
func (n *Names) Find(name, territory string) (found Unit, confidence float64, ok bool) {
	if n == nil {
		return Unit{}, 0, false
	}
	kind, _, _ := strings.Cut(territory, " ")
	if fold(territory) != "" && strings.HasPrefix(fold(territory), "thành phố") {
		kind = "thành phố"
	}
	for i, try := range []string{name, name + " " + territory, withPlace(name, kind, territory), strings.TrimSuffix(name, " "+kind), strings.TrimSuffix(name, " "+territory)} {
		key := spelling(try)
		if code, known := n.known[key]; known && !n.unsure[key] {
			return n.units[code], []float64{1, 0.95, 0.95, 0.9, 0.9}[i], true
		}
	}
	return Unit{}, 0, false
}

// At are the agencies of a level, in the tree's order.
func (n *Names) At(level string) []Unit {
	var out []Unit
	if n == nil {
		return nil
	}
	for _, code := range n.order {
		if u := n.units[code]; u.Level == level {
			out = append(out, u)
		}
	}
	return out
}

// withPlace says in full what a document of a territory calls "UBND tỉnh".
func withPlace(name, kind, territory string) string {
	if rest, ok := strings.CutSuffix(name, " "+kind); ok && kind != "" {
		return rest + " " + territory
	}
	return name
}

// abbreviations are those that official documents use of agencies.
var abbreviations = map[string]string{
	"ubnd": "ủy ban nhân dân", "hđnd": "hội đồng nhân dân", "ubmttqvn": "ủy ban mặt trận tổ quốc việt nam", "ubmttq": "ủy ban mặt trận tổ quốc việt nam", "mttqvn": "mặt trận tổ quốc việt nam",
	"mttq": "mặt trận tổ quốc việt nam", "ldtbxh": "lao động thương binh xã hội", "ld": "lao động", "tbxh": "thương binh xã hội", "tb": "thương binh", "gdđt": "giáo dục đào tạo", "gd": "giáo dục", "đt": "đào tạo",
	"vhttdl": "văn hóa thể thao du lịch", "vhtt": "văn hóa thông tin", "vhxh": "văn hóa xã hội", "tttt": "thông tin truyền thông", "khđt": "kế hoạch đầu tư", "khcn": "khoa học công nghệ", "tnmt": "tài nguyên môi trường",
	"nnmt": "nông nghiệp môi trường", "nnptnt": "nông nghiệp phát triển nông thôn", "gtvt": "giao thông vận tải", "lhpn": "liên hiệp phụ nữ", "tncs": "thanh niên cộng sản", "hcm": "hồ chí minh", "lđlđ": "liên đoàn lao động",
	"vksnd": "viện kiểm sát nhân dân", "tand": "tòa án nhân dân", "bchqs": "bộ chỉ huy quân sự", "bhxh": "bảo hiểm xã hội", "nhnn": "ngân hàng nhà nước", "bcđ": "ban chỉ đạo", "lđtbxh": "lao động thương binh xã hội", "lđ": "lao động",
	"qlda": "quản lý dự án", "dttg": "dân tộc tôn giáo", "cn": "công nghệ", "kh": "khoa học", "nv": "nội vụ", "tp": "thành phố",
}

// spelling writes a name so that signs, capitals and abbreviations make no difference.
func spelling(name string) string {
	words := strings.FieldsFunc(fold(remarked.ReplaceAllString(name, "")), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	var out []string
	for i := 0; i < len(words); i++ {
		w := words[i]
		if w == "và" || w == "các" || w == "&" {
			continue
		}
		// "LĐ-TB&XH" is one abbreviation in pieces.
		if i+2 < len(words) {
			if full, ok := abbreviations[w+words[i+1]+words[i+2]]; ok && w != "ủy" {
				out = append(out, full)
				i += 2
				continue
			}
		}
		if full, ok := abbreviations[w]; ok {
			w = full
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

// codeOf writes a name as the code of an agency: "so-y-te".
func codeOf(name string) string {
	var b strings.Builder
	for _, r := range fold(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case plainLetter[r] != 0:
			b.WriteRune(plainLetter[r])
		default:
			if s := b.String(); s != "" && !strings.HasSuffix(s, "-") {
				b.WriteByte('-')
			}
		}
	}
	code := strings.Trim(b.String(), "-")
	if parts := strings.Split(code, "-"); len(parts) > 10 {
		code = strings.Join(parts[:10], "-")
	}
	return code
}

var plainLetter = func() map[rune]rune {
	m := map[rune]rune{}
	for plain, all := range map[rune]string{
		'a': "àáảãạăằắẳẵặâầấẩẫậ", 'd': "đ", 'e': "èéẻẽẹêềếểễệ", 'i': "ìíỉĩị", 'o': "òóỏõọôồốổỗộơờớởỡợ", 'u': "ùúủũụưừứửữự", 'y': "ỳýỷỹỵ",
	} {
		for _, r := range all {
			m[r] = plain
		}
	}
	return m
}()

// levelGuess is the level that a name tells; empty: none.
func levelGuess(name string) string {
	f := fold(name)
	switch {
	case begins(f, "bộ", "chính phủ", "thủ tướng", "văn phòng chính phủ", "thanh tra chính phủ", "ngân hàng nhà nước việt nam") > 0 && begins(f, "bộ chỉ huy", "bộ đội") == 0:
		return "ministry"
	case begins(f, "viện kiểm sát", "vksnd", "tòa án", "tand") > 0:
		return "judiciary"
	case begins(f, "ủy ban mặt trận", "ubmttq", "mặt trận", "hội", "liên đoàn", "đoàn", "tỉnh đoàn", "huyện đoàn", "liên minh", "hiệp hội") > 0 && begins(f, "hội đồng nhân dân") == 0:
		return "union"
	case has(f, "xã", "phường", "thị trấn", "đặc khu", "thôn", "khu phố", "ấp"):
		return "commune"
	case has(f, "huyện", "quận", "thị xã"):
		return "district"
	case begins(f, "ủy ban nhân dân", "ubnd", "hội đồng nhân dân", "hđnd") > 0 && has(f, "tỉnh", "thành phố"):
		return "province"
	case begins(f, "chi cục") > 0:
		return "sub_department"
	}
	return "department"
}

// classLevels are the levels of the agencies that a class means.
func classLevels(name string) []string {
	f := fold(name)
	var out []string
	add := func(level string, words ...string) {
		for _, w := range words {
			if find(f, w, 0) >= 0 && !slices.Contains(out, level) {
				out = append(out, level)
			}
		}
	}
	add("commune", "xã", "phường", "thị trấn", "đặc khu")
	add("district", "huyện", "thị xã", "quận")
	add("department", "sở", "ban", "ngành", "phòng")
	add("union", "đoàn thể", "tổ chức chính trị")
	add("ministry", "bộ")
	return out
}
