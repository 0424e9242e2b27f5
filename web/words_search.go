package web

import "maps"

// The words of the search.
func init() {
	maps.Copy(wordsVI, searchWordsVI)
	maps.Copy(wordsEN, searchWordsEN)
}

var searchWordsVI = catalogue{
	"search.label":        "Tìm nhiệm vụ, văn bản, kết quả",
	"search.hint":         "Tìm, gõ không dấu cũng được",
	"search.title":        "Tìm kiếm",
	"search.how":          "Số hiệu nhiệm vụ, từ trong văn bản hoặc trong báo cáo, tên cơ quan, số báo cáo; gõ không dấu cũng được.",
	"search.submit":       "Tìm",
	"search.found.one":    "%s kết quả",
	"search.found.other":  "%s kết quả",
	"search.more":         "Còn nữa; thêm từ để thu hẹp.",
	"search.plans":        "Văn bản",
	"search.duties":       "Nhiệm vụ",
	"search.results":      "Kết quả đã gửi",
	"search.paper":        "số %s",
	"search.sent":         "gửi ngày %s",
	"search.more_results": "Còn kết quả khác, cũ hơn; thêm từ để thu hẹp.",
	"search.none":         "Không tìm thấy.",
	"search.none_hint":    "Thử số hiệu nhiệm vụ, ví dụ IV.15.h, hoặc ít từ hơn.",
}

var searchWordsEN = catalogue{
	"search.label":        "Search duties, plans and results",
	"search.hint":         "Search, with or without accents",
	"search.title":        "Search",
	"search.how":          "A duty's code, words of the document or of a report, names of agencies, a report's number; accents are not needed.",
	"search.submit":       "Search",
	"search.found.one":    "%s result",
	"search.found.other":  "%s results",
	"search.more":         "There are more; add a word to narrow it down.",
	"search.plans":        "Plans",
	"search.duties":       "Duties",
	"search.results":      "Submitted results",
	"search.paper":        "no. %s",
	"search.sent":         "submitted on %s",
	"search.more_results": "There are other, older results; add a word to narrow them down.",
	"search.none":         "Nothing found.",
	"search.none_hint":    "Try a duty's code, such as IV.15.h, or fewer words.",
}
