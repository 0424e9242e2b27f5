// Package score has the rules of score sheets ("bảng chấm điểm"): what a sheet
// takes, what its points come to, which class that is, and how units of one level
// stand to each other and to the year before.
package score
