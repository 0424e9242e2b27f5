package policy_test

import (
	"os"
	"strings"
	"testing"

	"dondoc/internal/policy"
	"dondoc/internal/request"
)

// The unit 1 owes its result to 2, is reviewed by 3, of plan 9 that 4 issued; 5
// is above 1, 7 passes the result on, and 6 has no part in it.
var (
	ofTable = policy.Task{AgencyID: 1, RecipientID: 2, ReviewerID: 3, IssuerID: 4, PlanID: 9, ThroughID: 7}
	places  = []struct {
		letter string
		agency int64
	}{{"o", 1}, {"a", 5}, {"v", 3}, {"r", 2}, {"t", 7}, {"i", 4}}
)

type rule func(policy.Actor) bool

func onTask(f func(policy.Actor, policy.Task) bool) rule {
	return func(a policy.Actor) bool { return f(a, ofTable) }
}

// acts are the rules behind each line of the table in docs/rights.md.
var acts = map[string][]rule{
	"see a task and its results": {onTask(policy.SeeTask)},
	"send a result, ask for more time": {onTask(policy.SubmitTask), onTask(policy.WriteDraft),
		func(a policy.Actor) bool { return policy.AskRequest(a, request.Extension, ofTable) }},
	"approve a result (two signatures)": {onTask(policy.ApproveTask)},
	"accept, return, record on paper, demand an explanation": {onTask(policy.ReviewTask), onTask(policy.RecordTask),
		func(a policy.Actor) bool { return policy.AskRequest(a, request.Explanation, ofTable) }},
	"pass a result on":              {onTask(policy.ForwardTask)},
	"return what passes":            {onTask(policy.SendBackTask)},
	"correct a result that is done": {func(a policy.Actor) bool { return policy.CorrectTask(a, ofTable, false) }},
	"decide on a correction":        {onTask(policy.DecideCorrection)},
	"write and read notes":          {onTask(policy.NoteTask)},
	`object to "invalid"`:           {onTask(policy.ContestReview)},
	"decide on an objection":        {onTask(policy.DecideContest)},
	"reopen":                        {onTask(policy.ReopenTask)},
	"urge, ask for an ad hoc report": {onTask(policy.UrgeTask),
		func(a policy.Actor) bool { return policy.OpenRound(a, ofTable.IssuerID, ofTable.ReviewerID) }},
	"decide on more time, waive, change the plan": {onTask(policy.WaiveTask),
		func(a policy.Actor) bool { return policy.ManagePlan(a, ofTable.IssuerID) },
		func(a policy.Actor) bool {
			return policy.AnswerRequest(a, policy.Request{Task: ofTable, Kind: request.Extension, FromAgency: 1, ToAgency: 4})
		}},
	"open the plan to an auditor": {func(a policy.Actor) bool { return policy.OpenMandate(a, ofTable.IssuerID, 99) },
		func(a policy.Actor) bool { return policy.RevokeMandate(a, ofTable.IssuerID) }},
	"see the board and rankings":    {policy.SeeBoard, policy.SeeRankings},
	"read the audit trail":          {policy.ReadAudit},
	"accounts, agencies, calendars": {policy.ManagePeople, policy.ManageAgencies, policy.ManageCalendar},
}

// where says at which agencies a post of the role permits the act.
func where(may rule, role policy.Role) string {
	at := func(agency int64) policy.Actor {
		a := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: agency, Role: role}}}
		if role.Reads() {
			a.Below = []int64{agency}
			if agency == 5 {
				a.Below = append(a.Below, 1)
			}
		}
		return a
	}
	if may(at(6)) {
		return "x"
	}
	var letters []string
	for _, p := range places {
		if may(at(p.agency)) {
			letters = append(letters, p.letter)
		}
	}
	mandated := at(6)
	mandated.Mandates = []policy.Mandate{{ID: 1, PlanID: ofTable.PlanID}}
	if may(mandated) {
		letters = append(letters, "d")
	}
	if len(letters) == 0 {
		return "–"
	}
	return strings.Join(letters, " ")
}

func TestTheDocumentedTableIsThePolicy(t *testing.T) {
	doc, err := os.ReadFile("../../docs/rights.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(string(doc)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != len(policy.Roles)+1 || strings.TrimSpace(cells[0]) == "act" || strings.HasPrefix(strings.TrimSpace(cells[0]), "---") {
			continue
		}
		lines++
		act := strings.TrimSpace(cells[0])
		rules, ok := acts[act]
		if !ok {
			t.Errorf("no rule is known for %q", act)
		}
		for _, may := range rules {
			for i, role := range policy.Roles {
				if got, want := where(may, role), strings.TrimSpace(cells[i+1]); got != want {
					t.Errorf("%s by %s: the policy says %q, the document %q", act, role, got, want)
				}
			}
		}
	}
	if lines != len(acts) {
		t.Errorf("the document has %d lines, the test knows %d", lines, len(acts))
	}
}

func TestNobodyOpensAPlanToThemselves(t *testing.T) {
	a := policy.Actor{UserID: 7, Posts: []policy.Post{{AgencyID: 4, Role: policy.PlanAuthority}, {AgencyID: 4, Role: policy.Auditor}}}
	if policy.OpenMandate(a, 4, 7) || !policy.OpenMandate(a, 4, 8) {
		t.Error("a plan authority opens a plan to themselves, or not to another")
	}
}

func TestATokenNarrowsAndAPersonIsNotNarrowed(t *testing.T) {
	person := policy.Actor{UserID: 1}
	token := policy.Actor{UserID: 1, TokenID: 2, Scopes: []policy.Scope{policy.TasksRead}}
	for _, c := range []struct {
		actor policy.Actor
		scope policy.Scope
		want  bool
	}{
		{person, policy.TasksWrite, true}, {person, "", true}, {token, policy.TasksRead, true}, {token, policy.TasksWrite, false}, {token, "", false},
	} {
		if got := policy.InScope(c.actor, c.scope); got != c.want {
			t.Errorf("token %d, %q: %v", c.actor.TokenID, c.scope, got)
		}
	}
}
