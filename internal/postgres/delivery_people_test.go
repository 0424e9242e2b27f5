package postgres_test

import (
	"testing"

	"dondoc/internal/notice"
)

func TestWhoGetsNoMail(t *testing.T) {
	p := newPost(t)
	task := p.task("d1", "open")
	gone, left, coming := p.person("focal_point", "d1"), p.person("head", "d1"), p.person("focal_point", "d2")
	p.exec(`UPDATE users SET active = false WHERE id = $1`, gone)
	p.exec(`UPDATE memberships SET valid_to_on = '2026-03-22' WHERE user_id = $1`, left)
	p.exec(`UPDATE memberships SET valid_from_on = '2026-03-24' WHERE user_id = $1`, coming)
	withoutMailbox := -p.id(`SELECT id FROM agencies WHERE code = 'd2'`)
	for _, recipient := range []int64{gone, left, coming, withoutMailbox} {
		p.remind(recipient, task, notice.Reminder)
	}
	// Nobody is left at d1, so its official mailbox has them.
	if done := p.compose(); done.Messages != 1 || done.Dropped != 4 {
		t.Errorf("%+v", done)
	}
	p.want("message", messageStates, "d1@dondoc.example pending")
	p.want("left inside the system", `SELECT count(*)::text FROM notifications WHERE dropped_at IS NOT NULL AND message_id IS NULL`, "4")

	// Someone who leaves between composing and hand-over gets none either.
	supervisor := p.person("supervisor", "so")
	p.remind(supervisor, task, notice.Reminder)
	p.compose()
	p.exec(`UPDATE users SET active = false WHERE id = $1`, supervisor)
	if h, called := p.check(p.lease(2)[1]); called {
		t.Errorf("%+v", h)
	}
	p.want("message", messageStates, "d1@dondoc.example pending; supervisor.so@dondoc.example dropped")
	if done := p.compose(); done.Messages != 1 {
		t.Errorf("%+v", done)
	}
	p.want("and then", messageStates, "d1@dondoc.example pending; so@dondoc.example pending; supervisor.so@dondoc.example dropped")
}
