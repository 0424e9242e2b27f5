package web

import "maps"

// The words of results on their way, corrections and notes stand apart from the
// other sentences and are part of the same catalogues.
func init() {
	maps.Copy(wordsVI, routeWordsVI)
	maps.Copy(wordsEN, routeWordsEN)
}

var routeWordsVI = catalogue{
	"event.task.forwarded":             "Cơ quan trung gian chuyển báo cáo",
	"event.task.corrected":             "Gửi bản đính chính",
	"event.task.correction_accepted":   "Chấp nhận bản đính chính",
	"event.task.correction_refused":    "Không chấp nhận bản đính chính",
	"event.task.correction_taken_back": "Rút bản đính chính",

	"notice.to_forward":          "Báo cáo chờ chuyển",
	"notice.forward_reminder":    "Báo cáo chờ chuyển, hôm nay là ngày cuối",
	"notice.forward_overdue":     "Quá thời gian chuyển báo cáo",
	"notice.correction_sent":     "Bản đính chính mới gửi đến",
	"notice.correction_reminder": "Bản đính chính chờ quyết định",
	"notice.correction_overdue":  "Quá thời gian quyết định bản đính chính",
	"notice.correction_accepted": "Bản đính chính đã có hiệu lực",
	"notice.correction_refused":  "Bản đính chính không được chấp nhận",
	"notice.corrected":           "Báo cáo được đính chính",

	"step.forward_reminder":    "Nhắc cơ quan trung gian chuyển báo cáo",
	"step.forward_overdue":     "Nhắc cơ quan trung gian: quá thời gian chuyển",
	"step.correction_reminder": "Nhắc nơi nhận quyết định bản đính chính",
	"step.correction_overdue":  "Nhắc nơi nhận: quá thời gian quyết định bản đính chính",

	"tasks.to_forward":  "Chờ chuyển",
	"tasks.corrections": "Bản đính chính chờ quyết định",
	"task.through":      "qua %s",
	"task.held":         "Đã gửi, chờ %s chuyển",

	"task.flash_forwarded":  "Đã chuyển báo cáo lần %d lúc %s.",
	"task.flash_corrected":  "Bản đính chính (lần %d) đã gửi lúc %s.",
	"task.flash_correction": "Bản đính chính lần %d:",
	"task.flash_noted":      "Đã ghi chú.",

	"submission.forwarded": "%s chuyển %s",
	"submission.remark":    "Ý kiến khi chuyển: %s",
	"submission.corrects":  "đính chính lần %d",
	"submission.in_force":  "Đang có hiệu lực",

	"correction.waiting":    "chờ quyết định",
	"correction.accepted":   "được chấp nhận, thay bản trước",
	"correction.refused":    "không được chấp nhận, bản trước giữ nguyên hiệu lực",
	"correction.taken_back": "đã rút lại, không tính",
	"correction.superseded": "không còn cần thiết vì báo cáo được mở lại",

	"correction.waits":         "Bản đính chính (lần %d) chờ quyết định. Cho đến lúc ấy, lần %d vẫn có hiệu lực.",
	"correction.heading":       "Báo cáo đính chính, thay thế",
	"correction.open":          "Viết bản đính chính",
	"correction.reason":        "Lý do đính chính",
	"correction.reason_hint":   "Bắt buộc. Nêu chỗ sai và vì sao.",
	"correction.send":          "Gửi bản đính chính",
	"correction.after":         "Bản đang có hiệu lực giữ nguyên cho đến khi bản đính chính được chấp nhận. Việc đúng hạn vẫn tính theo lần gửi đầu.",
	"correction.decide":        "Quyết định về bản đính chính lần %d",
	"correction.decide_button": "Ghi quyết định",
	"correction.accept":        "Chấp nhận",
	"correction.accept_hint":   "Lần %d có hiệu lực, thay lần %d",
	"correction.refuse":        "Không chấp nhận",
	"correction.refuse_hint":   "Lần %d giữ nguyên hiệu lực",
	"correction.answer":        "Ý kiến trả lời đơn vị",
	"correction.answer_hint":   "Bắt buộc khi không chấp nhận.",
	"correction.recall":        "Rút bản đính chính lần %d",
	"correction.recall_button": "Rút bản đính chính",
	"correction.recall_text":   "Lý do, nếu có",
	"correction.recall_hint":   "Bản đã rút được giữ trong lịch sử và không có hiệu lực.",

	"forward.title":          "Báo cáo lần %d đi qua cơ quan",
	"forward.button":         "Ghi nhận",
	"forward.forward":        "Chuyển đến nơi nhận",
	"forward.forward_hint":   "Thời gian xác nhận của nơi nhận bắt đầu từ lúc chuyển",
	"forward.send_back":      "Trả lại đơn vị gửi",
	"forward.send_back_hint": "Giữ thời điểm gửi lần đầu khi tính đúng hạn",
	"forward.remark":         "Ý kiến",
	"forward.remark_hint":    "Bắt buộc khi trả lại: nêu rõ chỗ cần bổ sung. Khi chuyển thì có thể để trống. Không nhập tài liệu mật.",
	"forward.resubmit_hint":  "Chỉ khi trả lại. Để trống: 3 ngày làm việc.",

	"note.title":  "Ghi chú của người theo dõi",
	"note.who":    "Người theo dõi và cơ quan ban hành đọc được; đơn vị không thấy.",
	"note.write":  "Viết ghi chú",
	"note.button": "Lưu ghi chú",
	"note.text":   "Nội dung",
	"note.hint":   "Không ghi thông tin cá nhân. Không nhập tài liệu mật. Ghi chú không sửa, không xóa được.",

	"explanation.asked":    "đã yêu cầu giải trình",
	"explanation.answered": "đã giải trình, chờ xem xét",
	"explanation.accepted": "chấp nhận giải trình",
	"explanation.refused":  "không chấp nhận giải trình",
	"explanation.other":    "có giải trình",
}

var routeWordsEN = catalogue{
	"event.task.forwarded":             "Passed on by the agency between",
	"event.task.corrected":             "Correction sent",
	"event.task.correction_accepted":   "Correction accepted",
	"event.task.correction_refused":    "Correction refused",
	"event.task.correction_taken_back": "Correction taken back",

	"notice.to_forward":          "Result to pass on",
	"notice.forward_reminder":    "Result to pass on, last day",
	"notice.forward_overdue":     "Passing on is overdue",
	"notice.correction_sent":     "New correction",
	"notice.correction_reminder": "Correction waits for your decision",
	"notice.correction_overdue":  "Decision on a correction is overdue",
	"notice.correction_accepted": "Correction in force",
	"notice.correction_refused":  "Correction refused",
	"notice.corrected":           "Result corrected",

	"step.forward_reminder":    "Reminder to the agency between",
	"step.forward_overdue":     "To the agency between: passing on is overdue",
	"step.correction_reminder": "Reminder to decide on the correction",
	"step.correction_overdue":  "To the recipient: the decision on the correction is overdue",

	"tasks.to_forward":  "To pass on",
	"tasks.corrections": "Corrections to decide on",
	"task.through":      "through %s",
	"task.held":         "Sent, waits to be passed on by %s",

	"task.flash_forwarded":  "Submission %d was passed on at %s.",
	"task.flash_corrected":  "The correction (submission %d) was sent at %s.",
	"task.flash_correction": "Correction, submission %d:",
	"task.flash_noted":      "Noted.",

	"submission.forwarded": "passed on by %s at %s",
	"submission.remark":    "Remark on passing it on: %s",
	"submission.corrects":  "corrects submission %d",
	"submission.in_force":  "In force",

	"correction.waiting":    "waits for its decision",
	"correction.accepted":   "accepted, replaces the earlier version",
	"correction.refused":    "refused, the earlier version stays in force",
	"correction.taken_back": "taken back, counts for nothing",
	"correction.superseded": "not needed any more: the result was reopened",

	"correction.waits":         "The correction (submission %d) waits for its decision. Until then submission %d is in force.",
	"correction.heading":       "Correcting report",
	"correction.open":          "Write a correction",
	"correction.reason":        "Why it is corrected",
	"correction.reason_hint":   "Mandatory. Say what was wrong and why.",
	"correction.send":          "Send the correction",
	"correction.after":         "The version in force stays so until the correction is accepted. On time still looks at the first submission.",
	"correction.decide":        "Decision on the correction, submission %d",
	"correction.decide_button": "Record the decision",
	"correction.accept":        "Accept",
	"correction.accept_hint":   "Submission %d takes effect and replaces submission %d",
	"correction.refuse":        "Refuse",
	"correction.refuse_hint":   "Submission %d stays in force",
	"correction.answer":        "Answer to the unit",
	"correction.answer_hint":   "Mandatory to refuse.",
	"correction.recall":        "Take back the correction, submission %d",
	"correction.recall_button": "Take it back",
	"correction.recall_text":   "Reason, if any",
	"correction.recall_hint":   "It stays in history and takes no effect.",

	"forward.title":          "Submission %d passes your agency",
	"forward.button":         "Record",
	"forward.forward":        "Pass it on to the recipient",
	"forward.forward_hint":   "The reviewer's time begins now",
	"forward.send_back":      "Return it to its sender",
	"forward.send_back_hint": "The time of the first submission still counts",
	"forward.remark":         "Remark",
	"forward.remark_hint":    "Mandatory for a return: say what needs mending. May be empty when it is passed on. No state secrets.",
	"forward.resubmit_hint":  "For a return only. Empty: 3 working days.",

	"note.title":  "Supervisors' notes",
	"note.who":    "Read by supervisors and the issuer; the unit does not see them.",
	"note.write":  "Write a note",
	"note.button": "Save the note",
	"note.text":   "Note",
	"note.hint":   "No personal data, no state secrets. A note cannot be changed or deleted.",

	"explanation.asked":    "explanation demanded",
	"explanation.answered": "explained, to be judged",
	"explanation.accepted": "explanation accepted",
	"explanation.refused":  "explanation refused",
	"explanation.other":    "explained",
}
