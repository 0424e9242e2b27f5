package activities_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"dondoc/activities"
	"dondoc/internal/notice"
	"dondoc/workflows"
)

// say writes words into the table as an administrator's, past all checks.
func (o *office) say(kind, subject, lead, closing string) {
	o.t.Helper()
	o.exec(`INSERT INTO users (email, name, created_at) VALUES ('qt@dondoc.example', 'Quản trị hệ thống', '2026-01-01') ON CONFLICT DO NOTHING`)
	o.exec(`INSERT INTO notice_templates (kind, language, own, subject, subject_one, lead, closing, changed_at, changed_by)
		SELECT $1, 'vi', true, $2, '', $3, $4, $5, id FROM users WHERE email = 'qt@dondoc.example'`, kind, subject, lead, closing, monday)
}

// arrived is the one mail that the mail server took for an address.
func (o *office) arrived(address string) (subject, text, html string) {
	o.t.Helper()
	mail, err := o.mailbox.Open(o.received()[address].Key)
	if err != nil {
		o.t.Fatal(err)
	}
	return mail.Subject, mail.Text, mail.HTML
}

func TestChangedWordsArriveByMail(t *testing.T) {
	o := newOffice(t)
	o.remind(3)
	o.say("due_today", "{count} việc phải gửi trong ngày", "Hôm nay là hạn cuối\nKính gửi {recipient}: {agency} còn việc, {due}.", "Trân trọng <b>cảm ơn</b>.")
	if turn := o.deliver(workflows.DeliverInput{}); turn.Sent != 3 {
		t.Fatalf("%+v", turn)
	}
	subject, text, html := o.arrived("p2@dondoc.example")
	if subject != "[Đôn Đốc] 1 việc phải gửi trong ngày" {
		t.Errorf("subject %q", subject)
	}
	for _, want := range []string{"Hôm nay là hạn cuối", "Kính gửi Đầu mối xã 2: UBND xã 2 còn việc, hết ngày 23/03/2026.", "https://dondoc.example/viec/", "xin không trả lời thư này"} {
		if !strings.Contains(text, want) || !strings.Contains(html, want) {
			t.Errorf("%q is missing:\n%s\n%s", want, text, html)
		}
	}
	if !strings.Contains(html, "&lt;b&gt;cảm ơn&lt;/b&gt;") {
		t.Errorf("words became markup:\n%s", html)
	}
	o.want("kept as it went", `SELECT DISTINCT subject FROM messages WHERE body_text LIKE '%Hôm nay là hạn cuối%'`, subject)
}

// Words that no longer keep the rules hold nothing back.
func TestBrokenWordsLeaveTheStandardOnes(t *testing.T) {
	o := newOffice(t)
	o.remind(2)
	o.say("due_today", "{count} việc {nobody}", "Hôm nay {", "")
	if turn := o.deliver(workflows.DeliverInput{}); turn.Sent != 2 {
		t.Fatalf("%+v", turn)
	}
	subject, text, _ := o.arrived("p1@dondoc.example")
	if subject != "[Đôn Đốc] 1 việc đến hạn hôm nay" || !strings.Contains(text, "\nĐến hạn hôm nay\n") || strings.ContainsAny(text, "{}") {
		t.Errorf("%q\n%s", subject, text)
	}
}

// mute is a store whose own words cannot be read.
type mute struct{ activities.DeliveryStore }

func (mute) OwnWords(context.Context) (notice.Own, error) { return nil, errors.New("no such table") }

func TestWordsThatCannotBeReadHoldNothingBack(t *testing.T) {
	o := newOffice(t)
	o.remind(2)
	o.say("due_today", "{count} việc trong ngày", "Hôm nay", "")
	o.delivery.Store = mute{o.delivery.Store}
	if turn := o.deliver(workflows.DeliverInput{}); turn.Sent != 2 {
		t.Fatalf("%+v", turn)
	}
	if subject, _, _ := o.arrived("p1@dondoc.example"); subject != "[Đôn Đốc] 1 việc đến hạn hôm nay" {
		t.Errorf("subject %q", subject)
	}
}
