// Package journeys walks the running product as its users do: everything that
// `make run` starts, lived-in sample included, and a real Chromium in front of it.
//
// One walk follows every link of every role and holds what any page has to keep
// (axe-core, nothing past the edge, no complaint of the browser); the journeys do
// what each role comes for, on a phone and at a desk, with scripts and without.
package journeys
