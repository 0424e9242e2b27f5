package postgres_test

import (
	"slices"
	"testing"

	"dondoc/internal/fault"
	"dondoc/internal/geo"
)

// Outlines find their agencies by code, by number and by name without accents; what
// is not found is named.
func TestOutlinesFindTheirAgencies(t *testing.T) {
	o := newOffice(t)
	o.exec(`UPDATE agencies SET name = 'UBND huyện Định Quán' WHERE code = 'H1'`)
	admin := o.as("quan.tri@dondoc.example")
	square := [][]geo.Point{{{106, 11}, {107, 11}, {107, 12}, {106, 11}}}
	shapes := []geo.Shape{{Name: "Huyện Định Quán", Rings: square}, {Key: "T", Name: "tỉnh", Rings: square}, {Key: "99", Name: "Nơi khác", Rings: square}}
	loaded, err := o.accounts.LoadOutlines(t.Context(), admin, shapes, "Bản đồ mẫu, CC0")
	if err != nil || loaded.Matched != 2 || !slices.Equal(loaded.Unmatched, []string{"Nơi khác"}) {
		t.Fatalf("%+v %v", loaded, err)
	}
	// Loading again replaces.
	if loaded, err = o.accounts.LoadOutlines(t.Context(), admin, shapes[:1], "Bản đồ mới, CC0"); err != nil || loaded.Matched != 1 {
		t.Fatalf("%+v %v", loaded, err)
	}
	outlines, err := o.accounts.Outlines(t.Context(), o.as("dau.moi@dondoc.example"))
	if err != nil || len(outlines) != 2 {
		t.Fatalf("%+v %v", outlines, err)
	}
	for _, one := range outlines {
		if one.Code == "H1" && (one.Source != "Bản đồ mới, CC0" || len(one.Rings[0]) != 4) {
			t.Errorf("%+v", one)
		}
	}
	if n := o.count(`SELECT count(*) FROM audit WHERE action = 'agency.outlines_loaded'`); n != 2 {
		t.Errorf("%d entries in the trail", n)
	}
	_, err = o.accounts.LoadOutlines(t.Context(), admin, shapes, " ")
	wantFault(t, "without a source", err, fault.Invalid, "outlines.source")
	_, err = o.accounts.LoadOutlines(t.Context(), admin, shapes[2:], "CC0")
	wantFault(t, "nothing found", err, fault.Invalid, "outlines.none")
	_, err = o.accounts.LoadOutlines(t.Context(), o.as("dau.moi@dondoc.example"), shapes, "CC0")
	wantFault(t, "a focal point", err, fault.NotFound, "not_found")
}

// An agency whose code is also its official identifier is one agency, and a unit
// that the file gives in parts keeps all of them.
func TestOutlinesOfOneAgencyComeTogether(t *testing.T) {
	o := newOffice(t)
	o.exec(`UPDATE agencies SET official_id = code WHERE code = 'H1'`)
	admin := o.as("quan.tri@dondoc.example")
	mainland := [][]geo.Point{{{106, 11}, {107, 11}, {107, 12}, {106, 11}}}
	island := [][]geo.Point{{{108, 11}, {109, 11}, {109, 12}, {108, 11}}}
	loaded, err := o.accounts.LoadOutlines(t.Context(), admin, []geo.Shape{{Key: "H1", Rings: mainland}, {Key: "H1", Rings: island}}, "Bản đồ mẫu, CC0")
	if err != nil || loaded.Matched != 1 || len(loaded.Ambiguous) != 0 {
		t.Fatalf("%+v %v", loaded, err)
	}
	outlines, err := o.accounts.Outlines(t.Context(), admin)
	if err != nil || len(outlines) != 1 || len(outlines[0].Rings) != 2 {
		t.Errorf("%+v %v", outlines, err)
	}
}
