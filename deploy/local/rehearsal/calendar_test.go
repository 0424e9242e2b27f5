package rehearsal

import (
	"fmt"
	"strings"
	"testing"

	"dondoc/internal/clock"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/timetable"
)

// TestOutageIsDeclared has the engine sleep towards January's due day when it is
// declared that nobody could report in its last hours. The workflows look again:
// what falls into the outage is due a day later with a ladder of its own, nothing
// of the old one is told any more, and everybody concerned gets one mail.
func TestOutageIsDeclared(t *testing.T) {
	ctx := t.Context()
	w := newWorld(t, instant("2026-01-01 07:00"))
	must(t, w.worker.Start(ctx))
	w.activate()
	must(t, w.driver.Play(ctx, nil, instant("2026-01-19 15:00")))

	store := postgres.New(w.db, w.driver.clock(), clock.SystemWall, nil)
	effect, err := store.ApplyCalendarChange(ctx, policy.Actor{}, timetable.Change{
		Kind: timetable.SystemOutage, From: instant("2026-01-19 14:00"), To: instant("2026-01-20 10:00"), Reason: "đứt cáp",
	})
	must(t, err)
	// 170 communes: their focal points and mailboxes, and the districts' supervisors.
	if effect.Tasks != 170 || effect.Agencies != 170 || len(effect.Moves) != 1 {
		t.Errorf("%d tasks of %d agencies in %d moves", effect.Tasks, effect.Agencies, len(effect.Moves))
	}
	must(t, w.driver.Play(ctx, nil, instant("2026-01-23 12:00")))

	w.list("due", `SELECT r.period_key || ' ' || a.level || ' ' || to_char(t.due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') || ' ' || count(*)
		FROM tasks t JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id JOIN agencies a ON a.id = t.agency_id
		WHERE d.code IN ('IV.15.i.3', 'IV.15.h') AND r.period_key = '2026-M01' GROUP BY r.period_key, a.level, t.due_at ORDER BY a.level`,
		"2026-M01 commune 01-22 00:00 170", "2026-M01 district 01-21 00:00 11")
	w.list("steps of the communes", `SELECT s.code || ' v' || s.due_version || ' ' || s.state || ' ' || to_char(s.run_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI') || ' ' || count(*)
		FROM steps s JOIN tasks t ON t.id = s.task_id JOIN duties d ON d.id = t.duty_id
		WHERE d.code = 'IV.15.i.3' AND s.state <> 'pending' GROUP BY s.code, s.due_version, s.state, s.run_at ORDER BY s.run_at, s.code, s.due_version`,
		"opening v1 done 01-01 08:00 170", "before_1 v1 done 01-16 08:00 170", "due_today v1 done 01-19 08:00 170",
		"overdue_1 v1 skipped 01-19 15:00 170", "overdue_3 v1 skipped 01-19 15:00 170", "overdue_7 v1 skipped 01-19 15:00 170",
		"before_1 v2 done 01-20 08:00 170", "due_today v2 done 01-21 08:00 170", "overdue_1 v2 done 01-22 08:00 170")

	var concerned int
	must(t, w.db.GetContext(ctx, &concerned, `SELECT count(DISTINCT COALESCE(user_id, -mailbox_agency_id)) FROM notifications WHERE kind = 'due_moved'`))
	if concerned != effect.People {
		t.Errorf("%d are told, %d were announced", concerned, effect.People)
	}
	mails := map[string]int{}
	messages, err := w.mail.Messages()
	must(t, err)
	for _, m := range messages {
		mail, err := w.mail.Find(m.MessageID)
		must(t, err)
		if strings.Contains(mail.Text, "Hạn đã thay đổi") {
			mails[mail.To]++
			if !strings.Contains(mail.Text, "Hạn mới: hết ngày 21/01/2026") {
				t.Errorf("%s does not read the new due day:\n%s", mail.To, mail.Text)
			}
		}
	}
	for to, n := range mails {
		if n != 1 {
			t.Errorf("%s gets %d mails about it", to, n)
		}
	}
	if len(mails) != concerned {
		t.Errorf("%d mails, %d concerned", len(mails), concerned)
	}
}

func (w *world) list(what, query string, want ...string) {
	w.t.Helper()
	var got []string
	must(w.t, w.db.SelectContext(w.t.Context(), &got, query))
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		w.t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}
