package web

import "maps"

// The words of spreadsheets stand apart from the other sentences and are part of
// the same catalogues.
func init() {
	maps.Copy(wordsVI, sheetWordsVI)
	maps.Copy(wordsEN, sheetWordsEN)
}

var sheetWordsVI = catalogue{
	"sheet.title":             "Điền bằng Excel",
	"sheet.hint":              "Tải biểu mẫu về, điền các ô màu vàng, lưu ở dạng .xlsx rồi nạp lên. Số liệu vào bản nháp; xem lại trên trang này rồi gửi.",
	"sheet.download":          "Tải biểu mẫu Excel",
	"sheet.choose":            "Tệp .xlsx đã điền",
	"sheet.take":              "Nạp biểu",
	"sheet.taken":             "Đã nạp biểu vào bản nháp, chưa gửi. Xem lại số liệu ở dưới rồi gửi.",
	"sheet.rule":              "Chỉ nhận .xlsx, tối đa %s MB.",
	"sheet.export":            "Xuất Excel",
	"round.title":             "Ghi nhận thay từ bảng tính",
	"round.link":              "Ghi nhận thay cho nhiều đơn vị bằng Excel",
	"round.hint":              "Tải biểu tổng hợp của kỳ này, điền dòng của các đơn vị đã gửi ngoài hệ thống, lưu ở dạng .xlsx rồi nạp lên. Mọi dòng cùng được ghi nhận; có một dòng sai thì không dòng nào được ghi.",
	"round.download":          "Tải biểu tổng hợp",
	"round.take":              "Nạp biểu",
	"round.defaults":          "Dùng cho các dòng không ghi riêng",
	"round.received":          "Thời điểm nhận",
	"round.received_hint":     "giờ:phút ngày/tháng/năm",
	"round.channel":           "Hình thức nhận",
	"round.channel_none":      "Ghi trong biểu",
	"round.evidence":          "Nơi lưu bản đã nhận",
	"round.done.one":          "Đã ghi nhận %s báo cáo.",
	"round.done.other":        "Đã ghi nhận %s báo cáo.",
	"channel.paper":           "Văn bản giấy",
	"channel.document_system": "Trục liên thông văn bản",
	"channel.email":           "Thư điện tử",
	"channel.fax":             "Fax",
	"channel.phone":           "Điện thoại",
	"channel.other":           "Khác",
}

var sheetWordsEN = catalogue{
	"sheet.title":             "Fill in with Excel",
	"sheet.hint":              "Download the form, fill in the yellow cells, save it as .xlsx and upload it. The figures go into the draft; look at them on this page and send them.",
	"sheet.download":          "Download the Excel form",
	"sheet.choose":            "The .xlsx that was filled in",
	"sheet.take":              "Upload the form",
	"sheet.taken":             "The sheet was taken into the draft and is not sent yet. Look at the figures below and send them.",
	"sheet.rule":              "Only .xlsx, at most %s MB.",
	"sheet.export":            "Export to Excel",
	"round.title":             "Record from a spreadsheet",
	"round.link":              "Record for many agencies with Excel",
	"round.hint":              "Download the table of this round, fill in the rows of the agencies that reported outside of the system, save it as .xlsx and upload it. All rows are recorded together; if one is wrong, none is.",
	"round.download":          "Download the table",
	"round.take":              "Upload the table",
	"round.defaults":          "For rows that do not say so themselves",
	"round.received":          "Received at",
	"round.received_hint":     "hour:minute day/month/year",
	"round.channel":           "Received by",
	"round.channel_none":      "As the table says",
	"round.evidence":          "Where the originals are kept",
	"round.done.one":          "%s report was recorded.",
	"round.done.other":        "%s reports were recorded.",
	"channel.paper":           "Paper",
	"channel.document_system": "Document system",
	"channel.email":           "E-mail",
	"channel.fax":             "Fax",
	"channel.phone":           "Telephone",
	"channel.other":           "Other",
}
