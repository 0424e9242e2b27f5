package policy

import "slices"

// Mandate is a decision that opens one plan to an auditor today. The bare post
// opens nothing, and the decision opens nothing without the post.
type Mandate struct {
	ID, PlanID int64
	// Decision is its number, for the trail.
	Decision string
}

// Audits: a decision opens some plan to the actor today.
func Audits(a Actor) bool { return len(a.Mandates) > 0 && a.Has(Auditor) }

// AuditsPlan: a decision opens the plan to the actor today.
func AuditsPlan(a Actor, planID int64) bool {
	_, ok := MandateOver(a, planID)
	return ok && a.Has(Auditor)
}

// MandateOver is the decision that opens the plan to the actor today.
func MandateOver(a Actor, planID int64) (Mandate, bool) {
	i := slices.IndexFunc(a.Mandates, func(m Mandate) bool { return m.PlanID == planID })
	if i < 0 {
		return Mandate{}, false
	}
	return a.Mandates[i], true
}

// AuditedPlans are the plans that decisions open to the actor today, each once.
func AuditedPlans(a Actor) []int64 {
	plans := []int64{}
	for _, m := range a.Mandates {
		if a.Has(Auditor) && !slices.Contains(plans, m.PlanID) {
			plans = append(plans, m.PlanID)
		}
	}
	return plans
}

// OpenMandate: the plan authority of the issuer of the plan that is opened,
// never for oneself. An administrator grants the auditor's post and cannot open
// anything by it.
func OpenMandate(a Actor, issuerID, auditorID int64) bool {
	return a.HasAt(issuerID, PlanAuthority) && a.UserID != auditorID
}

// RevokeMandate: the plan authority of the issuer of one of its plans.
func RevokeMandate(a Actor, issuerID int64) bool { return a.HasAt(issuerID, PlanAuthority) }

// SeeMandates: plan authorities those over their plans, auditors their own.
func SeeMandates(a Actor) bool { return a.Has(PlanAuthority) || a.Has(Auditor) }

// GiveOneself: nobody gives themselves a post that reads, an administrator least
// of all; somebody else must. The post of administrator reads nothing.
func GiveOneself(r Role) bool { return r == Administrator }
