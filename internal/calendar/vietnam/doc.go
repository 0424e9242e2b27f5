// Package vietnam is the working calendar of Viet Nam: which days people of
// state agencies work, and why not on the others. It implements
// calendar.WorkingCalendar for 1976 to 2050; every other year knows only
// Saturday and Sunday.
//
// Three layers lie over the weekly rest days. The rules of the law (rules.go)
// give the holidays of any year; what is computed from them is provisional,
// because the exact Tết and National Day breaks are decided each year. A decreed
// year (decreed.csv for 2013 to 2026, or a file read by ReadFile) replaces the
// computed one as a whole. Single days of a territory or an agency come on top.
//
// Calendars are immutable and safe for concurrent use; With returns a new
// one. A look-up is two array accesses.
//
// Ngày Văn hóa Việt Nam, 24 November: Resolution 80-NQ/TW of 7 January 2026 wants
// it to be a paid holiday, and Resolution 30/NQ-CP of February 2026 orders the
// amendment of art. 112 of the Labour Code that this takes. Until such a law or a
// decree is loaded it is a working day here: a deadline that is a day too early is
// shown and can be moved, one that is a day too late would be missed. Undecided
// lists it, Year does not.
package vietnam
