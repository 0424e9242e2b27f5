package plan

import (
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/sheet"
)

// Coverage is, of one duty to issue a plan of one's own and one level of units,
// how many have one.
type Coverage struct {
	DutyID              int64
	DutyCode, DutyTitle string
	Level               string
	// Units owe the duty. Have have a linked plan that is or was followed, Draft
	// have one that is not followed yet; the rest have none.
	Units, Have, Draft int
}

// None counts the units without a plan.
func (c Coverage) None() int { return c.Units - c.Have - c.Draft }

// Covered says what a unit has.
type Covered string

const (
	CoveredYes   Covered = "yes"
	CoveredDraft Covered = "draft"
	CoveredNo    Covered = "no"
)

// CoverageFilter is what of the units a list holds; empty values do not narrow.
type CoverageFilter struct {
	DutyID  int64
	Level   string
	Covered Covered
	Limit   int
	Cursor  string
}

// UnitCoverage is one unit's plan, or the lack of one.
type UnitCoverage struct {
	DutyID               int64
	DutyCode             string
	AgencyID             int64
	AgencyCode           string
	AgencyName           string
	Level                string
	Covered              Covered
	PlanID               int64 // 0: none
	PlanCode, PlanNumber string
	PlanTitle            string
	PlanState            State
	LinkedAt             *time.Time
	// TaskID and TaskState are the unit's latest task of the duty; a link settles none.
	TaskID    int64
	TaskState string
}

// CoveragePage is a page of units.
type CoveragePage struct {
	Units []UnitCoverage
	Next  string
}

var coveredNames = map[Covered][2]string{
	CoveredYes: {"Đã ban hành", "Has one"}, CoveredDraft: {"Đang soạn", "In draft"}, CoveredNo: {"Chưa có", "Has none"},
}

// CoverageTable has a line for each unit. The zone is that of the plan above.
func CoverageTable(units []UnitCoverage, zone *time.Location, language string) sheet.Table {
	heading := []string{"Nhiệm vụ", "Mã đơn vị", "Đơn vị", "Cấp", "Kế hoạch riêng", "Mã kế hoạch", "Số, ký hiệu", "Tên kế hoạch", "Ngày liên kết"}
	word := 0
	if language == "en" {
		heading = []string{"Duty", "Agency code", "Agency", "Level", "Own plan", "Plan code", "Number", "Title", "Linked on"}
		word = 1
	}
	table := sheet.Table{Name: [2]string{"Kế hoạch riêng", "Own plans"}[word], Heading: heading}
	for _, u := range units {
		linked := ""
		if u.LinkedAt != nil {
			linked = calendar.DateOf(*u.LinkedAt, zone).String()
		}
		line := []sheet.Cell{}
		for _, text := range []string{u.DutyCode, u.AgencyCode, u.AgencyName, u.Level, coveredNames[u.Covered][word], u.PlanCode, u.PlanNumber, u.PlanTitle} {
			line = append(line, sheet.Text(text))
		}
		table.Lines = append(table.Lines, append(line, sheet.Time(linked)))
	}
	return table
}
