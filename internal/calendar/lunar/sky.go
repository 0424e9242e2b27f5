package lunar

import "math"

// The astronomy is that of Jean Meeus, Astronomical Algorithms, second edition
// (1998): chapter 49 for the new moons, chapter 25 for the sun. Instants are
// Julian days. The errors are far below what decides a day here, which
// TestNothingIsDecidedWithinTheError shows for the whole range.

// term is one periodic term: amplitude in days, the power of the eccentricity
// factor E, and the multiples of the sun's anomaly M, the moon's anomaly M' and
// the moon's argument of latitude F.
type term struct {
	days      float64
	e         int
	m, mm, ff float64
}

// newMoonTerms are those of Meeus, p. 351, first table.
var newMoonTerms = [...]term{
	{-0.40720, 0, 0, 1, 0}, {0.17241, 1, 1, 0, 0}, {0.01608, 0, 0, 2, 0}, {0.01039, 0, 0, 0, 2},
	{0.00739, 1, -1, 1, 0}, {-0.00514, 1, 1, 1, 0}, {0.00208, 2, 2, 0, 0}, {-0.00111, 0, 0, 1, -2},
	{-0.00057, 0, 0, 1, 2}, {0.00056, 1, 1, 2, 0}, {-0.00042, 0, 0, 3, 0}, {0.00042, 1, 1, 0, 2},
	{0.00038, 1, 1, 0, -2}, {-0.00024, 1, -1, 2, 0}, {-0.00007, 0, 2, 1, 0}, {0.00004, 0, 0, 2, -2},
	{0.00004, 0, 3, 0, 0}, {0.00003, 0, 1, 1, -2}, {0.00003, 0, 0, 2, 2}, {-0.00003, 0, 1, 1, 2},
	{0.00003, 0, -1, 1, 2}, {-0.00002, 0, -1, 1, -2}, {-0.00002, 0, 1, 3, 0}, {0.00002, 0, 0, 4, 0},
}

// planetTerms are the additional corrections of Meeus, p. 351 f.: angle at
// k = 0 and its growth with k, both in degrees, and amplitude in days.
var planetTerms = [...]struct{ start, rate, days float64 }{
	{299.77, 0.107408, 0.000325}, {251.88, 0.016321, 0.000165}, {251.83, 26.651886, 0.000164},
	{349.42, 36.412478, 0.000126}, {84.66, 18.206239, 0.000110}, {141.74, 53.303771, 0.000062},
	{207.14, 2.453732, 0.000060}, {154.84, 7.306860, 0.000056}, {34.52, 27.261239, 0.000047},
	{207.19, 0.121824, 0.000042}, {291.34, 1.844379, 0.000040}, {161.72, 24.198154, 0.000037},
	{239.56, 25.513099, 0.000035}, {331.55, 3.592518, 0.000023},
}

// newMoon returns the k-th new moon after that of 6 January 2000, in universal time.
func newMoon(k int) float64 {
	n := float64(k)
	t := n / 1236.85
	m := 2.5534 + 29.10535670*n - 0.0000014*t*t
	mm := 201.5643 + 385.81693528*n + 0.0107582*t*t
	ff := 160.7108 + 390.67050284*n - 0.0016118*t*t
	node := 124.7746 - 1.56375588*n + 0.0020672*t*t
	e := 1 - 0.002516*t - 0.0000074*t*t

	at := 2451550.09766 + 29.530588861*n + 0.00015437*t*t - 0.00017*sine(node)
	for _, c := range newMoonTerms {
		at += c.days * math.Pow(e, float64(c.e)) * sine(c.m*m+c.mm*mm+c.ff*ff)
	}
	for _, c := range planetTerms {
		at += c.days * sine(c.start+c.rate*n)
	}
	return at - clockLag(at)
}

// sunLongitude returns the apparent longitude of the sun at an instant of
// universal time, in degrees from 0 to 360, within 0.01 degrees (Meeus, p. 163 f.).
func sunLongitude(at float64) float64 {
	t := (at + clockLag(at) - 2451545) / 36525
	m := 357.52911 + 35999.05029*t - 0.0001537*t*t
	centre := (1.914602-0.004817*t-0.000014*t*t)*sine(m) + (0.019993-0.000101*t)*sine(2*m) + 0.000289*sine(3*m)
	longitude := 280.46646 + 36000.76983*t + 0.0003032*t*t + centre - 0.00569 - 0.00478*sine(125.04-1934.136*t)
	longitude = math.Mod(longitude, 360)
	if longitude < 0 {
		longitude += 360
	}
	return longitude
}

// clockLag is by how much the turning earth lags behind uniform time (ΔT), in
// days: 46 s in 1976, 69 s in 2026, some 80 s in 2050; the line is within 10 s of it.
func clockLag(at float64) float64 {
	const y1976 = 2442778.5
	return (48 + 0.45*(at-y1976)/365.25) / 86400
}

func sine(degrees float64) float64 { return math.Sin(degrees * math.Pi / 180) }
