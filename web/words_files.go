package web

import "maps"

// The words of files, of what is confirmed, and of what a duty asks for stand
// apart from the other sentences and are part of the same catalogues.
func init() {
	maps.Copy(wordsVI, fileWordsVI)
	maps.Copy(wordsEN, fileWordsEN)
}

var fileWordsVI = catalogue{
	"event.task.redacted":        "Lược bỏ thông tin cá nhân",
	"event.task.file_downloaded": "Tải tệp kèm theo",
	"files.title":                "Tệp kèm theo",
	"files.hint":                 "PDF, ảnh chụp, DOCX, XLSX, ODT, ODS, CSV hoặc tệp ký số, mỗi tệp tối đa %s MB. Bỏ dấu chọn ở tệp không gửi.",
	"files.scan_needed":          "Nhiệm vụ này cần bản quét, bản chụp hoặc bản ký số của văn bản.",
	"files.choose":               "Chọn tệp",
	"files.declared":             "Tệp không có danh sách cá nhân, không có nội dung mật",
	"files.declared_hint":        "Bắt buộc với bản quét, bản chụp: máy không đọc được chữ trong đó.",
	"files.upload":               "Tải tệp lên, chưa gửi báo cáo",
	"files.size_kb":              "%s KB",
	"files.size_mb":              "%s MB",
	"files.redacted":             "Tệp đã được lược bỏ",
	"files.fail":                 "%s: %s",
	"form.confirm":               "Đã xem lại: đây là thông tin công vụ, không phải dữ liệu cá nhân",
	"form.confirm_hint":          "Ví dụ đường dây nóng, số điện thoại của cơ quan. Nếu là của cá nhân thì xóa trong nội dung.",
	"form.secret":                "Nhiệm vụ này báo cáo theo đường văn bản mật. Không nhập tài liệu mật: ở đây chỉ ghi số và ngày văn bản đã gửi.",
	"form.required":              "bắt buộc",
	"form.whole":                 "số nguyên",
	"form.at_least":              "từ %s",
	"form.at_most":               "đến %s",
	"form.max_length":            "tối đa %s ký tự",
	"form.last_reported":         "báo cáo gần nhất: %s",
	"redaction.field":            "Đã lược bỏ thông tin cá nhân: %s (%s)",
}

var fileWordsEN = catalogue{
	"event.task.redacted":        "Personal data taken out",
	"event.task.file_downloaded": "Attachment downloaded",
	"files.title":                "Attached files",
	"files.hint":                 "PDF, photographs, DOCX, XLSX, ODT, ODS, CSV or digitally signed files, at most %s MB each. Untick a file that is not to be sent.",
	"files.scan_needed":          "This duty needs a scan or the digitally signed file of the document.",
	"files.choose":               "Choose files",
	"files.declared":             "The files hold no list of persons and no state secret",
	"files.declared_hint":        "Needed for scans and photographs: no machine reads what is written there.",
	"files.upload":               "Upload the files, do not send the report yet",
	"files.size_kb":              "%s KB",
	"files.size_mb":              "%s MB",
	"files.redacted":             "The file was taken out",
	"files.fail":                 "%s: %s",
	"form.confirm":               "Checked: this is official and no personal data",
	"form.confirm_hint":          "A hotline, the telephone number of an office. Delete it from the text if it is a person's.",
	"form.secret":                "This duty is reported by the classified route. Enter no classified material: only the number and date of the document that was sent.",
	"form.required":              "required",
	"form.whole":                 "a whole number",
	"form.at_least":              "from %s",
	"form.at_most":               "to %s",
	"form.max_length":            "at most %s characters",
	"form.last_reported":         "last reported: %s",
	"redaction.field":            "Personal data taken out: %s (%s)",
}
