package postgres_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (w *world) save(email string, version int, c task.Content) (task.Draft, error) {
	w.t.Helper()
	return w.store.SaveDraft(w.t.Context(), w.actor(email), task.DraftInput{TaskID: w.taskOf("d1"), Version: version, Content: c})
}

func writing(narrative, vu string) task.Content {
	return task.Content{Kind: task.Report, Narrative: narrative, Figures: []task.Figure{{Indicator: "vu", Value: vu}}}
}

func TestADraftIsSharedWithinTheAgencyAndNowhereElse(t *testing.T) {
	w, _ := opened(t, nil)
	w.clock.set(t, "2026-02-03 10:00")
	before := w.strings(`SELECT count(*)::text FROM audit`)
	_, err := w.store.FindDraft(t.Context(), w.actor(focalD1), w.taskOf("d1"))
	w.refused(err, "not_found")
	first, err := w.save(focalD1, 0, writing("Đang viết ", "3,"))
	if err != nil || first.Narrative != "Đang viết " || first.Figures[0].Value != "3," || first.SavedByName != focalD1 || first.Version == 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	if found, err := w.store.FindDraft(t.Context(), w.actor(headD1), w.taskOf("d1")); err != nil || found.Narrative != "Đang viết " {
		t.Errorf("the head of the same agency: %+v, %v", found, err)
	}
	for _, stranger := range []string{watcherSo, authority, "focal_point.d2@dondoc.example"} {
		_, err := w.store.FindDraft(t.Context(), w.actor(stranger), w.taskOf("d1"))
		w.refused(err, "not_found")
		_, err = w.save(stranger, 0, writing("x", ""))
		w.refused(err, "not_found")
	}
	if again, err := w.save(focalD1, 0, writing("Đang viết ", "3,")); err != nil || again.Version != first.Version {
		t.Errorf("the same again changes nothing: %+v, %v", again, err)
	}
	second, err := w.save(headD1, first.Version, writing("Đang viết tiếp", "4"))
	if err != nil || second.Version <= first.Version {
		t.Fatalf("%+v, %v", second, err)
	}

	w.clock.set(t, "2026-02-03 11:00")
	_, err = w.save(focalD1, first.Version, writing("Đang viết khác hẳn", "5"))
	w.refused(err, "draft.changed")
	f := fault.Of(err)
	fields := []string{}
	for _, d := range f.Details {
		fields = append(fields, d.Field)
	}
	w.want("what differs", fields, "narrative", "figures.vu")
	if !strings.Contains(f.VI, headD1) || !strings.Contains(f.VI, "10:00 03/02/2026") || !strings.Contains(f.Details[1].EN, "“4”") {
		t.Errorf("who saved what when: %s; %s", f.VI, f.Details[1].EN)
	}
	w.want("drafts leave no trace", w.strings(`SELECT count(*)::text FROM audit`), before...)

	_, err = w.save(focalD1, second.Version, task.Content{Kind: task.Report, Figures: []task.Figure{{Indicator: "la", Value: "1"}}})
	w.refused(err, "draft.invalid")
	_, err = w.save(focalD1, second.Version, task.Content{Kind: task.Report, DocumentOn: calendar.NewDate(2062, 2, 1)})
	w.refused(err, "date.far")

	w.submit(focalD1, "d1", "Gửi")
	_, err = w.store.FindDraft(t.Context(), w.actor(focalD1), w.taskOf("d1"))
	w.refused(err, "not_found")
	_, err = w.save(focalD1, second.Version, writing("quá muộn", ""))
	w.refused(err, "task.already_submitted")
}

// Who still edits the draft of the submission before must not overwrite the next one.
func TestADraftsVersionIsNeverGivenTwice(t *testing.T) {
	w, _ := opened(t, nil)
	w.clock.set(t, "2026-02-03 10:00")
	first, err := w.save(focalD1, 0, writing("một", ""))
	if err != nil {
		t.Fatal(err)
	}
	w.submit(focalD1, "d1", "Gửi")
	if _, err := w.store.Review(t.Context(), w.actor(watcherSo), task.ReviewInput{TaskID: w.taskOf("d1"), Decision: task.Return, Reason: "Thiếu"}); err != nil {
		t.Fatal(err)
	}
	_, err = w.save(focalD1, first.Version, writing("hai", ""))
	w.refused(err, "draft.gone")
	if _, err := w.save(focalD1, 0, writing("ba", "")); err != nil {
		t.Fatal(err)
	}
	_, err = w.save(headD1, first.Version, writing("bốn", ""))
	w.refused(err, "draft.changed")
}

// Every save that was answered stands in the chain of versions: each was made
// over the one before, so nobody's words were lost unseen.
func TestNoSaveOfADraftIsLost(t *testing.T) {
	w, _ := opened(t, nil)
	actors := []policy.Actor{w.actor(focalD1), w.actor(headD1)}
	id := w.taskOf("d1")
	var wait sync.WaitGroup
	var mu sync.Mutex
	lines := map[string]bool{}
	for i := range 20 {
		wait.Go(func() {
			mine := fmt.Sprintf("[%d]", i)
			version, text := 0, ""
			for range 200 {
				saved, err := w.store.SaveDraft(t.Context(), actors[i%2], task.DraftInput{TaskID: id, Version: version, Content: writing(text+mine, "")})
				if err == nil && strings.Contains(saved.Narrative, mine) {
					mu.Lock()
					lines[mine] = true
					mu.Unlock()
					return
				}
				if f := fault.Of(err); f == nil || f.Code != "draft.changed" {
					t.Errorf("%v", err)
					return
				}
				now, err := w.store.FindDraft(t.Context(), actors[i%2], id)
				if err != nil {
					t.Error(err)
					return
				}
				version, text = now.Version, now.Narrative
			}
			t.Errorf("%s never came through", mine)
		})
	}
	wait.Wait()
	final, err := w.store.FindDraft(t.Context(), actors[0], id)
	if err != nil {
		t.Fatal(err)
	}
	for mine := range lines {
		if !strings.Contains(final.Narrative, mine) {
			t.Errorf("%s was acknowledged and is lost: %q", mine, final.Narrative)
		}
	}
	if len(lines) != 20 {
		t.Errorf("%d of 20 saved", len(lines))
	}
}
