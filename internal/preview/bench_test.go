package preview_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"

	"dondoc/examples"
	"dondoc/internal/calendar"
	"dondoc/internal/calendar/vietnam"
	"dondoc/internal/plan"
	"dondoc/internal/preview"
	"dondoc/internal/timetable"
)

func beside(name string) ([]byte, error) { return examples.Files.ReadFile(path.Clean(name)) }

func read(b testing.TB, name string, source []byte) *plan.Plan {
	b.Helper()
	p, problems := plan.Read(name, source, beside)
	if problems.HasErrors() {
		b.Fatal(problems)
	}
	return p
}

// dongNai is the example, moved to the five years that hold 2026.
func dongNai(b testing.TB) *plan.Plan {
	b.Helper()
	const name = "dong-nai-2016-2020.yaml"
	source, err := examples.Files.ReadFile(name)
	if err != nil {
		b.Fatal(err)
	}
	if source, err = plan.Move(source, plan.YearsToContain(read(b, name, source), calendar.NewDate(2026, 7, 1))); err != nil {
		b.Fatal(err)
	}
	return read(b, name, source)
}

// nation is a plan file that gives thirty duties to every province, district and
// commune of the country, each to report to the agency above it.
func nation() []byte {
	var s strings.Builder
	s.WriteString(`format: 1
code: ca-nuoc
document: {type: Kế hoạch, title: Kế hoạch cả nước, level: government}
issuer: chinh-phu
valid_from: 2026-01-01
valid_to: 2030-12-31
defaults:
  windows: decree_09_2019
  due: {commune: {working_days: 3}, district: {working_days: 4}, other: {working_days: 6}}
units:
  - file: units/viet-nam.csv
    levels:
      province: {code: "tinh-{code}", name: "UBND {name_lower}", parent: chinh-phu}
      district: {code: "huyen-{code}", name: "UBND {name_lower}"}
      commune: {code: "xa-{code}", name: "UBND {name_lower}"}
agencies:
  - {code: chinh-phu, name: Chính phủ, level: government}
groups:
  - {code: tat-ca, name: UBND các cấp, under: chinh-phu}
duties:
`)
	cadences := []string{"monthly", "quarterly", "monthly, quarterly, half_year, yearly", "yearly", "half_year, nine_month"}
	for i := range 30 {
		fmt.Fprintf(&s, "  - {code: II.%d, text: Báo cáo, agencies: \"@tat-ca\", roles: implementing, recipient: parent, cadences: [%s], configured: [cadence, due, recipient]}\n",
			i+1, cadences[i%len(cadences)])
	}
	return []byte(s.String())
}

// peak reports the most memory that the process has held so far.
func peak(b *testing.B) {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return // not Linux
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			if kib, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB"))); err == nil {
				b.ReportMetric(float64(kib)/1024, "peak-MiB")
			}
		}
	}
}

var vietnamese = timetable.Calendars{National: vietnam.National()}

func previewed(b *testing.B, p *plan.Plan, agencies int) {
	b.ReportAllocs()
	var out preview.Preview
	for b.Loop() {
		var err error
		if out, err = preview.Compute(p, vietnamese, preview.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	if len(p.Agencies) < agencies || len(out.Rounds) < 100 {
		b.Fatalf("%d agencies, %d rounds", len(p.Agencies), len(out.Rounds))
	}
	b.ReportMetric(float64(len(out.Rounds)), "rounds")
	b.ReportMetric(float64(len(out.Classes)), "classes")
	peak(b)
}

// BenchmarkProvince previews five years of Đồng Nai with all its units.
func BenchmarkProvince(b *testing.B) { previewed(b, dongNai(b), 197) }

// BenchmarkNationRead reads a plan file that gives thirty duties to 11,367 units.
func BenchmarkNationRead(b *testing.B) {
	b.ReportAllocs()
	source := nation()
	for b.Loop() {
		read(b, "ca-nuoc.yaml", source)
	}
	peak(b)
}

// BenchmarkNation previews five years of it.
func BenchmarkNation(b *testing.B) { previewed(b, read(b, "ca-nuoc.yaml", nation()), 11_368) }

// BenchmarkNationApart is the worst there is: nearly every unit owes another set
// of the thirty duties, so that hardly any two have the same future.
func BenchmarkNationApart(b *testing.B) {
	p := read(b, "ca-nuoc.yaml", nation())
	chance := rand.New(rand.NewPCG(1, 2))
	for i := range p.Duties {
		d := &p.Duties[i]
		kept := make([]plan.Assignment, 0, len(d.Assignments))
		for _, a := range d.Assignments {
			if chance.IntN(3) > 0 {
				kept = append(kept, a)
			}
		}
		d.Assignments = kept
	}
	previewed(b, p, 11_368)
}
