package rehearsal

import (
	"os"
	"testing"
	"time"
)

func theProvince(t testing.TB) *province {
	t.Helper()
	units, err := os.ReadFile("../../../examples/units/dong-nai.csv")
	if err != nil {
		t.Fatal(err)
	}
	p, err := readProvince(string(units))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// theYear is followed from an hour before the first round opens, and into
// January until the last of December's ladders has ended.
var theYear = Run{From: instant("2026-01-01 07:00"), Until: instant("2027-01-05 12:00")}

func TestSizes(t *testing.T) {
	begin := time.Now()
	e := Expect(theProvince(t), theYear)
	b := e.Book()
	for c, l := range b {
		t.Log(c, len(l))
		for i := 0; i < len(l); i += len(l)/4 + 1 {
			t.Log("   ", l[i])
		}
	}
	instants := map[time.Time]bool{}
	for _, a := range e.acts {
		instants[a.at] = true
	}
	t.Log("acts instants", len(instants))
	for _, r := range e.rounds {
		instants[r.opened] = true
		instants[r.closed] = true
		for _, t := range r.tasks {
			for _, s := range t.steps {
				instants[s.runAt] = true
			}
		}
	}
	for _, m := range e.messages {
		instants[m.at] = true
	}
	t.Log("instants", len(instants), time.Since(begin))
}
