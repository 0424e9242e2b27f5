package postgres_test

import (
	"slices"
	"testing"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/task"
)

func (s *staff) prefer(email string, p account.Preferences) account.Preferences {
	s.t.Helper()
	if p.Language == "" {
		p.Language = "vi"
	}
	kept, err := s.store.SetPreferences(s.t.Context(), s.who(email), p)
	if err != nil {
		s.t.Fatal(err)
	}
	return kept
}

func TestPreferencesAreKeptByVersion(t *testing.T) {
	s := newStaff(t)
	if p, err := s.store.Preferences(t.Context(), s.who(focalD1)); err != nil || p.Language != "vi" || p.Version != 0 || p.QuietFrom != "" || len(p.Muted) != 0 {
		t.Errorf("untouched: %+v, %v", p, err)
	}
	kept := s.prefer(focalD1, account.Preferences{Language: "en", QuietFrom: "22:00", QuietTo: "06:30", Muted: []string{"opening", "digest", "opening"}})
	if kept.Version != 1 || kept.QuietFrom != "22:00" || kept.QuietTo != "06:30" || len(kept.Muted) != 2 || s.who(focalD1).Language != "en" {
		t.Errorf("%+v", kept)
	}
	_, err := s.store.SetPreferences(t.Context(), s.who(focalD1), account.Preferences{Language: "vi"})
	s.refused(err, "preferences.changed")
	if again := s.prefer(focalD1, account.Preferences{Version: 1}); again.Version != 2 || again.QuietFrom != "" || again.Language != "vi" {
		t.Errorf("%+v", again)
	}
}

// An urging in the night waits for the end of the quiet time of those who want
// that, and for nobody else; the morning's message stays at its hour.
func TestUrgentNoticesWaitForTheEndOfTheQuietTime(t *testing.T) {
	s := newStaff(t)
	// Quiet at eight: the morning's message comes all the same.
	s.prefer(headD1, account.Preferences{QuietFrom: "07:00", QuietTo: "09:00"})
	s.clock.set(t, "2026-02-06 08:00")
	s.run(s.round)
	if mails := s.mails(); !slices.Contains(mails, headD1) {
		t.Errorf("the morning: %v", mails)
	}
	s.prefer(focalD1, account.Preferences{QuietFrom: "21:00", QuietTo: "06:00"})
	s.prefer(twoD1, account.Preferences{QuietFrom: "12:00", QuietTo: "13:00"})
	s.clock.set(t, "2026-02-06 22:15")
	if _, err := s.store.Urge(t.Context(), s.supervisor, task.UrgeInput{TaskIDs: []int64{s.taskOf("d1")}, Kind: task.UrgeMessage, Message: "Gửi ngay"}); err != nil {
		t.Fatal(err)
	}
	s.want("in the night", s.mails(), "d1@dondoc.example", twoD1, headD1)
	now, _ := s.clock.Now(t.Context())
	next, err := s.store.NextDelivery(t.Context(), now)
	if err != nil || next.DeliverAt == nil || next.DeliverAt.In(hanoi).Format("2006-01-02 15:04") != "2026-02-07 06:00" {
		t.Errorf("what comes next: %+v, %v", next.DeliverAt, err)
	}
	s.clock.set(t, "2026-02-07 05:59")
	s.want("before its end", s.mails())
	s.clock.set(t, "2026-02-07 06:00")
	s.want("at its end", s.mails(), focalD1)
	s.want("told once", s.strings(`SELECT count(*)::text FROM notifications n JOIN users u ON u.id = n.user_id WHERE u.email = $1 AND n.kind = 'urging'`, focalD1), "1")
}

func TestAFlashReportWaitsForNothing(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-06 08:30")
	s.mails()
	s.exec(`UPDATE rounds SET cadences = '{flash}' WHERE id = $1`, s.round)
	s.prefer(focalD1, account.Preferences{QuietFrom: "21:00", QuietTo: "06:00", Muted: []string{"reminder", "opening"}})
	s.clock.set(t, "2026-02-06 22:15")
	if _, err := s.store.Urge(t.Context(), s.supervisor, task.UrgeInput{TaskIDs: []int64{s.taskOf("d1")}, Kind: task.UrgeMessage, Message: "Gửi ngay"}); err != nil {
		t.Fatal(err)
	}
	if mails := s.mails(); !slices.Contains(mails, focalD1) {
		t.Errorf("an urging about a flash report: %v", mails)
	}
	s.exec(`INSERT INTO notifications (user_id, kind, plan_id, task_id, cause, created_at, deliver_at)
		SELECT $1, 'opening', plan_id, id, 'opened', '2026-02-06 15:16Z', '2026-02-06 15:16Z' FROM tasks WHERE id = $2`, s.user(focalD1), s.taskOf("d1"))
	s.clock.set(t, "2026-02-06 22:17")
	s.want("its opening goes by mail whatever is turned off", s.mails(), focalD1)
}

func TestWhatIsTurnedOffStaysInside(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-03 09:00")
	s.mails()
	s.prefer(focalD1, account.Preferences{Muted: []string{"reminder"}})
	s.clock.set(t, "2026-02-04 08:00")
	s.run(s.round)
	s.want("the day before", s.mails(), "d1@dondoc.example", "d3@dondoc.example", "focal_point.d2@dondoc.example", twoD1, watcherSo)
	page, err := s.store.ListNotices(t.Context(), s.who(focalD1), 5, "")
	if err != nil || len(page.Items) == 0 || page.Items[0].Kind != notice.Reminder {
		t.Errorf("inside: %+v, %v", page.Items, err)
	}
	s.want("nothing waits", s.strings(`SELECT id::text FROM notifications WHERE message_id IS NULL AND dropped_at IS NULL AND deliver_at <= '2026-02-04 01:00Z'`))
	// What is late is not to be turned off, and comes alone.
	s.clock.set(t, "2026-02-06 08:00")
	s.run(s.round)
	if mails := s.mails(); !slices.Contains(mails, focalD1) {
		t.Errorf("overdue: %v", mails)
	}
	for _, never := range []notice.Kind{notice.Returned, notice.Urging, notice.Overdue, notice.Escalation, notice.Reopened, notice.GivenBack, notice.RoleGranted, notice.TaskHanded} {
		if group, can := notice.GroupOf(never); can {
			t.Errorf("%s can be turned off with %s", never, group)
		}
	}
}

func TestPreferencesThatCannotBeMeant(t *testing.T) {
	for _, c := range []struct {
		name, field string
		p           account.Preferences
	}{
		{"another language", "language", account.Preferences{Language: "fr"}},
		{"half a span", "quiet_to", account.Preferences{Language: "vi", QuietFrom: "22:00"}},
		{"no time of day", "quiet_from", account.Preferences{Language: "vi", QuietFrom: "25:00", QuietTo: "06:00"}},
		{"nothing", "quiet_to", account.Preferences{Language: "vi", QuietFrom: "06:00", QuietTo: "06:00"}},
		{"the whole day", "quiet_to", account.Preferences{Language: "vi", QuietFrom: "06:00", QuietTo: "05:00"}},
		{"returns", "muted", account.Preferences{Language: "vi", Muted: []string{"returned"}}},
	} {
		_, err := c.p.Clean()
		if f := fault.Of(err); f == nil || f.Kind != fault.Invalid || f.Field != c.field || f.VI == "" || f.EN == "" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
