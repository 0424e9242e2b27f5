// Package indicator has the rules of figures: how they are read, what they add
// up to over units and over time, when they contradict each other, and whether
// a target will be met. Pure functions: nothing here knows a clock or a store.
//
// A figure is added up over units first or over time first, as its aggregation
// says; each step keeps what the next one needs (a sum and how many made it, a
// numerator and a denominator), so that no level ever averages averages.
package indicator
