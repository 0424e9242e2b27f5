package signin_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"golang.org/x/text/language"

	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/openid"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/session"
	"dondoc/web"
)

const password = "một mật khẩu ở nơi khác"

// people are the provider's own accounts, by user name.
type people map[string]*storage.User

func (p people) GetUserByID(id string) *storage.User         { return p[id] }
func (p people) GetUserByUsername(name string) *storage.User { return p[name] }
func (p people) ExampleClientID() string                     { return "service" }

func person(name, email string, verified bool) *storage.User {
	return &storage.User{ID: name, Username: name, Password: password, Email: email, EmailVerified: verified, PreferredLanguage: language.Vietnamese}
}

var known = people{
	"dau-moi":  person("dau-moi", "Dau.Moi@dondoc.example", true),
	"chua-ro":  person("chua-ro", "dau.moi@dondoc.example", false),
	"nguoi-la": person("nguoi-la", "nguoi.la@dondoc.example", true),
	"da-nghi":  person("da-nghi", "da.nghi@dondoc.example", true),
}

// once: the provider's example keeps its clients and its logger for the process.
var once sync.Mutex

// identity starts a provider on this machine, to which people may come back at
// the given address.
func identity(t *testing.T, back string) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	issuer := "http://" + server.Listener.Addr().String() + "/"
	once.Lock()
	storage.RegisterClients(storage.WebClient("dondoc", "a secret of two", back))
	server.Config.Handler = exampleop.SetupServer(issuer, storage.NewStorage(known), slog.New(slog.DiscardHandler), false)
	once.Unlock()
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// plain seals nothing, so that a test may alter what travels in the browser.
type plain struct{}

func (plain) Seal(secret []byte, _ string) []byte          { return secret }
func (plain) Open(sealed []byte, _ string) ([]byte, error) { return sealed, nil }

// visitor is a browser that goes where it is sent, one step at a time.
type visitor struct {
	t      *testing.T
	client *http.Client
}

func newVisitor(t *testing.T) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

type page struct {
	status   int
	text     string
	location string
}

func (v *visitor) do(method, address string, form url.Values) page {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	to := answer.Header.Get("Location")
	if to != "" {
		absolute, err := answer.Request.URL.Parse(to)
		if err != nil {
			v.t.Fatal(err)
		}
		to = absolute.String()
	}
	return page{answer.StatusCode, string(text), to}
}

// prove signs in at the provider and returns the address to which it sends back.
func (v *visitor) prove(address, name string) string {
	v.t.Helper()
	form := v.do(http.MethodGet, address, nil).location // the provider's form
	u, err := url.Parse(form)
	if err != nil || u.Query().Get("authRequestID") == "" {
		v.t.Fatalf("the provider does not ask who it is: %q, %v", form, err)
	}
	done := v.do(http.MethodPost, form, url.Values{"username": {name}, "password": {password}, "id": {u.Query().Get("authRequestID")}})
	back := v.do(http.MethodGet, done.location, nil).location
	if back == "" {
		v.t.Fatalf("the provider sends nobody back: %d %s", done.status, done.text)
	}
	return back
}

// office is an installation with one focal point, one former colleague, and a provider.
type office struct {
	url      string
	accounts *postgres.Accounts
	provider *httptest.Server
}

func newOffice(t *testing.T) *office {
	t.Helper()
	db := postgrestest.New(t)
	now := time.Now()
	for _, statement := range []string{
		`INSERT INTO agencies (code, name, level) VALUES ('x1', 'UBND xã', 'commune')`,
		`INSERT INTO users (email, name, active, created_at) VALUES ('dau.moi@dondoc.example', 'Đầu mối UBND xã', true, now()), ('da.nghi@dondoc.example', 'Đã nghỉ', false, now())`,
		`INSERT INTO memberships (user_id, agency_id, role, valid_from_on) SELECT id, 1, 'focal_point', '2020-01-01' FROM users`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	box, err := account.NewBox([]byte("32 bytes that seal one sign-in.."))
	if err != nil {
		t.Fatal(err)
	}
	store := postgres.New(db, clock.Fixed(now), clock.SystemWall, nil)
	accounts := &postgres.Accounts{Store: store, Words: notice.Words{}, Throttle: account.NewThrottle(clock.SystemWall), Secrets: box}
	gin.SetMode(gin.TestMode)
	engine := gin.New()
	server := httptest.NewServer(engine)
	t.Cleanup(server.Close)
	back := server.URL + web.ProviderReturn
	o := &office{url: server.URL, accounts: accounts, provider: identity(t, back)}
	provider := openid.New(openid.Settings{Issuer: o.provider.URL + "/", ClientID: "dondoc", ClientSecret: "a secret of two", RedirectURL: back}, box, clock.SystemWall, nil)
	if err := web.Mount(engine, web.Options{
		Service: store, Accounts: accounts, Business: clock.Fixed(now), Calendar: calendar.WeekCalendar{}, Provider: provider, ProviderName: "công vụ",
		Log: slog.New(slog.DiscardHandler),
	}); err != nil {
		t.Fatal(err)
	}
	return o
}

// session is who is signed in in the visitor's browser.
func (o *office) session(t *testing.T, v *visitor) (policy.Actor, error) {
	t.Helper()
	u, err := url.Parse(o.url)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range v.client.Jar.Cookies(u) {
		if c.Name == session.CookieName {
			return o.accounts.ActorOf(context.WithoutCancel(t.Context()), c.Value)
		}
	}
	return policy.Actor{}, fault.New(fault.Unauthenticated, "none", "", "")
}

func TestWhomTheProviderVouchesForIsIn(t *testing.T) {
	o := newOffice(t)
	v := newVisitor(t)
	asked := v.do(http.MethodGet, o.url+"/dang-nhap?tiep=/thong-bao", nil)
	if !strings.Contains(asked.text, "Đăng nhập bằng tài khoản công vụ") {
		t.Fatalf("no button: %s", asked.text)
	}
	out := v.do(http.MethodGet, o.url+"/dang-nhap/tai-khoan?tiep=/thong-bao", nil)
	to, err := url.Parse(out.location)
	if err != nil {
		t.Fatal(err)
	}
	if q := to.Query(); q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" || q.Get("nonce") == "" || q.Get("state") == "" ||
		q.Get("response_type") != "code" || q.Get("redirect_uri") != o.url+web.ProviderReturn {
		t.Errorf("sent with %v", q)
	}
	back := v.prove(out.location, "dau-moi")
	in := v.do(http.MethodGet, back, nil)
	actor, err := o.session(t, v)
	if in.status != http.StatusSeeOther || in.location != o.url+"/thong-bao" || err != nil || actor.Name != "Đầu mối UBND xã" || !actor.Has(policy.FocalPoint) {
		t.Fatalf("%d to %q: %+v, %v", in.status, in.location, actor, err)
	}
	// Signing out ends the session here, whatever the provider thinks.
	v.do(http.MethodPost, o.url+"/dang-xuat", url.Values{})
	if _, err := o.session(t, v); err == nil {
		t.Error("signed out and still in")
	}
	if again := v.do(http.MethodGet, back, nil); again.status != http.StatusUnauthorized {
		t.Errorf("the same return in another moment: %d", again.status)
	}
}

func TestWhomTheProviderDoesNotVouchForStaysOut(t *testing.T) {
	o := newOffice(t)
	for name, says := range map[string]string{
		"chua-ro":  "chưa xác minh địa chỉ thư",
		"nguoi-la": "chưa được cấp quyền",
		"da-nghi":  "chưa được cấp quyền",
	} {
		v := newVisitor(t)
		back := v.prove(v.do(http.MethodGet, o.url+"/dang-nhap/tai-khoan", nil).location, name)
		got := v.do(http.MethodGet, back, nil)
		if _, err := o.session(t, v); got.status != http.StatusUnauthorized || err == nil || !strings.Contains(got.text, says) {
			t.Errorf("%s: %d, %v\n%s", name, got.status, err, got.text)
		}
	}
	// What came back with one browser opens nothing in another.
	v := newVisitor(t)
	back := v.prove(v.do(http.MethodGet, o.url+"/dang-nhap/tai-khoan", nil).location, "dau-moi")
	other := newVisitor(t)
	if got := other.do(http.MethodGet, back, nil); got.status != http.StatusUnauthorized {
		t.Errorf("in another browser: %d", got.status)
	}
	var users int
	if err := o.accounts.DB().GetContext(t.Context(), &users, `SELECT count(*) FROM users`); err != nil || users != 2 {
		t.Errorf("%d accounts, %v", users, err)
	}
}

func TestAProviderThatIsAwayLeavesThePassword(t *testing.T) {
	o := newOffice(t)
	v := newVisitor(t)
	back := v.prove(v.do(http.MethodGet, o.url+"/dang-nhap/tai-khoan", nil).location, "dau-moi")
	o.provider.Close()
	for what, address := range map[string]string{"coming back": back, "with nothing": o.url + web.ProviderReturn} {
		got := v.do(http.MethodGet, address, nil)
		if got.status >= 500 || !strings.Contains(got.text, `name="password"`) {
			t.Errorf("%s: %d\n%s", what, got.status, got.text)
		}
	}
	fresh := newOffice(t)
	fresh.provider.Close()
	got := newVisitor(t).do(http.MethodGet, fresh.url+"/dang-nhap/tai-khoan", nil)
	if got.status != http.StatusFailedDependency || !strings.Contains(got.text, "Chưa liên lạc được") || !strings.Contains(got.text, `name="password"`) {
		t.Errorf("never reached: %d\n%s", got.status, got.text)
	}
}

// What the browser brings back is held against what it was sent with.
func TestAnAttemptComesBackAsItWent(t *testing.T) {
	const back = "http://127.0.0.1:9/dang-nhap/tai-khoan/tra-ve"
	server := identity(t, back)
	wall := time.Now()
	provider := openid.New(openid.Settings{Issuer: server.URL + "/", ClientID: "dondoc", ClientSecret: "a secret of two", RedirectURL: back},
		plain{}, func() time.Time { return wall }, nil)
	for _, c := range []struct {
		name  string
		alter func(map[string]any)
		later time.Duration
		state string
		code  string
		want  string
	}{
		{name: "as it went"},
		{name: "another nonce", alter: func(a map[string]any) { a["Nonce"] = "x" }, want: "openid.refused"},
		{name: "another verifier", alter: func(a map[string]any) { a["Verifier"] = strings.Repeat("x", 43) }, want: "openid.refused"},
		{name: "another state", alter: func(a map[string]any) { a["State"] = "x" }, want: "openid.over"},
		{name: "without a state", state: "-", want: "openid.over"},
		{name: "after ten minutes", later: openid.AttemptLife, want: "openid.over"},
		{name: "with a token that has expired", alter: func(a map[string]any) { a["Until"] = wall.AddDate(1, 0, 0) }, later: 48 * time.Hour, want: "openid.refused"},
		{name: "broken off", code: "-", want: "openid.refused"},
		{name: "with a made-up code", code: "abc", want: "openid.refused"},
	} {
		wall = time.Now()
		address, attempt, err := provider.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(newVisitor(t).prove(address, "dau-moi"))
		if err != nil {
			t.Fatal(err)
		}
		state, code := u.Query().Get("state"), u.Query().Get("code")
		for _, other := range []struct{ in, out *string }{{&c.state, &state}, {&c.code, &code}} {
			if *other.in != "" {
				*other.out = strings.Trim(*other.in, "-")
			}
		}
		if c.alter != nil {
			var kept map[string]any
			if err := json.Unmarshal(attempt, &kept); err != nil {
				t.Fatal(err)
			}
			c.alter(kept)
			if attempt, err = json.Marshal(kept); err != nil {
				t.Fatal(err)
			}
		}
		wall = wall.Add(c.later)
		email, err := provider.Finish(t.Context(), attempt, state, code)
		switch f := fault.Of(err); {
		case c.want == "" && (err != nil || email != "Dau.Moi@dondoc.example"):
			t.Errorf("%s: %q, %v", c.name, email, err)
		case c.want != "" && (f == nil || f.Code != c.want || email != ""):
			t.Errorf("%s: %q, %v, want %s", c.name, email, err, c.want)
		}
		if c.want == "" { // a code counts once
			if _, err := provider.Finish(t.Context(), attempt, state, code); fault.Of(err) == nil {
				t.Errorf("%s, again: %v", c.name, err)
			}
		}
	}
}
