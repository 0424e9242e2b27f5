package web

import "maps"

// The words of a plan's month, of its rounds over a year and of the charts of its targets.
func init() {
	maps.Copy(wordsVI, planCalendarWordsVI)
	maps.Copy(wordsEN, planCalendarWordsEN)
}

var planCalendarWordsVI = catalogue{
	"lich.title":       "Lịch tháng",
	"lich.month":       "Tháng %s",
	"lich.now":         "Tháng này",
	"lich.today":       "Hôm nay",
	"lich.due":         "Đến hạn",
	"lich.opens":       "Mở kỳ",
	"lich.how":         "Hạn ghi ở đây là hạn đầu tiên của kỳ; đơn vị được gia hạn thì có hạn riêng. Ngày nghỉ gạch chéo.",
	"lich.made_up":     "Làm bù",
	"lich.empty":       "Tháng này không có kỳ nào mở hay đến hạn.",
	"lich.tasks.one":   "%s việc",
	"lich.tasks.other": "%s việc",
	"lich.more.one":    "và %s dòng nữa",
	"lich.more.other":  "và %s dòng nữa",
	"chart.finding":    "%s: theo nhịp này được %s, cần %s",
	"chart.reached":    "%s: đã được %s, cần %s",
	"chart.actual":     "Nét liền: đã thực hiện %s đến %s",
	"chart.forecast":   "Nét đứt: dự báo %s đến %s",
	"chart.needed":     "Nét chấm: cần đạt %s đến %s",
	"ky.year":          "Các kỳ trong năm %s",
	"ky.list":          "Danh sách các kỳ, hạn muộn nhất trước",
	"ky.earlier":       "Năm trước",
	"ky.later":         "Năm sau",
	"ky.month":         "Th%s",
	"ky.how":           "Thanh bắt đầu khi mở kỳ, vạch đứng đen là hạn. Xanh: đang mở; xám: đã khóa; rỗng: chưa mở. Vạch đỏ: hôm nay. Nhiệm vụ có cùng kỳ nằm chung một dòng.",
	"ky.none":          "Năm %s không có kỳ nào.",
	"ky.bar":           "%s: mở %s, hạn %s, %s",
	"ky.more.one":      "và %s nhiệm vụ khác",
	"ky.more.other":    "và %s nhiệm vụ khác",
}

var planCalendarWordsEN = catalogue{
	"lich.title":       "Month",
	"lich.month":       "Month %s",
	"lich.now":         "This month",
	"lich.today":       "Today",
	"lich.due":         "Due",
	"lich.opens":       "Opens",
	"lich.how":         "These are the first due times of rounds; an agency that was given more time has its own. Days off are hatched.",
	"lich.made_up":     "Working day",
	"lich.empty":       "No round opens or falls due in this month.",
	"lich.tasks.one":   "%s task",
	"lich.tasks.other": "%s tasks",
	"lich.more.one":    "and %s more line",
	"lich.more.other":  "and %s more lines",
	"chart.finding":    "%s: at this pace %s, needed %s",
	"chart.reached":    "%s: %s so far, needed %s",
	"chart.actual":     "Solid: %s done by %s",
	"chart.forecast":   "Dashes: forecast %s by %s",
	"chart.needed":     "Dots: %s needed by %s",
	"ky.year":          "Rounds in %s",
	"ky.list":          "All rounds, the latest due time first",
	"ky.earlier":       "Year before",
	"ky.later":         "Year after",
	"ky.month":         "M%s",
	"ky.how":           "A bar begins when its round opens; the black mark is the due day. Blue: open; grey: closed; hollow: not open yet. Red line: today. Duties with the same rounds share a line.",
	"ky.none":          "There are no rounds in %s.",
	"ky.bar":           "%s: opens %s, due %s, %s",
	"ky.more.one":      "and %s more duty",
	"ky.more.other":    "and %s more duties",
}
