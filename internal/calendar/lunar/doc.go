// Package lunar is the Vietnamese lunar calendar (âm lịch), computed from the
// positions of sun and moon as seen from the meridian of Viet Nam, UTC+7. It is
// the calendar by which Tết and the Hùng Kings' day are fixed.
//
// The rules are those of the East Asian calendar of 1645 as Viet Nam keeps them
// (Hồ Ngọc Đức, "Thuật toán tính âm lịch"): a month begins on the day of the new
// moon; the winter solstice falls in month 11; where thirteen months begin
// between two winter solstices, the first of them in which the sun enters no new
// twelfth of its way (no trung khí) is a leap month and bears the number of the
// month before. Days begin at midnight in Viet Nam, an hour after China's, so
// that in some years the two calendars differ: Tết was four weeks earlier in
// 1985, and is a day earlier in 2007 and 2030.
//
// Viet Nam counts by UTC+7 since 1968, as a whole since 1976; the package
// answers for the civil days from 1 January 1976 to 31 December 2050.
package lunar
