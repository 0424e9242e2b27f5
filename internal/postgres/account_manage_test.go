package postgres_test

import (
	"slices"
	"testing"

	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

func TestGrantingAndEndingPosts(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-02 09:00")
	grant := func(as policy.Actor, email, agency string, role policy.Role, from, to calendar.Date) (account.Person, error) {
		return s.accounts.GrantPost(t.Context(), as, account.GrantInput{UserID: s.user(email), AgencyID: s.agency(agency), Role: role, From: from, To: to})
	}
	s.colleague("quan.tri.d1@dondoc.example", "administrator", "d1")
	for _, c := range []struct {
		what          string
		as            policy.Actor
		email, agency string
		role          policy.Role
		from, to      calendar.Date
		code          string
	}{
		{"oneself a role that reads", s.admin, adminAt, "d1", policy.Supervisor, calendar.Date{}, calendar.Date{}, "post.own"},
		{"oneself any role", s.admin, adminAt, "d1", policy.Administrator, calendar.Date{}, calendar.Date{}, "post.own"},
		{"not an administrator", s.who(headD1), twoD1, "d1", policy.Head, calendar.Date{}, calendar.Date{}, "people.not_administrator"},
		{"an agency above", s.who("quan.tri.d1@dondoc.example"), twoD1, "tinh", policy.Head, calendar.Date{}, calendar.Date{}, "not_found"},
		{"a stranger", s.who("quan.tri.d1@dondoc.example"), headSo, "d1", policy.Head, calendar.Date{}, calendar.Date{}, "not_found"},
		{"the past", s.admin, twoD1, "d1", policy.Head, february(1), calendar.Date{}, "post.past"},
		{"backwards", s.admin, twoD1, "d1", policy.Head, february(5), february(4), "post.span"},
		{"what is held", s.admin, twoD1, "d1", policy.FocalPoint, calendar.Date{}, calendar.Date{}, "post.held"},
	} {
		_, err := grant(c.as, c.email, c.agency, c.role, c.from, c.to)
		if f := fault.Of(err); f == nil || f.Code != c.code {
			t.Errorf("%s: %v, want %s", c.what, err, c.code)
		}
	}
	person, err := grant(s.admin, twoD1, "so", policy.Supervisor, february(3), calendar.Date{})
	if err != nil || len(person.Posts) != 2 {
		t.Fatalf("%+v, %v", person, err)
	}
	if len(s.who(twoD1).Posts) != 1 {
		t.Error("the post begins before its day")
	}
	if _, err := grant(s.admin, "quan.tri.d1@dondoc.example", "so", policy.Administrator, calendar.Date{}, calendar.Date{}); err != nil {
		t.Fatal(err)
	}
	granted := s.post(twoD1, "supervisor")
	s.want("told in the morning, once, and only of what reads", s.strings(`SELECT u.email || ' ' || n.cause || to_char(n.deliver_at AT TIME ZONE 'Asia/Ho_Chi_Minh', ' MM-DD HH24:MI')
		FROM notifications n JOIN users u ON u.id = n.user_id WHERE n.kind = 'role_granted' AND n.cause = 'granted:' || $1::bigint`, granted),
		"plan_authority.tinh@dondoc.example granted:"+s.strings(`SELECT $1::bigint::text`, granted)[0]+" 02-03 08:00")
	s.want("grants told", s.strings(`SELECT count(*)::text FROM notifications WHERE kind = 'role_granted'`), "1")
	s.clock.set(t, "2026-02-03 08:00")
	page, err := s.store.ListNotices(t.Context(), s.authority, 10, "")
	if err != nil || page.Items[0].Kind != notice.RoleGranted || page.Items[0].Role != "supervisor" || page.Items[0].AgencyName != "Sở" {
		t.Errorf("%+v, %v", page.Items, err)
	}
	// Given by mistake, taken back at once, as if it had never been.
	if _, err := s.accounts.EndPost(t.Context(), s.admin, account.EndInput{PostID: granted, LastOn: february(2)}); err != nil {
		t.Fatal(err)
	}
	if len(s.who(twoD1).Posts) != 1 {
		t.Error("the post is still held")
	}
	_, err = s.accounts.EndPost(t.Context(), s.who("quan.tri.d1@dondoc.example"), account.EndInput{PostID: s.post("focal_point.d2@dondoc.example", "focal_point"), LastOn: february(9)})
	wantFault(t, "a post elsewhere", err, fault.NotFound, "not_found")
}

// A list that an administrator imports is a grant like any other; what the
// installation's own command line loads is not.
func TestAnImportedGrantIsToldToo(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-02 09:00")
	list := func(email string) []account.Row {
		rows, err := account.ReadPeople([]byte("email,name,agency_code,role\n" + email + ",Chuyên viên,so,supervisor\n" + email + ",,so,administrator\n"))
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	told := func() []string {
		return s.strings(`SELECT u.email FROM notifications n JOIN users u ON u.id = n.user_id WHERE n.kind = 'role_granted'`)
	}
	if _, err := s.accounts.ImportPeople(t.Context(), policy.Actor{}, list("mot.so@dondoc.example"), false); err != nil {
		t.Fatal(err)
	}
	s.want("by the installation", told())
	if _, err := s.accounts.ImportPeople(t.Context(), s.admin, list("hai.so@dondoc.example"), false); err != nil {
		t.Fatal(err)
	}
	s.want("by an administrator, once for the role that reads", told(), "plan_authority.tinh@dondoc.example")
}

func TestChangingAnAddressEndsSessionsAndTellsTheOldOne(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-02 09:00")
	if err := s.accounts.SetPassword(t.Context(), twoD1, password); err != nil {
		t.Fatal(err)
	}
	token, _, err := s.accounts.SignIn(t.Context(), twoD1, password)
	if err != nil {
		t.Fatal(err)
	}
	in := account.EditInput{UserID: s.user(twoD1), Version: s.version(twoD1), Name: "Đầu mối thứ hai", Phone: "", Email: twoD1}
	person, err := s.accounts.EditPerson(t.Context(), s.admin, in)
	if err != nil || person.Name != "Đầu mối thứ hai" {
		t.Fatalf("%+v, %v", person, err)
	}
	if _, err := s.accounts.ActorOf(t.Context(), token); err != nil {
		t.Errorf("another name ends the session: %v", err)
	}
	_, err = s.accounts.EditPerson(t.Context(), s.admin, in)
	wantFault(t, "over an older version", err, fault.Conflict, "person.changed")
	in.Version, in.Email = person.Version, headD1
	_, err = s.accounts.EditPerson(t.Context(), s.admin, in)
	wantFault(t, "somebody else's address", err, fault.Conflict, "user.exists")
	s.mails()
	s.clock.set(t, "2026-02-04 08:00")
	s.run(s.round)
	now, _ := s.clock.Now(t.Context())
	if _, err := s.store.ComposeMessages(t.Context(), now, "dondoc.example"); err != nil {
		t.Fatal(err)
	}
	in.Email = "Moi.D1@dondoc.example"
	if person, err = s.accounts.EditPerson(t.Context(), s.admin, in); err != nil || person.Email != "moi.d1@dondoc.example" {
		t.Fatalf("%+v, %v", person, err)
	}
	_, err = s.accounts.ActorOf(t.Context(), token)
	wantFault(t, "the session", err, fault.Unauthenticated, "session.none")
	s.want("mail to the old address, without a link of authority", s.strings(`SELECT address || ' ' || (body_text LIKE '%/lien-ket/%')::text FROM messages WHERE kind = 'account'`), twoD1+" false")
	if mails := s.mails(); !slices.Contains(mails, "moi.d1@dondoc.example") || !slices.Contains(mails, twoD1) {
		t.Errorf("what waited goes to the new address, the word of it to the old one: %v", mails)
	}
	s.want("no name and no address in the trail", s.strings(`SELECT id::text FROM audit WHERE after::text LIKE '%@%' OR after::text LIKE '%thứ hai%'`))
}

func (s *staff) version(email string) int {
	s.t.Helper()
	return int(s.ids(`SELECT version FROM users WHERE email = $1`, email)[0])
}
