package plan

import "time"

// Link says that a plan discharges a duty of the plan above.
type Link struct {
	PlanID, DutyID        int64
	AbovePlanID           int64
	AboveCode, DutyCode   string
	AboveTitle, DutyTitle string
	LinkedAt              time.Time
}
