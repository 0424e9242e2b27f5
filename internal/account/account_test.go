package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

var cheap = Cost{MemoryKiB: 64, Passes: 1, Threads: 1}

func TestPasswordHashing(t *testing.T) {
	h, err := NewHasher(cheap, 2)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	hash, err := h.Hash(ctx, "Trời hôm nay đẹp")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("hash %q is not in PHC form", hash)
	}
	again, err := h.Hash(ctx, "Trời hôm nay đẹp")
	if err != nil || again == hash {
		t.Errorf("the same password gave the same hash twice (%v): the salt is missing", err)
	}
	for _, c := range []struct {
		name, hash, password string
		want                 bool
	}{
		{"the password", hash, "Trời hôm nay đẹp", true},
		{"the same letters in decomposed form", hash, "Trơ\u0300i hôm nay đe\u0323p", true},
		{"another password", hash, "trời hôm nay đẹp", false},
		{"nothing", hash, "", false},
		{"no such account", "", "Trời hôm nay đẹp", false},
	} {
		got, err := h.Verify(ctx, c.hash, c.password)
		if err != nil || got != c.want {
			t.Errorf("%s: got %v, %v; want %v", c.name, got, err, c.want)
		}
	}
}

func TestDamagedHashIsAnErrorNotARefusal(t *testing.T) {
	h, err := NewHasher(cheap, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, hash := range []string{"plain", "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA", "$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$eA"} {
		if ok, err := h.Verify(t.Context(), hash, "x"); err == nil || ok || fault.Of(err) != nil {
			t.Errorf("%q: got %v, %v; want an unexpected error", hash, ok, err)
		}
	}
}

func TestHashingIsLimited(t *testing.T) {
	h, err := NewHasher(cheap, 1)
	if err != nil {
		t.Fatal(err)
	}
	h.slots <- struct{}{} // somebody else's password is being hashed
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Hash(ctx, "Trời hôm nay đẹp"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v, want a fault that says to try again", err)
	}
	<-h.slots
	if _, err := h.Hash(t.Context(), "Trời hôm nay đẹp"); err != nil {
		t.Errorf("with a free slot: %v", err)
	}
}

func TestPasswordRules(t *testing.T) {
	for _, c := range []struct{ name, password, code string }{
		{"a sentence", "mưa rơi trên mái ngói", ""},
		{"random letters", "xkw7-mqpz-bd2n", ""},
		{"too short", "xkw7-mqpz", "password.short"},
		{"length counts characters, not bytes", "ởởởởởởẫẫẫ", "password.short"},
		{"too long", strings.Repeat("abcde fghij ", 20), "password.long"},
		{"one letter", "aaaaaaaaaaaaaaaa", "password.simple"},
		{"digits in order", "123456789012", "password.simple"},
		{"digits backwards", "9876543210987", "password.simple"},
		{"a common word made longer", "Password2026!!", "password.simple"},
		{"the product's name made longer", "DonDoc@2026-2030", "password.simple"},
		{"the e-mail address made longer", "van.thu.tanphu1", "password.simple"},
		{"only digits", "582047136958", "password.simple"},
		{"a control character", "xkw7-mqpz-bd2n\x00", "password.characters"},
	} {
		err := CheckPassword(c.password, "van.thu.tanphu@dondoc.example")
		switch f := fault.Of(err); {
		case c.code == "" && err != nil:
			t.Errorf("%s: refused: %v", c.name, err)
		case c.code != "" && (f == nil || f.Code != c.code || f.Field != "password"):
			t.Errorf("%s: got %v, want %s", c.name, err, c.code)
		}
	}
}

func TestTokens(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		token, hash := NewToken()
		if len(token) != 43 || seen[token] || string(HashToken(token)) != string(hash) || len(hash) != 32 {
			t.Fatalf("token %q, hash of %d bytes", token, len(hash))
		}
		seen[token] = true
	}
	if got := LinkURL("https://dondoc.example/", "a-b_c"); got != "https://dondoc.example/lien-ket/a-b_c" {
		t.Errorf("link %q", got)
	}
}

func TestThrottle(t *testing.T) {
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	throttle := NewThrottle(func() time.Time { return now })
	from := func(address string) context.Context { return WithAddress(t.Context(), address) }
	tries := func(email, address string) int {
		for n := 0; ; n++ {
			if err := throttle.SignIn(from(address), email); err != nil {
				if !fault.Is(err, fault.TooMany) {
					t.Fatal(err)
				}
				return n
			}
		}
	}
	if n := tries("a@dondoc.example", "192.0.2.1"); n != 10 {
		t.Errorf("%d tries from one place, want 10", n)
	}
	if n := tries("a@dondoc.example", "192.0.2.2"); n != 10 {
		t.Errorf("the owner elsewhere had %d tries, want 10: a stranger must not lock them out", n)
	}
	var wait *TooMany
	if err := throttle.SignIn(from("192.0.2.1"), "a@dondoc.example"); !errors.As(err, &wait) || wait.Seconds() != 30 {
		t.Errorf("got %v, want to wait 30 s", err)
	}
	now = now.Add(30 * time.Second)
	if err := throttle.SignIn(from("192.0.2.1"), "a@dondoc.example"); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if err := throttle.SignIn(from("192.0.2.1"), "a@dondoc.example"); err == nil {
		t.Error("one try was earned, two were given")
	}
	throttle.SignedIn(from("192.0.2.1"), "a@dondoc.example")
	if n := tries("a@dondoc.example", "192.0.2.1"); n != 10 {
		t.Errorf("after the right password %d tries, want 10", n)
	}
}

func TestFetchingFeedsKeepsNobodyFromSigningIn(t *testing.T) {
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	throttle := NewThrottle(func() time.Time { return now })
	office := WithAddress(t.Context(), "192.0.2.1")
	fetches := func(token string) (n int) {
		for throttle.Feed(office, HashToken(token)) == nil {
			n++
		}
		return n
	}
	if n := fetches("a"); n != 20 {
		t.Errorf("%d fetches of one feed, want 20", n)
	}
	for i := 0; throttle.Feed(office, HashToken(fmt.Sprint("guess", i))) == nil; i++ {
		if i > 600 {
			t.Fatal("guessing has no end")
		}
	}
	if err := throttle.SignIn(office, "a@dondoc.example"); err != nil {
		t.Errorf("signing in: %v", err)
	}
	now = now.Add(15 * time.Second)
	if n := fetches("a"); n != 1 {
		t.Errorf("%d fetches after a quarter of a minute, want 1", n)
	}
}

func TestThrottleForgetsMadeUpAddresses(t *testing.T) {
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	throttle := NewThrottle(func() time.Time { return now })
	for i := range 3 * maxBuckets {
		now = now.Add(10 * time.Millisecond)
		if err := throttle.TakeUp(WithAddress(t.Context(), fmt.Sprintf("address %d", i))); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(throttle.buckets); n > maxBuckets+1 {
		t.Errorf("%d buckets are kept", n)
	}
}

func TestReadPeople(t *testing.T) {
	rows, err := ReadPeople([]byte("\xef\xbb\xbfemail;name;role;agency_code;valid_from;valid_to\r\n" +
		"Van.Thu@dondoc.example;Đầu mối UBND huyện Tân Phú;đầu mối;H-TANPHU;01/07/2026;\r\n" +
		"van.thu@dondoc.example;;head;H-TANPHU;2026-07-01;2026-12-31\r\n;;;;;\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 {
		t.Fatalf("%d rows, want 2", len(rows))
	}
	july := calendar.NewDate(2026, 7, 1)
	for i, want := range []Row{
		{Line: 2, Email: "van.thu@dondoc.example", Name: "Đầu mối UBND huyện Tân Phú", AgencyCode: "H-TANPHU", Role: policy.FocalPoint, ValidFrom: july},
		{Line: 3, Email: "van.thu@dondoc.example", Name: "Đầu mối UBND huyện Tân Phú", AgencyCode: "H-TANPHU", Role: policy.Head, ValidFrom: july, ValidTo: calendar.NewDate(2026, 12, 31)},
	} {
		got := rows[i]
		got.columns = nil
		if got.Line != want.Line || got.Email != want.Email || got.Name != want.Name || got.Role != want.Role || got.ValidFrom != want.ValidFrom || got.ValidTo != want.ValidTo || got.AgencyCode != want.AgencyCode {
			t.Errorf("row %d is %+v, want %+v", i, got, want)
		}
	}
}

func TestReadPeopleNamesEveryFaultAtOnce(t *testing.T) {
	_, err := ReadPeople([]byte("email,name,language,agency_code,role,valid_from,valid_to\n" +
		"không phải thư,Đầu mối,vi,A1,focal_point,,\n" + // 2: e-mail
		"b@dondoc.example,Đầu mối,fr,A1,chief,2026-02-30,\n" + // 3: language, role, date
		"c@dondoc.example,Đầu mối,vi,,head,2026-05-01,2026-04-01\n" + // 4: agency, span
		"d@dondoc.example,Đầu mối Sở,vi,A1,head,,\n" +
		"d@dondoc.example,Tên khác,vi,A1,head,2027-01-01,\n" + // 6: name differs, post twice
		"e@dondoc.example,Đầu mối,vi,A1\n")) // 7: fields
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("got %v, want problems", err)
	}
	want := []struct {
		line, column int
		code         string
	}{
		{2, 1, "email.form"},
		{3, 26, "people.language"}, {3, 32, "people.role"}, {3, 38, "people.date"},
		{4, 29, "people.agency_missing"}, {4, 46, "people.span"},
		{6, 18, "people.differs"}, {6, 33, "people.post_twice"},
		{7, 1, "people.fields"},
	}
	if len(problems) != len(want) {
		t.Fatalf("%d problems, want %d: %+v", len(problems), len(want), problems)
	}
	for i, w := range want {
		p := problems[i]
		if p.Line != w.line || p.Column != w.column || p.Code != w.code || p.VI == "" || p.EN == "" || p.VI == p.EN || strings.Contains(p.VI+p.EN, "%!") {
			t.Errorf("problem %d is %+v, want %+v", i, p, w)
		}
	}
	if f := fault.Of(err); f == nil || f.Kind != fault.Invalid || len(f.Details) != len(want) {
		t.Errorf("the problems are no fault with details: %v", f)
	}
}

func TestReadPeopleRefusesWhatIsNoList(t *testing.T) {
	for _, c := range []struct{ name, source, code string }{
		{"nothing", "", "people.empty"},
		{"another encoding", "email,role,agency_code\n\xff\xfe", "people.encoding"},
		{"an unknown column", "email,role,agency_code,cmnd\n", "people.column"},
		{"a column twice", "email,role,agency_code,role\n", "people.column_twice"},
		{"no agency", "email,role\n", "people.column_missing"},
		{"a stray quote", "email,role,agency_code\na@dondoc.example,he\"ad,A1\n", "people.syntax"},
	} {
		_, err := ReadPeople([]byte(c.source))
		var problems Problems
		if !errors.As(err, &problems) || problems[0].Code != c.code {
			t.Errorf("%s: got %v, want %s", c.name, err, c.code)
		}
	}
}

func TestReadPeopleNeverPanics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.SampledFrom([]string{"a@dondoc.example", ",", ";", "\n", "\"", "head", "A1", "Đ", "\xff", "01/07/2026", " "}), 0, 60).Draw(t, "body")
		rows, err := ReadPeople([]byte("email,role,agency_code,valid_from\n" + strings.Join(body, "")))
		if err != nil && (len(rows) > 0 || fault.Of(err) == nil) {
			t.Fatalf("rows %v with error %v", rows, err)
		}
	})
}
