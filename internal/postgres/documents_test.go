package postgres_test

import (
	"os"
	"strings"
	"testing"

	"dondoc/internal/draft"
	"dondoc/internal/fault"
	"dondoc/internal/issued"
	"dondoc/internal/policy"
)

func readIssued(t *testing.T, text string) issued.Document {
	t.Helper()
	doc, err := issued.Read(t.Context(), "van-ban.txt", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// planAuthority is somebody of the agency that issues plans.
func planAuthority(o *office) policy.Actor {
	o.load(policy.Actor{}, "ban.hanh@dondoc.example,Cơ quan ban hành,T,plan_authority,,\n")
	return o.as("ban.hanh@dondoc.example")
}

// A document is kept with what was read of it; each correction is one version, and what a person teaches about names
// is known in the next document.
func TestADocumentIsCheckedAndTeaches(t *testing.T) {
	o := newOffice(t)
	authority := planAuthority(o)
	content, err := os.ReadFile("../../examples/source/an-thi-2018.txt")
	if err != nil {
		t.Fatal(err)
	}
	d, err := o.accounts.KeepDocument(t.Context(), authority, "an-thi.txt", readIssued(t, string(content)))
	if err != nil || d.Version != 1 || len(d.Draft.Agencies) != 2 || len(d.Lines) == 0 {
		t.Fatalf("%+v %v", d.Draft.Agencies, err)
	}
	if last := d.Lines[len(d.Lines)-1]; last.Number != 93 {
		t.Errorf("the page's own words are kept: line %d %q", last.Number, last.Text)
	}
	open, err := o.accounts.OpenDocuments(t.Context(), authority)
	if err != nil || len(open) != 1 || open[0].Lines != nil {
		t.Errorf("listed %d, %v", len(open), err)
	}
	edited, err := o.accounts.EditDocument(t.Context(), authority, d.ID, 1, draft.Edit{Act: draft.Accept})
	if err != nil || edited.Version != 2 || !edited.Draft.Agencies[0].Duties[0].Checked() {
		t.Fatalf("%+v %v", edited, err)
	}
	_, err = o.accounts.EditDocument(t.Context(), authority, d.ID, 1, draft.Edit{Act: draft.Drop})
	wantFault(t, "an edit of an old version", err, fault.Conflict, "document.changed")
	_, err = o.accounts.EditDocument(t.Context(), authority, d.ID, 2, draft.Edit{Act: draft.Correct, Text: "Cấp cho người có số định danh cá nhân 079303000123", Role: draft.Lead})
	wantFault(t, "an identity number", err, fault.Invalid, "privacy.identity")
	// The name as written means an agency of the tree: taught once, known ever after.
	names, err := o.accounts.AgencyNames(t.Context(), authority, d.AgencyID)
	if err != nil {
		t.Fatal(err)
	}
	written := d.Draft.Agencies[0].Names[0]
	if unit, _, ok := names.Find(written, ""); ok {
		t.Fatalf("%q is known before as %s", written, unit.Code)
	}
	if _, err := o.accounts.EditDocument(t.Context(), authority, d.ID, 2, draft.Edit{Act: draft.Address, Names: []string{"H1"}}); err != nil {
		t.Fatal(err)
	}
	if names, err = o.accounts.AgencyNames(t.Context(), authority, d.AgencyID); err != nil {
		t.Fatal(err)
	}
	if unit, _, ok := names.Find(strings.ToUpper(written), ""); !ok || unit.Code != "H1" {
		t.Errorf("%q was not learned: %+v", written, unit)
	}
	if n := o.count(`SELECT count(*) FROM audit WHERE entity = 'document'`); n != 3 {
		t.Errorf("%d entries in the trail", n)
	}
	for _, who := range []policy.Actor{o.as("dau.moi@dondoc.example"), o.as("quan.tri@dondoc.example")} {
		_, err = o.accounts.FindDocument(t.Context(), who, d.ID)
		wantFault(t, "somebody else", err, fault.NotFound, "not_found")
		_, err = o.accounts.KeepDocument(t.Context(), who, "x", readIssued(t, "KẾ HOẠCH\nViệc"))
		wantFault(t, "somebody else", err, fault.NotFound, "not_found")
	}
	if err := o.accounts.DropDocument(t.Context(), authority, d.ID); err != nil {
		t.Fatal(err)
	}
	_, err = o.accounts.FindDocument(t.Context(), authority, d.ID)
	wantFault(t, "what was given up", err, fault.NotFound, "not_found")
}

// What may not be kept is refused with the line, and nothing of it stays.
func TestADocumentWithPersonsIsRefused(t *testing.T) {
	o := newOffice(t)
	_, err := o.accounts.KeepDocument(t.Context(), planAuthority(o), "x.txt", readIssued(t, "KẾ HOẠCH\nThực hiện năm 2026\nI. MỤC ĐÍCH\n1. Cấp căn cước số 079303000123 cho công dân."))
	wantFault(t, "an identity number", err, fault.Invalid, "privacy.identity")
	if f := fault.Of(err); f.Line != 4 {
		t.Errorf("the fault names line %d", f.Line)
	}
	if n := o.count(`SELECT count(*) FROM documents`); n != 0 {
		t.Errorf("%d documents are kept", n)
	}
}
