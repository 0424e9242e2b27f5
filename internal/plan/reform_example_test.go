package plan_test

import (
	"encoding/csv"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"dondoc/internal/agency"
	"dondoc/internal/plan"
)

func rows(t *testing.T, name string) []map[string]string {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(string(source(t, name)))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, key := range lines[0] {
			row[key] = line[i]
		}
		list = append(list, row)
	}
	return list
}

func reorganisationExample(t *testing.T, name string) *agency.Reorganisation {
	t.Helper()
	x, problems := plan.ReadReorganisation(name, source(t, "reorganisations/"+name))
	if x == nil || len(problems) > 0 {
		t.Fatalf("%s: %s", name, problems)
	}
	return x
}

func TestEveryReorganisationExampleIsSound(t *testing.T) {
	entries, err := os.ReadDir(examples + "/reorganisations")
	if err != nil || len(entries) < 3 {
		t.Fatalf("%d examples, %v", len(entries), err)
	}
	for _, e := range entries {
		reorganisationExample(t, e.Name())
	}
}

// Resolution 1662/NQ-UBTVQH15: 95 units, 72 xã and 23 phường, of which 67 and 21
// were formed by it and seven were left as they were.
func TestTheUnitsOfTheReformAreThoseOfTheResolution(t *testing.T) {
	formed, kept := map[string]int{}, []string{}
	for _, row := range rows(t, "units/dong-nai-2025.csv") {
		kind, _, _ := strings.Cut(row["name"], " ")
		switch row["level"] {
		case "commune":
			formed[kind]++
		case "unchanged_commune":
			kept = append(kept, row["name"])
		}
	}
	slices.Sort(kept)
	if formed["Xã"] != 67 || formed["Phường"] != 21 || len(formed) != 2 {
		t.Errorf("formed: %v", formed)
	}
	if want := "Phường Phước Tân, Phường Tam Phước, Xã Bù Gia Mập, Xã Phú Lý, Xã Thanh Sơn, Xã Đak Lua, Xã Đăk Ơ"; strings.Join(kept, ", ") != want {
		t.Errorf("left as they were: %v", kept)
	}
}

func TestEveryOldCommuneHasASuccessor(t *testing.T) {
	now := map[string]string{}
	for _, row := range rows(t, "units/dong-nai-2025.csv") {
		now[row["code"]] = row["name"]
	}
	heirs, configured := map[string][]string{}, 0
	for _, row := range rows(t, "units/dong-nai-2025-succession.csv") {
		if now[row["new_code"]] != row["new_name"] {
			t.Errorf("%s: %s is no unit of 2025", row["old_name"], row["new_name"])
		}
		heirs[row["old_code"]] = append(heirs[row["old_code"]], row["new_code"])
		if row["configured"] != "" {
			configured++
		}
		delete(now, "75")
	}
	reached := map[string]bool{}
	var divided []string
	for old, list := range heirs {
		for _, heir := range list {
			reached[heir] = true
		}
		if len(list) > 1 {
			divided = append(divided, old)
		}
	}
	for code, name := range now {
		if !reached[code] {
			t.Errorf("%s came from nowhere", name)
		}
	}
	old := 0
	for _, row := range rows(t, "units/dong-nai.csv") {
		if row["level"] != "commune" {
			continue
		}
		old++
		if len(heirs[row["code"]]) == 0 {
			t.Errorf("%s has no successor", row["name"])
		}
	}
	if old != 170 || len(heirs) != 281 || len(reached) != 95 || configured != 10 || !slices.Equal(divided, []string{"26122"}) {
		t.Errorf("%d old communes of Đồng Nai, %d in all, %d new ones, %d configured, divided: %v", old, len(heirs), len(reached), configured, divided)
	}
}

// The file that is applied says what the list of facts says, of every unit that
// the plan of 2021 - 2025 knows.
func TestTheReorganisationOfJulyIsThatOfTheList(t *testing.T) {
	x := reorganisationExample(t, "dong-nai-2025-07-01.yaml")
	applied := map[string][]string{}
	for _, c := range x.Changes {
		for _, a := range c.Agencies {
			if !strings.HasPrefix(a.Code, "xa-") {
				continue
			}
			if c.Act == agency.Move {
				applied[a.Code] = []string{strings.TrimPrefix(a.Code, "xa-")}
			}
			for _, heir := range c.Into {
				applied[a.Code] = append(applied[a.Code], strings.TrimPrefix(heir.Code, "xp-"))
			}
		}
	}
	facts := map[string][]string{}
	for _, row := range rows(t, "units/dong-nai-2025-succession.csv") {
		if row["old_province"] == "Tỉnh Đồng Nai" {
			facts["xa-"+row["old_code"]] = append(facts["xa-"+row["old_code"]], row["new_code"])
		}
	}
	for _, code := range slices.Sorted(maps.Keys(facts)) {
		if !slices.Equal(applied[code], facts[code]) {
			t.Errorf("%s: applied %v, listed %v", code, applied[code], facts[code])
		}
	}
	p := readExample(t, "dong-nai-2021-2025.yaml")
	units := 0
	for _, a := range p.Agencies {
		if a.Level == "commune" {
			units++
			if applied[a.Code] == nil {
				t.Errorf("nothing is said of %s", a.Name)
			}
		}
	}
	if units != 170 || len(applied) != 170 || len(x.Founded) != 90 {
		t.Errorf("%d communes in the plan, %d in the file, %d founded", units, len(applied), len(x.Founded))
	}
	// Afterwards the tree is that of the edition of 2026, but for names that changed in between.
	codes := map[string]bool{}
	for _, a := range readExample(t, "dong-nai-2026.yaml").Agencies {
		if a.Level == "commune" {
			codes[a.Code] = true
		}
	}
	for _, f := range x.Founded {
		if !codes[f.Code] {
			t.Errorf("the edition of 2026 does not know %s", f.Name)
		}
	}
	if len(codes) != 95 {
		t.Errorf("the edition of 2026 has %d communes", len(codes))
	}
}
