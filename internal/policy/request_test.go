package policy_test

import (
	"testing"

	"dondoc/internal/policy"
	"dondoc/internal/request"
)

// The unit 1 reports to 2, which reviews; 3 issued the plan; 4 has no part in it.
func TestRightsOverRequests(t *testing.T) {
	owed := policy.Task{AgencyID: 1, RecipientID: 2, ReviewerID: 2, IssuerID: 3}
	extension := policy.Request{Task: owed, Kind: request.Extension, FromAgency: 1, ToAgency: 3}
	resend := policy.Request{Task: owed, Kind: request.Extension, Resubmission: true, FromAgency: 1, ToAgency: 2}
	explanation := policy.Request{Task: owed, Kind: request.Explanation, FromAgency: 2, ToAgency: 1}
	obstacle := policy.Request{Task: owed, Kind: request.Obstacle, FromAgency: 1, ToAgency: 2}
	help := policy.Request{Task: owed, Kind: request.Help, FromAgency: 1, ToAgency: 4}
	for _, c := range []struct {
		name   string
		rule   func(policy.Actor, policy.Request) bool
		r      policy.Request
		may    []policy.Post
		mayNot []policy.Post
	}{
		{"decide on an extension", policy.AnswerRequest, extension, []policy.Post{{AgencyID: 3, Role: policy.PlanAuthority}},
			[]policy.Post{{AgencyID: 3, Role: policy.Head}, {AgencyID: 3, Role: policy.Administrator}, {AgencyID: 2, Role: policy.Supervisor}, {AgencyID: 1, Role: policy.Head}, {AgencyID: 4, Role: policy.PlanAuthority}}},
		{"decide on the date to send again", policy.AnswerRequest, resend, []policy.Post{{AgencyID: 2, Role: policy.Supervisor}},
			[]policy.Post{{AgencyID: 3, Role: policy.PlanAuthority}, {AgencyID: 2, Role: policy.Auditor}}},
		{"give an opinion", policy.OpineOnRequest, extension, []policy.Post{{AgencyID: 2, Role: policy.Supervisor}},
			[]policy.Post{{AgencyID: 3, Role: policy.PlanAuthority}, {AgencyID: 2, Role: policy.Head}, {AgencyID: 4, Role: policy.Supervisor}}},
		{"explain", policy.AnswerRequest, explanation, []policy.Post{{AgencyID: 1, Role: policy.FocalPoint}, {AgencyID: 1, Role: policy.Head}},
			[]policy.Post{{AgencyID: 2, Role: policy.Supervisor}, {AgencyID: 1, Role: policy.Auditor}}},
		{"judge an explanation", policy.JudgeExplanation, explanation, []policy.Post{{AgencyID: 2, Role: policy.Supervisor}},
			[]policy.Post{{AgencyID: 1, Role: policy.Head}, {AgencyID: 2, Role: policy.Auditor}}},
		{"answer an obstacle", policy.AnswerRequest, obstacle, []policy.Post{{AgencyID: 2, Role: policy.Supervisor}, {AgencyID: 2, Role: policy.PlanAuthority}},
			[]policy.Post{{AgencyID: 1, Role: policy.Head}, {AgencyID: 3, Role: policy.PlanAuthority}}},
		{"see a request for help", policy.SeeRequest, help, []policy.Post{{AgencyID: 4, Role: policy.FocalPoint}, {AgencyID: 1, Role: policy.FocalPoint}},
			[]policy.Post{{AgencyID: 4, Role: policy.Administrator}, {AgencyID: 5, Role: policy.Supervisor}}},
		{"withdraw", policy.WithdrawRequest, extension, []policy.Post{{AgencyID: 1, Role: policy.FocalPoint}, {AgencyID: 1, Role: policy.Head}},
			[]policy.Post{{AgencyID: 3, Role: policy.PlanAuthority}, {AgencyID: 1, Role: policy.Supervisor}}},
	} {
		for _, post := range c.may {
			if !c.rule(policy.Actor{Posts: []policy.Post{post}}, c.r) {
				t.Errorf("%s: %+v may not", c.name, post)
			}
		}
		for _, post := range c.mayNot {
			if c.rule(policy.Actor{Posts: []policy.Post{post}}, c.r) {
				t.Errorf("%s: %+v may", c.name, post)
			}
		}
	}
	both := policy.Actor{Posts: []policy.Post{{AgencyID: 3, Role: policy.PlanAuthority}, {AgencyID: 1, Role: policy.Head}}}
	if policy.AnswerRequest(both, extension) || policy.WaiveTask(both, owed) {
		t.Error("somebody decides on the request of their own agency")
	}
}
