package policy_test

import (
	"testing"

	"dondoc/internal/policy"
)

// Of agency 1's result, which goes to 2, is reviewed by 3, of a plan issued by 4.
func TestWhoSeesSendsAndTakesOutFiles(t *testing.T) {
	type place struct {
		agency int64
		role   policy.Role
	}
	agencysPeople := map[place]bool{{1, policy.FocalPoint}: true, {1, policy.Head}: true}
	reviewers := map[place]bool{{3, policy.Supervisor}: true}
	for name, c := range map[string]struct {
		rule func(policy.Actor) bool
		may  map[place]bool
	}{
		"send beside the draft":    {func(a policy.Actor) bool { return policy.SendFile(a, owed, policy.File{}) }, agencysPeople},
		"send beside a recording":  {func(a policy.Actor) bool { return policy.SendFile(a, owed, policy.File{FromReviewer: true}) }, reviewers},
		"see beside the draft":     {func(a policy.Actor) bool { return policy.SeeFile(a, owed, policy.File{}) }, agencysPeople},
		"see beside the recording": {func(a policy.Actor) bool { return policy.SeeFile(a, owed, policy.File{FromReviewer: true}) }, reviewers},
		"redact":                   {func(a policy.Actor) bool { return policy.RedactSubmission(a, owed) }, map[place]bool{{4, policy.PlanAuthority}: true}},
	} {
		for agency := int64(1); agency <= 5; agency++ {
			for _, role := range policy.Roles {
				if got, want := c.rule(policy.Actor{Posts: []policy.Post{{AgencyID: agency, Role: role}}}), c.may[place{agency, role}]; got != want {
					t.Errorf("%s by %s of agency %d: %v", name, role, agency, got)
				}
			}
		}
	}
	// What was submitted is seen like the task, and by nobody else.
	for _, actor := range []policy.Actor{
		{Posts: []policy.Post{{AgencyID: 2, Role: policy.Supervisor}}}, {Posts: []policy.Post{{AgencyID: 5, Role: policy.Head}}},
		{Posts: []policy.Post{{AgencyID: 4, Role: policy.PlanAuthority}}}, {Posts: []policy.Post{{AgencyID: 4, Role: policy.Administrator}}},
	} {
		if policy.SeeFile(actor, owed, policy.File{Submitted: true}) != policy.SeeTask(actor, owed) {
			t.Errorf("%+v", actor.Posts)
		}
	}
	both := policy.Actor{Posts: []policy.Post{{AgencyID: 4, Role: policy.PlanAuthority}, {AgencyID: 1, Role: policy.Head}}}
	if policy.RedactSubmission(both, owed) {
		t.Error("somebody makes their own agency's result unreadable")
	}
}
