package postgres_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestDigestIsRecordedOncePerSlotForThoseWhoHaveSomethingToSee(t *testing.T) {
	p := newPost(t)
	p.task("d1", "open")
	p.task("d2", "submitted")
	p.person("focal_point", "d1")
	p.person("supervisor", "so")
	p.person("plan_authority", "tinh")
	p.person("focal_point", "d2") // has submitted: nothing to see
	p.person("head", "d1")        // no digest for heads
	inactive := p.person("supervisor", "tinh")
	p.exec(`UPDATE users SET active = false WHERE id = $1`, inactive)
	recorded := make([]bool, 4)
	var group sync.WaitGroup
	for i := range recorded {
		group.Go(func() {
			_, ok, err := p.store.RecordDigest(t.Context(), postMorning, postMorning.Add(time.Minute))
			if err != nil {
				t.Error(err)
			}
			recorded[i] = ok
		})
	}
	group.Wait()
	slices.SortFunc(recorded, func(a, b bool) int { return map[bool]int{true: 0, false: 1}[a] - map[bool]int{true: 0, false: 1}[b] })
	if fmt.Sprint(recorded) != "[true false false false]" {
		t.Errorf("claims: %v", recorded)
	}
	p.want("digests", `SELECT u.email || ' ' || n.cause || ' ' || n.standing || ' ' || (n.deliver_at = '2026-03-23 01:00Z')
		FROM notifications n JOIN users u ON u.id = n.user_id ORDER BY 1`,
		"focal_point.d1@dondoc.example digest:weekly:2026-03-23 true true; plan_authority.tinh@dondoc.example digest:weekly:2026-03-23 true true; "+
			"supervisor.so@dondoc.example digest:weekly:2026-03-23 true true")
	if last, ok, err := p.store.LastDigest(t.Context()); err != nil || !ok || !last.Equal(postMorning) {
		t.Errorf("last digest %s %t %v", last, ok, err)
	}
	// An older slot that was missed is not made up for after a later one.
	if _, ok, err := p.store.RecordDigest(t.Context(), postMorning.AddDate(0, 0, -7), postMorning); err != nil || ok {
		t.Errorf("older slot: %t, %v", ok, err)
	}

	p.exec(`UPDATE tasks SET due_at = '2026-03-20 17:00Z' WHERE state = 'open'`)
	p.compose()
	for _, lease := range p.lease(3) {
		h, called := p.check(lease)
		if !called || h.Summary == nil {
			t.Fatalf("%+v", h)
		}
		want := map[string]string{
			"focal_point.d1@dondoc.example": "1 0 1 0", "supervisor.so@dondoc.example": "1 0 1 1", "plan_authority.tinh@dondoc.example": "1 0 1 0",
		}[h.Address]
		if got := fmt.Sprintf("%d %d %d %d", h.Summary.Open, h.Summary.DueInWeek, h.Summary.Overdue, h.Summary.Waiting); got != want {
			t.Errorf("%s: %s, want %s", h.Address, got, want)
		}
	}
}

func TestADigestSlotNobodyNeedsIsClaimedToo(t *testing.T) {
	p := newPost(t)
	if n, ok, err := p.store.RecordDigest(t.Context(), postMorning, postMorning); err != nil || !ok || n != 0 {
		t.Fatalf("%d %t %v", n, ok, err)
	}
	p.task("d1", "open")
	p.person("focal_point", "d1")
	if n, ok, err := p.store.RecordDigest(t.Context(), postMorning, postMorning.Add(time.Hour)); err != nil || ok || n != 0 {
		t.Errorf("recorded late: %d %t %v", n, ok, err)
	}
}
