package audit

import (
	"strconv"
	"time"

	"dondoc/internal/sheet"
)

// Table has a line for each entry of the trail; instants are in UTC.
func Table(entries []Entry, language string) sheet.Table {
	heading, name := []string{"Số", "Lúc (UTC)", "Người", "Thay cho đơn vị", "Thay cho người", "Việc đã làm", "Đối tượng", "Số đối tượng", "Trước", "Sau", "Số niêm phong"}, "Nhật ký"
	if language == "en" {
		heading, name = []string{"No.", "At (UTC)", "Person", "On behalf of", "Standing in for", "Action", "Entity", "Entity no.", "Before", "After", "Seal"}, "Audit trail"
	}
	number := func(n int64) sheet.Cell {
		if n == 0 {
			return sheet.Text("")
		}
		return sheet.Cell{As: sheet.Number, Shown: strconv.FormatInt(n, 10), Value: strconv.FormatInt(n, 10)}
	}
	table := sheet.Table{Name: name, Heading: heading}
	for _, e := range entries {
		table.Lines = append(table.Lines, []sheet.Cell{
			number(e.ID), sheet.Text(e.At.UTC().Format(time.RFC3339)), sheet.Text(e.ActorName), sheet.Text(e.OnBehalfName), sheet.Text(e.StoodInName),
			sheet.Text(e.Action), sheet.Text(e.Entity), number(e.EntityID), sheet.Text(e.Before), sheet.Text(e.After), number(e.SealNumber),
		})
	}
	return table
}
