package calendar

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dondoc/internal/fault"
)

// CodeAtLeast is the code of a frequency that is none.
const CodeAtLeast = "calendar.at_least"

func (f Frequency) check() error {
	switch {
	case f.Times < 1 || f.Times > MaxTimes:
		return fault.New(fault.Invalid, CodeAtLeast,
			"“Ít nhất %d lần” không dùng được: số lần từ 1 đến %d.",
			"“At least %d times” cannot be: it is 1 to %d times.", f.Times, MaxTimes).At("at_least")
	case f.Per == Cron || !slices.Contains(lengths, f.Per):
		return fault.New(fault.Invalid, CodeAtLeast,
			"“Ít nhất %d lần” cần một kỳ: weekly, monthly, quarterly, half_year, nine_month hoặc yearly.",
			"“At least %d times” needs a period: weekly, monthly, quarterly, half_year, nine_month or yearly.", f.Times).At("at_least")
	}
	return nil
}

// timesOf makes one period of a window into as many as are owed.
func (w *walk) timesOf(window []Period) []Period {
	var all []Period
	for _, p := range window {
		for n := 1; n <= w.schedule.AtLeast.Times; n++ {
			all = append(all, Period{
				Key: fmt.Sprintf("%s-L%d", p.Key, n), Cadence: AtLeast, Cadences: []Cadence{AtLeast}, Start: p.Start, End: p.End,
			})
		}
	}
	return all
}

// cutTime parts the key of a round of AtLeast into the window's key and the
// number of the round; 0 where the key is none.
func cutTime(key string) (string, int) {
	i := strings.LastIndex(key, "-L")
	if i < 0 {
		return key, 0
	}
	n, err := strconv.Atoi(key[i+2:])
	if err != nil || n < 1 || n > MaxTimes || key[i+2:] != strconv.Itoa(n) {
		return key, 0
	}
	return key[:i], n
}

// compareKeys orders keys as text, but the tenth round after the ninth.
func compareKeys(a, b string) int {
	windowA, timeA := cutTime(a)
	windowB, timeB := cutTime(b)
	return cmp.Or(cmp.Compare(windowA, windowB), cmp.Compare(timeA, timeB))
}
