package notice

// What an amended plan tells a unit about a task: that it says something else,
// and that it is owed no more.
var (
	amendedPart = part{
		kinds: []Kind{Amended}, colour: ink, showDue: true,
		asked: partWords{
			headingVI: "Văn bản được sửa đổi, nội dung nhiệm vụ đã thay đổi", headingEN: "The plan was amended: tasks whose content has changed",
			subjectVI: "%d việc được sửa đổi", subjectOne: "%d task amended", subjectEN: "%d tasks amended",
			dueVI: dueVI, dueEN: dueEN,
		},
		begged: partWords{
			headingVI: "Văn bản được sửa đổi, kính đề nghị quý cơ quan xem nội dung mới", headingEN: "The plan was amended: we kindly ask you to read what has changed",
			subjectVI: "%d nội dung đề nghị được sửa đổi", subjectOne: "%d request amended", subjectEN: "%d requests amended",
			dueVI: requestVI, dueEN: requestEN, begging: true,
		},
	}
	cancelledPart = part{
		kinds: []Kind{Cancelled}, colour: ink,
		asked: partWords{
			headingVI: "Văn bản được sửa đổi, việc không còn phải thực hiện", headingEN: "The plan was amended: no longer to be done",
			subjectVI: "%d việc thôi thực hiện", subjectOne: "%d task cancelled", subjectEN: "%d tasks cancelled",
		},
		begged: partWords{
			headingVI: "Văn bản được sửa đổi, nội dung không còn đề nghị", headingEN: "The plan was amended: no longer requested",
			subjectVI: "%d nội dung thôi đề nghị", subjectOne: "%d request withdrawn", subjectEN: "%d requests withdrawn", begging: true,
		},
	}
)
