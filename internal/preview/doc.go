// Package preview computes the whole future of a plan before anybody follows it:
// every round with its openings, due times and steps, the messages that each
// person gets on each morning, the days on which one agency has too much due,
// and what deserves a look beforehand. Rounds come from internal/timetable, as
// the engine's do, so that what is shown is what comes about. It is pure: no
// clock, no storage.
//
// Agencies with the same future are shown once, as a class with a count. An
// agency's own timetable is computed when Wanted.Agency names it.
package preview
