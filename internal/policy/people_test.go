package policy_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dondoc/internal/policy"
)

// An act is tried in one's own right first, then for one person after the
// other, never for two at once; together the turns hold every post there is.
func TestTurnsOfWhoeverStandsIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a policy.Actor
		a.UserID = 1
		for i := range rapid.IntRange(0, 6).Draw(t, "posts") {
			a.Posts = append(a.Posts, policy.Post{
				ID: int64(i + 1), AgencyID: rapid.Int64Range(1, 3).Draw(t, "agency"), Role: rapid.SampledFrom(policy.Roles).Draw(t, "role"),
				ForID: rapid.SampledFrom([]int64{0, 0, 7, 8}).Draw(t, "for"),
			})
		}
		turns := a.Turns()
		if turns[0].ForID != 0 {
			t.Fatalf("the first turn is for %d", turns[0].ForID)
		}
		seen := map[int64]bool{}
		for i, turn := range turns {
			for _, p := range turn.Posts {
				seen[p.ID] = true
				if p.ForID != 0 && p.ForID != turn.ForID {
					t.Fatalf("turn %d for %d holds a post for %d", i, turn.ForID, p.ForID)
				}
			}
			if i > 0 && (turn.ForID == 0 || slices.ContainsFunc(turns[:i], func(b policy.Actor) bool { return b.ForID == turn.ForID })) {
				t.Fatalf("turns %+v", turns)
			}
		}
		if len(seen) != len(a.Posts) {
			t.Fatalf("of %d posts %d are ever used", len(a.Posts), len(seen))
		}
	})
}

func TestChoosingAPost(t *testing.T) {
	own := policy.Post{ID: 1, AgencyID: 1, Role: policy.FocalPoint}
	reviews := policy.Post{ID: 2, AgencyID: 3, Role: policy.Supervisor}
	for7 := policy.Post{ID: 3, AgencyID: 4, Role: policy.PlanAuthority, ForID: 7, ForName: "Thủ trưởng"}
	a := policy.Actor{UserID: 1, Posts: []policy.Post{own, reviews, for7}}
	chosen := a.Acting(2)
	if len(chosen.Posts) != 1 || chosen.Posts[0] != reviews || chosen.ForID != 0 || len(chosen.AllPosts()) != 3 {
		t.Errorf("%+v", chosen)
	}
	// Agency 1's result is reviewed by 3 and belongs to a plan of 4.
	if policy.ReviewTask(chosen, owed) || policy.ReopenTask(chosen, owed) {
		t.Error("choosing a post opens a way to one's own agency's result")
	}
	elsewhere := owed
	elsewhere.AgencyID = 2
	if !policy.ReviewTask(chosen, elsewhere) || policy.SubmitTask(chosen, owed) {
		t.Error("the chosen post is not the only one")
	}
	standing := a.Acting(3)
	if standing.ForID != 7 || len(standing.Turns()) != 1 || policy.DecideContest(standing, owed) || policy.WaiveTask(standing, owed) || !policy.WaiveTask(standing, elsewhere) {
		t.Errorf("%+v", standing)
	}
	for _, gone := range []int64{0, 99} {
		if all := a.Acting(gone); all.Chosen != 0 || len(all.Posts) != 3 || all.ForID != 0 {
			t.Errorf("post %d: %+v", gone, all)
		}
	}
	if reader := a.Reader(); reader.ForID != 0 || a.Reading() != 1 {
		t.Errorf("an own post reads first: %+v", reader)
	}
	if reader := (policy.Actor{Posts: []policy.Post{{AgencyID: 9, Role: policy.Administrator}, for7}}).Reader(); reader.ForID != 7 || reader.Reading() != 4 {
		t.Errorf("only the other's post reads: %+v", reader)
	}
}

func TestRightsOverPeople(t *testing.T) {
	head := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.Head}}}
	deputy := policy.Actor{UserID: 2, Posts: []policy.Post{{AgencyID: 1, Role: policy.Head, ForID: 1}}}
	admin := policy.Actor{UserID: 3, Posts: []policy.Post{{AgencyID: 1, Role: policy.Administrator}}}
	post := policy.Post{AgencyID: 1, Role: policy.FocalPoint}
	if !policy.NameSubstitute(head, 9, post) || !policy.NameSubstitute(admin, 9, post) || !policy.NameSubstitute(deputy, 2, post) {
		t.Error("head, administrator or holder may not name a substitute")
	}
	if policy.NameSubstitute(deputy, 9, post) || policy.NameSubstitute(head, 9, policy.Post{AgencyID: 2}) {
		t.Error("who stands in for the head, or a head elsewhere, names a substitute")
	}
	if policy.GrantPost(admin, 3) || !policy.GrantPost(admin, 4) || policy.GrantPost(head, 4) {
		t.Error("granting posts")
	}
	if policy.SeeColleagues(admin, 1) || !policy.SeeColleagues(deputy, 1) || policy.SeeColleagues(head, 2) {
		t.Error("seeing colleagues")
	}
	for _, pair := range [][2]policy.Role{{policy.Supervisor, policy.Head}, {policy.Auditor, policy.Supervisor}, {policy.Head, policy.FocalPoint}} {
		if policy.Conflicting(pair[0], pair[1]) {
			t.Errorf("%v conflict", pair)
		}
	}
	if !policy.Conflicting(policy.Head, policy.PlanAuthority) || policy.Substitutable(policy.Auditor) {
		t.Error("conflicts")
	}
}
