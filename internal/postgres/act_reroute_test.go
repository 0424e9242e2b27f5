package postgres_test

import (
	"testing"

	"dondoc/internal/task"
)

const wayOfOne = `SELECT c.code || ' ' || v.code FROM tasks t JOIN agencies c ON c.id = t.recipient_id JOIN agencies v ON v.id = t.reviewer_id WHERE t.id = $1`

// What was settled when its reviewer ended stays with them, until it is owed again.
func TestWhatIsOwedAgainGoesToTheReviewerOfToday(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	f.send("d1")
	f.decide("d1", task.Accept)
	id := f.taskOf("d1")
	f.clock.set(t, "2026-02-04 09:00")
	f.reorganise("2026-02-04", "agencies: [{code: sm, name: Sở Mới, level: department, parent: tinh}]\nchanges: [{dissolve: so, into: sm}]\n")
	f.want("history stays", f.strings(wayOfOne, id), "so so")
	if _, err := f.store.Reopen(t.Context(), f.authority, task.ReopenInput{TaskID: id, Reason: "Thiếu phụ lục"}); err != nil {
		t.Fatal(err)
	}
	f.want("who decides now", f.strings(wayOfOne, id), "sm sm")
	f.want("trail", f.strings(`SELECT action FROM audit WHERE entity = 'task' AND entity_id = $1 AND at = $2 ORDER BY id`, id, *f.clock.at.Load()), "task.rerouted", "task.reopened")
	if _, err := f.store.Submit(t.Context(), f.session(focalD1), task.SubmitInput{TaskID: id, Kind: task.Report, Narrative: "Đã bổ sung."}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.store.Review(t.Context(), f.session(watcherSo), task.ReviewInput{TaskID: id, Decision: task.Accept}); err != nil {
		t.Errorf("the successor's supervisor: %v", err)
	}
}

// A correction waits with whoever reviews today, whether it came before or after
// the reviewer ended.
func TestACorrectionWaitsWithTheReviewerOfToday(t *testing.T) {
	for _, first := range []bool{true, false} {
		w, round := opened(t, nil)
		f := &followed{world: w, round: round, focal: w.actor(focalD1), supervisor: w.actor(watcherSo)}
		f.clock.set(t, "2026-02-03 09:00")
		f.send("d1")
		f.decide("d1", task.Accept)
		correct := func() {
			if _, err := f.correct(f.focal, "4"); err != nil {
				t.Fatal(err)
			}
		}
		f.clock.set(t, "2026-02-04 09:00")
		if first {
			correct()
		}
		f.reorganise("2026-02-04", "agencies: [{code: sm, name: Sở Mới, level: department, parent: tinh}]\nchanges: [{dissolve: so, into: sm}]\n")
		if !first {
			correct()
		}
		f.want("who decides", f.strings(wayOfOne, f.taskOf("d1")), "sm sm")
		if detail := f.detail(f.session(watcherSo), "d1"); !detail.MayDecideCorrection {
			t.Errorf("correction first %v: the successor's supervisor may not decide", first)
		}
	}
}

// Where the standing agency ends without a successor, the issuer receives and
// reviews: no result waits with nobody.
func TestTheIssuerFollowsItsPlanUpAfterTheStandingAgency(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	f.send("d1")
	f.reorganise("2026-02-03", "changes: [{dissolve: so, posts: none}]\n")
	f.want("standing", f.strings(`SELECT a.code FROM plans p JOIN agencies a ON a.id = p.standing_id`), "tinh")
	for _, agency := range []string{"d1", "d2"} {
		f.want(agency, f.strings(wayOfOne, f.taskOf(agency)), "tinh tinh")
	}
}
