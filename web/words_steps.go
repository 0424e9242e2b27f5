package web

import "maps"

// The words of steps.
func init() {
	maps.Copy(wordsVI, catalogue{
		"steps.tab":     "Các bước nhắc",
		"steps.title":   "Nhắc việc, đôn đốc và báo cáo lên trên",
		"steps.about":   "Ngày thật của kỳ đầu tiên, tính cả ngày nghỉ. Các bước ghi trong tệp kế hoạch; đổi bằng bản sửa đổi, xem trước được việc đang mở đổi thế nào.",
		"steps.choose":  "Chọn nhiệm vụ",
		"steps.change":  "Đổi các bước bằng bản sửa đổi",
		"steps.kind":    "%s, %s · %s",
		"steps.due_day": "Ngày hạn",
		"steps.days":    "%+d ngày",
		"steps.overdue": "Nhắc quá hạn",
		"steps.again":   "lặp lại khi còn quá hạn (%s)",
		"steps.when":    "Lúc",
		"steps.what":    "Việc",
		"steps.whom":    "Gửi tới",
		"steps.why":     "Cách tính",
	})
	maps.Copy(wordsEN, catalogue{
		"steps.tab":     "Steps",
		"steps.title":   "Reminders, urging and escalation",
		"steps.about":   "Real days of the first round, holidays included. Steps stand in the plan file; an amendment changes them and shows first what happens to open tasks.",
		"steps.choose":  "Choose a duty",
		"steps.change":  "Change the steps by an amendment",
		"steps.kind":    "%s, %s · %s",
		"steps.due_day": "Due day",
		"steps.days":    "%+d days",
		"steps.overdue": "Overdue reminder",
		"steps.again":   "again while overdue (%s)",
		"steps.when":    "When",
		"steps.what":    "Step",
		"steps.whom":    "To",
		"steps.why":     "How it is counted",
	})
}
