package draft

import (
	"regexp"
	"strings"
)

// subject is who a sentence gives something to.
type subject struct {
	names []string
	mode  Mode
	act   string // what they are to do: the text after their names
	// explicit: the sentence says "Giao", "Yêu cầu", "Đề nghị" or "chủ trì".
	explicit bool
}

// doneBy is "… do Sở Y tế chủ trì".
var doneBy = regexp.MustCompile(`(?:^|\s)do `)

// leadIns stand before the subject of a sentence.
var leadIns = []string{
	"căn cứ", "trên cơ sở", "định kỳ", "hằng", "hàng", "trước", "chậm nhất", "để", "trong", "khi", "sau khi", "ngoài ra", "đồng thời", "riêng", "từ", "đến", "theo", "bên cạnh đó", "về", "đối với",
	"ngay sau", "nhằm", "trường hợp", "thống nhất", "đồng ý", "cơ bản", "tiếp tục", "mỗi", "khẩn trương", "vào", "với",
}

// subjectOf reads who a sentence addresses; ok is false where nobody is.
func subjectOf(text string) (subject, bool) {
	if s, ok := subjectAt(text); ok {
		return s, true
	}
	folded := fold(text)
	if m := doneBy.FindStringIndex(folded); m != nil {
		if found := readNames(text[m[1]:]); len(found.list) > 0 {
			act := strings.TrimLeft(text[m[1]+found.end:], " ,")
			if begins(fold(act), "chủ trì", "làm đầu mối", "chịu trách nhiệm chủ trì") > 0 && !classed(found.list) {
				return subject{names: bare(found.list), act: act, mode: Assigned, explicit: true}, true
			}
		}
	}
	if begins(folded, leadIns...) == 0 {
		return subject{}, false
	}
	// After a comma first: "Căn cứ …, các phòng … xây dựng …"; then anywhere near the beginning.
	for _, comma := range []bool{true, false} {
		for i := 1; i < len(text) && i < 320; i++ {
			if !edge(folded, i) || text[i] == ' ' || text[i] == ',' {
				continue
			}
			before := text[:i]
			if comma && !strings.HasSuffix(before, ", ") || !comma && !strings.HasSuffix(before, " ") {
				continue
			}
			if s, ok := subjectAt(text[i:]); ok && (comma || s.explicit || strings.HasPrefix(folded[i:], "các ")) {
				return s, true
			}
		}
	}
	return subject{}, false
}

// subjectAt reads a subject with which a text begins.
func subjectAt(text string) (subject, bool) {
	rest, mode, explicit := address(text)
	found := namesIn(rest, true)
	if len(found.list) == 0 {
		return subject{}, false
	}
	if act := strings.TrimLeft(rest[found.end:], " ,"); act == "" || !strings.HasPrefix(act, ":") && begins(fold(act), predicates...) == 0 {
		found = readNames(rest)
	}
	act := rest[found.end:]
	s := subject{names: bare(found.list), mode: mode, explicit: explicit}
	// "Giao Sở A (Chi cục B) chủ trì": the brackets stay with the name.
	act = strings.TrimLeft(act, " ,")
	folded := fold(act)
	if n := begins(folded, "giao", "yêu cầu", "đề nghị", "phân công"); n > 0 && !explicit {
		if inner, ok := subjectAt(act); ok {
			return inner, true
		}
	}
	s.act = strings.TrimLeft(act, " :,")
	switch {
	case act == "":
		return subject{}, false
	case strings.HasPrefix(act, ":"):
		return s, true
	case begins(folded, predicates...) == 0:
		return subject{}, explicit && false
	}
	if begins(folded, "chủ trì", "là cơ quan chủ trì", "có trách nhiệm", "chịu trách nhiệm", "làm đầu mối", "là đầu mối") > 0 {
		s.explicit = true
	}
	return s, true
}

// everybody names all whom the document concerns, nobody in particular.
var everybody = []string{
	"các đơn vị", "các cơ quan", "các cơ quan, đơn vị", "các đơn vị, địa phương", "các địa phương, đơn vị", "các cơ quan, đơn vị, địa phương", "các cơ quan, địa phương", "các ngành, địa phương",
	"các cấp, các ngành", "các cấp, ngành", "các địa phương", "các bên", "các sở, ngành, địa phương", "các đơn vị liên quan", "các cơ quan liên quan", "các cơ quan, đơn vị liên quan",
	"các cơ quan, đơn vị, địa phương liên quan", "các đơn vị có liên quan", "các cơ quan, đơn vị có liên quan", "thủ trưởng các cơ quan, đơn vị", "các cơ quan, tổ chức",
}

// general reports whether names mean everybody.
func general(names []string) bool {
	for _, name := range names {
		ok := false
		folded := squeeze(fold(name))
		for _, one := range everybody {
			ok = ok || folded == one
		}
		if !ok {
			return false
		}
	}
	return true
}

// classed reports whether names are classes throughout, not single agencies.
func classed(names []string) bool {
	for _, name := range names {
		if folded := fold(name); !strings.HasPrefix(folded, "các ") && !strings.Contains(folded, " các ") && !classList.MatchString(folded) && begins(folded, "thủ trưởng", "chính quyền", "cấp ủy") == 0 {
			return false
		}
	}
	return true
}

func addressed(text string) bool {
	_, ok := subjectOf(text)
	return ok
}

// pieces parts a paragraph into its sentences, and those at semicolons where another agency is addressed.
func pieces(text string) []string {
	var out []string
	for _, sentence := range sentences(text) {
		held := ""
		for _, clause := range clauses(sentence) {
			if held == "" {
				held = clause
				continue
			}
			if s, ok := subjectAt(clause); ok && (s.explicit || !classed(s.names) || !general(s.names) && addressed(held)) {
				out = append(out, held)
				held = clause
				continue
			}
			// The blank between two clauses is as it was.
			at := strings.Index(sentence, held) + len(held)
			next := strings.Index(sentence[at:], clause)
			held += sentence[at:at+next] + clause
		}
		if held != "" {
			out = append(out, held)
		}
	}
	return out
}
