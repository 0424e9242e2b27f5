package session_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/session"
)

func TestActsAreTriedInTurn(t *testing.T) {
	forbidden := fault.New(fault.Forbidden, "no", "Không.", "No.")
	hidden := fault.New(fault.NotFound, "not_found", "Không.", "No.")
	changed := fault.New(fault.Conflict, "changed", "Đã đổi.", "Changed.")
	broken := errors.New("broken")
	a := policy.Actor{UserID: 1, Posts: []policy.Post{
		{ID: 1, AgencyID: 1, Role: policy.FocalPoint}, {ID: 2, AgencyID: 2, Role: policy.Head, ForID: 7}, {ID: 3, AgencyID: 3, Role: policy.Head, ForID: 8},
	}}
	for _, c := range []struct {
		name, method string
		errors       map[int64]error // by whom one stands in for
		tried        []int64
		want         error
	}{
		{"in one's own right", "POST", nil, []int64{0}, nil},
		{"for the first", "POST", map[int64]error{0: forbidden}, []int64{0, 7}, nil},
		{"for the second", "PUT", map[int64]error{0: hidden, 7: hidden}, []int64{0, 7, 8}, nil},
		{"for nobody", "POST", map[int64]error{0: forbidden, 7: hidden, 8: hidden}, []int64{0, 7, 8}, forbidden},
		{"what stands in the way is told", "DELETE", map[int64]error{0: hidden, 7: changed}, []int64{0, 7}, changed},
		{"other failures end it", "POST", map[int64]error{0: broken}, []int64{0}, broken},
		{"a conflict is no want of right", "POST", map[int64]error{0: changed}, []int64{0}, changed},
	} {
		var tried []int64
		got, err := session.InTurn(session.With(t.Context(), a), c.method, func(ctx context.Context) (int64, error) {
			turn, _ := session.From(ctx)
			tried = append(tried, turn.ForID)
			return turn.ForID, c.errors[turn.ForID]
		})
		if !slices.Equal(tried, c.tried) || !errors.Is(err, c.want) || err == nil && got != tried[len(tried)-1] {
			t.Errorf("%s: tried for %v, got %d, %v", c.name, tried, got, err)
		}
	}
	// Reading takes all posts at once; without a session there is nothing to try.
	if posts, err := session.InTurn(session.With(t.Context(), a), "GET", func(ctx context.Context) (int, error) {
		turn, _ := session.From(ctx)
		return len(turn.Posts), nil
	}); err != nil || posts != 3 {
		t.Errorf("reading with %d posts, %v", posts, err)
	}
	if _, err := session.InTurn(t.Context(), "POST", func(context.Context) (int, error) { return 0, hidden }); !errors.Is(err, hidden) {
		t.Errorf("%v", err)
	}
}
