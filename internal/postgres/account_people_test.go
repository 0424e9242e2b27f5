package postgres_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

func TestAdministratorsReachTheirOwnPeopleOnly(t *testing.T) {
	o := newOffice(t)
	o.load(policy.Actor{}, "qt.huyen@dondoc.example,Quản trị huyện,H1,administrator,,\n")
	local := o.as("qt.huyen@dondoc.example")
	page, err := o.accounts.ListPeople(t.Context(), local, account.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var emails []string
	for _, p := range page.People {
		emails = append(emails, p.Email)
	}
	if want := []string{"dau.moi@dondoc.example", "qt.huyen@dondoc.example"}; !slices.Equal(emails, want) {
		t.Errorf("people %v, want %v", emails, want)
	}
	_, err = o.accounts.AdminReset(t.Context(), local, o.id("thu.truong@dondoc.example"))
	wantFault(t, "resetting a stranger", err, fault.NotFound, "not_found")
	if _, err := o.accounts.AdminReset(t.Context(), local, o.id("dau.moi@dondoc.example")); err != nil {
		t.Errorf("resetting one's own: %v", err)
	}
	_, err = o.accounts.ImportPeople(t.Context(), local, o.rows("qt.huyen@dondoc.example,,T,plan_authority,,\n"), false)
	wantFault(t, "giving oneself a post above", err, fault.Invalid, "people.problems")
	for _, who := range []string{"dau.moi@dondoc.example", "thu.truong@dondoc.example"} {
		_, err := o.accounts.ListPeople(t.Context(), o.as(who), account.Filter{})
		wantFault(t, who, err, fault.Forbidden, "people.not_administrator")
		_, err = o.accounts.Invite(t.Context(), o.as(who), o.id("thu.truong@dondoc.example"))
		wantFault(t, who, err, fault.Forbidden, "people.not_administrator")
		_, err = o.accounts.ImportPeople(t.Context(), o.as(who), o.rows("a@dondoc.example,A,H1,head,,\n"), true)
		wantFault(t, who, err, fault.Forbidden, "people.not_administrator")
	}
}

func TestListPeoplePages(t *testing.T) {
	o := newOffice(t)
	admin := o.as("quan.tri@dondoc.example")
	var emails []string
	filter := account.Filter{Limit: 2}
	for {
		page, err := o.accounts.ListPeople(t.Context(), admin, filter)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page.People {
			emails = append(emails, fmt.Sprintf("%s %v %d", p.Email, p.SignedUp, len(p.Posts)))
		}
		if filter.Cursor = page.Next; page.Next == "" {
			break
		}
	}
	if want := []string{"dau.moi@dondoc.example true 2", "quan.tri@dondoc.example false 1", "thu.truong@dondoc.example false 1"}; !slices.Equal(emails, want) {
		t.Errorf("got %v, want %v", emails, want)
	}
	page, err := o.accounts.ListPeople(t.Context(), admin, account.Filter{Query: "THỦ"})
	if err != nil || len(page.People) != 1 || page.People[0].InvitedUntil == nil {
		t.Errorf("search gave %+v, %v", page, err)
	}
	_, err = o.accounts.ListPeople(t.Context(), admin, account.Filter{Cursor: "%"})
	wantFault(t, "a broken cursor", err, fault.Invalid, "cursor.invalid")
}

func TestImportPeople(t *testing.T) {
	o := newOffice(t)
	admin := o.as("quan.tri@dondoc.example")
	list := "dau.moi@dondoc.example,Đầu mối mới,H1,focal_point,2026-01-01,2026-04-30\n" +
		"moi@dondoc.example,Người mới,X1,focal_point,,\n" +
		"thu.truong@dondoc.example,Thủ trưởng UBND huyện,H2,head,,\n"
	before := o.count(`SELECT count(*) FROM audit`)
	dry, err := o.accounts.ImportPeople(t.Context(), admin, o.rows(list), true)
	if err != nil || !dry.DryRun {
		t.Fatalf("got %+v, %v", dry, err)
	}
	if o.count(`SELECT count(*) FROM audit`) != before || o.count(`SELECT count(*) FROM users WHERE email = 'moi@dondoc.example'`) != 0 {
		t.Error("a dry run left something behind")
	}
	real := o.load(admin, list)
	if real.DryRun = true; fmt.Sprint(real) != fmt.Sprint(dry) {
		t.Errorf("the dry run said %+v, the import did %+v", dry, real)
	}
	got, err := json.Marshal(real)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"DryRun":true,"New":1,"Changed":1,"Unchanged":1,"Lines":[` +
		`{"Line":2,"Email":"dau.moi@dondoc.example","Outcome":"changed","Changes":["name","post:H1:focal_point"]},` +
		`{"Line":3,"Email":"moi@dondoc.example","Outcome":"new","Changes":["post:X1:focal_point"]},` +
		`{"Line":4,"Email":"thu.truong@dondoc.example","Outcome":"unchanged","Changes":null}]}`
	if string(got) != want {
		t.Errorf("report\n%s, want\n%s", got, want)
	}
	if n := o.count(`SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id WHERE u.email = 'dau.moi@dondoc.example' AND m.valid_to_on = '2026-04-30'`); n != 1 {
		t.Error("the post was not ended")
	}
	o.link("moi@dondoc.example") // invited
	if again := o.load(admin, list); again.Unchanged != 3 {
		t.Errorf("the same list again: %+v", again)
	}
	if n := o.count(`SELECT count(*) FROM audit WHERE action IN ('user.added', 'user.changed') AND actor_id = $1`, admin.UserID); n != 2 {
		t.Errorf("%d changes in the trail, want 2", n)
	}
}

func TestImportIsWholeOrNothing(t *testing.T) {
	o := newOffice(t)
	_, err := o.accounts.ImportPeople(t.Context(), o.as("quan.tri@dondoc.example"),
		o.rows("a@dondoc.example,A,H1,head,,\nb@dondoc.example,B,H9,head,,\nc@dondoc.example,,H1,head,,\n"), false)
	var problems account.Problems
	if !errors.As(err, &problems) || len(problems) != 2 || problems[0].Line != 3 || problems[1].Line != 4 {
		t.Fatalf("got %v", err)
	}
	if n := o.count(`SELECT count(*) FROM users WHERE email LIKE '_@dondoc.example'`); n != 0 {
		t.Errorf("%d people of a refused list were kept", n)
	}
}
