package command

import (
	"testing"
	"time"
)

func TestTheSpanOfAnExportIsWholeDaysOfVietNam(t *testing.T) {
	for _, c := range []struct{ from, to, first, end string }{
		{"", "", "", ""},
		{"2026-11-01", "", "2026-10-31T17:00:00Z", ""},
		{"2026-11-01", "2026-11-01", "2026-10-31T17:00:00Z", "2026-11-01T17:00:00Z"},
		{"", "2026-12-31", "", "2026-12-31T17:00:00Z"},
	} {
		first, end, err := exportSpan(c.from, c.to)
		told := func(at time.Time) string {
			if at.IsZero() {
				return ""
			}
			return at.UTC().Format(time.RFC3339)
		}
		if err != nil || told(first) != c.first || told(end) != c.end {
			t.Errorf("%q to %q: %s to %s, %v", c.from, c.to, told(first), told(end), err)
		}
	}
	for _, c := range [][2]string{{"1/11/2026", ""}, {"", "2026-13-01"}, {"2026-11-02", "2026-11-01"}} {
		if _, _, err := exportSpan(c[0], c[1]); err == nil {
			t.Errorf("%q to %q was taken", c[0], c[1])
		}
	}
}
