// Package plan holds the plan: what an issued document assigns to whom, and the
// file format in which people write it down. Read checks a plan file and reports
// every fault at once with line and column; Move carries a plan to other years;
// Schema publishes the format.
package plan
