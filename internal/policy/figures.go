package policy

import "slices"

// EnterFigures: an agency's own people enter figures of periods that no report
// covers, and so do the supervisors of those above it; over are the agencies
// above it in the tree and those that review its results.
func EnterFigures(a Actor, agencyID int64, over []int64) bool {
	return a.HasAt(agencyID, FocalPoint, Head) ||
		slices.ContainsFunc(over, func(id int64) bool { return id != agencyID && a.HasAt(id, Supervisor) })
}

// SeeFigures: whoever sees the agency by place or handles its results.
func SeeFigures(a Actor, agencyID int64, over []int64) bool {
	return slices.Contains(a.Below, agencyID) ||
		slices.ContainsFunc(over, func(id int64) bool { return a.HasAt(id, FocalPoint, Head, Supervisor, PlanAuthority) })
}
