package lunar

import (
	"math"
	"sync"
)

// month is one lunar month; start is its first day, counted from 1 January 1970.
type month struct {
	start        int
	year, number int
	leap         bool
}

// The new moons from November 1974 to December 2051: every month of the range
// lies between two winter solstices that are known.
const firstMoon, lastMoon = -311, 643

// julian1970 is the Julian day of 1 January 1970, 00:00 UTC.
const julian1970 = 2440587.5

// meridian is how far local time is ahead of universal time, in days: UTC+7.
const meridian = 7.0 / 24

// months lists the months in order. They are computed once, in two milliseconds.
var months = sync.OnceValue(func() []month {
	starts := make([]int, 0, lastMoon-firstMoon+1)
	for k := firstMoon; k <= lastMoon; k++ {
		starts = append(starts, int(math.Floor(newMoon(k)+meridian-julian1970)))
	}
	return number(starts, twelfth)
})

// twelfth returns in which twelfth of its way, 0 to 11 from the spring equinox,
// the sun stands when the day begins.
func twelfth(day int) int { return int(sunLongitude(float64(day)+julian1970-meridian) / 30) }

// number gives the months their years and numbers. What lies before the first
// winter solstice or after the last is left out.
func number(starts []int, twelfth func(day int) int) []month {
	entered := func(i int) int { return (twelfth(starts[i+1]) - twelfth(starts[i]) + 12) % 12 }
	var solstices []int
	for i := range len(starts) - 1 {
		const winter = 9 // the sun at 270 degrees
		if away := (winter - twelfth(starts[i]) + 12) % 12; away >= 1 && away <= entered(i) {
			solstices = append(solstices, i)
		}
	}
	var all []month
	for s := range len(solstices) - 1 {
		from, to := solstices[s], solstices[s+1]
		year, n := 1974+s, 11
		leapSought := to-from == 13
		for i := from; i < to; i++ {
			m := month{start: starts[i], year: year, number: n}
			if leapSought && i > from && entered(i) == 0 {
				leapSought = false
				// A leap month bears the number, and the year, of the month before.
				previous := all[len(all)-1]
				m.year, m.number, m.leap = previous.year, previous.number, true
				all = append(all, m)
				continue
			}
			all = append(all, m)
			if n++; n > 12 {
				n = 1
				year++
			}
		}
	}
	// The start of a last month closes the one before.
	return append(all, month{start: starts[solstices[len(solstices)-1]]})
}
