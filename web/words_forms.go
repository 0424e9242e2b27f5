package web

import "maps"

// The words of forms about figures: where they come from, and what must be
// explained. They are part of the same catalogues as the other sentences.
func init() {
	maps.Copy(wordsVI, formWordsVI)
	maps.Copy(wordsEN, formWordsEN)
}

var formWordsVI = catalogue{
	"form.of_which":       "Trong đó:",
	"form.computed":       "Tự tính từ các số trên khi gửi",
	"form.explain":        "Giải trình",
	"form.offered":        "Đã báo cáo %s cùng kỳ này ở %s. Sửa nếu khác.",
	"form.period_before":  "%s: %s",
	"form.entered_before": "Kỳ trước: %s",
	"form.year_before":    "Cùng kỳ năm trước: %s",
	"form.year_plan":      "Kế hoạch năm: %s",
	"submission.why":      "Giải trình: %s",
}

var formWordsEN = catalogue{
	"form.of_which":       "Of these:",
	"form.computed":       "Worked out from the figures above when it is sent",
	"form.explain":        "Explanation",
	"form.offered":        "%s was reported for this period in %s. Change it if it differs.",
	"form.period_before":  "%s: %s",
	"form.entered_before": "Period before: %s",
	"form.year_before":    "Same period last year: %s",
	"form.year_plan":      "Year's plan: %s",
	"submission.why":      "Explanation: %s",
}
