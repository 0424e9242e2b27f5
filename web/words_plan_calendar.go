package web

import "maps"

// The words of a plan's month and of the line of its rounds over a year.
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
}
