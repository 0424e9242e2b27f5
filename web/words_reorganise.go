package web

import "maps"

// The words of agencies that were reorganised.
func init() {
	maps.Copy(wordsVI, catalogue{
		"event.task.succeeded":       "Chuyển sang đơn vị kế thừa",
		"notice.inherited":           "Việc nhận từ đơn vị đã sắp xếp",
		"notice.inherited.requested": "Nội dung đề nghị nay do quý cơ quan tiếp nhận",
	})
	maps.Copy(wordsEN, catalogue{
		"event.task.succeeded":       "Taken over by the successor",
		"notice.inherited":           "Taken over from an agency that was reorganised",
		"notice.inherited.requested": "A request that is with your agency now",
	})
}
