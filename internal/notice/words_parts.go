package notice

import "fmt"

// Colours of the visual language; the words carry the state without them.
const (
	ink   = "#16181D" // Mực
	blue  = "#17407A" // Xanh ký
	red   = "#B3231A" // Son
	ochre = "#865000" // Nghệ
)

// part is one section of a message: notices that matter in the same way.
type part struct {
	kinds   []Kind
	colour  string
	showDue bool
	// asked words an order, begged a request ("đề nghị").
	asked, begged partWords
}

func (p part) words(requested bool) partWords {
	if requested && p.begged.headingVI != "" {
		return p.begged
	}
	return p.asked
}

// partWords are the words of a section. The subjects are formats for the
// number of items; English tells one from many.
type partWords struct {
	headingVI, headingEN             string
	subjectVI, subjectOne, subjectEN string
	dueVI, dueEN                     string
	// begging softens the words about lateness.
	begging bool
}

func (w partWords) heading(language string) string { return say(language, w.headingVI, w.headingEN) }
func (w partWords) due(language string) string     { return say(language, w.dueVI, w.dueEN) }

func (w partWords) lateWords(language string, days int) string {
	switch {
	case days <= 0:
		return ""
	case w.begging:
		return say(language, fmt.Sprintf("đã qua %d ngày", days), fmt.Sprintf("%d %s past", days, plural(days, "day")))
	default:
		return say(language, fmt.Sprintf("quá hạn %d ngày", days), fmt.Sprintf("%d %s late", days, plural(days, "day")))
	}
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

const (
	dueVI, dueEN           = "Hạn gửi", "Due"
	requestVI, requestEN   = "Thời gian đề nghị", "Requested by"
	resubmitVI, resubmitEN = "Hạn gửi lại", "Resend by"
	answerVI, answerEN     = "Hạn trả lời", "Answer by"
)

// parts stand in the order of what matters most to whoever reads.
var parts = []part{
	{
		kinds: []Kind{Returned}, colour: red, showDue: true,
		asked: partWords{
			headingVI: "Báo cáo bị trả lại, cần bổ sung và gửi lại", headingEN: "Returned: to be completed and sent again",
			subjectVI: "%d báo cáo bị trả lại", subjectOne: "%d result returned", subjectEN: "%d results returned",
			dueVI: resubmitVI, dueEN: resubmitEN,
		},
		begged: partWords{
			headingVI: "Kính đề nghị quý cơ quan bổ sung và gửi lại", headingEN: "We kindly ask you to complete and send again",
			subjectVI: "%d nội dung đề nghị bổ sung", subjectOne: "%d requested result to complete", subjectEN: "%d requested results to complete",
			dueVI: requestVI, dueEN: requestEN, begging: true,
		},
	},
	{
		kinds: []Kind{Urging}, colour: red, showDue: true,
		asked: partWords{
			headingVI: "Đôn đốc của cơ quan theo dõi: đề nghị xem nội dung trong hệ thống và gửi ngay", headingEN: "Urged by the supervising agency: read the message in the system and send now",
			subjectVI: "%d việc được đôn đốc", subjectOne: "%d task urged", subjectEN: "%d tasks urged",
			dueVI: dueVI, dueEN: dueEN,
		},
		begged: partWords{
			headingVI: "Kính đề nghị quý cơ quan xem nội dung trao đổi trong hệ thống và sớm gửi kết quả",
			headingEN: "We kindly ask you to read our message in the system and to send the result soon",
			subjectVI: "%d nội dung kính đề nghị sớm gửi", subjectOne: "%d result kindly asked for", subjectEN: "%d results kindly asked for",
			dueVI: requestVI, dueEN: requestEN, begging: true,
		},
	},
	{
		kinds: []Kind{Reopened}, colour: red, showDue: true,
		asked: partWords{
			headingVI: "Báo cáo được mở lại, cần gửi lại", headingEN: "Reopened: to be sent again",
			subjectVI: "%d báo cáo được mở lại", subjectOne: "%d result reopened", subjectEN: "%d results reopened",
			dueVI: resubmitVI, dueEN: resubmitEN,
		},
		begged: partWords{
			headingVI: "Nội dung được mở lại, kính đề nghị quý cơ quan gửi lại", headingEN: "Reopened: we kindly ask you to send again",
			subjectVI: "%d nội dung được mở lại", subjectOne: "%d requested result reopened", subjectEN: "%d requested results reopened",
			dueVI: requestVI, dueEN: requestEN, begging: true,
		},
	},
	{
		kinds: []Kind{GivenBack}, colour: red, showDue: true,
		asked: partWords{
			headingVI: "Thủ trưởng chuyển lại, cần sửa và trình lại", headingEN: "Given back by the head: to be mended and sent again",
			subjectVI: "%d báo cáo thủ trưởng chuyển lại", subjectOne: "%d result given back", subjectEN: "%d results given back",
			dueVI: dueVI, dueEN: dueEN,
		},
	},
	{
		kinds: []Kind{Prepared}, colour: blue, showDue: true,
		asked: partWords{
			headingVI: "Báo cáo chờ thủ trưởng duyệt", headingEN: "Results waiting for the head's approval",
			subjectVI: "%d báo cáo chờ thủ trưởng duyệt", subjectOne: "%d result to approve", subjectEN: "%d results to approve",
			dueVI: dueVI, dueEN: dueEN,
		},
	},
	{
		kinds: []Kind{Overdue}, colour: red, showDue: true,
		asked: partWords{
			headingVI: "Việc quá hạn, cần gửi ngay", headingEN: "Overdue: to be sent now",
			subjectVI: "%d việc quá hạn", subjectOne: "%d task overdue", subjectEN: "%d tasks overdue",
			dueVI: dueVI, dueEN: dueEN,
		},
		begged: partWords{
			headingVI: "Kính đề nghị quý cơ quan quan tâm, gửi kết quả các nội dung đã qua thời gian đề nghị",
			headingEN: "We kindly ask for results whose requested day has passed",
			subjectVI: "%d nội dung đã qua thời gian đề nghị", subjectOne: "%d requested result outstanding", subjectEN: "%d requested results outstanding",
			dueVI: requestVI, dueEN: requestEN, begging: true,
		},
	},
	{
		kinds: []Kind{DueToday}, colour: blue, showDue: true,
		asked: partWords{
			headingVI: "Đến hạn hôm nay", headingEN: "Due today",
			subjectVI: "%d việc đến hạn hôm nay", subjectOne: "%d task due today", subjectEN: "%d tasks due today",
			dueVI: dueVI, dueEN: dueEN,
		},
		begged: partWords{
			headingVI: "Kính đề nghị quý cơ quan gửi kết quả trong hôm nay", headingEN: "We kindly ask for results today",
			subjectVI: "%d nội dung đề nghị gửi hôm nay", subjectOne: "%d result requested today", subjectEN: "%d results requested today",
			dueVI: requestVI, dueEN: requestEN, begging: true,
		},
	},
	{
		kinds: []Kind{Reminder}, colour: blue, showDue: true,
		asked: partWords{
			headingVI: "Sắp đến hạn", headingEN: "Due soon",
			subjectVI: "%d việc sắp đến hạn", subjectOne: "%d task due soon", subjectEN: "%d tasks due soon",
			dueVI: dueVI, dueEN: dueEN,
		},
		begged: partWords{
			headingVI: "Kính đề nghị quý cơ quan quan tâm thời gian gửi kết quả", headingEN: "We kindly remind you of the requested day",
			subjectVI: "%d nội dung sắp đến thời gian đề nghị", subjectOne: "%d result requested soon", subjectEN: "%d results requested soon",
			dueVI: requestVI, dueEN: requestEN, begging: true,
		},
	},
	{
		kinds: []Kind{DueMoved}, colour: ink, showDue: true,
		asked: partWords{
			headingVI: "Hạn đã thay đổi, xem lý do ở trang của từng việc", headingEN: "Due times that have changed; each task's page says why",
			subjectVI: "%d việc đổi hạn", subjectOne: "%d due time changed", subjectEN: "%d due times changed",
			dueVI: "Hạn mới", dueEN: "Now due",
		},
		begged: partWords{
			headingVI: "Thời gian đề nghị đã thay đổi", headingEN: "Requested days that have changed",
			subjectVI: "%d nội dung đổi thời gian đề nghị", subjectOne: "%d requested day changed", subjectEN: "%d requested days changed",
			dueVI: requestVI, dueEN: requestEN, begging: true,
		},
	},
	amendedPart, cancelledPart,
	{
		kinds: []Kind{Opening}, colour: ink, showDue: true,
		asked: partWords{
			headingVI: "Việc mới mở", headingEN: "Newly opened",
			subjectVI: "%d việc mới", subjectOne: "%d new task", subjectEN: "%d new tasks",
			dueVI: dueVI, dueEN: dueEN,
		},
		begged: partWords{
			headingVI: "Kính đề nghị quý cơ quan phối hợp thực hiện", headingEN: "We kindly ask for your cooperation",
			subjectVI: "%d nội dung đề nghị phối hợp", subjectOne: "%d request for cooperation", subjectEN: "%d requests for cooperation",
			dueVI: requestVI, dueEN: requestEN, begging: true,
		},
	},
	{
		kinds: []Kind{ReviewOverdue}, colour: red,
		asked: partWords{
			headingVI: "Báo cáo đã gửi, quá thời gian xác nhận", headingEN: "Results whose review is overdue",
			subjectVI: "%d báo cáo quá thời gian xác nhận", subjectOne: "%d review overdue", subjectEN: "%d reviews overdue",
		},
	},
	{
		kinds: []Kind{Contested}, colour: red,
		asked: partWords{
			headingVI: "Đơn vị khiếu nại quyết định “không hợp lệ”", headingEN: "Contested: results declared invalid",
			subjectVI: "%d khiếu nại quyết định không hợp lệ", subjectOne: "%d decision contested", subjectEN: "%d decisions contested",
		},
	},
	{
		kinds: []Kind{ContestOverturned}, colour: blue,
		asked: partWords{
			headingVI: "Khiếu nại được chấp nhận: báo cáo được tính là đã gửi", headingEN: "Decisions overturned: the results count as sent",
			subjectVI: "%d quyết định không hợp lệ bị hủy", subjectOne: "%d decision overturned", subjectEN: "%d decisions overturned",
		},
	},
	{
		kinds: []Kind{ContestUpheld}, colour: ink,
		asked: partWords{
			headingVI: "Khiếu nại không được chấp nhận: giữ nguyên quyết định", headingEN: "Decisions upheld: the results stay invalid",
			subjectVI: "%d quyết định không hợp lệ được giữ nguyên", subjectOne: "%d decision upheld", subjectEN: "%d decisions upheld",
		},
	},
	{
		kinds: []Kind{PromiseDue}, colour: ochre, showDue: true,
		asked: partWords{
			headingVI: "Đã qua ngày đơn vị hẹn gửi mà chưa có báo cáo", headingEN: "Promised days that have passed without a result",
			subjectVI: "%d việc quá ngày hẹn gửi", subjectOne: "%d promise not kept", subjectEN: "%d promises not kept",
			dueVI: dueVI, dueEN: dueEN,
		},
		begged: partWords{
			headingVI: "Đã qua ngày cơ quan phối hợp hẹn gửi kết quả", headingEN: "Days by which a requested result was promised have passed",
			subjectVI: "%d nội dung quá ngày hẹn gửi", subjectOne: "%d requested result past its promised day", subjectEN: "%d requested results past their promised days",
			dueVI: requestVI, dueEN: requestEN, begging: true,
		},
	},
	{
		kinds: []Kind{Submitted, ReviewReminder}, colour: ink,
		asked: partWords{
			headingVI: "Báo cáo đã gửi, chờ xác nhận", headingEN: "Results waiting for your review",
			subjectVI: "%d báo cáo chờ xác nhận", subjectOne: "%d result to review", subjectEN: "%d results to review",
		},
	},
	{
		kinds: []Kind{UrgingDraft}, colour: red, showDue: true,
		asked: partWords{
			headingVI: "Cần đôn đốc: đã có dự thảo văn bản đôn đốc trong hệ thống", headingEN: "To be urged: a draft of the letter is in the system",
			subjectVI: "%d việc cần đôn đốc", subjectOne: "%d task to urge", subjectEN: "%d tasks to urge",
			dueVI: dueVI, dueEN: dueEN,
		},
		begged: partWords{
			headingVI: "Nội dung đề nghị đã qua thời gian, kính trao đổi lại với cơ quan phối hợp",
			headingEN: "Requests without a result: please speak with the agency again",
			subjectVI: "%d nội dung đề nghị cần trao đổi lại", subjectOne: "%d request to take up again", subjectEN: "%d requests to take up again",
			dueVI: requestVI, dueEN: requestEN, begging: true,
		},
	},
	{
		kinds: []Kind{Escalation}, colour: red, showDue: true,
		asked: partWords{
			headingVI: "Báo cáo cấp trên: việc quá hạn kéo dài", headingEN: "Escalated: long overdue",
			subjectVI: "%d việc quá hạn kéo dài", subjectOne: "%d task long overdue", subjectEN: "%d tasks long overdue",
			dueVI: dueVI, dueEN: dueEN,
		},
		begged: partWords{
			headingVI: "Nội dung đề nghị phối hợp chưa có kết quả", headingEN: "Requests for cooperation without a result",
			subjectVI: "%d nội dung đề nghị chưa có kết quả", subjectOne: "%d request without a result", subjectEN: "%d requests without a result",
			dueVI: requestVI, dueEN: requestEN, begging: true,
		},
	},
	{
		kinds: []Kind{RequestLapsed}, colour: red, showDue: true,
		asked: partWords{
			headingVI: "Đề nghị gia hạn không được quyết định trước hạn: hạn cũ giữ nguyên", headingEN: "Extensions not decided in time: the date stands",
			subjectVI: "%d đề nghị gia hạn không được quyết định", subjectOne: "%d extension not decided", subjectEN: "%d extensions not decided",
			dueVI: dueVI, dueEN: dueEN,
		},
		begged: partWords{
			headingVI: "Chưa có quyết định về đề nghị lùi thời gian: thời gian đề nghị giữ nguyên", headingEN: "No decision on more time: the requested day stands",
			subjectVI: "%d đề nghị lùi thời gian chưa được quyết định", subjectOne: "%d request for more time not decided", subjectEN: "%d requests for more time not decided",
			dueVI: requestVI, dueEN: requestEN, begging: true,
		},
	},
	{
		kinds: []Kind{OwedAgain}, colour: red, showDue: true,
		asked: partWords{
			headingVI: "Phải báo cáo trở lại cho kỳ này", headingEN: "Owed again for this period",
			subjectVI: "%d việc phải báo cáo trở lại", subjectOne: "%d task owed again", subjectEN: "%d tasks owed again",
			dueVI: dueVI, dueEN: dueEN,
		},
		begged: partWords{
			headingVI: "Kính đề nghị quý cơ quan gửi kết quả kỳ này như ban đầu", headingEN: "We kindly ask for this period's results after all",
			subjectVI: "%d nội dung đề nghị gửi trở lại", subjectOne: "%d result requested after all", subjectEN: "%d results requested after all",
			dueVI: requestVI, dueEN: requestEN, begging: true,
		},
	},
	{
		kinds: []Kind{RequestDecided}, colour: blue, showDue: true,
		asked: partWords{
			headingVI: "Đề nghị đã có trả lời", headingEN: "Requests that have been answered",
			subjectVI: "%d đề nghị đã có trả lời", subjectOne: "%d request answered", subjectEN: "%d requests answered",
			dueVI: dueVI, dueEN: dueEN,
		},
		begged: partWords{
			headingVI: "Nội dung quý cơ quan đề nghị đã có trả lời", headingEN: "What you asked for has been answered",
			subjectVI: "%d nội dung đã có trả lời", subjectOne: "%d answer to what you asked", subjectEN: "%d answers to what you asked",
			dueVI: requestVI, dueEN: requestEN, begging: true,
		},
	},
	{
		kinds: []Kind{Waived}, colour: blue,
		asked: partWords{
			headingVI: "Không phải báo cáo kỳ này", headingEN: "Not owed for this period",
			subjectVI: "%d việc không phải báo cáo", subjectOne: "%d task waived", subjectEN: "%d tasks waived",
		},
		begged: partWords{
			headingVI: "Kỳ này không đề nghị quý cơ quan gửi kết quả", headingEN: "No results are asked for this period",
			subjectVI: "%d nội dung không đề nghị gửi", subjectOne: "%d result not asked for", subjectEN: "%d results not asked for",
		},
	},
	{
		kinds: []Kind{RequestOverdue, RequestUndecided}, colour: red, showDue: true,
		asked: partWords{
			headingVI: "Đề nghị của đơn vị khác quá hạn mà cơ quan chưa trả lời", headingEN: "Requests that your agency has not answered in time",
			subjectVI: "%d đề nghị quá hạn trả lời", subjectOne: "%d request overdue", subjectEN: "%d requests overdue",
			dueVI: dueVI, dueEN: dueEN,
		},
	},
	{
		kinds: []Kind{RequestReminder}, colour: blue, showDue: true,
		asked: partWords{
			headingVI: "Đề nghị sắp đến hạn trả lời", headingEN: "Requests to be answered soon",
			subjectVI: "%d đề nghị sắp đến hạn trả lời", subjectOne: "%d request to answer soon", subjectEN: "%d requests to answer soon",
			dueVI: answerVI, dueEN: answerEN,
		},
	},
	{
		kinds: []Kind{RequestAsked}, colour: ink, showDue: true,
		asked: partWords{
			headingVI: "Đề nghị mới, chờ trả lời", headingEN: "New requests that wait for an answer",
			subjectVI: "%d đề nghị mới", subjectOne: "%d new request", subjectEN: "%d new requests",
			dueVI: answerVI, dueEN: answerEN,
		},
	},
	{
		kinds: []Kind{RequestOpinion}, colour: ink, showDue: true,
		asked: partWords{
			headingVI: "Đề nghị của đơn vị, có thể cho ý kiến trước khi quyết định", headingEN: "Requests on which you may give an opinion before the decision",
			subjectVI: "%d đề nghị có thể cho ý kiến", subjectOne: "%d request for your opinion", subjectEN: "%d requests for your opinion",
			dueVI: answerVI, dueEN: answerEN,
		},
	},
	{
		kinds: []Kind{Inherited}, colour: ink, showDue: true,
		asked: partWords{
			headingVI: "Việc nhận từ đơn vị đã sắp xếp", headingEN: "Tasks taken over from an agency that was reorganised",
			subjectVI: "%d việc nhận từ đơn vị đã sắp xếp", subjectOne: "%d task taken over", subjectEN: "%d tasks taken over",
			dueVI: dueVI, dueEN: dueEN,
		},
		begged: partWords{
			headingVI: "Nội dung đề nghị nay do quý cơ quan tiếp nhận", headingEN: "Requested results that are with you now",
			subjectVI: "%d nội dung được tiếp nhận", subjectOne: "%d requested result taken over", subjectEN: "%d requested results taken over",
			dueVI: requestVI, dueEN: requestEN, begging: true,
		},
	},
	{
		kinds: []Kind{Recorded}, colour: blue,
		asked: partWords{
			headingVI: "Báo cáo được ghi nhận thay đơn vị", headingEN: "Results recorded on your agency's behalf",
			subjectVI: "%d báo cáo được ghi nhận thay", subjectOne: "%d result recorded for you", subjectEN: "%d results recorded for you",
		},
	},
	{
		kinds: []Kind{Receipt}, colour: blue,
		asked: partWords{
			headingVI: "Báo cáo đã được ghi nhận", headingEN: "Results received",
			subjectVI: "%d báo cáo đã ghi nhận", subjectOne: "%d result received", subjectEN: "%d results received",
		},
	},
	{
		kinds: []Kind{Accepted}, colour: blue,
		asked: partWords{
			headingVI: "Báo cáo đã được xác nhận", headingEN: "Results accepted",
			subjectVI: "%d báo cáo đã được xác nhận", subjectOne: "%d result accepted", subjectEN: "%d results accepted",
		},
	},
}
