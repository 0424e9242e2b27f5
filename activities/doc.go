// Package activities does what workflows ask for: each activity is one
// idempotent act on Postgres or one hand-over to the outside, and answers with
// instants turned into real durations to wait.
package activities
