package target

import (
	"github.com/shopspring/decimal"

	"dondoc/internal/indicator"
	"dondoc/internal/sheet"
)

var lightNames = map[indicator.Light][2]string{
	indicator.Green: {"Sẽ đạt", "Will be met"}, indicator.Amber: {"Gần đạt", "Nearly"}, indicator.Red: {"Khó đạt", "Hardly"}, indicator.Unclear: {"Chưa rõ", "Not clear"},
}

// Table has a line for each measure of a plan's targets.
func Table(v View, language string) sheet.Table {
	table := sheet.Table{Name: "Chỉ tiêu", Heading: []string{"Mục", "Chỉ tiêu", "Nội dung đo", "Đơn vị tính", "Chỉ tiêu giao", "Đã đạt", "Tỷ lệ (%)", "Dự báo cuối kỳ", "Đánh giá", "Căn cứ đánh giá", "Hạn"}}
	of := 0
	if language == "en" {
		table.Name, of = "Targets", 1
		table.Heading = []string{"Place", "Target", "Measured", "Unit", "Aim", "Reached", "Share (%)", "Forecast", "Outlook", "Why", "Due"}
	}
	for _, t := range v.Targets {
		for _, m := range t.Measures {
			o := m.Outlook
			actual, done, forecast := number(o.Actual, language), number(o.Done, language), number(o.Forecast, language)
			if m.Hidden {
				actual, done, forecast = sheet.Text(indicator.Hidden), sheet.Text(""), sheet.Text("")
			}
			why := [2]string{o.RuleVI, o.RuleEN}[of]
			table.Lines = append(table.Lines, []sheet.Cell{
				sheet.Text(t.Reference), sheet.Text(t.Text), sheet.Text(m.Name), sheet.Text(m.Unit), number(m.Aim, language), actual, done, forecast,
				sheet.Text(lightNames[o.Light][of]), sheet.Text(why), sheet.Time(t.Due.String()),
			})
		}
	}
	return table
}

// number is a cell with a number, or an empty one.
func number(n *decimal.Decimal, language string) sheet.Cell {
	if n == nil {
		return sheet.Text("")
	}
	return sheet.Cell{As: sheet.Number, Shown: indicator.Format(n.String(), language), Value: n.String()}
}
