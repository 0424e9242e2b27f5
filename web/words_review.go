package web

import "maps"

// The words of reviews.
func init() {
	maps.Copy(wordsVI, reviewWordsVI)
	maps.Copy(wordsEN, reviewWordsEN)
}

var reviewWordsVI = catalogue{
	"menu.queue":           "Xác nhận",
	"queue.title":          "Báo cáo chờ xác nhận",
	"queue.order":          "Việc đến hạn trước đứng trước.",
	"queue.none":           "Không có báo cáo nào chờ xác nhận. Báo cáo hiện ra ở đây ngay khi đơn vị gửi; ai chưa gửi thì xem ở “Bảng theo dõi”.",
	"queue.hint":           "Mở từng báo cáo để xem cạnh lần gửi trước và kỳ trước; hoặc đánh dấu những báo cáo đã xem rồi xác nhận một lượt.",
	"queue.accept":         "Xác nhận các báo cáo đã đánh dấu",
	"queue.accepted.one":   "Đã xác nhận %s báo cáo.",
	"queue.accepted.other": "Đã xác nhận %s báo cáo.",
	"queue.done":           "Đã ghi nhận quyết định. Không còn báo cáo nào sau đó.",
	"queue.refused":        "Có báo cáo chưa xác nhận được",
	"queue.more":           "Còn nữa; xác nhận xong trang này sẽ hiện tiếp.",
	"queue.keys":           "Phím tắt: J, K xuống, lên; X đánh dấu; Enter mở.",
	"side.left.one":        "Còn %s báo cáo khác chờ xác nhận.",
	"side.left.other":      "Còn %s báo cáo khác chờ xác nhận.",
	"side.last":            "Đây là báo cáo cuối cùng chờ xác nhận.",
	"side.figure":          "Chỉ tiêu",
	"side.now":             "Kỳ này",
	"side.version":         "Lần gửi %d",
	"side.difference":      "Chênh lệch",
	"side.explained":       "Đơn vị giải thích: %s",
	"side.changed":         "So với %s",
	"side.previous":        "Kỳ trước",
	"side.no_previous":     "Chưa có kỳ trước để so sánh.",
	"side.keys":            "Phím tắt: A xác nhận, R trả lại.",
}

var reviewWordsEN = catalogue{
	"menu.queue":           "Reviews",
	"queue.title":          "Reports to confirm",
	"queue.order":          "What was due first stands first.",
	"queue.none":           "No report waits for confirmation. Reports appear here as units send them; who has not sent stands on the board.",
	"queue.hint":           "Open a report to see it beside the version and the period before; or tick what you have looked at and confirm it at once.",
	"queue.accept":         "Confirm the ticked reports",
	"queue.accepted.one":   "%s report confirmed.",
	"queue.accepted.other": "%s reports confirmed.",
	"queue.done":           "The decision is taken. No report waits after it.",
	"queue.refused":        "Some reports could not be confirmed",
	"queue.more":           "There are more; they follow once this page is done.",
	"queue.keys":           "Keys: J, K down, up; X ticks; Enter opens.",
	"side.left.one":        "%s other report waits for confirmation.",
	"side.left.other":      "%s other reports wait for confirmation.",
	"side.last":            "This is the last report that waits.",
	"side.figure":          "Figure",
	"side.now":             "This period",
	"side.version":         "Version %d",
	"side.difference":      "Difference",
	"side.explained":       "The unit explains: %s",
	"side.changed":         "Compared with %s",
	"side.previous":        "Period before",
	"side.no_previous":     "There is no period before to compare with.",
	"side.keys":            "Keys: A confirms, R returns.",
}
