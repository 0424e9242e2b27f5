package plan

import "dondoc/internal/sheet"

var stateNames = map[State][2]string{
	Draft: {"Dự thảo", "Draft"}, Active: {"Đang theo dõi", "Followed"}, Suspended: {"Tạm dừng", "Suspended"}, Closed: {"Đã kết thúc", "Closed"},
}

// Table has a line for each plan.
func Table(plans []Record, language string) sheet.Table {
	heading, word := []string{"Mã", "Số, ký hiệu", "Tên văn bản", "Cơ quan ban hành", "Tình trạng", "Từ ngày", "Đến ngày", "Số nhiệm vụ", "Số kỳ báo cáo", "Việc chưa xong"}, 0
	if language == "en" {
		heading, word = []string{"Code", "Number", "Title", "Issuer", "State", "From", "To", "Duties", "Rounds", "Open tasks"}, 1
	}
	table := sheet.Table{Name: [2]string{"Văn bản", "Plans"}[word], Heading: heading}
	for _, r := range plans {
		table.Lines = append(table.Lines, []sheet.Cell{
			sheet.Text(r.Code), sheet.Text(r.Number), sheet.Text(r.Title), sheet.Text(r.IssuerName), sheet.Text(stateNames[r.State][word]),
			sheet.Time(r.ValidFrom.String()), sheet.Time(r.ValidTo.String()), sheet.Int(r.Duties), sheet.Int(r.Rounds), sheet.Int(r.OpenTasks),
		})
	}
	return table
}
