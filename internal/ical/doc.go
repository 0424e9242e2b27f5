// Package ical writes iCalendar objects (RFC 5545) with events and to-dos that
// stand at a day or at an instant in a time zone. Pure functions: the same
// calendar gives the same bytes, whenever it is written.
package ical
