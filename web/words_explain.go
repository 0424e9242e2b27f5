package web

import "maps"

// Words that explain a rule where it acts.
func init() {
	maps.Copy(wordsVI, catalogue{
		"task.late_note": "Quá hạn vì hết ngày hạn mà chưa có báo cáo hợp lệ. Gửi báo cáo là hết quá hạn; việc được ghi là hoàn thành muộn.",
		"task.next_step": "Bước tới: %s. %s.",
	})
	maps.Copy(wordsEN, catalogue{
		"task.late_note": "It is overdue because its due day has ended without a valid report. A report ends that; the task then stands as done late.",
		"task.next_step": "Next: %s. %s.",
	})
}
