package draft

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// heads begin the names of agencies. Those that are common words too ("sở", "tổ", "báo") count only before a capital
// or before one of the words given.
var heads = []struct {
	word string
	only string // folded words that may follow in small letters, parted by |; "*": anything
}{
	{"thủ tướng", "*"}, {"chính phủ", "*"}, {"quốc hội", "*"}, {"ban bí thư", "*"}, {"chủ tịch nước", "*"}, {"ủy ban", "*"}, {"ubnd", "*"}, {"ubmttq", "*"}, {"mttq", "*"}, {"ubmttqvn", "*"}, {"hđnd", "*"}, {"hội đồng", "*"}, {"công an", "*"}, {"chi cục", "*"},
	{"tổng cục", "*"}, {"văn phòng", "*"}, {"viện kiểm sát", "*"}, {"vksnd", "*"}, {"tòa án", "*"}, {"tand", "*"}, {"liên đoàn", "*"}, {"lđlđ", "*"},
	{"mặt trận", "*"}, {"bộ chỉ huy", "*"}, {"bộ đội", "*"}, {"bch", "*"}, {"trung tâm", "*"}, {"bệnh viện", "*"}, {"ngân hàng", "*"}, {"nhnn", "*"},
	{"kho bạc", "*"}, {"bảo hiểm xã hội", "*"}, {"bhxh", "*"}, {"tỉnh ủy", "*"}, {"thành ủy", "*"}, {"huyện ủy", "*"}, {"thị ủy", "*"}, {"quận ủy", "*"},
	{"đảng ủy", "*"}, {"liên minh", "*"}, {"hiệp hội", "*"}, {"tổng công ty", "*"}, {"công ty", "*"}, {"tập đoàn", "*"}, {"kiểm toán", "*"}, {"học viện", "*"},
	{"ban chỉ đạo", "*"}, {"ban quản lý", "*"}, {"ban tuyên giáo", "*"}, {"ban dân vận", "*"}, {"ban tổ chức", "*"}, {"ban dân tộc", "*"}, {"ban nội chính", "*"},
	{"ban an toàn", "*"}, {"ban thường vụ", "*"}, {"ban thường trực", "*"}, {"ban chấp hành", "*"}, {"ban chỉ huy", "*"}, {"thường trực", "*"}, {"đội kiểm tra", "*"},
	{"tổ công tác", "*"}, {"tổ giúp việc", "*"}, {"tổ liên ngành", "*"}, {"cơ quan thường trực", "*"}, {"đài phát thanh", "*"}, {"đài truyền thanh", "*"},
	{"trung ương đoàn", "*"}, {"đoàn thanh niên", "*"}, {"đoàn tncs", "*"}, {"tỉnh đoàn", "*"}, {"thành đoàn", "*"}, {"huyện đoàn", "*"}, {"đoàn khối", "*"}, {"đảng bộ", "*"},
	{"chi bộ", "*"}, {"thông tấn xã", "*"}, {"hạt kiểm lâm", "*"}, {"trạm y tế", "*"}, {"hợp tác xã", "*"}, {"bưu điện", "*"}, {"điện lực", "*"}, {"ban giám hiệu", "*"},
	{"chủ tịch", "ủy|ubnd|hội|các"}, {"phó chủ tịch", "ủy|ubnd"}, {"giám đốc", "các"}, {"bộ trưởng", "các"}, {"thủ trưởng", "các|cơ|đơn|những"}, {"người đứng đầu", "các|cấp|cơ|đơn"},
	{"trưởng", "các|phòng|ban|công"}, {"chánh", "văn|thanh"}, {"hiệu trưởng", "các|trường"}, {"bí thư", "*"}, {"cơ quan chủ trì", "*"}, {"cơ quan", "chuyên|liên|có|chức|tham|thường"},
	{"sở", ""}, {"bộ", ""}, {"ban", "quản|chỉ|tuyên|dân|tổ"}, {"phòng", "chuyên|giao"}, {"cục", ""}, {"vụ", ""}, {"viện", "nghiên|kiểm"}, {"hội", "đồng|liên|nông|cựu|phụ|chữ"},
	{"đoàn", "thanh"}, {"đài", "truyền|phát"}, {"báo", "và"}, {"cổng", "thông"}, {"trường", "chính|cao|đại|thpt|thcs|tiểu|mầm"}, {"thanh tra", "tỉnh|huyện|ngành|bộ|sở|chính|nhà"},
	{"thuế", "tỉnh|thành|cơ"}, {"hải quan", ""}, {"tổ", "dân|công|giúp|liên|biên|trưởng"}, {"đội", "công|hoạt|quản|cảnh|trật|nghiệp"}, {"quân khu", ""}, {"đại học", ""},
	{"quỹ", "phát|bảo|tín|đầu"}, {"tổng liên đoàn", "*"}, {"trung ương", "hội|mặt|đoàn"},
}

// notHeads begin with a head's word and are something else.
var notHeads = []string{
	"ban hành", "bộ tiêu chí", "bộ máy", "bộ phận", "bộ chỉ số", "bộ thủ tục", "tổ chức", "báo cáo", "phòng ngừa", "phòng, chống", "phòng chống", "phòng cháy",
	"hội nghị", "hội thảo", "hội thi", "hội nhập", "hội viên", "đoàn kết", "đoàn viên", "đoàn kiểm tra", "trường hợp", "đội ngũ", "sở hữu", "công an toàn", "văn phòng phẩm",
	"thanh tra, kiểm tra", "bảo hiểm xã hội tự nguyện", "hội đồng nhân dân thông qua", "trung tâm của", "thường trực tiếp", "mặt trận đoàn kết", "ngân hàng đề",
	"ban đầu", "bộ đội xuất ngũ", "liên minh chiến", "kiểm toán báo cáo",
}

// classes name kinds of agencies in small letters.
var classes = regexp.MustCompile(`^(?:(?:các|toàn thể|từng|mỗi|những|tất cả các|thủ trưởng các|người đứng đầu các|lãnh đạo các|cấp ủy,? chính quyền)\s+)?` +
	`(?:sở|bộ|ban|ngành|phòng|cơ quan|đơn vị|địa phương|huyện|thành phố|thị xã|quận|xã|phường|thị trấn|đặc khu|thôn|ấp|bản|làng|khu phố|khu dân cư|tổ dân phố|tổ chức chính trị|tổ chức đoàn thể|tổ chức hội|` +
	`tổ chức kinh tế|tổ chức thành viên|tổ chức tín dụng|bệnh viện|trạm|nhà thầu|tổ chức xã hội|tổ chức có liên quan|tổ chức liên quan|tổ chức, cá nhân|đoàn thể|hội đoàn thể|hội, đoàn thể|hội quần chúng|cấp ủy|cấp chính quyền|cấp hội|cấp bộ đoàn|cấp, các ngành|cấp, ngành|cấp|trường|doanh nghiệp|` +
	`thành viên|tỉnh, thành phố|tỉnh|lực lượng|chi hội|chi cục|cục|vụ|trung tâm|chủ đầu tư|cơ sở|nhà trường|bên|chủ rừng|ngân hàng|chính quyền|công an|ubnd|ủy ban nhân dân|đội|đài|báo)`)

// predicates begin what an agency is to do. In names the same words are written with a capital.
var predicates = []string{
	"chủ trì", "chủ động", "phối hợp", "có trách nhiệm", "chịu trách nhiệm", "tổ chức", "xây dựng", "thực hiện", "tham mưu", "hướng dẫn", "chỉ đạo", "báo cáo", "căn cứ", "theo dõi",
	"đôn đốc", "kiểm tra", "bố trí", "triển khai", "tiếp tục", "tăng cường", "khẩn trương", "nghiên cứu", "rà soát", "ban hành", "phải", "cần", "là cơ quan", "là đầu mối", "là đơn vị",
	"đẩy mạnh", "đưa", "quán triệt", "gửi", "tổng hợp", "phân công", "phát huy", "nâng cao", "tập trung", "ưu tiên", "lồng ghép", "tuyên truyền", "vận động", "cân đối", "thẩm định",
	"trình", "đề xuất", "hoàn thành", "hoàn thiện", "cung cấp", "quản lý", "giám sát", "thanh tra", "xử lý", "giải quyết", "kịp thời", "thường xuyên", "định kỳ", "hằng", "hàng", "chuẩn bị",
	"đảm bảo", "bảo đảm", "hỗ trợ", "tạo điều kiện", "thông báo", "công bố", "cập nhật", "đăng tải", "phổ biến", "tham gia", "duy trì", "lập", "mở", "thành lập", "kiện toàn", "củng cố",
	"giao", "yêu cầu", "đề nghị", "nghiêm túc", "khắc phục", "rút kinh nghiệm", "sớm", "làm tốt", "làm việc", "liên hệ", "giúp", "thống nhất", "quy định", "quyết định", "phê duyệt", "chấp hành",
	"đánh giá", "chấm điểm", "phát động", "phát hiện", "bồi dưỡng", "đào tạo", "tập huấn", "tiếp nhận", "trao đổi", "trực tiếp", "đầu tư", "khảo sát", "thống kê", "lãnh đạo", "dự toán", "gắn",
	"khuyến khích", "huy động", "nắm", "phản ánh", "tạo", "thí điểm", "thu", "đề ra", "cụ thể hóa", "chuyển", "sử dụng", "điều tra", "ký kết", "ký", "vận hành", "kết nối", "số hóa", "đẩy nhanh",
	"lựa chọn", "tích cực", "dừng", "ngừng", "không để", "không", "sắp xếp", "tuyệt đối", "cử", "công khai", "chỉ định", "dự báo", "được giao", "được phân công", "sẽ", "đã", "đang", "để",
	"phân bổ", "phát triển", "phục vụ", "đổi mới", "ứng dụng", "truyền thông", "thẩm tra", "tiến hành", "truy tố", "đấu tranh", "nhân rộng", "hợp nhất", "niêm yết", "bổ sung", "xác định", "tư vấn", "mời", "thay mặt",
	"dự thảo", "di chuyển", "di dời", "xem xét", "tháo gỡ", "khai thác", "kiến nghị", "trả lời", "bảo vệ", "bám sát", "chấn chỉnh", "tiếp thu", "cung ứng", "điều chỉnh", "rút ngắn", "cắt giảm", "đăng ký", "đề cao", "nêu cao", "xử phạt", "thu hồi", "thu thập", "thu gom", "chi trả", "quan tâm", "chú trọng", "thay thế", "điều phối", "điều hành", "công nhận", "cho vay", "giới thiệu", "hưởng ứng", "kêu gọi", "nhắc nhở", "mở rộng", "khôi phục", "ngăn chặn", "phân tích", "phân loại", "phân cấp", "tổng kết", "sơ kết", "trang bị", "tính toán", "ủy quyền", "vận chuyển", "xin ý kiến", "lấy ý kiến", "xuất bản", "biên soạn", "bảo trì", "bàn giao", "cam kết", "cảnh báo", "chăm lo", "chia sẻ", "đối thoại", "hợp tác", "kê khai", "kết hợp", "làm rõ", "liên kết", "quảng bá", "quyết liệt", "sàng lọc", "tiếp cận", "tổng rà soát", "triệt phá", "trợ giúp", "xúc tiến", "ứng phó", "sửa chữa", "sửa đổi", "tìm kiếm", "đưa tin", "chăm sóc", "tổ chức", "đăng", "phát sóng", "đón", "nhận", "nộp", "trồng", "dọn", "vệ sinh", "lắp đặt", "cải tạo", "giữ gìn", "giữ vững", "tái lập", "ra quân", "xác minh", "xác nhận", "thẩm định", "gìn giữ", "tạm dừng", "chốt", "bảo quản", "ký cam kết", "luân phiên", "thực thi",
	"trên cơ sở", "theo chức năng", "theo nhiệm vụ", "trong phạm vi", "dựa trên", "đồng thời", "nhằm", "khi", "thì", "tự", "giữ", "soạn thảo", "kiểm soát", "vào", "sau khi",
}

// teams are heads after which an activity belongs to the name ("Đội kiểm tra liên ngành", "Ban chỉ đạo").
var teams = []string{"đội", "tổ", "ban", "hội đồng", "ủy ban", "đoàn", "phòng", "trung tâm", "cục", "chi cục", "đội kiểm tra", "tổ công tác", "ban chỉ đạo", "ban quản lý", "ban tổ chức"}

// head answers how much of a text (and its folded form) begins a name: 0 where none does. wide takes classes of
// agencies in small letters too.
func head(text, folded string, loud bool) int {
	for _, no := range notHeads {
		if strings.HasPrefix(folded, no) && edge(folded, len(no)) {
			return 0
		}
	}
	r, _ := utf8.DecodeRuneInString(text)
	if unicode.IsUpper(r) {
		for _, h := range heads {
			if !strings.HasPrefix(folded, h.word) || !edge(folded, len(h.word)) {
				continue
			}
			if h.only == "*" || loud {
				return len(h.word)
			}
			rest := strings.TrimLeft(text[len(h.word):], " ")
			if next, _ := utf8.DecodeRuneInString(rest); unicode.IsUpper(next) {
				return len(h.word)
			}
			word, _, _ := strings.Cut(strings.TrimLeft(folded[len(h.word):], " "), " ")
			for _, only := range strings.Split(h.only, "|") {
				if only != "" && strings.TrimRight(word, ",;:.") == only {
					return len(h.word)
				}
			}
		}
	}
	if at := single.FindStringIndex(text); at != nil && edge(folded, at[1]) {
		return at[1]
	}
	if at := classes.FindStringIndex(folded); at != nil && edge(folded, at[1]) {
		if strings.HasPrefix(folded, "các ") || strings.HasPrefix(folded, "thủ trưởng") || strings.HasPrefix(folded, "toàn thể") || strings.HasPrefix(folded, "từng ") ||
			strings.HasPrefix(folded, "mỗi ") || strings.HasPrefix(folded, "tất cả") || strings.HasPrefix(folded, "lãnh đạo các") || strings.HasPrefix(folded, "người đứng đầu các") ||
			classList.MatchString(folded) {
			return at[1]
		}
	}
	if strings.HasPrefix(folded, "các ") {
		if n := head(text[len("các "):], folded[len("các "):], loud); n > 0 {
			return len("các ") + n
		}
	}
	return 0
}

// single are agencies that are named by what they do.
var single = regexp.MustCompile(`^(?:(?:ủy ban nhân dân|công an|hội đồng nhân dân) (?:tỉnh|huyện|thành phố|thị xã|quận|xã|phường|thị trấn)|cơ quan (?:chủ trì|điều tra|[Tt]hường trực(?: BCĐ| Ban [Cc]hỉ đạo)?|chức năng|chuyên môn|có thẩm quyền|liên quan|có liên quan)|đơn vị (?:liên quan|có liên quan)|ngành \p{Lu}\p{L}*|chính quyền(?: các cấp| địa phương)?)`)

// classList are classes that stand without "các": "sở, ban, ngành", "UBND các cấp", "chính quyền".
var classList = regexp.MustCompile(`^(?:sở, |ban, ngành|ngành, |cơ quan, đơn vị|đơn vị, địa phương|địa phương, đơn vị|xã, phường|phường, xã|huyện, thị xã|huyện, thành phố|chính quyền|doanh nghiệp|cấp ủy)`)

// names is what was read of a list of agencies.
type names struct {
	list []string
	end  int // where the text goes on
}

// separators of lists of agencies.
var joiner = regexp.MustCompile(`^\s*(?:[,;]\s*(?:và\s+|cùng\s+)?|\s(?:và|cùng|với|cùng với)\s+)`)

// readNames reads the agencies that a text begins with. loud: the text is a heading in capitals, where small letters
// tell nothing.
func readNames(text string) names { return namesIn(text, false) }

// longestList is more than any list of agencies takes, in bytes.
const longestList = 1500

// namesIn reads names; whole: words like "về" belong to them, as in headings.
func namesIn(text string, whole bool) names {
	if len(text) > longestList {
		cut := longestList
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut]
	}
	loud := shouted(text)
	folded := fold(text)
	var found names
	at := 0
	for {
		n := head(text[at:], folded[at:], loud)
		if n == 0 {
			break
		}
		end := nameEnd(text, folded, at, at+n, loud, whole)
		found.list = append(found.list, text[at:end])
		found.end = end
		join := joiner.FindStringIndex(text[end:])
		if join == nil {
			break
		}
		at = end + join[1]
		if head(text[at:], folded[at:], loud) == 0 {
			break
		}
	}
	found.list = separate(found.list)
	return found
}

// nameEnd answers where a name ends that begins at a place and whose head ends at another.
func nameEnd(text, folded string, from, after int, loud, whole bool) int {
	listing := false
	team := begins(folded[from:], teams...) > 0
	about := whole || begins(folded[from:], "đội", "tổ", "ban", "hội đồng", "đoàn", "quỹ") > 0
	for i := after; i < len(text); {
		switch {
		case text[i] == ':' && i+2 < len(text) && plural.MatchString(folded[from:i]) && unicode.IsUpper(first(text[i+1:])):
			listing = true
			i++
			continue
		case text[i] == ')':
			return trimTo(text, from, i)
		case text[i] == ':' || text[i] == ';' || text[i] == '.' && (i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '/'):
			return i
		case text[i] == '(':
			if j := strings.IndexByte(text[i:], ')'); j > 0 && j < 160 {
				i += j + 1
				continue
			}
			return trimTo(text, from, i)
		case text[i] == ',' || text[i] == ' ':
			if join := joiner.FindStringIndex(text[i:]); join != nil {
				next := i + join[1]
				if head(text[next:], folded[next:], loud) > 0 && !inner(text[from:i], text[next:], folded[next:]) {
					return trimTo(text, from, i)
				}
				if listing && text[i] == ',' && unicode.IsUpper(first(text[next:])) {
					i = next
					continue
				}
				if text[i] == ',' && (predicate(text, folded, next, loud) || timely(folded[next:])) {
					return trimTo(text, from, i)
				}
			}
			next := i + 1
			for next < len(text) && text[next] == ' ' {
				next++
			}
			if text[i] == ' ' && !whole && begins(folded[next:], "trước", "chậm nhất", "trong vòng", "trong tháng", "trong quý", "kết quả", "hàng tháng", "hằng tháng") > 0 {
				return trimTo(text, from, i)
			}
			if text[i] == ' ' && !about && begins(folded[next:], afterNames...) > 0 {
				return trimTo(text, from, i)
			}
			if text[i] == ' ' && predicate(text, folded, next, loud) && !(team && next <= after+1) && !nounAfter(folded[from:next], folded[next:]) {
				return trimTo(text, from, i)
			}
			i = next
			continue
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		i += size
	}
	return trimTo(text, from, len(text))
}

// afterNames are words that no name holds but of a team's.
var afterNames = []string{"trước", "trong", "chậm nhất", "từ ngày", "từ tháng", "đối với", "kết quả", "việc", "tình hình", "số liệu", "những", "bằng", "sau", "về", "danh sách", "số hồ sơ", "số lượng", "số vụ", "theo quy định", "để"}

// timely reports whether a folded text goes on with when, not with whom.
func timely(folded string) bool {
	return begins(folded, "trước ngày", "chậm nhất", "trong quý", "trong tháng", "trong năm", "hằng", "hàng", "định kỳ", "năm 20", "quý", "tháng") > 0
}

// inner reports whether what follows a comma belongs to the name before it: "các sở, ban, ngành", "UBND các xã, phường".
func inner(begun, written, next string) bool {
	if fold(begun) == "báo" {
		return true // "Báo và Đài Phát thanh, Truyền hình" is one
	}
	if begins(fold(begun), "văn phòng hđnd", "văn phòng hội đồng nhân dân", "văn phòng đoàn đbqh", "văn phòng đoàn đại biểu quốc hội") > 0 && begins(next, "ubnd", "ủy ban nhân dân", "hđnd", "hội đồng nhân dân") > 0 {
		return true
	}
	if r, _ := utf8.DecodeRuneInString(written); unicode.IsUpper(r) {
		return false
	}
	name := fold(begun)
	if begins(next, "các", "thủ trưởng", "toàn thể", "từng", "những", "tất cả", "người đứng đầu", "lãnh đạo", "công an", "cơ quan chủ trì") > 0 {
		return false
	}
	// A list that begins in small letters goes on in them.
	if first, _ := utf8.DecodeRuneInString(begun); unicode.IsLower(first) || strings.HasPrefix(name, "các ") || begins(name, "thủ trưởng các", "lãnh đạo các", "người đứng đầu các", "giám đốc các", "trưởng các") > 0 {
		return true
	}
	return !classList.MatchString(next) && classes.MatchString(next)
}

// nounAfter reports whether a word that is mostly an act is part of a name here: "các tổ chức chính trị".
func nounAfter(before, next string) bool {
	kept := strings.TrimSpace(before)
	switch {
	case strings.HasSuffix(kept, "cảnh sát") || strings.HasSuffix(kept, "dự án") || strings.HasSuffix(kept, "dự án đầu tư"):
		return true
	case begins(next, "giao thông", "giao dịch", "giao nhận", "lập pháp", "trình độ", "thu phí") > 0:
		return true
	case begins(next, "tổ chức") > 0:
		rest := strings.TrimSpace(next[len("tổ chức"):])
		return begins(rest, "chính trị", "đoàn thể", "xã hội", "hội", "kinh tế", "quần chúng", "có liên quan", "liên quan", "thành viên", "cá nhân", "tôn giáo", "đảng") > 0 || strings.HasPrefix(rest, ",") && strings.HasSuffix(kept, "các")
	case begins(next, "quản lý nhà nước", "đầu tư công", "hỗ trợ pháp lý", "đầu tư xây dựng", "phát triển quỹ đất", "phát triển nông thôn", "xây dựng cơ bản", "thu hút", "sử dụng lao động", "quản lý thị trường", "quản lý dự án", "quản lý rừng", "phục vụ hành chính", "kiểm tra liên ngành", "đã sáp nhập") > 0:
		return true
	case strings.HasSuffix(kept, "cơ quan"):
		return begins(next, "chủ trì", "chỉ đạo", "truyền thông", "tham mưu") > 0
	}
	return false
}

// predicate reports whether an act begins at a place.
func predicate(text, folded string, at int, loud bool) bool {
	if loud || at >= len(text) {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(text[at:]); unicode.IsUpper(r) {
		return false
	}
	n := begins(folded[at:], predicates...)
	// The second half of a word in a name is no act: "Đào tạo", "Giao thông".
	return n > 0 && (strings.Contains(folded[at:at+n], " ") || !halfName(text[:at]) && !secondHalf(folded[:at+n]))
}

// nouns are words whose second half alone would be an act.
var nouns = []string{
	"công trình", "chương trình", "quá trình", "quy trình", "tiến trình", "hành trình", "lộ trình", "giáo trình", "công lập", "độc lập", "dân lập", "tư lập", "ngoại giao", "trật tự", "thư ký",
	"hàng không", "tiền gửi", "doanh thu", "xuất nhập", "cơ mở",
}

// secondHalf reports whether a folded text ends with one of them.
func secondHalf(folded string) bool {
	for _, noun := range nouns {
		if strings.HasSuffix(folded, noun) {
			return true
		}
	}
	return false
}

// halfName reports whether a text ends with a word that only begins with a capital: the first half of a proper name.
func halfName(text string) bool {
	words := strings.Fields(text)
	if len(words) == 0 || !strings.HasSuffix(text, " ") {
		return false
	}
	last := words[len(words)-1]
	if n := len(words); n > 2 && unicode.IsUpper(first(words[n-2])) && head(words[n-2]+" X", fold(words[n-2]+" X"), false) == 0 {
		return false // "Hoa Lư lập": a proper name of two words is whole
	}
	r, size := utf8.DecodeRuneInString(last)
	return unicode.IsUpper(r) && last[size:] != "" && fold(last[size:]) == last[size:]
}

func trimTo(text string, from, to int) int {
	return from + len(strings.TrimRight(text[from:to], " ,"))
}

// plural is the head of a list whose names follow in their proper parts: "Các sở: Xây dựng, Tư pháp".
var plural = regexp.MustCompile(`^(?:các (?:sở, ban, ngành|sở, ngành|bộ, ngành|phòng, ban|sở|bộ|phòng|ban|hội|cục|chi cục)|(?:ubnd|ủy ban nhân dân|công an) các (?:xã|phường|huyện|tỉnh|thành phố|thị xã|thị trấn|đặc khu)):?$`)

// kinds are heads that a plural names once for several: "Các Sở: Y tế, Tài chính".
var kinds = regexp.MustCompile(`^(?i:các)\s+(?i:(sở|bộ|phòng|ban|ngành|hội|chi cục)(?:(?:, ban)?, ngành|, ban)?)\s*:?\s+(\p{Lu}.*)$`)

// sisters are units of one kind with their proper names: "UBND các phường Hoa Lư, Tây Hoa Lư".
var sisters = regexp.MustCompile(`^(UBND|Ủy ban nhân dân|Công an|Trạm Y tế) các (xã|phường|huyện|tỉnh|thành phố|thị xã|thị trấn|đặc khu):?\s+(\p{Lu}.*)$`)

// places are what names of a list may share at its end: "Viện kiểm sát, Tòa án nhân dân tỉnh".
var places = regexp.MustCompile(`\s(tỉnh|huyện|thành phố|thị xã|xã|phường|cấp tỉnh|cấp huyện|cấp xã)$`)

// separate undoes what lists say once for several names.
func separate(list []string) []string {
	var out []string
	for _, name := range list {
		name = strings.TrimSpace(name)
		if m := kinds.FindStringSubmatch(name); m != nil {
			for _, part := range parts(m[2]) {
				if head(part, fold(part), false) > 0 {
					out = append(out, part)
				} else {
					out = append(out, capitalised(m[1])+" "+part)
				}
			}
			continue
		}
		if m := sisters.FindStringSubmatch(name); m != nil {
			for _, part := range regexp.MustCompile(`,\s+|\s+và\s+`).Split(m[3], -1) {
				out = append(out, m[1]+" "+m[2]+" "+strings.TrimSpace(part))
			}
			continue
		}
		out = append(out, units(name)...)
	}
	if n := len(out); n > 1 {
		if m := places.FindStringSubmatch(out[n-1]); m != nil {
			for i := range out[:n-1] {
				if sharesPlace(out[i]) {
					out[i] += " " + m[1]
				}
			}
		}
	}
	return out
}

// sharesPlace reports whether a name lacks the place that the last one of its list has: courts and prosecutors exist
// at every level, so their name alone is none.
func sharesPlace(name string) bool {
	folded := fold(name)
	return begins(folded, "viện kiểm sát", "tòa án", "vksnd", "tand", "hội", "đoàn", "liên đoàn", "ủy ban mặt trận", "mặt trận", "đảng ủy", "hđnd", "hội đồng nhân dân", "ubnd", "thường trực hđnd") > 0 && !places.MatchString(folded) && !has(folded, "tỉnh", "huyện", "các")
}

// parts splits the proper parts of names: "Y tế, Kế hoạch và Đầu tư, Tài chính".
func parts(list string) []string {
	var out []string
	for _, one := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ';' }) {
		one = strings.TrimSpace(one)
		one = strings.TrimSpace(strings.TrimPrefix(one, "và "))
		if r, _ := utf8.DecodeRuneInString(one); one == "" {
			continue
		} else if len(out) > 0 && (unicode.IsLower(r) || compound(out[len(out)-1], one)) {
			out[len(out)-1] += ", " + one
			continue
		}
		// "Y tế và Tài chính" are two, "Kế hoạch và Đầu tư" is one.
		if before, after, ok := strings.Cut(one, " và "); ok && !paired(fold(before), fold(after)) {
			out = append(out, before, after)
			continue
		}
		out = append(out, one)
	}
	return out
}

// pairs are the second halves of ministries' names that "và" joins to the first.
var pairs = map[string]string{
	"kế hoạch": "đầu tư", "giáo dục": "đào tạo", "khoa học": "công nghệ", "thông tin": "truyền thông", "tài nguyên": "môi trường", "nông nghiệp": "phát triển nông thôn", "nông nghiệp ": "môi trường",
	"lao động - thương binh": "xã hội", "lao động thương binh": "xã hội", "dân tộc": "tôn giáo", "văn hóa": "thông tin",
}

func paired(before, after string) bool {
	for first, second := range pairs {
		first = strings.TrimSpace(first)
		if strings.HasSuffix(before, first) && strings.HasPrefix(after, second) {
			return true
		}
	}
	return strings.HasSuffix(before, "nông nghiệp") && strings.HasPrefix(after, "môi trường")
}

// compound reports whether a part goes on with the name before it: "Văn hóa, Thể thao và Du lịch".
func compound(before, next string) bool {
	b, n := fold(before), fold(next)
	return b == "văn hóa" && strings.HasPrefix(n, "thể thao")
}

// named is a unit of territory with its proper name.
var named = regexp.MustCompile(`^(?i:(UBND|Ủy ban nhân dân|Công an)) (các [^,]+), (.*)$`)

// units parts "UBND các huyện, thị xã Long Khánh và thành phố Biên Hòa" into its three.
func units(name string) []string {
	m := named.FindStringSubmatch(name)
	if m == nil {
		return []string{name}
	}
	out := []string{m[1] + " " + m[2]}
	for _, unit := range regexp.MustCompile(`,\s+|\s+và\s+`).Split(m[3], -1) {
		fields := strings.Fields(unit)
		proper := false
		for _, f := range fields {
			r, _ := utf8.DecodeRuneInString(f)
			proper = proper || unicode.IsUpper(r)
		}
		if !proper {
			return []string{name}
		}
		out = append(out, m[1]+" "+unit)
	}
	return out
}

func capitalised(s string) string {
	if s == "" {
		return ""
	}
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// requests are how agencies are asked that take no orders; orders how the others are told.
var (
	requests = []string{"đề nghị", "kính đề nghị", "trân trọng đề nghị", "mời", "kính mời"}
	orders   = []string{"giao cho", "giao", "yêu cầu", "phân công", "trách nhiệm của", "nhiệm vụ của", "đối với", "chỉ đạo"}
)

// address takes the words before an agency's name away.
func address(text string) (rest string, mode Mode, explicit bool) {
	folded := fold(text)
	if n := begins(folded, requests...); n > 0 {
		return strings.TrimLeft(text[n:], " :"), Requested, true
	}
	if n := begins(folded, orders[:6]...); n > 0 {
		return strings.TrimLeft(text[n:], " :"), Assigned, true
	}
	return text, Assigned, false
}

// remarked is a remark in brackets after a name.
var remarked = regexp.MustCompile(`\s*\([^)]*\)$`)

// bare takes the remarks from names.
func bare(list []string) []string {
	out := make([]string, len(list))
	for i, name := range list {
		if out[i] = remarked.ReplaceAllString(name, ""); out[i] == "" {
			out[i] = name
		}
	}
	return out
}

// namesOnly reports whether a text is a heading that names agencies and nothing else.
func namesOnly(text string) bool {
	list, _ := headed(text)
	return list != nil
}

// headed reads a heading of agencies.
func headed(text string) ([]string, Mode) {
	rest, mode, _ := address(strings.TrimRight(text, " :.;"))
	if len(rest) > 600 || has(fold(rest), "trước ngày", "chậm nhất", "trong tháng", "trong quý", "hằng", "hàng năm", "hàng quý", "hàng tháng") {
		return nil, mode
	}
	found := namesIn(rest, true)
	if tail := strings.TrimSpace(rest[found.end:]); len(found.list) == 0 || tail != "" && !strings.HasPrefix(tail, "(") {
		return nil, mode
	}
	list := bare(found.list)
	for i, name := range list {
		list[i] = properName(name)
	}
	return list, mode
}
