package notice

// consolidationParts are the words of what concerns results that sum up others.
var consolidationParts = []part{
	{
		kinds: []Kind{ConsolidationStale}, colour: red,
		asked: partWords{
			headingVI: "Báo cáo tổng hợp cần cập nhật: báo cáo của đơn vị đã thay đổi sau khi lấy số liệu", headingEN: "Consolidated reports to update: a unit's report has changed since it was taken over",
			subjectVI: "%d báo cáo tổng hợp cần cập nhật", subjectOne: "%d consolidated report to update", subjectEN: "%d consolidated reports to update",
		},
	},
	{
		kinds: []Kind{ConsolidationCutOff}, colour: ochre,
		asked: partWords{
			headingVI: "Báo cáo tổng hợp còn thiếu báo cáo của đơn vị khi đã hết hạn: xem đơn vị nào trong hệ thống", headingEN: "Consolidated reports that lack units' reports at their due time: see in the system whose",
			subjectVI: "%d báo cáo tổng hợp còn thiếu đơn vị", subjectOne: "%d consolidated report lacks units", subjectEN: "%d consolidated reports lack units",
		},
	},
	{
		kinds: []Kind{ConsolidationComplete}, colour: blue,
		asked: partWords{
			headingVI: "Đã đủ báo cáo của các đơn vị để tổng hợp", headingEN: "Every unit's report is in: ready to consolidate",
			subjectVI: "%d báo cáo đã đủ để tổng hợp", subjectOne: "%d report ready to consolidate", subjectEN: "%d reports ready to consolidate",
		},
	},
	{
		kinds: []Kind{Commented}, colour: ink,
		asked: partWords{
			headingVI: "Cơ quan tổng hợp góp ý báo cáo, xem nội dung trong hệ thống", headingEN: "Comments of the agency that sums your report up: read them in the system",
			subjectVI: "%d báo cáo có góp ý", subjectOne: "%d report commented on", subjectEN: "%d reports commented on",
		},
	},
}
