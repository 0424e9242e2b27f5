// Package target tells whether what a plan aims at will be met: the figures that
// a target is measured by, gathered from the reports that count without counting
// any day of any unit twice, its parts by unit and by year, and what of it may be
// shown to whom. How a single outlook is judged stands in package indicator.
package target
