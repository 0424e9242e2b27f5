package web

import (
	"html"
	"image"
	"image/color"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	qr "github.com/piglig/go-qr"

	"dondoc/internal/account"
	"dondoc/internal/browsertest"
	"dondoc/internal/policy"
)

func signInWith(email string) url.Values {
	return url.Values{"email": {email}, "password": {"một câu đủ dài"}}
}

func TestTheCodeIsAskedForAfterThePassword(t *testing.T) {
	f := sample()
	f.second = map[string]bool{"daumoi@phuocthai.dondoc.example": true}
	s := newSite(t, f)
	form := signInWith("daumoi@phuocthai.dondoc.example")
	form.Set("tiep", "/viec/12")
	asked := s.post("/dang-nhap", form)
	asked.shows(t, "Nhập mã xác thực", "Sáu chữ số trong ứng dụng")
	if asked.status != http.StatusOK || asked.header.Get("Set-Cookie") != "" || !strings.Contains(asked.text, `name="challenge" value="thu-thach-`) || !strings.Contains(asked.text, `name="tiep" value="/viec/12"`) {
		t.Fatalf("%d %v\n%s", asked.status, asked.header, asked.text)
	}
	challenge := regexp.MustCompile(`name="challenge" value="([^"]+)"`).FindStringSubmatch(asked.text)[1]
	code := url.Values{"challenge": {challenge}, "tiep": {"/viec/12"}, "code": {"000000"}}
	wrong := s.post("/dang-nhap/ma", code)
	wrong.shows(t, "Mã không đúng", "Nhập mã xác thực")
	if wrong.status != http.StatusUnprocessableEntity || wrong.header.Get("Set-Cookie") != "" || !strings.Contains(wrong.text, challenge) {
		t.Errorf("%d %v", wrong.status, wrong.header)
	}
	code.Set("code", goodCode)
	in := s.post("/dang-nhap/ma", code)
	if in.status != http.StatusSeeOther || in.location != "/viec/12" || !strings.Contains(in.header.Get("Set-Cookie"), SessionCookie+"=") {
		t.Errorf("%d to %q, %v", in.status, in.location, in.header)
	}
	code.Set("challenge", "made up")
	over := s.post("/dang-nhap/ma", code)
	over.shows(t, "Đã quá thời gian nhập mã.", "Mật khẩu")
	if over.status != http.StatusUnauthorized {
		t.Errorf("%d", over.status)
	}
	code.Set("tiep", "https://evil.example/")
	code.Set("challenge", challenge)
	if in := s.post("/dang-nhap/ma", code); strings.Contains(in.location, "evil") {
		t.Errorf("led away to %q", in.location)
	}
}

func TestAFormThatMetAnExpiredSessionSurvivesTheSecondStep(t *testing.T) {
	f := sample()
	f.second = map[string]bool{"daumoi@phuocthai.dondoc.example": true}
	s := newSite(t, f)
	form := signInWith("daumoi@phuocthai.dondoc.example")
	form.Set("bieu_mau", "/viec/12/bao-cao")
	form.Set("giu.narrative", "đã viết rất lâu")
	asked := s.post("/dang-nhap", form)
	if !strings.Contains(asked.text, "đã viết rất lâu") {
		t.Fatalf("%s", asked.text)
	}
	form.Set("challenge", regexp.MustCompile(`name="challenge" value="([^"]+)"`).FindStringSubmatch(asked.text)[1])
	form.Set("code", goodCode)
	if in := s.post("/dang-nhap/ma", form); in.status != http.StatusUnprocessableEntity && in.status != http.StatusOK || !strings.Contains(in.text, "đã viết rất lâu") {
		t.Errorf("%d %s", in.status, in.text)
	}
}

func TestThePageOfAnAccountsSecurity(t *testing.T) {
	f := sample()
	f.sessions = someSessions()
	s := newSite(t, f).as("commune")
	page := s.get("/bao-mat")
	page.shows(t, "Bảo mật tài khoản", "Chưa bật.", "Firefox", "Nơi này · đăng nhập 15/06/2026, 08:00", "Trình duyệt không rõ tên", "từ địa chỉ mạng 192.0.2.7", "Kết thúc mọi nơi khác", "Tạo khóa")
	s.get("/bao-mat?tao=khoa").shows(t, "Gửi báo cáo, xác nhận, đôn đốc", "90 ngày")
	if strings.Contains(page.text, "<script>") || strings.Contains(page.text, "/bao-mat/phien/7/ket-thuc") || !strings.Contains(page.text, "/bao-mat/phien/8/ket-thuc") {
		t.Errorf("%s", page.text)
	}
	newSite(t, f).as("english").get("/bao-mat").shows(t, "Account security", "Where you are signed in", "New token")
	if got := s.post("/bao-mat/phien/8/ket-thuc", nil); got.location != "/bao-mat?da=phien" {
		t.Errorf("%d %q", got.status, got.location)
	}
	if got := s.post("/bao-mat/phien/9/ket-thuc", nil); got.status != http.StatusNotFound {
		t.Errorf("a stranger's session: %d", got.status)
	}
	s.post("/bao-mat/phien/khac", nil)
	if len(f.ended) != 2 || f.ended[0] != 8 || f.ended[1] != -1 {
		t.Errorf("ended %v", f.ended)
	}
	s.get("/bao-mat?da=phien").shows(t, "Đã kết thúc.")
	if got := newSite(t, sample()).get("/bao-mat"); got.location != "/dang-nhap?tiep=%2Fbao-mat" {
		t.Errorf("signed out: %q", got.location)
	}
}

func TestChangingThePasswordOnItsPage(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	form := url.Values{"current": {"sai"}, "password": {"gió thổi qua cánh đồng"}, "again": {"gió thổi qua cánh đồng"}}
	if got := s.post("/bao-mat/mat-khau", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(readable(got.text), "Mật khẩu hiện tại không đúng.") {
		t.Errorf("%d", got.status)
	}
	form.Set("current", "một câu đủ dài")
	form.Set("again", "khác")
	if got := s.post("/bao-mat/mat-khau", form); got.status != http.StatusUnprocessableEntity || len(s.changed) != 0 {
		t.Errorf("typed differently: %d, %v", got.status, s.changed)
	}
	form.Set("again", form.Get("password"))
	if got := s.post("/bao-mat/mat-khau", form); got.location != "/bao-mat?da=mat-khau" || len(s.changed) != 1 || s.changed[0] != "commune gió thổi qua cánh đồng" {
		t.Errorf("%d %q, %v", got.status, got.location, s.changed)
	}
}

// picture draws the path of the page's QR code as a telephone would see it.
func picture(t *testing.T, page string) image.Image {
	t.Helper()
	found := regexp.MustCompile(`viewBox="0 0 (\d+) \d+"[^>]*>.*?<path d="(M[^"]+)" fill="#000"`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no QR code:\n%s", page)
	}
	const scale = 8
	size, err := strconv.Atoi(found[1])
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, size*scale, size*scale))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for _, run := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(found[2], -1) {
		var n [4]int
		for i := range n {
			if n[i], err = strconv.Atoi(run[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		for x := n[0] * scale; x < (n[0]+n[2])*scale; x++ {
			for y := n[1] * scale; y < (n[1]+1)*scale; y++ {
				img.SetGray(x, y, color.Gray{})
			}
		}
	}
	return img
}

func TestSettingUpASecondFactorOnItsPage(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	if got := s.post("/bao-mat/hai-buoc", url.Values{"current": {"sai"}}); got.status != http.StatusUnprocessableEntity || strings.Contains(got.text, "<path d=\"M4") {
		t.Errorf("%d", got.status)
	}
	form := url.Values{"current": {"một câu đủ dài"}, "idempotency_key": {formKey}}
	started := s.post("/bao-mat/hai-buoc", form)
	started.shows(t, "Quét hình này", "GEZD GNBV GY3T QOJQ", "Bật xác thực hai bước")
	if text, err := qr.Decode(picture(t, started.text)); err != nil || text != otpAddress {
		t.Errorf("the picture says %q, %v", text, err)
	}
	again := s.post("/bao-mat/hai-buoc", form)
	again.shows(t, "Mã bí mật đã hiện một lần.")
	again.lacks(t, "GEZD")
	wrong := s.post("/bao-mat/hai-buoc/xac-nhan", url.Values{"code": {"000000"}})
	wrong.shows(t, "Mã không đúng", "Bật xác thực hai bước")
	confirm := url.Values{"code": {goodCode}, "idempotency_key": {strings.Repeat("a", 32)}}
	on := s.post("/bao-mat/hai-buoc/xac-nhan", confirm)
	on.shows(t, "Đã bật xác thực hai bước.", "ABCD-EFGH-IJKL-MNOP", "Đã bật từ 16/06/2026, 08:02. Còn 10 mã dự phòng.")
	if on.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", on.header)
	}
	s.post("/bao-mat/hai-buoc/xac-nhan", confirm).shows(t, "Các mã dự phòng đã hiện một lần.")
	s.get("/bao-mat").lacks(t, "ABCD-EFGH")
	s.post("/bao-mat/hai-buoc/ma-du-phong", url.Values{"code": {goodCode}}).shows(t, "Đã tạo mã dự phòng mới", "ABCD-EFGH-IJKL-MNOP")
	s.post("/bao-mat/hai-buoc/tat", url.Values{"current": {"một câu đủ dài"}, "code": {"000000"}}).shows(t, "Mã không đúng")
	if got := s.post("/bao-mat/hai-buoc/tat", url.Values{"current": {"một câu đủ dài"}, "code": {goodCode}}); got.location != "/bao-mat?da=hai-buoc" || s.factor.Enabled {
		t.Errorf("%d %q", got.status, got.location)
	}
}

func TestWhoMustEnrolIsLedToThePageOfIt(t *testing.T) {
	f := sample()
	actor := f.people["commune"]
	actor.MustEnrol = true
	f.people["commune"] = actor
	f.factor.Demanded = true
	s := newSite(t, f).as("commune")
	for _, path := range []string{"/", "/viec", "/viec/12", "/thong-bao", "/lich"} {
		if got := s.get(path); got.status != http.StatusSeeOther || got.location != "/bao-mat" {
			t.Errorf("%s: %d %q", path, got.status, got.location)
		}
	}
	if got := s.post("/viec/12/bao-cao", url.Values{"kind": {"nil"}}); got.location != "/bao-mat" || len(f.submitted) != 0 {
		t.Errorf("%d %q, %v", got.status, got.location, f.submitted)
	}
	page := s.get("/bao-mat")
	page.shows(t, "Vai trò của quý vị phải có xác thực hai bước.", "Thiết lập")
	page.lacks(t, "Khóa cho phần mềm khác")
	if got := s.post("/dang-xuat", nil); got.location != "/dang-nhap" {
		t.Errorf("%q", got.location)
	}
}

func TestTokensOnTheirPage(t *testing.T) {
	s := newSite(t, sample(), func(o *Options) { o.Wall = func() time.Time { return at("2026-06-16 08:02") } }).as("commune")
	form := url.Values{"ten": {"Phần mềm <b>văn bản</b>"}, "pham_vi": {"tasks:read", "reports:read"}, "han": {"90"}, "idempotency_key": {formKey}}
	made := s.post("/bao-mat/khoa", form)
	made.shows(t, "Đã tạo khóa: Phần mềm <b>văn bản</b>", "ddt_AbCdEfSecret", "ddt_AbCdEf… · reports:read, tasks:read · đến 14/09/2026, 08:02 · chưa dùng")
	if strings.Contains(made.text, "<b>văn bản") {
		t.Error("a name is shown as markup")
	}
	again := s.post("/bao-mat/khoa", form)
	again.shows(t, "Khóa đã hiện một lần.")
	again.lacks(t, "Secret")
	s.get("/bao-mat").lacks(t, "Secret")
	for _, bad := range []url.Values{
		{"ten": {""}, "pham_vi": {"tasks:read"}, "han": {"90"}}, {"ten": {"x"}, "han": {"90"}}, {"ten": {"x"}, "pham_vi": {"people:write"}, "han": {"9000"}},
	} {
		if got := s.post("/bao-mat/khoa", bad); got.status != http.StatusUnprocessableEntity || strings.Contains(got.text, "ddt_AbCdEfSecret") {
			t.Errorf("%v: %d", bad, got.status)
		}
	}
	if got := s.post("/bao-mat/khoa/6/thu-hoi", nil); got.status != http.StatusNotFound {
		t.Errorf("a stranger's token: %d", got.status)
	}
	if got := s.post("/bao-mat/khoa/5/thu-hoi", nil); got.location != "/bao-mat?da=khoa" || len(s.tokens) != 0 {
		t.Errorf("%d %q", got.status, got.location)
	}
}

func TestSigningInByAProvider(t *testing.T) {
	v := &vouching{email: "daumoi@phuocthai.dondoc.example"}
	with := func(o *Options) { o.Provider, o.ProviderName = v, "công vụ" }
	s := newSite(t, sample(), with)
	page := s.get("/dang-nhap?tiep=%2Fviec%2F1%3Fa%3Db%26c")
	page.shows(t, "Đăng nhập bằng tài khoản công vụ")
	link := html.UnescapeString(regexp.MustCompile(`href="(/dang-nhap/tai-khoan[^"]*)"`).FindStringSubmatch(page.text)[1])
	out := s.get(link)
	cookie := out.header.Get("Set-Cookie")
	if out.status != http.StatusSeeOther || out.location != "https://id.example/authorize?x=1" || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
		t.Fatalf("%d %q %q", out.status, out.location, cookie)
	}
	in := s.get(ProviderReturn + "?state=s&code=c")
	if in.status != http.StatusSeeOther || in.location != "/viec/1?a=b&c" || !strings.Contains(strings.Join(in.header.Values("Set-Cookie"), "\n"), SessionCookie+"=commune") {
		t.Fatalf("%d %q %v", in.status, in.location, in.header)
	}
	back := s.get(ProviderReturn + "?state=s&code=c")
	back.shows(t, "Lần đăng nhập này đã hết thời gian.", "Mật khẩu")
	if back.status != http.StatusUnauthorized {
		t.Errorf("the same return again: %d", back.status)
	}
	for name, c := range map[string]struct {
		change func(*fake)
		email  string
		err    error
		query  string
		status int
		says   string
	}{
		"broken off there":       {email: v.email, query: "?state=s&error=access_denied", status: 401, says: "không xác nhận"},
		"another state":          {email: v.email, query: "?state=x&code=c", status: 401, says: "đã hết thời gian"},
		"no account here":        {email: "ai.do@dondoc.example", query: "?state=s&code=c", status: 401, says: "chưa được cấp quyền"},
		"the provider went away": {err: away, query: "?state=s&code=c", status: 424, says: "Chưa liên lạc được"},
		"with a second factor":   {change: func(f *fake) { f.second = map[string]bool{v.email: true} }, email: v.email, query: "?state=s&code=c", status: 200, says: "Nhập mã xác thực"},
	} {
		f := sample()
		if c.change != nil {
			c.change(f)
		}
		one := &vouching{email: c.email}
		s := newSite(t, f, func(o *Options) { o.Provider, o.ProviderName = one, "công vụ" })
		s.get(providerStart)
		one.err = c.err
		got := s.get(ProviderReturn + c.query)
		if got.status != c.status || !strings.Contains(readable(got.text), c.says) || strings.Contains(strings.Join(got.header.Values("Set-Cookie"), "\n"), SessionCookie+"=") {
			t.Errorf("%s: %d %v\n%s", name, got.status, got.header, readable(got.text))
		}
	}
	v.err = away
	down := newSite(t, sample(), with).get(providerStart)
	down.shows(t, "Chưa liên lạc được với nhà cung cấp tài khoản.", "Mật khẩu")
	if down.status != http.StatusFailedDependency {
		t.Errorf("provider down: %d", down.status)
	}
	if got := newSite(t, sample()).get(providerStart); got.status != http.StatusNotFound {
		t.Errorf("without a provider: %d", got.status)
	}
	newSite(t, sample()).get("/dang-nhap").lacks(t, "Đăng nhập bằng tài khoản")
}

func TestCookiesOfAnAttemptAreTakenAsTheyCome(t *testing.T) {
	s := newSite(t, sample(), func(o *Options) { o.Provider, o.ProviderName = &vouching{}, "x" })
	u, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"", ".", "%%%", "YQ", "YQ.YQ", strings.Repeat("A", 3000)} {
		s.client.Jar.SetCookies(u, []*http.Cookie{{Name: attemptCookie, Value: value, Path: "/"}})
		if got := s.get(ProviderReturn + "?state=s&code=c"); got.status != http.StatusUnauthorized {
			t.Errorf("%q: %d", value, got.status)
		}
	}
}

// Somebody signs in with a code and sets a second factor up, without any script.
func TestSecurityInABrowser(t *testing.T) {
	f := sample()
	f.second = map[string]bool{"daumoi@phuocthai.dondoc.example": true}
	f.sessions = someSessions()
	f.tokens = []account.Token{{ID: 5, Name: "Phần mềm quản lý văn bản và điều hành của Ủy ban nhân dân", Prefix: "ddt_AbCdEf", Scopes: policy.Scopes, ExpiresAt: at("2026-09-14 08:02")}}
	s := newSite(t, f)
	b := browsertest.Start(t, 3*time.Minute)
	shoot := func(name string) { t.Helper(); b.Picture(artifacts, name+"-360") }
	b.Scripts(false)
	b.Width(360)
	b.Open(s.url + "/bao-mat") // asks to sign in first
	b.Do(chromedp.SendKeys(chromedp.CSS("#email"), "daumoi@phuocthai.dondoc.example"),
		chromedp.SendKeys(chromedp.CSS("#password"), "một câu đủ dài"),
		chromedp.Click(chromedp.CSS("main button")),
		chromedp.WaitVisible(chromedp.CSS("#code")))
	shoot("dang-nhap-ma")
	b.Do(chromedp.SendKeys(chromedp.CSS("#code"), goodCode), chromedp.Click(chromedp.CSS("main button")), chromedp.WaitVisible(chromedp.CSS("#mk-moi")))
	shoot("bao-mat")
	b.Do(chromedp.SendKeys(chromedp.CSS("#mk-moi"), "một câu đủ dài"), chromedp.Click(chromedp.CSS("#hai-buoc button")), chromedp.WaitVisible(chromedp.CSS("#ma-dau")))
	shoot("bao-mat-thiet-lap")
	b.Do(chromedp.SendKeys(chromedp.CSS("#ma-dau"), goodCode), chromedp.Click(chromedp.CSS("#hai-buoc button")), chromedp.WaitVisible(chromedp.CSS("#ma-tat")))
	shoot("bao-mat-da-bat")
	b.Do(chromedp.Click(chromedp.CSS("#khoa .acts a")), chromedp.WaitVisible(chromedp.CSS("#ten")), chromedp.Click(chromedp.CSS("#khoa .choice")))
	shoot("bao-mat-khoa")
	if !f.factor.Enabled {
		t.Error("the second factor was not set up")
	}
	for _, width := range []int64{360, 1440} {
		look(t, b, width, "bao-mat-ca-trang", s.url+"/bao-mat?tao=khoa", "commune")
	}
}
