package web

import "maps"

// The words of drafts and of a lost connection.
func init() {
	maps.Copy(wordsVI, draftWordsVI)
	maps.Copy(wordsEN, draftWordsEN)
}

var draftWordsVI = catalogue{
	"draft.save":     "Lưu nháp, gửi sau",
	"draft.saved":    "Đã lưu nháp lúc %s.",
	"draft.saved_by": "Bản nháp lưu lúc %s, %s. Chưa gửi.",
	"draft.local":    "Mất mạng. Nội dung được giữ trên máy này; có mạng sẽ lưu tiếp.",
	"draft.restored": "Đã khôi phục nội dung nhập dở trên máy này. Chưa gửi.",
	"draft.offline":  "Mất mạng, chưa biết báo cáo đã tới nơi hay chưa. Nội dung vẫn còn nguyên. Có mạng thì bấm gửi lại; báo cáo không bị gửi hai lần.",
	"draft.sending":  "Đang gửi…",
	"tasks.send_nil": "Gửi “không phát sinh”",
}

var draftWordsEN = catalogue{
	"draft.save":     "Save the draft, send later",
	"draft.saved":    "Draft saved at %s.",
	"draft.saved_by": "Draft saved on %s by %s. Not sent.",
	"draft.local":    "No connection. What you typed is kept on this device and will be saved when there is one.",
	"draft.restored": "What you had begun on this device is back. Not sent.",
	"draft.offline":  "The connection was lost; whether the report arrived is not known. What you typed is all here. Send again when there is a connection; the report will not be sent twice.",
	"draft.sending":  "Sending…",
	"tasks.send_nil": "Send “nothing to report”",
}
