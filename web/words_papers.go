package web

import "maps"

// The words of documents stand apart from the other sentences and are part of
// the same catalogues.
func init() {
	maps.Copy(wordsVI, paperWordsVI)
	maps.Copy(wordsEN, paperWordsEN)
}

var paperWordsVI = catalogue{
	"papers.title":       "Văn bản",
	"papers.report":      "Báo cáo theo thể thức văn bản hành chính",
	"papers.word":        "Word",
	"papers.pdf":         "PDF",
	"papers.letter":      "Dự thảo công văn đôn đốc",
	"papers.letter_word": "Dự thảo công văn đôn đốc (Word)",
	"papers.letter_pdf":  "Dự thảo công văn đôn đốc (PDF)",
	"papers.letter_hint": "Đánh dấu báo cáo cần đôn đốc; không đánh dấu thì lấy cả trang này. Lập dự thảo chưa phải là đôn đốc: sau khi gửi công văn, hãy ghi nhận.",
	"papers.tong-hop":    "Phụ lục tổng hợp",
	"papers.qua-han":     "Phụ lục nhiệm vụ quá hạn",
	"papers.dau-moi":     "Danh sách đầu mối",
	"papers.choose":      "Chọn để đôn đốc: %s, %s",
}

var paperWordsEN = catalogue{
	"papers.title":       "Documents",
	"papers.report":      "Report in the form of an administrative document",
	"papers.word":        "Word",
	"papers.pdf":         "PDF",
	"papers.letter":      "Draft of the urging letter",
	"papers.letter_word": "Draft an urging letter (Word)",
	"papers.letter_pdf":  "Draft an urging letter (PDF)",
	"papers.letter_hint": "Tick the results to urge for; with none ticked it is all of this page. A draft urges nobody: note the letter once it was sent.",
	"papers.tong-hop":    "Annex: summary",
	"papers.qua-han":     "Annex: overdue duties",
	"papers.dau-moi":     "List of focal points",
	"papers.choose":      "Choose for the letter: %s, %s",
}
