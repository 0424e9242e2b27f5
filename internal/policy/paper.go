package policy

import "slices"

// SetLetterhead: the heads and plan authorities of the agency, and administrators
// for the agencies that they administer.
func SetLetterhead(a Actor, agencyID int64, administered bool) bool {
	return a.HasAt(agencyID, Head, PlanAuthority) || administered && a.Has(Administrator)
}

// SetsLetterheads: whoever may set the letterhead of some agency.
func SetsLetterheads(a Actor) bool {
	return a.Has(Head) || a.Has(PlanAuthority) || a.Has(Administrator)
}

// DraftLetter: whoever urges for a result drafts the letter that does.
func DraftLetter(a Actor, t Task) bool { return UrgeTask(a, t) }

// UrgesFor are the agencies in whose name the actor urges for a result.
func UrgesFor(a Actor, t Task) []int64 {
	var ids []int64
	if a.HasAt(t.ReviewerID, Supervisor) {
		ids = append(ids, t.ReviewerID)
	}
	if a.HasAt(t.IssuerID, PlanAuthority) && !slices.Contains(ids, t.IssuerID) {
		ids = append(ids, t.IssuerID)
	}
	return ids
}

// SeesContacts: whoever urges somebody, for they must know whom to call.
func SeesContacts(a Actor) bool { return a.Has(Supervisor) || a.Has(PlanAuthority) }
