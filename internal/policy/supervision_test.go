package policy_test

import (
	"testing"

	"dondoc/internal/policy"
)

// Of agency 1's result, which goes to 2, is reviewed by 3, of a plan issued by 4.
var owed = policy.Task{AgencyID: 1, RecipientID: 2, ReviewerID: 3, IssuerID: 4}

func TestWhoMayDoWhatAroundATask(t *testing.T) {
	post := func(agency int64, role policy.Role) policy.Actor {
		return policy.Actor{Posts: []policy.Post{{AgencyID: agency, Role: role}}}
	}
	rules := map[string]func(policy.Actor, policy.Task) bool{
		"contest": policy.ContestReview, "decide": policy.DecideContest, "reopen": policy.ReopenTask, "urge": policy.UrgeTask,
		"ask": func(a policy.Actor, t policy.Task) bool { return policy.OpenRound(a, t.IssuerID, t.ReviewerID) },
	}
	type place struct {
		agency int64
		role   policy.Role
	}
	may := map[string]map[place]bool{
		"contest": {{1, policy.FocalPoint}: true, {1, policy.Head}: true},
		"decide":  {{4, policy.PlanAuthority}: true},
		"reopen":  {{4, policy.PlanAuthority}: true, {3, policy.Supervisor}: true, {2, policy.Supervisor}: true},
		"urge":    {{4, policy.PlanAuthority}: true, {3, policy.Supervisor}: true},
		"ask":     {{4, policy.PlanAuthority}: true, {3, policy.Supervisor}: true},
	}
	for name, rule := range rules {
		for agency := int64(1); agency <= 5; agency++ {
			for _, role := range policy.Roles {
				if got, want := rule(post(agency, role), owed), may[name][place{agency, role}]; got != want {
					t.Errorf("%s by %s of agency %d: %v", name, role, agency, got)
				}
			}
		}
	}
}

func TestNobodyDecidesOnTheirOwnResult(t *testing.T) {
	both := policy.Actor{Posts: []policy.Post{
		{AgencyID: 1, Role: policy.FocalPoint}, {AgencyID: 3, Role: policy.Supervisor}, {AgencyID: 4, Role: policy.PlanAuthority}}}
	// Nor where they have chosen the post that decides.
	for i := range both.Posts {
		chosen := policy.Actor{Posts: both.Posts[i : i+1], Held: both.Posts}
		if policy.DecideContest(chosen, owed) || policy.ReopenTask(chosen, owed) || policy.ReviewTask(chosen, owed) || policy.RedactSubmission(chosen, owed) {
			t.Errorf("somebody decides on the result of their own agency as %s", both.Posts[i].Role)
		}
	}
	if policy.DecideContest(both, owed) || policy.ReopenTask(both, owed) || policy.ReviewTask(both, owed) {
		t.Error("somebody decides on the result of their own agency")
	}
	// No reviewer and no recipient is nobody's agency.
	if policy.ReopenTask(policy.Actor{Posts: []policy.Post{{AgencyID: 5, Role: policy.Supervisor}}}, policy.Task{AgencyID: 1, IssuerID: 4}) {
		t.Error("a task without a reviewer is reopened by a stranger")
	}
}
