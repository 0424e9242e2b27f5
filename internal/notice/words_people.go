package notice

// peopleParts are the words of what concerns people and their posts.
var peopleParts = []part{
	{
		kinds: []Kind{TaskHanded}, colour: blue, showDue: true,
		asked: partWords{
			headingVI: "Việc được giao xử lý thay", headingEN: "Tasks handed over to you",
			subjectVI: "%d việc được giao xử lý", subjectOne: "%d task handed over to you", subjectEN: "%d tasks handed over to you",
			dueVI: dueVI, dueEN: dueEN,
		},
		begged: partWords{
			headingVI: "Nội dung được đề nghị, giao quý vị xử lý thay", headingEN: "Requested results handed over to you",
			subjectVI: "%d nội dung được giao xử lý", subjectOne: "%d requested result handed over to you", subjectEN: "%d requested results handed over to you",
			dueVI: requestVI, dueEN: requestEN, begging: true,
		},
	},
	{
		kinds: []Kind{Substitute}, colour: blue,
		asked: partWords{
			headingVI: "Thay thế khi vắng mặt: thời gian và người thay thế xem trong hệ thống", headingEN: "Substitution: see the days and the person in the system",
			subjectVI: "%d việc thay thế khi vắng mặt", subjectOne: "%d substitution", subjectEN: "%d substitutions",
		},
	},
	{
		kinds: []Kind{RoleGranted}, colour: ink,
		asked: partWords{
			headingVI: "Vai trò được đọc báo cáo vừa được giao", headingEN: "Roles that read results were granted",
			subjectVI: "%d vai trò được đọc báo cáo vừa được giao", subjectOne: "%d reading role granted", subjectEN: "%d reading roles granted",
		},
	},
}

// roleNames name a post in a notice about it.
var roleNames = map[string][2]string{
	"focal_point": {"Đầu mối", "Focal point"}, "head": {"Thủ trưởng đơn vị", "Head"},
	"supervisor": {"Người theo dõi, đôn đốc", "Supervisor"}, "plan_authority": {"Cơ quan ban hành", "Plan authority"},
	"auditor": {"Người kiểm tra", "Auditor"}, "administrator": {"Quản trị hệ thống", "Administrator"},
}

// postPage is where a notice about a post leads.
func postPage(kind Kind) string {
	if kind == Substitute {
		return "/cai-dat"
	}
	return "/thong-bao"
}

func roleName(language, role string) string {
	names := roleNames[role]
	return say(language, names[0], names[1])
}
