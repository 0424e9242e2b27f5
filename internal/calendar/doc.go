// Package calendar computes every deadline: periods and their reporting
// windows, due times, the instants of steps, and the derivation that explains
// each of them. All of it is pure functions of (plan, calendar, instant); the
// package reads no clock and does no I/O.
package calendar
