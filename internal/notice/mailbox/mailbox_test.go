package mailbox_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dondoc/internal/notice"
	"dondoc/internal/notice/mailbox"
)

var at = time.Date(2026, 3, 23, 1, 0, 0, 0, time.UTC)

func start(t *testing.T, dir string, judge func(string) *mailbox.Refusal) (*mailbox.Server, notice.SMTP) {
	t.Helper()
	server, err := mailbox.Start(context.Background(), mailbox.Options{SMTPAddress: "127.0.0.1:0", Dir: dir, Judge: judge})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server, notice.SMTP{
		Host: "127.0.0.1", Port: server.Addr().Port, TLS: notice.TLSNone,
		From: "don-doc@dondoc.example", FromName: "Đôn Đốc", Timeout: 2 * time.Second,
	}
}

func dial(t *testing.T, settings notice.SMTP) notice.Session {
	t.Helper()
	session, err := settings.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return session
}

func outgoing(id, to string) notice.Outgoing {
	return notice.Outgoing{MessageID: id, To: to, Language: "vi", At: at, Mail: notice.Mail{
		Subject: "[Đôn Đốc] 3 việc quá hạn, 2 việc đến hạn hôm nay — Ễ, Ổ, Ậ",
		Text:    "Kính gửi: Đầu mối UBND huyện Tân Phú\n" + strings.Repeat("quá hạn ", 40) + "\n.\n..dấu chấm đầu dòng\n",
		HTML:    "<p>Kính gửi: Đầu mối UBND huyện Tân Phú</p>",
	}}
}

func TestMailArrivesAsWritten(t *testing.T) {
	server, settings := start(t, t.TempDir(), nil)
	session := dial(t, settings)
	for i := range 3 {
		if err := session.Send(outgoing(fmt.Sprintf("<m%d@dondoc.example>", i), "dau-moi@tan-phu.dondoc.example")); err != nil {
			t.Fatal(err)
		}
	}
	if err := session.Close(); err != nil {
		t.Error(err)
	}
	list, err := server.Messages()
	if err != nil || len(list) != 3 {
		t.Fatalf("%d mails over one session: %v", len(list), err)
	}
	m, err := server.Find("<m1@dondoc.example>")
	if err != nil {
		t.Fatal(err)
	}
	want := outgoing("", "").Mail
	if m.Subject != want.Subject || strings.TrimRight(m.Text, "\n") != strings.TrimRight(want.Text, "\n") || strings.TrimSpace(m.HTML) != want.HTML {
		t.Errorf("subject %q\ntext %q\nhtml %q", m.Subject, m.Text, m.HTML)
	}
	if m.MessageID != "<m1@dondoc.example>" || !m.Date.Equal(at) || m.To != "<dau-moi@tan-phu.dondoc.example>" || m.From != "Đôn Đốc <don-doc@dondoc.example>" {
		t.Errorf("headers: %+v", m.Message)
	}
	for header, value := range map[string]string{"Auto-Submitted": "auto-generated", "Content-Language": "vi", "User-Agent": "", "X-Mailer": ""} {
		if got := m.Header.Get(header); got != value {
			t.Errorf("%s: %q", header, got)
		}
	}
}

func TestARepeatIsOneMailWithTwoCopies(t *testing.T) {
	dir := t.TempDir()
	server, settings := start(t, dir, nil)
	session := dial(t, settings)
	for range 2 {
		if err := session.Send(outgoing("<again@dondoc.example>", "a@dondoc.example")); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := server.Messages(); err != nil || len(list) != 1 || list[0].Copies != 2 {
		t.Errorf("%+v, %v", list, err)
	}
	// Another process, or the next start, finds the same.
	if list, err := mailbox.Read(dir); err != nil || len(list) != 1 || list[0].Copies != 2 || list[0].MessageID != "<again@dondoc.example>" {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestRefusalsAreToldApart(t *testing.T) {
	_, settings := start(t, t.TempDir(), func(to string) *mailbox.Refusal {
		switch {
		case strings.HasPrefix(to, "gone"):
			return &mailbox.Refusal{Code: 550, Text: "no such mailbox"}
		case strings.HasPrefix(to, "full"):
			return &mailbox.Refusal{Code: 452, Text: "mailbox full"}
		case strings.HasPrefix(to, "drop"):
			return &mailbox.Refusal{Drop: "rcpt"}
		case strings.HasPrefix(to, "lost"):
			return &mailbox.Refusal{Drop: "data"}
		}
		return nil
	})
	for _, c := range []struct {
		to     string
		want   notice.Outcome
		usable bool
	}{
		{"gone@dondoc.example", notice.Refused, true},
		{"full@dondoc.example", notice.Deferred, true},
		{"drop@dondoc.example", notice.Broken, false},
		{"lost@dondoc.example", notice.Broken, false},
		{"not an address", notice.Refused, true},
	} {
		t.Run(c.to, func(t *testing.T) {
			session := dial(t, settings)
			err := session.Send(outgoing("<r@dondoc.example>", c.to))
			if err == nil || notice.OutcomeOf(err) != c.want || session.Usable() != c.usable {
				t.Fatalf("outcome %d, usable %t: %v", notice.OutcomeOf(err), session.Usable(), err)
			}
			if c.usable {
				if err := session.Send(outgoing("<next@dondoc.example>", "fine@dondoc.example")); err != nil {
					t.Errorf("the next mail of the session: %v", err)
				}
			}
		})
	}
}

func TestServerAway(t *testing.T) {
	server, settings := start(t, t.TempDir(), nil)
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := settings.Dial(t.Context()); err == nil || notice.OutcomeOf(err) != notice.Down {
		t.Errorf("%v", err)
	}
}

func TestSettingsThatSendInTheClearAreRefused(t *testing.T) {
	for _, c := range []struct {
		host string
		tls  notice.TLSPolicy
		ok   bool
	}{
		{"127.0.0.1", notice.TLSNone, true}, {"::1", notice.TLSNone, true}, {"localhost", notice.TLSNone, true},
		{"mail.dondoc.example", notice.TLSNone, false}, {"mail.dondoc.example", notice.TLSMandatory, true},
		{"mail.dondoc.example", notice.TLSOpportunistic, true}, {"mail.dondoc.example", notice.TLSImplicit, true},
		{"mail.dondoc.example", "", false}, {"", notice.TLSMandatory, false},
	} {
		err := notice.SMTP{Host: c.host, Port: 25, TLS: c.tls, From: "a@dondoc.example"}.Check()
		if (err == nil) != c.ok {
			t.Errorf("%s with %q: %v", c.host, c.tls, err)
		}
	}
	if _, err := mailbox.Start(t.Context(), mailbox.Options{SMTPAddress: "0.0.0.0:0", Dir: t.TempDir()}); err == nil {
		t.Error("the mailbox listens to the network")
	}
}

func TestMandatoryTLSSendsNothingToAServerWithout(t *testing.T) {
	server, settings := start(t, t.TempDir(), nil)
	settings.TLS = notice.TLSMandatory
	if _, err := settings.Dial(t.Context()); err == nil || notice.OutcomeOf(err) != notice.Down {
		t.Errorf("%v", err)
	}
	if list, err := server.Messages(); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

func TestPage(t *testing.T) {
	server, settings := start(t, t.TempDir(), nil)
	out := outgoing("<page@dondoc.example>", "dau-moi@tan-phu.dondoc.example")
	out.Mail.HTML = `<p onclick="alert(1)">Xin chào</p><script>alert(1)</script>`
	if err := dial(t, settings).Send(out); err != nil {
		t.Fatal(err)
	}
	list, err := server.Messages()
	if err != nil {
		t.Fatal(err)
	}
	key := list[0].Key
	for _, c := range []struct {
		path   string
		status int
		want   []string
		policy string
	}{
		{"/", 200, []string{"Thư đã gửi trên máy này", "3 việc quá hạn", "dau-moi@tan-phu.dondoc.example", `href="mail/` + key}, "default-src 'none'; style-src 'self'"},
		{"/mail/" + key, 200, []string{"Kính gửi: Đầu mối", `src="` + key + `/html"`, `sandbox="allow-popups`, "&lt;page@dondoc.example&gt;"}, "default-src 'none'; style-src 'self'"},
		{"/mail/" + key + "/html", 200, []string{"Xin chào"}, "sandbox allow-popups"},
		{"/mail/" + key + "/eml", 200, []string{"Auto-Submitted: auto-generated"}, "default-src 'none'"},
		{"/style.css", 200, []string{"#17407a"}, ""},
		{"/mail/..%2f..%2fetc%2fpasswd", 404, nil, ""},
		{"/mail/none", 404, nil, ""},
	} {
		recorder := httptest.NewRecorder()
		server.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, c.path, nil))
		if recorder.Code != c.status {
			t.Errorf("%s: %d", c.path, recorder.Code)
		}
		for _, want := range c.want {
			if !strings.Contains(recorder.Body.String(), want) {
				t.Errorf("%s: %q is missing in:\n%s", c.path, want, recorder.Body)
			}
		}
		if got := recorder.Header().Get("Content-Security-Policy"); !strings.Contains(got, c.policy) || strings.Contains(got, "script-src") || strings.Contains(got, "allow-scripts") {
			t.Errorf("%s: policy %q", c.path, got)
		}
	}
	recorder := httptest.NewRecorder()
	server.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "/", nil))
	if recorder.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", recorder.Code)
	}
}
