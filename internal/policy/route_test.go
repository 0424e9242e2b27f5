package policy_test

import (
	"testing"

	"dondoc/internal/policy"
)

// Of agency 1's result, which passes 5 on its way to 2, is reviewed by 3, of a plan issued by 4.
func TestRightsOnTheWayOfAResult(t *testing.T) {
	routed := owed
	routed.ThroughID = 5
	rules := map[string]func(policy.Actor, policy.Task) bool{
		"see": policy.SeeTask, "forward": policy.ForwardTask, "send back": policy.SendBackTask, "note": policy.NoteTask,
		"correct":       func(a policy.Actor, t policy.Task) bool { return policy.CorrectTask(a, t, false) },
		"correct, two":  func(a policy.Actor, t policy.Task) bool { return policy.CorrectTask(a, t, true) },
		"decide on one": policy.DecideCorrection,
	}
	type place struct {
		agency int64
		role   policy.Role
	}
	may := map[string]map[place]bool{
		"see": {
			{2, policy.FocalPoint}: true, {2, policy.Head}: true, {2, policy.Supervisor}: true, {2, policy.PlanAuthority}: true,
			{3, policy.FocalPoint}: true, {3, policy.Head}: true, {3, policy.Supervisor}: true, {3, policy.PlanAuthority}: true,
			{5, policy.FocalPoint}: true, {5, policy.Head}: true, {5, policy.Supervisor}: true, {5, policy.PlanAuthority}: true,
			{4, policy.PlanAuthority}: true,
		},
		"forward":       {{5, policy.FocalPoint}: true, {5, policy.Head}: true, {5, policy.Supervisor}: true, {4, policy.PlanAuthority}: true},
		"send back":     {{5, policy.FocalPoint}: true, {5, policy.Head}: true, {5, policy.Supervisor}: true},
		"note":          {{3, policy.Supervisor}: true, {4, policy.PlanAuthority}: true},
		"correct":       {{1, policy.FocalPoint}: true, {1, policy.Head}: true},
		"correct, two":  {{1, policy.Head}: true},
		"decide on one": {{3, policy.Supervisor}: true},
	}
	for name, rule := range rules {
		for agency := int64(1); agency <= 6; agency++ {
			for _, role := range policy.Roles {
				actor := policy.Actor{Posts: []policy.Post{{AgencyID: agency, Role: role}}}
				if got, want := rule(actor, routed), may[name][place{agency, role}]; got != want {
					t.Errorf("%s by %s of agency %d: %v", name, role, agency, got)
				}
			}
		}
	}
	both := policy.Actor{Posts: []policy.Post{{AgencyID: 1, Role: policy.Head}, {AgencyID: 5, Role: policy.Supervisor},
		{AgencyID: 3, Role: policy.Supervisor}, {AgencyID: 4, Role: policy.PlanAuthority}}}
	if policy.ForwardTask(both, routed) || policy.SendBackTask(both, routed) || policy.DecideCorrection(both, routed) || policy.NoteTask(both, routed) {
		t.Error("somebody handles the result of their own agency, or reads notes on it")
	}
	// Nor in one post alone that they have chosen.
	for i := range both.Posts {
		chosen := policy.Actor{Posts: both.Posts[i : i+1], Held: both.Posts}
		if policy.ForwardTask(chosen, routed) || policy.SendBackTask(chosen, routed) || policy.DecideCorrection(chosen, routed) || policy.NoteTask(chosen, routed) {
			t.Errorf("somebody handles the result of their own agency as %s, or reads notes on it", both.Posts[i].Role)
		}
	}
	if policy.ForwardTask(policy.Actor{Posts: []policy.Post{{AgencyID: 4, Role: policy.PlanAuthority}}}, owed) {
		t.Error("what goes nowhere between is passed on")
	}
}
