package draft

import (
	"regexp"
	"strings"
)

var (
	ownNumber = regexp.MustCompile(`(?i)^số\s*:?\s*([\dlIO]{1,5}\s?(?:/\s?(?:19|20)\d{2}\s?)?[/\-–]\s?\p{L}[\p{L}\d\-–/&]*)`)
	ownDay    = regexp.MustCompile(`(?i)^(?:(.{2,60}?),\s*)?ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})`)
	inText    = regexp.MustCompile(`(?i)(\p{Lu}[^,;]{2,60}?),\s*ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})`)
	spanYears = regexp.MustCompile(`(?:giai đoạn|từ năm|thời kỳ|nhiệm kỳ|các năm)\s+(20\d{2})\s*(?:-|–|—|đến năm|đến)\s*(20\d{2})`)
	oneYear   = regexp.MustCompile(`(?:năm|trong năm)\s+(20\d{2})`)
	fromTo    = regexp.MustCompile(`thực hiện[^.]{0,40} từ (?:ngày )?(\d{1,2})/(\d{1,2})/(20\d{2}) đến (?:hết )?(?:ngày )?(\d{1,2})/(\d{1,2})/(20\d{2})`)
	inPeriod  = regexp.MustCompile(`(tháng|quý|quí) (i{1,3}|iv|\d{1,2})(?: năm |/)(20\d{2})`)
	endYear   = regexp.MustCompile(`(?:đến (?:hết )?năm)\s+(20\d{2})`)
	issuing   = regexp.MustCompile(`(?:ban hành|xây dựng|triển khai|lập)\s+(?:kế hoạch|chỉ thị|chương trình|đề án|nghị quyết|phương án)`)
	unitName  = regexp.MustCompile(`(?i)\b?((?:tỉnh|thành phố|huyện|quận|thị xã|xã|phường|thị trấn|đặc khu))\s+(\p{Lu}[\p{L}'’]*(?:[\s\-]\p{Lu}[\p{L}'’]*){0,4}|\d{1,2})`)
)

// facts reads what the document says of itself.
func facts(l layout) Facts {
	var f Facts
	var headed []string
	for _, line := range l.header {
		text := strings.TrimSpace(line.Text)
		if m := ownNumber.FindStringSubmatch(text); m != nil && f.Number == "" {
			if number, _ := normalNumber(strings.TrimRight(m[1], "-–/& ")); number != "" {
				f.Number = Written(number)
			}
			text = strings.TrimSpace(text[len(m[0]):])
		}
		if m := dayIn(text); m != nil && f.IssuedOn == "" {
			f.Place, f.IssuedOn = Written(strings.TrimSpace(m[1])), Written(isoOf(m[2], m[3], m[4]))
			continue
		}
		if !has(fold(text), national...) && (shouted(text) || len(readNames(text).list) > 0) {
			headed = append(headed, strings.Split(text, " - ")...)
		}
	}
	if len(l.sections) > 0 {
		main := l.sections[0]
		f.Type, f.Title, f.Line = capitalised(main.kind), main.title, main.line
		for _, line := range main.preamble {
			if f.Number == "" {
				if m := ownNumber.FindStringSubmatch(line.Text); m != nil {
					if number, _ := normalNumber(m[1]); number != "" {
						f.Number = Written(number)
					}
				}
			}
			if m := ownDay.FindStringSubmatch(line.Text); m != nil && f.IssuedOn == "" && len(line.Text) < 120 {
				f.Place, f.IssuedOn = Written(m[1]), Written(isoOf(m[2], m[3], m[4]))
			}
		}
	}
	f.Issuer = Written(issuer(l, headed))
	if len(l.signature) > 0 {
		f.Signer = Written(l.signature[len(l.signature)-1])
		if f.Issuer == "" {
			f.Issuer = Written(strings.TrimSpace(strings.TrimLeft(l.signature[0], "TMKLUQ. ")))
		}
	}
	f.Recipients = l.recipients
	if f.Recipients == nil {
		f.Recipients = []string{}
	}
	f.Territory = Written(territory(string(f.Issuer), l))
	f.Level = Written(levelOf(string(f.Issuer), string(f.Territory)))
	f.ValidFrom, f.ValidTo = validity(l)
	return f
}

func dayIn(text string) []string {
	if m := ownDay.FindStringSubmatch(text); m != nil {
		return m
	}
	return inText.FindStringSubmatch(text)
}

// issuer is who issued the document: of the header the lines in capitals together, else who "ban hành" in the preamble.
func issuer(l layout, headed []string) string {
	var parts []string
	for _, text := range headed {
		if folded := fold(text); (len(readNames(text).list) > 0 || begins(folded, "tỉnh", "huyện", "thành phố", "xã", "phường", "thị xã", "quận", "thị trấn", "đặc khu", "ban chỉ đạo", "thủ tướng", "chính phủ", "quốc hội") > 0) && len(text) < 160 {
			parts = append(parts, text)
		}
	}
	if len(parts) > 0 {
		// "UBND TỈNH X / SỞ Y": the last agency issued it, the one above comes before.
		name := parts[len(parts)-1]
		if len(parts) > 1 && begins(fold(name), "tỉnh", "huyện", "thành phố", "xã", "phường", "thị xã", "quận", "thị trấn", "đặc khu") > 0 {
			name = parts[len(parts)-2] + " " + name
		}
		if together := jointly(parts); len(together) > 1 {
			return strings.Join(together, "; ")
		}
		return properName(name)
	}
	for _, s := range l.sections[:min(1, len(l.sections))] {
		for _, line := range s.preamble {
			for _, sentence := range append(sentences(line.Text), strings.Split(line.Text, ", ")...) {
				rest, _, _ := address(sentence)
				found := readNames(rest)
				if len(found.list) == 1 && issuing.MatchString(fold(rest[found.end:])) {
					return found.list[0]
				}
			}
			folded := fold(line.Text)
			for _, at := range issuing.FindAllStringIndex(folded, -1) {
				if from := lastHead(line.Text[:at[0]]); from != "" {
					return from
				}
			}
		}
	}
	return ""
}

// jointly are the issuers where several agencies of one place issue the document together.
func jointly(parts []string) []string {
	var out []string
	for _, part := range parts {
		if begins(fold(part), "sở", "công an", "tỉnh đoàn", "hội", "ban", "bộ", "chi cục", "liên đoàn", "đoàn", "viện kiểm sát", "tòa án", "ủy ban mặt trận") == 0 {
			return nil
		}
		out = append(out, properName(part))
	}
	return out
}

// lastHead is the name that a text ends with.
func lastHead(text string) string {
	text = strings.TrimRight(text, " ,")
	for i := len(text); i > 0 && len(text)-i < 120; i-- {
		if !edge(text, i-1) {
			continue
		}
		if found := readNames(text[i-1:]); len(found.list) == 1 && found.end == len(text)-i+1 && text[i-1] != ' ' {
			best := found.list[0]
			return best
		}
	}
	return ""
}

// small words of names in capitals.
var smallWords = map[string]bool{"nhân": true, "dân": true, "và": true, "ban": false}

// properName writes a name in capitals as it is written in texts.
func properName(name string) string {
	name = squeeze(name)
	if !shouted(name) {
		return name
	}
	words := strings.Fields(fold(name))
	for i, w := range words {
		upper := !smallWords[w]
		if w == "ban" && i > 0 {
			upper = false
		}
		if w == "tỉnh" || w == "huyện" || w == "xã" || w == "phường" || w == "quận" || w == "phố" && i > 0 || w == "thành" && i+1 < len(words) && words[i+1] == "phố" || w == "thị" && i+1 < len(words) && (words[i+1] == "xã" || words[i+1] == "trấn") || w == "trấn" {
			upper = false
		}
		if w == "ubnd" || w == "hđnd" {
			words[i] = strings.ToUpper(w)
			continue
		}
		if upper {
			words[i] = capitalised(w)
		}
	}
	return secondHalves.Replace(strings.Join(words, " "))
}

// secondHalves are words of two syllables of which names write the second small.
var secondHalves = strings.NewReplacer(
	"Chỉ Đạo", "Chỉ đạo", "Hội Đồng", "Hội đồng", "Công An", "Công an", "Lao Động", "Lao động", "Giáo Dục", "Giáo dục", "Đào Tạo", "Đào tạo", "Văn Hóa", "Văn hóa", "Tài Chính", "Tài chính", "Kế Hoạch", "Kế hoạch", "Đầu Tư", "Đầu tư",
	"Nông Nghiệp", "Nông nghiệp", "Môi Trường", "Môi trường", "Xây Dựng", "Xây dựng", "Tư Pháp", "Tư pháp", "Nội Vụ", "Nội vụ", "Thanh Tra", "Thanh tra", "Văn Phòng", "Văn phòng", "Chính Phủ", "Chính phủ", "Thủ Tướng", "Thủ tướng",
	"Thương Binh", "Thương binh", "Xã Hội", "Xã hội", "Khoa Học", "Khoa học", "Công Nghệ", "Công nghệ", "Du Lịch", "Du lịch", "Thể Thao", "Thể thao", "Dân Tộc", "Dân tộc", "Tôn Giáo", "Tôn giáo", "Giao Thông", "Giao thông",
	"Thanh Niên", "Thanh niên", "Phụ Nữ", "Phụ nữ", "Mặt Trận", "Mặt trận", "Quân Sự", "Quân sự", "Y Tế", "Y tế", "Chủ Tịch", "Chủ tịch", "Tỉnh Đoàn", "Tỉnh đoàn",
)

// territory is the unit that the issuer governs, or the title names.
func territory(issuer string, l layout) string {
	texts := []string{issuer}
	if len(l.sections) > 0 {
		texts = append(texts, l.sections[0].title)
	}
	for _, text := range texts {
		if m := unitName.FindStringSubmatch(text); m != nil {
			return fold(m[1]) + " " + m[2]
		}
	}
	for _, line := range l.header {
		if m := unitName.FindStringSubmatch(properName(line.Text)); m != nil && begins(fold(line.Text), "tỉnh", "huyện", "thành phố", "xã", "phường", "thị xã", "quận", "thị trấn", "đặc khu", "ủy ban nhân dân", "ubnd", "hội đồng nhân dân") > 0 {
			return fold(m[1]) + " " + m[2]
		}
	}
	return ""
}

// levelOf is the level of whoever issued it.
func levelOf(issuer, territory string) string {
	i, t := fold(issuer), fold(territory)
	switch {
	case has(i, "thủ tướng", "chính phủ", "quốc hội") && !has(i, "ubnd", "ủy ban"):
		return "government"
	case begins(i, "bộ") > 0 && begins(i, "bộ chỉ huy", "bộ đội") == 0, begins(i, "tổng cục", "cục") > 0:
		return "ministry"
	case begins(i, "sở", "công an tỉnh", "ban quản lý") > 0 && !strings.Contains(i, ";"):
		return "department"
	}
	for _, level := range []struct{ name, words string }{
		{"commune", "xã|phường|thị trấn|đặc khu"}, {"district", "huyện|quận|thị xã"}, {"province", "tỉnh|thành phố"},
	} {
		for _, w := range strings.Split(level.words, "|") {
			if begins(t, w) > 0 {
				return level.name
			}
		}
	}
	switch {
	case has(i, "xã", "phường", "thị trấn", "đặc khu"):
		return "commune"
	case has(i, "huyện", "quận"):
		return "district"
	case has(i, "tỉnh", "thành phố"):
		return "province"
	}
	return ""
}

// validity is the time that the title names: years, or one year.
func validity(l layout) (from, to Written) {
	for _, s := range l.sections[:min(2, len(l.sections))] {
		title := fold(s.title)
		if m := spanYears.FindStringSubmatch(title); m != nil {
			return Written(m[1] + "-01-01"), Written(m[2] + "-12-31")
		}
		if m := endYear.FindStringSubmatch(title); m != nil {
			return "", Written(m[1] + "-12-31")
		}
		if m := inPeriod.FindAllStringSubmatch(title, -1); len(m) == 1 && strings.Count(title, "quý")+strings.Count(title, "quí")+strings.Count(title, "tháng ") == 1 {
			first := m[0][2]
			if m[0][1] != "tháng" {
				n := map[string]string{"i": "03", "ii": "06", "iii": "09", "iv": "12", "1": "03", "2": "06", "3": "09", "4": "12"}[first]
				return Written(m[0][3] + map[string]string{"03": "-01-01", "06": "-04-01", "09": "-07-01", "12": "-10-01"}[n]), Written(monthEnd(n, m[0][3]))
			}
			if end := monthEnd(first, m[0][3]); end != "" {
				return Written(end[:len("2006-01-")] + "01"), Written(end)
			}
		}
		// Years of the documents that the title names are no validity.
		if m := oneYear.FindAllStringSubmatchIndex(title, -1); len(m) == 1 && !has(title[:m[0][0]], "tháng", "quý", "quí") {
			year := title[m[0][2]:m[0][3]]
			return Written(year + "-01-01"), Written(year + "-12-31")
		}
	}
	for _, s := range l.sections[:min(1, len(l.sections))] {
		for _, line := range s.preamble {
			if m := fromTo.FindStringSubmatch(fold(line.Text)); m != nil {
				return Written(isoOf(m[1], m[2], m[3])), Written(isoOf(m[4], m[5], m[6]))
			}
		}
	}
	return "", ""
}
