// Package amendment says what changes when a plan that is followed gets a new
// version: the difference between two versions of its file, and what that does
// to rounds that are open or scheduled. What was previewed is named by a digest,
// so that exactly that is applied. It says too how a plan ends. It is pure: no
// clock, no storage.
package amendment
