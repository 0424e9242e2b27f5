package web

import "maps"

// What an amended plan does to a task, in the same catalogues.
func init() {
	maps.Copy(wordsVI, amendmentWordsVI)
	maps.Copy(wordsEN, amendmentWordsEN)
}

var amendmentWordsVI = catalogue{
	"event.task.rerouted":        "Đổi nơi nhận, nơi xác nhận theo văn bản sửa đổi hoặc việc sắp xếp cơ quan",
	"event.task.notices_renewed": "Lịch nhắc việc thay đổi theo văn bản sửa đổi",
	"notice.amended":             "Văn bản sửa đổi: nội dung nhiệm vụ đã thay đổi",
	"notice.amended.requested":   "Văn bản sửa đổi: nội dung đề nghị đã thay đổi",
	"notice.cancelled":           "Văn bản sửa đổi: việc không còn phải thực hiện",
	"notice.cancelled.requested": "Văn bản sửa đổi: nội dung không còn đề nghị",
}

var amendmentWordsEN = catalogue{
	"event.task.rerouted":        "Recipient or reviewer changed by an amendment or a reorganisation",
	"event.task.notices_renewed": "Notices laid anew by the amendment",
	"notice.amended":             "The plan was amended: the task says something else",
	"notice.amended.requested":   "The plan was amended: the request says something else",
	"notice.cancelled":           "The plan was amended: no longer to be done",
	"notice.cancelled.requested": "The plan was amended: no longer requested",
}
