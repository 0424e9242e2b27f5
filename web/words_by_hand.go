package web

import "maps"

// The words of reports that people ask for.
func init() {
	maps.Copy(wordsVI, catalogue{
		"byhand.link":          "Yêu cầu báo cáo đột xuất",
		"byhand.title":         "Yêu cầu báo cáo đột xuất",
		"byhand.about":         "Cho báo cáo đột xuất, chuyên đề, báo cáo nhanh mà lịch không mở.",
		"byhand.none":          "Kế hoạch này không có nhiệm vụ nào báo cáo đột xuất.",
		"byhand.form":          "Cần báo cáo gì",
		"byhand.hint":          "Xem ai sẽ được yêu cầu và ai đã báo cáo việc tương tự trước khi gửi.",
		"byhand.look":          "Xem trước",
		"byhand.duty":          "Nhiệm vụ",
		"byhand.name":          "Tên báo cáo",
		"byhand.name_hint":     "Ví dụ: Báo cáo nhanh về vụ việc ngày …",
		"byhand.text":          "Nội dung yêu cầu",
		"byhand.text_hint":     "Bỏ trống: theo lời văn nhiệm vụ.",
		"byhand.agencies":      "Đơn vị",
		"byhand.agencies_hint": "Mã đơn vị, mỗi dòng một mã. Bỏ trống: mọi đơn vị được giao nhiệm vụ.",
		"byhand.due":           "Hạn",
		"byhand.due_hint":      "Số ngày làm việc, hoặc ngày giờ như 18/03/2026 10:00. Bỏ trống: theo quy định của nhiệm vụ.",
		"byhand.asked.one":     "%s đơn vị sẽ được yêu cầu",
		"byhand.asked.other":   "%s đơn vị sẽ được yêu cầu",
		"byhand.line":          "%s: hạn %s; tuần ấy còn %s việc khác",
		"byhand.similar":       "Đã có báo cáo tương tự",
		"byhand.similar_hint":  "Dùng số liệu đã có thì đơn vị khỏi báo cáo hai lần.",
		"byhand.open":          "Gửi yêu cầu",
		"byhand.open_hint":     "Đơn vị được báo ngay và thấy hạn.",
		"byhand.do":            "Gửi yêu cầu",
	})
	maps.Copy(wordsEN, catalogue{
		"byhand.link":          "Ask for a report",
		"byhand.title":         "Ask for a report",
		"byhand.about":         "For ad hoc, thematic and flash reports that no calendar opens.",
		"byhand.none":          "No duty of this plan is reported when asked.",
		"byhand.form":          "What is asked",
		"byhand.hint":          "See who will be asked and who reports the same already, before it is sent.",
		"byhand.look":          "Look first",
		"byhand.duty":          "Duty",
		"byhand.name":          "Name of the report",
		"byhand.name_hint":     "Such as: flash report on …",
		"byhand.text":          "What is asked",
		"byhand.text_hint":     "Empty: the duty's own text.",
		"byhand.agencies":      "Agencies",
		"byhand.agencies_hint": "Codes, one a line. Empty: everybody who owes the duty.",
		"byhand.due":           "Due",
		"byhand.due_hint":      "Working days, or an instant such as 18/03/2026 10:00. Empty: the duty's own rule.",
		"byhand.asked.one":     "%s agency will be asked",
		"byhand.asked.other":   "%s agencies will be asked",
		"byhand.line":          "%s: due %s; %s other tasks that week",
		"byhand.similar":       "Who reports the same already",
		"byhand.similar_hint":  "What is there already spares the units a second report.",
		"byhand.open":          "Send it",
		"byhand.open_hint":     "The units are told at once, with the due time.",
		"byhand.do":            "Ask for it",
	})
}
