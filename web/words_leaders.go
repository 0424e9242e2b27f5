package web

import "maps"

// The words of the leaders' page.
func init() {
	maps.Copy(wordsVI, leadersWordsVI)
	maps.Copy(wordsEN, leadersWordsEN)
}

var leadersWordsVI = catalogue{
	"menu.leaders": "Trang lãnh đạo",

	"leaders.at": "Số liệu đến %s ngày %s", "leaders.until_field": "Số liệu đến", "leaders.apply": "Xem",
	"leaders.choose":   "Chọn văn bản và thời điểm",
	"leaders.print":    "In một trang A4 bằng lệnh in của trình duyệt (Ctrl + P).",
	"leaders.owed.one": "%s việc đã mở", "leaders.owed.other": "%s việc đã mở",
	"leaders.results": "Kết quả thực hiện",
	"leaders.more":    "tăng %s so với %s", "leaders.fewer": "giảm %s so với %s", "leaders.same": "không đổi so với %s",
	"leaders.waiting": "không tính quá hạn", "leaders.no_rate": "chưa có",
	"leaders.rate.submitted": "Tỷ lệ gửi báo cáo", "leaders.rate.on_time": "Tỷ lệ đúng hạn", "leaders.by_original": "theo hạn ban đầu %s",
	"leaders.overdue.one": "Quá hạn: %s việc", "leaders.overdue.other": "Quá hạn: %s việc",
	"leaders.band.1": "Đến 5 ngày", "leaders.band.2": "6 – 15 ngày", "leaders.band.3": "Trên 15 ngày", "leaders.band.4": "đến hạn trong 7 ngày",
	"leaders.decide": "Chờ lãnh đạo quyết định:", "leaders.decide_none": "Không có đề nghị nào chờ quyết định.",
	"leaders.decide_all": "Xem mọi đề nghị", "leaders.since": "chờ từ %s", "leaders.until": "đến %s",
	"leaders.opinion.for": "người theo dõi: đồng ý", "leaders.opinion.against": "người theo dõi: không đồng ý", "leaders.no_opinion": "người theo dõi chưa có ý kiến",
	"leaders.longest": "Mười việc chậm nhiều nhất", "leaders.longest_none": "Không đơn vị nào quá hạn.",
	"leaders.col.reason": "Lý do", "leaders.col.place": "Thứ tự",
	"leaders.reason.none": "Chưa giải trình", "leaders.reason.promised": "Hẹn %s", "leaders.reason.extension": "Xin gia hạn đến %s",
	"leaders.soon": "Đến hạn trong 7 ngày:", "leaders.soon_none": "Không có việc nào đến hạn trong 7 ngày.",
	"leaders.risk": "Chỉ tiêu có nguy cơ không đạt", "leaders.risk_none": "Không có chỉ tiêu nào có nguy cơ.",
	"leaders.risk_choose": "Chọn một văn bản để xem chỉ tiêu.", "leaders.risk_all": "Xem mọi chỉ tiêu", "leaders.reached": "%s / %s",
	"leaders.rule":  "Đúng hạn tính theo lần gửi đầu tiên hợp lệ; ngày quá hạn là ngày lịch; so sánh theo hạn hiện nay.",
	"leaders.title": "Tình hình thực hiện", "leaders.original": "theo hạn ban đầu", "leaders.back": "Về trang lãnh đạo",
	"leaders.list_note": "Danh sách gồm đúng các việc được đếm vào thời điểm trên; trạng thái ghi ở đây là hiện nay.",
	"leaders.list_none": "Không có việc nào được đếm. Chọn số khác ở trang lãnh đạo.", "leaders.list_more": "Xem tiếp",
	"leaders.cell.owed": "Việc đã mở", "leaders.cell.expected": "Đã đến hạn hoặc gửi sớm", "leaders.cell.submitted": "Đã gửi báo cáo",
	"leaders.cell.on_time": "Gửi đúng hạn", "leaders.cell.late": "Không gửi đúng hạn",
	"leaders.cell.done_on_time": "Hoàn thành đúng hạn", "leaders.cell.done_late": "Hoàn thành quá hạn",
	"leaders.cell.not_done_in_time": "Chưa hoàn thành, trong hạn", "leaders.cell.not_done_overdue": "Chưa hoàn thành, quá hạn",
	"leaders.cell.waiting": "Đã gửi, chờ xác nhận", "leaders.cell.waiting_late": "Đã gửi muộn, chờ xác nhận",
}

var leadersWordsEN = catalogue{
	"menu.leaders": "Leaders' page",

	"leaders.at": "Figures until %s on %s", "leaders.until_field": "Figures until", "leaders.apply": "Show",
	"leaders.choose":   "Choose plan and instant",
	"leaders.print":    "Print one A4 page with the browser's print command (Ctrl + P).",
	"leaders.owed.one": "%s task opened", "leaders.owed.other": "%s tasks opened",
	"leaders.results": "Results",
	"leaders.more":    "%s more than on %s", "leaders.fewer": "%s fewer than on %s", "leaders.same": "as many as on %s",
	"leaders.waiting": "not counted as overdue", "leaders.no_rate": "none yet",
	"leaders.rate.submitted": "Reporting rate", "leaders.rate.on_time": "On-time rate", "leaders.by_original": "by original due times %s",
	"leaders.overdue.one": "Overdue: %s task", "leaders.overdue.other": "Overdue: %s tasks",
	"leaders.band.1": "Up to 5 days", "leaders.band.2": "6 – 15 days", "leaders.band.3": "Over 15 days", "leaders.band.4": "due within 7 days",
	"leaders.decide": "Waiting for a leader's decision:", "leaders.decide_none": "No request waits for a decision.",
	"leaders.decide_all": "All requests", "leaders.since": "since %s", "leaders.until": "until %s",
	"leaders.opinion.for": "supervisor: in favour", "leaders.opinion.against": "supervisor: against", "leaders.no_opinion": "no supervisor's opinion yet",
	"leaders.longest": "The ten late most", "leaders.longest_none": "No unit is overdue.",
	"leaders.col.reason": "Reason", "leaders.col.place": "Place",
	"leaders.reason.none": "Not explained", "leaders.reason.promised": "Promised for %s", "leaders.reason.extension": "Asks for time until %s",
	"leaders.soon": "Due within 7 days:", "leaders.soon_none": "Nothing is due within 7 days.",
	"leaders.risk": "Targets at risk", "leaders.risk_none": "No target is at risk.",
	"leaders.risk_choose": "Choose a plan to see its targets.", "leaders.risk_all": "All targets", "leaders.reached": "%s / %s",
	"leaders.rule":  "On time goes by the first valid submission; days late are calendar days; comparisons go by present due times.",
	"leaders.title": "How it stands", "leaders.original": "by original due times", "leaders.back": "Back to the leaders' page",
	"leaders.list_note": "Exactly the tasks that were counted at that instant; the states shown here are those of now.",
	"leaders.list_none": "No task was counted. Choose another figure on the leaders’ page.", "leaders.list_more": "More",
	"leaders.cell.owed": "Tasks opened", "leaders.cell.expected": "Due, or submitted early", "leaders.cell.submitted": "Submitted",
	"leaders.cell.on_time": "Submitted on time", "leaders.cell.late": "Not submitted on time",
	"leaders.cell.done_on_time": "Done on time", "leaders.cell.done_late": "Done late",
	"leaders.cell.not_done_in_time": "Not done, in time", "leaders.cell.not_done_overdue": "Not done, overdue",
	"leaders.cell.waiting": "Submitted, waiting for review", "leaders.cell.waiting_late": "Submitted late, waiting for review",
}
