package calendar

import (
	"fmt"
	"regexp"
	"time"
)

// byHandNames are the cadences whose rounds people open, as their keys and labels begin.
var byHandNames = map[Cadence]struct{ key, vi, en string }{
	AdHoc: {"adhoc", "Đột xuất", "Ad hoc"},
	Flash: {"flash", "Báo cáo nhanh", "Flash report"},
	Event: {"event", "Theo sự việc", "Event"},
}

var byHandKey = regexp.MustCompile(`^(adhoc|flash|event)-(\d{4}-\d{2}-\d{2})-([1-9]\d*)$`)

// ByHandKey is the period key of the n-th round of a duty that people open on a
// day: "adhoc-2026-11-25-1".
func ByHandKey(c Cadence, on Date, n int) string {
	return fmt.Sprintf("%s-%s-%d", byHandNames[c].key, on, n)
}

// IsByHandKey reports whether ByHandKey made the period key.
func IsByHandKey(key string) bool { return byHandKey.MatchString(key) }

// labelByHand names a round that was opened by hand.
func labelByHand(key, language string) (string, bool) {
	parts := byHandKey.FindStringSubmatch(key)
	if parts == nil {
		return "", false
	}
	on, err := time.Parse(time.DateOnly, parts[2])
	if err != nil {
		return "", false
	}
	for _, name := range byHandNames {
		if name.key != parts[1] {
			continue
		}
		if language == "en" {
			return fmt.Sprintf("%s %s, no. %s", name.en, on.Format("02/01/2006"), parts[3]), true
		}
		return fmt.Sprintf("%s %s, lần %s", name.vi, on.Format("02/01/2006"), parts[3]), true
	}
	return "", false
}
