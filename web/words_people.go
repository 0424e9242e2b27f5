package web

import "maps"

// The words of settings, substitutes and handed over tasks stand apart from the
// other sentences and are part of the same catalogues.
func init() {
	maps.Copy(wordsVI, peopleWordsVI)
	maps.Copy(wordsEN, peopleWordsEN)
}

var peopleWordsVI = catalogue{
	"menu.settings": "Cài đặt",

	"posts.label":  "Làm việc với vị trí",
	"posts.choose": "Chọn",
	"posts.all":    "Mọi vị trí",
	"posts.for":    "%s (thay %s)",

	"event.stood_in":         "%s thay %s",
	"event.task.handed_over": "Giao xử lý thay",
	"event.task.handed_back": "Thôi giao xử lý thay",

	"notice.handed_over":           "Việc được giao xử lý thay",
	"notice.handed_over.requested": "Nội dung được đề nghị, giao xử lý thay",
	"notice.role_granted":          "Vừa giao một vai trò được đọc báo cáo",
	"notice.substitute":            "Thay thế khi vắng mặt",

	"task.in_hand": "Đang xử lý: %s",

	"settings.title":            "Cài đặt cá nhân",
	"settings.saved":            "Đã lưu cài đặt.",
	"settings.named":            "Đã chọn người thay thế.",
	"settings.revoked":          "Đã thu hồi.",
	"settings.save":             "Lưu cài đặt",
	"settings.language":         "Ngôn ngữ của trang và thư",
	"settings.quiet":            "Giờ yên lặng",
	"settings.quiet_hint":       "Trong giờ này thư gửi ngay được giữ đến lúc kết thúc, trừ báo cáo nhanh và thư về tài khoản. Thư buổi sáng vẫn đến lúc 08:00. Để trống nếu không cần.",
	"settings.quiet_from":       "Từ (ví dụ 21:30)",
	"settings.quiet_to":         "Đến (ví dụ 06:00)",
	"settings.mail":             "Nhận bằng thư",
	"settings.mail_hint":        "Loại không chọn chỉ hiện ở trang Thông báo. Trả lại, đôn đốc, quá hạn, báo cáo nhanh và thư về tài khoản luôn được gửi.",
	"settings.mail.opening":     "Việc mới mở",
	"settings.mail.reminder":    "Nhắc trước hạn và trong ngày đến hạn",
	"settings.mail.review":      "Báo cáo chờ xác nhận",
	"settings.mail.receipt":     "Báo cáo đã được ghi nhận, đã được xác nhận",
	"settings.mail.request":     "Đề nghị mới và nhắc trả lời đề nghị",
	"settings.mail.calendar":    "Hạn đổi do lịch làm việc đổi",
	"settings.mail.digest":      "Tổng hợp đầu tuần",
	"settings.substitutes":      "Người thay thế khi vắng mặt",
	"settings.substitutes_hint": "Trong những ngày đã chọn, người thay thế làm việc với vị trí ấy; mọi việc họ làm ghi tên cả hai. Việc thay thế tự kết thúc.",
	"settings.substitutes_none": "Chưa có ai thay thế. Cử người thay trước khi đi vắng để việc không chậm.",
	"settings.line":             "%s thay %s",
	"settings.days":             "Từ %s đến hết %s",
	"settings.running":          "đang hiệu lực",
	"settings.ended":            "đã thu hồi",
	"settings.revoke":           "Thu hồi",
	"settings.revoke_of":        "Thu hồi: %s",
	"settings.name":             "Chọn người thay thế",
	"settings.post":             "Vị trí của tôi",
	"settings.who":              "Người thay thế",
	"settings.from":             "Từ ngày",
	"settings.to":               "Đến hết ngày",
	"settings.reason":           "Lý do (không bắt buộc)",
	"settings.name_submit":      "Chọn người này",
}

var peopleWordsEN = catalogue{
	"menu.settings": "Settings",

	"posts.label":  "Act in post",
	"posts.choose": "Choose",
	"posts.all":    "All posts",
	"posts.for":    "%s (for %s)",

	"event.stood_in":         "%s for %s",
	"event.task.handed_over": "Handed over to a colleague",
	"event.task.handed_back": "Handed back",

	"notice.handed_over":           "A task was handed over to you",
	"notice.handed_over.requested": "A requested result was handed over to you",
	"notice.role_granted":          "A role that reads results was granted",
	"notice.substitute":            "Substitution",

	"task.in_hand": "In hand: %s",

	"settings.title":            "Personal settings",
	"settings.saved":            "Settings saved.",
	"settings.named":            "The substitute is named.",
	"settings.revoked":          "Revoked.",
	"settings.save":             "Save settings",
	"settings.language":         "Language of pages and mail",
	"settings.quiet":            "Quiet time",
	"settings.quiet_hint":       "In this time, mail that would go at once waits for its end, except flash reports and mail about your account. The morning's message still comes at 08:00. Leave it empty if you need none.",
	"settings.quiet_from":       "From (such as 21:30)",
	"settings.quiet_to":         "To (such as 06:00)",
	"settings.mail":             "Receive by mail",
	"settings.mail_hint":        "What is not chosen shows on the page of notices only. Returns, urgings, what is overdue, flash reports and mail about your account always go.",
	"settings.mail.opening":     "Newly opened tasks",
	"settings.mail.reminder":    "Reminders before and on the due day",
	"settings.mail.review":      "Results waiting for review",
	"settings.mail.receipt":     "Results received and accepted",
	"settings.mail.request":     "New requests, and reminders to answer them",
	"settings.mail.calendar":    "Due times that the calendar moved",
	"settings.mail.digest":      "Monday's digest",
	"settings.substitutes":      "Substitutes while you are away",
	"settings.substitutes_hint": "On the days chosen the substitute works in that post; whatever they do bears both names. It ends by itself.",
	"settings.substitutes_none": "Nobody stands in yet. Name somebody before you are away, so that nothing is late.",
	"settings.line":             "%s for %s",
	"settings.days":             "From %s to the end of %s",
	"settings.running":          "running",
	"settings.ended":            "revoked",
	"settings.revoke":           "Revoke",
	"settings.revoke_of":        "Revoke: %s",
	"settings.name":             "Name a substitute",
	"settings.post":             "My post",
	"settings.who":              "Substitute",
	"settings.from":             "From",
	"settings.to":               "To the end of",
	"settings.reason":           "Reason (not needed)",
	"settings.name_submit":      "Name this person",
}
