package notice

import "slices"

// allParts are the sections of a message in their order: what passes an agency on
// its way and what is corrected stand before the ordinary reviews, posts at the end:
// nothing in them is due.
var allParts = func() []part {
	at := slices.IndexFunc(parts, func(p part) bool { return slices.Contains(p.kinds, ReviewOverdue) })
	return slices.Concat(parts[:at], routeParts, consolidationParts, parts[at:], peopleParts)
}()

var routeParts = []part{
	{
		kinds: []Kind{ForwardOverdue}, colour: red,
		asked: partWords{
			headingVI: "Báo cáo đi qua cơ quan, quá thời gian chuyển", headingEN: "Results that should have been passed on",
			subjectVI: "%d báo cáo quá thời gian chuyển", subjectOne: "%d result overdue to pass on", subjectEN: "%d results overdue to pass on",
		},
	},
	{
		kinds: []Kind{CorrectionRefused}, colour: red,
		asked: partWords{
			headingVI: "Bản đính chính không được chấp nhận: bản trước giữ nguyên hiệu lực", headingEN: "Corrections refused: the earlier versions stay in force",
			subjectVI: "%d bản đính chính không được chấp nhận", subjectOne: "%d correction refused", subjectEN: "%d corrections refused",
		},
	},
	{
		kinds: []Kind{CorrectionAccepted}, colour: blue,
		asked: partWords{
			headingVI: "Bản đính chính đã có hiệu lực, thay bản trước", headingEN: "Corrections accepted: they are in force now",
			subjectVI: "%d bản đính chính được chấp nhận", subjectOne: "%d correction accepted", subjectEN: "%d corrections accepted",
		},
	},
	{
		kinds: []Kind{CorrectionOverdue}, colour: red,
		asked: partWords{
			headingVI: "Bản đính chính quá thời gian quyết định", headingEN: "Corrections whose decision is overdue",
			subjectVI: "%d bản đính chính quá thời gian quyết định", subjectOne: "%d correction overdue", subjectEN: "%d corrections overdue",
		},
	},
	{
		kinds: []Kind{ToForward, ForwardReminder}, colour: ink,
		asked: partWords{
			headingVI: "Báo cáo đi qua cơ quan, chờ chuyển", headingEN: "Results waiting to be passed on",
			subjectVI: "%d báo cáo chờ chuyển", subjectOne: "%d result to pass on", subjectEN: "%d results to pass on",
		},
	},
	{
		kinds: []Kind{CorrectionSent, CorrectionReminder}, colour: ink,
		asked: partWords{
			headingVI: "Bản đính chính chờ quyết định", headingEN: "Corrections waiting for your decision",
			subjectVI: "%d bản đính chính chờ quyết định", subjectOne: "%d correction to decide on", subjectEN: "%d corrections to decide on",
		},
	},
	{
		kinds: []Kind{Corrected}, colour: ink,
		asked: partWords{
			headingVI: "Đơn vị đã gửi bản đính chính, xem bản đang có hiệu lực trong hệ thống", headingEN: "Corrected by the agency: see in the system which version is in force",
			subjectVI: "%d báo cáo được đính chính", subjectOne: "%d result corrected", subjectEN: "%d results corrected",
		},
	},
}
