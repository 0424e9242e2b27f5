package request

import "dondoc/internal/fault"

var namesVI = map[State]string{
	Asked: "chờ trả lời", Accepted: "đã nhận lời", Granted: "đã đồng ý", Refused: "không đồng ý", Answered: "đã trả lời",
	PassedOn: "đã chuyển cấp trên", Closed: "đã khép lại", Lapsed: "hết thời hạn quyết định", Withdrawn: "đã rút", TakenBack: "đã thu hồi",
}

// Refuse is the answer to an act for which it is too late, or too early.
func Refuse(s State) error {
	return &fault.Fault{
		Kind: fault.Conflict, Code: "request.state",
		VI: "Đề nghị này đang ở trạng thái “" + namesVI[s] + "”, không làm được việc ấy. Tải lại để xem diễn biến.",
		EN: "This cannot be done with a request that is " + string(s) + ". Reload to see what happened.",
	}
}

// TooLate is the answer to a decision on an extension after the date that was asked about.
func TooLate() error {
	return fault.New(fault.Conflict, "request.lapsed",
		"Đã đến hạn mà chưa có quyết định: hạn cũ giữ nguyên.", "The due time has come without a decision: the date stands.")
}

// Moot is the answer where what was asked about has gone.
func Moot() error {
	return fault.New(fault.Conflict, "request.moot",
		"Việc này không còn phải gửi hoặc hạn đã được đặt lại; đề nghị không còn cần thiết.",
		"The result is no longer owed, or its date was set anew: the request is not needed any more.")
}

// NoDay is the answer to a day where none is granted.
func NoDay() error {
	return fault.New(fault.Invalid, "request.no_day",
		"Chỉ ghi ngày khi đồng ý gia hạn.", "A day goes with granting an extension only.").At("on")
}

// Forbidden is the answer to whoever may see a request and not do this to it.
func Forbidden() error {
	return fault.New(fault.Forbidden, "request.not_yours",
		"Chỉ người có thẩm quyền của cơ quan được hỏi hoặc cơ quan đã hỏi làm được việc này.",
		"Only those who speak for the body concerned may do this.")
}
