package agency

import "dondoc/internal/sheet"

// Table has a line for each agency.
func Table(agencies []Agency, language string) sheet.Table {
	heading, name := []string{"Mã", "Tên đơn vị", "Tên gọi tắt", "Cấp", "Mã cấp trên", "Mã định danh điện tử", "Hộp thư công vụ", "Điện thoại", "Từ ngày", "Đến ngày"}, "Đơn vị"
	if language == "en" {
		heading, name = []string{"Code", "Name", "Short name", "Level", "Superior's code", "Official identifier", "Official mailbox", "Telephone", "From", "To"}, "Agencies"
	}
	table := sheet.Table{Name: name, Heading: heading}
	for _, a := range agencies {
		line := []sheet.Cell{}
		for _, text := range []string{a.Code, a.Name, a.ShortName, a.Level, a.ParentCode, a.OfficialID, a.Mailbox, a.Phone} {
			line = append(line, sheet.Text(text))
		}
		table.Lines = append(table.Lines, append(line, sheet.Time(a.ValidFrom.String()), sheet.Time(a.ValidTo.String())))
	}
	return table
}
