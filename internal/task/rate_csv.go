package task

import (
	"io"
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
func percent(rate float64, ok bool, language string) string {
	if !ok {
		return ""
	}
	text := strconv.FormatFloat(100*rate, 'f', 1, 64)
	if language != "en" {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

// WriteRatesCSV writes a line for each line of the rates: the figures by present
// due times, then those by original ones.
func WriteRatesCSV(w io.Writer, by Grouping, rates []Rate, language string) error {
	heading := []string{in(language, [2]string{"Mã", "Code"}), in(language, groupNames[by])}
	for _, against := range [][2]string{{"theo hạn hiện tại", "by present due times"}, {"theo hạn ban đầu", "by original due times"}} {
		of := " (" + in(language, against) + ")"
		for _, cell := range Cells {
			heading = append(heading, NameOf(cell, language)+of)
		}
		heading = append(heading, in(language, [2]string{"Tỷ lệ báo cáo, %", "Reporting rate, %"})+of,
			in(language, [2]string{"Tỷ lệ đúng hạn, %", "On-time rate, %"})+of)
	}
	out := sheet.New(w, heading...)
	for _, r := range rates {
		line := []string{r.Key, r.Name}
		if by == ByPeriod {
			line[1] = calendar.LabelOf(r.Key, language)
		}
		for _, t := range []Tally{r.Present, r.Original} {
			for _, cell := range Cells {
				line = append(line, strconv.Itoa(t.Of(cell)))
			}
			reporting, ok := t.ReportingRate()
			onTime, _ := t.OnTimeRate()
			line = append(line, percent(reporting, ok, language), percent(onTime, ok, language))
		}
		out.Line(line...)
	}
	return out.Close()
}

var statusNames = map[Status][2]string{
	DoneOnTime: cellNames[CellDoneOnTime], DoneLate: cellNames[CellDoneLate],
	NotDoneInTime: cellNames[CellNotDoneInTime], NotDoneOverdue: cellNames[CellNotDoneOverdue],
	Waiting: cellNames[CellWaiting], WaitingLate: cellNames[CellWaitingLate],
	NotExpected: {"Không phải báo cáo", "Not expected"}, NotOpen: {"Chưa mở", "Not open"},
}

// StatusName is what a status is called in "vi" or "en".
func StatusName(s Status, language string) string { return in(language, statusNames[s]) }

// WriteCSV writes a line for each task. Instants are in the plan's zone.
func WriteCSV(w io.Writer, tasks []Task, language string) error {
	vi := []string{"Văn bản", "Nhiệm vụ", "Tên nhiệm vụ", "Kỳ báo cáo", "Mã đơn vị", "Đơn vị", "Cấp", "Tình trạng hiện nay",
		"Hạn", "Hạn ban đầu", "Hạn gửi lại", "Gửi lần đầu", "Gửi lần cuối", "Số lần gửi", "Số ngày chậm"}
	en := []string{"Plan", "Duty", "Title", "Period", "Agency code", "Agency", "Level", "Present status",
		"Due", "Originally due", "To be sent again by", "First submitted", "Last submitted", "Submissions", "Days late"}
	heading := vi
	if language == "en" {
		heading = en
	}
	out := sheet.New(w, heading...)
	for _, t := range tasks {
		zone, err := calendar.Zone(t.TimeZone)
		if err != nil {
			return err
		}
		moment := func(at *time.Time) string {
			if at == nil {
				return ""
			}
			return at.In(zone).Format("2006-01-02 15:04")
		}
		// The end of a day is told by its day, not as the midnight after it.
		due := func(at *time.Time) string {
			if at == nil {
				return ""
			}
			if local := at.In(zone); local.Hour() != 0 || local.Minute() != 0 {
				return local.Format("2006-01-02 15:04")
			}
			return calendar.DueDay(*at, zone).String()
		}
		out.Line(t.PlanCode, t.DutyCode, t.DutyTitle, calendar.LabelOf(t.PeriodKey, language), t.AgencyCode, t.AgencyName, t.AgencyLevel,
			in(language, statusNames[t.Status]), due(&t.DueAt), due(&t.OriginalDueAt), due(t.ResubmitDueAt),
			moment(t.FirstSubmittedAt), moment(t.SubmittedAt), strconv.Itoa(t.Submissions), strconv.Itoa(t.DaysLate))
	}
	return out.Close()
}
