// Package consolidation has the rules of a result that is made of the results
// of a lower level ("tổng hợp"): which of them count, what they add up to, what
// was taken over, and what has changed since.
package consolidation
