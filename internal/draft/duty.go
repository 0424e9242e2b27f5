package draft

import (
	"slices"
	"strings"
)

// leads, coordinates and members begin what a duty asks.
var (
	leads       = []string{"chủ trì", "là cơ quan chủ trì", "là đơn vị chủ trì", "là đầu mối", "là cơ quan đầu mối", "là đơn vị đầu mối", "làm đầu mối", "đầu mối", "chịu trách nhiệm chủ trì", "có trách nhiệm chủ trì", "là cơ quan đầu mối chủ trì", "chủ động chủ trì"}
	coordinates = []string{"phối hợp", "chủ động phối hợp", "tích cực phối hợp", "có trách nhiệm phối hợp", "tăng cường phối hợp", "tiếp tục phối hợp", "thường xuyên phối hợp", "chịu trách nhiệm phối hợp"}
	memberships = []string{"tham gia", "cử cán bộ tham gia", "cử người tham gia", "cử lãnh đạo tham gia", "cử đại diện tham gia", "là thành viên", "tích cực tham gia"}
)

// waiting are words before the act that say how it is done.
var waiting = []string{"khẩn trương", "tiếp tục", "chủ động", "có trách nhiệm", "chịu trách nhiệm", "luân phiên", "trực tiếp", "tích cực", "tăng cường"}

// roleOf reads the primary role of a duty from how its act begins.
func roleOf(act string) (Role, float64) {
	folded := strings.TrimLeft(fold(act), " ,:-")
	// What stands before the act tells nothing of the role: "Căn cứ chức năng, nhiệm vụ được giao, chủ trì …".
	if begins(folded, "căn cứ", "trên cơ sở", "theo", "định kỳ", "hằng", "hàng", "trước", "trong", "chậm nhất") > 0 {
		at := len(folded)
		for _, word := range []string{"chủ trì", "phối hợp"} {
			if i := find(folded, word, 0); i >= 0 && i < 160 {
				at = min(at, i)
			}
		}
		for i := 0; i < at && i < 160; i++ {
			// Another act comes first.
			if edge(folded, i) && i > 0 && folded[i] != ' ' && folded[i] != ',' && begins(folded[i:], predicates...) > 0 && begins(folded[i:], "được", "căn cứ", "giao", "hằng", "hàng", "định kỳ", "để", "phân công", "quy định", "đã", "quyết định", "phê duyệt", "ban hành", "trên cơ sở", "theo", "chủ trì", "phối hợp", "hướng dẫn của", "quản lý") == 0 {
				at = i
			}
		}
		folded = folded[min(at, len(folded)):]
	}
	for n := begins(folded, waiting...); n > 0; n = begins(folded, waiting...) {
		folded = strings.TrimLeft(folded[n:], " ,")
	}
	switch {
	case begins(folded, leads...) > 0:
		return Lead, 0.98
	case begins(folded, coordinates...) > 0:
		return Coordinate, 0.98
	case begins(folded, memberships...) > 0:
		return Member, 0.95
	}
	return Implement, 0.9
}

// withWhom are the words before partners.
var withWhom = []string{"phối hợp chặt chẽ cùng với", "phối hợp chặt chẽ với", "phối hợp cùng với", "phối hợp cùng", "phối hợp với", "phối hợp chặt chẽ", "phối hợp đồng bộ với", "phối hợp", "cùng với", "thống nhất với"}

// partnersIn reads with whom a duty is carried out.
func partnersIn(text string) []string {
	folded := fold(text)
	out := []string{}
	for at := 0; at < len(folded); {
		i := find(folded, "phối hợp", at)
		if i < 0 {
			break
		}
		at = i + len("phối hợp")
		n := begins(folded[i:], withWhom...)
		rest := strings.TrimLeft(text[i+n:], " ")
		from := strings.TrimLeft(rest, " ,:")
		found := readNames(from)
		if len(found.list) == 0 {
			continue
		}
		for _, name := range found.list {
			if name = strings.TrimSpace(name); !slices.ContainsFunc(out, func(o string) bool { return fold(o) == fold(name) }) {
				out = append(out, name)
			}
		}
		// Only the first names partners of the whole duty where it leads or coordinates; later ones add.
	}
	return out
}

// dutyOf reads one obligation. subject: who it is given to, where the text says so before the act.
func dutyOf(text, act string, section, letter string, line int, rule string) Duty {
	d := Duty{Section: section, Letter: letter, Text: text, Children: []Duty{}, Mark: Mark{line, 0, rule}}
	var sure float64
	d.Role, sure = roleOf(act)
	d.Confidence = sure
	d.Partners = partnersIn(act)
	d.Cadences = cadencesIn(text)
	dues := duesIn(text)
	d.dues = dues
	d.Due = dueList(dues, d.Cadences)
	if len(d.Cadences) == 0 && slices.ContainsFunc(dues, func(one due) bool { return one.on != "" || one.noYear }) {
		d.Cadences = []string{Once}
	}
	if d.Cadences == nil {
		d.Cadences = []string{}
	}
	if parts := sentences(text); len(parts) > 1 {
		d.Split = parts
	}
	return d
}
