package request

import (
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/sheet"
)

var kindNames = map[Kind][2]string{
	Extension: {"Gia hạn", "Extension"}, Waiver: {"Không phải báo cáo", "Waiver"}, Explanation: {"Giải trình", "Explanation"},
	Obstacle: {"Khó khăn, vướng mắc", "Obstacle"}, Contribution: {"Phối hợp", "Contribution"}, Help: {"Hỗ trợ", "Help"},
}

var stateNames = map[State][2]string{
	Asked: {"Chờ trả lời", "Asked"}, Accepted: {"Đã nhận", "Accepted"}, Granted: {"Đồng ý", "Granted"}, Refused: {"Không đồng ý", "Refused"}, Answered: {"Đã trả lời", "Answered"},
	PassedOn: {"Đã chuyển cấp trên", "Passed on"}, Closed: {"Đã khép lại", "Closed"}, Lapsed: {"Hết hạn", "Lapsed"}, Withdrawn: {"Đã rút", "Withdrawn"}, TakenBack: {"Đã thu hồi", "Taken back"},
}

// Table has a line for each request. Instants are in the plan's zone.
func Table(requests []Request, language string) (sheet.Table, error) {
	heading, word := []string{"Loại", "Tình trạng", "Văn bản", "Nhiệm vụ", "Kỳ báo cáo", "Đơn vị của việc", "Bên đề nghị", "Bên được đề nghị", "Đề nghị lúc", "Nội dung", "Đến ngày", "Được đến ngày", "Hạn trả lời", "Xong lúc"}, 0
	if language == "en" {
		heading, word = []string{"Kind", "State", "Plan", "Duty", "Period", "Agency of the task", "Asked by", "Asked of", "Asked at", "Text", "Proposed until", "Granted until", "To be answered by", "Settled at"}, 1
	}
	table := sheet.Table{Name: [2]string{"Đề nghị", "Requests"}[word], Heading: heading}
	for _, q := range requests {
		zone, err := calendar.Zone(q.TimeZone)
		if err != nil {
			return table, err
		}
		moment := func(at *time.Time) sheet.Cell {
			if at == nil || at.IsZero() {
				return sheet.Text("")
			}
			return sheet.Time(at.In(zone).Format("2006-01-02 15:04"))
		}
		line := []sheet.Cell{}
		for _, text := range []string{kindNames[q.Kind][word], stateNames[q.State][word], q.PlanCode, q.DutyCode, calendar.LabelOf(q.PeriodKey, language), q.TaskAgencyName, q.FromAgencyName, q.ToAgencyName} {
			line = append(line, sheet.Text(text))
		}
		table.Lines = append(table.Lines, append(line, moment(&q.AskedAt), sheet.Text(q.Text), sheet.Time(q.ProposedOn.String()), sheet.Time(q.GrantedOn.String()), moment(&q.DueAt), moment(q.SettledAt)))
	}
	return table, nil
}
