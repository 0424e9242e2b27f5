package web

import "maps"

// The words of the search.
func init() {
	maps.Copy(wordsVI, searchWordsVI)
	maps.Copy(wordsEN, searchWordsEN)
}

var searchWordsVI = catalogue{
	"search.label":        "Tìm nhiệm vụ, văn bản",
	"search.hint":         "Tìm, gõ không dấu cũng được",
	"search.title":        "Tìm kiếm",
	"search.how":          "Số hiệu nhiệm vụ, từ trong văn bản hay báo cáo, tên cơ quan; gõ không dấu cũng được.",
	"search.submit":       "Tìm",
	"search.found.one":    "%s kết quả",
	"search.found.other":  "%s kết quả",
	"search.more":         "Còn nữa; thêm từ để thu hẹp.",
	"search.plans":        "Văn bản",
	"search.duties":       "Nhiệm vụ",
	"search.results":      "Kết quả đã xác nhận",
	"search.results_hint": "Báo cáo có đủ các từ này; mở ra để đọc. Mỗi lần đọc báo cáo được ghi lại.",
	"search.requests":     "Đề nghị, vướng mắc",
	"search.sent":         "%s, gửi %s",
	"search.asked":        "%s, ghi %s",
	"search.none":         "Không tìm thấy.",
	"search.none_hint":    "Thử số hiệu nhiệm vụ, ví dụ IV.15.h, hoặc ít từ hơn.",
}

var searchWordsEN = catalogue{
	"search.label":        "Search duties and plans",
	"search.hint":         "Search, with or without accents",
	"search.title":        "Search",
	"search.how":          "A duty's code, words of the document or of a report, names of agencies; accents are not needed.",
	"search.submit":       "Search",
	"search.found.one":    "%s result",
	"search.found.other":  "%s results",
	"search.more":         "There are more; add a word to narrow it down.",
	"search.plans":        "Plans",
	"search.duties":       "Duties",
	"search.results":      "Accepted results",
	"search.results_hint": "Reports that hold all of these words; open one to read it. Each reading is recorded.",
	"search.requests":     "Requests and obstacles",
	"search.sent":         "%s, sent %s",
	"search.asked":        "%s, asked %s",
	"search.none":         "Nothing found.",
	"search.none_hint":    "Try a duty's code, such as IV.15.h, or fewer words.",
}
