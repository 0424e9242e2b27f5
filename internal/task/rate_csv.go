package task

import (
	"strconv"
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/sheet"
)

// cellNames are the figures as official tables call them: Vietnamese, English.
var cellNames = map[Cell][2]string{
	CellOwed:           {"Được giao", "Assigned"},
	CellExpected:       {"Phải báo cáo", "Expected"},
	CellSubmitted:      {"Đã báo cáo", "Submitted"},
	CellOnTime:         {"Đúng hạn", "On time"},
	CellLate:           {"Chậm", "Late"},
	CellDoneOnTime:     {"Hoàn thành đúng hạn", "Done on time"},
	CellDoneLate:       {"Hoàn thành quá hạn", "Done late"},
	CellNotDoneInTime:  {"Chưa hoàn thành, trong hạn", "Not done, in time"},
	CellNotDoneOverdue: {"Chưa hoàn thành, quá hạn", "Not done, overdue"},
	CellWaiting:        {"Đã gửi, chờ xác nhận", "Waiting for review"},
	CellWaitingLate:    {"Đã gửi muộn, chờ xác nhận", "Sent late, waiting for review"},
}

// NameOf is what a figure is called in "vi" or "en".
func NameOf(c Cell, language string) string { return in(language, cellNames[c]) }

func in(language string, names [2]string) string {
	if language == "en" {
		return names[1]
	}
	return names[0]
}

var groupNames = map[Grouping][2]string{
	ByAgency: {"Đơn vị", "Agency"}, ByDuty: {"Nhiệm vụ", "Duty"}, ByPlan: {"Văn bản", "Plan"},
	ByPeriod: {"Kỳ báo cáo", "Period"}, ByLevel: {"Cấp", "Level"},
}

// percent has one decimal; empty where nothing is expected.
func percent(rate float64, ok bool, language string) sheet.Cell {
	if !ok {
		return sheet.Text("")
	}
	c := sheet.Cell{As: sheet.Number, Value: strconv.FormatFloat(100*rate, 'f', 1, 64)}
	c.Shown = c.Value
	if language != "en" {
		c.Shown = strings.Replace(c.Value, ".", ",", 1)
	}
	return c
}

// RatesTable has a line for each line of the rates: the figures by present due
// times, then those by original ones.
func RatesTable(by Grouping, rates []Rate, language string) sheet.Table {
	heading := []string{in(language, [2]string{"Mã", "Code"}), in(language, groupNames[by])}
	for _, against := range [][2]string{{"theo hạn hiện tại", "by present due times"}, {"theo hạn ban đầu", "by original due times"}} {
		of := " (" + in(language, against) + ")"
		for _, cell := range Cells {
			heading = append(heading, NameOf(cell, language)+of)
		}
		heading = append(heading, in(language, [2]string{"Tỷ lệ báo cáo, %", "Reporting rate, %"})+of,
			in(language, [2]string{"Tỷ lệ đúng hạn, %", "On-time rate, %"})+of)
	}
	table := sheet.Table{Name: in(language, [2]string{"Tỷ lệ", "Rates"}), Heading: heading}
	for _, r := range rates {
		name := r.Name
		if by == ByPeriod {
			name = calendar.LabelOf(r.Key, language)
		}
		line := []sheet.Cell{sheet.Text(r.Key), sheet.Text(name)}
		for _, t := range []Tally{r.Present, r.Original} {
			for _, cell := range Cells {
				line = append(line, sheet.Int(t.Of(cell)))
			}
			reporting, ok := t.ReportingRate()
			onTime, _ := t.OnTimeRate()
			line = append(line, percent(reporting, ok, language), percent(onTime, ok, language))
		}
		table.Lines = append(table.Lines, line)
	}
	return table
}

var statusNames = map[Status][2]string{
	DoneOnTime: cellNames[CellDoneOnTime], DoneLate: cellNames[CellDoneLate],
	NotDoneInTime: cellNames[CellNotDoneInTime], NotDoneOverdue: cellNames[CellNotDoneOverdue],
	Waiting: cellNames[CellWaiting], WaitingLate: cellNames[CellWaitingLate],
	NotExpected: {"Không phải báo cáo", "Not expected"}, NotOpen: {"Chưa mở", "Not open"},
}

// StatusName is what a status is called in "vi" or "en".
func StatusName(s Status, language string) string { return in(language, statusNames[s]) }

// TasksTable has a line for each task. Instants are in the plan's zone.
func TasksTable(tasks []Task, language string) (sheet.Table, error) {
	heading := []string{"Văn bản", "Nhiệm vụ", "Tên nhiệm vụ", "Kỳ báo cáo", "Mã đơn vị", "Đơn vị", "Cấp", "Tình trạng hiện nay",
		"Hạn", "Hạn ban đầu", "Hạn gửi lại", "Gửi lần đầu", "Gửi lần cuối", "Số lần gửi", "Số ngày chậm"}
	if language == "en" {
		heading = []string{"Plan", "Duty", "Title", "Period", "Agency code", "Agency", "Level", "Present status",
			"Due", "Originally due", "To be sent again by", "First submitted", "Last submitted", "Submissions", "Days late"}
	}
	table := sheet.Table{Name: in(language, [2]string{"Việc", "Tasks"}), Heading: heading}
	for _, t := range tasks {
		zone, err := calendar.Zone(t.TimeZone)
		if err != nil {
			return table, err
		}
		table.Lines = append(table.Lines, []sheet.Cell{
			sheet.Text(t.PlanCode), sheet.Text(t.DutyCode), sheet.Text(t.DutyTitle), sheet.Text(calendar.LabelOf(t.PeriodKey, language)),
			sheet.Text(t.AgencyCode), sheet.Text(t.AgencyName), sheet.Text(t.AgencyLevel), sheet.Text(StatusName(t.Status, language)),
			dueCell(&t.DueAt, zone), dueCell(&t.OriginalDueAt, zone), dueCell(t.ResubmitDueAt, zone),
			momentCell(t.FirstSubmittedAt, zone), momentCell(t.SubmittedAt, zone), sheet.Int(t.Submissions), sheet.Int(t.DaysLate),
		})
	}
	return table, nil
}

func momentCell(at *time.Time, zone *time.Location) sheet.Cell {
	if at == nil {
		return sheet.Text("")
	}
	return sheet.Time(at.In(zone).Format("2006-01-02 15:04"))
}

// dueCell tells the end of a day by its day, not as the midnight after it.
func dueCell(at *time.Time, zone *time.Location) sheet.Cell {
	if at == nil {
		return sheet.Text("")
	}
	if local := at.In(zone); local.Hour() != 0 || local.Minute() != 0 {
		return momentCell(at, zone)
	}
	return sheet.Time(calendar.DueDay(*at, zone).String())
}

// OverdueTable has a line for each overdue task of the board, with what was done
// about it.
func OverdueTable(overdue []Overdue, language string) (sheet.Table, error) {
	heading := []string{"Văn bản", "Nhiệm vụ", "Tên nhiệm vụ", "Kỳ báo cáo", "Mã đơn vị", "Đơn vị", "Điện thoại", "Hạn", "Số ngày chậm", "Số lần đã nhắc, đôn đốc", "Bước tiếp theo vào"}
	if language == "en" {
		heading = []string{"Plan", "Duty", "Title", "Period", "Agency code", "Agency", "Telephone", "Due", "Days late", "Reminders and urgings so far", "Next step at"}
	}
	table := sheet.Table{Name: in(language, [2]string{"Quá hạn", "Overdue"}), Heading: heading}
	for _, o := range overdue {
		t := o.Task
		zone, err := calendar.Zone(t.TimeZone)
		if err != nil {
			return table, err
		}
		table.Lines = append(table.Lines, []sheet.Cell{
			sheet.Text(t.PlanCode), sheet.Text(t.DutyCode), sheet.Text(t.DutyTitle), sheet.Text(calendar.LabelOf(t.PeriodKey, language)),
			sheet.Text(t.AgencyCode), sheet.Text(t.AgencyName), sheet.Text(t.AgencyPhone), dueCell(&t.EffectiveDueAt, zone),
			sheet.Int(t.DaysLate), sheet.Int(o.StepsTaken), momentCell(o.NextStepAt, zone),
		})
	}
	return table, nil
}
